//! What was done, as one list: each action once, with what came of it.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use domain::Timestamp;
use store::table::audit::{Entry, Phase};
use store::{AuditKey, Store};

fn entry(action: &str, phase: Phase, opened: Option<i64>, outcome: Option<&str>) -> Entry {
    Entry {
        at: Timestamp::from_millis(1_000),
        user: "kim".to_owned(),
        identity: None,
        action: action.to_owned(),
        phase,
        opened,
        outcome: outcome.map(str::to_owned),
        plan: None,
        agreement: Some(format!("agmt-{action}")),
        target: None,
        request: outcome.map(|outcome| format!("request-{outcome}")),
        detail: "{}".to_owned(),
    }
}

#[test]
fn an_action_is_listed_once_with_the_entry_that_closes_it() {
    let (_folder, store) = store();
    let found = |search: &str, entry: Option<i64>, offset, limit| {
        let found = store
            .read(|read| read.audit_actions(search, entry, offset, limit))
            .unwrap();
        let seqs = found.actions.iter();
        let seqs = seqs.map(|(one, closing)| (one.seq, closing.as_ref().map(|it| it.seq)));
        (seqs.collect::<Vec<_>>(), found.matched, found.total)
    };
    let all = vec![(5, None), (3, None), (2, Some(4)), (1, None)];
    assert_eq!(found("", None, 0, 10), (all, 4, 4), "newest first");
    assert_eq!(found("", None, 1, 2), (vec![(3, None), (2, Some(4))], 4, 4));
    let cancel = vec![(2, Some(4))];
    assert_eq!(
        found("REQUEST-done", None, 0, 10),
        (cancel.clone(), 1, 4),
        "found by its end"
    );
    assert_eq!(
        found("", Some(4), 0, 1),
        (cancel.clone(), 1, 4),
        "found by the closing entry"
    );
    assert_eq!(found("", Some(2), 0, 1), (cancel, 1, 4));
    assert_eq!(found("", Some(9), 0, 1), (vec![], 0, 4));
}

/// A link was made; then a request to cancel and the taking away of a link overlapped; then an import.
fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("audit.db")).unwrap();
    let key = AuditKey::of_the_sandbox();
    let written = store.write(|write| {
        write.append_audit(&key, &entry("link", Phase::Noted, None, Some("refused")))?;
        let cancel = write.append_audit(&key, &entry("cancel", Phase::Opened, None, None))?;
        write.append_audit(&key, &entry("unlink", Phase::Opened, None, None))?;
        write.append_audit(
            &key,
            &entry("cancel", Phase::Closed, Some(cancel), Some("done")),
        )?;
        write.append_audit(&key, &entry("import", Phase::Noted, None, Some("imported")))?;
        Ok::<_, store::Error>(())
    });
    written.unwrap();
    (folder, store)
}

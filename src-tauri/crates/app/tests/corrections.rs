//! Correcting what is mirrored of the vendor's directory by hand.

#![expect(
    clippy::unwrap_used,
    reason = "in the tests' own functions, too, what goes wrong fails the test"
)]

use std::collections::BTreeMap;

use app::directory::correct::{Correction, FieldKind, FieldValue, correct, fields};
use app::directory::import::{self, OnBadRows};
use app::{Access, Action, Error, Failure};
use domain::{DirectoryId, EntryKind, Timestamp};
use serde_json::json;
use store::table::directory::Change;
use store::{AuditKey, Store};

const VENDOR: &str = r#"{
    "organizations": [{"id": "halden", "name": "Halden Freight", "plan": "scale", "paymentMethod": "none", "billingAccount": null}],
    "members": [{"organization": "halden", "email": "ada@halden.example", "role": "member"}]
}"#;

struct Desk {
    store: Store,
    key: AuditKey,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self {
            store: Store::open(&folder.path().join("desk.sqlite3")).unwrap(),
            key: AuditKey::of_the_sandbox(),
            _folder: folder,
        };
        desk.imports(VENDOR, 1_000);
        desk
    }

    fn imports(&self, json: &str, at: i64) {
        let plan = import::plan(&self.store, "vendor.json", json.as_bytes(), None).unwrap();
        let permit = Access::Full.permit(Action::EditDirectory, None).unwrap();
        let go_on = |_, _| std::ops::ControlFlow::Continue(());
        let at = Timestamp::from_millis(at);
        plan.apply(&self.store, permit, OnBadRows::Refuse, at, go_on)
            .unwrap();
    }

    fn corrects(
        &self,
        kind: EntryKind,
        key: &str,
        said: &[(&str, FieldValue)],
        reason: &str,
    ) -> Result<Vec<Change>, Error> {
        let said = said
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()));
        let correction = Correction {
            kind,
            key: key.to_owned(),
            fields: said.collect::<BTreeMap<_, _>>(),
            reason: reason.to_owned(),
        };
        let permit = Access::Full.permit(Action::EditDirectory, None).unwrap();
        let at = Timestamp::from_millis(2_000);
        correct(&self.store, &self.key, &permit, &correction, at)
    }

    fn organization(&self) -> store::table::directory::OrganizationRecord {
        let id = DirectoryId::parse("halden").unwrap();
        let found = self.store.read(|read| read.organization(&id));
        found.unwrap().unwrap()
    }

    fn audit(&self) -> Vec<String> {
        let rows = self.store.read(|read| read.audit("", 10)).unwrap();
        rows.iter()
            .map(|row| {
                let target = row.entry.target.as_deref().unwrap_or_default();
                format!("{} {target} {}", row.entry.action, row.entry.detail)
            })
            .collect()
    }
}

fn is(text: &str) -> FieldValue {
    FieldValue::Is(text.to_owned())
}

fn problems(error: &Error) -> Vec<String> {
    let failure = Failure::from(error);
    let said = failure.fields.iter();
    said.map(|it| format!("{}: {}", it.field, it.message))
        .collect()
}

#[test]
fn what_is_corrected_is_noted_as_ours_and_the_rest_stays_the_vendors() {
    let desk = Desk::new();
    let said = [
        ("paymentMethod", is("card")),
        ("plan", FieldValue::NotTold),
        ("openInvoices", is("2")),
    ];
    let changed = desk.corrects(
        EntryKind::Organization,
        "halden",
        &said,
        "told by telephone",
    );
    let changed: Vec<_> = changed
        .unwrap()
        .into_iter()
        .map(|it| it.attribute.unwrap())
        .collect();
    assert_eq!(changed, ["plan", "payment_method", "open_invoices"]);
    let record = desk.organization();
    let it = &record.organization.it;
    assert_eq!(it.payment_method.as_ref().unwrap().as_str(), "card");
    assert_eq!((it.plan.as_ref(), it.open_invoices), (None, Some(2)));
    // All else is as old as it was.
    assert_eq!(
        record.organization.origin.as_of,
        Timestamp::from_millis(1_000)
    );
    let told = desk.audit();
    let (what, detail) = told[0].split_once(" {").unwrap();
    assert_eq!(what, "correct organization:halden");
    let detail: serde_json::Value = serde_json::from_str(&format!("{{{detail}")).unwrap();
    assert_eq!(
        detail,
        json!({ "reason": "told by telephone", "changes": [
            { "attribute": "plan", "before": "scale", "after": null },
            { "attribute": "payment_method", "before": "none", "after": "card" },
            { "attribute": "open_invoices", "before": null, "after": "2" },
        ]})
    );
    assert!(
        desk.store
            .read(|read| read.verify_audit(&desk.key))
            .unwrap()
            .is_none()
    );

    // The vendor has the last word.
    desk.imports(VENDOR, 3_000);
    let it = desk.organization().organization.it;
    assert_eq!(it.payment_method.unwrap().as_str(), "none");
}

#[test]
fn everything_wrong_is_told_at_its_field_and_nothing_is_changed() {
    let desk = Desk::new();
    let said = [
        ("id", is("other")),
        ("name", FieldValue::NotTold),
        ("colour", is("red")),
        ("verified", is("true")),
        ("openInvoices", is("-1")),
    ];
    let refused = desk.corrects(EntryKind::Organization, "halden", &said, "why not");
    assert_eq!(
        problems(&refused.unwrap_err()),
        [
            "colour: is no field of this kind",
            "id: tells this one from all others, and stays",
            "name: is needed",
            "openInvoices: must be a whole number from 0 on",
            "verified: is no field of this kind",
        ]
    );
    let said = [
        ("openInvoices", is("few")),
        ("plan", FieldValue::None),
        ("creditBalance", is("12")),
    ];
    let refused = desk.corrects(EntryKind::Organization, "halden", &said, "why not");
    assert_eq!(
        problems(&refused.unwrap_err()),
        [
            "creditCurrency: is needed with a creditBalance",
            "openInvoices: must be a whole number from 0 on",
            "plan: cannot be none; leave it out while it is not known",
        ]
    );
    let said = [("billingAccount", is("nobody"))];
    let refused = desk.corrects(EntryKind::Organization, "halden", &said, "why not");
    assert_eq!(
        problems(&refused.unwrap_err()),
        ["billingAccount: refers to “nobody”, and there is no such billing account"]
    );
    let refused = desk.corrects(EntryKind::Organization, "halden", &[], "  ");
    assert_eq!(
        problems(&refused.unwrap_err()),
        ["reason: is missing: say why, for whoever reads the audit"]
    );
    assert!(desk.audit().is_empty());
    assert_eq!(
        desk.organization().organization.it.plan.unwrap().as_str(),
        "scale"
    );
}

#[test]
fn a_member_is_named_by_organization_and_address() {
    let desk = Desk::new();
    let key = "halden ada@halden.example";
    let of_ada = fields(&desk.store, EntryKind::Member, key).unwrap();
    let fixed: Vec<_> = of_ada
        .iter()
        .filter(|it| it.kind == FieldKind::Key)
        .map(|it| it.name)
        .collect();
    assert_eq!(fixed, ["organization", "email"]);
    let said = [("role", is("owner")), ("verified", is("true"))];
    let changed = desk.corrects(
        EntryKind::Member,
        key,
        &said,
        "seen in the vendor's console",
    );
    assert_eq!(changed.unwrap().len(), 2);
    let ada = desk.organization().members.remove(0).it;
    assert_eq!(
        (ada.role.unwrap().as_str(), ada.verified),
        ("owner", Some(true))
    );
    // The same again changes nothing, and is not told again.
    let again = desk
        .corrects(EntryKind::Member, key, &said, "once more")
        .unwrap();
    assert!(again.is_empty());
    assert_eq!(desk.audit().len(), 1);
    let nobody = desk.corrects(EntryKind::Member, "halden bob@halden.example", &said, "why");
    assert!(matches!(
        nobody,
        Err(Error::NotFound { kind: "member", .. })
    ));
}

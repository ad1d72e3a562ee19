//! What support needs to know of a case that no rule explains, with nothing in it that tells who the
//! buyer is or opens anything.
//!
//! Secrets are not in the database, so none can get here; names, addresses and account ids are taken out.

use domain::AgreementId;
use serde_json::{Map, Value, json};
use store::Store;

use crate::plan::Plan;
use crate::{Clock, Error, Preflight};

/// Plans about the agreement that are told.
const PLANS_MAX: usize = 5;
/// Entries of the audit that are told.
const ENTRIES_MAX: usize = 50;

/// Facts and fields that name somebody, and what rules or people say in sentences, which may.
const NAMING: [&str; 16] = [
    "name",
    "company",
    "target",
    "targetName",
    "target_name",
    "phone",
    "owners",
    "toBuyer",
    "to_buyer",
    "user",
    "user_name",
    "why",
    "changes",
    "description",
    "cancellationReason",
    "overridden",
];

/// Everything at hand about one agreement, to attach to a ticket.
pub fn bundle(store: &Store, clock: &Clock, agreement: &str) -> Result<Value, Error> {
    let id = AgreementId::parse(agreement)?;
    let found = store.read(|read| {
        let Some(row) = read.agreement(&id)? else {
            return Ok(None);
        };
        let chain = read.chain_of(&id)?;
        let details = read.details(&id)?;
        let plans = read.plans_about(&id, PLANS_MAX)?;
        let mut ids = vec![id.to_string()];
        if let Ok(first) = AgreementId::parse(&chain) {
            ids.extend(read.chain(&first)?.into_iter().map(|row| row.id));
        }
        let entries = read.audit_of(&ids)?;
        let links = read.link_history(&chain)?;
        let sync = read.sync_state()?;
        Ok(Some((row, details, plans, entries, links, sync)))
    })?;
    let (row, details, plans, entries, links, sync) =
        found.ok_or_else(|| Error::no_agreement(&id))?;
    let check = store.read(Preflight::last)?;
    let plans = plans.iter().map(|kept| {
        // Whatever kind of plan it is: what was asked for is not told.
        let plan: Option<Plan<Value>> = serde_json::from_str(&kept.document).ok();
        let outcome = kept.outcome.as_ref().map(|text| {
            let parsed = serde_json::from_str(text).ok();
            parsed.unwrap_or_else(|| Value::String(text.clone()))
        });
        json!({
            "id": kept.id, "kind": kept.kind, "state": kept.state.word(), "outcome": outcome,
            "madeAt": kept.made_at.to_string(),
            "verdicts": plan.as_ref().map(|plan| &plan.verdicts),
            "steps": plan.as_ref().map(|plan| &plan.steps),
        })
    });
    let links = links.iter().map(|record| {
        json!({
            "state": record.link.state.word(), "since": record.link.since.to_string(),
            "source": record.link.source, "targetKind": record.link.target.kind.word(),
            "policy": record.policy, "inForce": record.in_force,
        })
    });
    let entries = entries.iter().rev().take(ENTRIES_MAX).map(|row| {
        let detail: Value = serde_json::from_str(&row.entry.detail).unwrap_or_default();
        json!({
            "seq": row.seq, "at": row.entry.at.to_string(), "action": row.entry.action,
            "phase": row.entry.phase.word(), "outcome": row.entry.outcome,
            "requestId": row.entry.request, "detail": detail,
        })
    });
    let denied = check
        .iter()
        .flat_map(|check| &check.permissions)
        .filter(|(_, found)| matches!(found, crate::Permission::Denied(_)))
        .map(|(operation, _)| operation.name());
    let provisioning = details
        .iter()
        .flat_map(|it| &it.details.provisioning)
        .map(|it| json!({ "status": it.status.as_wire(), "reason": it.reason }));
    let whole = json!({
        "bindery": env!("CARGO_PKG_VERSION"),
        "madeAt": clock.now().to_string(),
        "clockOffsetMs": clock.offset_ms(),
        "agreement": {
            "id": row.id, "status": row.status.as_wire(), "product": row.product, "listing": row.title,
            "offer": row.offer, "acceptedAt": row.accepted_at.map(|at| at.to_string()),
            "startsAt": row.starts_at.map(|at| at.to_string()),
            "endsAt": row.ends_at.map(|at| at.to_string()),
            "updatedAt": row.updated_at.to_string(), "syncedAt": row.synced_at.to_string(),
            "licenses": row.licenses, "account": row.buyer,
            "detailsAt": details.as_ref().and_then(|it| it.at).map(|at| at.to_string()),
            "detailsFailure": details.as_ref().and_then(|it| it.failure.as_ref()).map(|it| &it.message),
            "provisioning": provisioning.collect::<Vec<_>>(),
        },
        "links": links.collect::<Vec<_>>(),
        "plans": plans.collect::<Vec<_>>(),
        "audit": entries.collect::<Vec<_>>(),
        "deniedOperations": denied.collect::<Vec<_>>(),
        "listedAt": sync.listed_at.map(|at| at.to_string()),
        "listingFailure": sync.failure.map(|(_, failure)| failure.message),
    });
    Ok(redacted(whole))
}

/// The same without names, and with addresses and account ids cut.
fn redacted(value: Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(without_names(object)),
        Value::Array(items) => Value::Array(items.into_iter().map(redacted).collect()),
        Value::String(text) => Value::String(cut(&text)),
        other => other,
    }
}

fn without_names(object: Map<String, Value>) -> Map<String, Value> {
    // A piece of evidence names its fact beside its value, and a step its attribute.
    let of_name = |key: &str| {
        let path = object.get(key).and_then(Value::as_str);
        let name = path.and_then(|path| path.rsplit('.').next());
        name.is_some_and(|name| NAMING.contains(&name))
    };
    // What is bound is bound to a name.
    let kind = object.get("kind").and_then(Value::as_str);
    let binds = matches!(kind, Some("bind" | "unbind"));
    let naming = binds || of_name("fact") || of_name("attribute");
    let hides = |key: &str| {
        NAMING.contains(&key) || (naming && matches!(key, "value" | "before" | "after"))
    };
    let sentences = ["en", "ko", "zh"];
    let told = object.clone().into_iter().map(|(key, value)| {
        let hidden = hides(&key) && !value.is_null();
        // What rules say in sentences has names in it; their ids say the same.
        let sentence = sentences.contains(&key.as_str());
        let value = if hidden || sentence {
            Value::String("(taken out)".to_owned())
        } else {
            redacted(value)
        };
        (key, value)
    });
    told.collect()
}

/// Addresses keep their domain, account ids their last four digits.
fn cut(text: &str) -> String {
    let words = text.split_inclusive(|letter: char| !is_of_word(letter));
    let cut = words.map(|word| {
        let bare = word.trim_end_matches(|letter: char| !is_of_word(letter));
        let rest = &word[bare.len()..];
        let digits = bare.len() == 12 && bare.bytes().all(|byte| byte.is_ascii_digit());
        match bare.split_once('@') {
            Some((_, domain)) => format!("…@{domain}{rest}"),
            None if digits => format!("…{}{rest}", &bare[8..]),
            None => word.to_owned(),
        }
    });
    cut.collect()
}

fn is_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || "@._+%-".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_names_somebody_is_left() {
        let whole = json!({
            "verdicts": [{
                "rule": "PC-1",
                "message": { "en": "Halden Freight is not owned by ann@acme.example." },
                "evidence": [
                    { "fact": "organization.name", "value": "Halden Freight" },
                    { "fact": "member.email", "value": "ann@acme.example" },
                    { "fact": "account.id", "value": "111122223333" },
                    { "fact": "member.role", "value": "member" },
                ],
            }],
            "steps": [
                { "kind": "bind", "what": "license", "id": "l-1", "before": "", "after": "Halden Freight" },
                { "kind": "unbind", "what": "license", "before": "Halden Freight", "after": "" },
                { "kind": "set", "attribute": "billing_account.user_name", "after": "halden-pay" },
                { "kind": "set", "attribute": "workspace.site", "after": "eu-1" },
            ],
            "audit": [
                { "detail": { "rules": ["PC-1"], "why": ["Halden Freight has a card."] } },
                { "detail": { "reason": "OTHER", "description": "As Halden asked." } },
            ],
            "outcome": { "why": "changed", "changes": [{ "what": "stop deployment.state Halden" }] },
            "message": "The license is of account 111122223333 (ann@acme.example, bob@acme.example).",
            "licenses": ["arn:aws:license-manager::294406891311:license:l-0123456789abcdef"],
        });
        let told = redacted(whole).to_string();
        for gone in [
            "Halden",
            "halden-pay",
            "ann@",
            "bob@",
            "111122223333",
            "294406891311",
        ] {
            assert!(!told.contains(gone), "{gone} in {told}");
        }
        for kept in [
            "PC-1",
            "\"member\"",
            "\"license\"",
            "eu-1",
            "OTHER",
            "…3333",
            "…@acme.example",
            "l-0123456789abcdef",
        ] {
            assert!(told.contains(kept), "{kept} not in {told}");
        }
    }
}

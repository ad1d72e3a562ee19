//! Everything a policy may say, for those who write one: generated from the tables that the loader
//! itself uses.

use std::fmt::Write as _;

use crate::catalogue::{Kind, SCOPES, Scope};
use crate::policy::{HintMoment, Identity, Occasion};
use crate::types::FUNCTIONS;

/// Everything a rule may see and an effect may do.
#[derive(Debug)]
pub struct Reference {
    /// The facts, by record and list.
    pub scopes: &'static [Scope],
    /// The functions, with what they give.
    pub functions: &'static [(&'static str, &'static str)],
    /// The keys of a file, with what they say.
    pub keys: &'static [(&'static str, &'static str)],
    /// The effects, with what they do.
    pub effects: &'static [(&'static str, &'static str)],
}

/// The reference as data.
#[must_use]
pub fn reference() -> Reference {
    Reference {
        scopes: SCOPES,
        functions: FUNCTIONS,
        keys: KEYS,
        effects: EFFECTS,
    }
}

const KEYS: &[(&str, &str)] = &[
    ("id, name", "What it is called by programs and by people."),
    (
        "listing = { product, code, title, pricing }",
        "The listings it is for: any of the ids, codes or titles, and the pricing where given (usage, contract, contract-with-usage).",
    ),
    (
        "[settings.NAME] value, duration or money; about",
        "A constant that rules see as settings.NAME.",
    ),
    ("link.target", "organization or billing-account."),
    (
        "link.identity",
        "The evidence taken for who the buyer is; without it, every kind.",
    ),
    (
        "link.creator_role",
        "The role of the person for whom a new organization is made; without it, owner.",
    ),
    ("link.active_when", "When a link is in force."),
    ("[link.waiting] text", "What is said until then."),
    (
        "[link.counted] group, one_target_per_account, one_account_per_target",
        "How many live links there may be; true, false or a setting. The rule that says so in words is yours to write.",
    ),
    (
        "[link.workspaces] least, changeable",
        "For billing accounts: how many workspaces are bound at least, and whether that may change later.",
    ),
    (
        "[[link.rule]] id; when; require; message",
        "A rule: where `when` holds (always without it), `require` must hold, else `message` is shown.",
    ),
    (
        "[[link.rule]] none_of = \"link\", where",
        "Instead of `require`: the condition may hold for no item of the list. The message can name the first that breaks it, as {link.target_name}.",
    ),
    (
        "title, remedy, to_buyer, evidence, overridable",
        "Of a rule: what it asks for, what to do, what to send to the buyer, facts to show besides, whether a person may go on with a typed reason.",
    ),
    (
        "[link.confirmation] text",
        "What the buyer is told once linked.",
    ),
    (
        "[[form]] on, title, note, verify, terms, invite; [[form.field]] key, kind, choices, required, fixed, label, hint",
        "What is asked for, by occasion. Kinds: text, email, phone, country, choice.",
    ),
    (
        "[verification] to, digits, lifetime, attempts, resends, when, subject, body",
        "Codes by e-mail; {code} and {lifetime} stand in the texts.",
    ),
    (
        "[[hint]] on, when, text, items, support_bundle",
        "What is said at a point.",
    ),
    ("cancel.confirm", "What must be typed to end a link."),
    (
        "covers",
        "On any part: the vendor's rules that it stands for.",
    ),
];

const EFFECTS: &[(&str, &str)] = &[
    (
        "set = { \"organization.plan\" = \"text {agreement.id}\" }",
        "Gives attributes of one thing a value; facts may stand in it.",
    ),
    ("stop = \"deployment\"", "Sets its state to stopped."),
    ("lock = \"workspace\"", "Sets its state to locked."),
    ("delete = \"deployment\"", "Deletes it."),
    (
        "keep = \"deployment\", until = \"trial_ends_at\"",
        "Leaves it alone and says so, with the time until which it stays.",
    ),
    (
        "where = \"deployment.state == 'running'\"",
        "Limits the effect to things for which this holds; for those where it is unknown nothing is done.",
    ),
    (
        "after = \"3d\" or after = \"settings.NAME\"",
        "How long after the moment it happens.",
    ),
    (
        "called_off_by_relinking = true",
        "Linking again before then calls it off.",
    ),
    (
        "says = { en = \"…\" }",
        "What it comes to, in the vendor's words.",
    ),
];

/// The reference as a page.
#[must_use]
pub fn markdown() -> String {
    let mut page = String::from(INTRODUCTION);
    table(&mut page, "\n## The file", "key", KEYS);
    page.push_str(FACTS_HEADING);
    for scope in SCOPES {
        let name = scope.list.unwrap_or(scope.name);
        let _ = writeln!(page, "\n### `{name}`\n{}", scope.about);
        if scope.list.is_some() {
            let _ = writeln!(
                page,
                "A list; where one item is looked at, it is `{}`.",
                scope.name
            );
        }
        page.push_str("\n| fact | type | |\n|---|---|---|\n");
        for field in scope.fields {
            let attribute = if field.attribute { " *Attribute.*" } else { "" };
            let kind = match field.kind {
                Kind::Word(words) => format!("word: {}", words.join(", ")),
                kind => kind.name().to_owned(),
            };
            let (name, field) = (scope.name, field);
            let _ = writeln!(
                page,
                "| `{name}.{}` | {kind} | {}{attribute} |",
                field.name, field.about
            );
        }
    }
    table(&mut page, "\n## Functions", "function", FUNCTIONS);
    table(&mut page, EFFECTS_HEADING, "effect", EFFECTS);
    let occasions = Occasion::ALL.map(Occasion::word).join("`, `");
    let points = HintMoment::ALL.map(HintMoment::word).join("`, `");
    let identity = Identity::ALL.map(Identity::word).join("`, `");
    let _ = write!(
        page,
        "\n## Words\n- Occasions of a form (`on`): `{occasions}`.\n- Points of a hint (`on`): `{points}`.\n- Evidence for who the buyer is (`link.identity`): `{identity}`.\n"
    );
    page
}

fn table(page: &mut String, heading: &str, first: &str, rows: &[(&str, &str)]) {
    let _ = writeln!(page, "{heading}\n| {first} | |\n|---|---|");
    for (usage, about) in rows {
        let _ = writeln!(page, "| `{usage}` | {about} |");
    }
}

const INTRODUCTION: &str = "\
<!-- Generated from the catalogue of crate `policy`; a test there keeps it fresh. Do not edit. -->
# What a policy may say

A policy is a TOML file; its conditions are [CEL](https://cel.dev). `binderyctl policy check FILE` tells
everything that is wrong with one, and `binderyctl policy show ID` prints a built-in one to begin from.
A text is a table of languages (en, ko, zh), or the English one alone; en must be there.
";

const FACTS_HEADING: &str = "
## Facts
A fact is known, known to be absent (`null`), or not known. A rule that reads a fact nobody knows comes
to *unknown*, never to *pass*, so a condition need not guard against it; `has()` is not there. Facts are
typed, and what cannot be compared is refused when the file is loaded. There are no decimals: money is
compared with `money('12.50')`, times with `time('…')` or `now`, lengths of time with `days(3)`.

In a text `{organization.name}` stands for a fact, `{deployments.name}` for that fact of every item.
*Attributes* belong to the vendor's directory: forms may ask for them, and effects may set them.
`now` is the moment of evaluation; `settings.NAME` are the constants of the policy itself.
";

const EFFECTS_HEADING: &str = "
## Effects
Under `[[link.effect]]` they happen when the link comes into force, under `[[cancel.effect]]` when it
ends. They are planned in order, each on what the ones before it leave behind.
";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::markdown;

    /// Writes the page anew when `UPDATE_EXPECT` is set.
    #[test]
    fn the_page_is_fresh() {
        let page =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../assets/policies/REFERENCE.md");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(&page, markdown()).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(page).unwrap(),
            markdown(),
            "write it anew with UPDATE_EXPECT=1 cargo test -p policy"
        );
    }
}

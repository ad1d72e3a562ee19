use expect_test::{Expect, expect};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::Timestamp;
use crate::filter::{Moment, TimeField, complete};

/// Parses and tells the terms, or shows the error under its place.
#[track_caller]
fn check(text: &str, expected: Expect) {
    let told = match parse(text) {
        Ok(filter) => {
            let not = |negated| if negated { "not " } else { "" };
            let terms = filter.terms.iter();
            let lines = terms.map(|term| format!("{}{:?}\n", not(term.negated), term.condition));
            lines.collect::<Vec<_>>().concat()
        }
        Err(error) => {
            let before = text[..error.span.from].chars().count();
            let width = text[error.span.from..error.span.to].chars().count().max(1);
            let suggestion = error
                .suggestion
                .map(|text| format!("\n→ {text}"))
                .unwrap_or_default();
            format!(
                "{text}\n{}{}\n{}{suggestion}\n",
                " ".repeat(before),
                "^".repeat(width),
                error.message
            )
        }
    };
    expected.assert_eq(&told);
}

#[test]
fn terms_of_every_kind() {
    check(
        r#"status:active,rolled-back -link:none product:emqx value:>=10k currency:eur is:needs-setup acme "two words""#,
        expect![[r#"
            Status([Active, RolledBack])
            not Link([None])
            Product(["emqx"])
            Value([Between(Some(10000000000), None)])
            Currency([Currency([69, 85, 82])])
            Is([NeedsSetup])
            Text("acme")
            Text("two words")
        "#]],
    );
}

#[test]
fn pasted_ids_are_words() {
    check(
        "arn:aws:license-manager::294406891311:license:l-00ff license:arn:aws:license-manager::294406891311:license:l-00ff 111122223333",
        expect![[r#"
            Text("l-00ff")
            In(License, ["l-00ff"])
            Text("111122223333")
        "#]],
    );
}

#[test]
fn an_unknown_status_is_accepted_only_in_aws_spelling() {
    check(
        "status:PAUSED",
        expect![[r#"
        Status([Unknown("PAUSED")])
    "#]],
    );
    check(
        "acme status:actve",
        expect![[r#"
        acme status:actve
                    ^^^^^
        “status” has no value “actve”; did you mean “active”?
        → active
    "#]],
    );
}

#[test]
fn errors_point_at_the_place_and_suggest() {
    check(
        "acme staus:active",
        expect![[r#"
        acme staus:active
             ^^^^^
        there is no field “staus”; did you mean “status”?
        → status
    "#]],
    );
    check(
        "성수 ends:<thirty",
        expect![[r#"
        성수 ends:<thirty
                ^^^^^^^
        “<thirty” is no time for “ends”: write <30d, >2w, 30d..60d, 2026-12, 2026-12-01..2026-12-31, past or none
        → <30d
    "#]],
    );
    check(
        "value:lots",
        expect![[r#"
        value:lots
              ^^^^
        “lots” is no amount: write >10000, <=5k, 100..500, 0 or none
        → >10k
    "#]],
    );
    check(
        "status:",
        expect![[r#"
        status:
        ^^^^^^^
        “status:” wants a value: where the agreement stands at AWS
        → status:active
    "#]],
    );
    check(
        r#"company:"acme"#,
        expect![[r#"
        company:"acme
                ^^^^^
        this quotation mark is never closed
        → "acme"
    "#]],
    );
    check(
        "zzzzzz:1",
        expect![[r#"
        zzzzzz:1
        ^^^^^^
        there is no field “zzzzzz”
    "#]],
    );
}

#[test]
fn limits_are_refused_in_words() {
    assert!(parse(&"a ".repeat(TERMS_MAX)).is_ok());
    assert!(
        parse(&"a ".repeat(TERMS_MAX + 1))
            .unwrap_err()
            .message
            .contains("at most 64 terms")
    );
    assert!(
        parse(&"a".repeat(LENGTH_MAX + 1))
            .unwrap_err()
            .message
            .contains("longer than")
    );
}

/// The instants a time value means at 2026-11-20T00:00Z.
#[track_caller]
fn check_range(field: TimeField, value: &str, expected: Expect) {
    let now: jiff::Timestamp = "2026-11-20T00:00:00Z".parse().unwrap();
    let moment = Moment {
        now: Timestamp::from_millis(now.as_millisecond()),
        zone: TimeZone::UTC,
    };
    let range = moment.range(field, when(value).unwrap());
    let day = |at: Timestamp| match at.as_millis() {
        i64::MIN | i64::MAX => "ever".to_owned(),
        _ => at.to_string()[..10].to_owned(),
    };
    expected.assert_eq(&range.map_or("unset".into(), |range| {
        format!("{}..{}", day(range.from), day(range.to))
    }));
}

#[test]
fn relative_times_look_ahead_for_ends_and_back_for_changes() {
    check_range(TimeField::Ends, "<30d", expect!["2026-11-20..2026-12-20"]);
    check_range(TimeField::Ends, ">30d", expect!["2026-12-20..ever"]);
    check_range(
        TimeField::Ends,
        "30d..60d",
        expect!["2026-12-20..2027-01-19"],
    );
    check_range(TimeField::Ends, "past", expect!["ever..2026-11-20"]);
    check_range(TimeField::Ends, "none", expect!["unset"]);
    check_range(TimeField::Updated, "<7d", expect!["2026-11-13..ever"]);
    check_range(TimeField::Updated, ">90d", expect!["ever..2026-08-22"]);
}

#[test]
fn dates_are_whole_days_months_or_years() {
    check_range(
        TimeField::Ends,
        "2026-12-24",
        expect!["2026-12-24..2026-12-25"],
    );
    check_range(
        TimeField::Ends,
        "2026-12",
        expect!["2026-12-01..2027-01-01"],
    );
    check_range(TimeField::Ends, "2027", expect!["2027-01-01..2028-01-01"]);
    check_range(TimeField::Ends, "<2026-12-24", expect!["ever..2026-12-24"]);
    check_range(TimeField::Ends, "<=2026-12-24", expect!["ever..2026-12-25"]);
    check_range(TimeField::Ends, ">2026-12", expect!["2027-01-01..ever"]);
    check_range(
        TimeField::Accepted,
        "2026-10-01..2026-10-31",
        expect!["2026-10-01..2026-11-01"],
    );
    assert_eq!(when("2026-13"), None);
    assert_eq!(when("2026-02-30"), None);
}

proptest! {
    #[test]
    fn no_text_breaks_the_parser(text in "\\PC{0,60}", caret in 0usize..80) {
        if let Err(error) = parse(&text) {
            prop_assert!(text.get(error.span.from..error.span.to).is_some(), "{error:?}");
        }
        let completions = complete(&text, caret);
        prop_assert!(text.get(completions.replace.from..completions.replace.to).is_some());
    }

    #[test]
    fn a_suggestion_put_in_place_is_better(key in "[a-z]{3,7}", value in "[a-z]{1,8}") {
        let text = format!("{key}:{value}");
        if let Err(FilterError { span, suggestion: Some(suggestion), .. }) = parse(&text) {
            let mended = format!("{}{suggestion}{}", &text[..span.from], &text[span.to..]);
            let again = parse(&mended);
            prop_assert!(again.is_ok() || again.unwrap_err().span.from > span.from, "{mended}");
        }
    }
}

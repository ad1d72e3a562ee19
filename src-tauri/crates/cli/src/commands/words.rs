//! What several commands say in the same words.

use std::fmt::Write as _;

use views::{LinkRecordInfo, StepInfo, VerdictInfo};

/// An instant in this machine's zone.
pub(super) fn when(at: views::Millis) -> String {
    match jiff::Timestamp::from_millisecond(at.0) {
        Ok(at) => at
            .to_zoned(jiff::tz::TimeZone::system())
            .strftime("%Y-%m-%d %H:%M %Z")
            .to_string(),
        Err(_) => "—".to_owned(),
    }
}

pub(super) fn verdict_text(verdict: &VerdictInfo) -> String {
    let mut text = format!(
        "{:<8} {:<12} {}",
        verdict.outcome, verdict.rule, verdict.message
    );
    for evidence in verdict
        .evidence
        .iter()
        .filter(|_| verdict.outcome != "pass")
    {
        let value = evidence.value.as_deref().unwrap_or("not known");
        let source = evidence.source.as_deref().unwrap_or("nobody");
        let at = evidence.as_of.map(when).unwrap_or_default();
        let fact = &evidence.fact;
        let _ = write!(text, "\n         {fact} = {value} · {source} {at}");
    }
    if let Some(remedy) = &verdict.remedy {
        let _ = write!(text, "\n         → {remedy}");
    }
    text
}

pub(super) fn step_text(step: &StepInfo) -> String {
    let of = step
        .name
        .as_deref()
        .or(step.id.as_deref())
        .unwrap_or_default();
    let what = step.attribute.as_deref().unwrap_or(&step.what);
    let change = match (&step.before, &step.after) {
        (before, Some(after)) => format!(
            ": {} → {}",
            before
                .as_deref()
                .filter(|text| !text.is_empty())
                .unwrap_or("—"),
            if after.is_empty() { "—" } else { after }
        ),
        _ => String::new(),
    };
    let kind = format!("{:?}", step.kind).to_lowercase();
    let later = match (step.when.as_str(), step.delay, step.at) {
        ("active", ..) => " (when in force)".to_owned(),
        ("ended", Some(delay), _) => {
            format!(" ({} days after the end)", delay.0 / domain::time::DAY_MS)
        }
        ("ended", None, _) => " (when it has ended)".to_owned(),
        ("at", _, Some(at)) => format!(" ({})", when(at)),
        _ => String::new(),
    };
    format!("{:>2}. {kind} {what} {of}{change}{later}", step.number)
}

pub(super) fn record_text(link: &LinkRecordInfo) -> String {
    format!(
        "{:<22} {}  {}:{}  {}  since {}",
        link.link.state,
        link.agreement,
        link.link.target_kind,
        link.link.target_id,
        link.link.target_name,
        when(link.link.since)
    )
}

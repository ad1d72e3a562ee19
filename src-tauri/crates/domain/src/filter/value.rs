//! Values of the filter language, and how the relative ones become instants.

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::LinkState;
use crate::Timestamp;
use crate::filter::TimeField;

/// A link's state as a filter asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkChoice {
    /// No link at all.
    None,
    /// A link in whatever state.
    Any,
    /// A link in this state.
    In(LinkState),
}

/// A named property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trait {
    /// Active, and no live link.
    NeedsSetup,
    /// No end date.
    OpenEnded,
    /// Renews at its end.
    Renewing,
    /// Starts later than now.
    Future,
    /// Details were never fetched.
    WithoutDetails,
}

impl Trait {
    /// Every property with its word.
    pub const ALL: [(&'static str, Self); 5] = [
        ("needs-setup", Self::NeedsSetup),
        ("open-ended", Self::OpenEnded),
        ("renewing", Self::Renewing),
        ("future", Self::Future),
        ("without-details", Self::WithoutDetails),
    ];
}

/// Amounts in millionths, both ends inclusive; an open end is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueRange {
    /// From, to.
    Between(Option<i64>, Option<i64>),
    /// Not known.
    Unknown,
}

/// When something is asked to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Not set at all: an agreement without an end.
    Unset,
    /// Before now.
    Past,
    /// From the first bound up to, and not including, the second.
    Between(Bound, Bound),
}

/// One end of a time range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// No limit on this side.
    Open,
    /// Milliseconds from now, away from it in the field's direction.
    Away(i64),
    /// The start of a day, in the reader's zone.
    Day(Date),
    /// The start of the day after.
    After(Date),
}

/// The instants from `from` up to and not including `to`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeRange {
    /// First instant.
    pub from: Timestamp,
    /// One past the last instant.
    pub to: Timestamp,
}

/// The moment a filter is evaluated at, and the reader's zone.
#[derive(Clone, Debug)]
pub struct Moment {
    /// The connection's clock.
    pub now: Timestamp,
    /// The zone in which a date in a filter is a day.
    pub zone: TimeZone,
}

impl Moment {
    /// The instants that `when` means for this field; `None` for [`When::Unset`].
    #[must_use]
    pub fn range(&self, field: TimeField, when: When) -> Option<TimeRange> {
        let earliest = Timestamp::from_millis(i64::MIN);
        let latest = Timestamp::from_millis(i64::MAX);
        match when {
            When::Unset => None,
            When::Past => Some(TimeRange {
                from: earliest,
                to: self.now,
            }),
            When::Between(near, far) => {
                let relative = matches!((near, far), (Bound::Away(_), _) | (_, Bound::Away(_)));
                let (from, to) = if relative && !field.looks_ahead() {
                    // Looking back, `now` is no limit: what happened this very second counts, and
                    // so does what AWS's clock, a little ahead of ours, says will have happened.
                    (
                        far,
                        if near == Bound::Away(0) {
                            Bound::Open
                        } else {
                            near
                        },
                    )
                } else {
                    (near, far)
                };
                Some(TimeRange {
                    from: self.bound(field, from).unwrap_or(earliest),
                    to: self.bound(field, to).unwrap_or(latest),
                })
            }
        }
    }

    fn bound(&self, field: TimeField, bound: Bound) -> Option<Timestamp> {
        match bound {
            Bound::Open => None,
            Bound::Away(millis) if field.looks_ahead() => Some(self.now.plus_millis(millis)),
            Bound::Away(millis) => Some(self.now.plus_millis(millis.saturating_neg())),
            Bound::Day(day) => self.start_of(day),
            Bound::After(day) => self.start_of(day.saturating_add(1.day())),
        }
    }

    fn start_of(&self, day: Date) -> Option<Timestamp> {
        let start = day.to_zoned(self.zone.clone()).ok()?;
        Some(Timestamp::from_millis(start.timestamp().as_millisecond()))
    }
}

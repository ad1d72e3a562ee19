//! Vendors' rules as data: a policy file (TOML with CEL expressions) and what is known of a case give
//! verdicts, effects and words. Pure: no IO, no clock, no async.
//!
//! - [`Policy::parse`] reads a file, or tells everything that is wrong with it.
//! - [`Facts`] is what is known; the [`catalogue`] is everything that may be.
//! - [`evaluate()`] judges a case. What is not known gives [`Outcome::Unknown`], never a pass.
//! - [`effects()`] lists what linking or ending would do, thing by thing.

mod builtin;
pub mod catalogue;
mod document;
mod effects;
mod evaluate;
mod expression;
mod facts;
mod load;
mod policy;
mod reference;
mod text;
mod types;

pub use builtin::{builtin, builtin_text, common_rules};
pub use document::LoadError;
pub use effects::{EffectKind, LOCKED, PlannedEffect, STOPPED, effects};
pub use evaluate::{
    Advice, Evidence, Holds, Outcome, Verdict, confirmation, evaluate, hints, is_active,
    verification_mail, waiting, wants_verification,
};
pub use expression::{
    EXPRESSION_BRACKETS_MAX, EXPRESSION_BYTES_MAX, EXPRESSION_DEPTH_MAX, EXPRESSION_TOKENS_MAX,
};
pub use facts::{Facts, Known, NotAFact, Provenance, Value};
pub use load::{COMMON_PREFIX, FILE_BYTES_MAX, SPAN_DAYS_MAX};
pub use policy::{
    Action, Activation, Assignment, CancelPolicy, Confirmation, Counted, Effect, FieldKind, Form,
    FormField, Hint, HintMoment, Identity, LinkPolicy, ListingMatch, Mail, Moment, Occasion,
    Policy, Rule, Setting, SettingValue, Settings, Verification, Workspaces, say_span,
};
pub use reference::{markdown, reference};
pub use text::{Language, Localized, Template};

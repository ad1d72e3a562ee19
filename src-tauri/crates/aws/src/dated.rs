//! What time AWS says it is, on every answer.

use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;
use domain::Timestamp;
use tokio::time::Instant;

/// Keeps the `Date` of the latest answer that had one, whatever the answer said.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dated(Arc<Mutex<Option<(Timestamp, Instant)>>>);

impl Dated {
    /// The date of an answer that came since that moment.
    pub(crate) fn since(&self, moment: Instant) -> Option<Timestamp> {
        let (date, came) = (*self.0.lock().unwrap_or_else(PoisonError::into_inner))?;
        (came >= moment).then_some(date)
    }
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Dated {
    fn name(&self) -> &'static str {
        "Dated"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let date = context.response().headers().get("date");
        if let Some(date) = date.and_then(read) {
            let mut latest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            *latest = Some((date, Instant::now()));
        }
        Ok(())
    }
}

fn read(header: &str) -> Option<Timestamp> {
    let date = DateTime::from_str(header, Format::HttpDate).ok()?;
    date.to_millis().ok().map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_to_the_second() {
        assert_eq!(
            read("Fri, 20 Nov 2026 12:00:01 GMT").unwrap().to_string(),
            "2026-11-20T12:00:01.000Z"
        );
        assert_eq!(read("yesterday"), None);
    }
}

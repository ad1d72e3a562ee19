//! Sending usage, up to 25 records of one product a call.

use std::collections::BTreeMap;

use domain::{ProductCode, UsageHolder};
use serde_json::json;
use store::table::audit::{Entry, Phase};
use store::table::usage::{SentUsage, UsageState};

use super::{Line, UsageError, UsageProblem, check};
use crate::marketplace::{Metered, MeteredStatus};
use crate::{Action, Console, Error, Marketplace, Preflight};

/// Records of one call (Metering API reference).
const CALL_MAX: usize = 25;
/// How often what AWS left unprocessed is sent again within one run.
const ATTEMPTS_MAX: usize = 3;

/// Records of one product, with its code where it predates licenses.
type OfProduct = (Option<ProductCode>, Vec<Line>);

/// What became of one record.
#[derive(Clone, Debug)]
pub struct SentRecord {
    /// The line in the file.
    pub line: usize,
    /// What became of it.
    pub state: UsageState,
    /// AWS's word, or ours where AWS said none.
    pub status: String,
    /// AWS's id of the record.
    pub record_id: Option<String>,
}

/// What sending a file came to.
#[derive(Clone, Debug, Default)]
pub struct Sent {
    /// Record by record.
    pub records: Vec<SentRecord>,
    /// Lines that had been sent before, just like this, and were left out.
    pub sent_before: Vec<usize>,
}

impl<M: Marketplace> Console<M> {
    /// Sends the usage of a file, unless anything is wrong with it. What was sent before is left out.
    pub async fn send_usage(&self, name: &str, bytes: &[u8]) -> Result<Sent, Error> {
        let known = self.store().read(Preflight::last)?;
        self.access.permit(Action::SendUsage, known.as_ref())?;
        self.identify().await?;
        let file = tokio::task::block_in_place(|| check(self.store(), self.clock(), name, bytes))?;
        if !file.problems.is_empty() || (file.good.is_empty() && file.sent_before.is_empty()) {
            return Err(UsageError(file.problems).into());
        }
        let mut sent = Sent {
            sent_before: file.sent_before.iter().map(|line| line.line).collect(),
            ..Sent::default()
        };
        for (code, lines) in by_product(file.good) {
            for call in lines.chunks(CALL_MAX) {
                let records = self.send_call(code.as_ref(), call).await?;
                sent.records.extend(records);
            }
        }
        sent.records.sort_by_key(|record| record.line);
        Ok(sent)
    }

    /// One call, with the audit around it; what AWS left unprocessed is sent again.
    async fn send_call(
        &self,
        code: Option<&ProductCode>,
        lines: &[Line],
    ) -> Result<Vec<SentRecord>, Error> {
        let opened = tokio::task::block_in_place(|| self.open_usage(code, lines))?;
        let mut left: Vec<Line> = lines.to_vec();
        let mut done = Vec::new();
        for _ in 0..ATTEMPTS_MAX {
            let records: Vec<_> = left.iter().map(|line| line.record.clone()).collect();
            match self.marketplace.meter(code, &records).await {
                Ok(results) => {
                    let (settled, unprocessed) = settle(&left, &results);
                    tokio::task::block_in_place(|| self.keep_usage(&left, &settled))?;
                    done.extend(settled);
                    left = unprocessed;
                }
                Err(error) => {
                    let state = if error.undone {
                        UsageState::Refused
                    } else {
                        UsageState::Unknown
                    };
                    let failed: Vec<SentRecord> = left
                        .iter()
                        .map(|line| SentRecord {
                            line: line.line,
                            state,
                            status: error.to_string(),
                            record_id: None,
                        })
                        .collect();
                    tokio::task::block_in_place(|| self.keep_usage(&left, &failed))?;
                    done.extend(failed);
                    left.clear();
                }
            }
            if left.is_empty() {
                break;
            }
        }
        // AWS left these alone each time: they can be sent again.
        let unprocessed = left.iter().map(|line| SentRecord {
            line: line.line,
            state: UsageState::Refused,
            status: "Unprocessed".to_owned(),
            record_id: None,
        });
        let unprocessed: Vec<_> = unprocessed.collect();
        tokio::task::block_in_place(|| {
            self.keep_usage(&left, &unprocessed)?;
            done.extend(unprocessed);
            self.close_usage(opened, &done)
        })?;
        Ok(done)
    }

    fn open_usage(&self, code: Option<&ProductCode>, lines: &[Line]) -> Result<i64, Error> {
        let now = self.clock().now();
        let records = lines.iter().map(|line| {
            json!({
                "holder": line.record.holder.key(),
                "account": line.record.account,
                "dimension": line.record.dimension,
                "hour": line.record.hour().to_string(),
                "quantity": line.record.quantity.to_string(),
            })
        });
        let records: Vec<_> = records.collect();
        let entry = Entry {
            phase: Phase::Opened,
            outcome: None,
            detail: json!({ "productCode": code, "records": records }).to_string(),
            ..self.entry(now, "send-usage")?
        };
        self.store().write(|write| {
            for line in lines {
                // As it is now: another program may have sent the hour since the file was looked at.
                if let Some(sent) = write.reading().sent_usage(&line.record)?
                    && is_taken(&sent, line)
                {
                    let reason = "this hour was sent meanwhile".to_owned();
                    let problem = UsageProblem {
                        line: line.line,
                        field: Some("timestamp"),
                        reason,
                    };
                    return Err(UsageError(vec![problem]).into());
                }
                write.put_usage(&line.record, UsageState::Sending, None, None, now)?;
            }
            Ok::<_, Error>(write.append_audit(&self.audit_key, &entry)?)
        })
    }

    fn keep_usage(&self, lines: &[Line], outcomes: &[SentRecord]) -> Result<(), Error> {
        let now = self.clock().now();
        self.store().write(|write| {
            for outcome in outcomes {
                let line = lines.iter().find(|line| line.line == outcome.line);
                if let Some(line) = line {
                    let id = outcome.record_id.as_deref();
                    write.put_usage(&line.record, outcome.state, id, Some(&outcome.status), now)?;
                }
            }
            Ok::<_, Error>(())
        })
    }

    fn close_usage(&self, opened: i64, done: &[SentRecord]) -> Result<(), Error> {
        let now = self.clock().now();
        let count = |state| done.iter().filter(|record| record.state == state).count();
        let outcome = match (count(UsageState::Unknown), count(UsageState::Refused)) {
            (0, 0) => "done",
            (0, _) => "failed",
            _ => "unknown",
        };
        let results = done.iter().map(|record| {
            json!({ "line": record.line, "status": record.status, "recordId": record.record_id })
        });
        let results: Vec<_> = results.collect();
        let entry = Entry {
            phase: Phase::Closed,
            opened: Some(opened),
            outcome: Some(outcome.to_owned()),
            detail: json!({ "results": results }).to_string(),
            ..self.entry(now, "send-usage")?
        };
        self.store()
            .write(|write| write.close_or_note_audit(&self.audit_key, entry))?;
        Ok(())
    }
}

/// Each call is of one product. Of a license it is the one that its agreement is for.
fn by_product(lines: Vec<Line>) -> Vec<OfProduct> {
    let mut products: BTreeMap<String, OfProduct> = BTreeMap::new();
    for line in lines {
        let (key, code) = match &line.record.holder {
            UsageHolder::Product(code) => (format!("code {code}"), Some(code.clone())),
            UsageHolder::License(_) => {
                let product = line.product.as_deref().unwrap_or_default();
                (format!("product {product}"), None)
            }
        };
        let (_, of) = products.entry(key).or_insert_with(|| (code, Vec::new()));
        of.push(line);
    }
    products.into_values().collect()
}

/// Whether sending the line would change what AWS bills, or has billed already. What AWS may have taken
/// is asked for again only as it was.
fn is_taken(sent: &SentUsage, line: &Line) -> bool {
    match sent.state {
        UsageState::Sent => true,
        UsageState::Sending | UsageState::Unknown => sent.quantity != line.record.quantity,
        UsageState::Refused => false,
    }
}

/// What AWS said of each record, and the records that it left alone.
fn settle(lines: &[Line], results: &[Metered]) -> (Vec<SentRecord>, Vec<Line>) {
    let (mut settled, mut left) = (Vec::new(), Vec::new());
    for (line, result) in lines.iter().zip(results) {
        let (state, status) = match &result.status {
            MeteredStatus::Success => (UsageState::Sent, "Success".to_owned()),
            MeteredStatus::Unprocessed => {
                left.push(line.clone());
                continue;
            }
            MeteredStatus::Refused(status) => (UsageState::Refused, status.clone()),
        };
        settled.push(SentRecord {
            line: line.line,
            state,
            status,
            record_id: result.record_id.clone(),
        });
    }
    (settled, left)
}

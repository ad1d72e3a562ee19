//! Asking a buyer to agree to an end, at AWS.
//!
//! The request is sent once. Its client token is the plan's id, so that AWS knows a repetition; but
//! nothing is repeated either: whether a request whose answer was lost is there is found out by looking.

mod draft;

use domain::{AgreementId, CancellationRequest, PlanId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::Store;
use store::table::audit::{AuditRow, Entry, Phase};
use store::table::plan::{KeptPlan, PlanState};

use draft::draft;

use super::{EndingError, checked, field, phrase};
use crate::marketplace::{CancellationRequests, MarketplaceError, NewCancellation};
use crate::outbox::{self, Carried, Returned};
use crate::plan::{self, Outcome, Plan};
use crate::{Access, Action, Console, Error, Marketplace, Preflight};

/// AWS's words for the reason (Agreement API, `AgreementCancellationRequestReasonCode`).
pub const REASONS: [&str; 8] = [
    "INCORRECT_TERMS_ACCEPTED",
    "REPLACING_AGREEMENT",
    "TEST_AGREEMENT",
    "ALTERNATIVE_PROCUREMENT_CHANNEL",
    "PRODUCT_DISCONTINUED",
    "UNINTENDED_RENEWAL",
    "BUYER_DISSATISFACTION",
    "OTHER",
];

/// Longest description or reason, in characters (Agreement API).
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// The kind of such plans in the ledger, and their action in the audit.
pub(crate) const KIND: &str = "cancel";

/// Plans about one agreement that are looked at, newest first.
pub(super) const PLANS_LOOKED_AT: usize = 100;

/// What a person wants cancelled, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelAsked {
    /// The agreement.
    pub agreement: AgreementId,
    /// AWS's word for the reason.
    pub reason: String,
    /// What the buyer is told.
    pub description: Option<String>,
    /// What must be typed before it is sent.
    pub phrase: String,
}

/// A plan to ask a buyer to agree to a cancellation.
pub type CancelPlan = Plan<CancelAsked>;

/// A plan to cancel that was kept, with what became of it. AWS is not asked.
pub fn kept_plan(store: &Store, id: &PlanId) -> Result<(CancelPlan, KeptPlan), Error> {
    let found = plan::load(store, KIND, id)?;
    found.ok_or_else(|| EndingError::NoPlan(id.clone()).into())
}

impl<M: Marketplace> Console<M> {
    /// Plans a request to cancel, and keeps the plan.
    pub async fn plan_cancel(
        &self,
        agreement: &AgreementId,
        reason: &str,
        description: Option<&str>,
    ) -> Result<CancelPlan, Error> {
        check_reason(reason)?;
        let description = checked(description, "description")?;
        let offline = self.look_at_cancellations(agreement).await?;
        tokio::task::block_in_place(|| {
            let now = self.clock().now();
            let actor = self.actor()?;
            let asked = CancelAsked {
                phrase: phrase(self.store(), &self.policies, agreement)?,
                agreement: agreement.clone(),
                reason: reason.to_owned(),
                description,
            };
            let plan = self
                .store()
                .read(|read| Ok(draft(read, &self.policies, asked, actor, None, now)))??;
            let plan = CancelPlan {
                offline: offline.map(Timestamp::as_millis),
                ..plan
            };
            self.store().write(|write| {
                plan::keep(write, KIND, agreement.as_str(), &plan, now)?;
                // Whoever may only look leaves nothing in the audit.
                if plan.outcome == Outcome::Refused && self.access != Access::ReadOnly {
                    let entry = Entry {
                        outcome: Some("refused".to_owned()),
                        detail: json!({ "rules": rules(&plan) }).to_string(),
                        ..self.entry_of(now, &plan)?
                    };
                    write.append_audit(&self.audit_key, &entry)?;
                }
                Ok::<_, Error>(())
            })?;
            Ok(plan)
        })
    }

    /// Sends the request that was planned, once. While AWS cannot be asked, the plan waits in the outbox.
    pub async fn execute_cancel(
        &self,
        id: &PlanId,
        confirmed: &str,
    ) -> Result<Carried<CancellationRequest>, Error> {
        let (plan, kept) = tokio::task::block_in_place(|| self.cancel_plan(id))?;
        if kept.state == PlanState::Done {
            return self.sent_before(&plan, &kept).map(Carried::Out);
        }
        check_open(kept.state)?;
        let known = self.store().read(Preflight::last)?;
        let permit = self
            .access
            .permit(Action::RequestCancellation, known.as_ref())?;
        refuse_unready(&plan)?;
        if confirmed != plan.asked.phrase {
            return Err(EndingError::Phrase(plan.asked.phrase).into());
        }
        if self
            .look_at_cancellations(&plan.asked.agreement)
            .await?
            .is_some()
        {
            let now = self.clock().now();
            let entry = Entry {
                action: "queue".to_owned(),
                ..self.entry_of(now, &plan)?
            };
            tokio::task::block_in_place(|| self.queue(id, &entry, now))?;
            return Ok(Carried::Queued);
        }
        let opened = tokio::task::block_in_place(|| self.open_cancel_audit(&permit, id, &plan))?;
        let request = NewCancellation {
            agreement: plan.asked.agreement.clone(),
            reason: plan.asked.reason.clone(),
            description: plan.asked.description.clone(),
            client_token: plan.id.clone(),
        };
        let answer = self.marketplace.send_cancellation(&request).await;
        tokio::task::block_in_place(|| self.close_cancel(&kept, &plan, opened, answer))
            .map(Carried::Out)
    }

    /// A plan to cancel that was kept, with what became of it.
    pub fn cancel_plan(&self, id: &PlanId) -> Result<(CancelPlan, KeptPlan), Error> {
        kept_plan(self.store(), id)
    }

    /// Asks AWS about one agreement and all requests to cancel it. Tells since when what is known is
    /// known, where AWS cannot be asked.
    pub(crate) async fn look_at_cancellations(
        &self,
        agreement: &AgreementId,
    ) -> Result<Option<Timestamp>, Error> {
        if let Some(since) = self.refresh(agreement).await? {
            return Ok(Some(since));
        }
        let which = CancellationRequests::Of(agreement.clone());
        let mut next = None;
        loop {
            let page = self
                .marketplace
                .cancellation_requests(&which, next.as_ref())
                .await?;
            let now = self.clock().now();
            self.write(|write| write.put_cancellations(&page.items, now))?;
            next = page.next;
            if next.is_none() {
                return Ok(None);
            }
        }
    }

    /// Plans again on what is known now, opens the audit, and takes the plan out of everybody else's
    /// hands: from here on it counts as sent.
    fn open_cancel_audit(
        &self,
        _: &crate::Permit,
        id: &PlanId,
        plan: &CancelPlan,
    ) -> Result<i64, Error> {
        let now = self.clock().now();
        self.store().write(|write| {
            // As it is now: another process may be carrying it out.
            let kept = write.reading().plan(id)?;
            check_open(kept.as_ref().map_or(PlanState::Failed, |kept| kept.state))?;
            let asked = plan.asked.clone();
            let actor = plan.made_by.clone();
            let again = draft(
                &write.reading(),
                &self.policies,
                asked,
                actor,
                Some(id),
                now,
            )?;
            let differences = plan.differences(&again);
            if !differences.is_empty() {
                return Err(EndingError::Stale(differences).into());
            }
            let open = [PlanState::Open, PlanState::Waiting];
            write.move_plan(id, &open, PlanState::Sent, None, now)?;
            let before = write.reading().cancellations_of(&plan.asked.agreement)?;
            let before: Vec<_> = before.iter().map(|request| &request.id).collect();
            let detail = json!({
                "reason": plan.asked.reason,
                "description": plan.asked.description,
                "clientToken": plan.id,
                "requestsBefore": before,
                "steps": plan.steps.len(),
            });
            let entry = Entry {
                phase: Phase::Opened,
                outcome: None,
                detail: detail.to_string(),
                ..self.entry_of(now, plan)?
            };
            Ok(write.append_audit(&self.audit_key, &entry)?)
        })
    }

    fn close_cancel(
        &self,
        kept: &KeptPlan,
        plan: &CancelPlan,
        opened: i64,
        answer: Result<CancellationRequest, MarketplaceError>,
    ) -> Result<CancellationRequest, Error> {
        let now = self.clock().now();
        match answer {
            Ok(request) => {
                self.close_sent(&kept.id, plan, opened, &request, now)?;
                Ok(request)
            }
            // The entry stays open: it is closed when AWS has been looked at.
            Err(error) if is_unknown(&error) => Err(EndingError::Unknown.into()),
            Err(error) => {
                let entry = Entry {
                    phase: Phase::Closed,
                    opened: Some(opened),
                    outcome: Some("failed".to_owned()),
                    request: error.request_id.clone(),
                    detail: json!({ "why": error.to_string() }).to_string(),
                    ..self.entry_of(now, plan)?
                };
                let error = Error::from(error);
                self.store().write(|write| {
                    write.close_audit(&self.audit_key, &entry)?;
                    outbox::end(write, kept, &error, "failed", now)
                })?;
                Err(error)
            }
        }
    }

    /// AWS has the request.
    pub(super) fn close_sent(
        &self,
        id: &PlanId,
        plan: &CancelPlan,
        opened: i64,
        request: &CancellationRequest,
        now: Timestamp,
    ) -> Result<(), Error> {
        let entry = Entry {
            phase: Phase::Closed,
            opened: Some(opened),
            outcome: Some("done".to_owned()),
            detail: json!({ "request": request.id, "status": request.status.as_wire() })
                .to_string(),
            ..self.entry_of(now, plan)?
        };
        self.store().write(|write| {
            write.put_cancellations(std::slice::from_ref(request), now)?;
            let from = [PlanState::Sent, PlanState::Failed, PlanState::Returned];
            let moved =
                write.move_plan(id, &from, PlanState::Done, Some(request.id.as_str()), now)?;
            // Another process may have settled it while AWS was slow to answer. What it found out is
            // told anew where it was wrong.
            if moved {
                write.close_or_note_audit(&self.audit_key, entry)?;
            } else {
                write.close_audit(&self.audit_key, &entry)?;
            }
            Ok::<_, Error>(())
        })
    }

    /// AWS lists no request of this plan. Whoever confirmed it looks at something else by now, so it comes
    /// back to where it is seen.
    pub(super) fn close_unsent(
        &self,
        id: &PlanId,
        plan: &CancelPlan,
        opened: i64,
        now: Timestamp,
    ) -> Result<(), Error> {
        let why = "AWS lists no such request: it was never taken";
        let entry = Entry {
            phase: Phase::Closed,
            opened: Some(opened),
            outcome: Some("failed".to_owned()),
            detail: json!({ "why": why }).to_string(),
            ..self.entry_of(now, plan)?
        };
        self.store().write(|write| {
            // Not when another process has found out more meanwhile.
            if write.close_audit(&self.audit_key, &entry)? {
                let back = Returned {
                    why: why.to_owned(),
                    changes: Vec::new(),
                };
                let back = serde_json::to_string(&back)?;
                let from = [PlanState::Sent];
                write.move_plan(id, &from, PlanState::Returned, Some(&back), now)?;
            }
            Ok::<_, Error>(())
        })
    }

    fn sent_before(
        &self,
        plan: &CancelPlan,
        kept: &KeptPlan,
    ) -> Result<CancellationRequest, Error> {
        let all = self
            .store()
            .read(|read| read.cancellations_of(&plan.asked.agreement))?;
        let mut sent = all.into_iter();
        let sent = sent.find(|request| Some(request.id.as_str()) == kept.outcome.as_deref());
        sent.ok_or_else(|| EndingError::Over("carried out").into())
    }

    fn entry_of(&self, now: Timestamp, plan: &CancelPlan) -> Result<Entry, Error> {
        Ok(Entry {
            plan: Some(plan.id.clone()),
            agreement: Some(plan.asked.agreement.to_string()),
            ..self.entry(now, KIND)?
        })
    }
}

fn check_open(state: PlanState) -> Result<(), EndingError> {
    match state {
        // What was sent and not answered is looked for, and never sent again.
        PlanState::Sent => Err(EndingError::Unknown),
        state => plan::over(state).map_or(Ok(()), |over| Err(EndingError::Over(over))),
    }
}

/// Whether AWS may have done what was asked.
pub(super) fn is_unknown(error: &MarketplaceError) -> bool {
    !error.undone
}

/// The request that a plan's sending brought about, among all that AWS lists: one for the plan's reason
/// that was not there when it was sent. There can be one at most while it waits for the buyer.
pub(super) fn ours<'a>(
    plan: &CancelPlan,
    opened: &AuditRow,
    listed: &'a [CancellationRequest],
) -> Option<&'a CancellationRequest> {
    let before: Before = serde_json::from_str(&opened.entry.detail).unwrap_or_default();
    let mut listed = listed.iter();
    listed.find(|request| {
        let new = !before.requests.contains(&request.id.to_string());
        new && request.reason == plan.asked.reason
    })
}

/// What an opened entry tells of the requests that AWS listed before: not by their times, since AWS's
/// clock is not this machine's.
#[derive(Default, Deserialize)]
struct Before {
    #[serde(default, rename = "requestsBefore")]
    requests: Vec<String>,
}

fn check_reason(reason: &str) -> Result<(), Error> {
    if REASONS.contains(&reason) {
        return Ok(());
    }
    Err(field(
        "reasonCode",
        &format!("is not one AWS takes: choose one of {}", REASONS.join(", ")),
    ))
}

fn rules(plan: &CancelPlan) -> Vec<&str> {
    plan.refusals()
        .map(|verdict| verdict.rule.as_str())
        .collect()
}

fn refuse_unready(plan: &CancelPlan) -> Result<(), Error> {
    if plan.outcome == Outcome::Ready {
        return Ok(());
    }
    let refusing = rules(plan).into_iter().map(str::to_owned);
    Err(EndingError::Refused(refusing.collect()).into())
}

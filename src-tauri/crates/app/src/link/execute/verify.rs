//! Codes: held against what was sent, and sent where one is missing.

use domain::{Email, Timestamp};
use policy::Language;
use store::table::plan::PlanState;

use super::super::case::Case;
use super::super::codes::{self, CodeLimits, NewCode};
use super::super::{Kept, LinkError};
use super::{CodeSent, Codes, plan_id};
use crate::mail::{Mail, MailError, MailErrorKind};
use crate::{Console, Error, Marketplace, Permit};

impl<M: Marketplace> Console<M> {
    /// Holds what was entered against the codes that were sent. A wrong one costs an attempt, which is
    /// committed before anything is answered.
    pub(super) fn check_codes(
        &self,
        _: &Permit,
        kept: &Kept,
        entered: &Codes,
        now: Timestamp,
    ) -> Result<(), Error> {
        let id = plan_id(&kept.plan)?;
        let policy = self.policies.get(&kept.plan.policy);
        let policy = policy.ok_or_else(|| LinkError::NoPolicy(kept.plan.policy.clone()))?;
        let attempts_max = CodeLimits::of(policy).attempts;
        for code in entered
            .entered
            .iter()
            .filter(|code| !code.trim().is_empty())
        {
            let checked = self.store().write(|write| {
                let mut sent = write.reading().verifications(&id)?;
                sent.retain(|it| it.verified_at.is_none());
                if sent.is_empty() {
                    let any = !write.reading().verifications(&id)?.is_empty();
                    return Ok(if any {
                        Ok(())
                    } else {
                        Err(LinkError::NoCodeSent)
                    });
                }
                let tried: u32 = sent.iter().map(|it| it.attempts).max().unwrap_or(0);
                if tried >= attempts_max {
                    return Ok(Err(LinkError::WrongCode { left: 0 }));
                }
                let right = sent.iter().position(|it| codes::is_right(it, code));
                let Some(right) = right else {
                    for mut it in sent {
                        it.attempts += 1;
                        write.put_verification(&it)?;
                    }
                    let left = attempts_max.saturating_sub(tried + 1);
                    return Ok(Err(LinkError::WrongCode { left }));
                };
                let mut it = sent.swap_remove(right);
                if it.expires_at < now {
                    return Ok(Err(LinkError::CodeExpired(it.address)));
                }
                it.verified_at = Some(now);
                write.put_verification(&it)?;
                Ok::<_, store::Error>(Ok(()))
            })?;
            checked?;
        }
        Ok(())
    }

    /// Sends a code to whoever still has to enter one and has none that is good. The code is kept, as a
    /// hash, before it is sent: a mail whose fate is unknown may arrive, and must then count.
    pub(super) async fn send_codes(
        &self,
        permit: &Permit,
        kept: &Kept,
        missing: &[Email],
        entered: &Codes,
        now: Timestamp,
    ) -> Result<Vec<CodeSent>, Error> {
        let id = plan_id(&kept.plan)?;
        let language = entered.language.unwrap_or(Language::English);
        for address in missing {
            let before = self.store().read(|read| read.verification(&id, address))?;
            let good = before.as_ref().is_some_and(|it| it.expires_at >= now);
            if good && !entered.again {
                continue;
            }
            let mailer = self.mailer().ok_or_else(MailError::not_configured)?;
            let new = tokio::task::block_in_place(|| self.new_code(permit, kept, address, now))?;
            let sent = match self.mail(kept, address, &new, language) {
                Ok(mail) => mailer.send(&mail).await.map_err(Error::from),
                Err(error) => Err(error),
            };
            tokio::task::block_in_place(|| match &sent {
                Err(error) if !may_have_arrived(error) => self.note_unsent(kept, &new, error, now),
                _ => self.note_sent(kept, &new, sent.as_ref().err(), now),
            })?;
            sent?;
        }
        tokio::task::block_in_place(|| {
            self.store().write(|write| {
                // From here on it is a person's turn: a sync has nothing more to carry out.
                let waiting = [PlanState::Waiting];
                write.move_plan(&id, &waiting, PlanState::Open, None, now)?;
                let sent = write.reading().verifications(&id)?;
                Ok(sent.iter().map(CodeSent::from).collect())
            })
        })
    }

    /// A new code, kept in place of the one before.
    fn new_code(
        &self,
        _: &Permit,
        kept: &Kept,
        address: &Email,
        now: Timestamp,
    ) -> Result<NewCode, Error> {
        let policy = self.policies.get(&kept.plan.policy);
        let policy = policy.ok_or_else(|| LinkError::NoPolicy(kept.plan.policy.clone()))?;
        let resends_max = CodeLimits::of(policy).resends;
        let id = plan_id(&kept.plan)?;
        self.store().write(|write| {
            let before = write.reading().verification(&id, address)?;
            if before.as_ref().is_some_and(|it| it.sends > resends_max) {
                return Err(LinkError::CodesSpent.into());
            }
            let new = NewCode::new(policy, &id, address, before, now)?;
            write.put_verification(&new.kept)?;
            Ok(new)
        })
    }

    fn mail(
        &self,
        kept: &Kept,
        address: &Email,
        new: &NewCode,
        language: Language,
    ) -> Result<Mail, Error> {
        let now = self.clock().now();
        let asked = &kept.plan.asked;
        let case = self
            .store()
            .read(|read| Ok(Case::gather(read, &self.policies, asked, now)))??;
        let words = policy::verification_mail(case.policy, &case.facts, &new.code);
        let (subject, body) = match words {
            Some(mail) => (
                mail.subject.get(language).to_owned(),
                mail.body.get(language).to_owned(),
            ),
            None => (
                format!("Your code: {}", new.code.as_str()),
                format!("Your code is {}.", new.code.as_str()),
            ),
        };
        Ok(Mail {
            to: address.clone(),
            subject,
            body,
        })
    }
}

/// Whether a mail may be there in spite of the error. Then its code must count.
fn may_have_arrived(error: &Error) -> bool {
    matches!(error, Error::Mail(error) if error.kind == MailErrorKind::Unknown)
}

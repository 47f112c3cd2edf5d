//! Calls that no platform makes: a request with something wrong in it, before the one without; and a request that was
//! refused, once more without what may be the reason. The mock BSS does not hear of their answers.

use super::{flaw, request::Draft, scenario::Player, teardown};
use crate::{
    bss::{Call, Role},
    contract::{Answer, CredentialForm, Expectation, Meaning},
    evidence::{Intent, ProbeMoment, StepEnd},
    json::Json,
    scenario::{Flaw, Step, Verb},
};
use std::io;

impl Player<'_> {
    /// Sends the request with each flaw. They are nothing that the platform would do, so it does not hear of the answers.
    pub(super) async fn flaws(
        &mut self,
        step: &Step,
        draft: &Draft,
        label: &str,
        check_only: bool,
    ) -> io::Result<Option<StepEnd>> {
        for one in &step.flaws {
            // For some keys, what is wrong about other keys is nothing at all.
            let is_right = one.credentials.is_some_and(|form| form.is_right(&self.session.profile.application));
            if is_right && step.expect == Expectation::Denied {
                continue;
            }
            // Without another application there is nobody whose key it could be.
            if one.credentials == Some(CredentialForm::OtherKey) && !self.session.profile.knows_another_application() {
                continue;
            }
            let wrong = match flaw::flawed(draft, one, &self.variables) {
                Ok(wrong) => wrong,
                Err(reason) => return Ok(Some(StepEnd::Error(reason))),
            };
            let intent = Intent::Flawed { flaw: one.name.clone(), control: step.id.clone() };
            // A flaw may be made only to ask; what is accepted then is no purchase.
            let asks = wrong.raw.is_none()
                && wrong.body.as_ref().is_some_and(|body| body.member("CheckOnly") == Some(&Json::Bool(true)));
            let answer = self.recording.exchange(&wrong, label, check_only || asks, intent).await?;
            if answer.is_none() && self.session.away().is_some() {
                return Ok(Some(self.unanswered().end));
            }
            if !step.expect.demands_no_change() {
                continue;
            }
            self.look(self.recording.step, ProbeMoment::Call(self.recording.call)).await?;
            // What got through must not stand in the way of the next flaw, or of the control.
            if teardown::cancel_strays(self.session, &mut self.recording).await? {
                self.look(self.recording.step, ProbeMoment::Call(self.recording.call)).await?;
            }
        }
        Ok(None)
    }

    /// Sends a request that was refused once more with each change that may bring to light why. What is accepted then is
    /// cancelled at once.
    pub(super) async fn suspects(
        &mut self,
        step: &Step,
        draft: &Draft,
        call: &Call,
        answer: &Answer,
    ) -> io::Result<()> {
        let refused = match answer.meaning(call.endpoint, &self.session.profile.pending) {
            Meaning::Refused { .. } => true,
            // An error page may be a refusal too, in the words of a framework.
            Meaning::Broken(_) => answer.status >= 400,
            _ => false,
        };
        // An account is prepared for an order, which is then not what was refused.
        let prepared = call.role == Role::Preparation && step.verb != Verb::Synchronize;
        if !refused || prepared {
            return Ok(());
        }
        let unchanged = Flaw { name: Intent::UNCHANGED.to_owned(), ..Flaw::default() };
        if self.suspect(&unchanged, draft, call).await?.is_some() {
            return Ok(());
        }
        let mut any = false;
        for one in &step.suspects {
            if self.session.stopping() || self.session.away().is_some() {
                return Ok(());
            }
            // A question that became a call has done what it was about: asked again, it is another question.
            any |= self.suspect(one, draft, call).await? == Some(call.check_only);
        }
        if any {
            self.suspect(&unchanged, draft, call).await?;
        }
        Ok(())
    }

    /// Whether it was only asked, if the call is accepted with this change.
    async fn suspect(&mut self, suspect: &Flaw, draft: &Draft, call: &Call) -> io::Result<Option<bool>> {
        // A member that this dialect does not send cannot be changed.
        let Ok(changed) = flaw::flawed(draft, suspect, &self.variables) else { return Ok(None) };
        let asks = changed.body.as_ref().and_then(|body| body.member("CheckOnly")?.as_bool());
        let intent = Intent::Suspect(suspect.name.clone());
        let check_only = asks.unwrap_or(call.check_only);
        let answer = self.recording.exchange(&changed, &call.label(), check_only, intent).await?;
        teardown::cancel_strays(self.session, &mut self.recording).await?;
        let pending = &self.session.profile.pending;
        let accepted = answer.is_some_and(|answer| answer.meaning(call.endpoint, pending) == Meaning::Accepted);
        Ok(accepted.then_some(check_only))
    }
}

//! When a scenario looks at the vendor side.

use super::{probe, scenario::Player, settled};
use crate::{
    contract::expectation::Demand,
    evidence::{Event, Probe, ProbeMoment, Probed},
    json::{self, Json},
    scenario::{Step, Verb, expression},
};
use std::io;

impl Player<'_> {
    /// Looks at the vendor side once.
    pub(super) async fn look(&mut self, step: u32, moment: ProbeMoment) -> io::Result<Option<Probe>> {
        let (account, bss_account) = (self.bss.customer.external_id.clone(), self.bss.customer.id.clone());
        let Some(outcome) = probe::look(self.session, &account, &bss_account).await else { return Ok(None) };
        let probed = Probed { scenario: self.planned.index, step, moment, outcome: outcome.clone() };
        self.recording.record(Event::Probed(probed))?;
        Ok(Some(outcome))
    }

    /// What must not change is looked at before the first call that could change it, when earlier changes show.
    pub(super) async fn look_before(&mut self, step: &Step, watched: bool) -> io::Result<()> {
        let index = self.recording.step;
        let looked = self.recording.evidence.steps.get(index as usize).is_some_and(|step| !step.probes.is_empty());
        let edits = !step.vendor.is_empty() && self.edited(step).next().is_some();
        if (step.expect.demands_no_change() || watched || edits) && !looked {
            self.look_settled(index, ProbeMoment::Before, &[], None).await?;
        }
        Ok(())
    }

    /// What a step with demands on the vendor side has brought there.
    pub(super) async fn look_after(&mut self, step: &Step, accepted: bool, demands: &[Demand]) -> io::Result<()> {
        let index = self.recording.step;
        let seen = self.recording.evidence.steps.get(index as usize).and_then(|step| step.probes.first());
        let before = seen.filter(|seen| seen.moment == ProbeMoment::Before && accepted);
        let before = before.filter(|seen| self.edited(step).any(|id| shows(&seen.outcome, &id)));
        let before = before.map(|seen| seen.outcome.clone());
        self.look_settled(index, ProbeMoment::After, demands, before.as_ref()).await
    }

    /// Looks at the vendor side until it shows what it should, or the time to settle is over.
    async fn look_settled(
        &mut self,
        step: u32,
        moment: ProbeMoment,
        demands: &[Demand],
        before: Option<&Probe>,
    ) -> io::Result<()> {
        let Some(outcome) = settled::look(self.session, &self.bss, demands, before).await else { return Ok(()) };
        let probed = Probed { scenario: self.planned.index, step, moment, outcome };
        self.recording.record(Event::Probed(probed))
    }

    /// The attributes that a step edits. Of them the platform's own books say nothing.
    fn edited(&self, step: &Step) -> impl Iterator<Item = String> {
        let given = step.args.member("attributes").filter(|_| step.verb == Verb::Reprovision);
        let ids = given.and_then(Json::as_object).into_iter().flat_map(|given| given.iter().map(|(id, _)| id));
        ids.filter_map(|id| expression::resolve_text(id, &self.variables).ok()?.as_str().map(str::to_owned))
    }

    /// "Nothing changed" is looked at once more at the end: a change may take its time.
    pub(super) async fn look_again(&mut self) -> io::Result<()> {
        let last = self.planned.scenario.steps.last();
        if self.blocked.is_none() && last.is_some_and(|step| step.expect.demands_no_change()) {
            let step = self.recording.step;
            self.look_settled(step, ProbeMoment::End, &[], None).await?;
        }
        Ok(())
    }
}

/// Whether an attribute is among the amounts of a subscription.
fn shows(probe: &Probe, attribute: &str) -> bool {
    let Probe::Document(text) = probe else { return false };
    let document = json::parse(text.as_bytes()).unwrap_or_default();
    let subscriptions = document.member("subscriptions").and_then(Json::as_array).unwrap_or_default();
    subscriptions.iter().any(|entry| entry.member("resources").and_then(|held| held.member(attribute)).is_some())
}

//! When a scenario looks at the vendor side.

use super::{probe, scenario::Player, settled};
use crate::{
    contract::expectation::Demand,
    evidence::{Event, Probe, ProbeMoment, Probed},
    scenario::Step,
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
        if (step.expect.demands_no_change() || watched) && !looked {
            self.look_settled(index, ProbeMoment::Before, &[]).await?;
        }
        Ok(())
    }

    /// Looks at the vendor side until it shows what it should, or the time to settle is over.
    pub(super) async fn look_settled(&mut self, step: u32, moment: ProbeMoment, demands: &[Demand]) -> io::Result<()> {
        let Some(outcome) = settled::look(self.session, &self.bss, demands).await else { return Ok(()) };
        let probed = Probed { scenario: self.planned.index, step, moment, outcome };
        self.recording.record(Event::Probed(probed))
    }

    /// "Nothing changed" is looked at once more at the end: a change may take its time.
    pub(super) async fn look_again(&mut self) -> io::Result<()> {
        let last = self.planned.scenario.steps.last();
        if self.blocked.is_none() && last.is_some_and(|step| step.expect.demands_no_change()) {
            let step = self.recording.step;
            self.look_settled(step, ProbeMoment::End, &[]).await?;
        }
        Ok(())
    }
}

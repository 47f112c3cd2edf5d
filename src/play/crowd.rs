//! Calls that come twice, and many that come at once.

use super::{
    recording::AtOnce,
    request::Draft,
    scenario::{Player, intent},
    settled,
};
use crate::{
    bss::{Action, By, Call, Conversation, Progress, Received},
    contract::{Answer, Meaning},
    evidence::{Event, Intent, ProbeMoment, Probed, StepEnd},
    json::Number,
    plan,
    scenario::{Network, Scenario, Step},
};
use std::{collections::HashSet, io, sync::Arc};

impl Player<'_> {
    /// The last call of a step, as often as its `network` says; the answer that the platform goes on with.
    pub(super) async fn last_call(
        &mut self,
        step: &Step,
        draft: &Draft,
        call: &Call,
        first: Intent,
    ) -> io::Result<Option<Arc<Answer>>> {
        let Some(Network::Concurrent(count)) = step.network.filter(|_| self.recording.attempt == 0) else {
            return self.recording.exchange(draft, &call.label(), call.check_only, first).await;
        };
        let one = |intent: Intent| AtOnce {
            draft: draft.clone(),
            label: call.label(),
            check_only: call.check_only,
            intent,
            again: None,
        };
        let mut calls = vec![one(first)];
        calls.resize_with(count as usize, || one(Intent::Repeated));
        let answers: Vec<_> = self.recording.at_once(calls).await?.into_iter().map(|(_, answer)| answer).collect();
        // Whichever came through is the one that counts; the platform would show nobody the others.
        let accepted = |answer: &&Option<Arc<Answer>>| {
            let meaning = answer.as_ref().map(|a| a.meaning(call.endpoint, &self.session.profile.pending));
            meaning == Some(Meaning::Accepted)
        };
        Ok(answers.iter().find(accepted).or(answers.first()).cloned().flatten())
    }

    /// The identical call again, where the step says so and the first one was accepted.
    pub(super) async fn again(&mut self, step: &Step, draft: &Draft, call: &Call, meaning: &Meaning) -> io::Result<()> {
        if step.network == Some(Network::Repeat) && *meaning == Meaning::Accepted {
            let label = format!("{}-again", call.label());
            self.recording.exchange(draft, &label, call.check_only, Intent::Repeated).await?;
        }
        Ok(())
    }

    /// Other customers who do the same, each with one seat more than the one before: new ones who buy, or those who have
    /// come in an earlier step. With the places at which they stand in the crowd.
    pub(super) fn neighbours(
        &mut self,
        action: &Action,
        step: &Step,
        count: u32,
    ) -> Result<Vec<(usize, Conversation)>, StepEnd> {
        let others = count.saturating_sub(1);
        if matches!(action, Action::Buy(_)) {
            self.invite(others);
        }
        let Some(first) = self.crowd.len().checked_sub(others as usize) else {
            let came = self.crowd.len() + 1;
            return Err(StepEnd::Error(format!(
                "{count} customers at once, but only {came} have bought at once before"
            )));
        };
        let by = By::parse(&step.by).unwrap_or_default();
        let mut neighbours = Vec::new();
        for (place, index) in (first..).zip(1..count) {
            let bss = &mut self.crowd[place];
            // What was not sold to one of them cannot be changed; that has been told already.
            if !matches!(action, Action::Buy(_)) && bss.living().next().is_none() {
                return Err(StepEnd::Blocked(format!("customer {} of those at once has nothing that runs", index + 1)));
            }
            let conversation = bss.begin(with_more(action, index), by, step.prechecks.unwrap_or(1));
            let conversation = conversation.map_err(|impossible| StepEnd::Error(impossible.to_string()))?;
            neighbours.push((place, conversation));
        }
        Ok(neighbours)
    }

    /// New customers, who know nothing of each other.
    fn invite(&mut self, count: u32) {
        let mut taken = HashSet::from([self.planned.number]);
        taken.extend(self.invited.iter().copied());
        for _ in 0..count {
            let key = format!("{}#{}", self.planned.scenario.key, self.crowd.len() + 1);
            let number = plan::number(self.plan.seed, &key, &mut taken);
            self.invited.push(number);
            let scenario = Arc::new(Scenario { key, ..(*self.planned.scenario).clone() });
            let planned = plan::PlannedScenario { number, scenario, ..self.planned.clone() };
            self.crowd.push(self.plan.bss(&self.session.profile, &planned));
        }
    }

    /// All customers make their first call at once, then all their second, and so on; who is told that his is in progress
    /// makes it again. The first customer's last answer is the step's.
    pub(super) async fn together(
        &mut self,
        step: &Step,
        own: Conversation,
        neighbours: Vec<(usize, Conversation)>,
    ) -> io::Result<(Option<Meaning>, Option<Arc<Answer>>)> {
        let mut conversations = vec![(None, own, None)];
        conversations.extend(neighbours.into_iter().map(|(place, conversation)| (Some(place), conversation, None)));
        let mut last = (None, None);
        loop {
            let mut calls = Vec::new();
            let mut under_way = Vec::new();
            for (index, (place, conversation, again)) in conversations.iter_mut().enumerate() {
                let bss = place.map_or(&self.bss, |place| &self.crowd[place]);
                let Some(call) = conversation.next_call(bss) else { continue };
                let draft = Draft::of(self.session, self.bss.dialect(), call.endpoint, call.body.clone());
                let intent = match u32::try_from(index) {
                    Ok(0) | Err(_) => intent(step),
                    Ok(index) => Intent::Neighbour(index),
                };
                let again = again.take();
                calls.push(AtOnce { draft, label: call.label(), check_only: call.check_only, intent, again });
                under_way.push((index, call));
            }
            if calls.is_empty() {
                break;
            }
            let answers = self.recording.at_once(calls).await?;
            let mut longest = None;
            for ((index, call), (number, answer)) in under_way.into_iter().zip(answers) {
                let (place, conversation, again) = &mut conversations[index];
                let bss = match place {
                    Some(place) => &mut self.crowd[*place],
                    None => &mut self.bss,
                };
                let received = answer.as_deref().map_or(Received::Lost, Received::Answer);
                let progress = conversation.answered(bss, received);
                self.recording.ledger.hold(bss);
                if index == 0 {
                    let meaning = answer.as_ref().map(|a| a.meaning(call.endpoint, &self.session.profile.pending));
                    last = (meaning, answer);
                }
                if let Progress::Again(wait) = progress {
                    *again = Some(number);
                    longest = longest.max(Some(wait));
                }
            }
            if let Some(wait) = longest
                && self.session.pause(wait).await
            {
                break;
            }
        }
        for (index, (place, ..)) in conversations.iter().enumerate() {
            if let Some(place) = place {
                self.look_at_neighbour(index, *place).await?;
            }
        }
        Ok(last)
    }

    /// The vendor side of another customer.
    async fn look_at_neighbour(&mut self, index: usize, place: usize) -> io::Result<()> {
        let Some(outcome) = settled::look(self.session, &self.crowd[place], &[], None).await else { return Ok(()) };
        let moment = ProbeMoment::Neighbour(u32::try_from(index).unwrap_or(u32::MAX));
        let probed = Probed { scenario: self.planned.index, step: self.recording.step, moment, outcome };
        self.recording.record(Event::Probed(probed))
    }
}

/// The same for another customer, with so many seats more: then it shows whose order was taken for whose.
fn with_more(action: &Action, index: u32) -> Action {
    let more = |quantity: &mut Number| *quantity = Number::from(quantity.as_i64().unwrap_or(1) + i64::from(index));
    let mut action = action.clone();
    match &mut action {
        Action::Buy(purchase) => more(&mut purchase.quantity),
        Action::BuyAddons { addons, .. } => addons.iter_mut().for_each(|addon| more(&mut addon.quantity)),
        Action::ChangeQuantity { quantity, .. } | Action::ChangeAddon { quantity, .. } => more(quantity),
        Action::Upgrade { quantity, .. }
        | Action::Downgrade { quantity, .. }
        | Action::ConvertTrial { quantity, .. } => quantity.iter_mut().for_each(more),
        _ => {}
    }
    action
}

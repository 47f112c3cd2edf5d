//! Calls that come twice, and many that come at once.

use super::{
    recording::AtOnce,
    request::Draft,
    scenario::{Player, intent},
    settled,
};
use crate::{
    bss::{Action, Bss, By, Call, Conversation, Impossible, Progress, Received},
    contract::{Answer, Meaning},
    evidence::{Event, Intent, ProbeMoment, Probed},
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

    /// Other customers who buy the same, each one seat more than the one before.
    pub(super) fn neighbours(
        &self,
        action: &Action,
        step: &Step,
        count: u32,
    ) -> Result<Vec<(Bss, Conversation)>, Impossible> {
        let mut taken = HashSet::from([self.planned.number]);
        let by = By::parse(&step.by).unwrap_or_default();
        let mut neighbours = Vec::new();
        for index in 1..count {
            let key = format!("{}#{index}", self.planned.scenario.key);
            let number = plan::number(self.plan.seed, &key, &mut taken);
            let scenario = Arc::new(Scenario { key, ..(*self.planned.scenario).clone() });
            let planned = plan::PlannedScenario { number, scenario, ..self.planned.clone() };
            let mut bss = self.plan.bss(&self.session.profile, &planned);
            let mut action = action.clone();
            if let Action::Buy(purchase) = &mut action {
                let seats = purchase.quantity.as_i64().unwrap_or(1) + i64::from(index);
                purchase.quantity = Number::from(seats);
            }
            let conversation = bss.begin(action, by, step.prechecks.unwrap_or(1))?;
            neighbours.push((bss, conversation));
        }
        Ok(neighbours)
    }

    /// All customers make their first call at once, then all their second, and so on; who is told that his is in progress
    /// makes it again. The first customer's last answer is the step's.
    pub(super) async fn together(
        &mut self,
        step: &Step,
        own: Conversation,
        neighbours: Vec<(Bss, Conversation)>,
    ) -> io::Result<(Option<Meaning>, Option<Arc<Answer>>)> {
        let mut conversations = vec![(own, None)];
        for (bss, conversation) in neighbours {
            self.crowd.push(bss);
            conversations.push((conversation, None));
        }
        let mut last = (None, None);
        loop {
            let mut calls = Vec::new();
            let mut under_way = Vec::new();
            for (index, (conversation, again)) in conversations.iter_mut().enumerate() {
                let bss = if index == 0 { &self.bss } else { &self.crowd[index - 1] };
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
                let bss = if index == 0 { &mut self.bss } else { &mut self.crowd[index - 1] };
                let received = answer.as_deref().map_or(Received::Lost, Received::Answer);
                let progress = conversations[index].0.answered(bss, received);
                self.recording.ledger.hold(bss);
                if index == 0 {
                    let meaning = answer.as_ref().map(|a| a.meaning(call.endpoint, &self.session.profile.pending));
                    last = (meaning, answer);
                }
                if let Progress::Again(wait) = progress {
                    conversations[index].1 = Some(number);
                    longest = longest.max(Some(wait));
                }
            }
            if let Some(wait) = longest
                && self.session.pause(wait).await
            {
                break;
            }
        }
        for index in 1..conversations.len() {
            self.look_at_neighbour(index).await?;
        }
        Ok(last)
    }

    /// The vendor side of another customer.
    async fn look_at_neighbour(&mut self, index: usize) -> io::Result<()> {
        let Some(outcome) = settled::look(self.session, &self.crowd[index - 1]).await else { return Ok(()) };
        let moment = ProbeMoment::Neighbour(u32::try_from(index).unwrap_or(u32::MAX));
        let probed = Probed { scenario: self.planned.index, step: self.recording.step, moment, outcome };
        self.recording.record(Event::Probed(probed))
    }
}

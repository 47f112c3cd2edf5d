//! The evidence of one scenario, put together from its events.

use super::event::{
    Answered, Event, Intent, Outcome, Probed, RunStarted, ScenarioFinished, ScenarioStarted, Sent, StepEnd,
    StepFinished, StepRecord,
};
use crate::{
    contract::{
        Answer, CredentialForm, Expectation, Meaning, answer::PendingSignal, expectation::Demand, model::Misfit, models,
    },
    json::{self, Json, ParseError},
};
use std::sync::{Arc, OnceLock};

/// One scenario, ready to be judged.
#[derive(Debug, Default)]
pub struct ScenarioEvidence {
    pub started: Option<ScenarioStarted>,
    pub steps: Vec<StepEvidence>,
    pub finished: Option<ScenarioFinished>,
}

/// One step with its exchanges in the order (call, attempt).
#[derive(Debug, Default)]
pub struct StepEvidence {
    pub started: bool,
    expectation: Option<Expectation>,
    vendor: Option<Vec<Demand>>,
    pub exchanges: Vec<Exchange>,
    pub probes: Vec<Probed>,
    pub end: Option<StepEnd>,
}

/// A request and what came back.
#[derive(Debug)]
pub struct Exchange {
    pub sent: Sent,
    pub answered: Option<Answered>,
    read: OnceLock<Option<Read>>,
}

/// An answer as it was read, once.
#[derive(Debug)]
struct Read {
    answer: Arc<Answer>,
    error: Option<ParseError>,
}

impl ScenarioEvidence {
    /// The spelling of the right credentials that was let in after they had been denied as the platform sends them.
    pub fn spelling(&self) -> Option<CredentialForm> {
        self.steps.iter().find_map(StepEvidence::spelling).map(|(_, form)| form)
    }

    /// Takes an event of this scenario; others are ignored.
    pub fn apply(&mut self, event: Event) {
        match event {
            Event::ScenarioStarted(started) => {
                self.steps.resize_with(started.steps.len(), StepEvidence::default);
                self.started = Some(started);
            }
            Event::StepStarted(step) => {
                let Some(place) = self.step(step.step) else { return };
                place.started = true;
                place.expectation = step.expectation;
                place.vendor = step.vendor;
            }
            Event::Sent(sent) => {
                let exchange = Exchange { sent, answered: None, read: OnceLock::new() };
                let Some(place) = self.step(exchange.sent.step) else { return };
                place.exchanges.push(exchange);
            }
            Event::Answered(answered) => {
                let same = |e: &&mut Exchange| (e.sent.call, e.sent.attempt) == (answered.call, answered.attempt);
                let exchanges = self.step(answered.step).map(|step| step.exchanges.iter_mut());
                if let Some(exchange) = exchanges.and_then(|mut exchanges| exchanges.find(same)) {
                    exchange.answered = Some(answered);
                }
            }
            Event::Probed(probed) => {
                if let Some(step) = self.step(probed.step) {
                    step.probes.push(probed);
                }
            }
            Event::StepFinished(StepFinished { step, end, .. }) => {
                if let Some(step) = self.step(step) {
                    step.end = Some(end);
                }
            }
            Event::ScenarioFinished(finished) => self.finished = Some(finished),
            Event::RunStarted(RunStarted { .. }) | Event::Planned(_) | Event::RunFinished(_) => {}
        }
    }

    /// How many events it is made of, its end aside.
    pub fn events(&self) -> u64 {
        let of_exchange = |exchange: &Exchange| 1 + u64::from(exchange.answered.is_some());
        let of_step = |step: &StepEvidence| {
            let frame = u64::from(step.started) + u64::from(step.end.is_some());
            frame + step.probes.len() as u64 + step.exchanges.iter().map(of_exchange).sum::<u64>()
        };
        u64::from(self.started.is_some()) + self.steps.iter().map(of_step).sum::<u64>()
    }

    /// Gives an exchange the answer as it has been read already. `length` is that of the body that was read: only a body
    /// in which nothing was masked is the same one.
    pub fn share(&mut self, step: u32, call: u32, attempt: u32, answer: &Arc<Answer>, length: usize) {
        let Some(step) = self.step(step) else { return };
        let found = step.exchanges.iter_mut().rfind(|e| (e.sent.call, e.sent.attempt) == (call, attempt));
        let Some(exchange) = found else { return };
        let untouched = exchange.text().is_some_and(|text| text.len() == length && !text.contains("[secret:"));
        if untouched && answer.body.is_some() {
            let _ = exchange.read.set(Some(Read { answer: answer.clone(), error: None }));
        }
    }

    /// Brings exchanges into the order (call, attempt): concurrent calls may have been recorded in any.
    pub fn settle(&mut self) {
        for step in &mut self.steps {
            step.exchanges.sort_by_key(|exchange| (exchange.sent.call, exchange.sent.attempt));
        }
    }

    /// The step of an event. `None` far behind the last one: no writer leaves such a gap, and filling it would take all
    /// the memory.
    fn step(&mut self, index: u32) -> Option<&mut StepEvidence> {
        const FARTHEST: usize = 16;
        let index = index as usize;
        if index > self.steps.len() + FARTHEST {
            return None;
        }
        if self.steps.len() <= index {
            self.steps.resize_with(index + 1, StepEvidence::default);
        }
        self.steps.get_mut(index)
    }

    /// Each step with its record; steps without one (which no writer makes) are left out.
    pub fn recorded_steps(&self) -> impl Iterator<Item = (&StepRecord, &StepEvidence)> {
        self.started.iter().flat_map(|started| &started.steps).zip(&self.steps)
    }
}

impl StepEvidence {
    /// What the step demanded, expressions resolved.
    pub fn expectation<'a>(&'a self, record: &'a StepRecord) -> &'a Expectation {
        self.expectation.as_ref().unwrap_or(&record.expectation)
    }

    /// What the vendor side was to show, expressions resolved.
    pub fn vendor<'a>(&'a self, record: &'a StepRecord) -> &'a [Demand] {
        self.vendor.as_deref().unwrap_or(&record.vendor)
    }

    /// The spelling of the right credentials that was let in after they had been denied as the platform sends them, with
    /// the call that was denied. What was let in unchanged, too, was not denied for its spelling.
    pub fn spelling(&self) -> Option<(usize, CredentialForm)> {
        let meant =
            |exchange: &Exchange| Some(exchange.answer()?.meaning(exchange.sent.endpoint?, &PendingSignal::None));
        let tried = |exchange: &Exchange| match &exchange.sent.intent {
            Intent::Suspect(name) if meant(exchange) == Some(Meaning::Accepted) => Some(name.clone()),
            _ => None,
        };
        let denied = |exchange: &Exchange| {
            let sent = matches!(exchange.sent.intent, Intent::Setup | Intent::Ordinary);
            sent && meant(exchange) == Some(Meaning::Denied)
        };
        let place = self.exchanges.iter().position(denied)?;
        let accepted: Vec<String> = self.exchanges.iter().filter_map(tried).collect();
        let form =
            accepted.iter().filter_map(|name| CredentialForm::parse(name)).find(|form| form.misread().is_some())?;
        (!accepted.iter().any(|name| name == Intent::UNCHANGED)).then_some((place, form))
    }
}

impl Exchange {
    /// The status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        match &self.answered.as_ref()?.outcome {
            Outcome::Received { status, .. } => Some(*status),
            Outcome::Failed { .. } => None,
        }
    }

    /// The text of the answer's body.
    pub fn text(&self) -> Option<&str> {
        match &self.answered.as_ref()?.outcome {
            Outcome::Received { body, .. } => Some(body),
            Outcome::Failed { .. } => None,
        }
    }

    /// A header of the answer, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        match &self.answered.as_ref()?.outcome {
            Outcome::Received { headers, .. } => {
                headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
            }
            Outcome::Failed { .. } => None,
        }
    }

    /// The target has asked to wait instead of doing anything.
    pub fn asks_to_wait(&self) -> bool {
        matches!(self.status(), Some(429 | 503)) && self.header("retry-after").is_some()
    }

    /// A flawed request that its endpoint cannot read: no JSON object, a member of the wrong type, a number that does not
    /// fit, another verb. The business decides nothing about it, so HTTP 400 is as good an answer as any.
    pub fn is_malformed(&self) -> bool {
        let model = self.sent.endpoint.and_then(|endpoint| models::by_name(endpoint.spec().request));
        let (Intent::Flawed { .. }, Some(model)) = (&self.sent.intent, model) else { return false };
        let body = self.sent.body.as_deref().unwrap_or_default();
        match json::parse(body.as_bytes()) {
            Ok(body) => model.misfits(&body).iter().any(Misfit::is_there),
            Err(_) => true,
        }
    }

    /// The media type of the answer without parameters, in lower case.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body of the answer as JSON. `None` without an answer.
    pub fn json(&self) -> Option<Result<&Json, &ParseError>> {
        let read = self.read()?;
        match (&read.answer.body, &read.error) {
            (Some(body), _) => Some(Ok(body)),
            (None, Some(error)) => Some(Err(error)),
            (None, None) => None,
        }
    }

    /// The answer as the contract reads it.
    pub fn answer(&self) -> Option<&Answer> {
        self.read().map(|read| &*read.answer)
    }

    /// True when the answer was longer than what is read.
    pub fn truncated(&self) -> bool {
        matches!(&self.answered, Some(Answered { outcome: Outcome::Received { truncated: true, .. }, .. }))
    }

    fn read(&self) -> Option<&Read> {
        let read = self.read.get_or_init(|| {
            let (status, text) = (self.status()?, self.text()?);
            let (body, error) = match json::parse(json::without_mark(text).as_bytes()) {
                Ok(body) => (Some(body), None),
                Err(error) => (None, Some(error)),
            };
            let answer = Arc::new(Answer { status, media_type: self.media_type(), body });
            Some(Read { answer, error })
        });
        read.as_ref()
    }
}

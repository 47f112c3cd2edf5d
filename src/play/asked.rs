//! One question before the first scenario.

use super::{Session, recording::understood, request::Draft};
use crate::{
    contract::{Answer, Endpoint},
    evidence::{Answered, Event, FailureKind, Intent, Outcome, PRELUDE, ScenarioEvidence, Sent, StepStarted},
    json::Json,
};
use std::{io, sync::Arc};

pub(super) const SETTINGS: u32 = 0;
pub(super) const CATALOGUE: u32 = 1;
pub(super) const SYNC_OPTIONS: u32 = 2;
pub(super) const EXISTS: u32 = 3;
pub(super) const ADDON_PATH: u32 = 4;
/// The names of these steps …
pub(super) const STEPS: [&str; 5] = ["settings", "catalogue", "sync_options", "exists", "addon_path"];
/// … and of their scenario.
pub(super) const KEY: &str = "prelude/reads";

/// One question, its events already written down.
pub(super) struct Asked {
    pub(super) events: Vec<Event>,
    pub(super) answer: Option<Arc<Answer>>,
    /// Which attempt brought it, and the length of its body as it was read.
    pub(super) read: (u32, usize),
    pub(super) failure: Option<(FailureKind, String)>,
    step: (u32, u32),
}

impl Asked {
    /// Hands over the events. A long catalogue is neither copied for that nor read once more by the judges.
    pub(super) fn apply_to(&mut self, evidence: &mut ScenarioEvidence) {
        self.events.drain(..).for_each(|event| evidence.apply(event));
        if let Some(answer) = &self.answer {
            let ((step, call), (attempt, length)) = (self.step, self.read);
            evidence.share(step, call, attempt, answer, length);
        }
    }

    /// What was answered; null where it is no JSON.
    pub(super) fn body(&self) -> &Json {
        const NONE: &Json = &Json::Null;
        self.answer.as_ref().and_then(|answer| answer.body.as_ref()).unwrap_or(NONE)
    }
}

/// Asks once, and again as often as the target asks to wait.
pub(super) async fn ask(
    session: &Session,
    run: &str,
    call: (u32, u32),
    draft: &Draft,
    intent: Intent,
) -> io::Result<Asked> {
    attempted(session, run, (call.0, call.1, 0), draft, intent).await
}

/// The same, from this attempt on.
pub(super) async fn attempted(
    session: &Session,
    run: &str,
    (step, call, mut attempt): (u32, u32, u32),
    draft: &Draft,
    intent: Intent,
) -> io::Result<Asked> {
    let wire = draft.to_wire(session, &format!("mock-bss {run} {KEY} {}", STEPS[step as usize]));
    let label = draft.endpoint.map_or("call", Endpoint::name).to_lowercase().replace('/', "-");
    let mut events = Vec::new();
    if (call, attempt) == (0, 0) {
        let started = StepStarted { scenario: PRELUDE, step, expectation: None, vendor: None };
        events.push(session.recorder.record(Event::StepStarted(started))?);
    }
    loop {
        session.pace.turn().await;
        events.push(session.recorder.record(Event::Sent(Sent {
            scenario: PRELUDE,
            step,
            call,
            attempt,
            intent: intent.clone(),
            label: label.clone(),
            endpoint: draft.endpoint,
            check_only: false,
            method: wire.method.clone(),
            url: wire.url.clone(),
            headers: wire.headers.clone(),
            body: wire.body.clone(),
        }))?);
        let (outcome, elapsed_us) = session.client.send(&wire).await;
        let answer = understood(&outcome).map(Arc::new);
        let (length, failure) = match &outcome {
            Outcome::Failed { kind, message } => (0, Some((*kind, message.clone()))),
            Outcome::Received { body, .. } => (body.len(), None),
        };
        let wait = session.patience.grant(&outcome, attempt);
        let answered = Answered { scenario: PRELUDE, step, call, attempt, elapsed_us, outcome };
        events.push(session.recorder.record(Event::Answered(answered))?);
        match wait {
            Some(wait) if !session.pause(wait).await => attempt += 1,
            _ => return Ok(Asked { events, answer, read: (attempt, length), failure, step: (step, call) }),
        }
    }
}

//! Sending a call and writing down both sides of it.

use super::{
    Session,
    client::WireRequest,
    ledger::{Caller, Ledger},
    request::Draft,
};
use crate::{
    contract::Answer,
    evidence::{Answered, Event, FailureKind, Intent, Outcome, ScenarioEvidence, Sent},
    json,
};
use std::{
    io,
    sync::{Arc, PoisonError},
    time::Duration,
};

/// Waits between attempts to reach a target that refuses connections; nothing was sent, so nothing can be done twice.
const RECONNECT: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(400), Duration::from_millis(1000)];

/// Writes down one scenario's events, and keeps them for judging.
pub(super) struct Recording<'a> {
    session: &'a Session,
    pub(super) evidence: ScenarioEvidence,
    pub(super) ledger: Ledger,
    scenario: u32,
    pub(super) step: u32,
    pub(super) call: u32,
    pub(super) attempt: u32,
    track: String,
    /// Cleaning up goes on even if the evidence cannot be written any more.
    pub(super) at_any_price: bool,
}

/// One of several calls that are sent together.
pub(super) struct AtOnce {
    pub(super) draft: Draft,
    pub(super) label: String,
    pub(super) check_only: bool,
    pub(super) intent: Intent,
    /// The call that is made again; `None` makes a new one.
    pub(super) again: Option<u32>,
}

impl<'a> Recording<'a> {
    pub(super) fn new(session: &'a Session, scenario: u32, key: &str, run: &str) -> Self {
        Self {
            session,
            evidence: ScenarioEvidence::default(),
            ledger: Ledger::default(),
            scenario,
            step: 0,
            call: 0,
            attempt: 0,
            track: format!("mock-bss {run} {key}"),
            at_any_price: false,
        }
    }

    pub(super) fn record(&mut self, event: Event) -> io::Result<()> {
        let masked = self.session.recorder.masker.mask(event);
        let written = self.session.recorder.write(&masked);
        self.evidence.apply(masked);
        if self.at_any_price { Ok(()) } else { written }
    }

    /// Begins the calls of a step.
    pub(super) fn begin(&mut self, step: u32) {
        (self.step, self.call, self.attempt) = (step, 0, 0);
    }

    /// Sends one call and records both sides; again, and as another attempt, if the target asks to wait. `None` when
    /// there was no answer.
    pub(super) async fn exchange(
        &mut self,
        draft: &Draft,
        label: &str,
        check_only: bool,
        intent: Intent,
    ) -> io::Result<Option<Arc<Answer>>> {
        let given = self.attempt;
        match given {
            0 => self.call += u32::from(self.has_call()),
            _ => self.attempt = self.attempts(self.call),
        }
        let mut repeats = 0;
        let answer = loop {
            let (answer, wait) = self.attempt(draft, label, check_only, intent.clone(), repeats).await?;
            let Some(wait) = wait else { break answer };
            // What was bought is cancelled even by a run that was told to stop: so it waits.
            if self.at_any_price {
                tokio::time::sleep(wait).await;
            } else if self.session.pause(wait).await {
                break answer;
            }
            repeats += 1;
            self.attempt += 1;
        };
        self.attempt = given;
        Ok(answer)
    }

    /// Sends a call once. With the answer comes how long to wait before it is sent again.
    async fn attempt(
        &mut self,
        draft: &Draft,
        label: &str,
        check_only: bool,
        intent: Intent,
        repeats: u32,
    ) -> io::Result<(Option<Arc<Answer>>, Option<Duration>)> {
        self.session.pace.turn().await;
        let wire = draft.to_wire(self.session, &format!("{} {}", self.track, self.step_name(&intent)));
        self.sent(draft, &wire, label, check_only, intent)?;
        let (mut outcome, mut elapsed_us) = self.session.client.send(&wire).await;
        for wait in RECONNECT {
            if !refused(&outcome) || self.session.away().is_some() {
                break;
            }
            tokio::time::sleep(wait).await;
            (outcome, elapsed_us) = self.session.client.send(&wire).await;
        }
        if let Outcome::Failed { kind: FailureKind::Connect | FailureKind::Dns | FailureKind::NoConnection, message } =
            &outcome
        {
            let mut away = self.session.away.lock().unwrap_or_else(PoisonError::into_inner);
            away.get_or_insert_with(|| message.clone());
        }
        let wait = self.session.patience.grant(&outcome, repeats);
        let answer = self.answered(draft, check_only, self.call, outcome, elapsed_us)?;
        Ok((answer, wait))
    }

    /// Sends calls at the same time and records both sides of each, in this order: the number of the call, and its
    /// answer, if there was one.
    pub(super) async fn at_once(&mut self, calls: Vec<AtOnce>) -> io::Result<Vec<(u32, Option<Arc<Answer>>)>> {
        let mut newest = self.call;
        let mut under_way = Vec::new();
        for AtOnce { draft, label, check_only, intent, again } in calls {
            (self.call, self.attempt) = match again {
                Some(call) => (call, self.attempts(call)),
                None => {
                    newest += u32::from(self.has_call());
                    (newest, 0)
                }
            };
            self.session.pace.turn().await;
            let wire = draft.to_wire(self.session, &format!("{} {}", self.track, self.step_name(&intent)));
            self.sent(&draft, &wire, &label, check_only, intent.clone())?;
            let call = AtOnce { draft, label, check_only, intent, again: Some(self.call) };
            under_way.push((call, (self.call, self.attempt), wire));
        }
        // Nothing is sent before all have been written down: they leave together.
        let sending = |wire: WireRequest| {
            let client = self.session.client.clone();
            tokio::spawn(async move { client.send(&wire).await })
        };
        let calls: Vec<_> = under_way.into_iter().map(|(one, place, wire)| (one, place, sending(wire))).collect();
        let (mut answers, mut asked_to_wait) = (Vec::new(), Vec::new());
        for (one, (call, attempt), sending) in calls {
            let (outcome, elapsed_us) = sending.await.unwrap_or_else(|error| {
                (Outcome::Failed { kind: FailureKind::Internal, message: error.to_string() }, 0)
            });
            self.attempt = attempt;
            let wait = self.session.patience.grant(&outcome, 0);
            answers.push((call, self.answered(&one.draft, one.check_only, call, outcome, elapsed_us)?));
            asked_to_wait.extend(wait.map(|wait| (answers.len() - 1, one, wait)));
        }
        // Who was asked to wait comes again alone: nothing was done for him.
        for (place, one, wait) in asked_to_wait {
            let (mut wait, mut repeats) = (Some(wait), 0);
            while let Some(time) = wait {
                if self.session.pause(time).await {
                    break;
                }
                repeats += 1;
                self.call = answers[place].0;
                self.attempt = self.attempts(self.call);
                (answers[place].1, wait) =
                    self.attempt(&one.draft, &one.label, one.check_only, one.intent.clone(), repeats).await?;
            }
        }
        (self.call, self.attempt) = (newest, 0);
        Ok(answers)
    }

    fn sent(
        &mut self,
        draft: &Draft,
        wire: &WireRequest,
        label: &str,
        check_only: bool,
        intent: Intent,
    ) -> io::Result<()> {
        self.record(Event::Sent(Sent {
            scenario: self.scenario,
            step: self.step,
            call: self.call,
            attempt: self.attempt,
            intent,
            label: label.to_owned(),
            endpoint: draft.endpoint,
            check_only,
            method: wire.method.clone(),
            url: wire.url.clone(),
            headers: wire.headers.clone(),
            body: wire.body.clone(),
        }))
    }

    fn answered(
        &mut self,
        draft: &Draft,
        check_only: bool,
        call: u32,
        outcome: Outcome,
        elapsed_us: u64,
    ) -> io::Result<Option<Arc<Answer>>> {
        let answer = understood(&outcome).map(Arc::new);
        if let Some(answer) = &answer {
            let caller = Caller::of(draft.credentials, draft.partner);
            self.ledger.note(draft.endpoint, check_only, draft.body.as_deref(), caller, answer);
        }
        let (scenario, step, attempt) = (self.scenario, self.step, self.attempt);
        let length = body_of(&outcome).map(str::len);
        self.record(Event::Answered(Answered { scenario, step, call, attempt, elapsed_us, outcome }))?;
        // Where nothing was masked, what the platform read is what the judges read: it is parsed once.
        if let (Some(answer), Some(length)) = (&answer, length) {
            self.evidence.share(step, call, attempt, answer, length);
        }
        Ok(answer)
    }

    fn step_name(&self, intent: &Intent) -> &str {
        let steps = self.evidence.started.as_ref().map(|started| started.steps.as_slice()).unwrap_or_default();
        match intent {
            Intent::Teardown => "teardown",
            _ => steps.get(self.step as usize).map_or("?", |step| &step.id),
        }
    }

    /// How often a call has been sent.
    fn attempts(&self, call: u32) -> u32 {
        let step = self.evidence.steps.get(self.step as usize);
        let sent = step.map_or(0, |step| step.exchanges.iter().filter(|e| e.sent.call == call).count());
        u32::try_from(sent).unwrap_or(u32::MAX)
    }

    fn has_call(&self) -> bool {
        self.evidence.steps.get(self.step as usize).is_some_and(|step| !step.exchanges.is_empty())
    }

    pub(super) fn last_failure(&self) -> Option<(FailureKind, String)> {
        let exchange = self.evidence.steps.get(self.step as usize)?.exchanges.last()?;
        match &exchange.answered.as_ref()?.outcome {
            Outcome::Failed { kind, message } => Some((*kind, message.clone())),
            Outcome::Received { .. } => None,
        }
    }
}

fn refused(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failed { kind: FailureKind::Connect | FailureKind::Dns, .. })
}

fn body_of(outcome: &Outcome) -> Option<&str> {
    match outcome {
        Outcome::Received { body, .. } => Some(body),
        Outcome::Failed { .. } => None,
    }
}

/// The answer as the platform reads it, before it is masked.
pub(super) fn understood(outcome: &Outcome) -> Option<Answer> {
    let Outcome::Received { status, headers, body, .. } = outcome else { return None };
    let content_type = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let media_type = content_type.map(|(_, value)| value.split(';').next().unwrap_or_default().trim().to_lowercase());
    let body = json::parse(json::without_mark(body).as_bytes()).ok();
    Some(Answer { status: *status, media_type: media_type.unwrap_or_default(), body })
}

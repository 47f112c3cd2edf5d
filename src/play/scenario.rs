//! One scenario: its steps one after the other, then the cleaning up.

use super::{
    Session, flaw, micros,
    recording::Recording,
    records::records,
    request::{self, Draft},
    teardown,
};
use crate::{
    bss::{By, Call, Conversation, Impossible, Progress, Received, Role},
    contract::{Answer, CredentialForm, Endpoint, Expectation, Meaning, expectation::Demand},
    evidence::{
        Event, FailureKind, Identity, Intent, LeftBehind, ProbeMoment, ScenarioEnd, ScenarioEvidence, ScenarioFinished,
        ScenarioStarted, StepEnd, StepFinished, StepStarted,
    },
    json::{Json, Matcher, Query},
    plan::{Doing, Plan, PlannedScenario, RawCall, doing, variables},
    scenario::{
        Network, Partner, Step, Verb,
        expression::{self, Variables},
    },
};
use std::{
    io,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

/// The rule for which the vendor side is looked at between a pre-check and its call.
const PRECHECK_CHANGES_NOTHING: &str = "R-103";

/// Plays a scenario and returns its evidence.
///
/// # Errors
/// The evidence cannot be written. What was bought has been cleaned up as far as possible.
pub(super) async fn play(
    session: &Session,
    plan: &Plan,
    planned: &PlannedScenario,
) -> Result<ScenarioEvidence, (io::Error, Vec<LeftBehind>)> {
    let started = Instant::now();
    let bss = plan.bss(&session.profile, planned);
    let known = variables(&session.profile, planned, &bss, plan.seed);
    let mut recording = Recording::new(session, planned.index, &planned.scenario.key, &plan.seed.short());
    recording.record(Event::ScenarioStarted(opening(session, plan, planned))).map_err(|error| (error, Vec::new()))?;
    let mut player = Player {
        session,
        plan,
        planned,
        bss,
        crowd: Vec::new(),
        invited: Vec::new(),
        variables: Variables::new(),
        recording,
        blocked: None,
        surprise: None,
    };
    match known {
        Ok(known) => player.variables = known,
        Err(reason) => player.blocked = Some(StepEnd::Error(reason)),
    }
    let played = player.steps().await;
    // Whatever happened, even if the disk is full: what was bought is cancelled.
    player.recording.step = u32::try_from(planned.scenario.steps.len().saturating_sub(1)).unwrap_or(0);
    player.recording.at_any_price = true;
    player.recording.attempt = 0;
    let mut everybody = vec![&mut player.bss];
    everybody.extend(&mut player.crowd);
    let left_behind = teardown::clean_up(session, &mut player.recording, everybody).await.unwrap_or_default();
    player.recording.at_any_price = false;
    let end = played.map_err(|error| (error, left_behind.clone()))?;
    let elapsed_us = micros(started);
    let events = Some(player.recording.evidence.events());
    let event = ScenarioFinished { scenario: planned.index, end, elapsed_us, left_behind: left_behind.clone(), events };
    player.recording.record(Event::ScenarioFinished(event)).map_err(|error| (error, left_behind))?;
    let mut evidence = player.recording.evidence;
    evidence.settle();
    Ok(evidence)
}

fn opening(session: &Session, plan: &Plan, planned: &PlannedScenario) -> ScenarioStarted {
    let bss = plan.bss(&session.profile, planned);
    let scenario = &planned.scenario;
    let customer = &bss.customer;
    let mut identities = vec![
        ("bss_account", customer.id.clone()),
        ("bss_contact", customer.contact_id.clone()),
        ("customer_name", customer.name.clone()),
        ("customer_code", customer.code.clone()),
        ("customer_email", customer.email.clone()),
        ("contact_email", customer.contact.email.clone()),
    ];
    identities.extend(bss.coming_ids(scenario.steps.len() + 2).into_iter().map(|id| ("bss_subscription", id)));
    let identity = |(kind, value): (&str, String)| Identity { kind: kind.to_owned(), value };
    ScenarioStarted {
        scenario: planned.index,
        key: scenario.key.clone(),
        title: scenario.title.clone(),
        file: scenario.source.path.clone(),
        built_in: scenario.built_in,
        sha256: scenario.sha256(),
        tags: scenario.tags.clone(),
        customer: crate::evidence::Customer { id: customer.id.clone(), name: customer.name.clone() },
        steps: records(scenario),
        identities: identities.into_iter().map(identity).collect(),
    }
}

pub(super) struct Player<'a> {
    pub(super) session: &'a Session,
    pub(super) plan: &'a Plan,
    pub(super) planned: &'a PlannedScenario,
    pub(super) bss: crate::bss::Bss,
    /// The platform's view of other customers who came at the same time.
    pub(super) crowd: Vec<crate::bss::Bss>,
    /// Their numbers, so that nobody comes twice.
    pub(super) invited: Vec<i64>,
    pub(super) variables: Variables,
    pub(super) recording: Recording<'a>,
    /// How the remaining steps end without being played.
    pub(super) blocked: Option<StepEnd>,
    /// What a step did that later ones may not have reckoned with.
    surprise: Option<String>,
}

/// What a step brought, for the decision whether the next one makes sense.
pub(super) struct Stepped {
    pub(super) end: StepEnd,
    /// Why nothing can follow although the answer was a success.
    dead_end: Option<String>,
    meaning: Option<Meaning>,
    answer: Option<Arc<Answer>>,
}

impl From<StepEnd> for Stepped {
    fn from(end: StepEnd) -> Self {
        Self { end, dead_end: None, meaning: None, answer: None }
    }
}

impl Player<'_> {
    async fn steps(&mut self) -> io::Result<ScenarioEnd> {
        let planned = self.planned;
        for (index, step) in planned.scenario.steps.iter().enumerate() {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            if self.session.stopping() {
                return Ok(ScenarioEnd::Interrupted);
            }
            self.recording.begin(index);
            if let Some(message) = self.session.away() {
                self.blocked = Some(StepEnd::CouldNotRun(format!("the target went away: {message}")));
            }
            let end = match &self.blocked {
                Some(end) => end.clone(),
                None => {
                    let stepped = self.step(step, index).await?;
                    self.blocked = self.blocks(step, &stepped);
                    if step.expect.demands_no_change()
                        && stepped.meaning == Some(Meaning::Accepted)
                        && step.flaws.is_empty()
                    {
                        self.surprise = Some(format!("step `{}` was accepted, and should not have been", step.id));
                    }
                    stepped.end
                }
            };
            self.finish(index, end)?;
        }
        self.look_again().await?;
        Ok(ScenarioEnd::Completed)
    }

    fn finish(&mut self, step: u32, end: StepEnd) -> io::Result<()> {
        self.recording.record(Event::StepFinished(StepFinished { scenario: self.planned.index, step, end }))
    }

    /// A step that should have been accepted and was not leaves nothing to go on with.
    fn blocks(&self, step: &Step, stepped: &Stepped) -> Option<StepEnd> {
        match &stepped.end {
            StepEnd::NotOffered(endpoint) => Some(StepEnd::NotOffered(*endpoint)),
            StepEnd::Error(reason) => Some(StepEnd::Error(reason.clone())),
            StepEnd::CouldNotRun(_) | StepEnd::Blocked(_) => {
                Some(StepEnd::Blocked(format!("step `{}` could not be played", step.id)))
            }
            // Nothing has failed, and the steps after it tell of something else.
            StepEnd::Waiting(reason) if step.verb == Verb::Retry => Some(StepEnd::Waiting(reason.clone())),
            StepEnd::Waiting(_) => None,
            StepEnd::Played => {
                let accepted = match &step.expect {
                    // What the scenario itself asks for is a success, whatever the platform would call it.
                    Expectation::Answer(_) => stepped.answer.is_some(),
                    Expectation::Accepted => matches!(stepped.meaning, Some(Meaning::Accepted) | None),
                    _ => step.flaws.is_empty() || matches!(stepped.meaning, Some(Meaning::Accepted) | None),
                };
                match (&stepped.dead_end, accepted) {
                    (Some(reason), _) => Some(StepEnd::Blocked(reason.clone())),
                    (None, false) => Some(StepEnd::Blocked(format!("step `{}` was not accepted", step.id))),
                    (None, true) => None,
                }
            }
        }
    }

    /// A step, with the variables of the fragment that it stands in.
    async fn step(&mut self, step: &Step, index: u32) -> io::Result<Stepped> {
        let mut hidden = Vec::new();
        for (name, value) in &step.scope {
            match expression::resolve(value, &self.variables) {
                Ok(value) => hidden.push((name, self.variables.insert(name.clone(), value))),
                Err(error) => return Ok(StepEnd::Error(error.to_string()).into()),
            }
        }
        let stepped = self.scoped_step(step, index).await;
        for (name, before) in hidden.into_iter().rev() {
            match before {
                Some(value) => self.variables.insert(name.clone(), value),
                None => self.variables.remove(name),
            };
        }
        stepped
    }

    async fn scoped_step(&mut self, step: &Step, index: u32) -> io::Result<Stepped> {
        let resolved = self.resolve_expectations(step);
        let (expectation, vendor) = match resolved {
            Ok(resolved) => resolved,
            Err(reason) => return Ok(StepEnd::Error(reason).into()),
        };
        self.recording.record(Event::StepStarted(StepStarted {
            scenario: self.planned.index,
            step: index,
            expectation: expectation.filter(|e| *e != step.expect),
            vendor: vendor.clone().filter(|v| *v != step.vendor),
        }))?;
        let what = match doing(&self.session.profile, self.planned, step, &self.bss, &mut self.variables) {
            Ok(what) => what,
            Err(reason) => return Ok(StepEnd::Error(reason).into()),
        };
        let mut stepped = match what {
            Doing::Call(raw) => self.call(step, raw).await?,
            Doing::Action(action) => {
                let by = By::parse(&step.by).unwrap_or_default();
                let neighbours = match step.network {
                    Some(Network::Customers(count)) => match self.neighbours(&action, step, count) {
                        Ok(neighbours) => neighbours,
                        Err(end) => return Ok(end.into()),
                    },
                    _ => Vec::new(),
                };
                match self.bss.begin(*action, by, step.prechecks.unwrap_or(1)) {
                    Err(impossible) => return Ok(self.impossible(&impossible, index).into()),
                    Ok(conversation) => match conversation.waiting.clone() {
                        Some(reason) => return Ok(StepEnd::Waiting(reason).into()),
                        None if !neighbours.is_empty() => {
                            let (meaning, answer) = self.together(step, conversation, neighbours).await?;
                            Stepped { end: StepEnd::Played, dead_end: None, meaning, answer }
                        }
                        None => self.converse(step, conversation).await?,
                    },
                }
            }
        };
        if let Some(missing) = stepped.answer.as_ref().and_then(|answer| self.capture(step, answer)) {
            stepped.dead_end.get_or_insert(missing);
        }
        let vendor = vendor.unwrap_or_else(|| step.vendor.clone());
        if !vendor.is_empty() {
            let accepted = stepped.meaning == Some(Meaning::Accepted);
            self.look_after(step, accepted, &vendor).await?;
        } else if step.expect.demands_no_change() && step.flaws.is_empty() {
            self.look(index, ProbeMoment::After).await?;
        }
        Ok(stepped)
    }

    /// The platform cannot do this: the scenario is wrong, unless the target has led it here.
    fn impossible(&self, reason: &Impossible, index: u32) -> StepEnd {
        let before = self.planned.scenario.steps.iter().take(usize::try_from(index).unwrap_or(usize::MAX));
        let left_open = || before.clone().any(|step| matches!(step.expect, Expectation::Answer(_)));
        match &self.surprise {
            Some(surprise) => StepEnd::Blocked(format!("{surprise}: {reason}")),
            // What might have been refused was accepted, which is as good.
            None if *reason == Impossible::NothingFailed && left_open() => StepEnd::Waiting(reason.to_string()),
            None => StepEnd::Error(reason.to_string()),
        }
    }

    /// Plays the calls of an action.
    async fn converse(&mut self, step: &Step, mut conversation: Conversation) -> io::Result<Stepped> {
        let mut last = Stepped { end: StepEnd::Played, dead_end: None, meaning: None, answer: None };
        let watched = step.proves.iter().any(|rule| rule == PRECHECK_CHANGES_NOTHING);
        let mut checked = false;
        let mut last_sent: Option<(Draft, Call)> = None;
        while let Some(call) = conversation.next_call(&self.bss) {
            let mut draft = Draft::of(self.session, self.bss.dialect(), call.endpoint, call.body.clone());
            if let Err(reason) = flaw::of_step(&mut draft, step, call.role, &self.variables) {
                return Ok(StepEnd::Error(reason).into());
            }
            if let Some(end) = self.limit_reached(&call) {
                return Ok(end.into());
            }
            // Preparations may change things: an account is made before the first order, refused or not.
            if call.role != Role::Preparation {
                self.look_before(step, watched && call.role == Role::PreCheck).await?;
            }
            // What is in progress may have begun: only what there was before the first attempt is the pre-check's doing.
            if watched && checked && call.role == Role::Main && self.recording.attempt == 0 {
                self.look(self.recording.step, ProbeMoment::Checked).await?;
            }
            checked |= call.role == Role::PreCheck;
            let is_control = call.role == Role::Main && conversation.is_last() && !step.flaws.is_empty();
            if is_control
                && self.recording.attempt == 0
                && let Some(end) = self.flaws(step, &draft, &call.label(), call.check_only).await?
            {
                return Ok(end.into());
            }
            let intent = if is_control { Intent::Control } else { intent(step) };
            let last_of_all = call.role == Role::Main && conversation.is_last();
            let answer = match last_of_all {
                true => self.last_call(step, &draft, &call, intent).await?,
                false => self.recording.exchange(&draft, &call.label(), call.check_only, intent).await?,
            };
            let received = answer.as_deref().map_or(Received::Lost, Received::Answer);
            let progress = conversation.answered(&mut self.bss, received);
            self.recording.ledger.hold(&self.bss);
            let meaning = match &answer {
                Some(answer) => answer.meaning(call.endpoint, &self.session.profile.pending),
                None => Meaning::Broken("no answer".to_owned()),
            };
            self.recording.attempt = 0;
            match progress {
                Progress::GoOn => {}
                Progress::Again(wait) => {
                    let attempts = self.attempts_of_last_call();
                    if self.pause(wait).await {
                        return Ok(StepEnd::CouldNotRun("interrupted while the call was in progress".to_owned()).into());
                    }
                    self.recording.attempt = attempts;
                }
                Progress::Stopped(Meaning::NotOffered) if self.may_be_missing(call.endpoint) => {
                    return Ok(StepEnd::NotOffered(call.endpoint).into());
                }
                Progress::Stopped(_) if answer.is_none() => return Ok(self.unanswered()),
                Progress::Stopped(_) => {}
            }
            if last_of_all {
                self.again(step, &draft, &call, &meaning).await?;
            }
            let dead_end = self.dead_end(&call, &meaning, answer.as_deref());
            last = Stepped { end: StepEnd::Played, dead_end, meaning: Some(meaning), answer };
            if conversation.is_last() && step.until.is_some() {
                last = self.until(step, &call, &draft, last).await?;
            }
            last_sent = Some((draft, call)).filter(|_| !step.suspects.is_empty());
        }
        if let (Some((draft, call)), Some(answer)) = (last_sent, &last.answer) {
            self.suspects(step, &draft, &call, answer).await?;
        }
        Ok(last)
    }

    /// Why nothing can follow although a call was a success.
    fn dead_end(&self, call: &Call, meaning: &Meaning, answer: Option<&Answer>) -> Option<String> {
        if *meaning != Meaning::Accepted || !call.endpoint.provisions() || call.check_only {
            return None;
        }
        match answer?.result() {
            None => Some(format!("{} was accepted without a Result", call.endpoint)),
            Some(id) if self.recording.ledger.is_gone(&id) => Some(format!(
                "{} was answered with the id of what a flawed call had made, which is cancelled by now",
                call.endpoint
            )),
            Some(_) => None,
        }
    }

    /// How often the call that was just answered has been sent.
    fn attempts_of_last_call(&self) -> u32 {
        let step = self.recording.evidence.steps.get(self.recording.step as usize);
        let same = |call: u32| step.map(|s| s.exchanges.iter().filter(|e| e.sent.call == call).count());
        u32::try_from(same(self.recording.call).unwrap_or(1)).unwrap_or(u32::MAX)
    }

    /// True when the run was interrupted meanwhile.
    async fn pause(&self, time: Duration) -> bool {
        let mut stop = self.session.stop.clone();
        tokio::select! {
            () = tokio::time::sleep(time) => false,
            _ = stop.wait_for(|stop| *stop != super::Stop::No) => true,
        }
    }

    /// An order beyond the profile's limit is not sent.
    fn limit_reached(&self, call: &Call) -> Option<StepEnd> {
        if call.endpoint != Endpoint::SubscriptionCreate || call.check_only {
            return None;
        }
        let limit = self.session.profile.limits.subscriptions;
        (self.session.ordered.fetch_add(1, Ordering::Relaxed) >= limit).then(|| {
            StepEnd::CouldNotRun(format!("the run has ordered {limit} subscriptions, which `limits` allows at most"))
        })
    }

    /// One call as the scenario writes it.
    async fn call(&mut self, step: &Step, raw: RawCall) -> io::Result<Stepped> {
        let target = &self.session.profile.target;
        let url = match (raw.endpoint, &raw.path) {
            (Some(endpoint), _) => self.bss.dialect().url(target, endpoint),
            (None, Some(path)) => request::below(target, path),
            (None, None) => target.clone(),
        };
        let label = match (raw.endpoint, &raw.path) {
            (Some(endpoint), _) => endpoint.name().to_lowercase().replace('/', "-"),
            (None, path) => path.as_deref().unwrap_or("call").trim_matches('/').to_lowercase().replace('/', "-"),
        };
        let check_only = raw.body.as_ref().and_then(|b| b.member("CheckOnly")).and_then(Json::as_bool) == Some(true);
        let mut draft = Draft {
            endpoint: raw.endpoint,
            method: raw.method,
            url,
            body: raw.body.map(Arc::new),
            raw: raw.raw,
            credentials: CredentialForm::Normal,
            partner: Partner::Own,
            headers: Vec::new(),
        };
        if let Err(reason) = flaw::of_step(&mut draft, step, Role::Main, &self.variables) {
            return Ok(StepEnd::Error(reason).into());
        }
        self.look_before(step, false).await?;
        if let Some(end) = self.flaws(step, &draft, &label, check_only).await? {
            return Ok(end.into());
        }
        let intent = if step.flaws.is_empty() { intent(step) } else { Intent::Control };
        let Some(answer) = self.recording.exchange(&draft, &label, check_only, intent).await? else {
            return Ok(self.unanswered());
        };
        let endpoint = draft.endpoint.unwrap_or(Endpoint::Discovery);
        let meaning = answer.meaning(endpoint, &self.session.profile.pending);
        if meaning == Meaning::NotOffered
            && (step.expect == Expectation::Accepted || !step.flaws.is_empty())
            && draft.endpoint.is_some_and(|endpoint| self.may_be_missing(endpoint))
        {
            return Ok(StepEnd::NotOffered(endpoint).into());
        }
        let last = Stepped { end: StepEnd::Played, dead_end: None, meaning: Some(meaning), answer: Some(answer) };
        match step.until {
            Some(_) => {
                let call = Call { endpoint, check_only, body: None, role: Role::Main };
                self.until(step, &call, &draft, last).await
            }
            None => Ok(last),
        }
    }

    /// Repeats a reading call until the answer is as wanted, or the time is over.
    async fn until(&mut self, step: &Step, call: &Call, draft: &Draft, mut last: Stepped) -> io::Result<Stepped> {
        let Some(until) = &step.until else { return Ok(last) };
        let started = Instant::now();
        while !last.answer.as_ref().and_then(|a| a.body.as_ref()).is_some_and(|body| satisfied(&until.answer, body)) {
            if started.elapsed() + until.every > until.at_most || self.pause(until.every).await {
                break;
            }
            self.recording.attempt += 1;
            let answer = self.recording.exchange(draft, &call.label(), call.check_only, intent(step)).await?;
            let meaning = answer.as_ref().map(|answer| answer.meaning(call.endpoint, &self.session.profile.pending));
            last = Stepped { end: StepEnd::Played, dead_end: None, meaning, answer };
        }
        self.recording.attempt = 0;
        Ok(last)
    }

    /// The target did not answer: did it go away, or did it fail this call?
    pub(super) fn unanswered(&self) -> Stepped {
        let broken = Meaning::Broken("no answer".to_owned());
        match self.recording.last_failure() {
            Some((FailureKind::Internal, message)) => StepEnd::Error(message).into(),
            Some((kind, message)) if kind.before_sending() => StepEnd::CouldNotRun(message).into(),
            _ => Stepped { end: StepEnd::Played, dead_end: None, meaning: Some(broken), answer: None },
        }
    }

    /// An endpoint that a service manager may leave out, unless the profile promises it.
    fn may_be_missing(&self, endpoint: Endpoint) -> bool {
        let declared = |feature: &str| self.session.profile.features.get(feature) == Some(&true);
        match endpoint {
            Endpoint::AccountExists => !declared("accounts"),
            Endpoint::AccountDelete => !declared("account_delete"),
            Endpoint::SubscriptionSuspend | Endpoint::SubscriptionActivate => !declared("suspend"),
            // What the catalogue sells must be there: the scenario would not have been planned otherwise.
            Endpoint::UpgradeDowngrade | Endpoint::UpgradeToPaid => false,
            Endpoint::AddonCreate | Endpoint::AddonUpdate | Endpoint::AddonCancel => false,
            // A service manager may ask for nothing.
            Endpoint::SyncOptions => !declared("accounts"),
            Endpoint::AccountSynchronize => false,
            other => !other.spec().core,
        }
    }

    /// Keeps what the step captures; the first thing that is not there is returned.
    fn capture(&mut self, step: &Step, answer: &Answer) -> Option<String> {
        let mut missing = None;
        let none = Json::Null;
        let body = answer.body.as_ref().unwrap_or(&none);
        for (name, path) in &step.capture {
            let found =
                Query::parse(path).ok().and_then(|query| query.select(body).into_iter().next().map(|(_, v)| v.clone()));
            if found.is_none() {
                missing.get_or_insert_with(|| format!("step `{}` answered nothing at {path}", step.id));
            }
            self.variables.insert(name.clone(), found.unwrap_or_default());
        }
        missing
    }

    fn resolve_expectations(&self, step: &Step) -> Result<(Option<Expectation>, Option<Vec<Demand>>), String> {
        let expectation = match &step.expect {
            Expectation::Answer(demands) => Some(Expectation::Answer(self.resolve(demands)?)),
            _ => None,
        };
        let vendor = if step.vendor.is_empty() { None } else { Some(self.resolve(&step.vendor)?) };
        Ok((expectation, vendor))
    }

    fn resolve(&self, demands: &[Demand]) -> Result<Vec<Demand>, String> {
        let text = |text: &str| {
            let value = expression::resolve_text(text, &self.variables).map_err(|error| error.to_string())?;
            Ok::<_, String>(value.as_str().map_or_else(|| value.to_compact(), str::to_owned))
        };
        let json = |value: &Json| expression::resolve(value, &self.variables).map_err(|error| error.to_string());
        demands
            .iter()
            .map(|demand| {
                let matcher = match &demand.matcher {
                    Matcher::Equals(value) => Matcher::Equals(json(value)?),
                    Matcher::DiffersFrom(value) => Matcher::DiffersFrom(json(value)?),
                    Matcher::Matches(pattern) => Matcher::Matches(text(pattern)?),
                    Matcher::OneOf(values) => Matcher::OneOf(values.iter().map(json).collect::<Result<_, _>>()?),
                    Matcher::GreaterThan(value) => Matcher::GreaterThan(json(value)?),
                    other => other.clone(),
                };
                Ok(Demand { path: text(&demand.path)?, matcher })
            })
            .collect()
    }
}

pub(super) fn satisfied(demands: &[Demand], document: &Json) -> bool {
    demands.iter().all(|demand| matches!(demand.matcher.judge(&demand.path, document), Ok(None)))
}

/// What the calls of a step are for.
pub(super) fn intent(step: &Step) -> Intent {
    let edited = step.send.is_some() || !step.set.is_empty() || !step.unset.is_empty();
    let odd = edited || !step.headers.is_empty() || step.credentials != CredentialForm::Normal;
    let odd = odd || step.partner != Partner::Own;
    match &step.expect {
        Expectation::Refused | Expectation::Denied if step.flaws.is_empty() => Intent::Flawed {
            flaw: if step.credentials == CredentialForm::Normal {
                step.id.clone()
            } else {
                step.credentials.as_str().to_owned()
            },
            control: step.control.clone().unwrap_or_default(),
        },
        _ if odd => Intent::Variation(step.id.clone()),
        _ => Intent::Ordinary,
    }
}

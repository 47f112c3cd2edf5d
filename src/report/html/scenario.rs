//! One scenario of the page.

use super::{
    anchor::{self, Anchors},
    calls::{Compared, Data, Room},
    sequence::{self, Sequence, Wrong},
};
use crate::{
    evidence::{Exchange, Intent, Outcome, ProfileRecord, ScenarioEvidence},
    report::{Source, differing, face, printable},
    snapshot::{self, Redactions},
    verdict::{self, Mail, ScenarioVerdict, SnapshotFinding},
};
use serde::Serialize;
use std::collections::{BTreeSet, HashMap};

/// Scenarios with something wrong are open, but not all of a hundred.
const MOST_OPEN: usize = 10;
/// E-mails of one scenario, and the length of one.
const MOST_MAILS: usize = 10;
const LONGEST_MAIL: usize = 4_000;

#[derive(Serialize)]
pub(super) struct ScenarioView<'a> {
    id: String,
    key: &'a str,
    title: &'a str,
    file: &'a str,
    /// What the filter looks for: the status, and `diff` where a snapshot differs.
    states: String,
    rules: String,
    words: &'static str,
    mark: &'static str,
    tone: &'static str,
    open: bool,
    calls_words: String,
    time: String,
    customer: &'a str,
    checks: Vec<CheckView<'a>>,
    differences: Vec<(String, &'a str)>,
    left_behind: Vec<String>,
    sequence: Sequence,
    steps: Vec<StepView<'a>>,
    mails: Vec<MailView>,
    data: String,
}

/// An e-mail that the platform would have sent.
#[derive(Serialize)]
struct MailView {
    step: String,
    to: String,
    subject: String,
    body: String,
    missing: Vec<String>,
    foreign: Vec<String>,
}

#[derive(Serialize)]
struct CheckView<'a> {
    words: &'static str,
    mark: &'static str,
    tone: &'static str,
    step: &'a str,
    name: &'a str,
    rule: String,
    rule_id: &'static str,
    line: u32,
    message: &'a str,
    finding: Option<&'a str>,
}

#[derive(Serialize)]
struct StepView<'a> {
    id: &'a str,
    verb: &'a str,
    calls: Vec<CallView>,
}

#[derive(Serialize)]
struct CallView {
    id: String,
    /// Its place in the data.
    place: usize,
    method: String,
    name: String,
    what: String,
    answer: String,
    tone: &'static str,
    time: String,
    finding: Option<String>,
}

/// What is the same for all scenarios of a run.
pub(super) struct Run<'a> {
    pub(super) profile: &'a ProfileRecord,
    pub(super) redactions: Redactions,
    pub(super) anchors: &'a Anchors,
    /// New snapshots count as differences.
    pub(super) check: bool,
}

/// Which scenarios are open: the first with something wrong.
pub(super) fn opened(source: &Source<'_>) -> Vec<bool> {
    let mut left = MOST_OPEN;
    let open = |verdict: &ScenarioVerdict| {
        let differs = differing(verdict, source.check).next().is_some();
        let worth_a_look = differs || face::of(verdict.status()).shown != face::Shown::WhenAsked;
        let open = worth_a_look && left > 0;
        left -= usize::from(open);
        open
    };
    source.verdict.scenarios.iter().map(open).collect()
}

/// The view of a scenario; its exchanges go into the data as far as there is room.
pub(super) fn of<'a>(
    verdict: &'a ScenarioVerdict,
    evidence: &'a ScenarioEvidence,
    run: &Run<'a>,
    open: bool,
    room: &mut Room,
) -> ScenarioView<'a> {
    let Run { profile, redactions, anchors, check } = run;
    let status = verdict.status();
    let look = face::of(status);
    let differing: Vec<&SnapshotFinding> = differing(verdict, *check).collect();
    let rules: BTreeSet<String> = verdict.checks.iter().filter_map(|check| Some(check.rule?.key())).collect();
    let (wrong, findings) = wrong(verdict, anchors);
    let mut data = Data::default();
    let mut calls = Calls { verdict, findings, compared: compared(evidence, verdict, redactions), place: 0 };
    let id = anchor::scenario(&verdict.key);
    let mut steps = Vec::new();
    for (record, step) in evidence.recorded_steps() {
        let mut views = Vec::new();
        for exchange in &step.exchanges {
            views.push(calls.call(&id, &record.id, exchange, &mut data, room));
        }
        if !views.is_empty() {
            steps.push(StepView { id: &record.id, verb: &record.verb, calls: views });
        }
    }
    ScenarioView {
        key: &verdict.key,
        title: &verdict.title,
        file: &verdict.file,
        states: if differing.is_empty() { look.name.to_owned() } else { format!("{} diff", look.name) },
        rules: rules.into_iter().collect::<Vec<_>>().join(" "),
        words: status.words(),
        mark: look.mark,
        tone: look.tone.class(),
        open,
        calls_words: crate::report::console::counted(verdict.calls as u64, "call"),
        time: milliseconds(verdict.elapsed_us),
        customer: evidence.started.as_ref().map_or("", |started| &started.customer.name),
        checks: verdict
            .checks
            .iter()
            .map(|check| {
                let face = face::of(check.status);
                CheckView {
                    words: check.status.words(),
                    mark: face.mark,
                    tone: face.tone.class(),
                    step: &check.step,
                    name: &check.name,
                    rule: check.rule.map(|rule| rule.key()).unwrap_or_default(),
                    rule_id: check.rule.map_or("", |rule| rule.id),
                    line: check.line,
                    message: check.finding.as_ref().map_or("", |finding| &finding.message),
                    finding: anchors.finding(check),
                }
            })
            .collect(),
        differences: differing
            .iter()
            .filter(|finding| finding.old.is_some())
            .map(|finding| (anchor::snapshot(finding.name.as_str()), finding.name.as_str()))
            .collect(),
        left_behind: verdict
            .left_behind
            .iter()
            .map(|left| format!("{} {} ({})", left.kind, left.id, left.reason))
            .collect(),
        sequence: sequence::of(evidence, &wrong),
        mails: verdict::mails(evidence, profile).into_iter().take(MOST_MAILS).map(mail).collect(),
        steps,
        data: data.script(),
        id,
    }
}

fn mail(mail: Mail) -> MailView {
    let Mail { step, to, subject, body, missing, foreign, .. } = mail;
    let marked = |names: Vec<String>, open: &str, close: &str| {
        names.into_iter().map(|name| format!("{open}{name}{close}")).collect()
    };
    let body = match body.char_indices().nth(LONGEST_MAIL) {
        Some((index, _)) => format!("{}… ({} bytes in all)", &body[..index], body.len()),
        None => body,
    };
    MailView { step, to, subject, body, missing: marked(missing, "[#", "#]"), foreign: marked(foreign, "{#", "#}") }
}

/// A call, by its step, its number and its attempt.
type Place<'a> = (&'a str, u32, u32);

fn wrong<'a>(verdict: &'a ScenarioVerdict, anchors: &Anchors) -> (Wrong<'a>, HashMap<Place<'a>, String>) {
    let mut wrong = Wrong { calls: Vec::new(), steps: Vec::new() };
    let mut findings = HashMap::new();
    for check in verdict.checks.iter().filter(|check| face::of(check.status).tone == face::Tone::Bad) {
        match check.finding.as_ref().and_then(|finding| finding.exchange.as_ref()) {
            Some(exchange) => {
                let place = (check.step.as_str(), exchange.call, exchange.attempt);
                wrong.calls.push(place);
                if let Some(id) = anchors.finding(check) {
                    findings.entry(place).or_insert_with(|| id.to_owned());
                }
            }
            None => wrong.steps.push(&check.step),
        }
    }
    (wrong, findings)
}

/// The snapshots of the calls as they are now, by the place of the call.
fn compared<'a>(
    evidence: &'a ScenarioEvidence,
    verdict: &ScenarioVerdict,
    redactions: &Redactions,
) -> HashMap<Place<'a>, (String, String)> {
    // What was cut off was never compared.
    if verdict.interrupted && evidence.finished.is_none() {
        return HashMap::new();
    }
    let taken = snapshot::take(evidence, redactions).into_iter();
    taken
        .map(|taken| {
            let sent = &taken.exchange.sent;
            ((taken.step.id.as_str(), sent.call, sent.attempt), (taken.name.to_string(), taken.content))
        })
        .collect()
}

struct Calls<'a> {
    verdict: &'a ScenarioVerdict,
    findings: HashMap<Place<'a>, String>,
    compared: HashMap<Place<'a>, (String, String)>,
    place: usize,
}

impl<'a> Calls<'a> {
    fn call(&mut self, id: &str, step: &'a str, exchange: &'a Exchange, data: &mut Data, room: &mut Room) -> CallView {
        let sent = &exchange.sent;
        let place = (step, sent.call, sent.attempt);
        let finding = self.findings.get(&place).cloned();
        let compared = self.compared.get(&place).map(|(name, content)| {
            let differs = self.verdict.snapshots.iter().find(|finding| finding.name.as_str() == name);
            let changes = differs.and_then(|finding| finding.changed.as_ref());
            Compared {
                state: match differs {
                    None => "same",
                    Some(finding) if finding.old.is_some() => "changed",
                    Some(_) => "new",
                },
                normalised: content,
                changes: changes.map(snapshot::Changed::describe).unwrap_or_default(),
            }
        });
        data.add(exchange, compared, room);
        self.place += 1;
        let (answer, time) = match &exchange.answered {
            Some(answered) => (answer(&answered.outcome), milliseconds(answered.elapsed_us)),
            None => ("no answer".to_owned(), String::new()),
        };
        let tone = match (&finding, exchange.status()) {
            (Some(_), _) | (None, None) => "bad",
            (None, Some(_)) => "",
        };
        CallView {
            id: format!("c{}/{}", &id[1..], self.place - 1),
            place: self.place - 1,
            method: sent.method.clone(),
            name: sent.endpoint.map_or_else(|| sent.label.clone(), |endpoint| endpoint.name().to_owned()),
            what: what(exchange),
            answer,
            tone,
            time,
            finding,
        }
    }
}

/// What is special about a call, in a few words.
fn what(exchange: &Exchange) -> String {
    let sent = &exchange.sent;
    let mut words = Vec::new();
    if sent.check_only {
        words.push("pre-check".to_owned());
    }
    if sent.attempt > 0 {
        words.push(format!("attempt {}", sent.attempt + 1));
    }
    match &sent.intent {
        Intent::Setup => words.push("setup".to_owned()),
        Intent::Variation(name) => words.push(format!("variation: {name}")),
        Intent::Flawed { flaw, .. } => words.push(format!("flaw: {flaw}")),
        Intent::Suspect(name) => words.push(format!("tried again {name}")),
        Intent::Control => words.push("control".to_owned()),
        Intent::Repeated => words.push("identical call again".to_owned()),
        Intent::Neighbour(index) => words.push(format!("customer {}", index + 1)),
        Intent::Teardown => words.push("clean-up".to_owned()),
        Intent::Ordinary => {}
    }
    printable(&words.join(", "))
}

fn answer(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Received { status, .. } => status.to_string(),
        Outcome::Failed { message, .. } => message.chars().take(60).collect(),
    }
}

fn milliseconds(us: u64) -> String {
    format!("{:.1} ms", us as f64 / 1e3)
}

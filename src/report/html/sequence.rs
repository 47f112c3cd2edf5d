//! The sequence diagram of a scenario: who asked whom, in what order, and where it went wrong.

use crate::{
    evidence::{
        Exchange, Intent, Outcome, Probe, ProbeMoment, Probed, ScenarioEvidence, StepEnd, StepEvidence, StepRecord,
    },
    json::Json,
};
use serde::Serialize;

/// More arrows are a wall and not a picture; the list of calls has them all.
const MOST: usize = 240;
/// The place of the first who acts, and how far the others stand from those before them.
const ACTOR: usize = 80;
const ACTORS: usize = 120;
const BSS: usize = 180;
const SERVICE_MANAGER: usize = 320;
const VENDOR: usize = 180;
const FIRST: usize = 46;
const DOWN: usize = 26;
/// Letters of a label that fit between the platform and the service manager, and between a person and the platform.
const LABEL: usize = 44;
const SHORT: usize = 26;

#[derive(Serialize)]
pub(super) struct Sequence {
    lanes: Vec<Lane>,
    arrows: Vec<Arrow>,
    width: usize,
    height: usize,
    left_out: usize,
}

#[derive(Serialize)]
struct Lane {
    x: usize,
    name: &'static str,
}

/// Where the others stand.
#[derive(Clone, Copy)]
struct Lanes {
    bss: usize,
    service_manager: usize,
    vendor: usize,
}

#[derive(Serialize)]
struct Arrow {
    class: &'static str,
    /// The line with its head.
    path: String,
    x: usize,
    y: usize,
    label: String,
}

/// What went wrong in the scenario: the calls, and the steps where no call shows it.
pub(super) struct Wrong<'a> {
    pub(super) calls: Vec<(&'a str, u32, u32)>,
    pub(super) steps: Vec<&'a str>,
}

/// The diagram.
pub(super) fn of(evidence: &ScenarioEvidence, wrong: &Wrong<'_>) -> Sequence {
    let probed = evidence.steps.iter().any(|step| !step.probes.is_empty());
    let shown = || evidence.recorded_steps().filter(|(_, step)| !(step.exchanges.is_empty() && step.end.is_none()));
    let mut actors: Vec<&str> = Vec::new();
    for (record, _) in shown() {
        if !actors.contains(&actor(record)) {
            actors.push(actor(record));
        }
    }
    let places: Vec<usize> = (0..actors.len().max(1)).map(|index| ACTOR + index * ACTORS).collect();
    let bss = places.last().copied().unwrap_or(ACTOR) + BSS;
    let lanes = Lanes { bss, service_manager: bss + SERVICE_MANAGER, vendor: bss + SERVICE_MANAGER + VENDOR };
    let mut drawing = Drawing { lanes, arrows: Vec::new(), y: FIRST, left_out: 0 };
    for (record, step) in shown() {
        let place = actors.iter().position(|name| *name == actor(record)).and_then(|index| places.get(index));
        drawing.step(record, step, place.copied().unwrap_or(ACTOR), wrong);
    }
    let named = [(lanes.bss, "BSS"), (lanes.service_manager, "service manager"), (lanes.vendor, "vendor side")];
    let last = if probed { 3 } else { 2 };
    let all = places.into_iter().zip(actors).chain(named.into_iter().take(last));
    let lanes: Vec<Lane> = all.map(|(x, name)| Lane { x, name }).collect();
    Sequence {
        width: lanes.last().map_or(0, |lane| lane.x) + 80,
        lanes,
        height: drawing.y + 4,
        arrows: drawing.arrows,
        left_out: drawing.left_out,
    }
}

/// Who sets the platform in motion: a customer in the storefront, an operator in the platform itself, or somebody's
/// program through the platform's own API. The reads before the first scenario are nobody's.
fn actor(record: &StepRecord) -> &'static str {
    match record.by.as_str() {
        "storefront" => "storefront",
        "api" => "platform API",
        "" => "set-up",
        _ => "operator",
    }
}

struct Drawing {
    lanes: Lanes,
    arrows: Vec<Arrow>,
    y: usize,
    left_out: usize,
}

impl Drawing {
    fn step(&mut self, record: &StepRecord, step: &StepEvidence, actor: usize, wrong: &Wrong<'_>) {
        let failed = wrong.steps.contains(&record.id.as_str());
        let (class, label) = match &step.end {
            Some(StepEnd::Played) | None => ("step", record.id.clone()),
            Some(StepEnd::Waiting(_)) => ("step", format!("{}: waits in the platform", record.id)),
            Some(StepEnd::NotOffered(_)) => ("faint", format!("{}: not offered", record.id)),
            Some(StepEnd::Blocked(_)) => ("odd", format!("{}: blocked", record.id)),
            Some(StepEnd::CouldNotRun(_)) => ("odd", format!("{}: could not run", record.id)),
            Some(StepEnd::Error(_)) => ("bad", format!("{}: error", record.id)),
        };
        self.arrow(if failed { "bad" } else { class }, actor, self.lanes.bss, label);
        self.probes(step, &[ProbeMoment::Before]);
        for exchange in &step.exchanges {
            // What was looked at between question and deed stands between them.
            if !exchange.sent.check_only && exchange.sent.attempt == 0 {
                self.probes(step, &[ProbeMoment::Checked]);
            }
            self.call(record, exchange, wrong);
            if exchange.sent.attempt == 0 {
                self.probes(step, &[ProbeMoment::Call(exchange.sent.call)]);
            }
        }
        let others: Vec<_> = step.probes.iter().map(|probed| probed.moment).collect();
        for moment in others.into_iter().filter(|moment| matches!(moment, ProbeMoment::Neighbour(_))) {
            self.probes(step, &[moment]);
        }
        self.probes(step, &[ProbeMoment::After, ProbeMoment::End]);
    }

    fn call(&mut self, record: &StepRecord, exchange: &Exchange, wrong: &Wrong<'_>) {
        let sent = &exchange.sent;
        let failed = wrong.calls.contains(&(record.id.as_str(), sent.call, sent.attempt));
        let name = sent.endpoint.map_or_else(|| sent.label.clone(), |endpoint| endpoint.name().to_owned());
        let question = match sent.intent {
            Intent::Teardown => " (clean-up)",
            _ if sent.check_only => " (pre-check)",
            _ => "",
        };
        let bad = |class: &'static str| if failed { "bad" } else { class };
        self.arrow(bad("ask"), self.lanes.bss, self.lanes.service_manager, format!("{name}{question}"));
        let Some(answered) = &exchange.answered else {
            self.arrow("bad answer", self.lanes.service_manager, self.lanes.bss, "no answer".to_owned());
            return;
        };
        let time = format!("{:.1} ms", answered.elapsed_us as f64 / 1e3);
        match &answered.outcome {
            Outcome::Received { status, .. } => {
                let code = match exchange.json() {
                    Some(Ok(Json::Object(body))) => body.get_ignoring_case("Code").map(Json::to_compact),
                    _ => None,
                };
                let code = code.map(|code| format!(" · Code {code}")).unwrap_or_default();
                let class = if failed { "bad answer" } else { "answer" };
                let label = format!("{status}{code} · {time}");
                self.arrow(class, self.lanes.service_manager, self.lanes.bss, label);
            }
            Outcome::Failed { .. } => {
                let label = format!("no answer · {time}");
                self.arrow("bad answer", self.lanes.service_manager, self.lanes.bss, label);
            }
        }
    }

    fn probes(&mut self, step: &StepEvidence, moments: &[ProbeMoment]) {
        let wanted = |probed: &&Probed| moments.contains(&probed.moment);
        for probed in step.probes.iter().filter(wanted) {
            let when = match probed.moment {
                ProbeMoment::Before => "before",
                ProbeMoment::Checked => "after the pre-check",
                ProbeMoment::After => "after",
                ProbeMoment::Call(_) => "after this call",
                ProbeMoment::Neighbour(_) => "at another customer's",
                ProbeMoment::End => "at the end",
            };
            let class = if matches!(probed.outcome, Probe::Failed(_)) { "bad look" } else { "look" };
            self.arrow(class, self.lanes.bss, self.lanes.vendor, format!("looks {when}"));
        }
    }

    fn arrow(&mut self, class: &'static str, from: usize, to: usize, label: String) {
        if self.arrows.len() >= MOST {
            self.left_out += 1;
            return;
        }
        let (y, back) = (self.y, if from < to { "-7" } else { "7" });
        let forth = if from < to { "7" } else { "-7" };
        // A label stands in the last gap that its arrow crosses: a look crosses a lane, and so may what somebody does.
        let (room, x) = match to {
            to if to == self.lanes.bss && from < to => (SHORT, to - BSS / 2),
            to if to == self.lanes.vendor => (SHORT, to - VENDOR / 2),
            to => (LABEL, from.midpoint(to)),
        };
        let label = match label.char_indices().nth(room) {
            Some((index, _)) => format!("{}…", &label[..index]),
            None => label,
        };
        self.arrows.push(Arrow {
            class,
            path: format!("M{from} {y}H{to}l{back}-4m{forth} 4l{back} 4"),
            x,
            y: y - 5,
            label,
        });
        self.y += DOWN;
    }
}

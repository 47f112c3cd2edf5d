//! The sequence diagram of a scenario: who asked whom, in what order, and where it went wrong.

use crate::{
    evidence::{Exchange, Outcome, Probe, ProbeMoment, Probed, ScenarioEvidence, StepEnd, StepEvidence, StepRecord},
    json::Json,
};
use serde::Serialize;

/// More arrows are a wall and not a picture; the list of calls has them all.
const MOST: usize = 240;
/// The places of those who talk, across the picture.
const LANES: [(usize, &str); 4] = [(80, ""), (240, "BSS"), (560, "service manager"), (720, "vendor side")];
const FIRST: usize = 46;
const DOWN: usize = 26;
/// Letters of a label that fit between the platform and the service manager, and between a person and the platform.
const LABEL: usize = 44;
const SHORT: usize = 22;

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
    name: String,
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
    let mut drawing = Drawing { arrows: Vec::new(), y: FIRST, left_out: 0 };
    let (mut shop, mut operator) = (false, false);
    for (record, step) in evidence.recorded_steps() {
        if step.exchanges.is_empty() && step.end.is_none() {
            continue;
        }
        match from_the_shop(&record.verb) {
            true => shop = true,
            false => operator = true,
        }
        drawing.step(record, step, wrong);
    }
    let origin = match (shop, operator) {
        (true, false) => "storefront",
        (false, _) => "operator",
        (true, true) => "storefront, operator",
    };
    let shown = if probed { 4 } else { 3 };
    let lanes = LANES[..shown]
        .iter()
        .map(|(x, name)| Lane { x: *x, name: if name.is_empty() { origin.to_owned() } else { (*name).to_owned() } });
    Sequence {
        lanes: lanes.collect(),
        height: drawing.y + 4,
        width: LANES[shown - 1].0 + 80,
        arrows: drawing.arrows,
        left_out: drawing.left_out,
    }
}

/// What a customer does in the storefront; the rest is done by the operator of the platform.
fn from_the_shop(verb: &str) -> bool {
    matches!(
        verb,
        "buy"
            | "change_quantity"
            | "cancel"
            | "buy_addon"
            | "change_addon"
            | "cancel_addon"
            | "upgrade"
            | "downgrade"
            | "convert_trial"
    )
}

struct Drawing {
    arrows: Vec<Arrow>,
    y: usize,
    left_out: usize,
}

impl Drawing {
    fn step(&mut self, record: &StepRecord, step: &StepEvidence, wrong: &Wrong<'_>) {
        let failed = wrong.steps.contains(&record.id.as_str());
        let (class, label) = match &step.end {
            Some(StepEnd::Played) | None => ("step", record.id.clone()),
            Some(StepEnd::Waiting(_)) => ("step", format!("{}: waits in the platform", record.id)),
            Some(StepEnd::NotOffered(_)) => ("faint", format!("{}: not offered", record.id)),
            Some(StepEnd::Blocked(_)) => ("odd", format!("{}: blocked", record.id)),
            Some(StepEnd::CouldNotRun(_)) => ("odd", format!("{}: could not run", record.id)),
            Some(StepEnd::Error(_)) => ("bad", format!("{}: error", record.id)),
        };
        self.arrow(if failed { "bad" } else { class }, 0, 1, label);
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
        let question = if sent.check_only { " (pre-check)" } else { "" };
        let bad = |class: &'static str| if failed { "bad" } else { class };
        self.arrow(bad("ask"), 1, 2, format!("{name}{question}"));
        let Some(answered) = &exchange.answered else {
            self.arrow("bad answer", 2, 1, "no answer".to_owned());
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
                self.arrow(if failed { "bad answer" } else { "answer" }, 2, 1, format!("{status}{code} · {time}"));
            }
            Outcome::Failed { .. } => self.arrow("bad answer", 2, 1, format!("no answer · {time}")),
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
            self.arrow(class, 1, 3, format!("looks {when}"));
        }
    }

    fn arrow(&mut self, class: &'static str, from: usize, to: usize, label: String) {
        if self.arrows.len() >= MOST {
            self.left_out += 1;
            return;
        }
        let (start, end) = (LANES[from].0, LANES[to].0);
        let (y, back) = (self.y, if start < end { "-7" } else { "7" });
        let forth = if start < end { "7" } else { "-7" };
        let label = match label.char_indices().nth(if from.min(to) == 0 { SHORT } else { LABEL }) {
            Some((index, _)) => format!("{}…", &label[..index]),
            None => label,
        };
        self.arrows.push(Arrow {
            class,
            path: format!("M{start} {y}H{end}l{back}-4m{forth} 4l{back} 4"),
            // A look crosses a lane; its label stands where there is room.
            x: if to == 3 { (LANES[2].0 + end) / 2 } else { (start + end) / 2 },
            y: y - 5,
            label,
        });
        self.y += DOWN;
    }
}

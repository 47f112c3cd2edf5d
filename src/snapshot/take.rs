//! From the evidence of a scenario to its snapshots.

use super::{
    format::Header,
    name::{Namer, SnapshotName},
    normalise::Normaliser,
    redact::Redactions,
};
use crate::evidence::{Exchange, Intent, ScenarioEvidence, ScenarioStarted, StepRecord};

/// The snapshot of one call as it is now.
#[derive(Debug)]
pub struct Taken<'e> {
    pub name: SnapshotName,
    pub step: &'e StepRecord,
    pub exchange: &'e Exchange,
    /// The normalised content, without a line break at the end.
    pub content: String,
}

impl Taken<'_> {
    /// What the file says about where the snapshot comes from.
    pub fn header(&self, started: &ScenarioStarted) -> Header {
        let endpoint = self.exchange.sent.endpoint.map_or("call", |endpoint| endpoint.name());
        let expression = format!("{} {} {endpoint}", self.step.id, self.exchange.sent.label);
        Header { source: portable(&started.file), expression }
    }
}

/// True when the exchange has a snapshot: it was answered, the step wants one, and it is neither flawed nor cleaning up
/// nor denied (what is said to a stranger is no business answer).
pub fn wants_snapshot(record: &StepRecord, exchange: &Exchange) -> bool {
    record.snapshot
        && has_snapshot(&exchange.sent.intent)
        && exchange.status().is_some_and(|status| status != 401 && status != 403)
}

/// The snapshots of a scenario in the order of its calls. Of a call that was sent several times the last attempt counts.
pub fn take<'e>(evidence: &'e ScenarioEvidence, rules: &Redactions) -> Vec<Taken<'e>> {
    let Some(started) = &evidence.started else { return Vec::new() };
    let mut normaliser = Normaliser::new(&started.identities, rules);
    let mut namer = Namer::new(&started.key);
    let mut taken = Vec::new();
    for (record, step) in evidence.recorded_steps() {
        // Concurrent calls may have been recorded in any order.
        let mut exchanges: Vec<&Exchange> = step.exchanges.iter().collect();
        exchanges.sort_by_key(|exchange| (exchange.sent.call, exchange.sent.attempt));
        for (index, exchange) in exchanges.iter().copied().enumerate() {
            let last = exchanges.get(index + 1).is_none_or(|next| next.sent.call != exchange.sent.call);
            if !last || !has_snapshot(&exchange.sent.intent) {
                normaliser.learn(exchange);
                continue;
            }
            // Names are given by what was planned and not by what was answered: a call that fails must not pass its
            // name on to the next one.
            let name = namer.name(&record.id, &exchange.sent.label);
            if !wants_snapshot(record, exchange) {
                normaliser.learn(exchange);
            } else if let Some(content) = normaliser.content(exchange) {
                taken.push(Taken { name, step: record, exchange, content });
            }
        }
    }
    taken
}

fn has_snapshot(intent: &Intent) -> bool {
    match intent {
        Intent::Setup | Intent::Ordinary | Intent::Variation(_) | Intent::Control => true,
        Intent::Flawed { .. } | Intent::Suspect(_) | Intent::Repeated | Intent::Neighbour(_) | Intent::Teardown => {
            false
        }
    }
}

/// The file as it may stand in a file that is shared: with slashes, and without the folders of one machine.
fn portable(file: &str) -> String {
    let file = file.replace('\\', "/");
    let absolute = file.starts_with('/') || file.get(1..2) == Some(":");
    match file.rsplit_once('/') {
        Some((_, last)) if absolute => last.to_owned(),
        _ => file,
    }
}

//! What the rules say about a scenario as a whole, as checks: one for a rule that is kept, one for each way in which it
//! is broken.

use super::{Check, Finding, Status, excerpt};
use crate::{
    evidence::ScenarioEvidence,
    rules::{self, Breach, Note, Rule},
};

/// The same breach at every call of a scenario is one finding; more than this many different ones are not spelled out.
const MOST: usize = 5;

/// Adds the checks of the rules that look at all evidence.
pub(super) fn examine(
    evidence: &ScenarioEvidence,
    notes: &[Note],
    severity: impl Fn(&'static Rule) -> Status,
    checks: &mut Vec<Check>,
) {
    for of_rule in notes.chunk_by(|a, b| a.rule == b.rule) {
        let Some(rule) = rules::all().find(|rule| rule.number == of_rule[0].rule) else { continue };
        let mut breaches: Vec<(&Note, &Breach, usize)> = Vec::new();
        for (note, breach) in of_rule.iter().flat_map(|note| note.breaches.iter().map(move |breach| (note, breach))) {
            match breaches.iter_mut().find(|(_, known, _)| known.message == breach.message && known.at == breach.at) {
                Some((.., times)) => *times += 1,
                None => breaches.push((note, breach, 1)),
            }
        }
        if breaches.is_empty() {
            checks.extend(check(evidence, &of_rule[0], rule, Status::Pass, None));
        }
        let more = breaches.len().saturating_sub(MOST);
        for (index, (note, breach, times)) in breaches.into_iter().take(MOST).enumerate() {
            let mut message = breach.message.clone();
            if times > 1 {
                message.push_str(&format!(" ({times} times in this scenario)"));
            }
            if more > 0 && index + 1 == MOST {
                message.push_str(&format!("; and {more} more of this rule"));
            }
            let exchange = exchange(evidence, note).map(excerpt::of);
            let Breach { at, expected, found, .. } = breach.clone();
            let finding = Finding { message, at, expected, found, exchange };
            checks.extend(check(evidence, note, rule, severity(rule), Some(finding)));
        }
    }
}

fn exchange<'a>(evidence: &'a ScenarioEvidence, note: &Note) -> Option<&'a crate::evidence::Exchange> {
    evidence.steps.get(note.step)?.exchanges.get(note.exchange)
}

fn check(
    evidence: &ScenarioEvidence,
    note: &Note,
    rule: &'static Rule,
    status: Status,
    finding: Option<Finding>,
) -> Option<Check> {
    let (record, _) = evidence.recorded_steps().nth(note.step)?;
    Some(Check {
        step: record.id.clone(),
        line: record.line,
        name: rule.id.to_owned(),
        rule: Some(rule),
        level: rule.level,
        status,
        finding,
    })
}

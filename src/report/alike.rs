//! What most failures of a run have in common: one fault can fail a hundred scenarios.

use super::text::one_line;
use crate::verdict::{Status, Verdict};
use std::collections::HashMap;

/// Fewer failures than these are read one by one.
const FEWEST: usize = 5;
/// What every refusal says, whatever was called.
const REFUSED: &str = " was refused with ";

/// One line about the failures that say the same, if most of them do.
pub(super) fn line(verdict: &Verdict) -> Option<String> {
    let failed = verdict.checks().filter(|(_, check)| check.status == Status::Fail);
    let said = failed.filter_map(|(scenario, check)| {
        let message = check.finding.as_ref()?.message.as_str();
        Some((scenario.key.as_str(), check.rule.map(|rule| rule.key()), said(message)))
    });
    in_common(&said.collect::<Vec<_>>())
}

/// What a finding says, whichever call it is about, and however often.
fn said(message: &str) -> &str {
    let times = message.strip_suffix(" times in this scenario)").and_then(|said| said.rsplit_once(" ("));
    let message = times.map_or(message, |(said, _)| said);
    message.split_once(REFUSED).map_or(message, |(_, answer)| answer)
}

/// Where it was found, the rule, and what it says.
type Said<'a> = (&'a str, Option<String>, &'a str);

fn in_common(failures: &[Said<'_>]) -> Option<String> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    failures.iter().for_each(|(.., text)| *counts.entry(text).or_default() += 1);
    let count = |text: &str| counts.get(text).copied().unwrap_or_default();
    // Of equals the last one is taken, so that this is the first.
    let (scenario, rule, text) = failures.iter().rev().max_by_key(|(.., text)| count(text))?;
    let alike = count(text);
    if failures.len() < FEWEST || alike * 2 < failures.len() {
        return None;
    }
    let rule = rule.as_deref().map(|rule| format!(", {rule}")).unwrap_or_default();
    let all = failures.len();
    Some(format!("{alike} of {all} failures say the same: {} (first in {scenario}{rule})", one_line(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_that_say_the_same_are_one_line() {
        let rule = |key: &str| Some(key.to_owned());
        let refused = |call: &str| format!("{call} was refused with Code -301: “unknown”");
        let texts = [
            refused("Subscriptions/Cancel") + " (2 times in this scenario)",
            refused("the pre-check of Subscriptions/Update"),
        ];
        let of = |texts: &[&str]| -> Vec<(String, Option<String>, String)> {
            let place = |(index, text): (usize, &&str)| (format!("a/{index}"), rule("R-51"), (*text).to_owned());
            texts.iter().enumerate().map(place).collect()
        };
        let line = |list: Vec<(String, Option<String>, String)>| {
            let list: Vec<Said<'_>> =
                list.iter().map(|(key, rule, text)| (key.as_str(), rule.clone(), said(text))).collect();
            in_common(&list)
        };
        let (one, other) = (texts[0].as_str(), texts[1].as_str());
        let most = line(of(&["another", one, other, one, one])).unwrap();
        assert_eq!(most, "4 of 5 failures say the same: Code -301: “unknown” (first in a/1, R-51)");
        assert_eq!(line(of(&[one, one, one, one])), None, "few enough to be read");
        assert_eq!(line(of(&[one, "a", "b", "c", "d"])), None, "most of them say something else");
        assert_eq!(line(Vec::new()), None);
    }
}

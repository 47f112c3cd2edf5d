//! `mock-bss compare`: two runs side by side.

use super::{args::CompareArgs, fault::Fault, output::Output, sides::Side};
use crate::{
    report::{
        compare::{self, Answer},
        exit,
        json::Scenario,
    },
    snapshot::{self, Comparison},
};
use std::collections::BTreeMap;

pub(super) fn run(args: &CompareArgs, output: &Output) -> Result<u8, Fault> {
    if !(args.slower.is_finite() && args.slower >= 1.0) {
        return Err(Fault::usage(format!("--slower {} is no factor", args.slower))
            .help("give 1 or more, for example 2 for twice as long"));
    }
    let (before, after) = (Side::load(&args.before)?, Side::load(&args.after)?);
    let mut kept = Kept { before: &before, after: &after, scenario: String::new(), answers: None };
    let sides = ((before.name.as_str(), &before.report), (after.name.as_str(), &after.report));
    let mut answers = |scenario: &Scenario, name: &str| kept.look(scenario, name);
    let comparison = compare::between(sides.0, sides.1, args.slower, &mut answers);
    let text = match args.format.as_str() {
        "json" => comparison.to_json(),
        "markdown" => comparison.to_markdown(),
        _ => comparison.to_text(compare::Amount { verbose: args.verbose, style: output.style() }),
    };
    output.print(&text);
    Ok(match (comparison.regressed, comparison.incomplete) {
        (true, _) => exit::NOT_CONFORMANT,
        (false, true) => exit::INCOMPLETE,
        (false, false) => exit::CONFORMANT,
    })
}

type Answers = BTreeMap<String, String>;

/// The answers of the scenario that was looked at last: changes come scenario by scenario.
struct Kept<'s> {
    before: &'s Side,
    after: &'s Side,
    scenario: String,
    answers: Option<(Answers, Answers)>,
}

impl Kept<'_> {
    fn look(&mut self, scenario: &Scenario, name: &str) -> Answer {
        if self.scenario != scenario.key {
            self.scenario.clone_from(&scenario.key);
            self.answers = self.before.answers(&scenario.key).zip(self.after.answers(&scenario.key));
        }
        let Some((before, after)) = &self.answers else { return Answer::Unknown };
        let (Some(old), Some(new)) = (before.get(name), after.get(name)) else { return Answer::Unknown };
        match snapshot::compare(Some(old), new) {
            Comparison::Changed(changed) => Answer::Changed(changed.describe()),
            Comparison::Same | Comparison::New => Answer::Same,
        }
    }
}

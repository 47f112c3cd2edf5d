//! From checks to the verdict on a run.

use super::*;

#[test]
fn what_is_not_scored_never_decides() {
    // R-127 is a must that is seen in practice, and waits for a later part.
    let mut story = Story::new().step("s", &["R-127"], Expectation::Accepted).answer(200, REFUSED);
    story.profile.strict = true;
    assert_eq!(story.checks(), ["accepted R-127 warn"]);
    let story = || Story::new().step("s", &["R-127"], Expectation::Accepted).answer(200, REFUSED);
    let counts = verdict(vec![story()], 1, Some(false)).counts;
    assert_eq!((counts.required, counts.warned, counts.failed), (counts.required_passed, 1, 0));
}

fn verdict(stories: Vec<Story>, planned: u32, finished: Option<bool>) -> Verdict {
    let mut tally = Tally::default();
    for (index, story) in stories.into_iter().enumerate() {
        tally.add(ScenarioVerdict { index: index as u32 + 1, ..story.judge() });
    }
    let scenarios =
        (1..=planned).map(|index| PlannedScenario { index, key: format!("a/{index}"), checks: 4 }).collect();
    let run = RunStarted {
        schema: 1,
        version: "0".into(),
        rule_set: "2026.1".into(),
        profile: ProfileRecord::default(),
        built_in_reference: false,
        seed: "s".into(),
        at: "t".into(),
        filters: vec![],
        target_flags: String::new(),
        build: None,
    };
    let finished = finished.map(|interrupted| RunFinished { at: "t".into(), elapsed_us: 1, interrupted, events: None });
    tally.verdict(run, Planned { scenarios, ..Planned::default() }, finished)
}

#[test]
fn a_green_must_be_earned() {
    let good = || Story::new().step("s", &["R-54"], Expectation::Accepted).answer(200, OK);
    let bad = || Story::new().step("s", &["R-54"], Expectation::Accepted).answer(200, REFUSED);
    let gap = || Story::new().step("s", &["R-54"], Expectation::Accepted).ends(StepEnd::CouldNotRun("x".into()));
    let outcome = |stories, planned, finished| verdict(stories, planned, finished).outcome;
    assert_eq!(outcome(vec![good()], 1, Some(false)), Outcome::Conformant);
    assert_eq!(outcome(vec![good(), bad()], 2, Some(false)), Outcome::NotConformant);
    assert_eq!(outcome(vec![good(), gap()], 2, Some(false)), Outcome::Incomplete);
    assert_eq!(outcome(vec![good()], 2, Some(false)), Outcome::Incomplete, "a planned scenario is missing");
    assert_eq!(outcome(vec![good()], 1, None), Outcome::Incomplete, "the run did not reach its end");
    assert_eq!(outcome(vec![good()], 1, Some(true)), Outcome::Incomplete, "interrupted");
    assert_eq!(outcome(vec![], 0, Some(false)), Outcome::Incomplete, "nothing applied");
    assert_eq!(outcome(vec![bad()], 2, None), Outcome::NotConformant, "a failure outweighs a gap");
    let counts = verdict(vec![good(), bad()], 3, Some(false)).counts;
    assert_eq!((counts.expected, counts.could_not_run), (counts.executed + 4, 4));
    assert_eq!((counts.failed, counts.required), (1, counts.required_passed + 1));
}

#[test]
fn exit_codes_follow_from_the_verdict() {
    use crate::report::exit;
    let good = || Story::new().step("s", &["R-54"], Expectation::Accepted).answer(200, OK);
    let bad = || Story::new().step("s", &["R-54"], Expectation::Accepted).answer(200, REFUSED);
    assert_eq!(exit::of(&verdict(vec![good()], 1, Some(false)), false), 0);
    assert_eq!(exit::of(&verdict(vec![good()], 1, Some(false)), true), 4, "a snapshot that nobody accepted");
    assert_eq!(exit::of(&verdict(vec![bad()], 1, Some(false)), true), 1);
    assert_eq!(exit::of(&verdict(vec![good()], 2, Some(false)), true), 5);
    assert_eq!(exit::of(&verdict(vec![bad()], 1, Some(true)), false), 130);
}

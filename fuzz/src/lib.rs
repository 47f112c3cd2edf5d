//! What the targets share: judging evidence and making every document of it, as `mock-bss report` does.

use mock_bss::{
    evidence::{Planned, ProfileRecord, RunFinished, RunStarted, ScenarioEvidence},
    json::{Json, parse},
    report::{
        Format, Source, Style,
        console::{self, Amount},
        exit,
    },
    snapshot::{self, Accepted, Redactions, SnapshotError, SnapshotName},
    verdict::{self, ScenarioVerdict, Tally},
};
use std::{borrow::Cow, collections::BTreeSet};

/// Somebody has accepted this for every other call.
#[derive(Debug)]
pub struct Same(pub String);

impl Accepted for Same {
    fn get(&self, name: &SnapshotName) -> Result<Option<Cow<'_, str>>, SnapshotError> {
        Ok((name.as_str().len() % 2 == 0).then_some(Cow::Borrowed(self.0.as_str())))
    }
}

/// Redactions that meet members which answers have.
pub fn redactions() -> Redactions {
    let hidden = [("$.Message", "string"), ("$..Price", "number"), ("$.ExtraInfo['a b']", "null")];
    Redactions::new(hidden, ["$.ProductTypes[*].Products", "$..Addons"]).expect("these are redactions")
}

/// A run with a lax profile, or with a strict one.
pub fn run(strict: bool) -> RunStarted {
    let target = "http://h:1/api".to_owned();
    let profile = ProfileRecord { name: "fuzz".to_owned(), target, strict, probe: true, ..ProfileRecord::default() };
    RunStarted {
        schema: mock_bss::evidence::SCHEMA,
        version: "0.1.0".to_owned(),
        rule_set: "1".to_owned(),
        profile,
        built_in_reference: false,
        seed: "fuzz".to_owned(),
        at: "2026-01-31T10:00:00Z".to_owned(),
        filters: Vec::new(),
        target_flags: String::new(),
        build: None,
    }
}

/// Judges one scenario, and looks at it in every way in which a person can.
///
/// # Panics
/// Two looks at the same evidence do not agree.
pub fn judge(evidence: &ScenarioEvidence, run: &RunStarted, accepted: &Same) -> ScenarioVerdict {
    let redactions = redactions();
    let judged = verdict::judge(evidence, &run.profile, accepted, &redactions).expect("nothing is read from a disk");
    let again = verdict::judge(evidence, &run.profile, accepted, &redactions).expect("nothing is read from a disk");
    assert_eq!(judged, again, "the same evidence gives the same verdict");
    for strict in [false, true] {
        let amount = Amount {
            verbose: strict,
            quiet: !strict,
            check: strict,
            style: Style { color: strict, width: strict.then_some(72) },
            ..Amount::default()
        };
        let text = console::scenario(&judged, run, &amount, &mut BTreeSet::new());
        assert!(strict || !text.contains(is_obeyed), "a terminal would obey this: {text:?}");
    }
    for taken in snapshot::take(evidence, &redactions) {
        let drawn = snapshot::draw(&accepted.0, &taken.content, 3, false);
        assert!(!drawn.contains(is_obeyed), "a terminal would obey this: {drawn:?}");
        assert!(snapshot::compare(Some(&taken.content), &taken.content).is_same());
        if let Some((_, body)) = taken.content.split_once('\n') {
            let body = parse(body.as_bytes()).expect("the body of a snapshot is JSON");
            assert!(Json::same(&body, &body));
        }
    }
    judged
}

/// Makes every document of a run.
///
/// # Panics
/// A document cannot be read by those for whom it is made.
pub fn report(judged: Vec<ScenarioVerdict>, run: RunStarted, planned: Planned, finished: Option<RunFinished>) {
    let mut tally = Tally::default();
    drop(console::opening(&run, &planned, None));
    for one in judged {
        tally.add(one);
    }
    let verdict = tally.verdict(run, planned, finished);
    for check in [false, true] {
        let source = Source { verdict: &verdict, check, evidence: None };
        let formats = Format::NAMES.iter().map(|name| Format::parse(name).expect("the name of a format"));
        // There is no file here that the exchanges could be read from again.
        for format in formats.filter(|format| !format.needs_evidence()) {
            let mut document = Vec::new();
            format.write(&source, &mut document).expect("nothing is read or written");
            let document = String::from_utf8(document).expect("documents are UTF-8");
            match format {
                Format::Json | Format::Sarif | Format::Gitlab => {
                    parse(document.as_bytes()).expect("this format is JSON");
                }
                Format::Junit => {
                    assert!(document.starts_with("<?xml") && !document.contains(is_no_xml), "no XML: {document:?}");
                }
                Format::Html | Format::Markdown | Format::Tap | Format::Csv => {
                    assert!(!document.contains(is_obeyed), "a terminal would obey this: {document:?}");
                }
            }
        }
        let closing = console::closing(&verdict, &[], &[], &Amount { check, ..Amount::default() });
        assert!(!closing.contains(is_obeyed), "a terminal would obey this: {closing:?}");
        let _ = exit::of(&verdict, check);
    }
}

fn is_no_xml(c: char) -> bool {
    matches!(c, '\0'..' ' | '\u{fffe}' | '\u{ffff}') && !matches!(c, '\n' | '\t' | '\r')
}

fn is_obeyed(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

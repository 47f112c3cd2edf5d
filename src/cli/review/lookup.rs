//! The call behind a pending snapshot, from the evidence of the run that left it.

use crate::{
    evidence::{EvidenceFile, PRELUDE, ScenarioEvidence},
    report::review::Origin,
    snapshot::{self, Item, Namer, Redactions, SnapshotName},
};
use std::{collections::HashMap, path::PathBuf};

/// Looks calls up in runs, the newest first.
pub(in crate::cli) struct Lookup {
    runs: Vec<Run>,
    /// What waited when the review began: a value that is hidden afterwards is not hidden in the evidence.
    contents: HashMap<SnapshotName, String>,
    found: HashMap<SnapshotName, Origin>,
    /// Scenarios that have been looked into.
    seen: Vec<String>,
}

/// A run, read when it is needed.
struct Run {
    evidence: PathBuf,
    file: Option<Option<EvidenceFile>>,
}

impl Lookup {
    /// `runs` are files of evidence, the newest first.
    pub(in crate::cli) fn new(runs: impl IntoIterator<Item = PathBuf>, items: &[Item]) -> Self {
        let runs = runs.into_iter().map(|evidence| Run { evidence, file: None }).collect();
        let contents = items.iter().map(|item| (item.name.clone(), item.compared.new.clone())).collect();
        Self { runs, contents, found: HashMap::new(), seen: Vec::new() }
    }

    /// Where the answer came from; `None` when no run has it any more.
    pub(in crate::cli) fn origin(&mut self, name: &SnapshotName) -> Option<&Origin> {
        if !self.seen.iter().any(|scenario| scenario == name.scenario()) {
            self.seen.push(name.scenario().to_owned());
            self.look_into(name.scenario());
        }
        self.found.get(name)
    }

    fn look_into(&mut self, scenario: &str) {
        let wanted = self.contents.keys().filter(|name| name.scenario() == scenario).count();
        let mut found = HashMap::new();
        for run in &mut self.runs {
            if found.len() == wanted {
                break;
            }
            let Some(file) = run.file.get_or_insert_with(|| EvidenceFile::open(&run.evidence).ok()) else { continue };
            let Some(evidence) = of_scenario(file, scenario) else { continue };
            let profile = &file.run.profile;
            let hidden = profile.hidden.iter().map(|(path, kind)| (path, kind));
            let Ok(redactions) = Redactions::new(hidden, &profile.unordered) else { continue };
            let title = evidence.started.as_ref().map_or("", |started| &started.title);
            for taken in snapshot::take(&evidence, &redactions) {
                // Another run than the one that left the file may have asked for something else.
                if self.contents.get(&taken.name).is_some_and(|content| *content == taken.content) {
                    found.entry(taken.name).or_insert_with(|| Origin::new(title, taken.exchange));
                }
            }
        }
        self.found.extend(found);
    }
}

fn of_scenario(file: &EvidenceFile, folder: &str) -> Option<ScenarioEvidence> {
    let planned = file.planned.iter().flat_map(|planned| &planned.scenarios);
    let index = planned.into_iter().find(|scenario| Namer::new(&scenario.key).folder() == folder);
    let evidence = file.scenario(index.map_or(PRELUDE, |scenario| scenario.index)).ok()?;
    let key = &evidence.started.as_ref()?.key;
    (Namer::new(key).folder() == folder).then_some(evidence)
}

//! What can be compared: a run folder, a JSON report, or a certificate, whose run is judged again. Whatever else holds a
//! run is one more variant of [`Kept`]: all that a comparison needs is its [`Report`].

use super::{certifying, fault::Fault, folder::RunFolder, stored};
use crate::{
    certificate,
    evidence::{EvidenceFile, Planned},
    report::json::{self, Report},
    snapshot::{self, Redactions},
    verdict::{Tally, Verdict},
};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Read,
    path::Path,
};

/// A run that is compared with another one.
#[derive(Debug)]
pub(super) struct Side {
    /// As it was named.
    pub(super) name: String,
    pub(super) report: Report,
    kept: Kept,
}

/// What is still there beside the report.
#[derive(Debug)]
enum Kept {
    /// The evidence, so every answer can be looked at.
    Run { evidence: Box<EvidenceFile>, redactions: Box<Redactions>, places: BTreeMap<String, u32> },
    /// The report is all there is.
    Report,
}

impl Side {
    /// The run that somebody means: a file is a certificate or a report; anything else a run folder, or the name of one.
    pub(super) fn load(path: &Path) -> Result<Self, Fault> {
        let name = path.display().to_string();
        if path.is_file() {
            return match is_packed(path) {
                true => certified(name, path),
                false => Ok(Self { name, report: report(path)?, kept: Kept::Report }),
            };
        }
        let folder = RunFolder::find(Some(path))?;
        let evidence = stored::open(&folder)?;
        let mut tally = Tally::default();
        stored::judge(&evidence, &folder)?.into_iter().for_each(|verdict| tally.add(verdict));
        let planned = evidence.planned.clone().unwrap_or_else(|| Planned {
            gaps: vec!["the run ended before anything was planned".to_owned()],
            ..Planned::default()
        });
        let verdict = tally.verdict(evidence.run.clone(), planned, evidence.finished.clone());
        Self::of(name, evidence, &verdict)
    }

    fn of(name: String, evidence: EvidenceFile, verdict: &Verdict) -> Result<Self, Fault> {
        let places = verdict.scenarios.iter().map(|verdict| (verdict.key.clone(), verdict.index)).collect();
        let profile = &evidence.run.profile;
        let redactions = Redactions::new(profile.hidden.iter().map(|(path, kind)| (path, kind)), &profile.unordered)
            .map_err(|error| Fault::usage(error.to_string()))?;
        let kept = Kept::Run { redactions: Box::new(redactions), places, evidence: Box::new(evidence) };
        Ok(Self { name, report: json::report(verdict, false), kept })
    }

    /// The normalised answers of a scenario by the names of their snapshots; `None` where they are not kept.
    pub(super) fn answers(&self, scenario: &str) -> Option<BTreeMap<String, String>> {
        let Kept::Run { evidence, redactions, places } = &self.kept else { return None };
        let scenario = evidence.scenario(*places.get(scenario)?).ok()?;
        let taken = snapshot::take(&scenario, redactions).into_iter();
        Some(taken.map(|taken| (taken.name.to_string(), taken.content)).collect())
    }
}

/// Whether a file begins as gzip does, which no report can.
fn is_packed(path: &Path) -> bool {
    let mut head = [0; 2];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && head == [0x1f, 0x8b]
}

/// The run of a certificate, judged as the evidence says and not as the certificate does.
fn certified(name: String, path: &Path) -> Result<Side, Fault> {
    let cannot = |reason: String| {
        Fault::usage(format!("the certificate {name} cannot be compared: {reason}"))
            .help(format!("what is wrong with it, `mock-bss verify {name}` says"))
    };
    let run = certificate::run_of(&certifying::packed(path)?).map_err(cannot)?;
    Side::of(name.clone(), run.evidence, &run.verdict)
}

/// A JSON report, as `--report json=…` writes it.
fn report(path: &Path) -> Result<Report, Fault> {
    let text = fs::read_to_string(path)
        .map_err(|error| Fault::usage(format!("{} cannot be read: {error}", path.display())))?;
    Report::parse(&text).map_err(|error| {
        Fault::usage(format!("{} is not a JSON report: {error}", path.display()))
            .help("give a run folder, a certificate, or what `mock-bss run --report json=PATH` has written")
    })
}

//! The files of a bundle, derived from a run and the description of a product.

use super::{
    BASELINE, CERTIFICATE, ENVELOPE, EVIDENCE, MANIFEST, PRODUCT, PROFILE, Product, REPORT, Run, SELF_TEST, SIGNER,
    SigningKey, Suite, manifest, product::slug, statement,
};
use crate::{report, rules, snapshot::SnapshotError};
use include_dir::{Dir, include_dir};
use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeMap, sync::LazyLock};

/// Path → bytes.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The version of `certificate.json`.
const SCHEMA_VERSION: u32 = 1;

/// What the self-test found, if it has been measured for this rule set.
static SELF_TESTS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs/self-test");

/// What a bundle is made from, beside the run.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    pub product: &'a Product,
    /// `product.yaml` as it is.
    pub product_text: &'a str,
    pub suite: &'a Suite,
    /// It is none: it was made with a program or a target that no certificate is made with.
    pub rehearsal: bool,
}

/// `certificate.json`: what is certified, in short.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Certificate {
    pub schema_version: u32,
    /// True: this is no certificate.
    pub rehearsal: bool,
    pub product: Product,
    pub verdict: String,
    /// `L0` to `L3`, the highest that was reached; none where nothing was.
    pub level: Option<String>,
    pub level_title: Option<String>,
    pub rule_set: String,
    pub rule_set_sha256: String,
    pub target: String,
    pub played: Played,
    /// Days, in UTC; the second is the last one.
    pub valid_from: String,
    pub valid_until: String,
}

/// The run behind a certificate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Played {
    pub mock_bss: String,
    pub commit: Option<String>,
    pub started_at: String,
    pub finished_at: String,
    pub seed: String,
}

/// The files, without manifest and signature.
///
/// # Errors
/// The accepted snapshots cannot be read.
pub fn derive(run: &Run, sources: &Sources<'_>) -> Result<(Certificate, Files), SnapshotError> {
    let certificate = certificate(run, sources);
    let mut files = Files::new();
    let mut put = |path: &str, bytes: Vec<u8>| drop(files.insert(path.to_owned(), bytes));
    put(EVIDENCE, run.evidence.text().to_vec());
    put(BASELINE, run.baseline.text().to_vec());
    put(PRODUCT, sources.product_text.as_bytes().to_vec());
    put(CERTIFICATE, pretty(&certificate));
    put(PROFILE, pretty(&run.evidence.run.profile));
    // Whoever certifies looks at every answer: new snapshots are counted, and decide nothing.
    put(REPORT, report::json::render(&run.verdict, false).into_bytes());
    if let Some(text) = self_test(sources.suite) {
        put(SELF_TEST, text.as_bytes().to_vec());
    }
    for file in &sources.suite.files {
        put(&format!("scenarios/{}.yaml", file.key), file.text.clone().into_bytes());
    }
    for (name, text) in run.baseline.files()? {
        put(&format!("snapshots/{name}"), text.into_bytes());
    }
    Ok((certificate, files))
}

fn pretty(value: &impl Serialize) -> Vec<u8> {
    (serde_json::to_string_pretty(value).unwrap_or_default() + "\n").into_bytes()
}

fn certificate(run: &Run, sources: &Sources<'_>) -> Certificate {
    let (verdict, started) = (&run.verdict, &run.evidence.run);
    let finished_at = verdict.finished.as_ref().map(|finished| finished.at.clone()).unwrap_or_default();
    let from = day(&finished_at);
    let until = from.and_then(|day| day.checked_add(sources.product.valid_days.days()).ok());
    let words = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    Certificate {
        schema_version: SCHEMA_VERSION,
        rehearsal: sources.rehearsal,
        product: sources.product.clone(),
        verdict: serde_json::to_value(verdict.outcome)
            .ok()
            .and_then(|v| v.as_str().map(str::to_owned))
            .unwrap_or_default(),
        level: verdict.reached.map(|rung| rung.as_str().to_owned()),
        level_title: verdict.reached.map(|rung| rung.title().to_owned()),
        rule_set: started.rule_set.clone(),
        rule_set_sha256: started.build.as_ref().map(|build| build.rule_set_sha256.clone()).unwrap_or_default(),
        target: started.profile.target.clone(),
        played: Played {
            mock_bss: started.version.clone(),
            commit: started.build.as_ref().and_then(|build| build.commit.clone()),
            started_at: started.at.clone(),
            finished_at,
            seed: started.seed.clone(),
        },
        valid_from: words(from),
        valid_until: words(until),
    }
}

/// The day of a time, in UTC.
pub(super) fn day(time: &str) -> Option<Date> {
    time.parse::<Timestamp>().ok().map(|time| time.to_zoned(TimeZone::UTC).date())
}

/// The score of this rule set and these scenarios: what was measured for others says nothing here.
pub(super) fn self_test(suite: &Suite) -> Option<&'static str> {
    static SCORE: LazyLock<Option<(&'static str, String, String)>> = LazyLock::new(|| {
        let text = SELF_TESTS.get_file(format!("{}.json", rules::RULE_SET))?.contents_utf8()?;
        let score: Value = serde_json::from_str(text).ok()?;
        let of = |name: &str| score.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Some((text, of("rules_digest"), of("scenarios_digest")))
    });
    let (text, of_rules, of_scenarios) = SCORE.as_ref()?;
    let fits = *of_rules == rules::digest() && *of_scenarios == suite.digest();
    fits.then_some(*text)
}

impl Suite {
    /// What the scenarios are recognised by, as the self-test does.
    pub(super) fn digest(&self) -> String {
        rules::digest_of(self.files.iter().map(|file| (file.key.as_str(), file.text.as_bytes())))
    }
}

/// Finishes a bundle: the manifest, and where there is a key the signature. The name of its folder comes with it.
pub fn finish(
    run: &Run,
    sources: &Sources<'_>,
    certificate: &Certificate,
    mut files: Files,
    key: Option<&SigningKey>,
) -> (String, Files) {
    let bundle = bundle_name(sources.product, sources.rehearsal);
    if let Some(key) = key {
        files.insert(SIGNER.to_owned(), key.public().to_pem().into_bytes());
    }
    manifest::seal(&bundle, &mut files);
    if let Some(key) = key {
        let of = |path: &str| files.get(path).map(Vec::as_slice).unwrap_or_default();
        let (product, profile) = (sources.product_text.as_bytes(), of(PROFILE));
        let statement = statement::statement(&bundle, certificate, run, of(MANIFEST), product, profile);
        files.insert(ENVELOPE.to_owned(), statement::envelope(&statement, key));
    }
    (bundle, files)
}

/// What the bundle is called: `<product>-<version>-<rule set>`.
pub fn bundle_name(product: &Product, rehearsal: bool) -> String {
    let name = format!("{}-{}-{}", slug(&product.name), slug(&product.version), rules::RULE_SET);
    if rehearsal { name + "-rehearsal" } else { name }
}

//! `mock-bss self-test`: who tests the tester.

use super::{args::SelfTestArgs, cmd_reference::named, fault::Fault, folder::write_atomically, output::Output, target};
use crate::{
    json::{self, Change, Json},
    plan::Seed,
    reference::faults::{self, Spec},
    report::{exit, printable},
    rules,
    scenario::{Scenario, builtin_files},
    self_test::{self, Bout, Judged, NotPlayed, Outcome, Quiet, Score, Tried},
};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

/// The same ids in every self-test: what it finds must not hang on chance.
const SEED: Seed = Seed(uuid::Uuid::from_u128(0x5e1f_7e57_0000_4000_8000_0000_0000_0001));

pub(super) async fn run(args: &SelfTestArgs, output: &Output) -> Result<u8, Fault> {
    let report = match &args.format {
        None => None,
        Some(text) => Some(text.strip_prefix("json=").filter(|path| !path.is_empty()).ok_or_else(|| {
            Fault::usage(format!("`{text}` is not json=PATH")).help("for example json=target/self-test.json")
        })?),
    };
    let chosen = chosen(args)?;
    // Before anything is played: nobody wants to wait for a file that is not there.
    let written = args.check.as_deref().map(read).transpose()?;
    let files = builtin_files();
    let suite = self_test::suite(&files).map_err(Fault::internal)?;
    let whole = args.fault.is_empty() && args.rule.is_empty();

    let suite = Arc::new(suite);
    let jobs = usize::from(args.jobs);

    let mut alarms = Vec::new();
    if whole {
        let (output, verbose) = (*output, args.verbose);
        let told = move |quiet: &Quiet| {
            if verbose || !quiet.is_right() {
                output.print(&quiet_line(quiet));
            }
        };
        let bouts = self_test::bouts(SEED);
        alarms = in_order(bouts, suite.clone(), jobs, |name, judged| Quiet { name, judged }, told).await?;
        let calm = alarms.iter().filter(|quiet| quiet.is_right()).count();
        output.print(&format!("without a fault: {calm} of {} settings and orders found nothing\n\n", alarms.len()));
    }

    let (mut bouts, mut hidden) = (Vec::new(), 0_usize);
    for spec in chosen {
        match self_test::bout_of(spec, !args.no_probe, SEED) {
            Some(bout) if args.full || args.verbose => bouts.push((spec, bout.to_the_end())),
            Some(bout) => bouts.push((spec, bout)),
            None => hidden += 1,
        }
    }
    let (out, verbose) = (*output, args.verbose);
    let told = move |tried: &Tried| out.print(&line(tried, verbose));
    let tried = in_order(bouts, suite, jobs, Tried::of, told).await?;
    let score = Score::of(&tried);
    output.print(&closing(&score, hidden));
    if let Some(path) = report {
        write(Path::new(path), &full(&tried, &alarms, &score))?;
    }
    if let Some(path) = &args.write {
        write(path, &score.document(&tried, &alarms, &files, !args.no_probe))?;
    }
    let mut same = true;
    if let (Some(path), Some(written)) = (&args.check, &written) {
        let changes = self_test::differences(written, &score.document(&tried, &alarms, &files, !args.no_probe));
        same = changes.is_empty();
        output.print(&compared(path, &changes));
    }
    let right = same && tried.iter().all(|tried| tried.outcome.is_right()) && alarms.iter().all(Quiet::is_right);
    Ok(if right { exit::CONFORMANT } else { exit::NOT_CONFORMANT })
}

/// The faults that are meant.
fn chosen(args: &SelfTestArgs) -> Result<Vec<&'static Spec>, Fault> {
    let by_name = args.fault.iter().map(|name| named(name)).collect::<Result<Vec<_>, _>>()?;
    let mut numbers = Vec::new();
    for text in &args.rule {
        let rule = rules::by_key(text)
            .ok_or_else(|| Fault::usage(format!("`{text}` is not a rule")).help("`mock-bss rules` lists them"))?;
        numbers.push(rule.number);
    }
    let is_meant = |spec: &&Spec| {
        let named = by_name.is_empty() || by_name.contains(spec);
        named && (numbers.is_empty() || spec.breaks.iter().any(|rule| numbers.contains(rule)))
    };
    let chosen: Vec<&Spec> = faults::all().filter(is_meant).collect();
    if chosen.is_empty() {
        return Err(Fault::usage("no fault of the reference breaks this")
            .help("`mock-bss reference --list-faults` says which fault breaks which rule"));
    }
    Ok(chosen)
}

/// Plays the bouts, `jobs` at a time, and tells of each in the order in which they stand here.
async fn in_order<T: Send + 'static, R: Send + 'static>(
    bouts: Vec<(T, Bout)>,
    suite: Arc<Vec<Arc<Scenario>>>,
    jobs: usize,
    made: fn(T, Result<Judged, NotPlayed>) -> R,
    tell: impl Fn(&R) + Send + Sync + 'static,
) -> Result<Vec<R>, Fault> {
    struct Told<R> {
        waiting: BTreeMap<usize, R>,
        told: Vec<R>,
    }
    let wanted = bouts.len();
    let all = Arc::new(Mutex::new(Told { waiting: BTreeMap::new(), told: Vec::with_capacity(wanted) }));
    let done = {
        let all = all.clone();
        move |place: usize, what: T, judged: Result<Judged, NotPlayed>| {
            let made = made(what, judged);
            let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
            all.waiting.insert(place, made);
            while let Some(next) = {
                let next = all.told.len();
                all.waiting.remove(&next)
            } {
                tell(&next);
                all.told.push(next);
            }
        }
    };
    self_test::play_each(bouts, suite, target::reference_profile, jobs, Arc::new(done)).await;
    let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
    match all.told.len() == wanted {
        true => Ok(std::mem::take(&mut all.told)),
        false => Err(Fault::internal("not everything was played")),
    }
}

fn line(tried: &Tried, verbose: bool) -> String {
    let fired: Vec<String> = tried.fired.iter().map(|number| format!("R-{number:02}")).collect();
    let breaks = match tried.spec.is_legal() {
        true => "nothing".to_owned(),
        false => self_test::expected(tried.spec).join(" "),
    };
    let mut out = String::new();
    let _ = write!(out, "{:<40} breaks {breaks:<30} {}", tried.spec.name, tried.outcome.words());
    if tried.outcome != Outcome::Caught || verbose {
        let fired = if fired.is_empty() { "nothing".to_owned() } else { fired.join(" ") };
        let _ = write!(out, "; fired: {fired}");
    }
    out.push('\n');
    if verbose || !tried.outcome.is_right() {
        details(&mut out, &tried.judged, if verbose { usize::MAX } else { 3 });
    }
    out
}

/// The first finding of each rule, and what did not run.
fn details(out: &mut String, judged: &Result<Judged, NotPlayed>, most: usize) {
    let judged = match judged {
        Ok(judged) => judged,
        Err(error) => {
            let _ = writeln!(out, "    {}", printable(&error.to_string()));
            return;
        }
    };
    let mut told = BTreeSet::new();
    let all = judged.findings.iter().chain(&judged.gaps);
    for found in all.filter(|found| told.insert((found.rule, found.status))).take(most) {
        let rule = found.rule.map_or_else(|| "no rule".to_owned(), |number| format!("R-{number:02}"));
        let (scenario, step) = (&found.scenario, &found.step);
        let text = format!("{} {rule} in {scenario}, {step}, {}: {}", found.status.words(), found.check, found.message);
        let _ = writeln!(out, "    {}", printable(&text));
    }
}

fn quiet_line(quiet: &Quiet) -> String {
    let mut out = String::new();
    match &quiet.judged {
        Ok(judged) => {
            let words = if quiet.is_right() { "nothing found" } else { "FALSE ALARM" };
            let _ = writeln!(out, "without a fault, {}: {words} in {} checks", quiet.name, judged.executed);
            for reason in &judged.reasons {
                let _ = writeln!(out, "    {}", printable(reason));
            }
        }
        Err(_) => {
            let _ = writeln!(out, "without a fault, {}: not played", quiet.name);
        }
    }
    if !quiet.is_right() {
        details(&mut out, &quiet.judged, 10);
    }
    out
}

fn closing(score: &Score, hidden: usize) -> String {
    let mut out = format!(
        "\n{} of {} faults caught ({} %), {} caught only by unrelated rules, {} survived\n\
         {} of {} legal variations left alone\n",
        score.caught,
        score.faults(),
        score.percent(),
        score.unrelated,
        score.survived,
        score.quiet,
        score.quiet + score.false_alarms,
    );
    if hidden > 0 {
        let _ = writeln!(out, "{hidden} faults show on the vendor side only, which was not looked at");
    }
    out
}

/// Everything that was found, for machines.
fn full(tried: &[Tried], alarms: &[Quiet], score: &Score) -> Value {
    let found = |judged: &Result<Judged, NotPlayed>| match judged {
        Err(error) => json!({ "not_played": error.to_string() }),
        Ok(judged) => {
            let list = |found: &[self_test::Found]| -> Vec<Value> {
                let mut told = BTreeSet::new();
                let first = found.iter().filter(|found| told.insert((found.rule, &found.scenario)));
                first
                    .map(|found| {
                        json!({
                            "rule": found.rule.map(|number| format!("R-{number:02}")),
                            "status": found.status,
                            "scenario": found.scenario,
                            "step": found.step,
                            "check": found.check,
                            "message": found.message,
                        })
                    })
                    .collect()
            };
            json!({ "findings": list(&judged.findings), "gaps": list(&judged.gaps), "reasons": judged.reasons })
        }
    };
    let faults: Vec<Value> = tried
        .iter()
        .map(|tried| {
            json!({
                "fault": tried.spec.name,
                "what": tried.spec.what,
                "breaks": self_test::expected(tried.spec),
                "outcome": tried.outcome.words(),
                "fired": tried.fired.iter().map(|number| format!("R-{number:02}")).collect::<Vec<_>>(),
                "found": found(&tried.judged),
            })
        })
        .collect();
    let quiet: Vec<Value> = alarms
        .iter()
        .map(|quiet| json!({ "setting": quiet.name, "quiet": quiet.is_right(), "found": found(&quiet.judged) }))
        .collect();
    json!({ "score": score.percent(), "faults": faults, "without_a_fault": quiet })
}

fn write(path: &Path, document: &Value) -> Result<(), Fault> {
    write_atomically(path, |out| writeln!(out, "{document:#}"))
        .map_err(|error| Fault::usage(format!("{} cannot be written: {error}", path.display())))
}

/// A score file.
fn read(path: &Path) -> Result<Json, Fault> {
    let text = std::fs::read(path)
        .map_err(|error| Fault::usage(format!("the score file {} cannot be read: {error}", path.display())))?;
    json::parse(&text).map_err(|error| {
        Fault::usage(format!("{} is no score file: {error}", path.display()))
            .help(format!("`mock-bss self-test --write {}` writes it anew", path.display()))
    })
}

/// What a score file says otherwise than what was measured.
fn compared(path: &Path, changes: &[Change]) -> String {
    const MOST: usize = 20;
    let file = path.display();
    if changes.is_empty() {
        return format!("\n{file} says the same\n");
    }
    let mut out = format!("\n{file} says something else:\n");
    let shown = |value: &Option<Json>| value.as_ref().map_or_else(|| "nothing".to_owned(), Json::to_compact);
    for Change { path, old, new } in changes.iter().take(MOST) {
        let line = format!("{path}: {} there, {} measured", shown(old), shown(new));
        let _ = writeln!(out, "    {}", printable(&line));
    }
    if changes.len() > MOST {
        let _ = writeln!(out, "    and {} more", changes.len() - MOST);
    }
    let _ = writeln!(out, "`mock-bss self-test --write {file}` brings it up to date");
    out
}

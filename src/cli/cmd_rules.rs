//! `mock-bss rules` and `mock-bss explain`.

use super::{
    args::{ExplainArgs, RulesArgs},
    coverage::Coverage,
    fault::Fault,
    output::Output,
};
use crate::{
    report::exit,
    rules::{self, Level, Rule, Rung},
};
use std::fmt::Write;

pub(super) fn list(args: &RulesArgs, output: &Output) -> Result<u8, Fault> {
    let fits = |wanted: &Option<String>, word: &str| wanted.as_ref().is_none_or(|w| w.eq_ignore_ascii_case(word));
    if args.format == "yaml" {
        let filtered = [&args.area, &args.level, &args.basis, &args.rung].into_iter().any(|filter| filter.is_some());
        if filtered {
            return Err(Fault::usage("the frozen rule set is written as a whole").help("leave the filters out"));
        }
        output.print(&Coverage::of_suite()?.frozen());
        return Ok(exit::CONFORMANT);
    }
    let rung = match &args.rung {
        None => None,
        Some(text) => Some(Rung::parse(text).ok_or_else(|| {
            let rungs = Rung::ALL.map(|rung| rung.to_string()).join(", ");
            Fault::usage(format!("`{text}` is not a step of the ladder")).help(format!("there are {rungs}"))
        })?),
    };
    let found: Vec<&Rule> = rules::all()
        .filter(|r| {
            fits(&args.area, r.area.as_str())
                && fits(&args.level, r.level.as_str())
                && fits(&args.basis, r.basis.as_str())
                && rung.is_none_or(|rung| r.rung() == rung)
        })
        .collect();
    if found.is_empty() {
        let mut areas: Vec<_> = rules::all().map(|rule| rule.area.as_str()).collect();
        areas.dedup();
        return Err(Fault::usage("no rule is like that").help(format!(
            "areas: {}; levels: must, should, may; bases: documented, sdk, practice, inferred",
            areas.join(", ")
        )));
    }
    if args.format == "json" {
        output.print(&document(&found)?);
        return Ok(exit::CONFORMANT);
    }
    if args.format == "markdown" {
        output.print(&page(&found)?);
        return Ok(exit::CONFORMANT);
    }
    if args.coverage {
        output.print(&covered(&found)?);
        return Ok(exit::CONFORMANT);
    }
    let mut out = String::new();
    for rule in &found {
        let _ = writeln!(
            out,
            "{:<6} {:<6} {:<10} {} {:<52} {}",
            rule.key(),
            rule.level.as_str(),
            rule.basis.as_str(),
            rule.rung().as_str(),
            rule.id,
            rule.title
        );
    }
    let _ = writeln!(out, "{} rules", found.len());
    output.print(&out);
    Ok(exit::CONFORMANT)
}

/// So many scenarios are named in a line; `--format json` has them all.
const MOST: usize = 3;

/// How each rule is judged, line by line.
fn covered(found: &[&Rule]) -> Result<String, Fault> {
    let coverage = Coverage::of_suite()?;
    let mut out = String::new();
    let (mut always, mut by_scenario, mut missing) = (0, 0, 0);
    for rule in found {
        let keys: Vec<&str> = coverage.scenarios(rule).collect();
        let mut ways = Vec::new();
        if rules::examines(rule) {
            always += 1;
            ways.push("every answer".to_owned());
        }
        if !keys.is_empty() {
            by_scenario += 1;
            let more = keys.len().saturating_sub(MOST);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            ways.push(format!("{}{more}", keys[..keys.len().min(MOST)].join(", ")));
        }
        if let Some(reason) = coverage.missing(rule) {
            missing += 1;
            ways.push(format!("not judged: {reason}"));
        }
        let _ = writeln!(out, "{:<6} {:<6} {:<52} {}", rule.key(), rule.level.as_str(), rule.id, ways.join(" · "));
    }
    let _ = writeln!(
        out,
        "{} rules: {} judged ({always} on every answer, {by_scenario} by scenarios), {missing} not",
        found.len(),
        found.len() - missing
    );
    Ok(out)
}

/// The rules as a page for people: what judges each of them, and what is not judged and why.
fn page(found: &[&Rule]) -> Result<String, Fault> {
    let coverage = Coverage::of_suite()?;
    let (missing, judged): (Vec<&Rule>, Vec<&Rule>) = found.iter().partition(|rule| coverage.missing(rule).is_some());
    let mut out = format!(
        "# Rules, and what judges them\n\n\
         Written by `mock-bss rules --format markdown`, rule set {}: {} rules, {} of them judged. What a rule demands, \
         why, and how to mend a miss: `mock-bss explain R-49`.\n\n\
         * **Level**: how much it weighs. **Basis**: how firm its source is, see [the contract](contract.md). A missed \
         *must* that is documented, sdk or practice makes a service manager not conformant; all else is a warning. \
         `strict: true` in the profile counts inferred musts too.\n\
         * **Seen by**: the answers; the vendor side, which needs a [probe](profile.md#probe), or else the rule is *not \
         observable*; or both, of which a run without a probe sees the answers.\n\
         * **Judged by**: every answer of a run, whatever scenario brought it, and the scenarios that play what the \
         rule is about. `mock-bss run --only KEY` plays one of them.\n",
        rules::RULE_SET,
        found.len(),
        judged.len()
    );
    let mut area = None;
    for rule in &judged {
        if area != Some(rule.area) {
            area = Some(rule.area);
            let _ = write!(
                out,
                "\n## {}\n\n| rule | id | level | basis | seen by | judged by |\n| --- | --- | --- | --- | --- | --- |\n",
                rule.area.as_str()
            );
        }
        let always = rules::examines(rule).then(|| "every answer".to_owned());
        let by = always.into_iter().chain(coverage.scenarios(rule).map(|key| format!("`{key}`")));
        let _ = writeln!(
            out,
            "| {} | `{}` | {} | {} | {} | {} |",
            rule.key(),
            rule.id,
            rule.level.as_str(),
            rule.basis.as_str(),
            match rule.observed_by {
                rules::ObservedBy::Exchange => "answers",
                rules::ObservedBy::VendorSide => "vendor side",
                rules::ObservedBy::Both => "both",
            },
            by.collect::<Vec<_>>().join(", ")
        );
    }
    if !missing.is_empty() {
        out.push_str("\n## Not judged\n\n| rule | id | level | basis | why not |\n| --- | --- | --- | --- | --- |\n");
    }
    for rule in &missing {
        let (level, basis) = (rule.level.as_str(), rule.basis.as_str());
        let why = coverage.missing(rule).unwrap_or_default();
        let _ = writeln!(out, "| {} | `{}` | {level} | {basis} | {why} |", rule.key(), rule.id);
    }
    Ok(out)
}

/// The rules for programs, with how each is judged.
fn document(found: &[&Rule]) -> Result<String, Fault> {
    let coverage = Coverage::of_suite()?;
    let entry = |rule: &&Rule| {
        serde_json::json!({
            "rule": rule.key(),
            "id": rule.id,
            "area": rule.area.as_str(),
            "level": rule.level.as_str(),
            "basis": rule.basis.as_str(),
            "observed_by": rule.observed_by.as_str(),
            "since": rule.since,
            "rung": rule.rung().as_str(),
            "revision": rule.revision(),
            "scored": rule.counts(),
            "decides": rule.decides(),
            "title": rule.title,
            "why": rule.why,
            "fix": rule.fix,
            "source": rule.source,
            "example": rule.example().map(|e| serde_json::json!({ "call": e.call, "right": e.right, "wrong": e.wrong })),
            "every_answer": rules::examines(rule),
            "scenarios": coverage.scenarios(rule).collect::<Vec<_>>(),
            "not_judged": coverage.missing(rule),
        })
    };
    let list = serde_json::json!({
        "rule_set": rules::RULE_SET,
        "rule_set_sha256": rules::frozen_digest(),
        "rules": found.iter().map(entry).collect::<Vec<_>>(),
    });
    Ok(format!("{list:#}\n"))
}

pub(super) fn explain(args: &ExplainArgs, output: &Output) -> Result<u8, Fault> {
    let rule = rules::by_key(&args.rule).ok_or_else(|| {
        let fault = Fault::usage(format!("`{}` is not a rule", args.rule));
        match rules::nearest(&args.rule) {
            Some(rule) => fault.help(format!("did you mean {} ({})?", rule.key(), rule.id)),
            None => fault.help("`mock-bss rules` lists them"),
        }
    })?;
    let coverage = Coverage::of_suite()?;
    let step = match rule.level {
        Level::Must => format!("{}: it is withheld until the rule is kept", rule.rung()),
        Level::Should | Level::May => format!("{}; a recommendation withholds nothing", rule.rung()),
    };
    let weight = match (rule.decides(), rule.level.as_str()) {
        _ if !rule.counts() => "not scored: what it finds is shown, and never decides",
        (true, _) => "a miss makes the verdict not conformant",
        (false, "must") => "no source settles it: a miss is a warning, and a failure under `strict: true`",
        _ => "a recommendation: a miss is a warning",
    };
    let mut out = String::new();
    let _ = writeln!(out, "{} {}\n{}\n", rule.key(), rule.id, rule.title);
    for (label, text) in [
        ("why", rule.why),
        ("fix", rule.fix),
        ("level", rule.level.as_str()),
        ("basis", rule.basis.as_str()),
        ("weight", weight),
        ("source", rule.source),
        (
            "seen by",
            match rule.observed_by {
                rules::ObservedBy::Exchange => "the answers",
                rules::ObservedBy::VendorSide => "the vendor side: the profile needs a `probe`",
                rules::ObservedBy::Both => "the answers, and the vendor side where there is a `probe`",
            },
        ),
        ("step", step.as_str()),
        ("judged", judged(rule, &coverage).as_str()),
        ("since", rule.since),
        ("revision", rule.revision().to_string().as_str()),
    ] {
        let _ = writeln!(out, "{label:<8} {text}");
    }
    if let Some(example) = rule.example() {
        let _ = writeln!(out, "\nexample  {}\n  right  {}\n  wrong  {}", example.call, example.right, example.wrong);
    }
    let keys: Vec<&str> = coverage.scenarios(rule).collect();
    if !keys.is_empty() {
        let _ = writeln!(out, "\nscenarios  mock-bss run --rule {}", rule.key());
        for key in keys {
            let _ = writeln!(out, "  {key}");
        }
    }
    output.print(&out);
    Ok(exit::CONFORMANT)
}

/// In which answers a rule is looked for.
fn judged(rule: &Rule, coverage: &Coverage) -> String {
    let count = coverage.scenarios(rule).count();
    let scenarios = if count == 1 { "1 scenario".to_owned() } else { format!("{count} scenarios") };
    match (rules::examines(rule), count, coverage.missing(rule)) {
        (_, _, Some(reason)) => format!("not yet: {reason}"),
        (true, 0, _) => "on every answer that it speaks of, in whatever scenario".to_owned(),
        (true, ..) => format!("on every answer that it speaks of, and in {scenarios} on purpose"),
        (false, ..) => format!("in {scenarios}"),
    }
}

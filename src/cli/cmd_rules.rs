//! `mock-bss rules` and `mock-bss explain`.

use super::{
    args::{ExplainArgs, RulesArgs},
    fault::Fault,
    output::Output,
};
use crate::{
    report::exit,
    rules::{self, Rule},
};
use std::fmt::Write;

pub(super) fn list(args: &RulesArgs, output: &Output) -> Result<u8, Fault> {
    let fits = |wanted: &Option<String>, word: &str| wanted.as_ref().is_none_or(|w| w.eq_ignore_ascii_case(word));
    let found: Vec<&Rule> = rules::all()
        .filter(|r| {
            fits(&args.area, r.area.as_str())
                && fits(&args.level, r.level.as_str())
                && fits(&args.basis, r.basis.as_str())
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
    let mut out = String::new();
    for rule in &found {
        let _ = writeln!(
            out,
            "{:<6} {:<6} {:<10} {:<52} {}",
            rule.key(),
            rule.level.as_str(),
            rule.basis.as_str(),
            rule.id,
            rule.title
        );
    }
    let _ = writeln!(out, "{} rules", found.len());
    output.print(&out);
    Ok(exit::CONFORMANT)
}

pub(super) fn explain(args: &ExplainArgs, output: &Output) -> Result<u8, Fault> {
    let rule = rules::by_key(&args.rule).ok_or_else(|| {
        let fault = Fault::usage(format!("`{}` is not a rule", args.rule));
        match rules::nearest(&args.rule) {
            Some(rule) => fault.help(format!("did you mean {} ({})?", rule.key(), rule.id)),
            None => fault.help("`mock-bss rules` lists them"),
        }
    })?;
    let weight = match (rule.decides(), rule.level.as_str()) {
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
        ("since", rule.since),
    ] {
        let _ = writeln!(out, "{label:<8} {text}");
    }
    output.print(&out);
    Ok(exit::CONFORMANT)
}

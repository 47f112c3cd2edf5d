//! One page for a browser: no network, nothing to install, readable without scripts.
//!
//! ```text
//! verdict ─▶ overview ─▶ head.html ────┐
//! evidence ─▶ scenario (one at a time) ├─▶ the file
//!             scenario.html, calls as data for script.js
//! ```
//! The verdict, the findings with their exchanges, the matrix and the list of scenarios are plain HTML. All other
//! exchanges are JSON in script elements and are drawn when somebody opens one. What a service manager said is escaped
//! by the template engine, or, as data, by [`calls`]; the page forbids itself every script but its own.

mod anchor;
mod calls;
mod findings;
mod matrix;
mod overview;
mod scenario;
mod sequence;
mod times;

use super::{Source, printable, text::is_printable};
use crate::{snapshot::Redactions, verdict::ScenarioVerdict};
use base64::{Engine, engine::general_purpose::STANDARD};
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, escape_formatter, value::Serde};
use std::{
    io::{self, Write},
    num::NonZero,
    thread,
};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Writes the page, some scenarios at a time: the exchanges of the others are not in memory.
///
/// # Errors
/// It cannot be written, or the evidence cannot be read.
pub(super) fn write(source: &Source<'_>, out: &mut dyn Write) -> io::Result<()> {
    let evidence = source.evidence.ok_or_else(|| io::Error::other("the evidence of the run is not there"))?;
    let profile = &source.verdict.run.profile;
    let redactions = Redactions::new(profile.hidden.iter().map(|(path, kind)| (path, kind)), &profile.unordered)
        .map_err(io::Error::other)?;
    let templates = templates().map_err(io::Error::other)?;
    let anchors = anchor::Anchors::new(source.verdict);
    render(&templates, "head.html", &overview::of(source, &anchors), out)?;
    let run = scenario::Run { profile, redactions, anchors: &anchors, check: source.check };
    let calls: usize = source.verdict.scenarios.iter().map(|scenario| scenario.calls).sum();
    let page = |verdict: &ScenarioVerdict, open: bool| -> io::Result<Vec<u8>> {
        let evidence = evidence.scenario(verdict.index).map_err(io::Error::other)?;
        let mut room = calls::Room::of_part(verdict.calls, calls);
        let mut page = Vec::new();
        let view = scenario::of(verdict, &evidence, &run, open, &mut room);
        render(&templates, "scenario.html", &view, &mut page).map(|()| page)
    };
    let opened = scenario::opened(source);
    let scenarios: Vec<_> = source.verdict.scenarios.iter().zip(opened).collect();
    for batch in scenarios.chunks(BATCH) {
        for part in side_by_side(batch, &page)? {
            out.write_all(&part)?;
        }
    }
    render(&templates, "foot.html", &overview::foot(source), out)
}

/// Scenarios that are in memory at a time, and threads that work on them.
const BATCH: usize = 32;
const MOST_THREADS: usize = 4;

/// The pages of a few scenarios in their order, made by as many threads as the machine can feed.
fn side_by_side<T: Copy + Sync, U: Copy + Sync>(
    batch: &[(T, U)],
    page: &(impl Fn(T, U) -> io::Result<Vec<u8>> + Sync),
) -> io::Result<Vec<Vec<u8>>> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(MOST_THREADS);
    let share = batch.len().div_ceil(threads).max(1);
    let made = thread::scope(|scope| {
        let start = |part: &'_ [(T, U)]| part.iter().map(|(verdict, open)| page(*verdict, *open)).collect();
        let working: Vec<_> = batch.chunks(share).map(|part| scope.spawn(move || start(part))).collect();
        let finish = |thread: thread::ScopedJoinHandle<'_, io::Result<Vec<_>>>| {
            thread.join().unwrap_or_else(|_| Err(io::Error::other("a scenario cannot be drawn")))
        };
        working.into_iter().map(finish).collect::<io::Result<Vec<_>>>()
    })?;
    Ok(made.into_iter().flatten().collect())
}

fn render(
    templates: &Environment<'_>,
    name: &str,
    view: &impl serde::Serialize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let template = templates.get_template(name).map_err(io::Error::other)?;
    template.render_captured_to(Serde(view), out).map(drop).map_err(io::Error::other)
}

/// Everything is escaped but what a template marks as safe: the style, the script, and the data, which is escaped before.
fn templates() -> Result<Environment<'static>, minijinja::Error> {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.set_formatter(|out, state, value| match value.as_str() {
        Some(text) if !value.is_safe() && !is_printable(text) => {
            escape_formatter(out, state, &Value::from(printable(text)))
        }
        _ => escape_formatter(out, state, value),
    });
    templates.add_template("head.html", include_str!("head.html"))?;
    templates.add_template("scenario.html", include_str!("scenario.html"))?;
    templates.add_template("foot.html", include_str!("foot.html"))?;
    Ok(templates)
}

/// The page's own style and script by what they are, so that nothing else is applied or run.
fn hash(text: &str) -> String {
    STANDARD.encode(ring::digest::digest(&ring::digest::SHA256, text.as_bytes()))
}

//! Rules and where they were examined.

use super::anchor::{self, Anchors};
use crate::{
    report::face,
    rules::Rule,
    verdict::{Status, Verdict},
};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Serialize)]
pub(super) struct Row {
    key: String,
    id: &'static str,
    title: &'static str,
    /// The area of the contract, where this is its first rule.
    area: Option<&'static str>,
    cells: Vec<Option<Cell>>,
}

#[derive(Serialize)]
pub(super) struct Cell {
    tone: &'static str,
    mark: &'static str,
    words: &'static str,
    count: usize,
    link: String,
}

/// What a scenario is about: the folder it stands in.
pub(super) fn area(key: &str) -> &str {
    key.split_once('/').map_or("run", |(area, _)| area)
}

/// Rules down, what scenarios are about across. A cell is the worst that was seen there.
pub(super) fn rows(
    verdict: &Verdict,
    areas: &[&str],
    named: &BTreeMap<u16, &'static Rule>,
    anchors: &Anchors,
) -> Vec<Row> {
    let mut seen: BTreeMap<(u16, &str), (usize, usize, String)> = BTreeMap::new();
    for (scenario, check) in verdict.checks() {
        let Some(rule) = check.rule else { continue };
        let rank = Status::WORST_FIRST.iter().position(|status| *status == check.status).unwrap_or(0);
        let link = || anchors.finding(check).map_or_else(|| anchor::scenario(&scenario.key), str::to_owned);
        match seen.get_mut(&(rule.number, area(&scenario.key))) {
            Some((worst, count, target)) => {
                *count += 1;
                if rank < *worst {
                    (*worst, *target) = (rank, link());
                }
            }
            None => {
                seen.insert((rule.number, area(&scenario.key)), (rank, 1, link()));
            }
        }
    }
    let mut last = None;
    let row = |rule: &&'static Rule| {
        let name = rule.area.as_str();
        let first = last.replace(name) != Some(name);
        let cell = |area: &&str| {
            let (worst, count, link) = seen.get(&(rule.number, *area))?;
            let status = Status::WORST_FIRST[*worst];
            let face = face::of(status);
            let (tone, mark, words) = (face.tone.class(), face.mark, status.words());
            Some(Cell { tone, mark, words, count: *count, link: link.clone() })
        };
        Row {
            key: rule.key(),
            id: rule.id,
            title: rule.title,
            area: first.then_some(name),
            cells: areas.iter().map(cell).collect(),
        }
    };
    named.values().map(row).collect()
}

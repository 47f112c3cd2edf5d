//! How long the target took, operation by operation.

use crate::evidence::{Outcome, ScenarioEvidence};
use serde::Serialize;
use std::collections::BTreeMap;

/// The upper ends of the histogram's bars in microseconds; what is slower stands in one more bar.
pub const BOUNDS_US: [u32; 14] = [
    1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000,
    10_000_000, 30_000_000,
];

/// What is timed: an endpoint, and whether it was only asked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Operation {
    name: &'static str,
    check_only: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Samples {
    /// Four bytes for each call, so that percentiles are exact and a long run still fits.
    micros: Vec<u32>,
    unanswered: u64,
}

/// The times of calls, by operation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timings {
    operations: BTreeMap<Operation, Samples>,
}

/// What the times of one operation come to. Times are from the first byte sent to the last byte read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Timing {
    /// The endpoint; `call` for a call of a scenario that names no known one.
    pub operation: String,
    /// Only asked (CheckOnly), or done.
    pub check_only: bool,
    /// Calls that were answered.
    pub calls: u64,
    /// Calls without an answer; they are in none of the other numbers.
    pub unanswered: u64,
    pub p50_us: u32,
    pub p95_us: u32,
    pub max_us: u32,
    /// Calls for each bar of [`BOUNDS_US`], and one bar more.
    pub histogram: Vec<u64>,
}

impl Timings {
    /// The times of one scenario.
    pub(super) fn of(evidence: &ScenarioEvidence) -> Self {
        let mut timings = Self::default();
        for exchange in evidence.steps.iter().flat_map(|step| &step.exchanges) {
            let name = exchange.sent.endpoint.map_or("call", |endpoint| endpoint.name());
            let operation = Operation { name, check_only: exchange.sent.check_only };
            let samples = timings.operations.entry(operation).or_default();
            match &exchange.answered {
                Some(answered) if matches!(answered.outcome, Outcome::Received { .. }) => {
                    samples.micros.push(u32::try_from(answered.elapsed_us).unwrap_or(u32::MAX));
                }
                _ => samples.unanswered += 1,
            }
        }
        timings
    }

    /// Takes the times of another scenario.
    pub(super) fn absorb(&mut self, other: Self) {
        for (operation, samples) in other.operations {
            let mine = self.operations.entry(operation).or_default();
            mine.micros.extend(samples.micros);
            mine.unanswered += samples.unanswered;
        }
    }

    /// In the order of time, so that the same run gives the same bytes.
    pub(super) fn settle(&mut self) {
        self.operations.values_mut().for_each(|samples| samples.micros.sort_unstable());
    }

    /// One line for each operation, by name; the question before the deed.
    pub fn summaries(&self) -> Vec<Timing> {
        let mut timings: Vec<Timing> = self.operations.iter().map(|(operation, s)| summary(operation, s)).collect();
        timings.sort_by(|a, b| (&a.operation, !a.check_only).cmp(&(&b.operation, !b.check_only)));
        timings
    }
}

impl Timing {
    /// The operation in words: `Subscriptions/Create (pre-check)`.
    pub fn words(&self) -> String {
        if self.check_only { format!("{} (pre-check)", self.operation) } else { self.operation.clone() }
    }
}

fn summary(operation: &Operation, samples: &Samples) -> Timing {
    let mut sorted = samples.micros.clone();
    sorted.sort_unstable();
    let mut histogram = vec![0; BOUNDS_US.len() + 1];
    for micros in &sorted {
        let bar = BOUNDS_US.iter().position(|bound| micros <= bound).unwrap_or(BOUNDS_US.len());
        histogram[bar] += 1;
    }
    Timing {
        operation: operation.name.to_owned(),
        check_only: operation.check_only,
        calls: sorted.len() as u64,
        unanswered: samples.unanswered,
        p50_us: percentile(&sorted, 50),
        p95_us: percentile(&sorted, 95),
        max_us: sorted.last().copied().unwrap_or(0),
        histogram,
    }
}

/// The nearest rank: a time that was really measured.
fn percentile(sorted: &[u32], percent: usize) -> u32 {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let twenty: Vec<u32> = (1..=20).collect();
        assert_eq!((percentile(&twenty, 50), percentile(&twenty, 95)), (10, 19));
        assert_eq!((percentile(&[7], 50), percentile(&[7], 95)), (7, 7));
        assert_eq!(percentile(&[], 95), 0);
    }

    #[test]
    fn every_call_is_in_one_bar() {
        let samples = Samples { micros: vec![0, 1_000, 1_001, 40_000_000], unanswered: 2 };
        let summary = summary(&Operation { name: "Fields/Get", check_only: false }, &samples);
        assert_eq!((summary.calls, summary.unanswered), (4, 2));
        assert_eq!((summary.histogram[0], summary.histogram[1], summary.histogram[14]), (2, 1, 1));
        assert_eq!(summary.histogram.iter().sum::<u64>(), 4);
    }
}

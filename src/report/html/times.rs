//! How long the target took: numbers and pictures.

use crate::verdict::{BOUNDS_US, Timing, Verdict};
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Times {
    rows: Vec<Row>,
    /// All calls together; none without a call.
    chart: Option<Chart>,
    /// The profile's limit of one call.
    limit: Option<String>,
    /// What the small pictures show, from left to right.
    bounds: String,
}

#[derive(Serialize)]
struct Row {
    words: String,
    calls: u64,
    unanswered: u64,
    p50: String,
    p95: String,
    max: String,
    /// The longest of them as a part of the limit.
    of_limit: String,
    tone: &'static str,
    bars: Vec<Bar>,
    described: String,
}

#[derive(Serialize)]
struct Bar {
    x: usize,
    y: u64,
    height: u64,
}

#[derive(Serialize)]
struct Chart {
    width: usize,
    height: u64,
    /// The line that the bars stand on.
    ground: u64,
    bars: Vec<Column>,
    /// Where the limit stands.
    limit: Option<usize>,
    described: String,
}

#[derive(Serialize)]
struct Column {
    x: usize,
    middle: usize,
    y: u64,
    height: u64,
    label: String,
    /// Nothing where there is no call.
    count: String,
}

/// The highest bar of a small picture, and of the large one.
const HEIGHT: u64 = 24;
const LARGE: u64 = 96;
/// Room above the highest bar of the large picture for its number, and below for the times.
const ABOVE: u64 = 18;
const BELOW: u64 = 20;
/// From one column of the large picture to the next.
const COLUMN: usize = 48;

/// The times of a run.
pub(super) fn of(verdict: &Verdict) -> Times {
    let limit = verdict.run.profile.timeout_ms;
    let timings = verdict.timings.summaries();
    Times {
        chart: chart(&timings, limit),
        rows: timings.iter().map(|timing| row(timing, limit)).collect(),
        limit: limit.map(limit_words),
        bounds: format!("from {} to {} and above", time(BOUNDS_US[0]), time(BOUNDS_US[BOUNDS_US.len() - 1])),
    }
}

fn row(timing: &Timing, limit: Option<u64>) -> Row {
    let bar = |(index, height): (usize, u64)| Bar { x: index * 8, y: HEIGHT - height, height };
    let part = limit.filter(|ms| *ms > 0).map(|ms| u64::from(timing.max_us) / (ms * 10));
    let tone = match part {
        _ if timing.unanswered > 0 => "bad",
        Some(50..) => "odd",
        _ => "",
    };
    Row {
        words: timing.words(),
        calls: timing.calls,
        unanswered: timing.unanswered,
        p50: time(timing.p50_us),
        p95: time(timing.p95_us),
        max: time(timing.max_us),
        of_limit: match part {
            Some(0) => "below 1 %".to_owned(),
            Some(part) => format!("{part} %"),
            None => String::new(),
        },
        tone,
        bars: heights(&timing.histogram, HEIGHT).map(bar).filter(|bar| bar.height > 0).collect(),
        described: described(&timing.histogram),
    }
}

/// Whatever is there is seen, even one call beside ten thousand.
fn heights(histogram: &[u64], highest: u64) -> impl Iterator<Item = (usize, u64)> {
    let most = histogram.iter().copied().max().unwrap_or(0).max(1);
    let height = move |count: u64| if count == 0 { 0 } else { (count * highest / most).max(1) };
    histogram.iter().enumerate().map(move |(index, count)| (index, height(*count)))
}

fn described(histogram: &[u64]) -> String {
    let words = histogram.iter().enumerate().filter(|(_, count)| **count > 0).map(|(index, count)| {
        match BOUNDS_US.get(index) {
            Some(bound) => format!("{count} up to {}", time(*bound)),
            None => format!("{count} longer"),
        }
    });
    words.collect::<Vec<_>>().join(", ")
}

fn chart(timings: &[Timing], limit: Option<u64>) -> Option<Chart> {
    let mut all = vec![0; BOUNDS_US.len() + 1];
    for timing in timings {
        all.iter_mut().zip(&timing.histogram).for_each(|(sum, count)| *sum += count);
    }
    if all.iter().sum::<u64>() == 0 {
        return None;
    }
    let ground = ABOVE + LARGE;
    let column = |(index, height): (usize, u64)| Column {
        x: index * COLUMN + 4,
        middle: index * COLUMN + COLUMN / 2,
        y: ground - height,
        height,
        label: BOUNDS_US.get(index).map_or_else(|| "more".to_owned(), |bound| short(*bound)),
        count: if all[index] > 0 { all[index].to_string() } else { String::new() },
    };
    Some(Chart {
        width: all.len() * COLUMN,
        height: ground + BELOW,
        ground,
        bars: heights(&all, LARGE).map(column).collect(),
        limit: limit.and_then(|ms| {
            let us = ms.saturating_mul(1_000);
            // Behind the last bound there is no telling where.
            let index = BOUNDS_US.iter().position(|bound| us <= u64::from(*bound))?;
            Some((index + 1) * COLUMN)
        }),
        described: described(&all),
    })
}

fn limit_words(ms: u64) -> String {
    if ms.is_multiple_of(1_000) { format!("{} s", ms / 1_000) } else { format!("{ms} ms") }
}

fn short(us: u32) -> String {
    if us < 1_000_000 { format!("{} ms", us / 1_000) } else { format!("{} s", us / 1_000_000) }
}

fn time(us: u32) -> String {
    match us {
        0..10_000 => format!("{:.1} ms", f64::from(us) / 1e3),
        10_000..1_000_000 => format!("{:.0} ms", f64::from(us) / 1e3),
        _ => format!("{:.1} s", f64::from(us) / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timing(histogram: &[(usize, u64)], max_us: u32) -> Timing {
        let mut bars = vec![0; BOUNDS_US.len() + 1];
        histogram.iter().for_each(|(index, count)| bars[*index] = *count);
        Timing {
            operation: "Fields/Get".to_owned(),
            check_only: false,
            calls: bars.iter().sum(),
            unanswered: 0,
            p50_us: 1,
            p95_us: 1,
            max_us,
            histogram: bars,
        }
    }

    #[test]
    fn one_call_beside_ten_thousand_is_seen() {
        let chart = chart(&[timing(&[(0, 10_000)], 900), timing(&[(14, 1)], 40_000_000)], Some(2_000)).unwrap();
        let heights: Vec<u64> = chart.bars.iter().map(|bar| bar.height).filter(|height| *height > 0).collect();
        assert_eq!(heights, [LARGE, 1]);
        assert_eq!((chart.bars[0].count.as_str(), chart.bars[14].label.as_str()), ("10000", "more"));
        assert_eq!(chart.described, "10000 up to 1.0 ms, 1 longer");
        // Two seconds end the eleventh column.
        assert_eq!(chart.limit, Some(11 * COLUMN));
    }

    #[test]
    fn the_longest_call_is_held_against_the_limit() {
        let slow = row(&timing(&[(9, 1)], 800_000), Some(1_000));
        assert_eq!((slow.of_limit.as_str(), slow.tone), ("80 %", "odd"));
        let quick = row(&timing(&[(0, 1)], 900), Some(100_000));
        assert_eq!((quick.of_limit.as_str(), quick.tone), ("below 1 %", ""));
        assert_eq!(row(&timing(&[(0, 1)], 900), None).of_limit, "");
    }
}

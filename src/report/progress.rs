//! How far a run is, in one line, for somebody who watches.

/// The widest bar: it says less than the numbers beside it.
const WIDEST: usize = 30;
/// A narrower one says nothing.
const NARROWEST: usize = 8;

/// `[=====>    ] 12/85 scenarios · 2 failed`, no longer than `width` columns; the bar gives way first.
pub fn line(done: usize, all: usize, failed: usize, width: Option<u16>) -> String {
    let mut words = format!("{done}/{all} scenarios");
    if failed > 0 {
        words.push_str(&format!(" · {failed} failed"));
    }
    // A line that fills the last column would go on to the next one.
    let width = width.map_or(80, usize::from).saturating_sub(1);
    let room = width.saturating_sub(words.chars().count() + 3).min(WIDEST);
    if room < NARROWEST {
        return words.chars().take(width).collect();
    }
    let filled = (done.min(all) * room).checked_div(all).unwrap_or(room);
    let tip = if filled < room { ">" } else { "" };
    let rest = room - filled - tip.len();
    format!("[{}{tip}{}] {words}", "=".repeat(filled), " ".repeat(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_grows_and_gives_way_to_the_numbers() {
        assert_eq!(line(0, 4, 0, Some(33)), "[>               ] 0/4 scenarios");
        assert_eq!(line(2, 4, 1, Some(44)), "[========>       ] 2/4 scenarios · 1 failed");
        assert_eq!(line(4, 4, 0, Some(33)), "[================] 4/4 scenarios");
        assert_eq!(line(12, 85, 2, Some(20)), "12/85 scenarios · 2");
        for width in 0..200 {
            assert!(line(7, 9, 3, Some(width)).chars().count() <= usize::from(width).saturating_sub(1));
        }
    }
}

//! Draws the difference between two texts for people.

use similar::{DiffOp, DiffTag, TextDiff};
use std::{
    borrow::Cow,
    fmt::Write,
    iter,
    time::{Duration, Instant},
};

/// Nobody reads more; the rest is counted.
const MOST_LINES: usize = 400;

/// Longer lines are shown around the place where they differ, in bytes.
const LONGEST_LINE: usize = 400;

/// What the search for the smallest difference may take. After it the difference is drawn larger than it need be.
/// Tests have all the time in the world: what they compare must not depend on the machine.
const PATIENCE: Duration = if cfg!(test) { Duration::from_secs(600) } else { Duration::from_millis(300) };

/// Lines of each text that are looked at together, at first and at most: what has been moved further than that is drawn
/// as gone here and new there.
const WINDOW: usize = 1_000;
const WIDEST: usize = 64_000;

/// Changed blocks of more lines than this are drawn without marking the words.
const MOST_MARKED: usize = 40;

const RED: &str = "\x1b[31m";
const GREEN: &str = "\x1b[32m";
const CYAN: &str = "\x1b[36m";
const UNDERLINED: &str = "\x1b[4m";
const NOT_UNDERLINED: &str = "\x1b[24m";
const RESET: &str = "\x1b[0m";

/// The lines that differ with `context` lines around them, as a unified diff (`-` is old, `+` is new, `@@` gives the
/// line numbers). Empty when the texts are equal. Large texts are cut to what can be read, and never take long.
pub fn draw(old: &str, new: &str, context: usize, color: bool) -> String {
    let mut drawing = Drawing { out: String::new(), color, lines: 0, left_out: 0 };
    let deadline = Instant::now() + PATIENCE;
    let mut rest = Rest { old, new, old_line: 1, new_line: 1 };
    // What is equal is passed over by comparing bytes, which costs a hundredth of a line diff. That is made of some lines
    // from the first difference on, up to where both texts run together again, and so on from there.
    while rest.skip_equal(context) && drawing.lines < MOST_LINES {
        let mut window = WINDOW;
        loop {
            let (old, new) = (first_lines(rest.old, window), first_lines(rest.new, window));
            let whole = (old.len(), new.len()) == (rest.old.len(), rest.new.len());
            let diff = TextDiff::configure().deadline(deadline).diff_lines(old, new);
            let mut ops = diff.ops().to_vec();
            if !whole && !end_in_equal_lines(&mut ops, context) && window < WIDEST {
                window *= 4;
                continue;
            }
            drawing.hunks(&diff, ops.clone(), &rest, context, deadline);
            rest.pass(ops.last());
            break;
        }
    }
    drawing.finish(rest.old.len().max(rest.new.len()))
}

/// What is still to be drawn of both texts, from the start of a line.
struct Rest<'a> {
    old: &'a str,
    new: &'a str,
    /// Numbers of the first lines, counted from 1.
    old_line: usize,
    new_line: usize,
}

impl Rest<'_> {
    /// Goes on to `context` lines before the next difference; false if there is none.
    fn skip_equal(&mut self, context: usize) -> bool {
        let same = common_prefix(self.old.as_bytes(), self.new.as_bytes());
        if same == self.old.len() && same == self.new.len() {
            (self.old, self.new) = ("", "");
            return false;
        }
        let skipped = line_start(self.old, same, context);
        let lines = self.old.as_bytes()[..skipped].iter().filter(|byte| **byte == b'\n').count();
        (self.old, self.new) = (&self.old[skipped..], &self.new[skipped..]);
        (self.old_line, self.new_line) = (self.old_line + lines, self.new_line + lines);
        true
    }

    /// Goes on to behind the last operation that was drawn.
    fn pass(&mut self, last: Option<&DiffOp>) {
        let (old, new) = last.map_or((0, 0), |op| (op.old_range().end, op.new_range().end));
        self.old = &self.old[first_lines(self.old, old).len()..];
        self.new = &self.new[first_lines(self.new, new).len()..];
        (self.old_line, self.new_line) = (self.old_line + old, self.new_line + new);
    }
}

/// Cuts the operations behind the last place where both texts run together for longer than the context, and leaves the
/// context there; false if there is no such place. What follows it may look different with more lines in sight.
fn end_in_equal_lines(ops: &mut Vec<DiffOp>, context: usize) -> bool {
    let together = |op: &DiffOp| match op {
        DiffOp::Equal { len, .. } => *len > context,
        _ => false,
    };
    let Some(last) = ops.iter().rposition(together).filter(|index| *index > 0) else { return false };
    ops.truncate(last + 1);
    if let Some(DiffOp::Equal { len, .. }) = ops.last_mut() {
        *len = context;
    }
    true
}

/// So many lines from the start of the text.
fn first_lines(text: &str, lines: usize) -> &str {
    let end: usize = text.split_inclusive('\n').take(lines).map(str::len).sum();
    &text[..end]
}

/// Where the line starts that is `context` lines before the one of this byte.
fn line_start(text: &str, byte: usize, context: usize) -> usize {
    let breaks = text.as_bytes()[..byte].iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n');
    breaks.map(|(index, _)| index + 1).nth(context).unwrap_or(0)
}

fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 4096;
    // Comparing blocks is a `memcmp`; only the block that differs is looked at byte by byte.
    let blocks = a.chunks(BLOCK).zip(b.chunks(BLOCK)).take_while(|(a, b)| a == b);
    let equal: usize = blocks.map(|(a, _)| a.len()).sum();
    equal + a[equal..].iter().zip(&b[equal..]).take_while(|(a, b)| a == b).count()
}

struct Drawing {
    out: String,
    color: bool,
    lines: usize,
    left_out: usize,
}

impl Drawing {
    fn hunks(
        &mut self,
        diff: &TextDiff<'_, '_, str>,
        ops: Vec<DiffOp>,
        rest: &Rest<'_>,
        context: usize,
        deadline: Instant,
    ) {
        for group in similar::group_diff_ops(ops, context) {
            let (Some(first), Some(last)) = (group.first(), group.last()) else { continue };
            let range = |line: usize, start: usize, end: usize| format!("{},{}", line + start, end - start);
            let old = range(rest.old_line, first.old_range().start, last.old_range().end);
            let new = range(rest.new_line, first.new_range().start, last.new_range().end);
            self.line(CYAN, "", iter::once((false, format!("@@ -{old} +{new} @@").as_str())));
            for op in &group {
                self.op(diff, op, deadline);
            }
        }
    }

    fn op(&mut self, diff: &TextDiff<'_, '_, str>, op: &DiffOp, deadline: Instant) {
        let (old, new) = (op.old_range(), op.new_range());
        let line = |line: Option<&str>| line.unwrap_or_default().to_owned();
        if op.tag() == DiffTag::Equal {
            for index in new {
                self.line("", " ", iter::once((false, &*shown(&line(diff.new_slice(index)), None))));
            }
            return;
        }
        let short = |text: Option<&str>| text.is_none_or(|text| text.len() <= LONGEST_LINE);
        let markable = self.color
            && op.tag() == DiffTag::Replace
            && old.len() + new.len() <= MOST_MARKED
            && old.clone().all(|index| short(diff.old_slice(index)))
            && new.clone().all(|index| short(diff.new_slice(index)));
        if markable {
            for change in diff.iter_inline_changes_deadline(op, Some(deadline)) {
                let (color, sign) = match change.tag() {
                    similar::ChangeTag::Delete => (RED, "-"),
                    similar::ChangeTag::Insert => (GREEN, "+"),
                    similar::ChangeTag::Equal => ("", " "),
                };
                self.line(color, sign, change.values().iter().map(|(marked, text)| (*marked, &**text)));
            }
            return;
        }
        // A long line is shown where it differs from the line that took its place.
        for (place, index) in old.clone().enumerate() {
            let other = new.clone().nth(place).and_then(|index| diff.new_slice(index));
            self.line(RED, "-", iter::once((false, &*shown(diff.old_slice(index).unwrap_or_default(), other))));
        }
        for (place, index) in new.enumerate() {
            let other = old.clone().nth(place).and_then(|index| diff.old_slice(index));
            self.line(GREEN, "+", iter::once((false, &*shown(diff.new_slice(index).unwrap_or_default(), other))));
        }
    }

    fn line<'p>(&mut self, color: &str, sign: &str, pieces: impl Iterator<Item = (bool, &'p str)>) {
        if self.lines == MOST_LINES {
            self.left_out += 1;
            return;
        }
        self.lines += 1;
        let color = if self.color { color } else { "" };
        self.out.push_str(color);
        self.out.push_str(sign);
        for (marked, piece) in pieces {
            let marked = marked && !color.is_empty();
            self.out.push_str(if marked { UNDERLINED } else { "" });
            // What a service manager answers must not steer the terminal.
            let visible = piece.trim_end_matches(['\r', '\n']).chars();
            self.out.extend(visible.map(|c| if c.is_control() { '\u{fffd}' } else { c }));
            self.out.push_str(if marked { NOT_UNDERLINED } else { "" });
        }
        self.out.push_str(if color.is_empty() { "" } else { RESET });
        self.out.push('\n');
    }

    /// `undrawn` bytes were not even looked at.
    fn finish(mut self, undrawn: usize) -> String {
        if self.left_out > 0 {
            let _ = writeln!(self.out, "… and {} more lines", self.left_out);
        }
        if undrawn > 0 {
            let _ = writeln!(self.out, "… and whatever else differs in the last {undrawn} bytes");
        }
        self.out
    }
}

/// The line, or the part of it where it differs from the other one.
fn shown<'a>(line: &'a str, other: Option<&str>) -> Cow<'a, str> {
    if line.len() <= LONGEST_LINE {
        return Cow::Borrowed(line);
    }
    let differs = other.map_or(0, |other| common_prefix(line.as_bytes(), other.as_bytes()));
    let start = character_start(line, differs.saturating_sub(LONGEST_LINE / 4));
    let end = character_start(line, start + LONGEST_LINE);
    let before = if start > 0 { "…" } else { "" };
    match line.len() - end {
        0 => Cow::Owned(format!("{before}{}", &line[start..])),
        rest => Cow::Owned(format!("{before}{}… ({rest} more bytes)", &line[start..end])),
    }
}

/// The start of the character that this byte belongs to, or the end of the text.
fn character_start(text: &str, byte: usize) -> usize {
    (0..=byte.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0)
}

//! The conversation: show, ask, do, and go on.

use super::{
    lookup::Lookup,
    terminal::{Event, Terminal},
};
use crate::{
    profile,
    report::{Style, exit, printable, review as page},
    snapshot::{Desk, Effect, Redactions, Review, Varying},
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use unicode_width::UnicodeWidthStr;

/// The profile that a value can be hidden in.
pub(in crate::cli) struct Hiding {
    pub(in crate::cli) path: PathBuf,
    /// Arrays whose order does not matter.
    pub(in crate::cli) unordered: Vec<String>,
}

/// Everything that a review works with.
pub(in crate::cli) struct Session {
    pub(in crate::cli) review: Review,
    pub(in crate::cli) desk: Desk,
    pub(in crate::cli) lookup: Lookup,
    pub(in crate::cli) hiding: Option<Hiding>,
    pub(in crate::cli) terminal: Terminal,
    pub(in crate::cli) style: Style,
    /// Lines that did not fit on the screen.
    rest: Vec<String>,
}

impl Session {
    pub(in crate::cli) fn new(
        review: Review,
        desk: Desk,
        lookup: Lookup,
        hiding: Option<Hiding>,
        terminal: Terminal,
        style: Style,
    ) -> Self {
        Self { review, desk, lookup, hiding, terminal, style, rest: Vec::new() }
    }

    /// Goes through all of them; gives the exit code.
    pub(in crate::cli) async fn run(&mut self) -> u8 {
        self.show();
        let interrupted = loop {
            let sent = match self.review.current() {
                Some((_, item)) => self.lookup.origin(&item.name).is_some(),
                None => false,
            };
            let keys = page::prompt(&self.review, !self.rest.is_empty(), sent);
            let effect = match self.terminal.ask(&keys).await {
                Event::Key(key) => self.review.press(key),
                Event::Closed => break false,
                Event::Interrupted => break true,
            };
            if effect == Effect::End {
                break false;
            }
            self.perform(effect);
        };
        match (interrupted, self.review.waiting()) {
            (true, _) => exit::INTERRUPTED,
            (false, 0) => exit::CONFORMANT,
            (false, _) => exit::SNAPSHOTS,
        }
    }

    fn perform(&mut self, effect: Effect) {
        let done = match effect {
            Effect::Accept(indices) => self.accept(&indices),
            Effect::Reject(index) => self.reject(index),
            Effect::Redact(value) => self.redact(&value),
            Effect::Undo => self.undo(),
            Effect::Skipped => Ok("skipped".to_owned()),
            Effect::Back => Ok("no value was hidden".to_owned()),
            Effect::Choose => {
                let (values, rest) = self.review.choices();
                return self.page(page::choices(&values, rest, self.style));
            }
            Effect::Sent => {
                let origin = self.review.current().and_then(|(_, item)| self.lookup.origin(&item.name));
                match origin.map(|origin| origin.request.clone()) {
                    Some(request) => {
                        return self.page(
                            [vec![String::new(), "  what was sent, secrets masked:".to_owned()], request].concat(),
                        );
                    }
                    None => Err("no run that is kept here has this call any more".to_owned()),
                }
            }
            Effect::More => match std::mem::take(&mut self.rest) {
                rest if rest.is_empty() => Err("that was all of it".to_owned()),
                rest => return self.page(rest),
            },
            Effect::Help => return self.page(page::help(self.terminal.takes_lines())),
            Effect::Refuse(why) => Err(why.to_owned()),
            Effect::End => return,
        };
        match done {
            Ok(what) => {
                self.terminal.say(&format!("  → {}", printable(&what)));
                self.show();
            }
            // What could not be done was not decided: the same one is asked about again.
            Err(why) => self.terminal.say(&format!("  {}", printable(&why))),
        }
    }

    fn accept(&mut self, indices: &[usize]) -> Result<String, String> {
        let names: Vec<_> =
            indices.iter().filter_map(|index| self.review.items().get(*index)).map(|item| &item.name).collect();
        let edits = self.desk.accept(&names).map_err(|error| error.to_string())?;
        edits.apply().map_err(|error| error.to_string())?;
        self.review.accepted(indices, edits);
        Ok(self.what())
    }

    fn reject(&mut self, index: usize) -> Result<String, String> {
        let Some(item) = self.review.items().get(index) else { return Ok(String::new()) };
        let edits = self.desk.reject(&item.name).map_err(|error| error.to_string())?;
        edits.apply().map_err(|error| error.to_string())?;
        self.review.rejected(index, edits);
        Ok(self.what())
    }

    fn undo(&mut self) -> Result<String, String> {
        let Some(last) = self.review.last() else { return Ok(String::new()) };
        last.edits.undo().map_err(|error| format!("this cannot be taken back: {error}"))?;
        let what = format!("taken back: {}", last.what);
        self.review.taken_back();
        Ok(what)
    }

    fn redact(&mut self, value: &Varying) -> Result<String, String> {
        let Some(hiding) = &self.hiding else {
            return Err(format!(
                "there is no profile to note it in; write one (`mock-bss.yaml`), with\n{}",
                indented(&format!("redact:\n  \"{}\": {}", value.path.replace('"', "\\\""), value.kind))
            ));
        };
        let shown = hiding.path.display();
        // What a link points to is edited, and the link stays.
        let file = fs::canonicalize(&hiding.path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
        let before = fs::read(&file).map_err(|error| format!("{shown} cannot be read: {error}"))?;
        let text = std::str::from_utf8(&before).map_err(|_| format!("{shown} is not UTF-8"))?;
        let after = profile::add_redaction(text, &value.path, value.kind).map_err(|refused| {
            format!(
                "{shown} was not touched: {refused}\n  to hide the value, add by hand:\n{}",
                indented(&refused.by_hand)
            )
        })?;
        let rule =
            Redactions::new([(&value.path, value.kind)], &hiding.unordered).map_err(|error| error.to_string())?;
        // Many files may have to be written.
        self.terminal.say(&format!("  hiding {} …", printable(&value.path)));
        let mut done = self.desk.redact(&rule).map_err(|error| error.to_string())?;
        let after = after.map_or_else(|| before.clone(), String::into_bytes);
        done.edits.add(file.parent().unwrap_or(Path::new("/")), file.clone(), Some(before), Some(after));
        done.edits.apply().map_err(|error| error.to_string())?;
        let (waited, accepted) = (self.review.waiting(), done.accepted);
        self.review.redacted(value, done.pending, done.edits);
        let counted = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            count => format!("{count} {what}s"),
        };
        let settled = match waited - self.review.waiting() {
            0 => String::new(),
            count => format!("; {} no longer pending", counted(count, "snapshot")),
        };
        let rewritten = match accepted {
            0 => String::new(),
            count => format!(", and in {}", counted(count, "accepted snapshot")),
        };
        Ok(format!("{}: noted in {shown}{rewritten}{settled}", self.what()))
    }

    fn what(&self) -> String {
        self.review.last().map(|decision| decision.what.clone()).unwrap_or_default()
    }

    /// Shows the next one, or that there is none.
    fn show(&mut self) {
        let total = self.review.items().len();
        let lines = match self.review.current() {
            Some((index, item)) => page::item(item, index + 1, total, self.lookup.origin(&item.name), self.style),
            None => vec![String::new(), format!("  that was the last of {total}")],
        };
        self.page(lines);
    }

    /// Shows what fits on the screen and keeps the rest.
    fn page(&mut self, mut lines: Vec<String>) {
        let (columns, rows) = self.terminal.size();
        // The prompt takes up to four lines, one says what was done, and one how much more there is.
        let mut room = rows.saturating_sub(6).max(5);
        let fits = lines.iter().take_while(|line| {
            let taken = visible_width(line).div_ceil(columns).max(1);
            let fits = taken <= room;
            room = room.saturating_sub(taken);
            fits
        });
        // A single line may be longer than the screen.
        let mut fits = fits.count().max(1).min(lines.len());
        if fits + 1 == lines.len() {
            // To say that there is one more takes as much room as the line itself.
            fits = lines.len();
        }
        self.rest = lines.split_off(fits);
        let mut text = lines.join("\n");
        if !self.rest.is_empty() {
            text.push_str(&format!("\n  … {} more lines: m", self.rest.len()));
        }
        self.terminal.say(&text);
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n")
}

/// The columns that a line takes, colours aside.
fn visible_width(line: &str) -> usize {
    let mut width = 0;
    let mut rest = line;
    while let Some(start) = rest.find("\x1b[") {
        width += rest[..start].width();
        let behind = &rest[start + 2..];
        rest = behind.find(|c: char| c.is_ascii_alphabetic()).map_or("", |end| &behind[end + 1..]);
    }
    width + rest.width()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_take_no_columns_and_wide_characters_take_two() {
        assert_eq!(visible_width("plain"), 5);
        assert_eq!(visible_width("\x1b[1;31mred\x1b[0m!"), 4);
        assert_eq!(visible_width("\x1b[2m世界\x1b[0m"), 4);
        assert_eq!(visible_width("cut \x1b["), 4);
    }
}

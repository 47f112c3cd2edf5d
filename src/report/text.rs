//! Text for terminals: colours where they are wanted, and nothing from the target that could move the cursor.

/// Whether and how to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    pub color: bool,
    /// Columns of the terminal; `None` where nobody's window is to be filled: a file, a pipe, a CI.
    pub width: Option<u16>,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
    pub fn good(self, text: &str) -> String {
        self.paint("32", text)
    }
    pub fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }
    pub fn odd(self, text: &str) -> String {
        self.paint("33", text)
    }
    pub fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }
    pub(super) fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }
}

/// The text without anything that a terminal would obey: control characters become visible, and so do the marks that
/// turn the direction of writing or begin a line.
pub fn printable(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// Nothing in the text has to be made visible: most texts are so, and need no copy.
pub(super) fn is_printable(text: &str) -> bool {
    text.chars().all(|c| visible(c) == c)
}

/// The same for one character.
pub(super) fn visible(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        other => other,
    }
}

/// The same on one line: whoever writes a message must not be able to write a line of ours.
pub(super) fn one_line(text: &str) -> String {
    printable(&text.replace("\r\n", "\n")).replace('\n', " ␊ ").replace('\t', " ")
}

/// A label and its text on lines of at most `width` columns, the second and later ones below the text. A word that is
/// longer than a line is not broken: it may be a URL.
pub(super) fn labelled(margin: &str, label: &str, text: &str, width: Option<u16>) -> String {
    let hanging = " ".repeat(margin.len() + 10);
    let mut out = format!("{margin}{label:<9} ");
    let room = width.map_or(usize::MAX, |width| usize::from(width).saturating_sub(hanging.len()).max(20));
    let mut column = 0;
    for word in text.split(' ') {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > room {
            out.push('\n');
            out.push_str(&hanging);
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    out.push('\n');
    out
}

/// Each line behind a margin.
pub(super) fn indented(text: &str, margin: &str) -> String {
    text.lines().map(|line| if line.is_empty() { String::from("\n") } else { format!("{margin}{line}\n") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_hangs_below_itself() {
        let text = "one two three four five six seven";
        assert_eq!(labelled("  ", "why", text, None), "  why       one two three four five six seven\n");
        assert_eq!(
            labelled("  ", "why", text, Some(34)),
            "  why       one two three four\n            five six seven\n"
        );
    }
}

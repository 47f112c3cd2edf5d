//! Text for terminals: colours where they are wanted, and nothing from the target that could move the cursor.

/// Whether and how to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    pub color: bool,
}

impl Style {
    fn paint(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
    pub(super) fn good(self, text: &str) -> String {
        self.paint("32", text)
    }
    pub(super) fn bad(self, text: &str) -> String {
        self.paint("1;31", text)
    }
    pub(super) fn odd(self, text: &str) -> String {
        self.paint("33", text)
    }
    pub(super) fn faint(self, text: &str) -> String {
        self.paint("2", text)
    }
    pub(super) fn strong(self, text: &str) -> String {
        self.paint("1", text)
    }
}

/// The text without anything that a terminal would obey: control characters become visible, and so do the marks that
/// turn the direction of writing.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\n' | '\t' => c,
            '\u{0}'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
            '\u{7f}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
                '\u{fffd}'
            }
            other => other,
        })
        .collect()
}

/// The same on one line: whoever writes a message must not be able to write a line of ours.
pub(super) fn one_line(text: &str) -> String {
    printable(&text.replace("\r\n", "\n")).replace('\n', " ␊ ").replace('\t', " ")
}

/// Each line behind a margin.
pub(super) fn indented(text: &str, margin: &str) -> String {
    text.lines().map(|line| if line.is_empty() { String::from("\n") } else { format!("{margin}{line}\n") }).collect()
}

//! `${expression}` anywhere, also inside `{ flow: mappings }`.
//!
//! YAML reads the braces of `{ quantity: ${seats} }` as a mapping of its own. Before parsing, each `${…}` is therefore
//! replaced by a stand-in of the same length in bytes (one private-use character that numbers it, then filler), so that
//! every offset stays true, and put back into the scalars afterwards.

const FIRST: u32 = 0xE000;
const LAST: u32 = 0xF8FF;
const FILLER: char = '_';

/// The text with stand-ins, and the expressions in their order.
pub(super) struct Protected<'a> {
    pub(super) text: String,
    expressions: Vec<&'a str>,
}

/// Replaces each closed `${…}`. An unclosed one is left alone: YAML or the expression reader reports it.
pub(super) fn protect(source: &str) -> Protected<'_> {
    let mut text = String::with_capacity(source.len());
    let mut expressions = Vec::new();
    let mut rest = source;
    // A source that already uses private-use characters keeps its braces as they are: nothing to confuse them with.
    let usable = !source.chars().any(|c| (FIRST..=LAST).contains(&u32::from(c)));
    while usable && let Some(start) = rest.find("${") {
        let Some(length) = closing(&rest[start..]) else { break };
        let Some(stand_in) = stand_in(expressions.len()) else { break };
        text.push_str(&rest[..start]);
        text.push(stand_in);
        text.extend(std::iter::repeat_n(FILLER, length - stand_in.len_utf8()));
        expressions.push(&rest[start..start + length]);
        rest = &rest[start + length..];
    }
    text.push_str(rest);
    Protected { text, expressions }
}

impl Protected<'_> {
    /// Puts the expressions back into a scalar.
    pub(super) fn restore(&self, scalar: &str) -> String {
        if self.expressions.is_empty() || scalar.is_ascii() {
            return scalar.to_owned();
        }
        let mut out = String::with_capacity(scalar.len());
        let mut chars = scalar.chars();
        while let Some(c) = chars.next() {
            let code = u32::from(c);
            let expression = (FIRST..=LAST).contains(&code).then(|| self.expressions.get((code - FIRST) as usize));
            match expression.flatten() {
                Some(expression) => {
                    out.push_str(expression);
                    for _ in c.len_utf8()..expression.len() {
                        chars.next();
                    }
                }
                None => out.push(c),
            }
        }
        out
    }
}

fn stand_in(index: usize) -> Option<char> {
    let code = FIRST.checked_add(u32::try_from(index).ok()?)?;
    (code <= LAST).then(|| char::from_u32(code)).flatten()
}

/// The length in bytes of the `${…}` at the start, quotes respected; at least `${x}`, and on one line.
fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (index, c) in text.char_indices().skip(2) {
        match (quote, c) {
            (_, '\n') => return None,
            (None, '}') => return (index >= 3).then_some(index + 1),
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

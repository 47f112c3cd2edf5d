//! What a set of rules and scenarios is recognised by.

use super::all;
use ring::digest::{Context, SHA256};
use std::fmt::Write;

/// SHA-256 over what the rules demand: id, number, level, basis and title of each, in their order, as 64 hexadecimal digits.
pub fn digest() -> String {
    let lines: Vec<String> = all()
        .map(|rule| format!("{}\t{}\t{}\t{}\t{}", rule.number, rule.id, rule.level, rule.basis, rule.title))
        .collect();
    digest_of(lines.iter().map(|line| ("", line.as_bytes())))
}

/// SHA-256 over names and contents, in the given order. Lengths go in too, so that no part can pass for another.
pub fn digest_of<'a>(parts: impl Iterator<Item = (&'a str, &'a [u8])>) -> String {
    let mut context = Context::new(&SHA256);
    for (name, content) in parts {
        for part in [name.as_bytes(), content] {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            context.update(part);
        }
    }
    hex(context.finish().as_ref())
}

/// Two hexadecimal digits for each byte.
pub(super) fn hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::{digest, digest_of};

    #[test]
    fn names_contents_and_their_borders_all_count() {
        let of = |parts: &[(&str, &str)]| digest_of(parts.iter().map(|(name, text)| (*name, text.as_bytes())));
        assert_eq!(digest().len(), 64);
        assert_eq!(of(&[("a", "bc")]), of(&[("a", "bc")]));
        assert_ne!(of(&[("a", "bc")]), of(&[("ab", "c")]));
        assert_ne!(of(&[("a", "b"), ("c", "d")]), of(&[("c", "d"), ("a", "b")]));
        assert_ne!(of(&[("a", "b")]), of(&[("a", "c")]));
    }
}

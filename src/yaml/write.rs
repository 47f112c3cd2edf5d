//! Text of others as YAML: what a service manager says goes into a file that a person keeps, so it must neither end the
//! line that it stands on nor be read as anything but text.

/// The text as a scalar, plain where YAML cannot take it for something else, quoted otherwise. `None` where no file can
/// hold it as it is: `${` would become a variable of the environment, and private-use characters are the stand-ins of
/// expressions while a file is read.
pub fn scalar(text: &str) -> Option<String> {
    if text.contains("${") || text.chars().any(is_private) {
        return None;
    }
    if is_plain(text) {
        return Some(text.to_owned());
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if is_odd(c) => out.push_str(&format!("\\U{:08X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    Some(out)
}

/// The text as the key of a mapping. `None` too where it is longer than a reader of YAML looks for the colon after a key
/// (YAML 1.2, 7.4.2: 1024 characters).
pub fn key(text: &str) -> Option<String> {
    scalar(text).filter(|written| written.len() <= LONGEST_KEY)
}

const LONGEST_KEY: usize = 1024;

/// The text for a comment: one line, at most `longest` characters, nothing that an editor, a terminal or the reader of
/// the file would obey.
pub fn comment(text: &str, longest: usize) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = |c: char| if is_odd(c) || is_private(c) { '\u{fffd}' } else { c };
    let mut line: String = words.chars().take(longest).map(shown).collect();
    if words.chars().nth(longest).is_some() {
        line.push('…');
    }
    line.replace("${", "$ {")
}

/// Words that begin with a letter and that no reader of YAML takes for a number, a boolean or nothing.
fn is_plain(text: &str) -> bool {
    const TAKEN: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.'))
        && !TAKEN.iter().any(|word| word.eq_ignore_ascii_case(text))
}

fn is_private(c: char) -> bool {
    matches!(u32::from(c), 0xE000..=0xF8FF)
}

/// What is not seen, moves the cursor, turns the direction of writing, or is not allowed in YAML.
fn is_odd(c: char) -> bool {
    c.is_control()
        || matches!(u32::from(c), 0x061C | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF0..=0xFFFB)
        || matches!(u32::from(c) & 0xFFFF, 0xFFFE | 0xFFFF)
        || u32::from(c) >= 0xE0000
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Source, yaml};
    use std::sync::Arc;

    const NASTY: &[&str] = &[
        "plain",
        "",
        " blanks ",
        "a\nname: other",
        "tab\tand\rreturn",
        "quote \" and \\ and '",
        "# no comment",
        "a: b",
        "- item",
        "{ flow: [1] }",
        "true",
        "No",
        "~",
        "null",
        "0x1F",
        "1e3",
        "<<",
        "&anchor *alias !tag",
        "--- ",
        "...",
        "%YAML",
        "\u{feff}mark",
        "\u{202e}turned",
        "\u{2028}line",
        "\u{85}next",
        "\u{0}nul\u{1b}[31m",
        "ünï→😀",
        "e\u{301}",
        "$HOME {x}",
        "\u{10ffff}",
    ];

    fn read(text: String) -> yaml::Node {
        let source = Arc::new(Source { path: "x".into(), text });
        yaml::parse(&source).unwrap_or_else(|error| panic!("{}", error.render(false)))
    }

    #[test]
    fn a_scalar_means_the_text_that_it_was_made_from() {
        for text in NASTY {
            let written = scalar(text).unwrap();
            assert!(!written.contains('\n'));
            let root = read(format!("before: 1\n{written}: {written}\nlist: [{written}, {written}]\nafter: 2\n"));
            assert_eq!(root.entries().len(), 4, "{written}");
            let (key, value) = &root.entries()[1];
            assert_eq!((key.text.as_str(), value.text()), (*text, Some(*text)), "{written}");
            assert!(root.get("list").unwrap().items().iter().all(|item| item.text() == Some(*text)), "{written}");
        }
        assert_eq!((scalar("${HOME}"), scalar("\u{e000}")), (None, None));
    }

    #[test]
    fn a_key_is_as_long_as_a_reader_looks_for_its_colon() {
        let longest = "k".repeat(LONGEST_KEY);
        let root = read(format!("{}: 1\n\"{}\": 2\n", key(&longest).unwrap(), "é".repeat(500)));
        assert_eq!(root.get(&longest).unwrap().whole(), Some(1));
        assert_eq!((key(&"k".repeat(LONGEST_KEY + 1)), key(&"\n".repeat(103))), (None, None));
        assert!(scalar(&"k".repeat(5000)).is_some(), "a value may be as long as it likes");
    }

    #[test]
    fn a_comment_stays_on_its_line_and_says_nothing_to_the_reader() {
        for text in NASTY.iter().chain(&["${HOME", "\u{e000}${x}", "${'"]) {
            let written = comment(text, 40);
            let root = read(format!("a: 1 # {written}\n# {written}\nb: {{ c: ${{X}} }}\n"));
            assert_eq!(root.entries().len(), 2, "{written:?}");
            // The expression below is still one: nothing above it was taken for its beginning.
            assert_eq!(root.get("b").unwrap().get("c").unwrap().text(), Some("${X}"), "{written:?}");
        }
        assert_eq!(comment("  two\n words  ", 40), "two words");
        assert_eq!(comment(&"x".repeat(50), 10), format!("{}…", "x".repeat(10)));
        assert_eq!(comment(&"x".repeat(10), 10), "x".repeat(10));
    }
}

//! What a person reads while going through pending snapshots.

use super::{
    console::counted,
    text::{Style, one_line, printable},
};
use crate::{
    evidence::Exchange,
    json,
    snapshot::{self, Item, Review, Standing, Varying},
};

/// Where a call was made, as the evidence of the run knows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The scenario's title.
    pub title: String,
    /// The request, masked, in lines.
    pub request: Vec<String>,
}

impl Origin {
    /// The origin of an exchange in a scenario of this title.
    pub fn new(title: &str, exchange: &Exchange) -> Self {
        Self { title: title.to_owned(), request: request(exchange) }
    }
}

/// One pending snapshot, line by line: what it is, what differs, and the drawing; of a new one its content.
pub fn item(item: &Item, number: usize, total: usize, origin: Option<&Origin>, style: Style) -> Vec<String> {
    let compared = &item.compared;
    let word = if compared.changed().is_some() { style.odd("changed") } else { style.good("new") };
    let mut out = vec![
        String::new(),
        format!("{} · {word} · {}", style.strong(&format!("{number} of {total}")), printable(item.name.as_str())),
    ];
    let mut fact = |label: &str, text: String| out.push(format!("  {} {text}", style.faint(&format!("{label:<8}"))));
    let title = origin.map_or_else(String::new, |origin| format!("{} · ", one_line(&origin.title)));
    fact("scenario", format!("{title}{}", printable(item.name.scenario())));
    let mut words = compared.header.expression.split(' ');
    if let (Some(step), Some(label)) = (words.next().filter(|step| !step.is_empty()), words.next()) {
        fact("step", one_line(step));
        let endpoint: Vec<_> = words.collect();
        let endpoint = if endpoint.is_empty() { String::new() } else { format!(" · {}", endpoint.join(" ")) };
        fact("call", one_line(&format!("{label}{endpoint}")));
    }
    fact("answer", one_line(compared.new.lines().next().unwrap_or_default()));
    out.push(String::new());
    let Some(changed) = compared.changed() else {
        out.extend(printable(&compared.new).lines().skip(1).map(|line| format!("    {line}")));
        return out;
    };
    out.extend(changed.describe().iter().map(|line| format!("  {}", style.strong(&one_line(line)))));
    out.push(String::new());
    let old = compared.old.as_deref().unwrap_or_default();
    let drawn = snapshot::draw(&printable(old), &printable(&compared.new), 2, style.color);
    out.extend(drawn.lines().map(|line| format!("    {line}")));
    out
}

fn request(exchange: &Exchange) -> Vec<String> {
    let sent = &exchange.sent;
    let mut text = format!("{} {}\n", sent.method, sent.url);
    text.extend(sent.headers.iter().map(|(name, value)| format!("{name}: {value}\n")));
    if let Some(body) = &sent.body {
        text.push('\n');
        text.push_str(&json::parse(body.as_bytes()).map_or_else(|_| body.clone(), |json| json.to_pretty()));
    }
    printable(&text).lines().map(|line| format!("    {line}")).collect()
}

/// The values to choose from.
pub fn choices(values: &[Varying], rest: usize, style: Style) -> Vec<String> {
    let mut out = vec![String::new(), "  Which value changes on every run?".to_owned()];
    for (index, value) in values.iter().enumerate() {
        let more = if value.count > 1 { format!(" (and {} more there)", value.count - 1) } else { String::new() };
        let number = style.strong(&format!("{}", index + 1));
        out.push(format!("    {number}  {} ({}){more}", one_line(&value.path), value.kind));
        out.push(format!("       {}", style.faint(&one_line(&value.example))));
    }
    if rest > 0 {
        out.push(format!("    m  {}", counted(rest as u64, "more value")));
    }
    out
}

/// The keys that mean something now.
pub fn prompt(review: &Review, more: bool, sent: bool) -> Vec<(&'static str, &'static str)> {
    let undo = review.last().is_some();
    if review.is_choosing() {
        return vec![("1-9", "this value"), ("q", "none of them")];
    }
    let Some((_, item)) = review.current() else { return vec![("u", "undo the last one"), ("q", "done")] };
    let mut keys = vec![("a", "accept"), ("r", "reject"), ("s", "skip"), ("A", "accept scenario")];
    let optional = [
        (!item.compared.varying().is_empty(), ("v", "varies every run")),
        (sent, ("w", "what was sent")),
        (more, ("m", "more")),
        (undo, ("u", "undo")),
    ];
    keys.extend(optional.into_iter().filter(|(there, _)| *there).map(|(_, key)| key));
    keys.extend([("?", "help"), ("q", "quit")]);
    keys
}

/// The prompt in lines of at most so many columns.
pub fn prompt_lines(keys: &[(&str, &str)], columns: usize, style: Style) -> String {
    let (mut out, mut width) = (String::new(), 0);
    for (key, word) in keys {
        let length = key.len() + 1 + word.len();
        if width > 0 && width + 3 + length + 2 > columns {
            out.push('\n');
            width = 0;
        } else if width > 0 {
            out.push_str(" · ");
            width += 3;
        }
        out.push_str(&format!("{} {word}", style.strong(key)));
        width += length;
    }
    out.push_str(" > ");
    out
}

/// What each key does.
pub fn help(lines: bool) -> Vec<String> {
    let mut out = vec![String::new()];
    let how = if lines { "Type a letter, then Enter." } else { "Press a key." };
    out.push(format!("  {how} Each decision is written at once and can be taken back with u."));
    for (key, what) in [
        ("a", "accept: this answer is right from now on"),
        ("r", "reject: throw it away; what was accepted before stays"),
        ("s", "skip: leave it pending, decide later"),
        ("A", "accept this one and the other undecided ones of the same scenario"),
        ("v", "this value changes on every run: hide it, in the profile under `redact`, and in all snapshots"),
        ("w", "what was sent: the request, secrets masked"),
        ("m", "more of what is too long for the screen"),
        ("u", "undo the last decision, as often as you like"),
        ("q", "quit (also x, Esc, Ctrl-C): decisions stay, the rest stays pending"),
    ] {
        out.push(format!("    {key}  {what}"));
    }
    out
}

/// How it ended.
pub fn summary(review: &Review, place: &str) -> String {
    let count = |standing: Standing, word: &str| {
        Some(review.count(standing)).filter(|count| *count > 0).map(|count| format!("{count} {word}"))
    };
    let mut parts: Vec<String> = [
        count(Standing::Accepted, "accepted"),
        count(Standing::Rejected, "rejected"),
        count(Standing::Settled, "settled by a hidden value"),
    ]
    .into_iter()
    .flatten()
    .collect();
    match review.waiting() {
        0 => parts.push("nothing is pending any more".to_owned()),
        count => parts.push(format!("{count} still pending")),
    }
    format!("{} in {place}\n", parts.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{Compared, Header, Key, SnapshotName};

    const PLAIN: Style = Style { color: false, width: None };

    fn changed(old: &str, new: &str) -> Item {
        let header = Header { source: "s.yaml".into(), expression: "buy create Subscriptions/Create".into() };
        let body =
            |value: &str| format!("HTTP 200 text/\u{9b}1mhtml\n{{\n  \"{value}\": 1,\n  \"Message\": \"{value}\"\n}}");
        Item::new(
            SnapshotName::parse("a/b/buy.create.snap").unwrap(),
            Compared::new(header, Some(body(old)), body(new)),
        )
    }

    /// Whoever answers must not be able to steer the terminal, in no part of what is shown.
    #[test]
    fn nothing_that_a_terminal_would_obey_is_shown() {
        let hostile = changed("\u{9b}2Jold", "new\u{202e}\u{7f}");
        let origin = Origin { title: "A \u{9b}title\nof two lines".into(), request: Vec::new() };
        let mut shown = item(&hostile, 1, 2, Some(&origin), PLAIN);
        let review = Review::new(vec![hostile]);
        assert_eq!(review.choices().0.len(), 1);
        shown.extend(choices(&review.choices().0, 0, PLAIN));
        assert!(shown.iter().any(|line| line.contains("2Jold")));
        for line in &shown {
            assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{line:?}");
        }
    }

    #[test]
    fn what_is_known_of_the_call_is_said() {
        let shown = item(&changed("x", "y"), 3, 12, None, PLAIN).join("\n");
        for part in
            ["3 of 12 · changed · a/b/buy.create.snap", "step     buy", "call     create · Subscriptions/Create"]
        {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        let mut new = changed("x", "y");
        new.compared = std::sync::Arc::new(Compared::new(Header::default(), None, "HTTP 204".into()));
        let shown = item(&new, 1, 1, None, PLAIN).join("\n");
        assert!(shown.contains("1 of 1 · new") && shown.contains("HTTP 204") && !shown.contains("step"), "{shown}");
    }

    #[test]
    fn the_prompt_fits_the_screen_and_keeps_its_keys() {
        let keys = prompt(&Review::new(vec![changed("x", "y")]), true, true);
        for columns in [20, 40, 80, 200] {
            let lines = prompt_lines(&keys, columns, PLAIN);
            assert!(lines.lines().all(|line| line.chars().count() <= columns), "{columns}: {lines}");
            assert!(keys.iter().all(|(key, word)| lines.contains(&format!("{key} {word}"))), "{lines}");
        }
    }

    #[test]
    fn only_keys_that_do_something_are_offered() {
        let offered = |review: &Review, more, sent| -> String {
            prompt(review, more, sent).into_iter().map(|(key, _)| key).collect()
        };
        let mut review = Review::new(vec![changed("x", "x2")]);
        assert_eq!(offered(&review, false, false), "arsAv?q");
        assert_eq!(offered(&review, true, true), "arsAvwm?q");
        let new = Compared::new(Header::default(), None, "HTTP 204".into());
        let name = SnapshotName::parse("a/b/buy.create.snap").unwrap();
        assert_eq!(offered(&Review::new(vec![Item::new(name, new)]), false, false), "arsA?q", "nothing differs there");
        review.press(Key::Skip);
        assert_eq!(offered(&review, false, false), "uq");
    }
}

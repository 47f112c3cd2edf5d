//! What messages must not show: the insides of the service manager, and secrets.

use super::{Breach, OfAnswer, Seen};
use crate::{contract::Endpoint, evidence::PRELUDE, json::Json};
use regex::Regex;
use std::sync::OnceLock;

pub(super) const OF_ANSWERS: &[OfAnswer] = &[OfAnswer { rule: 75, examine: presentable }];

/// R-75: no stack trace, exception, source file, statement, connection string or secret in a message.
///
/// Messages are `Message` in any answer that is JSON, errors of the framework among them, and the texts of
/// Fields/Validate. Members beside it (frameworks add details for callers on the same machine) are not looked at. A secret
/// in a text of Fields/Validate is R-26's.
fn presentable(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let body = seen.body()?;
    if let (Endpoint::FieldsValidate, Some(items)) = (seen.endpoint, body.as_array()) {
        let texts = items.iter().enumerate().filter_map(|(index, item)| Some((index, item.as_str()?)));
        let mut breaches = None;
        for (index, text) in texts {
            let breaches = breaches.get_or_insert_with(Vec::new);
            breaches.extend(insides(text).map(|what| leak(what).at(format!("$[{index}]"))));
        }
        return breaches;
    }
    let text = body.member("Message").and_then(Json::as_str).filter(|text| !text.trim().is_empty())?;
    let mut breaches = Vec::new();
    breaches.extend(insides(text).map(|what| leak(what).at("$.Message")));
    // Before the settings are known, every value of the profile is masked, secret or not.
    if seen.exchange.sent.scenario != PRELUDE {
        breaches.extend(secret(text).map(|name| {
            Breach::new(format!("the Message repeats a secret: {name}"))
                .at("$.Message")
                .instead("a text that names the field, not its value", format!("the value of {name}"))
        }));
    }
    Some(breaches)
}

fn leak(what: &'static str) -> Breach {
    Breach::new(format!("the Message shows {what}")).instead("a text that a customer can be shown", what)
}

/// The name of a secret whose value stood in a text before it was masked.
pub(super) fn secret(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("[secret:")?;
    rest.split_once(']').map(|(name, _)| name)
}

/// What shows the insides of a service manager.
struct Inside {
    what: &'static str,
    /// What stands in every text that the pattern matches: without all of it the pattern is not even compiled, which
    /// takes longer than playing a scenario.
    holds: &'static [&'static str],
    pattern: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

const fn inside(what: &'static str, holds: &'static [&'static str], pattern: &'static str) -> Inside {
    Inside { what, holds, pattern, compiled: OnceLock::new() }
}

impl Inside {
    fn is_shown_by(&self, text: &str) -> bool {
        let regex = || self.compiled.get_or_init(|| Regex::new(self.pattern).ok()).as_ref();
        self.holds.iter().all(|part| text.contains(part)) && regex().is_some_and(|regex| regex.is_match(text))
    }
}

/// Each pattern needs what no sentence for a customer has: brackets right behind a dotted name, a line number behind a
/// source file, an exception's own name.
static INSIDES: [Inside; 30] = [
    inside(TRACE, &["at ", ".", "("], r"(?:^|\n|\s{2,})\s*at [A-Za-z_$][\w$<>`+]*(?:\.[\w$<>`+\[\],]+)+\("),
    inside(TRACE, &["at ", ":"], r"\bat (?:[\w.<>$]+ )?\(?(?:/|file:|node:|[A-Za-z]:\\)[\w./\\@ -]+:\d+:\d+\)?"),
    inside(TRACE, &["Traceback"], r"Traceback \(most recent call last\)"),
    inside(TRACE, &[".py", ", line "], r#"(?:File|in) "?[\w./\\: -]+\.py"?, line \d+"#),
    inside(TRACE, &["(", ".", ":"], r"\([\w$]+\.(?:java|kt|scala):\d+\)"),
    inside(TRACE, &["goroutine "], r"\bgoroutine \d+ \["),
    inside(TRACE, &["#", ".php("], r"(?:^|\s)#\d+ [\w./\\:-]+\.php\(\d+\)"),
    inside(TRACE, &[".rb:"], r"\.rb:\d+:in [`']"),
    inside(TRACE, &["panicked at "], r"thread '[\w-]+' panicked at "),
    inside(EXCEPTION, &[".", "Exception"], r"\b(?:[A-Za-z_]\w*\.)+[A-Z]\w*Exception\b"),
    inside(EXCEPTION, &[".", "Error"], r"\b(?:[A-Za-z_]\w*\.){2,}[A-Z]\w+Error\b"),
    inside(EXCEPTION, &["Exception"], r"\b[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)?Exception\b"),
    inside(EXCEPTION, &["xception:", "\n"], r"(?:^|\n)\s*(?:Unhandled )?[Ee]xception:\s*\n"),
    inside(
        EXCEPTION,
        &["Error: "],
        r"\b(?:Key|Value|Type|Attribute|Index|ZeroDivision|Runtime|Reference|Syntax|Name|Assertion|Unbound)Error: ",
    ),
    inside(PATH, &[":\\", "."], r"[A-Za-z]:\\[\w.\\ -]+\.(?:cs|vb|cshtml|dll|exe|config|py|php|js|ts|java)\b"),
    inside(
        PATH,
        &["/", "."],
        r#"(?:^|[\s"'(=])(?:/[\w.@-]+){2,}\.(?:cs|py|js|mjs|ts|java|php|rb|go|rs|kt)(?::\d+|\(\d+\)|"?, line \d+| on line \d+|:line \d+)"#,
    ),
    inside(SQL, &["SELECT", "FROM"], r"\bSELECT\s[\w\s.,*`\x22()\[\]]+\sFROM\s"),
    inside(SQL, &["INSERT INTO"], r"\bINSERT INTO\s+[\w.`\x22\[\]]+\s*(?:\(|VALUES\b)"),
    inside(SQL, &["UPDATE", "SET"], r"\bUPDATE\s+[\w.`\x22\[\]]+\s+SET\s"),
    inside(SQL, &["DELETE FROM"], r"\bDELETE FROM\s+[\w.`\x22\[\]]+"),
    inside(DATABASE, &["SQLSTATE["], r"SQLSTATE\["),
    inside(DATABASE, &["ORA-"], r"\bORA-\d{5}\b"),
    inside(DATABASE, &["error in your SQL syntax"], r"You have an error in your SQL syntax"),
    inside(DATABASE, &["syntax error at or near"], r"syntax error at or near"),
    inside(DATABASE, &["violates ", " constraint"], r"violates (?:unique|foreign key|not-null|check) constraint"),
    inside(DATABASE, &["Violation of "], r"Violation of (?:PRIMARY|UNIQUE) KEY constraint"),
    inside(DATABASE, &["constraint failed"], r"(?:UNIQUE|FOREIGN KEY|NOT NULL) constraint failed"),
    inside(
        CONNECTION,
        &["=", ";"],
        r"(?i-u:\b(?:server|data source|host)=[\w.,:\\ -]+;[\w.,:;=\\ -]*\b(?:password|pwd|user id|uid)=)",
    ),
    inside(
        CONNECTION,
        &["://"],
        r"(?i-u:\b(?:postgres|postgresql|mysql|mongodb|mongodb\+srv|redis|amqp|sqlserver|mssql)://\w)",
    ),
    inside(CONNECTION, &["jdbc:"], r"\bjdbc:\w+:"),
];

const TRACE: &str = "a stack trace";
const EXCEPTION: &str = "the name of an exception";
const PATH: &str = "the path of a source file";
const SQL: &str = "an SQL statement";
const DATABASE: &str = "an error of the database";
const CONNECTION: &str = "a connection string";

/// What a text shows of the insides of the service manager, if it does.
fn insides(text: &str) -> Option<&'static str> {
    INSIDES.iter().find(|inside| inside.is_shown_by(text)).map(|inside| inside.what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_compile() {
        for inside in &INSIDES {
            assert!(Regex::new(inside.pattern).is_ok(), "{}", inside.pattern);
        }
    }

    #[test]
    fn the_insides_are_told_from_sentences() {
        for leak in [
            "Object reference not set\r\n   at Vendor.Sdk.Client.Create(Order order) in C:\\build\\Client.cs:line 12",
            "boom    at com.vendor.api.Orders.create(Orders.java:123)",
            "TypeError\n    at Object.<anonymous> (/app/server.js:10:15)",
            "Traceback (most recent call last):\n  File \"/srv/app/main.py\", line 7, in create",
            "in /srv/app/main.py\", line 7",
            "System.NullReferenceException: Object reference not set to an instance of an object.",
            "NullReferenceException",
            "KeyError: 'storage'",
            "Exception:\n something",
            "requests.exceptions.ConnectionError",
            "error in C:\\inetpub\\wwwroot\\Sm\\Orders.cs:line 12",
            "Warning in /var/www/sm/orders.php on line 44",
            "SELECT id, name FROM orders WHERE id = 4",
            "INSERT INTO orders (id) VALUES (4)",
            "SQLSTATE[23000]: duplicate",
            "duplicate key value violates unique constraint \"orders_pkey\"",
            "cannot open Server=db1;Database=sm;User Id=sa;Password=x",
            "postgres://sm@db1/orders is down",
            "main.go failed: goroutine 1 [running]",
        ] {
            assert!(insides(leak).is_some(), "{leak}");
            // What is looked for first must not hide what a pattern would find.
            for inside in &INSIDES {
                let matches = Regex::new(inside.pattern).unwrap().is_match(leak);
                assert_eq!(inside.is_shown_by(leak), matches, "{leak}: {}", inside.pattern);
            }
        }
        for sentence in [
            "",
            "The subscription was not found at Contoso.Example (EU region)",
            "No exception can be made: at least 250 licences are needed.",
            "Exception: this offer needs a contract",
            "Error: quantity must be at most 300 (you asked for 301)",
            "See https://help.vendor.example/errors/index.php for details",
            "The domain acme.example is taken; look at it in the portal (Settings, Domains)",
            "Please select another product from the list, or update the set of add-ons",
            "Value Error in field quantity",
            "The folder /home/site/logs is full",
            "AccountsExists functionality is not supported by default",
            "Cannot move from C: to D: at 10:15:30",
            "Plan Mail.Pro(2024) is sold out at Contoso.Mail(EU)",
            "<Errors><Error><Severity>2</Severity><ErrorCode>7</ErrorCode></Error></Errors>",
        ] {
            assert_eq!(insides(sentence), None, "{sentence}");
        }
    }
}

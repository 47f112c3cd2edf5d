//! What messages must not show: the insides of the service manager, and secrets.

use super::{Breach, OfAnswer, Seen};
use crate::{contract::Endpoint, evidence::PRELUDE, json::Json};
use regex::RegexSet;
use std::sync::LazyLock;

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

/// Each pattern needs what no sentence for a customer has: brackets right behind a dotted name, a line number behind a
/// source file, an exception's own name.
const INSIDES: &[(&str, &str)] = &[
    ("a stack trace", r"(?:^|\n|\s{2,})\s*at [A-Za-z_$][\w$<>`+]*(?:\.[\w$<>`+\[\],]+)+\("),
    ("a stack trace", r"\bat (?:[\w.<>$]+ )?\(?(?:/|file:|node:|[A-Za-z]:\\)[\w./\\@ -]+:\d+:\d+\)?"),
    ("a stack trace", r"Traceback \(most recent call last\)"),
    ("a stack trace", r#"(?:File|in) "?[\w./\\: -]+\.py"?, line \d+"#),
    ("a stack trace", r"\([\w$]+\.(?:java|kt|scala):\d+\)"),
    ("a stack trace", r"\bgoroutine \d+ \["),
    ("a stack trace", r"(?:^|\s)#\d+ [\w./\\:-]+\.php\(\d+\)"),
    ("a stack trace", r"\.rb:\d+:in [`']"),
    ("a stack trace", r"thread '[\w-]+' panicked at "),
    ("the name of an exception", r"\b(?:[A-Za-z_]\w*\.)+[A-Z]\w*Exception\b"),
    ("the name of an exception", r"\b(?:[A-Za-z_]\w*\.){2,}[A-Z]\w+Error\b"),
    ("the name of an exception", r"\b[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)?Exception\b"),
    ("the name of an exception", r"(?:^|\n)\s*(?:Unhandled )?[Ee]xception:\s*\n"),
    (
        "the name of an exception",
        r"\b(?:Key|Value|Type|Attribute|Index|ZeroDivision|Runtime|Reference|Syntax|Name|Assertion|Unbound)Error: ",
    ),
    ("the path of a source file", r"[A-Za-z]:\\[\w.\\ -]+\.(?:cs|vb|cshtml|dll|exe|config|py|php|js|ts|java)\b"),
    (
        "the path of a source file",
        r#"(?:^|[\s"'(=])(?:/[\w.@-]+){2,}\.(?:cs|py|js|mjs|ts|java|php|rb|go|rs|kt)(?::\d+|\(\d+\)|"?, line \d+| on line \d+|:line \d+)"#,
    ),
    ("an SQL statement", r"\bSELECT\s[\w\s.,*`\x22()\[\]]+\sFROM\s"),
    ("an SQL statement", r"\bINSERT INTO\s+[\w.`\x22\[\]]+\s*(?:\(|VALUES\b)"),
    ("an SQL statement", r"\bUPDATE\s+[\w.`\x22\[\]]+\s+SET\s"),
    ("an SQL statement", r"\bDELETE FROM\s+[\w.`\x22\[\]]+"),
    (
        "an error of the database",
        r"SQLSTATE\[|\bORA-\d{5}\b|You have an error in your SQL syntax|syntax error at or near",
    ),
    (
        "an error of the database",
        r"violates (?:unique|foreign key|not-null|check) constraint|Violation of (?:PRIMARY|UNIQUE) KEY constraint|(?:UNIQUE|FOREIGN KEY|NOT NULL) constraint failed",
    ),
    (
        "a connection string",
        r"(?i-u:\b(?:server|data source|host)=[\w.,:\\ -]+;[\w.,:;=\\ -]*\b(?:password|pwd|user id|uid)=)",
    ),
    (
        "a connection string",
        r"(?i-u:\b(?:postgres|postgresql|mysql|mongodb|mongodb\+srv|redis|amqp|sqlserver|mssql)://\w)",
    ),
    ("a connection string", r"\bjdbc:\w+:"),
];

static PATTERNS: LazyLock<Option<RegexSet>> =
    LazyLock::new(|| RegexSet::new(INSIDES.iter().map(|(_, pattern)| pattern)).ok());

/// What a text shows of the insides of the service manager, if it does.
fn insides(text: &str) -> Option<&'static str> {
    let found = PATTERNS.as_ref()?.matches(text).into_iter().next()?;
    Some(INSIDES.get(found)?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_compile() {
        assert!(PATTERNS.is_some());
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

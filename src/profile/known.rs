//! `known_failures`: what is known to be wrong, until when, and who mends it.

use super::KnownFailure;
use crate::{
    diagnostic::position,
    yaml::{
        Node,
        shape::{Checker, Record, Shape, field, required},
    },
};

pub(super) const KNOWN_FAILURE: Record = Record {
    name: "a known failure",
    fields: &[
        required("rule", Shape::Text, "The rule that is broken: `R-nn`, or its id."),
        field("scenario", Shape::Text, "The key of the scenario that shows it; any by default."),
        required("reason", Shape::Text, "Why it is not mended yet."),
        required("owner", Shape::Text, "Who mends it."),
        required("expires", Shape::Text, "The last day on which it is known, as YYYY-MM-DD."),
    ],
};

/// Reads the list; rules are looked up by whoever knows them.
pub(super) fn read(list: Option<&Node>, source: &str, checker: &mut Checker) -> Vec<KnownFailure> {
    let mut found = Vec::new();
    for node in list.map(Node::items).unwrap_or_default() {
        let text = |name: &str| node.get(name).and_then(Node::text).map(|text| text.trim().to_owned());
        let (Some(rule), Some(reason), Some(owner), Some(expires)) =
            (text("rule"), text("reason"), text("owner"), text("expires"))
        else {
            continue;
        };
        if let Some(place) = node.get("expires")
            && (expires.len() != 10 || expires.parse::<jiff::civil::Date>().is_err())
        {
            checker
                .error(&place.span, "`expires` must be a day, as YYYY-MM-DD", format!("found `{expires}`"))
                .help("for example 2027-03-31: the last day on which the failure is known");
        }
        for (name, value) in [("reason", &reason), ("owner", &owner)] {
            if let (true, Some(place)) = (value.is_empty(), node.get(name)) {
                checker.error(&place.span, format!("`{name}` must say something"), "nothing stands here");
            }
        }
        let span = node.get("rule").map(|node| node.span.clone()).unwrap_or_default();
        let line = u32::try_from(position(source, span.start).0).unwrap_or(u32::MAX);
        found.push(KnownFailure { rule, scenario: text("scenario"), reason, owner, expires, line, span });
    }
    found
}

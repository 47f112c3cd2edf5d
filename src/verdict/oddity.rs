//! What is wrong with an answer that is no result, in the words of whoever has to mend it.

use crate::evidence::{Exchange, Outcome};

/// Longer texts of the target are cut.
const MOST: usize = 200;

/// A better word than "the body is not JSON", if there is one.
pub(super) fn of(exchange: &Exchange) -> Option<String> {
    let status = exchange.status()?;
    if exchange.asks_to_wait() {
        let after = cut(exchange.header("retry-after").unwrap_or_default());
        let times = match exchange.sent.attempt {
            0 => String::new(),
            more => format!(", and did so {} times", more + 1),
        };
        return Some(format!("HTTP {status} asks to wait (Retry-After: {after}){times}"));
    }
    if let (300..=399, Some(place)) = (status, exchange.header("location")) {
        return Some(format!("HTTP {status} sends the platform to {}, and the platform does not follow", cut(place)));
    }
    if let Some(coding) = coding(exchange) {
        return Some(format!("the body is compressed ({coding}), and nobody asked for that"));
    }
    if status != 200 {
        return None;
    }
    let text = exchange.text()?;
    if text.trim().is_empty() {
        return Some("the body is empty".to_owned());
    }
    let error = match exchange.json()? {
        Ok(body) => {
            let code =
                body.member("Code").filter(|_| exchange.answer().is_some_and(|answer| answer.code().is_none()))?;
            return Some(format!("`Code` is {}, which is no whole number of 64 bits", cut(&code.to_compact())));
        }
        Err(error) => error,
    };
    let kind = exchange.media_type();
    let start = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if let Some(Outcome::Received { lossy: true, .. }) = exchange.answered.as_ref().map(|answered| &answered.outcome) {
        return Some("the body is not JSON: it is not even text in UTF-8".to_owned());
    }
    if start.starts_with('<') {
        let html = kind == "text/html" || start.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("<html"));
        let html = html || start.get(..9).is_some_and(|head| head.eq_ignore_ascii_case("<!doctype"));
        return Some(format!("the body is {}, not JSON", if html { "HTML" } else { "XML" }));
    }
    Some(format!("the body is not JSON: {error}"))
}

/// How the body is encoded, where it is; nothing was asked for, so nothing is decoded.
pub(super) fn coding(exchange: &Exchange) -> Option<String> {
    let coding = exchange.header("content-encoding")?.trim();
    (!coding.is_empty() && !coding.eq_ignore_ascii_case("identity")).then(|| cut(coding))
}

fn cut(text: &str) -> String {
    super::excerpt::cut(text, MOST)
}

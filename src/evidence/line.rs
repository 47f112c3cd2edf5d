//! An event as its line in `evidence.jsonl`.
//!
//! serde writes all of it but the bodies: they are most of what is written, and full of quotes.

use super::event::{Answered, Event, Intent, Outcome, Sent};
use crate::{contract::Endpoint, json::escape};
use serde::Serialize;
use std::io;

/// Room for what stands around a body.
const AROUND: usize = 1024;

/// The line of an event, with its line break: what [`Event`]'s own `Serialize` gives.
pub(super) fn of(event: &Event) -> io::Result<Vec<u8>> {
    let mut line;
    match event {
        Event::Sent(sent) => {
            line = Vec::with_capacity(AROUND + sent.body.as_ref().map_or(0, |body| body.len() * 9 / 8));
            self::sent(sent, &mut line)?;
        }
        Event::Answered(Answered {
            scenario,
            step,
            call,
            attempt,
            elapsed_us,
            outcome: Outcome::Received { status, headers, body, lossy, truncated },
        }) => {
            line = Vec::with_capacity(AROUND + body.len() * 9 / 8);
            line.extend_from_slice(b"{\"answered\":");
            let (scenario, step, call, attempt, elapsed_us) = (*scenario, *step, *call, *attempt, *elapsed_us);
            open(&AnsweredHead { scenario, step, call, attempt, elapsed_us }, &mut line)?;
            line.extend_from_slice(b",\"outcome\":{\"received\":");
            open(&ReceivedHead { status: *status, headers }, &mut line)?;
            line.extend_from_slice(b",\"body\":");
            escape(body, &mut line);
            for (name, _) in [("lossy", lossy), ("truncated", truncated)].into_iter().filter(|(_, is)| **is) {
                line.extend_from_slice(format!(",\"{name}\":true").as_bytes());
            }
            line.extend_from_slice(b"}}}}");
        }
        other => line = serde_json::to_vec(other)?,
    }
    line.push(b'\n');
    Ok(line)
}

fn sent(sent: &Sent, line: &mut Vec<u8>) -> io::Result<()> {
    // Every member by its name, so that a new one cannot be forgotten.
    let Sent { scenario, step, call, attempt, intent, label, endpoint, check_only, method, url, headers, body } = sent;
    let (scenario, step, call, attempt, check_only) = (*scenario, *step, *call, *attempt, *check_only);
    let endpoint = endpoint.as_ref();
    let head = SentHead { scenario, step, call, attempt, intent, label, endpoint, check_only, method, url, headers };
    line.extend_from_slice(b"{\"sent\":");
    open(&head, line)?;
    if let Some(body) = body {
        line.extend_from_slice(b",\"body\":");
        escape(body, line);
    }
    line.extend_from_slice(b"}}");
    Ok(())
}

/// Writes an object without its closing brace.
fn open(head: &impl Serialize, line: &mut Vec<u8>) -> io::Result<()> {
    serde_json::to_writer(&mut *line, head)?;
    line.pop();
    Ok(())
}

#[derive(Serialize)]
struct SentHead<'a> {
    scenario: u32,
    step: u32,
    call: u32,
    attempt: u32,
    intent: &'a Intent,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'a Endpoint>,
    check_only: bool,
    method: &'a str,
    url: &'a str,
    headers: &'a [(String, String)],
}

#[derive(Serialize)]
struct AnsweredHead {
    scenario: u32,
    step: u32,
    call: u32,
    attempt: u32,
    elapsed_us: u64,
}

#[derive(Serialize)]
struct ReceivedHead<'a> {
    status: u16,
    headers: &'a [(String, String)],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{FailureKind, StepEnd, StepFinished};

    const BODIES: [&str; 4] =
        ["", "{\"Code\":0,\n\"é\":\"a\\\\b\\u0007\"}", "\u{0}\u{1f}\u{7f}\u{2028}", "<html>\"</html>"];

    fn same(event: &Event) {
        let line = of(event).unwrap();
        let expected = serde_json::to_string(event).unwrap() + "\n";
        assert_eq!(String::from_utf8(line).unwrap(), expected);
    }

    #[test]
    fn a_line_is_what_serde_makes_of_the_event() {
        let intents = [
            Intent::Ordinary,
            Intent::Variation("odd \"one\"".into()),
            Intent::Flawed { flaw: "f".into(), control: "c".into() },
            Intent::Suspect("s".into()),
        ];
        let headers = vec![("Accept".to_owned(), "a\"b".to_owned()), ("X".to_owned(), String::new())];
        for (place, intent) in intents.into_iter().enumerate() {
            let mut sent = Sent {
                scenario: 7,
                step: 1,
                call: 2,
                attempt: 3,
                intent,
                label: "create-\u{1}".into(),
                endpoint: Some(Endpoint::SubscriptionCreate),
                check_only: true,
                method: "POST".into(),
                url: "http://h/x?\"".into(),
                headers: headers.clone(),
                body: Some(BODIES[place].into()),
            };
            same(&Event::Sent(sent.clone()));
            (sent.endpoint, sent.body, sent.check_only, sent.headers) = (None, None, false, Vec::new());
            same(&Event::Sent(sent));
        }
        for body in BODIES {
            for (lossy, truncated) in [(false, false), (true, false), (false, true), (true, true)] {
                let (headers, body) = (headers.clone(), body.to_owned());
                let outcome = Outcome::Received { status: 200, headers, body, lossy, truncated };
                answered(outcome);
            }
        }
        answered(Outcome::Failed { kind: FailureKind::Timeout, message: "\"late\"".into() });
        same(&Event::StepFinished(StepFinished { scenario: 1, step: 2, end: StepEnd::Played }));
    }

    fn answered(outcome: Outcome) {
        same(&Event::Answered(Answered { scenario: 1, step: 2, call: 3, attempt: 4, elapsed_us: u64::MAX, outcome }));
    }
}

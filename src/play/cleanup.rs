//! Cancelling what an earlier run left behind.

use super::{
    Leftover, Player, Session, leftover::cancel, probe, recording::Recording, request::Draft, teardown::words,
};
use crate::{
    contract::{Endpoint, Meaning},
    evidence::{Event, Intent, Probe, ProbeMoment, Probed},
    json::{self, Json},
};
use std::{collections::BTreeSet, io, sync::Arc};

/// How cancelling ended.
#[derive(Debug, Default)]
pub struct Cleanup {
    /// Scenario and id of what was cancelled.
    pub cancelled: Vec<(String, String)>,
    /// What remains, and why.
    pub remains: Vec<(Leftover, String)>,
    /// Orders without an answer of which the vendor side shows nothing.
    pub never_made: usize,
    /// Nothing was ever answered: the reason.
    pub unreachable: Option<String>,
    pub interrupted: bool,
}

impl Player {
    /// Cancels subscriptions, one after the other.
    ///
    /// # Errors
    /// The evidence of it cannot be written; nothing has been sent after that.
    pub async fn clean_up(&self, leftovers: Vec<Leftover>) -> io::Result<Cleanup> {
        let session = &*self.session;
        let mut done = Cleanup::default();
        let known: BTreeSet<String> = leftovers.iter().filter_map(|left| left.id.clone()).collect();
        let mut recording: Option<(u32, Recording<'_>)> = None;
        let mut answered = false;
        for left in leftovers {
            if recording.as_ref().is_none_or(|(scenario, _)| *scenario != left.scenario) {
                recording = Some((left.scenario, Recording::new(session, left.scenario, &left.key, "cleanup")));
            }
            let Some((_, recording)) = &mut recording else { continue };
            let reason = match (&left.cancel, &left.id, session.away(), session.stopping()) {
                (.., true) => {
                    done.interrupted = true;
                    Some("interrupted".to_owned())
                }
                (_, _, Some(away), _) => Some(format!("the target went away: {away}")),
                (Err(reason), ..) => Some(reason.clone()),
                (Ok(body), Some(id), ..) => {
                    let reason = send(session, recording, body).await?;
                    if reason.is_none() {
                        done.cancelled.push((left.key.clone(), id.clone()));
                    }
                    reason
                }
                (Ok(body), None, ..) => match find(session, recording, &left, body, &known).await? {
                    Err(reason) => Some(reason),
                    Ok(found) if found.is_empty() => {
                        done.never_made += 1;
                        None
                    }
                    Ok(found) => {
                        let mut failed = None;
                        for id in found {
                            match send(session, recording, &cancel(body.clone(), &id)).await? {
                                None => done.cancelled.push((left.key.clone(), id)),
                                Some(reason) => failed = Some(format!("{id}: {reason}")),
                            }
                        }
                        failed
                    }
                },
            };
            answered |= recording.evidence.steps.iter().flat_map(|s| &s.exchanges).any(|e| e.status().is_some());
            done.remains.extend(reason.map(|reason| (left, reason)));
        }
        done.unreachable = session.away().filter(|_| !answered);
        Ok(done)
    }
}

/// Sends a Cancel; the reason why it did not cancel.
async fn send(session: &Session, recording: &mut Recording<'_>, body: &Json) -> io::Result<Option<String>> {
    let endpoint = Endpoint::SubscriptionCancel;
    let draft = Draft::of(session, &session.profile.dialect, endpoint, Some(Arc::new(body.clone())));
    let answer = recording.exchange(&draft, "subscriptions-cancel", false, Intent::Teardown).await?;
    let meaning = answer.map(|answer| answer.meaning(endpoint, &session.profile.pending));
    Ok(match meaning {
        Some(Meaning::Accepted) => None,
        Some(meaning) => Some(words(&meaning)),
        None => Some(recording.last_failure().map_or_else(|| "no answer".to_owned(), |(_, message)| message)),
    })
}

/// Looks at the vendor side for what an order without an answer may have made: what its customer has there and no answer
/// has ever named.
async fn find(
    session: &Session,
    recording: &mut Recording<'_>,
    left: &Leftover,
    body: &Json,
    known: &BTreeSet<String>,
) -> io::Result<Result<Vec<String>, String>> {
    const UNKNOWN: &str = "it was ordered and no answer is known: it may exist, and nothing can name it";
    let of_account = |member: &str| body.member("Account").and_then(|a| a.text_of(member)).unwrap_or_default();
    let Some(outcome) = probe::look(session, &of_account("ExternalID"), &of_account("ID")).await else {
        return Ok(Err(format!("{UNKNOWN} (a probe could find it)")));
    };
    let step = recording.step;
    let moment = ProbeMoment::End;
    recording.record(Event::Probed(Probed { scenario: left.scenario, step, moment, outcome: outcome.clone() }))?;
    let document = match &outcome {
        Probe::Document(text) => json::parse(text.as_bytes()).map_err(|error| error.to_string()),
        Probe::Failed(reason) => Err(reason.clone()),
    };
    let document = match document {
        Ok(document) => document,
        Err(reason) => return Ok(Err(format!("{UNKNOWN} (the probe failed: {reason})"))),
    };
    let list = document.member("subscriptions").and_then(Json::as_array).unwrap_or_default();
    let living = list.iter().filter(|seen| seen.text_of("status").as_deref() != Some("cancelled"));
    Ok(Ok(living.filter_map(|seen| seen.text_of("id")).filter(|id| !known.contains(id)).collect()))
}

//! Cleaning up: what a scenario bought is cancelled, whatever happened before.

use super::{Session, recording::Recording, request::Draft};
use crate::{
    bss::{Action, Bss, By, Received, Status},
    contract::{Endpoint, Meaning},
    evidence::{Intent, LeftBehind},
    json::Json,
};
use std::{io, sync::Arc};

/// Cancels what still lives, of everybody. What cannot be cancelled is returned.
pub(super) async fn clean_up(
    session: &Session,
    recording: &mut Recording<'_>,
    everybody: Vec<&mut Bss>,
) -> io::Result<Vec<LeftBehind>> {
    let mut left = Vec::new();
    for _ in 0..recording.ledger.nameless {
        let reason = "it was accepted without a Result, so nothing can name it".to_owned();
        left.push(LeftBehind { id: "?".to_owned(), kind: "subscription".to_owned(), reason });
    }
    for bss in everybody {
        cancel_living(session, recording, bss, &mut left).await?;
    }
    for (id, body) in recording.ledger.strays() {
        if let Some(reason) = cancel_stray(session, recording, &id, body).await? {
            left.push(LeftBehind { id, kind: "subscription".to_owned(), reason });
        }
    }
    Ok(left)
}

/// Cancels what one customer still has.
async fn cancel_living(
    session: &Session,
    recording: &mut Recording<'_>,
    bss: &mut Bss,
    left: &mut Vec<LeftBehind>,
) -> io::Result<()> {
    let living: Vec<(String, String)> = bss.living().map(|s| (s.key.clone(), s.external_id.clone())).collect();
    // A purchase that was added to another subscription ends with it, whether or not that may be said twice.
    let gone = |bss: &Bss, id: &str| {
        bss.subscriptions().iter().any(|other| other.external_id == id && other.status == Status::Cancelled)
    };
    for (key, id) in living {
        let ended = gone(bss, &id);
        let reason = match bss.begin(Action::Cancel { subscription: Some(key) }, By::Bss, 0) {
            Err(impossible) => Some(impossible.to_string()),
            Ok(mut conversation) => {
                let mut reason = None;
                while let Some(call) = conversation.next_call(bss) {
                    let draft = Draft::of(session, bss.dialect(), call.endpoint, call.body.clone());
                    let draft = draft.called_by(recording.ledger.caller(&id));
                    let answer = recording.exchange(&draft, &call.label(), call.check_only, Intent::Teardown).await?;
                    let received = answer.as_deref().map_or(Received::Lost, Received::Answer);
                    if let crate::bss::Progress::Stopped(meaning) = conversation.answered(bss, received) {
                        let refused_again = ended && matches!(meaning, Meaning::Refused { .. });
                        reason = (!refused_again).then(|| words(&meaning));
                    }
                }
                reason
            }
        };
        left.extend(reason.map(|reason| LeftBehind { id, kind: "subscription".to_owned(), reason }));
    }
    Ok(())
}

/// Cancels at once what an order brought that the platform never made. `false` when there was nothing; what cannot be
/// cancelled now is tried again at the end.
pub(super) async fn cancel_strays(session: &Session, recording: &mut Recording<'_>) -> io::Result<bool> {
    let strays = recording.ledger.strays();
    let any = !strays.is_empty();
    for (id, body) in strays {
        if cancel_stray(session, recording, &id, body).await?.is_none() {
            recording.ledger.gone(&id);
        }
    }
    Ok(any)
}

/// Cancels one; the reason why it could not be.
async fn cancel_stray(
    session: &Session,
    recording: &mut Recording<'_>,
    id: &str,
    mut body: Json,
) -> io::Result<Option<String>> {
    if let Json::Object(members) = &mut body {
        members.set("ID", Json::text(id));
        members.set("ActionType", "Cancel");
        members.set("CheckOnly", false);
    }
    let endpoint = Endpoint::SubscriptionCancel;
    let draft = Draft::of(session, &session.profile.dialect, endpoint, Some(Arc::new(body)));
    let draft = draft.called_by(recording.ledger.caller(id));
    let answer = recording.exchange(&draft, "subscriptions-cancel", false, Intent::Teardown).await?;
    let meaning = answer.map(|answer| answer.meaning(endpoint, &session.profile.pending));
    Ok(match meaning {
        Some(Meaning::Accepted) => None,
        Some(meaning) => Some(words(&meaning)),
        None => Some("no answer".to_owned()),
    })
}

pub(super) fn words(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Accepted => "accepted".to_owned(),
        Meaning::Refused { code, message } => format!("refused with Code {code}: {message}"),
        Meaning::Denied => "denied".to_owned(),
        Meaning::NotOffered => "the target does not offer Subscriptions/Cancel".to_owned(),
        Meaning::Pending => "still in progress".to_owned(),
        Meaning::Broken(reason) => reason.clone(),
    }
}

//! Cleaning up: what a scenario bought is cancelled, whatever happened before.

use super::{Session, recording::Recording, request::Draft};
use crate::{
    bss::{Action, Bss, By, Received},
    contract::{Endpoint, Meaning},
    evidence::{Intent, LeftBehind},
    json::Json,
};
use std::{io, sync::Arc};

/// Cancels what still lives. What cannot be cancelled is returned.
pub(super) async fn clean_up(
    session: &Session,
    recording: &mut Recording<'_>,
    bss: &mut Bss,
) -> io::Result<Vec<LeftBehind>> {
    let mut left = Vec::new();
    for _ in 0..recording.ledger.nameless {
        let reason = "it was accepted without a Result, so nothing can name it".to_owned();
        left.push(LeftBehind { id: "?".to_owned(), kind: "subscription".to_owned(), reason });
    }
    let living: Vec<(String, String)> = bss.living().map(|s| (s.key.clone(), s.external_id.clone())).collect();
    for (key, id) in living {
        let reason = match bss.begin(Action::Cancel { subscription: Some(key) }, By::Bss, 0) {
            Err(impossible) => Some(impossible.to_string()),
            Ok(mut conversation) => {
                let mut reason = None;
                while let Some(call) = conversation.next_call(bss) {
                    let draft = Draft::of(session, bss.dialect(), call.endpoint, call.body.clone());
                    let answer = recording.exchange(&draft, &call.label(), call.check_only, Intent::Teardown).await?;
                    let received = answer.as_deref().map_or(Received::Lost, Received::Answer);
                    if let crate::bss::Progress::Stopped(meaning) = conversation.answered(bss, received) {
                        reason = Some(words(&meaning));
                    }
                }
                reason
            }
        };
        left.extend(reason.map(|reason| LeftBehind { id, kind: "subscription".to_owned(), reason }));
    }
    for (id, mut body) in std::mem::take(&mut recording.ledger).strays() {
        if let Json::Object(members) = &mut body {
            members.set("ID", Json::text(id.as_str()));
            members.set("ActionType", "Cancel");
            members.set("CheckOnly", false);
        }
        let endpoint = Endpoint::SubscriptionCancel;
        let draft = Draft::of(session, bss.dialect(), endpoint, Some(Arc::new(body)));
        let answer = recording.exchange(&draft, "subscriptions-cancel", false, Intent::Teardown).await?;
        let meaning = answer.map(|answer| answer.meaning(endpoint, &session.profile.pending));
        if meaning != Some(Meaning::Accepted) {
            let reason = meaning.map_or_else(|| "no answer".to_owned(), |meaning| words(&meaning));
            left.push(LeftBehind { id, kind: "subscription".to_owned(), reason });
        }
    }
    Ok(left)
}

fn words(meaning: &Meaning) -> String {
    match meaning {
        Meaning::Accepted => "accepted".to_owned(),
        Meaning::Refused { code, message } => format!("refused with Code {code}: {message}"),
        Meaning::Denied => "denied".to_owned(),
        Meaning::NotOffered => "the target does not offer Subscriptions/Cancel".to_owned(),
        Meaning::Pending => "still in progress".to_owned(),
        Meaning::Broken(reason) => reason.clone(),
    }
}

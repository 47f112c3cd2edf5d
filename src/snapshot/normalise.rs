//! From an answer to the text of a snapshot. Pure, and fast enough to run on every call.

use super::{
    identity::Identities,
    redact::Redactions,
    writer::{Numbered, Writer, peek},
};
use crate::{
    contract::{Answer, Endpoint, Meaning, Section, answer::PendingSignal},
    evidence::{Exchange, Identity, Outcome},
    json::{Json, Object},
};

/// Normalises the answers of one scenario. Feed it every exchange in the order (step, call, attempt): ids are learned
/// from all of them, also from those that have no snapshot.
#[derive(Debug)]
pub struct Normaliser<'r> {
    identities: Identities,
    rules: &'r Redactions,
}

impl<'r> Normaliser<'r> {
    /// Starts a scenario with the values that the mock made for it.
    pub fn new(made: &[Identity], rules: &'r Redactions) -> Self {
        let mut identities = Identities::new();
        for identity in made {
            identities.add(&identity.kind, &identity.value);
        }
        Self { identities, rules }
    }

    /// Learns the id that the service manager gave in this exchange, if it gave one.
    pub fn learn(&mut self, exchange: &Exchange) {
        if let Some(endpoint) = exchange.sent.endpoint
            && let Some(kind) = gives(endpoint)
            && let Some(id) = given(exchange, endpoint)
        {
            self.identities.add(kind, &id);
        }
    }

    /// Learns from the exchange and gives its content: the line `HTTP <status> <media type>`, then the body as canonical
    /// JSON. A body that is not JSON becomes one JSON string; without a body there is only the line. `None` when nothing
    /// was answered.
    pub fn content(&mut self, exchange: &Exchange) -> Option<String> {
        self.learn(exchange);
        let Outcome::Received { status, body, .. } = &exchange.answered.as_ref()?.outcome else { return None };
        let mut out = String::with_capacity(64 + body.len() * 2);
        out.push_str("HTTP ");
        out.push_str(&status.to_string());
        let media_type = exchange.media_type();
        if !media_type.is_empty() {
            out.push(' ');
            out.extend(media_type.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }));
        }
        // What is trimmed at the end of a snapshot file must not be there in the first place.
        out.truncate(out.trim_end().len());
        if body.is_empty() {
            return Some(out);
        }
        out.push('\n');
        match exchange.json()? {
            Ok(json) => {
                let identities = &self.identities;
                let json = self.rules.apply(json, |item| peek(identities, item));
                Writer::new(Numbered(&mut self.identities), &mut out).value(&json, None, 0);
            }
            Err(_) => Writer::new(Numbered(&mut self.identities), &mut out).string(body),
        }
        Some(out)
    }
}

/// What the `Result` of a successful answer identifies.
fn gives(endpoint: Endpoint) -> Option<&'static str> {
    match endpoint {
        Endpoint::AccountSynchronize | Endpoint::AccountExists => Some("account"),
        Endpoint::SubscriptionCreate | Endpoint::UpgradeDowngrade | Endpoint::UpgradeToPaid => Some("subscription"),
        Endpoint::AddonCreate => Some("addon"),
        Endpoint::AssetCreate => Some("asset"),
        other => (other.spec().section == Section::Users).then_some("user"),
    }
}

fn given(exchange: &Exchange, endpoint: Endpoint) -> Option<String> {
    let body = exchange.json()?.ok()?;
    // The contract decides what success is; only the members that it looks at are copied.
    let members = ["Code", "Message", "Result"].into_iter().filter_map(|name| Some((name, body.member(name)?.clone())));
    let body = Some(Json::Object(members.collect::<Object>()));
    let answer = Answer { status: exchange.status()?, media_type: exchange.media_type(), body };
    (answer.meaning(endpoint, &PendingSignal::None) == Meaning::Accepted).then(|| answer.result()).flatten()
}

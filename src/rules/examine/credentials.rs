//! Right credentials that are denied.

use super::{Breach, Case, Note, OfScenario, meaning};
use crate::{
    contract::{CredentialForm, Meaning},
    evidence::{Exchange, Intent},
};

pub(super) const OF_SCENARIOS: &[OfScenario] = &[OfScenario { rules: &[6, 8], examine: as_the_platform_sends_them }];

/// who lets in another spelling of the right credentials, and not that of the platform, misreads one of the
/// two. A call that is denied in every spelling says nothing: the credentials may be wrong.
fn as_the_platform_sends_them(case: &Case<'_>) -> Vec<Note> {
    let denied = |exchange: &&Exchange| {
        let sent = matches!(exchange.sent.intent, Intent::Setup | Intent::Ordinary);
        sent && meaning(exchange) == Some(Meaning::Denied)
    };
    let of_step = |(step, exchanges): (usize, &[Exchange])| {
        let place = exchanges.iter().position(|exchange| denied(&exchange))?;
        let (what, rule) = exchanges.iter().find_map(let_in)?;
        let status = exchanges[place].answer()?.status;
        let endpoint = exchanges[place].sent.endpoint?;
        let message = format!("{endpoint} denies the credentials as the platform sends them, and lets in {what}");
        let breach = Breach::new(message).instead("the credentials let in", format!("HTTP {status}"));
        Some(Note { rule, step, exchange: place, breaches: vec![breach] })
    };
    case.evidence.steps.iter().map(|step| step.exchanges.as_slice()).enumerate().filter_map(of_step).collect()
}

/// The spelling of a call that was tried after a denial and accepted.
fn let_in(exchange: &Exchange) -> Option<(&'static str, u16)> {
    let Intent::Suspect(name) = &exchange.sent.intent else { return None };
    CredentialForm::parse(name)?.misread().filter(|_| meaning(exchange) == Some(Meaning::Accepted))
}

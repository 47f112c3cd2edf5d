//! Right credentials that are denied.

use super::{Breach, Case, Note, OfScenario};
use crate::evidence::StepEvidence;

pub(super) const OF_SCENARIOS: &[OfScenario] = &[OfScenario { rules: &[6, 8], examine: as_the_platform_sends_them }];

/// who lets in another spelling of the right credentials, and not that of the platform, misreads one of the
/// two. A call that is denied in every spelling says nothing: the credentials may be wrong.
fn as_the_platform_sends_them(case: &Case<'_>) -> Vec<Note> {
    let of_step = |(step, of_step): (usize, &StepEvidence)| {
        let (place, form) = of_step.spelling()?;
        let (what, rule) = form.misread()?;
        let denied = &of_step.exchanges[place];
        let (endpoint, status) = (denied.sent.endpoint?, denied.status()?);
        let message = format!("{endpoint} denies the credentials as the platform sends them, and lets in {what}");
        let breach = Breach::new(message).instead("the credentials let in", format!("HTTP {status}"));
        Some(Note { rule, step, exchange: place, breaches: vec![breach] })
    };
    case.evidence.steps.iter().enumerate().filter_map(of_step).collect()
}

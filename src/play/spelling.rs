//! Right credentials that are denied: in which other spelling are they let in?

use super::{
    Session,
    asked::{SETTINGS, ask},
    request::Draft,
};
use crate::{
    contract::{CredentialForm, Endpoint, Meaning},
    evidence::{Intent, ScenarioEvidence},
};
use std::io;

/// Credentials that are right and denied may be spelled in a way that the service manager does not read: which one does
/// it read? `Normal` where it reads them all of a sudden.
pub(super) async fn read_by(
    session: &Session,
    run: &str,
    evidence: &mut ScenarioEvidence,
) -> io::Result<Option<CredentialForm>> {
    let application = &session.profile.application;
    let sent = |form: CredentialForm| form.headers(application, None, CredentialForm::Normal);
    let spellings = CredentialForm::NAMES.iter().filter_map(|name| CredentialForm::parse(name));
    let spellings = spellings.filter(|form| form.misread().is_some() && sent(*form) != sent(CredentialForm::Normal));
    for (call, form) in (1..).zip(spellings) {
        if is_let_in(session, run, call, form, form.as_str(), evidence).await? {
            let normal = CredentialForm::Normal;
            let passing = is_let_in(session, run, call + 1, normal, Intent::UNCHANGED, evidence).await?;
            return Ok(Some(if passing { normal } else { form }));
        }
    }
    Ok(None)
}

async fn is_let_in(
    session: &Session,
    run: &str,
    call: u32,
    form: CredentialForm,
    name: &str,
    evidence: &mut ScenarioEvidence,
) -> io::Result<bool> {
    let read = Draft::of(session, &session.profile.dialect, Endpoint::FieldsGet, None);
    let draft = Draft { credentials: form, ..read };
    let mut asked = ask(session, run, (SETTINGS, call), &draft, Intent::Suspect(name.to_owned())).await?;
    asked.apply_to(evidence);
    let meaning = asked.answer.as_ref().map(|answer| answer.meaning(Endpoint::FieldsGet, &session.profile.pending));
    Ok(meaning == Some(Meaning::Accepted))
}

/// Whoever wrote the key down may have encoded or decoded it: then the profile is wrong, and not the service manager.
pub(super) fn may_be_the_profile_s(session: &Session, form: CredentialForm) -> bool {
    match form {
        CredentialForm::RawKey => session.profile.application.seems_encoded(),
        CredentialForm::DoubleEncodedKey => true,
        _ => false,
    }
}

//! What a step changes about a request: patches, headers, credentials, and the one thing that a flaw gets wrong.

use super::request::Draft;
use crate::{
    json::Json,
    scenario::{
        Flaw, Step,
        expression::{self, Variables},
    },
};

use std::sync::Arc;

/// Applies what the step says for all its calls.
///
/// # Errors
/// An expression cannot be computed.
pub(super) fn of_step(draft: &mut Draft, step: &Step, variables: &Variables) -> Result<(), String> {
    patch(draft, step.send.as_ref(), variables)?;
    headers(draft, &step.headers, variables)?;
    draft.credentials = step.credentials;
    Ok(())
}

/// The same request with a flaw.
///
/// # Errors
/// An expression cannot be computed.
pub(super) fn flawed(draft: &Draft, flaw: &Flaw, variables: &Variables) -> Result<Draft, String> {
    let mut draft = draft.clone();
    patch(&mut draft, flaw.send.as_ref(), variables)?;
    headers(&mut draft, &flaw.headers, variables)?;
    if let Some(form) = flaw.credentials {
        draft.credentials = form;
    }
    if let Some(raw) = &flaw.raw {
        draft.raw = Some(raw.clone());
    }
    if let Some(method) = &flaw.method {
        draft.method = method.clone();
    }
    Ok(draft)
}

/// A reading call has no body to patch.
fn patch(draft: &mut Draft, change: Option<&Json>, variables: &Variables) -> Result<(), String> {
    if let (Some(change), Some(body)) = (change, draft.body.as_mut()) {
        let change = expression::resolve(change, variables).map_err(|error| error.to_string())?;
        Arc::make_mut(body).merge(&change);
    }
    Ok(())
}

fn headers(draft: &mut Draft, added: &[(String, String)], variables: &Variables) -> Result<(), String> {
    for (name, value) in added {
        let value = expression::resolve_text(value, variables).map_err(|error| error.to_string())?;
        let value = value.as_str().map_or_else(|| value.to_compact(), str::to_owned);
        draft.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        draft.headers.push((name.clone(), value));
    }
    Ok(())
}

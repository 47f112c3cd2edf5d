//! What a step changes about a request: patches, headers, credentials, and the one thing that a flaw gets wrong.

use super::request::Draft;
use crate::{
    bss::Role,
    contract::Endpoint,
    json::Json,
    scenario::{
        Flaw, Place, Step,
        expression::{self, Variables},
    },
};

use std::sync::Arc;
use uuid::Uuid;

/// Applies what the step says for all its calls, and to its own calls what it says about their bodies: the account that
/// is prepared before the first purchase has other members.
///
/// # Errors
/// An expression cannot be computed, or a place is not in the body.
pub(super) fn of_step(draft: &mut Draft, step: &Step, role: Role, variables: &Variables) -> Result<(), String> {
    patch(draft, step.send.as_ref(), variables)?;
    if role != Role::Preparation {
        edit(draft, &step.set, &step.unset, variables)?;
    }
    headers(draft, &step.headers, variables)?;
    draft.credentials = step.credentials;
    draft.partner = step.partner;
    Ok(())
}

/// The same request with a flaw.
///
/// # Errors
/// An expression cannot be computed, or a place is not in the body.
pub(super) fn flawed(draft: &Draft, flaw: &Flaw, variables: &Variables) -> Result<Draft, String> {
    let mut draft = draft.clone();
    order_of_its_own(&mut draft, &flaw.name);
    patch(&mut draft, flaw.send.as_ref(), variables)?;
    edit(&mut draft, &flaw.set, &flaw.unset, variables)?;
    headers(&mut draft, &flaw.headers, variables)?;
    if let Some(partner) = flaw.partner {
        draft.partner = partner;
    }
    if let Some(form) = flaw.credentials {
        draft.credentials = form;
    }
    if let Some(raw) = &flaw.raw {
        draft.raw = Some(raw.clone());
    }
    if let (Some(cut), Some(body)) = (flaw.cut, &draft.body) {
        let whole = body.to_compact();
        let kept = whole.chars().count().saturating_sub(cut);
        draft.raw = Some(whole.chars().take(kept).collect());
    }
    if let Some(method) = &flaw.method {
        draft.method = method.clone();
    }
    Ok(draft)
}

/// A flawed order has an id of its own, as every order has. With the id of its control, a service manager that has carried
/// it out would give the same subscription to the control: rightly, and cancelled by then.
fn order_of_its_own(draft: &mut Draft, flaw: &str) {
    const ID: &str = "SubscriptionID";
    let Some(body) = draft.body.as_mut().filter(|_| draft.endpoint == Some(Endpoint::SubscriptionCreate)) else {
        return;
    };
    let Some(id) = body.member(ID).and_then(Json::as_str).and_then(|id| id.parse::<Uuid>().ok()) else { return };
    if let Json::Object(body) = Arc::make_mut(body) {
        body.set(ID, Uuid::new_v5(&id, flaw.as_bytes()).to_string());
    }
}

/// A reading call has no body to patch.
fn patch(draft: &mut Draft, change: Option<&Json>, variables: &Variables) -> Result<(), String> {
    if let (Some(change), Some(body)) = (change, draft.body.as_mut()) {
        let change = expression::resolve(change, variables).map_err(|error| error.to_string())?;
        Arc::make_mut(body).merge(&change);
    }
    Ok(())
}

/// Values at single places of the body, and members that are left out.
fn edit(draft: &mut Draft, set: &[(Place, Json)], unset: &[Place], variables: &Variables) -> Result<(), String> {
    let Some(body) = draft.body.as_mut().filter(|_| !set.is_empty() || !unset.is_empty()) else { return Ok(()) };
    let body = Arc::make_mut(body);
    for (place, value) in set {
        let value = expression::resolve(value, variables).map_err(|error| error.to_string())?;
        body.put(&place.resolve(variables)?, value).map_err(|error| format!("`set` of {place}: {error}"))?;
    }
    for place in unset {
        body.take_out(&place.resolve(variables)?);
    }
    Ok(())
}

fn headers(draft: &mut Draft, added: &[(String, Option<String>)], variables: &Variables) -> Result<(), String> {
    let text = |text: &str| {
        let value = expression::resolve_text(text, variables).map_err(|error| error.to_string())?;
        Ok::<_, String>(value.as_str().map_or_else(|| value.to_compact(), str::to_owned))
    };
    for (name, value) in added {
        let name = text(name)?;
        let value = value.as_deref().map(text).transpose()?;
        draft.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(&name));
        draft.headers.push((name, value));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        contract::{CredentialForm, Endpoint},
        diagnostic::Source,
        json::parse,
        scenario::{Library, Partner, ScenarioFile, load},
    };

    fn step(modifiers: &str) -> Step {
        let text = format!("title: T\nsteps:\n  - buy: {{}}\n{modifiers}");
        let source = Source { path: "a/b.yaml".into(), text };
        let file = ScenarioFile { key: "a/b".into(), source: Arc::new(source), folder: Some(".".into()) };
        let mut loaded = load(&[file], &Library { rule: &|_| Ok(()) });
        assert_eq!(loaded.diagnostics.render(false), "");
        loaded.scenarios.remove(0).steps.remove(0)
    }

    fn draft() -> Draft {
        Draft {
            endpoint: Some(Endpoint::SubscriptionCreate),
            method: "POST".into(),
            url: "http://127.0.0.1/".into(),
            body: Some(Arc::new(parse(br#"{"Addons":[],"Account":{"Address":{},"Name":"n"},"Quantity":3}"#).unwrap())),
            raw: None,
            credentials: CredentialForm::Normal,
            partner: Partner::Own,
            headers: Vec::new(),
        }
    }

    fn variables() -> Variables {
        [("id", Json::text("it's")), ("seats", Json::from(5))].map(|(name, value)| (name.to_owned(), value)).into()
    }

    fn body(draft: &Draft) -> String {
        draft.body.as_ref().unwrap().to_compact()
    }

    const ODD: &str = "    send: { Quantity: 4, Note: x }\n    set: { $.Quantity: null, \"$.List['${run}'].Value\": \"${seats + 1}\" }\n    unset: [$.Account.Address, $.Nothing.There]\n    headers: { Accept: null, \"X-${run}\": \"${seats}\" }\n";

    #[test]
    fn what_a_step_sets_comes_after_what_it_sends_and_null_is_a_value() {
        let mut variables = variables();
        variables.insert("run".into(), Json::text("it's"));
        let (mut own, mut preparation) = (draft(), draft());
        of_step(&mut own, &step(ODD), Role::Main, &variables).unwrap();
        assert_eq!(
            body(&own),
            r#"{"Addons":[],"Account":{"Name":"n"},"Quantity":null,"Note":"x","List":{"it's":{"Value":6}}}"#
        );
        assert_eq!(own.headers, [("Accept".into(), None), ("X-it's".into(), Some("5".into()))]);
        of_step(&mut preparation, &step(ODD), Role::Preparation, &variables).unwrap();
        assert_eq!(
            body(&preparation),
            r#"{"Addons":[],"Account":{"Address":{},"Name":"n"},"Quantity":4,"Note":"x"}"#,
            "the account before the order has other members"
        );
    }

    #[test]
    fn a_flaw_changes_a_copy_and_a_place_that_is_not_there_is_told() {
        let step = step(
            "    flaws:\n      - { set: { $.Quantity: -1 }, unset: [$.Addons] }\n      - { set: { \"$.Addons[0].Quantity\": 1 } }\n      - { set: { $.Name: é }, cut: 2 }\n    expect: refused\n",
        );
        let own = draft();
        let wrong = flawed(&own, &step.flaws[0], &variables()).unwrap();
        assert_eq!(body(&wrong), r#"{"Account":{"Address":{},"Name":"n"},"Quantity":-1}"#);
        assert_eq!(body(&own), body(&draft()));
        let cut = flawed(&own, &step.flaws[2], &variables()).unwrap();
        assert_eq!(
            cut.raw.as_deref(),
            Some(r#"{"Addons":[],"Account":{"Address":{},"Name":"n"},"Quantity":3,"Name":"é"#)
        );
        assert_eq!(wrong.raw, None);
        let reason = flawed(&own, &step.flaws[1], &variables()).unwrap_err();
        assert_eq!(reason, "`set` of $.Addons[0].Quantity: there is no item 0 at $.Addons: the array has 0");
    }

    #[test]
    fn a_flawed_order_has_an_id_of_its_own_and_any_other_call_keeps_what_it_names() {
        let body = r#"{"SubscriptionID":"550e8400-e29b-41d4-a716-446655440000","Quantity":1}"#;
        let step = step(
            "    flaws:\n      - { name: one, set: { $.Quantity: 0 } }\n      - { name: two, set: { $.Quantity: -1 } }\n    expect: refused\n",
        );
        let ids = |endpoint: Endpoint| -> Vec<String> {
            let draft =
                Draft { endpoint: Some(endpoint), body: Some(Arc::new(parse(body.as_bytes()).unwrap())), ..draft() };
            let id = |flaw| {
                flawed(&draft, flaw, &Variables::new()).unwrap().body.unwrap().text_of("SubscriptionID").unwrap()
            };
            step.flaws.iter().map(id).collect()
        };
        let own = "550e8400-e29b-41d4-a716-446655440000";
        let orders = ids(Endpoint::SubscriptionCreate);
        assert!(orders[0] != orders[1] && !orders.contains(&own.to_owned()), "{orders:?}");
        assert_eq!(orders, ids(Endpoint::SubscriptionCreate), "the same in every run of a seed");
        assert_eq!(ids(Endpoint::SubscriptionUpdate), [own, own]);
    }
}

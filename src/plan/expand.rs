//! The calls of a scenario, as they would be made if every answer were a plain success: what `mock-bss plan` prints.

use super::{Doing, Plan, PlannedScenario, doing, variables};
use crate::{
    bss::{By, Call, Received},
    contract::{Answer, Endpoint},
    json::{Json, Object},
    profile::Profile,
    scenario::{Step, expression},
};

/// A step with its calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpandedStep {
    pub id: String,
    pub calls: Vec<ExpandedCall>,
    /// Why it makes no call, or cannot be foreseen.
    pub note: Option<String>,
}

/// A call that would be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpandedCall {
    pub method: String,
    /// Path below the base URL.
    pub path: String,
    pub check_only: bool,
    pub flaw: Option<String>,
}

/// The calls of each step.
pub fn expand(profile: &Profile, plan: &Plan, planned: &PlannedScenario) -> Vec<ExpandedStep> {
    let mut bss = plan.bss(profile, planned);
    let mut known = match variables(profile, planned, &bss, plan.seed) {
        Ok(known) => known,
        Err(reason) => return vec![ExpandedStep { id: String::new(), calls: Vec::new(), note: Some(reason) }],
    };
    let mut answers = 0;
    let mut steps = Vec::new();
    for step in &planned.scenario.steps {
        let mut calls = Vec::new();
        let mut note = None;
        let outside = known.clone();
        for (name, value) in &step.scope {
            let value = expression::resolve(value, &known).unwrap_or_default();
            known.insert(name.clone(), value);
        }
        let what = doing(profile, planned, step, &bss, &mut known);
        known = outside;
        match what {
            Err(reason) => note = Some(reason),
            Ok(Doing::Call(raw)) => {
                let path = raw.path.or_else(|| raw.endpoint.map(|e| e.name().to_owned())).unwrap_or_default();
                calls.push(ExpandedCall { method: raw.method, path, check_only: false, flaw: None });
            }
            Ok(Doing::Action(action)) => {
                let by = By::parse(&step.by).unwrap_or_default();
                match bss.begin(*action, by, step.prechecks.unwrap_or(1)) {
                    Err(impossible) => note = Some(impossible.to_string()),
                    Ok(mut conversation) => {
                        note = conversation.waiting.clone().map(|reason| format!("waits in the platform: {reason}"));
                        while let Some(call) = conversation.next_call(&bss) {
                            calls.push(expanded(plan, &call));
                            answers += 1;
                            let answer = success(call.endpoint, answers);
                            conversation.answered(&mut bss, Received::Answer(&answer));
                        }
                    }
                }
            }
        }
        for (name, _) in &step.capture {
            known.insert(name.clone(), Json::text(format!("<{name}>")));
        }
        with_flaws(step, &mut calls);
        steps.push(ExpandedStep { id: step.id.clone(), calls, note });
    }
    steps
}

fn expanded(plan: &Plan, call: &Call) -> ExpandedCall {
    let path = plan.settings.dialect.url("", call.endpoint).trim_start_matches('/').to_owned();
    let method = call.endpoint.spec().verb.as_str().to_owned();
    ExpandedCall { method, path, check_only: call.check_only, flaw: None }
}

/// The flawed copies stand before the last call, which is their control.
fn with_flaws(step: &Step, calls: &mut Vec<ExpandedCall>) {
    let Some(control) = calls.pop() else { return };
    calls.extend(step.flaws.iter().map(|flaw| ExpandedCall { flaw: Some(flaw.name.clone()), ..control.clone() }));
    calls.push(control);
}

fn success(endpoint: Endpoint, number: u32) -> Answer {
    let body = match endpoint {
        Endpoint::FieldsValidate => Json::Array(Vec::new()),
        _ => {
            let mut body = Object::new();
            body.push("Code", 0);
            body.push("Message", "");
            body.push("Result", format!("<id {number}>"));
            body.into()
        }
    };
    Answer { status: 200, media_type: "application/json".to_owned(), body: Some(body) }
}

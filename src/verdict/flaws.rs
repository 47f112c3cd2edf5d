//! Judging a request that was sent with flaws, one after the other, and then without.

use super::{
    Check, Finding, Status,
    changes::{self, Vendor},
    excerpt,
    expectation::{self, Look},
    judge::{Court, Served, check, implied},
};
use crate::{
    contract::{
        Expectation, Meaning,
        credentials::{API_KEY, APPLICATION_ID},
    },
    evidence::{Exchange, Intent, StepEvidence, StepRecord},
    rules::{self, ObservedBy, Rule},
};

/// `robustness.refuse-broken-json`: it asks for an error, so that acceptance alone breaks it.
const REFUSE_BROKEN_JSON: u16 = 109;
/// `transport.honour-the-verb`: the same.
const ONLY_BY_ITS_VERB: u16 = 16;

/// Rules that only ask that nothing is done, by whatever answer.
const NOTHING_IS_DONE: &[u16] = &[ONLY_BY_ITS_VERB, 108, REFUSE_BROKEN_JSON];

/// How the evidence writes a key that is nobody's.
const OF_NOBODY: &str = "wrong_key";

const WITHOUT_CONTROL: &str = "the same call without the flaw was not accepted";

impl Court<'_> {
    /// Each flaw is a check of its own. A refusal counts only if the control was accepted; a flaw that got through
    /// counts whatever became of the control, since it may be the reason why the control was refused.
    #[expect(clippy::too_many_arguments, reason = "they are what is known about one step")]
    pub(super) fn flaws(
        &self,
        record: &StepRecord,
        step: &StepEvidence,
        expectation: &Expectation,
        served: &Served,
        control: &Exchange,
        flawed: &[&Exchange],
        checks: &mut Vec<Check>,
    ) {
        let controlled = matches!(expectation::look(&Expectation::Accepted, control), Look::Met);
        let (mut got_through, mut denied) = (false, Vec::new());
        // The first rule that a flaw serves, if it decides: nothing becomes lighter by it.
        let rule_of = |exchange: &Exchange| {
            let Intent::Flawed { flaw, .. } = &exchange.sent.intent else { return None };
            let own = record.flaw_proves.get(flaw).and_then(|keys| rules::by_key(keys.first()?));
            let rule = own.or_else(|| served.by_answer.first().copied().flatten());
            rule.filter(|rule| self.severity(Some(rule)) == Status::Fail)
        };
        let open = match expectation {
            Expectation::Denied => open_door(flawed, control, rule_of),
            _ => None,
        };
        for exchange in flawed.iter().copied() {
            let Intent::Flawed { flaw, .. } = &exchange.sent.intent else { continue };
            let name = format!("{}: {flaw}", expectation.name());
            let taken = expectation::meaning(exchange) == Some(Meaning::Accepted);
            let vendor = match changes::by_call(step, exchange.sent.call) {
                // What a question does is R-103's business, which has scenarios of its own.
                Vendor::Changed(_) if exchange.sent.check_only => Vendor::Unchanged,
                seen => seen,
            };
            let mut look = self.look(expectation, exchange);
            let mut certain = controlled;
            match (&vendor, expectation) {
                // That a denied call changes nothing is a rule of its own; a call that was not denied breaks another.
                (_, Expectation::Denied) if matches!(look, Look::Missed(_)) => certain |= taken,
                (_, Expectation::Denied) => denied.push((exchange, vendor.clone())),
                (Vendor::Changed(finding), _) if expectation.demands_no_change() => {
                    certain = true;
                    // That it was accepted says more than what it then did; with which status it was refused says less.
                    if !matches!(look, Look::Missed(_)) || self.refused_elsewhere(exchange).is_some() {
                        look = Look::Missed(Finding { exchange: Some(excerpt::of(exchange)), ..finding.clone() });
                    }
                }
                _ => certain |= taken && matches!(look, Look::Missed(_)),
            }
            self.left_by_refusal(record, served, exchange, &vendor, checks);
            let did_harm = matches!(vendor, Vendor::Changed(_)) && expectation.demands_no_change();
            // What was accepted may rightly stand in the way of the control, even where it did no harm that could be seen.
            got_through |= taken;
            let own = record.flaw_proves.get(flaw);
            let own: Option<Vec<_>> = own.map(|keys| keys.iter().map(|key| rules::by_key(key)).collect());
            for rule in own.as_ref().unwrap_or(&served.by_answer) {
                let look = by_rule(*rule, look.clone(), expectation, exchange, taken);
                let look = match expectation {
                    Expectation::Refused if !did_harm => self.of_refusal(*rule, look, exchange),
                    Expectation::Denied => match &open {
                        Some(open) => open.excuse(look, exchange),
                        None => look,
                    },
                    _ => look,
                };
                let certain = certain || taken && matches!(look, Look::Missed(_));
                checks.push(if !certain {
                    check(record, &name, *rule, Status::Blocked, Some(Finding::new(WITHOUT_CONTROL)))
                } else if taken && matches!(look, Look::Met) && unseen(expectation, *rule, &vendor) {
                    let finding = Finding::new(
                        "it was accepted, and whether it changed anything cannot be seen: add a `probe` to the profile",
                    );
                    check(record, &name, *rule, Status::NotObservable, Some(finding))
                } else {
                    self.check(record, &name, *rule, look)
                });
            }
        }
        let name = "control accepted";
        let rule = implied(&record.verb).filter(|_| self.built_in);
        let look = self.look(&Expectation::Accepted, control);
        checks.push(match (got_through, &look) {
            (true, Look::Missed(_)) => {
                let finding = Finding::new("a flawed call before it was accepted, so that its refusal proves nothing");
                check(record, name, rule, Status::Blocked, Some(finding))
            }
            _ => self.check(record, name, rule, look),
        });
        self.denied_changes_nothing(record, &denied, checks);
        self.failing_probe(record, step, checks);
    }
}

/// A way in by which others come in too.
struct OpenDoor<'a> {
    /// The call that found it.
    found: &'a Exchange,
    rule: &'static Rule,
    /// It asks for an id and a key, and does not compare the key.
    by_any_key: bool,
}

/// The one fault of an endpoint that explains why it takes other wrong credentials too: it asks for none, or does not
/// compare the key.
fn open_door<'a>(
    flawed: &[&'a Exchange],
    control: &Exchange,
    rule_of: impl Fn(&Exchange) -> Option<&'static Rule>,
) -> Option<OpenDoor<'a>> {
    let taken = |exchange: &Exchange| expectation::meaning(exchange) == Some(Meaning::Accepted);
    let unasked = |exchange: &&Exchange| {
        taken(exchange) && sent(exchange, APPLICATION_ID).is_none() && sent(exchange, API_KEY).is_none()
    };
    let any_key = |exchange: &&Exchange| {
        taken(exchange)
            && sent(exchange, APPLICATION_ID) == sent(control, APPLICATION_ID)
            && sent(exchange, API_KEY).is_some_and(|key| key.contains(OF_NOBODY))
    };
    let find = |such: &dyn Fn(&&Exchange) -> bool, by_any_key| {
        let found = flawed.iter().copied().find(such)?;
        Some(OpenDoor { found, rule: rule_of(found)?, by_any_key })
    };
    find(&unasked, false).or_else(|| find(&any_key, true))
}

impl OpenDoor<'_> {
    /// What comes in by a door that another call has found open already is that door's fault. A crash is not.
    fn excuse(&self, look: Look, exchange: &Exchange) -> Look {
        let same_id = sent(exchange, APPLICATION_ID) == sent(self.found, APPLICATION_ID);
        let with_key = sent(exchange, API_KEY).is_some_and(|key| !key.is_empty());
        let same_way = !self.by_any_key || (same_id && with_key);
        match look {
            Look::Missed(finding)
                if same_way && !std::ptr::eq(exchange, self.found) && exchange.status().is_some_and(|s| s < 500) =>
            {
                Look::Elsewhere(self.rule, finding.message)
            }
            other => other,
        }
    }
}

/// A header of a request.
fn sent<'a>(exchange: &'a Exchange, name: &str) -> Option<&'a str> {
    let header = exchange.sent.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
    header.map(|(_, value)| value.as_str())
}

/// What an answer means for one of the rules that a harmless flaw serves.
fn by_rule(
    rule: Option<&'static Rule>,
    look: Look,
    expectation: &Expectation,
    exchange: &Exchange,
    taken: bool,
) -> Look {
    let number = rule.map_or(0, |rule| rule.number);
    let accepted = match number {
        REFUSE_BROKEN_JSON => Some(("a body that is not JSON was accepted", "an error, and nothing provisioned")),
        ONLY_BY_ITS_VERB => Some(("a call with another verb was accepted", "an error (HTTP 405), and nothing done")),
        _ => None,
    };
    match (look, accepted) {
        (Look::Met, Some((message, expected))) if taken && *expectation == Expectation::Harmless => {
            Look::Missed(Finding {
                message: message.to_owned(),
                at: None,
                expected: Some(expected.to_owned()),
                found: Some(excerpt::answer_line(exchange)),
                exchange: Some(excerpt::of(exchange)),
            })
        }
        (Look::MetBut(_), _) if *expectation == Expectation::Harmless && NOTHING_IS_DONE.contains(&number) => Look::Met,
        (other, _) => other,
    }
}

/// True when a call that was accepted may have done no harm, but nobody looked.
fn unseen(expectation: &Expectation, rule: Option<&'static Rule>, vendor: &Vendor) -> bool {
    *expectation == Expectation::Harmless
        && *vendor == Vendor::Unseen
        && rule.is_none_or(|rule| rule.observed_by != ObservedBy::Exchange)
}

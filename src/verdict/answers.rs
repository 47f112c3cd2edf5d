//! Judging the answers of a step against what it demanded.

use super::{
    Check, Finding, Status,
    changes::{self, Vendor},
    charge, excerpt,
    expectation::{self, Look},
    judge::{Court, Served, check, implied, last_attempts},
};
use crate::{
    contract::{Expectation, Meaning},
    evidence::{Exchange, Intent, StepEvidence, StepRecord},
    rules::{self, Rule},
};

/// `precheck.same-rules-as-real`.
const SAME_RULES_AS_REAL: u16 = 104;

/// `precheck.consumes-nothing`: that questions stand in the way of the call that follows them.
const CONSUMES_NOTHING: u16 = 106;

/// `subscriptions.status-repeats-harmlessly`.
const REPEATED: u16 = 61;

/// `subscriptions.status-answers-need-no-extra-info`.
const STATUS_ANSWER: u16 = 57;

const NOT_ASKED: &str = "the call was not made after pre-checks that passed, so it says nothing about them";

const UNREADABLE: &str = "nobody can say what the call itself came to, so it cannot be held against its pre-check";

impl Court<'_> {
    pub(super) fn answers(
        &self,
        record: &StepRecord,
        step: &StepEvidence,
        expectation: &Expectation,
        served: &Served,
        checks: &mut Vec<Check>,
    ) {
        let last_attempts = last_attempts(step);
        let flawed: Vec<_> =
            last_attempts.iter().copied().filter(|e| matches!(e.sent.intent, Intent::Flawed { .. })).collect();
        let control = last_attempts.iter().copied().rfind(|exchange| exchange.sent.intent == Intent::Control);
        let unchanged = if expectation.demands_no_change() { changes::compare(step) } else { Vendor::Unseen };
        if let Some(control) = control {
            return self.flaws(record, step, expectation, served, control, &flawed, checks);
        }
        if let Some(last) = last_attempts.last().copied() {
            self.left_by_refusal(record, served, last, &unchanged, checks);
        }
        match expectation {
            Expectation::Denied => {
                let last = last_attempts.last().copied();
                if let Some(stuck) = last.filter(|last| never_came_to_it(last)) {
                    return self.stuck(record, expectation, served, stuck, &last_attempts, checks);
                }
                let look = last.map(|exchange| expectation::look(expectation, exchange));
                if let (Some(exchange), Some(Look::Met | Look::MetBut(_))) = (last, &look) {
                    self.denied_changes_nothing(record, &[(exchange, unchanged.clone())], checks);
                }
                self.push(record, expectation.name(), served, look, "no call was made", checks);
            }
            Expectation::Refused => self.refusal(record, served, &last_attempts, &unchanged, checks),
            Expectation::Harmless => {
                let mut worst = Look::Met;
                for exchange in last_attempts.iter().copied() {
                    worst = worse(worst, expectation::look(expectation, exchange));
                }
                if let Vendor::Changed(finding) = &unchanged {
                    worst = Look::Missed(finding.clone());
                }
                self.push(record, expectation.name(), served, Some(worst), "", checks);
            }
            Expectation::Waiting => {
                let look = match step.exchanges.iter().find(|e| e.sent.intent != Intent::Teardown) {
                    Some(exchange) => expectation::look(expectation, exchange),
                    None => Look::Met,
                };
                self.push(record, expectation.name(), served, Some(look), "", checks);
            }
            Expectation::Answer(_) => {
                let last = last_attempts.last().copied();
                let look = last.map(|exchange| self.look(expectation, exchange));
                // That the endpoint is not there is no matter of what is asked of its answer.
                let absent = last.is_some_and(|last| expectation::meaning(last) == Some(Meaning::NotOffered));
                let own = implied(&record.verb).filter(|rule| absent && self.severity(Some(rule)) == Status::Fail);
                let look = match (look, own) {
                    (Some(Look::Missed(finding)), Some(own)) => Some(Look::Elsewhere(own, finding.message)),
                    (look, _) => look,
                };
                self.push(record, expectation.name(), served, look, "no call was made", checks);
            }
            Expectation::Accepted => {
                self.suspects(record, step, checks);
                // What the step proves is then about the repeats; that it is accepted at all serves its own rule.
                let (repeated, alone) =
                    (self.repeats(record, step, served, checks), served.implied(record, self.built_in));
                let served = if repeated || self.neighbours(record, step, served, checks) { &alone } else { served };
                let last_attempts = without_repeats(&last_attempts);
                // An account that is refused says nothing about the order that was to follow it.
                if let Some((rule, look)) = self.refused_preparation(record, &last_attempts) {
                    checks.push(self.check(record, "account accepted", rule, look));
                    self.push(
                        record,
                        expectation.name(),
                        served,
                        None,
                        "the account before it was not accepted",
                        checks,
                    );
                    return;
                }
                if let Some((rule, look)) = nameless(&last_attempts) {
                    checks.push(self.check(record, expectation.name(), rule, look));
                    let others = served.without(rule);
                    self.push(record, expectation.name(), &others, None, "what was accepted has no id", checks);
                    return;
                }
                let (mut worst, mut bare, mut unreadable, mut elsewhere) = (None, None, false, None);
                let mut missed = None;
                for exchange in last_attempts.iter().copied() {
                    // Exists may be missing: the platform synchronises all the same.
                    let optional = exchange.sent.endpoint == Some(crate::contract::Endpoint::AccountExists)
                        && record.verb != "call"
                        && expectation::meaning(exchange) == Some(Meaning::NotOffered);
                    if !optional {
                        let look = self.look(expectation, exchange);
                        // The first that was missed is the one that is told.
                        if !matches!(worst, Some(Look::Missed(_))) {
                            unreadable = !exchange.sent.check_only && charge::is_unreadable(exchange);
                            // A refusal is one under any status, and the step's own matter.
                            elsewhere = self.told_elsewhere(exchange).filter(|_| charge::is_unreadable(exchange));
                            missed = Some(exchange);
                        }
                        worst = Some(worst.map_or(look.clone(), |worst| worse(worst, look)));
                        let look = expectation::look(expectation, exchange);
                        bare = Some(bare.map_or(look.clone(), |bare| worse(bare, look)));
                    }
                }
                // What a status call answers is a rule of its own, whatever else is wrong with the answer.
                let (of_status, others) = served.split(STATUS_ANSWER);
                let apart = !of_status.by_answer.is_empty() && !others.by_answer.is_empty();
                let served = if apart { &others } else { served };
                if apart {
                    self.push(record, expectation.name(), &of_status, bare, "no call was made", checks);
                }
                // A result under another status than 200 is one fault, whatever else the step was to show.
                // So is a call that is lost, or that nobody is there to take.
                let one_decides = alone.by_answer.iter().all(Option::is_some) && self.decides(&alone);
                let lost = missed.filter(|missed| charge::says_nothing(missed)).and(alone.by_answer.first().copied());
                let elsewhere = elsewhere.or(lost.flatten());
                if let (Some(Look::Missed(finding)), Some(rule), true) = (&worst, elsewhere, one_decides) {
                    let others = alone.by_answer.iter().fold(served.clone(), |others, rule| others.without(*rule));
                    // The call came a second time, and that may be why.
                    let (of_repeats, others) = others.split(REPEATED);
                    self.push(record, expectation.name(), &of_repeats, worst.clone(), "", checks);
                    let blocked = Some(Look::Elsewhere(rule, finding.message.clone()));
                    self.push(record, expectation.name(), &alone, worst, "", checks);
                    return self.push(record, expectation.name(), &others, blocked, "", checks);
                }
                // Pre-checks can only have stood in the way of a call that was made once they had passed.
                // Where nothing else is asked, they are charged whatever it was: somebody has to be.
                let (of_questions, others) = served.split_off(CONSUMES_NOTHING);
                let (of_questions, served) = match others.by_answer.is_empty() {
                    true => (others, served.clone()),
                    false => (of_questions, others),
                };
                let innocent = missed.is_some_and(|missed| missed.sent.check_only || !passed(&last_attempts, missed));
                let asked = (!matches!(worst, Some(Look::Missed(_))) || !innocent).then(|| worst.clone()).flatten();
                self.push(record, expectation.name(), &of_questions, asked, NOT_ASKED, checks);
                let split = served.split(SAME_RULES_AS_REAL);
                if let (Some(Look::Missed(_)), true, true) = (&worst, unreadable, self.decides(&split.1)) {
                    self.push(record, expectation.name(), &split.1, worst, "", checks);
                    return self.push(record, expectation.name(), &split.0, None, UNREADABLE, checks);
                }
                self.push(record, expectation.name(), &served, worst, "no call was made", checks);
            }
        }
        if let Vendor::Blind(reason) = unchanged {
            checks.push(check(record, "vendor side", None, Status::Error, Some(Finding::new(reason))));
        }
    }

    /// A refusal counts only if its control was accepted, and nothing changed. That the call was accepted instead counts
    /// whatever became of the control.
    fn refusal(
        &self,
        record: &StepRecord,
        served: &Served,
        last_attempts: &[&Exchange],
        unchanged: &Vendor,
        checks: &mut Vec<Check>,
    ) {
        let name = Expectation::Refused.name();
        let Some(last) = last_attempts.last().copied() else {
            return self.push(record, name, served, None, "no call was made", checks);
        };
        if never_came_to_it(last) {
            return self.stuck(record, &Expectation::Refused, served, last, last_attempts, checks);
        }
        let look = self.look(&Expectation::Refused, last);
        let taken = expectation::meaning(last) == Some(Meaning::Accepted);
        if !taken && !self.control_accepted(record) {
            let reason = format!("its control `{}` was not accepted", record.control.as_deref().unwrap_or("?"));
            return self.push(record, name, served, None, &reason, checks);
        }
        let look = match (look, unchanged) {
            (Look::Met | Look::MetBut(_), Vendor::Changed(finding)) => {
                Look::Missed(Finding { exchange: Some(excerpt::of(last)), ..finding.clone() })
            }
            // What it did weighs more than how it said that it did not.
            (Look::Missed(_), Vendor::Changed(finding)) if self.refused_elsewhere(last).is_some() => {
                let found = Look::Missed(Finding { exchange: Some(excerpt::of(last)), ..finding.clone() });
                return self.push(record, name, served, Some(found), "", checks);
            }
            (look, _) => look,
        };
        let unreadable = !last.sent.check_only && charge::is_unreadable(last);
        // That the pre-check had let it pass is that rule's business alone.
        let (precheck, others) = served.split(SAME_RULES_AS_REAL);
        let of_precheck = match look {
            Look::Met | Look::MetBut(_) => Some(passed_precheck(last_attempts, last).unwrap_or_else(|| look.clone())),
            Look::Missed(_) if unreadable && self.decides(&others) => None,
            // Both said yes where another rule wants a no: they have applied the same rules.
            Look::Missed(_) if taken && !others.by_answer.is_empty() && passed(last_attempts, last) => Some(Look::Met),
            Look::Missed(_) | Look::Elsewhere(..) => Some(look.clone()),
        };
        for (served, look) in [(&precheck, of_precheck), (&others, Some(look))] {
            for rule in &served.by_answer {
                let look = look.clone().map(|look| self.of_refusal(*rule, look, last));
                self.push(record, name, &served.only(*rule), look, UNREADABLE, checks);
            }
        }
    }

    /// The calls before the one that is to be turned away were not accepted: that breaks the rule which they serve
    /// anyway, and says nothing about those that the step names.
    fn stuck(
        &self,
        record: &StepRecord,
        expectation: &Expectation,
        served: &Served,
        last: &Exchange,
        last_attempts: &[&Exchange],
        checks: &mut Vec<Check>,
    ) {
        let (name, rule, look) = match self.refused_preparation(record, last_attempts) {
            Some((rule, look)) => ("account accepted", rule, look),
            None => {
                let rule = implied(&record.verb).filter(|_| self.built_in);
                ("control accepted", rule, self.look(&Expectation::Accepted, last))
            }
        };
        checks.push(self.check(record, name, rule, look));
        self.push(record, expectation.name(), served, None, "the calls before it were not accepted", checks);
    }

    /// True when the step that the refusal is measured by was accepted in this very scenario.
    fn control_accepted(&self, record: &StepRecord) -> bool {
        let Some(control) = &record.control else { return true };
        let found = self.evidence.recorded_steps().find(|(other, _)| other.id == *control);
        found.is_some_and(|(_, step)| {
            let last = last_attempts(step).pop();
            last.is_some_and(|exchange| matches!(expectation::look(&Expectation::Accepted, exchange), Look::Met))
        })
    }

    /// The call that prepares an order and was not accepted, with the rule that it breaks.
    fn refused_preparation(
        &self,
        record: &StepRecord,
        exchanges: &[&Exchange],
    ) -> Option<(Option<&'static Rule>, Look)> {
        use crate::contract::Endpoint::{AccountExists, AccountSynchronize};
        if record.verb != "buy" {
            return None;
        }
        exchanges.iter().copied().find_map(|exchange| {
            let rule = match exchange.sent.endpoint {
                Some(AccountExists) if expectation::meaning(exchange) == Some(Meaning::NotOffered) => return None,
                Some(AccountExists) => "R-40",
                Some(AccountSynchronize) => "R-41",
                _ => return None,
            };
            match self.look(&Expectation::Accepted, exchange) {
                // Whoever turns the caller away has not even looked at the account.
                Look::Missed(_) if expectation::meaning(exchange) == Some(Meaning::Denied) => None,
                look @ (Look::Missed(_) | Look::Elsewhere(..)) => Some((rules::by_key(rule), look)),
                _ => None,
            }
        })
    }
}

/// The calls that the step stands and falls with. Of identical calls at once that is the one that came through.
fn without_repeats<'a>(exchanges: &[&'a Exchange]) -> Vec<&'a Exchange> {
    let accepted = |exchange: &Exchange| expectation::meaning(exchange) == Some(Meaning::Accepted);
    let came_through = |label: &str| {
        let twin = |e: &&&'a Exchange| e.sent.intent == Intent::Repeated && e.sent.label == label && accepted(e);
        exchanges.iter().find(twin).copied()
    };
    let own = |exchange: &&&'a Exchange| !matches!(exchange.sent.intent, Intent::Repeated | Intent::Neighbour(_));
    let counts = |exchange: &'a Exchange| match accepted(exchange) {
        true => exchange,
        false => came_through(&exchange.sent.label).unwrap_or(exchange),
    };
    exchanges.iter().filter(own).map(|exchange| counts(exchange)).collect()
}

/// In a step that is to be turned away, the last call is a question or a preparation, with nothing wrong in it: the step
/// ended before the call that it is about.
fn never_came_to_it(last: &Exchange) -> bool {
    use crate::contract::Endpoint::{AccountExists, AccountSynchronize};
    let before = last.sent.check_only || matches!(last.sent.endpoint, Some(AccountExists | AccountSynchronize));
    before
        && matches!(last.sent.intent, Intent::Ordinary | Intent::Variation(_))
        && !matches!(expectation::look(&Expectation::Accepted, last), Look::Met)
}

/// The last pre-check of a call.
fn precheck_of<'a>(exchanges: &[&'a Exchange], last: &Exchange) -> Option<&'a Exchange> {
    let asks = |e: &&Exchange| e.sent.check_only && e.sent.endpoint == last.sent.endpoint;
    exchanges.iter().copied().rfind(asks).filter(|_| !last.sent.check_only)
}

/// Whether the pre-check of a call was accepted.
fn passed(exchanges: &[&Exchange], last: &Exchange) -> bool {
    precheck_of(exchanges, last)
        .is_some_and(|asked| matches!(expectation::look(&Expectation::Accepted, asked), Look::Met))
}

/// A pre-check that accepts what the call then refuses has not applied the same rules.
fn passed_precheck(exchanges: &[&Exchange], last: &Exchange) -> Option<Look> {
    let asked = precheck_of(exchanges, last)?;
    passed(exchanges, last).then(|| {
        Look::Missed(Finding {
            message: "the pre-check accepted what the call itself then refused".to_owned(),
            at: None,
            expected: Some("the pre-check is refused, and no call follows".to_owned()),
            found: Some(excerpt::answer_line(asked)),
            exchange: Some(excerpt::of(asked)),
        })
    })
}

/// A call that made something and gave it no id, with the rule that this breaks, and no other.
fn nameless(exchanges: &[&Exchange]) -> Option<(Option<&'static Rule>, Look)> {
    use crate::contract::Endpoint::{AddonCreate, SubscriptionCreate, UpgradeDowngrade, UpgradeToPaid};
    let exchange = exchanges.iter().copied().find(|exchange| expectation::lacks_id(exchange))?;
    let rule = match exchange.sent.endpoint? {
        SubscriptionCreate => "R-49",
        UpgradeDowngrade | UpgradeToPaid => "R-79",
        AddonCreate => "R-92",
        _ => return None,
    };
    match expectation::look(&Expectation::Accepted, exchange) {
        look @ Look::Missed(_) => Some((rules::by_key(rule), look)),
        _ => None,
    }
}

fn worse(a: Look, b: Look) -> Look {
    match (&a, &b) {
        (Look::Missed(_), _) => a,
        (_, Look::Missed(_)) => b,
        (Look::Elsewhere(..), _) => a,
        (_, Look::Elsewhere(..)) => b,
        (Look::MetBut(_), _) => a,
        _ => b,
    }
}

//! What a scenario made, whoever knows of it.

use crate::{
    bss::Bss,
    contract::{Answer, CredentialForm, Endpoint},
    json::Json,
    scenario::Partner,
};
use std::collections::{BTreeMap, BTreeSet};

/// Every subscription that the target said it made, in case the mock BSS never came to hold it: a flawed order that was
/// accepted, or a retry that made a second one. Id → the body that made it.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    made: BTreeMap<String, Json>,
    /// For whom, where it was not for the profile's own application and partner: nobody else may cancel it.
    callers: BTreeMap<String, Caller>,
    /// Ids that the mock BSS holds or has held: those it cancels itself, or has replaced by an upgrade.
    held: BTreeSet<String>,
    /// Ids that are no longer there.
    gone: BTreeSet<String>,
    /// Orders that were accepted without an id: nobody can cancel them.
    pub(super) nameless: usize,
}

/// Who a call is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Caller {
    pub(super) credentials: CredentialForm,
    pub(super) partner: Partner,
}

impl Default for Caller {
    fn default() -> Self {
        Self { credentials: CredentialForm::Normal, partner: Partner::Own }
    }
}

impl Caller {
    /// The one that a target knows a call by. Wrong credentials that it took for right ones name nobody else.
    pub(super) fn of(credentials: CredentialForm, partner: Partner) -> Self {
        let credentials = match credentials {
            CredentialForm::Other => credentials,
            _ => CredentialForm::Normal,
        };
        Self { credentials, partner: if partner == Partner::Nobody { Partner::Own } else { partner } }
    }
}

impl Ledger {
    /// Notes what a successful provisioning call made.
    pub(super) fn note(
        &mut self,
        endpoint: Option<Endpoint>,
        check_only: bool,
        body: Option<&Json>,
        caller: Caller,
        answer: &Answer,
    ) {
        let makes = matches!(
            endpoint,
            Some(Endpoint::SubscriptionCreate | Endpoint::UpgradeDowngrade | Endpoint::UpgradeToPaid)
        );
        match (makes && !check_only && answer.status == 200, answer.code(), answer.result()) {
            (true, Some(0), Some(id)) => {
                if caller != Caller::default() {
                    self.callers.entry(id.clone()).or_insert(caller);
                }
                self.made.entry(id).or_insert_with(|| body.cloned().unwrap_or_default());
            }
            (true, Some(0), None) => self.nameless += 1,
            _ => {}
        }
    }

    /// Notes what the mock BSS holds now.
    pub(super) fn hold(&mut self, bss: &Bss) {
        self.held.extend(bss.subscriptions().iter().map(|subscription| subscription.external_id.clone()));
    }

    /// What was made and never held, with the body that made it.
    pub(super) fn strays(&self) -> Vec<(String, Json)> {
        let stray = self.made.iter().filter(|(id, _)| !self.held.contains(*id));
        stray.map(|(id, body)| (id.clone(), body.clone())).collect()
    }

    /// Who can cancel something.
    pub(super) fn caller(&self, id: &str) -> Caller {
        self.callers.get(id).copied().unwrap_or_default()
    }

    /// Notes that something is no longer there.
    pub(super) fn gone(&mut self, id: &str) {
        self.made.remove(id);
        self.gone.insert(id.to_owned());
    }

    /// True for the id of something that was cancelled because nobody was to hold it.
    pub(super) fn is_gone(&self, id: &str) -> bool {
        self.gone.contains(id)
    }
}

//! One business action, call by call.

use super::{
    Action, Addon, AddonPurchase, AddonStatus, Bss, By, Impossible, Offer, Purchase, Status, Subscription, body::Deed,
};
use crate::{
    contract::{Answer, Endpoint, Meaning, dialect::AddonBatch, sync_options},
    json::{Json, Number},
};
use std::{collections::VecDeque, sync::Arc, time::Duration};

/// A call that the platform makes.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    pub endpoint: Endpoint,
    pub check_only: bool,
    /// The JSON body; `None` for reads. Shared, because the platform keeps what it may have to send again.
    pub body: Option<Arc<Json>>,
    pub role: Role,
}

/// What a call is in its action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Needed before the action itself: an account is synchronised before the first purchase.
    Preparation,
    PreCheck,
    /// The action itself.
    Main,
}

impl Call {
    /// Its name in snapshots: the path in lower case, `-check` appended for a pre-check.
    pub fn label(&self) -> String {
        let name = self.endpoint.name().to_lowercase().replace('/', "-");
        if self.check_only { format!("{name}-check") } else { name }
    }
}

/// What came back for a call.
#[derive(Debug)]
pub enum Received<'a> {
    Answer(&'a Answer),
    /// No answer: nobody knows what the service manager did.
    Lost,
}

/// What happens next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// The answer was taken; ask for the next call.
    GoOn,
    /// In progress: send the identical call again after this time.
    Again(Duration),
    /// The action ends here, without the calls that would have followed.
    Stopped(Meaning),
}

/// A running action.
#[derive(Debug, Clone)]
pub struct Conversation {
    stages: VecDeque<Stage>,
    current: Option<(Stage, Call)>,
    /// Why no call is made at all: the request waits in the platform.
    pub waiting: Option<String>,
}

/// A call to be made once its turn has come; its body depends on the answers before it.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stage {
    Read(Endpoint),
    Validate {
        values: Vec<(String, Json)>,
        blank_required: bool,
        wrong_secrets: bool,
    },
    Exists(Role),
    Synchronize(Role),
    DeleteAccount,
    Service {
        endpoint: Endpoint,
        check_only: bool,
        change: Change,
        deed: Deed,
    },
    /// A call that failed, identical.
    Repeat {
        call: Box<Call>,
        then: Box<Stage>,
    },
}

/// What a service call changes, once it has succeeded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Change {
    /// Place of the subscription.
    pub(super) subscription: usize,
    pub(super) quantity: Option<Number>,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) renew: Option<bool>,
    /// A new life of the subscription: upgrade, downgrade, trial to paid.
    pub(super) successor: Option<Successor>,
    pub(super) addon_quantity: Option<(usize, Number)>,
    pub(super) becomes: Option<Status>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Successor {
    bss_id: String,
    offer: Option<Box<Offer>>,
    paid: bool,
}

impl Change {
    fn of(subscription: usize) -> Self {
        Self {
            subscription,
            quantity: None,
            attributes: Vec::new(),
            renew: None,
            successor: None,
            addon_quantity: None,
            becomes: None,
        }
    }
}

/// A provisioning call that failed, and what was to follow it.
#[derive(Debug, Clone)]
pub(super) struct Failed {
    pub(super) stage: Stage,
    pub(super) call: Call,
    pub(super) rest: VecDeque<Stage>,
}

impl Bss {
    /// Starts an action. `prechecks` is how often the pre-check is asked where there is one; ordinarily once.
    ///
    /// # Errors
    /// The action makes no sense in the present state.
    pub fn begin(&mut self, action: Action, by: By, prechecks: u32) -> Result<Conversation, Impossible> {
        let mut stages = VecDeque::new();
        match action {
            Action::Configure { values, blank_required, wrong_secrets, validate } => {
                stages.push_back(Stage::Read(Endpoint::FieldsGet));
                if validate {
                    stages.push_back(Stage::Validate { values, blank_required, wrong_secrets });
                }
            }
            Action::ReadCatalog => stages.push_back(Stage::Read(Endpoint::ServiceDefinition)),
            Action::AskExists => {
                self.answer_sync_options();
                stages.push_back(Stage::Exists(Role::Main));
            }
            Action::Synchronize => self.synchronize(&mut stages, Role::Main),
            Action::DeleteAccount => stages.push_back(Stage::DeleteAccount),
            Action::Buy(purchase) => return self.buy(*purchase, by, prechecks),
            Action::BuyAddons { subscription, addons, from_order } => {
                return self.buy_addons(subscription.as_deref(), addons, from_order, by, prechecks);
            }
            Action::ChangeQuantity { subscription, quantity } => {
                let index = self.find(subscription.as_deref())?;
                let grows = quantity.compare(&self.subscriptions[index].quantity).is_some_and(|o| o.is_gt());
                let change = Change { quantity: Some(quantity), ..Change::of(index) };
                let deed = deed("Provision", by, grows && by == By::Storefront);
                self.service(&mut stages, Endpoint::SubscriptionUpdate, change, deed, prechecks);
            }
            Action::ChangeAddon { subscription, addon, quantity } => {
                let index = self.find(subscription.as_deref())?;
                let place = self.addon(index, addon)?;
                if let Some(reason) = self.indistinct(index, place) {
                    return Ok(reason);
                }
                let change = Change { addon_quantity: Some((place, quantity)), ..Change::of(index) };
                let deed = Deed { addons: vec![(place, "Provision")], ..deed("None", by, by == By::Storefront) };
                self.service(&mut stages, Endpoint::AddonUpdate, change, deed, prechecks);
            }
            Action::CancelAddon { subscription, addon } => {
                let index = self.find(subscription.as_deref())?;
                let place = self.addon(index, addon)?;
                let waits = self.waits(by, self.subscriptions[index].offer.auto_addon_cancel, "add-on cancel");
                if let Some(reason) = waits.or_else(|| self.indistinct(index, place)) {
                    return Ok(reason);
                }
                let deed = Deed { addons: vec![(place, "Cancel")], ..deed("None", by, false) };
                self.service(&mut stages, Endpoint::AddonCancel, Change::of(index), deed, prechecks);
            }
            Action::Upgrade { subscription, to, quantity } => {
                let index = self.find(subscription.as_deref())?;
                let change = self.succeed(index, Some(to), quantity, false);
                let deed = deed("Upgrade", by, by == By::Storefront);
                self.service(&mut stages, Endpoint::UpgradeDowngrade, change, deed, prechecks);
            }
            Action::Downgrade { subscription, to, quantity } => {
                let index = self.find(subscription.as_deref())?;
                if let Some(reason) = self.waits(by, self.subscriptions[index].offer.auto_downgrade, "downgrade") {
                    return Ok(reason);
                }
                let change = self.succeed(index, Some(to), quantity, false);
                let deed = deed("Downgrade", by, by == By::Storefront);
                self.service(&mut stages, Endpoint::UpgradeDowngrade, change, deed, prechecks);
            }
            Action::ConvertTrial { subscription, quantity } => {
                let index = self.find(subscription.as_deref())?;
                let change = self.succeed(index, None, quantity, true);
                let deed = deed("UpgradeToPaid", by, by == By::Storefront);
                self.service(&mut stages, Endpoint::UpgradeToPaid, change, deed, prechecks);
            }
            Action::Suspend { subscription } => {
                let index = self.find(subscription.as_deref())?;
                let change = Change { becomes: Some(Status::Suspended), ..Change::of(index) };
                self.service(&mut stages, Endpoint::SubscriptionSuspend, change, deed("Suspend", by, false), prechecks);
            }
            Action::Activate { subscription } => {
                let index = self.find(subscription.as_deref())?;
                let change = Change { becomes: Some(Status::Active), ..Change::of(index) };
                self.service(
                    &mut stages,
                    Endpoint::SubscriptionActivate,
                    change,
                    deed("Activate", by, false),
                    prechecks,
                );
            }
            Action::Cancel { subscription } => {
                let index = self.find(subscription.as_deref())?;
                if let Some(reason) = self.waits(by, self.subscriptions[index].offer.auto_cancel, "cancel") {
                    return Ok(reason);
                }
                let change = Change { becomes: Some(Status::Cancelled), ..Change::of(index) };
                self.service(&mut stages, Endpoint::SubscriptionCancel, change, deed("Cancel", by, false), prechecks);
            }
            Action::Reprovision { subscription, attributes, renew } => {
                let index = self.find(subscription.as_deref())?;
                let change = Change { attributes, renew, ..Change::of(index) };
                let deed = deed("Provision", by, false);
                self.service(&mut stages, Endpoint::SubscriptionUpdate, change, deed, prechecks);
            }
            Action::Retry => {
                let Failed { stage, call, rest } = self.failed.take().ok_or(Impossible::NothingFailed)?;
                stages.push_back(Stage::Repeat { call: Box::new(call), then: Box::new(stage) });
                stages.extend(rest);
            }
        }
        Ok(Conversation::of(stages))
    }

    fn buy(&mut self, purchase: Purchase, by: By, prechecks: u32) -> Result<Conversation, Impossible> {
        // A product that a customer can have only once grows instead of being bought again.
        let twin = self.subscriptions.iter().position(|s| {
            !s.offer.allow_multiple && s.offer.product_id == purchase.offer.product_id && s.status == Status::Active
        });
        if let (Some(index), true) = (twin, purchase.from_order) {
            let owned = &self.subscriptions[index].quantity;
            let total = owned.as_i64().zip(purchase.quantity.as_i64()).map(|(a, b)| Number::from(a.saturating_add(b)));
            let quantity = total.unwrap_or(purchase.quantity);
            let subscription = Some(self.subscriptions[index].key.clone());
            return self.begin(Action::ChangeQuantity { subscription, quantity }, by, prechecks);
        }
        if self.subscriptions.iter().any(|s| s.key == purchase.key) {
            return Err(Impossible::NameTaken(purchase.key));
        }
        let name = purchase.name.unwrap_or_else(|| format!("{} for {}", purchase.offer.name, self.customer.name));
        self.subscriptions.push(Subscription {
            key: purchase.key,
            bss_id: self.ids.subscription(),
            original_id: None,
            external_id: String::new(),
            name,
            offer: purchase.offer,
            quantity: purchase.quantity,
            trial: purchase.trial,
            billing_cycle: purchase.billing_cycle,
            renew: purchase.renew,
            installments: purchase.installments,
            custom_field_values: None,
            extra_info: Default::default(),
            addons: Vec::new(),
            status: Status::Ordered,
        });
        let change = Change { becomes: Some(Status::Active), ..Change::of(self.subscriptions.len() - 1) };
        let deed = Deed { creates: true, ..deed("Provision", by, purchase.from_order) };
        let mut stages = VecDeque::new();
        self.service(&mut stages, Endpoint::SubscriptionCreate, change, deed, prechecks);
        if self.settings.accounts && self.customer.external_id.is_empty() {
            let mut account = VecDeque::new();
            self.synchronize(&mut account, Role::Preparation);
            // Only the pre-checks move in front of the account, where the dialect has it so.
            let before = if self.settings.dialect.precheck_before_sync { stages.len() - 1 } else { 0 };
            for (offset, stage) in account.into_iter().enumerate() {
                stages.insert(before + offset, stage);
            }
        }
        Ok(Conversation::of(stages))
    }

    fn buy_addons(
        &mut self,
        subscription: Option<&str>,
        addons: Vec<AddonPurchase>,
        from_order: bool,
        by: By,
        prechecks: u32,
    ) -> Result<Conversation, Impossible> {
        let index = self.find(subscription)?;
        let mut places = Vec::new();
        for addon in addons {
            let place = self.order_addon(index, addon)?;
            places.push((place, "Provision"));
        }
        let mut stages = VecDeque::new();
        let calls: Vec<Vec<_>> = match self.settings.dialect.addon_batch {
            AddonBatch::All => vec![places],
            AddonBatch::Single => places.into_iter().map(|place| vec![place]).collect(),
        };
        for addons in calls {
            let deed = Deed { addons, ..deed("None", by, from_order) };
            self.service(&mut stages, Endpoint::AddonCreate, Change::of(index), deed, prechecks);
        }
        Ok(Conversation::of(stages))
    }

    fn order_addon(&mut self, index: usize, purchase: AddonPurchase) -> Result<usize, Impossible> {
        let subscription = &mut self.subscriptions[index];
        if subscription.addons.iter().any(|addon| addon.key == purchase.key) {
            return Err(Impossible::NameTaken(purchase.key));
        }
        let product_type = self.settings.catalogue.product_type(&subscription.offer.type_id);
        let found = product_type.and_then(|t| t.addons.iter().find(|a| a.id == purchase.product_id).map(|a| (t, a)));
        let (product_type, product) =
            found.ok_or_else(|| Impossible::UnknownAddonProduct(purchase.product_id.clone()))?;
        subscription.addons.push(Addon {
            key: purchase.key,
            external_id: String::new(),
            product_id: product.id.clone(),
            name: purchase.name.unwrap_or_else(|| product.name.clone()),
            quantity: purchase.quantity,
            attributes: Offer::addon_attributes(product_type, product),
            extra_details: Default::default(),
            status: AddonStatus::Ordered,
        });
        Ok(subscription.addons.len() - 1)
    }

    fn addon(&self, index: usize, name: Option<String>) -> Result<usize, Impossible> {
        self.subscriptions[index].find_addon(name.as_deref()).ok_or(Impossible::NoAddon(name))
    }

    fn succeed(&mut self, index: usize, to: Option<Box<Offer>>, quantity: Option<Number>, paid: bool) -> Change {
        let successor = Successor { bss_id: self.ids.subscription(), offer: to, paid };
        Change { quantity, successor: Some(successor), ..Change::of(index) }
    }

    fn synchronize(&mut self, stages: &mut VecDeque<Stage>, role: Role) {
        self.answer_sync_options();
        if self.settings.exists {
            stages.push_back(Stage::Exists(Role::Preparation));
        }
        stages.push_back(Stage::Synchronize(role));
    }

    fn answer_sync_options(&mut self) {
        let settings = &self.settings;
        let list_value = settings.dialect.sync_list_value;
        let answers =
            sync_options::answers(&settings.sync_options, &settings.sync_answers, &self.customer.email, list_value);
        self.customer.sync_options = answers;
    }

    /// The call, preceded by its pre-checks where they are on.
    fn service(&self, stages: &mut VecDeque<Stage>, endpoint: Endpoint, change: Change, deed: Deed, prechecks: u32) {
        let checks = if self.settings.precheck.applies(endpoint) { prechecks } else { 0 };
        for check_only in std::iter::repeat_n(true, checks as usize).chain([false]) {
            stages.push_back(Stage::Service { endpoint, check_only, change: change.clone(), deed: deed.clone() });
        }
    }

    /// A storefront request that the product type does not execute by itself waits until somebody in the BSS acts.
    fn waits(&self, by: By, automatic: bool, what: &str) -> Option<Conversation> {
        (by == By::Storefront && !automatic).then(|| {
            Conversation::without_calls(format!("the product type does not execute a storefront {what} by itself"))
        })
    }

    /// Of two equal add-ons under one id (the service manager answers with the subscription's id), nothing that the
    /// platform can send names one.
    fn indistinct(&self, index: usize, place: usize) -> Option<Conversation> {
        let subscription = &self.subscriptions[index];
        let meant = &subscription.addons[place];
        let mut others = subscription.listed_addons().filter(|(other, _)| *other != place);
        let twin = others.any(|(_, other)| {
            (&other.external_id, &other.product_id) == (&meant.external_id, &meant.product_id)
                && !meant.external_id.is_empty()
        });
        twin.then(|| {
            Conversation::without_calls(
                "the service manager gave two equal add-ons one id, so neither can be named".to_owned(),
            )
        })
    }

    /// How the subscription shall be once the change has happened.
    pub(super) fn proposed(&self, change: &Change) -> Subscription {
        self.changed(self.subscriptions[change.subscription].clone(), change)
    }

    /// The same for a subscription that the caller has taken.
    pub(super) fn changed(&self, mut subscription: Subscription, change: &Change) -> Subscription {
        if let Some(quantity) = &change.quantity {
            subscription.quantity = quantity.clone();
        }
        if let Some((place, quantity)) = &change.addon_quantity {
            subscription.addons[*place].quantity = quantity.clone();
        }
        let product_type = self.settings.catalogue.product_type(&subscription.offer.type_id);
        for (id, value) in &change.attributes {
            if let Some(attribute) = subscription.offer.attributes.iter_mut().find(|attribute| attribute.id == *id) {
                attribute.choose(product_type, value);
            }
        }
        if let Some(renew) = change.renew {
            subscription.renew = renew;
        }
        if let Some(successor) = &change.successor {
            // "Before any upgrades": the id of the very first subscription stays.
            let first = subscription.original_id.take().unwrap_or(subscription.bss_id);
            subscription.original_id = Some(first);
            subscription.bss_id = successor.bss_id.clone();
            if let Some(offer) = &successor.offer {
                subscription.offer = (**offer).clone();
            }
            if successor.paid {
                subscription.trial = false;
            }
        }
        subscription
    }
}

fn deed(parent: &'static str, by: By, from_order: bool) -> Deed {
    Deed { parent, addons: Vec::new(), from_order, by, creates: false }
}

impl Conversation {
    fn of(stages: VecDeque<Stage>) -> Self {
        Self { stages, current: None, waiting: None }
    }

    fn without_calls(reason: String) -> Self {
        Self { stages: VecDeque::new(), current: None, waiting: Some(reason) }
    }

    /// The next call, built from what the answers so far have brought; `None` when the action is done.
    pub fn next_call(&mut self, bss: &Bss) -> Option<Call> {
        let stage = self.stages.pop_front()?;
        let call = stage.call(bss);
        self.current = Some((stage, call.clone()));
        Some(call)
    }

    /// True when no further call will be made if the present one succeeds.
    pub fn is_last(&self) -> bool {
        self.stages.is_empty()
    }

    /// Takes what came back for the present call.
    pub fn answered(&mut self, bss: &mut Bss, received: Received<'_>) -> Progress {
        let Some((stage, call)) = self.current.take() else { return Progress::GoOn };
        let meaning = match &received {
            Received::Answer(answer) => answer.meaning(call.endpoint, &bss.settings.pending),
            Received::Lost => Meaning::Broken("no answer".to_owned()),
        };
        match (meaning, received) {
            (Meaning::Accepted, Received::Answer(answer)) => {
                bss.waited = Duration::ZERO;
                stage.apply(bss, answer, &mut self.stages);
                Progress::GoOn
            }
            // Without Exists the platform synchronises all the same.
            (Meaning::NotOffered, _) if matches!(stage, Stage::Exists(Role::Preparation)) => Progress::GoOn,
            (Meaning::Pending, _) if bss.waited < bss.settings.retry_for => {
                bss.waited += bss.settings.retry_every;
                self.stages.push_front(Stage::Repeat { call: Box::new(call), then: Box::new(stage.innermost()) });
                Progress::Again(bss.settings.retry_every)
            }
            (meaning, _) => {
                bss.waited = Duration::ZERO;
                let rest = std::mem::take(&mut self.stages);
                stage.innermost().fail(bss, call, rest);
                Progress::Stopped(meaning)
            }
        }
    }
}

//! A call whose turn has come: how it is built, and what the platform keeps of its answer.

use super::{
    AddonStatus, Bss, Status,
    body::Deed,
    conversation::{Call, Change, Failed, Role, Stage},
    merge_texts,
};
use crate::{
    contract::{Answer, Endpoint, dialect::ExistsThen},
    json::Json,
};
use std::{collections::VecDeque, sync::Arc};

impl Stage {
    pub(super) fn innermost(self) -> Self {
        match self {
            Self::Repeat { then, .. } => then.innermost(),
            other => other,
        }
    }

    pub(super) fn call(&self, bss: &Bss) -> Call {
        let plain = |endpoint, body: Option<Json>, role| {
            let body = body.map(Arc::new);
            Call { endpoint, check_only: false, body, role }
        };
        match self {
            Self::Read(endpoint) => plain(*endpoint, None, Role::Main),
            Self::Validate { values, blank_required, wrong_secrets } => {
                let fields = bss.field_collection(values, *blank_required, *wrong_secrets);
                plain(Endpoint::FieldsValidate, Some(fields), Role::Main)
            }
            Self::Exists(role) => plain(Endpoint::AccountExists, Some(bss.account_definition()), *role),
            Self::Synchronize(role) => plain(Endpoint::AccountSynchronize, Some(bss.account_definition()), *role),
            Self::DeleteAccount => plain(Endpoint::AccountDelete, Some(bss.account_definition()), Role::Main),
            Self::Service { endpoint, check_only, change, deed } => Call {
                endpoint: *endpoint,
                check_only: *check_only,
                body: Some(Arc::new(bss.service_definition(&bss.proposed(change), deed, *check_only))),
                role: if *check_only { Role::PreCheck } else { Role::Main },
            },
            Self::Repeat { call, .. } => (**call).clone(),
        }
    }

    /// Place of the subscription that it is about.
    fn subscription(&self) -> Option<usize> {
        match self {
            Self::Service { change, .. } => Some(change.subscription),
            _ => None,
        }
    }

    /// What the platform stores of a successful answer.
    pub(super) fn apply(self, bss: &mut Bss, answer: &Answer, following: &mut VecDeque<Stage>) {
        let none = Json::Null;
        let body = answer.body.as_ref().unwrap_or(&none);
        match self {
            Self::Read(Endpoint::FieldsGet) => {
                let fields = body.member("Fields").and_then(Json::as_array).unwrap_or_default();
                bss.announced = fields.iter().filter_map(|field| field.as_object().cloned()).collect();
            }
            Self::Read(_) | Self::Validate { .. } => {}
            Self::Exists(_) => {
                if let (Some(1), Some(id), ExistsThen::Link) =
                    (answer.code(), answer.result(), bss.settings.dialect.exists_then)
                {
                    bss.customer.external_id = id;
                    following.retain(|stage| !matches!(stage, Self::Synchronize(_)));
                }
            }
            Self::Synchronize(_) => {
                bss.customer.external_id = answer.result().unwrap_or_default();
                bss.keep_account_extra(body);
            }
            Self::DeleteAccount => bss.customer.external_id.clear(),
            Self::Service { check_only: true, .. } => {}
            Self::Service { endpoint, change, deed, .. } => {
                // An order that has failed stays so, whatever becomes of the customer's other subscriptions.
                bss.failed.take_if(|failed| failed.stage.subscription() == Some(change.subscription));
                bss.keep_account_extra(body);
                bss.take_service_answer(endpoint, &change, &deed, answer, body);
            }
            Self::Repeat { then, .. } => then.apply(bss, answer, following),
        }
    }

    /// What the platform keeps of a failed call.
    pub(super) fn fail(self, bss: &mut Bss, call: Call, rest: VecDeque<Stage>) {
        let Self::Service { endpoint, check_only, change, deed } = &self else { return };
        let index = change.subscription;
        match (endpoint, check_only) {
            // A refused pre-check leaves no order behind.
            (Endpoint::SubscriptionCreate, true) => drop(bss.subscriptions.remove(index)),
            (Endpoint::AddonCreate, true) => {
                bss.subscriptions[index].addons.retain(|addon| addon.status != AddonStatus::Ordered);
            }
            (_, true) => {}
            (endpoint, false) => {
                if *endpoint == Endpoint::SubscriptionCreate {
                    bss.subscriptions[index].status = Status::Failed;
                }
                debug_assert!(deed.addons.iter().all(|(place, _)| *place < bss.subscriptions[index].addons.len()));
                bss.failed = Some(Failed { stage: self, call, rest });
            }
        }
    }
}

impl Bss {
    fn take_service_answer(&mut self, endpoint: Endpoint, change: &Change, deed: &Deed, answer: &Answer, body: &Json) {
        // What the service manager returned over time may be long: it is moved, not copied.
        let taken = self.subscriptions.remove(change.subscription);
        let mut subscription = self.changed(taken, change);
        if let Some(Json::Object(values)) = body.member("CustomFieldValues") {
            let mut all = subscription.custom_field_values.take().unwrap_or_default();
            merge_texts(&mut all, Some(&Json::Object(values.clone())));
            subscription.custom_field_values = Some(all);
        }
        let extra = body.member("ExtraInfo");
        match endpoint {
            Endpoint::AddonCreate | Endpoint::AddonUpdate | Endpoint::AddonCancel => {
                for (place, action) in &deed.addons {
                    let addon = &mut subscription.addons[*place];
                    merge_texts(&mut addon.extra_details, extra);
                    if *action == "Cancel" {
                        addon.status = AddonStatus::Cancelled;
                    } else {
                        addon.status = AddonStatus::Active;
                    }
                    // Whatever came back is this add-on's id from now on, be it the subscription's id.
                    if let (Endpoint::AddonCreate, Some(id)) = (endpoint, answer.result()) {
                        addon.external_id = id;
                    }
                }
            }
            _ => merge_texts(&mut subscription.extra_info, extra),
        }
        if matches!(endpoint, Endpoint::SubscriptionCreate | Endpoint::UpgradeDowngrade | Endpoint::UpgradeToPaid)
            && let Some(id) = answer.result()
        {
            subscription.external_id = id;
        }
        if let Some(status) = change.becomes {
            subscription.status = status;
        }
        if subscription.status == Status::Cancelled {
            subscription.addons.iter_mut().for_each(|addon| addon.status = AddonStatus::Cancelled);
        }
        self.subscriptions.insert(change.subscription, subscription);
    }
}

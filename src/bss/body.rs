//! Request bodies: ServiceDefinition and FieldCollection, member by member as the platform writes them.

use super::{AttributeState, Bss, By, Subscription};
use crate::{
    contract::{
        choices::FIELD_KIND,
        credentials::WRONG_SECRET,
        dialect::{EmptyId, ExtraDetails, ModelLevel, ProductId, SubscriptionId},
        model::choice,
    },
    json::{Json, Number, Object},
};

/// What a service call does to what.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Deed {
    /// `ActionType` of the subscription.
    pub(super) parent: &'static str,
    /// `ActionType` of the add-ons that are acted on, by their place; all others are `None`.
    pub(super) addons: Vec<(usize, &'static str)>,
    pub(super) from_order: bool,
    pub(super) by: By,
    /// A subscription is created: the platform's own id is sent only where the dialect wants it.
    pub(super) creates: bool,
}

impl Bss {
    /// The body of a subscription or add-on call: `subscription` is how it shall be once the call has succeeded, but for
    /// the ids that only the answer brings.
    pub(super) fn service_definition(&self, subscription: &Subscription, deed: &Deed, check_only: bool) -> Json {
        let dialect = &self.settings.dialect;
        let omit_id = deed.creates && dialect.create_subscription_id == SubscriptionId::Omit;
        let offer = &subscription.offer;
        let newer = dialect.model_level == ModelLevel::V1_2;

        let mut body = Object::new();
        body.push("ID", self.id_or_empty(&subscription.external_id));
        body.push("SubscriptionID", (!omit_id).then(|| subscription.bss_id.clone()));
        body.push("OriginalSubscriptionID", subscription.original_id.clone());
        body.push("Name", subscription.name.as_str());
        body.push("ServiceType", offer.type_id.as_str());
        body.push("ProductID", self.product_id(&offer.product_id));
        body.push("ActionType", deed.parent);
        body.push("Quantity", subscription.quantity.clone());
        body.push("Account", self.account_definition());
        body.push("AttributeList", AttributeState::list_to_json(&offer.attributes));
        body.push("Addons", self.addon_definitions(subscription, deed));
        body.push("AllowMultipleSubscriptions", offer.allow_multiple);
        body.push("IsFromOrder", deed.from_order);
        body.push("BillingCycle", billing_cycle(subscription, newer));
        if newer {
            body.push("RenewAutomatically", subscription.renew);
            body.push("InstallmentPlan", installment_plan(subscription));
        }
        body.push("CheckOverusage", false);
        body.push("Derivative", offer.derivative);
        body.push("CustomFieldValues", subscription.custom_field_values_to_json());
        body.push("ExtraDetails", self.extra_details(subscription));
        body.push("IsTrial", subscription.trial);
        if dialect.send_is_test {
            body.push("IsTest", self.customer.is_test);
        }
        body.push("CheckOnly", check_only);
        body.push("RequestedBy", self.customer.requested_by(deed.by));
        body.into()
    }

    /// AccountDefinition of this customer.
    pub(super) fn account_definition(&self) -> Json {
        let mut account = self.customer.to_json(&self.empty_id());
        if self.settings.dialect.extra_details == ExtraDetails::Subscription
            && let Json::Object(members) = &mut account
        {
            members.set("ExtraDetails", Object::new());
        }
        account
    }

    /// FieldCollection with what a partner saves.
    pub(super) fn field_collection(
        &self,
        values: &[(String, Json)],
        blank_required: bool,
        wrong_secrets: bool,
    ) -> Json {
        let mut fields: Vec<Object> = self.announced.clone();
        for (id, _) in values {
            if !fields.iter().any(|field| field.get_ignoring_case("ID") == Some(&Json::text(id))) {
                fields.push([("ID", Json::text(id))].into_iter().collect());
            }
        }
        let fields = fields.iter().filter_map(|field| {
            let field = Json::Object(field.clone());
            let id = field.text_of("ID")?;
            let definition = field.member("Definition");
            let required = definition.and_then(|d| d.member("IsRequired")).and_then(Json::as_bool) == Some(true);
            let given = values.iter().find(|(known, _)| *known == id).map(|(_, value)| value.clone());
            let stored = self.settings.fields.get(&id).map(Json::text);
            let initial = definition.and_then(|d| d.member("InitialValue")).cloned();
            let value = match given.or(stored).or(initial) {
                _ if required && blank_required => Json::text(""),
                _ if wrong_secrets && definition.is_some_and(is_password) => Json::text(WRONG_SECRET),
                value => value.unwrap_or_default(),
            };
            let mut entry = Object::new();
            entry.push("ID", id);
            entry.push("Value", value);
            entry.push("Definition", Json::Null);
            Some(Json::Object(entry))
        });
        let fields = Json::Array(fields.collect());
        Json::Object([("Fields", fields)].into_iter().collect())
    }

    fn addon_definitions(&self, subscription: &Subscription, deed: &Deed) -> Json {
        let entries = subscription.listed_addons().filter_map(|(index, addon)| {
            let action = deed.addons.iter().find(|(place, _)| *place == index).map(|(_, action)| *action);
            // Ordered in the same basket, but not yet sent: the service manager has not heard of it.
            if action.is_none() && addon.status == super::AddonStatus::Ordered {
                return None;
            }
            let mut entry = Object::new();
            entry.push("ID", self.id_or_empty(&addon.external_id));
            entry.push("ParentID", self.id_or_empty(&subscription.external_id));
            entry.push("Name", addon.name.as_str());
            entry.push("ProductID", self.product_id(&addon.product_id));
            entry.push("ActionType", action.unwrap_or("None"));
            entry.push("Quantity", addon.quantity.clone());
            entry.push("AttributeList", AttributeState::list_to_json(&addon.attributes));
            entry.push("ExtraDetails", addon.extra_details.clone());
            Some(Json::Object(entry))
        });
        Json::Array(entries.collect())
    }

    fn extra_details(&self, subscription: &Subscription) -> Object {
        let mut details = match self.settings.dialect.extra_details {
            ExtraDetails::Account => Object::new(),
            ExtraDetails::Both | ExtraDetails::Subscription => self.customer.extra_details.clone(),
        };
        if details.is_empty() {
            return subscription.extra_info.clone();
        }
        for (key, value) in subscription.extra_info.iter() {
            details.set(key, value.clone());
        }
        details
    }

    fn product_id(&self, catalogue_id: &str) -> String {
        match self.settings.dialect.product_id {
            ProductId::Catalogue => catalogue_id.to_owned(),
            ProductId::Bss => self.ids.product(catalogue_id),
        }
    }

    fn empty_id(&self) -> Json {
        match self.settings.dialect.empty_id {
            EmptyId::Blank => Json::text(""),
            EmptyId::Null => Json::Null,
        }
    }

    fn id_or_empty(&self, id: &str) -> Json {
        if id.is_empty() { self.empty_id() } else { Json::text(id) }
    }
}

fn billing_cycle(subscription: &Subscription, newer: bool) -> Json {
    let Some(cycle) = &subscription.billing_cycle else { return Json::Null };
    let mut members = Object::new();
    members.push("Duration", cycle.duration.as_str());
    members.push("DurationType", cycle.duration_type.as_str());
    if newer {
        members.push("CustomEndDate", cycle.custom_end_date.clone());
    }
    members.into()
}

/// A field whose value is hidden while it is typed.
fn is_password(definition: &Json) -> bool {
    definition.member("Kind").and_then(|kind| choice(kind, FIELD_KIND)) == Some("PasswordText")
}

fn installment_plan(subscription: &Subscription) -> Json {
    let Some((installments, frequency)) = subscription.installments else { return Json::Null };
    let members = [("Installments", Number::from(installments)), ("Frequency", Number::from(frequency))];
    Json::Object(members.into_iter().collect())
}

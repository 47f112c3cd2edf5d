//! What the platform sends about subscriptions, add-ons and accounts, and what it is answered.

use super::{Model, may, must, newer};
use crate::contract::{
    choices::{ACTION_TYPE, DERIVATIVE, REQUESTER},
    model::Kind::{Bool, Choice, Date, Keyed, List, Object, Text, Texts, Whole},
};

pub(super) static MODELS: &[Model] = &[
    // --- subscriptions, add-ons, assets -----------------------------------------------------------------------------
    Model {
        name: "ServiceDefinition",
        members: &[
            may("ID", Text),
            may("SubscriptionID", Text),
            may("OriginalSubscriptionID", Text),
            must("Name", Text),
            must("ServiceType", Text),
            must("ProductID", Text),
            must("ActionType", Choice(ACTION_TYPE)),
            must("Quantity", Whole),
            must("Account", Object("AccountDefinition")),
            must("AttributeList", Keyed("ServiceAttribute")),
            may("Addons", List(&Object("AddonDefinition"))),
            must("AllowMultipleSubscriptions", Bool),
            must("IsFromOrder", Bool),
            may("BillingCycle", Object("BillingCycle")),
            newer("RenewAutomatically", Bool),
            newer("InstallmentPlan", Object("InstallmentPlan")),
            may("CheckOverusage", Bool),
            may("Derivative", Choice(DERIVATIVE)),
            may("CustomFieldValues", Texts),
            may("ExtraDetails", Texts),
            must("IsTrial", Bool),
            must("CheckOnly", Bool),
            may("RequestedBy", Object("RequestedBy")),
        ],
    },
    Model {
        name: "BillingCycle",
        members: &[must("Duration", Text), must("DurationType", Text), newer("CustomEndDate", Date)],
    },
    Model { name: "InstallmentPlan", members: &[must("Installments", Whole), must("Frequency", Whole)] },
    Model {
        name: "RequestedBy",
        members: &[
            must("ID", Whole),
            may("FirstName", Text),
            may("LastName", Text),
            may("DisplayName", Text),
            may("Email", Text),
            must("Type", Choice(REQUESTER)),
        ],
    },
    Model {
        name: "ServiceAttribute",
        members: &[
            must("ID", Text),
            may("Name", Text),
            may("Value", Text),
            may("Code", Text),
            must("QuantityLinked", Bool),
            may("ExtraParameters", Texts),
        ],
    },
    Model {
        name: "AddonDefinition",
        members: &[
            may("ID", Text),
            may("ParentID", Text),
            may("Name", Text),
            must("ProductID", Text),
            must("ActionType", Choice(ACTION_TYPE)),
            must("Quantity", Whole),
            must("AttributeList", Keyed("ServiceAttribute")),
            may("ExtraDetails", Texts),
        ],
    },
    // --- accounts ---------------------------------------------------------------------------------------------------
    Model {
        name: "AccountDefinition",
        members: &[
            must("ID", Text),
            may("ExternalID", Text),
            may("ResellerID", Text),
            may("ResellerExternalID", Text),
            must("Name", Text),
            may("Code", Text),
            may("Phone", Text),
            may("Fax", Text),
            may("WebSite", Text),
            may("Email", Text),
            must("IsTest", Bool),
            may("Description", Text),
            may("ExtraDetails", Texts),
            may("SyncOptions", Texts),
            may("ContactDetails", Object("ContactDetails")),
            may("Address", Object("Address")),
        ],
    },
    Model {
        name: "ContactDetails",
        members: &[
            may("ID", Text),
            may("FirstName", Text),
            may("LastName", Text),
            may("Phone", Text),
            may("Fax", Text),
            may("Email", Text),
        ],
    },
    Model {
        name: "Address",
        members: &[
            may("Address1", Text),
            may("Address2", Text),
            may("City", Text),
            may("PostCode", Text),
            may("State", Object("CodeAndName")),
            may("Country", Object("CodeAndName")),
        ],
    },
    Model { name: "CodeAndName", members: &[may("Code", Text), may("Name", Text)] },
    // --- results ----------------------------------------------------------------------------------------------------
    Model { name: "ResultDefinition", members: &[must("Code", Whole), may("Message", Text), may("Result", Text)] },
    Model {
        name: "AccountResultDefinition",
        members: &[
            may("AccountExtraInfo", Texts),
            may("GeneratedPassword", Text),
            must("Code", Whole),
            may("Message", Text),
            may("Result", Text),
        ],
    },
    Model {
        name: "ServiceResultDefinition",
        members: &[
            may("AccountExtraInfo", Texts),
            may("CustomFieldValues", Texts),
            may("SendNotification", Bool),
            may("ExtraInfo", Texts),
            must("Code", Whole),
            may("Message", Text),
            may("Result", Text),
        ],
    },
];

//! The discovery document: what is offered and where, open to anyone.
//!
//! Unlike all other answers it leaves nulls out, and every section says its
//! type. Addresses of actions are relative to `BaseUrl`.

use serde_json::{Map, Value, json};

use super::routes::{Endpoint, Routes};

const SETUP: [(&str, Endpoint); 3] = [
    ("Get", Endpoint::SettingFields),
    ("Validate", Endpoint::ValidateSettings),
    ("ServiceDefinition", Endpoint::ProductTypes),
];
const ACCOUNTS: [(&str, Endpoint); 4] = [
    ("SyncOptions", Endpoint::SyncOptions),
    ("Synchronize", Endpoint::Synchronize),
    ("Exists", Endpoint::AccountExists),
    ("Delete", Endpoint::DeleteAccount),
];
const SUBSCRIPTIONS: [(&str, Endpoint); 7] = [
    ("Create", Endpoint::Create),
    ("Update", Endpoint::Update),
    ("Cancel", Endpoint::Cancel),
    ("Activate", Endpoint::Activate),
    ("Suspend", Endpoint::Suspend),
    ("UpgradeDowngrade", Endpoint::UpgradeDowngrade),
    ("UpgradeToPaid", Endpoint::UpgradeToPaid),
];
const ADDONS: [(&str, Endpoint); 3] =
    [("Create", Endpoint::CreateAddons), ("Update", Endpoint::UpdateAddons), ("Cancel", Endpoint::CancelAddons)];

/// What stands at the base path.
pub(super) fn document(base_url: &str, routes: &Routes, accounts: bool, addons: bool) -> Value {
    let urls = |actions: &[(&str, Endpoint)], precheck: bool| -> Value {
        let urls: Map<String, Value> = actions
            .iter()
            .map(|(action, endpoint)| {
                let url = json!({
                    "Url": routes.path(*endpoint),
                    "RequiresAuthorization": false,
                    "RequiresPrecheck": precheck,
                });
                ((*action).to_owned(), url)
            })
            .collect();
        Value::Object(urls)
    };
    let mut sections = vec![json!({
        "$type": class("SetupManagement"),
        "IsSectionEnabled": true,
        "Urls": urls(&SETUP, false),
    })];
    if accounts {
        sections.push(json!({
            "$type": class("AccountsManagement"),
            "IsSectionEnabled": true,
            "EnableProvisionNotification": true,
            "Urls": urls(&ACCOUNTS, false),
        }));
    }
    sections.push(json!({
        "$type": class("SubscriptionsManagement"),
        "IsSectionEnabled": true,
        "RequiresAccountSynchronization": accounts,
        "EnableProvisionNotification": true,
        "Urls": urls(&SUBSCRIPTIONS, true),
    }));
    if addons {
        sections.push(json!({
            "$type": class("AddonsManagement"),
            "IsSectionEnabled": true,
            "Urls": urls(&ADDONS, true),
        }));
    }
    for absent in ["AssetsManagement", "PpuManagement", "UsersManagement"] {
        sections.push(json!({
            "$type": class(absent),
            "IsSectionEnabled": false,
            "Urls": {},
        }));
    }
    json!({
        "Code": "tallowmere",
        "Name": "Tallowmere Cloud",
        "Description": "Mail, backup and archive services of a vendor that does not exist",
        "ResellerSupportEnabled": accounts,
        "BaseUrl": base_url,
        "Version": 2.0,
        "IsRegistrationEnabled": false,
        "ManagementSections": sections,
    })
}

fn class(name: &str) -> String {
    format!("Tallowmere.Cloud.Discovery.{name}, Tallowmere.Cloud")
}

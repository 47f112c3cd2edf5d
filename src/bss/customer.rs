//! Who buys, and who acts for them.

use super::By;
use crate::json::{Json, Object};

/// A customer account as the platform holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Customer {
    /// The platform's account id: a whole number as text.
    pub id: String,
    /// The service manager's account id; empty until it has been synchronised.
    pub external_id: String,
    pub name: String,
    pub code: String,
    pub email: String,
    pub contact_id: String,
    pub contact: Person,
    pub address: Json,
    pub is_test: bool,
    /// Answers to the sync options.
    pub sync_options: Vec<(String, String)>,
    /// What service managers returned as AccountExtraInfo.
    pub extra_details: Object,
    /// Who acts in the storefront, in the platform, and through its API.
    pub shopper: Person,
    pub operator: Person,
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: i64,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
}

impl Person {
    pub fn new(id: i64, first_name: &str, last_name: &str, email: &str) -> Self {
        Self { id, first_name: first_name.into(), last_name: last_name.into(), email: email.into() }
    }
}

impl Customer {
    /// AccountDefinition, as the platform writes it.
    pub(super) fn to_json(&self, empty_id: &Json) -> Json {
        let sync_options: Object = self.sync_options.iter().cloned().collect();
        let id_or_empty = |id: &str| if id.is_empty() { empty_id.clone() } else { Json::text(id) };
        let mut account = Object::new();
        account.push("ID", self.id.as_str());
        account.push("ExternalID", id_or_empty(&self.external_id));
        account.push("ResellerID", Json::Null);
        account.push("ResellerExternalID", Json::Null);
        account.push("Name", self.name.as_str());
        account.push("Code", self.code.as_str());
        for member in ["Phone", "Fax", "WebSite"] {
            account.push(member, "");
        }
        account.push("Email", self.email.as_str());
        account.push("IsTest", self.is_test);
        account.push("Description", "");
        account.push("ExtraDetails", self.extra_details.clone());
        account.push("SyncOptions", sync_options);
        account.push("ContactDetails", self.contact_to_json());
        account.push("Address", self.address.clone());
        account.into()
    }

    fn contact_to_json(&self) -> Object {
        let mut contact = Object::new();
        contact.push("ID", self.contact_id.as_str());
        contact.push("FirstName", self.contact.first_name.as_str());
        contact.push("LastName", self.contact.last_name.as_str());
        contact.push("Phone", "");
        contact.push("Fax", "");
        contact.push("Email", self.contact.email.as_str());
        contact
    }

    /// RequestedBy: who acted.
    pub(super) fn requested_by(&self, by: By) -> Object {
        let person = match by {
            By::Storefront => &self.shopper,
            By::Bss | By::Api => &self.operator,
        };
        let mut requested_by = Object::new();
        requested_by.push("ID", person.id);
        requested_by.push("FirstName", person.first_name.as_str());
        requested_by.push("LastName", person.last_name.as_str());
        requested_by.push("DisplayName", format!("{} {}", person.first_name, person.last_name));
        requested_by.push("Email", person.email.as_str());
        requested_by.push("Type", by.requester_type());
        requested_by
    }
}

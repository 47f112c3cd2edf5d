//! The setting fields: which partner calls.
//!
//! The application headers name the platform installation; the values of these
//! fields name the partner on it. They come as headers with every single call,
//! so nothing about them is remembered from one call to the next.

use serde_json::{Value, json};

use super::auth::same;
use super::options::Tenant;
use super::refusal::{Refusal, SETTINGS_REFUSED, refuse};
use super::request::{self, Object, Request};

const USERNAME_FIELD: &str = "FieldUsername";
const PASSWORD_FIELD: &str = "FieldPassword";
const HEADER_PREFIX: &str = "X-CloudPlatform-Setting-";

const TEXT_KIND: i32 = 0;
const PASSWORD_KIND: i32 = 1;

/// The tenants, in the order of their books.
#[derive(Debug)]
pub(super) struct Tenants {
    accepted: Vec<Tenant>,
    names: Vec<String>,
}

impl Tenants {
    pub(super) fn new(tenants: &[Tenant]) -> Self {
        let mut names: Vec<String> = Vec::new();
        for tenant in tenants {
            if !names.contains(&tenant.username) {
                names.push(tenant.username.clone());
            }
        }
        Self { accepted: tenants.to_vec(), names }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The tenant that the settings of this call belong to, as an index.
    pub(super) fn calling(&self, request: &Request) -> Result<usize, Refusal> {
        let value = |field: &str| request.header(&format!("{HEADER_PREFIX}{field}")).unwrap_or_default();
        match self.find(&value(USERNAME_FIELD), &value(PASSWORD_FIELD)) {
            Some(tenant) => Ok(tenant),
            None => refuse(SETTINGS_REFUSED, "The user name or the password in the service settings is not accepted."),
        }
    }

    fn find(&self, username: &str, password: &str) -> Option<usize> {
        if username.is_empty() || password.is_empty() {
            return None;
        }
        self.accepted
            .iter()
            .find(|tenant| tenant.username == username && same(tenant.password.as_bytes(), password.as_bytes()))?;
        self.names.iter().position(|name| name == username)
    }

    /// Fields/Validate: what is wrong with posted values; empty when nothing
    /// is. The messages name fields and never repeat a value.
    pub(super) fn validate(&self, body: &[u8]) -> Value {
        let Ok(body) = request::object(body) else {
            return json!(["The settings could not be read."]);
        };
        let Ok(fields) = request::objects(&body, "Fields") else {
            return json!(["The settings could not be read."]);
        };
        let mut messages = Vec::new();
        let mut required = |id, name| {
            let value = posted(&fields, id);
            if value.is_empty() {
                messages.push(format!("{name} is required."));
            }
            value
        };
        let username = required(USERNAME_FIELD, "User name");
        let password = required(PASSWORD_FIELD, "Password");
        if messages.is_empty() && self.find(&username, &password).is_none() {
            messages.push("The user name or the password is not correct.".to_owned());
        }
        json!(messages)
    }
}

/// The posted value of a field; empty when there is none that can be read.
fn posted(fields: &[&Object], id: &str) -> String {
    let field =
        fields.iter().find(|field| request::id(field, "ID").is_ok_and(|posted| posted.eq_ignore_ascii_case(id)));
    field.and_then(|field| request::id(field, "Value").ok()).unwrap_or_default()
}

/// Fields/Get: the fields that a partner fills in.
pub(super) fn fields() -> Value {
    json!({ "Fields": [
        field(USERNAME_FIELD, 1, "User name", "Your partner user name", TEXT_KIND),
        field(PASSWORD_FIELD, 2, "Password", "Your partner password", PASSWORD_KIND),
    ]})
}

fn field(id: &str, order: i32, name: &str, description: &str, kind: i32) -> Value {
    json!({
        "ID": id,
        "Value": null,
        "Definition": {
            "ID": id,
            "SortOrder": order,
            "Name": name,
            "Description": description,
            "Kind": kind,
            "MaxLength": 200,
            "IsRequired": true,
            "PredefinedValues": {},
            "IsAdditionalField": false,
            "IncludeVerification": false,
            "IsDistributorOption": false,
            "IsPartnerOption": true,
            "InitialValue": null,
        },
    })
}

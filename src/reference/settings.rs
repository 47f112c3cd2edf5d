//! The setting fields: which partner calls.
//!
//! The application headers name the platform installation; the values of these
//! fields name the partner on it. They come as headers with every single call,
//! so nothing about them is remembered from one call to the next.

use std::sync::OnceLock;

use serde_json::{Value, json};

use super::auth::same;
use super::faults::{Fault, Faults};
use super::options::Tenant;
use super::refusal::{Refusal, SETTINGS_REFUSED, crash, refuse};
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
    faults: Faults,
    /// The tenant of the first call, for a fault that remembers it.
    first: OnceLock<usize>,
}

impl Tenants {
    pub(super) fn new(tenants: &[Tenant], faults: Faults) -> Self {
        let mut names: Vec<String> = Vec::new();
        for tenant in tenants {
            if !names.contains(&tenant.username) {
                names.push(tenant.username.clone());
            }
        }
        Self { accepted: tenants.to_vec(), names, faults, first: OnceLock::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    /// The tenant that the settings of this call belong to, as an index.
    pub(super) fn calling(&self, request: &Request) -> Result<usize, Refusal> {
        let value = |field: &str| request.header(&format!("{HEADER_PREFIX}{field}")).unwrap_or_default();
        let remembers = self.faults.has(Fault::SettingsRememberedFromEarlierCall);
        if let Some(first) = self.first.get().filter(|_| remembers) {
            return Ok(*first);
        }
        match self.find(&value(USERNAME_FIELD), &value(PASSWORD_FIELD)) {
            Some(_) if self.faults.has(Fault::TenantsShareBooks) => Ok(0),
            Some(tenant) if remembers => Ok(*self.first.get_or_init(|| tenant)),
            Some(tenant) => Ok(tenant),
            None if self.faults.has(Fault::WrongSettingsFallToFirstTenant) => Ok(0),
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
    pub(super) fn validate(&self, body: &[u8]) -> Result<Value, Refusal> {
        let Ok(body) = request::object(body) else {
            return Ok(json!(["The settings could not be read."]));
        };
        let Ok(fields) = request::objects(&body, "Fields") else {
            return Ok(json!(["The settings could not be read."]));
        };
        let missing = [USERNAME_FIELD, PASSWORD_FIELD].iter().any(|id| !is_posted(&fields, id));
        if missing && self.faults.has(Fault::ValidateCrashesOnMissingField) {
            return crash();
        }
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
            if self.faults.has(Fault::SecretEchoed) {
                messages.push(format!("`{password}` is not the password of {username}."));
            }
        }
        Ok(self.worded(messages))
    }

    /// The answer of Fields/Validate.
    fn worded(&self, messages: Vec<String>) -> Value {
        let has = |fault| self.faults.has(fault);
        if has(Fault::ValidateAnswersObject) {
            let code = if messages.is_empty() { 0 } else { SETTINGS_REFUSED };
            return json!({ "Code": code, "Message": messages.join(" "), "Result": null });
        }
        if has(Fault::ValidateAnswersNull) && messages.is_empty() {
            return Value::Null;
        }
        if has(Fault::ValidateAnswersObjectsInArray) {
            return messages.iter().map(|message| json!({ "Message": message })).collect();
        }
        if has(Fault::ValidateRefusesValid) && messages.is_empty() {
            return json!(["The connection was tested."]);
        }
        if has(Fault::ValidateAlwaysEmpty) {
            return json!([]);
        }
        if has(Fault::ValidateBlankMessage) && !messages.is_empty() {
            return json!([" "]);
        }
        json!(messages)
    }
}

/// Whether a field is among the posted ones at all.
fn is_posted(fields: &[&Object], id: &str) -> bool {
    fields.iter().any(|field| request::id(field, "ID").is_ok_and(|posted| posted.eq_ignore_ascii_case(id)))
}

/// The posted value of a field; empty when there is none that can be read.
fn posted(fields: &[&Object], id: &str) -> String {
    let field =
        fields.iter().find(|field| request::id(field, "ID").is_ok_and(|posted| posted.eq_ignore_ascii_case(id)));
    field.and_then(|field| request::id(field, "Value").ok()).unwrap_or_default()
}

/// Fields/Get: the fields that a partner fills in.
pub(super) fn fields(faults: Faults) -> Value {
    let password_kind = if faults.has(Fault::PasswordFieldIsText) { TEXT_KIND } else { PASSWORD_KIND };
    let mut fields = vec![
        field(USERNAME_FIELD, 1, "User name", "Your partner user name", TEXT_KIND),
        field(PASSWORD_FIELD, 2, "Password", "Your partner password", password_kind),
    ];
    if faults.has(Fault::SecretInFields) {
        fields[1]["Value"] = json!(super::PASSWORD);
    }
    if faults.has(Fault::FieldIdsRepeated) {
        fields.push(field(USERNAME_FIELD, 3, "User name of the second server", "", TEXT_KIND));
    }
    let mut another = |id| {
        let mut field = field(id, 3, "Cost centre", "", TEXT_KIND);
        field["Definition"]["IsRequired"] = json!(false);
        fields.push(field);
    };
    if faults.has(Fault::FieldIdWithBlank) {
        another("Field Cost Centre");
    }
    if faults.has(Fault::FieldIdWithUmlaut) {
        another("FieldKostenträger");
    }
    if faults.has(Fault::DefinitionIdDiffers) {
        fields[0]["Definition"]["ID"] = json!("UserName");
    }
    if faults.has(Fault::FieldsMissing) {
        return json!({});
    }
    if faults.has(Fault::FieldsAsBareArray) {
        return json!(fields);
    }
    json!({ "Fields": fields })
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

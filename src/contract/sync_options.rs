//! What Accounts/SyncOptions asks of a customer, read leniently.

use super::{
    choices::{OPTION_DATA_TYPE, OPTION_KIND},
    dialect::SyncListValue,
    model::choice,
};
use crate::json::Json;
use std::collections::BTreeMap;

/// One question that the platform asks before an account is synchronised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncOption {
    pub id: String,
    pub name: String,
    pub required: bool,
    pub read_only: bool,
    kind: &'static str,
    data_type: &'static str,
    /// Id, name and whether it is the default.
    values: Vec<(String, String, bool)>,
}

/// Reads the answer of Accounts/SyncOptions; entries without an id are left out.
pub fn read(body: &Json) -> Vec<SyncOption> {
    let fields = body.member("Fields").and_then(Json::as_array).unwrap_or_default();
    fields.iter().filter_map(read_option).collect()
}

fn read_option(field: &Json) -> Option<SyncOption> {
    let definition = field.member("Definition").unwrap_or(field);
    let id = field.text_of("ID").or_else(|| definition.text_of("ID"))?;
    let flag = |name: &str| definition.member(name).and_then(Json::as_bool).unwrap_or(false);
    let values = definition.member("PredefinedValues").and_then(Json::as_array).unwrap_or_default();
    Some(SyncOption {
        name: definition.text_of("Name").filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone()),
        id,
        required: flag("IsRequired"),
        read_only: flag("IsReadOnly"),
        kind: definition.member("Kind").and_then(|kind| choice(kind, OPTION_KIND)).unwrap_or("SimpleValue"),
        data_type: definition.member("DataType").and_then(|kind| choice(kind, OPTION_DATA_TYPE)).unwrap_or("Text"),
        values: values
            .iter()
            .filter_map(|value| {
                let id = value.text_of("ID")?;
                let name = value.text_of("Name").unwrap_or_else(|| id.clone());
                Some((id, name, value.member("IsDefault").and_then(Json::as_bool).unwrap_or(false)))
            })
            .collect(),
    })
}

/// What a customer answers: what the profile says, the e-mail for `username`, and a legal value for whatever else is
/// required. Read-only options are not asked.
pub fn answers(
    options: &[SyncOption],
    given: &BTreeMap<String, String>,
    email: &str,
    list_value: SyncListValue,
) -> Vec<(String, String)> {
    let mut answers = Vec::new();
    for option in options {
        let value = match given.get(&option.id) {
            Some(value) => Some(value.clone()),
            None if option.is_filled_by_the_platform() => Some(email.to_owned()),
            None if option.required && !option.read_only => Some(option.legal_value(list_value)),
            None => None,
        };
        answers.extend(value.map(|value| (option.id.clone(), value)));
    }
    // What the profile gives for options that were not announced is sent all the same: the integrator knows better.
    let unannounced = given.iter().filter(|(id, _)| !options.iter().any(|option| option.id == **id));
    answers.extend(unannounced.map(|(id, value)| (id.clone(), value.clone())));
    answers
}

impl SyncOption {
    /// `username` is the customer's e-mail address, whatever anybody types.
    pub fn is_filled_by_the_platform(&self) -> bool {
        self.id == "username"
    }

    /// Id and name of each entry that can be chosen.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(id, name, _)| (id.as_str(), name.as_str()))
    }

    /// What is asked for, in the words of the contract.
    pub fn kind(&self) -> (&'static str, &'static str) {
        (self.kind, self.data_type)
    }

    /// A value that the service manager has to take: the default entry or the first one, else one of the right type.
    pub fn legal_value(&self, list_value: SyncListValue) -> String {
        let entry = self.values.iter().find(|(.., default)| *default).or_else(|| self.values.first());
        if let Some((id, name, _)) = entry {
            return match list_value {
                SyncListValue::Name => name.clone(),
                SyncListValue::Id => id.clone(),
            };
        }
        match (self.kind, self.data_type) {
            ("Boolean", _) => "true",
            (_, "Number" | "Currency") => "1",
            (_, "Date") => "2026-01-31",
            ("Link", _) => "https://customer.example",
            _ => "mock-bss",
        }
        .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_answers_what_is_asked_and_no_more() {
        let body = crate::json::parse(
            br#"{"Fields":[
                {"ID":"username","Definition":{"ID":"username","Kind":"SimpleValue","DataType":"Text"}},
                {"ID":"role","Definition":{"ID":"role","Kind":1,"IsRequired":true,
                    "PredefinedValues":[{"ID":"1","Name":"end user"},{"ID":"2","Name":"reseller","IsDefault":true}]}},
                {"ID":"vat","Definition":{"ID":"vat","DataType":"Number","IsRequired":true}},
                {"ID":"note","Definition":{"ID":"note"}},
                {"ID":"seen","Definition":{"ID":"seen","IsRequired":true,"IsReadOnly":true}}]}"#,
        )
        .unwrap();
        let options = read(&body);
        let given = BTreeMap::from([("region".to_owned(), "eu".to_owned())]);
        let pairs = |list| {
            answers(&options, &given, "it@acme.example", list)
                .into_iter()
                .map(|(k, v)| format!("{k}={v}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(pairs(SyncListValue::Name), ["username=it@acme.example", "role=reseller", "vat=1", "region=eu"]);
        assert_eq!(pairs(SyncListValue::Id)[1], "role=2");
    }
}

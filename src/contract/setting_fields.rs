//! What Fields/Get asks of a partner, read leniently.

use super::{choices::FIELD_KIND, model::choice};
use crate::json::Json;

/// One setting that a partner fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingField {
    pub id: String,
    pub name: String,
    /// `None` for a kind that is missing or that nobody knows.
    pub kind: Option<&'static str>,
    pub required: bool,
    /// What the form holds before anybody types.
    pub initial: String,
    /// Values and their names, where one has to be chosen.
    pub choices: Vec<(String, String)>,
}

impl SettingField {
    /// True unless the service manager has said that the value is nothing to hide.
    pub fn is_secret(&self) -> bool {
        matches!(self.kind, None | Some("PasswordText" | "CertificateFile" | "Hidden"))
    }
}

/// Reads the answer of Fields/Get; entries without an id are left out.
pub fn read(body: &Json) -> Vec<SettingField> {
    body.member("Fields").and_then(Json::as_array).unwrap_or_default().iter().filter_map(read_field).collect()
}

fn read_field(field: &Json) -> Option<SettingField> {
    let none = Json::Null;
    let definition = field.member("Definition").unwrap_or(&none);
    let id = field.text_of("ID")?;
    let choices = match definition.member("PredefinedValues") {
        Some(Json::Object(values)) => {
            values.iter().map(|(value, name)| (value.to_owned(), name.as_str().unwrap_or(value).to_owned())).collect()
        }
        _ => Vec::new(),
    };
    Some(SettingField {
        name: definition.text_of("Name").filter(|name| !name.is_empty()).unwrap_or_else(|| id.clone()),
        kind: definition.member("Kind").and_then(|kind| choice(kind, FIELD_KIND)),
        required: definition.member("IsRequired").and_then(Json::as_bool) == Some(true),
        initial: definition.text_of("InitialValue").unwrap_or_default(),
        choices,
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_and_only_a_known_kind_may_be_shown() {
        let body = crate::json::parse(
            br#"{"Fields":[
                {"ID":"User","Definition":{"ID":"User","Name":"User name","Kind":0,"IsRequired":true,"InitialValue":"demo"}},
                {"ID":"Pass","Definition":{"Kind":"PasswordText","PredefinedValues":{}}},
                {"ID":"Zone","Definition":{"Kind":4,"PredefinedValues":{"eu":"Europe","us":"America"}}},
                {"ID":"Later","Definition":{"Kind":99}}, {"ID":"Bare"}, {"Value":1}]}"#,
        )
        .unwrap();
        let fields = read(&body);
        assert_eq!(fields.iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["User", "Pass", "Zone", "Later", "Bare"]);
        assert_eq!(fields.iter().map(SettingField::is_secret).collect::<Vec<_>>(), [false, true, false, true, true]);
        assert_eq!(
            (fields[0].name.as_str(), fields[0].initial.as_str(), fields[0].required),
            ("User name", "demo", true)
        );
        assert_eq!(fields[2].choices[1], ("us".to_owned(), "America".to_owned()));
    }
}

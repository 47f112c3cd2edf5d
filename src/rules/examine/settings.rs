//! The settings of a partner: Fields/Get and Fields/Validate.

use super::{Breach, OfAnswer, Seen, list, messages, shown, text};
use crate::{
    contract::{Endpoint, Meaning, choices::FIELD_KIND, credentials::WRONG_SECRET, model::choice},
    evidence::PRELUDE,
    json::Json,
};

pub(super) const OF_ANSWERS: &[OfAnswer] = &[
    OfAnswer { rule: 21, examine: well_formed },
    OfAnswer { rule: 22, examine: header_names },
    OfAnswer { rule: 23, examine: list_of_texts },
    OfAnswer { rule: 24, examine: explained },
    OfAnswer { rule: 26, examine: secrets_hidden },
];

/// The answer of Fields/Get, if it is one to be read; an answer with an error code is none.
fn fields<'a>(seen: &Seen<'a>) -> Option<&'a Json> {
    seen.document().filter(|_| seen.endpoint == Endpoint::FieldsGet && seen.meaning() == Meaning::Accepted)
}

/// an object with an array `Fields`; each field has an ID of its own, and its definition repeats it.
///
/// No fields at all (`[]`, or null) are legal, and so is a field whose definition is null. IDs that differ only in case
/// are the same, since their values travel as headers.
fn well_formed(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let body = fields(seen)?;
    let items = match body.member("Fields") {
        Some(Json::Array(items)) => items,
        Some(Json::Null) => return Some(Vec::new()),
        other => {
            let found = if body.as_object().is_some() { shown(other) } else { shown(Some(body)) };
            return Some(vec![
                Breach::new("Fields/Get answered no array `Fields`")
                    .at("$.Fields")
                    .instead("an object with an array `Fields`", found),
            ]);
        }
    };
    Some(each_has_its_id(items, "field"))
}

/// Each entry of a `Fields` array has an ID of its own that its definition repeats.
pub(super) fn each_has_its_id(items: &[Json], what: &str) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(id) = text(item, "ID") else {
            breaches.push(
                Breach::new(format!("a {what} has no ID"))
                    .at(format!("$.Fields[{index}].ID"))
                    .instead("a text that is not blank", shown(item.member("ID"))),
            );
            continue;
        };
        if known.iter().any(|other| other.eq_ignore_ascii_case(id)) {
            breaches.push(
                Breach::new(format!("two {what}s have one ID: {id}"))
                    .at(format!("$.Fields[{index}].ID"))
                    .instead("an ID of its own", id),
            );
        }
        known.push(id);
        let definition = item.member("Definition").filter(|definition| !definition.is_null());
        if let Some(definition) = definition.filter(|definition| text(definition, "ID") != Some(id)) {
            breaches.push(
                Breach::new(format!("the definition of the {what} {id} has another ID"))
                    .at(format!("$.Fields[{index}].Definition.ID"))
                    .instead(id, shown(definition.member("ID"))),
            );
        }
    }
    breaches
}

/// an ID is the tail of the header that carries the value, so it consists of the characters of RFC 9110's `token`.
fn header_names(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let items = list(fields(seen)?, "Fields");
    let mut breaches = None;
    for (index, item) in items.iter().enumerate() {
        let Some(id) = text(item, "ID") else { continue };
        let breaches = breaches.get_or_insert_with(Vec::new);
        if !id.bytes().all(is_token) {
            breaches.push(
                Breach::new(format!("the ID of the field “{id}” cannot be part of a header's name"))
                    .at(format!("$.Fields[{index}].ID"))
                    .instead("letters, digits and any of !#$%&'*+-.^_`|~", id),
            );
        }
    }
    breaches
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Fields/Validate answers a bare array of texts, empty or not. With another status than 2xx it is the flow that
/// is judged, not the shape.
fn list_of_texts(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if seen.endpoint != Endpoint::FieldsValidate {
        return None;
    }
    let body = seen.document()?;
    let Some(items) = body.as_array() else {
        return Some(vec![
            Breach::new(format!("Fields/Validate answered a JSON {} instead of an array", body.kind()))
                .at("$")
                .instead("an array of texts, [] when all is well", shown(Some(body))),
        ]);
    };
    let wrong = items.iter().enumerate().filter(|(_, item)| item.as_str().is_none());
    let breach = |(index, item): (usize, &Json)| {
        Breach::new(format!("Fields/Validate lists a JSON {} instead of a text", item.kind()))
            .at(format!("$[{index}]"))
            .instead("a text", shown(Some(item)))
    };
    Some(wrong.map(breach).collect())
}

/// a complaint explains itself. That wrong settings are complained about at all is for scenarios to see.
fn explained(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    if seen.endpoint != Endpoint::FieldsValidate {
        return None;
    }
    let body = seen.document()?;
    let items = body.as_array().filter(|items| !items.is_empty())?;
    let mut texts = items.iter().filter_map(Json::as_str).peekable();
    texts.peek()?;
    if texts.any(|text| !text.trim().is_empty()) {
        return Some(Vec::new());
    }
    Some(vec![
        Breach::new("Fields/Validate refused the settings with blank texts only")
            .at("$[0]")
            .instead("at least one explanation", shown(Some(body))),
    ])
}

/// what holds a secret is entered hidden, and neither Fields/Get nor a text of Fields/Validate repeats it.
///
/// A field holds a secret when its ID or name ends in a word for one (`Password`, `ClientSecret`, `API key`); only one of
/// plain text is then wrong: long keys need several lines, certificates a file, and a checkbox holds no secret.
fn secrets_hidden(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    match seen.endpoint {
        Endpoint::FieldsGet => {
            let items = list(seen.document()?, "Fields");
            let mut breaches = None;
            for (index, item) in items.iter().enumerate() {
                let Some((id, kind, name)) = secret_field(item) else { continue };
                let breaches = breaches.get_or_insert_with(Vec::new);
                // Before the settings are known, every value of the profile is masked, secret or not.
                let told = [("Value", Some(item)), ("Definition.InitialValue", item.member("Definition"))];
                for (place, holder) in told.into_iter().filter(|_| seen.exchange.sent.scenario != PRELUDE) {
                    let member = place.rsplit('.').next().unwrap_or(place);
                    let text = holder.and_then(|holder| holder.member(member)).and_then(Json::as_str);
                    breaches.extend(text.and_then(messages::secret).map(|secret| {
                        Breach::new(format!("the field {id} comes with the secret itself"))
                            .at(format!("$.Fields[{index}].{place}"))
                            .instead("nothing, or a placeholder", format!("the value of {secret}"))
                    }));
                }
                if kind == "Text" {
                    breaches.push(
                        Breach::new(format!("the field {id} ({name}) holds a secret and shows it while it is typed"))
                            .at(format!("$.Fields[{index}].Definition.Kind"))
                            .instead("PasswordText (1)", "Text (0)"),
                    );
                }
            }
            breaches
        }
        Endpoint::FieldsValidate => {
            let mut breaches = None;
            for (index, item) in seen.document()?.as_array()?.iter().enumerate() {
                let Some(text) = item.as_str() else { continue };
                let breaches = breaches.get_or_insert_with(Vec::new);
                if text.contains(WRONG_SECRET) {
                    breaches.push(
                        Breach::new("Fields/Validate repeats what was typed as a password")
                            .at(format!("$[{index}]"))
                            .instead("a text that names the field, not its value", "the value that was typed"),
                    );
                }
                breaches.extend(messages::secret(text).map(|name| {
                    Breach::new(format!("Fields/Validate repeats the value of {name}"))
                        .at(format!("$[{index}]"))
                        .instead("a text that names the field, not its value", format!("the value of {name}"))
                }));
            }
            breaches
        }
        _ => None,
    }
}

/// ID, kind and name of a field that is called after a secret.
fn secret_field(item: &Json) -> Option<(&str, &'static str, &str)> {
    let id = text(item, "ID")?;
    let definition = item.member("Definition")?;
    let kind = choice(definition.member("Kind")?, FIELD_KIND)?;
    let name = text(definition, "Name").unwrap_or(id);
    (is_secret(id) || is_secret(name)).then_some((id, kind, name))
}

/// True when a name ends in a word for a secret, written in any of the usual ways: `ClientSecret`, `client_secret`,
/// `Client secret`.
fn is_secret(name: &str) -> bool {
    let mut words: Vec<String> = Vec::new();
    let mut upper_before = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            words.push(String::new());
            upper_before = false;
            continue;
        }
        if c.is_uppercase() && !upper_before {
            words.push(String::new());
        }
        upper_before = c.is_uppercase();
        match words.last_mut() {
            Some(word) => word.extend(c.to_lowercase()),
            None => words.push(c.to_lowercase().collect()),
        }
    }
    words.retain(|word| !word.is_empty());
    let before = words.len().checked_sub(2).and_then(|index| words.get(index)).map(String::as_str);
    match words.last().map(String::as_str) {
        Some("password" | "passwd" | "passphrase" | "pwd" | "secret") => true,
        Some("token" | "key") => matches!(
            before,
            Some("api" | "access" | "auth" | "authentication" | "bearer" | "private" | "shared" | "secret" | "app")
        ),
        Some("apikey" | "accesstoken" | "secretkey" | "privatekey" | "clientsecret") => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_the_last_word_of_their_name() {
        for name in [
            "Password",
            "FieldPassword",
            "admin_password",
            "Client secret",
            "clientSecret",
            "ApiKey",
            "APIKey",
            "api-key",
            "Access Token",
            "apikey",
            "PRIVATE KEY",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "Username",
            "Secret name",
            "Password policy",
            "TokenUrl",
            "Key account",
            "Country key",
            "primaryKey",
            "KeyId",
            "Reset password URL",
            "Monkey",
            "",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}

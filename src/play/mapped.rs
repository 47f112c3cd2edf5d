//! A vendor side that calls things by other names: the probe document made of it, as the profile's `map` says.

use crate::{
    json::{Json, Number, Object},
    profile::{Entries, Form, Place, ProbeMap, STATUSES},
};
use std::collections::BTreeMap;

/// The most values that one path may find: finding each again costs more the more there are. A vendor side for tests has
/// far fewer.
const MOST: usize = 10_000;

/// The probe document that this document is, or what in it does not fit the map.
pub(super) fn mapped(map: &ProbeMap, document: Json) -> Result<Json, String> {
    let mut document = match &map.form {
        Some(form) => formed(form, &document)?,
        None => document,
    };
    for subscription in items(&mut document, "subscriptions") {
        translate(subscription, &map.statuses)?;
        for addon in items(subscription, "addons") {
            translate(addon, &map.statuses)?;
        }
    }
    Ok(document)
}

fn formed(form: &Form, document: &Json) -> Result<Json, String> {
    let (mut accounts, mut subscriptions) = (Vec::new(), Vec::new());
    let listed = form.accounts.as_ref().map(|list| Ok::<_, String>((list, all(document, &list.each)?))).transpose()?;
    for (list, entry) in listed.into_iter().flat_map(|(list, entries)| entries.map(move |entry| (list, entry))) {
        let account = members(entry, list, "account")?;
        if form.subscriptions.each.is_within() {
            subscribed(form, entry, account.get("id"), &mut subscriptions)?;
        }
        accounts.push(account.into());
    }
    if !form.subscriptions.each.is_within() {
        subscribed(form, document, None, &mut subscriptions)?;
    }
    let mut whole = Object::new();
    // Without a place for them nothing is told of accounts; that there is none is something else.
    if form.accounts.is_some() {
        whole.push("accounts", accounts);
    }
    whole.push("subscriptions", subscriptions);
    Ok(whole.into())
}

/// The subscriptions of a document, or of an account.
fn subscribed(form: &Form, root: &Json, owner: Option<&Json>, into: &mut Vec<Json>) -> Result<(), String> {
    for entry in all(root, &form.subscriptions.each)? {
        let mut subscription = members(entry, &form.subscriptions, "subscription")?;
        if let (None, Some(owner)) = (subscription.get("account"), owner) {
            subscription.push("account", owner.clone());
        }
        let mut resources = BTreeMap::new();
        if let Some(place) = &form.resources {
            for object in all(entry, place)?.filter_map(Json::as_object) {
                resources.extend(object.iter());
            }
        }
        for (attribute, place) in &form.amounts {
            if let Some(amount) = one(entry, place, attribute, "subscription")? {
                resources.insert(attribute, amount);
            }
        }
        if form.resources.is_some() || !form.amounts.is_empty() {
            let mut held = Object::new();
            resources.into_iter().for_each(|(attribute, amount)| held.push(attribute, amount.clone()));
            subscription.push("resources", held);
        }
        let addons = form.addons.as_ref().map(|list| -> Result<Vec<Json>, String> {
            all(entry, &list.each)?.map(|addon| members(addon, list, "add-on").map(Json::from)).collect()
        });
        // Null: of these nothing is told.
        subscription.push("addons", addons.transpose()?.map_or(Json::Null, Json::Array));
        into.push(subscription.into());
    }
    Ok(())
}

/// What an entry tells, by the names that mock-bss knows. What stands nowhere is not told.
fn members(entry: &Json, list: &Entries, kind: &str) -> Result<Object, String> {
    let mut told = Object::new();
    for (name, place) in &list.members {
        let value = match *name {
            // Each of several addresses counts.
            "email" => several(all(entry, place)?.collect()),
            _ => one(entry, place, name, kind)?.cloned(),
        };
        match value {
            Some(value) => told.push(name, typed(name, value)),
            // Without an id nobody knows what was cancelled.
            None if *name == "id" => {
                return Err(format!("an entry of `{}` has nothing at `{}`, its id", list.each.text, place.text));
            }
            None => {}
        }
    }
    Ok(told)
}

fn several(mut values: Vec<&Json>) -> Option<Json> {
    values.retain(|value| !value.is_null());
    match values[..] {
        [] => None,
        [only] => Some(only.clone()),
        _ => Some(Json::Array(values.into_iter().cloned().collect())),
    }
}

/// Amounts and switches may be told as text.
fn typed(name: &str, value: Json) -> Json {
    let read = match (name, value.as_str().map(str::trim)) {
        ("quantity", Some(text)) => Number::parse(text).map(Json::from),
        ("trial", Some(text)) if text.eq_ignore_ascii_case("true") => Some(Json::Bool(true)),
        ("trial", Some(text)) if text.eq_ignore_ascii_case("false") => Some(Json::Bool(false)),
        _ => None,
    };
    read.unwrap_or(value)
}

/// The one value at a place. Null is nothing.
fn one<'a>(entry: &'a Json, place: &Place, name: &str, kind: &str) -> Result<Option<&'a Json>, String> {
    let mut found = all(entry, place)?;
    match (found.next(), found.count()) {
        (Some(value), 0) => Ok(Some(value).filter(|value| !value.is_null())),
        (None, _) => Ok(None),
        (Some(_), more) => {
            let values = more + 1;
            Err(format!("`{}` finds {values} values for `{name}` of one {kind}, where one is meant", place.text))
        }
    }
}

fn all<'a>(root: &'a Json, place: &Place) -> Result<impl Iterator<Item = &'a Json> + use<'a>, String> {
    let found = place.query.select_at_most(root, MOST);
    let found = found.ok_or_else(|| format!("`{}` finds more than {MOST} values", place.text))?;
    Ok(found.into_iter().map(|(_, value)| value))
}

/// Puts the status of an entry into the words that mock-bss knows, whatever their letter case.
fn translate(entry: &mut Json, statuses: &[(String, String)]) -> Result<(), String> {
    let Json::Object(members) = entry else { return Ok(()) };
    let Some(status) = members.get_mut("status") else { return Ok(()) };
    let said = match status {
        Json::String(text) => text.to_string(),
        Json::Number(number) => number.as_str().to_owned(),
        Json::Bool(value) => value.to_string(),
        _ => return Ok(()),
    };
    let exactly = statuses.iter().find(|(word, _)| *word == said);
    let word = exactly.or_else(|| statuses.iter().find(|(word, _)| word.eq_ignore_ascii_case(&said)));
    let known = STATUSES.iter().copied().find(|known| said.eq_ignore_ascii_case(known));
    match (word.map(|(_, known)| known.as_str()).or(known), statuses) {
        (Some(known), _) => *status = Json::from(known),
        // Whoever gives words gives all of them: a status that nobody knows would count as neither living nor ended.
        (None, [_, ..]) => return Err(format!("the status `{said}` stands in no line of `statuses`")),
        (None, []) => {}
    }
    Ok(())
}

fn items<'a>(entry: &'a mut Json, list: &str) -> impl Iterator<Item = &'a mut Json> {
    let found = match entry {
        Json::Object(members) => members.get_mut(list),
        _ => None,
    };
    match found {
        Some(Json::Array(items)) => items.iter_mut(),
        _ => [].iter_mut(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnostic::Source,
        json::parse,
        profile::{self, Environment},
    };
    use std::sync::Arc;

    const NESTED: &str = "
    accounts: { each: '$.holders[*]', id: '@.handle', bss: '@.party', email: \"@['mail','login']\" }
    subscriptions:
      each: '@.vaults[*]'
      id: '@.handle'
      status: '@.standing'
      product: '@.article'
      quantity: '@.devices'
      name: '@.title'
      trial: '@.onTrial'
      resources: \"@['capacity','switches']\"
    addons: { each: '@.extras[*]', id: '@.handle', product: '@.article', quantity: '@.pieces', status: '@.standing' }
    statuses: { live: active, paused: suspended, ended: cancelled, 3: cancelled }";

    fn map(text: &str) -> ProbeMap {
        let text = format!(
            "name: a\ntarget: http://localhost:5000/api\napplication: {{ id: 1b5c0d9e-0000-4000-8000-000000000001, key: k }}\n\
             probe:\n  url: http://localhost:5000/p/{{bss}}\n  map:{text}\n"
        );
        let source = Arc::new(Source { path: "p".into(), text });
        let file = |_: &str| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
        let read = profile::load(&source, &Environment { variable: &|_| None, file: &file });
        read.unwrap().0.probe.unwrap().map
    }

    /// What becomes of a document.
    fn made(map_text: &str, document: &str) -> Result<String, String> {
        mapped(&map(map_text), parse(document.as_bytes()).unwrap()).map(|made| made.to_compact())
    }

    #[test]
    fn entries_are_found_where_they_stand_and_called_by_their_names() {
        let document = r#"{"holders":[
            {"handle":"a-1","party":13,"mail":"x@a.example","login":"y@a.example","vaults":[
              {"handle":"v-1","standing":"LIVE","article":"P","devices":"3","title":"Vault","onTrial":"False",
               "capacity":{"storage":35},"switches":{"geo":true},
               "extras":[{"handle":"e-1","article":"A","pieces":2,"standing":"ended"}]},
              {"handle":"v-2","standing":3,"devices":null}]},
            {"handle":"a-2","mail":"z@a.example","login":null}]}"#;
        assert_eq!(
            made(NESTED, document).unwrap(),
            concat!(
                r#"{"accounts":[{"id":"a-1","bss":13,"email":["x@a.example","y@a.example"]},"#,
                r#"{"id":"a-2","email":"z@a.example"}],"subscriptions":["#,
                r#"{"id":"v-1","status":"active","product":"P","quantity":3,"name":"Vault","trial":false,"account":"a-1","#,
                r#""resources":{"geo":true,"storage":35},"#,
                r#""addons":[{"id":"e-1","product":"A","quantity":2,"status":"cancelled"}]},"#,
                r#"{"id":"v-2","status":"cancelled","account":"a-1","resources":{},"addons":[]}]}"#
            )
        );
        assert_eq!(made(NESTED, "{}").unwrap(), r#"{"accounts":[],"subscriptions":[]}"#);
    }

    #[test]
    fn a_flat_document_names_the_owner_or_nobody() {
        let flat = "
    subscriptions: { each: '$[*]', id: '@.line', account: '@.owner', resources: { storage: '@.gb', none: '@.no' } }";
        assert_eq!(
            made(flat, r#"[{"line":7,"owner":"a-1","gb":"35"},{"line":8}]"#).unwrap(),
            concat!(
                r#"{"subscriptions":[{"id":7,"account":"a-1","resources":{"storage":"35"},"addons":null},"#,
                r#"{"id":8,"resources":{},"addons":null}]}"#
            )
        );
    }

    #[test]
    fn words_alone_leave_the_form_as_it_is() {
        let words = "\n    statuses: { Running: active }";
        let document = |status: &str| {
            format!(
                r#"{{"subscriptions":[{{"id":"S","status":"{status}","addons":[{{"status":"Suspended"}}]}}],"x":1}}"#
            )
        };
        let expected = r#"{"subscriptions":[{"id":"S","status":"active","addons":[{"status":"suspended"}]}],"x":1}"#;
        assert_eq!(made(words, &document("running")).unwrap(), expected);
        assert_eq!(made(words, &document("ACTIVE")).unwrap(), expected, "mock-bss's own words stay known");
        assert_eq!(
            made(words, &document("frozen")).unwrap_err(),
            "the status `frozen` stands in no line of `statuses`"
        );
        assert_eq!(made(" {}", &document("frozen")).unwrap(), expected.replace("active", "frozen"));
    }

    #[test]
    fn what_does_not_fit_the_map_is_said() {
        let wrong = |document: &str| made(NESTED, document).unwrap_err();
        assert_eq!(wrong(r#"{"holders":[{}]}"#), "an entry of `$.holders[*]` has nothing at `@.handle`, its id");
        let flat = "\n    subscriptions: { each: '$.s[*]', id: '@.id', quantity: '@..n' }";
        assert_eq!(
            made(flat, r#"{"s":[{"id":1,"n":1,"m":{"n":2}}]}"#).unwrap_err(),
            "`@..n` finds 2 values for `quantity` of one subscription, where one is meant"
        );
    }
}

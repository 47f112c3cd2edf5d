//! What a probe does not tell cannot be demanded of it: every member of a probe document but the ids may be missing.

use crate::json::Json;

/// The members of a subscription, and of an add-on, that demands speak of.
const MEMBERS: &[&str] = &["status", "quantity", "product", "name", "trial"];

/// What a demand's path speaks of and the document tells of nobody, as a sentence has it.
pub(super) fn of_path(path: &str, document: &Json) -> Option<String> {
    if speaks_of(path, "accounts") && document.member("accounts").and_then(Json::as_array).is_none() {
        return Some("no accounts".to_owned());
    }
    let listed = document.member("subscriptions").and_then(Json::as_array).unwrap_or_default();
    // What has ended may be told by its id alone.
    let living: Vec<&Json> = listed.iter().filter(|entry| !is_cancelled(entry)).collect();
    let (of_subscriptions, of_addons) = match path.find("addons") {
        Some(at) => path.split_at(at),
        None => (path, ""),
    };
    if let Some(member) = MEMBERS.iter().find(|member| speaks_of(of_subscriptions, member) && lacks(&living, member)) {
        return Some(format!("no `{member}` of a subscription"));
    }
    if of_addons.is_empty() {
        return None;
    }
    // A list that is missing is an empty one to many serialisers; null says that nothing is told.
    if !living.is_empty() && living.iter().all(|entry| entry.member("addons").is_some_and(Json::is_null)) {
        return Some("no add-ons".to_owned());
    }
    let lists = living.iter().filter_map(|entry| entry.member("addons").and_then(Json::as_array));
    let addons: Vec<&Json> = lists.flatten().filter(|addon| !is_cancelled(addon)).collect();
    let member = MEMBERS.iter().find(|member| speaks_of(of_addons, member) && lacks(&addons, member))?;
    Some(format!("no `{member}` of an add-on"))
}

/// True when there are entries, and none of them has the member.
fn lacks(entries: &[&Json], member: &str) -> bool {
    !entries.is_empty() && entries.iter().all(|entry| entry.member(member).is_none_or(Json::is_null))
}

fn is_cancelled(entry: &Json) -> bool {
    entry.text_of("status").is_some_and(|status| status.eq_ignore_ascii_case("cancelled"))
}

/// True when a path names the member: `.status`, and not `.statuses`.
fn speaks_of(path: &str, member: &str) -> bool {
    path.match_indices(member).any(|(at, found)| {
        let after = path[at + found.len()..].chars().next();
        path[..at].ends_with('.') && !after.is_some_and(|c| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    /// What is not told of what a path speaks of, where these are the subscriptions.
    fn untold(path: &str, subscriptions: &str) -> Option<String> {
        let document = parse(format!(r#"{{"subscriptions":[{subscriptions}]}}"#).as_bytes()).unwrap();
        of_path(path, &document)
    }

    #[test]
    fn what_no_living_subscription_tells_is_not_told() {
        let active = "$.subscriptions[?@.status=='active'].quantity";
        assert_eq!(untold(active, r#"{"id":"S"}"#).unwrap(), "no `status` of a subscription");
        assert_eq!(untold(active, r#"{"id":"S","status":"active"}"#).unwrap(), "no `quantity` of a subscription");
        let null = r#"{"id":"S","status":"active","quantity":null}"#;
        assert_eq!(untold(active, null).unwrap(), "no `quantity` of a subscription");
        assert_eq!(untold(active, r#"{"id":"S","status":"active","quantity":5}"#), None);
        // One of them tells: so it is told, and missing at the other.
        let both = r#"{"id":"S","status":"active"},{"id":"T","status":"active","quantity":5}"#;
        assert_eq!(untold(active, both), None);
        // Nothing is there, or nothing that lives: that is no silence.
        assert_eq!(untold(active, ""), None);
        assert_eq!(untold(active, r#"{"id":"S","status":"Cancelled"}"#), None);
        assert_eq!(untold("$[?count($.subscriptions[*]) == 1]", r#"{"id":"S"}"#), None);
    }

    #[test]
    fn add_ons_are_told_unless_the_list_is_null() {
        let path = "$.subscriptions[?@.status=='active'].addons[?@.status=='active'].quantity";
        let with = |addons: &str| untold(path, &format!(r#"{{"id":"S","status":"active"{addons}}}"#));
        assert_eq!(with(""), None, "no list is an empty one");
        assert_eq!(with(r#","addons":[]"#), None);
        assert_eq!(with(r#","addons":null"#).unwrap(), "no add-ons");
        assert_eq!(with(r#","addons":[{"id":"X"}]"#).unwrap(), "no `status` of an add-on");
        assert_eq!(with(r#","addons":[{"status":"active"}]"#).unwrap(), "no `quantity` of an add-on");
        assert_eq!(with(r#","addons":[{"status":"cancelled"}]"#), None);
    }

    #[test]
    fn accounts_are_told_where_there_is_a_list() {
        assert_eq!(untold("$.accounts[1]", "").unwrap(), "no accounts");
        let document = parse(br#"{"accounts":[],"subscriptions":[]}"#).unwrap();
        assert_eq!(of_path("$.accounts[1]", &document), None);
    }
}

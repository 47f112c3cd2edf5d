//! YAML tree → [`Profile`], with every mistake of the file.

use super::{
    CustomerData, Limits, Other, PrecheckChoice, Profile, Redactions, SentHeaders, connection, fits_as_name,
    fits_as_setting, grammar::PROFILE, probe, start,
};
use crate::{
    contract::{Application, Dialect, Endpoint, answer::PendingSignal, dialect},
    diagnostic::{Diagnostics, Source, suggest},
    json::Query,
    yaml::{
        self, Node, Value,
        shape::{Checker, Shape, duration},
    },
};
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

/// The features that a profile can declare.
const FEATURES: &[&str] = &["accounts", "account_delete", "addons", "upgrade", "trial", "suspend", "users", "usage"];

/// How a profile reaches the world outside the file.
pub struct Environment<'a> {
    /// A variable of the environment.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The text of a file, by its path relative to the profile. `ErrorKind::Unsupported` says that nobody needs it: then
    /// a value stays unknown, and nothing is said about it.
    pub file: &'a dyn Fn(&str) -> std::io::Result<String>,
}

impl std::fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Environment")
    }
}

/// Reads a profile. Warnings come with a profile, errors without.
///
/// # Errors
/// Every mistake of the file.
pub fn load(source: &Arc<Source>, environment: &Environment<'_>) -> Result<(Profile, Diagnostics), Diagnostics> {
    let mut root = yaml::parse(source).map_err(|error| Diagnostics(vec![*error]))?;
    let mut checker = Checker::new(source.clone());
    let secret = start::from_the_environment(&root, &mut checker);
    insert_variables(&mut root, environment, &mut checker);
    checker.check(&root, &Shape::Record(&PROFILE), "the profile");
    let mut profile = Reader { root: &root, environment }.profile(source, &mut checker);
    if let Some(profile) = &mut profile {
        profile.start = start::read(&root, &secret, &mut checker);
    }
    let mut diagnostics = Diagnostics(checker.finish());
    connection::hide_passwords(&root, source, &mut diagnostics);
    match profile {
        Some(profile) if !diagnostics.has_errors() => Ok((profile, diagnostics)),
        _ => Err(diagnostics),
    }
}

/// `${NAME}` in any text becomes the variable of the environment.
fn insert_variables(node: &mut Node, environment: &Environment<'_>, checker: &mut Checker) {
    match &mut node.value {
        Value::Text(text) if text.contains("${") => {
            let mut out = String::new();
            let mut rest = text.as_str();
            while let Some(start) = rest.find("${") {
                let Some(end) = rest[start..].find('}') else { break };
                let name = rest[start + 2..start + end].trim();
                out.push_str(&rest[..start]);
                match (environment.variable)(name) {
                    Some(value) => out.push_str(&value),
                    None => {
                        checker
                            .error(&node.span, format!("the environment has no `{name}`"), "needed here")
                            .help(format!("set it before the run: export {name}=…"));
                        // One message is enough: the value itself would be found wrong again.
                        out.push_str("missing");
                    }
                }
                rest = &rest[start + end + 1..];
            }
            out.push_str(rest);
            *text = out;
        }
        Value::List(items) => items.iter_mut().for_each(|item| insert_variables(item, environment, checker)),
        Value::Map(entries) => {
            entries.iter_mut().for_each(|(_, value)| insert_variables(value, environment, checker));
        }
        _ => {}
    }
}

struct Reader<'a> {
    root: &'a Node,
    environment: &'a Environment<'a>,
}

impl Reader<'_> {
    fn profile(&self, source: &Arc<Source>, checker: &mut Checker) -> Option<Profile> {
        let root = self.root;
        let name = root.get("name").and_then(Node::text)?;
        let target = self.target(checker)?;
        let application = self.application(root, checker)?;
        if !fits_as_name(name) {
            let span = root.get("name").map(|n| n.span.clone()).unwrap_or_default();
            checker
                .error(&span, "`name` must be usable as a folder name", "it names the snapshot folder")
                .help("use letters, digits, dashes and underscores");
        }
        let mut profile = Profile::new(name, &target, application);
        profile.source = Some(source.clone());
        profile.settings = self.settings(self.root, checker);
        profile.other = root.get("other").map(|other| Other {
            application: self.application(other, checker),
            settings: self.settings(other, checker),
        });
        profile.dialect = self.dialect(checker);
        profile.dialect.urls = self.urls(checker);
        profile.features = self.features(checker);
        profile.precheck = self.precheck(checker);
        profile.pending = self.pending(checker);
        profile.strict = root.get("strict").and_then(Node::boolean).unwrap_or(false);
        profile.customer = self.customer();
        profile.products = self.products();
        profile.seats = self.positive(root, "seats", checker).unwrap_or(profile.seats);
        profile.seats_limit = self.positive(root, "seats_limit", checker);
        if let (Some(limit), Some(place)) = (profile.seats_limit, root.get("seats_limit"))
            && limit < profile.seats
        {
            let label = format!("a normal customer buys {}", profile.seats);
            checker
                .error(&place.span, "`seats_limit` is below `seats`", label)
                .help("seats_limit is the largest quantity that can be ordered; give a smaller `seats` too");
        }
        profile.probe = probe::read(self.root, checker);
        profile.limits = self.limits(checker);
        profile.consent = texts(root.get("consent"));
        profile.headers = self.headers(checker);
        profile.connection = connection::read(root, source, self.environment, checker);
        profile.notification = super::notification::read(root, self.environment, checker);
        if let Some(folder) = root.get("snapshots").and_then(Node::text) {
            profile.snapshots = PathBuf::from(folder);
        }
        profile.redactions = self.redactions(checker);
        profile.scenarios = texts(root.get("scenarios")).into_iter().map(PathBuf::from).collect();
        profile.known_failures = super::known::read(root.get("known_failures"), &source.text, checker);
        Some(profile)
    }

    fn target(&self, checker: &mut Checker) -> Option<String> {
        let node = self.root.get("target")?;
        let text = node.text()?.trim();
        let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
        match host {
            Some(host) if host.contains('@') => {
                checker
                    .error(&node.span, "`target` must not carry a user name", "credentials in a URL")
                    .help("service managers know two headers only: see `application`");
                None
            }
            Some(host) if !host.is_empty() => Some(text.to_owned()),
            _ => {
                checker
                    .error(&node.span, "`target` must be a URL", "found no http:// or https:// and a host")
                    .help("for example http://localhost:5000/api/Example");
                None
            }
        }
    }

    fn application(&self, of: &Node, checker: &mut Checker) -> Option<Application> {
        let node = of.get("application")?;
        let id = node.get("id").and_then(Node::text)?.trim().to_owned();
        let key = self.secret(node.get("key")?, checker)?;
        Some(Application { id, key })
    }

    /// A value that stands in the file, or in a file of its own.
    fn secret(&self, node: &Node, checker: &mut Checker) -> Option<String> {
        let Some(path) = node.get("file") else { return node.scalar() };
        let name = path.text()?;
        match (self.environment.file)(name) {
            Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::Unsupported => Some("unread".to_owned()),
            Err(error) => {
                checker.error(&path.span, format!("the file `{name}` cannot be read"), error.to_string());
                None
            }
        }
    }

    fn settings(&self, of: &Node, checker: &mut Checker) -> BTreeMap<String, String> {
        let entries = of.get("settings").map(Node::entries).unwrap_or_default();
        let mut settings = BTreeMap::new();
        for (key, node) in entries {
            if !fits_as_setting(&key.text) {
                checker
                    .error(&key.span, format!("`{}` cannot be the end of a header name", key.text), "not a field id")
                    .help("settings are sent as X-CloudPlatform-Setting-<field id>");
            }
            if let Some(value) = self.secret(node, checker) {
                if value.chars().any(char::is_control) {
                    checker.error(&node.span, "a setting cannot hold control characters", "it is sent as a header");
                }
                settings.insert(key.text.clone(), value);
            }
        }
        settings
    }

    fn dialect(&self, checker: &mut Checker) -> Dialect {
        let Some(node) = self.root.get("dialect") else { return Dialect::default() };
        if let Some(name) = node.scalar() {
            return Dialect::named(&name).unwrap_or_default();
        }
        let base = node.get("base").and_then(Node::scalar);
        let mut chosen = base.and_then(|name| Dialect::named(&name)).unwrap_or_default();
        for (key, value) in node.entries().iter().filter(|(key, _)| key.text != "base") {
            let Some((_, values)) = dialect::SWITCHES.iter().find(|(name, _)| *name == key.text) else { continue };
            let text = value.scalar().unwrap_or_default();
            if !chosen.set(&key.text, &text) {
                checker
                    .error(&value.span, format!("`{text}` is not a value of `{}`", key.text), "unknown value")
                    .help(suggest(&text, values.iter().copied()));
            }
        }
        chosen
    }

    fn urls(&self, checker: &mut Checker) -> BTreeMap<Endpoint, String> {
        let mut urls = BTreeMap::new();
        for (key, value) in self.root.get("urls").map(Node::entries).unwrap_or_default() {
            let Some(template) = value.text() else { continue };
            if !template.starts_with("{base}/") && (!template.starts_with('/') || template.starts_with("//")) {
                checker
                    .error(&value.span, "this is no place on the target", "found neither {base}/… nor /…")
                    .help("calls go to the host of `target` and to no other: write {base}/orders/new or /orders/new");
                continue;
            }
            match Endpoint::by_name(&key.text) {
                Some(endpoint) => drop(urls.insert(endpoint, template.to_owned())),
                None => {
                    checker
                        .error(&key.span, format!("`{}` is not an endpoint", key.text), "unknown endpoint")
                        .help(suggest(&key.text, Endpoint::ALL.iter().map(|endpoint| endpoint.name())));
                }
            }
        }
        urls
    }

    fn features(&self, checker: &mut Checker) -> BTreeMap<String, bool> {
        let entries = self.root.get("features").map(Node::entries).unwrap_or_default();
        for (key, _) in entries.iter().filter(|(key, _)| !FEATURES.contains(&key.text.as_str())) {
            checker
                .error(&key.span, format!("unknown feature `{}`", key.text), "nothing can be declared about it")
                .help(suggest(&key.text, FEATURES.iter().copied()));
        }
        entries.iter().filter_map(|(key, value)| Some((key.text.clone(), value.boolean()?))).collect()
    }

    fn precheck(&self, checker: &mut Checker) -> PrecheckChoice {
        let Some(node) = self.root.get("precheck") else { return PrecheckChoice::All };
        match node.text() {
            Some("none") => PrecheckChoice::None,
            Some(_) => PrecheckChoice::All,
            None => PrecheckChoice::Only(endpoints(Some(node), |e| e.spec().precheck, checker)),
        }
    }

    fn pending(&self, checker: &mut Checker) -> PendingSignal {
        let Some(node) = self.root.get("pending") else { return PendingSignal::None };
        match node.text() {
            Some("positive_code") => PendingSignal::PositiveCode,
            Some("http_202") => PendingSignal::Http202,
            Some(_) => PendingSignal::None,
            None => {
                let path = node.get("path").and_then(Node::text).unwrap_or_default().to_owned();
                if let (Err(error), Some(place)) = (Query::parse(&path), node.get("path")) {
                    checker.error(&place.span, "this is not a JSONPath", error.to_string());
                }
                PendingSignal::Predicate { path, equals: node.get("equals").map(Node::to_json).unwrap_or_default() }
            }
        }
    }

    fn customer(&self) -> CustomerData {
        let mut data = CustomerData::default();
        let Some(node) = self.root.get("customer") else { return data };
        let put = |name: &str, place: &mut String| {
            if let Some(text) = node.get(name).and_then(Node::scalar) {
                *place = text;
            }
        };
        put("country", &mut data.country);
        if node.get("country").is_some() {
            data.country_name = data.country.clone();
        }
        put("country_name", &mut data.country_name);
        put("city", &mut data.city);
        put("post_code", &mut data.post_code);
        put("email_domain", &mut data.email_domain);
        data.is_test = node.get("is_test").and_then(Node::boolean).unwrap_or(false);
        let options = node.get("sync_options").map(Node::entries).unwrap_or_default();
        data.sync_options = options.iter().filter_map(|(k, v)| Some((k.text.clone(), v.scalar()?))).collect();
        data
    }

    fn products(&self) -> Vec<String> {
        let node = self.root.get("products");
        let list = node.map(|n| n.get("prefer").unwrap_or(n));
        list.map(Node::items).unwrap_or_default().iter().filter_map(Node::scalar).collect()
    }

    fn positive(&self, node: &Node, name: &str, checker: &mut Checker) -> Option<i64> {
        let place = node.get(name)?;
        let number = place.whole()?;
        if number < 1 {
            checker.error(&place.span, format!("`{name}` must be at least 1"), format!("found {number}"));
            return None;
        }
        Some(number)
    }

    fn limits(&self, checker: &mut Checker) -> Limits {
        let mut limits = Limits::default();
        let Some(node) = self.root.get("limits") else { return limits };
        let time = |name: &str| node.get(name).and_then(Node::scalar).and_then(|text| duration(&text));
        limits.timeout = time("timeout").unwrap_or(limits.timeout);
        limits.retry_every = time("retry_every").unwrap_or(limits.retry_every);
        limits.retry_for = time("retry_for").unwrap_or(limits.retry_for);
        if let Some(jobs) = self.positive(node, "jobs", checker) {
            limits.jobs = usize::try_from(jobs).unwrap_or(limits.jobs);
        }
        if let Some(count) = self.positive(node, "subscriptions", checker) {
            limits.subscriptions = count.unsigned_abs();
        }
        if let Some(place) = node.get("rate") {
            let text = place.scalar().unwrap_or_default();
            let rate = text.trim().trim_end_matches("/s").trim().parse::<f64>().ok();
            limits.rate = rate.filter(|rate| rate.is_finite() && *rate > 0.0);
            if limits.rate.is_none() {
                checker
                    .error(&place.span, "`rate` must be calls per second", format!("found `{text}`"))
                    .help("for example 50/s");
            }
        }
        limits
    }

    fn headers(&self, checker: &mut Checker) -> SentHeaders {
        let mut headers = SentHeaders::default();
        let Some(node) = self.root.get("headers") else { return headers };
        headers.token = node.get("token").and_then(Node::scalar);
        headers.token_endpoints = endpoints(node.get("token_endpoints"), |_| true, checker);
        headers.base_uri = node.get("base_uri").and_then(Node::text).map(|text| text.trim_end_matches('/').to_owned());
        headers.track_id = node.get("track_id").and_then(Node::boolean).unwrap_or(true);
        headers
    }

    fn redactions(&self, checker: &mut Checker) -> Redactions {
        let mut redactions = Redactions::default();
        for (key, value) in self.root.get("redact").map(Node::entries).unwrap_or_default() {
            let mut path_fits = |path: &str, span: &std::ops::Range<usize>| {
                Query::parse(path).map_err(|error| {
                    checker.error(span, "this is not a JSONPath", error.to_string());
                })
            };
            if key.text == "unordered" {
                for item in value.items() {
                    let Some(path) = item.text() else { continue };
                    if path_fits(path, &item.span).is_ok() {
                        redactions.unordered.push(path.to_owned());
                    }
                }
                continue;
            }
            let fits = path_fits(&key.text, &key.span).is_ok();
            let kind = value.text().unwrap_or_default();
            const KINDS: &[&str] = &["string", "number", "boolean", "array", "object"];
            if !KINDS.contains(&kind) {
                checker
                    .error(&value.span, "a redaction names the JSON type of the value", format!("found `{kind}`"))
                    .help(suggest(kind, KINDS.iter().copied()));
            } else if fits {
                redactions.hidden.push((key.text.clone(), kind.to_owned()));
            }
        }
        redactions
    }
}

fn texts(node: Option<&Node>) -> Vec<String> {
    node.map(Node::items).unwrap_or_default().iter().filter_map(|item| item.text().map(str::to_owned)).collect()
}

fn endpoints(node: Option<&Node>, fits: impl Fn(Endpoint) -> bool, checker: &mut Checker) -> Vec<Endpoint> {
    let mut found = Vec::new();
    for item in node.map(Node::items).unwrap_or_default() {
        let Some(name) = item.text() else { continue };
        match Endpoint::by_name(name).filter(|endpoint| fits(*endpoint)) {
            Some(endpoint) => found.push(endpoint),
            None => {
                let names = Endpoint::ALL.iter().filter(|endpoint| fits(**endpoint)).map(|endpoint| endpoint.name());
                checker
                    .error(&item.span, format!("`{name}` is not an endpoint that fits here"), "unknown endpoint")
                    .help(suggest(name, names.collect::<Vec<_>>()));
            }
        }
    }
    found
}

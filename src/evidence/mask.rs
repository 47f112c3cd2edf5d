//! Secrets never reach a file: every event passes through here before it is written or judged.

use super::event::{Answered, Event, Outcome, Probe, Sent};
use crate::{
    contract::{
        Application, CredentialForm,
        credentials::{API_KEY, SETTING_PREFIX, TOKEN},
    },
    json::{Json, parse},
};
use aho_corasick::{AhoCorasick, MatchKind};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

/// Shorter secrets are masked only where they are a whole JSON string or a whole header: `no` stands in every text.
const SHORTEST_SUBSTRING: usize = 4;

/// Replaces secrets in events. Secrets that answers bring (generated passwords) are added while a run goes on.
#[derive(Debug, Default)]
pub struct Masker {
    state: RwLock<Arc<State>>,
}

#[derive(Debug, Default, Clone)]
struct State {
    /// Text to be replaced.
    needles: BTreeMap<String, Needle>,
    /// Settings whose value is secret.
    settings: Vec<String>,
    automaton: Option<AhoCorasick>,
    placeholders: Vec<String>,
}

/// What stands in the place of a secret, and which secret it is a form of.
#[derive(Debug, Clone)]
struct Needle {
    owner: String,
    placeholder: String,
    /// The setting that it is the value of. Fields/Get may name a setting like anything else that is secret.
    setting: Option<String>,
}

/// Before the names of what belongs to the profile's `other` application and partner.
const OTHER: &str = "other ";

impl Masker {
    /// Knows the application's key in every form in which it may be sent, and every setting: until the service manager
    /// has said which settings are passwords, all of them are.
    pub fn new(application: &Application, settings: &BTreeMap<String, String>) -> Self {
        let mut state = State::default();
        state.add("key", &application.key, None);
        for name in CredentialForm::NAMES {
            let Some(form) = CredentialForm::parse(name) else { continue };
            // The wrong keys are made from the right one, so they would give it away.
            for (header, value) in form.headers(application, None, CredentialForm::Normal) {
                let value = value.strip_prefix("Bearer ").unwrap_or(&value).to_owned();
                if (header == API_KEY || header == "Authorization")
                    && value != application.key
                    && !value.starts_with('%')
                {
                    let form = if form == CredentialForm::Normal { String::new() } else { format!(" {name}") };
                    state.add(&format!("key{form} base64"), &value, None);
                    let decoded = BASE64.decode(&value).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                    state.add(&format!("key{form}"), &decoded.unwrap_or_default(), None);
                }
            }
        }
        for (id, value) in settings {
            state.settings.push(id.clone());
            state.add(id, value, Some(id));
        }
        state.build();
        Self { state: RwLock::new(Arc::new(state)) }
    }

    /// Fields/Get has said that this setting is no password: from now on its value is written.
    pub fn declassify(&self, setting: &str) {
        self.change(|state| {
            state.settings.retain(|id| id != setting);
            state.needles.retain(|_, needle| needle.setting.as_deref() != Some(setting));
        });
    }

    /// Adds the secrets of another application and partner.
    pub fn add_other(&self, application: Option<&Application>, settings: &BTreeMap<String, String>) {
        if let Some(application) = application {
            self.add(&format!("{OTHER}key"), &application.key);
            self.add(&format!("{OTHER}key base64"), &application.encoded_key());
        }
        self.change(|state| {
            settings.iter().for_each(|(id, value)| state.add(&format!("{OTHER}{id}"), value, Some(id)));
        });
    }

    /// Adds a secret that came up during the run.
    pub fn add(&self, name: &str, value: &str) {
        self.add_all(&[(name.to_owned(), value.to_owned())]);
    }

    /// Adds secrets at once: the search for all of them is built anew each time, which one by one would cost the square
    /// of what a list of users brings.
    fn add_all(&self, found: &[(String, String)]) {
        let state = self.snapshot();
        let unknown = |(_, value): &&(String, String)| !value.is_empty() && !state.knows(value);
        let new: Vec<_> = found.iter().filter(unknown).collect();
        if !new.is_empty() {
            self.change(|state| new.iter().for_each(|(name, value)| state.add(name, value, None)));
        }
    }

    /// Masks an event, after learning the secrets that it brings.
    pub fn mask(&self, event: Event) -> Event {
        match event {
            Event::Sent(sent) => {
                self.learn(sent.body.as_deref());
                Event::Sent(self.sent(sent))
            }
            Event::Answered(answered) => {
                if let Outcome::Received { body, .. } = &answered.outcome {
                    self.learn(Some(body));
                }
                Event::Answered(self.answered(answered))
            }
            Event::Probed(mut probed) => {
                probed.outcome = match probed.outcome {
                    Probe::Document(text) => Probe::Document(self.text(&text)),
                    Probe::Failed(text) => Probe::Failed(self.text(&text)),
                };
                Event::Probed(probed)
            }
            other => {
                // Titles, reasons and expectations come from files and may quote a secret that somebody typed there.
                let state = self.snapshot();
                let Some(automaton) = &state.automaton else { return other };
                let Ok(text) = serde_json::to_string(&other) else { return other };
                if !automaton.is_match(&text) {
                    return other;
                }
                serde_json::from_str(&state.replace_owned(text)).unwrap_or(other)
            }
        }
    }

    /// What is masked and long enough to be searched for, with the names of placeholders. For whoever makes sure that none
    /// of it stands in a file.
    pub fn secrets(&self) -> Vec<(String, String)> {
        let state = self.snapshot();
        let whole = |(text, needle): &(&String, &Needle)| {
            needle.placeholder == placeholder(&needle.owner) && text.len() >= SHORTEST_SUBSTRING
        };
        let of = |(text, needle): (&String, &Needle)| (needle.owner.clone(), text.clone());
        state.needles.iter().filter(whole).map(of).collect()
    }

    /// Masks any text.
    pub fn text(&self, text: &str) -> String {
        self.snapshot().replace(text)
    }

    fn sent(&self, mut sent: Sent) -> Sent {
        let state = self.snapshot();
        for (name, value) in &mut sent.headers {
            let setting = name.get(..SETTING_PREFIX.len()).filter(|p| p.eq_ignore_ascii_case(SETTING_PREFIX));
            let setting = setting.and_then(|prefix| name.get(prefix.len()..));
            *value = match setting {
                Some(id) if state.settings.iter().any(|known| known.eq_ignore_ascii_case(id)) => {
                    // Whose it is says which partner called.
                    let owner = state.needles.get(value.as_str()).map(|needle| needle.owner.as_str());
                    let of_other = |owner: &&str| owner.strip_prefix(OTHER).is_some_and(|o| o.eq_ignore_ascii_case(id));
                    placeholder(owner.filter(of_other).unwrap_or(id))
                }
                _ if name.eq_ignore_ascii_case(TOKEN) => placeholder("token"),
                _ => state.replace_owned(std::mem::take(value)),
            };
        }
        sent.url = state.replace_owned(sent.url);
        sent.body = sent.body.map(|body| state.replace_owned(body));
        sent
    }

    fn answered(&self, mut answered: Answered) -> Answered {
        let state = self.snapshot();
        match &mut answered.outcome {
            Outcome::Received { headers, body, .. } => {
                for (name, value) in headers {
                    // A session that the target opens is as good as a password.
                    *value = if name.eq_ignore_ascii_case("set-cookie") {
                        placeholder("cookie")
                    } else {
                        state.replace(value)
                    };
                }
                *body = state.replace_owned(std::mem::take(body));
            }
            Outcome::Failed { message, .. } => *message = state.replace(message),
        }
        answered
    }

    /// Passwords that a body carries: the generated one of an account, and those of users.
    fn learn(&self, body: Option<&str>) {
        let Some(body) = body else { return };
        if !speaks_of_a_password(body.as_bytes()) {
            return;
        }
        match parse(body.as_bytes()) {
            Ok(json) => {
                let mut found = Vec::new();
                passwords(&json, &mut |name, value| found.push((name.to_owned(), value.to_owned())));
                self.add_all(&found);
            }
            // A body that is no JSON (a flaw, an error page) is searched as text.
            Err(_) => {
                let mut found = Vec::new();
                for part in body.split("assword\"").skip(1) {
                    let value =
                        part.trim_start().strip_prefix(':').map(str::trim_start).and_then(|v| v.strip_prefix('"'));
                    if let Some((value, _)) = value.and_then(|value| value.split_once('"')) {
                        found.push(("password".to_owned(), value.to_owned()));
                    }
                }
                self.add_all(&found);
            }
        }
    }

    fn snapshot(&self) -> Arc<State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut guard = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut state = State::clone(&guard);
        change(&mut state);
        state.build();
        *guard = Arc::new(state);
    }
}

/// Calls `found` with each non-empty text under a member that holds a password.
fn passwords(json: &Json, found: &mut impl FnMut(&str, &str)) {
    match json {
        Json::Object(object) => {
            for (name, value) in object.iter() {
                match value {
                    Json::String(text)
                        if !text.is_empty()
                            && ["GeneratedPassword", "Password"].iter().any(|n| n.eq_ignore_ascii_case(name)) =>
                    {
                        found(name, text);
                    }
                    other => passwords(other, found),
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| passwords(item, found)),
        _ => {}
    }
}

/// Most bodies speak of no password. They are told by one quick search for the letter that is rarest in English.
fn speaks_of_a_password(body: &[u8]) -> bool {
    const WORD: &[u8] = b"password";
    const RAREST: usize = 4;
    memchr::memchr2_iter(b'w', b'W', body).any(|at| {
        let start = at.checked_sub(RAREST);
        let word = start.and_then(|start| body.get(start..start + WORD.len()));
        word.is_some_and(|word| word.eq_ignore_ascii_case(WORD))
    })
}

fn placeholder(name: &str) -> String {
    format!("[secret:{name}]")
}

impl State {
    fn knows(&self, value: &str) -> bool {
        let written = if value.len() < SHORTEST_SUBSTRING { Json::text(value).to_compact() } else { value.to_owned() };
        value.starts_with("[secret:") || self.needles.contains_key(&written)
    }

    /// The value as it is, as JSON and as a URL write it, and in base64.
    fn add(&mut self, name: &str, value: &str, setting: Option<&String>) {
        if value.is_empty() || value.starts_with("[secret:") {
            return;
        }
        let escaped = Json::text(value).to_compact();
        let escaped = &escaped[1..escaped.len() - 1];
        let mut needle = |text: String, placeholder: String| {
            self.needles.entry(text).or_insert_with(|| Needle {
                owner: name.to_owned(),
                placeholder,
                setting: setting.cloned(),
            });
        };
        if value.len() < SHORTEST_SUBSTRING {
            needle(format!("\"{escaped}\""), format!("\"{}\"", placeholder(name)));
            return;
        }
        needle(value.to_owned(), placeholder(name));
        needle(escaped.to_owned(), placeholder(name));
        needle(percent_encoded(value), placeholder(name));
        needle(BASE64.encode(value), placeholder(&format!("{name} base64")));
    }

    fn build(&mut self) {
        let (needles, placeholders): (Vec<_>, Vec<_>) =
            self.needles.iter().map(|(text, needle)| (text.clone(), needle.placeholder.clone())).unzip();
        let builder = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&needles);
        self.automaton = builder.ok().filter(|_| !needles.is_empty());
        self.placeholders = placeholders;
    }

    fn replace(&self, text: &str) -> String {
        self.replace_owned(text.to_owned())
    }

    /// Most texts hold no secret: they pass through as they are.
    fn replace_owned(&self, text: String) -> String {
        match &self.automaton {
            Some(automaton) if automaton.is_match(&text) => automaton.replace_all(&text, &self.placeholders),
            _ => text,
        }
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

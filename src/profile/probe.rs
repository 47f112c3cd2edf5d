//! `probe`: where the vendor side can be seen, and what its document calls things.

use crate::{
    json::{MatcherError, Query},
    yaml::{
        Node,
        shape::{Checker, Record, Shape, duration, field, required},
    },
};
use std::time::Duration;

/// What stands in a URL or a command for the service manager's id of the account …
pub const ACCOUNT: &str = "{account}";
/// … and for the platform's.
pub const BSS_ACCOUNT: &str = "{bss}";

/// The words for the state of a subscription or an add-on.
pub const STATUSES: &[&str] = &["active", "suspended", "cancelled"];

const ACCOUNTS: Record = Record {
    name: "`accounts`",
    fields: &[
        required("each", Shape::Text, "JSONPath of all accounts in the document, e.g. `$.customers[*]`."),
        required("id", Shape::Text, "JSONPath of its id within an account, e.g. `@.id`."),
        field("bss", Shape::Text, "Of the platform's id of the account."),
        field("email", Shape::Text, "Of its e-mail address; of all its addresses, where there are several."),
    ],
};

const RESOURCES: &[Shape] = &[Shape::Text, Shape::Table(&Shape::Text)];

const SUBSCRIPTIONS: Record = Record {
    name: "`subscriptions`",
    fields: &[
        required(
            "each",
            Shape::Text,
            "JSONPath of all subscriptions: `$.licences[*]` in the document, `@.licences[*]` within each account.",
        ),
        required("id", Shape::Text, "JSONPath of its id within a subscription, e.g. `@.id`."),
        field(
            "account",
            Shape::Text,
            "Of its account's id, or of the platform's; known where it stands in an account.",
        ),
        field("status", Shape::Text, "Of its status."),
        field("product", Shape::Text, "Of its product."),
        field("quantity", Shape::Text, "Of its quantity."),
        field("name", Shape::Text, "Of its name."),
        field("trial", Shape::Text, "Of whether it is a trial."),
        field(
            "resources",
            Shape::Either(RESOURCES),
            "Of the object of its resources by attribute ID; or attribute ID → JSONPath of the amount.",
        ),
    ],
};

const ADDONS: Record = Record {
    name: "`addons`",
    fields: &[
        required("each", Shape::Text, "JSONPath of its add-ons within a subscription, e.g. `@.extras[*]`."),
        field("id", Shape::Text, "JSONPath of its id within an add-on, e.g. `@.id`."),
        field("product", Shape::Text, "Of its product."),
        field("quantity", Shape::Text, "Of its quantity."),
        field("status", Shape::Text, "Of its status."),
    ],
};

const MAP: Record = Record {
    name: "`map`",
    fields: &[
        field("accounts", Shape::Record(&ACCOUNTS), "Where accounts stand."),
        field("subscriptions", Shape::Record(&SUBSCRIPTIONS), "Where subscriptions stand; without, where they should."),
        field("addons", Shape::Record(&ADDONS), "Where add-ons stand."),
        field(
            "statuses",
            Shape::Table(&Shape::Choice(STATUSES)),
            "The vendor's word for a status → `active`, `suspended` or `cancelled`.",
        ),
    ],
};

pub(super) const PROBE: Record = Record {
    name: "`probe`",
    fields: &[
        field(
            "url",
            Shape::Text,
            "Answers the probe document; `{account}` is the service manager's account id, `{bss}` the platform's.",
        ),
        field("command", Shape::Text, "Prints the probe document; `{account}` and `{bss}` as above."),
        field("settle", Shape::Duration, "How long a change may take to show; 5s by default."),
        field("map", Shape::Record(&MAP), "What stands where in a document of another form."),
    ],
};

/// Where the vendor side can be seen.
#[derive(Debug, Clone, PartialEq)]
pub struct ProbeSource {
    pub from: ProbeFrom,
    /// How long a change may take to show.
    pub settle: Duration,
    /// What its document calls things.
    pub map: ProbeMap,
}

impl ProbeSource {
    /// One whose document is of mock-bss's own form.
    #[must_use]
    pub fn new(from: ProbeFrom, settle: Duration) -> Self {
        Self { from, settle, map: ProbeMap::default() }
    }
}

/// An HTTP endpoint or a command. `{account}` stands for the service manager's account id, `{bss}` for the platform's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeFrom {
    Url(String),
    Command(String),
}

impl ProbeFrom {
    /// Whether it is asked for one customer, by what this placeholder stands for.
    pub fn asks_by(&self, placeholder: &str) -> bool {
        let (Self::Url(asked) | Self::Command(asked)) = self;
        asked.contains(placeholder)
    }
}

/// A JSONPath whose root is the document (`$`) or the entry that is read (`@`).
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// As it stands in the profile.
    pub text: String,
    pub query: Query,
}

impl Place {
    /// Whether it begins at an entry, and not at the document.
    pub fn is_within(&self) -> bool {
        self.text.starts_with('@')
    }
}

/// Where entries of one kind stand, and what they hold: the member of a probe document and the place of its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entries {
    pub each: Place,
    pub members: Vec<(&'static str, Place)>,
}

/// What a probe's document calls things.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProbeMap {
    /// What stands where; `None` for a document of mock-bss's own form.
    pub form: Option<Form>,
    /// The vendor's word → one of [`STATUSES`].
    pub statuses: Vec<(String, String)>,
}

/// What stands where in a document of another form than mock-bss's own.
#[derive(Debug, Clone, PartialEq)]
pub struct Form {
    pub accounts: Option<Entries>,
    pub subscriptions: Entries,
    /// Objects of resources.
    pub resources: Option<Place>,
    /// Single resources by their attribute.
    pub amounts: Vec<(String, Place)>,
    pub addons: Option<Entries>,
}

pub(super) fn read(root: &Node, checker: &mut Checker) -> Option<ProbeSource> {
    let node = root.get("probe")?;
    let text = |name: &str| node.get(name).and_then(Node::text).map(str::to_owned);
    let from = match (text("url"), text("command")) {
        (Some(url), None) => ProbeFrom::Url(url),
        (None, Some(command)) => ProbeFrom::Command(command),
        _ => {
            checker.error(&node.span, "`probe` needs either `url` or `command`", "where is the vendor side seen?");
            return None;
        }
    };
    let settle = node.get("settle").and_then(Node::scalar).and_then(|text| duration(&text));
    let map = match node.get("map") {
        Some(node) => map(node, checker)?,
        None => ProbeMap::default(),
    };
    if let Some(form) = &map.form
        && !form.subscriptions.each.is_within()
        && form.subscriptions.members.iter().all(|(member, _)| *member != "account")
        && ![ACCOUNT, BSS_ACCOUNT].iter().any(|placeholder| from.asks_by(placeholder))
    {
        let label = "the probe is asked for everybody, and nothing says whose a subscription is";
        checker.error(&node.span, "nobody knows whose subscriptions these are", label).help(
            "add `account` to `subscriptions`, or ask for one customer: `{bss}` is the platform's id of the account",
        );
        return None;
    }
    Some(ProbeSource { from, settle: settle.unwrap_or(Duration::from_secs(5)), map })
}

/// `None` when something in it cannot be used, which has been said then.
fn map(node: &Node, checker: &mut Checker) -> Option<ProbeMap> {
    let words = node.get("statuses").map(Node::entries).unwrap_or_default();
    let statuses = words.iter().filter_map(|(word, status)| Some((word.text.clone(), status.text()?.to_owned())));
    let statuses = statuses.collect();
    let given = ["accounts", "addons"].iter().find_map(|name| node.get(name));
    match (node.get("subscriptions"), given) {
        (Some(listed), _) => Some(ProbeMap { form: Some(form(node, listed, checker)?), statuses }),
        (None, None) => Some(ProbeMap { form: None, statuses }),
        (None, Some(given)) => {
            let label = "a form of its own begins with subscriptions";
            checker.error(&given.span, "`map` needs `subscriptions` too", label);
            None
        }
    }
}

fn form(node: &Node, listed: &Node, checker: &mut Checker) -> Option<Form> {
    let accounts = node.get("accounts").map(|accounts| entries(accounts, &ACCOUNTS, &["$"], checker));
    let roots: &[&str] = if accounts.is_some() { &["$", "@"] } else { &["$"] };
    let subscriptions = entries(listed, &SUBSCRIPTIONS, roots, checker);
    let addons = node.get("addons").map(|addons| entries(addons, &ADDONS, &["@"], checker));
    let (mut resources, mut amounts) = (None, Vec::new());
    if let Some(held) = listed.get("resources") {
        if held.text().is_some() {
            resources = Some(place(held, &["@"], checker)?);
        }
        for (attribute, amount) in held.entries() {
            amounts.push((attribute.text.clone(), place(amount, &["@"], checker)?));
        }
    }
    Some(Form {
        accounts: accounts.map_or(Some(None), |read| read.map(Some))?,
        subscriptions: subscriptions?,
        resources,
        amounts,
        addons: addons.map_or(Some(None), |read| read.map(Some))?,
    })
}

fn entries(node: &Node, record: &'static Record, roots: &[&str], checker: &mut Checker) -> Option<Entries> {
    let each = node.get("each").and_then(|each| place(each, roots, checker));
    let mut members = Vec::new();
    let mut whole = true;
    for field in record.fields.iter().filter(|field| !matches!(field.name, "each" | "resources")) {
        let Some(member) = node.get(field.name) else { continue };
        match place(member, &["@"], checker) {
            Some(place) => members.push((field.name, place)),
            None => whole = false,
        }
    }
    each.filter(|_| whole).map(|each| Entries { each, members })
}

fn place(node: &Node, roots: &[&str], checker: &mut Checker) -> Option<Place> {
    let text = node.text()?.trim();
    let Some(root) = roots.iter().find(|root| text.starts_with(**root)) else {
        let begins = roots.iter().map(|root| format!("`{root}`")).collect::<Vec<_>>().join(" or ");
        let help = match roots {
            ["$"] => "`$` is the document; there is no entry yet that `@` could be",
            ["@"] => "`@` is the entry that is read: its account, subscription or add-on",
            _ => "`$` is the document, `@` the account",
        };
        checker.error(&node.span, format!("this path must begin with {begins}"), format!("found `{text}`")).help(help);
        return None;
    };
    match Query::parse(&format!("${}", &text[root.len()..])) {
        Ok(query) => Some(Place { text: text.to_owned(), query }),
        Err(error) => {
            let reason = match error {
                MatcherError::Path { reason, .. } | MatcherError::Pattern { reason, .. } => reason,
            };
            checker.error(&node.span, "this is not a JSONPath", format!("`{text}`: {reason}"));
            None
        }
    }
}

//! What a profile may contain: checks it and makes its published JSON Schema.

use crate::{
    contract::dialect,
    yaml::{
        schema,
        shape::{Record, Shape, field, required},
    },
};

const KEY_FILE: Record =
    Record { name: "`key`", fields: &[required("file", Shape::Text, "A file that holds nothing but the key.")] };
const KEY: &[Shape] = &[Shape::Scalar, Shape::Record(&KEY_FILE)];
const APPLICATION: Record = Record {
    name: "`application`",
    fields: &[
        required("id", Shape::Text, "The application id (a GUID) that the service manager has registered."),
        required("key", Shape::Either(KEY), "Its key, from the environment (`${SM_APP_KEY}`) or a file."),
    ],
};
const SETTING: &[Shape] = &[Shape::Scalar, Shape::Record(&KEY_FILE)];

const OTHER: Record = Record {
    name: "`other`",
    fields: &[
        field("application", Shape::Record(&APPLICATION), "Another pair that is registered."),
        field("settings", Shape::Table(&Shape::Either(SETTING)), "The settings of another partner."),
    ],
};

const PREDICATE: Record = Record {
    name: "`pending`",
    fields: &[
        required("path", Shape::Text, "JSONPath of the value that says \"in progress\"."),
        required("equals", Shape::Any, "What it is then."),
    ],
};
const PENDING: &[Shape] = &[Shape::Choice(&["none", "positive_code", "http_202"]), Shape::Record(&PREDICATE)];

const CUSTOMER: Record = Record {
    name: "`customer`",
    fields: &[
        field("country", Shape::Text, "ISO 3166 code; GR by default."),
        field("country_name", Shape::Text, "Its name."),
        field("city", Shape::Text, "City."),
        field("post_code", Shape::Scalar, "Post code."),
        field("email_domain", Shape::Text, "Domain of all made-up e-mail addresses."),
        field("sync_options", Shape::Table(&Shape::Scalar), "Answers to the options of Accounts/SyncOptions."),
        field("is_test", Shape::Bool, "Account.IsTest."),
    ],
};

const START: Record = Record {
    name: "`start`",
    fields: &[
        required(
            "command",
            Shape::Text,
            "A line for the shell that starts the service manager and stays in the foreground.",
        ),
        field(
            "ready",
            Shape::Text,
            "A path on the target's host, or a URL, that answers when it is ready; the target by default.",
        ),
        field("timeout", Shape::Duration, "How long that may take; 60s by default."),
        field("folder", Shape::Text, "Where the command runs, relative to this file; its folder by default."),
        field("env", Shape::Table(&Shape::Scalar), "What its environment holds beside that of mock-bss."),
    ],
};

const LIMITS: Record = Record {
    name: "`limits`",
    fields: &[
        field("timeout", Shape::Duration, "Of one call; 100s by default."),
        field("jobs", Shape::Whole, "Scenarios at a time; 8 by default."),
        field("rate", Shape::Scalar, "Calls per second, e.g. `50/s`; unlimited by default."),
        field("subscriptions", Shape::Whole, "Subscriptions that a run may create; 500 by default."),
        field(
            "retry_every",
            Shape::Duration,
            "Time between two identical calls while one is in progress; 5s by default.",
        ),
        field("retry_for", Shape::Duration, "How long a call may be in progress; 2h by default."),
    ],
};

const HEADERS: Record = Record {
    name: "`headers`",
    fields: &[
        field("token", Shape::Scalar, "Bearer token for the platform's public API, from the environment."),
        field("token_endpoints", Shape::List(&Shape::Text), "Endpoints that get the token; all by default."),
        field("base_uri", Shape::Text, "Root of the platform's public API."),
        field("track_id", Shape::Bool, "Send a correlation id that names run, scenario and step; true by default."),
    ],
};

const TLS: Record = Record {
    name: "`tls`",
    fields: &[
        field("ca", Shape::Text, "PEM file of authorities that are trusted beside those of the operating system."),
        field("certificate", Shape::Text, "PEM file of the certificate that is shown when the target asks for one."),
        field("key", Shape::Text, "PEM file of its private key; the file of the certificate by default."),
        field(
            "server_name",
            Shape::Text,
            "The name in the target's certificate, where it is not the host of `target`.",
        ),
    ],
};

const DIALECT_SWITCH: Shape = Shape::Scalar;
const DIALECT: Record = Record {
    name: "`dialect`",
    fields: &[
        field(
            "base",
            Shape::Choice(dialect::NAMES),
            "The named set that the other switches change; sdk-1.2 by default.",
        ),
        field("addon_path", DIALECT_SWITCH, "auto, Addons or Addon."),
        field("addon_result", DIALECT_SWITCH, "What add-on calls answer: auto, addon or subscription id."),
        field(
            "addon_batch",
            DIALECT_SWITCH,
            "Several add-ons of an order in one call (all) or one call each (single).",
        ),
        field("create_subscription_id", DIALECT_SWITCH, "Whether Create carries SubscriptionID: send or omit."),
        field("product_id", DIALECT_SWITCH, "ProductID is the catalogue's id or the platform's: catalogue or bss."),
        field("extra_details", DIALECT_SWITCH, "Where AccountExtraInfo is sent back: both, account or subscription."),
        field("error_http", DIALECT_SWITCH, "HTTP status of business errors: strict-200 or lenient."),
        field(
            "precheck_before_sync",
            DIALECT_SWITCH,
            "The pre-check of a first purchase precedes the account: true or false.",
        ),
        field("exists_then", DIALECT_SWITCH, "An account that exists is synchronised anyway, or linked."),
        field("sync_list_value", DIALECT_SWITCH, "A list option is answered with the entry's name or id."),
        field("model_level", DIALECT_SWITCH, "Members of level 1.0, or 1.2 too."),
        field("send_is_test", DIALECT_SWITCH, "Send IsTest in the subscription body: true or false."),
        field("empty_id", DIALECT_SWITCH, "An id that does not exist yet is written as blank or null."),
        field("path_case", DIALECT_SWITCH, "Paths as the contract spells them, or lower."),
    ],
};
const DIALECT_OR_NAME: &[Shape] = &[Shape::Choice(dialect::NAMES), Shape::Record(&DIALECT)];

const PRECHECK: &[Shape] = &[Shape::Choice(&["all", "none"]), Shape::List(&Shape::Text)];
const FEATURES: &[Shape] = &[Shape::Choice(&["auto"]), Shape::Table(&Shape::Bool)];
const PRODUCT_PINS: Record = Record {
    name: "`products`",
    fields: &[field("prefer", Shape::List(&Shape::Scalar), "Catalogue ids, the preferred one first.")],
};
const PRODUCTS: &[Shape] = &[Shape::List(&Shape::Scalar), Shape::Record(&PRODUCT_PINS)];

/// The top level of a profile.
pub const PROFILE: Record = Record {
    name: "the profile",
    fields: &[
        required("name", Shape::Text, "A short name; it names the snapshot folder."),
        required("target", Shape::Text, "Base URL of the service manager."),
        required("application", Shape::Record(&APPLICATION), "The credentials of the platform."),
        field(
            "settings",
            Shape::Table(&Shape::Either(SETTING)),
            "The partner's settings: field id → value, or { file: … }.",
        ),
        field(
            "other",
            Shape::Record(&OTHER),
            "Another application and another partner that the service manager knows: shows that they are kept apart.",
        ),
        field("dialect", Shape::Either(DIALECT_OR_NAME), "docs, sdk-1.0, sdk-1.2, or switches."),
        field(
            "urls",
            Shape::Table(&Shape::Text),
            "Endpoints that stand elsewhere: endpoint → `{base}/below/it` or `/on/the/same/host`.",
        ),
        field("features", Shape::Either(FEATURES), "auto, or a map of what is offered."),
        field("precheck", Shape::Either(PRECHECK), "all, none, or a list of endpoints."),
        field("pending", Shape::Either(PENDING), "How the target says \"in progress\"."),
        field("strict", Shape::Bool, "Inferred musts decide the verdict too."),
        field("customer", Shape::Record(&CUSTOMER), "What customers are like."),
        field("products", Shape::Either(PRODUCTS), "Products to sell, the preferred one first."),
        field("seats", Shape::Whole, "What a normal customer buys; 5 by default."),
        field("seats_limit", Shape::Whole, "The largest quantity that can be ordered; more must be refused."),
        field("probe", Shape::Record(&super::probe::PROBE), "Where the vendor side can be seen."),
        field("start", Shape::Record(&START), "How mock-bss starts the service manager for a run, and stops it."),
        field("limits", Shape::Record(&LIMITS), "What a run may use."),
        field("consent", Shape::List(&Shape::Text), "Hosts that may be ordered from."),
        field("headers", Shape::Record(&HEADERS), "Optional headers of every call."),
        field("tls", Shape::Record(&TLS), "Certificates for an https:// target; files relative to this one."),
        field(
            "proxy",
            Shape::Text,
            "HTTP proxy, e.g. `http://127.0.0.1:3128`; the environment's are never used. Its password only as `${NAME}`.",
        ),
        field("no_proxy", Shape::List(&Shape::Text), "Hosts that are called directly; this machine by default."),
        field("http2", Shape::Bool, "Calls are HTTP/2; HTTP/1.1 by default, as the platform speaks."),
        field(
            "notification",
            Shape::Record(&super::notification::NOTIFICATION),
            "The access e-mail that the platform sends when an answer says SendNotification: true.",
        ),
        field("snapshots", Shape::Text, "Folder of accepted snapshots, relative to this file."),
        field(
            "redact",
            Shape::Table(&Shape::Elsewhere),
            "JSONPath → type of a value that changes on every run; `unordered`: a list of JSONPaths.",
        ),
        field("scenarios", Shape::List(&Shape::Text), "More scenario files and folders, relative to this file."),
        field(
            "known_failures",
            Shape::List(&Shape::Record(&super::known::KNOWN_FAILURE)),
            "Failures that do not decide until a day; one that is not seen any more does.",
        ),
    ],
};

/// The published JSON Schema of a profile.
pub fn json_schema() -> serde_json::Value {
    schema::document("https://mock-bss.example/schema/profile.json", "A profile of mock-bss", &PROFILE)
}

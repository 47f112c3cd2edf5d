//! What a scenario file may contain. The same tables check files and make the published JSON Schema.

use super::{Feature, Partner, Trait, Verb};
use crate::{
    contract::{CredentialForm, Expectation},
    yaml::{
        schema,
        shape::{Field, Record, Shape, field, required},
    },
};
use serde_json::Value;

const QUANTITY: Field =
    field("quantity", Shape::Whole, "The total number of seats (or of the add-on), never a difference.");
const SUBSCRIPTION: Field = field(
    "subscription",
    Shape::Text,
    "The subscription by the name that `as` gave it; without it the one bought last that is not cancelled.",
);
const ADDON: Field = field(
    "addon",
    Shape::Text,
    "The add-on by the name that `as` gave it; without it the one bought last that is not cancelled.",
);

const NO_ARGS: Record = Record { name: "the step", fields: &[] };
const ON_SUBSCRIPTION: Record = Record { name: "the step", fields: &[SUBSCRIPTION] };

const SYNCHRONIZE: Record = Record {
    name: "`synchronize`",
    fields: &[field(
        "ask_only",
        Shape::Bool,
        "Only ask whether the account exists (Accounts/Exists), without synchronising it.",
    )],
};
const BILLING: Record = Record {
    name: "`billing`",
    fields: &[
        field("duration", Shape::Whole, "How many units a cycle lasts; sent as text."),
        field("unit", Shape::Text, "The unit, `month` by default."),
        field("end", Shape::Text, "A custom end date (ISO 8601), model level 1.2."),
    ],
};
const INSTALLMENTS: Record = Record {
    name: "`installments`",
    fields: &[
        required("count", Shape::Whole, "The number of instalments."),
        required("every", Shape::Whole, "Months between two payments."),
    ],
};
const BUY: Record = Record {
    name: "`buy`",
    fields: &[
        field("quantity", Shape::Whole, "The seats; the profile's `seats` by default."),
        field("as", Shape::Text, "How later steps call this subscription."),
        field("product", Shape::Text, "A product id; by default the scenario's product."),
        field("name", Shape::Text, "The subscription's name; by default product and customer."),
        field("trial", Shape::Bool, "A trial."),
        field("order", Shape::Bool, "From an order (the default) or entered by hand in the platform."),
        field(
            "billing",
            Shape::Either(&[Shape::Record(&BILLING), Shape::Choice(&["none"])]),
            "The billing cycle; by default the shortest that the product is sold by. `none` sends null.",
        ),
        field("renew", Shape::Bool, "Renew automatically (the default)."),
        field("installments", Shape::Record(&INSTALLMENTS), "Payment in instalments."),
    ],
};
const CHANGE_QUANTITY: Record = Record { name: "`change_quantity`", fields: &[QUANTITY_REQUIRED, SUBSCRIPTION] };
const QUANTITY_REQUIRED: Field = Field { required: true, ..QUANTITY };
const BUY_ADDON: Record = Record {
    name: "`buy_addon`",
    fields: &[
        field("quantity", Shape::Whole, "How many; 1 by default."),
        field(
            "addon",
            Shape::Text,
            "An add-on product id of the catalogue, or `same` for the product of the add-on bought last; by default the \
             next one that fits the product.",
        ),
        field("as", Shape::Text, "How later steps call this add-on."),
        field("name", Shape::Text, "The add-on's name; its product's by default."),
        SUBSCRIPTION,
        field("order", Shape::Bool, "From an order (the default) or entered by hand in the platform."),
    ],
};
const CHANGE_ADDON: Record = Record { name: "`change_addon`", fields: &[QUANTITY_REQUIRED, ADDON, SUBSCRIPTION] };
const CANCEL_ADDON: Record = Record { name: "`cancel_addon`", fields: &[ADDON, SUBSCRIPTION] };
const UPGRADE: Record = Record {
    name: "the step",
    fields: &[
        field("quantity", Shape::Whole, "The new total, if it changes too."),
        field("to", Shape::Text, "The target product; by default the one that the catalogue relates."),
        SUBSCRIPTION,
    ],
};
const CONVERT: Record = Record {
    name: "`convert_trial`",
    fields: &[field("quantity", Shape::Whole, "The paid total; by default the trial's."), SUBSCRIPTION],
};
const REPROVISION: Record = Record {
    name: "`reprovision`",
    fields: &[
        field("attributes", Shape::Table(&Shape::Scalar), "Attribute id → new value."),
        field("renew", Shape::Bool, "Switch automatic renewal."),
        SUBSCRIPTION,
    ],
};
const CONFIGURE: Record = Record {
    name: "`configure`",
    fields: &[
        field("values", Shape::Table(&Shape::Any), "Field id → value, over the profile's settings."),
        field("blank_required", Shape::Bool, "Save every required field blank."),
        field("wrong_secrets", Shape::Bool, "Save every field of the kind of a password with something wrong."),
        field("validate", Shape::Bool, "Save the settings (Fields/Validate), not only read them; true by default."),
    ],
};
const CALL: Record = Record {
    name: "`call`",
    fields: &[
        field("endpoint", Shape::Text, "An endpoint of the contract, e.g. `Accounts/Exists`."),
        field("path", Shape::Text, "A path below the target's base URL, instead of `endpoint`."),
        field(
            "method",
            Shape::Choice(&["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]),
            "The HTTP method; by default the endpoint's, or POST with a body and GET without.",
        ),
        field("body", Shape::Any, "A JSON body."),
        field("raw", Shape::Text, "A body that is sent as it stands here."),
    ],
};

const QUANTITY_OR: &[Shape] = &[Shape::Whole, Shape::Record(&CHANGE_QUANTITY)];
const ADDON_OR_LIST: &[Shape] = &[Shape::List(&Shape::Record(&BUY_ADDON)), Shape::Record(&BUY_ADDON)];

/// What stands behind a verb.
pub fn arguments(verb: Verb) -> Shape {
    match verb {
        Verb::Synchronize => Shape::Record(&SYNCHRONIZE),
        Verb::Buy => Shape::Record(&BUY),
        Verb::ChangeQuantity => Shape::Either(QUANTITY_OR),
        Verb::BuyAddon => Shape::Either(ADDON_OR_LIST),
        Verb::ChangeAddon => Shape::Record(&CHANGE_ADDON),
        Verb::CancelAddon => Shape::Record(&CANCEL_ADDON),
        Verb::Upgrade | Verb::Downgrade => Shape::Record(&UPGRADE),
        Verb::ConvertTrial => Shape::Record(&CONVERT),
        Verb::Suspend | Verb::Activate | Verb::Cancel => Shape::Record(&ON_SUBSCRIPTION),
        Verb::Reprovision => Shape::Record(&REPROVISION),
        Verb::Configure => Shape::Record(&CONFIGURE),
        Verb::Retry | Verb::ReadCatalog | Verb::DeleteAccount => Shape::Record(&NO_ARGS),
        Verb::Call => Shape::Record(&CALL),
    }
}

const MATCHER: Record = Record {
    name: "the matcher",
    fields: &[
        field("present", Shape::Choice(&["true"]), "Something is there."),
        field("absent", Shape::Choice(&["true"]), "Nothing is there."),
        field("equals", Shape::Any, "This value; numbers are compared as decimals."),
        field("differs_from", Shape::Any, "Any value but this one."),
        field("matches", Shape::Text, "A regular expression that finds a match."),
        field("type", Shape::Choice(&["null", "boolean", "number", "string", "array", "object"]), "This JSON type."),
        field("one_of", Shape::List(&Shape::Any), "One of these values."),
        field("greater_than", Shape::Scalar, "A number above this one."),
    ],
};
const MATCHERS: &[Shape] = &[Shape::Choice(&["present", "absent"]), Shape::Record(&MATCHER)];
const DEMANDS: Shape = Shape::Table(&Shape::Either(MATCHERS));
const EXPECT: &[Shape] = &[Shape::Choice(Expectation::NAMES), DEMANDS];
const CREDENTIALS: Shape = Shape::Choice(CredentialForm::NAMES);
const PARTNER: Shape = Shape::Choice(Partner::NAMES);
const HEADERS: Shape = Shape::Table(&Shape::Nullable(&Shape::Scalar));
const SET: Field = field(
    "set",
    Shape::Table(&Shape::Any),
    "JSONPath → the value that is put there exactly as it stands, null too; after `send`.",
);
const UNSET: Field = field("unset", Shape::List(&Shape::Text), "JSONPaths whose member is left out; after `set`.");

const FLAW: Record = Record {
    name: "the flaw",
    fields: &[
        field("name", Shape::Text, "What findings call it; made from the rest by default."),
        field("credentials", CREDENTIALS, "A wrong form of the credentials."),
        field("partner", PARTNER, "Whose settings are sent."),
        field("send", Shape::Any, "JSON merge patch on the body."),
        SET,
        UNSET,
        field("headers", HEADERS, "Headers that replace the usual ones; null leaves one out."),
        field("raw", Shape::Text, "Sent instead of the JSON body."),
        field("cut", Shape::Whole, "So many characters are missing at the end of the JSON body."),
        field("method", Shape::Text, "Another HTTP method."),
        field("proves", Shape::List(&Shape::Text), "The rules that this flaw serves, instead of those of its step."),
    ],
};
const SUSPECT: Record = Record {
    name: "the suspect",
    fields: &[
        field(
            "name",
            Shape::Text,
            "What findings call it, as in `without a billing cycle`; made from the rest by default.",
        ),
        field("send", Shape::Any, "JSON merge patch on the body."),
        SET,
        UNSET,
        field("headers", HEADERS, "Headers that replace the usual ones; null leaves one out."),
        required("proves", Shape::List(&Shape::Text), "The rules that are broken if the call is accepted so."),
    ],
};
const UNTIL: Record = Record {
    name: "`until`",
    fields: &[
        required("answer", DEMANDS, "JSONPath → matcher: the answer that ends the waiting."),
        field("every", Shape::Duration, "Time between two calls; 1s by default."),
        field("at_most", Shape::Duration, "Give up after this time; 30s by default."),
    ],
};

const AT_ONCE: Record = Record {
    name: "`network`",
    fields: &[
        field("concurrent", Shape::Whole, "The identical call so many times at once (2 to 32)."),
        field(
            "customers",
            Shape::Whole,
            "So many customers do the same at once (2 to 32), one seat more each; first `buy`, then what follows.",
        ),
    ],
};
const NETWORK: &[Shape] = &[Shape::Choice(&["repeat"]), Shape::Record(&AT_ONCE)];

/// Everything that can stand beside a verb.
pub const MODIFIERS: &[Field] = &[
    field("id", Shape::Text, "Names the step; its verb by default, numbered when it is repeated."),
    field("by", Shape::Choice(&["storefront", "bss", "api"]), "Who acts; the platform (`bss`) by default."),
    field("prechecks", Shape::Whole, "How often the pre-check is asked before the real call; once by default."),
    field("send", Shape::Any, "JSON merge patch on the bodies of this step."),
    SET,
    UNSET,
    field("headers", HEADERS, "Headers added to the calls of this step; null leaves one out."),
    field("credentials", CREDENTIALS, "The form of the credentials of this step."),
    field("partner", PARTNER, "Whose settings are sent: the profile's `own`, or those of its `other` partner."),
    field(
        "flaws",
        Shape::List(&Shape::Record(&FLAW)),
        "The step's last request is sent with each flaw first, then without.",
    ),
    field(
        "suspects",
        Shape::List(&Shape::Record(&SUSPECT)),
        "If the step's request is refused, it is sent again with each of these changes, to find out why.",
    ),
    field("expect", Shape::Either(EXPECT), "What must come back: `accepted` by default."),
    field("proves", Shape::List(&Shape::Text), "The rules that the expectation serves, as R-nn."),
    field("control", Shape::Text, "The step that was accepted with nothing but the flaw different."),
    field("capture", Shape::Table(&Shape::Text), "Variable → JSONPath on the last answer."),
    field("vendor", DEMANDS, "JSONPath on the probe document → matcher."),
    field("snapshot", Shape::Bool, "Compare the answers with accepted snapshots; true by default."),
    field(
        "network",
        Shape::Either(NETWORK),
        "`repeat` sends the identical last call again after its answer; `concurrent` and `customers` send at once.",
    ),
    field("until", Shape::Record(&UNTIL), "Repeat a reading step until the answer is so."),
];

const PRODUCT: Record = Record {
    name: "`product`",
    fields: &[
        field("id", Shape::Text, "This product."),
        field("with", Shape::List(&Shape::Choice(Trait::NAMES)), "Any product that has all of these."),
    ],
};
const PRODUCT_OR_ID: &[Shape] = &[Shape::Text, Shape::Record(&PRODUCT)];

/// The top level of a scenario; its steps are checked one by one.
pub const SCENARIO: Record = Record {
    name: "the scenario",
    fields: &[
        required("title", Shape::Text, "What it shows, in one sentence."),
        field("description", Shape::Text, "More, for people."),
        field("tags", Shape::List(&Shape::Text), "Words to select it by (`--tag`)."),
        field("needs", Shape::List(&Shape::Choice(Feature::NAMES)), "Features without which it does not apply."),
        field("product", Shape::Either(PRODUCT_OR_ID), "Which product is bought; any that can be sold by default."),
        field("vars", Shape::Table(&Shape::Any), "Variables for `${…}`."),
        field(
            "matrix",
            Shape::List(&Shape::Table(&Shape::Any)),
            "The scenario runs once per row, with the row's values as variables.",
        ),
        required("steps", Shape::List(&Shape::Elsewhere), "What is done, in this order."),
    ],
};

/// The top level of a fragment: steps to be reused.
pub const FRAGMENT: Record = Record {
    name: "the fragment",
    fields: &[
        field("description", Shape::Text, "What it is for."),
        field("vars", Shape::Table(&Shape::Any), "Default values of the variables that its user may give."),
        required("steps", Shape::List(&Shape::Elsewhere), "What is done, in this order."),
    ],
};

/// A step that stands for the steps of a fragment.
pub const USE: Record = Record {
    name: "`use`",
    fields: &[
        required("use", Shape::Text, "The fragment's file, relative to this one."),
        field("with", Shape::Table(&Shape::Any), "Values for the fragment's variables."),
    ],
};

/// The published JSON Schema of a scenario file.
pub fn json_schema() -> Value {
    let mut document =
        schema::document("https://mock-bss.example/schema/scenario.json", "A scenario of mock-bss", &SCENARIO);
    let steps: Vec<Value> = Verb::NAMES
        .iter()
        .filter_map(|name| Verb::parse(name))
        .map(schema_of_step)
        .chain([schema::document_part(&USE)])
        .collect();
    document["properties"]["steps"]["items"] = serde_json::json!({ "anyOf": steps });
    document
}

fn schema_of_step(verb: Verb) -> Value {
    let mut step = serde_json::json!({ "type": "object", "additionalProperties": false, "properties": {} });
    step["properties"][verb.as_str()] = schema::of(&arguments(verb));
    for modifier in MODIFIERS {
        let mut part = schema::of(&modifier.shape);
        part["description"] = Value::from(modifier.doc);
        step["properties"][modifier.name] = part;
    }
    step["required"] = serde_json::json!([verb.as_str()]);
    step
}

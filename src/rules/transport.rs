//! Credentials, HTTP and JSON: what holds for every call whatever it asks for.

use super::{Area, Basis, Level, ObservedBy, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "credentials.require-application-id",
        number: 1,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: authorization check",
        title: "A call without the application id header is answered with 401 and changes nothing.",
        why: "Anyone who finds the address could otherwise order licences that the integrator has to pay for.",
        fix: "Read X-CloudPlatform-ApplicationId before anything else and answer 401 when it is missing. A filter in \
              front of every controller keeps a new endpoint from being forgotten.",
        observed_by: ObservedBy::Both,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.require-key",
        number: 2,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: authorization check",
        title: "A call without the API key header is answered with 401 and changes nothing.",
        why: "The application id is printed in set-up screens and logs; without the key it proves nothing, and \
              strangers could order at the integrator's cost.",
        fix: "Deny when X-CloudPlatform-APIKey is missing. Take care that a missing header does not turn into an \
              empty string that matches an unset key in the configuration.",
        observed_by: ObservedBy::Both,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.reject-unknown-application",
        number: 3,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: authorization check",
        title: "A call with an application id that was never registered is answered with 401.",
        why: "An unknown id means that the call comes from no platform the integrator has a contract with, so nobody \
              could be billed for what it orders.",
        fix: "Look the id up in the table of registered applications and deny when it is not there; the all-zero GUID \
              is never registered.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.reject-wrong-key",
        number: 4,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: authorization check",
        title: "A known application id with a key that is not its own is answered with 401.",
        why: "If any key will do, whoever knows the id can buy, suspend and cancel the subscriptions of every \
              customer.",
        fix: "Compare the whole decoded key with the one stored for that id, and treat an empty stored or received \
              key as a denial.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.reject-swapped-pair",
        number: 5,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: authorization check",
        title: "The key of one registered application is refused under the id of another.",
        why: "Each pair stands for one platform installation. Mixing them lets one reseller's platform act on the \
              customers of another.",
        fix: "Look the key up by the application id that was sent, instead of asking whether the key exists anywhere \
              in the table.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.expect-base64-key",
        number: 6,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: authorization check",
        title: "The key header carries the base64 of the key's UTF-8 bytes: that form is accepted, and the bare key \
              is refused.",
        why: "A service manager that waits for the bare key denies every real call, so that no order can be \
              provisioned once it goes live.",
        fix: "Decode the header from base64 exactly once, read the bytes as UTF-8 and compare the text. A key that \
              looks like base64 itself is still plain text: do not decode it a second time.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.survive-malformed-values",
        number: 7,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: authorization check",
        title: "A key that is not base64 or an id that is not a GUID is denied with 401, never with a server error.",
        why: "A crash inside the credentials check looks like an outage to the platform, which keeps repeating the \
              call instead of telling the operator that the credentials are wrong.",
        fix: "Parse both values with functions that report failure instead of throwing, or catch the exception within \
              the check and deny.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.only-the-key-is-case-sensitive",
        number: 8,
        area: Area::Transport,
        level: Level::Should,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: authorization check",
        title: "Letter case counts when keys are compared and does not count when application ids are compared.",
        why: "A key compared without regard to case is far easier to guess, and an id compared with regard to case \
              locks out a platform that prints its GUIDs in lower case.",
        fix: "Parse the id into a GUID and look that up. Compare the key ordinally, character by character.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.denied-changes-nothing",
        number: 9,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Inferred,
        source: "inferred: a refused call must not have run",
        title: "A call that is denied leaves no trace at the vendor.",
        why: "An answer of 401 after the licence was made is the worst of both: the platform shows a failure while \
              the vendor charges for it.",
        fix: "Check the credentials before the action is chosen, not inside it or after it. In a pipeline, put the \
              check ahead of routing to the handlers.",
        observed_by: ObservedBy::VendorSide,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.guard-every-endpoint",
        number: 10,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: authorization check and its two anonymous actions",
        title: "Every endpoint asks for credentials; only discovery and registration may be open.",
        why: "One forgotten endpoint is enough: an open cancel ends a customer's service, and an open user list hands \
              out personal data.",
        fix: "Apply the check to the base controller or the whole application and except the anonymous actions by \
              name, so that new endpoints are closed from the start.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.check-before-body",
        number: 11,
        area: Area::Transport,
        level: Level::Should,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: order of authorization and model binding in ASP.NET Web API",
        title: "Credentials are checked before the body is read: a broken body with a wrong key is answered with 401.",
        why: "Reading strangers' bodies first tells them about the model, and it costs work that anyone on the \
              network can cause.",
        fix: "Do the check in a middleware or authorization filter, ahead of body parsing and validation.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "credentials.hold-several-applications",
        number: 12,
        area: Area::Transport,
        level: Level::Should,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: table of application ids and keys",
        title: "Several applications can be registered at the same time, and each is accepted with its own key.",
        why: "A test and a live platform, or two platforms, usually share one service manager; with room for only one \
              pair, adding the second locks out the first.",
        fix: "Keep the pairs in a list or table that is keyed by application id instead of in two settings.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "transport.answer-business-errors-with-200",
        number: 13,
        area: Area::Transport,
        level: Level::Should,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: error answers",
        title: "What the business decides travels in the body: a refused order is HTTP 200 with a Code other than 0.",
        why: "The platform shows the Message of the result. Behind an HTTP error the customer may see only a \
              technical failure, and the call may be repeated although it can never succeed.",
        fix: "Return the result object with 200 for every outcome that you foresee, and leave 4xx and 5xx to \
              credentials, unknown paths and real faults.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "transport.answer-json",
        number: 14,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK, through the content negotiation of ASP.NET Web API; public service \
              manager stub seen in practice",
        title: "A call that accepts JSON is answered with JSON and a JSON content type.",
        why: "An XML or HTML answer cannot be read as a result, so an order that did succeed counts as failed and is \
              placed again.",
        fix: "Set the content type to application/json on all answers, errors included, and remove the XML formatter \
              if the framework has one.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "transport.no-envelope",
        number: 15,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: result models",
        title: "The body of an answer is the result object itself, without a wrapper around it.",
        why: "Inside a wrapper the platform finds no Code. It then takes the default of 0 for success, or loses the \
              id of what was sold.",
        fix: "Return Code, Message and Result at the top of the document; switch off any middleware that wraps \
              answers in data, d or result.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "transport.honour-the-verb",
        number: 16,
        area: Area::Transport,
        level: Level::Should,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: verb attributes",
        title: "Reading endpoints are GET and need no body, all others are POST, and a call with the wrong verb does \
              not run the action.",
        why: "A cancel that answers to GET can be triggered by a link checker or a browser that loads pages ahead of \
              time.",
        fix: "Bind each route to its one verb and answer 405 to the rest. Do not read a body in the handlers of the \
              GET routes.",
        observed_by: ObservedBy::Both,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "transport.ignore-unknown-members",
        number: 17,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Inferred,
        source: "inferred: members differ between the vendor's documentation and the models of its SDK",
        title: "Members of a request that the service manager does not know are ignored.",
        why: "Newer platforms send members that older models lack; a strict parser would refuse every order on the \
              day the platform is updated.",
        fix: "Configure the JSON reader to skip unknown members, and validate only those that you use.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "transport.tolerate-missing-members",
        number: 18,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Inferred,
        source: "inferred: defaults measured on the models of the vendor's SDK",
        title: "Optional members may be missing or null, lists of add-ons, attributes and the address included.",
        why: "Older platforms leave members out and some flows send null. A crash on null fails an order that holds \
              all the data that was needed.",
        fix: "Treat a missing member, null and the empty value alike, and give lists and objects an empty default \
              right after parsing.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "transport.use-settings-of-this-call",
        number: 19,
        area: Area::Transport,
        level: Level::Must,
        basis: Basis::Inferred,
        source: "inferred: the vendor's SDK reads the setting headers anew for each call",
        title: "The setting values of a call are those in its own headers, not those of an earlier call.",
        why: "Partners rotate passwords, and many partners share one service manager: a remembered value orders in \
              the wrong account or with an expired secret.",
        fix: "Read the X-CloudPlatform-Setting- headers per request and build the vendor's client from them. Key any \
              cache by the values themselves.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "transport.optional-headers-are-optional",
        number: 20,
        area: Area::Transport,
        level: Level::Should,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: optional headers",
        title: "Calls without the token, base-URI and tracking headers work, unless the endpoint was declared to need \
              the token.",
        why: "The platform sends these headers only where they are switched on; demanding them everywhere refuses \
              orders that are complete.",
        fix: "Read the three headers as optional values, and ask for the token only in the code that calls the \
              platform back.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
];

//! Resource amounts: what attributes and quantities add up to.

use super::{Area, Basis, Level, ObservedBy, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "resources.scale-linked-only",
        number: 98,
        area: Area::Resources,
        level: Level::Must,
        basis: Basis::Documented,
        source: "vendor documentation: subscription management",
        title: "An attribute that is linked to the quantity is multiplied by it, and one that is not linked stays as \
              it is.",
        why: "A slip either way delivers a fraction of the storage that was paid for, or many times as much.",
        fix: "Multiply Value by Quantity when QuantityLinked is true, and use Value as it stands otherwise.",
        observed_by: ObservedBy::VendorSide,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "resources.any-boolean-enables",
        number: 99,
        area: Area::Resources,
        level: Level::Must,
        basis: Basis::Documented,
        source: "vendor documentation: resources calculation",
        title: "An option that is on in the subscription or in any of its add-ons is on for the customer.",
        why: "Reading only the subscription leaves a customer who paid for the option in an add-on without it.",
        fix: "Combine the values of the subscription and all add-ons with a logical or, and read 1 and true alike.",
        observed_by: ObservedBy::VendorSide,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "resources.set-absolutely",
        number: 100,
        area: Area::Resources,
        level: Level::Must,
        basis: Basis::Documented,
        source: "vendor documentation: resources calculation",
        title: "Resource amounts are set to what the whole request describes on every create, update and add-on call, \
              never added up.",
        why: "Increments drift apart with each repeat, until the customer has resources that nobody ordered or lacks \
              some that were.",
        fix: "Compute the amount from the subscription and all its add-ons in the request, and write that number to \
              the vendor.",
        observed_by: ObservedBy::VendorSide,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "resources.recompute-after-cancel",
        number: 101,
        area: Area::Resources,
        level: Level::Must,
        basis: Basis::Inferred,
        source: "inferred: vendor documentation of resources as a whole",
        title: "After an add-on is cancelled the amounts are computed again without it.",
        why: "Otherwise the customer keeps for nothing what was cancelled, and the vendor goes on charging for it.",
        fix: "Leave entries marked Cancel out of the sum, and set the new amount in the same call.",
        observed_by: ObservedBy::VendorSide,
        since: "2026.1",
        scored: true,
    },
    Rule {
        id: "resources.refuse-non-numeric",
        number: 102,
        area: Area::Resources,
        level: Level::Should,
        basis: Basis::Inferred,
        source: "inferred: values travel as text",
        title: "A value that is not a number, in an attribute that needs one, gives an error code and no crash.",
        why: "Taken as zero it would strip the customer of the resource, and a server error would only be repeated.",
        fix: "Parse with a function that reports failure and independently of the server's language, and name the \
              attribute in Message.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: true,
    },
];

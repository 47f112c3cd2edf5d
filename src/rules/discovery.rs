//! Discovery and external pricing.

use super::{Area, Basis, Level, ObservedBy, Rule};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "discovery.reachable-and-answering",
        number: 130,
        area: Area::Discovery,
        level: Level::Should,
        basis: Basis::Sdk,
        source: "behaviour of the vendor's SDK: anonymous discovery",
        title: "The discovery document is served without credentials, and every address in it answers.",
        why: "The platform reads it before any credentials exist; a dead address becomes an endpoint that fails with \
              the first order.",
        fix: "Exempt discovery from the credentials check, and build its addresses from the routes that really exist.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: false,
    },
    Rule {
        id: "discovery.announce-what-works",
        number: 131,
        area: Area::Discovery,
        level: Level::Should,
        basis: Basis::Inferred,
        source: "inferred: sections in the models of the vendor's SDK",
        title: "The sections that discovery switches on are those that work.",
        why: "An announced section that does not work sells what cannot be delivered, and a working one that is not \
              announced is never called.",
        fix: "Derive the section flags from what you have implemented, and change the two together.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: false,
    },
    Rule {
        id: "pricing.answer-every-item",
        number: 132,
        area: Area::Discovery,
        level: Level::Should,
        basis: Basis::Practice,
        source: "public service manager seen in practice",
        title: "External pricing answers one item for each item asked, with the same Id and a Status.",
        why: "A basket line without an answer has no price, and the order cannot be placed or is sold for nothing.",
        fix: "Loop over the items received and return each Id, with an error in its Status where no price is known.",
        observed_by: ObservedBy::Exchange,
        since: "2026.1",
        scored: false,
    },
];

//! Rules that no fault breaks, and why.

/// Rules that nobody can observe: number and reason.
pub const NOT_OBSERVABLE: &[(u16, &str)] = &[(
    114,
    "what a price or a usage is exactly, only the service manager knows: there is nothing to compare its figures with",
)];

/// Rules whose part of the contract is not played yet: number and reason.
pub const LATER: &[(u16, &str)] = &[
    (45, "resellers are not synchronised yet"),
    (119, "the registration of applications is not called yet"),
    (120, "pay per use is not called yet"),
    (121, "pay per use is not called yet"),
    (122, "pay per use is not called yet"),
    (123, "pay per use is not called yet"),
    (124, "pay per use is not called yet"),
    (125, "pay per use is not called yet"),
    (126, "users are not managed yet"),
    (127, "users are not managed yet"),
    (128, "users are not managed yet"),
    (129, "users are not managed yet"),
    (130, "the discovery document is not read yet"),
    (131, "the discovery document is not read yet"),
    (132, "external pricing is not called yet"),
];

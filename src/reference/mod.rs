//! The reference service manager: a correct service manager, built in, that
//! the tool is demonstrated and tested on.
//!
//! It sells the made-up services of a made-up vendor, keeps everything in
//! memory and does what the contract asks of a service manager, no more. It
//! shares nothing with the side that plays the platform: both read and write
//! JSON by their own spelling of the names, so that a misspelt member cannot
//! pass unnoticed on both sides at once.
//!
//! A call takes this way:
//!
//! ```text
//! server ─▶ service ─▶ routes      which endpoint: 404, 405
//!                   ─▶ auth        which application: 401
//!                   ─▶ settings    which tenant, hence whose books
//!                   ─▶ call        what is asked, in our own types
//!                   ─▶ accounts · subscriptions · upgrades · addons
//!                                  decide at the desk, reading the books only
//!                   ─▶ books       keep the decision, unless it was a pre-check
//!                   ─▶ answer      what is said
//! ```
//!
//! Deciding and keeping are apart on purpose. A decision reads the books and
//! hands back changed copies; a refusal or a pre-check simply drops them. So a
//! failed call leaves nothing half made, and a pre-check cannot judge by other
//! rules than the call that it stands for.

mod accounts;
mod addons;
mod answer;
mod attributes;
mod auth;
mod books;
mod call;
mod call_faults;
mod catalogue;
mod catalogue_faults;
mod crowd;
mod desk;
mod discovery;
pub mod faults;
mod form;
mod options;
mod probe;
mod refusal;
mod request;
mod resources;
mod routes;
mod server;
mod service;
mod service_faults;
mod settings;
mod subscriptions;
mod upgrades;

#[cfg(test)]
mod tests;

pub use faults::{Fault, Faults};
pub use options::{AddonPath, AddonResult, Application, Options, Tenant};
pub use server::{Running, start};

/// Identifies the application that a reference with default [`Options`] knows.
pub const APPLICATION_ID: &str = "5D0C9A4E-7B21-4F86-9E3A-C2180F6B7D94";

/// The key of [`APPLICATION_ID`]. It travels as the base64 of these characters.
pub const APPLICATION_KEY: &str = "tallowmere-Jq8ZkW3vN6yRb1Xs";

/// A second application that a reference with default [`Options`] knows: a platform installation of its own.
pub const SECOND_APPLICATION_ID: &str = "0B6E1F52-93C4-4D0A-8E77-61AF5D2C9B38";

/// The key of [`SECOND_APPLICATION_ID`].
pub const SECOND_APPLICATION_KEY: &str = "tallowmere-Xd4PmT9uHc2LwGf7";

/// The user name of the default tenant, for the setting `FieldUsername`.
pub const USERNAME: &str = "demo";

/// The password of the default tenant, for the setting `FieldPassword`.
pub const PASSWORD: &str = "demo-password";

/// The user name of the second tenant, whose books are its own.
pub const SECOND_USERNAME: &str = "other-partner";

/// The password of the second tenant.
pub const SECOND_PASSWORD: &str = "second-password";

/// The largest quantity of any product and add-on. A larger one is refused:
/// the business rule that a pre-check can run into.
pub const SEATS_LIMIT: u32 = 300;

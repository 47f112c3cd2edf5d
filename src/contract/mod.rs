//! The Service Management API as data: endpoints, models, headers, dialects. Nothing here does I/O.
//!
//! `docs/contract.md` says the same for people, with the source of each fact and how firm it is.

pub mod answer;
pub mod catalogue;
pub mod choices;
pub mod credentials;
pub mod dialect;
pub mod endpoint;
pub mod expectation;
pub mod model;
pub mod models;
pub mod notification;
pub mod setting_fields;
pub mod sync_options;

pub use answer::{Answer, Meaning};
pub use catalogue::Catalogue;
pub use credentials::{Application, CredentialForm};
pub use dialect::Dialect;
pub use endpoint::{Endpoint, Section, Verb};
pub use expectation::Expectation;

//! What a reference can be told when it is started.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};

use super::faults::Faults;
use super::{
    APPLICATION_ID, APPLICATION_KEY, PASSWORD, SECOND_APPLICATION_ID, SECOND_APPLICATION_KEY, SECOND_PASSWORD,
    SECOND_USERNAME, USERNAME,
};

/// How a reference listens, whom it knows, and which dialect it speaks.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where to listen. Port 0, the default, takes any free port of loopback.
    pub listen: SocketAddr,
    /// The path in front of every endpoint; `/api/Reference` by default.
    pub base_path: String,
    /// The applications (platform installations) that may call.
    pub applications: Vec<Application>,
    /// The partners whose settings are accepted. Entries that share a user
    /// name are one tenant with several valid passwords.
    pub tenants: Vec<Tenant>,
    /// How the add-on endpoints are spelt.
    pub addon_path: AddonPath,
    /// What the add-on endpoints answer as `Result`.
    pub addon_result: AddonResult,
    /// Whether the section Accounts is offered. Without it the endpoints are
    /// unknown (404) and customers are known by their platform id.
    pub accounts: bool,
    /// Whether the section Addons is offered. Without it the endpoints are
    /// unknown (404) and the catalogue lists no add-ons.
    pub addons: bool,
    /// What is wrong with it on purpose; nothing by default.
    pub faults: Faults,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            base_path: "/api/Reference".to_owned(),
            applications: vec![
                Application { id: APPLICATION_ID.to_owned(), key: APPLICATION_KEY.to_owned() },
                Application { id: SECOND_APPLICATION_ID.to_owned(), key: SECOND_APPLICATION_KEY.to_owned() },
            ],
            tenants: vec![
                Tenant { username: USERNAME.to_owned(), password: PASSWORD.to_owned() },
                Tenant { username: SECOND_USERNAME.to_owned(), password: SECOND_PASSWORD.to_owned() },
            ],
            addon_path: AddonPath::Addons,
            addon_result: AddonResult::Addon,
            accounts: true,
            addons: true,
            faults: Faults::default(),
        }
    }
}

/// One registered application: an installation of the platform.
#[derive(Clone)]
pub struct Application {
    /// A GUID, in any of its usual spellings.
    pub id: String,
    /// The key as text, not yet encoded.
    pub key: String,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application").field("id", &self.id).finish_non_exhaustive()
    }
}

/// One partner, known by the values of the setting fields.
#[derive(Clone)]
pub struct Tenant {
    /// The value of `FieldUsername`.
    pub username: String,
    /// The value of `FieldPassword`.
    pub password: String,
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tenant").field("username", &self.username).finish_non_exhaustive()
    }
}

/// The two spellings of the add-on section that are in use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddonPath {
    /// `Addons/Create`.
    #[default]
    Addons,
    /// `Addon/Create`.
    Addon,
    /// Either.
    Both,
}

/// The two meanings of `Result` in answers of the add-on endpoints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddonResult {
    /// The id of the add-on.
    #[default]
    Addon,
    /// The id of the subscription that the add-on belongs to.
    Subscription,
}

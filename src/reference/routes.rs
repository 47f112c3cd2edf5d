//! Which endpoint a path names.
//!
//! Paths are `<base>/<Section>/<Action>`, in any case, with or without a slash
//! at the end. Path and verb are settled before anything else is looked at.

use axum::http::Method;

use super::options::{AddonPath, Options};

/// Everything that can be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    Discovery,
    Probe,
    SettingFields,
    ValidateSettings,
    ProductTypes,
    AdditionalInfo,
    SyncOptions,
    AccountExists,
    Synchronize,
    DeleteAccount,
    Create,
    Update,
    Suspend,
    Activate,
    Cancel,
    UpgradeDowngrade,
    UpgradeToPaid,
    CreateAddons,
    UpdateAddons,
    CancelAddons,
}

use Endpoint::{
    AccountExists, Activate, AdditionalInfo, Cancel, CancelAddons, Create, CreateAddons, DeleteAccount, Discovery,
    Probe, ProductTypes, SettingFields, Suspend, SyncOptions, Synchronize, Update, UpdateAddons, UpgradeDowngrade,
    UpgradeToPaid, ValidateSettings,
};

const TABLE: [(&str, &str, Endpoint); 18] = [
    ("Fields", "Get", SettingFields),
    ("Fields", "Validate", ValidateSettings),
    ("Fields", "ServiceDefinition", ProductTypes),
    ("Fields", "AdditionalInfo", AdditionalInfo),
    (ACCOUNTS, "SyncOptions", SyncOptions),
    (ACCOUNTS, "Exists", AccountExists),
    (ACCOUNTS, "Synchronize", Synchronize),
    (ACCOUNTS, "Delete", DeleteAccount),
    ("Subscriptions", "Create", Create),
    ("Subscriptions", "Update", Update),
    ("Subscriptions", "Suspend", Suspend),
    ("Subscriptions", "Activate", Activate),
    ("Subscriptions", "Cancel", Cancel),
    ("Subscriptions", "UpgradeDowngrade", UpgradeDowngrade),
    ("Subscriptions", "UpgradeToPaid", UpgradeToPaid),
    (ADDONS, "Create", CreateAddons),
    (ADDONS, "Update", UpdateAddons),
    (ADDONS, "Cancel", CancelAddons),
];

const ACCOUNTS: &str = "Accounts";
const ADDONS: &str = "Addons";

impl Endpoint {
    pub(super) fn method(self) -> Method {
        match self {
            Discovery | Probe | SettingFields | ProductTypes | AdditionalInfo | SyncOptions => Method::GET,
            _ => Method::POST,
        }
    }
}

/// The paths of one reference.
#[derive(Debug)]
pub(super) struct Routes {
    base: String,
    addon_path: AddonPath,
    accounts: bool,
    addons: bool,
}

impl Routes {
    pub(super) fn new(options: &Options) -> Self {
        let base = options.base_path.trim_matches('/');
        Self {
            base: if base.is_empty() { String::new() } else { format!("/{base}") },
            addon_path: options.addon_path,
            accounts: options.accounts,
            addons: options.addons,
        }
    }

    /// The base path: empty, or with a slash in front and none behind.
    pub(super) fn base(&self) -> &str {
        &self.base
    }

    /// `None` for a path that is not offered.
    pub(super) fn find(&self, path: &str) -> Option<Endpoint> {
        let path = path.strip_suffix('/').unwrap_or(path);
        if path.eq_ignore_ascii_case("/probe") {
            return Some(Probe);
        }
        let (base, rest) = path.split_at_checked(self.base.len())?;
        if !base.eq_ignore_ascii_case(&self.base) {
            return None;
        }
        if rest.is_empty() {
            return Some(Discovery);
        }
        let (section, action) = rest.strip_prefix('/')?.split_once('/')?;
        let section = self.section(section)?;
        TABLE
            .iter()
            .find(|(s, a, _)| s.eq_ignore_ascii_case(section) && a.eq_ignore_ascii_case(action))
            .map(|(_, _, endpoint)| *endpoint)
    }

    /// The table's name of a section as called, if it is offered at all.
    fn section<'a>(&self, called: &'a str) -> Option<&'a str> {
        if called.eq_ignore_ascii_case(ACCOUNTS) {
            return self.accounts.then_some(called);
        }
        let plural = called.eq_ignore_ascii_case(ADDONS);
        let singular = called.eq_ignore_ascii_case("Addon");
        if plural || singular {
            let spelt_so = match self.addon_path {
                AddonPath::Addons => plural,
                AddonPath::Addon => singular,
                AddonPath::Both => true,
            };
            return (self.addons && spelt_so).then_some(ADDONS);
        }
        Some(called)
    }

    /// The path of an endpoint below the base path, for the discovery document.
    pub(super) fn path(&self, endpoint: Endpoint) -> Option<String> {
        let (section, action, _) = TABLE.iter().find(|(_, _, e)| *e == endpoint)?;
        let section = match self.addon_path {
            AddonPath::Addon if *section == ADDONS => "Addon",
            _ => section,
        };
        Some(format!("{section}/{action}"))
    }
}

//! Where service managers legitimately differ: one switch per contradiction of the sources, and three named sets.

use super::endpoint::{Endpoint, Section};
use std::collections::BTreeMap;

/// How the platform speaks to this service manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialect {
    pub addon_path: AddonPath,
    /// The id that add-on calls answer with: kept in the evidence for the rules that depend on it.
    pub addon_result: AddonResult,
    pub addon_batch: AddonBatch,
    pub create_subscription_id: SubscriptionId,
    pub product_id: ProductId,
    pub extra_details: ExtraDetails,
    pub error_http: ErrorHttp,
    pub precheck_before_sync: bool,
    pub exists_then: ExistsThen,
    pub sync_list_value: SyncListValue,
    pub model_level: ModelLevel,
    pub send_is_test: bool,
    pub empty_id: EmptyId,
    pub path_case: PathCase,
    /// Endpoints that stand elsewhere: the platform registers a URL for each. A template names the place below the base
    /// URL (`{base}/orders/new`) or on the same host (`/interworks/new-order`).
    pub urls: BTreeMap<Endpoint, String>,
}

macro_rules! choices {
    ($($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? })*) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($variant),* }
        impl $name {
            /// The words by which the profile names the choices.
            pub const NAMES: &'static [&'static str] = &[$($text),*];
            fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
            /// The word of this choice.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    )*};
}

choices! {
    /// The section name in add-on URLs; `auto` asks the target which of the two exists.
    AddonPath { Auto = "auto", Addons = "Addons", Addon = "Addon" }
    AddonResult { Auto = "auto", Addon = "addon", Subscription = "subscription" }
    /// Several add-ons of one order in one call, or one call each.
    AddonBatch { All = "all", Single = "single" }
    /// Whether Subscriptions/Create carries the platform's subscription id.
    SubscriptionId { Omit = "omit", Send = "send" }
    ProductId { Catalogue = "catalogue", Bss = "bss" }
    /// Where what a service manager returned as AccountExtraInfo is sent back.
    ExtraDetails { Both = "both", Account = "account", Subscription = "subscription" }
    ErrorHttp { Strict200 = "strict-200", Lenient = "lenient" }
    ExistsThen { Synchronize = "synchronize", Link = "link" }
    SyncListValue { Name = "name", Id = "id" }
    ModelLevel { V1_0 = "1.0", V1_2 = "1.2" }
    EmptyId { Blank = "blank", Null = "null" }
    /// Section and action as the contract spells them, or in lower case.
    PathCase { Contract = "contract", Lower = "lower" }
}

/// The named sets.
pub const NAMES: &[&str] = &["docs", "sdk-1.0", "sdk-1.2"];

/// The switches that a profile can set alone, with the values of each.
pub const SWITCHES: &[(&str, &[&str])] = &[
    ("addon_path", AddonPath::NAMES),
    ("addon_result", AddonResult::NAMES),
    ("addon_batch", AddonBatch::NAMES),
    ("create_subscription_id", SubscriptionId::NAMES),
    ("product_id", ProductId::NAMES),
    ("extra_details", ExtraDetails::NAMES),
    ("error_http", ErrorHttp::NAMES),
    ("precheck_before_sync", &["true", "false"]),
    ("exists_then", ExistsThen::NAMES),
    ("sync_list_value", SyncListValue::NAMES),
    ("model_level", ModelLevel::NAMES),
    ("send_is_test", &["true", "false"]),
    ("empty_id", EmptyId::NAMES),
    ("path_case", PathCase::NAMES),
];

impl Default for Dialect {
    /// `sdk-1.2`, with the add-on path found out by asking.
    fn default() -> Self {
        Self {
            addon_path: AddonPath::Auto,
            addon_result: AddonResult::Auto,
            addon_batch: AddonBatch::Single,
            create_subscription_id: SubscriptionId::Send,
            product_id: ProductId::Catalogue,
            extra_details: ExtraDetails::Both,
            error_http: ErrorHttp::Strict200,
            precheck_before_sync: false,
            exists_then: ExistsThen::Synchronize,
            sync_list_value: SyncListValue::Name,
            model_level: ModelLevel::V1_2,
            send_is_test: false,
            empty_id: EmptyId::Blank,
            path_case: PathCase::Contract,
            urls: BTreeMap::new(),
        }
    }
}

impl Dialect {
    /// A named set: `docs` is the vendor's documentation to the letter, `sdk-1.0` and `sdk-1.2` are what services built
    /// on the older and on the newer vendor SDK expect.
    pub fn named(name: &str) -> Option<Self> {
        let sdk = Self { addon_path: AddonPath::Addons, addon_result: AddonResult::Addon, ..Self::default() };
        match name {
            "docs" => Some(Self {
                addon_path: AddonPath::Addon,
                addon_result: AddonResult::Subscription,
                addon_batch: AddonBatch::All,
                create_subscription_id: SubscriptionId::Omit,
                ..Self::default()
            }),
            "sdk-1.0" => {
                Some(Self { create_subscription_id: SubscriptionId::Omit, model_level: ModelLevel::V1_0, ..sdk })
            }
            "sdk-1.2" => Some(sdk),
            _ => None,
        }
    }

    /// Sets one switch by its name; `false` when the switch or the value is unknown.
    pub fn set(&mut self, switch: &str, value: &str) -> bool {
        fn put<T>(place: &mut T, value: Option<T>) -> bool {
            value.map(|value| *place = value).is_some()
        }
        match switch {
            "addon_path" => put(&mut self.addon_path, AddonPath::parse(value)),
            "addon_result" => put(&mut self.addon_result, AddonResult::parse(value)),
            "addon_batch" => put(&mut self.addon_batch, AddonBatch::parse(value)),
            "create_subscription_id" => put(&mut self.create_subscription_id, SubscriptionId::parse(value)),
            "product_id" => put(&mut self.product_id, ProductId::parse(value)),
            "extra_details" => put(&mut self.extra_details, ExtraDetails::parse(value)),
            "error_http" => put(&mut self.error_http, ErrorHttp::parse(value)),
            "precheck_before_sync" => put(&mut self.precheck_before_sync, value.parse().ok()),
            "exists_then" => put(&mut self.exists_then, ExistsThen::parse(value)),
            "sync_list_value" => put(&mut self.sync_list_value, SyncListValue::parse(value)),
            "model_level" => put(&mut self.model_level, ModelLevel::parse(value)),
            "send_is_test" => put(&mut self.send_is_test, value.parse().ok()),
            "empty_id" => put(&mut self.empty_id, EmptyId::parse(value)),
            "path_case" => put(&mut self.path_case, PathCase::parse(value)),
            _ => false,
        }
    }

    /// Every switch with its value, as the evidence records it.
    pub fn to_map(&self) -> BTreeMap<String, String> {
        let pairs = [
            ("addon_path", self.addon_path.as_str()),
            ("addon_result", self.addon_result.as_str()),
            ("addon_batch", self.addon_batch.as_str()),
            ("create_subscription_id", self.create_subscription_id.as_str()),
            ("product_id", self.product_id.as_str()),
            ("extra_details", self.extra_details.as_str()),
            ("error_http", self.error_http.as_str()),
            ("precheck_before_sync", truth(self.precheck_before_sync)),
            ("exists_then", self.exists_then.as_str()),
            ("sync_list_value", self.sync_list_value.as_str()),
            ("model_level", self.model_level.as_str()),
            ("send_is_test", truth(self.send_is_test)),
            ("empty_id", self.empty_id.as_str()),
            ("path_case", self.path_case.as_str()),
        ];
        let urls = self.urls.iter().map(|(endpoint, url)| (format!("url of {endpoint}"), url.clone()));
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).chain(urls).collect()
    }

    /// The URL of an endpoint below `base`. A query of the base stays at the end (`https://host/sm?tenant=7`).
    pub fn url(&self, base: &str, endpoint: Endpoint) -> String {
        let (base, query) = base.split_once('?').unwrap_or((base, ""));
        let base = base.trim_end_matches('/');
        let mark = if query.is_empty() { "" } else { "?" };
        if let Some(template) = self.urls.get(&endpoint) {
            let place = match template.strip_prefix("{base}") {
                Some(below) => format!("{base}{below}"),
                None => format!("{}{template}", origin(base)),
            };
            return format!("{place}{mark}{query}");
        }
        let spec = endpoint.spec();
        let path = match (spec.section, self.addon_path) {
            (Section::Addons, AddonPath::Addon) => spec.path.replacen("Addons", "Addon", 1),
            (Section::Discovery, _) => String::new(),
            _ => spec.path.to_owned(),
        };
        let path = if self.path_case == PathCase::Lower { path.to_lowercase() } else { path };
        let slash = if path.is_empty() { "" } else { "/" };
        format!("{base}{slash}{path}{mark}{query}")
    }
}

/// Scheme, host and port: traffic goes to the target and to nobody else.
fn origin(base: &str) -> &str {
    let host = base.find("://").map_or(0, |at| at + 3);
    base[host..].find('/').map_or(base, |end| &base[..host + end])
}

fn truth(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_switch_can_be_set_alone_and_is_recorded() {
        for (switch, values) in SWITCHES {
            for value in *values {
                let mut dialect = Dialect::default();
                assert!(dialect.set(switch, value), "{switch} = {value}");
                assert_eq!(dialect.to_map()[*switch], *value);
            }
            assert!(!Dialect::default().set(switch, "something else"));
        }
        assert_eq!(Dialect::default().to_map().len(), SWITCHES.len());
        assert!(!Dialect::default().set("nothing", "true"));
    }

    #[test]
    fn the_named_sets_differ_where_the_sources_differ() {
        let docs = Dialect::named("docs").unwrap();
        let old = Dialect::named("sdk-1.0").unwrap();
        let new = Dialect::named("sdk-1.2").unwrap();
        assert_eq!(docs.url("http://h/api/X", Endpoint::AddonCreate), "http://h/api/X/Addon/Create");
        assert_eq!(new.url("http://h/api/X/", Endpoint::AddonCreate), "http://h/api/X/Addons/Create");
        assert_eq!(old.model_level, ModelLevel::V1_0);
        assert_eq!(
            (old.create_subscription_id, new.create_subscription_id),
            (SubscriptionId::Omit, SubscriptionId::Send)
        );
        assert_eq!(Dialect::named("sdk-2"), None);
        assert!(NAMES.iter().all(|name| Dialect::named(name).is_some()));
    }

    #[test]
    fn an_endpoint_can_stand_elsewhere_on_the_same_host() {
        let mut dialect = Dialect::default();
        dialect.urls.insert(Endpoint::SubscriptionCreate, "{base}/orders/new".to_owned());
        dialect.urls.insert(Endpoint::FieldsGet, "/interworks/getSettingFields".to_owned());
        let url = |endpoint| dialect.url("https://h:81/api/X/?t=7", endpoint);
        assert_eq!(url(Endpoint::SubscriptionCreate), "https://h:81/api/X/orders/new?t=7");
        assert_eq!(url(Endpoint::FieldsGet), "https://h:81/interworks/getSettingFields?t=7");
        assert_eq!(url(Endpoint::SubscriptionCancel), "https://h:81/api/X/Subscriptions/Cancel?t=7");
        assert_eq!(Dialect::default().url("http://h", Endpoint::FieldsGet), "http://h/Fields/Get");
    }

    #[test]
    fn urls_keep_a_query_and_can_be_lower_case() {
        let mut dialect = Dialect::default();
        assert_eq!(dialect.url("http://h/sm/?t=7", Endpoint::FieldsGet), "http://h/sm/Fields/Get?t=7");
        assert_eq!(dialect.url("http://h/sm", Endpoint::Discovery), "http://h/sm");
        dialect.set("path_case", "lower");
        assert_eq!(dialect.url("http://h/SM", Endpoint::UsersPasswordReset), "http://h/SM/users/password/reset");
    }
}

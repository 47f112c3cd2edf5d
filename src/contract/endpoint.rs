//! The endpoints of a service manager whose bodies are known.

use std::fmt;

/// HTTP method of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    Get,
    Post,
}

impl Verb {
    /// `GET` or `POST`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// A group of endpoints that is offered, or not, as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    Fields,
    Accounts,
    Subscriptions,
    Addons,
    Assets,
    Ppu,
    Users,
    Discovery,
}

/// What is fixed about an endpoint.
#[derive(Debug)]
pub struct Spec {
    pub endpoint: Endpoint,
    pub section: Section,
    /// Section and action as they stand in a URL: `Subscriptions/Create`.
    pub path: &'static str,
    pub verb: Verb,
    /// The platform can ask for a pre-check (CheckOnly) of it.
    pub precheck: bool,
    /// No credentials are sent.
    pub anonymous: bool,
    /// A service manager without it cannot sell anything: an answer "not offered" is a finding.
    pub core: bool,
    /// Names of the models in [`super::models`]; empty for no body or a bare value.
    pub request: &'static str,
    pub response: &'static str,
}

macro_rules! endpoints {
    ($($name:ident $section:ident $path:literal $verb:ident $precheck:literal $anonymous:literal $core:literal $request:literal $response:literal;)*) => {
        /// One endpoint of the Service Management API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Endpoint { $($name),* }

        impl Endpoint {
            /// Every endpoint, in the order of the contract's table.
            pub const ALL: &'static [Endpoint] = &[$(Endpoint::$name),*];

            /// What is fixed about it.
            pub fn spec(self) -> &'static Spec {
                match self {
                    $(Endpoint::$name => {
                        static SPEC: Spec = Spec {
                            endpoint: Endpoint::$name, section: Section::$section, path: $path, verb: Verb::$verb,
                            precheck: $precheck, anonymous: $anonymous, core: $core, request: $request, response: $response,
                        };
                        &SPEC
                    })*
                }
            }
        }
    };
}

endpoints! {
    // name              section       path                          verb precheck anonymous core request and response models
    FieldsGet            Fields        "Fields/Get"                  Get  false false true  "" "FieldCollection";
    FieldsValidate       Fields        "Fields/Validate"             Post false false true  "FieldCollection" "";
    ServiceDefinition    Fields        "Fields/ServiceDefinition"    Get  false false true  "" "ProductTypeCollection";
    AdditionalInfo       Fields        "Fields/AdditionalInfo"       Get  false false false "" "";
    SyncOptions          Accounts      "Accounts/SyncOptions"        Get  false false false "" "CustomFieldCollection";
    AccountExists        Accounts      "Accounts/Exists"             Post false false false "AccountDefinition" "ResultDefinition";
    AccountSynchronize   Accounts      "Accounts/Synchronize"        Post false false false "AccountDefinition" "AccountResultDefinition";
    AccountDelete        Accounts      "Accounts/Delete"             Post false false false "AccountDefinition" "ResultDefinition";
    AccountIsReseller    Accounts      "Accounts/IsReseller"         Post false false false "AccountDefinition" "";
    AccountCustomer      Accounts      "Accounts/Customer"           Post false false false "CustomerDefinition" "CustomerDefinition";
    SubscriptionCreate   Subscriptions "Subscriptions/Create"        Post true  false true  "ServiceDefinition" "ServiceResultDefinition";
    SubscriptionUpdate   Subscriptions "Subscriptions/Update"        Post true  false true  "ServiceDefinition" "ServiceResultDefinition";
    SubscriptionCancel   Subscriptions "Subscriptions/Cancel"        Post true  false true  "ServiceDefinition" "ServiceResultDefinition";
    SubscriptionActivate Subscriptions "Subscriptions/Activate"      Post true  false false "ServiceDefinition" "ServiceResultDefinition";
    SubscriptionSuspend  Subscriptions "Subscriptions/Suspend"       Post true  false false "ServiceDefinition" "ServiceResultDefinition";
    UpgradeDowngrade     Subscriptions "Subscriptions/UpgradeDowngrade" Post true false false "ServiceDefinition" "ServiceResultDefinition";
    UpgradeToPaid        Subscriptions "Subscriptions/UpgradeToPaid" Post true  false false "ServiceDefinition" "ServiceResultDefinition";
    AddonCreate          Addons        "Addons/Create"               Post true  false false "ServiceDefinition" "ServiceResultDefinition";
    AddonUpdate          Addons        "Addons/Update"               Post true  false false "ServiceDefinition" "ServiceResultDefinition";
    AddonCancel          Addons        "Addons/Cancel"               Post true  false false "ServiceDefinition" "ServiceResultDefinition";
    AssetCreate          Assets        "Assets/Create"               Post true  false false "ServiceDefinition" "ServiceResultDefinition";
    AssetUpdate          Assets        "Assets/Update"               Post true  false false "ServiceDefinition" "ServiceResultDefinition";
    AssetCancel          Assets        "Assets/Cancel"               Post true  false false "ServiceDefinition" "ServiceResultDefinition";
    PpuUsages            Ppu           "Ppu/usages"                  Post false false false "PpuItemServiceRequest" "PpuUsageItemServiceResponse";
    PpuBillingItems      Ppu           "Ppu/billingItems"            Post false false false "PpuItemServiceRequest" "PpuBillingItemServiceResponse";
    UsersGetCustomers    Users         "Users/Get/Customers"         Post false false false "CustomersListRequest" "CustomersListResponse";
    UsersGetCustomer     Users         "Users/Get/Customer"          Post false false false "CustomerDefinition" "CustomerDefinition";
    UsersGetList         Users         "Users/Get/List"              Post false false false "UsersListRequest" "UsersListResponse";
    UsersGet             Users         "Users/Get"                   Post false false false "UserDefinition" "UserDefinition";
    UsersAdd             Users         "Users/Add"                   Post false false false "UserDefinition" "ResultDefinition";
    UsersUpdate          Users         "Users/Update"                Post false false false "UserDefinition" "ResultDefinition";
    UsersDelete          Users         "Users/Delete"                Post false false false "UserDefinition" "ResultDefinition";
    UsersActivate        Users         "Users/Activate"              Post false false false "UserDefinition" "ResultDefinition";
    UsersDisable         Users         "Users/Disable"               Post false false false "UserDefinition" "ResultDefinition";
    UsersProvision       Users         "Users/Provision"             Post false false false "UserDefinition" "ResultDefinition";
    UsersDeProvision     Users         "Users/DeProvision"           Post false false false "UserDefinition" "ResultDefinition";
    UsersPasswordReset   Users         "Users/Password/Reset"        Post false false false "UserDefinition" "ResultDefinition";
    UsersServiceList     Users         "Users/Service/Get/List"      Post false false false "UserDefinition" "";
    UsersServiceAdd      Users         "Users/Service/Add"           Post false false false "UserSetServiceRequest" "ResultDefinition";
    UsersServiceDelete   Users         "Users/Service/Delete"        Post false false false "UserSetServiceRequest" "ResultDefinition";
    // Discovery and registration stand on the bare base path; where a service manager puts them is its own choice.
    Discovery            Discovery     ""                            Get  false true  false "" "DiscoveryResultDefinition";
    RegistrationCheck    Discovery     "?appId"                      Get  false true  false "" "RegistrationCheckApplicationResponse";
    RegistrationAdd      Discovery     "?register"                   Post false true  false "RegistrationAddApplicationRequest" "RegistrationAddApplicationResponse";
}

impl Endpoint {
    /// The name by which scenarios, evidence and reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Discovery => "Discovery",
            Self::RegistrationCheck => "Registration/Check",
            Self::RegistrationAdd => "Registration/Add",
            other => other.spec().path,
        }
    }

    /// The endpoint of this name, in any case.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|endpoint| endpoint.name().eq_ignore_ascii_case(name))
    }

    /// True where the answer is a result object whose `Code` decides.
    pub fn answers_result(self) -> bool {
        self.spec().response.contains("Result") && self.spec().section != Section::Discovery
            || matches!(self.spec().section, Section::Ppu)
    }

    /// True where the call describes a subscription, with its add-ons.
    pub fn describes_subscription(self) -> bool {
        self.spec().request == "ServiceDefinition"
    }

    /// True where a successful call makes something that somebody pays for.
    pub fn provisions(self) -> bool {
        matches!(
            self,
            Self::SubscriptionCreate
                | Self::UpgradeDowngrade
                | Self::UpgradeToPaid
                | Self::AddonCreate
                | Self::AssetCreate
        )
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl serde::Serialize for Endpoint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for Endpoint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let name = String::deserialize(deserializer)?;
        Self::by_name(&name).ok_or_else(|| D::Error::custom(format!("`{name}` is not an endpoint")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_found_in_any_case() {
        for (index, endpoint) in Endpoint::ALL.iter().enumerate() {
            assert_eq!(Endpoint::by_name(&endpoint.name().to_lowercase()), Some(*endpoint));
            assert!(Endpoint::ALL[..index].iter().all(|other| other.name() != endpoint.name()));
        }
        assert_eq!(Endpoint::ALL.len(), 43);
    }

    #[test]
    fn the_precheck_applies_to_what_provisions_and_to_nothing_else() {
        use Section::{Addons, Assets, Subscriptions};
        for endpoint in Endpoint::ALL {
            let spec = endpoint.spec();
            assert_eq!(spec.precheck, matches!(spec.section, Subscriptions | Addons | Assets), "{endpoint}");
            assert_eq!(spec.precheck, spec.request == "ServiceDefinition");
        }
    }

    #[test]
    fn models_named_here_exist() {
        for endpoint in Endpoint::ALL {
            for name in [endpoint.spec().request, endpoint.spec().response] {
                assert!(name.is_empty() || crate::contract::models::by_name(name).is_some(), "{endpoint}: {name}");
            }
        }
    }

    #[test]
    fn reads_are_get_and_everything_else_is_post() {
        let gets: Vec<_> = Endpoint::ALL.iter().filter(|e| e.spec().verb == Verb::Get).map(|e| e.name()).collect();
        assert_eq!(
            gets,
            [
                "Fields/Get",
                "Fields/ServiceDefinition",
                "Fields/AdditionalInfo",
                "Accounts/SyncOptions",
                "Discovery",
                "Registration/Check"
            ]
        );
    }
}

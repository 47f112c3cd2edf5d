//! The models of the contract, member by member, in the order in which the platform writes them.

use super::{
    dialect::ModelLevel::{V1_0, V1_2},
    model::{
        Kind::{self, Any, Bool, Choice, Date, Decimal, Keyed, List, Object, Text, Texts, Whole},
        Member, Model,
        Need::{Optional, Required},
    },
};

type Choices = &'static [(&'static str, i64)];

pub const ACTION_TYPE: Choices = &[
    ("None", 0),
    ("Provision", 1),
    ("Cancel", 2),
    ("Suspend", 3),
    ("Activate", 4),
    ("Upgrade", 5),
    ("Downgrade", 6),
    ("UpgradeToPaid", 7),
];
pub const DERIVATIVE: Choices =
    &[("NULL", 0), ("SUBSCRIPTION", 1), ("RESERVATION", 2), ("LICENSE", 3), ("RESERVEDINSTANCE", 4)];
pub const REQUESTER: Choices = &[("BSS", 0), ("Storefront", 1), ("API", 2), ("Unknown", 3)];
pub const FIELD_KIND: Choices = &[
    ("Text", 0),
    ("PasswordText", 1),
    ("Url", 2),
    ("Integer", 3),
    ("PredefinedChooseOne", 4),
    ("PredefinedChooseMany", 5),
    ("CustomMultipleValues", 6),
    ("MultiLineTextBox", 7),
    ("Checkbox", 8),
    ("Hidden", 9),
    ("Label", 10),
    ("CertificateFile", 11),
];
pub const OPTION_KIND: Choices = &[
    ("SimpleValue", 0),
    ("List", 1),
    ("TextArea", 2),
    ("ListMultiSelect", 3),
    ("Boolean", 4),
    ("Link", 5),
    ("Mask", 6),
    ("MOD11CheckDigit", 7),
    ("Unknown", 8),
    ("File", 9),
];
pub const OPTION_DATA_TYPE: Choices = &[("Text", 0), ("Number", 1), ("Currency", 2), ("Date", 3), ("Unknown", 4)];
pub const SCOPE: Choices = &[("Customer", 0), ("Reseller", 1), ("Both", 2)];
pub const RESTRICTION: Choices = &[("UpgradeDowngrade", 0), ("AddOn", 1)];
pub const USAGE: Choices = &[("ProductCharacteristic", 0), ("OrderCharacteristic", 1), ("HiddenCharacteristic", 2)];
pub const ATTRIBUTE_KIND: Choices = &[
    ("Text", 0),
    ("Numeric", 1),
    ("DateTime", 2),
    ("Boolean", 3),
    ("PredefinedChooseOne", 4),
    ("PredefinedChooseMany", 5),
    ("CustomMultipleValues", 6),
    ("Slider", 7),
];
pub const CHARGE_TYPE: Choices = &[("RecurringPrepaid", 0), ("RecurringPayPerUse", 1)];
pub const EXTERNAL_BILLING: Choices = &[("NotExternalBilling", 0), ("AzurePlan", 1), ("ExternalBilling", 2)];
pub const BILLING_CYCLE: Choices =
    &[("Monthly", 0), ("Annually", 1), ("TwoYears", 2), ("ThreeYears", 3), ("SixYears", 4)];
pub const UPDATE_OPTION: Choices = &[
    ("Name", 1),
    ("UnitBillingCycles", 2),
    ("TrialOffer", 3),
    ("TrialAttributes", 4),
    ("Prices", 5),
    ("RelatedProducts", 6),
];
pub const TRIAL_DURATION: Choices = &[("Days", 0), ("Months", 1)];
pub const RELATION: Choices = &[("Upgrade", 5), ("MutuallyExcluded", 6)];
pub const USAGE_TYPE: Choices = &[("Undefined", 0), ("Metered", 1), ("Allocated", 2)];
pub const ADDON_CHARGE_RULE: Choices = &[("Undefined", 0), ("Partial", 1), ("Full", 2)];
pub const BILLING_TYPE: Choices =
    &[("OneTimeCharge", 0), ("RecurringChargePrepaid", 1), ("RecurringChargePayPerUse", 2)];
pub const CHARGE_RULE: Choices = &[("PARTIAL", 0), ("FULL", 1)];
pub const BILLING_DATE: Choices = &[("CustomerOption", 0), ("ExcludeFromProRata", 1), ("SpecificBillingDate", 2)];
pub const USER_STATUS: Choices = &[("Provisioned", 0), ("Deprovisioned", 1), ("Disabled", 2), ("InProgress", 3)];
pub const USER_SERVICE_STATUS: Choices = &[("Provisioned", 0), ("Deprovisioned", 1), ("InProgress", 2)];

const fn must(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, need: Required, since: V1_0 }
}
const fn may(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, need: Optional, since: V1_0 }
}
const fn newer(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, need: Optional, since: V1_2 }
}

/// The model of this name.
pub fn by_name(name: &str) -> Option<&'static Model> {
    MODELS.iter().find(|model| model.name == name)
}

/// Every model.
pub static MODELS: &[Model] = &[
    // --- subscriptions, add-ons, assets -----------------------------------------------------------------------------
    Model {
        name: "ServiceDefinition",
        members: &[
            may("ID", Text),
            may("SubscriptionID", Text),
            may("OriginalSubscriptionID", Text),
            must("Name", Text),
            must("ServiceType", Text),
            must("ProductID", Text),
            must("ActionType", Choice(ACTION_TYPE)),
            must("Quantity", Whole),
            must("Account", Object("AccountDefinition")),
            must("AttributeList", Keyed("ServiceAttribute")),
            may("Addons", List(&Object("AddonDefinition"))),
            must("AllowMultipleSubscriptions", Bool),
            must("IsFromOrder", Bool),
            may("BillingCycle", Object("BillingCycle")),
            newer("RenewAutomatically", Bool),
            newer("InstallmentPlan", Object("InstallmentPlan")),
            may("CheckOverusage", Bool),
            may("Derivative", Choice(DERIVATIVE)),
            may("CustomFieldValues", Texts),
            may("ExtraDetails", Texts),
            must("IsTrial", Bool),
            must("CheckOnly", Bool),
            may("RequestedBy", Object("RequestedBy")),
        ],
    },
    Model {
        name: "BillingCycle",
        members: &[must("Duration", Text), must("DurationType", Text), newer("CustomEndDate", Date)],
    },
    Model { name: "InstallmentPlan", members: &[must("Installments", Whole), must("Frequency", Whole)] },
    Model {
        name: "RequestedBy",
        members: &[
            must("ID", Whole),
            may("FirstName", Text),
            may("LastName", Text),
            may("DisplayName", Text),
            may("Email", Text),
            must("Type", Choice(REQUESTER)),
        ],
    },
    Model {
        name: "ServiceAttribute",
        members: &[
            must("ID", Text),
            may("Name", Text),
            may("Value", Text),
            may("Code", Text),
            must("QuantityLinked", Bool),
            may("ExtraParameters", Texts),
        ],
    },
    Model {
        name: "AddonDefinition",
        members: &[
            may("ID", Text),
            may("ParentID", Text),
            may("Name", Text),
            must("ProductID", Text),
            must("ActionType", Choice(ACTION_TYPE)),
            must("Quantity", Whole),
            must("AttributeList", Keyed("ServiceAttribute")),
            may("ExtraDetails", Texts),
        ],
    },
    // --- accounts ---------------------------------------------------------------------------------------------------
    Model {
        name: "AccountDefinition",
        members: &[
            must("ID", Text),
            may("ExternalID", Text),
            may("ResellerID", Text),
            may("ResellerExternalID", Text),
            must("Name", Text),
            may("Code", Text),
            may("Phone", Text),
            may("Fax", Text),
            may("WebSite", Text),
            may("Email", Text),
            must("IsTest", Bool),
            may("Description", Text),
            may("ExtraDetails", Texts),
            may("SyncOptions", Texts),
            may("ContactDetails", Object("ContactDetails")),
            may("Address", Object("Address")),
        ],
    },
    Model {
        name: "ContactDetails",
        members: &[
            may("ID", Text),
            may("FirstName", Text),
            may("LastName", Text),
            may("Phone", Text),
            may("Fax", Text),
            may("Email", Text),
        ],
    },
    Model {
        name: "Address",
        members: &[
            may("Address1", Text),
            may("Address2", Text),
            may("City", Text),
            may("PostCode", Text),
            may("State", Object("CodeAndName")),
            may("Country", Object("CodeAndName")),
        ],
    },
    Model { name: "CodeAndName", members: &[may("Code", Text), may("Name", Text)] },
    // --- results ----------------------------------------------------------------------------------------------------
    Model { name: "ResultDefinition", members: &[must("Code", Whole), may("Message", Text), may("Result", Text)] },
    Model {
        name: "AccountResultDefinition",
        members: &[
            may("AccountExtraInfo", Texts),
            may("GeneratedPassword", Text),
            must("Code", Whole),
            may("Message", Text),
            may("Result", Text),
        ],
    },
    Model {
        name: "ServiceResultDefinition",
        members: &[
            may("AccountExtraInfo", Texts),
            may("CustomFieldValues", Texts),
            may("SendNotification", Bool),
            may("ExtraInfo", Texts),
            must("Code", Whole),
            may("Message", Text),
            may("Result", Text),
        ],
    },
    // --- settings ---------------------------------------------------------------------------------------------------
    Model { name: "FieldCollection", members: &[must("Fields", List(&Object("Field")))] },
    Model {
        name: "Field",
        members: &[must("ID", Text), may("Value", Any), may("Definition", Object("FieldDefinition"))],
    },
    Model {
        name: "FieldDefinition",
        members: &[
            must("ID", Text),
            may("SortOrder", Whole),
            may("Name", Text),
            may("Description", Text),
            may("Kind", Choice(FIELD_KIND)),
            may("MaxLength", Whole),
            may("IsRequired", Bool),
            may("PredefinedValues", Texts),
            may("IsAdditionalField", Bool),
            may("IncludeVerification", Bool),
            may("IsDistributorOption", Bool),
            may("IsPartnerOption", Bool),
            may("InitialValue", Text),
        ],
    },
    // --- sync options and custom fields -----------------------------------------------------------------------------
    Model { name: "CustomFieldCollection", members: &[must("Fields", List(&Object("CustomField")))] },
    Model { name: "CustomField", members: &[must("ID", Text), may("Definition", Object("CustomFieldDefinition"))] },
    Model {
        name: "CustomFieldDefinition",
        members: &[
            must("ID", Text),
            may("SortOrder", Whole),
            may("Name", Text),
            may("Description", Text),
            may("Kind", Choice(OPTION_KIND)),
            may("DataType", Choice(OPTION_DATA_TYPE)),
            may("IsRequired", Bool),
            may("PredefinedValues", List(&Object("CustomFieldValue"))),
            may("IsReadOnly", Bool),
            may("AvailableToStorefront", Bool),
        ],
    },
    Model {
        name: "CustomFieldValue",
        members: &[
            must("ID", Text),
            may("SortOrder", Whole),
            may("Name", Text),
            may("Description", Text),
            may("IsDefault", Bool),
        ],
    },
    // --- catalogue --------------------------------------------------------------------------------------------------
    Model {
        name: "ProductTypeCollection",
        members: &[
            must("ProductTypes", List(&Object("ProductType"))),
            newer("ExternalPricing", List(&Object("ExternalPricing"))),
        ],
    },
    Model { name: "ExternalPricing", members: &[must("ID", Text), may("Description", Text), must("Endpoint", Text)] },
    Model {
        name: "ProductType",
        members: &[
            must("ID", Text),
            must("Name", Text),
            may("Description", Text),
            may("PortalUrl", Text),
            may("EnforceCustomerRequestUpdate", Bool),
            may("AllowMultipleSubscriptions", Bool),
            may("AutoExecuteAddonCancelRequest", Bool),
            may("AutoExecuteSubscriptionCancelRequest", Bool),
            may("AutoExecuteSubscriptionDowngradeRequest", Bool),
            may("QuantityLimit", Whole),
            may("QuantityLimitLocked", Bool),
            may("Scope", Choice(SCOPE)),
            may("ServiceLinks", List(&Object("ServiceLink"))),
            may("Restrictions", List(&Choice(RESTRICTION))),
            may("ParentAttributeExceptions", List(&Any)),
            may("ProductTypeDependencies", List(&Object("ProductTypeDependency"))),
            may("ExtraParameters", Texts),
            may("AttributeList", List(&Object("AttributeDefinition"))),
            may("RuleList", List(&Object("Rule"))),
            may("Icon", Text),
            may("ExtraInfo", Text),
            may("ProductsCollection", Object("ProductsCollection")),
            may("Derivative", Choice(DERIVATIVE)),
            may("CustomFieldCollection", Object("CustomFieldCollection")),
            may("SplitQuantity", Bool),
            may("DefineProductState", Bool),
            may("AssemblyExtension", Text),
        ],
    },
    Model { name: "ServiceLink", members: &[may("Title", Text), may("Description", Text), may("URL", Text)] },
    Model { name: "ProductTypeDependency", members: &[must("ID", Text), may("AutoProvision", Bool)] },
    Model {
        name: "AttributeDefinition",
        members: &[
            may("Usage", Choice(USAGE)),
            may("Kind", Choice(ATTRIBUTE_KIND)),
            must("ID", Text),
            may("SortOrder", Whole),
            may("Name", Text),
            may("Description", Text),
            may("UsageSpecified", Bool),
            may("KindSpecified", Bool),
            may("IsRequired", Bool),
            may("IsSyncLocked", Whole),
            may("LinkedToQuantity", Bool),
            may("AllowUnlimited", Bool),
            may("PredefinedValues", List(&Object("AttributeValue"))),
            may("ExtraParameters", Texts),
            may("SliderMin", Whole),
            may("SliderMax", Whole),
            may("SliderStep", Whole),
        ],
    },
    Model {
        name: "AttributeValue",
        members: &[
            must("ID", Text),
            may("Code", Text),
            may("Name", Text),
            may("IsDefault", Bool),
            may("ResourceId", Whole),
            may("ExtraParameters", Texts),
        ],
    },
    Model {
        name: "Rule",
        members: &[must("ID", Text), may("Name", Text), may("Description", Text), may("RuleConditions", List(&Any))],
    },
    Model {
        name: "ProductsCollection",
        members: &[may("Products", List(&Object("Product"))), may("Addons", List(&Object("AddonProduct")))],
    },
    Model {
        name: "Product",
        members: &[
            must("ID", Text),
            may("Code", Text),
            may("Name", Text),
            may("Description", Text),
            may("Attributes", List(&Object("ProductAttribute"))),
            may("ChargeType", Choice(CHARGE_TYPE)),
            may("UnitType", Text),
            may("ExternalBilling", Bool),
            may("ExternalBillingType", Choice(EXTERNAL_BILLING)),
            may("UnitBillingCycles", List(&Choice(BILLING_CYCLE))),
            may("UpdateOptions", List(&Choice(UPDATE_OPTION))),
            may("Derivative", Choice(DERIVATIVE)),
            may("IsActivated", Bool),
            may("EnableCancellation", Bool),
            may("BillingOptionRecurringChargePrepaid", Object("BillingOption")),
            may("BillingOptionRecurringChargePayPerUse", Object("BillingOption")),
            may("TrialEnabled", Bool),
            may("TrialDuration", Whole),
            may("TrialDurationType", Choice(TRIAL_DURATION)),
            newer("TrialQuantity", Whole),
            may("Prices", List(&Object("Price"))),
            may("RelatedProducts", List(&Object("RelatedProduct"))),
        ],
    },
    Model {
        name: "ProductAttribute",
        members: &[must("ID", Text), may("IsPrimaryKey", Bool), may("Values", List(&Any)), may("Update", Bool)],
    },
    Model {
        name: "BillingOption",
        members: &[
            may("BillingType", Choice(BILLING_TYPE)),
            may("ChargeRule", Choice(CHARGE_RULE)),
            may("UpFrontBilling", Bool),
            may("BillingDate", Choice(BILLING_DATE)),
            may("SpecificBillingDate", Whole),
            may("FreePeriod", Bool),
            may("Term", Whole),
            may("NoOfDecimals", Whole),
        ],
    },
    Model { name: "Price", members: &[must("Currency", Text), may("Units", List(&Object("UnitPrice")))] },
    Model {
        name: "UnitPrice",
        members: &[must("BillingCycle", Choice(BILLING_CYCLE)), must("Price", Decimal), may("Cost", Decimal)],
    },
    Model { name: "RelatedProduct", members: &[must("ProductID", Text), must("Relation", Choice(RELATION))] },
    Model {
        name: "AddonProduct",
        members: &[
            must("ID", Text),
            may("Products", List(&Text)),
            may("Code", Text),
            may("Name", Text),
            may("Description", Text),
            may("Attributes", List(&Object("ProductAttribute"))),
            may("ChargeType", Choice(CHARGE_TYPE)),
            may("UnitType", Text),
            may("UnitBillingCycles", List(&Choice(BILLING_CYCLE))),
            may("UpdateOptions", List(&Choice(UPDATE_OPTION))),
            may("UsageType", Choice(USAGE_TYPE)),
            may("ChargeRule", Choice(ADDON_CHARGE_RULE)),
            may("Prices", List(&Object("Price"))),
        ],
    },
    // --- pay per use ------------------------------------------------------------------------------------------------
    Model {
        name: "PpuItemServiceRequest",
        members: &[
            must("ID", Text),
            must("RelatedSubscriptionID", Text),
            must("ServiceType", Text),
            must("RelatedProductID", Text),
            may("Reseller", Object("PpuAccount")),
            must("Account", Object("PpuAccount")),
            must("BillingCycle", Object("PpuBillingCycle")),
            must("Currency", Text),
            may("IsTest", Bool),
        ],
    },
    Model {
        name: "PpuAccount",
        members: &[must("ID", Text), must("RelatedAccountID", Whole), may("SyncOptions", Texts)],
    },
    Model { name: "PpuBillingCycle", members: &[must("StartDate", Date), must("EndDate", Date)] },
    Model {
        name: "PpuUsageItemServiceResponse",
        members: &[
            must("Usages", List(&Object("PpuItem"))),
            may("Totals", Object("PpuTotals")),
            must("Currency", Text),
            may("LastUpdateAt", Date),
            must("Code", Whole),
            may("Message", Text),
            may("Result", Text),
        ],
    },
    Model {
        name: "PpuBillingItemServiceResponse",
        members: &[
            must("Items", List(&Object("PpuItem"))),
            must("Currency", Text),
            may("LastUpdateAt", Date),
            must("Code", Whole),
            may("Message", Text),
            may("Result", Text),
        ],
    },
    Model { name: "PpuTotals", members: &[must("Items", Whole), may("CostPrice", Decimal), may("SellPrice", Decimal)] },
    Model {
        name: "PpuItem",
        members: &[
            must("Id", Text),
            must("Name", Text),
            may("Type", Text),
            may("Location", Text),
            may("Group", Text),
            may("Customer", Text),
            may("AttributeId", Text),
            must("Quantity", Decimal),
            may("Unit", Text),
            may("CostPrice", Decimal),
            may("SellPrice", Decimal),
            may("StartDate", Date),
            may("EndDate", Date),
        ],
    },
    // --- users ------------------------------------------------------------------------------------------------------
    Model {
        name: "UserDefinition",
        members: &[
            may("ID", Text),
            may("Customer", Object("UserCustomer")),
            may("FirstName", Text),
            may("LastName", Text),
            may("DisplayName", Text),
            may("Username", Text),
            may("Email", Text),
            may("Password", Text),
            may("Status", Choice(USER_STATUS)),
            may("Role", Text),
            may("PercentageCompleted", Text),
            may("TotalServices", Whole),
            may("SecondaryEmail", Text),
        ],
    },
    Model {
        name: "UserCustomer",
        members: &[may("ID", Text), may("AccountID", Text), may("Name", Text), may("IsTest", Bool)],
    },
    Model {
        name: "UserService",
        members: &[
            must("ID", Text),
            may("Name", Text),
            may("Enabled", Bool),
            may("Status", Choice(USER_SERVICE_STATUS)),
            may("PercentageCompleted", Text),
            may("IsDefault", Bool),
        ],
    },
    Model {
        name: "CustomerDefinition",
        members: &[
            may("ID", Text),
            may("Name", Text),
            may("PrimaryDomain", Text),
            may("PercentageCompleted", Text),
            may("Status", Choice(USER_STATUS)),
            may("IsTest", Bool),
            may("TotalUsers", Whole),
        ],
    },
    Model {
        name: "CustomersListRequest",
        members: &[
            may("CustomerID", Text),
            may("SearchText", Text),
            may("Statuses", List(&Choice(USER_STATUS))),
            must("PageID", Whole),
            must("PageSize", Whole),
            may("IsTest", Bool),
        ],
    },
    Model {
        name: "CustomersListResponse",
        members: &[must("Customers", List(&Object("CustomerDefinition"))), must("TotalCustomers", Whole)],
    },
    Model {
        name: "UsersListRequest",
        members: &[
            may("CustomerID", Text),
            may("SearchText", Text),
            may("Statuses", List(&Choice(USER_STATUS))),
            must("PageID", Whole),
            must("PageSize", Whole),
            may("IsTest", Bool),
            may("Services", List(&Text)),
        ],
    },
    Model {
        name: "UsersListResponse",
        members: &[
            must("Users", List(&Object("UserDefinition"))),
            must("TotalUsers", Whole),
            may("AvailableServices", List(&Object("UserService"))),
        ],
    },
    Model {
        name: "UserSetServiceRequest",
        members: &[must("ServiceID", Text), must("User", Object("UserDefinition"))],
    },
    // --- discovery --------------------------------------------------------------------------------------------------
    Model {
        name: "DiscoveryResultDefinition",
        members: &[
            may("Code", Text),
            may("Name", Text),
            may("Description", Text),
            may("ResellerSupportEnabled", Bool),
            may("BaseUrl", Text),
            may("Version", Decimal),
            may("IsRegistrationEnabled", Bool),
            may("RegistrationUrl", Text),
            may("ManagementSections", List(&Object("ManagementSection"))),
        ],
    },
    Model { name: "ManagementSection", members: &[may("IsSectionEnabled", Bool), may("Urls", Keyed("SectionUrl"))] },
    Model {
        name: "SectionUrl",
        members: &[must("Url", Text), may("RequiresAuthorization", Bool), may("RequiresPrecheck", Bool)],
    },
    Model {
        name: "RegistrationCheckApplicationResponse",
        members: &[must("IsRegistered", Bool), must("Success", Bool), may("Error", Text)],
    },
    Model {
        name: "RegistrationAddApplicationRequest",
        members: &[must("ApplicationId", Text), must("ApplicationKey", Text)],
    },
    Model {
        name: "RegistrationAddApplicationResponse",
        members: &[must("Registered", Bool), must("Success", Bool), may("Error", Text)],
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn named(kind: &Kind) -> Option<&'static str> {
        match kind {
            Object(name) | Keyed(name) => Some(name),
            List(item) => named(item),
            _ => None,
        }
    }

    #[test]
    fn models_refer_to_models_that_exist_and_members_are_unique() {
        for model in MODELS {
            for (index, member) in model.members.iter().enumerate() {
                let name = named(&member.kind).unwrap_or(model.name);
                assert!(by_name(name).is_some(), "{}.{}: {name}", model.name, member.name);
                assert!(!model.members[..index].iter().any(|m| m.name.eq_ignore_ascii_case(member.name)));
            }
        }
    }

    /// Answers of a service manager built on the vendor's SDK: nothing is lost by reading them, and all fit their models.
    #[test]
    fn every_sample_is_read_without_loss_and_fits_its_model() {
        use crate::contract::Endpoint;
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/samples");
        let mut read = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let text = crate::json::without_mark(text.trim());
            let body = parse(text.as_bytes()).unwrap();
            assert_eq!(body.to_compact(), text, "{}", path.display());
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let stem = stem.trim_end_matches("-CheckOnly-true").trim_end_matches("-rejected");
            let endpoint = Endpoint::by_name(&stem.replace('-', "/")).unwrap();
            if let Some(model) = by_name(endpoint.spec().response) {
                assert_eq!(model.misfits(&body), [], "{}", path.display());
            }
            read += 1;
        }
        assert_eq!(read, 20);
    }

    #[test]
    fn misfits_are_named_with_place_and_type() {
        let answer = parse(br#"{"code":"0","SendNotification":"no","ExtraInfo":{"a":1},"Unknown":[]}"#).unwrap();
        let misfits = by_name("ServiceResultDefinition").unwrap().misfits(&answer);
        let lines: Vec<_> = misfits.iter().map(|m| format!("{}: {}, found {}", m.path, m.expected, m.found)).collect();
        assert_eq!(
            lines,
            [
                "$.SendNotification: true or false, found \"no\" (string)",
                "$.ExtraInfo: an object of text values, found {\"a\":1} (object)",
                "$.Code: a whole number, found \"0\" (string)",
            ]
        );
    }

    #[test]
    fn an_enumeration_is_read_from_name_number_or_digits() {
        use super::super::model::choice;
        for text in ["\"both\"", "2", "\"2\""] {
            assert_eq!(choice(&parse(text.as_bytes()).unwrap(), SCOPE), Some("Both"));
        }
        assert_eq!(choice(&parse(b"9").unwrap(), SCOPE), None);
        assert_eq!(choice(&parse(b"null").unwrap(), SCOPE), None);
    }
}

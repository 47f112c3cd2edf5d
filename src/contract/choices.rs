//! The enumerations of the contract: the name and the number of each choice.

/// A value travels as either of the two.
pub type Choices = &'static [(&'static str, i64)];

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

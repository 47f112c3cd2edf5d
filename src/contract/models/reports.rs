//! Usage, users, and what a service manager offers.

use super::{Model, may, must};
use crate::contract::{
    choices::{USER_SERVICE_STATUS, USER_STATUS},
    model::Kind::{Bool, Choice, Date, Decimal, Keyed, List, Object, Text, Texts, Whole},
};

pub(super) static MODELS: &[Model] = &[
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

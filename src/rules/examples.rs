//! An exchange for each rule: the call or the situation, what keeps the rule, and what breaks it.

/// An exchange that shows what a rule means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// What the platform sends, or what was before.
    pub call: &'static str,
    /// What keeps the rule.
    pub right: &'static str,
    /// What breaks it.
    pub wrong: &'static str,
}

const fn example(call: &'static str, right: &'static str, wrong: &'static str) -> Example {
    Example { call, right, wrong }
}

/// In the order of the rules' numbers.
pub(super) const EXAMPLES: [Example; 132] = [
    // Credentials, HTTP and JSON.
    example("GET Fields/ServiceDefinition without X-CloudPlatform-ApplicationId", "401", "200 and the catalogue"),
    example(
        "GET Fields/ServiceDefinition without X-CloudPlatform-APIKey",
        "401",
        "200: an empty key equals an unset one",
    ),
    example("X-CloudPlatform-ApplicationId: a GUID that nobody registered", "401", "500: the look-up finds no row"),
    example("X-CloudPlatform-APIKey: the base64 of another text", "401", "200: only the id was looked up"),
    example("the id of application A with the key of application B", "401", "200: the key is in the table"),
    example("key `s3cret`: X-CloudPlatform-APIKey: czNjcmV0", "200", "401: it waits for the bare s3cret"),
    example("X-CloudPlatform-APIKey: %%%", "401", "500 FormatException"),
    example("the id in lower case; the key in lower case", "200; 401", "401; 200"),
    example(
        "POST Subscriptions/Create with a wrong key",
        "401, nothing was made",
        "401, and a subscription at the vendor",
    ),
    example(
        "POST Subscriptions/Cancel without credentials",
        "401, as everywhere",
        r#"200 {"Code":0}: this one was forgotten"#,
    ),
    example("POST Subscriptions/Create with a wrong key and the body `{`", "401", "400: the body was parsed first"),
    example("two applications are registered; each calls with its own key", "200; 200", "200; 401"),
    example(
        "an order of 500 seats where 300 are the limit",
        r#"200 {"Code":-7,"Message":"at most 300 seats"}"#,
        r#"422 {"Code":-7,…}"#,
    ),
    example(
        "Accept: application/json",
        r#"Content-Type: application/json and {"Code":0,…}"#,
        "Content-Type: text/xml and <Result/>",
    ),
    example(
        "POST Subscriptions/Create",
        r#"{"Code":0,"Message":"","Result":"S1"}"#,
        r#"{"data":{"Code":0,"Result":"S1"}}"#,
    ),
    example("GET Subscriptions/Cancel", "405", "200, and the subscription is cancelled"),
    example(r#"{…,"SomethingNewer":{"a":1}}"#, r#"{"Code":0,…}"#, "400 unknown member"),
    example(r#"{…,"Addons":null,"Account":{…,"Address":null}}"#, r#"{"Code":0,…}"#, "500 NullReferenceException"),
    example(
        "X-CloudPlatform-Setting-Region: eu, and us in the next call",
        "the second acts in us",
        "the second acts in eu",
    ),
    example("a call without X-CloudPlatform-TrackId", r#"{"Code":0,…}"#, "400 header missing"),
    // Settings and catalogue.
    example(
        "GET Fields/Get",
        r#"{"Fields":[{"ID":"User","Definition":{"ID":"User",…}}]}"#,
        r#"{"Fields":[{"ID":"User","Definition":{"ID":"1",…}}]}"#,
    ),
    example("GET Fields/Get", r#"{"ID":"PartnerUser",…}"#, r#"{"ID":"Partner user",…}: no header can be called so"#),
    example("POST Fields/Validate with settings that are right", "[]", r#"{"Code":0,"Message":"ok"}"#),
    example("POST Fields/Validate with a wrong password", r#"["The password is not accepted."]"#, "[]"),
    example("POST Fields/Validate without the required Country", r#"["Country is missing."]"#, "500"),
    example(
        "a field ApiSecret; its value was wrong",
        r#""Kind":1; ["ApiSecret is wrong"]"#,
        r#""Kind":0; ["x7Yq is wrong"]"#,
    ),
    example(
        "GET Fields/ServiceDefinition",
        r#"{"ProductTypes":[{"ID":"mail","Name":"Mail",…}]}"#,
        r#"{"ProductTypes":[]}"#,
    ),
    example("GET Fields/ServiceDefinition, twice", "mail; mail", "mail-81c2; mail-f07a"),
    example(r#"a product uses {"ID":"storage",…}"#, r#""AttributeList":[{"ID":"storage",…}]"#, r#""AttributeList":[]"#),
    example(r#"a list with the entries std and pro"#, r#""Values":["pro"]"#, r#""Values":["Professional"]"#),
    example(
        "an attribute definition",
        r#"{"ID":"storage","Usage":"ProductCharacteristic","Kind":"Numeric",…}"#,
        r#"{"ID":"storage","KindSpecified":false,…}"#,
    ),
    example(
        r#""RelatedProducts":[{"ProductID":"mail-pro","Relation":5}]"#,
        "mail-pro stands in the same type",
        "mail-pro was withdrawn",
    ),
    example(
        "a product billed monthly",
        r#"{"Currency":"EUR","Units":[{"BillingCycle":0,"Price":3.95}]}"#,
        r#"{"Currency":"€","Units":[{"BillingCycle":1,"Price":-1}]}"#,
    ),
    example(r#""TrialEnabled":true"#, r#""TrialDuration":30,"TrialDurationType":0"#, r#""TrialDuration":0"#),
    example("the scope of a product type", r#""Scope":0, or "Customer""#, r#""Scope":"Everyone""#),
    example(
        "a list attribute of a type without a limit",
        r#""LinkedToQuantity":false; "QuantityLimit":0"#,
        r#""LinkedToQuantity":true; "QuantityLimit":-1"#,
    ),
    // Accounts.
    example(
        "GET Accounts/SyncOptions",
        r#"{"Kind":"List","PredefinedValues":[{"ID":"1","Name":"end user"}],…}"#,
        r#"{"Kind":"List","PredefinedValues":[],…}"#,
    ),
    example(
        "an option for the user name",
        r#"{"ID":"username",…,"Kind":"SimpleValue","DataType":"Text"}"#,
        r#"{"ID":"UserName",…}"#,
    ),
    example(
        "POST Accounts/Exists for a new customer",
        r#"{"Code":0,…}, and no account"#,
        "an account that nobody ordered",
    ),
    example(
        "POST Accounts/Exists for a known customer",
        r#"{"Code":1,"Message":"","Result":"acc-7"}"#,
        r#"{"Code":0,…}, or Code 1 without a Result"#,
    ),
    example("POST Accounts/Synchronize", r#"{"Code":0,…,"Result":"acc-7"}"#, r#"{"Code":0,…,"Result":""}"#),
    example(
        r#"later: {"Account":{"ID":"13","ExternalID":"acc-7",…}}"#,
        r#"{"Code":0,…}"#,
        r#"{"Code":-4,"Message":"unknown account"}"#,
    ),
    example("POST Accounts/Synchronize for account 13, twice", "acc-7; acc-7", "acc-7; acc-8"),
    example(
        "POST Accounts/Synchronize without a required option",
        r#"{"Code":-3,"Message":"The VAT number is missing."}"#,
        "500",
    ),
    example("a reseller R and its customer C are synchronised", "two accounts, C's under R's", "one account for both"),
    example(
        r#"{"ResellerID":null,"ResellerExternalID":null,…}"#,
        r#"{"Code":0,…}"#,
        r#"{"Code":-2,"Message":"no reseller"}"#,
    ),
    example(
        "an answer with extra info",
        r#""AccountExtraInfo":{"login":"acme"}"#,
        r#""AccountExtraInfo":{"login":{"user":"acme"}}"#,
    ),
    example(
        "POST Accounts/Delete for acc-7, twice",
        r#"{"Code":0,…,"Result":"acc-7"}, both times"#,
        r#"{"Code":0,…}; 500"#,
    ),
    // Subscriptions.
    example(
        "POST Subscriptions/Create",
        r#"{"Code":0,"Message":"","Result":"S1"}"#,
        r#"{"Code":0,"Message":"","Result":null}"#,
    ),
    example("two customers order", "S1; S2", "S1; S1"),
    example(
        r#"Create answered "Result":"S1"; then {"ID":"S1",…}"#,
        r#"{"Code":0,…}"#,
        r#"{"Code":-1,"Message":"not found"}"#,
    ),
    example(
        r#"POST Subscriptions/Update {"ID":"S1","ActionType":"Provision",…}"#,
        "S1 is changed",
        "a second subscription",
    ),
    example("two updates with Quantity 8 on 5 seats", "8 seats", "13 or 21 seats"),
    example("an update with Quantity 3 on 5 seats", "3 seats", "5 seats still"),
    example(
        r#"an update that lists an add-on with ActionType "None""#,
        "the add-on stays as it is",
        "the add-on is bought again",
    ),
    example(r#"an update, all add-ons "None""#, r#"{"Code":0,…}"#, r#"{"Code":-1,"Message":"nothing to do"}"#),
    example("POST Subscriptions/Suspend", r#"{"Code":0,"Message":"","Result":"S1"}"#, r#"{"Code":0}"#),
    example("a customer has S1 and S2; S2 is cancelled", "S1 runs on", "both are gone"),
    example(
        r#"POST Subscriptions/Update {"ID":"never-given",…}"#,
        r#"{"Code":-4,"Message":"not found"}"#,
        r#"{"Code":0,…} and a new subscription"#,
    ),
    example(
        "the same create again: the first answer was lost",
        "S1 again, one subscription",
        "S2: the customer pays twice",
    ),
    example("POST Subscriptions/Suspend on a suspended subscription", r#"{"Code":0,…}"#, "500"),
    example(
        "a create that fails half-way",
        "nothing is left, or the retry takes it over",
        "a resource without an owner",
    ),
    example(
        "a create failed; the same request comes again",
        r#"{"Code":0,…,"Result":"S1"}"#,
        r#"{"Code":-9,"Message":"already tried"}"#,
    ),
    example("a create is in progress", "done or failed within 120 minutes", "in progress for ever"),
    example(r#""Name":"Почта for Acme""#, "Почта for Acme", "????? for Acme"),
    example(r#""IsFromOrder":false"#, r#"{"Code":0,…}"#, r#"{"Code":-1,"Message":"orders only"}"#),
    example(
        r#"Create with "IsTrial":true, then UpgradeToPaid"#,
        "a trial; then a paid subscription",
        "paid from the first day",
    ),
    example(
        r#""BillingCycle":{"Duration":"12","DurationType":"month"}"#,
        r#"{"Code":0,…}"#,
        "500: Duration is not a number",
    ),
    example(r#""BillingCycle":null"#, "an answer below 500", "500 NullReferenceException"),
    example(
        r#"a second order, "AllowMultipleSubscriptions":true"#,
        "S2, two subscriptions",
        "S1 again, one subscription",
    ),
    example(
        r#"a second order, "AllowMultipleSubscriptions":false"#,
        "refused, or merged into S1",
        "S2, and nobody is told",
    ),
    example(r#""RenewAutomatically":true,"InstallmentPlan":null"#, r#"{"Code":0,…}"#, "400 unknown member"),
    example(
        "an answer that wants the welcome e-mail sent",
        r#""SendNotification":true"#,
        r#""SendNotification":"true""#,
    ),
    example(
        "an order that is refused",
        r#"{"Code":-7,"Message":"sold out","Result":null}"#,
        r#"{"Code":-7,"Message":"","Result":null}"#,
    ),
    example(
        "an order that fails",
        r#""Message":"The domain is taken.""#,
        r#""Message":"… at Vendor.Api.Create(Order o) in Api.cs:line 7""#,
    ),
    example("an update of a cancelled subscription", r#"{"Code":-5,"Message":"it is cancelled"}"#, r#"{"Code":0,…}"#),
    example(
        "POST Subscriptions/Cancel on a suspended subscription",
        r#"{"Code":0,…}"#,
        r#"{"Code":-1,"Message":"activate it first"}"#,
    ),
    // Upgrade, downgrade, trial to paid.
    example(r#""ActionType":"Downgrade""#, r#"{"Code":0,…,"Result":"S2"}"#, r#"{"Code":-1,"Message":"upgrades only"}"#),
    example("POST Subscriptions/UpgradeDowngrade", r#""Result":"S2", and S2 works from then on"#, r#""Result":null"#),
    example("S1 was upgraded to S2", "S2 runs, S1 does not", "S1 and S2 are billed"),
    example(
        r#"later: {"ID":"S2","OriginalSubscriptionID":"B1",…}"#,
        "handled like any other",
        r#"{"Code":-4,"Message":"B1 not found"}"#,
    ),
    example("basic to team, then team to pro", r#"{"Code":0,…}, both times"#, "the second looks for basic"),
    example("from mail to a product of hosting", r#"{"Code":-6,"Message":"not a mail product"}"#, r#"{"Code":0,…}"#),
    example("a trial of 5 seats becomes paid with 8", "8 seats", "5 seats"),
    example("UpgradeToPaid on a paid subscription", r#"{"Code":-6,"Message":"it is no trial"}"#, r#"{"Code":0,…}"#),
    example("a trial of 5 seats becomes paid with 8", "8 seats", "13 seats"),
    // Add-ons.
    example(r#"Addons/Create {"ActionType":"None","Quantity":5,…}"#, "still 5 seats", "the seats are ordered again"),
    example("Addons/Update: A Provision, B None", "A is changed", "A and B are changed"),
    example("Addons/Create: A and B Provision", "both are there", "only A is there"),
    example("Addons/Update with Quantity 3 on 2", "3", "5"),
    example(r#"Addons/Create {"ID":"never-given",…}"#, r#"{"Code":-4,"Message":"not found"}"#, r#"{"Code":0,…}"#),
    example("POST Addons/Create", r#""Result":"S1" or "X1""#, r#""Result":"""#),
    example(
        r#"Addons/Create answered "X1"; then {"ID":"X1","ActionType":"Cancel",…}"#,
        "X1 ends",
        r#"{"Code":-4,"Message":"X1 not found"}"#,
    ),
    example(
        r#"Addons/Create, all add-ons "None""#,
        "an answer below 500, nothing changes",
        "500: sequence contains no element",
    ),
    example("X1 and X2 of one product; X1 is cancelled", "X2 runs on", "both are gone, or X2 is"),
    example("the subscription of X1 is cancelled", "X1 ends too", "X1 is billed on"),
    example("the same Addons/Create again", "one add-on", "two add-ons"),
    // Resources.
    example("storage 5 linked, ram 8 not linked, Quantity 3", "storage 15, ram 8", "storage 5, ram 24"),
    example("backup off in the subscription, on in an add-on", "backup on", "backup off"),
    example("storage 5 linked: 3 seats, then an update to 5", "25", "40: added to what was there"),
    example("an add-on with storage 20 is cancelled", "storage without its 20", "storage as before"),
    example(r#"a numeric attribute with "Value":"many""#, r#"{"Code":-8,"Message":"storage is no number"}"#, "500"),
    // Pre-check.
    example(
        r#"Subscriptions/Create {"CheckOnly":true,…}"#,
        r#"{"Code":0,…}, and nothing is made"#,
        "a subscription before anybody has bought",
    ),
    example("500 seats where 300 are the limit, CheckOnly true, then false", "refused; refused", "accepted; refused"),
    example(
        r#"{"CheckOnly":true,…} that passes"#,
        r#"{"Code":0,"Message":"","Result":""}"#,
        r#"{"Code":1,"Message":"ok"}"#,
    ),
    example("the same pre-check five times, then the order", "all pass, one subscription", "the voucher is used up"),
    example("a pre-check that is refused, twice", "Code -7; Code -7", "Code -7; Code -12"),
    example(r#"{"CheckOnly":"perhaps",…}"#, "refused, nothing is made", "taken for false: it is ordered"),
    // Robustness.
    example(
        "POST Subscriptions/Create with the body `{\"ID\":`",
        "an error, nothing is made",
        "an empty order is carried out",
    ),
    example("POST Subscriptions/Create without a body", "an error below 500, nothing is made", "500"),
    example(r#""Quantity":2147483648"#, "refused", "read as 0, or as -2147483648"),
    example(r#""Quantity":0"#, r#"{"Code":-7,"Message":"at least 1 seat"}"#, r#"{"Code":0,…}"#),
    example(
        "an e-mail address with a zero-width space in it",
        "refused, or stored without it",
        "a login that nobody can type",
    ),
    example("a price of 3000000000.125455676948", "the same digits", "-1294967296, or 3000000000.13"),
    example("orders for Acme and Globex at the same time", "each gets its own", "Acme's name on Globex' subscription"),
    example("the same create twice at the same time", "one subscription", "two subscriptions"),
    example("any call", "an answer within the limit", "no answer"),
    example("partner B cancels S1 of partner A", r#"{"Code":-4,"Message":"not found"}"#, r#"{"Code":0,…}"#),
    example("POST to the registration endpoint, no credentials", "403 in production", "a key for anyone who asks"),
    // Pay per use and users.
    example(
        "POST Ppu/usages for March",
        r#"{"Id":"u1","Name":"Traffic","Quantity":4.5,"StartDate":"2026-03-02…",…}"#,
        r#"{"Id":"","Quantity":0,…}"#,
    ),
    example(
        "two items of cost 1.10 and 2.20",
        r#""Totals":{"Items":2,"CostPrice":3.30,…}"#,
        r#""Totals":{"Items":2,"CostPrice":3,…}"#,
    ),
    example(r#"{"Currency":"EUR",…}"#, r#"{"Currency":"EUR",…}"#, r#"{"Currency":"USD",…}"#),
    example("Ppu/usages for last March, asked twice", "the same items", "other items"),
    example("an item of traffic", r#""AttributeId":"traffic", which the type defines"#, r#""AttributeId":"meter-17""#),
    example(r#"{"IsTest":true,…}"#, "sample data", "a charge at the vendor"),
    example(
        r#"Users/Get/List {"PageID":2,"PageSize":25,…}, 60 users"#,
        "users 26 to 50, TotalUsers 60",
        "all 60, or TotalUsers 25",
    ),
    example(r#"Users/Add answered "U1"; Users/Get {"ID":"U1"}"#, "the user", "an empty user"),
    example("Users/Get", r#""Password":null"#, r#""Password":"…""#),
    example("Users/Service/Add, twice", "one service", "two licences"),
    // Discovery and external pricing.
    example(
        "GET the base URL without credentials",
        "the document; its addresses answer",
        "401, or an address with 404",
    ),
    example("discovery announces Users", "Users/Get/List answers", "404"),
    example("prices for the items 1 and 2", r#"[{"Id":"1","Status":{"Code":0},…},{"Id":"2",…}]"#, "one price"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_example_is_short_and_says_two_different_things() {
        for (index, Example { call, right, wrong }) in EXAMPLES.iter().enumerate() {
            for text in [call, right, wrong] {
                let length = text.chars().count();
                assert!(!text.trim().is_empty() && length <= 90 && !text.contains('\n'), "{}: {text}", index + 1);
            }
            assert_ne!(right, wrong, "{}", index + 1);
        }
        let all: BTreeSet<_> = EXAMPLES.iter().map(|e| (e.call, e.right, e.wrong)).collect();
        assert_eq!(all.len(), EXAMPLES.len());
    }
}

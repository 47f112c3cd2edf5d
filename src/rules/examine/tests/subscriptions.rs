use super::*;
use Endpoint::SubscriptionCreate;

fn order(account: &str, platform_id: &str, quantity: u8, several: bool) -> String {
    format!(
        r#"{{"SubscriptionID":{platform_id},"Name":"Mail","ProductID":"P","Quantity":{quantity},
            "Account":{{"ID":"{account}"}},"AllowMultipleSubscriptions":{several}}}"#
    )
}

fn gets(story: Story, order: &str, id: &str) -> Story {
    story.asks(SubscriptionCreate, order, &format!(r#"{{"Code":0,"Result":"{id}"}}"#))
}

#[test]
fn two_subscriptions_have_two_ids() {
    let two = |a: &str, b: &str, id: &str| gets(gets(Story::new(), a, "S1"), b, id).said(50);
    let one = order("13", "null", 3, true);
    assert_eq!(two(&one, &order("13", "null", 4, true), "S2"), ["kept"]);
    assert_eq!(two(&one, &order("13", "null", 4, true), "S1"), ["$.Result"]);
    assert_eq!(two(&order("13", "\"B1\"", 3, true), &order("13", "\"B2\"", 3, true), "S1"), ["$.Result"]);
    assert_eq!(two(&order("13", "null", 3, false), &order("14", "null", 3, false), "S1"), ["$.Result"]);
    for (other, why) in [(one.clone(), "the same order again"), (order("13", "null", 4, false), "may be merged")] {
        assert!(two(&one, &other, "S1").is_empty(), "{why}");
    }
    let repeat = order("13", "\"B1\"", 4, true);
    assert!(two(&order("13", "\"B1\"", 3, true), &repeat, "S1").is_empty(), "one id of the platform");
}

#[test]
fn an_id_that_no_call_is_understood_with_is_not_recognised() {
    use Endpoint::{SubscriptionCancel, SubscriptionUpdate};
    const NO: &str = r#"{"Code":-301,"Message":"no such subscription","Result":null}"#;
    const YES: &str = r#"{"Code":0,"Message":"","Result":null}"#;
    let own = r#"{"ID":"S1"}"#;
    let bought = || gets(Story::new(), &order("13", "\"B1\"", 3, true), "S1");
    let at_the_end = |story: Story, body: &str, answer: &str| {
        let cancel = answered(200, JSON, answer);
        story.exchange(SubscriptionCancel, (Intent::Teardown, false), body, 1, cancel)
    };
    let never = at_the_end(bought().asks(SubscriptionUpdate, own, NO), own, NO);
    assert_eq!(never.said(51), ["$.Code", "$.Code"], "each of the calls");
    let told = |story: Story| story.notes(51)[0].breaches[0].message.clone();
    let never = || at_the_end(bought().asks(SubscriptionUpdate, own, NO), own, NO);
    assert!(told(never()).ends_with("answered with Code -301: “no such subscription”"), "{}", told(never()));
    assert!(!told(never()).contains("SubscriptionID"));
    let sent_back = gets(Story::new(), &order("13", "\"S1\"", 3, true), "S1").asks(SubscriptionUpdate, own, NO);
    assert!(told(at_the_end(sent_back, own, NO)).contains("the platform's own SubscriptionID sent back"));

    let silent = |story: Story, why: &str| assert!(story.said(51).is_empty(), "{why}");
    silent(bought().asks(SubscriptionUpdate, own, NO), "one refusal may have any reason");
    silent(at_the_end(bought().asks(SubscriptionUpdate, own, NO), own, YES), "the id was understood once");
    silent(at_the_end(bought().asks(SubscriptionUpdate, own, YES), own, NO), "the id was understood once");
    let other = r#"{"Code":-301,"Message":"the minimum term is a year","Result":null}"#;
    silent(at_the_end(bought().asks(SubscriptionUpdate, own, NO), own, other), "two reasons");
    silent(at_the_end(bought().asks(SubscriptionUpdate, r#"{"ID":"S9"}"#, NO), own, NO), "another id");
    let twice = gets(bought(), &order("14", "\"B1\"", 3, true), "S1");
    silent(at_the_end(twice.asks(SubscriptionUpdate, own, NO), own, NO), "it is understood as that of another order");
    let again = gets(bought(), &order("13", "\"B1\"", 3, true), "S1");
    assert!(!at_the_end(again.asks(SubscriptionUpdate, own, NO), own, NO).said(51).is_empty(), "the same order again");
    let consent = r#"{"Code":1,"Message":"fine","Result":null}"#;
    silent(at_the_end(bought().asks(SubscriptionUpdate, own, consent), own, consent), "this is about the Code");
    let flawed = Intent::Flawed { flaw: "f".into(), control: "c".into() };
    let wrong = bought().exchange(SubscriptionUpdate, (flawed, false), own, 1, answered(200, JSON, NO));
    silent(at_the_end(wrong, own, NO), "what is wrong on purpose may be refused");
}

#[test]
fn what_is_no_order_is_not_compared() {
    let one = order("13", "null", 3, true);
    let other = order("13", "null", 4, true);
    let ok = r#"{"Code":0,"Result":"S1"}"#;
    let mut outcome = answered(200, JSON, ok);
    let Outcome::Received { lossy, .. } = &mut outcome else { panic!() };
    *lossy = true;
    let garbled =
        gets(Story::new(), &one, "S1").exchange(SubscriptionCreate, (Intent::Ordinary, false), &other, 1, outcome);
    assert!(garbled.said(50).is_empty(), "an id that could not be read");
    let first = || gets(Story::new(), &one, "S1");
    assert!(first().checks(SubscriptionCreate, &other, ok).said(50).is_empty());
    assert!(first().errs(SubscriptionCreate, &other, 200, ok).said(50).is_empty());
    assert!(
        first().asks(SubscriptionCreate, &other, r#"{"Code":-1,"Message":"no","Result":"S1"}"#).said(50).is_empty()
    );
}

#[test]
fn customers_of_different_scenarios_share_no_id() {
    let made = |account: &str, id: &str| Order {
        step: 0,
        exchange: 0,
        label: "buy".into(),
        line: 3,
        id: id.into(),
        account: account.into(),
    };
    let orders = [
        (1, made("13", "S1")),
        (2, made("14", "S1")),
        (3, made("14", "S1")),
        (4, made("15", "S2")),
        (5, made("16", "S1")),
    ];
    let shared = shared_ids(orders.iter().map(|(scenario, order)| (*scenario, order)));
    assert_eq!(shared.len(), 1);
    assert_eq!(shared[0].iter().map(|(scenario, _)| *scenario).collect::<Vec<_>>(), [1, 2, 5]);
    let same_customer = [(1, made("13", "S1")), (2, made("13", "S1"))];
    assert!(shared_ids(same_customer.iter().map(|(scenario, order)| (*scenario, order))).is_empty());
}

//! Identical calls, and customers who come at the same time.

use super::*;

#[test]
fn an_identical_call_brings_the_same_id() {
    let answer = |id: &str| received(200, &format!(r#"{{"Code":0,"Message":"","Result":"{id}"}}"#));
    let story = |first, again| {
        let story = Story::new().step("s", &["R-60"], Expectation::Accepted);
        story
            .call(Intent::Ordinary, false, first)
            .label("create")
            .call(Intent::Repeated, false, again)
            .label("create-again")
            .checks()
    };
    assert_eq!(story(answer("S1"), answer("S1")), ["repeated R-60 pass", "accepted - pass"]);
    assert_eq!(story(answer("S1"), answer("S2")), ["repeated R-60 warn", "accepted - pass"]);
    assert_eq!(story(answer("S1"), received(200, REFUSED)), ["repeated R-60 warn", "accepted - pass"]);
    assert_eq!(story(received(200, REFUSED), answer("S1")), ["repeated R-60 blocked", "accepted - fail"]);
}

#[test]
fn identical_calls_at_once_may_be_refused_but_never_done_twice() {
    let answer = |id: &str| received(200, &format!(r#"{{"Code":0,"Message":"","Result":"{id}"}}"#));
    let story = |one, two, three| {
        let story = Story::new().step("s", &["R-116"], Expectation::Accepted);
        let story = story.call(Intent::Ordinary, false, one).call(Intent::Repeated, false, two);
        story.call(Intent::Repeated, false, three).checks()
    };
    let refused = || received(200, REFUSED);
    assert_eq!(story(answer("S1"), refused(), answer("S1")), ["at once R-116 pass", "accepted - pass"]);
    assert_eq!(story(refused(), answer("S1"), refused()), ["at once R-116 pass", "accepted - pass"]);
    assert_eq!(story(answer("S1"), refused(), answer("S2")), ["at once R-116 warn", "accepted - pass"]);
    assert_eq!(story(refused(), refused(), refused()), ["at once R-116 warn", "accepted - fail"]);
}

#[test]
fn customers_who_change_at_once_are_told_of_their_own_subscriptions() {
    let told = |endpoint, results: [&str; 2]| {
        let answer = |result: &str| received(200, &OK.replace("S1", result));
        let story = Story::new().step("s", &["R-115"], Expectation::Accepted);
        let story = story.call(Intent::Ordinary, false, answer(results[0])).of(endpoint, r#"{"ID":"S1"}"#);
        story.call(Intent::Neighbour(1), false, answer(results[1])).of(endpoint, r#"{"ID":"S2"}"#).checks()[0].clone()
    };
    assert_eq!(told(Endpoint::SubscriptionSuspend, ["S1", "S2"]), "at once R-115 pass");
    assert_eq!(told(Endpoint::SubscriptionSuspend, ["S1", "S1"]), "at once R-115 warn");
    assert_eq!(told(Endpoint::SubscriptionUpdate, ["done", "done"]), "at once R-115 pass");
    assert_eq!(told(Endpoint::UpgradeDowngrade, ["S3", "S4"]), "at once R-115 pass");
    assert_eq!(told(Endpoint::AddonCreate, ["S2", "S2"]), "at once R-115 warn");
}

#[test]
fn what_customers_have_who_changed_at_once_is_their_own() {
    let judged = |own: i64, neighbours: [i64; 2], built_in: bool| {
        let document = |quantity: i64| {
            let status = if quantity < 0 { "suspended" } else { "active" };
            format!(r#"{{"subscriptions":[{{"status":"{status}","quantity":{}}}]}}"#, quantity.abs())
        };
        let body = |quantity: i64| format!(r#"{{"ID":"S{quantity}","Quantity":{quantity}}}"#);
        let mut story = Story::new().step("s", &["R-115"], Expectation::Accepted);
        story = story.answer(200, OK).of(Endpoint::SubscriptionUpdate, &body(own));
        for (index, quantity) in (1..).zip(neighbours) {
            let answer = received(200, &OK.replace("S1", ""));
            story = story.call(Intent::Neighbour(index), false, answer);
            story = story.of(Endpoint::SubscriptionUpdate, &body(own + i64::from(index)));
            story = story.probe(ProbeMoment::Neighbour(index), &document(quantity));
        }
        story.built_in = built_in;
        story.checks()[0].clone()
    };
    let kept = |own, neighbours| judged(own, neighbours, false);
    assert_eq!(kept(1, [2, 3]), "at once R-115 pass");
    assert_eq!(kept(1, [2, 9]), "at once R-115 warn");
    assert_eq!(kept(1, [2, -3]), "at once R-115 warn");
    assert_eq!(kept(1, [1, 1]), "at once R-115 warn", "the first customer's");
    assert_eq!(kept(1, [8, 9]), "at once R-115 pass", "nobody's change shows: that is another rule's");
    assert_eq!(judged(1, [2, 9], true), "at once R-115 warn", "no id is asked of a change");
}

#[test]
fn a_name_that_another_customer_gave_is_mixed_up() {
    let judged = |shown: [&str; 2]| {
        let answer = |index: usize| received(200, &OK.replace("S1", &format!("S{index}")));
        let order = |index: usize| format!(r#"{{"Quantity":3,"Name":"Mail of {index}"}}"#);
        let document =
            |name: &str| format!(r#"{{"subscriptions":[{{"status":"active","quantity":3,"name":"{name}"}}]}}"#);
        let mut story = Story::new().step("s", &["R-115"], Expectation::Accepted);
        story = story.call(Intent::Ordinary, false, answer(9)).of(Endpoint::SubscriptionCreate, &order(9));
        for (index, name) in shown.into_iter().enumerate() {
            let neighbour = Intent::Neighbour(index as u32);
            story = story.call(neighbour, false, answer(index)).of(Endpoint::SubscriptionCreate, &order(index));
            story = story.probe(ProbeMoment::Neighbour(index as u32), &document(name));
        }
        story.checks()[0].clone()
    };
    assert_eq!(judged(["Mail of 0", "Mail of 1"]), "at once R-115 pass");
    assert_eq!(judged(["MAIL OF 0", "cut"]), "at once R-115 pass", "a name of its own is another rule's");
    assert_eq!(judged(["Mail of 0", "Mail of 0"]), "at once R-115 warn");
    assert_eq!(judged(["Mail of 9", "Mail of 1"]), "at once R-115 warn");
}

#[test]
fn a_repeat_that_changes_nothing_may_be_refused() {
    let again = |endpoint, answer| {
        let story = Story::new().step("s", &["R-53"], Expectation::Accepted);
        let story = story.call(Intent::Ordinary, false, received(200, OK)).of(endpoint, "{}").label("once");
        story.call(Intent::Repeated, false, received(200, answer)).of(endpoint, "{}").label("again").checks()[0].clone()
    };
    const SILENT: &str = r#"{"Code":-1,"Message":"","Result":null}"#;
    assert_eq!(again(Endpoint::SubscriptionUpdate, REFUSED), "repeated R-53 warn");
    assert_eq!(again(Endpoint::SubscriptionUpdate, SILENT), "repeated R-53 fail");
    assert_eq!(again(Endpoint::AddonCancel, SILENT), "repeated R-53 fail");
    assert_eq!(again(Endpoint::AddonUpdate, REFUSED), "repeated R-53 warn");
    assert_eq!(again(Endpoint::AddonCancel, REFUSED), "repeated R-53 pass");
    assert_eq!(again(Endpoint::SubscriptionCreate, REFUSED), "repeated R-53 fail");
}

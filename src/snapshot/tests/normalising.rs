use super::{body_of, call, contents, none, rules, scenario, step};
use crate::{
    contract::Endpoint,
    json,
    snapshot::{Redactions, take},
};
use Endpoint::{
    AccountSynchronize, AddonCreate, ServiceDefinition, SubscriptionCancel, SubscriptionCreate, SubscriptionUpdate,
    UpgradeDowngrade, UsersAdd,
};

fn result(id: &str) -> String {
    format!(r#"{{"Code":0,"Message":"","Result":{id}}}"#)
}

#[test]
fn an_id_keeps_its_placeholder_over_the_scenario_and_another_value_gives_the_same_snapshots() {
    let run = |account: &str, subscription: &str, next: &str| {
        contents(
            &[],
            &none(),
            &[
                (AccountSynchronize, &result(&format!("\"{account}\""))),
                (SubscriptionCreate, &result(&format!("\"{subscription}\""))),
                (SubscriptionUpdate, &result(&format!("\"{subscription}\""))),
                (UpgradeDowngrade, &result(&format!("\"{next}\""))),
                (
                    SubscriptionCancel,
                    &format!(r#"{{"Code":0,"Message":"{next} of {account} ended","Result":"{next}"}}"#),
                ),
            ],
        )
    };
    let first = run("account-0001", "subscription-17", "subscription-18");
    assert_eq!(first, run("ACC/77/2026", "8d3b5d2c-1d2f-4a57-9c2e-0b8a53ad44f1", "s#99-and-more"));
    assert!(first[0].contains(r#""Result": "[account#1]""#), "{}", first[0]);
    assert!(first[2].contains(r#""Result": "[subscription#1]""#), "{}", first[2]);
    assert!(first[3].contains(r#""Result": "[subscription#2]""#), "{}", first[3]);
    assert!(first[4].contains(r#""Message": "[subscription#2] of [account#1] ended""#), "{}", first[4]);
    assert_eq!(
        first[1],
        "HTTP 200 application/json\n{\n  \"Code\": 0,\n  \"Message\": \"\",\n  \"Result\": \"[subscription#1]\"\n}"
    );
}

#[test]
fn a_changed_id_is_a_difference() {
    let run = |echoed: &str| {
        let bodies = [(SubscriptionCreate, result("\"subscription-17\"")), (SubscriptionUpdate, result(echoed))];
        contents(&[], &none(), &bodies.each_ref().map(|(endpoint, body)| (*endpoint, body.as_str()))).remove(1)
    };
    assert_ne!(run("\"subscription-17\""), run("\"subscription-71\""));
    assert_ne!(run("\"subscription-17\""), run("\"SUBSCRIPTION-17\""));
}

#[test]
fn numbers_of_placeholders_do_not_depend_on_the_order_of_members() {
    let (a, b) = ("550e8400-e29b-41d4-a716-446655440000", "650e8400-e29b-41d4-a716-446655440000");
    let made = [("email", "kim@acme.example"), ("email", "lee@acme.example")];
    let one =
        body_of(&made, &none(), &format!(r#"{{"x":"{a}","y":"{b}","p":"kim@acme.example","q":"lee@acme.example"}}"#));
    let two =
        body_of(&made, &none(), &format!(r#"{{"q":"lee@acme.example","y":"{b}","x":"{a}","p":"kim@acme.example"}}"#));
    assert_eq!(one, two);
    assert!(one.contains(r#""p": "[email#1]""#) && one.contains(r#""y": "[uuid#2]""#), "{one}");
}

#[test]
fn an_echo_keeps_the_placeholder_of_what_the_mock_made() {
    let body = result("\"bss-subscription-5\"");
    let made = [("order", "bss-subscription-5")];
    assert!(contents(&made, &none(), &[(SubscriptionCreate, &body)])[0].contains("[order#1]"));
    // A UUID that was shown before it became somebody's id stays what it was.
    let uuid = "\"550e8400-e29b-41d4-a716-446655440000\"";
    let shown = contents(&[], &none(), &[(ServiceDefinition, uuid), (SubscriptionCreate, &result(uuid))]);
    assert!(shown[1].contains("\"[uuid#1]\""), "{}", shown[1]);
}

#[test]
fn short_ids_match_whole_texts_and_long_ones_anywhere() {
    let made = [("customer", "1234567"), ("reseller", "12345678"), ("reseller", "12345678-b"), ("name", "é1234567")];
    let body = body_of(
        &made,
        &none(),
        r#"["1234567","x1234567","x12345678y","12345678-b!",{"12345678":1,"1234567":2,"a1234567":3},"é1234567 ."]"#,
    );
    let compact = json::parse(body.as_bytes()).unwrap().to_compact();
    assert_eq!(
        compact,
        r#"["[customer#1]","x1234567","x[reseller#1]y","[reseller#2]!",{"[customer#1]":2,"[reseller#1]":1,"a1234567":3},"[name#1] ."]"#
    );
}

/// A counter that passes from three digits to four changes nothing.
#[test]
fn a_short_id_is_found_where_it_is_a_word() {
    let shown = |id: &str| {
        let text = format!(r#"["tenant-{id}","{id} and {id}/x","x{id}","{id}0","a.{id}é","12 of 12","S of 7"]"#);
        body_of(&[("account", id), ("customer", "12"), ("order", "S")], &none(), &text).replace(id, "ID")
    };
    let short = json::parse(shown("CVA-999").as_bytes()).unwrap().to_compact();
    assert_eq!(
        short,
        r#"["tenant-[account#1]","[account#1] and [account#1]/x","xID","ID0","a.IDé","12 of 12","S of 7"]"#
    );
    let inside = |id: &str| body_of(&[("account", id)], &none(), &format!(r#"{{"a":"tenant-{id}","b":"{id}:x"}}"#));
    for other in ["S7", "10000", "CVA-1000"] {
        assert_eq!(inside(other), inside("CVA-999"), "{other}");
    }
}

#[test]
fn the_json_type_of_an_id_stays_visible() {
    let bodies = [
        (SubscriptionCreate, r#"{"Code":0,"Result":4711,"Quantity":4711}"#),
        (SubscriptionUpdate, r#"{"Code":0,"Result":"4711","SubscriptionID":4711,"Seats":[4711]}"#),
        (AddonCreate, r#"{"Code":0,"Result":900000001,"Other":900000001}"#),
    ];
    let shown = contents(&[], &none(), &bodies);
    assert!(shown[0].contains(r#""Result": "[subscription#1 number]""#), "{}", shown[0]);
    assert!(shown[0].contains(r#""Quantity": 4711"#), "a quantity is never hidden: {}", shown[0]);
    assert!(shown[1].contains(r#""Result": "[subscription#1]""#), "{}", shown[1]);
    assert!(shown[1].contains(r#""SubscriptionID": "[subscription#1 number]""#), "{}", shown[1]);
    assert!(shown[1].contains("    4711\n"), "{}", shown[1]);
    assert!(shown[2].contains(r#""Other": "[addon#1 number]""#), "{}", shown[2]);
}

#[test]
fn only_successful_answers_of_calls_that_give_ids_are_learned_from() {
    let later = (ServiceDefinition, r#""result-0815""#);
    let learned = |endpoint, body: &str| contents(&[], &none(), &[(endpoint, body), later])[1].contains("#1]");
    let done = result("\"result-0815\"");
    assert!(learned(SubscriptionCreate, &done) && learned(UsersAdd, &done));
    assert!(!learned(SubscriptionUpdate, &done), "an update gives no id");
    assert!(!learned(SubscriptionCreate, r#"{"Code":-1,"Message":"","Result":"result-0815"}"#));
    assert!(!learned(SubscriptionCreate, r#"{"Code":0,"Message":"","Result":"  "}"#));
    assert!(!learned(SubscriptionCreate, "result-0815"));
}

#[test]
fn ids_are_learned_from_calls_without_a_snapshot_but_not_numbered_by_them() {
    let mut hidden = step("hidden");
    hidden.snapshot = false;
    let calls = [
        (
            0,
            call(
                0,
                SubscriptionCreate,
                r#"{"Code":0,"Result":"subscription-1","x":"550e8400-e29b-41d4-a716-446655440000"}"#,
            ),
        ),
        (1, call(0, ServiceDefinition, r#"["subscription-1","650e8400-e29b-41d4-a716-446655440000"]"#)),
    ];
    let evidence = scenario(&[], vec![hidden, step("shown")], calls);
    let taken = take(&evidence, &none());
    assert_eq!(taken.len(), 1);
    assert!(taken[0].content.contains("[subscription#1]") && taken[0].content.contains("[uuid#1]"));
}

#[test]
fn a_redaction_hides_values_of_its_type_and_no_others() {
    let rules = rules(&[("$.Keys.Licence", "string"), ("$.Items[*].Cost", "number"), ("$..Deep", "object")], &[]);
    let run = |licence: &str, cost: &str| {
        let body = format!(
            r#"{{"Keys":{{"Licence":{licence}}},"Items":[{{"Cost":{cost}}}],"a":{{"Deep":{{"x":1}}}},"Cost":5}}"#
        );
        json::parse(body_of(&[], &rules, &body).as_bytes()).unwrap().to_compact()
    };
    assert_eq!(
        run("\"abc\"", "1.5"),
        r#"{"Cost":5,"Items":[{"Cost":"[redacted number]"}],"Keys":{"Licence":"[redacted string]"},"a":{"Deep":"[redacted object]"}}"#
    );
    assert_eq!(run("\"abc\"", "1.5"), run("\"xyz\"", "99"));
    assert!(run("7", "null").contains(r#""Licence":7"#));
    assert!(run("null", "\"1.5\"").contains(r#""Cost":"1.5""#));
}

#[test]
fn a_redaction_that_cannot_work_is_refused_with_its_reason() {
    let new = |path: &str, kind: &str| Redactions::new([(path, kind)], [""; 0]).unwrap_err().to_string();
    assert!(new("$[", "string").contains("`$[` is not a JSONPath"));
    assert!(new("$.a", "text").contains("`text` is not a JSON type, declared for `$.a`; write one of null, boolean"));
}

#[test]
fn every_way_of_writing_a_path_selects_the_same() {
    for path in
        ["$.a.b[1]", "$['a']['b'][1]", r#"$["a"].b[1]"#, "$.a.b[-1]", "$.a.b[?@=='two']", "$.a['b'][1:]", "$..b[1]"]
    {
        let body = body_of(&[], &rules(&[(path, "string")], &[]), r#"{"a":{"b":["one","two"]}}"#);
        assert!(body.contains("\"one\"") && body.contains("[redacted string]"), "{path}: {body}");
    }
    let every = body_of(&[], &rules(&[("$.a.*", "string"), ("$.b[*]", "string")], &[]), r#"{"a":{"x":"1"},"b":["2"]}"#);
    assert_eq!(every.matches("[redacted string]").count(), 2, "{every}");
}

#[test]
fn arrays_are_sorted_only_where_their_order_means_nothing() {
    let (a, b) = ("550e8400-e29b-41d4-a716-446655440000", "650e8400-e29b-41d4-a716-446655440000");
    let rules = rules(&[], &["$.Items", "$.Items[*].Tags"]);
    let run = |body: String| body_of(&[], &rules, &body);
    let one = run(format!(
        r#"{{"Items":[{{"n":"x","Tags":[2,1],"id":"{a}"}},{{"n":"w","Tags":[],"id":"{b}"}}],"Kept":[2,1]}}"#
    ));
    let two = run(format!(
        r#"{{"Items":[{{"n":"w","Tags":[],"id":"{a}"}},{{"id":"{b}","n":"x","Tags":[1,2]}}],"Kept":[2,1]}}"#
    ));
    assert_eq!(one, two, "the order of new ids must not show in their numbers");
    let other = run(format!(
        r#"{{"Items":[{{"n":"w","Tags":[],"id":"{a}"}},{{"id":"{b}","n":"x","Tags":[1,2]}}],"Kept":[1,2]}}"#
    ));
    assert_ne!(one, other);
    // Inner arrays are sorted before the outer one, whatever the order of the rules.
    let nested = |x: &str, y: &str| run(format!(r#"{{"Items":[{{"Tags":{x},"n":"x"}},{{"Tags":{y},"n":"y"}}]}}"#));
    assert_eq!(nested("[2,1]", "[1,3]"), nested("[1,2]", "[3,1]"));
}

#[test]
fn names_of_members_that_hold_ids_do_not_change_the_order() {
    let (a, b) = ("550e8400-e29b-41d4-a716-446655440000", "650e8400-e29b-41d4-a716-446655440000");
    let one = body_of(&[], &none(), &format!(r#"{{"{a}":"first","{b}":"second"}}"#));
    let two = body_of(&[], &none(), &format!(r#"{{"{a}":"second","{b}":"first"}}"#));
    assert_eq!(one, two);
    assert_eq!(one, "{\n  \"[uuid#1]\": \"first\",\n  \"[uuid#2]\": \"second\"\n}");
}

#[test]
fn digits_are_kept_and_spellings_of_a_number_are_one() {
    assert_eq!(body_of(&[], &none(), "125.455676948"), "125.455676948");
    assert_eq!(body_of(&[], &none(), "125.455676948000000001"), "125.455676948000000001");
    assert_eq!(body_of(&[], &none(), "10.00"), body_of(&[], &none(), "10.0"));
    assert_ne!(body_of(&[], &none(), "10.00"), body_of(&[], &none(), "10.01"));
    assert_eq!(body_of(&[], &none(), "-0"), "0");
}

#[test]
fn without_anything_to_replace_the_text_is_the_canonical_one() {
    for body in [
        r#"{"b":[1,{"z":null,"a":true}],"a":{},"c":[],"dup":1,"dup":2,"é\n\"\\\u0007":"tab\t"}"#,
        r#"[[[]],{"x":{"y":[1e400,10.00,-0,-5,1E2]}},"😀",false]"#,
        r#""""#,
        "0",
    ] {
        assert_eq!(body_of(&[], &none(), body), json::parse(body.as_bytes()).unwrap().to_canonical());
    }
}

#[test]
fn a_body_that_is_not_json_is_one_string() {
    let html = "<h1>Oops</h1>\r\n<p>\"2026-01-31T10:00:00Z\" acme-customer-1</p>\n";
    let made = [("customer", "acme-customer-1")];
    assert_eq!(
        contents(&made, &none(), &[(SubscriptionCreate, html)]),
        ["HTTP 200 application/json\n\"<h1>Oops</h1>\\r\\n<p>\\\"[timestamp]\\\" [customer#1]</p>\\n\""]
    );
}

#[test]
fn without_a_body_there_is_only_the_first_line() {
    assert_eq!(contents(&[], &none(), &[(SubscriptionCreate, "")]), ["HTTP 200 application/json"]);
}

#[test]
fn large_answers_with_many_placeholders_are_normalised_in_one_pass() {
    let item = |n: u32| {
        format!(
            r#"{{"ID":"{n:08x}-e29b-41d4-a716-446655440000","At":"2026-01-31T10:00:00Z","Price":{n}.50,"Of":"acme-customer-1"}}"#
        )
    };
    let items: Vec<_> = (0..50_000).map(item).collect();
    let made = [("customer", "acme-customer-1")];
    let body = body_of(&made, &none(), &format!("[{}]", items.join(",")));
    assert!(body.contains("[uuid#50000]") && body.contains("49999.5"));
    // One text with as many hits, which a search that starts again after each of them would never finish.
    let text = body_of(&made, &none(), &format!("<{}>", items.join("\n")));
    assert!(text.contains("[uuid#50000]") && !text.contains("acme-customer-1"));
}

#[test]
fn the_fast_search_finds_what_a_plain_one_finds() {
    use crate::snapshot::identity::Identities;
    let mut state = 7_u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut found = 0;
    for _ in 0..400 {
        let mut text = |length| (0..length).map(|_| ["a", "b", "é"][random(3) as usize]).collect::<String>();
        let (subject, needles) = (text(600), [text(8), text(9), text(8), text(11)]);
        let mut identities = Identities::new();
        needles.iter().for_each(|needle| identities.add("x", needle));
        let fast: Vec<_> = identities.hits(&subject).map(|hit| (hit.start, hit.end)).collect();
        assert_eq!(identities.any(&subject), !fast.is_empty());
        let (mut plain, mut from) = (Vec::new(), 0);
        let longest = |at: usize| needles.iter().filter(|n| subject[at..].starts_with(*n)).map(String::len).max();
        while let Some((start, length)) =
            (from..subject.len()).filter(|at| subject.is_char_boundary(*at)).find_map(|at| Some((at, longest(at)?)))
        {
            from = start + length;
            plain.push((start, from));
        }
        assert_eq!(fast, plain, "{subject} {needles:?}");
        found += fast.len();
    }
    assert!(found > 50, "{found}");
}

#[test]
fn numbers_are_written_as_the_canonical_text_writes_them() {
    for number in [
        "0",
        "-0",
        "0.0",
        "-0.00",
        "100",
        "10.00",
        "0.050",
        "-5.10",
        "1e3",
        "1E-7",
        "12345678901234567890123.50",
        "0.00000000000000000000000000000000000000000000000001",
    ] {
        assert_eq!(body_of(&[], &none(), number), json::parse(number.as_bytes()).unwrap().to_canonical());
    }
}

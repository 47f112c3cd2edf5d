use super::*;

fn json(text: &str) -> Json {
    parse(text.as_bytes()).unwrap()
}

#[test]
fn numbers_members_and_duplicates_survive_a_round_trip() {
    for text in [
        r#"{"b":10.00,"a":125.455676948000000001,"n":-0,"e":1E400}"#,
        r#"{"a":1,"a":2,"A":3}"#,
        r#"[null,true,"\u0001\"\\ é 😀",9223372036854775808123]"#,
    ] {
        assert_eq!(json(text).to_compact(), text);
    }
}

#[test]
fn what_is_not_json_is_refused_with_its_place() {
    for (text, line, column) in
        [("{\"a\":1,}", 1, 8), ("{\n \"a\" 1}", 2, 6), ("", 1, 0), ("1 2", 1, 3), ("{\"a\":01}", 1, 7)]
    {
        let error = parse(text.as_bytes()).unwrap_err();
        assert_eq!((error.line, error.column), (line, column), "{text:?}: {error}");
    }
    assert!(parse(b"\"\xff\"").is_err());
    assert!(parse(b"[NaN]").is_err());
}

#[test]
fn a_depth_bomb_is_refused_without_exhausting_the_stack() {
    let bomb = "[".repeat(1_000_000);
    assert!(parse(bomb.as_bytes()).unwrap_err().message.contains("levels"));
    let deep = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
    assert!(parse(deep.as_bytes()).is_ok());
}

#[test]
fn look_ups_ignore_case_and_take_the_last() {
    let body = json(r#"{"Code":1,"code":2,"Result":5}"#);
    assert_eq!(body.member("Code"), Some(&Json::from(1)));
    assert_eq!(body.member("CODE"), Some(&Json::from(2)));
    assert_eq!(body.text_of("result").as_deref(), Some("5"));
}

#[test]
fn decimals_are_compared_by_value_and_not_by_text() {
    let same = |a: &str, b: &str| Number::parse(a).unwrap().same(&Number::parse(b).unwrap());
    assert!(same("10.00", "10.0") && same("1e2", "100") && same("-0", "0.0") && same("0.5", "5E-1"));
    assert!(!same("10.00", "10.01") && !same("1", "-1") && !same("125.455676948", "125.4556769480001"));
    for (text, canonical) in
        [("10.00", "10"), ("0.050", "0.05"), ("1e3", "1000"), ("-12.30", "-12.3"), ("1e400", "1e400"), ("0e9", "0")]
    {
        assert_eq!(Number::parse(text).unwrap().canonical(), canonical);
    }
    assert_eq!(Number::parse("30e-1").unwrap().as_i64(), Some(3));
    assert_eq!(Number::parse("2147483648").unwrap().as_i64(), Some(2_147_483_648));
    assert_eq!(Number::parse("1.5").unwrap().as_i64(), None);
    assert_eq!(Number::parse("abc"), None);
}

#[test]
fn numbers_beyond_reason_are_compared_too() {
    let number = |text: &str| Number::parse(text).unwrap();
    // An answer of 4 MB has room for many digits.
    let long = |last: char| number(&format!("6.{}{last}", "0".repeat(100_000)));
    assert_eq!(long('1').compare(&number("5")), Some(std::cmp::Ordering::Greater));
    assert_eq!(long('1').compare(&long('2')), Some(std::cmp::Ordering::Less));
    // Digits on top of the largest exponent.
    let farthest = number("15e9223372036854775806");
    assert_eq!(farthest.canonical(), "15e9223372036854775806");
    assert_eq!((farthest.compare(&number("1")), farthest.as_i64()), (None, None));
    assert_eq!(number("15e-9223372036854775807").canonical(), "15e-9223372036854775807");
    // Equal numbers have one canonical text, however many digits that takes.
    for (plain, short) in [("1", "1e60"), ("-12", "-12e60")] {
        let plain = number(&format!("{plain}{}", "0".repeat(60)));
        assert!(plain.same(&number(short)));
        assert_eq!(plain.canonical(), number(short).canonical());
    }
    let digits = "123456789".repeat(9);
    assert_eq!(number(&digits).canonical(), digits);
}

#[test]
fn members_that_are_there_twice_are_no_difference_to_themselves() {
    let twins = json(r#"{"a":1,"b":0,"a":2}"#);
    assert!(diff(&twins, &twins).is_empty() && twins.same(&twins));
    // The last one counts.
    assert!(diff(&twins, &json(r#"{"a":3,"a":2,"b":0}"#)).is_empty());
    let changes = diff(&json(r#"{"a":2,"b":0}"#), &json(r#"{"a":2,"b":0,"a":3}"#));
    assert_eq!(changes.iter().map(Change::describe).collect::<Vec<_>>(), ["$.a: 2 became 3"]);
    // For something to be the same, all of them do.
    assert!(!twins.same(&json(r#"{"a":3,"a":2,"b":0}"#)));
    assert!(twins.same(&json(r#"{"b":0.0,"a":1,"a":2}"#)) && !twins.same(&json(r#"{"b":0,"a":2,"a":1}"#)));
}

#[test]
fn objects_of_many_members_are_compared_by_name_too() {
    let members = |order: &mut dyn Iterator<Item = i64>| {
        Json::Object(order.map(|n| (format!("m{n}"), Json::from(n % 10))).collect())
    };
    let (old, turned) = (members(&mut (0..100)), members(&mut (0..100).rev()));
    assert!(diff(&old, &turned).is_empty() && old.same(&turned));
    let new = members(&mut (1..101));
    let lines: Vec<_> = diff(&old, &new).iter().map(Change::describe).collect();
    assert_eq!(lines, ["$.m0: 0 is gone", "$.m100: 0 is new"]);
    assert!(!old.same(&new));
}

#[test]
fn a_difference_names_the_place_and_the_types() {
    let changes = diff(&json(r#"{"a":{"b":[1,2]},"c":1,"d":null}"#), &json(r#"{"c":"1","a":{"b":[1,3,4]},"e":10.0}"#));
    let lines: Vec<_> = changes.iter().map(Change::describe).collect();
    assert_eq!(
        lines,
        [
            "$.a.b[1]: 2 became 3",
            "$.a.b[2]: 4 is new",
            "$.c: 1 (number) became \"1\" (string)",
            "$.d: null is gone",
            "$.e: 10.0 is new",
        ]
    );
    assert!(diff(&json(r#"{"a":1,"b":10.00}"#), &json(r#"{"b":10.0,"a":1}"#)).is_empty());
}

#[test]
fn a_patch_replaces_adds_and_removes() {
    let mut body = json(r#"{"a":{"b":1,"c":2},"d":3}"#);
    body.merge(&json(r#"{"a":{"b":null,"x":{"y":1}},"d":[1]}"#));
    assert_eq!(body.to_compact(), r#"{"a":{"c":2,"x":{"y":1}},"d":[1]}"#);
}

#[test]
fn a_value_is_put_at_one_place_and_taken_out_of_it() {
    let mut body = json(r#"{"a":{"b":1,"b":2},"n":null,"list":[{"q":1},{"q":2}],"s":"x"}"#);
    let place = |members: &[&str]| members.iter().fold(Path::root(), |path, name| path.member(name));
    body.put(&place(&["a", "b"]), Json::Null).unwrap();
    body.put(&place(&["n", "new", "deep"]), Json::from(7)).unwrap();
    body.put(&place(&["list"]).item(1).member("q"), json("{}")).unwrap();
    assert_eq!(body.to_compact(), r#"{"a":{"b":1,"b":null},"n":{"new":{"deep":7}},"list":[{"q":1},{"q":{}}],"s":"x"}"#);
    let refused = |body: &mut Json, path: Path| body.put(&path, Json::Null).unwrap_err().to_string();
    assert_eq!(refused(&mut body, place(&["list"]).item(2)), "there is no item 2 at $.list: the array has 2");
    assert_eq!(refused(&mut body, place(&["s", "t"])), "$.s is of type string, so it has no members");
    assert_eq!(refused(&mut body, place(&["a"]).item(0)), "$.a is of type object, so it has no items");

    assert_eq!(body.take_out(&place(&["a", "b"])), Some(Json::Null));
    assert_eq!(body.take_out(&place(&["list"]).item(0)), Some(json(r#"{"q":1}"#)));
    for nothing in
        [place(&["a", "b"]), place(&["s", "t"]), place(&["list"]).item(1), place(&["no", "way"]), Path::root()]
    {
        assert_eq!(body.take_out(&nothing), None, "{nothing}");
    }
    assert_eq!(body.to_compact(), r#"{"a":{},"n":{"new":{"deep":7}},"list":[{"q":{}}],"s":"x"}"#);
    body.put(&Path::root(), json("[]")).unwrap();
    assert_eq!(body.to_compact(), "[]");
}

#[test]
fn matchers_judge_the_lossless_values() {
    let body = json(r#"{"Code":0,"Result":"S-17","Prices":[10.00,2147483648],"Info":{}}"#);
    let miss = |query: &str, matcher: Matcher| matcher.judge(query, &body).unwrap();
    assert_eq!(miss("$.Result", Matcher::Matches("^S-".into())), None);
    assert_eq!(miss("$.Prices[*]", Matcher::DiffersFrom(json("11"))), None);
    assert_eq!(miss("$.Prices[*]", Matcher::DiffersFrom(json("10.0"))).unwrap().at, "$.Prices[0]");
    assert_eq!(miss("$.Nope", Matcher::DiffersFrom(Json::Null)).unwrap().found, "nothing there");
    assert_eq!(miss("$.Nothing", Matcher::Absent), None);
    assert_eq!(miss("$.Nothing", Matcher::OneOf(vec![json("1"), Json::Null])), None, "null may be left out");
    assert_eq!(miss("$.Nothing", Matcher::OneOf(vec![json("1")])).unwrap().found, "nothing there");
    assert_eq!(miss("$.Code", Matcher::OneOf(vec![json("1"), Json::Null])).unwrap().at, "$.Code");
    assert_eq!(miss("$.Prices[*]", Matcher::GreaterThan(Json::from(9))), None);
    assert_eq!(miss("$.Prices[0]", Matcher::Equals(json("10"))), None);
    assert_eq!(miss("$.Info", Matcher::Type("object".into())), None);
    assert_eq!(miss("$.Code", Matcher::Equals(json("\"0\""))).unwrap().found, "0 (number)");
    assert_eq!(miss("$.Nope", Matcher::Present).unwrap().found, "nothing there");
    assert!(Matcher::Present.judge("$[", &body).is_err());
    assert!(Matcher::Matches("(".into()).check().is_err());
}

#[test]
fn a_path_is_written_as_the_shortest_json_path() {
    let path = Path::root().member("Account").item(2).member("a b").member("it's");
    assert_eq!(path.to_string(), "$.Account[2]['a b']['it\\'s']");
}

#[test]
fn a_json_path_cannot_exhaust_the_stack() {
    for opening in ["[?(", "[?!(", "[?@[?", "[?length("] {
        let bomb = format!("${}", opening.repeat(50_000));
        assert!(Query::parse(&bomb).unwrap_err().to_string().contains("nested"), "{opening}");
    }
    assert!(Query::parse("$[?((@.a == 1) || (@.b['c'] == 2))]").is_ok());
    // All functions of the standard.
    let accounts = parse(br#"[{"email":"a\u200b@b"},{"email":"a@b"}]"#).unwrap();
    for (path, found) in [("$[?search(@.email, '\u{200b}')]", 1), ("$[?match(@.email, 'a.*b')]", 2)] {
        assert_eq!(Query::parse(path).unwrap().select(&accounts).len(), found, "{path}");
    }
}

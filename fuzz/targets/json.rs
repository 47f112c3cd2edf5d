//! What a target may answer: read, written in every way, read again, compared.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mock_bss::json::{Change, Json, MAX_DEPTH, Matcher, Path, diff, parse};

fuzz_target!(|input: &[u8]| {
    let json = match parse(input) {
        Ok(json) => json,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let read = |text: String| parse(text.as_bytes()).expect("what was written is JSON");
    // Nothing is lost on the way out: not a digit, not a member, not its order.
    let compact = read(json.to_compact());
    assert_eq!(compact, json);
    assert_eq!(read(json.to_pretty()), json);
    assert!(diff(&json, &compact).is_empty() && json.same(&compact));
    // Canonical text is a fixed point, and says the same.
    let canonical = read(json.to_canonical());
    assert_eq!(canonical.to_canonical(), json.to_canonical());
    assert!(canonical.same(&json) && diff(&json, &canonical).is_empty());
    assert!(depth(&json) <= MAX_DEPTH);
    assert_eq!(read(serde_json::to_string(&json).expect("a tree is JSON")), json);

    let other = changed(&json);
    diff(&json, &other).iter().map(Change::describe).for_each(drop);
    let mut merged = json.clone();
    merged.merge(&other);
    for matcher in [Matcher::GreaterThan(Json::from(3)), Matcher::OneOf(vec![json.clone()]), Matcher::Equals(other)] {
        let miss = matcher.judge("$..*", &json).expect("the query is one");
        drop(miss.map(|miss| Path::root().member(&miss.at).to_string()));
    }
    numbers(&json, &mut Vec::new());
});

/// Equal numbers have equal canonical texts, others have not, and their order agrees.
fn numbers<'a>(json: &'a Json, seen: &mut Vec<&'a Json>) {
    match json {
        Json::Array(items) => items.iter().for_each(|item| numbers(item, seen)),
        Json::Object(members) => members.iter().for_each(|(_, value)| numbers(value, seen)),
        Json::Number(number) if seen.len() < 16 => {
            let whole = number.as_i64();
            for other in seen.iter() {
                let Json::Number(known) = other else { continue };
                assert_eq!(number.same(known), number.canonical() == known.canonical(), "{number:?} {known:?}");
                if let Some(order) = number.compare(known) {
                    assert_eq!(order.is_eq(), number.same(known), "{number:?} {known:?}");
                    assert_eq!(known.compare(number), Some(order.reverse()));
                    if let (Some(a), Some(b)) = (whole, known.as_i64()) {
                        assert_eq!(a.cmp(&b), order);
                    }
                }
            }
            seen.push(json);
        }
        _ => {}
    }
}

/// Another document of nearly the same shape.
fn changed(json: &Json) -> Json {
    match json {
        Json::Array(items) => Json::Array(items.iter().skip(1).map(changed).collect()),
        Json::Object(members) => {
            Json::Object(members.iter().rev().map(|(name, value)| (name.to_owned(), changed(value))).collect())
        }
        Json::Number(_) => Json::from(4),
        other => other.clone(),
    }
}

fn depth(json: &Json) -> usize {
    match json {
        Json::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => 1 + members.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
        _ => 0,
    }
}

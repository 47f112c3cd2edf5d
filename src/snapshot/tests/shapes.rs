use super::{body_of, none};

fn text(text: &str) -> String {
    let body = body_of(&[], &none(), &format!("\"{text}\""));
    body.trim_matches('"').to_owned()
}

#[test]
fn uuids_are_replaced_in_any_case_and_anywhere_in_a_text() {
    for (before, after) in [
        ("550e8400-e29b-41d4-a716-446655440000", "[uuid#1]"),
        ("{550E8400-E29B-41D4-A716-446655440000}", "{[uuid#1]}"),
        ("urn:uuid:550e8400-e29b-41d4-a716-446655440000.", "urn:uuid:[uuid#1]."),
        ("sub-550e8400-e29b-41d4-a716-446655440000-1", "sub-[uuid#1]-1"),
        ("é550e8400-e29b-41d4-a716-446655440000é", "é[uuid#1]é"),
        ("550e8400-e29b-41d4-a716-446655440000 550e8400-e29b-41d4-a716-446655440001", "[uuid#1] [uuid#2]"),
        ("550e8400-e29b-41d4-a716-44665544000a 550E8400-E29B-41D4-A716-44665544000A", "[uuid#1] [uuid#1]"),
    ] {
        assert_eq!(text(before), after, "{before}");
    }
}

#[test]
fn what_only_looks_like_a_uuid_stays() {
    for near in [
        "550e8400-e29b-41d4-a716-44665544000",
        "550e8400-e29b-41d4-a716-4466554400000",
        "1550e8400-e29b-41d4-a716-446655440000",
        "550e8400-e29b-41d4-a716-44665544000g",
        "550e8400e29b41d4a716446655440000",
        "550e8400_e29b_41d4_a716_446655440000",
        "550e840-0e29b-41d4-a716-446655440000",
        "550e8400-e29b-41d4-a71é-46655440000",
        "----------------------------------------",
    ] {
        assert_eq!(text(near), near);
    }
}

#[test]
fn timestamps_are_replaced_with_and_without_fraction_and_offset() {
    for (before, after) in [
        ("2026-01-31T10:00:00Z", "[timestamp]"),
        ("2026-01-31T10:00:00", "[timestamp]"),
        ("2026-01-31t10:00:00.1234567+02:00", "[timestamp]"),
        ("2026-01-31T10:00:00,5-0330", "[timestamp]"),
        ("2026-01-31 10:00:00+01", "[timestamp]"),
        ("2026-01-31T23:59:60z", "[timestamp]"),
        ("2026-01-31T10:00Z", "[timestamp]"),
        ("made at 2026-01-31T10:00:00, by you", "made at [timestamp], by you"),
        ("2026-01-31T10:00:00Z/2026-02-01T10:00:00Z", "[timestamp]/[timestamp]"),
        ("order-2026-01-31T10:00:00.", "order-[timestamp]."),
        ("2026-01-31T10:00:00+99:00", "[timestamp]+99:00"),
    ] {
        assert_eq!(text(before), after, "{before}");
    }
}

#[test]
fn dates_numbers_and_impossible_times_stay() {
    for near in [
        "2026-01-31",
        "2026-13-31T10:00:00Z",
        "2026-00-31T10:00:00Z",
        "2026-01-32T10:00:00Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T10:60:00Z",
        "12026-01-31T10:00:00Z",
        "2026-01-31T10:00:000",
        "2026-01-31X10:00:00Z",
        "2026/01/31T10:00:00Z",
        "20260131T100000Z",
        "2026-01-31T1:00:00Z",
        "1767225600000",
        "125.455676948",
        "10:00:00",
    ] {
        assert_eq!(text(near), near);
    }
    assert_eq!(body_of(&[], &none(), "1767225600000"), "1767225600000");
}

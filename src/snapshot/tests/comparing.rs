use crate::snapshot::{Changed, Comparison, compare, draw};

fn changed(old: &str, new: &str) -> Changed {
    match compare(Some(old), new) {
        Comparison::Changed(changed) => changed,
        other => panic!("{other:?}"),
    }
}

fn with(body: &str) -> String {
    format!("HTTP 200 application/json\n{body}")
}

#[test]
fn the_same_in_other_words_is_the_same() {
    assert_eq!(compare(None, "HTTP 200"), Comparison::New);
    assert!(compare(Some("HTTP 200"), "HTTP 200").is_same());
    // Somebody edited the file: spelling of numbers, order of members, blanks.
    assert!(
        compare(
            Some(&with(r#"{"b":10.00, "a":125.455676948}"#)),
            &with("{\n  \"a\": 125.455676948,\n  \"b\": 10.0\n}")
        )
        .is_same()
    );
}

#[test]
fn differences_name_their_place_and_their_types() {
    let lines = |old: &str, new: &str| changed(&with(old), &with(new)).describe();
    assert_eq!(lines(r#"{"a":{"b":5}}"#, r#"{"a":{"b":"5"}}"#), ["$.a.b: 5 (number) became \"5\" (string)"]);
    assert_eq!(lines("125.455676948", "125.455676949"), ["$: 125.455676948 became 125.455676949"]);
    assert_eq!(lines("[1,2]", "[2,1]"), ["$[0]: 1 became 2", "$[1]: 2 became 1"]);
    let change = changed("HTTP 200 application/json\n{\"a\":1}", "HTTP 500 text/html\n\"oops\"");
    assert_eq!(
        change.describe(),
        ["answer: HTTP 200 application/json became HTTP 500 text/html", "$: {\"a\":1} became \"oops\""]
    );
    assert_eq!(changed("HTTP 200", &with("{}")).describe().len(), 2);
    assert_eq!(changed(&with("{}"), "HTTP 200 application/json").describe(), ["$: {} is gone"]);
}

#[test]
fn a_member_that_is_there_twice_is_a_difference() {
    for (old, new) in [(r#"{"a":1}"#, r#"{"a":1,"a":1}"#), (r#"{"a":1,"a":1}"#, r#"{"a":1}"#)] {
        assert_eq!(changed(&with(old), &with(new)).changes.len(), 1, "{old} {new}");
    }
}

#[test]
fn what_somebody_broke_by_hand_is_compared_as_text() {
    assert_eq!(changed(&with("{oops"), &with("{}")).describe(), ["$: \"{oops\" became {}"]);
}

#[test]
fn huge_differences_are_found_listed_in_part_and_drawn_in_part() {
    let items = |from: u32| (from..from + 300_000).map(|n| format!("  \"item {n}\"")).collect::<Vec<_>>().join(",\n");
    let (old, new) = (with(&format!("[\n{}\n]", items(0))), with(&format!("[\n{}\n]", items(1_000_000))));
    let change = changed(&old, &new);
    assert_eq!((change.changes.len(), change.omitted), (1_000, 299_000));
    assert_eq!(change.describe().last().unwrap(), "and 299000 more differences");
    let drawn = draw(&old, &new, 3, true);
    assert!(drawn.lines().count() < 500 && drawn.contains("more lines"), "{}", drawn.len());

    // An object so wide that looking up its members one by one would take minutes.
    let members = |first: &str| {
        let rest = (1..200_000).map(|n| format!("  \"m{n}\": {n}")).collect::<Vec<_>>().join(",\n");
        with(&format!("{{\n  \"m0\": {first},\n{rest}\n}}"))
    };
    assert_eq!(changed(&members("0"), &members("1")).changes.len(), 1);
    assert!(compare(Some(&members("1.0")), &members("1")).is_same());
}

#[test]
fn a_drawing_shows_what_differs_with_its_surroundings_and_line_numbers() {
    let text = |middle: &str| {
        (1..=20).map(|n| if n == 10 { middle.to_owned() } else { n.to_string() }).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(draw(&text("old"), &text("new"), 2, false), "@@ -8,5 +8,5 @@\n 8\n 9\n-old\n+new\n 11\n 12\n");
    assert_eq!(draw(&text("same"), &text("same"), 2, false), "");
    assert_eq!(draw("a\nb\n", "a\nb\nb\n", 1, false), "@@ -2,1 +2,2 @@\n b\n+b\n");
    assert_eq!(draw("HTTP 200", "HTTP 200\n{}", 0, false).lines().last(), Some("+{}"));
    let colored = draw("\"a\": \"one two three\"", "\"a\": \"one 2 three\"", 3, true);
    assert!(colored.contains("\u{1b}[31m-") && colored.contains("\u{1b}[4m2\u{1b}[24m"), "{colored:?}");
}

#[test]
fn long_lines_are_drawn_where_they_differ_and_cannot_steer_the_terminal() {
    let line = |middle: &str| format!("\"{}{middle}{}\"", "é".repeat(100_000), "y".repeat(100_000));
    let drawn = draw(&line("left"), &line("right"), 3, false);
    assert!(drawn.len() < 3_000 && drawn.contains("left") && drawn.contains("right") && drawn.contains("more bytes"));
    assert_eq!(draw("a", "\u{9b}31m\u{1b}", 3, true).matches('\u{9b}').count(), 0);
    assert!(!draw("a", "\u{1b}[2J", 3, false).contains('\u{1b}'));
}

#[test]
fn differences_far_apart_in_a_large_text_are_all_drawn_at_their_lines() {
    let lines = |changes: &[usize]| {
        let line = |n: usize| if changes.contains(&n) { format!("new {n}\n") } else { format!("line {n}\n") };
        (1..=100_000).map(line).collect::<String>()
    };
    let drawn = draw(&lines(&[]), &lines(&[5, 50_000, 50_003, 99_999]), 1, false);
    assert_eq!(
        drawn,
        "@@ -4,3 +4,3 @@\n line 4\n-line 5\n+new 5\n line 6\n\
         @@ -49999,6 +49999,6 @@\n line 49999\n-line 50000\n+new 50000\n line 50001\n\
         \x20line 50002\n-line 50003\n+new 50003\n line 50004\n\
         @@ -99998,3 +99998,3 @@\n line 99998\n-line 99999\n+new 99999\n line 100000\n"
    );
    // Wherever the part that is looked at ends, a difference behind it has its surroundings.
    for second in 990..1_020 {
        let drawn = draw(&lines(&[]), &lines(&[5, second]), 2, false);
        assert!(drawn.contains(&format!("\n line {}\n line {}\n-line {second}\n", second - 2, second - 1)), "{drawn}");
    }
    // A block that is wider than what is looked at first, then the old text again.
    let inserted = format!("{}{}", (0..300).map(|n| format!("block {n}\n")).collect::<String>(), lines(&[]));
    let drawn = draw(&lines(&[]), &inserted, 1, false);
    assert_eq!((drawn.lines().count(), drawn.lines().last()), (302, Some(" line 1")));
    let wide = format!("{}{}", (0..5_000).map(|n| format!("block {n}\n")).collect::<String>(), lines(&[]));
    let drawn = draw(&lines(&[]), &wide, 1, false);
    assert!(drawn.starts_with("@@ -1,1 +1,5001 @@\n+block 0\n") && drawn.contains("… and 4602 more lines"), "{drawn}");
}

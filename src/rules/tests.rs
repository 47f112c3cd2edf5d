#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use super::*;

#[test]
fn numbers_run_from_1_to_132_without_a_gap() {
    let numbers: Vec<u16> = all().map(|rule| rule.number).collect();
    assert_eq!(numbers, (1..=132).collect::<Vec<u16>>());
}

#[test]
fn ids_are_unique_and_read_as_area_and_demand() {
    let mut seen = BTreeSet::new();
    for rule in all() {
        assert!(seen.insert(rule.id), "{} is used twice", rule.id);
        let (area, demand) = rule.id.split_once('.').expect(rule.id);
        for part in [area, demand] {
            assert!(part.starts_with(|c: char| c.is_ascii_lowercase()), "{}", rule.id);
            assert!(part.ends_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit()));
            assert!(!part.contains("--"), "{}", rule.id);
            assert!(part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'), "{}", rule.id);
        }
        assert!(words_of(rule.area).contains(&area), "{} stands in {}", rule.id, rule.area);
    }
}

/// The first words that ids of an area may have; some areas hold two subjects.
fn words_of(area: Area) -> &'static [&'static str] {
    match area {
        Area::Transport => &["credentials", "transport"],
        Area::Settings => &["settings", "catalogue"],
        Area::Accounts => &["accounts"],
        Area::Subscriptions => &["subscriptions"],
        Area::Upgrade => &["upgrade"],
        Area::Addons => &["addons"],
        Area::Resources => &["resources"],
        Area::Precheck => &["precheck"],
        Area::Robustness => &["robustness"],
        Area::UsageUsers => &["usage", "users"],
        Area::Discovery => &["discovery", "pricing"],
    }
}

fn texts(rule: &Rule) -> [&'static str; 6] {
    [rule.id, rule.source, rule.title, rule.why, rule.fix, rule.since]
}

#[test]
fn no_text_is_empty_or_untidy() {
    for rule in all() {
        for text in texts(rule) {
            assert!(!text.is_empty(), "{}", rule.key());
            assert_eq!(text, text.trim(), "{}", rule.key());
            assert!(!text.contains("  ") && !text.contains('\n'), "{}: {text}", rule.key());
        }
        for sentence in [rule.title, rule.why, rule.fix] {
            assert!(sentence.ends_with('.'), "{}: {sentence}", rule.key());
        }
        assert!(!rule.title.contains(". "), "{} has more than one sentence", rule.key());
    }
}

#[test]
fn no_text_is_said_twice() {
    let mut seen = BTreeSet::new();
    for rule in all() {
        for text in [rule.title, rule.why, rule.fix] {
            assert!(seen.insert(text), "{}: {text}", rule.key());
        }
    }
}

#[test]
fn sources_are_cited_for_people_not_by_tag() {
    const TAGS: [&str; 9] = ["MOD", "EXP", "EX", "EXh", "MEAS", "WEB", "V1", "V2", "P"];
    for rule in all() {
        for text in texts(rule) {
            for word in text.split(|c: char| !c.is_alphanumeric()) {
                let numbered =
                    word.len() == 4 && word.starts_with('S') && word[1..].bytes().all(|byte| byte.is_ascii_digit());
                assert!(!numbered && !TAGS.contains(&word), "{}: {word}", rule.key());
            }
        }
    }
}

#[test]
fn sources_agree_with_the_basis() {
    for rule in all() {
        let openings: &[&str] = match rule.basis {
            Basis::Documented => &["vendor documentation", "vendor release notes"],
            Basis::Sdk => &["behaviour of the vendor's SDK", "models of the vendor's SDK"],
            Basis::Practice => &["the vendor's example", "public service manager"],
            Basis::Inferred => &["inferred: "],
        };
        let opens = openings.iter().any(|opening| rule.source.starts_with(opening));
        assert!(opens, "{} rests on {}: {}", rule.key(), rule.basis, rule.source);
    }
}

fn count(keep: impl Fn(&Rule) -> bool) -> usize {
    all().filter(|&rule| keep(rule)).count()
}

#[test]
fn counts_by_level() {
    assert_eq!(count(|rule| rule.level == Level::Must), 79);
    assert_eq!(count(|rule| rule.level == Level::Should), 51);
    assert_eq!(count(|rule| rule.level == Level::May), 2);
}

#[test]
fn counts_by_basis() {
    assert_eq!(count(|rule| rule.basis == Basis::Documented), 40);
    assert_eq!(count(|rule| rule.basis == Basis::Sdk), 25);
    assert_eq!(count(|rule| rule.basis == Basis::Practice), 4);
    assert_eq!(count(|rule| rule.basis == Basis::Inferred), 63);
}

#[test]
fn musts_by_area() {
    let musts = |area| count(|rule| rule.area == area && rule.level == Level::Must);
    assert_eq!(musts(Area::Transport), 14);
    assert_eq!(musts(Area::Settings), 11);
    assert_eq!(musts(Area::Accounts), 8);
    assert_eq!(musts(Area::Subscriptions), 19);
    assert_eq!(musts(Area::Upgrade), 5);
    assert_eq!(musts(Area::Addons), 9);
    assert_eq!(musts(Area::Resources), 4);
    assert_eq!(musts(Area::Precheck), 4);
    assert_eq!(musts(Area::Robustness), 3);
    assert_eq!(musts(Area::UsageUsers), 2);
    assert_eq!(musts(Area::Discovery), 0);
}

#[test]
fn only_a_must_that_is_more_than_inferred_decides() {
    assert_eq!(count(Rule::decides), 52);
    assert!(by_key("R-01").unwrap().decides(), "the vendor's SDK settles it");
    assert!(!by_key("R-08").unwrap().decides(), "a should");
    assert!(!by_key("R-09").unwrap().decides(), "inferred");
    assert!(by_key("R-127").unwrap().decides(), "seen in practice");
}

#[test]
fn what_needs_a_later_feature_is_not_scored() {
    let later: Vec<u16> = all().filter(|rule| !rule.scored).map(|rule| rule.number).collect();
    let expected: Vec<u16> = [45, 114, 119].into_iter().chain(120..=132).collect();
    assert_eq!(later, expected);
}

#[test]
fn all_rules_are_of_the_first_contract_version() {
    assert_eq!(count(|rule| rule.since == "2026.1"), 132);
}

#[test]
fn vendor_side_is_needed_where_answers_cannot_show_it() {
    let seen = |key: &str| by_key(key).unwrap().observed_by;
    assert_eq!(seen("R-103"), ObservedBy::VendorSide);
    assert_eq!(seen("R-01"), ObservedBy::Both);
    assert_eq!(seen("R-40"), ObservedBy::Exchange);
    assert_eq!(count(|rule| rule.observed_by == ObservedBy::VendorSide), 34);
    assert_eq!(count(|rule| rule.observed_by == ObservedBy::Both), 14);
}

#[test]
fn rules_are_found_by_key_in_any_spelling() {
    let rule = by_key("R-07").unwrap();
    assert_eq!(rule.number, 7);
    assert_eq!(rule.key(), "R-07");
    for spelling in ["R-7", "r-7", "r-07", "R-007"] {
        assert_eq!(by_key(spelling), Some(rule), "{spelling}");
    }
    assert_eq!(by_key("R-132").unwrap().key(), "R-132");
}

#[test]
fn rules_are_found_by_id() {
    assert_eq!(by_key("precheck.provisions-nothing").unwrap().number, 103);
    for rule in all() {
        assert_eq!(by_key(rule.id), Some(rule));
        assert_eq!(by_key(&rule.key()), Some(rule));
    }
}

#[test]
fn what_names_no_rule_finds_none() {
    for text in ["", "R-", "R-0", "R-133", "R-99999999", "R-+7", "R--7", "R7", "7", "precheck", "ß"] {
        assert_eq!(by_key(text), None, "{text}");
    }
}

#[test]
fn a_slip_finds_the_rule_that_was_meant() {
    let meant = |text: &str| nearest(text).map(Rule::key);
    assert_eq!(meant("R07").as_deref(), Some("R-07"));
    assert_eq!(meant("precheck.provision-nothing").as_deref(), Some("R-103"));
    assert_eq!(meant("precehck.provisions-nothing").as_deref(), Some("R-103"));
    assert_eq!(meant("Provisions-Nothing").as_deref(), Some("R-103"));
    assert_eq!(meant(" credentials.reject_wrong_key ").as_deref(), Some("R-04"));
}

#[test]
fn every_rule_is_nearest_to_itself() {
    for rule in all() {
        assert_eq!(nearest(rule.id), Some(rule));
        assert_eq!(nearest(&rule.key()), Some(rule));
    }
}

#[test]
fn what_is_too_far_off_finds_nothing() {
    for text in ["", "x", "rules", "something.else-entirely", &"r".repeat(10_000)] {
        assert_eq!(nearest(text), None, "{text}");
    }
}

#[test]
fn edits_count_as_people_do() {
    let between = |left: &str, right: &str| {
        let letters = |word: &str| word.chars().collect::<Vec<char>>();
        edits(&letters(left), &letters(right))
    };
    assert_eq!(between("", ""), 0);
    assert_eq!(between("seat", ""), 4);
    assert_eq!(between("", "seat"), 4);
    assert_eq!(between("seat", "seats"), 1);
    assert_eq!(between("seat", "meat"), 1);
    assert_eq!(between("seat", "saet"), 1);
    assert_eq!(between("kitten", "sitting"), 3);
}

#[test]
fn enums_write_themselves() {
    assert_eq!(format!("{:<7}|{}", Level::Must, Level::May), "must   |may");
    assert_eq!(Basis::Documented.to_string(), "documented");
    assert_eq!(Area::UsageUsers.to_string(), "usage_users");
    assert_eq!(ObservedBy::VendorSide.to_string(), "vendor_side");
}

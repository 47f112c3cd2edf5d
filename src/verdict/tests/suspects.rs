//! Why a call was refused.

use super::*;

/// An order, what was tried after it (name, answer), and the check on the suspect `without it`.
fn tried(answer: (u16, &str), tried: &[(&str, &str)]) -> Vec<String> {
    let mut story = Story::new().step("s", &["R-49"], Expectation::Accepted).suspect("without it", "R-72");
    story = story.answer(answer.0, answer.1);
    for (name, answer) in tried {
        story = story.call(Intent::Suspect((*name).to_owned()), false, received(200, answer));
    }
    story.checks()
}

const UNCHANGED: &str = Intent::UNCHANGED;

#[test]
fn what_a_call_is_accepted_without_is_the_reason_of_its_refusal() {
    let refused = (200, REFUSED);
    let found = tried(refused, &[(UNCHANGED, REFUSED), ("without it", OK), (UNCHANGED, REFUSED)]);
    assert_eq!(found, ["suspect: without it R-72 fail", "accepted R-49 fail"]);
    let page = tried((500, "<html>"), &[(UNCHANGED, REFUSED), ("without it", OK)]);
    assert_eq!(page[0], "suspect: without it R-72 fail", "whatever the refusal looked like");
    assert_eq!(tried((200, OK), &[]), ["suspect: without it R-72 pass", "accepted R-49 pass"]);
}

#[test]
fn nobody_is_charged_where_the_reason_is_another_one() {
    let refused = (200, REFUSED);
    let blocked = "suspect: without it R-72 blocked";
    assert_eq!(tried(refused, &[(UNCHANGED, REFUSED), ("without it", REFUSED)])[0], blocked);
    assert_eq!(tried(refused, &[(UNCHANGED, OK)])[0], blocked, "the same call is accepted the second time");
    assert_eq!(tried(refused, &[(UNCHANGED, REFUSED), ("without it", OK), (UNCHANGED, OK)])[0], blocked);
    assert_eq!(tried(refused, &[(UNCHANGED, REFUSED), ("without more", OK)])[0], blocked, "not tried");
    assert_eq!(tried(refused, &[])[0], blocked);
}

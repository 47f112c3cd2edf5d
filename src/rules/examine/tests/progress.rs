use super::*;
use Endpoint::{AccountExists, SubscriptionCreate};

const BUSY: &str = r#"{"Code":1,"Message":"in progress","Result":null}"#;
const DONE: &str = r#"{"Code":0,"Message":"","Result":"S1"}"#;
const FAILED: &str = r#"{"Code":-7,"Message":"the vendor is closed","Result":null}"#;

/// A target that was asked for the same until it answered the last of these.
fn story(endpoint: Endpoint, answers: &[&str], end: StepEnd) -> Story {
    let mut story = Story::new();
    story.profile.pending = "positive_code".into();
    for (attempt, answer) in (0..).zip(answers) {
        story = story.asks(endpoint, "{}", answer);
        for event in story.events.iter_mut().rev().take(2) {
            match event {
                Event::Sent(sent) => (sent.call, sent.attempt) = (0, attempt),
                Event::Answered(answered) => (answered.call, answered.attempt) = (0, attempt),
                _ => {}
            }
        }
    }
    story.events.push(Event::StepFinished(StepFinished { scenario: 1, step: 0, end }));
    story
}

fn said(answers: &[&str]) -> Vec<String> {
    story(SubscriptionCreate, answers, StepEnd::Played).said(64)
}

#[test]
fn what_is_in_progress_ends() {
    assert_eq!(said(&[BUSY, BUSY, DONE]), ["kept"]);
    assert_eq!(said(&[BUSY, FAILED]), ["kept"]);
    assert_eq!(said(&[BUSY, BUSY]), ["Subscriptions/Create was in progress and never came to an end"]);
    assert!(said(&[DONE]).is_empty());
    assert!(said(&[BUSY, "<html>"]).is_empty(), "that is no end, but what it is another rule says");
}

#[test]
fn nobody_is_blamed_who_was_not_waited_for() {
    assert!(said(&[BUSY]).is_empty());
    let interrupted = StepEnd::CouldNotRun("interrupted".into());
    assert!(story(SubscriptionCreate, &[BUSY, BUSY], interrupted).said(64).is_empty());
    assert!(story(AccountExists, &[BUSY, BUSY], StepEnd::Played).said(64).is_empty(), "the account exists");
}

#[test]
fn without_a_sign_nothing_is_in_progress() {
    let mut silent = story(SubscriptionCreate, &[BUSY, BUSY], StepEnd::Played);
    silent.profile.pending = "none".into();
    assert!(silent.said(64).is_empty());
}

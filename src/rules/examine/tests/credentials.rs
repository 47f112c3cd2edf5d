use super::*;
use Endpoint::FieldsGet;

fn read(story: Story, intent: Intent, status: u16) -> Story {
    let body = if status == 200 { r#"{"Fields":[]}"# } else { "{}" };
    story.exchange(FieldsGet, (intent, false), "", 1, answered(status, JSON, body))
}

fn tried(form: &str) -> Intent {
    Intent::Suspect(form.to_owned())
}

#[test]
fn credentials_that_are_let_in_in_another_spelling_only_are_misread() {
    let denied = || read(Story::new(), Intent::Setup, 401);
    let said = |form: &str, status, rule| read(denied(), tried(form), status).said(rule).len();
    assert_eq!((said("raw_key", 200, 6), said("raw_key", 200, 8)), (1, 0));
    assert_eq!((said("upper_case_id", 200, 6), said("upper_case_id", 200, 8)), (0, 1));
    assert_eq!(said("raw_key", 401, 6), 0, "they may be wrong");
    assert_eq!(said("wrong_key", 200, 6), 0, "no other spelling of the right ones");
    assert_eq!(said("without ExtraDetails", 200, 6), 0, "a suspect of a scenario");
    let passing = read(read(denied(), tried("raw_key"), 200), tried(Intent::UNCHANGED), 200);
    assert!(passing.said(6).is_empty(), "it was denied for something else, which is over");
    let first = read(Story::new(), Intent::Setup, 200);
    assert!(read(first, tried("raw_key"), 200).said(6).is_empty(), "both are let in: another matter");
}

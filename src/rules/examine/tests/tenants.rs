use super::*;
use Endpoint::SubscriptionUpdate;

/// What the rule says of a message to one partner about what another has bought.
fn told(other: &str, message: &str) -> Vec<String> {
    let answer = |text: &str| format!(r#"{{"Code":-2,"Message":"{text}","Result":null}}"#);
    let story = Story::new().asks(SubscriptionUpdate, r#"{"ID":"S1"}"#, &answer("")).of_partner(other);
    story.asks(SubscriptionUpdate, r#"{"ID":"S1"}"#, &answer(message)).of_partner("suedhafen").said(118)
}

#[test]
fn who_is_refused_is_not_told_whose_it_is() {
    assert_eq!(told("nordwind", "no such subscription"), ["kept"]);
    assert_eq!(told("nordwind", "it belongs to nordwind (Acme)"), ["$.Message"]);
    assert_eq!(told("nordwind", "nordwinds and xnordwind are other words"), ["kept"]);
    assert_eq!(told("nordwind", "suedhafen has no such subscription"), ["kept"], "its own settings it knows");
    // What sentences say by chance, what is masked, and what the call itself has said.
    for other in ["eu", "Customer", "[secret:FieldPassword]", "S1-S1"] {
        let kept = told(other, &format!("the {other} is not known").replace("S1-S1", "S1"));
        assert!(kept.is_empty() || kept == ["kept"], "{other}: {kept:?}");
    }
    assert!(told("suedhafen", "it belongs to nordwind").is_empty(), "there is nobody else");
}

use super::*;
use crate::contract::{Application, CredentialForm, Endpoint, Expectation};
use std::collections::BTreeMap;

const KEY: &str = "canary/Key+1";

fn masker() -> Masker {
    let settings = [("FieldPassword", "canary \"pass\" é"), ("FieldRegion", "europe"), ("FieldPin", "42x")];
    let settings: BTreeMap<_, _> = settings.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
    Masker::new(&Application { id: "id-1".into(), key: KEY.into() }, &settings)
}

fn sent(headers: Vec<(String, String)>, body: &str) -> Event {
    Event::Sent(Sent {
        scenario: 1,
        step: 0,
        call: 0,
        attempt: 0,
        intent: Intent::Ordinary,
        label: "create".into(),
        endpoint: Some(Endpoint::SubscriptionCreate),
        check_only: false,
        method: "POST".into(),
        url: "http://h/x?p=canary%20%22pass%22%20%C3%A9".into(),
        headers,
        body: Some(body.into()),
    })
}

fn received(body: &str) -> Event {
    Event::Answered(Answered {
        scenario: 1,
        step: 0,
        call: 0,
        attempt: 0,
        elapsed_us: 5,
        outcome: Outcome::Received {
            status: 200,
            headers: vec![
                ("Content-Type".into(), "application/json; charset=utf-8".into()),
                ("Set-Cookie".into(), "s=1".into()),
            ],
            body: body.into(),
            lossy: false,
            truncated: false,
        },
    })
}

fn line(event: Event) -> String {
    serde_json::to_string(&masker().mask(event)).unwrap()
}

#[test]
fn no_form_of_the_credentials_reaches_the_evidence() {
    let application = Application { id: "id-1".into(), key: KEY.into() };
    for name in CredentialForm::NAMES {
        let form = CredentialForm::parse(name).unwrap();
        // As the platform sends them, and as a service manager may read them in place of that.
        let headers = [CredentialForm::Normal, CredentialForm::RawKey, CredentialForm::UpperCaseId]
            .map(|reads| form.headers(&application, None, reads));
        for (header, value) in
            headers.into_iter().flatten().filter(|(header, _)| *header != "X-CloudPlatform-ApplicationId")
        {
            let masked = line(sent(vec![(header.into(), value.clone())], "{}"));
            let harmless = ["empty_key", "broken_base64"].contains(name);
            assert!(harmless || !masked.contains(&value), "{name}: {masked}");
            assert!(harmless || masked.contains("[secret:key"), "{name}: {masked}");
        }
    }
}

#[test]
fn settings_are_masked_in_headers_bodies_and_urls_until_declassified() {
    let headers = |name: &str, value: &str| vec![(format!("X-CloudPlatform-Setting-{name}"), value.to_owned())];
    let masked = line(sent(
        headers("FieldPassword", "canary \"pass\" é"),
        r#"{"a":"x canary \"pass\" é y","b":"europe","c":"42x"}"#,
    ));
    assert!(!masked.contains("canary"), "{masked}");
    assert!(
        masked.contains(
            r#"{\"a\":\"x [secret:FieldPassword] y\",\"b\":\"[secret:FieldRegion]\",\"c\":\"[secret:FieldPin]\"}"#
        ),
        "{masked}"
    );
    let masker = masker();
    masker.declassify("FieldRegion");
    let Event::Sent(sent) = masker.mask(sent(headers("FieldRegion", "europe"), "europe")) else { panic!() };
    assert_eq!((sent.headers[0].1.as_str(), sent.body.as_deref()), ("europe", Some("europe")));
    // A setting may be called what mock-bss calls the key of the application.
    masker.declassify("key");
    assert!(!masker.text(KEY).contains(KEY));
}

#[test]
fn the_masked_settings_of_two_partners_can_be_told_apart() {
    let masker = masker();
    let other = [("FieldPassword".to_owned(), "south-secret".to_owned())].into();
    masker.add_other(None, &other);
    let masked = |value: &str| {
        let header = ("X-CloudPlatform-Setting-FieldPassword".to_owned(), value.to_owned());
        let Event::Sent(sent) = masker.mask(sent(vec![header], "")) else { panic!() };
        sent.headers[0].1.clone()
    };
    assert_eq!(masked("south-secret"), "[secret:other FieldPassword]");
    assert_eq!(masked("anything else"), "[secret:FieldPassword]");
}

#[test]
fn a_generated_password_is_secret_from_then_on() {
    let masker = masker();
    let answer = masker.mask(received(r#"{"GeneratedPassword":"p4ss-w0rd","Message":"your password is p4ss-w0rd"}"#));
    assert!(!serde_json::to_string(&answer).unwrap().contains("p4ss"));
    let later = masker.mask(sent(vec![], r#"{"Password": "other-one", broken, p4ss-w0rd"#));
    let later = serde_json::to_string(&later).unwrap();
    assert!(!later.contains("p4ss") && !later.contains("other-one"), "{later}");
}

fn started() -> Event {
    let step = |id: &str| StepRecord {
        id: id.into(),
        verb: "buy".into(),
        by: "bss".to_owned(),
        line: 3,
        proves: vec!["R-49".into()],
        flaw_proves: std::collections::BTreeMap::new(),
        control: None,
        expectation: Expectation::Accepted,
        vendor: vec![],
        snapshot: true,
    };
    Event::ScenarioStarted(ScenarioStarted {
        scenario: 1,
        key: "subscriptions/create".into(),
        title: "t".into(),
        file: "f.yaml".into(),
        built_in: true,
        sha256: String::new(),
        tags: vec![],
        customer: Customer::default(),
        steps: vec![step("buy"), step("again")],
        identities: vec![],
    })
}

fn run_started() -> Event {
    Event::RunStarted(RunStarted {
        schema: SCHEMA,
        version: "0".into(),
        rule_set: "2026.1".into(),
        profile: ProfileRecord::default(),
        built_in_reference: true,
        seed: "s".into(),
        at: "2026-01-01T00:00:00Z".into(),
        filters: vec![],
        target_flags: String::new(),
        build: None,
    })
}

#[test]
fn a_killed_run_can_be_read_up_to_its_last_whole_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("evidence.jsonl");
    let recorder = Recorder::new(masker(), Some(EvidenceWriter::create(&path).unwrap()));
    for event in [run_started(), started(), sent(vec![], "{}"), received(r#"{"Code":0}"#)] {
        recorder.record(event).unwrap();
    }
    recorder.sync().unwrap();
    assert!(EvidenceWriter::create(&path).is_err(), "evidence is never overwritten");
    let mut text = std::fs::read_to_string(&path).unwrap();
    text.push_str(r#"{"step_finished":{"scen"#);
    std::fs::write(&path, &text).unwrap();

    let file = EvidenceFile::open(&path).unwrap();
    // Read by the beginnings of its lines, it is the same.
    let own = EvidenceFile::open_own(&path).unwrap();
    assert_eq!(own.scenarios().collect::<Vec<_>>(), file.scenarios().collect::<Vec<_>>());
    for index in file.scenarios() {
        let (one, other) = (own.scenario(index).unwrap(), file.scenario(index).unwrap());
        assert_eq!(format!("{:?}", one.steps), format!("{:?}", other.steps));
    }
    assert_eq!(file.scenarios().collect::<Vec<_>>(), [1]);
    assert!(file.finished.is_none());
    let evidence = file.scenario(1).unwrap();
    assert_eq!(evidence.steps.len(), 2);
    let exchange = &evidence.steps[0].exchanges[0];
    assert_eq!((exchange.status(), exchange.media_type().as_str()), (Some(200), "application/json"));
    assert_eq!(exchange.answer().unwrap().code(), Some(0));

    std::fs::write(&path, format!("{text}\n")).unwrap();
    assert!(EvidenceFile::open(&path).unwrap_err().to_string().contains(":5: this is not an event"));
}

#[test]
fn evidence_of_a_newer_format_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("evidence.jsonl");
    let text = serde_json::to_string(&run_started()).unwrap().replace("\"schema\":1", "\"schema\":2");
    std::fs::write(&path, text + "\n").unwrap();
    assert!(matches!(EvidenceFile::open(&path), Err(EvidenceError::Newer { found: 2, .. })));
}

#[test]
fn a_step_that_no_writer_can_have_written_takes_no_memory() {
    let mut evidence = ScenarioEvidence::default();
    evidence.apply(Event::StepFinished(StepFinished { scenario: 1, step: u32::MAX, end: StepEnd::Played }));
    assert!(evidence.steps.is_empty());
    evidence.apply(Event::StepFinished(StepFinished { scenario: 1, step: 2, end: StepEnd::Played }));
    assert_eq!(evidence.steps.len(), 3);
}

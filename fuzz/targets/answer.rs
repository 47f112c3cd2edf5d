//! Whatever a target answers: masked, put together as evidence, judged, compared, and shown in every report.
//!
//! An input is a conversation in text. Blocks are divided by a line `%%`; each is one answer, or a look at the vendor side:
//!
//! ```text
//! 3 200 accepted
//! Content-Type: application/json
//!
//! {"Code":0,"Result":"S1"}
//! %%
//! probe after
//!
//! {"subscriptions":[]}
//! ```
//! The first number says which request was sent (see `REQUESTS`), then come the status and words for the rest.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mock_bss::{
    contract::{Catalogue, Endpoint, Expectation, expectation::Demand, setting_fields, sync_options},
    diagnostic::Source,
    evidence::{
        Answered, Customer, Event, FailureKind, Identity, Intent, Masker, Outcome, Planned, Probe, ProbeMoment, Probed,
        ScenarioEnd, ScenarioEvidence, ScenarioFinished, ScenarioStarted, Sent, StepEnd, StepFinished, StepRecord,
    },
    json::{Json, Matcher},
    profile::{self, Environment, draft::Facts},
    rules,
};
use mock_bss_fuzz::{Same, judge, report, run};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

macro_rules! golden {
    ($file:literal) => {
        include_str!(concat!("../../tests/golden/requests/sdk-1.2/", $file, ".json"))
    };
}

/// What was sent, by number: endpoint, pre-check, body, the verb of the step.
const REQUESTS: &[(Endpoint, bool, &str, &str)] = &[
    (Endpoint::FieldsGet, false, "", "read_catalog"),
    (Endpoint::ServiceDefinition, false, "", "read_catalog"),
    (Endpoint::SubscriptionCreate, true, golden!("03-Subscriptions-Create"), "buy"),
    (Endpoint::SubscriptionCreate, false, golden!("04-Subscriptions-Create"), "buy"),
    (Endpoint::AccountExists, false, golden!("01-Accounts-Exists"), "synchronize"),
    (Endpoint::AccountSynchronize, false, golden!("02-Accounts-Synchronize"), "synchronize"),
    (Endpoint::SyncOptions, false, "", "synchronize"),
    (Endpoint::AddonCreate, false, golden!("06a-Addons-Create"), "buy_addon"),
    (Endpoint::AddonUpdate, false, golden!("10-Addons-Update"), "change_addon"),
    (Endpoint::SubscriptionUpdate, true, golden!("07-Subscriptions-Update"), "change_quantity"),
    (Endpoint::SubscriptionUpdate, false, golden!("08-Subscriptions-Update"), "change_quantity"),
    (Endpoint::SubscriptionSuspend, false, golden!("14-Subscriptions-Suspend"), "suspend"),
    (Endpoint::SubscriptionActivate, false, golden!("16-Subscriptions-Activate"), "activate"),
    (Endpoint::UpgradeDowngrade, false, golden!("18-Subscriptions-UpgradeDowngrade"), "upgrade"),
    (Endpoint::AddonCancel, false, golden!("24-Addons-Cancel"), "cancel_addon"),
    (Endpoint::SubscriptionCancel, false, golden!("26-Subscriptions-Cancel"), "cancel"),
    (Endpoint::AccountDelete, false, golden!("27-Accounts-Delete"), "delete_account"),
    (Endpoint::UpgradeToPaid, false, golden!("31-Subscriptions-UpgradeToPaid"), "convert_trial"),
    (Endpoint::FieldsValidate, false, "{\"Fields\":[{\"ID\":\"a\",\"Value\":\"b\"}]}", "configure"),
    (Endpoint::AdditionalInfo, false, "", "call"),
    (Endpoint::PpuUsages, false, "{\"Items\":[]}", "call"),
    (Endpoint::UsersGetList, false, "{}", "call"),
];

const FAILURES: &[FailureKind] =
    &[FailureKind::Timeout, FailureKind::Reset, FailureKind::Protocol, FailureKind::Connect, FailureKind::Internal];

fuzz_target!(|text: &str| {
    let mut story = Story::default();
    text.split("\n%%\n").take(24).for_each(|block| story.block(block));
    let strict = text.len() % 2 == 1;
    let (evidence, accepted) = story.evidence(strict);
    let run = run(strict);
    let judged = judge(&evidence, &run, &accepted);
    report(vec![judged], run, Planned::default(), None);
    draft(&evidence);
});

/// The profile that `init` writes from the answers is YAML, whatever they say.
fn draft(evidence: &ScenarioEvidence) {
    let bodies = |endpoint: Endpoint| {
        let exchanges = evidence.steps.iter().flat_map(|step| &step.exchanges);
        exchanges.filter(move |e| e.sent.endpoint == Some(endpoint)).find_map(|e| e.json()?.ok())
    };
    let (fields, catalogue) = (bodies(Endpoint::FieldsGet), bodies(Endpoint::ServiceDefinition));
    let options = bodies(Endpoint::SyncOptions);
    if fields.is_none() && catalogue.is_none() && options.is_none() {
        return;
    }
    let facts = Facts {
        name: "fuzz",
        target: "http://h:1/api",
        fields: &fields.map(setting_fields::read).unwrap_or_default(),
        given: &BTreeSet::from(["a".to_owned()]),
        catalogue: &catalogue.map(Catalogue::read).unwrap_or_default(),
        sync_options: &options.map(sync_options::read).unwrap_or_default(),
        accounts: options.is_some(),
        addon_path: None,
        consent: None,
        scenarios: None,
        schema: "profile.schema.json",
    };
    let text = profile::draft::draft(&facts).expect("the name and the target can stand in a file").text;
    let source = Arc::new(Source { path: "mock-bss.yaml".to_owned(), text });
    let environment = Environment { variable: &|_| Some("x".to_owned()), file: &|path| Ok(path.to_owned()) };
    if let Err(mistakes) = profile::load(&source, &environment) {
        panic!("{mistakes}\n{}", source.text);
    }
}

#[derive(Default)]
struct Story {
    records: Vec<StepRecord>,
    events: Vec<Event>,
    accepted: String,
}

impl Story {
    fn block(&mut self, block: &str) {
        let (head, body) = block.split_once("\n\n").unwrap_or((block, ""));
        let mut lines = head.lines();
        let first = lines.next().unwrap_or_default();
        if let Some(moment) = first.strip_prefix("probe ") {
            return self.probe(moment, body);
        }
        let mut words = first.split(' ');
        let mut number = || words.next().and_then(|word| word.parse::<u16>().ok());
        let (request, status) = (number().unwrap_or(3), number().unwrap_or(200));
        let words: Vec<&str> = words.collect();
        let has = |word: &str| words.contains(&word);
        let (endpoint, check_only, sent, verb) = REQUESTS[usize::from(request) % REQUESTS.len()];
        if self.records.is_empty() || !has("again") {
            self.step(verb, &words);
        }
        let step = self.records.len() as u32 - 1;
        let control = self.records.first().map(|record| record.id.clone()).unwrap_or_default();
        let intent = match () {
            () if has("flawed") => Intent::Flawed { flaw: "wrong_key".to_owned(), control },
            () if has("control") => Intent::Control,
            () if has("repeated") => Intent::Repeated,
            () if has("neighbour") => Intent::Neighbour(1),
            () if has("setup") => Intent::Setup,
            () if has("variation") => Intent::Variation("extra_member".to_owned()),
            () => Intent::Ordinary,
        };
        let same_step = |event: &&Event| matches!(event, Event::Sent(sent) if sent.step == step);
        let calls = self.events.iter().filter(same_step).count() as u32;
        let (call, attempt) = if has("retried") { (0, calls) } else { (calls, 0) };
        self.events.push(Event::Sent(Sent {
            scenario: 1,
            step,
            call,
            attempt,
            intent,
            label: if check_only { "check".to_owned() } else { endpoint.name().replace('/', "-").to_lowercase() },
            endpoint: (!has("unknown")).then_some(endpoint),
            check_only,
            method: endpoint.spec().verb.as_str().to_owned(),
            url: format!("http://h:1/api/{}", endpoint.name()),
            headers: vec![("X-CloudPlatform-TrackId".to_owned(), "b2000000-0000-4000-8000-000000000001".to_owned())],
            body: (!sent.is_empty()).then(|| sent.to_owned()),
        }));
        if has("unanswered") {
            return;
        }
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
        let outcome = match status {
            0..100 => {
                Outcome::Failed { kind: FAILURES[usize::from(status) % FAILURES.len()], message: body.to_owned() }
            }
            _ => Outcome::Received {
                status,
                headers: lines.filter_map(header).collect(),
                body: body.to_owned(),
                lossy: has("lossy"),
                truncated: has("truncated"),
            },
        };
        let elapsed_us = if has("slow") { u64::MAX } else { 1_000 };
        self.events.push(Event::Answered(Answered { scenario: 1, step, call, attempt, elapsed_us, outcome }));
        if self.accepted.is_empty() {
            self.accepted = format!("HTTP {status} application/json\n{body}");
        }
    }

    fn step(&mut self, verb: &str, words: &[&str]) {
        let step = self.records.len() as u32;
        let named = words.iter().find_map(|word| Expectation::named(word));
        let demand = |path: &str, matcher| Demand { path: path.to_owned(), matcher };
        let answer = vec![
            demand("$.Result", Matcher::Matches("^[A-Z]+-?(a|b)*$".to_owned())),
            demand("$..Quantity", Matcher::GreaterThan(Json::from(3))),
            demand("$.Code", Matcher::OneOf(vec![Json::from(0), Json::from(1)])),
        ];
        let vendor = vec![demand("$.subscriptions[?@.status=='active'].quantity", Matcher::Equals(Json::from(5)))];
        self.records.push(StepRecord {
            id: format!("{verb}_{step}"),
            verb: verb.to_owned(),
            by: "storefront".to_owned(),
            line: step + 1,
            // All rules, some at a time.
            proves: rules::all().filter(|rule| u32::from(rule.number) % 7 == step % 7).map(|rule| rule.key()).collect(),
            flaw_proves: BTreeMap::new(),
            control: words.contains(&"flawed").then(|| self.records.first().map(|r| r.id.clone())).flatten(),
            expectation: named.unwrap_or(Expectation::Answer(answer)),
            vendor: if words.contains(&"vendor") { vendor } else { Vec::new() },
            snapshot: !words.contains(&"unseen"),
        });
        let end = match () {
            () if words.contains(&"waited") => StepEnd::Waiting("approval".to_owned()),
            () if words.contains(&"missing") => StepEnd::NotOffered(Endpoint::AddonCreate),
            () => StepEnd::Played,
        };
        self.events.push(Event::StepFinished(StepFinished { scenario: 1, step, end }));
    }

    fn probe(&mut self, moment: &str, document: &str) {
        let moment = match moment {
            "before" => ProbeMoment::Before,
            "checked" => ProbeMoment::Checked,
            "call" => ProbeMoment::Call(0),
            "neighbour" => ProbeMoment::Neighbour(1),
            "end" => ProbeMoment::End,
            _ => ProbeMoment::After,
        };
        let step = (self.records.len() as u32).saturating_sub(1);
        let outcome = match document.strip_prefix('!') {
            Some(reason) => Probe::Failed(reason.to_owned()),
            None => Probe::Document(document.to_owned()),
        };
        self.events.push(Event::Probed(Probed { scenario: 1, step, moment, outcome }));
    }

    fn evidence(self, built_in: bool) -> (ScenarioEvidence, Same) {
        let application = mock_bss::contract::Application { id: "app".to_owned(), key: "s3cret-key".to_owned() };
        let settings =
            BTreeMap::from([("a".to_owned(), "b".to_owned()), ("password".to_owned(), "hunter2!".to_owned())]);
        let masker = Masker::new(&application, &settings);
        let identity = |kind: &str, value: &str| Identity { kind: kind.to_owned(), value: value.to_owned() };
        let identities = vec![
            identity("bss_subscription", "b2000000-0000-4000-8000-000000000001"),
            identity("account", "acc-7"),
            identity("email", "it@acme.example"),
            identity("number", "20260131"),
        ];
        let started = Event::ScenarioStarted(ScenarioStarted {
            scenario: 1,
            key: "area/name".to_owned(),
            title: "It answers".to_owned(),
            file: "scenarios/area/name.yaml".to_owned(),
            built_in,
            sha256: String::new(),
            tags: Vec::new(),
            customer: Customer { id: "13".to_owned(), name: "Acme".to_owned() },
            steps: self.records,
            identities,
        });
        let end = ScenarioEnd::Completed;
        let finished = Event::ScenarioFinished(ScenarioFinished {
            scenario: 1,
            end,
            elapsed_us: 9,
            left_behind: Vec::new(),
            events: None,
        });
        let mut evidence = ScenarioEvidence::default();
        let events = std::iter::once(started).chain(self.events).chain([finished]);
        events.for_each(|event| evidence.apply(masker.mask(event)));
        evidence.settle();
        (evidence, Same(self.accepted))
    }
}

use super::*;
use crate::{contract::dialect::ModelLevel, diagnostic::Diagnostics};

fn read(text: &str) -> Result<(Profile, Diagnostics), Diagnostics> {
    let source = Arc::new(Source { path: "mock-bss.yaml".into(), text: text.into() });
    let variable = |name: &str| match name {
        "SM_APP_ID" => Some("1b5c0d9e-0000-4000-8000-000000000001".to_owned()),
        "SM_APP_KEY" => Some("app-key".to_owned()),
        "SEATS" => Some("7".to_owned()),
        "PROXY" => Some("http://us%20er:p%40ss%zz@proxy.local:3128".to_owned()),
        _ => None,
    };
    let file = |path: &str| match path {
        "password.txt" => Ok("from a file\n".to_owned()),
        "mail.txt" => Ok("Hello [#UserName#]\n".to_owned()),
        _ => Err(std::io::Error::from(std::io::ErrorKind::NotFound)),
    };
    load(&source, &Environment { variable: &variable, file: &file })
}

fn profile(text: &str) -> Profile {
    match read(text) {
        Ok((profile, warnings)) => {
            assert_eq!(warnings.render(false), "");
            profile
        }
        Err(errors) => panic!("{errors}"),
    }
}

const HEAD: &str =
    "name: acme\ntarget: http://localhost:5000/api/Example/\napplication: { id: ${SM_APP_ID}, key: ${SM_APP_KEY} }\n";

#[test]
fn a_whole_profile_is_read() {
    let profile = profile(&format!(
        "{HEAD}settings: {{ FieldUsername: demo, FieldPassword: {{ file: password.txt }}, FieldPin: 0042 }}\n\
         dialect: {{ base: sdk-1.0, addon_path: Addon, model_level: 1.2 }}\n\
         features: {{ accounts: true, addons: false }}\nprecheck: [Subscriptions/Create]\npending: {{ path: $.State, equals: busy }}\nstrict: true\n\
         customer: {{ country: DE, email_domain: example.com, sync_options: {{ region: eu }} }}\nproducts: [P-1]\nseats: ${{SEATS}}\nseats_limit: 300\n\
         probe: {{ url: \"http://localhost:5000/probe?account={{account}}\", settle: 2s }}\n\
         limits: {{ timeout: 10s, jobs: 4, rate: 50/s, subscriptions: 20 }}\nconsent: [sm.vendor.example]\nsnapshots: snaps\n\
         notification: {{ template: mail.txt }}\nredact: {{ \"$.CustomFieldValues.Key\": string, unordered: [$.Fields] }}\nscenarios: [mine]\n"
    ));
    assert_eq!(profile.target, "http://localhost:5000/api/Example");
    assert_eq!(profile.application.key, "app-key");
    assert_eq!(profile.settings["FieldPassword"], "from a file");
    assert_eq!(profile.settings["FieldPin"], "0042", "digits are kept");
    assert_eq!(profile.dialect.model_level, ModelLevel::V1_2);
    assert_eq!(profile.dialect.addon_path.as_str(), "Addon");
    assert!(!profile.features["addons"]);
    assert_eq!(profile.precheck.describe(), "Subscriptions/Create");
    assert_eq!((profile.seats, profile.seats_limit, profile.strict), (7, Some(300), true));
    assert_eq!(profile.customer.country, "DE");
    assert_eq!(profile.limits.rate, Some(50.0));
    assert_eq!(profile.redactions.hidden, [("$.CustomFieldValues.Key".to_owned(), "string".to_owned())]);
    assert_eq!(profile.redactions.unordered, ["$.Fields"]);
    assert_eq!(profile.notification.unwrap().body, "Hello [#UserName#]\n");
    assert_eq!(profile.probe.unwrap().settle, Duration::from_secs(2));
}

#[test]
fn the_least_profile_has_the_documented_defaults() {
    let profile = profile(HEAD);
    assert_eq!((profile.seats, profile.limits.jobs, profile.limits.timeout), (5, 8, Duration::from_secs(100)));
    assert_eq!(profile.limits.subscriptions, 500);
    assert_eq!(profile.dialect, Dialect::default());
}

/// Each file of `tests/golden/diagnostics/profile` is one message.
#[test]
fn every_message_has_a_golden() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/diagnostics/profile");
    let mut wrong = Vec::new();
    let mut checked = 0;
    let mut entries: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries.into_iter().filter(|path| path.extension().is_some_and(|e| e == "yaml")) {
        let said = match read(&std::fs::read_to_string(&path).unwrap()) {
            Ok((_, warnings)) => warnings.render(false),
            Err(errors) => errors.render(false),
        } + "\n";
        let golden = path.with_extension("txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &said).unwrap();
        }
        if said != std::fs::read_to_string(&golden).unwrap_or_default().replace("\r\n", "\n") {
            wrong.push(format!("{}:\n{said}", path.display()));
        }
        checked += 1;
    }
    assert!(checked >= 12, "{checked} messages");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_accepts_what_the_reader_accepts() {
    let validator = jsonschema::validator_for(&grammar::json_schema()).unwrap();
    let source = Arc::new(Source { path: "p".into(), text: format!("{HEAD}dialect: docs\nseats: 3\n") });
    assert!(validator.is_valid(&crate::yaml::parse(&source).unwrap().to_json().to_serde()));
    let source = Arc::new(Source { path: "p".into(), text: format!("{HEAD}seat: 3\n") });
    assert!(!validator.is_valid(&crate::yaml::parse(&source).unwrap().to_json().to_serde()));
}

#[test]
fn a_proxy_takes_its_password_from_the_environment_and_never_shows_it() {
    let proxy = |more: &str| profile(&format!("{HEAD}{more}")).connection.proxy.unwrap();
    let whole = proxy("proxy: \"http://build:${SM_APP_KEY}@proxy.local:3128/\"\n");
    assert_eq!(whole.url, "http://proxy.local:3128");
    assert_eq!(whole.credentials, Some(("build".to_owned(), "app-key".to_owned())));
    assert!(whole.secrets().contains(&"build:app-key".to_owned()) && !format!("{whole:?}").contains("app-key"));
    // A user name alone is no secret; what is encoded is decoded, and masked in both spellings.
    assert_eq!(proxy("proxy: http://build@proxy.local:3128\n").credentials, Some(("build".to_owned(), String::new())));
    let encoded = proxy("proxy: \"${PROXY}\"\n");
    assert_eq!(encoded.credentials, Some(("us er".to_owned(), "p@ss%zz".to_owned())));
    assert!(encoded.secrets().contains(&"p%40ss%zz".to_owned()));
}

#[test]
fn this_machine_is_called_directly_unless_the_profile_says_otherwise() {
    let carries = |more: &str, host: &str| {
        let text = format!("{HEAD}proxy: http://proxy.local:3128\n{more}");
        profile(&text).connection.proxy.unwrap().carries(host)
    };
    for host in ["localhost", "LOCALHOST", "sm.localhost", "127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]"] {
        assert!(!carries("", host) && carries("no_proxy: []\n", host), "{host}");
    }
    assert!(carries("", "sm.local") && carries("", "10.0.0.5") && carries("", "localhost.example"));
    let direct = "no_proxy: [.sm.local, 10.0.0.5, \"[::1]\"]\n";
    for (host, through) in [("sm.local", false), ("a.SM.local", false), ("asm.local", true), ("10.0.0.5", false)] {
        assert_eq!(carries(direct, host), through, "{host}");
    }
    assert!(!carries(direct, "[::1]") && carries(direct, "127.0.0.1"));
}

//! Whatever a service manager says, the drafted profile reads as it is meant.

use super::*;
use crate::{
    contract::{catalogue, dialect::SyncListValue, setting_fields, sync_options},
    diagnostic::Source,
    json::{Json, Object, parse},
    profile::{Environment, Profile, load},
};
use std::{cell::RefCell, sync::Arc};

/// What a service manager answered.
struct Said {
    fields: Vec<SettingField>,
    catalogue: Catalogue,
    options: Vec<SyncOption>,
}

impl Said {
    fn new(fields: &[u8], catalogue: &[u8], options: &[u8]) -> Self {
        let read = |text: &[u8]| parse(text).unwrap();
        Self {
            fields: setting_fields::read(&read(fields)),
            catalogue: catalogue::Catalogue::read(&read(catalogue)),
            options: sync_options::read(&read(options)),
        }
    }

    fn facts<'a>(&'a self, given: &'a BTreeSet<String>) -> Facts<'a> {
        Facts {
            name: "acme",
            target: "https://sm.vendor.example/api/Mail",
            fields: &self.fields,
            given,
            catalogue: &self.catalogue,
            sync_options: &self.options,
            accounts: true,
            addon_path: None,
            consent: Some("sm.vendor.example"),
            scenarios: Some("scenarios"),
            schema: ".mock-bss/profile.schema.json",
        }
    }
}

/// The profile as it is read, and the variables that it asked for.
fn read(text: &str) -> (Profile, Vec<String>) {
    let source = Arc::new(Source { path: "mock-bss.yaml".into(), text: text.into() });
    let asked = RefCell::new(Vec::new());
    let variable = |name: &str| {
        asked.borrow_mut().push(name.to_owned());
        Some(format!("value of {name}"))
    };
    let file = |_: &str| Err(std::io::Error::from(std::io::ErrorKind::NotFound));
    let read = load(&source, &Environment { variable: &variable, file: &file });
    let (profile, warnings) = read.unwrap_or_else(|errors| panic!("{errors}\n{text}"));
    assert_eq!(warnings.render(false), "", "{text}");
    (profile, asked.into_inner())
}

/// The draft with one of its suggestions taken: the first two characters of each of its lines are gone, and what it
/// would say twice.
fn suggestions(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let is_key = |line: &str| {
        let key = line.strip_prefix("# ").and_then(|rest| rest.split_once(':')).map(|(key, _)| key);
        key.is_some_and(|key| !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    let starts = (0..lines.len()).filter(|index| is_key(lines[*index]));
    starts
        .map(|start| {
            let key = lines[start][2..].split(':').next().unwrap();
            let length = 1 + lines[start + 1..].iter().take_while(|line| line.starts_with("#   ")).count();
            let line = |(index, line): (usize, &&str)| match (start..start + length).contains(&index) {
                true => line[2..].to_owned(),
                false if line.starts_with(&format!("{key}:")) => format!("# {line}"),
                false => (*line).to_owned(),
            };
            lines.iter().enumerate().map(line).collect::<Vec<_>>().join("\n") + "\n"
        })
        .collect()
}

fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/drafts").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert_eq!(text, expected, "{}", path.display());
}

const RICH_FIELDS: &[u8] = br#"{"Fields":[
    {"ID":"FieldUsername","Definition":{"Name":"User name","Kind":0,"IsRequired":true}},
    {"ID":"FieldPassword","Definition":{"Name":"Password","Kind":1,"IsRequired":true,"InitialValue":"never written"}},
    {"ID":"FieldUrl","Definition":{"Name":"Vendor URL","Kind":2,"InitialValue":"https://vendor.example/v2"}},
    {"ID":"Field.Zone","Definition":{"Name":"Zone","Kind":4,"PredefinedValues":{"eu":"Europe","us":"us"}}},
    {"ID":"Field-Zone","Definition":{"Name":"Old zone","Kind":77}}]}"#;
const RICH_OPTIONS: &[u8] = br#"{"Fields":[
    {"ID":"username","Definition":{"ID":"username","Kind":"SimpleValue","DataType":"Text"}},
    {"ID":"note","Definition":{"Name":"Remark"}},
    {"ID":"role","Definition":{"Name":"Role","Kind":1,"IsRequired":true,
        "PredefinedValues":[{"ID":"1","Name":"end user"},{"ID":"2","Name":"reseller","IsDefault":true}]}},
    {"ID":"seen","Definition":{"IsRequired":true,"IsReadOnly":true}}]}"#;
const RICH_CATALOGUE: &[u8] = br#"{"ProductTypes":[
    {"ID":"mail","Name":"Mailboxes","AllowMultipleSubscriptions":true,"QuantityLimit":300,"ProductsCollection":{
        "Products":[{"ID":"P-100","Name":"Mail Basic","TrialEnabled":true,"RelatedProducts":[{"ProductID":"P-200","Relation":5}]},
                    {"ID":"P-200","Name":"Mail Plus"},{"ID":"P-300","Name":"Metered","ChargeType":1},
                    {"ID":"P-400","Name":"Later","IsActivated":false}],
        "Addons":[{"ID":"A-1","Products":["P-100","P-200"]},{"ID":"A-2","Products":["P-200"]}]}},
    {"ID":"box","Name":"Box","ProductsCollection":{"Products":[]}}]}"#;

#[test]
fn a_rich_service_manager_is_written_down() {
    let said = Said::new(RICH_FIELDS, RICH_CATALOGUE, RICH_OPTIONS);
    let given = BTreeSet::from(["FieldUsername".to_owned(), "Extra".to_owned()]);
    let facts = Facts { addon_path: Some(AddonPath::Addons), ..said.facts(&given) };
    let draft = draft(&facts).unwrap();
    golden("rich.yaml", &draft.text);
    let (profile, asked) = read(&draft.text);
    assert_eq!(profile.target, facts.target);
    let settings: Vec<_> = profile.settings.iter().map(|(id, value)| (id.as_str(), value.as_str())).collect();
    assert_eq!(
        settings,
        [
            ("Extra", "value of MOCK_BSS_SETTING_Extra"),
            ("FieldPassword", "value of MOCK_BSS_SETTING_FieldPassword"),
            ("FieldUrl", "https://vendor.example/v2"),
            ("FieldUsername", "value of MOCK_BSS_SETTING_FieldUsername"),
        ]
    );
    assert_eq!(profile.application.key, "value of MOCK_BSS_APP_KEY");
    assert_eq!(asked, draft.variables.iter().map(|variable| variable.name.clone()).collect::<Vec<_>>());
    assert_eq!(profile.dialect.addon_path, AddonPath::Addons);
    assert_eq!(profile.customer.sync_options["role"], "reseller");
    assert_eq!(profile.customer.sync_options.len(), 1);
    assert_eq!((profile.seats, profile.seats_limit), (5, None));
    assert_eq!((profile.consent, profile.scenarios), (vec!["sm.vendor.example".to_owned()], vec!["scenarios".into()]));
    assert!(!draft.text.contains("never written"), "the initial value of a password is one");
    // Two fields whose ids a shell cannot tell apart have two variables.
    assert!(
        draft.text.contains("{MOCK_BSS_SETTING_Field_Zone}") && draft.text.contains("{MOCK_BSS_SETTING_Field_Zone_2}")
    );
}

#[test]
fn a_bare_service_manager_is_written_down() {
    let said = Said::new(b"{}", b"{}", b"{}");
    let given = BTreeSet::new();
    let facts = Facts {
        consent: None,
        accounts: false,
        scenarios: None,
        target: "http://localhost:5000",
        ..said.facts(&given)
    };
    let draft = draft(&facts).unwrap();
    golden("bare.yaml", &draft.text);
    let (profile, asked) = read(&draft.text);
    assert_eq!(asked, ["MOCK_BSS_APP_ID", "MOCK_BSS_APP_KEY"]);
    let plain = Profile::new("acme", "http://localhost:5000", profile.application.clone());
    assert_eq!(format!("{plain:?}"), format!("{:?}", Profile { source: None, ..profile }), "nothing but the defaults");
}

#[test]
fn every_suggestion_can_be_taken() {
    let given = BTreeSet::new();
    let tight = br#"{"ProductTypes":[{"ID":"dns","QuantityLimit":6,"ProductsCollection":{"Products":[{"ID":"Z"}]}}]}"#;
    for (fields, catalogue, options) in [
        (RICH_FIELDS, RICH_CATALOGUE, RICH_OPTIONS),
        (b"{}", b"{}", b"{}"),
        (br#"{"Fields":[{"ID":"Maybe"}]}"#, tight, br#"{"Fields":[{"ID":"note","Definition":{"Name":"Remark"}}]}"#),
    ] {
        let said = Said::new(fields, catalogue, options);
        let draft = draft(&said.facts(&given)).unwrap();
        let taken = suggestions(&draft.text);
        assert!(taken.len() >= 5, "{}", draft.text);
        for text in taken {
            read(&text);
        }
    }
}

#[test]
fn seats_fit_a_catalogue_that_allows_few() {
    let given = BTreeSet::new();
    let limits = |limits: &[i64]| {
        let types: Vec<_> = limits.iter().map(|l| format!(r#"{{"ID":"t{l}","QuantityLimit":{l}}}"#)).collect();
        let said = Said::new(b"{}", format!(r#"{{"ProductTypes":[{}]}}"#, types.join(",")).as_bytes(), b"{}");
        let text = draft(&said.facts(&given)).unwrap().text;
        let suggested = text.lines().find_map(|line| line.strip_prefix("# seats_limit: ")).unwrap().to_owned();
        (read(&text).0.seats, suggested.split(' ').next().unwrap().to_owned())
    };
    assert_eq!(limits(&[6]), (3, "6".to_owned()));
    assert_eq!(limits(&[1]), (1, "1".to_owned()));
    assert_eq!(limits(&[6, 0]), (5, "6".to_owned()), "the other type has no limit: it is bought");
    assert_eq!(limits(&[3, 20]), (5, "20".to_owned()), "a limit below the seats would be a mistake");
    assert_eq!(limits(&[-1]), (5, "300".to_owned()));
}

/// Texts that try to end a line, begin a key, become a variable, or look like something else.
const NASTY: &[&str] = &[
    "\n",
    "x\nstrict: true",
    "x\r\nconsent: [evil.example]\r\n",
    "${HOME}",
    "${",
    "a } b ${X",
    "\u{e000}",
    "'",
    "\"",
    "\\",
    "true",
    "1e9",
    "~",
    "",
    "<<",
    "# x",
    "a: b",
    "- a",
    "{a: 1}",
    "&a *b",
    "\u{feff}",
    "\u{2028}x: y",
    "\u{85}x: y",
    "\u{202e}",
    "\u{0}",
    "\u{1b}[2J",
    "name",
    "ünï 😀",
    "FieldPassword",
];

/// Made from a seed, so that a failure repeats.
struct Chance(u64);

impl Chance {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    fn text(&mut self) -> Json {
        let part = |chance: &mut Self| NASTY[chance.next(NASTY.len())];
        Json::text(&match self.next(3) {
            0 => part(self).to_owned(),
            1 => format!("{}{}", part(self), part(self)),
            _ => format!("a{}z", part(self)),
        })
    }

    fn object(&mut self, members: &[&str]) -> Object {
        members.iter().map(|name| (*name, self.text())).collect()
    }

    fn list(&mut self, mut item: impl FnMut(&mut Self) -> Json) -> Json {
        Json::Array((0..self.next(5)).map(|_| item(self)).collect())
    }

    fn field(&mut self) -> Json {
        let mut definition = self.object(&["Name", "Description", "InitialValue"]);
        definition.push("Kind", Json::text(["Text", "PasswordText", "Url", "?"][self.next(4)]));
        definition.push("DataType", Json::text(["Text", "Number", "Date", "?"][self.next(4)]));
        definition.push("IsRequired", self.next(2) == 0);
        definition.push("IsReadOnly", self.next(8) == 0);
        let values = match self.next(2) {
            0 => self.list(|chance| chance.object(&["ID", "Name"]).into()),
            _ => Object::from_iter([(self.text().as_str().unwrap().to_owned(), self.text())]).into(),
        };
        definition.push("PredefinedValues", values);
        let mut field = self.object(&["ID"]);
        field.push("Definition", definition);
        field.into()
    }

    fn said(&mut self) -> Said {
        let product = |chance: &mut Self| {
            let mut product = chance.object(&["ID", "Name"]);
            product.push("TrialEnabled", chance.next(2) == 0);
            product.into()
        };
        let product_type = |chance: &mut Self| {
            let mut product_type = chance.object(&["ID", "Name"]);
            product_type.push(
                "QuantityLimit",
                parse([&b"-5"[..], b"0", b"2", b"7", b"900", b"9223372036854775807"][chance.next(6)]).unwrap(),
            );
            let products = [("Products", chance.list(product)), ("Addons", chance.list(product))];
            product_type.push("ProductsCollection", Object::from_iter(products));
            product_type.into()
        };
        let wrapped = |name: &str, list: Json| Json::from(Object::from_iter([(name, list)]));
        Said {
            fields: setting_fields::read(&wrapped("Fields", self.list(Self::field))),
            catalogue: Catalogue::read(&wrapped("ProductTypes", self.list(product_type))),
            options: sync_options::read(&wrapped("Fields", self.list(Self::field))),
        }
    }
}

#[test]
fn whatever_is_said_the_profile_means_what_it_should() {
    for seed in 0..100 {
        let mut chance = Chance(seed);
        let said = chance.said();
        let given: BTreeSet<String> =
            said.fields.iter().filter(|_| chance.next(2) == 0).map(|field| field.id.clone()).collect();
        let facts = said.facts(&given);
        let draft = draft(&facts).unwrap();
        let (profile, asked) = read(&draft.text);
        // Nothing that was not meant has come in.
        assert_eq!(
            (profile.name.as_str(), profile.target.as_str(), profile.strict),
            ("acme", facts.target, false),
            "{seed}"
        );
        assert_eq!(profile.consent, ["sm.vendor.example"], "{seed}");
        assert!(profile.features.is_empty() && profile.products.is_empty() && profile.probe.is_none(), "{seed}");
        let expected: Vec<_> = draft.variables.iter().map(|variable| variable.name.clone()).collect();
        assert_eq!(asked, expected, "{seed}\n{}", draft.text);
        // Each setting is what was asked for, under its own name.
        for (id, value) in &profile.settings {
            assert!(given.contains(id) || said.fields.iter().any(|field| field.id == *id), "{seed}: {id}");
            assert!(value.starts_with("value of MOCK_BSS_SETTING_") || said.fields.iter().any(|f| f.initial == *value));
        }
        for field in said.fields.iter().filter(|f| f.required && crate::profile::fits_as_setting(&f.id)) {
            assert!(profile.settings.contains_key(&field.id) || field.id.contains("${"), "{seed}: {}", field.id);
        }
        // A customer answers what it would have answered without the file.
        let answers = |options: &std::collections::BTreeMap<_, _>| {
            sync_options::answers(&said.options, options, "it@acme.example", SyncListValue::Name)
        };
        let mut without = answers(&std::collections::BTreeMap::new());
        let mut with = answers(&profile.customer.sync_options);
        without.sort();
        without.dedup_by(|a, b| a.0 == b.0);
        with.sort();
        with.dedup_by(|a, b| a.0 == b.0);
        let ids = |pairs: &[(String, String)]| pairs.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>();
        assert_eq!(ids(&with), ids(&without), "{seed}\n{}", draft.text);
        for text in suggestions(&draft.text) {
            read(&text);
        }
    }
}

#[test]
fn ten_thousand_names_make_a_file_that_a_person_can_read() {
    let many = |member: &str, item: &dyn Fn(usize) -> String| {
        let items: Vec<_> = (0..10_000).map(item).collect();
        format!(r#"{{"{member}":[{}]}}"#, items.join(","))
    };
    let long = "n".repeat(5000);
    let fields = many("Fields", &|n| format!(r#"{{"ID":"f{n}","Definition":{{"Name":"{long}","IsRequired":true}}}}"#));
    let options = many("Fields", &|n| format!(r#"{{"ID":"o{n}","Definition":{{"Name":"{n}","IsRequired":true}}}}"#));
    let catalogue = many("ProductTypes", &|n| format!(r#"{{"ID":"t{n}","Name":"{n}"}}"#));
    let said = Said::new(fields.as_bytes(), catalogue.as_bytes(), options.as_bytes());
    let given = BTreeSet::new();
    let draft = draft(&said.facts(&given)).unwrap();
    assert!(draft.text.len() < 100_000, "{}", draft.text.len());
    assert!(draft.text.contains("… and 9700 more fields") && draft.text.contains("… and 9980 more product types"));
    read(&draft.text);
}

#[test]
fn what_no_file_can_hold_is_refused() {
    let said = Said::new(b"{}", b"{}", b"{}");
    let given = BTreeSet::new();
    let facts = Facts { target: "http://localhost/${x}", ..said.facts(&given) };
    assert_eq!(
        draft(&facts).unwrap_err().to_string(),
        "`http://localhost/${x}` cannot stand in a profile: `${` begins a variable of the environment there"
    );
}

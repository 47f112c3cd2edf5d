use super::{archive, product::load, *};
use crate::diagnostic::{Diagnostics, Source};
use std::sync::Arc;

fn read(text: &str) -> Result<Product, Diagnostics> {
    load(&Arc::new(Source { path: "product.yaml".into(), text: text.into() }))
}

const TEXT: &str = "vendor: Acme Ltd\nname: Acme Mail ✉ (EU)\nversion: 3.2\ncontact: it@acme.example\n\
    documentation: https://acme.example\nreproduce: |\n  start it\n  play\n";

#[test]
fn a_product_is_read_and_names_the_bundle() {
    let product = read(TEXT).unwrap();
    assert_eq!((product.version.as_str(), product.valid_days), ("3.2", 365));
    assert_eq!(product.reproduce, "start it\nplay");
    assert_eq!(bundle_name(&product, false), "acme-mail-eu-3.2-2026.1");
    assert_eq!(bundle_name(&product, true), "acme-mail-eu-3.2-2026.1-rehearsal");
    assert_eq!(read(&format!("{TEXT}valid_days: 30\n")).unwrap().valid_days, 30);
}

/// Each file of `tests/golden/diagnostics/product` is one message.
#[test]
fn every_message_has_a_golden() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/diagnostics/product");
    let mut wrong = Vec::new();
    let mut entries: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    assert!(entries.len() >= 8, "{entries:?}");
    for path in entries {
        let said = match read(&std::fs::read_to_string(&path).unwrap()) {
            Ok(product) => panic!("{}: {product:?}", path.display()),
            Err(mistakes) => mistakes.render(false) + "\n",
        };
        let golden = path.with_extension("txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &said).unwrap();
        }
        if said != std::fs::read_to_string(&golden).unwrap_or_default().replace("\r\n", "\n") {
            wrong.push(format!("{}:\n{said}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_schema_accepts_what_the_reader_accepts() {
    let validator = jsonschema::validator_for(&product::json_schema()).unwrap();
    let fits = |text: String| {
        let source = Arc::new(Source { path: "p".into(), text });
        validator.is_valid(&crate::yaml::parse(&source).unwrap().to_json().to_serde())
    };
    assert!(fits(format!("{TEXT}valid_days: 30\n")));
    assert!(!fits(format!("{TEXT}valid_day: 30\n")));
}

#[test]
fn an_archive_holds_what_was_packed_and_no_more_than_is_allowed() {
    let files = Files::from([("b/a".to_owned(), vec![7; 5000]), ("c".to_owned(), Vec::new())]);
    let packed = pack("top", &files).unwrap();
    assert_eq!(packed, pack("top", &files).unwrap());
    let unpacked = archive::unpack(&packed).unwrap();
    assert_eq!((unpacked.folder.as_str(), &unpacked.odd), ("top", &vec![]));
    let found: Files = unpacked.files().map(|(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
    assert_eq!(found, files);
    let length = 2 * 512 + 5120 + 1024;
    assert!(archive::unpack_within(&packed, length).is_ok());
    assert!(archive::unpack_within(&packed, length - 1).unwrap_err().contains("it unpacks to more than"));
    assert!(pack(&"long".repeat(60), &files).is_err());
}

#[test]
fn keys_are_of_one_kind_and_not_mixed_up() {
    let pem = |label: &str| format!("-----BEGIN {label}-----\nAAAA\n-----END {label}-----\n");
    let private = |text: &str| SigningKey::from_pem(text.as_bytes()).map(drop).unwrap_err();
    assert_eq!(private("nothing"), KeyError::NoPrivateKey);
    assert_eq!(private(&pem("ENCRYPTED PRIVATE KEY")), KeyError::Encrypted);
    assert_eq!(private(&pem("PUBLIC KEY")), KeyError::OnlyPublic);
    assert_eq!(private(&pem("RSA PRIVATE KEY")), KeyError::OtherKind);
    assert_eq!(private(&pem("PRIVATE KEY")), KeyError::OtherKind);
    let public = |text: &str| PublicKey::from_pem(text.as_bytes()).unwrap_err();
    assert_eq!(public(&pem("PRIVATE KEY")), KeyError::Private);
    assert_eq!(public("nothing"), KeyError::NoPublicKey);
    assert_eq!(public(&pem("PUBLIC KEY")), KeyError::OtherKind);
}

/// The key and the signature of test 1 in RFC 8032.
#[test]
fn signatures_are_those_of_the_standard() {
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
        -----END PRIVATE KEY-----\n";
    let key = SigningKey::from_pem(pem.as_bytes()).unwrap();
    let signature = key.sign(b"");
    assert!(hex(&signature).starts_with("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"));
    let public = PublicKey::from_pem(key.public().to_pem().as_bytes()).unwrap();
    assert_eq!(public, key.public());
    assert!(public.verifies(b"", &signature) && !public.verifies(b"x", &signature));
}

#[test]
fn secrets_are_found_in_every_spelling() {
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
    };
    const SECRET: &str = "p\"ss wörd>?/1";
    let secrets = Secrets::new(&[("FieldPassword".to_owned(), SECRET.to_owned()), ("no".to_owned(), "abc".to_owned())]);
    let secrets = secrets.unwrap();
    let json = serde_json::to_string(SECRET).unwrap();
    let percent = "p%22ss%20w%C3%B6rd%3E%3F%2F1";
    for form in [
        SECRET.to_owned(),
        json.clone(),
        serde_json::to_string(&json).unwrap(),
        percent.to_owned(),
        percent.to_lowercase(),
        percent.replace("%20", "+"),
        STANDARD.encode(SECRET),
        URL_SAFE_NO_PAD.encode(SECRET),
        hex(SECRET.as_bytes()),
        hex(SECRET.as_bytes()).to_uppercase(),
    ] {
        let text = format!("one\ntwo {form} three\n").into_bytes();
        let files = Files::from([("run/evidence.jsonl".to_owned(), text.clone()), ("product.yaml".to_owned(), text)]);
        let found = secrets.find(&files);
        assert_eq!(found, ["FieldPassword in product.yaml:2", "FieldPassword in run/evidence.jsonl:2"], "{form}");
    }
    // Shorter ones stand everywhere, and what came with the program cannot hold anybody's secret.
    let files =
        Files::from([("a".to_owned(), b"abc".to_vec()), ("scenarios/a/b.yaml".to_owned(), SECRET.as_bytes().to_vec())]);
    assert_eq!(secrets.find(&files), [""; 0]);
}

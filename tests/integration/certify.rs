//! `certify`, `verify` and `badge` as they are typed.

use crate::{
    bundles::{self, PRODUCT, as_if_released, open, sha256, suite},
    liar::{Liar, Lie, Truth},
    util::*,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use mock_bss::reference;
use std::{path::Path, process::Command};

/// Runs openssl; `None` where there is none, which is said.
#[allow(clippy::print_stderr)]
fn openssl(folder: &Path, args: &[&str]) -> Option<Said> {
    match Command::new("openssl").current_dir(folder).args(args).output() {
        Ok(output) => Some(Said {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }),
        Err(error) => {
            eprintln!("openssl is not here ({error}): what it would say is not tested");
            None
        }
    }
}

/// The way in which docs/certificate.md verifies a signature, with a shell, tar and openssl alone.
const WITHOUT_MOCK_BSS: &str = r#"
set -eu
member() { sed -n 's/^ *"'"$1"'": "\(.*\)",\{0,1\}$/\1/p' certificate.dsse.json; }
member payload | openssl base64 -d -A > statement.json
member sig | openssl base64 -d -A > signature.bin
printf 'DSSEv1 28 application/vnd.in-toto+json %d ' "$(wc -c < statement.json)" | cat - statement.json > signed.bin
openssl pkeyutl -verify -pubin -inkey ../key.pub -rawin -in signed.bin -sigfile signature.bin
manifest=$(openssl dgst -sha256 -r MANIFEST.json | cut -d ' ' -f 1)
grep -q "\"sha256\":\"$manifest\"" statement.json && echo "MANIFEST.json is what was signed"
"#;

#[test]
fn what_is_certified_verifies_for_everybody_with_and_without_mock_bss() {
    let sandbox = Sandbox::new();
    sandbox.file("product.yaml", PRODUCT);
    let has_openssl = openssl(sandbox.path(), &["genpkey", "-algorithm", "ed25519", "-out", "key.pem"]).is_some();
    if has_openssl {
        openssl(sandbox.path(), &["pkey", "-in", "key.pem", "-pubout", "-out", "key.pub"]).unwrap().ends(0);
    } else {
        let pem = bundles::new_key();
        let key = mock_bss::certificate::SigningKey::from_pem(pem.as_bytes()).unwrap();
        sandbox.file("key.pem", &pem);
        sandbox.file("key.pub", &key.public().to_pem());
    }
    let certify = ["certify", "--product", "product.yaml", "--key", "key.pem", "--rehearsal", "--reference"];
    let said = sandbox.run(&certify).ends(0);
    let name = "acme-mail-3.2.0-2026.1-rehearsal";
    let file = format!("{name}.tar.gz");
    for words in ["REHEARSED (this is no certificate) level L", "signed:      by key sha256:", &file] {
        assert!(said.out.contains(words), "{words}: {}", said.out);
    }
    // It says everywhere what it is.
    let said = sandbox.run(&["verify", &file, "--trust", "key.pub"]).ends(1);
    assert!(said.out.contains("found a rehearsal (--rehearsal verifies it as one)"), "{}", said.out);
    let said = sandbox.run(&["verify", &file, "--trust", "key.pub", "--rehearsal"]).ends(0);
    assert!(said.out.contains(", which you trust\n"), "{}", said.out);
    assert!(
        said.out.contains("REHEARSAL VERIFIED (this is no certificate): Acme Mail 3.2.0 of Acme Ltd"),
        "{}",
        said.out
    );
    assert!(!said.out.contains("FAIL"), "{}", said.out);
    let packed = std::fs::read(sandbox.path().join(&file)).unwrap();
    let (folder, files) = open(&packed);
    assert_eq!(folder, name);
    let statement = json(&String::from_utf8(files["certificate.dsse.json"].clone()).unwrap());
    let statement = STANDARD.decode(statement["payload"].as_str().unwrap()).unwrap();
    let statement = json(&String::from_utf8(statement).unwrap());
    assert_eq!(
        (&statement["predicate"]["result"], &statement["predicate"]["rehearsal"]),
        (&"WARNED".into(), &true.into())
    );
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(statement["predicateType"], "https://in-toto.io/attestation/test-result/v0.1");
    assert_eq!(statement["subject"][0]["digest"]["sha256"], sha256(&files["MANIFEST.json"]).as_str());
    assert!(statement["predicate"]["passedTests"].as_array().unwrap().len() > 100);

    // The same run gives the same bytes, and nothing is overwritten.
    let run = sandbox.latest();
    let run = run.to_str().unwrap();
    sandbox.run(&certify).ends(2);
    sandbox.run(&[&certify[..], &["--from", run, "--output", "again"]].concat()).ends(0);
    assert!(packed == std::fs::read(sandbox.path().join("again").join(&file)).unwrap());

    // tar reads it, and other commands the run in it.
    let tar = Command::new("tar").current_dir(sandbox.path()).args(["-xzf", &file]).status();
    if tar.is_ok_and(|status| status.success()) {
        let said = sandbox.run(&["report", "--from", &format!("{name}/run"), "--format", "json=r.json"]).ends(0);
        assert!(said.out.contains("CONFORMANT"));
        assert!(sandbox.read("r.json") == sandbox.read(&format!("{name}/report.json")));
        if has_openssl && cfg!(unix) {
            let unpacked = sandbox.path().join(name);
            let mut shell = Command::new("sh");
            let said = Said::of(shell.current_dir(&unpacked).args(["-c", WITHOUT_MOCK_BSS])).ends(0);
            let verified = "Signature Verified Successfully\nMANIFEST.json is what was signed\n";
            assert_eq!(said.out, verified, "{}", said.err);
            let page = std::fs::read_to_string(crate::markdown::root().join("docs/certificate.md")).unwrap();
            assert!(page.contains(WITHOUT_MOCK_BSS.trim()), "docs/certificate.md shows what is tested here");
        }
    }

    let badge = ["badge", &file, "--rehearsal", "--format", "svg=badge.svg", "--format", "json=badge.json"];
    sandbox.run(&badge).ends(0);
    let (badge, svg) = (json(&sandbox.read("badge.json")), sandbox.read("badge.svg"));
    assert_eq!((&badge["schemaVersion"], &badge["label"]), (&1.into(), &"mock-bss".into()));
    let message = badge["message"].as_str().unwrap();
    assert!(message.starts_with("rehearsal · L3 resilient · 2026.1") && badge["color"] == "lightgrey", "{badge}");
    assert!(svg.contains(message) && quick_xml::Reader::from_str(&svg).read_event().is_ok());
    sandbox.run(&["badge", &file]).ends(1);
}

/// A profile that says everything that a certificate wants to know.
fn profile(sandbox: &Sandbox, target: &str, more: &str) {
    let features =
        "features: { accounts: true, account_delete: true, addons: true, upgrade: true, trial: true, suspend: true }\n";
    sandbox.reference_profile("canary", target, &format!("{features}{more}"));
}

#[test]
fn what_is_known_before_is_said_at_once_and_nothing_is_sent() {
    let sandbox = Sandbox::new();
    sandbox.file("product.yaml", PRODUCT);
    // Nobody listens there: whoever asked would end with 3.
    sandbox.profile(
        "auto",
        "http://127.0.0.1:9/api",
        ("id", "key-of-nobody"),
        "known_failures: [{ rule: R-49, reason: r, owner: o, expires: 2099-01-01 }]\n",
    );
    let said = sandbox.run(&["certify", "--product", "product.yaml"]).ends(1);
    for line in [
        "FAIL  program         expected a release of mock-bss; found mock-bss 0.1.0, a development build",
        "FAIL  features        expected a map of all features in the profile; found `features: auto`",
        "FAIL  known failures  expected none in the profile; found R-49",
        "ok    target          auto at http://127.0.0.1:9/api",
        "NO CERTIFICATE: 3 conditions are not met; nothing was played",
    ] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
    assert!(!sandbox.path().join(".mock-bss").exists());
    // A rehearsal does without a release, and without nothing else.
    let said = sandbox.run(&["certify", "--product", "product.yaml", "--rehearsal"]).ends(1);
    assert!(said.out.contains("skip  program") && said.out.contains("2 conditions are not met"), "{}", said.out);
    let said = sandbox.run(&["certify", "--product", "product.yaml", "--reference"]).ends(1);
    assert!(said.out.contains("FAIL  target          expected a service manager of yours"), "{}", said.out);
}

#[test]
fn everything_that_is_wrong_with_a_run_is_said_at_once() {
    let servers = servers();
    let liar = servers.block_on(Liar::start(|truth: Truth| -> Lie {
        match truth.path.rsplit('/').next() {
            Some("Suspend") => truth.with(|_| r#"{"Code":-3,"Message":"never","Result":null}"#.into()),
            Some("Cancel") => truth.with(|_| r#"{"Code":-4,"Message":"not that either","Result":null}"#.into()),
            _ => truth.told(),
        }
    }));
    let sandbox = Sandbox::new();
    sandbox.file("product.yaml", PRODUCT);
    sandbox.file("mine/own.yaml", "title: Mine\nsteps:\n  - buy: {}\n");
    profile(&sandbox, &liar.base_url(), "scenarios: [mine]\n");
    let run = ["run", "--only", "subscriptions/suspend", "--only", "mine/own", "--output", "run"];
    assert_eq!(sandbox.run(&run).code, Some(1));
    let said = sandbox.run(&["certify", "--product", "product.yaml", "--from", "run"]).ends(1);
    for line in [
        "FAIL  program ",
        "FAIL  filters         expected the whole suite; found --only subscriptions/suspend, --only mine/own",
        "FAIL  scenarios       expected the suite of the rule set, unchanged; found mine/own is none of the suite",
        "FAIL  verdict         expected conformant; found not conformant",
        "FAIL  left behind     expected nothing on the target; found subscription ",
        "ok    features        every feature is declared",
        "ok    evidence        every event of the run",
        "ok    secrets         no secret of the profile, in no spelling",
        "NO CERTIFICATE: 5 conditions are not met; the run is kept: run",
    ] {
        assert!(said.out.contains(line), "{line}: {}", said.out);
    }
    assert!(!sandbox.path().join("acme-mail-3.2.0-2026.1.tar.gz").exists());
    // The profile has to be that of the run: its secrets are searched for.
    let said = sandbox.run(&["certify", "--product", "product.yaml", "--from", "run", "--reference"]).ends(2);
    assert!(said.err.contains("was played against"), "{}", said.err);
    servers.block_on(liar.stop());
}

#[test]
fn no_secret_leaves_with_a_certificate() {
    let servers = servers();
    // It repeats what it was told, in spellings that are masked, and a hexadecimal one, which is not.
    let talkative = |hexadecimal: bool| {
        move |truth: Truth| -> Lie {
            if !truth.path.ends_with("Subscriptions/Suspend") {
                return truth.told();
            }
            let (key, password) = (reference::APPLICATION_KEY, reference::PASSWORD);
            let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
            let hex = if hexadecimal { hex } else { String::new() };
            let said = format!("{key} {} {password} canary-setting canary-token {hex}", STANDARD.encode(key));
            truth.with(|body| body.replace("\"Message\":\"\"", &format!("\"Message\":\"{said}\"")))
        }
    };
    for hexadecimal in [false, true] {
        let liar = servers.block_on(Liar::start(talkative(hexadecimal)));
        let sandbox = Sandbox::new();
        sandbox.file("product.yaml", PRODUCT);
        let more = "headers: { token: \"${TOKEN}\" }\n";
        profile(&sandbox, &liar.base_url(), more);
        let text = sandbox.read("mock-bss.yaml").replace("settings: {", "settings: { FieldToken: \"${SETTING}\",");
        sandbox.file("mock-bss.yaml", &text);
        let run = |args: &[&str]| {
            let mut command = sandbox.command(args);
            Said::of(command.env("TOKEN", "canary-token").env("SETTING", "canary-setting"))
        };
        run(&["run", "--only", "subscriptions/suspend", "--output", "run"]);
        let said = run(&["certify", "--product", "product.yaml", "--from", "run"]).ends(1);
        let line = match hexadecimal {
            false => "ok    secrets         no secret of the profile, in no spelling",
            true => {
                "FAIL  secrets         expected no secret of the profile, in no spelling; found key in report.json:"
            }
        };
        assert!(said.out.contains(line), "{line}: {}", said.out);
        // What is refused for other reasons is packed by hand, to look at all of it.
        as_if_released(&sandbox.path().join("run"));
        let packed =
            bundles::bundle(&sandbox.path().join("run"), &suite("subscriptions/suspend"), PRODUCT, false, None);
        let text: String = open(&packed).1.values().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).collect();
        assert!(text.contains("[secret:FieldToken]"), "the echo is there, masked");
        let key = reference::APPLICATION_KEY;
        for secret in [key, &STANDARD.encode(key), reference::PASSWORD, "canary-setting", "canary-token"] {
            assert!(!text.contains(secret), "{secret}");
        }
        servers.block_on(liar.stop());
    }
}

#[test]
fn mistakes_are_told_before_anything_is_played() {
    let sandbox = Sandbox::new();
    let certify = |more: &[&str]| {
        sandbox.run(&[&["certify", "--product", "product.yaml", "--reference", "--rehearsal"], more].concat()).ends(2)
    };
    assert!(certify(&[]).err.contains("the product product.yaml cannot be read"));
    sandbox.file("product.yaml", &PRODUCT.replace("contact:", "contct:"));
    let said = certify(&[]);
    assert!(said.err.contains("unknown key `contct`") && said.err.contains("did you mean `contact`?"), "{}", said.err);
    assert!(said.err.contains("missing key `contact`") && said.err.contains("product.yaml:4"), "{}", said.err);
    sandbox.file("product.yaml", PRODUCT);
    assert!(certify(&["--key", "none.pem"]).err.contains("the key none.pem cannot be read"));
    sandbox.file("key.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n");
    let said = certify(&["--key", "key.pem"]);
    assert!(said.err.contains("it is encrypted") && said.err.contains("openssl pkey"), "{}", said.err);
    sandbox.file("acme-mail-3.2.0-2026.1-rehearsal.tar.gz", "mine");
    assert!(certify(&[]).err.contains("certificates are never overwritten"));
    assert_eq!(sandbox.read("acme-mail-3.2.0-2026.1-rehearsal.tar.gz"), "mine");
    assert!(certify(&["--from", "nowhere"]).err.contains("never overwritten"));
    assert!(!sandbox.path().join(".mock-bss").exists());

    assert!(sandbox.run(&["verify", "nowhere.tar.gz"]).ends(2).err.contains("cannot be read"));
    let said = sandbox.run(&["verify", "product.yaml"]).ends(1);
    assert!(
        said.out.contains("it is not compressed with gzip")
            && said.out.contains("NOT VERIFIED: 1 condition is not met")
    );
    assert!(
        sandbox.run(&["verify", "product.yaml", "--trust", "key.pem"]).ends(2).err.contains("it holds a private key")
    );
    assert!(sandbox.run(&["badge", "product.yaml"]).ends(1).err.contains("NOT VERIFIED"));
    assert!(sandbox.run(&["badge", "product.yaml", "--format", "svgg=x"]).ends(2).err.contains("did you mean `svg`?"));
}

/// The reference in front of which nobody stands is somebody's own service manager too.
#[test]
fn a_target_of_one_s_own_can_be_rehearsed() {
    let servers = servers();
    let running = servers.block_on(reference::start(reference::Options::default())).unwrap();
    let sandbox = Sandbox::new();
    sandbox.file("product.yaml", PRODUCT);
    profile(&sandbox, &running.base_url(), "");
    let said = sandbox.run(&["certify", "--product", "product.yaml", "--rehearsal"]).ends(0);
    assert!(said.out.contains("ok    target          canary at http://127.0.0.1:"), "{}", said.out);
    assert!(said.out.contains("that were never accepted"), "{}", said.out);
    assert!(said.out.contains("signed:      no; "), "{}", said.out);
    let file = "acme-mail-3.2.0-2026.1-rehearsal.tar.gz";
    let said = sandbox.run(&["verify", file, "--rehearsal"]).ends(0);
    assert!(said.out.contains("note  signature       none: "), "{}", said.out);
    let text: String = open(&std::fs::read(sandbox.path().join(file)).unwrap())
        .1
        .values()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
        .collect();
    for secret in [reference::APPLICATION_KEY, &STANDARD.encode(reference::APPLICATION_KEY), reference::PASSWORD] {
        assert!(!text.contains(secret), "{secret}");
    }
    servers.block_on(running.stop());
}

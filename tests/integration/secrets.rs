//! Marker secrets in every place where one can stand, and a search through everything that was written or said.

use crate::{
    liar::{Liar, Lie, Truth},
    util::*,
};
use mock_bss::reference;
use std::path::Path;

fn files(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.file_name().unwrap() != "mock-bss.yaml" {
            found.push((
                path.display().to_string(),
                String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned(),
            ));
        }
    }
}

#[test]
fn no_secret_reaches_a_file_or_the_terminal() {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let servers = servers();
    // A service manager that talks: it repeats the key and the password, and makes up a password of its own.
    let liar = servers.block_on(Liar::start(|truth: Truth| -> Lie {
        if truth.path.ends_with("Accounts/Synchronize") {
            return truth.with(|body| {
                body.replace("\"GeneratedPassword\":null", "\"GeneratedPassword\":\"canary-generated\"")
                    .replace("\"AccountExtraInfo\":{", "\"AccountExtraInfo\":{\"Password\":\"canary-mailed\",")
            });
        }
        if truth.path.ends_with("Subscriptions/Suspend") {
            let key = STANDARD.encode(reference::APPLICATION_KEY);
            let said = format!(
                "bad: {} {key} {} canary-generated canary-unknown",
                reference::APPLICATION_KEY,
                reference::PASSWORD
            );
            return truth.with(|_| format!(r#"{{"Code":-1,"Message":"{said}","Result":null}}"#));
        }
        truth.told()
    }));
    let sandbox = Sandbox::new();
    sandbox.file("mail.txt", "Sign in with [#Password#]\n");
    sandbox.file(
        "mock-bss.yaml",
        &format!(
            "name: canary\ntarget: {}\napplication: {{ id: {}, key: ${{SECRET_KEY}} }}\n\
             settings: {{ FieldUsername: {}, FieldPassword: ${{SECRET_PASSWORD}}, FieldToken: canary-setting }}\nheaders: {{ token: canary-token }}\nnotification: {{ template: mail.txt }}\n",
            liar.base_url(),
            reference::APPLICATION_ID,
            reference::USERNAME
        ),
    );
    let args = ["run", "--only", "suspend", "--only", "credentials/", "--verbose"];
    let mut command = sandbox.command(&args);
    crate::reports::FORMATS.iter().for_each(|format| {
        command.args(["--report", &format!("{format}=r.{format}")]);
    });
    command.env("SECRET_KEY", reference::APPLICATION_KEY).env("SECRET_PASSWORD", reference::PASSWORD);
    let said = Said::of(&mut command).ends(1);
    let again = sandbox.run(&["report", "--verbose"]);
    let compared = sandbox.run(&["compare", "r.json", &sandbox.latest().display().to_string(), "--verbose"]).ends(0);
    let mut written = vec![
        ("the terminal".to_owned(), said.out.clone() + &said.err),
        ("the report".to_owned(), again.out + &again.err),
        ("the comparison".to_owned(), compared.out + &compared.err),
    ];
    files(sandbox.path(), &mut written);
    assert!(written.len() > 6);
    let rotated = STANDARD.encode(reference::APPLICATION_KEY.to_uppercase());
    for secret in [
        reference::APPLICATION_KEY,
        &STANDARD.encode(reference::APPLICATION_KEY),
        &STANDARD.encode(STANDARD.encode(reference::APPLICATION_KEY)),
        &rotated,
        reference::PASSWORD,
        "canary-generated",
        "canary-mailed",
        "canary-setting",
        "canary-token",
    ] {
        for (name, text) in &written {
            assert!(!text.contains(secret), "{name} holds {secret}");
        }
    }
    assert!(said.out.contains("         | Sign in with [secret:"), "the e-mail is shown without its password");
    assert!(said.out.contains("[secret:FieldPassword]") && said.out.contains("canary-unknown"), "{}", said.out);
    servers.block_on(liar.stop());
}

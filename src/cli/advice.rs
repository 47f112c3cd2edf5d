//! What a person should know before a run, why it cannot begin, and what to type after it.

use super::{args::RunArgs, fault::Fault, folder::RunFolder};
use crate::{
    plan::Offering,
    play::{self, ClientError, Prelude, PreludeError},
    profile::Profile,
    report::printable,
    verdict::{Status, Verdict},
};

/// A preferred product that the target does not sell is a slip of the profile.
pub(super) fn sold(profile: &Profile, offering: &Offering) -> Result<(), Fault> {
    let sells = |id: &String| {
        offering.catalogue.types.iter().any(|t| t.id == *id || t.products.iter().any(|product| product.id == *id))
    };
    match profile.products.iter().find(|id| !sells(id)) {
        None => Ok(()),
        Some(id) => {
            let known: Vec<String> =
                offering.catalogue.types.iter().flat_map(|t| t.products.iter().map(|p| p.id.clone())).collect();
            let help = crate::diagnostic::suggest(id, known.iter().map(String::as_str));
            Err(Fault::usage(format!("`products` names `{id}`, which the catalogue does not sell")).help(help))
        }
    }
}

/// Why there is nothing to play against, and what to do.
pub(super) fn nothing_to_play(error: &PreludeError, profile: &Profile) -> Fault {
    let target = &profile.target;
    match error {
        PreludeError::Unreachable { kind, message } => {
            Fault::unreachable(format!("{target} cannot be reached: {message}")).help(play::hint(*kind))
        }
        PreludeError::Denied { status, takes: Some(form) } => Fault::usage(format!(
            "{target} answered HTTP {status} to the credentials of the profile, and lets in {}: nothing was tested",
            form.misread().map_or("another form", |(what, _)| what)
        ))
        .help(
            "either the key is written down in another form than it is registered in (give the plain text; it is encoded when it is sent), or the service manager does not read base64 once: mock-bss explain R-06",
        ),
        PreludeError::Denied { status, takes: None } => Fault::usage(format!(
            "{target} answered HTTP {status} to the credentials of the profile: nothing was tested"
        ))
        .help(
            "the application id and key must be the pair that the service manager has registered; the key is sent as base64 of its UTF-8 text, so give it here as plain text",
        ),
        PreludeError::NothingThere { status } => Fault::usage(format!(
            "{target} answered HTTP {status} to Fields/Get and to Fields/ServiceDefinition: nothing of the contract stands there"
        ))
        .help("`target` is the URL before the section, for example http://localhost:5000/api/Example"),
        other => Fault::usage(other.to_string()),
    }
}

/// A warning where the target reads the right credentials in another spelling only.
pub(super) fn other_spelling(prelude: &Prelude, profile: &Profile) -> Option<String> {
    let (what, rule) = prelude.evidence.spelling()?.misread()?;
    Some(format!(
        "warning: {} denies the credentials as the platform sends them and lets in {what}, so it is called that way; \
         mock-bss explain R-{rule:02} says what to mend\n",
        printable(&profile.target)
    ))
}

/// Why nothing can be sent.
pub(super) fn no_client(error: &ClientError, profile: &Profile) -> Fault {
    match profile.target.starts_with("https://") {
        true => Fault::usage(error.to_string()).help(
            "is there an authority that this system trusts? install its certificates (ca-certificates), or name one \
             by `tls: { ca: ca.pem }` in the profile",
        ),
        false => Fault::internal(error.to_string()),
    }
}

/// The commands that make sense now.
pub(super) fn next_steps(
    verdict: &Verdict,
    args: &RunArgs,
    check: bool,
    reference: bool,
    folder: &RunFolder,
) -> Vec<String> {
    let mut next = Vec::new();
    // What is wrong comes first, and no wrong answer is to be accepted unread.
    let failed = verdict.checks().find(|(_, check)| check.status == Status::Fail);
    if let Some(rule) = failed.and_then(|(_, check)| check.rule) {
        next.push(format!("mock-bss explain {}", rule.key()));
    }
    let differing = verdict.counts.snapshots_changed + verdict.counts.snapshots_new;
    if reference {
        next.push(
            "point it at your own service manager: mock-bss run --target http://localhost:5000/api/Example".to_owned(),
        );
    } else if differing > 0 && !args.accept {
        let from = if check { format!(" --from {}", folder.path.display()) } else { String::new() };
        let all = match failed {
            Some(_) => String::new(),
            None => format!(" (or all at once: mock-bss accept{from})"),
        };
        next.push(format!("look through the snapshots: mock-bss review{from}{all}"));
    }
    let unseen = verdict.counts.not_observable;
    if !reference && unseen > 0 && !verdict.run.profile.probe {
        let need = if unseen == 1 { "1 check needs".to_owned() } else { format!("{unseen} checks need") };
        next.push(format!(
            "{need} a look at the vendor side: add a `probe` to the profile (docs/profile.md, section probe)"
        ));
    }
    // What has no id can be cancelled by nobody.
    if !reference && verdict.left_behind().any(|(_, left)| left.id != "?") {
        next.push(format!(
            "try again to cancel what is left behind: mock-bss cleanup --from {}",
            folder.path.display()
        ));
    }
    next
}

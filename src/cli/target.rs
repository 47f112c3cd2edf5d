//! Which service manager is meant: the flags, the environment, and the files of this folder.

use super::{args::TargetArgs, consent, fault::Fault};
use crate::{
    contract::{Application, dialect::AddonBatch},
    diagnostic::{Diagnostic, Diagnostics, Severity, Source},
    profile::{self, Environment, Other, ProbeFrom, ProbeSource, Profile},
    reference,
};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

/// The profile that is looked for.
pub(super) const PROFILE: &str = "mock-bss.yaml";

const APP_ID: &str = "MOCK_BSS_APP_ID";
const APP_KEY: &str = "MOCK_BSS_APP_KEY";
const SETTING: &str = "MOCK_BSS_SETTING_";

/// What a run is played against.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) profile: Profile,
    /// The embedded reference, which runs as long as this lives.
    pub(super) reference: Option<reference::Running>,
    /// The folder that the profile's paths are relative to.
    pub(super) base: PathBuf,
    pub(super) warnings: String,
}

/// Finds the target. `has_paths` says that scenarios were named on the command line.
pub(super) async fn find(args: &TargetArgs, has_paths: bool) -> Result<Target, Fault> {
    let base = PathBuf::from(".");
    if let Some(url) = &args.target {
        let mut profile = from_environment(url)?;
        profile.consent = args.consent.clone();
        return Ok(Target { profile, reference: None, base, warnings: String::new() });
    }
    if !args.reference {
        let named = args.profile.clone();
        let found = named.or_else(|| Path::new(PROFILE).is_file().then(|| PathBuf::from(PROFILE)));
        if let Some(path) = found {
            let (mut profile, warnings) = load(&path)?;
            profile.consent.extend(args.consent.iter().cloned());
            let base = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")).to_owned();
            return Ok(Target { profile, reference: None, base, warnings });
        }
        surely_not_the_reference(has_paths)?;
    }
    let running = reference::start(reference::Options::default())
        .await
        .map_err(|error| Fault::internal(format!("the built-in reference cannot listen on loopback: {error}")))?;
    let profile = reference_profile(&running);
    Ok(Target { profile, reference: Some(running), base, warnings: String::new() })
}

/// Reads a profile; relative paths in it are relative to the file.
pub(super) fn load(path: &Path) -> Result<(Profile, String), Fault> {
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let variable = |name: &str| std::env::var(name).ok();
    let file = |name: &str| fs::read_to_string(folder.join(name));
    read(path, &Environment { variable: &variable, file: &file })
}

/// Reads a profile for its name and folders alone: what it takes from the environment need not be there.
pub(super) fn load_for_names(path: &Path) -> Result<Profile, Fault> {
    let variable = |name: &str| Some(std::env::var(name).unwrap_or_else(|_| "unset".to_owned()));
    let folder = path.parent().map(Path::to_owned).unwrap_or_default();
    let file = |name: &str| fs::read_to_string(folder.join(name)).map_err(|_| io::ErrorKind::Unsupported.into());
    read(path, &Environment { variable: &variable, file: &file }).map(|(profile, _)| profile)
}

fn read(path: &Path, environment: &Environment<'_>) -> Result<(Profile, String), Fault> {
    let text = fs::read_to_string(path).map_err(|error| {
        Fault::usage(format!("the profile {} cannot be read: {error}", path.display()))
            .help(format!("name it with --profile, or stand in the folder that holds {PROFILE}"))
    })?;
    let source = Arc::new(Source { path: path.display().to_string(), text });
    let (profile, warnings) = profile::load(&source, environment).map_err(Fault::files)?;
    known_rules(&profile, &source)?;
    Ok((profile, warnings.render(false)))
}

/// Every known failure is one of a rule that there is.
fn known_rules(profile: &Profile, source: &Arc<Source>) -> Result<(), Fault> {
    let is_rule = super::select::rule_checker();
    let wrong = profile.known_failures.iter().filter_map(|known| {
        let help = is_rule(&known.rule).err()?;
        Some(Diagnostic {
            severity: Severity::Error,
            message: format!("`{}` is not a rule", known.rule),
            source: source.clone(),
            span: known.span.clone(),
            label: "no rule is called so".to_owned(),
            help: Some(help),
        })
    });
    let wrong = Diagnostics(wrong.collect());
    if wrong.has_errors() { Err(Fault::files(wrong)) } else { Ok(()) }
}

/// The name of a target that has no profile: its host and port, so that two of them do not share their snapshots.
fn name_of(url: &reqwest::Url) -> String {
    let host = url.host_str().unwrap_or("target").trim_matches(['[', ']']).replace(':', "-");
    url.port().map_or_else(|| host.clone(), |port| format!("{host}-{port}"))
}

/// Whatever stands before an `@` may be a password.
fn without_password(text: &str) -> String {
    text.rsplit_once('@').map_or_else(|| text.to_owned(), |(_, rest)| format!("…@{rest}"))
}

fn from_environment(text: &str) -> Result<Profile, Fault> {
    let parsed =
        reqwest::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let Some(url) = parsed else {
        let help = match text.contains("://") {
            false => format!("it has no scheme: http://{}?", without_password(text)),
            true => "it must begin with http:// or https://, for example http://localhost:5000/api/Example".to_owned(),
        };
        return Err(
            Fault::usage(format!("`{}` is not the URL of a service manager", without_password(text))).help(help)
        );
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::usage("--target must not carry a user name or a password")
            .help(format!("service managers know two headers only: export {APP_ID}=… {APP_KEY}=…")));
    }
    if url.fragment().is_some() {
        return Err(Fault::usage("--target must not have a `#` part: it is never sent"));
    }
    let variable = |name: &str| {
        std::env::var(name).ok().filter(|value| !value.is_empty()).ok_or_else(|| {
            Fault::usage(format!("--target needs credentials, but {name} is not set")).help(format!(
                "export {APP_ID}=<application id> {APP_KEY}=<application key>: the pair that the service manager has registered"
            ))
        })
    };
    let application = Application { id: variable(APP_ID)?, key: variable(APP_KEY)? };
    let mut profile = Profile::new(&name_of(&url), text, application);
    let settings = std::env::vars().filter_map(|(name, value)| Some((name.strip_prefix(SETTING)?.to_owned(), value)));
    profile.settings = settings.collect::<BTreeMap<_, _>>();
    Ok(profile)
}

/// Whoever has a profile with a slip in its name, credentials in the environment, or scenarios of their own wants to test
/// their own service manager: a green run of the reference would be a lie.
fn surely_not_the_reference(has_paths: bool) -> Result<(), Fault> {
    const NEAR_MISSES: &[&str] = &[
        "mock-bss.yml",
        "mockbss.yaml",
        "mockbss.yml",
        "mock_bss.yaml",
        "mock_bss.yml",
        ".mock-bss.yaml",
        ".mock-bss.yml",
        "mock-bss.json",
    ];
    let help = "name your service manager with --profile FILE or --target URL, or say --reference";
    if let Some(name) = NEAR_MISSES.iter().find(|name| Path::new(name).is_file()) {
        return Err(Fault::usage(format!("there is a {name}, but no {PROFILE}"))
            .help(format!("rename it to {PROFILE}, or {help}")));
    }
    if let Some(name) = [APP_ID, APP_KEY].into_iter().find(|name| std::env::var_os(name).is_some()) {
        return Err(Fault::usage(format!("{name} is set, but no target is named")).help(help));
    }
    if has_paths {
        return Err(Fault::usage("scenarios are named, but no target").help(help));
    }
    Ok(())
}

/// The profile of the embedded reference.
pub(super) fn reference_profile(running: &reference::Running) -> Profile {
    let application =
        Application { id: reference::APPLICATION_ID.to_owned(), key: reference::APPLICATION_KEY.to_owned() };
    let mut profile = Profile::new("reference", &running.base_url(), application);
    profile.settings = [("FieldUsername", reference::USERNAME), ("FieldPassword", reference::PASSWORD)]
        .into_iter()
        .map(|(id, value)| (id.to_owned(), value.to_owned()))
        .collect();
    profile.other = Some(Other {
        application: Some(Application {
            id: reference::SECOND_APPLICATION_ID.to_owned(),
            key: reference::SECOND_APPLICATION_KEY.to_owned(),
        }),
        settings: [("FieldUsername", reference::SECOND_USERNAME), ("FieldPassword", reference::SECOND_PASSWORD)]
            .into_iter()
            .map(|(id, value)| (id.to_owned(), value.to_owned()))
            .collect(),
    });
    // It offers everything, and says so.
    profile.features = ["accounts", "account_delete", "addons", "upgrade", "trial", "suspend"]
        .map(|feature| (feature.to_owned(), true))
        .into();
    profile.seats_limit = Some(i64::from(reference::SEATS_LIMIT));
    // The reference takes several add-ons in one call, so that the whole suite can be played against it.
    profile.dialect.addon_batch = AddonBatch::All;
    let url = format!("{}?account={{account}}", running.probe_url());
    profile.probe = Some(ProbeSource::new(ProbeFrom::Url(url), Duration::from_secs(5)));
    profile
}

/// The host may be ordered from, or the user is told what would be bought.
pub(super) fn ask_consent(profile: &Profile, bought: &str) -> Result<(), Fault> {
    let host =
        consent::host_of(&profile.target).ok_or_else(|| Fault::usage(format!("`{}` is not a URL", profile.target)))?;
    if consent::is_local(&host) || consent::is_named(&host, &profile.consent) {
        return Ok(());
    }
    Err(Fault::usage(format!("{host} is not a local host, and a run orders from it: {bought}"))
        .help(format!("if that is what you want, say --consent {host}, or list it under `consent` in the profile")))
}

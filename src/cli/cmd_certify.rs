//! `mock-bss certify`: plays the suite, or takes a run that was played, and packs it if it deserves that.

use super::{
    args::{CertifyArgs, RunArgs},
    certifying::{key, lines, not_met, suite},
    cmd_run,
    fault::Fault,
    folder::{RunFolder, create_atomically},
    output::Output,
    record::{build, run_started},
    reports::{cannot_write, writable},
    stored,
    target::{self, Target},
};
use crate::{
    certificate::{
        self, Condition, Made, Product, Run, Secrets, SigningKey, Sources, State, Suite, Trust, bundle_name, product,
    },
    contract::setting_fields,
    diagnostic::Source,
    evidence::{Build, EvidenceFile, PRELUDE},
    plan::Seed,
    play,
    profile::Profile,
    report::{exit, printable},
};
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

pub(super) async fn run(args: &CertifyArgs, output: &Output) -> Result<u8, Fault> {
    let text = fs::read_to_string(&args.product).map_err(|error| {
        Fault::usage(format!("the product {} cannot be read: {error}", args.product.display()))
            .help("docs/certificate.md shows one; `mock-bss schema product` says what may stand in it")
    })?;
    let source = Arc::new(Source { path: args.product.display().to_string(), text });
    let product = product::load(&source).map_err(Fault::files)?;
    let signing = args.key.as_deref().map(|path| key(path, SigningKey::from_pem)).transpose()?;
    let folder = args.output.clone().unwrap_or_else(|| PathBuf::from("."));
    let path: PathBuf = folder.join(bundle_name(&product, args.rehearsal) + ".tar.gz").components().collect();
    if path.exists() {
        return Err(Fault::usage(format!("{} is there already", path.display()))
            .help("certificates are never overwritten: move it away, or name another folder with --output"));
    }
    writable(&path)?;
    let suite = suite()?;
    let title = title(&product, args.rehearsal);

    let (run_folder, secrets) = match &args.from {
        Some(from) => stored_run(args, from).await?,
        None => {
            if let Some(refused) = refused_before(args).await? {
                output.print(&format!("{title}{}", lines(&refused, output)));
                return Ok(refuse(&refused, output, "; nothing was played"));
            }
            match played(args, output).await? {
                (exit::INTERRUPTED, ..) => return Ok(exit::INTERRUPTED),
                (_, folder, secrets) => (folder, secrets),
            }
        }
    };
    let run = Run::read(&run_folder.path, &suite).map_err(|error| Fault::usage(error.to_string()))?;
    let mut conditions = certificate::examine(&run, args.rehearsal);
    conditions.extend(judged_by(args, run.evidence.run.build.as_ref()));
    let sources = Sources { product: &product, product_text: &source.text, suite: &suite, rehearsal: args.rehearsal };
    let (certificate, files) = certificate::derive(&run, &sources).map_err(|error| Fault::usage(error.to_string()))?;
    let (bundle, files) = certificate::finish(&run, &sources, &certificate, files, signing.as_ref());
    conditions.push(secret_free(&secrets, args.key.as_deref(), &files)?);
    output.print(&format!("\n{title}{}", lines(&conditions, output)));
    if not_met(&conditions).is_some() {
        let more = format!("; the run is kept: {}", run_folder.path.display());
        return Ok(refuse(&conditions, output, &more));
    }

    let packed = certificate::pack(&bundle, &files)
        .map_err(|error| Fault::internal(format!("the certificate cannot be packed: {error}")))?;
    confirm(&packed, &suite, &signing, args.rehearsal)?;
    match create_atomically(&path, &packed) {
        Ok(true) => {}
        Ok(false) => return Err(Fault::usage(format!("{} is there already", path.display()))),
        Err(error) => return Err(cannot_write(&path, &error)),
    }
    let word = if args.rehearsal { "REHEARSED (this is no certificate)" } else { "CERTIFIED" };
    let style = output.style();
    let word = if args.rehearsal { style.odd(word) } else { style.good(word) };
    let level = certificate.level.as_ref().zip(certificate.level_title.as_ref());
    let level = level.map(|(level, title)| format!("level {level} {title}, ")).unwrap_or_default();
    let signed = match &signing {
        Some(key) => format!("signed:      by key {}", key.public().fingerprint()),
        None => "signed:      no; the digests show accidents, and not who made it (--key FILE signs)".to_owned(),
    };
    let rehearsal = if args.rehearsal { " --rehearsal" } else { "" };
    let certified = format!("{level}rule set {}, valid until {}", certificate.rule_set, certificate.valid_until);
    output.print(&format!(
        "\n{word} {certified}\n  certificate: {}\n  {signed}\n  next: mock-bss verify{rehearsal} {}\n",
        path.display(),
        path.display()
    ));
    Ok(exit::CONFORMANT)
}

fn title(product: &Product, rehearsal: bool) -> String {
    let what = if rehearsal { "rehearsal of a certificate" } else { "certificate" };
    printable(&format!("{what} of {} {} ({})", product.name, product.version, product.vendor)) + "\n"
}

fn refuse(conditions: &[Condition], output: &Output, more: &str) -> u8 {
    let words = not_met(conditions).unwrap_or_default();
    output.print(&format!("\n{} {words}{more}\n", output.style().bad("NO CERTIFICATE:")));
    exit::NOT_CONFORMANT
}

/// What stands in the way whatever the target answers. Nothing has to be bought to know it.
async fn refused_before(args: &CertifyArgs) -> Result<Option<Vec<Condition>>, Fault> {
    let Target { profile, reference, .. } = target::find(&args.target, false).await?;
    let run = run_started(&profile, reference.is_some(), Seed::random(), Vec::new(), true);
    if let Some(reference) = reference {
        reference.stop().await;
    }
    let conditions = Made { run: &run, rehearsal: args.rehearsal }.conditions();
    let refused = conditions.iter().any(|condition| condition.state == State::NotMet);
    Ok(refused.then_some(conditions))
}

type Secret = (String, String);

/// Plays the suite. Snapshots are only compared: nobody accepts anything while a certificate is made.
async fn played(args: &CertifyArgs, output: &Output) -> Result<(u8, RunFolder, Vec<Secret>), Fault> {
    let run = RunArgs {
        target: args.target.clone(),
        jobs: args.jobs,
        snapshots: args.snapshots.clone(),
        wait: args.wait,
        check: true,
        quiet: true,
        suite_alone: true,
        ..RunArgs::default()
    };
    let played = cmd_run::played(&run, output, None).await?;
    let played = played.ok_or_else(|| Fault::internal("nothing was played"))?;
    Ok((played.code, played.folder, played.secrets))
}

/// A run that was played before, and the secrets that must not be in it.
async fn stored_run(args: &CertifyArgs, from: &Path) -> Result<(RunFolder, Vec<Secret>), Fault> {
    let folder = RunFolder::find(Some(from))?;
    stored::must_be_over(&folder, "wait until it is over")?;
    let evidence = stored::open(&folder)?;
    let Target { profile, reference, .. } = target::find(&args.target, false).await?;
    let of_reference = reference.is_some();
    if let Some(reference) = reference {
        reference.stop().await;
    }
    let help = "name the target of that run: its secrets are what the certificate is searched for";
    stored::must_be_of(&evidence.run, &folder, &profile, of_reference, help)?;
    let secrets = secrets_of(&profile, &evidence)?;
    Ok((folder, secrets))
}

/// What was masked in a run of this profile: settings that Fields/Get has told to be none are no secrets.
fn secrets_of(profile: &Profile, evidence: &EvidenceFile) -> Result<Vec<Secret>, Fault> {
    let masker = play::masker(profile);
    let prelude = evidence.scenario(PRELUDE).map_err(|error| Fault::usage(error.to_string()))?;
    let answers = prelude.steps.first().into_iter().flat_map(|step| &step.exchanges);
    if let Some(Ok(body)) = answers.filter_map(|exchange| exchange.json()).last() {
        let fields = setting_fields::read(body);
        fields.iter().filter(|field| !field.is_secret()).for_each(|field| masker.declassify(&field.id));
    }
    Ok(masker.secrets())
}

/// Whoever judges a run that another program has played has to be a release too.
fn judged_by(args: &CertifyArgs, played_by: Option<&Build>) -> Option<Condition> {
    let own = build();
    let reason = own.development.as_ref().filter(|_| args.from.is_some() && played_by != Some(&own))?;
    let expected = "a release of mock-bss that judges";
    let state = if args.rehearsal { State::Rehearsed } else { State::NotMet };
    let found = format!("this one, a development build: {reason}");
    Some(Condition { name: "judge", state, expected: expected.to_owned(), found })
}

/// The last look at what leaves the house.
fn secret_free(secrets: &[Secret], key: Option<&Path>, files: &certificate::Files) -> Result<Condition, Fault> {
    let mut secrets = secrets.to_vec();
    // The middle of a PEM file is the key itself.
    let pem = key.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
    let private = pem.lines().filter(|line| !line.starts_with("-----") && line.len() > 20);
    secrets.extend(private.map(|line| ("the signing key".to_owned(), line.trim().to_owned())));
    let secrets = Secrets::new(&secrets).ok_or_else(|| Fault::internal("there are too many secrets to search for"))?;
    Ok(Condition::none("secrets", "no secret of the profile, in no spelling", &secrets.find(files)))
}

/// Whoever gets it must come to the same conclusion: found out before it is written.
fn confirm(packed: &[u8], suite: &Suite, key: &Option<SigningKey>, rehearsal: bool) -> Result<(), Fault> {
    let public = key.as_ref().map(SigningKey::public);
    let trust = Trust { key: public.as_ref(), rehearsal, now: jiff::Timestamp::now() };
    let verified = certificate::verify(packed, suite, trust);
    match verified.conditions.iter().find(|condition| condition.state == State::NotMet) {
        None => Ok(()),
        Some(condition) if condition.name == "validity" => {
            Err(Fault::usage(format!("the certificate would not be valid today: {}", condition.words()))
                .help("play the suite again, or give `valid_days` in the product"))
        }
        Some(condition) => {
            Err(Fault::internal(format!("the certificate does not verify: {}: {}", condition.name, condition.words())))
        }
    }
}

//! The reads before the first scenario: what is announced, what is sold, what is asked of customers, and the questions
//! that only the target can answer (has it accounts? is it `Addon` or `Addons`?).

use super::{
    Player, Session,
    asked::{ADDON_PATH, Asked, CATALOGUE, EXISTS, KEY, SETTINGS, STEPS, SYNC_OPTIONS, ask, attempted},
    request::Draft,
    spelling,
};
use crate::{
    bss::Ids,
    contract::{
        Catalogue, CredentialForm, Endpoint, Expectation, Meaning,
        dialect::{AddonPath, Dialect},
        setting_fields::{self, SettingField},
        sync_options,
    },
    evidence::{
        Customer, Event, FailureKind, Intent, PRELUDE, ScenarioEnd, ScenarioEvidence, ScenarioFinished,
        ScenarioStarted, StepEnd, StepFinished, StepRecord,
    },
    json::{Json, Object},
    plan::{self, Offering, Seed, customer},
};
use std::{collections::HashSet, io, sync::Arc, time::Instant};

/// What the reads brought.
#[derive(Debug)]
pub struct Prelude {
    pub offering: Offering,
    /// What a partner fills in.
    pub fields: Vec<SettingField>,
    pub evidence: ScenarioEvidence,
}

/// Why there is nothing to play against.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PreludeError {
    /// DNS, connect or TLS failed before the first answer.
    #[error("{message}")]
    Unreachable { kind: FailureKind, message: String },
    /// 401 or 403 to valid credentials.
    #[error("the service manager answered {status} to the credentials of the profile")]
    Denied {
        status: u16,
        /// A form of the key that is let in, where the profile may have written down another one.
        takes: Option<CredentialForm>,
    },
    /// Nothing of the contract stands at this URL.
    #[error("the target answered {status} to Fields/Get and to Fields/ServiceDefinition")]
    NothingThere { status: u16 },
    /// The evidence cannot be written.
    #[error("the evidence cannot be written: {0}")]
    Evidence(#[from] io::Error),
}

/// How much is asked beside the reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Questions {
    /// Nothing: a plan only reads.
    None,
    /// Which of the two add-on paths is there, asked with GET alone: nothing that a service manager could act on.
    Path,
    /// Whether an account exists that nobody has heard of, and which of the two add-on paths is there.
    All,
}

/// Reads what the target offers.
///
/// # Errors
/// There is nothing to play against, or nothing to write to.
pub async fn prelude(player: &Player, seed: Seed, questions: Questions) -> Result<Prelude, PreludeError> {
    let session = &*player.session;
    let started = Instant::now();
    let mut evidence = ScenarioEvidence::default();
    let mut record = |event: Event| -> io::Result<()> {
        evidence.apply(session.recorder.record(event)?);
        Ok(())
    };
    record(Event::ScenarioStarted(opening()))?;

    let run = seed.short();
    let dialect = &session.profile.dialect;
    let [mut settings, mut catalogue, mut options] = reads(session, &run, [0; 3], &mut evidence).await?;
    let pending = &session.profile.pending;
    let meaning = |asked: &Asked, endpoint| asked.answer.as_ref().map(|answer| answer.meaning(endpoint, pending));
    if is_doubtful(&settings) && is_doubtful(&catalogue) && session.client.is_encrypted().await {
        let message = "the port speaks https, and the URL says http".to_owned();
        return Err(PreludeError::Unreachable { kind: FailureKind::Encrypted, message });
    }
    if let Err(error) = nothing_to_play_against(session, &settings, &catalogue) {
        let PreludeError::Denied { status, .. } = error else { return Err(error) };
        match spelling::read_by(session, &run, &mut evidence).await? {
            // It was denied for something else, which is over.
            Some(CredentialForm::Normal) => {}
            Some(form) if !spelling::may_be_the_profile_s(session, form) => {
                // One rule is broken. What else is right or wrong shows when it is spoken to as it understands.
                session.spelling.get_or_init(|| form);
            }
            takes => return Err(PreludeError::Denied { status, takes }),
        }
        let attempts = [&settings, &catalogue, &options].map(|asked| asked.read.0 + 1);
        [settings, catalogue, options] = reads(session, &run, attempts, &mut evidence).await?;
        nothing_to_play_against(session, &settings, &catalogue)?;
    }

    let fields = setting_fields::read(settings.body());
    // From now on, what is no password may be read in the evidence.
    fields.iter().filter(|field| !field.is_secret()).for_each(|field| session.recorder.masker.declassify(&field.id));
    let sells = Arc::new(Catalogue::read(catalogue.body()));
    let options_read = sync_options::read(options.body());
    let has_options = meaning(&options, Endpoint::SyncOptions) == Some(Meaning::Accepted);

    // The questions that need the first answers.
    let mut record = |events: Vec<Event>| events.into_iter().for_each(|event| evidence.apply(event));
    let declared = session.profile.features.get("accounts").copied();
    let mut exists = false;
    let asks = declared != Some(false) && questions == Questions::All;
    if asks {
        let body = stranger(session, seed, &options_read);
        let draft = Draft::of(session, dialect, Endpoint::AccountExists, Some(Arc::new(body)));
        let asked = ask(session, &run, (EXISTS, 0), &draft, Intent::Setup).await?;
        let said = asked.answer.as_ref().map(|answer| answer.meaning(Endpoint::AccountExists, pending));
        exists = !matches!(said, Some(Meaning::NotOffered) | None);
        record(asked.events);
    }
    let sells_addons = sells.types.iter().any(|product_type| !product_type.addons.is_empty());
    let mut addon_path = None;
    if dialect.addon_path == AddonPath::Auto && sells_addons && questions != Questions::None {
        let (path, events) = find_addon_path(session, &run, dialect, questions).await?;
        // Where neither question tells, the SDK's spelling is taken; a run has to call something.
        addon_path = path.or((questions == Questions::All).then_some(AddonPath::Addons));
        record(events);
    }
    let offering = Offering {
        required_settings: fields.iter().any(|field| field.required),
        required_secret: fields.iter().any(|field| field.required && field.kind == Some("PasswordText")),
        missing_settings: missing(session, &fields),
        catalogue: sells,
        sync_options: Arc::new(options_read),
        accounts: declared.unwrap_or(has_options || exists),
        exists: if asks { exists } else { has_options && declared != Some(false) },
        addon_path,
    };
    for (step, played) in
        [(SETTINGS, true), (CATALOGUE, true), (SYNC_OPTIONS, true), (EXISTS, asks), (ADDON_PATH, addon_path.is_some())]
    {
        let end = match played {
            true if step == SYNC_OPTIONS && !has_options => StepEnd::NotOffered(Endpoint::SyncOptions),
            true if step == EXISTS && !exists => StepEnd::NotOffered(Endpoint::AccountExists),
            true => StepEnd::Played,
            false => StepEnd::Waiting("nothing has to be asked".to_owned()),
        };
        let event = session.recorder.record(Event::StepFinished(StepFinished { scenario: PRELUDE, step, end }))?;
        evidence.apply(event);
    }
    let finished = ScenarioFinished {
        scenario: PRELUDE,
        end: ScenarioEnd::Completed,
        elapsed_us: super::micros(started),
        left_behind: Vec::new(),
        events: Some(evidence.events()),
    };
    evidence.apply(session.recorder.record(Event::ScenarioFinished(finished))?);
    evidence.settle();
    Ok(Prelude { offering, fields, evidence })
}

fn opening() -> ScenarioStarted {
    let step = |id: &str, proves: &[&str], expectation: Expectation| StepRecord {
        id: id.to_owned(),
        verb: "read".to_owned(),
        by: String::new(),
        line: 0,
        proves: proves.iter().map(|rule| (*rule).to_owned()).collect(),
        flaw_proves: std::collections::BTreeMap::new(),
        control: None,
        expectation,
        vendor: Vec::new(),
        snapshot: matches!(id, "settings" | "catalogue" | "sync_options"),
    };
    ScenarioStarted {
        scenario: PRELUDE,
        key: KEY.to_owned(),
        title: "What the service manager announces and sells".to_owned(),
        file: "built in".to_owned(),
        built_in: true,
        sha256: String::new(),
        tags: Vec::new(),
        customer: Customer::default(),
        steps: vec![
            step(STEPS[0], &["R-21"], Expectation::Accepted),
            step(STEPS[1], &["R-27"], Expectation::Accepted),
            step(STEPS[2], &["R-37"], Expectation::Accepted),
            step(STEPS[3], &[], Expectation::Harmless),
            step(STEPS[4], &[], Expectation::Harmless),
        ],
        identities: Vec::new(),
    }
}

/// What needs no answer before it, at once, from these attempts on.
async fn reads(
    session: &Session,
    run: &str,
    attempts: [u32; 3],
    evidence: &mut ScenarioEvidence,
) -> io::Result<[Asked; 3]> {
    let draft = |endpoint| Draft::of(session, &session.profile.dialect, endpoint, None);
    let (settings, catalogue, options) =
        (draft(Endpoint::FieldsGet), draft(Endpoint::ServiceDefinition), draft(Endpoint::SyncOptions));
    let (settings, catalogue, options) = tokio::join!(
        attempted(session, run, (SETTINGS, 0, attempts[0]), &settings, Intent::Setup),
        attempted(session, run, (CATALOGUE, 0, attempts[1]), &catalogue, Intent::Setup),
        attempted(session, run, (SYNC_OPTIONS, 0, attempts[2]), &options, Intent::Setup),
    );
    let mut asked = [settings?, catalogue?, options?];
    asked.iter_mut().for_each(|asked| asked.apply_to(evidence));
    Ok(asked)
}

/// What a port that speaks TLS does to a call without: it hangs up, answers an alert, or says 400.
fn is_doubtful(asked: &Asked) -> bool {
    let failed = matches!(asked.failure, Some((FailureKind::Reset | FailureKind::Protocol, _)));
    failed || asked.answer.as_ref().is_some_and(|answer| answer.status == 400)
}

fn nothing_to_play_against(session: &Session, settings: &Asked, catalogue: &Asked) -> Result<(), PreludeError> {
    let failure = |asked: &Asked| asked.failure.clone().filter(|(kind, _)| kind.before_sending());
    if let Some((kind, message)) = failure(settings).or_else(|| failure(catalogue)) {
        return Err(PreludeError::Unreachable { kind, message: session.recorder.masker.text(&message) });
    }
    let status = |asked: &Asked| asked.answer.as_ref().map(|answer| answer.status);
    match (status(settings), status(catalogue)) {
        (Some(401 | 403), Some(status @ (401 | 403))) => Err(PreludeError::Denied { status, takes: None }),
        (Some(404), Some(status @ 404)) => Err(PreludeError::NothingThere { status }),
        _ => Ok(()),
    }
}

/// Required fields for which the profile has no value.
fn missing(session: &Session, fields: &[SettingField]) -> Vec<String> {
    let given = &session.profile.settings;
    let required = fields.iter().filter(|field| field.required);
    required.filter(|field| given.get(&field.id).is_none_or(String::is_empty)).map(|field| field.id.clone()).collect()
}

/// A customer that nobody has heard of.
fn stranger(session: &Session, seed: Seed, options: &[sync_options::SyncOption]) -> Json {
    let mut nobody = customer(&session.profile, seed, plan::number(seed, "prelude", &mut HashSet::new()), "prelude");
    let list_value = session.profile.dialect.sync_list_value;
    nobody.sync_options =
        sync_options::answers(options, &session.profile.customer.sync_options, &nobody.email, list_value);
    let settings = crate::bss::Settings { dialect: session.profile.dialect.clone(), ..Default::default() };
    crate::bss::Bss::new(Arc::new(settings), nobody, Ids::new(seed.0, "prelude")).account()
}

/// Asks with the wrong verb first, which runs nothing on a service manager that routes before it acts; then, if that says
/// nothing and all questions may be asked, without credentials.
async fn find_addon_path(
    session: &Session,
    run: &str,
    dialect: &Dialect,
    questions: Questions,
) -> io::Result<(Option<AddonPath>, Vec<Event>)> {
    let mut events = Vec::new();
    let mut call = 0;
    let ways = [("GET", CredentialForm::Normal), ("POST", CredentialForm::None)];
    for (method, credentials) in ways.into_iter().take(if questions == Questions::All { 2 } else { 1 }) {
        let mut there = Vec::new();
        for path in [AddonPath::Addons, AddonPath::Addon] {
            let spoken = Dialect { addon_path: path, ..dialect.clone() };
            let body = (method == "POST").then(|| Arc::new(Json::Object(Object::new())));
            let mut draft = Draft::of(session, &spoken, Endpoint::AddonCreate, body);
            draft.method = method.to_owned();
            draft.credentials = credentials;
            let flaw = Intent::Flawed { flaw: format!("{method} to find the path"), control: String::new() };
            let asked = ask(session, run, (ADDON_PATH, call), &draft, flaw).await?;
            call += 1;
            if asked.answer.as_ref().is_some_and(|answer| answer.status != 404) {
                there.push(path);
            }
            events.extend(asked.events);
        }
        if let [path] = there[..] {
            return Ok((Some(path), events));
        }
    }
    Ok((None, events))
}

//! The service manager without its socket: a request goes in, an answer comes
//! out.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::header;
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::auth::Applications;
use super::books::{Account, Books, Subscription};
use super::call::Call;
use super::catalogue::Catalogue;
use super::desk::Desk;
use super::faults::{Fault, Faults};
use super::form;
use super::options::{AddonResult, Options};
use super::refusal::{Refusal, crash};
use super::request::{self, Object, Request};
use super::routes::{Endpoint, Routes};
use super::service_faults::{self, Memory};
use super::settings::{self, Tenants};
use super::{accounts, discovery, probe};

#[derive(Debug)]
pub(super) struct ServiceManager {
    routes: Routes,
    applications: Applications,
    tenants: Tenants,
    catalogue: Catalogue,
    /// Scheme, host and port that it is called by.
    origin: String,
    accounts: bool,
    addons: bool,
    addon_result: AddonResult,
    /// One set of books for each tenant. The lock is held for a whole call, so
    /// that two equal calls at once cannot both find nothing.
    books: Mutex<Vec<Books>>,
    faults: Faults,
    memory: Memory,
}

impl ServiceManager {
    /// Fails on options that no caller could ever get along with.
    pub(super) fn new(options: &Options, origin: String) -> io::Result<Self> {
        let faults = options.faults;
        let tenants = Tenants::new(&options.tenants, faults);
        let books = std::iter::repeat_with(|| Books::new(faults)).take(tenants.len()).collect();
        Ok(Self {
            routes: Routes::new(options),
            applications: Applications::new(&options.applications, faults)?,
            tenants,
            catalogue: Catalogue::embedded(options.addons, faults)?,
            origin,
            accounts: options.accounts,
            addons: options.addons,
            addon_result: options.addon_result,
            books: Mutex::new(books),
            faults,
            memory: Memory::default(),
        })
    }

    pub(super) fn base_url(&self) -> String {
        format!("{}{}", self.origin, self.routes.base())
    }

    /// Answers one call. Path and verb come first, then credentials, then the
    /// form of the body, and only then what it says.
    pub(super) fn handle(&self, request: &Request) -> Answer {
        let Some(endpoint) = self.routes.find(&request.path) else {
            return Answer::status(404, "There is nothing at this address.");
        };
        let answer = self.answer(endpoint, request);
        if self.faults.is_empty() || endpoint == Endpoint::Probe {
            return answer;
        }
        form::on_the_way(endpoint, answer, self.faults, &self.memory)
    }

    fn answer(&self, endpoint: Endpoint, request: &Request) -> Answer {
        let method = endpoint.method();
        if request.method != method && !self.faults.has(Fault::AnyVerbRunsTheAction) {
            return Answer {
                allow: Some(if method == "GET" { "GET" } else { "POST" }),
                ..Answer::status(405, "This address does not support the verb.")
            };
        }
        if let Some(answer) = self.anonymous(endpoint, request) {
            return answer;
        }
        if self.faults.has(Fault::BodyParsedBeforeAuth)
            && let Some(Err(refusal)) = request.body.as_deref().filter(|_| method == "POST").map(request::object)
        {
            return Answer::ok(&answer::service_refused(&refusal));
        }
        let unguarded = service_faults::unguarded(endpoint).is_some_and(|fault| self.faults.has(fault))
            || self.faults.has(Fault::NoAuthOnPrechecks) && request::is_question(request);
        match self.applications.admit(request) {
            Err(_) => return Answer::status(500, "An error has occurred."),
            Ok(admitted) if admitted || unguarded => {}
            Ok(_) => {
                if let Some(body) = request.body.as_deref().filter(|_| self.faults.has(Fault::DeniedCallsCarriedOut)) {
                    self.act(endpoint, request, body);
                }
                return Answer::status(401, "The application is not authorized.");
            }
        }
        if method == "GET" {
            return self.read(endpoint, request);
        }
        if !is_json(request) {
            return Answer::status(415, "The content type must be application/json.");
        }
        match &request.body {
            None => Answer::status(413, "The request is too long."),
            Some(body) => self.act(endpoint, request, body),
        }
    }

    /// What needs no credentials: discovery, and the probe from this machine.
    fn anonymous(&self, endpoint: Endpoint, request: &Request) -> Option<Answer> {
        match endpoint {
            // The same address with an `appId` is the check of a registration,
            // which is not offered.
            Endpoint::Discovery if request.parameter("appId").is_some() => {
                Some(Answer::status(404, "Applications cannot register themselves."))
            }
            Endpoint::Discovery => {
                Some(Answer::ok(&discovery::document(&self.base_url(), &self.routes, self.accounts, self.addons)))
            }
            Endpoint::Probe if request.local => Some(self.probe(request)),
            _ => None,
        }
    }

    /// What the platform reads while it is set up; no partner is needed.
    fn read(&self, endpoint: Endpoint, request: &Request) -> Answer {
        match endpoint {
            Endpoint::Probe => self.probe(request),
            Endpoint::SettingFields => Answer::ok(&settings::fields(self.faults)),
            Endpoint::ProductTypes => Answer::bytes(self.catalogue.bytes()),
            Endpoint::SyncOptions => Answer::ok(&accounts::sync_options(self.faults)),
            _ if self.faults.has(Fault::AdditionalInfoEmptyText) => Answer::ok(&json!("")),
            _ => Answer::ok(&json!({})),
        }
    }

    fn probe(&self, request: &Request) -> Answer {
        let wanted = request.parameter("account");
        Answer::ok(&probe::document(&self.books(), wanted.as_deref()))
    }

    /// What is done for a partner.
    fn act(&self, endpoint: Endpoint, request: &Request, body: &[u8]) -> Answer {
        let (outcome, refused): (_, fn(&Refusal) -> Value) = match endpoint {
            Endpoint::ValidateSettings => (self.tenants.validate(body), answer::plain_refused),
            Endpoint::AccountExists => (self.exists(request, body), answer::plain_refused),
            Endpoint::Synchronize => (self.synchronize(request, body), answer::account_refused),
            Endpoint::DeleteAccount => (self.delete(request, body), answer::plain_refused),
            _ => (self.service(endpoint, request, body), answer::service_refused),
        };
        let (body, refusal) = match outcome {
            Ok(body) => (body, None),
            Err(refusal) if refusal.is_crash() => return Answer::status(500, "An error has occurred."),
            Err(refusal) => (refused(&refusal), Some(refusal)),
        };
        if self.faults.is_empty() || endpoint == Endpoint::ValidateSettings {
            return Answer::ok(&body);
        }
        form::result(endpoint, body, refusal.as_ref(), request, self.faults)
    }

    /// The object that a body must be, unless a fault reads more than there is.
    fn object(&self, body: &[u8]) -> Result<Object, Refusal> {
        if body.is_empty() && self.faults.has(Fault::EmptyBodyCrashes) {
            return crash();
        }
        let read = request::object(body);
        match service_faults::mended(body).filter(|_| read.is_err()) {
            Some(mended) if self.faults.has(Fault::TruncatedBodyCarriedOut) => Ok(mended),
            _ => read,
        }
    }

    fn exists(&self, request: &Request, body: &[u8]) -> Result<Value, Refusal> {
        let tenant = self.tenants.calling(request)?;
        let body = self.object(body)?;
        let mut all = self.books();
        let books = &mut all[tenant];
        let has = |fault| self.faults.has(fault);
        let found = accounts::find(books, &body)?.filter(|_| !has(Fault::ExistsAlwaysAbsent));
        Ok(match found {
            Some(_) if has(Fault::ExistsWithoutResult) => answer::plain(accounts::EXISTS, ""),
            Some(account) => answer::plain(accounts::EXISTS, &account.id),
            None if has(Fault::ExistsFindsStrangers) => answer::plain(accounts::EXISTS, &books.new_id()),
            None => {
                if has(Fault::ExistsCreates)
                    && let Ok(account) = accounts::synchronize(books, &body, self.faults)
                {
                    books.keep_account(account);
                }
                answer::plain(0, "")
            }
        })
    }

    fn synchronize(&self, request: &Request, body: &[u8]) -> Result<Value, Refusal> {
        let tenant = self.tenants.calling(request)?;
        service_faults::need_headers(Endpoint::Synchronize, request, self.faults)?;
        let body = self.object(body)?;
        let mut all = self.books();
        let books = &mut all[tenant];
        let account = accounts::synchronize(books, &body, self.faults)?;
        let again = books.account(&account.id).is_some();
        let silent = self.faults.has(Fault::SynchronizeWithoutResult)
            || again && self.faults.has(Fault::SynchronizeAgainWithoutResult);
        let answer = answer::account(if silent { "" } else { &account.id }, &accounts::extra(&account));
        books.keep_account(account);
        Ok(answer)
    }

    fn delete(&self, request: &Request, body: &[u8]) -> Result<Value, Refusal> {
        let tenant = self.tenants.calling(request)?;
        let body = self.object(body)?;
        let mut all = self.books();
        let books = &mut all[tenant];
        let account = accounts::delete(books, &body, self.faults)?;
        if self.faults.has(Fault::DeleteTakesNamesakes) {
            for other in all.iter_mut() {
                let namesake = other.account_of_platform(&account.platform_id).cloned();
                namesake.into_iter().for_each(|known| other.keep_account(Account { deleted: true, ..known }));
            }
        }
        let books = &mut all[tenant];
        let silent = self.faults.has(Fault::DeleteWithoutResult);
        let answer = answer::plain(0, if silent { "" } else { &account.id });
        books.keep_account(account);
        Ok(answer)
    }

    /// Every subscription and add-on endpoint. A pre-check goes all the way to
    /// the decision and then simply does not keep it.
    fn service(&self, endpoint: Endpoint, request: &Request, raw: &[u8]) -> Result<Value, Refusal> {
        let tenant = self.tenants.calling(request)?;
        let body = match self.object(raw) {
            Err(_) if self.faults.has(Fault::MalformedBodyAccepted) => return Ok(answer::service("", None, false)),
            body => body?,
        };
        service_faults::need_headers(endpoint, request, self.faults)?;
        let mut call = Call::read(endpoint, raw, &body, self.faults)?;
        call.is_blind = request.is_blind;
        let mut all = self.books();
        let books = &mut all[tenant];
        let desk = Desk {
            catalogue: &self.catalogue,
            books,
            accounts: self.accounts,
            addon_result: self.addon_result,
            faults: self.faults,
        };
        let decision = match self.memory.refuses(&call, self.faults) {
            Some(refusal) => Err(refusal),
            None => desk.decide(&call),
        };
        let decision = match decision {
            Ok(decision) => decision,
            Err(refusal) if service_faults::waves_through(&call, &refusal, self.faults) => {
                return Ok(answer::service("", None, false));
            }
            Err(refusal) => {
                if let Some(half) = service_faults::half_made(&desk, &call) {
                    books.keep_subscription(half);
                }
                return Err(self.memory.after_refusal(&call, refusal, self.faults));
            }
        };
        self.memory.after_decision(&call, self.faults);
        let guarded = service_faults::precheck_guard(endpoint).is_none_or(|missing| !self.faults.has(missing));
        if call.check_only && guarded {
            if self.faults.has(Fault::PrecheckReserves) && endpoint == Endpoint::Create {
                let made = decision.changed.into_iter();
                made.for_each(|made| books.keep_subscription(service_faults::reserved(made)));
                return Ok(form::precheck(self.faults));
            }
            if self.faults.has(Fault::PrecheckKeepsAttributes) && endpoint == Endpoint::Update {
                for asked in decision.changed {
                    let held = books.subscription(&asked.id).cloned();
                    let edited = held.map(|held| Subscription { attributes: asked.attributes, ..held });
                    edited.into_iter().for_each(|edited| books.keep_subscription(edited));
                }
            }
            return Ok(form::precheck(self.faults));
        }
        let extra = decision.buyer.as_ref().map(accounts::extra);
        let answer = answer::service(&decision.result, extra.as_ref(), decision.notify);
        if let Some(buyer) = decision.buyer {
            books.keep_account(buyer);
        }
        for subscription in decision.changed {
            books.keep_subscription(subscription);
        }
        Ok(self.memory.still_busy(&call, self.faults).unwrap_or(answer))
    }

    fn books(&self) -> MutexGuard<'_, Vec<Books>> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether the body claims to be JSON, in one of the two names for it.
fn is_json(request: &Request) -> bool {
    let claimed = request.header(header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let media_type = claimed.split(';').next().unwrap_or_default().trim();
    ["application/json", "text/json"].iter().any(|json| media_type.eq_ignore_ascii_case(json))
}

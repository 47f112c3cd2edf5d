//! The service manager without its socket: a request goes in, an answer comes
//! out.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::header;
use serde_json::{Value, json};

use super::answer::{self, Answer};
use super::auth::Applications;
use super::books::Books;
use super::call::Call;
use super::catalogue::Catalogue;
use super::desk::Desk;
use super::options::{AddonResult, Options};
use super::refusal::Refusal;
use super::request::{self, Request};
use super::routes::{Endpoint, Routes};
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
}

impl ServiceManager {
    /// Fails on options that no caller could ever get along with.
    pub(super) fn new(options: &Options, origin: String) -> io::Result<Self> {
        let tenants = Tenants::new(&options.tenants);
        let books = std::iter::repeat_with(Books::default).take(tenants.len()).collect();
        Ok(Self {
            routes: Routes::new(options),
            applications: Applications::new(&options.applications)?,
            tenants,
            catalogue: Catalogue::embedded(options.addons)?,
            origin,
            accounts: options.accounts,
            addons: options.addons,
            addon_result: options.addon_result,
            books: Mutex::new(books),
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
        let method = endpoint.method();
        if request.method != method {
            return Answer {
                allow: Some(if method == "GET" { "GET" } else { "POST" }),
                ..Answer::status(405, "This address does not support the verb.")
            };
        }
        if let Some(answer) = self.anonymous(endpoint, request) {
            return answer;
        }
        if !self.applications.admit(request) {
            return Answer::status(401, "The application is not authorized.");
        }
        if method == "GET" {
            return self.read(endpoint, request);
        }
        if !is_json(request) {
            return Answer::status(415, "The content type must be application/json.");
        }
        match &request.body {
            None => Answer::status(413, "The request is too long."),
            Some(body) if endpoint == Endpoint::ValidateSettings => Answer::ok(&self.tenants.validate(body)),
            Some(body) => Answer::ok(&self.act(endpoint, request, body)),
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
            Endpoint::SettingFields => Answer::ok(&settings::fields()),
            Endpoint::ProductTypes => Answer::bytes(self.catalogue.bytes()),
            Endpoint::SyncOptions => Answer::ok(&accounts::sync_options()),
            _ => Answer::ok(&json!({})),
        }
    }

    fn probe(&self, request: &Request) -> Answer {
        let wanted = request.parameter("account");
        Answer::ok(&probe::document(&self.books(), wanted.as_deref()))
    }

    /// What is done for a partner.
    fn act(&self, endpoint: Endpoint, request: &Request, body: &[u8]) -> Value {
        match endpoint {
            Endpoint::AccountExists => {
                self.exists(request, body).unwrap_or_else(|refusal| answer::plain_refused(&refusal))
            }
            Endpoint::Synchronize => {
                self.synchronize(request, body).unwrap_or_else(|refusal| answer::account_refused(&refusal))
            }
            Endpoint::DeleteAccount => {
                self.delete(request, body).unwrap_or_else(|refusal| answer::plain_refused(&refusal))
            }
            _ => self.service(endpoint, request, body).unwrap_or_else(|refusal| answer::service_refused(&refusal)),
        }
    }

    fn exists(&self, request: &Request, body: &[u8]) -> Result<Value, Refusal> {
        let tenant = self.tenants.calling(request)?;
        let body = request::object(body)?;
        let all = self.books();
        let books = &all[tenant];
        Ok(match accounts::find(books, &body)? {
            Some(account) => answer::plain(accounts::EXISTS, &account.id),
            None => answer::plain(0, ""),
        })
    }

    fn synchronize(&self, request: &Request, body: &[u8]) -> Result<Value, Refusal> {
        let tenant = self.tenants.calling(request)?;
        let body = request::object(body)?;
        let mut all = self.books();
        let books = &mut all[tenant];
        let account = accounts::synchronize(books, &body)?;
        let answer = answer::account(&account.id, &accounts::extra(&account));
        books.keep_account(account);
        Ok(answer)
    }

    fn delete(&self, request: &Request, body: &[u8]) -> Result<Value, Refusal> {
        let tenant = self.tenants.calling(request)?;
        let body = request::object(body)?;
        let mut all = self.books();
        let books = &mut all[tenant];
        let account = accounts::delete(books, &body)?;
        let answer = answer::plain(0, &account.id);
        books.keep_account(account);
        Ok(answer)
    }

    /// Every subscription and add-on endpoint. A pre-check goes all the way to
    /// the decision and then simply does not keep it.
    fn service(&self, endpoint: Endpoint, request: &Request, raw: &[u8]) -> Result<Value, Refusal> {
        let tenant = self.tenants.calling(request)?;
        let body = request::object(raw)?;
        let call = Call::read(endpoint, raw, &body)?;
        let mut all = self.books();
        let books = &mut all[tenant];
        let desk = Desk { catalogue: &self.catalogue, books, accounts: self.accounts, addon_result: self.addon_result };
        let decision = desk.decide(&call)?;
        if call.check_only {
            return Ok(answer::service("", None, false));
        }
        let extra = decision.buyer.as_ref().map(accounts::extra);
        let answer = answer::service(&decision.result, extra.as_ref(), decision.notify);
        if let Some(buyer) = decision.buyer {
            books.keep_account(buyer);
        }
        for subscription in decision.changed {
            books.keep_subscription(subscription);
        }
        Ok(answer)
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

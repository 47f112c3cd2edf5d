//! Which application calls: the check of the two application headers.
//!
//! There is no signature and no clock. The id is a GUID in any spelling, the
//! key travels as the base64 of its UTF-8 bytes and is compared exactly.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::faults::{Fault, Faults};
use super::options::Application;
use super::refusal::{Refusal, crash};
use super::request::Request;

const ID_HEADER: &str = "X-CloudPlatform-ApplicationId";
const KEY_HEADER: &str = "X-CloudPlatform-APIKey";

/// The registered applications.
#[derive(Debug)]
pub(super) struct Applications {
    registered: Vec<Registered>,
    faults: Faults,
}

struct Registered {
    id: u128,
    spelt: String,
    key: Vec<u8>,
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.id)
    }
}

impl Applications {
    /// Fails on an id that no caller could ever present.
    pub(super) fn new(applications: &[Application], faults: Faults) -> io::Result<Self> {
        let known = if faults.has(Fault::OnlyFirstApplication) { 1 } else { applications.len() };
        let registered = applications
            .iter()
            .take(known)
            .map(|application| {
                let id = guid(&application.id).ok_or_else(|| {
                    io::Error::new(
                        io::ErrorKind::InvalidInput,
                        format!("the application id `{}` is not a GUID", application.id),
                    )
                })?;
                Ok(Registered { id, spelt: application.id.clone(), key: application.key.clone().into_bytes() })
            })
            .collect::<io::Result<_>>()?;
        Ok(Self { registered, faults })
    }

    /// Whether the call presents the id and the key of one application.
    pub(super) fn admit(&self, request: &Request) -> Result<bool, Refusal> {
        let (id, key) = (request.header(ID_HEADER), request.header(KEY_HEADER));
        if !self.faults.is_empty()
            && let Some(sloppy) = self.sloppily(id.as_deref(), key.as_deref())?
        {
            return Ok(sloppy);
        }
        Ok(self.knows(id, key))
    }

    fn knows(&self, id: Option<String>, key: Option<String>) -> bool {
        let (Some(id), Some(key)) = (id, key) else {
            return false;
        };
        let Some(id) = guid(&id).filter(|id| *id != 0) else {
            return false;
        };
        let Ok(key) = STANDARD.decode(key) else {
            return false;
        };
        self.registered
            .iter()
            .any(|application| application.id == id && !key.is_empty() && same(&application.key, &key))
    }

    /// What a check with a fault says, where the fault shows.
    fn sloppily(&self, id: Option<&str>, key: Option<&str>) -> Result<Option<bool>, Refusal> {
        let has = |fault| self.faults.has(fault);
        let any_key = |key: &[u8]| self.registered.iter().any(|application| same(&application.key, key));
        let known = |id: &str| {
            let id = guid(id);
            self.registered.iter().find(|application| Some(application.id) == id)
        };
        let decoded = |key: &str| STANDARD.decode(key).ok();
        let (id, key) = match (id, key) {
            (Some(id), Some(key)) => (id, key),
            (None, None) => return Ok(has(Fault::NoCredentialsAccepted).then_some(true)),
            (Some(id), None) => return Ok((has(Fault::NoKeyHeaderAccepted) && known(id).is_some()).then_some(true)),
            (None, Some(key)) => {
                let fits = decoded(key).is_some_and(|key| any_key(&key));
                return Ok((has(Fault::NoIdHeaderAccepted) && fits).then_some(true));
            }
        };
        if has(Fault::BadGuidCrashes) && guid(id).is_none() || has(Fault::BadBase64Crashes) && decoded(key).is_none() {
            return crash();
        }
        if has(Fault::GuidComparedCaseSensitively) && !self.registered.iter().any(|known| known.spelt == id) {
            return Ok(Some(false));
        }
        let application = known(id);
        if has(Fault::EncodedKeyDenied) {
            return Ok(Some(application.is_some_and(|application| same(&application.key, key.as_bytes()))));
        }
        let passes = match (application, decoded(key)) {
            (None, Some(key)) => {
                any_key(&key)
                    && (has(Fault::UnknownApplicationAccepted) || has(Fault::ZeroGuidAccepted) && guid(id) == Some(0))
            }
            (Some(application), key_sent) => {
                let sent = key_sent.unwrap_or_default();
                let prefix = !sent.is_empty() && application.key.starts_with(&sent);
                has(Fault::AnyKeyAccepted) && !sent.is_empty()
                    || has(Fault::EmptyKeyAccepted) && key.is_empty()
                    || has(Fault::KeyPrefixAccepted) && prefix
                    || has(Fault::KeyOfAnotherApplicationAccepted) && any_key(&sent)
                    || has(Fault::RawKeyAccepted) && application.key == key.as_bytes()
                    || has(Fault::KeyComparedCaseInsensitively) && application.key.eq_ignore_ascii_case(&sent)
            }
            (None, None) => false,
        };
        Ok(passes.then_some(true))
    }
}

/// Compares without stopping at the first difference, so that the time taken
/// tells nothing about the key.
pub(super) fn same(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len() && left.iter().zip(right).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// A GUID as 32 digits, or with dashes, the latter also in braces or
/// parentheses; any case.
fn guid(text: &str) -> Option<u128> {
    let text = text.trim();
    let bare =
        [('{', '}'), ('(', ')')].into_iter().find_map(|(open, close)| text.strip_prefix(open)?.strip_suffix(close));
    let dashed = bare.unwrap_or(text);
    let digits = if dashed.len() == 36 {
        let groups: Vec<&str> = dashed.split('-').collect();
        if !groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12]) {
            return None;
        }
        groups.concat()
    } else if bare.is_none() {
        text.to_owned()
    } else {
        return None;
    };
    if digits.len() != 32 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(&digits, 16).ok()
}

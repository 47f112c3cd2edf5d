//! Which application calls: the check of the two application headers.
//!
//! There is no signature and no clock. The id is a GUID in any spelling, the
//! key travels as the base64 of its UTF-8 bytes and is compared exactly.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::options::Application;
use super::request::Request;

const ID_HEADER: &str = "X-CloudPlatform-ApplicationId";
const KEY_HEADER: &str = "X-CloudPlatform-APIKey";

/// The registered applications.
#[derive(Debug)]
pub(super) struct Applications(Vec<Registered>);

struct Registered {
    id: u128,
    key: Vec<u8>,
}

impl std::fmt::Debug for Registered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.id)
    }
}

impl Applications {
    /// Fails on an id that no caller could ever present.
    pub(super) fn new(applications: &[Application]) -> io::Result<Self> {
        applications
            .iter()
            .map(|application| {
                let id = guid(&application.id).ok_or_else(|| {
                    io::Error::new(
                        io::ErrorKind::InvalidInput,
                        format!("the application id `{}` is not a GUID", application.id),
                    )
                })?;
                Ok(Registered { id, key: application.key.clone().into_bytes() })
            })
            .collect::<io::Result<_>>()
            .map(Self)
    }

    /// Whether the call presents the id and the key of one application.
    pub(super) fn admit(&self, request: &Request) -> bool {
        let (Some(id), Some(key)) = (request.header(ID_HEADER), request.header(KEY_HEADER)) else {
            return false;
        };
        let Some(id) = guid(&id).filter(|id| *id != 0) else {
            return false;
        };
        let Ok(key) = STANDARD.decode(key) else {
            return false;
        };
        self.0.iter().any(|application| application.id == id && !key.is_empty() && same(&application.key, &key))
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

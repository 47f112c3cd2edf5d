//! The two static credentials of a call, and the wrong forms of them that a service manager must deny.
//!
//! There is no signature, no clock and no nonce: an application id and the base64 of its key, in two headers.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD as BASE64, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use std::fmt;

/// Header with the application's GUID.
pub const APPLICATION_ID: &str = "X-CloudPlatform-ApplicationId";
/// Header with the base64 of the UTF-8 bytes of the application's key.
pub const API_KEY: &str = "X-CloudPlatform-APIKey";
/// Followed by the id of a setting field: the partner's value of that setting.
pub const SETTING_PREFIX: &str = "X-CloudPlatform-Setting-";
/// Bearer token for the platform's public API, only on endpoints that ask for it.
pub const TOKEN: &str = "X-CloudPlatform-Token";
/// Root of the platform's public API; comes with the token.
pub const BASE_URI: &str = "X-CloudPlatform-BaseUri";
/// Free-text correlation id.
pub const TRACK_ID: &str = "X-CloudPlatform-TrackId";
/// What is saved in the place of a password to see what a service manager says about it.
pub const WRONG_SECRET: &str = "wrong-5e1f7e57-on-purpose";

/// What identifies the installation of the platform to the service manager.
#[derive(Clone, PartialEq, Eq)]
pub struct Application {
    pub id: String,
    pub key: String,
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Application").field("id", &self.id).field("key", &"[secret]").finish()
    }
}

impl Application {
    /// The key as it is sent.
    pub fn encoded_key(&self) -> String {
        BASE64.encode(&self.key)
    }

    /// True where the key is the base64 of some words: it may have been encoded by whoever wrote it down.
    pub fn seems_encoded(&self) -> bool {
        let decoded = [BASE64, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD].map(|base64| base64.decode(&self.key).ok());
        let text = decoded.into_iter().flatten().find_map(|bytes| String::from_utf8(bytes).ok());
        text.is_some_and(|text| !text.is_empty() && text.chars().all(|c| !c.is_control()))
    }
}

macro_rules! forms {
    ($($variant:ident $text:literal $legal:literal $doc:literal;)*) => {
        /// How the credentials of a call are formed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum CredentialForm { $(#[doc = $doc] $variant),* }
        impl CredentialForm {
            /// The words by which scenarios name the forms.
            pub const NAMES: &'static [&'static str] = &[$($text),*];
            /// The form of this name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
            /// The name of this form.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
            /// True for another spelling that must be accepted all the same.
            pub fn is_legal(self) -> bool {
                match self { $(Self::$variant => $legal),* }
            }
        }
    };
}

forms! {
    Normal "normal" true "As the platform sends them.";
    None "none" false "Neither header.";
    IdOnly "id_only" false "No key.";
    KeyOnly "key_only" false "No id.";
    WrongKey "wrong_key" false "The id with another key of the same length.";
    OtherCaseKey "other_case_key" false "The key with the case of its letters changed.";
    KeyPrefix "key_prefix" false "The key without its last character.";
    LongerKey "longer_key" false "The key with more characters behind it.";
    EmptyKey "empty_key" false "The id with an empty key.";
    RawKey "raw_key" false "The key without base64.";
    DoubleEncodedKey "double_encoded_key" false "The key in base64 twice.";
    BrokenBase64 "broken_base64" false "A key that is not base64.";
    UnknownId "unknown_id" false "The key under an id that nobody registered.";
    ZeroId "zero_id" false "The key under the empty GUID.";
    NotAGuid "not_a_guid" false "The key under an id that is not a GUID.";
    OtherKey "other_key" false "The id with the key of the profile's `other` application.";
    Bearer "bearer" false "An Authorization header instead of the two.";
    LowerCaseId "lower_case_id" true "The id in lower case.";
    UpperCaseId "upper_case_id" true "The id in upper case.";
    BracedId "braced_id" true "The id in braces.";
    DashlessId "dashless_id" true "The id without dashes.";
    Other "other" true "The pair of the profile's `other` application.";
}

impl CredentialForm {
    /// The header lines of this form.
    ///
    /// `other` is another application that is registered too; the forms that need it send nothing without one. `reads` is
    /// the spelling that the service manager reads: `Normal`, unless it denies what the platform sends.
    pub fn headers(
        self,
        application: &Application,
        other: Option<&Application>,
        reads: Self,
    ) -> Vec<(&'static str, String)> {
        let both = |id: String, key: String| vec![(APPLICATION_ID, id), (API_KEY, key)];
        let (id, encoded) = reads.spelt(application);
        let key = &application.key;
        let wrong = |key: &str| if reads == Self::RawKey { key.to_owned() } else { BASE64.encode(key) };
        match self {
            Self::Normal => both(id.clone(), encoded),
            Self::None => Vec::new(),
            Self::IdOnly => vec![(APPLICATION_ID, id.clone())],
            Self::KeyOnly => vec![(API_KEY, encoded)],
            Self::WrongKey => both(id.clone(), wrong(&rotated(key))),
            Self::OtherCaseKey => both(id.clone(), wrong(&swapped_case(key))),
            Self::KeyPrefix => both(id.clone(), wrong(shortened(key))),
            Self::LongerKey => both(id.clone(), wrong(&format!("{key}0x"))),
            Self::EmptyKey => both(id.clone(), String::new()),
            Self::RawKey => both(id.clone(), key.clone()),
            Self::DoubleEncodedKey => both(id.clone(), BASE64.encode(application.encoded_key())),
            Self::BrokenBase64 => both(id.clone(), "%%%not-base64%%%".to_owned()),
            Self::UnknownId => both(reads.id("0f0f0f0f-1111-4222-8333-444455556666"), encoded),
            Self::ZeroId => both(reads.id("00000000-0000-0000-0000-000000000000"), encoded),
            Self::NotAGuid => both("not-a-guid".to_owned(), encoded),
            Self::OtherKey => other.map_or_else(Vec::new, |other| both(id.clone(), reads.spelt(other).1)),
            Self::Other => other.map_or_else(Vec::new, |other| Self::Normal.headers(other, None, reads)),
            Self::Bearer => vec![("Authorization", format!("Bearer {encoded}"))],
            Self::LowerCaseId => both(id.to_lowercase(), encoded),
            Self::UpperCaseId => both(id.to_uppercase(), encoded),
            Self::BracedId => both(format!("{{{id}}}"), encoded),
            Self::DashlessId => both(id.replace('-', ""), encoded),
        }
    }

    /// Id and key in this spelling; as the platform sends them where the form is no other spelling of the right ones.
    fn spelt(self, application: &Application) -> (String, String) {
        let key = match self {
            Self::RawKey => application.key.clone(),
            Self::DoubleEncodedKey => BASE64.encode(application.encoded_key()),
            _ => application.encoded_key(),
        };
        (self.id(&application.id), key)
    }

    fn id(self, id: &str) -> String {
        match self {
            Self::LowerCaseId => id.to_lowercase(),
            Self::UpperCaseId => id.to_uppercase(),
            Self::DashlessId => id.replace('-', ""),
            _ => id.to_owned(),
        }
    }

    /// For a spelling that a service manager may read in place of what the platform sends: what it reads, and the number
    /// of the rule that it breaks by denying the other.
    pub fn misread(self) -> Option<(&'static str, u16)> {
        match self {
            Self::LowerCaseId => Some(("the same id in lower case", 8)),
            Self::UpperCaseId => Some(("the same id in upper case", 8)),
            Self::DashlessId => Some(("the same id without dashes", 8)),
            Self::RawKey => Some(("the key without base64", 6)),
            Self::DoubleEncodedKey => Some(("the key in base64 twice", 6)),
            _ => None,
        }
    }

    /// True when this form is the right credentials after all: a key without letters has no other case.
    pub fn is_right(self, application: &Application) -> bool {
        let sent = |form: Self| form.headers(application, None, Self::Normal);
        self.is_legal() || sent(self) == sent(Self::Normal)
    }
}

/// Another key of the same length and alphabet, so that nothing but the comparison itself can notice.
fn rotated(key: &str) -> String {
    let rotate = |c: char| match c {
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from_u32(u32::from(c) + 1).unwrap_or(c),
        'z' => 'a',
        'Z' => 'A',
        '9' => '0',
        other => other,
    };
    let other: String = key.chars().map(rotate).collect();
    if other == key { format!("{key}x") } else { other }
}

/// Without its last character, in case only what was sent is compared.
fn shortened(key: &str) -> &str {
    let mut characters = key.chars();
    characters.next_back();
    characters.as_str()
}

fn swapped_case(key: &str) -> String {
    let swap = |c: char| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() };
    key.chars().map(swap).collect()
}

impl serde::Serialize for CredentialForm {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for CredentialForm {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let name = String::deserialize(deserializer)?;
        Self::parse(&name).ok_or_else(|| D::Error::custom(format!("`{name}` is not a form of credentials")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application() -> Application {
        Application {
            id: "B6708ca0-7CBE-4696-AD64-B465F3C878DC".into(),
            key: "xWzaJ1xZA9BJK6sWzedfKk41DtQBIlpLJsPQEMAu0RQ=".into(),
        }
    }

    #[test]
    fn the_key_is_sent_as_base64_of_its_text() {
        let headers = CredentialForm::Normal.headers(&application(), None, CredentialForm::Normal);
        assert_eq!(headers[0], (APPLICATION_ID, "B6708ca0-7CBE-4696-AD64-B465F3C878DC".to_owned()));
        assert_eq!(headers[1], (API_KEY, "eFd6YUoxeFpBOUJKSzZzV3plZGZLazQxRHRRQklscExKc1BRRU1BdTBSUT0=".to_owned()));
    }

    #[test]
    fn every_form_but_the_normal_one_differs_from_it() {
        let normal = CredentialForm::Normal.headers(&application(), None, CredentialForm::Normal);
        for name in CredentialForm::NAMES.iter().skip(1) {
            let form = CredentialForm::parse(name).unwrap();
            assert_ne!(form.headers(&application(), None, CredentialForm::Normal), normal, "{name}");
            assert_eq!(form.as_str(), *name);
        }
        let digits = Application { id: "x".into(), key: "---".into() };
        let sent = |form: CredentialForm| form.headers(&digits, None, CredentialForm::Normal);
        assert_ne!(sent(CredentialForm::WrongKey), sent(CredentialForm::Normal));
    }

    #[test]
    fn where_another_spelling_is_read_the_wrong_forms_are_wrong_in_it() {
        use CredentialForm::{DoubleEncodedKey, LowerCaseId, Normal, Other, OtherKey, RawKey, UnknownId, WrongKey};
        let (own, other) = (application(), Application { id: "O".into(), key: "other".into() });
        let sent = |form: CredentialForm, reads| form.headers(&own, Some(&other), reads);
        let key = |form, reads| sent(form, reads)[1].1.clone();
        assert_eq!(sent(Normal, RawKey), sent(RawKey, Normal));
        assert_eq!((key(Other, RawKey), key(OtherKey, RawKey)), ("other".to_owned(), "other".to_owned()));
        assert_eq!(key(UnknownId, RawKey), own.key);
        assert_eq!(BASE64.encode(key(WrongKey, RawKey)), key(WrongKey, Normal));
        assert_eq!(key(Normal, DoubleEncodedKey), BASE64.encode(own.encoded_key()));
        assert_eq!(sent(Normal, LowerCaseId)[0].1, own.id.to_lowercase());
        assert!(CredentialForm::NAMES.iter().all(|name| {
            let form = CredentialForm::parse(name).unwrap();
            form.misread().is_none() || sent(Normal, form) == sent(form, Normal)
        }));
    }

    #[test]
    fn a_key_that_was_written_down_encoded_is_recognised() {
        let seems = |key: &str| Application { id: String::new(), key: key.to_owned() }.seems_encoded();
        assert!(seems(&BASE64.encode("Harbour-Key_01")) && seems(&BASE64.encode("Schlüssel")));
        assert!(seems("SGFyYm91ci1LZXlfMDE") && seems("w7w_w7w-"), "without padding, and in the alphabet of URLs");
        for plain in ["", "Harbour-Key_01", "xWzaJ1xZA9BJK6sWzedfKk41DtQBIlpLJsPQEMAu0RQ="] {
            assert!(!seems(plain), "{plain}");
        }
    }

    #[test]
    fn only_what_is_no_wrong_key_is_right() {
        let digits = Application { id: "x".into(), key: "123".into() };
        assert!(CredentialForm::OtherCaseKey.is_right(&digits) && CredentialForm::BracedId.is_right(&digits));
        assert!(!CredentialForm::OtherCaseKey.is_right(&application()) && !CredentialForm::WrongKey.is_right(&digits));
        assert_eq!(CredentialForm::KeyPrefix.headers(&digits, None, CredentialForm::Normal)[1].1, BASE64.encode("12"));
        assert_eq!(
            CredentialForm::LongerKey.headers(&digits, None, CredentialForm::Normal)[1].1,
            BASE64.encode("1230x")
        );
    }

    #[test]
    fn the_key_is_not_in_debug_output() {
        assert!(!format!("{:?}", application()).contains("xWza"));
    }
}

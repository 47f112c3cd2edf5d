//! One step: a business action, how it is sent, and what must come back.

use super::Place;
use crate::{
    contract::{CredentialForm, Expectation, expectation::Demand},
    json::Json,
};
use std::time::Duration;

macro_rules! verbs {
    ($($variant:ident $text:literal;)*) => {
        /// What is done. The key of a step.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Verb { $($variant),* }
        impl Verb {
            /// The words, as they stand in YAML.
            pub const NAMES: &'static [&'static str] = &[$($text),*];
            /// The verb of this name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
            /// Its name.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }
    };
}

verbs! {
    Synchronize "synchronize";
    Buy "buy";
    ChangeQuantity "change_quantity";
    BuyAddon "buy_addon";
    ChangeAddon "change_addon";
    CancelAddon "cancel_addon";
    Upgrade "upgrade";
    Downgrade "downgrade";
    ConvertTrial "convert_trial";
    Suspend "suspend";
    Activate "activate";
    Cancel "cancel";
    Reprovision "reprovision";
    Retry "retry";
    Configure "configure";
    ReadCatalog "read_catalog";
    DeleteAccount "delete_account";
    Call "call";
}

/// A step as it was read; expressions are still text.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Unique in the scenario; the verb, numbered, where the file gives none.
    pub id: String,
    pub verb: Verb,
    /// The arguments as an object; a short form (`change_quantity: 5`) has been spelled out.
    pub args: Json,
    /// `storefront`, `bss` or `api`.
    pub by: String,
    /// How often a pre-check is asked before the real call, where pre-checks are on.
    pub prechecks: Option<u32>,
    /// Merge patch on the bodies of all calls of the step.
    pub send: Option<Json>,
    /// Put exactly so into the bodies of the step's own calls, after `send`.
    pub set: Vec<(Place, Json)>,
    /// Left out of those bodies.
    pub unset: Vec<Place>,
    /// `None` leaves a header out.
    pub headers: Vec<(String, Option<String>)>,
    pub credentials: CredentialForm,
    pub partner: Partner,
    pub flaws: Vec<Flaw>,
    /// What may be the reason if the call is refused: it is sent again with each of these changes, and only then.
    pub suspects: Vec<Flaw>,
    pub expect: Expectation,
    pub proves: Vec<String>,
    /// The step that shows that the same thing is accepted without the flaw.
    pub control: Option<String>,
    /// Variable → JSONPath on the last answer.
    pub capture: Vec<(String, String)>,
    pub vendor: Vec<Demand>,
    pub snapshot: bool,
    pub until: Option<Until>,
    pub network: Option<Network>,
    /// Variables of the fragments that the step stands in, the outermost first.
    pub scope: Vec<(String, Json)>,
    /// Line in the file, counted from 1.
    pub line: u32,
}

impl Step {
    /// The rules that the step names, and those that its flaws and suspects name.
    pub fn everything_proven(&self) -> impl Iterator<Item = &String> {
        self.proves.iter().chain(self.flaws.iter().chain(&self.suspects).flat_map(|flaw| &flaw.proves))
    }
}

/// One change of a request: what is wrong about it, or what is left out to find why it was refused.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Flaw {
    /// What findings call it.
    pub name: String,
    /// The rules that it proves, instead of those of its step; empty for those of its step.
    pub proves: Vec<String>,
    pub credentials: Option<CredentialForm>,
    pub partner: Option<Partner>,
    pub send: Option<Json>,
    pub set: Vec<(Place, Json)>,
    pub unset: Vec<Place>,
    pub headers: Vec<(String, Option<String>)>,
    /// Sent instead of the JSON body.
    pub raw: Option<String>,
    /// So many characters are missing at the end of the JSON body.
    pub cut: Option<usize>,
    /// Another HTTP method.
    pub method: Option<String>,
}

/// Whose settings a call carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Partner {
    /// The profile's own.
    #[default]
    Own,
    /// Those of the profile's `other` partner.
    Other,
    /// Nobody's: the call carries no settings.
    Nobody,
}

impl Partner {
    /// The words, as they stand in YAML.
    pub const NAMES: &'static [&'static str] = &["own", "other", "nobody"];

    /// The one of this name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "own" => Some(Self::Own),
            "other" => Some(Self::Other),
            "nobody" => Some(Self::Nobody),
            _ => None,
        }
    }
}

/// What a network and its impatient clients do to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// The identical call again, after its answer.
    Repeat,
    /// The identical call so many times at once.
    Concurrent(u32),
    /// So many customers at once.
    Customers(u32),
}

/// The step's call is repeated until the answer is so.
#[derive(Debug, Clone, PartialEq)]
pub struct Until {
    pub answer: Vec<Demand>,
    pub every: Duration,
    pub at_most: Duration,
}

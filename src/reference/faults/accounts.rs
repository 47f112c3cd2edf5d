//! Accounts.

use super::{Fault as F, Spec, answers, legal, vendor_side};

pub(super) const SPECS: &[Spec] = &[
    vendor_side(F::ExistsCreates, "exists-creates", &[39], "Accounts/Exists makes the account that it is asked about."),
    answers(F::ExistsAlwaysAbsent, "exists-always-absent", &[40], "Accounts/Exists never finds anybody."),
    answers(
        F::ExistsWithoutResult,
        "exists-without-result",
        &[40],
        "Accounts/Exists finds the account, but does not say which it is.",
    ),
    answers(F::ExistsFindsStrangers, "exists-finds-strangers", &[40], "Accounts/Exists finds everybody."),
    answers(
        F::SynchronizeWithoutResult,
        "synchronize-without-result",
        &[41],
        "Accounts/Synchronize answers no Result.",
    ),
    answers(
        F::ExternalIdRefusedOnCreate,
        "external-id-refused-on-create",
        &[42],
        "A create is refused although it names the account by the id that Synchronize answered.",
    ),
    answers(
        F::ExternalIdRefusedLater,
        "external-id-refused-later",
        &[42],
        "Calls after the create are refused when they name the account by the id that Synchronize answered.",
    ),
    vendor_side(
        F::SynchronizeMakesSecondAccount,
        "synchronize-makes-second-account",
        &[43],
        "Synchronizing an account again makes another one.",
    ),
    answers(
        F::SynchronizeAgainRefused,
        "synchronize-again-refused",
        &[43],
        "Synchronizing an account again is an error.",
    ),
    answers(
        F::SynchronizeAgainWithoutResult,
        "synchronize-again-without-result",
        &[43],
        "Synchronizing an account again answers no Result.",
    ),
    answers(
        F::MissingOptionCrashes,
        "missing-option-crashes",
        &[44],
        "A missing sync option ends in an unhandled exception.",
    ),
    answers(
        F::MissingOptionIgnored,
        "missing-option-ignored",
        &[44],
        "An account without a required sync option is made all the same.",
    ),
    answers(
        F::UsernameNotAnnounced,
        "username-not-announced",
        &[37],
        "The user name that an account needs is no sync option.",
    ),
    answers(F::DirectCustomerRefused, "direct-customer-refused", &[46], "A customer without a reseller is refused."),
    answers(
        F::ExtraDetailsCrashLater,
        "extra-details-crash-later",
        &[47],
        "A call after the create that brings the extra details back ends in an unhandled exception.",
    ),
    answers(
        F::DeleteWithoutResult,
        "delete-without-result",
        &[48],
        "Accounts/Delete does not say which account it deleted.",
    ),
    answers(
        F::DeleteAgainCrashes,
        "delete-again-crashes",
        &[48],
        "Deleting an account again ends in an unhandled exception.",
    ),
    answers(
        F::DeleteTakesNamesakes,
        "delete-takes-namesakes",
        &[118],
        "Deleting an account deletes the accounts of all partners that have the platform's id of it.",
    ),
    answers(F::DeleteRefused, "delete-refused", &[48], "Accounts/Delete is an error although nothing runs any more."),
    vendor_side(
        F::InvisibleCharactersKept,
        "invisible-characters-kept",
        &[113],
        "Invisible characters of an e-mail address are kept.",
    ),
    vendor_side(
        F::InvisibleCharactersKeptOfTheContact,
        "invisible-characters-kept-of-the-contact",
        &[113],
        "Invisible characters are removed from the account's e-mail address, and kept in its contact's.",
    ),
    answers(
        F::InvisibleCharactersCrash,
        "invisible-characters-crash",
        &[113],
        "Invisible characters of an e-mail address end in an unhandled exception.",
    ),
    // What is left of a customer at the vendor is nowhere settled: bills are kept for years.
    legal(
        F::DeleteDeletesNothing,
        "delete-deletes-nothing",
        "Accounts/Delete answers as it should, and the vendor keeps the account.",
    ),
];

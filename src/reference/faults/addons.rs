//! Add-ons and resources.

use super::{Fault as F, Setting, Spec, answers, vendor_side};

pub(super) const SPECS: &[Spec] = &[
    vendor_side(
        F::AddonCallResizesParent,
        "addon-call-resizes-parent",
        &[87],
        "The subscription gets the quantity of the add-on.",
    ),
    vendor_side(
        F::AddonCreateProvisionsParentAgain,
        "addon-create-provisions-parent-again",
        &[87],
        "An add-on call provisions the subscription once more.",
    ),
    vendor_side(
        F::AddonCancelCancelsParent,
        "addon-cancel-cancels-parent",
        &[87],
        "Cancelling an add-on cancels its subscription.",
    ),
    vendor_side(
        F::AddonCreateProvisionsAll,
        "addon-create-provisions-all",
        &[88],
        "Creating an add-on provisions all listed ones.",
    ),
    vendor_side(
        F::AddonUpdateResizesAll,
        "addon-update-resizes-all",
        &[88],
        "Updating an add-on gives its quantity to all listed ones.",
    ),
    vendor_side(
        F::AddonCancelCancelsAll,
        "addon-cancel-cancels-all",
        &[88],
        "Cancelling an add-on cancels all listed ones.",
    ),
    vendor_side(
        F::AddonBatchFirstOnly,
        "addon-batch-first-only",
        &[89],
        "Of several ordered add-ons only the first is made.",
    )
    .under(Setting::Documents),
    vendor_side(
        F::AddonUpdateFirstOnly,
        "addon-update-first-only",
        &[89],
        "Of several updated add-ons only the first is changed.",
    )
    .under(Setting::Documents),
    vendor_side(
        F::AddonCancelFirstOnly,
        "addon-cancel-first-only",
        &[89],
        "Of several cancelled add-ons only the first ends.",
    )
    .under(Setting::Documents),
    vendor_side(
        F::AddonQuantityAsDelta,
        "addon-quantity-as-delta",
        &[90],
        "The quantity of an add-on is added to what is there.",
    ),
    answers(
        F::AddonOnUnknownParentAccepted,
        "addon-on-unknown-parent-accepted",
        &[91],
        "An add-on call on an unknown subscription is content and does nothing.",
    ),
    answers(
        F::AddonOnUnknownParentCrashes,
        "addon-on-unknown-parent-crashes",
        &[91],
        "An add-on call on an unknown subscription ends in an unhandled exception.",
    ),
    answers(F::AddonCreateWithoutResult, "addon-create-without-result", &[92], "Creating an add-on answers no Result."),
    answers(
        F::AddonIdNotAcceptedLater,
        "addon-id-not-accepted-later",
        &[93],
        "Creating an add-on answers an id that no later call knows.",
    ),
    answers(
        F::NoChosenAddonCrashes,
        "no-chosen-addon-crashes",
        &[94],
        "An add-on call that is about no add-on ends in an unhandled exception.",
    ),
    vendor_side(
        F::NoChosenAddonCancelsAll,
        "no-chosen-addon-cancels-all",
        &[94],
        "A cancel that is about no add-on ends all of them.",
    ),
    vendor_side(
        F::CancelOneOfTwoTakesBoth,
        "cancel-one-of-two-takes-both",
        &[95],
        "Cancelling an add-on cancels all of its product.",
    ),
    answers(
        F::AddonCancelAgainCrashes,
        "addon-cancel-again-crashes",
        &[61],
        "Cancelling an add-on again ends in an unhandled exception.",
    ),
    vendor_side(
        F::CancelEndsTheFirstAddonOnly,
        "cancel-ends-the-first-addon-only",
        &[96],
        "Cancelling a subscription ends the first of its add-ons and leaves the others running.",
    ),
    vendor_side(
        F::CancelLeavesAddons,
        "cancel-leaves-addons",
        &[96],
        "Cancelling a subscription leaves its add-ons running.",
    ),
    vendor_side(
        F::RepeatAddonDuplicates,
        "repeat-addon-duplicates",
        &[97],
        "An add-on order that comes again makes another add-on.",
    ),
    vendor_side(
        F::LinkedAttributeNotScaled,
        "linked-attribute-not-scaled",
        &[98],
        "An amount for each seat is counted once.",
    ),
    vendor_side(
        F::AddonLinksIgnored,
        "addon-links-ignored",
        &[98],
        "An amount for each piece of an add-on is counted once.",
    ),
    vendor_side(
        F::UnlinkedAttributeScaled,
        "unlinked-attribute-scaled",
        &[98],
        "An amount for the whole subscription is counted for each seat.",
    ),
    vendor_side(
        F::SwitchOfSubscriptionOnly,
        "switch-of-subscription-only",
        &[99],
        "A switch that an add-on turns on stays off.",
    ),
    vendor_side(
        F::SwitchNeedsAll,
        "switch-needs-all",
        &[99],
        "A switch is on only if the subscription and all add-ons have it on.",
    ),
    vendor_side(
        F::SwitchOfTheLast,
        "switch-of-the-last",
        &[99],
        "A switch is as the last add-on that has it says, whatever the subscription says.",
    ),
    vendor_side(F::SwitchOneIsOff, "switch-one-is-off", &[99], "A switch that comes as 1 is taken for off."),
    vendor_side(
        F::ResourcesIncremented,
        "resources-incremented",
        &[100],
        "Each call adds its amounts to those that are there.",
    ),
    vendor_side(
        F::UpdateKeepsOldAttributes,
        "update-keeps-old-attributes",
        &[100],
        "An update takes the quantity only and passes the attributes over.",
    ),
    vendor_side(F::AddonAmountsIgnored, "addon-amounts-ignored", &[100], "What add-ons bring is not counted."),
    vendor_side(
        F::ResourcesSetOnce,
        "resources-set-once",
        &[100, 98],
        "Amounts are set when a subscription is made, and never again.",
    ),
    vendor_side(
        F::AddonCancelKeepsAmounts,
        "addon-cancel-keeps-amounts",
        &[101],
        "The amounts of a cancelled add-on stay.",
    ),
    vendor_side(
        F::AddonCancelKeepsSwitch,
        "addon-cancel-keeps-switch",
        &[101],
        "The switch of a cancelled add-on stays on.",
    ),
    answers(
        F::NonNumericValueCrashes,
        "non-numeric-value-crashes",
        &[102],
        "A value that is no number ends in an unhandled exception.",
    ),
    answers(F::NonNumericValueAsZero, "non-numeric-value-as-zero", &[102], "A value that is no number counts as zero."),
];

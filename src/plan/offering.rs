//! What the target answered before the first scenario, and which features follow from it.

use super::select;
use crate::{
    contract::{
        Catalogue,
        catalogue::{Product, ProductType},
        dialect::{AddonBatch, AddonPath, ModelLevel, SubscriptionId},
        sync_options::SyncOption,
    },
    json::Json,
    profile::{PrecheckChoice, Profile},
    scenario::{Feature, Scenario, Step, Verb},
};
use std::sync::Arc;

/// What a target offers.
#[derive(Debug, Clone)]
pub struct Offering {
    pub catalogue: Arc<Catalogue>,
    pub sync_options: Arc<Vec<SyncOption>>,
    /// The accounts section is there.
    pub accounts: bool,
    /// Accounts/Exists is there.
    pub exists: bool,
    /// Fields/Get announces a required field.
    pub required_settings: bool,
    /// One of the required fields hides what is typed.
    pub required_secret: bool,
    /// Required fields for which the profile has no value.
    pub missing_settings: Vec<String>,
    /// Which of the two add-on paths exists, where the profile leaves it open.
    pub addon_path: Option<AddonPath>,
}

impl Offering {
    /// Whether a scenario applies.
    ///
    /// # Errors
    /// Why it does not.
    pub fn allows(&self, profile: &Profile, scenario: &Scenario) -> Result<(), String> {
        scenario.needs.iter().try_for_each(|feature| self.has(profile, *feature))?;
        // Settings that are not complete may rightly be refused.
        let saves = |step: &Step| {
            let validates = step.args.member("validate").and_then(Json::as_bool) != Some(false);
            step.verb == Verb::Configure && validates && step.args.member("values").is_none()
        };
        match (self.missing_settings.first(), scenario.built_in && scenario.steps.iter().any(saves)) {
            (Some(id), true) => Err(format!("the profile gives no value for the required setting `{id}`")),
            _ => Ok(()),
        }
    }

    fn has(&self, profile: &Profile, feature: Feature) -> Result<(), String> {
        if let Some(declared) = profile.features.get(feature.as_str()) {
            return match declared {
                true => Ok(()),
                false => Err(format!("the profile declares `{}: false`", feature.as_str())),
            };
        }
        let (has, reason) = match feature {
            Feature::Accounts => (self.accounts, "the target has no accounts section"),
            Feature::AccountDelete => (self.accounts, "the target has no accounts section"),
            Feature::Addons => (self.any(|t, p| t.addons_for(&p.id).next().is_some()), "the catalogue sells no add-on"),
            Feature::Upgrade => {
                (self.any(|t, p| t.upgrade_of(&p.id).is_some()), "the catalogue relates no product as an upgrade")
            }
            Feature::Trial => (self.any(|_, p| p.trial), "the catalogue has no trial"),
            // Whether it is there is seen when it is called.
            Feature::Suspend => (true, ""),
            Feature::Precheck => (profile.precheck != PrecheckChoice::None, "the profile says `precheck: none`"),
            Feature::SeatsLimit => (profile.seats_limit.is_some(), "the profile names no `seats_limit`"),
            Feature::RequiredSettings => (self.required_settings, "Fields/Get announces no required field"),
            Feature::RequiredSecret => {
                (self.required_secret, "Fields/Get announces no required field of the kind PasswordText")
            }
            Feature::RequiredSyncOption => {
                let asked = self.sync_options.iter().any(|option| option.required && !option.read_only);
                (asked, "Accounts/SyncOptions announces no required option")
            }
            Feature::OtherType => (self.sells_several_types(profile), "the catalogue sells one product type only"),
            Feature::Settings => (!profile.settings.is_empty(), "the profile has no `settings`"),
            Feature::SubscriptionId => (
                profile.dialect.create_subscription_id == SubscriptionId::Send,
                "the dialect omits SubscriptionID when a subscription is created",
            ),
            Feature::AddonBatch => {
                (profile.dialect.addon_batch == AddonBatch::All, "the dialect orders each add-on in a call of its own")
            }
            Feature::Model12 => {
                (profile.dialect.model_level == ModelLevel::V1_2, "the dialect has the members of model level 1.0 only")
            }
            Feature::OtherApplication => (
                profile.other.as_ref().is_some_and(|other| other.application.is_some()),
                "the profile names no `other: { application: … }`",
            ),
            Feature::OtherPartner => (
                profile.other.as_ref().is_some_and(|other| !other.settings.is_empty()),
                "the profile gives no `other: { settings: … }`",
            ),
            Feature::Probe => (profile.probe.is_some(), "the profile has no `probe`"),
        };
        if has { Ok(()) } else { Err(reason.to_owned()) }
    }

    fn sells_several_types(&self, profile: &Profile) -> bool {
        let types = select::candidates(profile, &self.catalogue);
        types.iter().any(|(product_type, _)| product_type.id != types[0].0.id)
    }

    fn any(&self, wanted: impl Fn(&ProductType, &Product) -> bool) -> bool {
        self.catalogue.types.iter().any(|t| t.products.iter().any(|p| wanted(t, p)))
    }
}

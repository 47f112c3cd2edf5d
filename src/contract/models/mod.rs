//! The models of the contract, member by member, in the order in which the platform writes them.

mod offer;
mod reports;
mod requests;

use super::{
    dialect::ModelLevel::{V1_0, V1_2},
    model::{
        Kind, Member, Model,
        Need::{Optional, Required},
    },
};

const fn must(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, need: Required, since: V1_0 }
}
const fn may(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, need: Optional, since: V1_0 }
}
const fn newer(name: &'static str, kind: Kind) -> Member {
    Member { name, kind, need: Optional, since: V1_2 }
}

/// The model of this name.
pub fn by_name(name: &str) -> Option<&'static Model> {
    all().find(|model| model.name == name)
}

/// Every model.
fn all() -> impl Iterator<Item = &'static Model> {
    [requests::MODELS, offer::MODELS, reports::MODELS].into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        contract::model::Kind::{self, Keyed, List, Object},
        json::parse,
    };

    fn named(kind: &Kind) -> Option<&'static str> {
        match kind {
            Object(name) | Keyed(name) => Some(name),
            List(item) => named(item),
            _ => None,
        }
    }

    #[test]
    fn models_refer_to_models_that_exist_and_members_are_unique() {
        for model in all() {
            for (index, member) in model.members.iter().enumerate() {
                let name = named(&member.kind).unwrap_or(model.name);
                assert!(by_name(name).is_some(), "{}.{}: {name}", model.name, member.name);
                assert!(!model.members[..index].iter().any(|m| m.name.eq_ignore_ascii_case(member.name)));
            }
        }
    }

    /// Answers of a service manager built on the vendor's SDK: nothing is lost by reading them, and all fit their models.
    #[test]
    fn every_sample_is_read_without_loss_and_fits_its_model() {
        use crate::contract::Endpoint;
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/samples");
        let mut read = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            let text = crate::json::without_mark(text.trim());
            let body = parse(text.as_bytes()).unwrap();
            assert_eq!(body.to_compact(), text, "{}", path.display());
            let stem = path.file_stem().unwrap().to_str().unwrap();
            let stem = stem.trim_end_matches("-CheckOnly-true").trim_end_matches("-rejected");
            let endpoint = Endpoint::by_name(&stem.replace('-', "/")).unwrap();
            if let Some(model) = by_name(endpoint.spec().response) {
                assert_eq!(model.misfits(&body), [], "{}", path.display());
            }
            read += 1;
        }
        assert_eq!(read, 20);
    }

    #[test]
    fn misfits_are_named_with_place_and_type() {
        let answer = parse(br#"{"code":"0","SendNotification":"no","ExtraInfo":{"a":1},"Unknown":[]}"#).unwrap();
        let misfits = by_name("ServiceResultDefinition").unwrap().misfits(&answer);
        let lines: Vec<_> = misfits.iter().map(|m| format!("{}: {}, found {}", m.path, m.expected, m.found)).collect();
        assert_eq!(
            lines,
            [
                "$.SendNotification: true or false, found \"no\" (string)",
                "$.ExtraInfo: an object of text values, found {\"a\":1} (object)",
                "$.Code: a whole number, found \"0\" (string)",
            ]
        );
    }

    #[test]
    fn an_enumeration_is_read_from_name_number_or_digits() {
        use crate::contract::{choices::SCOPE, model::choice};
        for text in ["\"both\"", "2", "\"2\""] {
            assert_eq!(choice(&parse(text.as_bytes()).unwrap(), SCOPE), Some("Both"));
        }
        assert_eq!(choice(&parse(b"9").unwrap(), SCOPE), None);
        assert_eq!(choice(&parse(b"null").unwrap(), SCOPE), None);
    }
}

//! A customer of its own for each scenario, derived from the seed of the run.

use super::Seed;
use crate::{
    bss::{Customer, Person},
    json::{Json, Object},
    profile::Profile,
};
use std::collections::HashSet;
use uuid::Uuid;

/// Made-up people. Names that a service manager must be able to store, nothing more.
const FIRST_NAMES: &[&str] = &["Ann", "Ben", "Chloe", "Dimitris", "Eva", "Filip", "Greta", "Hugo"];
const LAST_NAMES: &[&str] = &["Ashford", "Brandt", "Costa", "Dahl", "Ekman", "Fischer", "Galanis", "Horvat"];

/// The platform's account id of a scenario: a 32-bit number that depends on seed and key alone, so that a scenario that
/// is played by itself has the same customer as in the whole suite. `taken` keeps two scenarios of a run apart.
pub fn number(seed: Seed, key: &str, taken: &mut HashSet<i64>) -> i64 {
    let own = Uuid::new_v5(&seed.0, format!("number of {key}").as_bytes());
    let bytes = own.as_bytes();
    let mut number =
        1_000_000 + i64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) % 1_500_000_000);
    while !taken.insert(number) {
        number += 1;
    }
    number
}

/// The customer of a scenario: the same for the same seed and key, never the same for two scenarios of a run.
pub fn customer(profile: &Profile, seed: Seed, number: i64, key: &str) -> Customer {
    let own = Uuid::new_v5(&seed.0, format!("customer of {key}").as_bytes());
    let bytes = own.as_bytes();
    let tag = own.simple().to_string()[..8].to_owned();
    let pick = |names: &[&str], byte: u8| names[usize::from(byte) % names.len()].to_owned();
    let (first, last) = (pick(FIRST_NAMES, bytes[4]), pick(LAST_NAMES, bytes[5]));
    let domain = &profile.customer.email_domain;
    let contact_email = format!("{}.{}.{tag}@{domain}", first.to_lowercase(), last.to_lowercase());
    Customer {
        id: number.to_string(),
        external_id: String::new(),
        name: format!("Mock {last} {tag}"),
        code: format!("MOCK{}", tag.to_uppercase()),
        email: format!("it.{tag}@{domain}"),
        contact_id: (number + 500_000_000).to_string(),
        contact: Person::new(0, &first, &last, &contact_email),
        address: address(profile),
        is_test: profile.customer.is_test,
        sync_options: Vec::new(),
        extra_details: Object::new(),
        shopper: Person::new(4, &first, &last, &contact_email),
        operator: Person::new(2, "Olga", "Fox", "olga.fox@bss.example"),
    }
}

fn address(profile: &Profile) -> Json {
    let data = &profile.customer;
    let named = |code: &str, name: &str| {
        let members = [("Code", code), ("Name", name)];
        Json::Object(members.into_iter().collect())
    };
    let mut address = Object::new();
    address.push("Address1", "1 Sample Street");
    address.push("Address2", "");
    address.push("City", data.city.as_str());
    address.push("PostCode", data.post_code.as_str());
    address.push("State", named("", ""));
    address.push("Country", named(&data.country, &data.country_name));
    address.into()
}

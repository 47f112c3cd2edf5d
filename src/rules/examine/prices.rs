//! Prices and trials in the catalogue.

use super::{
    Breach, OfAnswer, Seen,
    catalogue::{Sold, catalogue, id_of, sold},
    list, shown, text,
};
use crate::{
    contract::{choices::BILLING_CYCLE, model::choice},
    json::{Json, Number},
};

pub(super) const OF_ANSWERS: &[OfAnswer] =
    &[OfAnswer { rule: 33, examine: plausible_prices }, OfAnswer { rule: 34, examine: coherent_trials }];

/// The currency codes of ISO 4217, and those that were withdrawn so lately that prices may still name them.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN \
    BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP \
    GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD \
    KZT LAK LBP LKR LRD LSL LTL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD \
    OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS SRD SSP STN SVC SYP SZL \
    THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XAG XAU XCD XCG XDR XOF \
    XPD XPF XPT XSU XUA YER ZAR ZMW ZWG ZWL";

/// a price names an ISO currency, is not negative, and belongs to a cycle that the product is billed by.
///
/// Prices may be missing; a currency may be in lower case; a price may be digits in a text; a product that lists no cycles
/// is taken to be billed by any.
fn plausible_prices(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let mut breaches = None;
    for (of_type, product_type) in list(catalogue(seen)?, "ProductTypes").iter().enumerate() {
        for Sold { item, at } in sold(of_type, product_type) {
            let cycles = list(item, "UnitBillingCycles");
            for (index, price) in list(item, "Prices").iter().enumerate() {
                let breaches = breaches.get_or_insert_with(Vec::new);
                let currency = text(price, "Currency").unwrap_or_default();
                let known = |currency: &str| CURRENCIES.split(' ').any(|code| code.eq_ignore_ascii_case(currency));
                if !known(currency) {
                    breaches.push(
                        Breach::new(format!("a price of {} is in no currency of ISO 4217", id_of(item)))
                            .at(format!("{at}.Prices[{index}].Currency"))
                            .instead("a code such as EUR", shown(price.member("Currency"))),
                    );
                }
                for (place, unit) in list(price, "Units").iter().enumerate() {
                    for name in ["Price", "Cost"] {
                        let amount = unit.member(name).filter(|amount| !amount.is_null());
                        if let Some(amount) = amount.filter(|amount| !is_price(amount)) {
                            breaches.push(
                                Breach::new(format!(
                                    "a {} of {} is no amount of money",
                                    name.to_lowercase(),
                                    id_of(item)
                                ))
                                .at(format!("{at}.Prices[{index}].Units[{place}].{name}"))
                                .instead("a decimal that is not negative", shown(Some(amount))),
                            );
                        }
                    }
                    let cycle = unit.member("BillingCycle").and_then(|cycle| choice(cycle, BILLING_CYCLE));
                    let offered = |cycle| cycles.iter().any(|other| choice(other, BILLING_CYCLE) == Some(cycle));
                    if let Some(cycle) = cycle.filter(|cycle| !cycles.is_empty() && !offered(cycle)) {
                        breaches.push(
                            Breach::new(format!("{} has a price for a cycle that it is not billed by", id_of(item)))
                                .at(format!("{at}.Prices[{index}].Units[{place}].BillingCycle"))
                                .instead("a cycle of UnitBillingCycles", cycle),
                        );
                    }
                }
            }
        }
    }
    breaches
}

fn is_price(amount: &Json) -> bool {
    let number = match amount {
        Json::Number(number) => Some(number.clone()),
        Json::String(text) => Number::parse(text.trim()),
        _ => None,
    };
    let zero = Number::from(0);
    number.is_some_and(|number| number.compare(&zero).is_some_and(std::cmp::Ordering::is_ge))
}

/// a trial that is offered has a length. Its unit may be left to the default, which is days.
fn coherent_trials(seen: &Seen<'_>) -> Option<Vec<Breach>> {
    let mut breaches = None;
    for (of_type, product_type) in list(catalogue(seen)?, "ProductTypes").iter().enumerate() {
        for Sold { item, at } in sold(of_type, product_type) {
            if item.member("TrialEnabled").and_then(Json::as_bool) != Some(true) {
                continue;
            }
            let breaches = breaches.get_or_insert_with(Vec::new);
            let duration = text(item, "TrialDuration").and_then(|text| text.trim().parse::<i64>().ok());
            if duration.is_none_or(|duration| duration <= 0) {
                breaches.push(
                    Breach::new(format!("{} offers a trial without a duration", id_of(item)))
                        .at(format!("{at}.TrialDuration"))
                        .instead("a whole number above 0", shown(item.member("TrialDuration"))),
                );
            }
        }
    }
    breaches
}

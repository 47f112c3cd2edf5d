//! The modifier `network`: a call that comes twice, or many that come at once.

use super::{Step, Verb, step::Network};
use crate::{
    contract::Expectation,
    yaml::{Node, shape::Checker},
};

/// How many calls may be sent at once.
const AT_ONCE: std::ops::RangeInclusive<u32> = 2..=32;

/// The modifier as it stands in the file; its shape has been checked.
pub(super) fn read(node: &Node) -> Option<Network> {
    let count = |name: &str| node.get(name).and_then(Node::whole).and_then(|count| u32::try_from(count).ok());
    match (node.text(), count("concurrent"), count("customers")) {
        (Some("repeat"), ..) => Some(Network::Repeat),
        (_, Some(count), _) => Some(Network::Concurrent(count)),
        (_, _, Some(count)) => Some(Network::Customers(count)),
        _ => None,
    }
}

/// What cannot be repeated or done at once.
pub(super) fn lint(node: &Node, step: &Step, checker: &mut Checker) {
    let Some(network) = node.get("network") else { return };
    let place = &network.span;
    if network.get("concurrent").is_some() && network.get("customers").is_some() {
        checker.error(place, "either `concurrent` or `customers`", "both").help("make two scenarios of it");
        return;
    }
    match step.network {
        None if network.entries().is_empty() && network.text().is_none() => {
            checker
                .error(place, "`network` says nothing", "empty")
                .help("`repeat`, `{ concurrent: 4 }` or `{ customers: 4 }`");
        }
        Some(Network::Concurrent(count) | Network::Customers(count)) if !AT_ONCE.contains(&count) => {
            checker.error(place, format!("{count} calls at once"), "out of range").help(format!(
                "from {} to {}",
                AT_ONCE.start(),
                AT_ONCE.end()
            ));
        }
        Some(Network::Customers(_)) if !has_customers(step.verb) => {
            checker
                .error(place, format!("`customers` cannot be used with `{}`", step.verb.as_str()), "not with this verb")
                .help("`{ concurrent: n }` sends the identical call n times at once");
        }
        Some(_) if step.expect != Expectation::Accepted || !step.flaws.is_empty() || !step.suspects.is_empty() => {
            checker
                .error(place, "`network` needs a call that is accepted", "this one is not")
                .help("leave out `expect`, `flaws` and `suspects`");
        }
        Some(_) if matches!(step.verb, Verb::Configure | Verb::ReadCatalog) => {
            checker
                .error(place, format!("`network` cannot be used with `{}`", step.verb.as_str()), "it only reads")
                .help("name the step twice to read twice");
        }
        _ => {}
    }
}

/// What several customers can do at once: buy, and whatever is done with a subscription.
fn has_customers(verb: Verb) -> bool {
    use Verb::{
        Activate, Buy, BuyAddon, Cancel, CancelAddon, ChangeAddon, ChangeQuantity, ConvertTrial, Downgrade, Suspend,
        Upgrade,
    };
    let changes = matches!(verb, ChangeQuantity | BuyAddon | ChangeAddon | CancelAddon);
    changes || matches!(verb, Buy | Upgrade | Downgrade | ConvertTrial | Suspend | Activate | Cancel)
}

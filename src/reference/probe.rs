//! The probe document: what the vendor side holds, for tests to look at.
//!
//! The protocol has no read calls, so most effects of a call can only be seen
//! here. It is the vendor's own view, of all tenants at once; only callers on the
//! same machine get it without credentials.

use serde_json::{Map, Value, json};

use super::books::{Account, Books, Status, Subscription};

/// The document, narrowed to an account if one is wanted, by our id or by the
/// platform's. An account that nobody has gives empty lists.
pub(super) fn document(books: &[Books], wanted: Option<&str>) -> Value {
    let mut accounts = Vec::new();
    let mut subscriptions = Vec::new();
    for books in books {
        match wanted {
            None => {
                accounts.extend(books.accounts().iter().filter_map(account));
                subscriptions.extend(books.subscriptions().iter().map(subscription));
            }
            Some(id) => {
                let found = books.account(id).or_else(|| books.account_of_platform(id));
                if let Some(found) = found {
                    accounts.extend(account(found));
                    subscriptions.extend(books.subscriptions_of(&found.id).map(subscription));
                }
            }
        }
    }
    json!({ "accounts": accounts, "subscriptions": subscriptions })
}

/// `None` for a deleted account: the vendor has forgotten it.
fn account(account: &Account) -> Option<Value> {
    (!account.deleted).then(|| {
        json!({
            "id": account.id,
            "bss": account.platform_id,
            "email": account.email,
            "contact_email": account.contact_email,
            "reseller": account.reseller,
        })
    })
}

fn subscription(subscription: &Subscription) -> Value {
    let addons: Vec<Value> = subscription
        .addons
        .iter()
        .map(|addon| {
            json!({
                "id": addon.id,
                "product": addon.product,
                "quantity": addon.quantity,
                "status": if addon.active { "active" } else { "cancelled" },
            })
        })
        .collect();
    let resources: Map<String, Value> =
        subscription.resources.iter().map(|(id, resource)| (id.clone(), resource.to_json())).collect();
    json!({
        "id": subscription.id,
        "status": match subscription.status {
            Status::Active => "active",
            Status::Suspended => "suspended",
            Status::Cancelled => "cancelled",
        },
        "product": subscription.product,
        "quantity": subscription.quantity,
        "name": subscription.name,
        "trial": subscription.trial,
        "account": subscription.account,
        "resources": resources,
        "addons": addons,
    })
}

//! Faults of calls that come at the same time. Nothing here waits unless a fault is on.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;

use super::faults::{Fault, Faults};
use super::request::Request;

/// How long a create takes that can be overtaken.
const WORK: Duration = Duration::from_millis(15);

/// The creates under way.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    faults: Faults,
    under_way: Mutex<Vec<Bytes>>,
    /// What is being ordered: one variable for all.
    current: Mutex<Option<Bytes>>,
}

impl Crowd {
    pub(super) fn new(faults: Faults) -> Self {
        Self { faults, ..Self::default() }
    }

    /// Lets a create work for a while, so that others come meanwhile. Gives what has to be handed to
    /// [`Crowd::leave`].
    pub(super) async fn enter(&self, request: &mut Request) -> Option<Bytes> {
        let mixes = self.faults.has(Fault::ParallelOrdersMix);
        let overlooks = self.faults.has(Fault::ParallelCreateDuplicates);
        let creates = request.path.to_ascii_lowercase().ends_with("/subscriptions/create");
        let body = request.body.clone().filter(|_| creates && (mixes || overlooks))?;
        {
            let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
            request.is_blind = overlooks && under_way.contains(&body);
            under_way.push(body.clone());
        }
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some(body.clone());
        tokio::time::sleep(WORK).await;
        if mixes {
            request.body.clone_from(&self.current.lock().unwrap_or_else(PoisonError::into_inner));
        }
        Some(body)
    }

    /// Ends what [`Crowd::enter`] began.
    pub(super) fn leave(&self, entered: Option<Bytes>) {
        let Some(body) = entered else { return };
        let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = under_way.iter().position(|other| *other == body) {
            under_way.swap_remove(place);
        }
    }
}

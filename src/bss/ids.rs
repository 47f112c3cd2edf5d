//! The platform's own ids: made from the seed of the run, so that a run can be repeated and never meets old data.

use std::collections::VecDeque;
use uuid::Uuid;

/// The ids of one scenario.
#[derive(Debug, Clone)]
pub struct Ids {
    seed: Uuid,
    scope: String,
    count: u32,
    fixed: VecDeque<String>,
}

impl Ids {
    /// Ids that depend on the seed of the run and on nothing but the scenario's key.
    pub fn new(seed: Uuid, scope: &str) -> Self {
        Self { seed, scope: scope.to_owned(), count: 0, fixed: VecDeque::new() }
    }

    /// These subscription ids, in this order, before any others: for tests that compare whole bodies.
    #[must_use]
    pub fn starting_with(mut self, ids: &[&str]) -> Self {
        self.fixed = ids.iter().map(|id| (*id).to_owned()).collect();
        self
    }

    /// The next subscription id.
    pub(super) fn subscription(&mut self) -> String {
        if let Some(id) = self.fixed.pop_front() {
            return id;
        }
        self.count += 1;
        self.derive(&format!("subscription {}", self.count))
    }

    /// The platform's own id of a catalogue product: the same in all scenarios of a run.
    pub fn product(&self, catalogue_id: &str) -> String {
        Uuid::new_v5(&self.seed, format!("product {catalogue_id}").as_bytes()).to_string()
    }

    fn derive(&self, what: &str) -> String {
        Uuid::new_v5(&self.seed, format!("{} {what}", self.scope).as_bytes()).to_string()
    }
}

//! The parts of `mock-bss review`: the terminal, the evidence behind a snapshot, and the conversation itself.

pub(super) mod lookup;
pub(super) mod session;
pub(super) mod terminal;

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]
pub mod bss;
pub mod contract;
pub mod diagnostic;
pub mod evidence;
pub mod json;
pub mod rules;
pub mod yaml;

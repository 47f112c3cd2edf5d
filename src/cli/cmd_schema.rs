//! `mock-bss schema`.

use super::{
    args::{SchemaArgs, SchemaOf},
    fault::Fault,
    output::Output,
};
use crate::{certificate::product, profile, report, scenario};

pub(super) fn run(args: &SchemaArgs, output: &Output) -> Result<u8, Fault> {
    let schema = match args.of {
        SchemaOf::Scenario => scenario::grammar::json_schema(),
        SchemaOf::Profile => profile::grammar::json_schema(),
        SchemaOf::Report => report::json::schema(),
        SchemaOf::Comparison => report::compare::schema(),
        SchemaOf::Product => product::json_schema(),
    };
    let text = serde_json::to_string_pretty(&schema).map_err(|error| Fault::internal(error.to_string()))?;
    output.print(&(text + "\n"));
    Ok(report::exit::CONFORMANT)
}

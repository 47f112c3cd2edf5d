//! `mock-bss completions` and `mock-bss man`: made from what can be typed, so they cannot fall behind.

use super::{
    args::{CompletionsArgs, ManArgs, Typed},
    fault::Fault,
    folder::write_atomically,
    output::Output,
};
use crate::report::exit;
use clap::{Command, CommandFactory};
use std::path::Path;

pub(super) fn completions(args: &CompletionsArgs, output: &Output) -> Result<u8, Fault> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Typed::command(), "mock-bss", &mut text);
    output.print(&String::from_utf8_lossy(&text));
    Ok(exit::CONFORMANT)
}

pub(super) fn man(args: &ManArgs, output: &Output) -> Result<u8, Fault> {
    let mut command = Typed::command();
    command.build();
    let Some(folder) = &args.output else {
        output.print(&page(&command)?);
        return Ok(exit::CONFORMANT);
    };
    let mut pages = Vec::new();
    pages_of(&command, &mut pages)?;
    for (name, text) in &pages {
        write(&folder.join(name), text)?;
    }
    output.print(&format!("{} pages in {}\n", pages.len(), folder.display()));
    Ok(exit::CONFORMANT)
}

fn pages_of(command: &Command, pages: &mut Vec<(String, String)>) -> Result<(), Fault> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    pages.push((format!("{name}.1"), page(command)?));
    for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
        pages_of(inner, pages)?;
    }
    Ok(())
}

fn page(command: &Command) -> Result<String, Fault> {
    let mut text = Vec::new();
    clap_mangen::Man::new(command.clone())
        .render(&mut text)
        .map_err(|error| Fault::internal(format!("a page cannot be made: {error}")))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

fn write(path: &Path, text: &str) -> Result<(), Fault> {
    write_atomically(path, |out| out.write_all(text.as_bytes())).map_err(|error| {
        Fault::usage(format!("{} cannot be written: {error}", path.display())).help("name another folder with --output")
    })
}

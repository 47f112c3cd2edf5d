//! `mock-bss badge`: the badge of a certificate. One that does not verify has none.

use super::{
    args::BadgeArgs,
    certifying::{lines, verified},
    cmd_verify::conclusion,
    fault::Fault,
    folder::write_atomically,
    output::Output,
    reports::cannot_write,
};
use crate::{
    certificate::{Badge, Standing},
    report::exit,
};
use std::path::PathBuf;

#[derive(Debug, Clone, Copy)]
enum Format {
    Svg,
    Json,
}

pub(super) fn run(args: &BadgeArgs, output: &Output) -> Result<u8, Fault> {
    let formats = args.format.iter().map(|text| format(text)).collect::<Result<Vec<_>, _>>()?;
    let verified = verified(&args.verify)?;
    let certificate = match &verified.certificate {
        // A badge that nobody renews has to say so by itself.
        Some(certificate) if verified.held() => certificate,
        _ => {
            output.error(&format!("{}\n{}", lines(&verified.conditions, output), conclusion(&verified, output)));
            return Ok(exit::NOT_CONFORMANT);
        }
    };
    let badge = Badge::of(certificate, if verified.expired { Standing::Expired } else { Standing::Valid });
    if formats.is_empty() {
        output.print(&badge.to_json());
    }
    for (format, path) in formats {
        let text = match format {
            Format::Svg => badge.to_svg(),
            Format::Json => badge.to_json(),
        };
        write_atomically(&path, |out| out.write_all(text.as_bytes())).map_err(|error| cannot_write(&path, &error))?;
        output.print(&format!("badge: {} ({})\n", path.display(), badge.message));
    }
    Ok(exit::CONFORMANT)
}

fn format(text: &str) -> Result<(Format, PathBuf), Fault> {
    let split = text.split_once('=').filter(|(_, path)| !path.is_empty());
    let Some((name, path)) = split else {
        return Err(Fault::usage(format!("`{text}` is not FORMAT=PATH")).help("for example svg=badge.svg"));
    };
    let format = match name {
        "svg" => Format::Svg,
        "json" => Format::Json,
        other => {
            return Err(Fault::usage(format!("`{other}` is not a format of badges"))
                .help(crate::diagnostic::suggest(other, ["svg", "json"])));
        }
    };
    Ok((format, PathBuf::from(path)))
}

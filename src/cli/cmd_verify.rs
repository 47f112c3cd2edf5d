//! `mock-bss verify`: whether a certificate is what it says.

use super::{
    args::VerifyArgs,
    certifying::{lines, not_met, verified},
    fault::Fault,
    output::Output,
};
use crate::{
    certificate::{Certificate, Verified},
    report::{exit, printable},
};

pub(super) fn run(args: &VerifyArgs, output: &Output) -> Result<u8, Fault> {
    let verified = verified(args)?;
    output.print(&format!("{}\n{}\n", args.bundle.display(), lines(&verified.conditions, output)));
    output.print(&conclusion(&verified, output));
    Ok(if verified.holds() { exit::CONFORMANT } else { exit::NOT_CONFORMANT })
}

/// The last line.
pub(super) fn conclusion(verified: &Verified, output: &Output) -> String {
    let style = output.style();
    match (&verified.certificate, not_met(&verified.conditions)) {
        (_, Some(words)) => format!("{} {words}\n", style.bad("NOT VERIFIED:")),
        (None, None) => format!("{} nothing was certified\n", style.bad("NOT VERIFIED:")),
        (Some(certificate), None) if certificate.rehearsal => {
            format!("{} {}\n", style.odd("REHEARSAL VERIFIED (this is no certificate):"), words(certificate))
        }
        (Some(certificate), None) => format!("{} {}\n", style.good("VERIFIED:"), words(certificate)),
    }
}

fn words(certificate: &Certificate) -> String {
    let Certificate { product, level, level_title, rule_set, valid_until, .. } = certificate;
    let level = match (level, level_title) {
        (Some(level), Some(title)) => format!("level {level} {title}"),
        _ => "no level".to_owned(),
    };
    printable(&format!(
        "{} {} of {} is conformant with rule set {rule_set}, {level}, until {valid_until}",
        product.name, product.version, product.vendor
    ))
}

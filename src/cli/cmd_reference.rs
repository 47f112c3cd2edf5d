//! `mock-bss reference`: serves the reference service manager until it is stopped.

use super::{
    args::{ListFormat, ReferenceArgs},
    fault::Fault,
    output::Output,
    signals,
};
use crate::{
    play::Stop,
    reference::{
        self, Faults,
        faults::{self, SeenIn, Spec},
    },
    report::exit,
    self_test,
};
use std::fmt::Write;

pub(super) async fn run(args: &ReferenceArgs, output: &Output) -> Result<u8, Fault> {
    if args.list_faults {
        output.print(&list(args.format));
        return Ok(exit::CONFORMANT);
    }
    let wrong: Vec<&Spec> = args.fault.iter().map(|name| named(name)).collect::<Result<_, _>>()?;
    let faults: Faults = wrong.iter().map(|spec| spec.fault).collect();
    let options = reference::Options { listen: args.listen, faults, ..reference::Options::default() };
    let running = reference::start(options).await.map_err(|error| {
        Fault::usage(format!("{} cannot be listened on: {error}", args.listen)).help("port 0 takes a free one")
    })?;
    let mut out = String::new();
    let _ = writeln!(out, "reference service manager at {}\nprobe at {}", running.base_url(), running.probe_url());
    for spec in wrong {
        let _ = writeln!(out, "fault {}: {}", spec.name, spec.what);
    }
    let _ = write!(
        out,
        "\nplay against it from another terminal:\n  \
         export MOCK_BSS_APP_ID={id} MOCK_BSS_APP_KEY={key}\n  \
         export MOCK_BSS_SETTING_FieldUsername={user} MOCK_BSS_SETTING_FieldPassword={password}\n  \
         mock-bss run --target {base}\n\n\
         it also knows\n  \
         application {id2} with the key {key2}\n  \
         partner {user2} with the password {password2}\n\n\
         Ctrl-C stops it\n",
        base = running.base_url(),
        id = reference::APPLICATION_ID,
        key = reference::APPLICATION_KEY,
        user = reference::USERNAME,
        password = reference::PASSWORD,
        id2 = reference::SECOND_APPLICATION_ID,
        key2 = reference::SECOND_APPLICATION_KEY,
        user2 = reference::SECOND_USERNAME,
        password2 = reference::SECOND_PASSWORD,
    );
    output.print(&out);
    let mut stop = signals::watch_for_stop(|| {});
    let _ = stop.wait_for(|stop| *stop != Stop::No).await;
    running.stop().await;
    Ok(exit::CONFORMANT)
}

/// The fault of this name.
pub(super) fn named(name: &str) -> Result<&'static Spec, Fault> {
    faults::by_name(name).ok_or_else(|| {
        let near = crate::diagnostic::nearest(name, faults::all().map(|spec| spec.name));
        let help = near.map(|near| format!("did you mean `{near}`?"));
        Fault::usage(format!("`{name}` is not a fault of the reference"))
            .help(help.unwrap_or_else(|| "`mock-bss reference --list-faults` names them".to_owned()))
    })
}

fn list(format: ListFormat) -> String {
    let sight = |spec: &Spec| match spec.seen_in {
        SeenIn::Answers => "answers",
        SeenIn::VendorSide => "vendor side",
    };
    match format {
        ListFormat::Json => {
            let faults: Vec<_> = faults::all()
                .map(|spec| {
                    serde_json::json!({
                        "name": spec.name,
                        "breaks": self_test::expected(spec),
                        "legal": spec.is_legal(),
                        "seen_in": sight(spec),
                        "setting": spec.setting.as_str(),
                        "what": spec.what,
                    })
                })
                .collect();
            format!("{:#}\n", serde_json::Value::Array(faults))
        }
        ListFormat::Text => {
            let mut out = String::new();
            for spec in faults::all() {
                let breaks = if spec.is_legal() { "legal".to_owned() } else { self_test::expected(spec).join(" ") };
                let _ = writeln!(out, "{:<40} {breaks:<30} {:<12} {}", spec.name, sight(spec), spec.what);
            }
            let legal = faults::all().filter(|spec| spec.is_legal()).count();
            let _ = writeln!(out, "{} faults, {legal} legal variations", faults::all().count() - legal);
            out
        }
    }
}

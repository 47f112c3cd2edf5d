//! `mock-bss reference`: serves the reference service manager until it is stopped.

use super::{args::ReferenceArgs, fault::Fault, output::Output, signals};
use crate::{play::Stop, reference, report::exit};

pub(super) async fn run(args: &ReferenceArgs, output: &Output) -> Result<u8, Fault> {
    let options = reference::Options { listen: args.listen, ..reference::Options::default() };
    let running = reference::start(options).await.map_err(|error| {
        Fault::usage(format!("{} cannot be listened on: {error}", args.listen)).help("port 0 takes a free one")
    })?;
    output.print(&format!(
        "reference service manager at {base}\nprobe at {probe}\n\nplay against it from another terminal:\n  \
         export MOCK_BSS_APP_ID={id} MOCK_BSS_APP_KEY={key}\n  \
         export MOCK_BSS_SETTING_FieldUsername={user} MOCK_BSS_SETTING_FieldPassword={password}\n  \
         mock-bss run --target {base}\n\nCtrl-C stops it\n",
        base = running.base_url(),
        probe = running.probe_url(),
        id = reference::APPLICATION_ID,
        key = reference::APPLICATION_KEY,
        user = reference::USERNAME,
        password = reference::PASSWORD,
    ));
    let mut stop = signals::watch_for_stop(|| {});
    let _ = stop.wait_for(|stop| *stop != Stop::No).await;
    running.stop().await;
    Ok(exit::CONFORMANT)
}

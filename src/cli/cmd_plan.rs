//! `mock-bss plan`: what would be played, call by call.

use super::{
    advice,
    args::PlanArgs,
    fault::Fault,
    output::Output,
    select, signals, start,
    target::{self, Target},
};
use crate::{
    evidence::Recorder,
    plan::{self, Seed},
    play::{self, Leash, Player},
    report::{console::counted, printable},
};
use std::fmt::Write;

pub(super) async fn run(args: &PlanArgs, output: &Output) -> Result<u8, Fault> {
    let Target { profile, reference, base, warnings } =
        target::find(&args.target, !args.select.paths.is_empty()).await?;
    output.error(&warnings);
    let selected = select::select(&args.select, &profile, &base)?;
    output.error(&selected.warnings.render(output.error_style().color));
    let seed = Seed::random();
    // Nothing is written: a plan leaves no run behind.
    let recorder = Recorder::new(play::masker(&profile), None);
    let leash = Leash::default();
    let stop = signals::watch_for_stop_then(|| {}, {
        let leash = leash.clone();
        move || leash.kill()
    });
    let player = Player::new(profile.clone(), recorder, stop).map_err(|error| advice::no_client(&error, &profile))?;
    let running = start::service_manager(&player, &base, None, leash, output).await?;
    let prelude = play::prelude(&player, seed, play::Questions::None)
        .await
        .map_err(|error| advice::nothing_to_play(&error, &profile))?;
    output.error(&advice::other_spelling(&prelude, &profile).unwrap_or_default());
    let plan = plan::make(&profile, &prelude.offering, &selected.scenarios, seed);

    let mut out = String::new();
    let offering = &prelude.offering;
    let (products, addons) = offering.catalogue.types.iter().fold((0, 0), |(products, addons), product_type| {
        (products + product_type.products.len(), addons + product_type.addons.len())
    });
    let _ = writeln!(out, "target {} ({})", printable(&profile.target), profile.name);
    let _ = writeln!(
        out,
        "sells {} product types, {products} products, {addons} add-ons · accounts {} · add-on path {}",
        offering.catalogue.types.len(),
        if offering.accounts { "yes" } else { "no" },
        plan.settings.dialect.addon_path.as_str(),
    );
    for planned in &plan.scenarios {
        let product = planned
            .selection
            .as_ref()
            .map(|s| format!(" · buys {}", printable(&s.offer.product_id)))
            .unwrap_or_default();
        let _ = writeln!(out, "\n{}{product}\n  {}", planned.scenario.key, planned.scenario.title);
        for step in plan::expand(&profile, &plan, planned) {
            let calls: Vec<String> = step
                .calls
                .iter()
                .map(|call| {
                    let check = if call.check_only { " (pre-check)" } else { "" };
                    let flaw =
                        call.flaw.as_ref().map(|flaw| format!(" [flaw: {}]", printable(flaw))).unwrap_or_default();
                    format!("{} {}{check}{flaw}", call.method, call.path)
                })
                .collect();
            let _ = writeln!(out, "    {:<20} {}", step.id, calls.join("\n                         "));
            if let Some(note) = step.note {
                let _ = writeln!(out, "    {:<20} {}", "", printable(&note));
            }
        }
    }
    if !plan.not_applicable.is_empty() {
        out.push_str("\nnot applicable:\n");
        for (key, reason) in &plan.not_applicable {
            let _ = writeln!(out, "  {key}: {}", printable(reason));
        }
    }
    for gap in &plan.gaps {
        let _ = writeln!(out, "\nincomplete: {}", printable(gap));
    }
    let sum = play::planned(&profile, &plan);
    let _ = writeln!(
        out,
        "\n{} · up to {} customers, {} subscriptions, {} seats would be ordered; nothing was",
        counted(sum.scenarios.len() as u64, "scenario"),
        sum.customers,
        sum.subscriptions,
        sum.seats
    );
    output.print(&out);
    start::stop(running, false, output).await;
    if let Some(reference) = reference {
        reference.stop().await;
    }
    Ok(crate::report::exit::CONFORMANT)
}

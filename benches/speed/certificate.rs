//! What verifying a certificate costs. The run is none of the suite, so no condition about that holds; all the work is done.

use mock_bss::{
    certificate::{self, Run, Sources, Suite, Trust, product},
    diagnostic::Source,
};
use std::{path::Path, sync::Arc, time::Instant};

const PRODUCT: &str = "vendor: Bench\nname: Bench\nversion: 1\ncontact: a@bench.example\n\
    documentation: https://bench.example\nreproduce: run it\n";

/// Calls, and the seconds of the quickest time.
pub(crate) fn verified(folder: &Path, times: usize) -> (usize, f64) {
    let source = Source { path: "product.yaml".to_owned(), text: PRODUCT.to_owned() };
    let product = product::load(&Arc::new(source)).unwrap();
    let suite = Suite::default();
    let run = Run::read(folder, &suite).unwrap();
    let calls = run.verdict.scenarios.iter().map(|scenario| scenario.calls).sum();
    let sources = Sources { product: &product, product_text: PRODUCT, suite: &suite, rehearsal: false };
    let (certificate, files) = certificate::derive(&run, &sources).unwrap();
    let (name, files) = certificate::finish(&run, &sources, &certificate, files, None);
    let packed = certificate::pack(&name, &files).unwrap();
    let now = certificate.played.finished_at.parse().unwrap();
    let once = || {
        let started = Instant::now();
        let verified = certificate::verify(&packed, &suite, Trust { key: None, rehearsal: false, now });
        assert!(verified.certificate.is_some());
        started.elapsed().as_secs_f64()
    };
    (calls, (0..times.max(1)).map(|_| once()).fold(f64::MAX, f64::min))
}

//! A certificate that somebody else has packed: as it is, and as the archive behind the compression, which no fuzzer
//! would get through.
#![no_main]

use flate2::{Compression, write::GzEncoder};
use libfuzzer_sys::fuzz_target;
use mock_bss::certificate::{Suite, Trust, run_of, verify};
use std::io::Write;

fuzz_target!(|input: &[u8]| {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::none());
    gzip.write_all(input).expect("memory can be written");
    let archive = gzip.finish().expect("memory can be written");
    for packed in [input, archive.as_slice()] {
        let trust = Trust { key: None, rehearsal: true, now: jiff::Timestamp::UNIX_EPOCH };
        let verified = verify(packed, &Suite::default(), trust);
        assert!(!verified.holds(), "nothing of this is a certificate of the suite");
        for condition in &verified.conditions {
            drop(condition.words());
        }
        drop(run_of(packed).map(|run| run.verdict.reasons.len()));
    }
});

//! An `evidence.jsonl` that somebody else wrote, cut, or edited: opened, judged and reported as `mock-bss report` does.
#![no_main]

use libfuzzer_sys::fuzz_target;
use mock_bss::evidence::EvidenceFile;
use mock_bss_fuzz::{Same, judge, report};
use std::{env, fs, process};

fuzz_target!(|input: &[u8]| {
    let path = env::temp_dir().join(format!("mock-bss-fuzz-{}.jsonl", process::id()));
    fs::write(&path, input).expect("the temporary folder can be written");
    let file = match EvidenceFile::open(&path) {
        Ok(file) => file,
        Err(error) => return drop(error.to_string()),
    };
    let accepted = Same("HTTP 200 application/json\n{\n  \"Code\": 0\n}".to_owned());
    let judged = file.scenarios().filter_map(|index| file.scenario(index).ok());
    let judged = judged.map(|evidence| judge(&evidence, &file.run, &accepted)).collect();
    report(judged, file.run.clone(), file.planned.clone().unwrap_or_default(), file.finished.clone());
});

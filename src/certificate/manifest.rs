//! `MANIFEST.json`: what a bundle holds, with the SHA-256 of each file. It lists all files but itself and the envelope,
//! which signs it.

use super::{ENVELOPE, Files, MANIFEST, archive::Unpacked, sha256};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of this document's shape.
const SCHEMA: u32 = 1;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    schema_version: u32,
    bundle: String,
    files: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    path: String,
    size: u64,
    sha256: String,
}

/// Adds the manifest of the files.
pub(super) fn seal(bundle: &str, files: &mut Files) {
    let entry = |(path, bytes): (&String, &Vec<u8>)| Entry {
        path: path.clone(),
        size: bytes.len() as u64,
        sha256: sha256(bytes),
    };
    let manifest =
        Manifest { schema_version: SCHEMA, bundle: bundle.to_owned(), files: files.iter().map(entry).collect() };
    let text = serde_json::to_string_pretty(&manifest).unwrap_or_default() + "\n";
    files.insert(MANIFEST.to_owned(), text.into_bytes());
}

/// What is not as the manifest says, one line for each file.
pub(super) fn differences(unpacked: &Unpacked) -> Vec<String> {
    let Some(bytes) = unpacked.get(MANIFEST) else { return vec![format!("there is no {MANIFEST}")] };
    let manifest: Manifest = match serde_json::from_slice(bytes) {
        Ok(manifest) => manifest,
        Err(error) => return vec![format!("{MANIFEST} cannot be read: {error}")],
    };
    let mut wrong = Vec::new();
    if manifest.schema_version != SCHEMA {
        wrong.push(format!("{MANIFEST} has the format {}, this mock-bss reads {SCHEMA}", manifest.schema_version));
    }
    if manifest.bundle != unpacked.folder {
        wrong.push(format!("{MANIFEST} is of `{}`, and the folder is `{}`", manifest.bundle, unpacked.folder));
    }
    let mut listed = BTreeMap::new();
    for entry in &manifest.files {
        if listed.insert(entry.path.as_str(), entry).is_some() {
            wrong.push(format!("{MANIFEST} lists `{}` twice", entry.path));
        }
        match unpacked.get(&entry.path) {
            None => wrong.push(format!("`{}` is missing", entry.path)),
            Some(found) if found.len() as u64 != entry.size => {
                wrong.push(format!("`{}` has {} bytes, {} are listed", entry.path, found.len(), entry.size));
            }
            Some(found) => {
                let found = sha256(found);
                if found != entry.sha256 {
                    wrong.push(format!("`{}` has the digest {found}, {} is listed", entry.path, entry.sha256));
                }
            }
        }
    }
    let unlisted = |path: &&str| ![MANIFEST, ENVELOPE].contains(path) && !listed.contains_key(path);
    wrong.extend(unpacked.files().map(|(path, _)| path).filter(unlisted).map(|path| format!("`{path}` is not listed")));
    // Two texts may mean the same; only one is ours.
    if wrong.is_empty()
        && serde_json::to_string_pretty(&manifest).map(|text| text + "\n").ok().as_deref().map(str::as_bytes)
            != Some(bytes)
    {
        wrong.push(format!("{MANIFEST} was not written by mock-bss"));
    }
    wrong
}

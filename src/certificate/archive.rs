//! The file: a tar archive, compressed with gzip, the same bytes for the same contents.
//!
//! The header of gzip has room for an extra field. There stands the SHA-256 of everything behind it: compressed data can be
//! changed in ways that come out the same, so a digest of the contents alone would not see every changed byte.

use super::Files;
use flate2::{Compression, Crc, bufread::GzDecoder, write::DeflateEncoder};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, Read, Write},
    ops::Range,
};

/// The largest bundle that is read, in bytes.
pub const MOST_PACKED: u64 = 256 * 1024 * 1024;
/// What it may unpack to.
const MOST_UNPACKED: u64 = 512 * 1024 * 1024;
/// How many files it may hold.
const MOST_FILES: usize = 20_000;
/// No name of ours is longer.
const LONGEST_PATH: usize = 240;

/// 2000-01-01: no time of a machine, and no time that other programs take for a mistake.
const MODIFIED: u64 = 946_684_800;
const BLOCK: usize = 512;
/// An archive ends with two empty blocks.
const END: usize = 2 * BLOCK;

/// gzip, deflate, with an extra field; no time; made by an unknown system.
const MAGIC: [u8; 10] = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255];
/// The extra field has one part, called MB, of 32 bytes.
const FIELD: [u8; 6] = [36, 0, b'M', b'B', 32, 0];
const DIGEST: usize = 32;
const HEAD: usize = MAGIC.len() + FIELD.len() + DIGEST;

/// The bundle of these files, below a folder of this name.
///
/// # Errors
/// A path is too long for an archive.
pub fn pack(folder: &str, files: &Files) -> io::Result<Vec<u8>> {
    let mut deflate = DeflateEncoder::new(vec![0; HEAD], Compression::default());
    let mut crc = Crc::new();
    let mut put = |bytes: &[u8]| {
        crc.update(bytes);
        deflate.write_all(bytes)
    };
    for (path, bytes) in files {
        put(header(folder, path, bytes.len() as u64)?.as_bytes())?;
        put(bytes)?;
        put(&[0; BLOCK][..padding(bytes.len())])?;
    }
    put(&[0; END])?;
    let mut packed = deflate.finish()?;
    packed.extend_from_slice(&crc.sum().to_le_bytes());
    packed.extend_from_slice(&crc.amount().to_le_bytes());
    let digest = digest(&packed[HEAD..]);
    let head: Vec<u8> = MAGIC.into_iter().chain(FIELD).chain(digest).collect();
    packed[..HEAD].copy_from_slice(&head);
    Ok(packed)
}

fn digest(bytes: &[u8]) -> Vec<u8> {
    ring::digest::digest(&ring::digest::SHA256, bytes).as_ref().to_vec()
}

fn padding(length: usize) -> usize {
    length.next_multiple_of(BLOCK) - length
}

fn header(folder: &str, path: &str, size: u64) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(format!("{folder}/{path}"))?;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(MODIFIED);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    Ok(header)
}

/// What a bundle holds. Nothing of it has been written anywhere.
#[derive(Debug)]
pub(super) struct Unpacked {
    tar: Vec<u8>,
    /// The folder that everything stands in.
    pub(super) folder: String,
    places: BTreeMap<String, Range<usize>>,
    /// What is not as [`pack`] makes it, although it can be read.
    pub(super) odd: Vec<String>,
}

impl Unpacked {
    /// The bytes of a file.
    pub(super) fn get(&self, path: &str) -> Option<&[u8]> {
        self.tar.get(self.places.get(path)?.clone())
    }

    /// Paths and bytes in the order of the paths.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.places.iter().map(|(path, place)| (path.as_str(), self.tar.get(place.clone()).unwrap_or_default()))
    }
}

/// Reads a bundle into memory, within bounds.
///
/// # Errors
/// Why it cannot be one.
pub(super) fn unpack(packed: &[u8]) -> Result<Unpacked, String> {
    unpack_within(packed, MOST_UNPACKED)
}

/// The same with another bound for what comes out.
pub(super) fn unpack_within(packed: &[u8], most: u64) -> Result<Unpacked, String> {
    let mut odd = Vec::new();
    if packed.len() as u64 > MOST_PACKED {
        return Err(format!("it is larger than {} MiB", MOST_PACKED >> 20));
    }
    if !packed.starts_with(&[0x1f, 0x8b]) {
        return Err("it is not compressed with gzip".to_owned());
    }
    match packed.split_at_checked(HEAD) {
        Some((head, rest)) if head[..MAGIC.len()] == MAGIC && head[MAGIC.len()..HEAD - DIGEST] == FIELD => {
            if head[HEAD - DIGEST..] != digest(rest) {
                odd.push("its bytes are not those that were packed: the digest in front of them is another".to_owned());
            }
        }
        _ => odd.push("its first bytes are not those that mock-bss writes: it was packed by something else".to_owned()),
    }
    let mut tar = Vec::new();
    let mut gzip = GzDecoder::new(packed);
    let read = (&mut gzip).take(most + 1).read_to_end(&mut tar);
    if tar.len() as u64 > most {
        return Err(format!("it unpacks to more than {} MiB", most >> 20));
    }
    read.map_err(|error| format!("it cannot be unpacked: {error}"))?;
    if !gzip.into_inner().is_empty() {
        odd.push("something stands behind its end".to_owned());
    }
    let mut unpacked = Unpacked { tar: Vec::new(), folder: String::new(), places: BTreeMap::new(), odd };
    unpacked.index(&tar)?;
    unpacked.tar = tar;
    Ok(unpacked)
}

impl Unpacked {
    fn index(&mut self, tar: &[u8]) -> Result<(), String> {
        let broken = |error: io::Error| format!("its archive cannot be read: {error}");
        let mut archive = tar::Archive::new(tar);
        let mut end = 0;
        let mut last = String::new();
        // Two names may differ for one system and be the same for another.
        let mut folded = BTreeSet::new();
        // Raw: what would stand for longer names or other systems is no entry of ours.
        for entry in archive.entries().map_err(broken)?.raw(true) {
            let entry = entry.map_err(broken)?;
            let name = String::from_utf8(entry.path_bytes().into_owned()).unwrap_or_else(|_| "?".to_owned());
            if !entry.header().entry_type().is_file() {
                return Err(format!("`{name}` is no file, and a bundle holds nothing else: no folder, no link"));
            }
            let Some((folder, path)) = inside(&name) else {
                return Err(format!("`{name}` leads out of the bundle, or cannot be a path everywhere"));
            };
            if !last.is_empty() && self.folder != folder {
                return Err(format!("`{name}` stands outside of `{}`", self.folder));
            }
            self.folder = folder.to_owned();
            let start = usize::try_from(entry.raw_file_position()).map_err(|error| error.to_string())?;
            let size = usize::try_from(entry.size()).map_err(|error| error.to_string())?;
            let place =
                start..start.checked_add(size).filter(|end| *end <= tar.len()).ok_or("its archive ends too early")?;
            end = place.end + padding(size);
            let filled = tar.get(place.end..end).is_some_and(|padding| padding.iter().all(|byte| *byte == 0));
            if !folded.insert(path.to_lowercase()) {
                return Err(format!("`{path}` is there twice"));
            }
            let own = header(folder, path, size as u64).is_ok_and(|own| own.as_bytes() == entry.header().as_bytes());
            if !own || !filled || (!last.is_empty() && last.as_str() >= path) {
                self.odd.push(format!("`{path}` was not packed by mock-bss"));
            }
            last = path.to_owned();
            self.places.insert(path.to_owned(), place);
            if self.places.len() > MOST_FILES {
                return Err(format!("it holds more than {MOST_FILES} files"));
            }
        }
        if self.places.is_empty() {
            return Err("it holds no file".to_owned());
        }
        let rest = tar.get(end..).unwrap_or_default();
        if rest.len() != END || rest.iter().any(|byte| *byte != 0) {
            self.odd.push("its archive does not end where it should".to_owned());
        }
        Ok(())
    }
}

/// Folder and path of an entry, if it is below one folder and could be written on every system.
fn inside(name: &str) -> Option<(&str, &str)> {
    let bad = |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let part = |part: &str| !part.is_empty() && part != "." && part != "..";
    let fits = name.len() <= LONGEST_PATH && !name.contains(bad) && name.split('/').all(part);
    name.split_once('/').filter(|_| fits)
}

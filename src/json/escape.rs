//! Long texts as JSON strings: bodies and snapshots, which are full of quotes, written into the files of a run.

/// Bytes that are looked at together.
const WIDTH: usize = 8;

const ONES: u64 = u64::MAX / 255;
const HIGHS: u64 = ONES << 7;

/// Appends a text as a JSON string: the same bytes that serde_json writes, several at a time.
pub fn escape(text: &str, out: &mut Vec<u8>) {
    // Bodies are full of quotes: about one byte in eight needs another one.
    out.reserve(text.len() + text.len() / 8 + WIDTH);
    out.push(b'"');
    let mut rest = text.as_bytes();
    // Words are copied whole; one that holds a special byte is cut off before it, and looked at again behind it.
    while let Some((word, after)) = rest.split_first_chunk::<WIDTH>() {
        out.extend_from_slice(word);
        let clean = clean_bytes(u64::from_le_bytes(*word));
        if clean == WIDTH {
            rest = after;
        } else {
            out.truncate(out.len() - (WIDTH - clean));
            escape_byte(word[clean], out);
            rest = &rest[clean + 1..];
        }
    }
    rest.iter().for_each(|byte| escape_byte(*byte, out));
    out.push(b'"');
}

/// How many of these bytes, counted from the lowest, come before the first that needs an escape.
fn clean_bytes(word: u64) -> usize {
    // The lowest byte that a test marks is marked rightly; only bytes above it may be marked by a borrow.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & HIGHS;
    let equal = |byte: u8| below(word ^ (ONES * u64::from(byte)), 1);
    let special = below(word, 0x20) | equal(b'"') | equal(b'\\');
    special.trailing_zeros() as usize / 8
}

/// Writes one byte, escaped if it has to be.
fn escape_byte(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let pair = match byte {
        b'"' | b'\\' => byte,
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        0x08 => b'b',
        0x0c => b'f',
        0x00..=0x1f => {
            let (high, low) = (HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]);
            return out.extend_from_slice(&[b'\\', b'u', b'0', b'0', high, low]);
        }
        _ => return out.push(byte),
    };
    out.extend_from_slice(&[b'\\', pair]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(text: &str) {
        let mut written = vec![b'>'];
        escape(text, &mut written);
        let expected = format!(">{}", serde_json::to_string(text).unwrap());
        assert_eq!(String::from_utf8(written).unwrap(), expected);
    }

    #[test]
    fn every_byte_at_every_place_is_written_as_serde_json_does() {
        for code in (0..0x180).chain([0x2028, 0xfffd, 0x1f600]) {
            let Some(special) = char::from_u32(code) else { continue };
            for before in 0..20 {
                for after in [0, 1, 7, 9] {
                    same(&format!("{}{special}{}", "x".repeat(before), "y".repeat(after)));
                    // Neighbours of a special byte are those that a borrow could mark.
                    same(&format!("{}\"{special}!#[]\u{7f}\u{80}{special}", "x".repeat(before)));
                }
            }
        }
    }

    #[test]
    fn long_texts_are_written_whole() {
        for length in [0, 1, 7, 8, 9, 4099] {
            same(&"a".repeat(length));
            same(&"\"".repeat(length));
            same(&"\u{1}".repeat(length));
            same(&"é\n".repeat(length));
            same(&format!("{}ü{}", "x".repeat(length), "\\".repeat(length)));
        }
    }
}

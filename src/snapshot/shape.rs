//! Finds UUIDs and timestamps inside texts, by hand: this runs over every byte of every answer.

/// A shape that differs from run to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// 8-4-4-4-12 hexadecimal digits; the value, so that upper and lower case are one.
    Uuid(u128),
    /// An ISO 8601 date with a time of day.
    Timestamp,
}

const UUID: usize = 36;
/// `2026-01-31T10:00`, the shortest timestamp.
const SHORTEST: usize = 16;

/// The first shape at or after `from`: where it starts, where it ends, what it is.
pub(super) fn find(text: &str, from: usize) -> Option<(usize, usize, Shape)> {
    if text.len().saturating_sub(from) < SHORTEST {
        return None;
    }
    let bytes = text.as_bytes();
    // Both shapes have a hyphen near their start and most texts have none at all. Looking for it is a fast scan of
    // words; each one found is tried as the first hyphen of a shape.
    let mut next = from;
    while let Some(dash) = text.get(next..).and_then(|rest| rest.find('-')).map(|index| next + index) {
        if let Some(start) = dash.checked_sub(8).filter(|start| *start >= from)
            && let Some(value) = uuid(bytes, start)
        {
            return Some((start, start + UUID, Shape::Uuid(value)));
        }
        if let Some(start) = dash.checked_sub(4).filter(|start| *start >= from)
            && let Some(end) = timestamp(bytes, start)
        {
            return Some((start, end, Shape::Timestamp));
        }
        next = dash + 1;
    }
    None
}

/// True when the whole text is one UUID.
pub(super) fn whole_uuid(text: &str) -> Option<u128> {
    if text.len() == UUID { uuid(text.as_bytes(), 0) } else { None }
}

fn uuid(bytes: &[u8], start: usize) -> Option<u128> {
    let digits = bytes.get(start..start + UUID)?;
    // A longer run of hexadecimal digits is something else, cut in the middle.
    let beside = |index: Option<usize>| index.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_hexdigit);
    if beside(start.checked_sub(1)) || beside(Some(start + UUID)) {
        return None;
    }
    let mut value = 0_u128;
    for (index, byte) in digits.iter().enumerate() {
        match index {
            8 | 13 | 18 | 23 if *byte == b'-' => {}
            8 | 13 | 18 | 23 => return None,
            _ => value = value << 4 | u128::from(char::from(*byte).to_digit(16)?),
        }
    }
    Some(value)
}

/// The end of the timestamp that starts at `start`: `YYYY-MM-DD`, `T` or a blank, `hh:mm`, then what there is of
/// seconds, a fraction and an offset.
fn timestamp(bytes: &[u8], start: usize) -> Option<usize> {
    if start.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_digit()) {
        return None;
    }
    let at = |index: usize| bytes.get(index).copied();
    let is = |index: usize, wanted: u8| at(index) == Some(wanted);
    let digit = |index: usize| at(index).filter(u8::is_ascii_digit).map(|byte| byte - b'0');
    let two = |index: usize, range: std::ops::RangeInclusive<u8>| {
        let value = digit(index)? * 10 + digit(index + 1)?;
        range.contains(&value).then_some(value)
    };
    let date = (start..start + 4).all(|index| digit(index).is_some()) && is(start + 4, b'-') && is(start + 7, b'-');
    if !date || !matches!(at(start + 10), Some(b'T' | b't' | b' ')) || !is(start + 13, b':') {
        return None;
    }
    two(start + 5, 1..=12)?;
    two(start + 8, 1..=31)?;
    two(start + 11, 0..=24)?;
    two(start + 14, 0..=59)?;
    let mut end = start + SHORTEST;
    if is(end, b':') && two(end + 1, 0..=60).is_some() {
        end += 3;
        if matches!(at(end), Some(b'.' | b',')) && digit(end + 1).is_some() {
            end += 1;
            while digit(end).is_some() {
                end += 1;
            }
        }
    }
    end = match at(end) {
        Some(b'Z' | b'z') => end + 1,
        Some(b'+' | b'-') if two(end + 1, 0..=23).is_some() => {
            let minutes = end + 3 + usize::from(is(end + 3, b':'));
            if two(minutes, 0..=59).is_some() { minutes + 2 } else { end + 3 }
        }
        _ => end,
    };
    // `10:00:000` is not a time.
    digit(end).is_none().then_some(end)
}

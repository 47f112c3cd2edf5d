//! A number as its digits, and its value as a decimal.

/// A whole number of more characters is written with an exponent if it ends in zeros.
const MOST_PLAIN: usize = 40;

/// A larger exponent is absurd. Far enough below what overflows that digits can be counted on top of it.
const FARTHEST: u64 = 1 << 62;

/// A JSON number as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number(Box<str>);

impl Number {
    /// Keeps the text of a number that a JSON parser has accepted.
    pub(crate) fn from_written(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// Reads a number in JSON's syntax; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        match super::parse(text.as_bytes()) {
            Ok(super::Json::Number(number)) if number.as_str() == text => Some(number),
            _ => None,
        }
    }

    /// The digits as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The value, if it is a whole number that fits (`3`, `3.0` and `30e-1` are all 3).
    pub fn as_i64(&self) -> Option<i64> {
        if let Ok(value) = self.0.parse() {
            return Some(value);
        }
        let decimal = self.decimal()?;
        if decimal.exponent < 0 || decimal.exponent > 18 {
            return None;
        }
        let digits: i64 = if decimal.digits.is_empty() { 0 } else { decimal.digits.parse().ok()? };
        let value = digits.checked_mul(10_i64.checked_pow(u32::try_from(decimal.exponent).ok()?)?)?;
        Some(if decimal.negative { -value } else { value })
    }

    /// True when both are the same decimal, however they are written.
    pub fn same(&self, other: &Self) -> bool {
        self.0 == other.0 || matches!((self.decimal(), other.decimal()), (Some(a), Some(b)) if a == b)
    }

    /// The decimal in one spelling: no trailing zeros, no exponent where it can be helped. Equal decimals give equal
    /// texts, so that snapshots compare as text.
    pub fn canonical(&self) -> String {
        if self.0.len() <= MOST_PLAIN && !self.0.contains(['e', 'E', '.']) {
            return if &*self.0 == "-0" { "0".to_owned() } else { self.0.to_string() };
        }
        let Some(decimal) = self.decimal() else { return self.0.to_string() };
        if decimal.digits.is_empty() {
            return "0".to_owned();
        }
        let sign = if decimal.negative { "-" } else { "" };
        let digits = &decimal.digits;
        let point = digits.len() as i64 + decimal.exponent;
        let body = if decimal.exponent == 0 {
            digits.clone()
        } else if decimal.exponent > 0 && point <= MOST_PLAIN as i64 {
            format!("{digits}{}", "0".repeat(usize::try_from(decimal.exponent).unwrap_or(0)))
        } else if point > 0 && decimal.exponent < 0 {
            let split = usize::try_from(point).unwrap_or(0);
            format!("{}.{}", &digits[..split], &digits[split..])
        } else if point > -40 && decimal.exponent < 0 {
            format!("0.{}{digits}", "0".repeat(usize::try_from(-point).unwrap_or(0)))
        } else {
            format!("{digits}e{}", decimal.exponent)
        };
        format!("{sign}{body}")
    }

    pub(super) fn to_serde(&self) -> serde_json::Value {
        serde_json::from_str::<serde_json::Number>(&self.0)
            .map_or_else(|_| serde_json::Value::String(self.0.to_string()), serde_json::Value::Number)
    }

    /// Sign, digits without leading or trailing zeros, and a power of ten. `None` when the exponent itself is absurd.
    fn decimal(&self) -> Option<Decimal> {
        let (negative, text) = match self.0.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, &*self.0),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let trimmed = all.trim_end_matches('0');
        let exponent = exponent.checked_sub(fraction.len() as i64)?.checked_add((all.len() - trimmed.len()) as i64)?;
        if exponent.unsigned_abs() > FARTHEST {
            return None;
        }
        let digits = trimmed.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Decimal { negative: false, digits, exponent: 0 });
        }
        Some(Decimal { negative, digits, exponent })
    }

    /// Compares by value; `None` when an exponent is beyond reason.
    pub fn compare(&self, other: &Self) -> Option<std::cmp::Ordering> {
        use std::cmp::Ordering;
        let (a, b) = (self.decimal()?, other.decimal()?);
        let sign = |d: &Decimal| {
            if d.digits.is_empty() {
                0
            } else if d.negative {
                -1
            } else {
                1
            }
        };
        if sign(&a) != sign(&b) {
            return Some(sign(&a).cmp(&sign(&b)));
        }
        let magnitude = |d: &Decimal| d.digits.len() as i64 + d.exponent;
        // Digits begin with none but the first that counts and end with the last: as texts they are in the order of their
        // values.
        let by_size = magnitude(&a).cmp(&magnitude(&b)).then_with(|| a.digits.cmp(&b.digits));
        Some(if a.negative {
            by_size.reverse()
        } else if a.digits.is_empty() {
            Ordering::Equal
        } else {
            by_size
        })
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(value.to_string().into_boxed_str())
    }
}

#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

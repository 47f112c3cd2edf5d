//! Decimals for the arithmetic of resources.

/// Digits behind the point that are kept.
const DECIMALS: usize = 9;
const ONE: i128 = 1_000_000_000;

/// A decimal with nine digits behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Amount(i128);

impl Amount {
    /// Reads plain digits with or without a point, exactly. Anything else ("unlimited", "5,5", more digits than are
    /// kept) is none.
    pub(super) fn exact(text: &str) -> Option<Self> {
        let (amount, rest) = Self::read(text.trim())?;
        rest.bytes().all(|digit| digit == b'0').then_some(amount)
    }

    /// Reads what a vendor side shows, rounded to the digits that are kept: a float that computed 0.1 three times shows
    /// 0.30000000000000004, which is no wrong amount.
    pub(super) fn rounded(text: &str) -> Option<Self> {
        let (amount, rest) = Self::read(text)?;
        let up = i128::from(rest.starts_with(|digit: char| digit >= '5'));
        Some(Self(if text.starts_with('-') { amount.0 - up } else { amount.0 + up }))
    }

    /// The amount, and the digits that do not fit it.
    fn read(text: &str) -> Option<(Self, &str)> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !plain(whole) || !plain(fraction) || whole.len() > 18 {
            return None;
        }
        let (kept, rest) = fraction.split_at(fraction.len().min(DECIMALS));
        let scale = 10_i128.checked_pow(u32::try_from(DECIMALS - kept.len()).ok()?)?;
        let value = whole.parse::<i128>().ok()? * ONE + kept.parse::<i128>().ok()? * scale;
        Some((Self(if negative { -value } else { value }), rest))
    }

    /// So many of it.
    pub(super) fn times(self, count: i64) -> Option<Self> {
        self.0.checked_mul(i128::from(count)).map(Self)
    }

    /// Both together.
    pub(super) fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, fraction) = (self.0.abs() / ONE, self.0.abs() % ONE);
        let text = format!("{sign}{whole}.{fraction:0DECIMALS$}");
        f.write_str(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_and_float_noise_is_none() {
        let exact = |text: &str| Amount::exact(text).map(|amount| amount.to_string());
        assert_eq!(exact("2.50"), Some("2.5".into()));
        assert_eq!(exact(" 7 "), Some("7".into()));
        assert_eq!(exact("-0.000000001"), Some("-0.000000001".into()));
        for other in ["", "5,5", "unlimited", "1e3", "+1", "1.", ".5", "0.0000000001", "9999999999999999999"] {
            assert_eq!(exact(other), None, "{other}");
        }
        let third = Amount::exact("0.1").and_then(|amount| amount.times(3));
        assert_eq!(third, Amount::rounded("0.30000000000000004"));
        assert_eq!(third, Amount::rounded("0.29999999999999998"));
        assert_ne!(third, Amount::rounded("0.3000001"));
    }
}

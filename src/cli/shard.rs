//! `run --shard I/N`: a part of the scenarios, so that several machines share them.

use super::{fault::Fault, select::Selected};
use crate::report::console::counted;
use std::{fmt, str::FromStr};

/// The `part`th of `of` parts, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shard {
    part: usize,
    of: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number =
            |text: &str| text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse::<usize>().ok()).flatten();
        let Some((Some(part), Some(of))) = text.split_once('/').map(|(part, of)| (number(part), number(of))) else {
            return Err("a shard is I/N, for example 2/3 for the second of three".to_owned());
        };
        match part {
            _ if of == 0 => Err("there must be at least one shard".to_owned()),
            0 => Err("shards are counted from 1".to_owned()),
            part if part > of => Err(format!("there are only {of} shards")),
            part => Ok(Self { part, of }),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.part, self.of)
    }
}

impl Shard {
    /// Leaves every `of`th scenario, in the order of the keys: neighbours, which are alike and take alike, go to
    /// different machines.
    pub(super) fn narrow(self, selected: &mut Selected) -> Result<(), Fault> {
        let count = selected.scenarios.len();
        let mut index = 0;
        selected.scenarios.retain(|_| {
            index += 1;
            self.takes(index - 1)
        });
        if selected.scenarios.is_empty() {
            return Err(Fault::usage(format!(
                "shard {self} is empty: there are only {}",
                counted(count as u64, "scenario")
            ))
            .help("share them among fewer machines"));
        }
        selected.filters.push(format!("--shard {self}"));
        Ok(())
    }

    fn takes(self, index: usize) -> bool {
        index % self.of == self.part - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_disjoint_and_together_everything() {
        for of in 1..7 {
            for index in 0..20 {
                let takers = (1..=of).filter(|part| Shard { part: *part, of }.takes(index)).count();
                assert_eq!(takers, 1, "{index} of {of}");
            }
        }
    }

    #[test]
    fn what_is_no_shard_is_said() {
        assert_eq!("2/3".parse(), Ok(Shard { part: 2, of: 3 }));
        for text in [
            "0/3",
            "4/3",
            "a/b",
            "3",
            "1/0",
            "1/",
            "/3",
            "-1/3",
            "1/2/3",
            "+1/3",
            "1 / 3",
            "",
            "1/99999999999999999999",
        ] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }
}

//! What a CI shows beside the lines of a change: commands on standard output that the CI obeys.
//!
//! Because it obeys them, nobody else may write any: see [`harmless`].

use super::{console::counted, difference, differing, face, groups, line_of, named, place, text::one_line};
use crate::verdict::Verdict;
use std::{borrow::Cow, fmt::Write};

/// A CI that reads commands from standard output. GitLab reads none; it takes a file, the format `gitlab`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ci {
    GitHub,
    Azure,
}

/// No CI shows more of one step, and a log should stay a log.
const MOST: usize = 50;

/// One command for each thing that is wrong; the same is said once.
pub fn render(verdict: &Verdict, check: bool, ci: Ci) -> String {
    let mut notes = Vec::new();
    for group in groups(verdict) {
        let Some((scenario, first)) = group.places.first() else { continue };
        let more = match group.places.len() - 1 {
            0 => String::new(),
            more => format!(" (and in {})", counted(more as u64, "other place")),
        };
        let (file, line) = place(verdict, scenario, first.line);
        notes.push(Note {
            // What did not run because something else is wrong is no second error.
            error: face::of(group.check.status).tone == face::Tone::Bad,
            file: file.to_owned(),
            line,
            title: format!("{} {}", face::of(group.check.status).name.replace('_', " "), named(group.check)),
            message: format!("{}: {}{more}", scenario.key, group.finding.message),
        });
    }
    for scenario in &verdict.scenarios {
        notes.extend(differing(scenario, check).map(|snapshot| {
            let (file, line) = place(verdict, scenario, line_of(scenario, &snapshot.step));
            Note {
                error: false,
                file: file.to_owned(),
                line,
                title: format!("snapshot {}", snapshot.name),
                message: difference(snapshot),
            }
        }));
    }
    let left_out = notes.len().saturating_sub(MOST);
    let mut out: String = notes.iter().take(MOST).map(|note| note.write(ci)).collect();
    if left_out > 0 {
        let _ = writeln!(out, "and {} more annotations; the reports have them all", left_out);
    }
    out
}

struct Note {
    error: bool,
    file: String,
    line: u32,
    title: String,
    message: String,
}

impl Note {
    fn write(&self, ci: Ci) -> String {
        let kind = if self.error { "error" } else { "warning" };
        let (file, line) = (self.file.replace('\\', "/"), self.line.max(1));
        match ci {
            Ci::GitHub => {
                let place =
                    if file.is_empty() { String::new() } else { format!("file={},line={line},", property(&file, ci)) };
                format!("::{kind} {place}title={}::{}\n", property(&self.title, ci), value(&self.message, ci))
            }
            Ci::Azure => {
                let place = if file.is_empty() {
                    String::new()
                } else {
                    format!("sourcepath={};linenumber={line};", property(&file, ci))
                };
                let code = property(&self.title, ci);
                format!("##vso[task.logissue type={kind};{place}code={code};]{}\n", value(&self.message, ci))
            }
        }
    }
}

/// Text behind the command. Both CIs undo this, so a reader sees what was meant.
fn value(text: &str, ci: Ci) -> String {
    let text = one_line(text);
    match ci {
        Ci::GitHub => text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"),
        Ci::Azure => text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A"),
    }
}

/// Text inside the command.
fn property(text: &str, ci: Ci) -> String {
    match ci {
        Ci::GitHub => value(text, ci).replace(':', "%3A").replace(',', "%2C"),
        Ci::Azure => value(text, ci).replace(';', "%3B").replace(']', "%5D"),
    }
}

/// The text without anything that the CI would obey. Everything that is printed goes through this, because a service
/// manager's answer is quoted in it.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains("::") && !text.contains("##") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive('\n') {
        // GitHub trims a line before it looks for two colons.
        let start = line.len() - line.trim_start().len();
        let (margin, line) = line.split_at(start);
        out.push_str(margin);
        let mut rest = match line.strip_prefix("::") {
            Some(rest) => {
                out.push_str(": :");
                rest
            }
            None => line,
        };
        // `##vso[` and the older `##[` are found anywhere in a line, in any case.
        while let Some(at) = rest.find("##") {
            out.push_str(&rest[..at]);
            let behind = &rest[at + 2..];
            let vso = behind.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("vso["));
            if vso || behind.starts_with('[') {
                out.push_str("# #");
                rest = behind;
            } else {
                // One sign at a time: three of them hide two.
                out.push('#');
                rest = &rest[at + 1..];
            }
        }
        out.push_str(rest);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_target_says_is_obeyed() {
        for (wild, tame) in [
            ("::error::x\n", ": :error::x\n"),
            ("a\n   ::set-output name=a::b", "a\n   : :set-output name=a::b"),
            ("x ##vso[task.setvariable]y", "x # #vso[task.setvariable]y"),
            ("###[command]", "## #[command]"),
            ("##VSO[a]##[b]", "# #VSO[a]# #[b]"),
            ("a::b ## c", "a::b ## c"),
        ] {
            assert_eq!(harmless(wild), tame);
        }
    }

    #[test]
    fn a_message_cannot_leave_its_command() {
        let note = Note {
            error: true,
            file: "a,b:c.yaml".into(),
            line: 0,
            title: "R-1]; x, y: z".into(),
            message: "50%\n::error::]##vso[a]".into(),
        };
        assert_eq!(
            note.write(Ci::GitHub),
            "::error file=a%2Cb%3Ac.yaml,line=1,title=R-1]; x%2C y%3A z::50%25 ␊ ::error::]##vso[a]\n"
        );
        assert_eq!(
            note.write(Ci::Azure),
            "##vso[task.logissue type=error;sourcepath=a,b:c.yaml;linenumber=1;code=R-1%5D%3B x, y: z;]\
             50%AZP25 ␊ ::error::]##vso[a]\n"
        );
    }
}

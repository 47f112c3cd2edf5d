//! Writing JSON: compact for the wire, indented for people, sorted for snapshots.

use super::{Json, Object};

impl Json {
    /// The shortest text, members in their order, numbers as written.
    pub fn to_compact(&self) -> String {
        let mut out = String::new();
        self.write_compact(&mut out);
        out
    }

    /// Indented by two blanks, members in their order.
    pub fn to_pretty(&self) -> String {
        let mut out = String::new();
        self.write_pretty(&mut out, 0, Order::Kept);
        out
    }

    /// Indented by two blanks, members sorted by name, numbers in one spelling: equal values give equal texts.
    pub fn to_canonical(&self) -> String {
        let mut out = String::new();
        self.write_pretty(&mut out, 0, Order::Sorted);
        out
    }

    fn write_compact(&self, out: &mut String) {
        match self {
            Self::Array(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_compact(out);
                }
                out.push(']');
            }
            Self::Object(object) => {
                out.push('{');
                for (index, (name, value)) in object.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    write_string(out, name);
                    out.push(':');
                    value.write_compact(out);
                }
                out.push('}');
            }
            scalar => scalar.write_scalar(out, Order::Kept),
        }
    }

    fn write_pretty(&self, out: &mut String, level: usize, order: Order) {
        match self {
            Self::Array(items) if !items.is_empty() => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    out.push_str(if index > 0 { ",\n" } else { "\n" });
                    indent(out, level + 1);
                    item.write_pretty(out, level + 1, order);
                }
                out.push('\n');
                indent(out, level);
                out.push(']');
            }
            Self::Object(object) if !object.is_empty() => {
                out.push('{');
                for (index, (name, value)) in members(object, order).into_iter().enumerate() {
                    out.push_str(if index > 0 { ",\n" } else { "\n" });
                    indent(out, level + 1);
                    write_string(out, name);
                    out.push_str(": ");
                    value.write_pretty(out, level + 1, order);
                }
                out.push('\n');
                indent(out, level);
                out.push('}');
            }
            scalar => scalar.write_scalar(out, order),
        }
    }

    fn write_scalar(&self, out: &mut String, order: Order) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::Number(number) if order == Order::Sorted => out.push_str(&number.canonical()),
            Self::Number(number) => out.push_str(number.as_str()),
            Self::String(text) => write_string(out, text),
            Self::Array(_) => out.push_str("[]"),
            Self::Object(_) => out.push_str("{}"),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Kept,
    Sorted,
}

fn members(object: &Object, order: Order) -> Vec<(&str, &Json)> {
    match order {
        Order::Kept => object.iter().collect(),
        Order::Sorted => object.sorted(),
    }
}

fn indent(out: &mut String, level: usize) {
    for _ in 0..level {
        out.push_str("  ");
    }
}

/// True when something in a text needs an escape. Looking at every byte without a branch is a scan of words.
fn needs_escape(text: &str) -> bool {
    let special = |byte: &u8| (*byte < 0x20) | (*byte == b'"') | (*byte == b'\\');
    text.as_bytes().iter().fold(false, |found, byte| found | special(byte))
}

/// Writes a JSON string. Everything that needs no escape is copied in one piece.
fn write_string(out: &mut String, text: &str) {
    use std::fmt::Write;
    out.push('"');
    if !needs_escape(text) {
        out.push_str(text);
        out.push('"');
        return;
    }
    let mut start = 0;
    for (index, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x00..=0x1f => "",
            _ => continue,
        };
        out.push_str(&text[start..index]);
        if escape.is_empty() {
            let _ = write!(out, "\\u{byte:04x}");
        } else {
            out.push_str(escape);
        }
        start = index + 1;
    }
    out.push_str(&text[start..]);
    out.push('"');
}

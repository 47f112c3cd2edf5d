//! `notification`: the template of the e-mail by which the platform tells a customer how to get in.

use super::Environment;
use crate::{
    contract::notification::Template,
    yaml::{
        Node,
        shape::{Checker, Record, Shape, field, required},
    },
};

/// A longer file is no e-mail.
const MOST: usize = 256 * 1024;
const SUBJECT: &str = "Your access to {#Products.DisplayString#}";

pub(super) const NOTIFICATION: Record = Record {
    name: "`notification`",
    fields: &[
        required("template", Shape::Text, "The file of the e-mail's text, relative to this one."),
        field("subject", Shape::Text, "Its subject; variables may stand in it too."),
    ],
};

pub(super) fn read(root: &Node, environment: &Environment<'_>, checker: &mut Checker) -> Option<Template> {
    let node = root.get("notification")?;
    let place = node.get("template")?;
    let file = place.text()?.trim();
    let body = match (environment.file)(file) {
        Ok(body) => body,
        Err(error) if error.kind() == std::io::ErrorKind::Unsupported => String::new(),
        Err(error) => {
            checker
                .error(&place.span, format!("the template `{file}` cannot be read"), error.to_string())
                .help("copy the text of the access e-mail out of the platform into this file");
            return None;
        }
    };
    if body.len() > MOST {
        let label = format!("{} bytes, more than {MOST}", body.len());
        checker.error(&place.span, format!("the template `{file}` is too long for an e-mail"), label);
    }
    let subject = node.get("subject").and_then(Node::text).unwrap_or(SUBJECT);
    Some(Template { file: file.to_owned(), subject: subject.to_owned(), body })
}

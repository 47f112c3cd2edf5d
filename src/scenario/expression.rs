//! `${expression}`: variables and arithmetic in scenarios.
//!
//! A text that is one expression keeps the JSON type of its value (`quantity: ${seats + 3}` is a number); inside a longer
//! text the value is inserted as text. A bare variable is inserted without a detour, so its digits are kept.
//!
//! An expression cannot fill the memory: there are neither functions nor filters, and only numbers can be multiplied. So
//! a value is never larger than what its expression names.

use crate::json::Json;
use minijinja::{Environment, Expression, UndefinedBehavior};
use std::{collections::BTreeMap, sync::LazyLock};

/// Names and their values.
pub type Variables = BTreeMap<String, Json>;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`${{{expression}}}`: {reason}")]
pub struct ExpressionError {
    pub expression: String,
    pub reason: String,
}

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
});

/// The value with all its expressions resolved.
///
/// # Errors
/// A variable is not defined, or an expression cannot be computed.
pub fn resolve(value: &Json, variables: &Variables) -> Result<Json, ExpressionError> {
    Ok(match value {
        Json::String(text) if text.contains("${") => resolve_text(text, variables)?,
        Json::Array(items) => Json::Array(items.iter().map(|item| resolve(item, variables)).collect::<Result<_, _>>()?),
        Json::Object(object) => {
            let members = object.iter().map(|(name, value)| {
                let name = match name.contains("${") {
                    true => as_text(&resolve_text(name, variables)?),
                    false => name.to_owned(),
                };
                Ok((name, resolve(value, variables)?))
            });
            Json::Object(members.collect::<Result<Vec<_>, ExpressionError>>()?.into_iter().collect())
        }
        other => other.clone(),
    })
}

/// A text with its expressions resolved.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_text(text: &str, variables: &Variables) -> Result<Json, ExpressionError> {
    let parts = parts(text)?;
    if let [Part::Expression(expression)] = parts[..] {
        return evaluate(expression, variables);
    }
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Text(text) => out.push_str(text),
            Part::Expression(expression) => out.push_str(&as_text(&evaluate(expression, variables)?)),
        }
    }
    Ok(Json::String(out))
}

/// The names that a text's expressions use.
///
/// # Errors
/// An expression is not well formed.
pub fn names(text: &str) -> Result<Vec<String>, ExpressionError> {
    let mut names = Vec::new();
    for part in parts(text)? {
        if let Part::Expression(expression) = part {
            let compiled = compile(expression)?;
            names.extend(compiled.undeclared_variables(false));
        }
    }
    names.sort();
    Ok(names)
}

enum Part<'a> {
    Text(&'a str),
    Expression(&'a str),
}

fn parts(text: &str) -> Result<Vec<Part<'_>>, ExpressionError> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("${") {
        let unclosed =
            || ExpressionError { expression: rest[start + 2..].to_owned(), reason: "`}` is missing".to_owned() };
        let end = closing(&rest[start + 2..]).ok_or_else(unclosed)?;
        if start > 0 {
            parts.push(Part::Text(&rest[..start]));
        }
        parts.push(Part::Expression(rest[start + 2..start + 2 + end].trim()));
        rest = &rest[start + 3 + end..];
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    Ok(parts)
}

/// The place of the brace that ends the expression, quotes respected.
pub(super) fn closing(text: &str) -> Option<usize> {
    let mut quote = None;
    for (index, c) in text.char_indices() {
        match (quote, c) {
            (None, '}') => return Some(index),
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    None
}

fn evaluate(expression: &str, variables: &Variables) -> Result<Json, ExpressionError> {
    let mut path = expression.split('.').map(str::trim);
    let first = path.next().and_then(|name| variables.get(name));
    if let Some(value) = first.and_then(|first| path.try_fold(first, |value, name| value.member(name))) {
        return Ok(value.clone());
    }
    let context: BTreeMap<_, _> = variables.iter().map(|(name, value)| (name, value.to_serde())).collect();
    let compiled = compile(expression)?;
    let unknown = compiled.undeclared_variables(false).into_iter().find(|name| !variables.contains_key(name));
    if let Some(name) = unknown {
        let reason = match crate::diagnostic::nearest(&name, variables.keys().map(String::as_str)) {
            Some(candidate) => format!("`{name}` is not defined; did you mean `{candidate}`?"),
            None => format!("`{name}` is not defined"),
        };
        return Err(ExpressionError { expression: expression.to_owned(), reason });
    }
    if multiplies(expression) {
        let number = |name: &String| {
            let mut path = name.split('.');
            let first = path.next().and_then(|first| variables.get(first));
            let value = first.and_then(|first| path.try_fold(first, |value, name| value.member(name)));
            !matches!(value, Some(Json::String(_) | Json::Array(_) | Json::Object(_)))
        };
        if let Some(name) = compiled.undeclared_variables(true).iter().find(|name| !number(name)) {
            return Err(not_a_number(expression, &format!("`{name}` is none")));
        }
    }
    let value = compiled.eval(minijinja::value::Serde(context)).map_err(|error| wrong(expression, &error))?;
    let value = serde_json::to_value(&value)
        .map_err(|error| ExpressionError { expression: expression.to_owned(), reason: error.to_string() })?;
    Ok(Json::from(&value))
}

fn compile<'e>(expression: &'e str) -> Result<Expression<'e, 'e>, ExpressionError> {
    if multiplies(expression) && expression.contains(['\'', '"', '[', ',']) {
        return Err(not_a_number(expression, "write text around the expression: a${b * 2}"));
    }
    let environment: &Environment<'e> = &ENVIRONMENT;
    environment.compile_expression(expression).map_err(|error| wrong(expression, &error))
}

/// True with a `*` that is no part of a text. What it would make of a text or a list can be of any size.
fn multiplies(expression: &str) -> bool {
    let mut quote = None;
    expression.chars().any(|c| {
        match (quote, c) {
            (None, '*') => return true,
            (None, '\'' | '"') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
        false
    })
}

fn not_a_number(expression: &str, why: &str) -> ExpressionError {
    let reason = format!("only numbers can be multiplied; {why}");
    ExpressionError { expression: expression.to_owned(), reason }
}

fn wrong(expression: &str, error: &minijinja::Error) -> ExpressionError {
    let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    ExpressionError { expression: expression.to_owned(), reason }
}

fn as_text(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_compact(), str::to_owned)
}

//! The JSON Schema (2020-12) of a shape, for editors and for other tools.

use super::shape::{Record, Shape};
use serde_json::{Value, json};

/// A text that holds an expression: allowed in place of any scalar.
const DYNAMIC: &str = "\\$\\{";

/// The schema document of a file whose top level is `record`.
pub fn document(id: &str, title: &str, record: &Record) -> Value {
    let mut schema = object(record);
    if let Value::Object(members) = &mut schema {
        members.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        members.insert("$id".to_owned(), json!(id));
        members.insert("title".to_owned(), json!(title));
    }
    schema
}

/// The schema of a mapping with known keys, without the head of a document.
pub fn document_part(record: &Record) -> Value {
    object(record)
}

fn object(record: &Record) -> Value {
    let mut properties = serde_json::Map::new();
    for field in record.fields {
        let mut schema = of(&field.shape);
        if let Value::Object(members) = &mut schema {
            members.insert("description".to_owned(), json!(field.doc));
        }
        properties.insert(field.name.to_owned(), schema);
    }
    let required: Vec<_> = record.fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    let mut schema = json!({ "type": ["object", "null"], "additionalProperties": false, "properties": properties });
    if !required.is_empty() {
        schema["type"] = json!("object");
        schema["required"] = json!(required);
    }
    schema
}

/// The schema of a shape.
pub fn of(shape: &Shape) -> Value {
    let or_dynamic = |schema: Value| json!({ "anyOf": [schema, { "type": "string", "pattern": DYNAMIC }] });
    match shape {
        Shape::Any | Shape::Elsewhere => json!({}),
        Shape::Text => json!({ "type": "string" }),
        Shape::Scalar => json!({ "type": ["string", "number", "boolean"] }),
        Shape::Whole => or_dynamic(json!({ "type": "integer" })),
        Shape::Bool => or_dynamic(json!({ "type": "boolean" })),
        Shape::Duration => json!({ "type": ["string", "number"] }),
        Shape::Choice(words) => or_dynamic(json!({ "enum": words })),
        Shape::List(item) => json!({ "type": "array", "items": of(item) }),
        Shape::Table(value) => json!({ "type": ["object", "null"], "additionalProperties": of(value) }),
        Shape::Record(record) => object(record),
        Shape::Nullable(shape) => json!({ "anyOf": [of(shape), { "type": "null" }] }),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(of).collect::<Vec<_>>() }),
    }
}

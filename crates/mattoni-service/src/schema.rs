//! JSON Schema: of the form, with what a page needs to draw it, and of the composition of a service.

use mattoni_core::record::{Order as _, RequestPayment, Tell};
use mattoni_core::value::{Kind, Value};
use serde_json::{Value as Json, json};

use crate::{Chain, Condition, Field, FieldOption, FileField, Form, FormItem, Format, Outcome};

/// The vocabulary of the keywords beginning with `x-`; it has a version because pages rely on it.
pub const FORM_SCHEMA_VERSION: u32 = 1;

/// The version of the schema of a service's composition.
pub const CHAIN_SCHEMA_VERSION: u32 = 1;

impl Chain {
    /// The parts of `service.toml` that say what a service is put together from, as JSON Schema
    /// (draft 2020-12): `bricks` and `then`. What a desk lacks is found by
    /// [`check`](Self::check) alone.
    #[must_use]
    pub fn json_schema() -> Json {
        let text = || json!({ "type": "string", "minLength": 1 });
        let outcomes: Vec<_> = Outcome::ALL
            .iter()
            .map(|outcome| json!({ "const": outcome.name, "title": outcome.italian }))
            .collect();
        let on = json!({ "oneOf": outcomes });
        let then = |order: Json, needs: Json, more: Json| {
            let mut properties = json!({ "on": on, "order": order });
            let mut required = vec![json!("on"), json!("order")];
            for (name, schema) in needs.as_object().into_iter().flatten() {
                properties[name] = schema.clone();
                required.push(json!(name));
            }
            for (name, schema) in more.as_object().into_iter().flatten() {
                properties[name] = schema.clone();
            }
            json!({
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": false,
            })
        };
        let known = [Tell::TOPIC, RequestPayment::TOPIC];
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "properties": {
                "bricks": {
                    "type": "array",
                    "items": { "type": "string", "pattern": "^[a-z-]+$" },
                    "uniqueItems": true,
                },
                "then": { "type": "array", "items": { "oneOf": [
                    then(
                        json!({ "const": Tell::TOPIC }),
                        json!({ "template": text(), "to": { "enum": ["applicant", "office"] } }),
                        json!({}),
                    ),
                    then(
                        json!({ "const": RequestPayment::TOPIC }),
                        json!({
                            "amount": { "type": "string", "pattern": "^[0-9]+(\\.[0-9]{1,2})?$" },
                            "reason": text(),
                        }),
                        json!({}),
                    ),
                    then(
                        json!({
                            "type": "string",
                            "pattern": "^[a-z-]+(\\.[a-z-]+)+$",
                            "not": { "enum": known },
                        }),
                        json!({ "brick": text() }),
                        json!({ "with": {
                            "type": "object",
                            "additionalProperties": { "type": "string" },
                        } }),
                    ),
                ] } },
            },
            "x-version": CHAIN_SCHEMA_VERSION,
        })
    }
}

impl Form {
    /// The form as JSON Schema (draft 2020-12).
    ///
    /// Titles and descriptions are labels and help. `x-order` is the field's place in the form,
    /// `x-step` its step, `x-source` where the ente has the answer already (once only); `x-steps`
    /// lists the steps with their titles. A choice
    /// whose options have labels is a `oneOf` of `const` and `title`, any other an `enum`. A field required under a condition has it as
    /// `x-required-if`, and under `allOf` as JSON Schema's own `if` and `then`. Fields that take files
    /// are no answers: `x-files` lists them with step, order, kinds, sizes and numbers. Decimals, money and dates are strings, so that nothing
    /// passes through a float.
    #[must_use]
    pub fn json_schema(&self, title: &str) -> Json {
        let mut properties = serde_json::Map::new();
        let (mut required, mut conditions) = (Vec::new(), Vec::new());
        let (mut files, mut order) = (Vec::new(), 0);
        for step in self.steps() {
            for item in step.items() {
                let field = match item {
                    FormItem::Field(field) => field,
                    FormItem::File(file) => {
                        files.push(file_schema(file, &step.name, order));
                        order += 1;
                        continue;
                    }
                };
                let mut schema = type_of(field);
                schema["title"] = json!(field.label);
                if !field.help.is_empty() {
                    schema["description"] = json!(field.help);
                }
                if let Some(source) = &field.source {
                    schema["x-source"] = json!(source);
                }
                schema["x-step"] = json!(step.name);
                schema["x-order"] = json!(order);
                schema["x-kind"] = json!(field.kind.name());
                bounds(&mut schema, field);
                order += 1;
                if let Some(Condition { field: other, equals }) = &field.required_if {
                    let equals = given(equals);
                    schema["x-required-if"] = json!({ "field": other, "equals": equals });
                    conditions.push(json!({
                        "if": { "properties": { other: { "const": equals } }, "required": [other] },
                        "then": { "required": [field.name] },
                    }));
                }
                if !field.optional {
                    required.push(json!(field.name));
                }
                properties.insert(field.name.clone(), schema);
            }
        }
        let steps: Vec<_> = self
            .steps()
            .iter()
            .map(|step| json!({ "name": step.name, "title": step.title }))
            .collect();
        let mut schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": title,
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
            "x-steps": steps,
            "x-version": FORM_SCHEMA_VERSION,
        });
        if !files.is_empty() {
            schema["x-files"] = Json::Array(files);
        }
        if !conditions.is_empty() {
            schema["allOf"] = Json::Array(conditions);
        }
        schema
    }
}

/// A field that takes files. These are no part of the answers that the schema is about.
fn file_schema(file: &FileField, step: &str, order: usize) -> Json {
    let mut schema = json!({
        "name": file.name,
        "title": file.label,
        "step": step,
        "order": order,
        "min": file.min,
        "max": file.max,
        "required": !file.optional,
    });
    if !file.help.is_empty() {
        schema["description"] = json!(file.help);
    }
    if !file.media_types.is_empty() {
        schema["media-types"] = json!(file.media_types);
    }
    if let Some(bytes) = file.max_bytes {
        schema["max-bytes"] = json!(bytes);
    }
    if let Some(Condition { field, equals }) = &file.required_if {
        schema["required-if"] = json!({ "field": field, "equals": given(equals) });
    }
    schema
}

/// An answer as a page gives it.
fn given(value: &Value) -> Json {
    match value {
        Value::Boolean(yes) => json!(yes),
        Value::Integer(number) => json!(number),
        other => json!(other.to_string()),
    }
}

fn type_of(field: &Field) -> Json {
    match &field.kind {
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Integer { .. } => json!({ "type": "integer" }),
        Kind::Decimal { scale: 0, .. } => json!({ "type": "string", "pattern": "^-?[0-9]+$" }),
        Kind::Decimal { scale, .. } => {
            json!({ "type": "string", "pattern": format!("^-?[0-9]+(\\.[0-9]{{1,{scale}}})?$") })
        }
        Kind::Money { .. } => json!({ "type": "string", "pattern": "^-?[0-9]+(\\.[0-9]{1,2})?$" }),
        Kind::Date { .. } => json!({ "type": "string", "format": "date" }),
        Kind::Text { max_chars } => match field.format {
            Some(Format::FiscalCode) => {
                json!({ "type": "string", "maxLength": max_chars, "x-format": "fiscal-code" })
            }
            _ => json!({ "type": "string", "maxLength": max_chars }),
        },
        Kind::Choice { options } if field.options.iter().all(|o| o.label == o.value) => {
            json!({ "type": "string", "enum": options })
        }
        Kind::Choice { .. } => {
            let option = |FieldOption { value, label }: &FieldOption| json!({ "const": value, "title": label });
            json!({ "type": "string", "oneOf": field.options.iter().map(option).collect::<Vec<_>>() })
        }
        _ => json!({}),
    }
}

/// Bounds of integers are JSON Schema's own; those of strings have no keyword there.
fn bounds(schema: &mut Json, field: &Field) {
    let mut set = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            schema[key] = value;
        }
    };
    match &field.kind {
        Kind::Integer { min, max } => {
            set("minimum", min.map(|n| json!(n)));
            set("maximum", max.map(|n| json!(n)));
        }
        Kind::Decimal { min, max, .. } => {
            set("x-min", min.map(|n| json!(n.to_string())));
            set("x-max", max.map(|n| json!(n.to_string())));
        }
        Kind::Money { min, max } => {
            set("x-min", min.map(|n| json!(n.to_string())));
            set("x-max", max.map(|n| json!(n.to_string())));
        }
        Kind::Date { min, max } => {
            set("x-min", min.map(|n| json!(n.to_string())));
            set("x-max", max.map(|n| json!(n.to_string())));
        }
        _ => {}
    }
}

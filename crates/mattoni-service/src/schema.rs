//! JSON Schema: of the form, with what a page needs to draw it, and of the composition of a service.

use mattoni_core::record::{Order as _, RequestPayment, Tell};
use mattoni_core::value::Value;
use serde_json::{Value as Json, json};

use crate::form::{no_answer, schema_of};
use crate::{BrickOutcome, Chain, Condition, FileField, Form, FormItem};

/// The version of a form's schema, because pages rely on its keywords beginning with `x-`. In
/// version 2 a field that may be left empty is an `anyOf`.
pub const FORM_SCHEMA_VERSION: u32 = 2;

/// The version of the schema of a service's composition.
pub const CHAIN_SCHEMA_VERSION: u32 = 1;

impl Chain {
    /// The parts of `service.toml` that say what a service is put together from, as JSON Schema
    /// (draft 2020-12): `bricks` and `then`. What a desk lacks is found by
    /// [`check`](Self::check) alone.
    #[must_use]
    pub fn json_schema() -> Json {
        let text = || json!({ "type": "string", "minLength": 1 });
        let outcomes: Vec<_> = BrickOutcome::ALL
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
    /// It takes the same answers as [`check`](Self::check), as far as JSON Schema can say it; the
    /// rest is said by `x-min` and `x-max`, the bounds of amounts, numbers and dates, and by
    /// `x-format`: `fiscal-code` for one with the right check character.
    ///
    /// Titles and descriptions are labels and help. Decimals, money and dates are strings, so that
    /// nothing passes through a float. A choice whose options have labels is a `oneOf` of `const`
    /// and `title`, any other an `enum`. A field that may be left empty is an `anyOf` of its answer
    /// and of no answer: left out, `null`, or blank text. One required under a condition has it as
    /// `x-required-if`, and under `allOf` as JSON Schema's own `if` and `then`.
    ///
    /// `x-order` is the field's place in the form, `x-step` its step, `x-kind` its kind, `x-source`
    /// where the ente has the answer already (once only); `x-steps` lists the steps with their
    /// titles. Fields that take files are no answers: `x-files` lists them with step, order, kinds,
    /// sizes and numbers.
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
                let answer = schema_of(field);
                let mut schema = if field.optional {
                    json!({ "anyOf": [answer, { "$ref": "#/$defs/no-answer" }] })
                } else {
                    answer
                };
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
                order += 1;
                if let Some(Condition { field: other, equals }) = &field.required_if {
                    let equals = given(equals);
                    schema["x-required-if"] = json!({ "field": other, "equals": equals });
                    conditions.push(json!({
                        "if": { "properties": { other: { "const": equals } }, "required": [other] },
                        "then": {
                            "properties": {
                                &field.name: { "not": { "$ref": "#/$defs/no-answer" } },
                            },
                            "required": [field.name],
                        },
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
            "$defs": { "no-answer": no_answer() },
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

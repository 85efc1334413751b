//! Replacing values in JSON where they stand, every other byte as it was.
//!
//! Read into a map and written again, a document would have its keys in another order, and a
//! state would no longer be byte for byte what its history leads to.

use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::vault::personal::Field;

/// How a value is sealed: its text in, what stands in its place out.
pub(super) trait Replace<E> {
    fn replace(&mut self, field: &Field, value: &str) -> Result<String, E>;
}

/// A path that the walk is still on.
#[derive(Clone, Copy)]
struct Trail<'f> {
    field: &'f Field,
    rest: &'f str,
}

/// `document` with the value at every path of `fields` replaced.
pub(super) fn splice<E: From<serde_json::Error>>(
    document: &[u8],
    fields: &[Field],
    with: &mut impl Replace<E>,
) -> Result<Vec<u8>, E> {
    let root: &RawValue = serde_json::from_slice(document)?;
    let trails: Vec<Trail<'_>> =
        fields.iter().map(|field| Trail { field, rest: field.path }).collect();
    let mut out = String::with_capacity(document.len() * 2);
    walk(root, &trails, &mut out, with)?;
    Ok(out.into_bytes())
}

fn walk<E: From<serde_json::Error>>(
    value: &RawValue,
    trails: &[Trail<'_>],
    out: &mut String,
    with: &mut impl Replace<E>,
) -> Result<(), E> {
    if trails.is_empty() || value.get() == "null" {
        out.push_str(value.get());
        return Ok(());
    }
    if let Some(trail) = trails.iter().find(|trail| trail.rest.is_empty()) {
        out.push_str(&with.replace(trail.field, value.get())?);
        return Ok(());
    }
    match value.get().as_bytes().first() {
        Some(b'{') => {
            let Members(members) = serde_json::from_str(value.get())?;
            out.push('{');
            for (n, (key, value)) in members.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::to_string(key)?);
                out.push(':');
                walk(value, &onward(trails, key), out, with)?;
            }
            out.push('}');
        }
        Some(b'[') => {
            let Items(items) = serde_json::from_str(value.get())?;
            out.push('[');
            for (n, value) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                walk(value, &onward(trails, &n.to_string()), out, with)?;
            }
            out.push(']');
        }
        _ => out.push_str(value.get()),
    }
    Ok(())
}

/// The trails that go through `key`.
fn onward<'f>(trails: &[Trail<'f>], key: &str) -> Vec<Trail<'f>> {
    let through = |trail: &Trail<'f>| {
        let path = trail.rest.strip_prefix('/')?;
        let (step, rest) = path.find('/').map_or((path, ""), |at| path.split_at(at));
        let fits = match step.strip_suffix('*') {
            Some(beginning) => key.starts_with(beginning),
            None => step == key,
        };
        fits.then_some(Trail { field: trail.field, rest })
    };
    trails.iter().filter_map(through).collect()
}

/// The members of an object in the order they stand in.
pub(super) struct Members<'a>(pub(super) Vec<(String, &'a RawValue)>);

impl<'de> serde::Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

/// The items of an array.
struct Items<'a>(Vec<&'a RawValue>);

impl<'de> serde::Deserialize<'de> for Items<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Items<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Items<'de>, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = seq.next_element()? {
                    items.push(item);
                }
                Ok(Items(items))
            }
        }
        deserializer.deserialize_seq(Read)
    }
}

/// The text at a pointer of plain keys, if there is one.
pub(super) fn text_at(document: &str, pointer: &str) -> Option<String> {
    let mut value: &RawValue = serde_json::from_str(document).ok()?;
    for step in pointer.split('/').skip(1) {
        let Members(members) = serde_json::from_str(value.get()).ok()?;
        value = members.into_iter().find(|(key, _)| key == step)?.1;
    }
    serde_json::from_str(value.get()).ok()
}

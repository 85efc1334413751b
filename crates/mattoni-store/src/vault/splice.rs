//! Replacing values in JSON where they stand, every other byte as it was.
//!
//! Read into a map and written again, a document would have its keys in another order, and a
//! state would no longer be byte for byte what its history leads to.

use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use mattoni_core::record::{PersonalField, Step};

/// How a value is sealed: its text in, what stands in its place out.
pub(super) trait Replace<E> {
    fn replace(&mut self, field: &PersonalField, value: &str) -> Result<String, E>;
}

/// A field whose path leads on from here.
#[derive(Clone, Copy)]
struct Trail<'f> {
    field: &'f PersonalField,
    rest: &'f [Step],
}

/// `document` with the value at every path of `fields` replaced.
pub(super) fn splice<E: From<serde_json::Error>>(
    document: &[u8],
    fields: &[PersonalField],
    with: &mut impl Replace<E>,
) -> Result<Vec<u8>, E> {
    let root: &RawValue = serde_json::from_slice(document)?;
    let trails: Vec<Trail<'_>> =
        fields.iter().map(|field| Trail { field, rest: &field.path }).collect();
    let mut out = String::with_capacity(document.len() * 2);
    walk(root, trails, &mut out, with)?;
    Ok(out.into_bytes())
}

fn walk<E: From<serde_json::Error>>(
    value: &RawValue,
    mut trails: Vec<Trail<'_>>,
    out: &mut String,
    with: &mut impl Replace<E>,
) -> Result<(), E> {
    let text = value.get();
    if trails.is_empty() || text == "null" {
        out.push_str(text);
        return Ok(());
    }
    let mut members = Vec::new();
    if text.starts_with('{') {
        Members(members) = serde_json::from_str(text)?;
    }
    trails.retain_mut(|trail| past_tags(trail, &members));
    if let Some(trail) = trails.iter().find(|trail| trail.rest.is_empty()) {
        out.push_str(&with.replace(trail.field, text)?);
        return Ok(());
    }
    match text.as_bytes().first() {
        Some(b'{') => {
            out.push('{');
            for (n, (key, value)) in members.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                out.push_str(&serde_json::to_string(key)?);
                out.push(':');
                let into = |step: &Step| match step {
                    Step::Key(name) => name == key,
                    Step::Keys(beginning) => key.starts_with(beginning),
                    _ => false,
                };
                walk(value, onward(&trails, into), out, with)?;
            }
            out.push('}');
        }
        Some(b'[') => {
            let Items(items) = serde_json::from_str(text)?;
            out.push('[');
            for (n, value) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                let into = |step: &Step| matches!(step, Step::Each);
                walk(value, onward(&trails, into), out, with)?;
            }
            out.push(']');
        }
        _ => out.push_str(text),
    }
    Ok(())
}

/// Takes the tags that a trail begins with. Whether all of them are those of this object.
fn past_tags(trail: &mut Trail<'_>, members: &[(String, &RawValue)]) -> bool {
    while let [Step::Tag { key, value }, rest @ ..] = trail.rest {
        let tag = members.iter().find(|(name, _)| name == key);
        let fits = tag.is_some_and(|(_, tag)| {
            serde_json::from_str::<String>(tag.get()).is_ok_and(|tag| tag == *value)
        });
        if !fits {
            return false;
        }
        trail.rest = rest;
    }
    true
}

/// The trails whose next step leads there, one step further.
fn onward<'f>(trails: &[Trail<'f>], into: impl Fn(&Step) -> bool) -> Vec<Trail<'f>> {
    let through = |trail: &Trail<'f>| {
        let (step, rest) = trail.rest.split_first()?;
        into(step).then_some(Trail { field: trail.field, rest })
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

/// The text of an object's member, if it has one.
pub(super) fn text_at(object: &str, key: &str) -> Option<String> {
    let Members(members) = serde_json::from_str(object).ok()?;
    let (_, value) = members.into_iter().find(|(name, _)| name == key)?;
    serde_json::from_str(value.get()).ok()
}

#[cfg(test)]
mod tests {
    use mattoni_core::record::{Marks, Owner, Personal, Placeholder};

    use super::*;

    /// Puts the field's shape in the place of each value.
    struct Shapes;

    impl Replace<serde_json::Error> for Shapes {
        fn replace(&mut self, field: &PersonalField, _: &str) -> serde_json::Result<String> {
            Ok(field.placeholder.shape.to_owned())
        }
    }

    struct Marked;

    impl Personal for Marked {
        fn mark(marks: &mut Marks) {
            const LEFT: Step = Step::Tag { key: "event", value: "left" };
            const KEPT: Step = Step::Tag { key: "as", value: "kept" };
            let mut personal = |path: &'static [Step], shape| {
                at(marks, path, Placeholder { shape, json: "null" });
            };
            personal(&[Step::Key("who")], "WHO");
            personal(&[LEFT, Step::Key("text")], "TEXT");
            personal(&[Step::Key("set"), Step::Keys("child_")], "CHILD");
            personal(&[Step::Key("set"), Step::Keys("")], "OTHER");
            personal(&[Step::Key("parts"), Step::Each, KEPT], "PART");
            personal(&[Step::Key("parts"), Step::Each, Step::Key("a")], "A");
        }
    }

    fn at(marks: &mut Marks, path: &[Step], placeholder: Placeholder) {
        match path.split_first() {
            None => marks.personal(Owner::Subject, placeholder),
            Some((step, rest)) => marks.at(*step, |marks| at(marks, rest, placeholder)),
        }
    }

    fn replaced(document: &str) -> String {
        let fields = Marks::of::<Marked>();
        String::from_utf8(splice(document.as_bytes(), &fields, &mut Shapes).unwrap()).unwrap()
    }

    #[test]
    fn every_step_leads_where_it_says_and_the_rest_stays_as_it_was() {
        assert_eq!(
            replaced(r#"{"event":"left","text":"a", "who":{"id":1},"set":{"child_1":1,"x":[2]}}"#),
            r#"{"event":"left","text":TEXT,"who":WHO,"set":{"child_1":CHILD,"x":OTHER}}"#
        );
        assert_eq!(replaced(r#"{"event":"said","text":"a"}"#), r#"{"event":"said","text":"a"}"#);
        assert_eq!(replaced(r#"{"text":"a","event":7}"#), r#"{"text":"a","event":7}"#);
        assert_eq!(
            replaced(r#"{"parts":[{"as":"kept","a":1},{"as":"no","a":1},null,3],"who":null}"#),
            r#"{"parts":[PART,{"as":"no","a":A},null,3],"who":null}"#
        );
    }
}

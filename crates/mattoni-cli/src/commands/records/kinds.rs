//! `mattoni records kinds`.

use std::fmt::Write as _;

use mattoni_core::record::{Content, List, RecordKind, Side};
use serde_json::json;

use crate::output::{Reader, say, table};
use crate::store_access::bricks;

pub(super) fn run(reader: Reader) {
    let bricks = bricks::all();
    let kinds: Vec<serde_json::Value> = bricks.kinds().map(described).collect();
    let mut text = format!("Mattoni: {}\n", bricks.names().join(", "));
    for kind in bricks.kinds() {
        page(&mut text, kind);
    }
    say(reader, &json!({ "bricks": bricks.names(), "kinds": kinds }), text.trim_end());
}

fn described(kind: &dyn RecordKind) -> serde_json::Value {
    let verbs = kind
        .verbs()
        .into_iter()
        .map(|verb| json!({ "name": verb.name, "italian": verb.italian, "by": verb.by }));
    let lists = kind
        .lists()
        .iter()
        .map(|list| json!({ "name": list.name, "personal": list.content == Content::Personal }));
    json!({
        "kind": kind.kind(), "title": kind.title(), "verbs": verbs.collect::<Vec<_>>(),
        "lists": lists.collect::<Vec<_>>(), "orders": kind.gives(),
        "final_states": kind.final_states(), "projection": kind.projection_version(),
    })
}

fn page(text: &mut String, kind: &dyn RecordKind) {
    // Writing to a String cannot fail, here and below.
    let _ = writeln!(text, "\n{} ({})", kind.title(), kind.kind());
    let verbs = kind.verbs();
    if !verbs.is_empty() {
        let mut lines = table(["verbo", "in italiano", "chi"]);
        for verb in verbs {
            let by: Vec<&str> = verb.by.iter().copied().map(Side::italian).collect();
            lines.add_row([verb.name, verb.italian, &by.join(", ")]);
        }
        let _ = writeln!(text, "{lines}");
    }
    let lists: Vec<String> = kind.lists().iter().map(named).collect();
    line(text, "elenchi", &lists);
    line(text, "ordini", kind.gives());
    line(text, "stati finali", kind.final_states());
}

fn named(list: &List) -> String {
    match list.content {
        Content::Plain => list.name.to_owned(),
        Content::Personal => format!("{} (dati personali)", list.name),
    }
}

fn line(text: &mut String, what: &str, of: &[impl AsRef<str>]) {
    if !of.is_empty() {
        let of: Vec<&str> = of.iter().map(AsRef::as_ref).collect();
        let _ = writeln!(text, "{what}: {}", of.join(", "));
    }
}

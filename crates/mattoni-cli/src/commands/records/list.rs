//! `mattoni records list`: all records of a kind, those in a part of a list, or a list's parts.

use std::collections::BTreeMap;

use mattoni_core::record::{CLOCK, List, PART_OF, RecordKind, Sight, Span, Subject};
use mattoni_desk::{Desk, DeskError, Unreadable, read_any};
use mattoni_store::StoredState;
use serde_json::{Value, json};

use super::show::cells;
use crate::output::{Failure, Reader, refused, say, table};

/// States read at a time.
const PAGE: usize = 500;

/// One line of the answer.
struct Line {
    id: String,
    row: Value,
    sort: Option<String>,
    /// What people read where the kind has no row.
    facts: Vec<String>,
}

impl Line {
    /// The line of a state. None for a record that `who` may not see, and for one that cannot be
    /// read, whose name is then among those left out.
    fn of(
        kind: &dyn RecordKind,
        stored: &StoredState,
        who: &Subject,
        unreadable: &mut Vec<Unreadable>,
    ) -> Result<Option<Self>, Failure> {
        let state = match read_any(kind, stored) {
            Ok(state) => state,
            Err(error) => {
                unreadable.push(Unreadable::of(&stored.stream, &error));
                return Ok(None);
            }
        };
        if state.sight(who) == Sight::Nothing {
            return Ok(None);
        }
        let row = state.projection()?.row;
        let facts = state.facts();
        let facts = facts.iter().map(|(name, fact)| (name, fact.to_string()));
        let facts = facts.filter(|(_, fact)| !fact.is_empty());
        Ok(Some(Self {
            id: stored.stream.id.to_string(),
            row: serde_json::from_str(&row).unwrap_or_default(),
            sort: None,
            facts: facts.map(|(name, fact)| format!("{name}: {fact}")).collect(),
        }))
    }

    fn at(self, sort: String) -> Self {
        Self { sort: Some(sort), ..self }
    }

    fn json(&self) -> Value {
        let mut line = json!({ "id": self.id, "row": self.row });
        if let Some(sort) = &self.sort {
            line["sort"] = json!(sort);
        }
        line
    }

    fn text(&self) -> String {
        if self.row.is_null() {
            return self.facts.join(" · ");
        }
        let values = cells(&self.row).into_iter().map(|(_, value)| value);
        values.collect::<Vec<_>>().join(" · ")
    }
}

/// What is looked at, by whom: records that they may not see are left out.
pub(super) struct Looked<'a> {
    pub(super) desk: &'a Desk,
    pub(super) kind: &'a dyn RecordKind,
    pub(super) who: Subject,
    /// At most so many lines.
    pub(super) limit: usize,
}

impl Looked<'_> {
    pub(super) async fn all(&self, reader: Reader) -> Result<(), Failure> {
        let Self { desk, kind, who, limit } = self;
        let (kind, limit) = (*kind, *limit);
        let there = desk.store().projection_versions(desk.ente(), kind.kind()).await?;
        let (mut lines, mut unreadable) = (Vec::new(), Vec::new());
        let mut after = None;
        while lines.len() < limit {
            let want = PAGE.min(limit - lines.len());
            let page = desk.store().streams(desk.ente(), kind.kind(), after, want).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.stream.id);
            for stored in &page {
                lines.extend(Line::of(kind, stored, who, &mut unreadable)?);
            }
        }
        tell(kind, &json!({ "kind": kind.kind() }), &lines, there.values().sum(), reader);
        Failure::none_left_out(&unreadable)
    }

    pub(super) async fn part(
        &self,
        list: &str,
        bucket: &str,
        reader: Reader,
    ) -> Result<(), Failure> {
        let Self { desk, kind, who, limit } = self;
        let (kind, limit) = (*kind, *limit);
        let list = list_of(kind, list)?;
        let span = Span::new(list, bucket);
        let (store, ente) = (desk.store(), desk.ente());
        let there = store.tally(ente, kind.kind(), list.name, bucket).await?;
        let (mut lines, mut unreadable) = (Vec::new(), Vec::new());
        let mut after = None;
        while lines.len() < limit {
            let want = PAGE.min(limit - lines.len());
            let page = store.page(ente, kind.kind(), &span, after.as_ref(), want).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.spot());
            for placed in page {
                let line = Line::of(kind, &placed.state, who, &mut unreadable)?;
                lines.extend(line.map(|line| line.at(placed.sort)));
            }
        }
        let what = json!({ "kind": kind.kind(), "list": list.name, "bucket": bucket });
        tell(kind, &what, &lines, there, reader);
        Failure::none_left_out(&unreadable)
    }
}

fn tell(kind: &dyn RecordKind, what: &Value, lines: &[Line], there: u64, reader: Reader) {
    let mut answer = what.clone();
    answer["count"] = json!(there);
    answer["records"] = lines.iter().map(Line::json).collect();
    let mut shown = table(["id", kind.title()]);
    for line in lines {
        shown.add_row([line.id.clone(), line.text()]);
    }
    let count = match (lines.len(), there) {
        (0, _) => "nessuno".to_owned(),
        (shown, there) if shown as u64 >= there => format!("{shown} in tutto"),
        (shown, there) => format!("{shown} di {there} (--limit)"),
    };
    let text = if lines.is_empty() { count } else { format!("{shown}\n{count}") };
    say(reader, &answer, &text);
}

/// Which buckets a list has: read off the records, because lists are found by bucket.
pub(super) async fn buckets(
    desk: &Desk,
    kind: &dyn RecordKind,
    list: &str,
    limit: usize,
    reader: Reader,
) -> Result<(), Failure> {
    let list = list_of(kind, list)?;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let read = |stored| read_any(kind, &stored);
    let unreadable = desk.each_page(kind.kind(), PAGE, read, async |page| {
        for state in &page {
            for entry in state.projection()?.entries {
                if entry.list == list.name {
                    *counts.entry(entry.bucket).or_default() += 1;
                }
            }
        }
        Ok::<_, DeskError>(())
    });
    let unreadable = unreadable.await?;
    let shown = counts.iter().take(limit);
    let mut lines = table(["parte (--bucket)", "quanti"]);
    for (bucket, count) in shown.clone() {
        lines.add_row([bucket.clone(), count.to_string()]);
    }
    let more = counts.len().saturating_sub(limit);
    let text = match more {
        _ if counts.is_empty() => "l'elenco è vuoto".to_owned(),
        0 => lines.to_string(),
        more => format!("{lines}\ne altre {more} parti (--limit)"),
    };
    let all: Vec<Value> =
        shown.map(|(bucket, count)| json!({ "bucket": bucket, "count": count })).collect();
    let answer = json!({ "kind": kind.kind(), "list": list.name, "buckets": all, "more": more });
    say(reader, &answer, &text);
    Failure::none_left_out(&unreadable)
}

/// The list of the kind with this name, or one of those that every kind stands in.
fn list_of(kind: &dyn RecordKind, name: &str) -> Result<List, Failure> {
    let known = || kind.lists().iter().copied().chain([CLOCK, PART_OF]);
    known().find(|list| list.name == name).ok_or_else(|| {
        let names: Vec<&str> = known().map(|list| list.name).collect();
        refused(
            "cli.records.list",
            name,
            &format!("must be a list of {}", kind.kind()),
            &format!("use one of: {}", names.join(", ")),
        )
    })
}

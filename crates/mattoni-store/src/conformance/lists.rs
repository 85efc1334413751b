//! What lists promise.

use std::collections::BTreeMap;

use mattoni_core::record::{List, ListEntry, Projection, Span, sort};

use super::{change, code, commit, committed, conflict, ente, holder, stream, works};
use crate::{
    Batch, Change, CommitError, Conflict, IndexAudit, Owners, Placed, Reprojected, Spot, Store,
    Version,
};

const WATTS: List = List::plain("watts");
const VOLTS: List = List::plain("volts");
const NAME: List = List::personal("name");

fn watts(hall: &str, watts: i64) -> ListEntry {
    ListEntry::new(WATTS, hall, sort::number(watts))
}

fn version_1(entries: impl IntoIterator<Item = ListEntry>) -> Projection {
    Projection::new().version(1).entries(entries)
}

fn lamp(id: u128, after: u64, entries: impl IntoIterator<Item = ListEntry>) -> Change {
    change(id, after, 1).with_projection(version_1(entries))
}

fn reprojected(id: u128, version: u64, projection: Projection) -> Reprojected {
    let (version, owners) = (Version::new(version), Owners::none());
    Reprojected { stream: stream(id), version, projection, owners }
}

async fn ids(store: &impl Store, span: &Span, after: Option<&Spot>, limit: usize) -> Vec<u128> {
    let page = works(store.page(&ente(), "lamp", span, after, limit).await);
    page.iter().map(|placed| placed.state.stream.id.as_u128()).collect()
}

async fn tally(store: &impl Store, list: &str, bucket: &str) -> u64 {
    works(store.tally(&ente(), "lamp", list, bucket).await)
}

async fn versions(store: &impl Store) -> BTreeMap<u32, u64> {
    works(store.projection_versions(&ente(), "lamp").await)
}

pub(super) async fn show_states_in_their_order(store: &impl Store) {
    let halls = [("a", 60), ("b", 10), ("a", 40), ("a", 60), ("a", -5), ("a", 100)];
    let lamps = (1..).zip(halls).map(|(id, (hall, w))| lamp(id, 0, [watts(hall, w)]));
    committed(store, lamps).await;
    let all = Span::new(WATTS, "a");
    assert_eq!(ids(store, &all, None, 9).await, [5, 3, 1, 4, 6], "by sort key, equals by id");
    assert_eq!(ids(store, &all.clone().downwards(), None, 9).await, [6, 4, 1, 3, 5]);
    assert_eq!(ids(store, &all, None, 0).await, []);
    assert_eq!(ids(store, &Span::new(WATTS, "c"), None, 9).await, []);
    assert_eq!(ids(store, &Span::new(VOLTS, "a"), None, 9).await, []);
    let key = sort::number;
    let span = all.clone().from(key(40)).to(key(100));
    assert_eq!(ids(store, &span, None, 9).await, [3, 1, 4], "from the first, without the second");
    assert_eq!(ids(store, &span.downwards(), None, 9).await, [4, 1, 3]);
    let backwards = all.clone().from(key(100)).to(key(40));
    assert_eq!(ids(store, &backwards, None, 9).await, [], "nothing lies between");
    let placed = works(store.page(&ente(), "lamp", &all, None, 1).await);
    let state = works(store.load(&ente(), &stream(5)).await).expect("the state is there");
    assert_eq!(placed, [Placed { sort: key(-5), state }], "a page shows the state itself");
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "b").await), (5, 1));
    assert_eq!((tally(store, "watts", "c").await, tally(store, "volts", "a").await), (0, 0));

    // A changed entry moves; an entry that the projection no longer has is removed.
    committed(store, [lamp(5, 1, [watts("b", 70)]), lamp(3, 1, [watts("a", 90)])]).await;
    committed(store, [change(6, 1, 1)]).await;
    assert_eq!(ids(store, &all, None, 9).await, [1, 4, 3]);
    assert_eq!(ids(store, &Span::new(WATTS, "b"), None, 9).await, [2, 5]);
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "b").await), (3, 2));
}

/// Rows come, change and go with the state, and no state is read for them.
pub(super) async fn show_the_rows_of_their_entries(store: &impl Store) {
    let with_row = |id, after, w, row: &str| {
        let entries = [watts("a", w).with_row(), watts("bare", w)];
        change(id, after, 1).with_projection(version_1(entries).row(row))
    };
    let shown = async |span: &Span, after: Option<&Spot>, limit| {
        let rows = works(store.rows(&ente(), "lamp", span, after, limit).await);
        rows.into_iter().map(|row| (row.spot.id.as_u128(), row.row)).collect::<Vec<_>>()
    };
    let row = |id: u128, text: &str| (id, text.to_owned());
    let all = Span::new(WATTS, "a");
    let lamps = [(1, 60, r#""one""#), (2, 10, r#""two""#), (3, 40, "")];
    committed(store, lamps.map(|(id, w, text)| with_row(id, 0, w, text))).await;
    let in_order = [row(2, r#""two""#), row(3, ""), row(1, r#""one""#)];
    assert_eq!(shown(&all, None, 9).await, in_order);
    assert_eq!(shown(&all, None, 2).await, in_order[..2]);
    let down = all.clone().downwards();
    assert_eq!(shown(&down, None, 1).await, in_order[2..]);
    let page = works(store.rows(&ente(), "lamp", &all, None, 1).await);
    let spot = page.first().map(|row| row.spot.clone());
    assert_eq!(shown(&all, spot.as_ref(), 9).await, in_order[1..], "read on after a spot");
    let placed = works(store.page(&ente(), "lamp", &all, None, 1).await);
    assert_eq!(spot, placed.first().map(Placed::spot), "a spot is good for both");
    let bare = Span::new(WATTS, "bare");
    assert_eq!(shown(&bare, None, 1).await, [row(2, "")], "an entry that carries none shows none");

    // A new row at the same place, the same row at another place, and no row: each entry counts
    // once.
    let later = [with_row(1, 1, 60, r#""uno""#), with_row(2, 1, 70, r#""two""#)];
    committed(store, later.into_iter().chain([lamp(3, 1, [watts("a", 40)])])).await;
    let in_order = [row(3, ""), row(1, r#""uno""#), row(2, r#""two""#)];
    assert_eq!(shown(&all, None, 9).await, in_order);
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "bare").await), (3, 2));
    let projection = version_1([watts("a", 60).with_row()]).row(r#""eins""#);
    let anew = vec![reprojected(1, 2, projection)];
    assert_eq!(store.reproject(&ente(), anew).await.expect("it is reprojected"), 1);
    assert_eq!(shown(&all, None, 9).await[1], row(1, r#""eins""#));
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "bare").await), (3, 1));

    let long = "x".repeat(crate::MAX_ROW);
    match commit(store, [with_row(4, 0, 1, &long)]).await {
        Err(CommitError::Refused(problems)) => {
            let codes: Vec<_> = problems.iter().map(|p| p.code.to_string()).collect();
            assert_eq!(codes, ["store.row.form"], "only the entry that carries it is too long");
        }
        other => panic!("a refusal was promised, not {other:?}"),
    }
}

/// Without sort keys a bucket is in order of id.
pub(super) async fn go_by_id_without_sort_keys(store: &impl Store) {
    let entry = || [ListEntry::new(WATTS, "all", "")];
    committed(store, [5, 2, 9, 1].map(|id| lamp(id, 0, entry()))).await;
    let all = Span::new(WATTS, "all");
    assert_eq!(ids(store, &all, None, 9).await, [1, 2, 5, 9]);
    assert_eq!(ids(store, &all.clone().downwards(), None, 2).await, [9, 5]);
    let page = works(store.page(&ente(), "lamp", &all, None, 2).await);
    let spot = page.last().map(Placed::spot);
    assert_eq!(ids(store, &all, spot.as_ref(), 9).await, [5, 9]);
    assert_eq!(ids(store, &all.downwards(), spot.as_ref(), 9).await, [1]);
}

pub(super) async fn find_by_the_beginning(store: &impl Store) {
    let names = ["rossi", "rosa", "ros", "rot", "r", "s", "ros\u{fffd}", "rosé"];
    let entries = |name: &str| [ListEntry::new(VOLTS, "all", name)];
    committed(store, (1..).zip(names).map(|(id, name)| lamp(id, 0, entries(name)))).await;
    let found = async |start| {
        let span = Span::new(VOLTS, "all").beginning_with(start);
        ids(store, &span, None, 9).await
    };
    assert_eq!(found("ros").await, [3, 2, 1, 8, 7], "by bytes");
    assert_eq!(found("rosa").await, [2]);
    assert_eq!(found("z").await, []);
    assert_eq!(found("").await.len(), names.len());
}

/// Page after page, while others commit: nothing comes twice, and nothing is missed that was
/// there all the time.
pub(super) async fn are_read_on_while_they_change(store: &impl Store) {
    committed(store, (1..=9).map(|id| lamp(id, 0, [watts("a", 10 * id as i64)]))).await;
    for down in [false, true] {
        let span = Span::new(WATTS, "a");
        let span = if down { span.downwards() } else { span };
        let (mut after, mut seen) = (None, Vec::new());
        for turn in 0.. {
            let page = works(store.page(&ente(), "lamp", &span, after.as_ref(), 2).await);
            assert!(page.len() <= 2, "a page is no longer than asked for");
            let Some(last) = page.last() else { break };
            after = Some(last.spot());
            seen.extend(page.iter().map(|placed| placed.state.stream.id.as_u128()));
            // Each time one entry is added before the page and one behind it.
            let base = 100 * (1 + u128::from(down)) + 2 * turn;
            let new = [(base, 1), (base + 1, 1000)];
            committed(store, new.map(|(id, w)| lamp(id, 0, [watts("a", w)]))).await;
            if turn == 9 {
                break;
            }
        }
        let old: Vec<u128> = seen.iter().copied().filter(|id| *id < 10).collect();
        let mut expected: Vec<u128> = (1..=9).collect();
        if down {
            expected.reverse();
        }
        assert_eq!(old, expected);
        seen.sort_unstable();
        assert!(seen.windows(2).all(|pair| pair[0] < pair[1]), "nothing comes twice");
    }
}

pub(super) async fn are_kept_with_the_commit(store: &impl Store) {
    committed(store, [lamp(1, 0, [watts("a", 1)])]).await;
    let before = (versions(store).await, tally(store, "watts", "a").await);
    let late = [lamp(1, 1, [watts("b", 2)]), lamp(2, 0, [watts("a", 2)]), lamp(1, 1, [])];
    let lost = conflict(store, late).await;
    assert!(matches!(lost, Conflict::Version { .. }));
    assert_eq!(
        (versions(store).await, tally(store, "watts", "a").await),
        before,
        "no trace is left"
    );
    assert_eq!(ids(store, &Span::new(WATTS, "a"), None, 9).await, [1]);
    assert_eq!(tally(store, "watts", "b").await, 0);

    // Of two changes of one stream in a batch, the last counts.
    committed(store, [lamp(1, 1, [watts("b", 2)]), lamp(1, 2, [watts("c", 3)])]).await;
    let tallies = [tally(store, "watts", "b").await, tally(store, "watts", "c").await];
    assert_eq!((tally(store, "watts", "a").await, tallies), (0, [0, 1]));

    let bad = lamp(
        3,
        0,
        [ListEntry::new(List::plain(""), "", "\u{10ffff}"), watts("a", 1), watts("a", 1)],
    );
    match commit(store, [bad]).await {
        Err(CommitError::Refused(problems)) => {
            let codes: Vec<_> = problems.iter().map(|p| p.code.to_string()).collect();
            let expected =
                ["store.name.form", "store.value.form", "store.sort.form", "store.entry.twice"];
            assert_eq!(codes, expected, "all problems are given at once");
        }
        other => panic!("a refusal was promised, not {other:?}"),
    }
}

pub(super) async fn are_made_anew_where_nothing_moved(store: &impl Store) {
    let lamps = [change(1, 0, 1), change(2, 0, 1), lamp(3, 0, [watts("a", 3)])];
    committed(store, lamps).await;
    assert_eq!(versions(store).await, [(0, 2), (1, 1)].into());
    let head = works(store.head(&ente()).await);
    let anew = |id, version, hall| {
        let entries = [watts(hall, 7), ListEntry::new(NAME, hall, "x")];
        reprojected(id, version, Projection::new().version(2).entries(entries))
    };
    // The second has a later version by now, and the fourth does not exist.
    committed(store, [lamp(2, 1, [watts("a", 9)])]).await;
    let states = vec![anew(1, 1, "a"), anew(2, 1, "b"), anew(3, 1, "a"), anew(4, 1, "a")];
    let reproject =
        async |states| store.reproject(&ente(), states).await.expect("states are reprojected");
    assert_eq!(reproject(states.clone()).await, 2);
    assert_eq!(versions(store).await, [(1, 1), (2, 2)].into());
    assert_eq!(ids(store, &Span::new(WATTS, "a"), None, 9).await, [1, 3, 2]);
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "b").await), (3, 0));
    assert_eq!(reproject(states).await, 2, "twice is once");
    assert_eq!((tally(store, "watts", "a").await, tally(store, "name", "a").await), (3, 2));
    // After a person is erased, entries without personal data stay.
    let mut erased = anew(1, 1, "a");
    erased.projection = erased.projection.without_personal();
    assert_eq!(reproject(vec![erased]).await, 1);
    assert_eq!((tally(store, "watts", "a").await, tally(store, "name", "a").await), (3, 1));
    assert_eq!(ids(store, &Span::new(NAME, "a"), None, 9).await, [3]);
    assert_eq!(reproject(Vec::new()).await, 0);
    let bad = reprojected(1, 1, version_1([watts("", 1)]));
    let refused = store.reproject(&ente(), vec![bad]).await;
    assert!(matches!(refused, Err(CommitError::Refused(_))), "a bad entry is refused");

    // Later commits see the new projections.
    committed(store, [lamp(1, 1, [watts("c", 1)]), lamp(3, 1, [])]).await;
    assert_eq!(ids(store, &Span::new(WATTS, "a"), None, 9).await, [2]);
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "c").await), (1, 1));
    assert_eq!(tally(store, "name", "a").await, 0);
    assert_ne!(works(store.head(&ente()).await), head);
}

pub(super) async fn never_cross_entes(store: &impl Store) {
    let there = code("c_b002");
    let theirs = Batch::new(there.clone(), [lamp(1, 0, [watts("a", 1)])]);
    store.commit(theirs).await.expect("the batch is committed");
    let span = Span::new(WATTS, "a");
    assert_eq!(ids(store, &span, None, 9).await, []);
    assert_eq!((tally(store, "watts", "a").await, versions(store).await), (0, BTreeMap::new()));
    let moved = reprojected(1, 1, Projection::new().version(3));
    assert_eq!(store.reproject(&ente(), vec![moved]).await.expect("nothing is there"), 0);
    assert_eq!(works(store.page(&there, "lamp", &span, None, 9).await).len(), 1);
    assert_eq!(works(store.page(&there, "fan", &span, None, 9).await).len(), 0);
    assert_eq!(works(store.tally(&there, "lamp", "watts", "a").await), 1);
    assert_eq!(works(store.projection_versions(&there, "lamp").await), [(1, 1)].into());
}

/// Unique keys are part of the projection: they change hands by it, all or nothing.
pub(super) async fn bring_unique_keys_with_the_projection(store: &impl Store) {
    let holding = |id, keys: &[&str]| {
        let unique = |all: Projection, key: &&str| all.unique("socket", *key);
        reprojected(id, 1, keys.iter().fold(version_1([watts("a", 1)]), unique))
    };
    committed(store, [change(1, 0, 1), change(2, 0, 1), change(3, 0, 1)]).await;
    let reproject = async |states| store.reproject(&ente(), states).await;
    assert_eq!(reproject(vec![holding(1, &["1"]), holding(2, &["2"])]).await.ok(), Some(2));
    assert_eq!(holder(store, "socket", "1").await, Some(stream(1)));

    let lost = reproject(vec![holding(3, &["3"]), holding(2, &["2", "1"])]).await;
    match lost {
        Err(CommitError::Conflict(Conflict::UniqueKey { stream: of, value, holder, .. })) => {
            assert_eq!((of, value.as_str(), holder), (stream(2), "1", stream(1).id));
        }
        other => panic!("a conflict was promised, not {other:?}"),
    }
    assert_eq!(holder(store, "socket", "3").await, None, "nothing was written");
    assert_eq!(tally(store, "watts", "a").await, 2);

    assert_eq!(reproject(vec![holding(1, &[]), holding(3, &["1"])]).await.ok(), Some(2));
    assert_eq!(holder(store, "socket", "1").await, Some(stream(3)), "handed on in one go");
    let taken = change(1, 1, 1).with_projection(Projection::new().unique("socket", "2"));
    assert!(matches!(conflict(store, [taken]).await, Conflict::UniqueKey { .. }));
}

/// However projections come and go, keys, entries and counts are those of the states, and mending
/// them changes nothing.
pub(super) async fn agree_with_what_is_kept_beside_the_states(store: &impl Store) {
    let audit = async || works(store.audit_index(&ente(), "lamp").await);
    assert_eq!(audit().await, IndexAudit::default(), "nothing is there yet");
    let holding = |hall: &str, w, socket: &str, row: &str| {
        let entries = [watts(hall, w).with_row(), ListEntry::new(VOLTS, "all", "")];
        version_1(entries).unique("socket", socket.to_owned()).row(row)
    };
    let first = change(1, 0, 1).with_projection(holding("a", 40, "1", "{}"));
    let second = change(2, 0, 1).with_projection(holding("a", 60, "2", "[\"è\"]"));
    committed(store, [first, second, change(3, 0, 1)]).await;
    committed(store, [change(2, 1, 1).with_projection(holding("b", 60, "3", "{}"))]).await;
    let anew = reprojected(3, 1, holding("b", 10, "2", ""));
    assert_eq!(store.reproject(&ente(), vec![anew]).await.ok(), Some(1));
    let expected = IndexAudit { keys: 3, entries: 6, ..IndexAudit::default() };
    assert_eq!(audit().await, expected);
    let before = (tally(store, "watts", "b").await, versions(store).await);
    works(store.mend_index(&ente(), "lamp").await);
    works(store.mend_index(&code("c_b002"), "lamp").await);
    assert_eq!(audit().await, expected);
    assert_eq!((tally(store, "watts", "b").await, versions(store).await), before);
    assert_eq!(works(store.audit_index(&ente(), "fan").await), IndexAudit::default());
}

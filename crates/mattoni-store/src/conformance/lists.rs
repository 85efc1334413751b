//! What lists promise.

use std::collections::BTreeMap;

use super::{change, code, commit, committed, conflict, ente, stream, works};
use crate::{
    Batch, Change, CommitError, Conflict, Listing, Place, Placed, Relisted, Span, Spot, Store,
    Version,
};

fn watts(hall: &str, watts: i64) -> Place {
    Place::new("watts", hall, crate::sort::number(watts))
}

fn lamp(id: u128, after: u64, places: impl IntoIterator<Item = Place>) -> Change {
    change(id, after, 1).with_listing(Listing::new(1).with(places))
}

async fn ids(store: &impl Store, span: &Span, after: Option<&Spot>, limit: usize) -> Vec<u128> {
    let page = works(store.page(&ente(), "lamp", span, after, limit).await);
    page.iter().map(|placed| placed.state.stream.id.as_u128()).collect()
}

async fn tally(store: &impl Store, list: &str, bucket: &str) -> u64 {
    works(store.tally(&ente(), "lamp", list, bucket).await)
}

async fn forms(store: &impl Store) -> BTreeMap<u32, u64> {
    works(store.forms(&ente(), "lamp").await)
}

pub(super) async fn show_states_in_their_order(store: &impl Store) {
    let halls = [("a", 60), ("b", 10), ("a", 40), ("a", 60), ("a", -5), ("a", 100)];
    let lamps = (1..).zip(halls).map(|(id, (hall, w))| lamp(id, 0, [watts(hall, w)]));
    committed(store, lamps).await;
    let all = Span::new("watts", "a");
    assert_eq!(ids(store, &all, None, 9).await, [5, 3, 1, 4, 6], "by sort key, equals by id");
    assert_eq!(ids(store, &all.clone().downwards(), None, 9).await, [6, 4, 1, 3, 5]);
    assert_eq!(ids(store, &all, None, 0).await, []);
    assert_eq!(ids(store, &Span::new("watts", "c"), None, 9).await, []);
    assert_eq!(ids(store, &Span::new("volts", "a"), None, 9).await, []);
    let key = crate::sort::number;
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

    // What changes moves; what has no place any more is gone.
    committed(store, [lamp(5, 1, [watts("b", 70)]), lamp(3, 1, [watts("a", 90)])]).await;
    committed(store, [change(6, 1, 1)]).await;
    assert_eq!(ids(store, &all, None, 9).await, [1, 4, 3]);
    assert_eq!(ids(store, &Span::new("watts", "b"), None, 9).await, [2, 5]);
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "b").await), (3, 2));
}

/// What is told at a place comes, changes and goes with the state, and costs no state.
pub(super) async fn tell_what_their_places_carry(store: &impl Store) {
    let telling = |id, after, w, line: &str| {
        let listing = Listing::new(1).at(watts("a", w).with_line()).at(watts("bare", w));
        change(id, after, 1).with_listing(listing.telling(line))
    };
    let told = async |span: &Span, after: Option<&Spot>, limit| {
        let lines = works(store.lines(&ente(), "lamp", span, after, limit).await);
        lines.into_iter().map(|line| (line.spot.id.as_u128(), line.text)).collect::<Vec<_>>()
    };
    let line = |id: u128, text: &str| (id, text.to_owned());
    let all = Span::new("watts", "a");
    let lamps = [(1, 60, r#""one""#), (2, 10, r#""two""#), (3, 40, "")];
    committed(store, lamps.map(|(id, w, text)| telling(id, 0, w, text))).await;
    let in_order = [line(2, r#""two""#), line(3, ""), line(1, r#""one""#)];
    assert_eq!(told(&all, None, 9).await, in_order);
    assert_eq!(told(&all, None, 2).await, in_order[..2]);
    let down = all.clone().downwards();
    assert_eq!(told(&down, None, 1).await, in_order[2..]);
    let page = works(store.lines(&ente(), "lamp", &all, None, 1).await);
    let spot = page.first().map(|line| line.spot.clone());
    assert_eq!(told(&all, spot.as_ref(), 9).await, in_order[1..], "read on after a spot");
    let placed = works(store.page(&ente(), "lamp", &all, None, 1).await);
    assert_eq!(spot, placed.first().map(Placed::spot), "a spot is good for both");
    let bare = Span::new("watts", "bare");
    assert_eq!(told(&bare, None, 1).await, [line(2, "")], "a place that carries none tells none");

    // Told anew where it stands, told where it goes, told no more; a place is counted once.
    let later = [telling(1, 1, 60, r#""uno""#), telling(2, 1, 70, r#""two""#)];
    committed(store, later.into_iter().chain([lamp(3, 1, [watts("a", 40)])])).await;
    let in_order = [line(3, ""), line(1, r#""uno""#), line(2, r#""two""#)];
    assert_eq!(told(&all, None, 9).await, in_order);
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "bare").await), (3, 2));
    let listing = Listing::new(1).at(watts("a", 60).with_line()).telling(r#""eins""#);
    let relisted = Relisted { stream: stream(1), version: Version::new(2), listing };
    assert_eq!(store.relist(&ente(), vec![relisted]).await.expect("it is relisted"), 1);
    assert_eq!(told(&all, None, 9).await[1], line(1, r#""eins""#));
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "bare").await), (3, 1));

    let long = "x".repeat(crate::MAX_LINE);
    match commit(store, [telling(4, 0, 1, &long)]).await {
        Err(CommitError::Refused(problems)) => {
            let codes: Vec<_> = problems.iter().map(|p| p.code.to_string()).collect();
            assert_eq!(codes, ["store.line.form"], "only the place that carries it is too long");
        }
        other => panic!("a refusal was promised, not {other:?}"),
    }
}

pub(super) async fn find_by_the_beginning(store: &impl Store) {
    let names = ["rossi", "rosa", "ros", "rot", "r", "s", "ros\u{fffd}", "rosé"];
    let places = |name: &str| [Place::personal("name", "all", name)];
    committed(store, (1..).zip(names).map(|(id, name)| lamp(id, 0, places(name)))).await;
    let found = async |start| {
        let span = Span::new("name", "all").beginning_with(start);
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
        let span = Span::new("watts", "a");
        let span = if down { span.downwards() } else { span };
        let (mut after, mut seen) = (None, Vec::new());
        for turn in 0.. {
            let page = works(store.page(&ente(), "lamp", &span, after.as_ref(), 2).await);
            assert!(page.len() <= 2, "a page is no longer than asked for");
            let Some(last) = page.last() else { break };
            after = Some(last.spot());
            seen.extend(page.iter().map(|placed| placed.state.stream.id.as_u128()));
            // One before, one behind, each time.
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
    let before = (forms(store).await, tally(store, "watts", "a").await);
    let late = [lamp(1, 1, [watts("b", 2)]), lamp(2, 0, [watts("a", 2)]), lamp(1, 1, [])];
    let lost = conflict(store, late).await;
    assert!(matches!(lost, Conflict::Version { .. }));
    assert_eq!((forms(store).await, tally(store, "watts", "a").await), before, "no trace is left");
    assert_eq!(ids(store, &Span::new("watts", "a"), None, 9).await, [1]);
    assert_eq!(tally(store, "watts", "b").await, 0);

    // Two changes of one stream in a batch: the last counts.
    committed(store, [lamp(1, 1, [watts("b", 2)]), lamp(1, 2, [watts("c", 3)])]).await;
    let tallies = [tally(store, "watts", "b").await, tally(store, "watts", "c").await];
    assert_eq!((tally(store, "watts", "a").await, tallies), (0, [0, 1]));

    let bad = lamp(3, 0, [Place::new("", "", "\u{10ffff}"), watts("a", 1), watts("a", 1)]);
    match commit(store, [bad]).await {
        Err(CommitError::Refused(problems)) => {
            let codes: Vec<_> = problems.iter().map(|p| p.code.to_string()).collect();
            let expected =
                ["store.name.form", "store.value.form", "store.sort.form", "store.place.twice"];
            assert_eq!(codes, expected, "all problems are given at once");
        }
        other => panic!("a refusal was promised, not {other:?}"),
    }
}

pub(super) async fn are_made_anew_where_nothing_moved(store: &impl Store) {
    let lamps = [change(1, 0, 1), change(2, 0, 1), lamp(3, 0, [watts("a", 3)])];
    committed(store, lamps).await;
    assert_eq!(forms(store).await, [(0, 2), (1, 1)].into());
    let head = works(store.head(&ente()).await);
    let anew = |id, version, hall| {
        let listing = Listing::new(2).at(watts(hall, 7)).at(Place::personal("name", hall, "x"));
        Relisted { stream: stream(id), version: Version::new(version), listing }
    };
    // The second has moved on meanwhile, the fourth is not there.
    committed(store, [lamp(2, 1, [watts("a", 9)])]).await;
    let states = vec![anew(1, 1, "a"), anew(2, 1, "b"), anew(3, 1, "a"), anew(4, 1, "a")];
    let relist = async |states| store.relist(&ente(), states).await.expect("states are relisted");
    assert_eq!(relist(states.clone()).await, 2);
    assert_eq!(forms(store).await, [(1, 1), (2, 2)].into());
    assert_eq!(ids(store, &Span::new("watts", "a"), None, 9).await, [1, 3, 2]);
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "b").await), (3, 0));
    assert_eq!(relist(states).await, 2, "twice is once");
    assert_eq!((tally(store, "watts", "a").await, tally(store, "name", "a").await), (3, 2));
    // A person is erased: what says nothing of them stays.
    let mut erased = anew(1, 1, "a");
    erased.listing = erased.listing.without_personal();
    assert_eq!(relist(vec![erased]).await, 1);
    assert_eq!((tally(store, "watts", "a").await, tally(store, "name", "a").await), (3, 1));
    assert_eq!(ids(store, &Span::new("name", "a"), None, 9).await, [3]);
    assert_eq!(relist(Vec::new()).await, 0);
    let bad = Relisted { listing: Listing::new(1).at(watts("", 1)), ..anew(1, 1, "a") };
    let refused = store.relist(&ente(), vec![bad]).await;
    assert!(matches!(refused, Err(CommitError::Refused(_))), "a bad place is refused");

    // The next commits find what was listed.
    committed(store, [lamp(1, 1, [watts("c", 1)]), lamp(3, 1, [])]).await;
    assert_eq!(ids(store, &Span::new("watts", "a"), None, 9).await, [2]);
    assert_eq!((tally(store, "watts", "a").await, tally(store, "watts", "c").await), (1, 1));
    assert_eq!(tally(store, "name", "a").await, 0);
    assert_ne!(works(store.head(&ente()).await), head);
}

pub(super) async fn never_cross_entes(store: &impl Store) {
    let there = code("c_b002");
    let theirs = Batch::new(there.clone(), [lamp(1, 0, [watts("a", 1)])]);
    store.commit(theirs).await.expect("the batch is committed");
    let span = Span::new("watts", "a");
    assert_eq!(ids(store, &span, None, 9).await, []);
    assert_eq!((tally(store, "watts", "a").await, forms(store).await), (0, BTreeMap::new()));
    let listing = Listing::new(3);
    let moved = Relisted { stream: stream(1), version: Version::new(1), listing };
    assert_eq!(store.relist(&ente(), vec![moved]).await.expect("nothing is relisted"), 0);
    assert_eq!(works(store.page(&there, "lamp", &span, None, 9).await).len(), 1);
    assert_eq!(works(store.page(&there, "fan", &span, None, 9).await).len(), 0);
    assert_eq!(works(store.tally(&there, "lamp", "watts", "a").await), 1);
    assert_eq!(works(store.forms(&there, "lamp").await), [(1, 1)].into());
}

//! The promises of the ports as a suite that any backend can be held against, from the backend's
//! own tests. A broken promise panics and says which.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
//! use mattoni_store::{Memory, conformance};
//!
//! conformance::run(async || Memory::new()).await;
//! # });
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! Durability is not in it: to prove that, a process has to be killed. A backend that seals must
//! know what is personal in the kinds that the suite commits: [`personal`].

mod blobs;
mod collecting;
mod commits;
mod keys;
mod lists;
mod outbox;
mod races;
mod reads;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

use chrono::DateTime;
use mattoni_core::record::{KindPersonal, PersonalData, Projection};
use mattoni_core::{Act, Actor, EnteId, Id};

use crate::{
    Batch, Blobs, Change, CommitError, Committed, Conflict, Error, Journal, NewEvent, Recorded,
    Store, Stream, Version,
};

/// Holds a backend to every promise. `make` makes an empty store each time it is called; the
/// store may be dropped at the end of each promise.
///
/// # Panics
/// When a promise is broken.
pub async fn run<S: Store>(make: impl AsyncFn() -> S) {
    commits::hold(&make().await).await;
    commits::leave_no_trace_when_refused(&make().await).await;
    commits::are_all_or_nothing(&make().await).await;
    commits::build_on_each_other_in_a_batch(&make().await).await;
    commits::refuse_bad_input_with_every_problem(&make().await).await;
    commits::stop_duplicates_by_unique_keys(&make().await).await;
    commits::free_unique_keys(&make().await).await;
    commits::give_gapless_numbers(&make().await).await;
    commits::chain_rows_by_hash(&make().await).await;
    commits::take_a_clock_that_goes_backwards(&make().await).await;
    reads::are_paged(&make().await).await;
    reads::follow_the_chain(&make().await).await;
    reads::load_many_in_order(&make().await).await;
    reads::never_cross_entes(&make().await).await;
    lists::show_states_in_their_order(&make().await).await;
    lists::show_the_rows_of_their_entries(&make().await).await;
    lists::go_by_id_without_sort_keys(&make().await).await;
    lists::find_by_the_beginning(&make().await).await;
    lists::are_read_on_while_they_change(&make().await).await;
    lists::are_kept_with_the_commit(&make().await).await;
    lists::are_made_anew_where_nothing_moved(&make().await).await;
    lists::bring_unique_keys_with_the_projection(&make().await).await;
    lists::agree_with_what_is_kept_beside_the_states(&make().await).await;
    lists::never_cross_entes(&make().await).await;
    outbox::keeps_the_order_of_a_stream(&make().await).await;
    outbox::backs_off_and_buries_and_replays(&make().await).await;
    outbox::takes_any_order_and_gives_the_oldest(&make().await).await;
    outbox::knows_every_key(&make().await).await;
    outbox::waits_until_the_hour(&make().await).await;
    collecting::removes_what_nothing_refers_to(&make().await).await;
    collecting::never_takes_what_is_put_meanwhile(&make().await).await;
    collecting::leaves_alone_what_it_does_not_know(&make().await).await;
    run_blobs(async || make().await).await;
    keys::come_with_the_commit(&make().await).await;
    keys::are_one_for_each_person_and_stream(&make().await).await;
    keys::go_with_the_commit(&make().await).await;
    keys::are_restored_and_never_revived(&make().await).await;
    keys::are_wrapped_anew(&make().await).await;
    keys::of_blobs_are_found_by_either_digest(&make().await).await;
    keys::are_erased_as_they_were_read(&make().await).await;
    races::have_one_winner_a_version(&make().await).await;
    races::leave_no_gap_in_numbers(&make().await).await;
    races::have_one_holder_of_a_key(&make().await).await;
}

/// Holds a place for blobs to every promise of [`Blobs`], also one that is no whole
/// store.
///
/// # Panics
/// When a promise is broken.
pub async fn run_blobs<B: Blobs>(make: impl AsyncFn() -> B) {
    blobs::are_given_by_digest(&make().await).await;
    blobs::are_listed_by_digest(&make().await).await;
    blobs::are_looked_up(&make().await).await;
    blobs::are_forgotten_at_once(&make().await).await;
    blobs::leave_in_two_steps(&make().await).await;
    blobs::come_back_when_put_again(&make().await).await;
    blobs::never_cross_entes(&make().await).await;
    blobs::survive_whoever_collects(&make().await).await;
}

/// Adds the kinds that the suite commits, in which nothing is personal.
#[must_use]
pub fn personal(data: PersonalData) -> PersonalData {
    let nothing = || {
        let mut personal = KindPersonal::default();
        personal.orders.insert("bulb", Vec::new());
        personal
    };
    ["lamp", "fan", "papers"].into_iter().fold(data, |data, kind| data.with(kind, nothing()))
}

/// The ente of most promises.
fn ente() -> EnteId {
    code("c_f051")
}

fn code(code: &str) -> EnteId {
    code.parse().expect("the code is well-formed")
}

/// `seconds` after a fixed instant in 2026.
fn at(seconds: i64) -> DateTime<chrono::Utc> {
    DateTime::from_timestamp(1_770_000_000 + seconds, 123_456_000).expect("the instant exists")
}

fn act() -> Act {
    Act::new(at(0), Actor::Operator("m.rossi".to_owned()))
}

fn stream(id: u128) -> Stream {
    Stream::new("lamp", Id::from_u128(id))
}

/// `count` events on stream `id` after version `after`.
fn change(id: u128, after: u64, count: u64) -> Change {
    let event = |n: u64| NewEvent {
        name: "lamp.lit".into(),
        body: format!(r#"{{"id":{id},"n":{n}}}"#).into_bytes(),
    };
    let state = format!(r#"{{"id":{id},"lit":{}}}"#, after + count).into_bytes();
    let events = (after + 1..=after + count).map(event).collect();
    Change::raw(stream(id), Version::new(after), act(), events, state)
}

/// The change of a lamp that holds this socket.
fn holding(change: Change, socket: &str) -> Change {
    change.with_projection(Projection::new().unique("socket", socket))
}

/// The lamp that holds a unique key.
async fn holder(store: &impl Store, name: &str, value: &str) -> Option<Stream> {
    works(store.holder(&ente(), "lamp", name, value).await).map(|state| state.stream)
}

async fn commit(
    store: &impl Store,
    changes: impl IntoIterator<Item = Change>,
) -> Result<Committed, CommitError> {
    store.commit(Batch::new(ente(), changes)).await
}

async fn committed(store: &impl Store, changes: impl IntoIterator<Item = Change>) -> Committed {
    commit(store, changes).await.expect("the batch is committed")
}

async fn conflict(store: &impl Store, changes: impl IntoIterator<Item = Change>) -> Conflict {
    match commit(store, changes).await {
        Err(CommitError::Conflict(conflict)) => conflict,
        other => panic!("a conflict was promised, not {other:?}"),
    }
}

async fn version(store: &impl Store, id: u128) -> Version {
    let state = works(store.load(&ente(), &stream(id)).await);
    state.map_or(Version::NONE, |state| state.version)
}

async fn journal(store: &impl Journal) -> Vec<Recorded> {
    works(store.scan(&ente(), 0, usize::MAX).await)
}

fn works<T>(answer: Result<T, Error>) -> T {
    answer.expect("the machine works")
}

/// Drives all of them at once on the caller's task: whatever the executor, their waits overlap.
async fn all<T>(futures: impl IntoIterator<Item = impl Future<Output = T>>) -> Vec<T> {
    type Slot<F, T> = (Pin<Box<F>>, Option<T>);
    let mut slots: Vec<Slot<_, T>> = futures.into_iter().map(|f| (Box::pin(f), None)).collect();
    poll_fn(|cx| {
        for (future, answer) in slots.iter_mut().filter(|(_, answer)| answer.is_none()) {
            if let Poll::Ready(ready) = future.as_mut().poll(cx) {
                *answer = Some(ready);
            }
        }
        if slots.iter().all(|(_, answer)| answer.is_some()) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
    slots.into_iter().filter_map(|(_, answer)| answer).collect()
}

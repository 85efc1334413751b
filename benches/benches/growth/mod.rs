//! What is read and written while a store grows, whichever it is.

pub(crate) mod machine;

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use chrono::{DateTime, Days, NaiveDate};
use mattoni_core::{Act, Actor, EnteId, Id};
use mattoni_store::{
    Batch, Change, Journal, List, ListEntry, Lists, NewEvent, Projection, Span, Spot, Stream,
    Version, sort,
};

pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

const DUE: List = List::plain("due");
const ARRIVED: List = List::plain("arrived");
pub(crate) const BUCKET: &str = "office/scuola";
const DAYS: u64 = 4000;
/// How many arrive in a day, where that orders a list.
const A_DAY: u64 = 2500;
const ROWS: usize = 50;
pub(crate) const TURNS: u64 = 12;
/// Calls of each kind in a turn.
const READS: u64 = 200;
/// How many practices were committed.
static NEW: AtomicU64 = AtomicU64::new(0);
/// Practices in the store that does not grow.
pub(crate) const SMALL: u64 = 10_000;

/// How far to grow.
pub(crate) fn sizes() -> Result<impl Iterator<Item = u64>, Failure> {
    let largest = match std::env::var("MATTONI_BENCH_LARGEST") {
        Ok(largest) => largest.parse()?,
        Err(_) => 10_000_000,
    };
    Ok([SMALL, 100_000, 1_000_000, 10_000_000].into_iter().filter(move |size| *size <= largest))
}

/// Load; a page of rows: the first, one within, the same by arrival; a page of states within;
/// count; commit: microseconds each.
pub(crate) type Costs = [f64; 7];

const WHAT: [&str; 7] = [
    "load",
    "50 rows, first",
    "50 rows, within",
    "within, by arrival",
    "50 states, within",
    "count",
    "durable commit",
];

pub(crate) fn announce(store: &str) {
    println!("{store}; microseconds each, fastest of {TURNS} turns; × is against 10⁴ in the same");
    println!("turns");
    let [load, first, within, arrival, states, count, commit] = WHAT;
    println!(
        "{:>10} {load:>16} {first:>18} {within:>18} {arrival:>18} {states:>18} {count:>14} \
         {commit:>18} {:>8}",
        "practices", "MB"
    );
}

pub(crate) fn tell(size: u64, costs: Costs, base: Costs, megabytes: u64) {
    let [load, first, within, arrival, states, count, commit]: [String; 7] =
        std::array::from_fn(|n| format!("{:.1} ({:.2}×)", costs[n], costs[n] / base[n]));
    println!(
        "{size:>10} {load:>16} {first:>18} {within:>18} {arrival:>18} {states:>18} {count:>14} \
         {commit:>18} {megabytes:>8}"
    );
}

/// Evenly spread numbers below `size`.
fn spread(n: u64, size: u64) -> u64 {
    let chance = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23);
    chance.wrapping_mul(0xbf58_476d_1ce4_e5b9) % size
}

/// Ids are as UUIDs of version 7: the time in front, chance behind.
pub(crate) fn id(n: u64) -> u128 {
    let chance = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0x019a_b000_0000_u128 + u128::from(n)) << 80 | 7 << 76 | u128::from(chance)
}

pub(crate) fn due(n: u64) -> String {
    sort::date(NaiveDate::default() + Days::new(spread(n, DAYS)))
}

pub(crate) fn arrived(n: u64) -> String {
    sort::date(NaiveDate::default() + Days::new(n / A_DAY))
}

/// These numbers in the order of the list by last day: a tree of this size, filled without order,
/// would take hours to grow.
pub(crate) fn by_due(numbers: std::ops::Range<u64>) -> Vec<u64> {
    let mut entries: Vec<(u64, u64)> = numbers.map(|n| (spread(n, DAYS), n)).collect();
    entries.sort_unstable();
    entries.into_iter().map(|(_, n)| n).collect()
}

/// The projection and the body of a state, as stored.
pub(crate) fn state(n: u64) -> (String, String) {
    let entry = |list, sort| format!(r#"["{list}","{BUCKET}","{sort}",1]"#);
    let entries = format!("{},{}", entry("arrived", arrived(n)), entry("due", due(n)));
    let hash = "0".repeat(22);
    (format!(r#"[1,"{hash}",[{entries}]]"#), body(n))
}

/// The row of a practice in lists, as long as the desk's.
pub(crate) fn row(n: u64) -> String {
    let (who, due) = (Id::<Stream>::from_u128(id(n)), due(n));
    format!(
        r#"{{"f":"nido-2027","s":"taken-in-charge","n":"2027/{n:07}","a":{{"id":"{who}","name":"Maria Rossi"}},"o":"scuola","t":"2027-03-01T09:00:00Z","d":"{due}"}}"#
    )
}

fn body(n: u64) -> String {
    format!(r#"{{"n":{n},"answers":"{}"}}"#, "s".repeat(80))
}

pub(crate) fn least(one: Costs, other: Costs) -> Costs {
    std::array::from_fn(|n| one[n].min(other[n]))
}

pub(crate) async fn measure(
    store: &(impl Journal + Lists),
    size: u64,
    turn: u64,
) -> Result<Costs, Failure> {
    let ente = ente();
    let (span, arrivals) = (Span::new(DUE, BUCKET), Span::new(ARRIVED, BUCKET));
    let stream = |n| Stream::new("practice", Id::from_u128(id(n)));
    let each = |n| spread(turn * READS + n, size);
    let page = async |span: &Span, after: Option<Spot>| {
        let page = store.rows(&ente, "practice", span, after.as_ref(), ROWS).await?;
        // Only where the list ends is a page not full.
        (page.len() == ROWS || after.is_some()).then_some(()).ok_or("a page is full")?;
        page.iter().all(|row| !row.row.is_empty()).then_some(()).ok_or("all have rows")?;
        Ok::<_, Failure>(())
    };
    let spot = |sort, n| Some(Spot { sort, id: stream(n).id });
    Ok([
        per_call(async |n| {
            store.load(&ente, &stream(each(n))).await?.ok_or("it is there")?;
            Ok(())
        })
        .await?,
        per_call(async |_| page(&span, None).await).await?,
        per_call(async |n| page(&span, spot(due(each(n)), each(n))).await).await?,
        per_call(async |n| page(&arrivals, spot(arrived(each(n)), each(n))).await).await?,
        per_call(async |n| {
            let after = spot(due(each(n)), each(n));
            store.page(&ente, "practice", &span, after.as_ref(), ROWS).await?;
            Ok(())
        })
        .await?,
        per_call(async |_| {
            let count = store.tally(&ente, "practice", "due", BUCKET).await?;
            Ok((count >= SMALL).then_some(()).ok_or("all are counted")?)
        })
        .await?,
        per_call(async |_| {
            // Beyond every number that is filled in.
            let new = 1 << 32 | NEW.fetch_add(1, Ordering::Relaxed);
            store.commit(Batch::new(ente.clone(), [change(new)])).await?;
            Ok(())
        })
        .await?,
    ])
}

/// One event that opens a stream, as short as most are.
pub(crate) fn change(n: u64) -> Change {
    event(n, 310)
}

/// One event of a journal that is verified.
pub(crate) fn recorded(n: u64) -> Change {
    event(n, BODIES[n as usize % BODIES.len()])
}

/// How long the bodies of events are, in bytes, as in the demo's journal: an application that is
/// opened, saved, submitted, registered, taken in charge, assessed and decided on, and an offer of a
/// place and its answer. 872 on average there, 884 here.
const BODIES: [usize; 9] = [1800, 3175, 477, 167, 163, 1429, 351, 274, 117];

/// About the bytes that go into so many rows' hashes: the bodies; and of each row the hash before
/// it, ente, kind, id, numbers, name, actor, and the length of each.
pub(crate) fn hashed(rows: u64) -> u64 {
    let bodies: usize = BODIES.iter().sum();
    rows * (bodies as u64 / BODIES.len() as u64 + 32 + 6 + 8 + 16 + 24 + 18 + 35 + 90)
}

fn event(n: u64, bytes: usize) -> Change {
    let act = Act::new(DateTime::UNIX_EPOCH, Actor::Operator("m.rossi".to_owned()));
    let (begin, end) = (format!(r#"{{"n":{n},"answers":""#), "\"}");
    let event = format!("{begin}{}{end}", noise(n, bytes.saturating_sub(begin.len() + 2)));
    Change::raw(
        Stream::new("practice", Id::from_u128(id(n))),
        Version::NONE,
        act,
        vec![NewEvent { name: "practice.submitted".into(), body: event.into_bytes() }],
        body(n).into_bytes(),
    )
    .with_projection(
        Projection::new()
            .version(1)
            .entry(ListEntry::new(DUE, BUCKET, due(n)).with_row())
            .row(row(n)),
    )
}

/// Letters that no compression makes shorter, as of a sealed text.
fn noise(n: u64, bytes: usize) -> String {
    let mut chance = n;
    let letters = std::iter::from_fn(|| {
        chance = chance.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        Some(char::from(b'A' + (chance >> 59) as u8))
    });
    letters.take(bytes).collect()
}

async fn per_call(mut call: impl AsyncFnMut(u64) -> Result<(), Failure>) -> Result<f64, Failure> {
    let start = Instant::now();
    for n in 0..READS {
        call(n).await?;
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / READS as f64)
}

pub(crate) fn ente() -> EnteId {
    "c_f051".parse().expect("the code is well-formed")
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

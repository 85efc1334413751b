//! Speed of the ranking brick, as ratios against plain code doing the same work in the same run.
//!
//! Run with: `cargo bench -p mattoni-benches --features ranking --bench ranking`; one part alone
//! with its name behind: `-- order`, `places`, `runs`, `new-haven`, `growth`.

#[path = "ranking/bare.rs"]
mod bare;
#[path = "ranking/data.rs"]
mod data;
#[path = "ranking/memory.rs"]
mod memory;
#[path = "ranking/peer.rs"]
mod peer;

use std::time::{Duration, Instant};

use mattoni_core::{Act, Actor, Aggregate as _};
use mattoni_ranking::{
    Assignment, Call, Chances, Entrants, Market, Measures, Method, Offer, Place, Prize, PublicList,
    Ranked, Run, next_in_line,
};

const ROUNDS: usize = 7;

fn main() {
    println!("{:<58} {:>10} {:>10} {:>7}  spread", "", "ours", "plain", "ratio");
    let asked: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    let parts: [(&str, fn()); 5] = [
        ("order", order),
        ("places", places),
        ("runs", runs),
        ("new-haven", new_haven),
        ("growth", growth),
    ];
    for (name, part) in parts {
        if asked.is_empty() || asked.iter().any(|a| a == name) {
            part();
        }
    }
}

#[allow(clippy::disallowed_methods, reason = "a bench measures time")]
fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = std::hint::black_box(work());
    (start.elapsed(), result)
}

/// Both in turn, round by round, so that a slow moment of the machine hits both: medians, and
/// the least and the greatest ratio of any round.
fn duel<A, B>(name: &str, mut ours: impl FnMut() -> A, mut plain: impl FnMut() -> B) {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        a.push(time(&mut ours).0);
        b.push(time(&mut plain).0);
    }
    let mut ratios: Vec<f64> = a.iter().zip(&b).map(|(a, b)| ratio(*a, *b)).collect();
    ratios.sort_unstable_by(f64::total_cmp);
    let (a, b) = (median(a), median(b));
    let (least, most) = (ratios[0], ratios[ratios.len() - 1]);
    let of_medians = ratio(a, b);
    println!("{name:<58} {:>10} {:>10} {of_medians:>7.2}  {least:.2}-{most:.2}", ms(a), ms(b));
}

#[allow(clippy::float_arithmetic, reason = "a ratio for people to read")]
fn ratio(ours: Duration, plain: Duration) -> f64 {
    ours.as_secs_f64() / plain.as_secs_f64()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn ms(time: Duration) -> String {
    #[allow(clippy::float_arithmetic, reason = "milliseconds for people to read")]
    let ms = time.as_secs_f64() * 1000.0;
    format!("{ms:.1} ms")
}

fn order() {
    let criteria = data::criteria();
    let people = data::people(1_000_000, 0, 0);
    let entrants = Entrants::check(&criteria, &people).expect("valid");
    let rows = bare::rows(&people);
    duel(
        "1,000,000 scored applications in order, three tie-breaks",
        || entrants.rank().expect("ranked"),
        || bare::sorted(&rows),
    );
    let ours: Vec<&str> =
        entrants.rank().expect("ranked").iter().map(|a| a.code.as_str()).collect();
    let plain = bare::sorted(&rows);
    assert!(ours.iter().zip(&plain).all(|(code, row)| *code == people[row.1 as usize].code));
    duel(
        "the same, with the check of every application",
        || Entrants::check(&criteria, &people).expect("valid").rank().map(|r| r.len()),
        || bare::sorted(&rows),
    );
    // The applications lie scattered over memory: reading them once is most of the check.
    duel(
        "the same, plain: keys read from the applications, then sorted",
        || Entrants::check(&criteria, &people).expect("valid").rank().map(|r| r.len()),
        || bare::sorted(&bare::rows(&people)),
    );
    let bytes = memory::peak(|| {
        let entrants = Entrants::check(&criteria, &people).expect("valid");
        let ranked = entrants.rank().expect("ranked");
        ranked.len()
    });
    println!("{:<58} {:>10}", "peak bytes an application, check and order", bytes / 1_000_000);
}

fn places() {
    let criteria = data::criteria();
    for (name, seats) in [("places for 60 %", 300), ("places for 90 %", 450)] {
        let people = data::people(1_000_000, 5, 2_000);
        let facilities = data::facilities(2_000, seats);
        let entrants = Entrants::check(&criteria, &people).expect("valid");
        let market = Market::check(&facilities, &people).expect("valid");
        let ranked = entrants.rank().expect("ranked");
        let bare = bare::Instance::new(&people, &ranked, 2_000, seats as usize);
        duel(
            &format!("1,000,000 x 5 preferences x 2,000 facilities, {name}"),
            || Assignment::deferred(&market, &ranked),
            || bare.assign(),
        );
        let ours = Assignment::deferred(&market, &ranked);
        assert!(ours.choices(&market).eq(bare.assign()));
        if seats == 300 {
            let bytes = memory::peak(|| {
                let entrants = Entrants::check(&criteria, &people).expect("valid");
                let market = Market::check(&facilities, &people).expect("valid");
                let ranked = entrants.rank().expect("ranked");
                Assignment::deferred(&market, &ranked)
            });
            println!("{:<58} {:>10}", "peak bytes an application, all of it", bytes / 1_000_000);
        }
    }
    let people = data::with_families(data::people(1_000_000, 5, 2_000));
    let facilities = data::facilities(2_000, 300);
    let entrants = Entrants::check(&criteria, &people).expect("valid");
    let market = Market::check(&facilities, &people).expect("valid");
    let ranked = entrants.rank().expect("ranked");
    let (spent, _) = time(|| Assignment::deferred(&market, &ranked));
    println!("{:<58} {:>10}", "the same with 20,000 pairs of siblings together", ms(spent));
    let people = data::with_priorities(data::people(1_000_000, 5, 2_000));
    let facilities = data::facilities(2_000, 300);
    let entrants = Entrants::check(&criteria, &people).expect("valid");
    let market = Market::check(&facilities, &people).expect("valid");
    let ranked = entrants.rank().expect("ranked");
    let bare = bare::Instance::new(&people, &ranked, 2_000, 300);
    duel(
        "the same with priorities, places for 60 %",
        || Assignment::deferred(&market, &ranked),
        || bare.assign(),
    );
    assert!(Assignment::deferred(&market, &ranked).choices(&market).eq(bare.assign()));
}

fn new_haven() {
    let Some(folder) = std::env::var_os("MATTONI_REAL_DATA") else {
        println!("MATTONI_REAL_DATA is not set: New Haven is left out");
        return;
    };
    let (facilities, people, merged) = data::new_haven(folder.as_ref());
    let criteria = data::criteria_without_ties();
    let entrants = Entrants::check(&criteria, &people).expect("valid");
    let market = Market::check(&facilities, &people).expect("valid");
    let ranked = entrants.rank().expect("ranked");
    let bare = bare::Instance::with_seats(&people, &ranked, &merged);
    duel(
        "New Haven, 5,354 applicants (plain: quotas merged)",
        || Assignment::deferred(&market, &ranked),
        || bare.assign(),
    );
    let seeds = || (0..1000).map(|n| format!("draw {n}"));
    let (spent, chances) = time(|| Chances::over(&entrants, &market, seeds()).expect("drawn"));
    println!("{:<58} {:>10}", "1,000 lotteries of New Haven", ms(spent));
    let placed: u32 = people.iter().filter_map(|a| chances.placed(&a.code)).sum();
    println!("{:<58} {:>10}", "  placed on average", placed / chances.draws());
    compare(&market, &ranked, "New Haven");
    match peer::solve(&people, &ranked, &merged) {
        Some(peer) => {
            println!(
                "{:<58} {:>10}",
                "PyPI matching 1.4.3, New Haven, quotas merged: create", peer.create
            );
            println!("{:<58} {:>10}", "  solve", peer.solve);
            let matched = bare.assign().flatten().count().to_string();
            assert_eq!(peer.matched, matched, "matching gives as many places");
        }
        None => println!("python3 cannot import matching: it is left out"),
    }
}

/// Runs end to end, as a user calls them.
fn runs() {
    let criteria = data::criteria();
    let people = data::people(1_000_000, 5, 2_000);
    let call = Call { criteria, prize: Prize::Places(data::facilities(2_000, 300)) };
    let (spent, run) = time(|| Run::draw_up(&call, &people).expect("drawn up"));
    println!("{:<58} {:>10}", "Run::draw_up, 1,000,000 x 5 preferences, borrowed", ms(spent));
    let (clone, copied) = time(|| people.clone());
    println!("{:<58} {:>10}", "  of which copying the applications", ms(clone));
    let digest = run.digest();
    drop(run);
    let bytes = memory::peak(|| {
        let (spent, run) = time(|| Run::draw_up(&call, copied).expect("drawn up"));
        println!("{:<58} {:>10}", "Run::draw_up, the same applications handed over", ms(spent));
        assert_eq!(run.digest(), digest);
        let (verify, verified) = time(|| run.verify());
        verified.expect("comes out the same");
        println!("{:<58} {:>10}", "  Run::verify", ms(verify));
        let (published, list) = time(|| PublicList::of(&run, None).expect("nothing identifies"));
        println!("{:<58} {:>10}", "  PublicList::of", ms(published));
        drop(list);
        next(&run);
        run
    });
    println!("{:<58} {:>10}", "  peak bytes an application, beside it", bytes / 1_000_000);
    let entrants = Entrants::check(&call.criteria, &people).expect("valid");
    let Prize::Places(facilities) = &call.prize else { return };
    let market = Market::check(facilities, &people).expect("valid");
    compare(&market, &entrants.rank().expect("ranked"), "1,000,000 x 5, 2,000 facilities");
}

/// Who follows when every twentieth place is given up.
fn next(run: &Run) {
    let at = chrono::DateTime::UNIX_EPOCH;
    let act = Act::new(at, Actor::System("bench".to_owned()));
    let answer_by = at.date_naive();
    let offers: Vec<Offer> = run
        .lines()
        .iter()
        .filter_map(|line| Some((line.code(), Place::of(&line.outcome)?)))
        .step_by(20)
        .map(|(code, place)| {
            let offered =
                Offer::make(&act, run, code, place, answer_by, None).expect("a place of theirs");
            let mut offer = Offer::open(&offered).expect("it opens");
            let left = offer.withdraw(&act).expect("it is held");
            offer.apply(&left);
            offer
        })
        .collect();
    for (name, method) in [("fill", Method::FillFreed), ("reassign", Method::Reassign)] {
        let (spent, moves) = time(|| next_in_line(run, &offers, method).expect("in order"));
        let what = format!("  next_in_line, {} places given up, {name}", offers.len());
        println!("{what:<58} {:>10} {:>8} moves", ms(spent), moves.len());
    }
}

/// Deferred acceptance beside its alternatives.
fn compare(market: &Market<'_>, ranked: &Ranked<'_>, what: &str) {
    println!("{what}: time, placed, first choice, passed over");
    type Mechanism = fn(&Market<'_>, &Ranked<'_>) -> Assignment;
    let mechanisms: [(&str, Mechanism); 3] = [
        ("deferred acceptance", Assignment::deferred),
        ("top trading cycles", Assignment::top_trading),
        ("immediate acceptance", Assignment::immediate),
    ];
    for (name, mechanism) in mechanisms {
        let (spent, assignment) = time(|| mechanism(market, ranked));
        let Measures { placed, by_choice, passed_over } = assignment.measures(market, ranked);
        let first = by_choice.first().copied().unwrap_or(0);
        println!("  {name:<22} {:>10} {placed:>8} {first:>8} {passed_over:>8}", ms(spent));
    }
}

fn growth() {
    println!("growth, 5 preferences each over n/500 facilities, then without preferences:");
    println!(
        "  {:<8}{:>12}{:>12}{:>12}{:>12}{:>12}{:>14}",
        "n", "check", "lay out", "order", "assign", "Run", "ns/applicant"
    );
    let criteria = data::criteria();
    for exponent in 3..=6 {
        let n = 10_usize.pow(exponent);
        let facilities = (n / 500).max(10);
        let people = data::people(n, 5, facilities);
        let places = data::facilities(facilities, 300);
        let (check, entrants) = time(|| Entrants::check(&criteria, &people).expect("valid"));
        let (flat, market) = time(|| Market::check(&places, &people).expect("valid"));
        let (order, ranked) = time(|| entrants.rank().expect("ranked"));
        let (assign, _) = time(|| Assignment::deferred(&market, &ranked));
        drop(ranked);
        drop(entrants);
        drop(market);
        let call = Call { criteria: criteria.clone(), prize: Prize::Places(places) };
        let (run, _) = time(|| Run::draw_up(&call, people).expect("drawn up"));
        row(exponent, [Some(check), Some(flat), Some(order), Some(assign), Some(run)], run, n);
    }
    // Ten million applications without preferences: with five each the input alone fills the
    // memory of a small machine.
    for exponent in 3..=7 {
        let n = 10_usize.pow(exponent);
        let people = data::people(n, 0, 0);
        let (check, entrants) = time(|| Entrants::check(&criteria, &people).expect("valid"));
        let (order, _) = time(|| entrants.rank().expect("ranked"));
        row(exponent, [Some(check), None, Some(order), None, None], check + order, n);
    }
}

fn row(exponent: u32, times: [Option<Duration>; 5], whole: Duration, n: usize) {
    print!("  10^{exponent:<5}");
    for time in times {
        print!("{:>12}", time.map_or("-".to_owned(), ms));
    }
    println!("{:>14}", whole.as_nanos() / n as u128);
}

//! Limits without preferences.

use expect_test::{Expect, expect, expect_file};
use mattoni_core::Money;
use mattoni_ranking::{
    Applicant, Call, Explainer, Fund, FundSource, Outcome, Points, Prize, Run, Score, TieKey,
    italian,
};
use proptest::prelude::*;

use crate::random::criteria;

/// `code group points amount`, one a line.
pub(crate) fn people(text: &str) -> Vec<Applicant> {
    text.lines()
        .zip(0..)
        .map(|(line, i)| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let mut a = Applicant::new(words[0]);
            a.group = Some(words[1].to_owned());
            a.points = vec![Score::new("lavoro", words[2].parse().unwrap(), "r")];
            a.tie_keys = vec![TieKey::new("isee", i)];
            a.amount = words[3].parse().ok();
            a
        })
        .collect()
}

pub(crate) fn run(fund: &str, people: &[Applicant]) -> Run {
    let fund = Fund::new(toml::from_str::<FundSource>(fund).unwrap()).unwrap();
    let call = Call { criteria: criteria("single", ""), prize: Prize::Fund(fund) };
    Run::draw_up(&call, people).unwrap()
}

fn check(fund: &str, text: &str, expected: Expect) {
    let mut out = String::new();
    for line in run(fund, &people(text)).lines() {
        out.push_str(&format!("{} {:?}\n", line.code(), line.outcome));
    }
    expected.assert_eq(&out);
}

const FOUR: &str = "a1 x 9 400.00\nb2 x 8 300.00\nc3 y 7 500.00\nd4 x 6 100.00";

#[test]
fn the_first_so_many_get_in() {
    check(
        "category = [{ limit = { places = 2 } }]",
        FOUR,
        expect![[r#"
        a1 Admitted
        b2 Admitted
        c3 Waiting { why: NoPlaceLeft }
        d4 Waiting { why: NoPlaceLeft }
    "#]],
    );
}

#[test]
fn half_of_three_is_one() {
    check(
        "category = [{ group = \"x\", limit = { share-of-applicants = 5000 } }, { group = \"y\", limit = \"everyone\" }]",
        FOUR,
        expect![[r#"
            a1 Admitted
            b2 Waiting { why: NoPlaceLeft }
            c3 Admitted
            d4 Waiting { why: NoPlaceLeft }
        "#]],
    );
}

/// By hand: group x is admitted whole and has no places to leave; group y has the two places that
/// are written, whatever stands before it.
#[test]
fn a_category_that_admits_everyone_leaves_no_places_to_the_next() {
    let text = "a1 x 9 1\nb2 y 8 1\nc3 y 7 1\nd4 y 6 1\ne5 y 5 1";
    check(
        "category = [{ group = \"x\", limit = \"everyone\", leftover = \"to-next\" }, \
         { group = \"y\", limit = { places = 2 } }]",
        text,
        expect![[r#"
            a1 Admitted
            b2 Admitted
            c3 Admitted
            d4 Waiting { why: NoPlaceLeft }
            e5 Waiting { why: NoPlaceLeft }
        "#]],
    );
}

/// By hand: group x uses one of its three places, and leaves two; group y needs none of them, and
/// passes both on; group z has its own place and those two.
#[test]
fn what_was_left_goes_past_a_category_that_admits_everyone() {
    let text = "a1 x 9 1\nb2 y 8 1\nc3 z 7 1\nd4 z 6 1\ne5 z 5 1\nf6 z 4 1";
    let fund = |leftover: &str| {
        format!(
            "category = [{{ group = \"x\", limit = {{ places = 3 }}, leftover = \"to-next\" }}, \
             {{ group = \"y\", limit = \"everyone\", leftover = \"{leftover}\" }}, \
             {{ group = \"z\", limit = {{ places = 1 }} }}]"
        )
    };
    let admitted = |fund: &str| {
        let run = run(fund, &people(text));
        let lines = run.lines().iter().filter(|line| line.outcome == Outcome::Admitted);
        lines.map(|line| line.code().to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(admitted(&fund("to-next")), "a1 b2 c3 d4 e5");
    assert_eq!(admitted(&fund("kept")), "a1 b2 c3");
}

/// The limit of a category of places, in words of this test alone.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Everyone,
    Places(usize),
    Half,
}

/// Every row of three categories, each with every limit and either use of what is left, over
/// several numbers of people: nobody is admitted beyond the places there are.
#[test]
fn nobody_is_admitted_beyond_the_places_in_any_combination_of_categories() {
    let modes = [Mode::Everyone, Mode::Places(1), Mode::Places(3), Mode::Half];
    let all: Vec<(Mode, bool)> =
        modes.iter().flat_map(|mode| [(*mode, false), (*mode, true)]).collect();
    let crowds = [[0, 2, 5], [1, 4, 4], [5, 0, 3], [2, 2, 2]];
    let mut tried = 0;
    for crowd in crowds {
        let names = ["x", "y", "z"];
        let text: Vec<String> = (0..3)
            .flat_map(|c| (0..crowd[c]).map(move |n| format!("{}{n} {} {n} 1", names[c], names[c])))
            .collect();
        let people = people(&text.join("\n"));
        for (a, b, c) in triples(&all) {
            let rows = [a, b, c];
            let written: Vec<String> = rows
                .iter()
                .zip(names)
                .map(|((mode, to_next), name)| {
                    let limit = match mode {
                        Mode::Everyone => "\"everyone\"".to_owned(),
                        Mode::Places(n) => format!("{{ places = {n} }}"),
                        Mode::Half => "{ share-of-applicants = 5000 }".to_owned(),
                    };
                    let leftover = if *to_next { "to-next" } else { "kept" };
                    format!("{{ group = \"{name}\", limit = {limit}, leftover = \"{leftover}\" }}")
                })
                .collect();
            let fund = format!("category = [{}]", written.join(", "));
            let run = run(&fund, &people);
            let admitted = |name: &str| {
                run.lines()
                    .iter()
                    .filter(|l| l.applicant.group.as_deref() == Some(name))
                    .filter(|l| l.outcome == Outcome::Admitted)
                    .count()
            };
            // Places written so far, less those used so far, where they may still be used.
            let mut left = 0;
            for ((mode, to_next), (name, crowd)) in rows.iter().zip(names.iter().zip(crowd)) {
                let own = match mode {
                    Mode::Everyone => crowd,
                    Mode::Places(n) => *n,
                    Mode::Half => crowd / 2,
                };
                let there = own + left;
                let got = admitted(name);
                assert_eq!(got, crowd.min(there), "{name} in {fund} for {crowd}");
                left = if *to_next { there - got } else { 0 };
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 4 * 8 * 8 * 8 * 3);
}

/// Every three of `all`, in every order, with repetition.
fn triples(all: &[(Mode, bool)]) -> impl Iterator<Item = Triple> + '_ {
    all.iter()
        .flat_map(move |a| all.iter().flat_map(move |b| all.iter().map(move |c| (*a, *b, *c))))
}

type Triple = ((Mode, bool), (Mode, bool), (Mode, bool));

#[test]
fn a_budget_ends_where_the_next_amount_does_not_fit() {
    check(
        "category = [{ limit = { budget = \"750.00\" } }]",
        FOUR,
        expect![[r#"
        a1 Granted { amount: Money(400.00), asked: Money(400.00) }
        b2 Granted { amount: Money(300.00), asked: Money(300.00) }
        c3 Waiting { why: BudgetEnded { left: Money(50.00) } }
        d4 Waiting { why: BudgetEnded { left: Money(50.00) } }
    "#]],
    );
}

#[test]
fn what_is_short_goes_to_the_next_in_part_or_to_whoever_asks_for_less() {
    check(
        "category = [{ limit = { budget = \"750.00\" }, when_short = \"partial\" }]",
        FOUR,
        expect![[r#"
            a1 Granted { amount: Money(400.00), asked: Money(400.00) }
            b2 Granted { amount: Money(300.00), asked: Money(300.00) }
            c3 Granted { amount: Money(50.00), asked: Money(500.00) }
            d4 Waiting { why: BudgetEnded { left: Money(0.00) } }
        "#]],
    );
    check(
        "category = [{ limit = { budget = \"800.00\" }, when_short = \"skip\" }]",
        FOUR,
        expect![[r#"
            a1 Granted { amount: Money(400.00), asked: Money(400.00) }
            b2 Granted { amount: Money(300.00), asked: Money(300.00) }
            c3 Waiting { why: BudgetEnded { left: Money(100.00) } }
            d4 Granted { amount: Money(100.00), asked: Money(100.00) }
        "#]],
    );
}

#[test]
fn what_a_category_leaves_goes_to_the_next_and_the_rest_is_residual() {
    check(
        "total = \"1000.00\"\n\
         category = [\n\
         { group = \"y\", limit = { share-of-total = 6000 }, leftover = \"to-next\" },\n\
         { group = \"x\", limit = \"residual\", when_short = \"partial\" },\n\
         ]",
        FOUR,
        expect![[r#"
            a1 Granted { amount: Money(400.00), asked: Money(400.00) }
            b2 Granted { amount: Money(100.00), asked: Money(300.00) }
            c3 Granted { amount: Money(500.00), asked: Money(500.00) }
            d4 Waiting { why: BudgetEnded { left: Money(0.00) } }
        "#]],
    );
}

/// By hand: 1,300.00 are asked for, and 650.00 are there: each gets a half.
#[test]
fn money_that_is_short_is_shared_out_in_proportion() {
    check(
        "category = [{ limit = { budget = \"650.00\" }, when_short = \"pro-rata\" }]",
        FOUR,
        expect![[r#"
            a1 Granted { amount: Money(200.00), asked: Money(400.00) }
            b2 Granted { amount: Money(150.00), asked: Money(300.00) }
            c3 Granted { amount: Money(250.00), asked: Money(500.00) }
            d4 Granted { amount: Money(50.00), asked: Money(100.00) }
        "#]],
    );
    check(
        "category = [{ limit = { budget = \"1300.00\" }, when_short = \"pro-rata\" }]",
        "a1 x 9 400.00\nb2 x 8 899.00",
        expect![[r#"
            a1 Granted { amount: Money(400.00), asked: Money(400.00) }
            b2 Granted { amount: Money(899.00), asked: Money(899.00) }
        "#]],
    );
}

/// By hand: of 100.00, 400/1300 are 30.769…, 300/1300 are 23.076…, 500/1300 are 38.461… and
/// 100/1300 are 7.692…; rounded down these are 99.98, and the two cents that are left go to the
/// largest cuts, 0.9 of a cent (a1) and 0.6 (b2).
#[test]
fn cents_left_by_rounding_go_to_the_largest_cuts() {
    check(
        "category = [{ limit = { budget = \"100.00\" }, when_short = \"pro-rata\" }]",
        FOUR,
        expect![[r#"
            a1 Granted { amount: Money(30.77), asked: Money(400.00) }
            b2 Granted { amount: Money(23.08), asked: Money(300.00) }
            c3 Granted { amount: Money(38.46), asked: Money(500.00) }
            d4 Granted { amount: Money(7.69), asked: Money(100.00) }
        "#]],
    );
}

/// Equal parts are cut equally: then the order of the ranking decides who gets the cent, and who
/// gets nothing is told so.
#[test]
fn equal_cuts_go_by_the_order_and_less_than_a_cent_is_nothing() {
    let fund = "each = \"50.00\"\n\
                category = [{ limit = { budget = \"0.03\" }, when_short = \"pro-rata\" }]";
    check(
        fund,
        FOUR,
        expect![[r#"
            a1 Granted { amount: Money(0.01), asked: Money(50.00) }
            b2 Granted { amount: Money(0.01), asked: Money(50.00) }
            c3 Granted { amount: Money(0.01), asked: Money(50.00) }
            d4 Waiting { why: BudgetEnded { left: Money(0) } }
        "#]],
    );
    let run = run(fund, &people(FOUR));
    let told = |code| {
        let explained = Explainer::new(&run).explain(code).unwrap();
        italian::explanation(&explained, &italian::Words::default()).swap_remove(0)
    };
    expect![[r#"
        Alla domanda a1 è riconosciuto l'importo di 0,01 €, su 50,00 € richiesti: i fondi (0,03 €) non bastavano per le 4 domande ammesse, che chiedevano in tutto 200,00 €, e sono stati ripartiti in proporzione."#]]
    .assert_eq(&told("a1"));
    expect![[r#"
        Alla domanda d4 non spetta nemmeno un centesimo: i fondi (0,03 €) non bastavano per le 4 domande ammesse, che chiedevano in tutto 200,00 €, e sono stati ripartiti in proporzione."#]]
    .assert_eq(&told("d4"));
}

/// The run that shares a fund out, as it is stored: read again, it proves itself.
#[test]
fn the_stored_form_of_a_shared_fund_is_golden() {
    let fund = "total = \"100.00\"\ncategory = [\
                { group = \"x\", limit = { share-of-total = 5000 }, when_short = \"pro-rata\" },\
                { group = \"y\", limit = \"residual\", when_short = \"pro-rata\" }]";
    let run = run(fund, &people(FOUR));
    let text = format!("{}\n", serde_json::to_string_pretty(&run).unwrap());
    expect_file!["../golden/run-pro-rata.v1.json"].assert_eq(&text);
    serde_json::from_str::<Run>(&text).unwrap().verify().unwrap();
    let forged = text.replace("\"amount\": \"25.00\"", "\"amount\": \"25.01\"");
    assert_ne!(forged, text);
    let problems = serde_json::from_str::<Run>(&forged).unwrap().verify().unwrap_err();
    assert!(problems.iter().all(|p| p.code == "ranking.run.differs"), "{problems}");
}

proptest! {
    /// What is shared out in proportion is the money there is, to the cent; nobody gets more than
    /// they ask for, and nobody is a cent or more away from the exact part.
    #[test]
    fn shares_in_proportion_are_the_whole_fund_to_the_cent(
        // The greatest amount is of 2⁵³ cents.
        asked in prop::collection::vec(1..(1_i64 << 53) / 50, 1..30),
        budget in prop_oneof![1..(1_i64 << 53) / 50, 1..1000_i64],
        equal in any::<bool>(),
    ) {
        let asked: Vec<i64> = asked.iter().map(|c| if equal { asked[0] } else { *c }).collect();
        let text: Vec<String> = asked
            .iter()
            .enumerate()
            .map(|(i, cents)| format!("n{i} x {} {}", i % 16, Money::from_cents(*cents)))
            .collect();
        let fund = format!(
            "category = [{{ limit = {{ budget = \"{}\" }}, when_short = \"pro-rata\" }}]",
            Money::from_cents(budget)
        );
        let run = run(&fund, &people(&text.join("\n")));
        let all: i128 = asked.iter().map(|c| i128::from(*c)).sum();
        let there = i128::from(budget).min(all);
        let mut granted = 0;
        for line in run.lines() {
            let asked = i128::from(line.applicant.amount.unwrap().cents());
            let got = match &line.outcome {
                Outcome::Granted { amount, .. } => i128::from(amount.cents()),
                _ => 0,
            };
            prop_assert!(got <= asked);
            prop_assert!((got * all - asked * there).abs() < all, "{got} of {asked}");
            granted += got;
        }
        prop_assert_eq!(granted, there);
        run.verify().unwrap();
    }

    #[test]
    fn what_is_granted_is_never_more_than_the_budget(
        asked in prop::collection::vec((0..3_u8, 1..200_000_i64), 0..40),
        total in 1..1_000_000_i64,
        share in 1..=10_000_i64,
        when_short in prop_oneof![Just("stop"), Just("partial"), Just("skip"), Just("pro-rata")],
        leftover in prop_oneof![Just("kept"), Just("to-next")],
        own in 1..1_000_000_i64,
    ) {
        let groups = ["x", "y", "z"];
        let text: Vec<String> = asked
            .iter()
            .enumerate()
            .map(|(i, (group, cents))| {
                let amount = Money::from_cents(*cents);
                format!("n{i} {} {} {amount}", groups[usize::from(*group)], i % 16)
            })
            .collect();
        let total = Money::from_cents(total);
        let options = format!("when_short = \"{when_short}\", leftover = \"{leftover}\"");
        let fund = format!(
            "total = \"{total}\"\ncategory = [\n\
             {{ group = \"x\", limit = {{ share-of-total = {share} }}, {options} }},\n\
             {{ group = \"y\", limit = {{ budget = \"{}\" }}, {options} }},\n\
             {{ group = \"z\", limit = \"residual\", {options} }},\n]",
            Money::from_cents(own)
        );
        let run = run(&fund, &people(&text.join("\n")));
        let mut granted = Money::ZERO;
        for line in run.lines() {
            if let Outcome::Granted { amount, asked } = &line.outcome {
                prop_assert!(amount <= asked && *amount > Money::ZERO);
                granted = granted.checked_add(*amount).unwrap();
            }
        }
        prop_assert!(granted <= total, "{granted} of {total}");
        prop_assert_eq!(run.lines().len(), asked.len());
    }
}

#[test]
fn points_still_decide_who_is_served_first() {
    let mut everyone = people(FOUR);
    everyone[3].points = vec![Score::new("lavoro", Points::whole(16), "r")];
    let run = run("category = [{ limit = { places = 1 } }]", &everyone);
    assert_eq!(run.line("d4").unwrap().outcome, Outcome::Admitted);
}

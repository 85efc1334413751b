//! Published data through the example, checked by other means than its own.

use std::collections::BTreeMap;
use std::path::Path;

use mattoni_core::value::Value;
use mattoni_ranking::{Outcome, Run};
use nursery::real::{new_haven, uci};

use crate::records::{office, practices, real_data};

fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

#[tokio::test]
async fn all_cases_of_the_published_model_get_the_published_class() {
    let Some(data) = real_data() else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut said = String::new();
    let mut say = |line: &str| said.push_str(line);
    uci::run(folder.path(), &data, &mut say)
        .await
        .unwrap_or_else(|stopped| panic!("{}", stopped.0));
    assert!(said.contains("12960 of 12960 classes agree"), "{said}");

    // The same again, from the records and the file as they are.
    let file = std::fs::read_to_string(data.join("uci_nursery.data")).unwrap();
    let mut expected: BTreeMap<i64, &str> = BTreeMap::new();
    for (number, line) in (1..).zip(file.lines().skip(1).filter(|line| !line.is_empty())) {
        expected.insert(number, line.rsplit(',').next().unwrap());
    }
    let office = office(folder.path()).await;
    let practices = practices(&office, "nido-modello").await;
    assert_eq!(practices.len(), 12_960);
    for practice in &practices {
        let Some(Value::Integer(case)) = practice.answers().get("case") else { panic!("no case") };
        let class = practice.assessment().unwrap().class.as_deref();
        assert_eq!(class, expected.remove(case), "case {case}");
        assert!(!practice.answers().contains_key("class"), "the answer is never an input");
    }
    assert_eq!(expected.len(), 0);
}

/// A kind of place: programme, grade, quota (11: outside any).
type Kind = (String, String, u32);

/// One wish of an applicant: where, and with what priority (lower comes first).
struct Wish {
    kind: Kind,
    priority: u32,
}

/// What the files say, read without the example's code: places by kind, and everyone's wishes in
/// order.
fn market(data: &Path) -> (BTreeMap<Kind, usize>, BTreeMap<String, Vec<Wish>>) {
    let mut places = BTreeMap::new();
    for row in rows(&data.join("newhaven2024_vacancies_r.csv")) {
        for quota in 1..=11 {
            let column =
                if quota == 11 { "regular_vacancies".into() } else { format!("quota_{quota}") };
            let kind = (row["program_id"].clone(), row["grade_id"].clone(), quota);
            *places.entry(kind).or_default() += row[&column].parse::<usize>().unwrap();
        }
    }
    let mut wishes: BTreeMap<String, Vec<(u32, Wish)>> = BTreeMap::new();
    for row in rows(&data.join("newhaven2024_applications_r.csv")) {
        let number = |column: &str| row[column].parse::<u32>().unwrap();
        let kind = (row["program_id"].clone(), row["grade_id"].clone(), number("quota_id").min(11));
        let wish = Wish { kind, priority: number("priority_profile_ori") };
        let code = format!("{}-{}", row["applicant_id"], row["grade_id"]);
        wishes.entry(code).or_default().push((number("ranking"), wish));
    }
    let wishes = wishes.into_iter().map(|(code, mut list)| {
        list.sort_by_key(|(rank, _)| *rank);
        (code, list.into_iter().map(|(_, wish)| wish).collect())
    });
    (places, wishes.collect())
}

#[test]
fn nobody_in_new_haven_is_passed_over_for_a_place_they_would_rather_have() {
    let Some(data) = real_data() else { return };
    let (call, applicants) =
        new_haven::load(&data).unwrap_or_else(|stopped| panic!("{}", stopped.0));
    let run = Run::draw_up(&call, &applicants).unwrap();
    let (places, wishes) = market(&data);
    assert_eq!(run.lines().len(), wishes.len());

    // Who sits where, with what claim: priority there, then place in the draw.
    let claim = |code: &str, choice: usize| {
        let position = run.line(code).unwrap().position.unwrap();
        (wishes[code][choice].priority, position)
    };
    let mut seated: BTreeMap<&Kind, Vec<(u32, u32)>> = BTreeMap::new();
    let mut holds: BTreeMap<&str, usize> = BTreeMap::new();
    for line in run.lines() {
        let Outcome::Placed { preference, facility, .. } = &line.outcome else { continue };
        let choice = *preference as usize - 1;
        let wish = &wishes[line.code()][choice];
        assert_eq!(&wish.kind.0, facility, "{}: placed where they asked", line.code());
        seated.entry(&wish.kind).or_default().push(claim(line.code(), choice));
        holds.insert(line.code(), choice);
    }
    for (kind, seated) in &seated {
        assert!(seated.len() <= places[*kind], "{kind:?}: more children than places");
    }
    for (code, list) in &wishes {
        let better = holds.get(code.as_str()).copied().unwrap_or(list.len());
        for (choice, wish) in list.iter().enumerate().take(better) {
            let there = seated.get(&wish.kind).map_or(&[][..], Vec::as_slice);
            let places = places.get(&wish.kind).copied().unwrap_or(0);
            assert_eq!(
                there.len(),
                places,
                "{code} would rather have a place that is free: {:?}",
                wish.kind
            );
            let claim = claim(code, choice);
            assert!(
                there.iter().all(|other| *other < claim),
                "{code} is passed over at {:?}",
                wish.kind
            );
        }
    }
    // The summary counts what was found.
    let mut said = String::new();
    let mut say = |line: &str| said.push_str(line);
    new_haven::run(&data, &mut say).unwrap_or_else(|stopped| panic!("{}", stopped.0));
    let first = holds.values().filter(|choice| **choice == 0).count();
    let counts = format!(
        "{} applicants, {} placed, {first} at their first choice",
        wishes.len(),
        holds.len()
    );
    assert!(said.contains(&counts), "{said}, expected {counts}");
}

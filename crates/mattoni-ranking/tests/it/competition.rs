//! Titles of preference and reserved posts of public competitions, as data.

use expect_test::expect;
use mattoni_ranking::{
    Applicant, Call, Criteria, CriteriaSource, Facilities, Outcome, Preference, Prize, Run, Score,
    TieKey, templates,
};

fn call(seed: Option<&str>) -> Call {
    let mut source: CriteriaSource = toml::from_str(templates::COMPETITION_CRITERIA).unwrap();
    source.draw.seed = seed.map(str::to_owned);
    let facilities: Facilities = toml::from_str(templates::COMPETITION_RESERVES).unwrap();
    Call { criteria: Criteria::new(source).unwrap(), prize: Prize::Places(facilities) }
}

/// `code written oral titles birth title=n…`, one a line.
fn candidates(text: &str) -> Vec<Applicant> {
    text.lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let mut a = Applicant::new(words[0]);
            a.points = ["scritto", "orale", "titoli"]
                .into_iter()
                .zip(&words[1..])
                .map(|(criterion, points)| Score::new(criterion, points.parse().unwrap(), "voto"))
                .collect();
            a.tie_keys.push(TieKey::new("nascita", words[4].parse::<chrono::NaiveDate>().unwrap()));
            for title in &words[5..] {
                let (letter, n) = title.split_once('=').unwrap_or((title, "1"));
                let n: i64 = n.parse().unwrap();
                a.tie_keys.push(TieKey::new(format!("pref-{letter}"), n));
            }
            a.preferences.push(Preference::new("concorso"));
            a
        })
        .collect()
}

#[test]
fn every_letter_of_the_titles_of_preference_is_there_in_order_with_its_source() {
    let call = call(None);
    let written = &call.criteria.source().tie_break;
    let letters: String = written.iter().filter_map(|tie| tie.label.chars().next()).collect();
    assert_eq!(letters, "abcdefghilmnop");
    for tie in written {
        let letter = &tie.label[..2];
        assert!(tie.source.contains(&format!("art. 5, c. 4, lett. {letter}")), "{}", tie.source);
        let is_compared = "abcdefgho".contains(&tie.label[..1]);
        assert_ne!(tie.source.contains("da verificare"), is_compared, "{}", tie.source);
    }
}

#[test]
fn of_several_titles_to_reserved_posts_the_one_the_law_names_first_counts() {
    let places: mattoni_ranking::Facilities =
        toml::from_str(mattoni_ranking::templates::COMPETITION_RESERVES).unwrap();
    let sources: Vec<&str> =
        places.source().pool.iter().map(|pool| pool.source.split(';').next().unwrap()).collect();
    let law = ["a", "b", "c"].map(|letter| format!("DPR 487/1994, art. 5, c. 3, lett. {letter})"));
    assert_eq!(sources, law);
    let mut people = candidates("c1 30 30 0 1990-01-01");
    people[0].reserves = ["scu", "ffaa", "l68"].map(str::to_owned).to_vec();
    let run = Run::draw_up(&call(None), people).unwrap();
    assert_eq!(run.lines()[0].reserve(), Some("l68"));
}

#[test]
fn an_earlier_letter_goes_before_any_number_of_later_ones_and_the_youngest_last_of_all() {
    let people = candidates(
        "c1 24 24 2 1990-01-01 g o\n\
         c2 24 24 2 1991-01-01 e=1\n\
         c3 24 24 2 1980-01-01 e=2\n\
         c4 24 24 2 1999-01-01\n\
         c5 24 24 2 1998-12-31\n\
         c6 24 24 2 1970-01-01 d\n\
         c7 24 26 0 1970-01-01",
    );
    let run = Run::draw_up(&call(None), &people).unwrap();
    let order: Vec<&str> = run.lines().iter().map(|line| line.code()).collect();
    assert_eq!(order, ["c6", "c3", "c2", "c1", "c4", "c5", "c7"]);
}

#[test]
fn below_21_out_of_30_in_either_test_nobody_is_suitable() {
    let people =
        candidates("c1 20.99 30 10 1990-01-01\nc2 21 20.5 10 1990-01-02\nc3 21 21 0 1990-01-03");
    let run = Run::draw_up(&call(None), &people).unwrap();
    let shown: String =
        run.lines().iter().map(|line| format!("{} {:?}\n", line.code(), line.outcome)).collect();
    expect![[r#"
        c3 Placed { facility: "concorso", pool: None, preference: 1 }
        c1 BelowThreshold { threshold: 0, had: Points(2099) }
        c2 BelowThreshold { threshold: 1, had: Points(2050) }
    "#]]
    .assert_eq(&shown);
}

#[test]
fn a_reserve_takes_in_those_with_the_title_and_goes_to_others_where_there_are_none() {
    let text: Vec<String> =
        (0..20).map(|n| format!("c{n} 30 30 {}.00 1990-01-{:02}", (19 - n) / 2, n + 1)).collect();
    let mut people = candidates(&text.join("\n"));
    for reserved in [15, 19] {
        people[reserved].reserves = vec!["ffaa".to_owned()];
    }
    let run = Run::draw_up(&call(None), &people).unwrap();
    let winners: Vec<(u32, Option<String>)> = run
        .lines()
        .iter()
        .filter_map(|line| match &line.outcome {
            Outcome::Placed { pool, .. } => Some((line.position?, pool.clone())),
            _ => None,
        })
        .collect();
    assert_eq!(winners.len(), 10, "{winners:?}");
    let ffaa = Some("ffaa".to_owned());
    assert_eq!(&winners[8..], [(15, ffaa.clone()), (19, ffaa)]);
}

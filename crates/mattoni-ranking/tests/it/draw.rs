//! The draw, redone by hand and by the published script.

use std::process::Command;

use expect_test::expect;
use mattoni_ranking::draw::{Seed, entrants_digest};
use mattoni_ranking::{Applicant, Entrants};
use proptest::prelude::*;

const CODES: [&str; 5] = ["N-003", "N-001", "N-005", "N-002", "N-004"];
const SEED: &str = "Lotto, ruota di Roma, 12 giugno 2026: 4 27 61 80 90";

#[test]
fn the_tickets_are_these_for_ever() {
    let entrants = entrants_digest(CODES);
    let seed = Seed::new(entrants, SEED);
    let mut tickets: Vec<(String, &str)> =
        CODES.iter().map(|code| (seed.ticket(code).short(), *code)).collect();
    tickets.sort_unstable();
    let mut text = format!("entrants {entrants}\nseed     {}\n", seed.digest());
    for (ticket, code) in tickets {
        text.push_str(&format!("{ticket} {code}\n"));
    }
    text.push_str(&format!("at girasole: {}\n", seed.ticket_at("N-001", "girasole").short()));
    expect![[r#"
        entrants 9e7cd029dd33692b1cb515e5404354404b7e5a3537125c35d77f220a6b815be1
        seed     b1079d0da4cf6fdc449e46c28c0cf1fd1f2aa6c934510e35fe439e39ace33722
        0eaea6252f88 N-001
        236ad6a3bace N-005
        60b2d5b6317f N-004
        6e96b0a7a96f N-002
        75a3e6e52cb4 N-003
        at girasole: b0a1919da215
    "#]]
    .assert_eq(&text);
}

#[test]
fn one_entrant_more_changes_every_ticket() {
    let before = Seed::new(entrants_digest(CODES), SEED);
    let after = Seed::new(entrants_digest(CODES.into_iter().chain(["N-006"])), SEED);
    assert!(CODES.iter().all(|code| before.ticket(code) != after.ticket(code)));
}

#[test]
fn the_published_script_draws_the_same() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scripts/draw.py");
    let list = std::env::temp_dir().join(format!("mattoni-entrants-{}", std::process::id()));
    std::fs::write(&list, CODES.join("\n")).unwrap();
    for facility in [None, Some("girasole")] {
        let mut command = Command::new("python3");
        command.arg(script).arg(&list).arg(SEED).args(facility);
        let Ok(output) = command.output() else {
            eprintln!("python3 is not here: the script is not tried");
            return;
        };
        let seed = Seed::new(entrants_digest(CODES), SEED);
        let ticket = |code: &&str| match facility {
            Some(facility) => seed.ticket_at(code, facility),
            None => seed.ticket(code),
        };
        let mut ours: Vec<String> =
            CODES.iter().map(|code| format!("{} {code}\n", ticket(code))).collect();
        ours.sort_unstable();
        assert_eq!(String::from_utf8_lossy(&output.stdout), ours.concat());
    }
    std::fs::remove_file(list).unwrap();
}

proptest! {
    /// Codes are sorted by short keys made of the bits that differ; the list that is published is
    /// that of a plain sort, whatever the codes look like.
    #[test]
    fn the_list_of_entrants_is_the_sorted_codes_whatever_they_look_like(
        codes in prop_oneof![
            prop::collection::btree_set("N-[0-9]{1,6}", 0..40),
            prop::collection::btree_set("[A-Za-z0-9:./_-]{1,16}", 0..40),
            prop::collection::btree_set("(2026-domanda-nido-)?[ab/]{1,6}(lunga)?", 0..40),
        ],
    ) {
        let people: Vec<Applicant> = codes.iter().rev().map(Applicant::new).collect();
        let criteria = crate::random::criteria("single", "");
        let entrants = Entrants::check(&criteria, &people).unwrap();
        prop_assert!(entrants.codes().eq(codes.iter().map(String::as_str)));
        prop_assert_eq!(entrants.digest(), entrants_digest(codes.iter().map(String::as_str)));
    }
}

//! Verbs of a practice by anybody, in any order.

use mattoni_core::fold;
use mattoni_core::record::{Record as _, Verb as _};
use mattoni_practice::{Flow, Nature, Permission, Practice, Procedure, Registering, Verb};

use crate::fixture::procedure;
use crate::moves::{ACTORS, Move, live, nobody_acts_on_what_they_cannot_see};

/// Longer lives teach nothing new and take long.
const MOVES: usize = 200;

/// The first byte says the service's rules, every four after it a move: who does what, how, and after
/// how many days.
pub(crate) fn target(bytes: &[u8]) {
    let Some((rules, moves)) = bytes.split_first() else { return };
    let moves: Vec<Move> = moves.chunks_exact(4).take(MOVES).map(one).collect();
    let life = live(&moves, procedure_of(*rules));
    let practice = life.practice;
    assert_eq!(fold::<Practice>(&life.journal).as_ref(), Some(&practice));
    let row = serde_json::to_string(&practice).unwrap();
    assert_eq!(serde_json::from_str::<Practice>(&row).unwrap(), practice);
    nobody_acts_on_what_they_cannot_see(&practice);
    let _ = (practice.projection(), practice.row(), practice.retention(), practice.next_due());
}

fn one(bytes: &[u8]) -> Move {
    Move {
        verb: Verb::ALL[usize::from(bytes[0]) % Verb::ALL.len()],
        actor: bytes[1] % ACTORS,
        try_number: usize::from(bytes[2]),
        days: u64::from(bytes[3]),
    }
}

fn procedure_of(bits: u8) -> Procedure {
    let is = |bit: u8| bits & (1 << bit) != 0;
    let permission = |granted| if granted { Permission::Granted } else { Permission::Denied };
    procedure()
        .with_reopening(permission(is(0)))
        .with_withdrawal(permission(is(1)))
        .with_nature(if is(2) { Nature::Individual } else { Nature::Competitive })
        .with_registering(if is(3) { Registering::Needed } else { Registering::NotNeeded })
        .with_flow(if is(4) { Flow::Approval } else { Flow::Forward })
}

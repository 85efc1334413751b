//! The same work without quotas, groups, reasons or checks, as one would write it in an evening.

use std::collections::BinaryHeap;

use mattoni_ranking::{Applicant, Points, Ranked};

/// Sort keys, lower first, and the applicant's number.
pub(crate) type Row = ([i64; 4], u32);

pub(crate) fn rows(people: &[Applicant]) -> Vec<Row> {
    people
        .iter()
        .zip(0..)
        .map(|(a, i)| {
            let points: i64 = a.points.iter().map(|s| Points::in_hundredths(s.counted())).sum();
            let tie = |key: &str| match a.tie_value(key) {
                Some(mattoni_ranking::TieValue::Number(n)) => n,
                _ => 0,
            };
            ([-points, tie("isee"), -tie("born"), tie("arrival")], i)
        })
        .collect()
}

pub(crate) fn sorted(rows: &[Row]) -> Vec<Row> {
    let mut rows = rows.to_vec();
    rows.sort_unstable();
    rows
}

/// Preferences one after the other, and everyone's standing.
pub(crate) struct Instance {
    start: Vec<u32>,
    facility: Vec<u32>,
    standing: Vec<u64>,
    order: Vec<u32>,
    seats: Vec<usize>,
}

impl Instance {
    pub(crate) fn new(
        people: &[Applicant],
        ranked: &Ranked<'_>,
        facilities: usize,
        seats: usize,
    ) -> Self {
        let named = (0..facilities).map(|f| (format!("f{f}"), seats)).collect::<Vec<_>>();
        Self::with_seats(people, ranked, &named)
    }

    pub(crate) fn with_seats(
        people: &[Applicant],
        ranked: &Ranked<'_>,
        seats: &[(String, usize)],
    ) -> Self {
        let number: std::collections::HashMap<&str, u32> =
            seats.iter().map(|(code, _)| code.as_str()).zip(0..).collect();
        let by_code: std::collections::HashMap<&str, u32> =
            people.iter().map(|a| a.code.as_str()).zip(0..).collect();
        let order: Vec<u32> = ranked.iter().map(|a| by_code[a.code.as_str()]).collect();
        let mut position = vec![0_u32; people.len()];
        for (place, &who) in (0..).zip(&order) {
            position[who as usize] = place;
        }
        let mut instance = Self {
            start: vec![0],
            facility: Vec::new(),
            standing: Vec::new(),
            order,
            seats: seats.iter().map(|(_, seats)| *seats).collect(),
        };
        for (a, position) in people.iter().zip(position) {
            for p in &a.preferences {
                instance.facility.push(number[p.facility.as_str()]);
                instance.standing.push(u64::from(p.priority) << 32 | u64::from(position));
            }
            instance.start.push(instance.facility.len() as u32);
        }
        instance
    }

    /// Which of their preferences each one gets, from 1.
    pub(crate) fn assign(&self) -> std::vec::IntoIter<Option<u32>> {
        let mut heaps: Vec<BinaryHeap<(u64, u32)>> = vec![BinaryHeap::new(); self.seats.len()];
        let mut next: Vec<u32> = self.start[..self.start.len() - 1].to_vec();
        for &first in &self.order {
            let mut who = first;
            while next[who as usize] < self.start[who as usize + 1] {
                let edge = next[who as usize] as usize;
                next[who as usize] += 1;
                let facility = self.facility[edge] as usize;
                let heap = &mut heaps[facility];
                if heap.len() < self.seats[facility] {
                    heap.push((self.standing[edge], who));
                    break;
                }
                let Some(mut worst) = heap.peek_mut() else { continue };
                if self.standing[edge] < worst.0 {
                    let displaced = worst.1;
                    *worst = (self.standing[edge], who);
                    who = displaced;
                }
            }
        }
        let mut choice = vec![None; next.len()];
        for (_, who) in heaps.into_iter().flatten() {
            choice[who as usize] = Some(next[who as usize] - self.start[who as usize]);
        }
        choice.into_iter()
    }
}

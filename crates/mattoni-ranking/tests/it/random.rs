//! Small random calls, the same for the same seed on every machine.

use mattoni_ranking::{
    Applicant, Call, Criteria, CriteriaSource, Facilities, FacilitiesSource, FacilitySource,
    GroupSource, Members, Points, PoolSource, Preference, Prize, ReservedSeats, Score, Seats,
    Standing, TieKey, Unfilled,
};

/// SplitMix64.
pub(crate) struct Rng(pub u64);

impl Rng {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            let j = self.below(i as u64 + 1) as usize;
            items.swap(i, j);
        }
    }
}

pub(crate) fn criteria(kind: &str, extra: &str) -> Criteria {
    let text = format!(
        r#"
        version = 1
        title = "Prova"
        {extra}
        [[criterion]]
        code = "lavoro"
        label = "Lavoro dei genitori"
        max = 16
        source = "Regolamento, art. 7"
        [[criterion]]
        code = "fratelli"
        label = "Fratelli"
        max = 4
        [[tie_break]]
        prefer = "lower"
        key = "isee"
        kind = "number"
        missing = "last"
        label = "ISEE più basso"
        [draw]
        kind = "{kind}"
        seed = "Lotto, ruota di Roma, 12 giugno 2026: 4 27 61 80 90"
        "#
    );
    Criteria::new(toml::from_str::<CriteriaSource>(&text).unwrap()).unwrap()
}

/// How random calls are to look.
pub(crate) struct Shape {
    pub(crate) people: u64,
    pub(crate) facilities: u64,
    /// Whether ties may reach the draw.
    pub(crate) drawn: bool,
    pub(crate) pools: bool,
}

pub(crate) fn call(rng: &mut Rng, shape: &Shape) -> (Call, Vec<Applicant>) {
    let groups = if rng.one_in(2) { 0 } else { 2 };
    let pools = if shape.pools { rng.below(3) as usize } else { 0 };
    let group = |i: u64| (groups > 0).then(|| format!("g{i}"));
    let facilities = (0..shape.facilities)
        .map(|f| FacilitySource {
            code: format!("f{f}"),
            label: String::new(),
            seats: (0..groups.max(1))
                .filter_map(|g| {
                    let reserved: Vec<ReservedSeats> = (0..pools)
                        .filter(|_| rng.one_in(2))
                        .map(|p| ReservedSeats { pool: format!("p{p}"), places: 1 })
                        .collect();
                    let places = rng.below(3) as i64 + reserved.len() as i64;
                    (places > 0).then(|| Seats { group: group(g), places, reserved })
                })
                .collect(),
        })
        .collect();
    let facilities = Facilities::new(FacilitiesSource {
        group: (0..groups)
            .map(|g| GroupSource { code: format!("g{g}"), label: String::new() })
            .collect(),
        pool: (0..pools)
            .map(|p| PoolSource {
                code: format!("p{p}"),
                label: String::new(),
                members: if rng.one_in(2) { Members::Separate } else { Members::Everywhere },
                unfilled: if rng.one_in(2) { Unfilled::Kept } else { Unfilled::Released },
                source: String::new(),
            })
            .collect(),
        facility: facilities,
    })
    .unwrap();
    let mut ties: Vec<i64> = (0..shape.people as i64).collect();
    rng.shuffle(&mut ties);
    let people = (0..shape.people)
        .map(|i| {
            let mut applicant = Applicant::new(format!("A-{i:03}"));
            applicant.group = group(rng.below(2));
            applicant.points = vec![Score::new("lavoro", Points::whole(rng.below(3) as i64), "r")];
            let tie = if shape.drawn { rng.below(2) as i64 } else { ties[i as usize] };
            applicant.tie_keys = vec![TieKey::new("isee", tie)];
            let mut order: Vec<u64> = (0..shape.facilities).collect();
            rng.shuffle(&mut order);
            order.truncate(rng.below(shape.facilities + 1) as usize);
            applicant.preferences = order
                .into_iter()
                .map(|f| {
                    let priority = if rng.one_in(2) { 0 } else { rng.below(3) as u32 };
                    let preference = Preference::new(format!("f{f}")).with_priority(priority);
                    match pools as u64 {
                        n if n > 0 && rng.one_in(4) => {
                            preference.in_pool(format!("p{}", rng.below(n)))
                        }
                        _ => preference,
                    }
                })
                .collect();
            applicant.reserves =
                (0..pools).filter(|_| rng.one_in(3)).map(|p| format!("p{p}")).collect();
            if rng.one_in(20) {
                applicant.standing = Standing::Excluded { reason: "fuori termine".to_owned() };
            }
            applicant
        })
        .collect();
    let kind = if rng.one_in(2) { "single" } else { "multiple" };
    (Call { criteria: criteria(kind, ""), prize: Prize::Places(facilities) }, people)
}

//! Where the places are: facilities, groups, reserved pools.

use mattoni_core::{Problem, Problems};
use serde::{Deserialize, Serialize};

use crate::codes::{self, Index};

/// Facilities and their places as they are written, not checked yet.
///
/// ```
/// use mattoni_ranking::{Facilities, FacilitiesSource};
///
/// let source: FacilitiesSource = toml::from_str(r#"
///     [[pool]]
///     code = "residenti"
///     label = "Residenti nel quartiere"
///
///     [[facility]]
///     code = "girasole"
///     label = "Nido Girasole"
///     seats = [{ places = 24, reserved = [{ pool = "residenti", places = 6 }] }]
/// "#)?;
/// let facilities = Facilities::new(source)?;
/// assert_eq!(facilities.source().facility.len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilitiesSource {
    /// The groups (age groups) that have places of their own; none when all compete together.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<GroupSource>,
    /// The reserved pools (*riserve*) that facilities may have, in the order they are filled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pool: Vec<PoolSource>,
    /// The facilities.
    pub facility: Vec<FacilitySource>,
}

/// A group with places of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupSource {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub label: String,
}

/// A kind of reserved places.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PoolSource {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub label: String,
    /// Whether members who find no reserved place compete for the others.
    #[serde(default)]
    pub members: Members,
    /// What becomes of reserved places no member takes.
    #[serde(default)]
    pub unfilled: Unfilled,
    /// Legal source.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
}

/// Where the members of a reserved pool compete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Members {
    /// First for the reserved places, then for the others: the reserve is a guaranteed minimum,
    /// as in public competitions (DPR 487/1994, art. 5).
    #[default]
    Everywhere,
    /// For the reserved places only: a list of its own.
    Separate,
}

/// What becomes of reserved places that no member takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unfilled {
    /// They go to whoever comes next, members always first.
    #[default]
    Released,
    /// They stay empty.
    Kept,
}

/// A facility (*sede*): a nursery, a school, an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacilitySource {
    /// Its code.
    pub code: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Its places, one entry a group. A facility that has none this time lists none.
    #[serde(default)]
    pub seats: Vec<Seats>,
}

/// The places of a facility for one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seats {
    /// The group, where there are groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// All places, reserved ones included.
    pub places: i64,
    /// How many of them are reserved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reserved: Vec<ReservedSeats>,
}

/// Places reserved for one pool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReservedSeats {
    /// The pool.
    pub pool: String,
    /// How many.
    pub places: i64,
}

/// Facilities that have been checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FacilitiesSource", into = "FacilitiesSource")]
pub struct Facilities {
    source: FacilitiesSource,
    facility_index: Index,
    group_index: Index,
    pool_index: Index,
}

impl Facilities {
    /// The most reserved pools there can be.
    pub const MOST_POOLS: usize = 64;
    /// The most places a facility can have for one group.
    pub const MOST_PLACES: i64 = 1_000_000_000;

    /// Checks the facilities.
    ///
    /// # Errors
    /// Everything that is wrong at once: no facility, codes that are none or double, zero or
    /// negative places, more reserved places than places, unknown groups and pools.
    pub fn new(source: FacilitiesSource) -> Result<Self, Problems> {
        let mut found = Vec::new();
        if source.facility.is_empty() {
            found.push(Problem::new(
                "ranking.facility.none",
                "facility",
                "must have a facility",
                "list at least one",
            ));
        }
        if source.pool.len() > Self::MOST_POOLS {
            found.push(Problem::new(
                "ranking.pool.many",
                "pool",
                format!(
                    "must be at most {} pools, and there are {}",
                    Self::MOST_POOLS,
                    source.pool.len()
                ),
                "merge some",
            ));
        }
        let group_index = index("group", source.group.iter().map(|g| &g.code), &mut found);
        let pool_index = index("pool", source.pool.iter().map(|p| &p.code), &mut found);
        let facility_index = index("facility", source.facility.iter().map(|f| &f.code), &mut found);
        for facility in &source.facility {
            let field = format!("facility[{}]", facility.code);
            check_groups(facility, &field, &group_index, &mut found);
            for seats in &facility.seats {
                check_seats(seats, &field, &pool_index, &mut found);
            }
        }
        Problems::check(found)?;
        Ok(Self { source, facility_index, group_index, pool_index })
    }

    /// The facilities as they were written.
    #[must_use]
    pub fn source(&self) -> &FacilitiesSource {
        &self.source
    }

    pub(crate) fn facility_position(&self, code: &str) -> Option<usize> {
        self.facility_index.get(code)
    }

    pub(crate) fn pool_position(&self, code: &str) -> Option<usize> {
        self.pool_index.get(code)
    }

    /// The number of the group: 0 when there are no groups.
    pub(crate) fn group_position(&self, code: Option<&str>) -> Option<usize> {
        if self.source.group.is_empty() {
            return Some(0);
        }
        code.and_then(|code| self.group_index.get(code))
    }

    /// How many groups compete apart from each other.
    pub(crate) fn groups(&self) -> usize {
        self.source.group.len().max(1)
    }
}

impl TryFrom<FacilitiesSource> for Facilities {
    type Error = Problems;

    fn try_from(source: FacilitiesSource) -> Result<Self, Self::Error> {
        Self::new(source)
    }
}

impl From<Facilities> for FacilitiesSource {
    fn from(facilities: Facilities) -> Self {
        facilities.source
    }
}

fn index<'a>(
    what: &'static str,
    items: impl Iterator<Item = &'a String> + Clone,
    found: &mut Vec<Problem>,
) -> Index {
    let code = match what {
        "group" => "ranking.group.duplicate",
        "pool" => "ranking.pool.duplicate",
        _ => "ranking.facility.duplicate",
    };
    codes::check_unique(items.clone().map(String::as_str), code, |c| format!("{what}[{c}]"), found);
    for item in items.clone() {
        codes::check(item, &format!("{what}[{item}]"), found);
    }
    Index::of(items)
}

fn check_groups(facility: &FacilitySource, field: &str, groups: &Index, found: &mut Vec<Problem>) {
    for (i, seats) in facility.seats.iter().enumerate() {
        let known = match &seats.group {
            None => groups.is_empty(),
            Some(group) => groups.contains(group),
        };
        if !known {
            found.push(Problem::new(
                "ranking.group.unknown",
                format!("{field}.seats[{i}].group"),
                match &seats.group {
                    Some(group) => format!("must be a group, and {group:?} is none"),
                    None => "must name a group, since there are groups".to_owned(),
                },
                "name one of the groups",
            ));
        }
        if facility.seats[..i].iter().any(|earlier| earlier.group == seats.group) {
            found.push(Problem::new(
                "ranking.seats.duplicate",
                format!("{field}.seats[{i}]"),
                "must be given once for each group",
                "keep one",
            ));
        }
    }
}

fn check_seats(seats: &Seats, field: &str, pools: &Index, found: &mut Vec<Problem>) {
    let mut count = |places: i64, what: String| {
        if !(1..=Facilities::MOST_PLACES).contains(&places) {
            found.push(Problem::new(
                "ranking.places.range",
                what,
                format!(
                    "must be at least 1 and at most {}; {places} is not",
                    Facilities::MOST_PLACES
                ),
                "correct the number, or leave the entry out where there is no place",
            ));
        }
    };
    count(seats.places, format!("{field}.seats.places"));
    for reserved in &seats.reserved {
        count(reserved.places, format!("{field}.seats.reserved[{}]", reserved.pool));
    }
    codes::check_unique(
        seats.reserved.iter().map(|r| r.pool.as_str()),
        "ranking.reserve.duplicate",
        |pool| format!("{field}.seats.reserved[{pool}]"),
        found,
    );
    for reserved in &seats.reserved {
        if !pools.contains(&reserved.pool) {
            found.push(Problem::new(
                "ranking.pool.unknown",
                format!("{field}.seats.reserved[{}]", reserved.pool),
                format!("must be a pool, and {:?} is none", reserved.pool),
                "name one of the pools",
            ));
        }
    }
    let all = seats.reserved.iter().try_fold(0_i64, |sum, r| sum.checked_add(r.places.max(0)));
    if all.is_none_or(|all| all > seats.places.max(0)) {
        found.push(Problem::new(
            "ranking.reserve.exceeds-places",
            format!("{field}.seats.reserved"),
            format!("must not be more than the {} places there are", seats.places),
            "lower the reserves or raise the places",
        ));
    }
}

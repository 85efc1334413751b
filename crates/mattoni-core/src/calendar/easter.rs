//! The date of Easter.

use chrono::NaiveDate;

/// Easter Sunday of the Gregorian calendar (anonymous algorithm, Meeus, *Astronomical
/// Algorithms*, ch. 8).
pub(super) fn easter(year: i32) -> NaiveDate {
    let a = year.rem_euclid(19);
    let (b, c) = (year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b.div_euclid(4), b.rem_euclid(4));
    let f = (b + 8).div_euclid(25);
    let g = (b - f + 1).div_euclid(3);
    let h = (19 * a + b - d - g + 15).rem_euclid(30);
    let (i, k) = (c.div_euclid(4), c.rem_euclid(4));
    let l = (32 + 2 * e + 2 * i - h - k).rem_euclid(7);
    let m = (a + 11 * h + 22 * l).div_euclid(451);
    let month = (h + l - 7 * m + 114).div_euclid(31);
    let day = (h + l - 7 * m + 114).rem_euclid(31) + 1;
    // Month is 3 or 4 and day 1 to 31 for every year chrono can hold.
    NaiveDate::from_ymd_opt(year, month as u32, day as u32).unwrap_or_default()
}

//! docs/first-service.md, carried out from an empty folder as it stands there.

use mattoni_core::calendar::rome_date;
use mattoni_desk::{Clock as _, SystemClock};

use crate::tutorial::{Page, checkout, in_place_of, keep, steps};

const PAGE: &str = include_str!("../../../../docs/first-service.md");

#[test]
fn a_stranger_makes_the_summer_camp_from_the_page_alone() {
    let (place, mut page) = (checkout(), Page::of(PAGE));
    page.only_shown("console", "$ alias mattoni=");

    // The number of the first application has the year of the day on which this runs.
    let year = rome_date(SystemClock.now()).format("%Y/").to_string();
    for mut step in steps(&page.next("console", "$ mattoni init sala")) {
        step.command = step.command.replace("2027/", &year);
        step.take(&place);
    }
    page.follow(&place, "mattoni service check sala");
    // The demo has tests of its own.
    page.only_shown("console", "$ cargo xtask demo");

    page.follow(&place, "mattoni service duplicate examples/nursery camp");
    let service = place.path("camp/service.toml");
    let draft = "publication = \"draft\"\n";
    in_place_of(&service, draft, Some("access"), &page.next("toml", "publication = "));
    in_place_of(&service, "[sheet]\n", Some("[sheet.contacts]"), &page.next("toml", "[sheet]"));
    let family = "[[steps]]\nname = \"family\"\n";
    in_place_of(&service, family, None, &page.next("toml", family));
    place.write("camp/places.toml", page.next("toml", "[[group]]"));
    place.write("camp/criteria.toml", page.next("toml", "version = 1"));
    page.follow(&place, "mattoni service check camp");

    page.follow(&place, "mattoni rules new camp-points");
    keep(&place, "camp-points");
    place.write("camp-points/src/lib.rs", page.next("rust", "//! Points"));
    place.write("camp-points/cases.csv", page.next("csv", "case,"));
    page.follow(&place, "cargo test --manifest-path camp-points/Cargo.toml");

    place.write("camp/applications.csv", page.next("csv", "applicant_fiscal_code,"));
    let said = page.follow(&place, "mattoni service columns camp");
    let ranking = &said[4];
    assert!(ranking.contains("Lotto, ruota di Bologna"), "the draw is public: {ranking}");
    assert!(ranking.contains("Centro del Parco"), "people read names: {ranking}");
    assert!(!ranking.contains("Rossi"), "a public list has no names: {ranking}");

    // After an appeal, still on the page's own database.
    page.follow(&place, "mattoni call --service camp --db camp/camp.sqlite --run 2");
    page.end();
}

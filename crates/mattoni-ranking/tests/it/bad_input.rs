//! Whatever is wrong is named, all at once, by a code that stays the same.

use expect_test::{Expect, expect};
use mattoni_core::{Money, Problems};
use mattoni_ranking::{
    Applicant, Call, Criteria, CriteriaSource, Facilities, FacilitiesSource, Fund, FundSource,
    Points, Preference, Prize, Run, Score, Siblings, Standing, TieKey, Together,
};

use crate::run::town;

fn show<T>(refused: Result<T, Problems>, expected: Expect) {
    let problems = refused.err().expect("something is wrong");
    expected.assert_eq(&problems.iter().map(|p| format!("{p}\n")).collect::<String>());
}

#[test]
fn criteria_with_everything_wrong() {
    let source: CriteriaSource = toml::from_str(
        r#"
        version = 3
        title = ""
        class = [
            { code = "a", label = "", after = ["c"] },
            { code = "b", label = "" },
            { code = "c", label = "", after = ["b", "x"] },
        ]
        criterion = [
            { code = "work hours", label = "", max = 8 },
            { code = "kids", label = "", max = 0 },
            { code = "kids", label = "", max = "92233720368547758.07" },
        ]
        threshold = [{ criterion = "home", at_least = 1 }, { criterion = "kids", at_least = 3 }]
        tie_break = [
            { prefer = "lower", key = "isee", label = "" },
            { prefer = "lower", criterion = "home", label = "" },
            { prefer = "lower", key = "born", kind = "date", label = "" },
            { prefer = "higher", key = "born", kind = "date", label = "" },
        ]
        draw = { kind = "single", seed = " " }
        "#,
    )
    .unwrap();
    show(
        Criteria::new(source),
        expect![[r#"
            version: must be a known version of the criteria, and 3 is none; write version = 1 [ranking.criteria.version]
            criterion[kids]: must be given once; "kids" is given 2 times; keep one [ranking.criterion.duplicate]
            criterion[work hours]: "work hours" must be a code: 1 to 64 ASCII letters, digits or - _ . / :; give it another code [ranking.code.form]
            criterion[kids]: must give more at most than at least; gives from 0.00 to 0.00 points; make the most it can give greater than the least [ranking.criterion.range]
            criterion: must have maxima whose sum fits 64 bits of hundredths; lower the maxima [ranking.points.overflow]
            threshold[0]: must be a criterion, and "home" is none; name a criterion of this file [ranking.criterion.unknown]
            threshold[1]: must be within reach, and nobody can have 3.00 points; lower the threshold or raise the maximum [ranking.threshold.unreachable]
            tie_break[0]: must be on a criterion, or on a key and its kind; write criterion = …, or key = … and kind = "number", "money" or "date" [ranking.tie-break.form]
            tie_break[1]: must be a criterion, and "home" is none; name a criterion of this file [ranking.criterion.unknown]
            tie_break[3]: must be on another value than an earlier tie-break; take one out [ranking.tie-break.duplicate]
            class[c]: must come after a class, and "x" is none; name a class of this list [ranking.class.unknown]
            class: must have an order without a circle, and a, b, c make one; take one `after` out [ranking.class.cycle]
            draw.seed: must be the string published for the draw; write the published string, or leave the seed out until it is known [ranking.draw.seed-empty]
        "#]],
    );
}

#[test]
fn points_from_a_file_are_no_floats_no_nan_and_no_commas() {
    let read = |max: &str| {
        let text = format!(
            "version = 1\ntitle = \"\"\ncriterion = [{{ code = \"a\", label = \"\", max = {max} }}]\n[draw]\nkind = \"single\""
        );
        toml::from_str::<CriteriaSource>(&text).map_err(|e| e.message().to_owned())
    };
    assert!(read("8").is_ok() && read("\"8.5\"").is_ok());
    for max in ["nan", "8.5", "inf", "\"8,5\"", "\"8.555\"", "\"NaN\"", "\"1e3\"", "\"\"", "true"] {
        assert!(read(max).is_err(), "{max} was taken");
    }
    assert!(read("9223372036854775807").unwrap_err().contains("ranking.points.overflow"));
    assert!(read("\"92233720368547758.08\"").unwrap_err().contains("ranking.points.overflow"));
}

#[test]
fn facilities_with_everything_wrong() {
    let source: FacilitiesSource = toml::from_str(
        r#"
        group = [{ code = "piccoli", label = "" }, { code = "piccoli", label = "" }]
        pool = [{ code = "h", label = "" }]
        facility = [
            { code = "a", seats = [{ group = "piccoli", places = 0 }, { group = "piccoli", places = -3 }] },
            { code = "a", seats = [{ places = 2 }, { group = "grandi", places = 2 }] },
            { code = "b", seats = [{ group = "piccoli", places = 2, reserved = [
                { pool = "h", places = 2 }, { pool = "x", places = 1 }, { pool = "h", places = 0 },
            ] }] },
        ]
        "#,
    )
    .unwrap();
    show(
        Facilities::new(source),
        expect![[r#"
            group[piccoli]: must be given once; "piccoli" is given 2 times; keep one [ranking.group.duplicate]
            facility[a]: must be given once; "a" is given 2 times; keep one [ranking.facility.duplicate]
            facility[a].seats[1]: must be given once for each group; keep one [ranking.seats.duplicate]
            facility[a].seats.places: must be at least 1 and at most 1000000000; 0 is not; correct the number, or leave the entry out where there is no place [ranking.places.range]
            facility[a].seats.places: must be at least 1 and at most 1000000000; -3 is not; correct the number, or leave the entry out where there is no place [ranking.places.range]
            facility[a].seats[0].group: must name a group, since there are groups; name one of the groups [ranking.group.unknown]
            facility[a].seats[1].group: must be a group, and "grandi" is none; name one of the groups [ranking.group.unknown]
            facility[b].seats.reserved[h]: must be at least 1 and at most 1000000000; 0 is not; correct the number, or leave the entry out where there is no place [ranking.places.range]
            facility[b].seats.reserved[h]: must be given once; "h" is given 2 times; keep one [ranking.reserve.duplicate]
            facility[b].seats.reserved[x]: must be a pool, and "x" is none; name one of the pools [ranking.pool.unknown]
            facility[b].seats.reserved: must not be more than the 2 places there are; lower the reserves or raise the places [ranking.reserve.exceeds-places]
        "#]],
    );
}

#[test]
fn applications_with_everything_wrong_and_nothing_is_half_drawn_up() {
    let (call, mut people) = town();
    people[0].code = "N-2".to_owned();
    people[1].subject = Some("child-1".to_owned());
    people[2].subject = Some("child-1".to_owned());
    people[2].points.push(Score::new("lavoro", Points::hundredths(i64::MAX), "r"));
    people[2].points.push(Score::new("casa", Points::whole(1), "r"));
    people[3].points = vec![
        Score::new("lavoro", Points::whole(17), "r"),
        Score::new("fratelli", Points::whole(-1), "r"),
    ];
    people[3].tie_keys = vec![TieKey::new("isee", Money::ZERO)];
    people[3].reserves = vec!["sindaco".to_owned()];
    people[4].open_flags = vec!["manca-firma".to_owned()];
    people[4].standing = Standing::Excluded { reason: String::new() };
    people[4].preferences = vec![
        Preference::new("girasole"),
        Preference::new("girasole").with_priority(u32::MAX),
        Preference::new("rosa").in_pool("x"),
    ];
    people[5].code = "Mario Rossi".to_owned();
    people[5].tie_keys = vec![TieKey::new("isee", i64::MAX)];
    show(
        Run::draw_up(&call, &people),
        expect![[r#"
            applicant[N-2]: must be the code of one application; 2 have it; keep one, or give each its own code [ranking.applicant.duplicate]
            applicant[N-2].subject: must be ranked once; applications N-2, N-3 are for the same subject; exclude all but one, with a reason; or let the criteria keep the first or the last [ranking.applicant.same-subject]
            applicant[N-3].points: must be under a criterion, and "casa" is none; give points only under the criteria [ranking.criterion.unknown]
            applicant[N-3].points[lavoro]: must add up to what fits 64 bits of hundredths; correct the points [ranking.points.overflow]
            applicant[N-4].points[lavoro]: must be 0.00 to 16.00, as the criterion gives; has 17.00; correct the points or the criterion [ranking.points.range]
            applicant[N-4].points[fratelli]: must be 0.00 to 4.00, as the criterion gives; has -1.00; correct the points or the criterion [ranking.points.range]
            applicant[N-4].tie_keys[isee]: must be of the kind that the criteria name, and 0.00 is not; give a number, an amount or a date as the criteria say [ranking.tie-key.kind]
            applicant[N-5].open_flags: must be resolved, and the flag "manca-firma" is open; resolve the flag before the run [ranking.flag.open]
            applicant[N-5].standing: must have a reason, since the office takes the application in or out; write the reason [ranking.standing.reason]
            applicant: "Mario Rossi" must be a code: 1 to 64 ASCII letters, digits or - _ . / :; give it another code [ranking.code.form]
            applicant[Mario Rossi].tie_keys: must not be the smallest or the greatest 64-bit number, which stand for a missing value; correct the value [ranking.tie-key.range]
            applicant[N-4]: must be a pool, and "sindaco" is none; name one of the pools [ranking.pool.unknown]
            applicant[N-5].preferences[1]: must be named once, and "girasole" is named twice; name each facility once [ranking.preference.duplicate]
            applicant[N-5].preferences[1]: must be at most 2147483647, and priority 4294967295 is greater; use smaller numbers [ranking.preference.priority]
            applicant[N-5].preferences[2]: must be a facility, and "rosa" is none; name one of the facilities [ranking.facility.unknown]
            applicant[N-5]: must be a pool, and "x" is none; name one of the pools [ranking.pool.unknown]
        "#]],
    );
}

#[test]
fn values_and_classes_that_are_missing() {
    let text = "version = 1\ntitle = \"\"\nclass = [{ code = \"a\", label = \"\" }]\n\
        tie_break = [{ prefer = \"lower\", key = \"isee\", kind = \"money\", label = \"\" }]\n\
        draw = { kind = \"single\" }";
    let criteria = Criteria::new(toml::from_str(text).unwrap()).unwrap();
    let fund: FundSource =
        toml::from_str("category = [{ group = \"x\", limit = { budget = \"10.00\" } }]").unwrap();
    let call = Call { criteria, prize: Prize::Fund(Fund::new(fund).unwrap()) };
    let mut people = [Applicant::new("n1"), Applicant::new("n2"), Applicant::new("n3")];
    people[1].class = Some("b".to_owned());
    people[1].group = Some("x".to_owned());
    people[2].group = Some("x".to_owned());
    people[2].amount = Some(Money::from_cents(-1));
    show(
        Run::draw_up(&call, &people),
        expect![[r#"
            applicant[n1].class: must name a class, since the criteria order by class; give it one of the classes [ranking.class.unknown]
            applicant[n1].tie_keys[isee]: must be given, since a tie-break needs it; give it, or let the criteria say where those without it stand [ranking.tie-key.missing]
            applicant[n2].class: must be a class of the criteria, and "b" is none; give it one of the classes [ranking.class.unknown]
            applicant[n2].tie_keys[isee]: must be given, since a tie-break needs it; give it, or let the criteria say where those without it stand [ranking.tie-key.missing]
            applicant[n3].class: must name a class, since the criteria order by class; give it one of the classes [ranking.class.unknown]
            applicant[n3].tie_keys[isee]: must be given, since a tie-break needs it; give it, or let the criteria say where those without it stand [ranking.tie-key.missing]
            applicant[n1].group: must be the group of a category; give it the group of a category [ranking.group.unknown]
            applicant[n2].amount: must be given, since money is granted; give the amount, or grant the same to each [ranking.amount.missing]
            applicant[n3].amount: must be an amount greater than zero; correct the number [ranking.fund.range]
        "#]],
    );
}

#[test]
fn funds_with_everything_wrong() {
    let source: FundSource = toml::from_str(
        r#"
        each = "0.00"
        category = [
            { group = "a", limit = { places = 0 } },
            { group = "a", limit = { share-of-total = 10001 } },
            { limit = { budget = "-1.00" } },
            { group = "b", limit = "residual" },
            { group = "c", limit = { share-of-total = 1 } },
        ]
        "#,
    )
    .unwrap();
    show(
        Fund::new(source),
        expect![[r#"
            each: must be an amount greater than zero; correct the number [ranking.fund.range]
            category[0]: must be at least one place; correct the number [ranking.fund.range]
            category[1]: must not take the applicants of an earlier category; give each category a group of its own [ranking.category.overlap]
            category[1]: must be a share of 1 to 10000 hundredths of a percent; correct the number [ranking.fund.range]
            category[2]: must not take the applicants of an earlier category; give each category a group of its own [ranking.category.overlap]
            category[2]: must be a budget greater than zero; correct the number [ranking.fund.range]
            category[3]: must not take the applicants of an earlier category; give each category a group of its own [ranking.category.overlap]
            category[3]: must come with the total, on which the limit depends; give the total [ranking.fund.total]
            category[4]: must not take the applicants of an earlier category; give each category a group of its own [ranking.category.overlap]
            category[4]: must come with the total, on which the limit depends; give the total [ranking.fund.total]
        "#]],
    );
    show(
        Fund::new(FundSource::default()),
        expect![[r#"
            category: must have a category; list at least one [ranking.fund.empty]
        "#]],
    );
}

#[test]
fn unknown_fields_are_refused() {
    let text = "version = 1\ntitle = \"\"\nclases = []\n[draw]\nkind = \"single\"";
    let refused = toml::from_str::<CriteriaSource>(text).unwrap_err();
    assert!(refused.message().contains("clases"), "{refused}");
    let json = r#"{"code":"n1","fiscal_code":"x"}"#;
    assert!(serde_json::from_str::<Applicant>(json).is_err());
}

#[test]
fn of_two_applications_for_one_child_all_but_one_are_excluded() {
    let (call, mut people) = town();
    people[0].subject = Some("child-1".to_owned());
    people[1].subject = Some("child-1".to_owned());
    assert!(Run::draw_up(&call, &people).is_err());
    people[1].standing = Standing::Excluded { reason: "doppia domanda".to_owned() };
    assert!(Run::draw_up(&call, &people).is_ok());
}

#[test]
fn a_value_given_twice_and_siblings_where_there_is_nowhere_to_be_together() {
    let (call, mut people) = town();
    people.truncate(1);
    people[0].tie_keys.push(TieKey::new("isee", 3));
    show(
        Run::draw_up(&call, &people),
        expect![[r#"
            applicant[N-1].tie_keys[isee]: must be given once; keep one, and put what the office found into its correction [ranking.tie-key.duplicate]
        "#]],
    );
    let (call, mut people) = town();
    people.truncate(2);
    people[1].siblings = Some(Siblings::new("rosa", Together::Preferred));
    let everyone: FundSource = toml::from_str("category = [{ limit = \"everyone\" }]").unwrap();
    let call = Call { prize: Prize::Fund(Fund::new(everyone).unwrap()), ..call };
    show(
        Run::draw_up(&call, &people),
        expect![[r#"
            applicant[N-2].siblings: must be left out where there are no facilities to be together at; leave the siblings out [ranking.siblings.no-places]
        "#]],
    );
}

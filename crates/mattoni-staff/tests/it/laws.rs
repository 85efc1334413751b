//! What an office and an account must be, and what holds of every account there can be.

use std::collections::BTreeSet;

use chrono::Days;
use mattoni_core::Aggregate as _;
use mattoni_core::record::{Record as _, Retention, Role, Side};
use mattoni_staff::{Account, AccountDetails, Office, OfficeDetails, Reading, StaffRole};
use proptest::prelude::*;

use crate::{account, by, codes, day, ente, office, operator};

#[test]
fn an_account_is_refused_with_everything_that_is_wrong() {
    let wrong = AccountDetails::new("  ", day("2027-02-01"))
        .with_roles([StaffRole::Head])
        .until(day("2027-01-31"));
    let refused = Account::create(&by("ced"), &ente(), "Giulia Verdi", wrong).unwrap_err();
    assert_eq!(
        codes(&refused),
        ["account.code", "account.text", "account.nowhere", "account.days"]
    );
    let nothing = AccountDetails::new("Giulia Verdi", day("2027-02-01"));
    let refused = Account::create(&by("ced"), &ente(), "g.verdi", nothing).unwrap_err();
    assert_eq!(codes(&refused), ["account.roles"]);
}

#[test]
fn an_office_is_refused_with_everything_that_is_wrong() {
    let mut details = OfficeDetails::new("");
    details.email = Some("scuola@".to_owned());
    details.pec = Some("comune a pec.it".to_owned());
    let refused = Office::open_office(&by("ced"), &ente(), "-scuola", details).unwrap_err();
    assert_eq!(codes(&refused), ["office.code", "office.text", "office.email", "office.email"]);
}

#[test]
fn nobody_touches_an_account_of_their_own() {
    let refused = Account::create(&by("ced"), &ente(), "ced", operator()).unwrap_err();
    assert_eq!(codes(&refused), ["account.own"]);
    let theirs = account("g.verdi", operator());
    let more = operator().with_roles([StaffRole::Technical]);
    assert_eq!(codes(&theirs.change(&by("g.verdi"), more).unwrap_err()), ["account.own"]);
    assert_eq!(codes(&theirs.disable(&by("g.verdi")).unwrap_err()), ["account.own"]);
}

#[test]
fn an_account_is_disabled_for_good_and_kept_until_then() {
    let mut theirs = account("g.verdi", operator());
    assert_eq!(theirs.retention(), Retention::UnderWay);
    theirs.apply(&theirs.disable(&by("ced")).unwrap());
    assert_eq!(codes(&theirs.active(day("2027-03-01")).unwrap_err()), ["account.disabled"]);
    assert_eq!(codes(&theirs.change(&by("ced"), operator()).unwrap_err()), ["account.disabled"]);
    assert!(matches!(theirs.retention(), Retention::Ended(ended) if ended.state == "disabled"));
}

#[test]
fn a_closed_office_stays_closed() {
    let mut closed = office("scuola");
    closed.apply(&closed.close(&by("ced")).unwrap());
    assert_eq!(codes(&closed.close(&by("ced")).unwrap_err()), ["office.closed"]);
    let details = OfficeDetails::new("Scuola");
    assert_eq!(codes(&closed.change(&by("ced"), details).unwrap_err()), ["office.closed"]);
}

#[test]
fn a_reading_says_why() {
    let refused = Reading::of(&by("g.verdi"), &ente(), "practice.show", None, "\t").unwrap_err();
    assert_eq!(codes(&refused), ["reading.reason"]);
    let read = Reading::of(&by("g.verdi"), &ente(), "practice.show", None, " reclamo ").unwrap();
    assert_eq!(read.why, "reclamo");
}

prop_compose! {
    fn details()(
        roles in prop::collection::btree_set(prop::sample::select(&StaffRole::ALL[..]), 1..4),
        office in "[a-z]{1,8}",
        from in 0_u64..400,
        days in prop::option::of(0_u64..400),
    ) -> AccountDetails {
        let from = day("2027-01-01") + Days::new(from);
        let details =
            AccountDetails::new("Giulia Verdi", from).with_roles(roles).in_offices([office]);
        match days {
            Some(days) => details.until(from + Days::new(days)),
            None => details,
        }
    }
}

proptest! {
    /// An account has the roles it was given on its days, and on no other.
    #[test]
    fn roles_hold_on_the_days_of_the_account(details in details(), on in 0_u64..1000) {
        let on = day("2026-12-01") + Days::new(on);
        let theirs = account("g.verdi", details.clone());
        let active = on >= details.from && details.until.is_none_or(|until| on <= until);
        prop_assert_eq!(theirs.active(on).is_ok(), active);
        let roles = theirs.roles(on);
        prop_assert_eq!(roles.len(), if active { details.roles.len() } else { 0 });
        prop_assert_eq!(&theirs.subject(on).roles, &roles);
        let sides: BTreeSet<Side> = [Side::Citizen, Side::System].into();
        for role in &roles {
            prop_assert!(!sides.iter().any(|side| role.is(*side)), "staff are neither");
            let somewhere = matches!(role, Role::Operator { .. } | Role::OfficeHead { .. });
            let office = details.offices.first().map(String::as_str);
            prop_assert_eq!(role.works_on(office, None), somewhere);
        }
    }

    /// What a verb answers applies, and what it refuses leaves no trace.
    #[test]
    fn verbs_apply(before in details(), after in details()) {
        let mut theirs = account("g.verdi", before);
        theirs.apply(&theirs.change(&by("ced"), after.clone()).unwrap());
        prop_assert_eq!(theirs.details(), &after);
        let copy = theirs.clone();
        prop_assert!(theirs.disable(&by("g.verdi")).is_err());
        prop_assert_eq!(&theirs, &copy);
    }
}

//! Who sees and who changes what.

use mattoni_core::record::{
    AccessRefusal, Concerns, Record as _, RecordRef, Role, Sight, Subject, Verb as _,
};
use mattoni_core::{Id, Person};
use mattoni_staff::{
    ACCOUNTS, AccountVerb, OfficeVerb, READERS, Reading, ReadingEvent, StaffRole, office_bucket,
};

use crate::{account, begun, by, ente, office, operator, role, technical, works_in};

fn citizen(person: u128) -> Subject {
    role(Role::Citizen { person: Id::from_u128(person) })
}

#[test]
fn only_technical_staff_change_accounts_and_offices() {
    let theirs = account("g.verdi", operator());
    let office = office("scuola");
    let not_theirs = AccessRefusal::NotTheirs { kind: "account", verb: "change" };
    assert_eq!(theirs.may(&technical("ced"), AccountVerb::Change), Ok(()));
    assert_eq!(theirs.may(&works_in("a.neri", "scuola"), AccountVerb::Change), Err(not_theirs));
    for verb in OfficeVerb::ALL {
        assert!(office.may(&technical("ced"), *verb).is_ok());
        assert!(office.may(&works_in("a.neri", "scuola"), *verb).is_err());
        assert!(office.may(&role(Role::Auditor), *verb).is_err());
    }
    let unknown = AccessRefusal::Unknown { kind: "account" };
    assert_eq!(theirs.may(&works_in("a.neri", "tributi"), AccountVerb::Disable), Err(unknown));
}

#[test]
fn an_account_is_seen_by_colleagues_staff_and_its_holder() {
    let theirs = account("g.verdi", operator().of_person(Id::<Person>::from_u128(7)));
    for who in [
        technical("ced"),
        role(Role::Auditor),
        works_in("a.neri", "scuola"),
        works_in("g.verdi", "tributi"),
        citizen(7),
    ] {
        assert_eq!(theirs.sight(&who), Sight::Everything, "{who:?}");
    }
    for who in [works_in("a.neri", "tributi"), citizen(8), Subject::new(ente(), vec![])] {
        assert_eq!(theirs.sight(&who), Sight::Nothing, "{who:?}");
    }
    let elsewhere = Subject::new("c_f051".parse().unwrap(), technical("ced").roles);
    assert_eq!(theirs.sight(&elsewhere), Sight::Nothing);
}

#[test]
fn whoever_sees_a_bucket_whole_sees_each_account_in_it() {
    let (in_school, in_taxes) =
        (account("g.verdi", operator()), account("l.blu", operator().in_offices(["tributi"])));
    let sees = |who: &Subject, bucket: &str| {
        mattoni_staff::Account::sees_whole(who, ACCOUNTS.name, bucket)
    };
    for who in [works_in("a.neri", "scuola"), works_in("a.neri", "tributi"), technical("ced")] {
        for (bucket, there) in [
            (office_bucket("scuola"), vec![&in_school, &in_taxes]),
            (office_bucket("tributi"), vec![&in_taxes]),
        ] {
            let whole = there.iter().all(|account| account.sight(&who) == Sight::Everything);
            assert!(!sees(&who, &bucket) || whole, "{who:?} {bucket}");
        }
    }
    assert!(!sees(&works_in("a.neri", "scuola"), "all"));
    assert!(sees(&technical("ced"), "all"));
}

#[test]
fn a_reading_is_seen_by_its_reader_heads_and_auditors() {
    let about =
        Concerns { record: RecordRef::new("practice", Id::from_u128(1)), person: Id::from_u128(7) };
    let read = Reading::of(&by("g.verdi"), &ente(), "practice.show", Some(about), "reclamo");
    let reading: Reading = begun(&ReadingEvent::Read(read.unwrap()));
    let head = Role::OfficeHead {
        account: "r.rossi".into(),
        offices: [].into(),
        services: ["nido".into()].into(),
    };
    for who in [works_in("g.verdi", "scuola"), role(head), role(Role::Auditor)] {
        assert_eq!(reading.sight(&who), Sight::Everything);
        assert!(Reading::sees_whole(&who, READERS.name, "account/g.verdi"));
    }
    for who in [works_in("a.neri", "scuola"), technical("ced"), citizen(7)] {
        assert_eq!(reading.sight(&who), Sight::Nothing);
        assert!(!Reading::sees_whole(&who, READERS.name, "account/g.verdi"));
    }
}

#[test]
fn a_role_reads_in_italian() {
    let names: Vec<_> = StaffRole::ALL.iter().map(|role| role.italian()).collect();
    assert_eq!(names, ["operatore", "responsabile", "amministratore tecnico", "revisore"]);
}

#[test]
fn whoever_acts_by_an_account_is_known_as_the_person_behind_it() {
    let holder = Id::<Person>::from_u128(7);
    let on = crate::day("2027-03-01");
    assert!(account("g.verdi", operator().of_person(holder)).subject(on).is(holder));
    assert!(!account("g.verdi", operator()).subject(on).is(holder));
}

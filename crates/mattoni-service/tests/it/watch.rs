//! The watch on a service, as a record.

use std::collections::BTreeSet;

use expect_test::expect;
use mattoni_core::record::{AccessRefusal, Bricks, Record, Retention, Role, Sight, Subject};
use mattoni_core::{Act, Actor, Aggregate, EnteId, fold, named_id};
use mattoni_service::{ServiceWatch, WatchEvent, WatchVerb};

use crate::fixture::nursery;

fn act(at: &str) -> Act {
    Act::new(at.parse().unwrap(), Actor::System("clock".into()))
}

#[test]
fn a_status_is_recorded_when_it_changes_and_kept_as_written() {
    let nursery = nursery();
    let first = ServiceWatch::look(None, &nursery, &act("2026-03-01T10:00:00Z")).unwrap();
    let mut watch: ServiceWatch = fold([&first]).unwrap();
    assert_eq!(ServiceWatch::look(Some(&watch), &nursery, &act("2026-03-02T10:00:00Z")), None);
    let opened = ServiceWatch::look(Some(&watch), &nursery, &act("2026-04-01T07:00:00Z")).unwrap();
    watch.apply(&opened);
    expect![[r#"
        {"event":"service.status-changed","act":{"at":"2026-04-01T07:00:00Z","by":{"kind":"system","who":"clock"}},"service":"nido-2026","from":{"version":1,"status":"scheduled","opens":"2026-04-01T07:00:00Z"},"to":{"version":1,"status":"open","closes":"2026-05-15T10:00:00Z"}}
        {"service":"nido-2026","standing":{"version":1,"status":"open","closes":"2026-05-15T10:00:00Z"},"since":{"at":"2026-04-01T07:00:00Z","by":{"kind":"system","who":"clock"}}}"#]]
    .assert_eq(&format!(
        "{}\n{}",
        serde_json::to_string(&opened).unwrap(),
        serde_json::to_string(&watch).unwrap()
    ));
    let read: WatchEvent = serde_json::from_str(&serde_json::to_string(&opened).unwrap()).unwrap();
    assert_eq!(read, opened);
    assert_eq!(watch.retention(), Retention::Forever);
}

#[test]
fn officials_and_technical_staff_see_it_and_the_clock_alone_records() {
    let ente: EnteId = "c_f051".parse().unwrap();
    let first = ServiceWatch::look(None, &nursery(), &act("2026-03-01T10:00:00Z")).unwrap();
    let watch: ServiceWatch = fold([&first]).unwrap();
    let operator =
        Role::Operator { account: "a".into(), offices: BTreeSet::new(), services: BTreeSet::new() };
    let citizen = Role::Citizen { person: mattoni_core::Id::from_u128(1) };
    for (role, sight, may) in [
        (operator, Sight::Everything, false),
        (Role::TechnicalAdmin { account: "ced".to_owned() }, Sight::Everything, false),
        (Role::Auditor, Sight::Everything, false),
        (Role::System, Sight::Everything, true),
        (citizen, Sight::Nothing, false),
    ] {
        let who = Subject::new(ente.clone(), vec![role]);
        assert_eq!(watch.sight(&who), sight, "{who:?}");
        let refused = watch.may(&who, WatchVerb::Look).err();
        assert_eq!(refused.is_none(), may, "{who:?}");
        let unknown = matches!(refused, Some(AccessRefusal::Unknown { .. }));
        assert_eq!(unknown, sight == Sight::Nothing);
    }
    assert_eq!(ServiceWatch::id(&ente, "nido"), named_id(&ente, &["service-watch", "nido"]));
}

#[test]
fn the_brick_fits_and_holds_nothing_personal() {
    let bricks = Bricks::new().with(mattoni_service::brick());
    bricks.check().unwrap();
    let personal = bricks.personal();
    let kind = personal.kind(ServiceWatch::KIND).unwrap();
    assert!(kind.events.is_empty() && kind.state.is_empty() && kind.row.is_empty());
}

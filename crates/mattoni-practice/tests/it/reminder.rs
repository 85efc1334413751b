//! Reminders are stored as they always were.

use expect_test::expect;
use mattoni_core::record::{Orders as _, Record as _, Retention, Role, Sight, Subject};
use mattoni_core::{Aggregate as _, Id, fold};
use mattoni_practice::*;

use crate::fixture::{day, system};

fn reminded() -> ReminderEvent {
    ReminderEvent::Reminded(Reminder {
        act: system(26),
        practice: Id::from_u128(7),
        says: Template::TermNears { due: day("2026-10-05") },
    })
}

#[test]
fn a_reminder_is_written_as_it_always_was() {
    let event = serde_json::to_string(&reminded()).unwrap();
    expect![[r#"{"event":"clock.reminded","act":{"at":"2026-09-30T10:00:00Z","by":{"kind":"system","who":"clock"}},"practice":"00000000-0000-0000-0000-000000000007","says":{"template":"term-nears","due":"2026-10-05"}}"#]].assert_eq(&event);
    assert_eq!(serde_json::from_str::<ReminderEvent>(&event).unwrap(), reminded());
    let reminder = fold::<Reminder>(&[reminded()]).unwrap();
    let state = serde_json::to_string(&reminder).unwrap();
    expect![[r#"{"act":{"at":"2026-09-30T10:00:00Z","by":{"kind":"system","who":"clock"}},"practice":"00000000-0000-0000-0000-000000000007","says":{"template":"term-nears","due":"2026-10-05"}}"#]].assert_eq(&state);
    assert_eq!(Reminder::KIND, "reminder");
}

#[test]
fn a_reminder_tells_the_office_and_goes_with_its_practice() {
    let reminder = Reminder::open(&reminded()).unwrap();
    let mut orders = reminder.orders(&reminded());
    let order = orders.remove(0).into_new();
    assert!(orders.is_empty());
    assert_eq!(order.topic, "message.tell");
    expect![[r#"{"about":{"kind":"practice","id":"00000000-0000-0000-0000-000000000007"},"to":"office","template":"practice.term-nears","details":{"due":{"type":"date","value":"2026-10-05"}}}"#]].assert_eq(&String::from_utf8(order.payload).unwrap());
    let Retention::With(practice) = reminder.retention() else { panic!("it goes with another") };
    assert_eq!(practice.id::<Practice>(), Some(Id::from_u128(7)));
}

#[test]
fn officials_see_reminders_and_citizens_do_not() {
    let reminder = Reminder::open(&reminded()).unwrap();
    let sight = |role| reminder.sight(&Subject::new("c_f051".parse().unwrap(), vec![role]));
    assert_eq!(sight(Role::System), Sight::Everything);
    assert_eq!(sight(Role::Auditor), Sight::Everything);
    assert_eq!(sight(Role::TechnicalAdmin { account: "ced".to_owned() }), Sight::Nothing);
    assert_eq!(sight(Role::Citizen { person: Id::from_u128(1) }), Sight::Nothing);
}

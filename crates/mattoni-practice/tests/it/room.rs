//! However much an applicant's side puts on a practice, the office goes on with it.

use std::collections::BTreeMap;

use mattoni_core::record::Record as _;
use mattoni_core::value::Value;
use mattoni_core::{Aggregate as _, Contacts, Digest, Id, Person, Problems, Refusal};
use mattoni_practice::*;
use proptest::prelude::*;

use crate::fixture::*;

/// What a store takes (`mattoni_store`: `MAX_STATE`, `MAX_EVENT`, `MAX_PER_CHANGE`), less the third
/// by which a vault makes texts longer.
const STATE: usize = (16 << 20) / 4 * 3;
const EVENT: usize = (1 << 20) / 4 * 3;
const ENTRIES: usize = 256;

/// What somebody on the applicant's side does, again and again, with as much as they like.
#[derive(Debug, Clone, Copy)]
enum Flood {
    Write,
    Answer,
    Name,
    Delegate,
    Attach,
    Contacts,
    Relate,
    Read,
    Integration,
    Observations,
    Withdraw,
}

const FLOODS: [Flood; 11] = [
    Flood::Write,
    Flood::Answer,
    Flood::Name,
    Flood::Delegate,
    Flood::Attach,
    Flood::Contacts,
    Flood::Relate,
    Flood::Read,
    Flood::Integration,
    Flood::Observations,
    Flood::Withdraw,
];

fn floods() -> impl Strategy<Value = Vec<(Flood, usize, usize)>> {
    let lengths = vec![1, 3_000, 40_000, 3_000_000];
    let one = (prop::sample::select(FLOODS.to_vec()), prop::sample::select(lengths), 1..12usize);
    prop::collection::vec(one, 1..8)
}

fn somebody(number: usize, length: usize) -> Person {
    let number = number as u128;
    Person {
        id: Id::from_u128(1_000 + number),
        given_name: "x".repeat(length),
        ..person(9, "BNCNNA85D50F205H", "Anna", "Bianchi")
    }
}

fn shown<R: Refusal>(tried: Result<Event, R>) -> Result<Event, Problems> {
    tried.map_err(|refusal| refusal.problems())
}

/// One of them. Control characters take six bytes of JSON each, the most there is.
fn flood(
    practice: &Practice,
    kind: Flood,
    length: usize,
    number: usize,
) -> Result<Event, Problems> {
    let act = &citizen(6);
    let text = "\u{1}".repeat(length);
    let values = |key: &str| BTreeMap::from([(key.to_owned(), Value::Text(text.clone()))]);
    match kind {
        Flood::Write => shown(practice.write(act, &format!("a{text}"))),
        Flood::Answer => shown(practice.save(act, Saving::set(values("telefono")))),
        Flood::Name => {
            let party = Party { person: somebody(number, length), role: PartyRole::Reader };
            shown(practice.add_party(act, party))
        }
        Flood::Delegate => {
            let mandate = Mandate::new(somebody(5_000 + number, length), MandateKind::Delegated);
            shown(practice.delegate(act, mandate))
        }
        Flood::Attach => shown(practice.attach(
            act,
            Attachment {
                bytes: 1,
                name: "n".repeat(length),
                ..file(&format!("{number}-{length}.pdf"))
            },
        )),
        Flood::Contacts => {
            let email = format!("a{number}@example.it").parse().ok();
            shown(practice.update_contacts(act, Contacts { email, ..Contacts::default() }))
        }
        Flood::Relate => {
            let parent = Id::from_u128(90_000 + number as u128);
            shown(practice.relate(act, parent, &Relations::default()))
        }
        Flood::Read => shown(practice.mark_read(act, number as u32 % 20 + 1)),
        Flood::Integration => {
            let answer = IntegrationAnswer {
                set: values("telefono"),
                note: text.clone(),
                ..integration_answer()
            };
            shown(practice.answer_integration(act, answer, &calendar()))
        }
        Flood::Observations => shown(practice.answer_notice(act, &text, &calendar())),
        Flood::Withdraw if number == 11 => shown(practice.withdraw(act, &text)),
        Flood::Withdraw => shown(practice.write(act, "ritiro?")),
    }
}

/// That a store commits what the practice has become by the event.
fn commits(practice: &Practice, event: &Event) {
    let state = serde_json::to_vec(practice).unwrap().len();
    assert!(state <= STATE, "a state of {state} bytes after {event:.40?}");
    let event = serde_json::to_vec(event).unwrap().len();
    assert!(event <= EVENT, "an event of {event} bytes");
    let projection = practice.projection();
    assert!(projection.entries.len() <= ENTRIES && projection.unique.len() <= ENTRIES);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn whatever_citizens_put_on_a_practice_the_office_goes_on_with_it(
        state in prop::sample::select(vec![
            State::Draft,
            State::Submitted,
            State::Registered,
            State::TakenInCharge,
            State::AwaitingIntegration,
            State::NoticeGiven,
        ]),
        floods in floods(),
    ) {
        let mut practice = Life::in_state(state, procedure()).practice;
        let done = |practice: &mut Practice, tried: Result<Event, Problems>| match tried {
            Ok(event) => {
                practice.apply(&event);
                commits(practice, &event);
                true
            }
            Err(problems) => {
                for problem in problems.iter() {
                    assert!(!problem.rule.is_empty() && !problem.remedy.is_empty());
                }
                false
            }
        };
        for (kind, length, times) in floods {
            for number in 0..times {
                let tried = flood(&practice, kind, length, number);
                done(&mut practice, tried);
            }
        }
        if practice.state() == State::Draft {
            let sent = practice.submit(&citizen(7), practice.summary().digest(), &calendar());
            prop_assert!(done(&mut practice, shown(sent)), "what was taken can be sent");
        }
        if practice.state() == State::Withdrawn {
            return Ok(());
        }
        if practice.protocol_number().is_none() {
            let number = practice.register(&system(7), Document::Application, "2026/0000124");
            prop_assert!(done(&mut practice, shown(number)));
        }
        let assignee = || Assignee::official("scuola", "anna.bianchi");
        let taken = practice.take_in_charge(&office(8), assignee());
        prop_assert!(done(&mut practice, shown(taken)));
        let long = "perché ".repeat(20_000);
        for _ in 0..3 {
            let noted = practice.note(&office(8), &long);
            prop_assert!(done(&mut practice, shown(noted)));
            let written = practice.write(&office(8), &long);
            prop_assert!(done(&mut practice, shown(written)));
        }
        if practice.state() == State::AwaitingIntegration {
            let cancelled = practice.cancel_integration(&office(8), "trovato", &calendar());
            prop_assert!(done(&mut practice, shown(cancelled)));
        }
        if practice.state() != State::NoticeGiven {
            let asked = practice.request_integration(
                &office(8), asked(), day("2026-10-30"), &calendar(),
            );
            prop_assert!(done(&mut practice, shown(asked)));
            let answered = practice.answer_integration(
                &citizen(9), integration_answer(), &calendar(),
            );
            done(&mut practice, shown(answered));
            if practice.state() == State::AwaitingIntegration {
                let cancelled = practice.cancel_integration(&office(9), "trovato", &calendar());
                prop_assert!(done(&mut practice, shown(cancelled)));
            }
        }
        let accepted = practice.accept(&office(60), Decision::new(long));
        prop_assert!(done(&mut practice, shown(accepted)));
    }
}

fn refusal(tried: Result<Event, impl Refusal>) -> String {
    let problems = tried.err().expect("it is refused").problems();
    problems.iter().map(|problem| problem.code.to_string()).collect::<Vec<_>>().join(" ")
}

/// Repeats what is done until it is refused, and answers how often it was done and why no more.
fn until_refused<R: Refusal>(
    mut practice: Practice,
    each: impl Fn(&Practice, usize) -> Result<Event, R>,
) -> (usize, String) {
    for number in 0..10_000 {
        match each(&practice, number) {
            Ok(event) => practice.apply(&event),
            Err(refusal) => {
                let problems = refusal.problems();
                let codes: Vec<_> = problems.iter().map(|problem| &*problem.code).collect();
                return (number, codes.join(" "));
            }
        }
    }
    panic!("it is never refused");
}

#[test]
fn every_list_that_citizens_make_longer_has_an_end_that_is_told() {
    let taken = || Life::taken(procedure()).practice;
    let act = |_: usize| citizen(2);
    let (times, code) = until_refused(taken(), |p, n| p.write(&act(n), "di nuovo"));
    assert_eq!((times, &*code), (MOST_MESSAGES, "practice.write.too-many-messages"));
    // One reader is on it from the beginning.
    let (times, code) = until_refused(taken(), |p, n| {
        p.add_party(&act(n), Party { person: somebody(n, 3), role: PartyRole::Reader })
    });
    assert_eq!((times, &*code), (MOST_PEOPLE - 1, "practice.add-party.too-many-people"));
    let (times, code) = until_refused(taken(), |p, n| {
        p.delegate(&act(n), Mandate::new(somebody(n, 3), MandateKind::Delegated))
    });
    assert_eq!((times, &*code), (MOST_PEOPLE - 1, "practice.delegate.too-many-people"));
    let (times, code) = until_refused(taken(), |p, n| {
        p.relate(&act(n), Id::from_u128(100 + n as u128), &Relations::default())
    });
    assert_eq!((times, &*code), (MOST_PARENTS, "practice.relate.too-many-relations"));
    let (times, code) = until_refused(Life::draft(procedure()).practice, |p, n| {
        let one = Attachment::new("f.pdf", "application/pdf", 1, Digest::of(&n.to_be_bytes()));
        p.attach(&act(n), one)
    });
    assert_eq!((times, &*code), (MOST_FILES - 1, "practice.attach.too-many-files"));
    let (_, code) = until_refused(taken(), |p, n| p.write(&act(n), &"m".repeat(100_000)));
    assert_eq!(code, "practice.write.no-room");
    let (_, code) = until_refused(taken(), |p, n| p.note(&office(n as u64), &"m".repeat(100_000)));
    assert_eq!(code, "practice.note.no-room");
}

#[test]
fn one_act_of_megabytes_is_refused_with_how_much_it_may_have() {
    let taken = Life::taken(procedure()).practice;
    let megabytes = "m".repeat(3 << 20);
    assert_eq!(refusal(taken.write(&citizen(2), &megabytes)), "practice.write.too-long");
    assert_eq!(refusal(taken.note(&office(2), &megabytes)), "practice.note.too-long");
    let told = taken.write(&citizen(2), &megabytes).unwrap_err().problems().to_string();
    assert!(told.contains("the limit is 262144"), "{told}");
    let reason = taken.withdraw(&citizen(2), &megabytes);
    assert_eq!(refusal(reason), "practice.withdraw.too-long");
    let opening = Opening::new(
        Id::from_u128(7),
        "c_f051".parse().unwrap(),
        ServiceRef::new("nido", 1),
        procedure(),
        Person { family_name: megabytes, ..maria() },
    );
    assert_eq!(refusal(Practice::open_draft(&citizen(0), opening)), "practice.open.too-long");
}

#[test]
fn a_name_of_hundreds_of_words_keeps_no_practice_from_being_taken_in_charge() {
    let words: Vec<String> = (0..400).map(|n| format!("nome{n}")).collect();
    let named = Person { given_name: words.join(" "), ..maria() };
    let (ente, service) = ("c_f051".parse().unwrap(), ServiceRef::new("nido", 1));
    let opening = Opening::new(Id::from_u128(7), ente, service, procedure(), named);
    let mut practice = Life::open_with(opening)
        .then(|p| p.save(&citizen(0), Saving::set(answers())))
        .then(|p| p.submit(&citizen(0), p.summary().digest(), &calendar()))
        .then(|p| p.register(&system(0), Document::Application, "2026/0000123"))
        .practice;
    let taken = practice.take_in_charge(&office(1), Assignee::office("scuola")).unwrap();
    practice.apply(&taken);
    commits(&practice, &taken);
}

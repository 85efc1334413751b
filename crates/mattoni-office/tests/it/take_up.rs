//! An expired draft taken up again at the counter.

use mattoni_core::record::{Role, Subject};
use mattoni_desk::DeskError;
use mattoni_office::take_up;
use mattoni_practice::{Practice, State};
use mattoni_store::Memory;

use crate::practices::{Spec, citizen, desk_on, ente, id, open_all, person};
use crate::town;

fn spec(stage: u8) -> Spec {
    Spec { service: 0, applicant: 0, filer: 0, reader: None, office: 0, stage, noted: false }
}

#[tokio::test]
async fn whose_it_was_goes_on_under_the_service_of_today() {
    let desk = desk_on(Memory::new());
    open_all(&desk, &[spec(9), spec(0)]).await;
    let counter = |who: u8| {
        let role = Role::Citizen { person: person(who).id };
        desk.at_counter(Subject::new(ente(), vec![role])).of::<Practice>()
    };
    let (mine, service, act) = (counter(0), town::service(), citizen(0, 400));
    let new = take_up(&mine, &act, id(0), id(7), &service).await.unwrap();
    assert_eq!((new.state(), new.continues()), (State::Draft, Some(id(0))));
    assert_eq!(new.service().code, service.code());
    // The form of today does not ask for what the old one did.
    assert!(new.answers().is_empty());
    // Twice is once.
    assert_eq!(take_up(&mine, &act, id(0), id(7), &service).await.unwrap(), new);
    assert_eq!(mine.read(id(0)).await.unwrap().state(), State::Expired);

    let code = |refused: Result<Practice, DeskError>| match refused {
        Err(DeskError::Refused(problems)) => problems.into_vec()[0].code.to_string(),
        other => panic!("{other:?}"),
    };
    let draft = take_up(&mine, &act, id(1), id(8), &service).await;
    assert_eq!(code(draft), "practice.take-up.not-expired");
    // To others it is not there.
    let others = take_up(&counter(2), &citizen(2, 400), id(0), id(8), &service).await;
    let unknown = take_up(&counter(2), &citizen(2, 400), id(99), id(8), &service).await;
    assert_eq!(code(others), code(unknown));
}

//! Questions that are answered off the lists give what single reads give.

use mattoni_core::record::{Question, Span, Spans, Subject, sort};
use mattoni_core::{Digest, Id};
use mattoni_desk::{Desk, DeskParts};
use mattoni_store::Memory;
use serde::Serialize;

use crate::loan::whole::{Event, Loan, ROOM, Row, brick};
use crate::loan::{auditor, by_maria, citizen, ente, maria};

/// Keys of a room that are to be back from a day on.
#[derive(Serialize)]
struct BackFrom {
    room: &'static str,
    day: Option<&'static str>,
}

impl Question<Loan> for BackFrom {
    fn spans(&self, _: &Subject) -> Spans {
        let span = Span::new(ROOM, self.room);
        Spans::Of(vec![match self.day {
            Some(day) => span.from(sort::date(day.parse().unwrap())),
            None => span,
        }])
    }

    fn picks(&self, _: &Loan, _: &str) -> bool {
        true
    }

    fn picks_all(&self) -> bool {
        true
    }
}

/// A desk where a key was lent and brought back on each of these days of March.
async fn lent(days: &[u128]) -> Desk {
    let parts = DeskParts::new(mattoni_core::record::Bricks::new().with(brick()));
    let desk = Desk::new(Memory::new(), ente(), parts.delivering_nothing()).unwrap();
    for day in days {
        let act = by_maria(&format!("2027-03-{day:02}T09:00:00Z"));
        let lent = Event::Lent {
            act: act.clone(),
            to: maria(),
            room: "sala-2".into(),
            why: format!("prova {day}"),
            back_by: format!("2027-03-{day:02}").parse().unwrap(),
            receipt: Digest::of(b"ricevuta"),
        };
        let returned = Event::Returned { act: act.clone() };
        desk.open::<Loan>(Id::from_u128(*day), &act, &[lent, returned]).await.unwrap();
    }
    desk
}

#[tokio::test]
async fn a_part_of_a_bucket_is_counted_and_shown_as_it_is_read() {
    let desk = lent(&[3, 9, 12, 20]).await;
    for (day, expected) in [(None, 4), (Some("2027-03-09"), 3), (Some("2027-03-21"), 0)] {
        let asked = BackFrom { room: "sala-2", day };
        for who in [auditor(), citizen(maria())] {
            let loans = desk.at_counter(who).of::<Loan>();
            let page = loans.page(&asked, None, 9).await.unwrap().records;
            let rows = loans.rows(&asked, None, 9).await.unwrap().rows;
            let of_page: Vec<Row> = page.iter().map(mattoni_core::record::Record::row).collect();
            let of_list: Vec<Row> = rows.into_iter().map(|(_, row)| row).collect();
            assert_eq!(of_list, of_page);
            assert_eq!(page.len(), expected, "{day:?}");
            assert_eq!(loans.count(&asked).await.unwrap(), expected as u64, "{day:?}");
        }
    }
    let stranger = desk.at_counter(citizen(Id::from_u128(2))).of::<Loan>();
    assert_eq!(stranger.count(&BackFrom { room: "sala-2", day: None }).await.unwrap(), 0);
}

//! Why a practice is where it is, from the records.

use expect_test::expect;
use mattoni_office::explain::PracticeExplained;
use mattoni_ranking::{Explainer, Outcome};
use mattoni_store::Memory;

use crate::ranking::{draw_up, published};
use crate::scoring::{practices, score};
use crate::town::{by_office, ente, registered};

/// The explanation as short text.
fn text(explained: &PracticeExplained) -> String {
    let mut lines = vec![format!(
        "{} {} {} {}",
        explained.number.as_deref().unwrap_or("-"),
        explained.service,
        explained.state,
        explained.answer_due_on.unwrap()
    )];
    for happened in &explained.history {
        lines.push(format!("{} {} {}", happened.seq.unwrap(), happened.on, happened.event));
    }
    let assessment = explained.assessment.as_ref().unwrap();
    lines.push(assessment.plugin.clone());
    for points in &assessment.points {
        lines.push(format!(
            "{}: {} [{}] {}",
            points.label, points.hundredths, points.reason, points.source
        ));
    }
    lines.push(format!("total {}", assessment.total_hundredths));
    for ranking in &explained.rankings {
        lines.push(format!("published: {}", ranking.published));
        lines.extend(ranking.sentences.clone());
        lines.extend(ranking.offer.iter().map(|offer| format!("offer {:?}", offer.status())));
    }
    lines.join("\n") + "\n"
}

#[tokio::test]
async fn an_explanation_names_history_points_with_sources_place_and_offer() {
    let (office, drawn) = published(Memory::new(), 60).await;
    let act = by_office("2027-05-06T08:00:00Z");
    let by = "2027-05-17".parse().unwrap();
    office.offer_places(&drawn, by, &act, &|_| ()).await.unwrap();
    let explained = office.explain("2027/0000027").await.unwrap();
    expect![[r#"
        2027/0000027 nido-2027@1 registered 2027-06-08
        53 2027-03-10 practice.opened
        54 2027-03-10 practice.saved
        147 2027-03-10 practice.submitted
        207 2027-03-10 practice.registered
        261 2027-05-03 practice.assessed
        nursery-points 1.0.0
        Sezione: 0 [Sezione lattanti: da 3 a 12 mesi alla data di riferimento.] Regolamento comunale, art. 3
        Residenza: 2000 [Il bambino è residente nel comune.] Regolamento comunale, art. 5
        Lavoro dei genitori: 1600 [I genitori lavorano, studiano o cercano lavoro.] Regolamento comunale, art. 6
        Situazione del nucleo: 0 [] Regolamento comunale, art. 7
        Fratelli e sorelle: 0 [] Regolamento comunale, art. 8
        ISEE: 0 [L'ISEE supera l'ultima fascia.] Regolamento comunale, art. 9; DPCM 159/2013
        Disabilità: 800 [Nel nucleo c'è una persona con disabilità certificata.] Regolamento comunale, art. 10; L. 104/1992
        total 4400
        published: true
        La domanda 2027/0000027 ha ottenuto un posto presso Nido Allende: è la preferenza n. 1.
        Il punteggio è 44: Residenza 20 (Il bambino è residente nel comune); Lavoro 16 (I genitori lavorano, studiano o cercano lavoro); Nucleo 0; Fratelli 0; ISEE 0 (L'ISEE supera l'ultima fascia); Disabilità 8 (Nel nucleo c'è una persona con disabilità certificata).
        È al posto 26 su 60 in graduatoria; la domanda che precede ha più punti.
        Preferenza 1, Nido Allende: posto 4 su 11 nella lista della sede; il posto è qui.
        offer Open
    "#]].assert_eq(&text(&explained));
}

#[tokio::test]
async fn every_line_of_the_run_is_explained_from_the_records_and_agrees_with_them() {
    let (office, drawn) = published(Memory::new(), 120).await;
    let explainer = Explainer::new(&drawn.run);
    for practice in practices(&office).await {
        let number = practice.state.protocol_number().unwrap();
        let line = drawn.run.line(number).unwrap();
        let explained = office.explain(number).await.unwrap();
        assert_eq!(explained.id, practice.id);
        // By id it is the same practice.
        let by_id = office.explain(&practice.id.to_string()).await.unwrap();
        assert_eq!(by_id.number.as_deref(), Some(number));

        let assessment = explained.assessment.unwrap();
        let points: i64 = assessment.points.iter().map(|points| points.hundredths).sum();
        assert_eq!(points, assessment.total_hundredths);
        if !matches!(line.outcome, Outcome::Excluded { .. }) {
            assert_eq!(points, line.total.in_hundredths(), "{number}");
        }
        for points in &assessment.points {
            assert!(!points.source.is_empty(), "{}: no legal source", points.label);
            assert!(points.hundredths == 0 || points.reason.ends_with('.'), "{}", points.reason);
        }
        let [ranking] = explained.rankings.as_slice() else { panic!("one run: {number}") };
        assert_eq!(Some(&ranking.explanation), explainer.explain(number).as_ref());
        assert!(!ranking.sentences.is_empty());
        assert_eq!(ranking.explanation.run, drawn.run.digest());
        assert!(!explained.history.is_empty());
        let seq = explained.history.windows(2).all(|pair| pair[0].seq < pair[1].seq);
        assert!(seq && explained.history.iter().all(|past| past.seq.is_some()));
    }
}

#[tokio::test]
async fn a_draft_ranking_says_that_it_is_one() {
    let office = registered(Memory::new(), 12).await;
    let number = "2027/0000001";
    assert!(office.explain(number).await.unwrap().assessment.is_none(), "before scoring");
    score(&office).await;
    assert!(office.explain(number).await.unwrap().rankings.is_empty(), "before drawing up");
    draw_up(&office).await.unwrap();
    let explained = office.explain(number).await.unwrap();
    assert!(explained.rankings.iter().all(|ranking| !ranking.published));
    assert_eq!(explained.rankings.len(), 1);
}

#[tokio::test]
async fn what_is_not_there_is_refused_by_name() {
    let office = registered(Memory::new(), 2).await;
    let unknown = mattoni_core::named_id::<mattoni_practice::Practice>(&ente(), &["nobody"]);
    for name in ["2027/0009999", "", "' OR 1=1", &unknown.to_string()] {
        let refused = office.explain(name).await.unwrap_err();
        let problem = refused.problems().unwrap().iter().next().unwrap();
        assert_eq!(problem.code, "desk.unknown");
        assert!(!problem.remedy.is_empty());
    }
}

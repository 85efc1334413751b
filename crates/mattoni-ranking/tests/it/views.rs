//! What the public, the office and a family see.

use expect_test::{expect, expect_file};
use mattoni_ranking::{
    Correction, Explainer, Explanation, OfficialList, Points, PublicList, Run, Standing, italian,
};

use crate::run::town;

fn run() -> Run {
    let (call, mut people) = town();
    people[1].points[0].points = Points::whole(16);
    people[1].points[0].correction =
        Some(Correction { value: Points::whole(8), reason: "lavora un solo genitore".to_owned() });
    people[5].standing = Standing::Excluded { reason: "residenza in altro comune".to_owned() };
    Run::draw_up(&call, &people).unwrap()
}

#[test]
fn the_public_list_is_this_and_says_nothing_of_reserves_points_and_reasons() {
    let bands = [Points::ZERO, Points::whole(5), Points::whole(10)];
    let list = PublicList::of(&run(), Some(&bands)).unwrap();
    let text = serde_json::to_string_pretty(&list).unwrap();
    expect_file!["../golden/public-list.v1.json"].assert_eq(&text);
    assert_eq!(serde_json::from_str::<PublicList>(&text).unwrap(), list);
    for secret in ["residenti", "residenza", "both-parents-work", "isee", "700"] {
        assert!(!text.contains(secret), "{secret} is published");
    }
}

#[test]
fn the_official_list_is_this() {
    let run = run();
    let list = OfficialList::of(&Explainer::new(&run));
    let text = serde_json::to_string_pretty(&list).unwrap();
    expect_file!["../golden/official-list.v1.json"].assert_eq(&text);
    assert_eq!(serde_json::from_str::<OfficialList>(&text).unwrap(), list);
}

#[test]
fn a_familys_explanation_is_this() {
    let run = run();
    let explained = Explainer::new(&run).explain("N-2").unwrap();
    let text = serde_json::to_string_pretty(&explained).unwrap();
    expect_file!["../golden/explanation.v1.json"].assert_eq(&text);
    assert_eq!(serde_json::from_str::<Explanation>(&text).unwrap(), explained);
    assert!(Explainer::new(&run).explain("N-99").is_none());
}

#[test]
fn a_family_reads_this() {
    let (call, people) = town();
    let plain = Run::draw_up(&call, &people).unwrap();
    let words = italian::Words::default()
        .with_reason("both-parents-work", "entrambi i genitori lavorano")
        .with_pool("residenti", "residenti nel quartiere");
    let mut text = String::new();
    for run in [run(), plain] {
        let explainer = Explainer::new(&run);
        for line in run.lines() {
            let explained = explainer.explain(line.code()).unwrap();
            text.push_str(&italian::explanation(&explained, &words).join("\n"));
            text.push_str("\n\n");
        }
    }
    expect![[r#"
        La domanda N-1 ha ottenuto un posto presso Nido Girasole: è la preferenza n. 1.
        Il punteggio è 10: Lavoro dei genitori 10 (entrambi i genitori lavorano).
        È al posto 1 su 4 in graduatoria.
        Preferenza 1, Nido Girasole: posto 1 su 4 nella lista della sede; il posto è qui.
        Preferenza 2, Nido Tulipano: posto 1 su 4 nella lista della sede; non serve, c'è già un posto in una sede preferita.

        La domanda N-2 ha ottenuto un posto presso Nido Tulipano: è la preferenza n. 2.
        Il punteggio è 8: Lavoro dei genitori 8 (dichiarati 16, rettificati dall'ufficio: lavora un solo genitore).
        È al posto 2 su 4 in graduatoria; la domanda che precede ha più punti.
        Preferenza 1, Nido Girasole: posto 2 su 4 nella lista della sede; l'ultimo posto è andato a chi ha 10 punti: ne mancavano 2; l'ultimo posto riservato (residenti nel quartiere) è andato a chi ha il titolo di riserva.
        Preferenza 2, Nido Tulipano: posto 2 su 4 nella lista della sede; il posto è qui.

        La domanda N-3 ha ottenuto un posto presso Nido Tulipano: è la preferenza n. 1.
        Il punteggio è 8: Lavoro dei genitori 8 (entrambi i genitori lavorano).
        È al posto 3 su 4 in graduatoria; a parità di punti la domanda che precede prevale per «ISEE più basso» (valore di questa domanda: 800).
        Preferenza 1, Nido Tulipano: posto 3 su 4 nella lista della sede; il posto è qui.
        Preferenza 2, Nido Girasole: posto 3 su 4 nella lista della sede; non serve, c'è già un posto in una sede preferita.

        La domanda N-4 ha ottenuto un posto presso Nido Girasole, tra i posti riservati (residenti nel quartiere): è la preferenza n. 1.
        Il punteggio è 4: Lavoro dei genitori 4 (entrambi i genitori lavorano).
        È al posto 4 su 4 in graduatoria; la domanda che precede ha più punti.
        Preferenza 1, Nido Girasole: posto 4 su 4 nella lista della sede; il posto è qui.
        Preferenza 2, Nido Tulipano: posto 4 su 4 nella lista della sede; non serve, c'è già un posto in una sede preferita.

        La domanda N-5 non è in graduatoria: ha 1 punto e ne occorrono almeno 2.
        Il punteggio è 1: Lavoro dei genitori 1 (entrambi i genitori lavorano).

        La domanda N-6 è esclusa: residenza in altro comune.
        Il punteggio è 3: Lavoro dei genitori 3 (entrambi i genitori lavorano).

        La domanda N-1 ha ottenuto un posto presso Nido Girasole: è la preferenza n. 1.
        Il punteggio è 10: Lavoro dei genitori 10 (entrambi i genitori lavorano).
        È al posto 1 su 5 in graduatoria.
        Preferenza 1, Nido Girasole: posto 1 su 5 nella lista della sede; il posto è qui.
        Preferenza 2, Nido Tulipano: posto 1 su 5 nella lista della sede; non serve, c'è già un posto in una sede preferita.

        La domanda N-2 ha ottenuto un posto presso Nido Tulipano: è la preferenza n. 2.
        Il punteggio è 8: Lavoro dei genitori 8 (entrambi i genitori lavorano).
        È al posto 2 su 5 in graduatoria; la domanda che precede ha più punti.
        Preferenza 1, Nido Girasole: posto 2 su 5 nella lista della sede; l'ultimo posto è andato a chi ha 10 punti: ne mancavano 2; l'ultimo posto riservato (residenti nel quartiere) è andato a chi ha il titolo di riserva.
        Preferenza 2, Nido Tulipano: posto 2 su 5 nella lista della sede; il posto è qui.

        La domanda N-3 ha ottenuto un posto presso Nido Tulipano: è la preferenza n. 1.
        Il punteggio è 8: Lavoro dei genitori 8 (entrambi i genitori lavorano).
        È al posto 3 su 5 in graduatoria; a parità di punti la domanda che precede prevale per «ISEE più basso» (valore di questa domanda: 800).
        Preferenza 1, Nido Tulipano: posto 3 su 5 nella lista della sede; il posto è qui.
        Preferenza 2, Nido Girasole: posto 3 su 5 nella lista della sede; non serve, c'è già un posto in una sede preferita.

        La domanda N-4 ha ottenuto un posto presso Nido Girasole, tra i posti riservati (residenti nel quartiere): è la preferenza n. 1.
        Il punteggio è 4: Lavoro dei genitori 4 (entrambi i genitori lavorano).
        È al posto 4 su 5 in graduatoria; la domanda che precede ha più punti.
        Preferenza 1, Nido Girasole: posto 4 su 5 nella lista della sede; il posto è qui.
        Preferenza 2, Nido Tulipano: posto 4 su 5 nella lista della sede; non serve, c'è già un posto in una sede preferita.

        La domanda N-6 è in lista d'attesa: nelle sedi indicate tutti i posti sono andati a domande che la precedono.
        Il punteggio è 3: Lavoro dei genitori 3 (entrambi i genitori lavorano).
        È al posto 5 su 5 in graduatoria; la domanda che precede ha più punti.
        Preferenza 1, Nido Tulipano: posto 5 su 5 nella lista della sede; l'ultimo posto è andato a chi ha 8 punti: ne mancavano 5.
        Preferenza 2, Nido Girasole: posto 5 su 5 nella lista della sede; l'ultimo posto è andato a chi ha 10 punti: ne mancavano 7; l'ultimo posto riservato (residenti nel quartiere) è andato a chi ha il titolo di riserva.

        La domanda N-5 non è in graduatoria: ha 1 punto e ne occorrono almeno 2.
        Il punteggio è 1: Lavoro dei genitori 1 (entrambi i genitori lavorano).

    "#]].assert_eq(&text);
}

#[test]
fn an_explanation_tells_no_value_of_anybody_else() {
    let run = run();
    let explainer = Explainer::new(&run);
    for line in run.lines() {
        let text = serde_json::to_string(&explainer.explain(line.code()).unwrap()).unwrap();
        for other in run.lines().iter().filter(|other| other.code() != line.code()) {
            assert!(!text.contains(&format!("\"{}\"", other.code())), "{text}");
        }
    }
}

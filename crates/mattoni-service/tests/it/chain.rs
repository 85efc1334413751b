//! What a service is put together from, and what follows what.

use expect_test::{Expect, expect, expect_file};
use mattoni_service::{Chain, Service, ServiceSource};

/// The beginning of a service: what is under test comes in between.
fn service(text: &str) -> Result<Service, String> {
    let text = format!("ente = \"c_f051\"\ncode = \"permesso\"\nversion = 1\n{text}\n[sheet]\n");
    let source: ServiceSource = toml::from_str(&text).map_err(|error| error.to_string())?;
    Service::new(source).map_err(|problems| problems.to_string())
}

fn chain(text: &str) -> Chain {
    service(text).unwrap().chain().clone()
}

fn refused(text: &str, expected: Expect) {
    expected.assert_eq(&service(text).unwrap_err());
}

const PERMIT: &str = r#"
bricks = ["practice", "document"]

[[then]]
on = "accepted"
order = "message.tell"
template = "permit.bring-a-photo"
to = "applicant"

[[then]]
on = "accepted"
order = "payment.request"
amount = "16.00"
reason = "bollo & diritti"

[[then]]
on = "accepted"
order = "document.issue"
brick = "document"
with = { document = "permit" }

[[then]]
on = "revoked"
order = "message.tell"
template = "permit.hand-it-in"
to = "office"
"#;

const NURSERY: &str = r#"
[procedure]
nature = "competitive"

[ranking]
criteria = "criteria.toml"

[[then]]
on = "published"
order = "message.tell"
template = "ranking.published"
to = "applicant"

[[then]]
on = "place-accepted"
order = "subscription.open"
brick = "subscription"
"#;

#[test]
fn a_service_is_put_together_from_what_it_says_or_from_what_it_has() {
    let bricks = |text: &str| chain(text).bricks().join(" ");
    assert_eq!(bricks(""), "practice");
    assert_eq!(bricks(NURSERY), "practice ranking");
    assert_eq!(bricks(PERMIT), "practice document");
    let permit = chain(PERMIT);
    assert_eq!(permit.on("accepted").count(), 3);
    let topics: Vec<_> = permit.links().iter().map(|link| link.order.topic()).collect();
    assert_eq!(topics, ["message.tell", "payment.request", "document.issue", "message.tell"]);
}

#[test]
fn the_composition_is_written_out_as_it_was_read() {
    let permit = service(PERMIT).unwrap();
    let text = toml::to_string(permit.source()).unwrap();
    assert_eq!(toml::from_str::<ServiceSource>(&text).unwrap(), *permit.source());
}

#[test]
fn a_misspelt_word_of_an_order_is_refused_with_its_line() {
    let error = service("[[then]]\non = \"accepted\"\nordine = \"message.tell\"").unwrap_err();
    assert!(error.contains("line 6") && error.contains("ordine"), "{error}");
    let error = service("[[then]]\non = \"accepted\"\norder = \"message.tell\"\nto = \"sindaco\"");
    assert!(error.unwrap_err().contains("sindaco"));
}

#[test]
fn an_order_that_is_not_complete_is_refused_for_everything_at_once() {
    refused(
        r#"
        bricks = ["practice", "practice", "La pratica", "ranking"]
        [[then]]
        on = " "
        order = "tell"
        [[then]]
        on = "accepted"
        order = "message.tell"
        template = ""
        amount = "16.00"
        [[then]]
        on = "accepted"
        order = "payment.request"
        amount = "0"
        with = { document = "permit" }
        [[then]]
        on = "accepted"
        order = "document.issue"
        to = "office"
        "#,
        expect![[r#"
            bricks: must name each brick once, and “practice” comes twice; leave one out [service.chain.twice]
            bricks: must be lower-case letters and hyphens, and “La pratica” is not; write e.g. practice [service.chain.name]
            bricks: must come with criteria where “ranking” is used; add a [ranking] section [service.chain.ranking]
            then[1].on: must name an outcome; write e.g. accepted [service.chain.then]
            then[1].order: must be a topic: two words with a dot between; write e.g. message.tell [service.chain.then]
            then[2].template: must be given for message.tell; write the template's code [service.chain.then]
            then[2].to: must be given for message.tell; write applicant or office [service.chain.then]
            then[2].amount: must be left out for message.tell; leave it out, or check the order [service.chain.then]
            then[3].amount: must be given for payment.request; write an amount above zero, e.g. "16.00" [service.chain.then]
            then[3].reason: must be given for payment.request; write what is paid for [service.chain.then]
            then[3].with: must be left out for payment.request; leave it out, or check the order [service.chain.then]
            then[4].to: must be left out for document.issue; leave it out, or check the order [service.chain.then]
            then[4].brick: must be given for document.issue; write which brick takes the order [service.chain.then]"#]],
    );
}

#[test]
fn a_service_that_ranks_uses_the_brick_that_does() {
    let text = format!("bricks = [\"practice\"]\n{NURSERY}");
    refused(
        &text,
        expect![
            "bricks: must have “ranking” where a ranking decides; add “ranking” to bricks [service.chain.ranking]"
        ],
    );
}

#[test]
fn a_desk_that_cannot_carry_it_out_is_told_everything_at_once() {
    let check = |text: &str, bricks: &[&str], takers: &[&str], expected: Expect| {
        let found = chain(text).check(bricks, takers);
        expected.assert_eq(&found.map_or_else(|refused| refused.to_string(), |()| "sound".into()));
    };
    let takers = ["message.tell", "payment.request", "document.issue", "subscription.open"];
    check(PERMIT, &["practice", "document"], &takers, expect!["sound"]);
    check(NURSERY, &["practice", "ranking", "message", "subscription"], &takers, expect!["sound"]);
    check(
        PERMIT,
        &["practice", "message"],
        &["message.tell"],
        expect![[r#"
            bricks: must be a brick of the desk, and “document” is none; add the brick to the desk, or use one of: message, practice [service.chain.brick]
            then[2].order: must be an order that a brick takes, and none takes “payment.request”; add the brick “payment” to the desk, or use one of: message.tell [service.chain.order]
            then[3].order: must be an order that a brick takes, and none takes “document.issue”; add the brick “document” to the desk, or use one of: message.tell [service.chain.order]
            then[3].brick: must be a brick of the desk, and “document” is none; add the brick to the desk, or use one of: message, practice [service.chain.brick]"#]],
    );
    let astray = r#"
        [[then]]
        on = "published"
        order = "message.tell"
        template = "ranking.published"
        to = "applicant"
        [[then]]
        on = "approvata"
        order = "message.tell"
        template = "x"
        to = "office"
    "#;
    check(
        astray,
        &["practice"],
        &[],
        expect![[r#"
            then[1].on: must be an outcome of the service's bricks, and “published” is none; add “ranking” to bricks, or use one of: accepted, expired, rejected, revoked, withdrawn [service.chain.outcome]
            then[1].order: must be an order that a brick takes, and none takes “message.tell”; add the brick “message” to the desk, or use one of: none [service.chain.order]
            then[2].on: must be an outcome of the service's bricks, and “approvata” is none; use one of: accepted, expired, rejected, revoked, withdrawn [service.chain.outcome]
            then[2].order: must be an order that a brick takes, and none takes “message.tell”; add the brick “message” to the desk, or use one of: none [service.chain.order]"#]],
    );
}

#[test]
fn a_chain_is_read_as_text() {
    expect![[r#"
        mattoni: pratica, documenti
        accolta → avviso al richiedente (modello permit.bring-a-photo)
        accolta → richiesta di pagamento di 16,00 € (bollo & diritti)
        accolta → rilascio di un documento (document: permit)
        revocata → avviso all'ufficio (modello permit.hand-it-in)
    "#]]
    .assert_eq(&chain(PERMIT).text());
    expect!["mattoni: pratica\n"].assert_eq(&chain("").text());
}

#[test]
fn a_chain_is_seen_as_a_diagram() {
    expect![[r#"
        flowchart LR
            practice["pratica"]
            document["documenti"]
            message["messaggi"]
            payment["pagamenti"]
            practice -->|"accolta: avviso al richiedente (modello permit.bring-a-photo)"| message
            practice -->|"accolta: richiesta di pagamento di 16,00 € (bollo &amp; diritti)"| payment
            practice -->|"accolta: rilascio di un documento (document: permit)"| document
            practice -->|"revocata: avviso all'ufficio (modello permit.hand-it-in)"| message
    "#]]
    .assert_eq(&chain(PERMIT).mermaid());
}

#[test]
fn a_chain_is_seen_as_a_picture() {
    expect_file!["../golden/chain-permit.v1.svg"].assert_eq(&chain(PERMIT).svg());
    expect_file!["../golden/chain-nursery.v1.svg"].assert_eq(&chain(NURSERY).svg());
    // A service from which nothing follows is drawn all the same.
    let plain = chain("").svg();
    assert!(plain.contains(">pratica</text>") && !plain.contains("<polyline"), "{plain}");
}

#[test]
fn the_composition_is_json_schema() {
    let text = serde_json::to_string_pretty(&Chain::json_schema()).unwrap() + "\n";
    expect_file!["../golden/chain-schema.v1.json"].assert_eq(&text);
}

//! What is stored keeps its form.

use expect_test::expect;
use mattoni_store::{Batch, Journal, Memory};

use crate::support::{act, ente, hung};

#[tokio::test]
async fn the_hash_of_a_row_never_changes() {
    let store = Memory::new();
    let lamp = hung(7, "stairs");
    let again = mattoni_store::Loaded {
        id: mattoni_core::Id::from_u128(7),
        version: lamp.change.leads_to(),
        state: lamp.state,
    }
    .next(&act(5), &[crate::support::LampEvent::Lit { watts: 40 }])
    .unwrap();
    store.commit(Batch::new(ente(), [lamp.change, again.change])).await.unwrap();
    let rows = store.scan(&ente(), 0, 9).await.unwrap();
    let text: Vec<_> = rows
        .iter()
        .map(|row| {
            format!(
                "{} {} v{} {} {} {} {} {}\n",
                row.seq,
                row.stream,
                row.version,
                row.name,
                row.at_micros,
                row.by_json,
                String::from_utf8_lossy(&row.body),
                row.hash
            )
        })
        .collect();
    expect![[r#"
        1 lamp/00000000-0000-0000-0000-000000000007 v1 lamp.hung 1770000000654321 {"kind":"operator","who":"m.rossi"} {"event":"hung","hall":"stairs"} 99ab3af20745874cd12298e1f2a426497af160875baa8a13d14af489a5d6caf9
        2 lamp/00000000-0000-0000-0000-000000000007 v2 lamp.lit 1770000005654321 {"kind":"operator","who":"m.rossi"} {"event":"lit","watts":40} 454abde463fcf6c59ec4a178f305b0ff3e2a4c8f336e5bb89484a1bbbb5e7cc4
    "#]].assert_eq(&text.concat());
}

#[test]
fn the_schema_only_grows() {
    // Applied migrations are history: a change goes into a new file with the next number.
    let first = include_bytes!("../../src/sqlite/schema/0001.sql");
    expect!["669788e91bd6cc95ccd7b659b2eb5d58bca8697b85af94ef37243b7362a3bbba"]
        .assert_eq(&mattoni_core::Digest::of(first).to_string());
    let first = include_bytes!("../../src/postgres/schema/0001.sql");
    expect!["49a4bdc6356a0a4209739aa975104a21f8b8893f68b8910defff980cbe3c211b"]
        .assert_eq(&mattoni_core::Digest::of(first).to_string());
    let second = include_bytes!("../../src/sqlite/schema/0002.sql");
    expect!["4e93b402e9845083e7b9b55ada59b903dff293d8752e410c4d68ef36db30f268"]
        .assert_eq(&mattoni_core::Digest::of(second).to_string());
    let second = include_bytes!("../../src/postgres/schema/0002.sql");
    expect!["937d66f4dd5d94be1320a5e0d88165d77c5394e4e801c457417b013a89a36166"]
        .assert_eq(&mattoni_core::Digest::of(second).to_string());
    let third = include_bytes!("../../src/sqlite/schema/0003.sql");
    expect!["672303c1a625b116c80f98eb2999bf97d90ff093895999f757946921b3af85d8"]
        .assert_eq(&mattoni_core::Digest::of(third).to_string());
    let third = include_bytes!("../../src/postgres/schema/0003.sql");
    expect!["91c6a2521f6c9bfb402ede0cfc443bfebabaa231c6911c35bac7722fa1a6c093"]
        .assert_eq(&mattoni_core::Digest::of(third).to_string());
    let fourth = include_bytes!("../../src/sqlite/schema/0004.sql");
    expect!["10985c2b9748b138ff9d45a2dec356d0839bf19adcb2e677f0ba69952e022d5a"]
        .assert_eq(&mattoni_core::Digest::of(fourth).to_string());
    let fourth = include_bytes!("../../src/postgres/schema/0004.sql");
    expect!["8bc1d7f9b8b2f65d818930706e421198387a2f516e417c118c0c5ebf62c9b498"]
        .assert_eq(&mattoni_core::Digest::of(fourth).to_string());
    let fifth = include_bytes!("../../src/sqlite/schema/0005.sql");
    expect!["16ce5930497009e349f0af213ce9b9ddd6663d0640b34f7a5f5ba57bdb73d880"]
        .assert_eq(&mattoni_core::Digest::of(fifth).to_string());
    let fifth = include_bytes!("../../src/postgres/schema/0005.sql");
    expect!["8862251bb691e594b2120093959f38e99389721be96b040d86e5b8adc2208329"]
        .assert_eq(&mattoni_core::Digest::of(fifth).to_string());
    let sixth = include_bytes!("../../src/sqlite/schema/0006.sql");
    expect!["2baa7fc37c69a76548b888c98354f58fdebcbd385dc2ea27653fdaecef7df220"]
        .assert_eq(&mattoni_core::Digest::of(sixth).to_string());
    let sixth = include_bytes!("../../src/postgres/schema/0006.sql");
    expect!["83bb00622af0e9d6c11d8ae78f2a68705e74fcc90a700bbd4b4a2a08f92bdf33"]
        .assert_eq(&mattoni_core::Digest::of(sixth).to_string());
    let seventh = include_bytes!("../../src/sqlite/schema/0007.sql");
    expect!["e748dd2d27edc77de64fc834cca83382473cd65509c55d908ab326dec3d45337"]
        .assert_eq(&mattoni_core::Digest::of(seventh).to_string());
    let seventh = include_bytes!("../../src/postgres/schema/0007.sql");
    expect!["7f25338670331b73c4263bade2d5fb95578d892120db871a12567120e9aafce6"]
        .assert_eq(&mattoni_core::Digest::of(seventh).to_string());
    let eighth = include_bytes!("../../src/postgres/schema/0008.sql");
    expect!["72bb0388fa91cad41d4d383a4f9c329821d4e23b11d52b4e79174ae5301d1687"]
        .assert_eq(&mattoni_core::Digest::of(eighth).to_string());
}

//! Small texts that come from outside: keys and signatures, proofs, cursors, codes, amounts.

use std::fmt::{Debug, Display};
use std::str::FromStr;
use std::sync::LazyLock;

use mattoni_core::calendar::Period;
use mattoni_core::{
    Digest, EmailAddress, EnteId, FiscalCode, Iban, Id, IstatCode, Language, Money, Person,
    PhoneNumber, TaxCode, VatNumber, media_type, search_words, text,
};
use mattoni_ranking::Points;
use mattoni_rules::{PublisherKey, SecretKey};
use mattoni_store::proof::{EventProof, PublicKey, SignedCheckpoint, SigningKey};
use mattoni_store::{Cursor, KeyRing, MasterKey};

use crate::{form, said_in_full};

/// Whoever checks a proof has the ente's key.
static KEY: LazyLock<PublicKey> = LazyLock::new(|| SigningKey::from_seed([7; 32]).public());

/// The first line says what the rest is.
pub(crate) fn target(bytes: &[u8]) {
    let Some((what, bytes)) = form(bytes) else { return };
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match what {
        "key-file" => {
            if let Ok(ring) = text.parse::<KeyRing>() {
                let keys: Vec<String> = ring.keys().map(|key| key.to_text().to_string()).collect();
                let again: KeyRing = keys.join("\n").parse().unwrap();
                assert_eq!(again.current().name(), ring.current().name());
                assert_eq!(again.keys().count(), ring.keys().count());
            }
        }
        "master-key" => {
            if let Ok(key) = text.parse::<MasterKey>() {
                let again: MasterKey = key.to_text().parse().unwrap();
                assert_eq!(again.name(), key.name());
            }
        }
        "checkpoint" => {
            if let Ok(signed) = serde_json::from_str::<SignedCheckpoint>(text) {
                let _ = signed.verify(&KEY).map_err(|problems| said_in_full(&problems));
            }
        }
        "event-proof" => {
            if let Ok(proof) = serde_json::from_str::<EventProof>(text) {
                let _ = proof.verify(Some(&KEY)).map_err(|problems| said_in_full(&problems));
            }
        }
        "secret-key" => drop(text.parse::<SecretKey>()),
        "public-key" => written_again::<PublicKey>(text),
        "publisher-key" => written_again::<PublisherKey>(text),
        "signature" => {
            written_again::<mattoni_store::proof::Signature>(text);
            written_again::<mattoni_rules::Signature>(text);
        }
        "cursor" => written_again::<Cursor>(text),
        "digest" => written_again::<Digest>(text),
        "id" => written_again::<Id<Person>>(text),
        "ente" => written_again::<EnteId>(text),
        "istat" => written_again::<IstatCode>(text),
        "money" => written_again::<Money>(text),
        "points" => written_again::<Points>(text),
        "iban" => written_again::<Iban>(text),
        "vat" => written_again::<VatNumber>(text),
        "tax-code" => {
            written_again::<TaxCode>(text);
            if let Ok(code) = text.parse::<FiscalCode>() {
                let _ = code.birth_date("2026-01-01".parse().unwrap());
            }
        }
        "contacts" => {
            let _ = text.parse::<EmailAddress>().map_err(|problems| said_in_full(&problems.into()));
            let _ = text.parse::<PhoneNumber>().map_err(|problems| said_in_full(&problems.into()));
            let _ = text.parse::<Language>().map_err(|problems| said_in_full(&problems.into()));
        }
        "period" => drop(text.parse::<Period>().map_err(|problems| said_in_full(&problems))),
        "words" => {
            let _ = (search_words(text), text::name(text), media_type(text));
        }
        _ => {}
    }
}

/// What is read is written so that it is read as the same.
fn written_again<T>(text: &str)
where
    T: FromStr<Err: Debug> + Display + PartialEq + Debug,
{
    if let Ok(read) = text.parse::<T>() {
        assert_eq!(read.to_string().parse::<T>().unwrap(), read);
    }
}

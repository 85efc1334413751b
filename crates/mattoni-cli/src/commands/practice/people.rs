//! Who stands on a practice, and how the applicant is reached.

use std::path::Path;
use std::str::FromStr;

use mattoni_core::{
    Act, Channel, Contacts, EmailAddress, Language, Person, PhoneNumber, PostalAddress, Problem,
    Problems, TaxCode,
};
use mattoni_practice::{Mandate, MandateKind, Party, PartyRole, Practice, Verb};

use super::official::{find, official};
use super::work::{done, stands};
use crate::args::practice::{
    ChannelName, Delegated, MandateName, NewContacts, PartyName, PersonWords,
};
use crate::args::staff::Acting;
use crate::output::{Failure, Reader};
use crate::store_access::officials::Official;

/// Takes a mandate down that the applicant gives.
pub(super) async fn delegate(given: &Delegated, reader: Reader) -> Result<(), Failure> {
    let who = official(&given.acting).await?;
    let practices = who.counter().of::<Practice>();
    let practice = find(&practices, &given.number).await?;
    let kind = match given.kind {
        MandateName::Delegated => MandateKind::Delegated,
        MandateName::Entrusted => MandateKind::Entrusted,
        MandateName::Guardian => MandateKind::Guardian,
    };
    let mut mandate = Mandate::new(person(&who, &given.person).await?, kind);
    (mandate.from, mandate.until) = (given.from, given.until);
    if given.may_withdraw {
        mandate = mandate.with_withdrawal();
    }
    let act = who.for_person(practice.applicant().id, &given.signed).await?;
    let delegate = |p: &Practice, act: &Act| p.delegate(act, mandate.clone());
    let after = practices.decide(practice.id(), Verb::Delegate, &act, delegate).await?;
    stands(&after, Verb::Delegate, reader);
    Ok(())
}

/// Revokes a mandate that the applicant gave.
pub(super) async fn revoke_delegation(
    acting: &Acting,
    number: &str,
    fiscal_code: &str,
    signed: &Path,
    reader: Reader,
) -> Result<(), Failure> {
    let who = official(acting).await?;
    let practices = who.counter().of::<Practice>();
    let practice = find(&practices, number).await?;
    let delegate = who.desk.names().await?.person(&code(fiscal_code)?);
    let act = who.for_person(practice.applicant().id, signed).await?;
    let revoke = |p: &Practice, act: &Act| p.revoke_delegation(act, delegate);
    let after = practices.decide(practice.id(), Verb::RevokeDelegation, &act, revoke).await?;
    stands(&after, Verb::RevokeDelegation, reader);
    Ok(())
}

/// Changes how the applicant is reached.
pub(super) async fn contacts(new: &NewContacts, reader: Reader) -> Result<(), Failure> {
    let change = changes(new)?;
    let who = official(&new.acting).await?;
    let practices = who.counter().of::<Practice>();
    let practice = find(&practices, &new.number).await?;
    let act = who.for_person(practice.applicant().id, &new.signed).await?;
    let update = |p: &Practice, act: &Act| {
        let there = p.contacts().cloned().unwrap_or_default();
        let change = change.clone();
        let contacts = Contacts {
            email: change.email.or(there.email),
            pec: change.pec.or(there.pec),
            phone: change.phone.or(there.phone),
            address: change.address.or(there.address),
            language: change.language.or(there.language),
            channel: change.channel.or(there.channel),
        };
        p.update_contacts(act, contacts)
    };
    let after = practices.decide(practice.id(), Verb::UpdateContacts, &act, update).await?;
    stands(&after, Verb::UpdateContacts, reader);
    Ok(())
}

/// Names another person on the practice.
pub(super) async fn add(
    acting: &Acting,
    number: &str,
    words: &PersonWords,
    role: PartyName,
    reader: Reader,
) -> Result<(), Failure> {
    let who = official(acting).await?;
    let practice = find(&who.counter().of::<Practice>(), number).await?;
    let role = match role {
        PartyName::CoApplicant => PartyRole::CoApplicant,
        PartyName::Reader => PartyRole::Reader,
    };
    let party = Party { person: person(&who, words).await?, role };
    let add = |p: &Practice, act: &Act| p.add_party(act, party.clone());
    done(&who, &practice, Verb::AddParty, reader, add).await
}

/// Takes a person off who was named.
pub(super) async fn remove(
    acting: &Acting,
    number: &str,
    fiscal_code: &str,
    reader: Reader,
) -> Result<(), Failure> {
    let who = official(acting).await?;
    let practice = find(&who.counter().of::<Practice>(), number).await?;
    let person = who.desk.names().await?.person(&code(fiscal_code)?);
    let remove = |p: &Practice, act: &Act| p.remove_party(act, person);
    done(&who, &practice, Verb::RemoveParty, reader, remove).await
}

async fn person(who: &Official, words: &PersonWords) -> Result<Person, Failure> {
    let fiscal_code = code(&words.fiscal_code)?;
    Ok(Person {
        id: who.desk.names().await?.person(&fiscal_code),
        fiscal_code,
        given_name: words.given_name.trim().to_owned(),
        family_name: words.family_name.trim().to_owned(),
        born_on: words.born_on,
    })
}

fn code(text: &str) -> Result<TaxCode, Problems> {
    in_word(text, "--fiscal-code")
}

/// What is named anew, all that is wrong with it at once.
fn changes(new: &NewContacts) -> Result<Contacts, Problems> {
    let mut found = Vec::new();
    let contacts = Contacts {
        email: read::<EmailAddress>(new.email.as_deref(), "--email", &mut found),
        pec: read::<EmailAddress>(new.pec.as_deref(), "--pec", &mut found),
        phone: read::<PhoneNumber>(new.phone.as_deref(), "--phone", &mut found),
        address: new.street.as_deref().map(|street| {
            let part = |text: &Option<String>| text.clone().unwrap_or_default();
            PostalAddress::italian(street, part(&new.postcode), part(&new.town))
        }),
        language: read::<Language>(new.language.as_deref(), "--language", &mut found),
        channel: new.channel.map(channel),
    };
    Problems::check(found).map(|()| contacts)
}

/// What a word says, where it is given; what is wrong with it is added to what was found.
fn read<T: FromStr<Err = Problems>>(
    text: Option<&str>,
    word: &str,
    found: &mut Vec<Problem>,
) -> Option<T> {
    in_word(text?, word).map_err(|problems| found.extend(problems)).ok()
}

fn in_word<T: FromStr<Err = Problems>>(text: &str, word: &str) -> Result<T, Problems> {
    let named = |problem: Problem| problem.in_field(word);
    text.parse().map_err(|problems: Problems| {
        let named: Vec<Problem> = problems.clone().into_iter().map(named).collect();
        Problems::try_from(named).unwrap_or(problems)
    })
}

const fn channel(name: ChannelName) -> Channel {
    match name {
        ChannelName::Email => Channel::Email,
        ChannelName::Pec => Channel::Pec,
        ChannelName::Sms => Channel::Sms,
        ChannelName::Post => Channel::Post,
        ChannelName::AppIo => Channel::AppIo,
        ChannelName::Portal => Channel::Portal,
    }
}

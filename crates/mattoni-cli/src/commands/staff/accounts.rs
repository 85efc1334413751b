//! `mattoni staff account`.

use chrono::NaiveDate;
use mattoni_core::calendar::rome_date;
use mattoni_core::{Act, Id, Person, Refusal as _};
use mattoni_staff::{Account, AccountDetails, AccountRow, AccountVerb, AccountsOf, StaffRole};
use serde_json::json;

use super::official::official;
use crate::args::staff::{AccountWords, AccountWork, RoleName};
use crate::output::{Failure, Reader, refused, say, table};
use crate::store_access::officials::Official;

/// Accounts read at a time.
const PAGE: usize = 200;

pub(super) async fn run(work: &AccountWork, reader: Reader) -> Result<(), Failure> {
    match work {
        AccountWork::Add { name, full_name, roles, from, said, acting } => {
            let who = official(acting).await?;
            let from = from.unwrap_or_else(|| rome_date(who.act.at));
            let roles = roles.iter().map(|role| named(*role));
            let mut details = AccountDetails::new(full_name, from).with_roles(roles);
            put_into(&mut details, said, person(&who, said).await?);
            let created = Account::create(&who.act, who.desk.ente(), name, details.clone())
                .map_err(|refusal| refusal.problems())?;
            let id = Account::id_of(who.desk.ente(), name);
            let accounts = who.counter().of::<Account>();
            let there = accounts.open(id, AccountVerb::Change, &who.act, &[created]).await?;
            if *there.details() != details || there.disabled().is_some() {
                return Err(refused(
                    "cli.staff.exists",
                    name,
                    "must be a new name: another account has it",
                    "choose another name",
                ));
            }
            say(reader, &json!({ "account": name }), &format!("utenza creata: {name}"));
        }
        AccountWork::List { office, acting } => {
            let who = official(acting).await?;
            let accounts = who.counter().of::<Account>();
            let question = AccountsOf { office: office.clone() };
            let (mut all, mut after) = (Vec::new(), None);
            loop {
                let page = accounts.rows(&question, after.as_ref(), PAGE).await?;
                all.extend(page.rows.into_iter().map(|(_, row)| row));
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            let text = if all.is_empty() { "nessuna utenza".to_owned() } else { lines(&all) };
            say(reader, &json!({ "accounts": all }), &text);
        }
        AccountWork::Change { name, full_name, roles, said, acting } => {
            let who = official(acting).await?;
            let person = person(&who, said).await?;
            let change = |account: &Account, act: &Act| {
                let mut details = account.details().clone();
                if let Some(full_name) = full_name {
                    details.full_name.clone_from(full_name);
                }
                if !roles.is_empty() {
                    details.roles = roles.iter().map(|role| named(*role)).collect();
                }
                put_into(&mut details, said, person);
                account.change(act, details)
            };
            let id = Account::id_of(who.desk.ente(), name);
            let accounts = who.counter().of::<Account>();
            accounts.decide(id, AccountVerb::Change, &who.act, change).await?;
            say(reader, &json!({ "account": name }), &format!("utenza modificata: {name}"));
        }
        AccountWork::Disable { name, acting } => {
            let who = official(acting).await?;
            let id = Account::id_of(who.desk.ente(), name);
            let accounts = who.counter().of::<Account>();
            accounts.decide(id, AccountVerb::Disable, &who.act, Account::disable).await?;
            say(reader, &json!({ "account": name }), &format!("utenza disabilitata: {name}"));
        }
    }
    Ok(())
}

/// Who the holder of the account is as a citizen, where that is said.
async fn person(who: &Official, said: &AccountWords) -> Result<Option<Id<Person>>, Failure> {
    let Some(code) = &said.fiscal_code else { return Ok(None) };
    Ok(Some(who.desk.names().await?.person(code)))
}

/// Puts what is said into the details of an account; what is not said stays.
fn put_into(details: &mut AccountDetails, said: &AccountWords, person: Option<Id<Person>>) {
    if !said.offices.is_empty() {
        details.offices = said.offices.iter().cloned().collect();
    }
    if !said.services.is_empty() {
        details.services = said.services.iter().cloned().collect();
    }
    details.person = person.or(details.person);
    details.until = said.until.or(details.until);
}

fn lines(all: &[AccountRow]) -> String {
    let mut lines = table(["utenza", "nome", "ruoli", "uffici", "servizi", "dal", "al", "stato"]);
    let day = |day: NaiveDate| day.format("%d/%m/%Y").to_string();
    let joined = |codes: &std::collections::BTreeSet<String>| {
        codes.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    for row in all {
        let roles: Vec<&str> = row.roles.iter().map(|role| role.italian()).collect();
        lines.add_row([
            row.name.clone(),
            row.full_name.clone(),
            roles.join(", "),
            joined(&row.offices),
            joined(&row.services),
            day(row.from),
            row.until.map(day).unwrap_or_default(),
            if row.disabled { "disabilitata" } else { "abilitata" }.to_owned(),
        ]);
    }
    lines.to_string()
}

const fn named(role: RoleName) -> StaffRole {
    match role {
        RoleName::Operator => StaffRole::Operator,
        RoleName::Head => StaffRole::Head,
        RoleName::Technical => StaffRole::Technical,
        RoleName::Auditor => StaffRole::Auditor,
    }
}

//! January: the service is made ready. Its sheet, who may change what, its versions, its window.

use mattoni_core::{Act, Actor};
use mattoni_service::{
    Access, Publication, Service, ServiceSource, Setting, Staff, Status, Versions, differences,
};

use mattoni_staff::{Account, AccountDetails, Office, OfficeDetails, StaffRole};

use super::Say;
use super::story::{COLLEAGUE, OFFICE, Story, at, day, why};
use crate::Stopped;

/// The service as it stands in `service.toml` until 14 March, and from then on with a shorter
/// term: who opened a practice before stays under the longer one.
pub(super) fn versions(service: &Service) -> Result<Versions, Stopped> {
    let first = ServiceSource { valid_to: Some(day("2027-03-14")), ..service.source().clone() };
    let mut second = ServiceSource {
        version: 2,
        valid_from: Some(day("2027-03-15")),
        ..service.source().clone()
    };
    second.procedure.term_days = 85;
    Ok(Versions::new([Service::new(first)?, Service::new(second)?])?)
}

impl Story {
    pub(super) async fn the_call(&self, say: &mut Say<'_>) -> Result<(), Stopped> {
        let service = &self.equipped.service;
        let once = service.form().columns().filter(|field| field.source.is_some()).count();
        let bricks = service.chain().bricks();
        say(&format!(
            "{} has {} questions, {once} of which the ente could answer itself (once only); bricks: {}",
            service.code(),
            service.form().columns().count(),
            bricks.join(", ")
        ));

        self.staff().await?;
        for version in [1, 2] {
            if let Some(service) = self.versions.get(version) {
                self.publish(service, "2027-01-11T08:00:00Z").await?;
            }
        }
        self.publish(&self.fee, "2027-01-11T08:00:00Z").await?;

        // A sheet that lacks something is not published, and what is no known term is told.
        let mut sheet = service.source().sheet.clone();
        (sheet.who, sheet.topics) = (String::new(), vec!["Scuola e nidi".into()]);
        for problem in sheet.lint().iter().chain(&sheet.unknown_terms()) {
            say(&format!("12 January   the linter: {problem}"));
        }
        let refused = service.change(Setting::Sheet(Box::new(sheet)), Staff::Office);
        if let Err(refusal) = refused {
            say(&format!("             so it is not published: {}", why(&refusal)));
        }

        // The office sets its own texts and dates; what is a matter of technique it asks for.
        if let Err(refusal) = service.change(Setting::Access(Access::Cie), Staff::Office) {
            say(&format!("             the office changes the access level: {}", why(&refusal)));
        }
        let suspended = service
            .change(Setting::Suspended(Some("manutenzione del portale".into())), Staff::Office)?;
        let states = [
            (
                "in preparation",
                service.change(Setting::Publication(Publication::Draft), Staff::Office)?,
                "2027-01-12T08:00:00Z",
            ),
            ("published", service.clone(), "2027-02-28T22:00:00Z"),
            ("on the first day", service.clone(), "2027-03-01T08:00:00Z"),
            ("a second before noon", service.clone(), "2027-04-01T09:59:59Z"),
            ("at noon", service.clone(), "2027-04-01T10:00:00Z"),
            ("suspended by the office", suspended, "2027-03-05T08:00:00Z"),
        ];
        for (when, service, instant) in &states {
            say(&format!("             {when}: {}", status(&service.status(at(instant)))));
        }
        if let Err(problems) = service.takes(at("2027-04-01T10:00:00Z")) {
            say(&format!("             an application at noon: {problems}"));
        }

        let (first, second) =
            (self.service_on(day("2027-03-14")), self.service_on(day("2027-03-15")));
        for difference in differences(first, second) {
            say(&format!("15 March     version 2: {difference}"));
        }
        let report = self.tick("2027-03-01T08:00:00Z").await?;
        for change in &report.statuses {
            let told = status(&change.to.status);
            say(&format!("1 March      the clock sees {}: {told}", change.service));
        }
        Ok(())
    }
}

impl Story {
    /// The office that practices are assigned to, and the account of the official in it.
    async fn staff(&self) -> Result<(), Stopped> {
        let (ente, act) =
            (self.ente(), Act::new(at("2027-01-07T08:00:00Z"), Actor::System("staff".into())));
        let office = Office::open_office(&act, ente, OFFICE, OfficeDetails::new("Ufficio Nidi"))?;
        self.desk.open(Office::id_of(ente, OFFICE), &act, &[office]).await?;
        let mut details = AccountDetails::new("Anna Bianchi", day("2027-01-07"));
        details.offices.insert(OFFICE.into());
        let details = details.with_roles([StaffRole::Operator]);
        let account = Account::create(&act, ente, COLLEAGUE, details)?;
        self.desk.open(Account::id_of(ente, COLLEAGUE), &act, &[account]).await?;
        Ok(())
    }
}

fn status(status: &Status) -> String {
    match status {
        Status::Draft => "citizens do not see it".into(),
        Status::Scheduled { .. } => "will open".into(),
        Status::Open { .. } => "open".into(),
        Status::Closed => "closed".into(),
        Status::Suspended { reason } => format!("suspended, {reason}"),
        other => format!("{other:?}"),
    }
}

//! The sheet as citizens read it, with what can only be said on a given day.

use chrono::{DateTime, NaiveDate, Utc};
use mattoni_core::Problem;
use mattoni_core::calendar::{Due, LegalCalendar, Term, rome_date};
use mattoni_core::text::is_blank;
use serde::Serialize;

use crate::{Access, Flow, Service, Status};

/// One item of the sheet, as citizens read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SheetItem {
    /// Its name in `service.toml`.
    pub name: &'static str,
    /// Its title in Italian, in lower case.
    pub title: &'static str,
    /// Its content; lines of a list are parted by line ends.
    pub text: String,
}

impl Service {
    /// The last day for the answer to an application sent on `day`, and how it comes about.
    ///
    /// ```
    /// use mattoni_core::calendar::LegalCalendar;
    /// use mattoni_service::{Service, ServiceSource};
    ///
    /// let source: ServiceSource = toml::from_str(r#"
    ///     ente = "c_f051"
    ///     code = "residenza"
    ///     version = 1
    ///     sheet = { title = "Cambio di residenza" }
    ///     procedure = { term_days = 45 }
    /// "#)?;
    /// let due = Service::new(source)?.answer_by("2027-03-01".parse()?, &LegalCalendar::national());
    /// assert_eq!(due.on.to_string(), "2027-04-15");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn answer_by(&self, day: NaiveDate, calendar: &LegalCalendar) -> Due {
        Term::new(day, self.source().procedure.term_days).due(calendar)
    }

    /// The sheet as citizens read it at `at`: every item of the model that has a content, in the
    /// model's order, then costs and who answers for the procedure. While applications are taken
    /// and answered, the times say by when there is an answer to one that is sent now.
    #[must_use]
    pub fn sheet_at(&self, at: DateTime<Utc>, calendar: &LegalCalendar) -> Vec<SheetItem> {
        let sheet = &self.source().sheet;
        let mut items: Vec<_> = sheet
            .items()
            .into_iter()
            .map(|(name, title, text)| SheetItem { name, title, text })
            .collect();
        let answered = self.source().procedure.flow == Flow::Approval;
        if answered && matches!(self.status(at), Status::Open { .. }) {
            let due = self.answer_by(rome_date(at), calendar).on.format("%d/%m/%Y");
            for times in items.iter_mut().filter(|item| item.name == "times") {
                let sentence = format!("Se invii oggi, hai una risposta entro il {due}.");
                times.text = [times.text.trim(), &sentence].join("\n").trim().to_owned();
            }
        }
        items.push(SheetItem { name: "costs", title: "costi", text: sheet.costs.clone() });
        if let Some(responsible) = &sheet.responsible {
            let (name, title) = ("responsible", "responsabile del procedimento");
            items.push(SheetItem { name, title, text: responsible.to_string() });
        }
        items.retain(|item| !is_blank(&item.text));
        items
    }

    /// What somebody should look at again, and what stands in nobody's way: the sheet's
    /// [unknown terms](crate::Sheet::unknown_terms); `service.sheet.responsible` where nobody is
    /// named who answers for the procedure (L. 241/1990, art. 5; D.Lgs. 33/2013, art. 35);
    /// `service.sheet.contact` where nobody can be called or written to; `service.sheet.access`
    /// where the sheet does not name what people sign in with.
    #[must_use]
    pub fn notes(&self) -> Vec<Problem> {
        let source = self.source();
        let mut found = source.sheet.unknown_terms();
        let mut note = |code: &'static str, field: &str, rule: &str, remedy: &str| {
            found.push(Problem::new(code, field, rule, remedy));
        };
        if source.sheet.responsible.is_none() {
            note(
                "service.sheet.responsible",
                "sheet.responsible",
                "must say who answers for the procedure (L. 241/1990, art. 5; D.Lgs. 33/2013, art. 35)",
                "write responsible = { office = \"…\", person = \"…\" } under [sheet]",
            );
        }
        if !source.sheet.contacts.reach_somebody() {
            note(
                "service.sheet.contact",
                "sheet.contacts",
                "must have a telephone number or an e-mail address",
                "write phone or email",
            );
        }
        let said = source.sheet.access.to_uppercase();
        let named = match source.access {
            Access::Anonymous => true,
            Access::Cie => said.contains("CIE"),
            _ => said.contains("SPID") || said.contains("CIE"),
        };
        if !named && !is_blank(&said) {
            note(
                "service.sheet.access",
                "sheet.access",
                "must name what people sign in with, as access says",
                "write SPID or CIE into it, or change access",
            );
        }
        found
    }
}

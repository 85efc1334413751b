//! A service's settings as the rules a practice is opened under.

use mattoni_practice::{Fee, Nature, Permission, Procedure, Registering, Step};
use mattoni_service::Service;

/// The rules that practices of this service are opened under, and stay under.
#[must_use]
pub fn procedure_of(service: &Service) -> Procedure {
    let source = &service.source().procedure;
    let permission = |granted| if granted { Permission::Granted } else { Permission::Denied };
    let mut procedure = Procedure::new(source.term_days)
        .with_nature(match source.nature {
            mattoni_service::Nature::Individual => Nature::Individual,
            mattoni_service::Nature::Competitive => Nature::Competitive,
        })
        .with_registering(if source.registered {
            Registering::Needed
        } else {
            Registering::NotNeeded
        })
        .with_withdrawal(permission(source.withdrawal))
        .with_reopening(permission(source.reopening));
    if let Some(amount) = source.fee {
        procedure = procedure.with_fee(Fee::BeforeSubmission { amount });
    }
    for step in service.form().steps() {
        let keys = |optional: bool| {
            let fields = step.fields.iter().filter(move |field| field.optional == optional);
            fields.map(|field| field.name.clone())
        };
        let mut asked = Step::new(&step.name, keys(false), keys(true));
        for field in &step.fields {
            if let Some(condition) = &field.required_if {
                let (other, equals) = (&condition.field, condition.equals.clone());
                asked = asked.with_conditional(&field.name, other, equals);
            }
        }
        procedure = procedure.with_step(asked);
    }
    procedure
}

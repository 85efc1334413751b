//! A service's settings as the rules a practice is opened under.

use mattoni_core::record::Bricks;
use mattoni_core::{Problem, Problems};
use mattoni_practice::{
    AttachmentLimits, Fee, Flow, Follow, FollowOrder, Nature, Paper, Permission, Procedure,
    Registering, State, Step,
};
use mattoni_service::{FileField, Link, LinkOrder, Moment, Service};

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
        .with_flow(match source.flow {
            mattoni_service::Flow::Approval => Flow::Approval,
            mattoni_service::Flow::Forward => Flow::Forward,
        })
        .with_attachments(limits(service))
        .with_withdrawal(permission(source.withdrawal))
        .with_reopening(permission(source.reopening));
    if let Some(period) = source.draft_period {
        procedure = procedure.with_draft_period(period);
    }
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
        asked = step.files.iter().map(paper).fold(asked, Step::with_paper);
        procedure = procedure.with_step(asked);
    }
    // Where the ranking chooses among several applications, all of them are taken.
    let mut procedure = if service.takes_several() {
        procedure
    } else {
        procedure.with_duplicate_key(service.source().duplicate_key.clone())
    };
    for (world, _) in service.source().rules.at(Moment::Submission) {
        procedure = procedure.with_admission(world);
    }
    service.chain().links().iter().filter_map(follow).fold(procedure, Procedure::with_follow)
}

/// What files may be; what the service does not say is as for every practice.
fn limits(service: &Service) -> AttachmentLimits {
    let files = &service.source().procedure.files;
    let mut limits = AttachmentLimits::default();
    let each = files.max_bytes.unwrap_or(limits.each);
    // A service that takes larger files takes at least one of them.
    let largest = service.form().files().filter_map(|file| file.max_bytes).fold(each, u64::max);
    let total = files.total_bytes.unwrap_or(limits.total.max(largest));
    limits = limits.with_bytes(each.min(total), total);
    if !files.media_types.is_empty() {
        limits = limits.with_media_types(&files.media_types);
    }
    files.max_files.into_iter().fold(limits, AttachmentLimits::with_files)
}

/// A field that takes files, as a practice knows it.
fn paper(file: &FileField) -> Paper {
    let mut paper = Paper::new(&file.name, &file.label)
        .with_files(file.min, file.max)
        .with_media_types(&file.media_types);
    if let Some(bytes) = file.max_bytes {
        paper = paper.with_max_bytes(bytes);
    }
    match &file.required_if {
        Some(condition) => paper.when(&condition.field, condition.equals.clone()),
        None if file.optional => paper.optional(),
        None => paper,
    }
}

/// What a practice orders when it comes to its end. Links of other bricks' outcomes are theirs.
fn follow(link: &Link) -> Option<Follow> {
    let on = State::ALL.into_iter().find(|state| state.is_final() && state.name() == link.on)?;
    let order = match &link.order {
        LinkOrder::Tell { template, to } => {
            FollowOrder::Tell { to: *to, template: template.clone() }
        }
        LinkOrder::RequestPayment { amount, reason } => {
            FollowOrder::RequestPayment { amount: *amount, reason: reason.clone() }
        }
        _ => return None,
    };
    Some(Follow::new(on, order))
}

/// Whether a desk with these bricks, on which somebody takes the orders of these topics, carries
/// out everything that the service's chain orders, and its bricks take their sections.
///
/// # Errors
/// Every problem at once: those of [`Chain::check`](mattoni_service::Chain::check) and of
/// [`Bricks::check_section`], and `service.chain.unheard` for a link that no brick would ever carry out.
pub fn check_chain(service: &Service, bricks: &Bricks, takers: &[&str]) -> Result<(), Problems> {
    let chain = service.chain();
    let fits = chain.check(bricks.names(), takers);
    let mut found: Vec<Problem> = fits.err().into_iter().flatten().collect();
    for (brick, section) in &service.source().brick {
        found.extend(bricks.check_section(brick, section).err().into_iter().flatten());
    }
    for (link, number) in chain.links().iter().zip(1..) {
        let known = found.iter().any(|p| p.field.starts_with(&format!("then[{number}].")));
        if !known && follow(link).is_none() {
            found.push(Problem::new(
                "service.chain.unheard",
                format!("then[{number}]"),
                format!("must be an order that a practice gives at its end; none gives {} on {}", link.order.topic(), link.on),
                "use message.tell or payment.request on accepted, rejected, withdrawn, expired or revoked",
            ));
        }
    }
    Problems::check(found)
}

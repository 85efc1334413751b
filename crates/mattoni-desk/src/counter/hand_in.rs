//! Files handed in at the counter.

use mattoni_core::record::{Record, Verb};
use mattoni_core::{Act, Id, Problem, Problems, Refusal};

use super::Records;
use crate::intake::{
    Inspected, Inspection, InspectionEvent, Received, ScanFinding, Scanner, Upload, Verdict,
    infected, inspection_id, sniff,
};
use crate::{Desk, DeskError, Opened};

impl<A: Record> Records<'_, A> {
    /// Does `verb` with files: `decide` makes the event of it, given the files as a record knows
    /// them, in the order of `uploads`. Answers with the record as the subject sees it afterwards.
    ///
    /// Whether they may, whether the record takes the files, and whether their bytes are what they
    /// claim is found out before anything is kept; then the scanner looks. What was found is on
    /// record before the files are accepted, also when they are not.
    ///
    /// # Errors
    /// As [`decide`](Self::decide), with every problem of every file: those of the verb,
    /// `desk.intake.other-type`, `desk.intake.unrecognised`; then `desk.intake.infected` for each
    /// in which something was found. [`DeskError::Scanner`] when the scanner cannot look: no file
    /// is taken unseen.
    pub async fn hand_in<R: Refusal>(
        &self,
        id: Id<A>,
        verb: A::Verb,
        act: &Act,
        uploads: Vec<Upload>,
        scanner: Option<&dyn Scanner>,
        decide: impl Fn(&A, &Act, &[Received]) -> Result<A::Event, R>,
    ) -> Result<A, DeskError> {
        let files: Vec<Received> = uploads.iter().map(Upload::received).collect();
        let decide = |record: &A, act: &Act| decide(record, act, &files);
        self.takes(id, verb, act, &uploads, &decide).await?;
        self.desk.inspect(act, &uploads, &files, scanner).await?;
        for upload in uploads {
            self.desk.store().put(self.desk.ente(), upload.bytes).await?;
        }
        self.decide(id, verb, act, decide).await
    }

    /// `Ok` when the verb would go through with these files as things stand.
    async fn takes<R: Refusal>(
        &self,
        id: Id<A>,
        verb: A::Verb,
        act: &Act,
        uploads: &[Upload],
        decide: &impl Fn(&A, &Act) -> Result<A::Event, R>,
    ) -> Result<(), DeskError> {
        let loaded = self.desk.load(id).await?.ok_or_else(|| crate::desk::unknown(id))?;
        let acting = self.acting(act);
        let mut found: Vec<Problem> = Vec::new();
        if let Err(problems) = self.decided(id, &acting, verb, act, &loaded.state, decide) {
            // To whom it is not there, or not theirs, nothing more is said.
            let own = format!("{}.{}.", A::KIND, verb.name());
            if !problems.iter().all(|problem| problem.code.starts_with(&own)) {
                return Err(problems.into());
            }
            found.extend(problems);
        }
        found.extend(uploads.iter().filter_map(Upload::mismatch));
        Ok(Problems::check(found)?)
    }
}

impl Desk {
    /// Has the files looked at, and records what was found in each.
    async fn inspect(
        &self,
        act: &Act,
        uploads: &[Upload],
        files: &[Received],
        scanner: Option<&dyn Scanner>,
    ) -> Result<(), DeskError> {
        let mut harmful = Vec::new();
        for (upload, file) in uploads.iter().zip(files) {
            let finding = match scanner {
                None => ScanFinding::NotScanned,
                Some(scanner) => {
                    let scan = scanner.scan(&upload.bytes).await.map_err(DeskError::Scanner)?;
                    ScanFinding::Scanned { engine: scan.engine, verdict: scan.verdict }
                }
            };
            if let ScanFinding::Scanned { verdict: Verdict::Infected { signature }, .. } = &finding
            {
                harmful.push(infected(upload, signature));
            }
            let look = Inspected {
                act: act.clone(),
                digest: file.digest,
                bytes: file.bytes,
                claimed: file.claimed.clone(),
                sniffed: sniff(&upload.bytes).map(str::to_owned),
                finding,
            };
            self.record(look).await?;
        }
        Ok(Problems::check(harmful)?)
    }

    async fn record(&self, look: Inspected) -> Result<(), DeskError> {
        let (id, act) = (inspection_id(self.ente(), look.digest), look.act.clone());
        let event = InspectionEvent::Made(look);
        if let Opened::New(_) = self.open(id, &act, std::slice::from_ref(&event)).await? {
            return Ok(());
        }
        let again = |_: &Inspection| Ok::<_, Problems>(vec![event.clone()]);
        self.decide(id, &act, again).await.map(drop)
    }
}

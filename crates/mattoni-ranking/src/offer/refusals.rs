//! Why something is not done with an offer.

use chrono::NaiveDate;
use mattoni_core::{Problem, Problems, Refusal};

/// Why an answer is not whoever acts to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotTheFamilys {
    /// A citizen who does not answer for the applicant.
    Stranger,
    /// No signed request is on file.
    NoPaper,
}

macro_rules! not_the_familys {
    ($($name:ident)+) => {$(
        impl From<NotTheFamilys> for $name {
            fn from(not_theirs: NotTheFamilys) -> Self {
                match not_theirs {
                    NotTheFamilys::Stranger => Self::Stranger,
                    NotTheFamilys::NoPaper => Self::NoPaper,
                }
            }
        }
    )+};
}

not_the_familys!(AcceptRefusal DeclineRefusal WithdrawRefusal);

macro_rules! refusals {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $({ $($field:ident: $ty:ty = $fdoc:literal),+ })? => $code:literal, $text:literal, $remedy:literal;)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$vdoc])* #[error($text)] $variant $({ $(#[doc = $fdoc] $field: $ty),+ })?,)+
        }

        impl Refusal for $name {
            fn problems(&self) -> Problems {
                let (code, remedy) = match self { $(Self::$variant { .. } => ($code, $remedy),)+ };
                Problem::new(code, "offer", self.to_string(), remedy).into()
            }
        }
    )+};
}

refusals! {
    /// Why a place cannot be offered.
    MakeRefusal {
        /// The last day is past.
        PastTerm { answer_by: NaiveDate = "The last day given." }
            => "ranking.offer.past-term", "the last day for the answer must not be past, and {answer_by} is", "give a later day";
        /// The application is not in the run, or not in the order.
        NotRanked => "ranking.offer.not-ranked", "the application must be in the order", "offer to somebody who is";
        /// The place is not one of the applicant's preferences.
        NotChosen => "ranking.offer.not-chosen", "the applicant must have named the place", "offer a place they named";
    }
    /// Why a better place cannot be offered.
    ImproveRefusal {
        /// The applicant no longer waits.
        NotWaiting => "ranking.offer.not-waiting", "the applicant must wait for a better place", "offer it to the next in line";
        /// The run is not the one the offer comes from.
        OtherRun => "ranking.offer.other-run", "the run must be the one the offer comes from", "hand in its own run";
        /// The place is not one of the applicant's preferences.
        NotChosen => "ranking.offer.not-chosen", "the applicant must have named the place", "offer a place they named";
        /// The place is not one they prefer.
        NotBetter => "ranking.offer.not-better", "the applicant must prefer the place", "offer it to the next in line";
        /// The last day is past.
        PastTerm { answer_by: NaiveDate = "The last day given." }
            => "ranking.offer.past-term", "the last day for the answer must not be past, and {answer_by} is", "give a later day";
    }
    /// Why a place cannot be counted in another pool.
    ReseatRefusal {
        /// There is nothing to count.
        NotHeld => "ranking.offer.not-held", "the applicant must hold a place", "nothing to do";
    }
    /// Why an offer cannot be accepted.
    AcceptRefusal {
        /// It is not for whoever acts.
        Stranger => "ranking.offer.not-theirs", "the applicant must answer, or somebody for them", "let the family do it";
        /// It was done for the applicant, and no signed request is on file.
        NoPaper => "ranking.offer.no-paper", "what is answered for the applicant must have their signed request on file", "store the signed request, and name the applicant and its digest in the act";
        /// It has been answered or is gone.
        NotOpen => "ranking.offer.not-open", "the offer must be open", "look at how it stands";
        /// The last day is past.
        TooLate { answer_by: NaiveDate = "The last day there was." }
            => "ranking.offer.too-late", "the answer must come by {answer_by}", "ask the office";
    }
    /// Why an offer cannot be refused.
    DeclineRefusal {
        /// It is not for whoever acts.
        Stranger => "ranking.offer.not-theirs", "the applicant must answer, or somebody for them", "let the family do it";
        /// It was done for the applicant, and no signed request is on file.
        NoPaper => "ranking.offer.no-paper", "what is answered for the applicant must have their signed request on file", "store the signed request, and name the applicant and its digest in the act";
        /// It has been answered or is gone.
        NotOpen => "ranking.offer.not-open", "the offer must be open", "look at how it stands";
        /// The last day is past.
        TooLate { answer_by: NaiveDate = "The last day there was." }
            => "ranking.offer.too-late", "the answer must come by {answer_by}", "nothing to do: it lapses";
    }
    /// Why an offer cannot lapse.
    LapseRefusal {
        /// It has been answered or is gone.
        NotOpen => "ranking.offer.not-open", "the offer must be open", "nothing to do";
        /// The last day is not over.
        NotDue { answer_by: NaiveDate = "The last day." }
            => "ranking.offer.not-due", "the last day, {answer_by}, must be over", "wait until the day after";
    }
    /// Why an applicant cannot leave.
    WithdrawRefusal {
        /// It is not for whoever acts.
        Stranger => "ranking.offer.not-theirs", "the applicant must answer, or somebody for them", "let the family do it";
        /// It was done for the applicant, and no signed request is on file.
        NoPaper => "ranking.offer.no-paper", "what is answered for the applicant must have their signed request on file", "store the signed request, and name the applicant and its digest in the act";
        /// There is nothing to leave.
        NotHeld => "ranking.offer.not-held", "the applicant must hold a place or wait for one", "nothing to do";
    }
    /// Why the office cannot take a place back.
    RevokeRefusal {
        /// There is nothing to take.
        NotHeld => "ranking.offer.not-held", "the applicant must hold a place", "nothing to do";
        /// No reason was given.
        NoReason => "ranking.offer.no-reason", "a place must be taken back with a reason", "write the reason";
    }
}

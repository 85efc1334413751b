//! What can be done with a record, by name; and the macro that makes verbs and events together.

use crate::record::Side;

/// What can be done with a kind of record, by name. Made by [`verbs!`](crate::verbs).
pub trait Verb: Copy + Eq + Ord + Send + Sync + std::fmt::Debug + 'static {
    /// Every verb.
    const ALL: &'static [Self];

    /// Stable name: the middle of every refusal's code, as in `practice.submit.missing`.
    fn name(self) -> &'static str;

    /// As officials and citizens read it, in Italian.
    fn italian(self) -> &'static str;

    /// Which sides of the counter do it.
    fn by(self) -> &'static [Side];

    /// The verb with this name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|verb| verb.name() == name)
    }
}

/// The verbs of a record that nobody does anything with: it is written once and never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoVerb {}

impl Verb for NoVerb {
    const ALL: &'static [Self] = &[];

    fn name(self) -> &'static str {
        match self {}
    }

    fn italian(self) -> &'static str {
        match self {}
    }

    fn by(self) -> &'static [Side] {
        match self {}
    }
}

/// Makes the verbs and the events of a record together, so that no list can forget one: the verb
/// with its stable name, its Italian name and the sides that do it, the event it makes, and the
/// stable name under which the event is stored.
///
/// A row is one of:
///
/// - `begin Opened(Opened) = "loan.opened", "aperto";` an event that begins a record, with its
///   stable and its Italian name.
/// - `verb Save "save", "salvare le risposte", [Citizen] => Saved(Saved) = "loan.saved",
///   "risposte salvate";` a verb with its event.
/// - `verb Note "note", "annotare", [Office] => Written;` a verb that makes an event which stands
///   in a row of its own.
/// - `event Written(Written) = "loan.written", "messaggio scritto", |e| e.verb();` an event that
///   several verbs make, and how to find out which one did.
///
/// An event's body is a type in parentheses or fields in braces. `= "name" as "tag"` stores
/// another text in the field `event` than its name.
///
/// The enum of verbs gets an inherent `const fn name`, [`Verb`], `Display`, and `serde` by its
/// stable names. The enum of events gets `serde` with the tag `event`,
/// [`DomainEvent`](crate::DomainEvent), `NAMES`, `verb` and `italian`; derive
/// [`Personal`](crate::record::Personal) for it in its attributes.
///
/// ```
/// use mattoni_core::record::{Personal, Side, Verb as _};
/// use mattoni_core::{Act, DomainEvent};
/// use serde::{Deserialize, Serialize};
///
/// mattoni_core::verbs! {
///     /// What can be done with a bell.
///     pub enum Verb;
///     /// What happens to a bell.
///     #[derive(Debug, Clone, Serialize, Deserialize, Personal)]
///     pub enum Event;
///
///     /// It was hung.
///     begin Hung { act: Act } = "bell.hung", "appesa";
///     /// Ring it.
///     verb Ring "ring", "suonare", [Citizen, Office] =>
///     /// It rang.
///     Rung { act: Act } = "bell.rung", "suonata";
/// }
///
/// assert_eq!(Verb::Ring.name(), "ring");
/// assert_eq!(Verb::Ring.by(), [Side::Citizen, Side::Office]);
/// let act = Act::new("2027-03-01T09:00:00Z".parse()?, mattoni_core::Actor::System("test".into()));
/// let rung = Event::Rung { act };
/// assert_eq!((rung.name(), rung.verb()), ("bell.rung", Some(Verb::Ring)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[macro_export]
macro_rules! verbs {
    (
        $(#[$vmeta:meta])* $vvis:vis enum $Verb:ident;
        $(#[$emeta:meta])* $evis:vis enum $Event:ident;
        $($rows:tt)*
    ) => {
        $crate::verbs!(@rows
            [$(#[$vmeta])* $vvis $Verb] [$(#[$emeta])* $evis $Event] [] [] [$($rows)*]);
    };

    // Rows are taken one by one: verbs are gathered in the third list, events in the fourth.
    (@rows $V:tt $E:tt [$($vs:tt)*] [$($es:tt)*]
        [$(#[$m:meta])* begin $e:ident $body:tt = $name:literal as $tag:literal, $it:literal; $($rest:tt)*]) => {
        $crate::verbs!(@rows $V $E [$($vs)*]
            [$($es)* { [$(#[$m])*] $e $body $name $tag $it (none) }] [$($rest)*]);
    };
    (@rows $V:tt $E:tt [$($vs:tt)*] [$($es:tt)*]
        [$(#[$m:meta])* begin $e:ident $body:tt = $name:literal, $it:literal; $($rest:tt)*]) => {
        $crate::verbs!(@rows $V $E [$($vs)*]
            [$($es)* { [$(#[$m])*] $e $body $name $name $it (none) }] [$($rest)*]);
    };
    (@rows $V:tt $E:tt [$($vs:tt)*] [$($es:tt)*]
        [$(#[$m:meta])* event $e:ident $body:tt = $name:literal, $it:literal, |$x:ident| $verb:expr; $($rest:tt)*]) => {
        $crate::verbs!(@rows $V $E [$($vs)*]
            [$($es)* { [$(#[$m])*] $e $body $name $name $it (by |$x| $verb) }] [$($rest)*]);
    };
    (@rows $V:tt $E:tt [$($vs:tt)*] [$($es:tt)*]
        [$(#[$m:meta])* verb $v:ident $vname:literal, $vit:literal, [$($side:ident),*] =>
         $(#[$em:meta])* $e:ident $body:tt = $name:literal as $tag:literal, $it:literal; $($rest:tt)*]) => {
        $crate::verbs!(@rows $V $E [$($vs)* { [$(#[$m])*] $v $vname $vit [$($side),*] }]
            [$($es)* { [$(#[$em])*] $e $body $name $tag $it (verb $v) }] [$($rest)*]);
    };
    (@rows $V:tt $E:tt [$($vs:tt)*] [$($es:tt)*]
        [$(#[$m:meta])* verb $v:ident $vname:literal, $vit:literal, [$($side:ident),*] =>
         $(#[$em:meta])* $e:ident $body:tt = $name:literal, $it:literal; $($rest:tt)*]) => {
        $crate::verbs!(@rows $V $E [$($vs)* { [$(#[$m])*] $v $vname $vit [$($side),*] }]
            [$($es)* { [$(#[$em])*] $e $body $name $name $it (verb $v) }] [$($rest)*]);
    };
    (@rows $V:tt $E:tt [$($vs:tt)*] [$($es:tt)*]
        [$(#[$m:meta])* verb $v:ident $vname:literal, $vit:literal, [$($side:ident),*] => $e:ident; $($rest:tt)*]) => {
        $crate::verbs!(@rows $V $E [$($vs)* { [$(#[$m])*] $v $vname $vit [$($side),*] }]
            [$($es)*] [$($rest)*]);
    };

    (@rows [$(#[$vmeta:meta])* $vvis:vis $Verb:ident] [$(#[$emeta:meta])* $evis:vis $Event:ident]
        [$({ [$(#[$vm:meta])*] $v:ident $vname:literal $vit:literal [$($side:ident),*] })*]
        [$({ [$(#[$em:meta])*] $e:ident $body:tt $name:literal $tag:literal $it:literal ($($how:tt)*) })*]
        []) => {
        $(#[$vmeta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[derive(::serde::Serialize, ::serde::Deserialize)]
        #[non_exhaustive]
        $vvis enum $Verb {
            $($(#[$vm])* #[serde(rename = $vname)] $v,)*
        }

        impl $Verb {
            /// Stable name.
            #[must_use]
            $vvis const fn name(self) -> &'static str {
                match self { $(Self::$v => $vname,)* }
            }
        }

        impl $crate::record::Verb for $Verb {
            const ALL: &'static [Self] = &[$(Self::$v,)*];

            fn name(self) -> &'static str {
                match self { $(Self::$v => $vname,)* }
            }

            fn italian(self) -> &'static str {
                match self { $(Self::$v => $vit,)* }
            }

            fn by(self) -> &'static [$crate::record::Side] {
                match self { $(Self::$v => &[$($crate::record::Side::$side,)*],)* }
            }
        }

        impl ::std::fmt::Display for $Verb {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.name())
            }
        }

        $(#[$emeta])*
        #[serde(tag = "event")]
        $evis enum $Event {
            $($(#[$em])* #[serde(rename = $tag)] $e $body,)*
        }

        impl $Event {
            /// The stable name of every event there is.
            $evis const NAMES: &'static [&'static str] = &[$($name,)*];

            /// The verb that makes it; `None` for an event that begins a record.
            #[must_use]
            $evis fn verb(&self) -> Option<$Verb> {
                match self { $(event @ Self::$e { .. } => $crate::verbs!(@verb event $Verb $e $body $($how)*),)* }
            }

            /// As officials read it, in Italian.
            #[must_use]
            $evis fn italian(&self) -> &'static str {
                match self { $(Self::$e { .. } => $it,)* }
            }
        }

        impl $crate::DomainEvent for $Event {
            fn name(&self) -> &'static str {
                match self { $(Self::$e { .. } => $name,)* }
            }
        }
    };

    (@verb $event:ident $Verb:ident $e:ident $body:tt none) => {{ let _ = $event; None }};
    (@verb $event:ident $Verb:ident $e:ident $body:tt verb $v:ident) => {{ let _ = $event; Some($Verb::$v) }};
    (@verb $event:ident $Verb:ident $e:ident $body:tt by |$x:ident| $verb:expr) => {{
        let Self::$e($x) = $event else { return None };
        Some($verb)
    }};
}

//! How a person is reached: addresses, language, and the channel they chose.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Problem, Problems};

/// How a person is reached (*recapiti*). All of it is optional: whoever gives nothing is reached
/// at the ente's portal or counter.
///
/// ```
/// use mattoni_core::{Channel, Contacts};
///
/// let contacts = Contacts {
///     email: Some("maria.rossi@example.it".parse()?),
///     phone: Some("+39 0737 123456".parse()?),
///     language: Some("de".parse()?),
///     channel: Some(Channel::Email),
///     ..Contacts::default()
/// };
/// assert!(contacts.check().is_ok());
/// let unreachable = Contacts { channel: Some(Channel::Post), ..contacts };
/// let problems = unreachable.check().unwrap_err();
/// assert_eq!(problems.iter().next().unwrap().code, "core.contacts.channel");
/// # Ok::<(), mattoni_core::Problems>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Contacts {
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// Certified e-mail: the digital address (*domicilio digitale*, D.Lgs. 82/2005, art. 3-bis).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pec: Option<EmailAddress>,
    /// Telephone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<PhoneNumber>,
    /// Postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<PostalAddress>,
    /// The language they want to be written to in; Italian where none is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The channel they chose; the ente's choice where none is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
}

impl Contacts {
    /// Checks what each part cannot check by itself: that the chosen channel leads somewhere, and
    /// that the postal address is whole.
    ///
    /// # Errors
    /// `core.contacts.channel` when the address that the channel needs is missing;
    /// `core.contacts.address` for each part of the postal address that is missing or wrong.
    pub fn check(&self) -> Result<(), Problems> {
        let mut found: Vec<Problem> = Vec::new();
        if let Some(address) = &self.address {
            found.extend(address.problems());
        }
        if let Some((channel, field)) = self.channel.and_then(|it| it.needs().map(|f| (it, f))) {
            let there = match channel {
                Channel::Email => self.email.is_some(),
                Channel::Pec => self.pec.is_some(),
                Channel::Sms => self.phone.is_some(),
                Channel::Post => self.address.is_some(),
                Channel::AppIo | Channel::Portal => true,
            };
            if !there {
                found.push(Problem::new(
                    "core.contacts.channel",
                    field,
                    format!("must be given, because {} is the chosen channel", channel.name()),
                    "give it, or choose another channel",
                ));
            }
        }
        Problems::check(found)
    }
}

/// How a person wants to hear from the ente.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Channel {
    /// E-mail.
    Email,
    /// Certified e-mail (*PEC*).
    Pec,
    /// A text message to the telephone.
    Sms,
    /// A letter.
    Post,
    /// The app IO (D.Lgs. 82/2005, art. 64-bis), which finds people by their fiscal code.
    AppIo,
    /// The ente's own portal: they look themselves.
    Portal,
}

impl Channel {
    /// Stable name, as it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Pec => "pec",
            Self::Sms => "sms",
            Self::Post => "post",
            Self::AppIo => "app-io",
            Self::Portal => "portal",
        }
    }

    /// As people read it.
    #[must_use]
    pub const fn italian(self) -> &'static str {
        match self {
            Self::Email => "posta elettronica",
            Self::Pec => "PEC",
            Self::Sms => "SMS",
            Self::Post => "posta",
            Self::AppIo => "app IO",
            Self::Portal => "area personale",
        }
    }

    /// The field of [`Contacts`] that the channel needs.
    const fn needs(self) -> Option<&'static str> {
        match self {
            Self::Email => Some("email"),
            Self::Pec => Some("pec"),
            Self::Sms => Some("phone"),
            Self::Post => Some("address"),
            Self::AppIo | Self::Portal => None,
        }
    }
}

/// An e-mail address: the form that mail servers everywhere take (RFC 5321, § 4.1.2, without
/// quoted names and numeric hosts).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// RFC 5321, § 4.5.3.1: octets of the name before the `@`, and of the whole path without its
/// angle brackets.
const NAME_AT_MOST: usize = 64;
const EMAIL_AT_MOST: usize = 254;

impl FromStr for EmailAddress {
    type Err = Problems;

    /// Surrounding white space is accepted.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let in_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
        let name_fits = |name: &str| {
            (1..=NAME_AT_MOST).contains(&name.len())
                && name.chars().all(in_name)
                && name.split('.').all(|part| !part.is_empty())
        };
        let label_fits = |label: &str| {
            (1..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let host_fits = |host: &str| {
            let last = host.rsplit('.').next().unwrap_or_default();
            host.contains('.')
                && host.split('.').all(label_fits)
                && last.len() >= 2
                && !last.chars().all(|c| c.is_ascii_digit())
        };
        let fits = text.len() <= EMAIL_AT_MOST
            && text.rsplit_once('@').is_some_and(|(name, host)| name_fits(name) && host_fits(host));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Problem::new(
                "core.email.form",
                "email",
                "must be an e-mail address as nome@example.it",
                "write one address, without spaces or accents",
            )
            .into())
        }
    }
}

/// A telephone number in the international form (ITU-T E.164): `+`, country code, number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber(String);

impl FromStr for PhoneNumber {
    type Err = Problems;

    /// Spaces, points, hyphens, slashes and brackets between digits are left out; `00` at the
    /// beginning is `+`. A number without a country code is one of Italy, which begins with 0
    /// or 3 (Piano nazionale di numerazione, delibera AGCOM 8/15/CIR).
    ///
    /// ```
    /// use mattoni_core::PhoneNumber;
    ///
    /// let of_a_phone = |text: &str| text.parse::<PhoneNumber>().map(|phone| phone.to_string());
    /// assert_eq!(of_a_phone("0737 12.34.56")?, "+390737123456");
    /// assert_eq!(of_a_phone("0043 1 58858")?, "+43158858");
    /// assert!(of_a_phone("118").is_err());
    /// # Ok::<(), mattoni_core::Problems>(())
    /// ```
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut written = text.trim().to_owned();
        written.retain(|c| !matches!(c, ' ' | '\u{a0}' | '.' | '-' | '/' | '(' | ')'));
        let number = if let Some(rest) = written.strip_prefix('+') {
            rest.to_owned()
        } else if let Some(rest) = written.strip_prefix("00") {
            rest.to_owned()
        } else if written.starts_with(['0', '3']) {
            format!("39{written}")
        } else {
            String::new()
        };
        // E.164 allows fifteen digits; seven are the shortest numbers with their country code.
        let fits = (7..=15).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit())
            && !number.starts_with('0');
        if fits {
            Ok(Self(format!("+{number}")))
        } else {
            Err(Problem::new(
                "core.phone.form",
                "phone",
                "must be a telephone number as +39 0737 123456",
                "write the country code and the number, at most 15 digits",
            )
            .into())
        }
    }
}

/// A language by its two letters (ISO 639-1): `it`, `de`, `fr`, `sl`, `en`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language([u8; 2]);

impl Language {
    /// Italian.
    pub const ITALIAN: Self = Self(*b"it");

    /// The two letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only ASCII is ever stored, so the text is never the fallback.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Language {
    type Err = Problems;

    /// Upper case is accepted.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim().to_ascii_lowercase();
        match <[u8; 2]>::try_from(text.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_lowercase) => Ok(Self(letters)),
            _ => Err(Problem::new(
                "core.language.form",
                "language",
                "must be the two letters of a language, as it or de (ISO 639-1)",
                "write it, de, fr, sl, en or another",
            )
            .into()),
        }
    }
}

/// Where letters go.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Street and number (*via e numero civico*).
    pub street: String,
    /// Postcode (*CAP*): five digits in Italy.
    pub postcode: String,
    /// Town.
    pub town: String,
    /// Country by its two letters (ISO 3166-1), where it is not Italy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

impl PostalAddress {
    /// An address in Italy.
    #[must_use]
    pub fn italian(
        street: impl Into<String>,
        postcode: impl Into<String>,
        town: impl Into<String>,
    ) -> Self {
        let (street, postcode, town) = (street.into(), postcode.into(), town.into());
        Self { street, postcode, town, country: None }
    }

    fn problems(&self) -> impl Iterator<Item = Problem> {
        let written = |text: &str| text.chars().any(char::is_alphanumeric);
        let country = self.country.as_deref();
        let letters = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
        let italian = country.is_none_or(|code| code == "IT");
        let five = self.postcode.len() == 5 && self.postcode.bytes().all(|b| b.is_ascii_digit());
        let wrong = |field: &str, rule: &str, remedy: &str| {
            Problem::new("core.contacts.address", field, rule, remedy)
        };
        let found = [
            (!written(&self.street))
                .then(|| wrong("street", "must name the street and the number", "write both")),
            (!written(&self.town)).then(|| wrong("town", "must name the town", "write it")),
            (italian && !five)
                .then(|| wrong("postcode", "must be a CAP of five digits as 62024", "look it up")),
            (!italian && !written(&self.postcode))
                .then(|| wrong("postcode", "must be the postcode of the country", "write it")),
            (!country.is_none_or(letters)).then(|| {
                wrong(
                    "country",
                    "must be the two capital letters of a country as AT (ISO 3166-1)",
                    "leave it out for Italy",
                )
            }),
        ];
        found.into_iter().flatten()
    }
}

macro_rules! text_forms {
    ($($ty:ty),+) => {$(
        impl TryFrom<String> for $ty {
            type Error = Problems;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$ty> for String {
            fn from(value: $ty) -> Self {
                value.as_str().to_owned()
            }
        }

        impl fmt::Display for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    )+};
}
text_forms!(EmailAddress, PhoneNumber, Language);

macro_rules! as_text {
    ($($ty:ty: $what:literal),+) => {$(
        impl $ty {
            #[doc = $what]
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )+};
}
as_text!(EmailAddress: "The address.", PhoneNumber: "`+` and the digits.");

//! Ids of people, made with the ente's own key.

use mattoni_core::{EnteId, Id, Person, TaxCode, id_of, name_digest};
use mattoni_store::Pseudonyms;

use crate::{Desk, DeskError};

/// Makes an ente's ids out of names that are personal. Where the store seals what is personal,
/// only the ente can: its key goes into them. Otherwise they are those of [`mattoni_core::named_id`].
#[derive(Debug, Clone)]
pub struct Names {
    ente: EnteId,
    pseudonyms: Option<Pseudonyms>,
}

impl Names {
    /// Those of a store that seals nothing.
    #[must_use]
    pub fn plain(ente: EnteId) -> Self {
        Self { ente, pseudonyms: None }
    }

    /// The id that follows from these names.
    #[must_use]
    pub fn id<K>(&self, names: &[&str]) -> Id<K> {
        let named = name_digest(&self.ente, names);
        id_of(self.pseudonyms.as_ref().map_or(named, |pseudonyms| pseudonyms.of(named)))
    }

    /// The id under which the ente's journal knows the person with this code: a fiscal code, or
    /// the eleven digits of a provisional one. Whoever is given a final code later is another id;
    /// what is under the provisional one stays there.
    #[must_use]
    pub fn person<C: Copy + Into<TaxCode>>(&self, code: &C) -> Id<Person> {
        let code: TaxCode = (*code).into();
        self.id(&["person", code.as_str()])
    }
}

impl Desk {
    /// What makes this ente's ids out of personal names.
    ///
    /// # Errors
    /// [`DeskError::Store`] when the machine fails.
    pub async fn names(&self) -> Result<Names, DeskError> {
        let pseudonyms = self.store().pseudonyms(self.ente()).await?;
        Ok(Names { ente: self.ente().clone(), pseudonyms })
    }
}

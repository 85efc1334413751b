//! The national vocabularies of a sheet: topics, life events, business events.

/// A list of terms, in the order it is published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Vocabulary {
    /// What it is called, in Italian.
    pub name: &'static str,
    /// Where it is published.
    pub source: &'static str,
    /// Its terms, as citizens read them.
    pub terms: &'static [&'static str],
}

impl Vocabulary {
    /// Whether the term is in it, written as it is published.
    #[must_use]
    pub fn contains(&self, term: &str) -> bool {
        self.terms.contains(&term)
    }

    /// The published term that differs from this one by capitals or by spaces around it only.
    pub(crate) fn nearly(&self, term: &str) -> Option<&'static str> {
        let folded = term.trim().to_lowercase();
        self.terms.iter().copied().find(|known| known.to_lowercase() == folded)
    }
}

/// *Argomenti* of the municipal model. It allows EuroVoc's descriptors too, seven thousand terms
/// that are not kept here.
pub const TOPICS: Vocabulary = Vocabulary {
    name: "argomenti",
    source: "Modello di sito comunale, C.SI.1.5 (italia/pa-website-validator)",
    terms: &[
        "Accesso all'informazione",
        "Acqua",
        "Agricoltura",
        "Anagrafe",
        "Animale domestico",
        "Aria",
        "Assistenza agli invalidi",
        "Assistenza sociale",
        "Associazioni",
        "Bilancio",
        "Commercio al minuto",
        "Commercio all'ingrosso",
        "Commercio ambulante",
        "Comunicazione istituzionale",
        "Comunicazione politica",
        "Concorsi",
        "Covid-19",
        "Elezioni",
        "Energie rinnovabili",
        "Estero",
        "Foreste",
        "Formazione professionale",
        "Gemellaggi",
        "Gestione rifiuti",
        "Giustizia",
        "Igiene pubblica",
        "Immigrazione",
        "Imposte",
        "Imprese",
        "Inquinamento",
        "Integrazione sociale",
        "Isolamento termico",
        "Istruzione",
        "Lavoro",
        "Matrimonio",
        "Mercato",
        "Mobilità sostenibile",
        "Morte",
        "Nascita",
        "Parcheggi",
        "Patrimonio culturale",
        "Pesca",
        "Piano di sviluppo",
        "Pista ciclabile",
        "PNRR",
        "Politica commerciale",
        "Polizia",
        "Prodotti alimentari",
        "Protezione civile",
        "Residenza",
        "Risposta alle emergenze",
        "Sistema giuridico",
        "Spazio Verde",
        "Sport",
        "Sviluppo sostenibile",
        "Tassa sui servizi",
        "Tempo libero",
        "Trasparenza amministrativa",
        "Trasporto pubblico",
        "Turismo",
        "Urbanizzazione",
        "Viaggi",
        "Zone pedonali",
        "ZTL",
    ],
};

/// *Eventi della vita*. A term's code is its place in the list, from 1.
pub const LIFE_EVENTS: Vocabulary = Vocabulary {
    name: "eventi della vita",
    source: "AgID, OntoPiA, life-business-event/life-event (italia/daf-ontologie-vocabolari-controllati)",
    terms: &[
        "Iscrizione scuola/università e/o richiesta borsa di studio",
        "Invalidità",
        "Ricerca di lavoro, avvio nuovo lavoro, disoccupazione",
        "Pensionamento",
        "Richiesta o rinnovo patente",
        "Registrazione/possesso veicolo",
        "Accesso al trasporto pubblico",
        "Compravendita/affitto casa/edifici/terreni, costruzione o ristrutturazione casa/edificio",
        "Cambio di residenza/domicilio",
        "Espatrio per lavoro, studio, pensionamento",
        "Richiesta passaporto, visto e assistenza viaggi internazionali",
        "Nascita di un bambino, richiesta adozioni",
        "Matrimonio e/o cambio stato civile",
        "Morte ed eredità",
        "Prenotazione e disdetta visite/esami",
        "Denuncia crimini",
        "Dichiarazione dei redditi, versamento e riscossione tributi/imposte e contributi",
        "Accesso luoghi della cultura",
        "Possesso, cura, smarrimento animale da compagnia",
    ],
};

/// *Eventi della vita di un'impresa*. A term's code is its place in the list, from 1.
pub const BUSINESS_EVENTS: Vocabulary = Vocabulary {
    name: "eventi della vita di un'impresa",
    source: "AgID, OntoPiA, life-business-event/business-event (italia/daf-ontologie-vocabolari-controllati)",
    terms: &[
        "Avvio impresa",
        "Avvio nuova attività professionale",
        "Richiesta licenze/permessi/certificati",
        "Registrazione impresa transfrontaliera",
        "Avvio/registrazione filiale",
        "Finanziamento impresa",
        "Gestione personale",
        "Pagamento tasse, iva e dogane",
        "Notifiche autorità",
        "Chiusura impresa e attività professionale",
        "Chiusura filiale",
        "Ristrutturazione impresa",
        "Vendita impresa",
        "Bancarotta",
        "Partecipazione ad appalti pubblici nazionali e trasfrontalieri",
    ],
};

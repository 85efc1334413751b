/**
 * Which office takes care of a citizen's report (segnalazione), how urgently and by when.
 *
 * The rule of `plugins/report-routing`, in JavaScript; both agree with the same case table.
 */
import { boolean, choice, integer, routing as rule } from "./mattoni.js";

const OFFICE = {
  "pothole": "roads",
  "street-light": "lighting",
  "waste": "waste",
  "water-leak": "water",
  "tree": "parks",
};

/** Whether it gets worse by the day. */
const worsens = ({ category, main_road }) =>
  category === "water-leak" || (main_road && ["pothole", "street-light"].includes(category));

export const { about, routing } = rule({
  name: "report-routing-js",
  version: "1.0.0",
  inputs: {
    category: choice({
      label: "Categoria",
      source: "segnalazione",
      options: {
        "pothole": "Buca nella strada",
        "street-light": "Lampione spento",
        "waste": "Rifiuti abbandonati",
        "water-leak": "Perdita d'acqua",
        "tree": "Albero pericolante o ingombrante",
        "other": "Altro",
      },
    }),
    danger: boolean({ label: "Pericolo per le persone", source: "segnalazione" }),
    main_road: boolean({ label: "Strada principale", source: "grafo stradale" }),
    duplicates: integer({
      label: "Segnalazioni uguali", source: "segnalazioni aperte", min: 0, max: 10_000,
    }),
  },
  parameters: {
    urgent_days: integer({
      label: "Giorni per le urgenti", default: 5, min: 1, max: 60,
      source: "Carta dei servizi, par. 3",
    }),
    ordinary_days: integer({
      label: "Giorni per le ordinarie", default: 30, min: 1, max: 60,
      source: "Carta dei servizi, par. 3",
    }),
    many: integer({
      label: "Segnalazioni uguali che rendono urgente", default: 5, min: 1,
      source: "Carta dei servizi, par. 4",
    }),
  },
  reasons: {
    "competence": "Per competenza.",
    "to-be-sorted": "Categoria da attribuire: provvede l'URP.",
  },
  offices: {
    "roads": "Manutenzione strade",
    "lighting": "Illuminazione pubblica",
    "waste": "Igiene urbana",
    "water": "Servizio idrico",
    "parks": "Verde pubblico",
    "public-relations": "Ufficio relazioni con il pubblico",
  },
  priorities: { "danger": "Pericolo", "urgent": "Urgente", "ordinary": "Ordinaria" },
  term: { days: "working", min: 1, max: 60, source: "Carta dei servizi, par. 3" },

  route(report, { urgent_days, ordinary_days, many }) {
    const office = OFFICE[report.category];
    const where = office
      ? { office, reason: "competence" }
      : { office: "public-relations", reason: "to-be-sorted" };
    if (report.danger) return { ...where, priority: "danger", days: 1 };
    if (worsens(report) || report.duplicates >= many) {
      return { ...where, priority: "urgent", days: urgent_days };
    }
    return { ...where, priority: "ordinary", days: ordinary_days };
  },
});

/** RULE_NAME: say here what the rule decides and from which articles it follows. */
import { integer, money, optional, scoring as rule } from "./mattoni.js";

export const { about, scoring } = rule({
  name: "RULE_NAME",
  version: "1.0.0",
  inputs: {
    people: integer({ label: "Componenti del nucleo", source: "anagrafe", min: 1, max: 30 }),
    isee: optional(money({ label: "ISEE", source: "INPS, DPCM 159/2013", min: 0 })),
  },
  parameters: {
    threshold: money({
      label: "Soglia ISEE", default: 1_000_000, min: 0, source: "Regolamento, art. 1",
    }),
  },
  reasons: {
    "low-isee": "L'ISEE è entro la soglia.",
    "high-isee": "L'ISEE supera la soglia o non è stato dichiarato.",
  },
  criteria: { isee: { label: "ISEE", max: 1_000, source: "Regolamento, art. 1" } },
  ties: { people: { label: "Nucleo più numeroso", order: "higher-first" } },

  /** Amounts are cents, points are hundredths. */
  score({ people, isee }, { threshold }) {
    const low = isee !== null && isee <= threshold;
    return {
      criteria: {
        isee: { points: low ? 1_000 : 0, reason: low ? "low-isee" : "high-isee" },
      },
      ties: { people },
    };
  },
});

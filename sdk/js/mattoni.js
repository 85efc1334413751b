/**
 * What the author of a rule in JavaScript depends on: say what you need, write one function.
 *
 *     import { integer, tariff as rule } from "./mattoni.js";
 *
 *     export const { about, tariff } = rule({ name: "…", inputs: { … }, bill(row) { … } });
 *
 * A rule is one call of its world's function, with its parts declared and one function for one
 * row; what comes back is exported under the world's name; see
 * `plugins/report-routing-js/rule.js`. The contract's columns are taken apart and put together
 * here.
 *
 * Values as the row has them: booleans; integers and decimals (in units of their last decimal) as
 * numbers; money in whole cents; dates as "YYYY-MM-DD", which compare as texts; choices by code;
 * a missing optional value is `null`. No number ever has a fraction.
 */

// The toolchain leaves these with values made up when the rule was built: a row's answer would
// hang on the rows before it. Rules are read after this, so that none holds an older one.
const refused = (what) => () => {
  throw new Error(`${what} is not for a rule: the same row must get the same answer`);
};
Math.random = refused("Math.random");
Date.now = refused("Date.now");
globalThis.Date = new Proxy(Date, {
  apply: refused("the current date"),
  construct(made, given, by) {
    return given.length ? Reflect.construct(made, given, by) : refused("the current date")();
  },
});
Date.prototype.constructor = Date;
for (const name of ["crypto", "performance", "fetch", "setTimeout", "setInterval"]) {
  delete globalThis[name];
}

const DAY = 86_400_000;
const isoOf = (days) => new Date(days * DAY).toISOString().slice(0, 10);
const daysOf = (iso) => {
  const days = Date.parse(`${iso}T00:00:00Z`) / DAY;
  if (!Number.isInteger(days) || isoOf(days) !== iso) throw new Error(`${iso} is no date`);
  return days;
};
const big = (n) => (n === undefined || n === null ? undefined : BigInt(n));
const bounds = ({ min, max }) => ({ min: big(min), max: big(max) });

/** A kind: how it is declared, and how a value goes in and out of the contract. */
const kind = (tag, val, read, value) => (options) => ({
  ...options,
  kind: { tag, val: val(options) },
  read: read(options),
  value: (given) => ({ tag, val: value(options)(given) }),
});

/** Yes or no. */
export const boolean = kind("boolean", () => undefined, () => (raw) => Boolean(raw), () => Boolean);
/** A whole number: `min`, `max`. */
export const integer = kind("integer", bounds, () => Number, () => BigInt);
/** An amount in cents: `min`, `max`. */
export const money = kind("money", bounds, () => Number, () => BigInt);
/** A number with `scale` decimals, in units of the last of them: `min`, `max` too. */
export const decimal = kind(
  "decimal",
  (options) => ({ scale: options.scale, bounds: bounds(options) }),
  () => Number,
  () => BigInt,
);
/** A date: `min`, `max` as "YYYY-MM-DD". */
export const date = kind(
  "date",
  ({ min, max }) => bounds({ min: min && daysOf(min), max: max && daysOf(max) }),
  () => isoOf,
  () => daysOf,
);
/** One of `options`: an object of codes and labels. */
export const choice = kind(
  "choice",
  ({ options }) => Object.entries(options).map(([code, label]) => ({ code, label })),
  ({ options }) => {
    const codes = Object.keys(options);
    return (index) => codes[index];
  },
  ({ options }) => (code) => indexOf(Object.keys(options), code, "option"),
);
/** The same input, which may be missing. */
export const optional = (input) => ({ ...input, optional: true });

const indexOf = (codes, code, what) => {
  const index = codes.indexOf(code);
  if (index < 0) throw new Error(`${code} is no declared ${what}`);
  return index;
};

const labelled = (items) => Object.entries(items).map(([code, label]) => ({ code, label }));
const item = ([code, { label, source = "" }]) => ({ code, label, source });

/** The reasons by code, counted from 1; none is 0. */
const reasonsOf = (rule) => {
  const codes = Object.keys(rule.reasons ?? {});
  return (code) => (code === undefined || code === null ? 0 : indexOf(codes, code, "reason") + 1);
};

const about = (rule) => ({
  describe: () => ({
    name: rule.name,
    version: rule.version,
    inputs: Object.entries(rule.inputs).map(([name, input]) => ({
      name,
      label: input.label,
      kind: input.kind,
      required: !input.optional,
      source: input.source ?? "",
    })),
    parameters: Object.entries(rule.parameters ?? {}).map(([name, one]) => ({
      name,
      label: one.label,
      kind: one.kind,
      default: one.value(one.default),
      source: one.source,
    })),
    reasons: Object.entries(rule.reasons ?? {}).map(([code, text]) => ({ code, text })),
  }),
});

/** Calls `answer(row, parameters)` for every row, and `write(answer, index)` with what it says. */
const eachRow = (rule, table, values, answer, write) => {
  const settings = {};
  Object.entries(rule.parameters ?? {}).forEach(([name, one], at) => {
    settings[name] = one.read(values[at].val);
  });
  const columns = Object.entries(rule.inputs).map(([name, input], at) => ({
    name,
    read: input.read,
    raw: table.columns[at].values.val,
    valid: table.columns[at].valid,
  }));
  for (let index = 0; index < table.rows; index += 1) {
    const row = {};
    for (const { name, read, raw, valid } of columns) {
      row[name] = valid !== undefined && valid[index] === 0 ? null : read(raw[index]);
    }
    write(answer(row, settings), index);
  }
};

/** Columns for `items`, and how an answer's part is written into them. */
const amountColumns = (codes, rows, reason) => {
  const columns = codes.map(() => ({
    cents: new BigInt64Array(rows),
    reasons: new Uint16Array(rows),
  }));
  const write = (amounts, index) =>
    codes.forEach((code, at) => {
      const { amount = 0, reason: why } = amounts?.[code] ?? {};
      columns[at].cents[index] = BigInt(amount);
      columns[at].reasons[index] = reason(why);
    });
  return { columns, write };
};

/** Points: `criteria`, `ties`, `classes`; `score(row, parameters)` answers
 * `{ criteria: { code: { points, reason } }, ties: { name: key }, class: code }`, points in
 * hundredths. */
export const scoring = (rule) => {
  const criteria = Object.entries(rule.criteria ?? {});
  const ties = Object.entries(rule.ties ?? {});
  const classes = Object.keys(rule.classes ?? {});
  return {
    about: about(rule),
    scoring: {
      declare: () => ({
        criteria: criteria.map(([code, { label, min = 0, max, source = "" }]) => ({
          code, label, min, max, source,
        })),
        ties: ties.map(([name, { label, order }]) => ({ name, label, order })),
        classes: labelled(rule.classes ?? {}),
      }),
      score: (table, values) => {
        const { rows } = table;
        const reason = reasonsOf(rule);
        const marks = criteria.map(() => ({
          points: new Int32Array(rows),
          reasons: new Uint16Array(rows),
        }));
        const keys = ties.map(() => new BigInt64Array(rows));
        const found = new Uint16Array(classes.length > 0 ? rows : 0);
        eachRow(rule, table, values, rule.score, (answer, index) => {
          criteria.forEach(([code], at) => {
            const { points = 0, reason: why } = answer.criteria?.[code] ?? {};
            marks[at].points[index] = points;
            marks[at].reasons[index] = reason(why);
          });
          ties.forEach(([name], at) => {
            keys[at][index] = BigInt(answer.ties[name]);
          });
          if (classes.length > 0) found[index] = indexOf(classes, answer.class, "class");
        });
        return { criteria: marks, ties: keys, classes: found };
      },
    },
  };
};

/** Acceptance: `requirements`; `examine(row, parameters)` answers
 * `{ code: { met, reason } }`. */
export const eligibility = (rule) => {
  const requirements = Object.entries(rule.requirements);
  return {
    about: about(rule),
    eligibility: {
      declare: () => ({ requirements: requirements.map(item) }),
      examine: (table, values) => {
        const reason = reasonsOf(rule);
        const columns = requirements.map(() => ({
          met: new Uint8Array(table.rows),
          reasons: new Uint16Array(table.rows),
        }));
        eachRow(rule, table, values, rule.examine, (answer, index) => {
          requirements.forEach(([code], at) => {
            columns[at].met[index] = answer[code].met ? 1 : 0;
            columns[at].reasons[index] = reason(answer[code].reason);
          });
        });
        return { requirements: columns };
      },
    },
  };
};

/** An amount granted: `components`, `min`, `max`; `grant(row, parameters)` answers
 * `{ code: { amount, reason } }`, amounts in cents. */
export const benefit = (rule) => {
  const components = Object.entries(rule.components);
  return {
    about: about(rule),
    benefit: {
      declare: () => ({
        components: components.map(([code, { label, min = 0, max, source = "" }]) => ({
          code, label, min: BigInt(min), max: BigInt(max), source,
        })),
        min: BigInt(rule.min ?? 0),
        max: BigInt(rule.max),
      }),
      grant: (table, values) => {
        const codes = components.map(([code]) => code);
        const { columns, write } = amountColumns(codes, table.rows, reasonsOf(rule));
        eachRow(rule, table, values, rule.grant, write);
        return { components: columns };
      },
    },
  };
};

/** An amount due: `charges`, `reductions`; `bill(row, parameters)` answers
 * `{ code: { amount, reason } }`, amounts in cents, reductions as positive amounts. */
export const tariff = (rule) => {
  const lists = [Object.entries(rule.charges), Object.entries(rule.reductions ?? {})];
  const declared = (list) => list.map((one) => ({ ...item(one), max: BigInt(one[1].max) }));
  return {
    about: about(rule),
    tariff: {
      declare: () => ({ charges: declared(lists[0]), reductions: declared(lists[1]) }),
      bill: (table, values) => {
        const parts = lists.map((list) =>
          amountColumns(list.map(([code]) => code), table.rows, reasonsOf(rule)));
        eachRow(rule, table, values, rule.bill, (answer, index) =>
          parts.forEach(({ write }) => write(answer, index)));
        return { charges: parts[0].columns, reductions: parts[1].columns };
      },
    },
  };
};

/** Who takes care of it: `offices`, `priorities` (most urgent first), `term`;
 * `route(row, parameters)` answers `{ office, reason, priority, days }`. */
export const routing = (rule) => {
  const offices = Object.keys(rule.offices);
  const priorities = Object.keys(rule.priorities);
  return {
    about: about(rule),
    routing: {
      declare: () => ({
        offices: labelled(rule.offices),
        priorities: labelled(rule.priorities),
        term: { source: "", min: 0, days: "calendar", ...rule.term },
      }),
      route: (table, values) => {
        const reason = reasonsOf(rule);
        const column = () => new Uint16Array(table.rows);
        const found = { offices: column(), reasons: column(), priorities: column(), terms: column() };
        eachRow(rule, table, values, rule.route, (answer, index) => {
          found.offices[index] = indexOf(offices, answer.office, "office");
          found.reasons[index] = reason(answer.reason);
          found.priorities[index] = indexOf(priorities, answer.priority, "priority");
          found.terms[index] = answer.days;
        });
        return found;
      },
    },
  };
};

/** What is wrong: `checks`; `validate(row, parameters)` answers `{ code: reason }` for the checks
 * that found a problem. */
export const validation = (rule) => {
  const checks = Object.entries(rule.checks);
  return {
    about: about(rule),
    validation: {
      declare: () => ({
        checks: checks.map(([code, { label, field, source = "" }]) => ({
          code, label, field, source,
        })),
      }),
      validate: (table, values) => {
        const reason = reasonsOf(rule);
        const columns = checks.map(() => new Uint16Array(table.rows));
        eachRow(rule, table, values, rule.validate, (answer, index) => {
          checks.forEach(([code], at) => {
            columns[at][index] = reason(answer[code]);
          });
        });
        return { checks: columns };
      },
    },
  };
};

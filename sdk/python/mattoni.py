"""What the author of a rule in Python depends on: say what you need, write one function.

    from mattoni import Money, Tariff

    rule = Tariff(name="…", version="…", inputs={…}, charges={…}, answer=bill)

A rule is one object of its world, called ``rule``, with its parts declared and one function
``answer(row, parameters)`` for one row; see ``plugins/tari-reduction-py/rule.py``. The contract's
columns are taken apart and put together here.

Values as the row has them (``row.isee``): ``bool``; ``int`` for integers, for decimals in units of
their last decimal, and for money in whole cents; ``datetime.date``; choices by code; ``None`` for a
missing optional value. No number is a float.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import wraps
from types import SimpleNamespace

from componentize_py_types import Err
from wit_world.exports import types

EPOCH = date(1970, 1, 1)


def _refused(*_given, **_named):
    raise RuntimeError("chance is not for a rule: the same row must get the same answer")


# The interpreter's own generator was seeded when the rule was built: a row's answer would hang on
# the rows before it. A `random.Random` with a seed of the rule's own stays.
for _name in random.__all__:
    if not isinstance(getattr(random, _name), type):
        setattr(random, _name, _refused)


def _failure(row, error):
    """An author's mistake as the contract's failure: what is raised further is told to nobody."""
    return Err(types.Failure(row, f"{type(error).__name__}: {error}"))


def _told(answers):
    """Answers of a whole table that cannot be put together are a failure, too."""

    @wraps(answers)
    def told(self, table, parameters):
        try:
            return answers(self, table, parameters)
        except Err:
            raise
        except Exception as error:
            raise _failure(None, error) from None

    return told


def _days(day):
    return (day - EPOCH).days


def _bounds(low, high):
    return types.Bounds(low, high)


@dataclass
class _Value:
    """An input or a parameter; which of the two is told by where it is declared."""

    label: str
    source: str = ""
    default: object = None
    optional: bool = False

    def read(self, raw):
        return raw


@dataclass
class Boolean(_Value):
    """Yes or no."""

    def kind(self):
        return types.Kind_Boolean()

    def value(self, given):
        return types.Value_Boolean(given)

    def read(self, raw):
        return bool(raw)


@dataclass
class Integer(_Value):
    """A whole number."""

    min: int | None = None
    max: int | None = None

    def kind(self):
        return types.Kind_Integer(_bounds(self.min, self.max))

    def value(self, given):
        return types.Value_Integer(given)


@dataclass
class Money(_Value):
    """An amount in cents."""

    min: int | None = None
    max: int | None = None

    def kind(self):
        return types.Kind_Money(_bounds(self.min, self.max))

    def value(self, given):
        return types.Value_Money(given)


@dataclass
class Decimal(_Value):
    """A number with ``scale`` decimals, in units of the last of them."""

    scale: int = 2
    min: int | None = None
    max: int | None = None

    def kind(self):
        return types.Kind_Decimal(types.Decimals(self.scale, _bounds(self.min, self.max)))

    def value(self, given):
        return types.Value_Decimal(given)


@dataclass
class Date(_Value):
    """A date."""

    min: date | None = None
    max: date | None = None

    def kind(self):
        low = None if self.min is None else _days(self.min)
        high = None if self.max is None else _days(self.max)
        return types.Kind_Date(_bounds(low, high))

    def value(self, given):
        return types.Value_Date(_days(given))

    def read(self, raw):
        return EPOCH + timedelta(days=raw)


@dataclass
class Choice(_Value):
    """One of ``options``: codes and labels."""

    options: dict = field(default_factory=dict)

    def kind(self):
        return types.Kind_Choice([types.ChoiceOption(c, text) for c, text in self.options.items()])

    def value(self, given):
        return types.Value_Choice(list(self.options).index(given))

    def read(self, raw):
        return list(self.options)[raw]


@dataclass
class _Rule:
    """What every world shares."""

    name: str
    version: str
    inputs: dict
    answer: object
    parameters: dict = field(default_factory=dict)
    reasons: dict = field(default_factory=dict)

    def describe(self):
        return types.Description(
            self.name,
            self.version,
            [
                types.Input(name, one.label, one.kind(), not one.optional, one.source)
                for name, one in self.inputs.items()
            ],
            [
                types.Parameter(name, one.label, one.kind(), one.value(one.default), one.source)
                for name, one in self.parameters.items()
            ],
            [types.Reason(code, text) for code, text in self.reasons.items()],
        )

    def _reason(self):
        numbers = {code: number for number, code in enumerate(self.reasons, 1)}
        numbers[None] = 0
        return numbers.__getitem__

    def _answers(self, table, values):
        """The answer for each row."""
        settings = SimpleNamespace(
            **{
                name: one.read(value.value)
                for (name, one), value in zip(self.parameters.items(), values)
            }
        )
        columns = []
        for (name, one), column in zip(self.inputs.items(), table.columns):
            read = [one.read(raw) for raw in column.values.value]
            if column.valid is not None:
                read = [value if ok else None for value, ok in zip(read, column.valid)]
            columns.append((name, read))
        for row in range(table.rows):
            given = SimpleNamespace(**{name: values[row] for name, values in columns})
            try:
                answer = self.answer(given, settings)
            except Exception as error:
                raise _failure(row, error) from None
            yield answer

    def about(self):
        """The class that the component exports as ``about``."""
        rule = self

        class About:
            def describe(self):
                return rule.describe()

        return About


def _amounts(contract, codes, answers, reason):
    """Columns of amounts; an answer is ``{code: (amount, reason)}``, without what is nothing."""
    nothing = (0, None)
    given = [[answer.get(code, nothing) for answer in answers] for code in codes]
    return [
        contract.Amounts([one[0] for one in column], [reason(one[1]) for one in column])
        for column in given
    ]


@dataclass
class Tariff(_Rule):
    """An amount due: ``charges`` and ``reductions`` by code, each a dict with label, max (cents)
    and source. ``answer`` gives ``{code: (cents, reason)}``, reductions as positive amounts."""

    charges: dict = field(default_factory=dict)
    reductions: dict = field(default_factory=dict)

    def export(self):
        from wit_world.exports import tariff as contract

        rule = self
        items = lambda given: [
            contract.Item(code, one["label"], one["max"], one.get("source", ""))
            for code, one in given.items()
        ]

        class Tariff:
            def declare(self):
                return contract.Declaration(items(rule.charges), items(rule.reductions))

            @_told
            def bill(self, table, parameters):
                answers = list(rule._answers(table, parameters))
                reason = rule._reason()
                return contract.Dues(
                    _amounts(contract, rule.charges, answers, reason),
                    _amounts(contract, rule.reductions, answers, reason),
                )

        return Tariff


@dataclass
class Benefit(_Rule):
    """An amount granted: ``components`` by code, each a dict with label, min, max (cents) and
    source; ``min`` and ``max`` of the sum. ``answer`` gives ``{code: (cents, reason)}``."""

    components: dict = field(default_factory=dict)
    min: int = 0
    max: int = 0

    def export(self):
        from wit_world.exports import benefit as contract

        rule = self

        class Benefit:
            def declare(self):
                components = [
                    contract.Component(
                        code, one["label"], one.get("min", 0), one["max"], one.get("source", "")
                    )
                    for code, one in rule.components.items()
                ]
                return contract.Declaration(components, rule.min, rule.max)

            @_told
            def grant(self, table, parameters):
                answers = list(rule._answers(table, parameters))
                return contract.Grants(
                    _amounts(contract, rule.components, answers, rule._reason())
                )

        return Benefit


@dataclass
class Eligibility(_Rule):
    """Acceptance: ``requirements`` by code, each a dict with label and source. ``answer`` gives
    ``{code: (met, reason)}`` for every requirement."""

    requirements: dict = field(default_factory=dict)

    def export(self):
        from wit_world.exports import eligibility as contract

        rule = self

        class Eligibility:
            def declare(self):
                return contract.Declaration(
                    [
                        contract.Requirement(code, one["label"], one.get("source", ""))
                        for code, one in rule.requirements.items()
                    ]
                )

            @_told
            def examine(self, table, parameters):
                answers = list(rule._answers(table, parameters))
                reason = rule._reason()
                return contract.Verdicts(
                    [
                        contract.Findings(
                            bytes(int(answer[code][0]) for answer in answers),
                            [reason(answer[code][1]) for answer in answers],
                        )
                        for code in rule.requirements
                    ]
                )

        return Eligibility


@dataclass
class Scoring(_Rule):
    """Points: ``criteria`` by code (label, min, max in hundredths, source), ``ties`` by name
    (label, ``lower_first``), ``classes`` by code. ``answer`` gives ``(points, ties, class)``:
    ``{code: (hundredths, reason)}``, ``{name: key}`` and a class's code or ``None``."""

    criteria: dict = field(default_factory=dict)
    ties: dict = field(default_factory=dict)
    classes: dict = field(default_factory=dict)

    def export(self):
        from wit_world.exports import scoring as contract

        rule = self

        class Scoring:
            def declare(self):
                order = contract.Order
                return contract.Declaration(
                    [
                        contract.Criterion(
                            code, one["label"], one.get("min", 0), one["max"], one.get("source", "")
                        )
                        for code, one in rule.criteria.items()
                    ],
                    [
                        contract.Tie(
                            name,
                            one["label"],
                            order.LOWER_FIRST if one["lower_first"] else order.HIGHER_FIRST,
                        )
                        for name, one in rule.ties.items()
                    ],
                    [contract.Class(code, label) for code, label in rule.classes.items()],
                )

            @_told
            def score(self, table, parameters):
                answers = list(rule._answers(table, parameters))
                reason = rule._reason()
                nothing = (0, None)
                marks = []
                for code in rule.criteria:
                    given = [points.get(code, nothing) for points, _, _ in answers]
                    marks.append(
                        contract.Marks([one[0] for one in given], [reason(one[1]) for one in given])
                    )
                ties = [[keys[name] for _, keys, _ in answers] for name in rule.ties]
                classes = list(rule.classes)
                found = [classes.index(one) for _, _, one in answers] if classes else []
                return contract.Scores(marks, ties, found)

        return Scoring


@dataclass
class Routing(_Rule):
    """Who takes care of it: ``offices`` and ``priorities`` (most urgent first) by code, ``term``
    (``working``, min, max, source). ``answer`` gives ``(office, reason, priority, days)``."""

    offices: dict = field(default_factory=dict)
    priorities: dict = field(default_factory=dict)
    term: dict = field(default_factory=dict)

    def export(self):
        from wit_world.exports import routing as contract

        rule = self
        options = lambda given: [types.ChoiceOption(code, text) for code, text in given.items()]

        class Routing:
            def declare(self):
                days = contract.Days
                term = contract.Term(
                    days.WORKING if rule.term.get("working") else days.CALENDAR,
                    rule.term.get("min", 0),
                    rule.term["max"],
                    rule.term.get("source", ""),
                )
                return contract.Declaration(options(rule.offices), options(rule.priorities), term)

            @_told
            def route(self, table, parameters):
                answers = list(rule._answers(table, parameters))
                reason = rule._reason()
                offices, priorities = list(rule.offices), list(rule.priorities)
                return contract.Routes(
                    [offices.index(answer[0]) for answer in answers],
                    [reason(answer[1]) for answer in answers],
                    [priorities.index(answer[2]) for answer in answers],
                    [answer[3] for answer in answers],
                )

        return Routing


@dataclass
class Validation(_Rule):
    """What is wrong: ``checks`` by code, each a dict with label, field and source. ``answer``
    gives ``{code: reason}`` for the checks that found a problem."""

    checks: dict = field(default_factory=dict)

    def export(self):
        from wit_world.exports import validation as contract

        rule = self

        class Validation:
            def declare(self):
                return contract.Declaration(
                    [
                        contract.Check(code, one["label"], one["field"], one.get("source", ""))
                        for code, one in rule.checks.items()
                    ]
                )

            @_told
            def validate(self, table, parameters):
                answers = list(rule._answers(table, parameters))
                reason = rule._reason()
                return contract.Reports(
                    [[reason(answer.get(code)) for answer in answers] for code in rule.checks]
                )

        return Validation

"""The rule of plugins/nursery-model in OpenFisca-Core and in ZEN, over the same rows.

Run by benches/rules; prints one JSON object a line. The rows are all 12,960 combinations of the
data set, the last column running fastest, repeated as often as the first argument says.
"""

import hashlib
import json
import sys
import time
from importlib.metadata import version
from itertools import product
from statistics import median

import numpy as np

OPTIONS = {
    "parents": ["usual", "pretentious", "great_pret"],
    "has_nurs": ["proper", "less_proper", "improper", "critical", "very_crit"],
    "form": ["complete", "completed", "incomplete", "foster"],
    "children": ["1", "2", "3", "more"],
    "housing": ["convenient", "less_conv", "critical"],
    "finance": ["convenient", "inconv"],
    "social": ["nonprob", "slightly_prob", "problematic"],
    "health": ["recommended", "priority", "not_recom"],
}
CLASSES = ["spec_prior", "priority", "very_recom", "recommend", "not_recom"]
ROWS = np.array(list(product(*(range(len(options)) for options in OPTIONS.values()))))


def employment(parents, care):
    """0 to 3, as `employment` in the plugin."""
    burden = [[0, 1, 1, 2, 3], [1, 1, 2, 3, 3], [2, 2, 3, 3, 3]]
    return burden[parents][care]


def structure(form, children):
    """0 to 2, as `structure` in the plugin."""
    if form == 3 or children >= 2 or (form, children) == (2, 1):
        return 2
    return 0 if (form, children) == (0, 0) else 1


def home(structure, housing, finance):
    """0 to 2, as `structure_finance` in the plugin."""
    comfortable = (housing, finance) == (0, 0)
    if structure == 1:
        return 2 if housing == 2 else 1
    return structure - 1 + int(not comfortable) if structure == 2 else int(not comfortable)


def urgency(social, health):
    """0, 1, or 2 where the health record advises against, as `social_health` in the plugin."""
    return 2 if health == 2 else int(social == 2 or health == 1)


def place(employment, home, urgency):
    """Index of the class, as `class` in the plugin."""
    if urgency == 2:
        return 4
    if (employment, home) == (3, 2):
        return 0
    if urgency == 1:
        return 0 if (employment, home) in [(3, 1), (2, 2)] else 1
    if employment >= 2 or home == 2:
        return 1
    return 3 if (employment, home) == (0, 0) else 2


def say(peer, rows, seconds, classes):
    """One result; the digest is of the first pass over all combinations."""
    digest = hashlib.sha256(bytes(int(one) for one in classes[: len(ROWS)])).hexdigest()
    result = {"peer": peer, "rows": rows, "seconds": seconds}
    print(json.dumps(result | {"classes": digest if len(classes) >= len(ROWS) else None}))


def openfisca(repeat):
    """Variables with vectorised formulas."""
    from openfisca_core.entities import Entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    child = Entity("child", "children", "A child", "")
    system = TaxBenefitSystem([child])

    def variable(name, formula=None):
        parts = {"value_type": int, "entity": child, "definition_period": DateUnit.YEAR}
        if formula is not None:
            parts["formula"] = formula
        system.add_variable(type(name, (Variable,), parts))

    for name in OPTIONS:
        variable(name)

    def table(function, *names):
        sizes = [len(OPTIONS[name]) if name in OPTIONS else levels[name] for name in names]
        values = np.array([function(*key) for key in product(*map(range, sizes))]).reshape(sizes)

        def formula(child, period):
            return values[tuple(child(name, period) for name in names)]

        return formula

    levels = {"employment": 4, "structure": 3, "home": 3, "urgency": 3}
    variable("employment", table(employment, "parents", "has_nurs"))
    variable("structure", table(structure, "form", "children"))
    variable("home", table(home, "structure", "housing", "finance"))
    variable("urgency", table(urgency, "social", "health"))
    variable("place", table(place, "employment", "home", "urgency"))

    rows = np.tile(ROWS, (repeat, 1))
    times = []
    for _ in range(5):
        simulation = SimulationBuilder().build_default_simulation(system, count=len(rows))
        for at, name in enumerate(OPTIONS):
            simulation.set_input(name, "2027", rows[:, at])
        start = time.perf_counter()
        classes = simulation.calculate("place", "2027")
        times.append(time.perf_counter() - start)
    say(f"OpenFisca-Core {version('openfisca-core')}, vectorised", len(rows), median(times), classes)


def decision_table(name, function, inputs, output):
    """A node of a ZEN graph: every combination of the inputs, as a row."""
    rules = []
    for at, key in enumerate(product(*(range(size) for _, size in inputs))):
        cells = {"_id": f"{name}-{at}", "out": str(function(*key))}
        for column, ((field, _), index) in enumerate(zip(inputs, key)):
            cells[f"in{column}"] = json.dumps(OPTIONS[field][index]) if field in OPTIONS else str(index)
        rules.append(cells)
    content = {
        "hitPolicy": "first",
        "inputs": [{"id": f"in{at}", "name": f, "field": f} for at, (f, _) in enumerate(inputs)],
        "outputs": [{"id": "out", "name": output, "field": output}],
        "rules": rules,
        "passThrough": True,
        "executionMode": "single",
    }
    return {"id": name, "name": name, "type": "decisionTableNode", "content": content}


def graph(tables):
    """A ZEN graph that runs the tables one after the other."""
    ends = [{"id": end, "name": end, "type": f"{end}Node"} for end in ("input", "output")]
    nodes = [ends[0], *tables, ends[1]]
    edges = [
        {"id": f"{a['id']}-{b['id']}", "type": "edge", "sourceId": a["id"], "targetId": b["id"]}
        for a, b in zip(nodes, nodes[1:])
    ]
    return json.dumps({"nodes": nodes, "edges": edges})


def options(*names):
    """Inputs of the data set, with how many options each has."""
    return [(name, len(OPTIONS[name])) for name in names]


def zen(what, tables, rows):
    """Decision tables, one evaluation a row."""
    import zen

    decision = zen.ZenEngine().create_decision(graph(tables))
    named = [
        {name: texts[index] for (name, texts), index in zip(OPTIONS.items(), row)} for row in rows
    ]
    start = time.perf_counter()
    classes = [decision.evaluate(row)["result"]["place"] for row in named]
    seconds = time.perf_counter() - start
    say(f"zen-engine {version('zen-engine')}, {what}", len(rows), seconds, classes)


def main():
    """Both peers."""
    openfisca(int(sys.argv[1]))
    pictures = [
        decision_table("employment", employment, options("parents", "has_nurs"), "employment"),
        decision_table("structure", structure, options("form", "children"), "structure"),
        decision_table(
            "home", home, [("structure", 3), *options("housing", "finance")], "home"
        ),
        decision_table("urgency", urgency, options("social", "health"), "urgency"),
        decision_table("place", place, [("employment", 4), ("home", 3), ("urgency", 3)], "place"),
    ]
    zen("five small tables", pictures, ROWS)

    def whole(*row):
        return place(
            employment(*row[:2]), home(structure(*row[2:4]), *row[4:6]), urgency(*row[6:])
        )

    table = decision_table("place", whole, options(*OPTIONS), "place")
    zen("one table of 12,960 rows", [table], ROWS[:: len(ROWS) // 100])


main()

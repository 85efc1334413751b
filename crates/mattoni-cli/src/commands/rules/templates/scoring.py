"""RULE_NAME: say here what the rule decides and from which articles it follows."""

from mattoni import Integer, Money, Scoring


def score(row, settings):
    """Amounts are cents, points are hundredths."""
    low = row.isee is not None and row.isee <= settings.threshold
    points = {"isee": (1_000, "low-isee") if low else (0, "high-isee")}
    return points, {"people": row.people}, None


rule = Scoring(
    name="RULE_NAME",
    version="1.0.0",
    inputs={
        "people": Integer("Componenti del nucleo", "anagrafe", min=1, max=30),
        "isee": Money("ISEE", "INPS, DPCM 159/2013", optional=True, min=0),
    },
    parameters={
        "threshold": Money("Soglia ISEE", "Regolamento, art. 1", default=10_000_00, min=0),
    },
    reasons={
        "low-isee": "L'ISEE è entro la soglia.",
        "high-isee": "L'ISEE supera la soglia o non è stato dichiarato.",
    },
    criteria={"isee": {"label": "ISEE", "max": 10_00, "source": "Regolamento, art. 1"}},
    ties={"people": {"label": "Nucleo più numeroso", "lower_first": False}},
    answer=score,
)

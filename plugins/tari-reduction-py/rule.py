"""What a household owes for waste (TARI), less the reductions that its town and the State give.

The tariff has a fixed part by floor space and a variable part by people (D.P.R. 158/1999, art. 5;
L. 147/2013, art. 1, c. 651). Reductions: one for those who compost and one for whoever lives alone
(L. 147/2013, art. 1, c. 659), and a quarter off for households with an ISEE within the threshold
of the social bonus (D.L. 124/2019, art. 57-bis, c. 2; DPCM 24/2025). Rates per square metre are
the town's yearly deliberation.
"""

from mattoni import Boolean, Decimal, Integer, Money, Tariff


def percent(cents, hundredths):
    """So much of a hundred, to the nearest cent, half a cent up."""
    return (cents * hundredths + 5_000) // 10_000


def bill(home, settings):
    fixed = home.square_metres * settings.fixed_rate
    variable = settings.variable_rate * min(home.people, 6)
    due = fixed + variable
    answer = {"fixed": (fixed, "space"), "variable": (variable, "people")}
    if home.composts:
        less = percent(variable, settings.compost_percent)
        answer["compost"] = (less, "composts")
        due -= less
    if home.people == 1:
        less = percent(due, settings.alone_percent)
        answer["alone"] = (less, "lives-alone")
        due -= less
    if home.isee is None:
        answer["social"] = (0, "no-isee")
    elif home.isee <= settings.social_threshold:
        answer["social"] = (percent(due, settings.social_percent), "low-isee")
    return answer


rule = Tariff(
    name="tari-reduction-py",
    version="1.0.0",
    inputs={
        "square_metres": Integer("Superficie in metri quadrati", "catasto", min=1, max=10_000),
        "people": Integer("Componenti del nucleo", "anagrafe", min=1, max=30),
        "composts": Boolean("Compostaggio domestico", "albo dei compostatori"),
        "isee": Money("ISEE ordinario", "INPS, DPCM 159/2013", optional=True, min=0),
    },
    parameters={
        "fixed_rate": Money(
            "Quota fissa al metro quadrato", "Deliberazione TARI", default=120, min=0, max=10_000
        ),
        "variable_rate": Money(
            "Quota variabile per componente", "Deliberazione TARI", default=4_500, min=0,
            max=100_000,
        ),
        "compost_percent": Decimal(
            "Riduzione per compostaggio, in percentuale", "Regolamento TARI, art. 20",
            default=20_00, min=0, max=100_00,
        ),
        "alone_percent": Decimal(
            "Riduzione per unico occupante, in percentuale", "L. 147/2013, art. 1, c. 659",
            default=10_00, min=0, max=100_00,
        ),
        "social_percent": Decimal(
            "Bonus sociale rifiuti, in percentuale", "DPCM 24/2025", default=25_00, min=0,
            max=100_00,
        ),
        "social_threshold": Money(
            "Soglia ISEE del bonus sociale", "D.L. 124/2019, art. 57-bis", default=9_530_00, min=0
        ),
    },
    reasons={
        "space": "Quota fissa, in base alla superficie.",
        "people": "Quota variabile, in base ai componenti del nucleo.",
        "composts": "Riduzione per il compostaggio domestico.",
        "lives-alone": "Riduzione per unico occupante.",
        "low-isee": "Bonus sociale rifiuti: ISEE entro la soglia.",
        "no-isee": "Nessun bonus sociale: l'ISEE non è stato dichiarato.",
    },
    charges={
        "fixed": {"label": "Quota fissa", "max": 100_000_000, "source": "D.P.R. 158/1999, art. 5"},
        "variable": {"label": "Quota variabile", "max": 600_000, "source": "D.P.R. 158/1999, art. 5"},
    },
    reductions={
        "compost": {"label": "Compostaggio", "max": 600_000, "source": "L. 147/2013, c. 659"},
        "alone": {"label": "Unico occupante", "max": 100_600_000, "source": "L. 147/2013, c. 659"},
        "social": {"label": "Bonus sociale", "max": 100_600_000, "source": "DPCM 24/2025"},
    },
    answer=bill,
)

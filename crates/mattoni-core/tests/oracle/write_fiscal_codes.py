"""Writes fiscal_codes.csv: made-up people and the codes python-codicefiscale gives them, for
tests/it/oracle.rs.

    pip install python-codicefiscale==0.12.1
    python write_fiscal_codes.py

One line a person: family name;given name;sex;date of birth;birthplace;code.
"""

import datetime
import importlib.util
import json
import pathlib
import random

from codicefiscale import codicefiscale

PEOPLE = 5000
draw = random.Random(13813)
data = pathlib.Path(importlib.util.find_spec("codicefiscale").origin).parent / "data"
names = json.loads((data / "names.json").read_text(encoding="utf-8"))
towns = json.loads((data / "municipalities.json").read_text(encoding="utf-8"))
states = json.loads((data / "countries.json").read_text(encoding="utf-8"))
places = [town for town in towns if town["code"] != "ND"] + states

ODD_FAMILY_NAMES = [
    "Fo", "Re", "O", "Io", "D'Angelo", "D’Amico", "De La Cruz", "Dell'Aquila", "Lo Bue", "Ai", "Poë",
    "Nicolò", "Cantù", "Muñoz", "Müller", "Strauß", "Kovač", "Žižek", "Šarić", "Lü", "Böe", "Øst",
    "Åse", "Łach", "Œuvrard", "Aeä", "Öü", "Saint-Vincent", "St. John", "Nguyễn", "Hoxha", "Xu",
]
ODD_GIVEN_NAMES = [
    "Al", "Io", "Noè", "Niccolò", "Maria Èlena", "Jo", "Ü", "Ea", "Jean-Luc", "Ñusta", "Zoë", "Jürgen",
    "Uä", "Þór", "Anaïs", "Çelik", "Ion", "Gianfranco", "Alessandro", "Ester", "Eö", "Giosuè",
]
SYLLABLES = "ba be bri ca co cri da del do fa fi fran ga ghe gi la lo ma mi na ni pa pe po ra ri ro sa ste to tri va vi ze".split()


def family_name():
    if draw.random() < 0.15:
        return draw.choice(ODD_FAMILY_NAMES)
    name = "".join(draw.choices(SYLLABLES, k=draw.randint(1, 4))) + draw.choice(["ni", "tti", "sso", "li", "rà", "i"])
    return draw.choice(["", "", "", "De ", "Di ", "D'"]) + name.capitalize()


def given_name(sex):
    if draw.random() < 0.15:
        return draw.choice(ODD_GIVEN_NAMES)
    return " ".join(draw.choices(names[sex], k=draw.choice([1, 1, 1, 2]))).title()


def born_in(place):
    first = max(place["date_created"].split("T")[0].strip(":"), "1920-01-01")
    last = place["date_deleted"].split("T")[0] or "2025-12-31"
    first, last = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    days = (last - first).days
    return first + datetime.timedelta(days=draw.randint(0, days)) if days >= 0 else None


lines = []
while len(lines) < PEOPLE:
    place, sex = draw.choice(places), draw.choice("MF")
    born = born_in(place)
    if born is None:
        continue
    family, given = family_name(), given_name(sex)
    when = datetime.datetime.combine(born, datetime.time())
    code = codicefiscale.encode(family, given, sex, when, place["code"])
    lines.append(";".join((family, given, sex, str(born), place["code"], code)))
pathlib.Path(__file__).with_name("fiscal_codes.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
print(f"{len(lines)} people")

"""Writes belfiore.csv: birthplaces as fiscal codes name them, with creation and end dates.

Only needed to bring the table up to date:

    pip install python-codicefiscale==0.12.1
    python make_belfiore.py

One line a place and time: code;created;ended;province;name;name in another language. Rows of the
source that continue each other with nothing changed but the border are joined, rows without a
code ("ND") are left out, and where one day is missing between two rows the earlier one lasts a
day longer. Foreign states have no province; 1900-01-01, which stands for "not known" there, is
left empty.
"""

import datetime
import importlib.util
import json
import pathlib

SOURCE = pathlib.Path(importlib.util.find_spec("codicefiscale").origin).parent / "data"
TARGET = pathlib.Path(__file__).with_name("belfiore.csv")
DAY = datetime.timedelta(days=1)


def date(text):
    # One row of the source has a stray colon before its "T".
    return datetime.date.fromisoformat(text.split("T")[0].strip(":")) if text else None


def rows(name):
    for place in json.loads((SOURCE / name).read_text(encoding="utf-8")):
        abroad = place["province"] == "EE"
        created = date(place["date_created"])
        yield {
            "code": place["code"],
            "created": None if abroad and created.year == 1900 else created,
            "ended": date(place["date_deleted"]),
            "province": "" if abroad else place["province"],
            "name": place["name"].strip(),
            "other": "" if place["name_alt"] == place["name"] else place["name_alt"].strip(),
        }


def joined(places):
    done = []
    for place in places:
        last = done[-1] if done else None
        if last and last["code"] == place["code"] and last["ended"] and place["created"]:
            if place["created"] - last["ended"] == 2 * DAY:
                last["ended"] += DAY
            same = all(last[key] == place[key] for key in ("province", "name", "other"))
            if same and place["created"] - last["ended"] == DAY:
                last["ended"] = place["ended"]
                continue
        done.append(place)
    return done


places = [p for name in ("municipalities.json", "countries.json", "deleted-countries.json") for p in rows(name)]
places = [p for p in places if p["code"] != "ND"]
places.sort(key=lambda p: (p["code"], p["created"] or datetime.date.min))
lines = [
    ";".join((p["code"], str(p["created"] or ""), str(p["ended"] or ""), p["province"], p["name"], p["other"]))
    for p in joined(places)
]
assert all(line.count(";") == 5 for line in lines)
TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")
print(f"{len(lines)} places")

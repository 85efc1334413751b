"""Writes tests/golden/hospital-residents.jsonl: what PyPI `matching` 1.4.3 gives.

Random hospital-resident instances, one a line: places of each hospital, each resident's list of
hospitals, each hospital's list of residents, and the hospital each resident got (resident-optimal).
The same for the same seed. Run: pip install matching==1.4.3 && python3 hospital_residents.py
"""
import json
import random
from importlib.metadata import version
from pathlib import Path

from matching.games import HospitalResident

assert version("matching") == "1.4.3", version("matching")
rng = random.Random(487)
golden = Path(__file__).parent.parent / "golden" / "hospital-residents.jsonl"

with golden.open("w", encoding="utf-8") as out:
    for _ in range(300):
        hospitals = range(rng.randint(2, 6))
        residents = range(rng.randint(3, 16))
        wishes = [rng.sample(hospitals, rng.randint(1, len(hospitals))) for _ in residents]
        lists = [[r for r in residents if h in wishes[r]] for h in hospitals]
        for named in lists:
            rng.shuffle(named)
        places = [rng.randint(1, 4) for _ in hospitals]
        game = HospitalResident.create_from_dictionaries(
            {r: wishes[r] for r in residents},
            {h: lists[h] for h in hospitals if lists[h]},
            {h: places[h] for h in hospitals if lists[h]},
        )
        got = [None] * len(residents)
        for hospital, matched in game.solve(optimal="resident").items():
            for resident in matched:
                got[resident.name] = hospital.name
        assert game.check_stability()
        line = {"places": places, "residents": wishes, "hospitals": lists, "got": got}
        out.write(json.dumps(line, separators=(",", ":")) + "\n")

"""Writes holidays.txt: holidays as the package `holidays` knows them, for tests/it/oracle.rs.

    pip install holidays==0.109
    python write_holidays.py

One line a calendar and year: IT (national), IT-RM (Roma), IT-MI (Milano), IT-RE (Reggio
Emilia), IT-BZ (province of Bolzano). Sundays are left to the reader of the file. A year more than
the starts of terms, because terms end later.
"""

import pathlib

import holidays

lines = []
for subdivision in (None, "RM", "MI", "RE", "BZ"):
    for year in range(2000, 2037):
        days = sorted(holidays.Italy(years=year, subdiv=subdivision))
        name = f"IT-{subdivision}" if subdivision else "IT"
        lines.append(" ".join([name, str(year), *(day.strftime("%m-%d") for day in days)]))
pathlib.Path(__file__).with_name("holidays.txt").write_text("\n".join(lines) + "\n")
print(f"holidays {holidays.__version__}: {len(lines)} lines")

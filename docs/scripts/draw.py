"""Redoes a Mattoni draw. Usage: draw.py ENTRANTS_FILE SEED [FACILITY]; prints ticket and code."""
import hashlib, sys

def sha(text): return hashlib.sha256(text.encode("utf-8")).hexdigest()

codes = sorted(open(sys.argv[1], encoding="utf-8").read().split(), key=lambda c: c.encode("utf-8"))
seed = sha(sha("".join(code + "\n" for code in codes)) + "\n" + sys.argv[2])
facility = "\n" + sys.argv[3] if len(sys.argv) > 3 else ""
for ticket, code in sorted((sha(seed + "\n" + code + facility), code) for code in codes):
    print(ticket, code)

"""Derives a Mattoni ranking again from its run alone, with nothing but Python's own library.

Usage: rederive.py RUN.json [EXPLANATION.json | CODE ...]

Every line of the run is worked out anew from the rules and the applications in it: thresholds,
order, draw, standing at each facility, outcome. An explanation is compared with what comes out;
for the code of an application its reasons are printed. Exit status 1 when anything differs.
"""
import hashlib, json, sys
from datetime import date
from decimal import Decimal

def sha(text): return hashlib.sha256(text.encode("utf-8")).hexdigest()

def hundredths(amount): return int(Decimal(str(amount)) * 100)

def decimal(hundreds): return f"{'-' if hundreds < 0 else ''}{abs(hundreds) // 100}.{abs(hundreds) % 100:02}"

def counted(entry, name):
    """What the office found instead of what was declared, where it found anything."""
    return entry["correction"]["value"] if "correction" in entry else entry[name]

def number(value):
    (kind, what), = value.items()
    if kind == "date": return date.fromisoformat(what).toordinal()
    return what if kind == "number" else hundredths(what)

def instant(text):
    """A UTC instant as something that orders like it."""
    whole, _, fraction = text.rstrip("Z").partition(".")
    return whole, fraction.ljust(9, "0")

class Ranking:
    def __init__(self, run):
        self.run, self.rules, self.prize = run, run["call"]["criteria"], run["call"]["prize"]
        self.people = {line["applicant"]["code"]: line["applicant"] for line in run["lines"]}
        self.ties, self.classes = self.rules.get("tie_break", []), self.precedence()
        entrants = sha("".join(c + "\n" for c in sorted(self.people, key=str.encode)))
        self.seed = sha(entrants + "\n" + self.rules["draw"].get("seed", ""))
        self.doubles = self.find_doubles()
        self.put_in_order()
        self.lines = {code: self.line(code) for code in self.order + sorted(
            (c for c in self.people if c not in self.position), key=str.encode)}
        if "places" in self.prize: self.give_places()
        else: self.share_out(self.prize["fund"])

    # -- the order --------------------------------------------------------------------------

    def precedence(self):
        waits, order = [], []
        for i, group in enumerate(classes := self.rules.get("class", [])):
            above = [classes[i - 1]["code"]] if i else []
            waits.append((group["code"], group.get("after", above)))
        while waits:
            ready = next(w for w in waits if all(other in order for other in w[1]))
            waits.remove(ready)
            order.append(ready[0])
        return order

    def points(self, a, criterion=None):
        return sum(hundredths(counted(score, "points")) for score in a.get("points", [])
                   if criterion in (None, score["criterion"]))

    def tie(self, a, tie):
        if "criterion" in tie: return {"points": decimal(self.points(a, tie["criterion"]))}
        keys = [counted(k, "declared") for k in a.get("tie_keys", []) if k["key"] == tie["key"]]
        return keys[0] if keys else None

    def columns(self, code):
        """What decides, first to last; lower goes first."""
        a = self.people[code]
        columns = [("class", self.classes.index(a["class"]))] if self.classes else []
        columns.append(("points", -self.points(a)))
        for tie in self.ties:
            value, sign = self.tie(a, tie), 1 if tie["prefer"] == "lower" else -1
            missing = -1 if tie.get("missing") == "first" else 1
            columns.append(("tie-break", (missing, 0) if value is None else (0, sign * number(value))))
        return columns

    def ticket(self, code, *facility): return sha("\n".join([self.seed, code, *facility]))

    def missed(self, a):
        """The threshold that keeps an application out of the order, if one does."""
        if a.get("standing", {}).get("is") == "included": return None
        for i, threshold in enumerate(self.rules.get("threshold", [])):
            had = self.points(a, threshold.get("criterion"))
            if had < hundredths(threshold["at_least"]): return i, had
        return None

    def find_doubles(self):
        """The applications left out because another one for the same subject is ranked."""
        groups, doubles = {}, {}
        for code, a in self.people.items():
            if "subject" in a and a.get("standing", {}).get("is") != "excluded":
                groups.setdefault(a["subject"], []).append(code)
        for codes in groups.values():
            if len(codes) == 1: continue
            codes.sort(key=lambda c: (instant(self.people[c]["received_at"]), c.encode()))
            kept = codes[-1 if self.rules["duplicates"] == "keep-last" else 0]
            doubles.update({code: kept for code in codes if code != kept})
        return doubles

    def put_in_order(self):
        eligible = [c for c, a in self.people.items() if self.missed(a) is None
                    and c not in self.doubles and a.get("standing", {}).get("is") != "excluded"]
        self.order = sorted(eligible, key=lambda c: (self.columns(c), self.ticket(c)))
        self.position = {code: i for i, code in enumerate(self.order)}
        tied = {}
        for code in self.order: tied.setdefault(str(self.columns(code)), []).append(code)
        self.drawn = [group for group in tied.values() if len(group) > 1]

    def parted(self, code, above):
        for i, (mine, other) in enumerate(zip(self.columns(code), self.columns(above))):
            if mine != other:
                by = {"by": mine[0]}
                if mine[0] == "tie-break": by["which"] = i - 1 - bool(self.classes)
                return by
        return {"by": "draw"}

    def line(self, code):
        a, at = self.people[code], self.position.get(code)
        line = {"position": None if at is None else at + 1, "total": decimal(self.points(a)),
                "ties": [self.tie(a, tie) for tie in self.ties], "choices": []}
        if at: line["parted"] = self.parted(code, self.order[at - 1])
        if any(code in group for group in self.drawn): line["ticket"] = self.ticket(code)
        if a.get("standing", {}).get("is") == "excluded":
            line["outcome"] = {"is": "excluded", "reason": a["standing"]["reason"]}
        elif code in self.doubles:
            line["outcome"] = {"is": "duplicate", "kept": self.doubles[code], "rule": self.rules["duplicates"]}
        elif missed := self.missed(a):
            line["outcome"] = {"is": "below-threshold", "threshold": missed[0], "had": decimal(missed[1])}
        return line

    # -- places, by deferred acceptance -----------------------------------------------------

    def attempts(self, code, choice):
        """The kinds of places an application tries at a facility, in order: reserved ones it has
        a title to, regular ones, reserved ones released to everyone."""
        a, wish = self.people[code], self.people[code]["preferences"][choice]
        titles = [wish["pool"]] if "pool" in wish else a.get("reserves", [])
        group = a.get("group") if self.prize["places"].get("group") else None
        seats = [s for f in self.prize["places"]["facility"] if f["code"] == wish["facility"]
                 for s in f["seats"] if s.get("group") == group]
        if not seats: return []
        reserved = {r["pool"]: r["places"] for r in seats[0].get("reserved", [])}
        pools = self.prize["places"].get("pool", [])
        here = [p for p in pools if p["code"] in reserved]
        mine = [(p["code"], reserved[p["code"]], False) for p in here if p["code"] in titles]
        left = seats[0]["places"] - sum(reserved.values())
        if left and not any(p["members"] == "separate" for p in pools if p["code"] in titles):
            mine.append((None, left, False))
        mine += [(p["code"], reserved[p["code"]], True) for p in here
                 if p["code"] not in titles and p["unfilled"] == "released"]
        return [((wish["facility"], group, pool), places, released) for pool, places, released in mine]

    def standings(self):
        """(priority, standing) of every application at each facility it names."""
        at = {code: [self.position[code] + 1] * len(self.people[code].get("preferences", []))
              for code in self.order}
        for group in self.drawn if self.rules["draw"]["kind"] == "multiple" else []:
            start, facilities = self.position[group[0]] + 1, {}
            for code in group:
                for i, wish in enumerate(self.people[code].get("preferences", [])):
                    facilities.setdefault(wish["facility"], []).append((code, i))
            for facility, named in facilities.items():
                named.sort(key=lambda one: self.ticket(one[0], facility))
                for standing, (code, i) in enumerate(named, start): at[code][i] = standing
        return {code: [(wish.get("priority", 0), standing) for wish, standing
                       in zip(self.people[code].get("preferences", []), at[code])] for code in self.order}

    def propose(self, keys, choices):
        """Who holds which place (choice, pool) when everyone tries only their `choices`."""
        holders, held, tried = {}, {}, {code: 0 for code in self.order}
        tries = {code: [(i, *attempt) for i in choices[code] for attempt in self.attempts(code, i)]
                 for code in self.order}
        todo = list(self.order)
        while todo:
            code = todo.pop()
            while code not in held and tried[code] < len(tries[code]):
                i, pool, places, released = tries[code][tried[code]]
                tried[code] += 1
                there = holders.setdefault(pool, [])
                there.append(((released, keys[code][i]), code))
                held[code] = (i, pool)
                if len(there) > places:
                    last = max(there)
                    there.remove(last)
                    del held[last[1]]
                    if last[1] != code: todo.append(last[1])
        return held

    def families(self):
        by_code = {}
        for code in self.order:
            if siblings := self.people[code].get("siblings"):
                by_code.setdefault(siblings["family"], []).append(code)
        families = []
        for _, members in sorted((f, m) for f, m in by_code.items() if len(m) > 1):
            named = [[w["facility"] for w in self.people[m].get("preferences", [])] for m in members]
            common = [[wishes.index(f) for wishes in named] for f in named[0]
                      if all(f in wishes for wishes in named)]
            families.append((members, common, self.people[members[0]]["siblings"]["ask"]))
        return families

    def give_places(self):
        own = self.standings()
        families, keys = self.families(), {code: list(key) for code, key in own.items()}
        choices = {code: range(len(own[code])) for code in self.order}
        given_up = [0] * len(families)

        def aim(family):
            members, common, ask = families[family]
            for n, code in enumerate(members):
                if given_up[family] < len(common): choices[code] = [common[given_up[family]][n]]
                else:
                    choices[code] = range(len(own[code])) if ask == "preferred" else []
                    keys[code] = list(own[code])

        for family, (members, common, _) in enumerate(families):
            for facility in common:
                last = max(own[code][i] for code, i in zip(members, facility))
                for code, i in zip(members, facility): keys[code][i] = last
            aim(family)
        while True:
            held = self.propose(keys, choices)
            failing = [f for f, (members, common, _) in enumerate(families)
                       if given_up[f] < len(common) and any(code not in held for code in members)]
            if not failing: break
            theirs = [held[code][1] for f in failing for code in families[f][0] if code in held]

            def is_beaten(f):
                """Whether it finds no room even where other families without room go elsewhere."""
                members, common, _ = families[f]
                mine = [held[code][1] for code in members if code in held]
                return any(all(theirs.count(pool) <= mine.count(pool)
                               for pool, _, _ in self.attempts(code, i))
                           for code, i in zip(members, common[given_up[f]]) if code not in held)

            for f in [f for f in failing if is_beaten(f)] or failing[:1]:
                given_up[f] += 1
                aim(f)
        self.held, self.own = held, own
        strict = {code for members, _, ask in families for code in members if ask == "or-not-at-all"}
        for code in self.order:
            line = self.lines[code]
            line["choices"] = [{"priority": p, "standing": s} for p, s in own[code]]
            if code in held:
                i, (facility, _, pool) = held[code]
                line["outcome"] = {"is": "placed", "facility": facility, "preference": i + 1}
                if pool: line["outcome"]["pool"] = pool
            else:
                because = ("no-preferences" if not own[code] else
                           "siblings-not-together" if code in strict else "all-full")
                line["outcome"] = {"is": "waiting", "why": {"because": because}}

    # -- a fund -----------------------------------------------------------------------------

    def share_out(self, fund):
        carried_money = carried_places = 0
        total = hundredths(fund["total"]) if "total" in fund else None
        taken, self.shared = set(), {}
        for category in fund["category"]:
            people = [c for c in self.order if c not in taken
                      and category.get("group") in (None, self.people[c].get("group"))]
            taken.update(people)
            limit, share = category["limit"], lambda whole, part: whole * part // 10_000
            kind, size = next(iter(limit.items())) if isinstance(limit, dict) else (limit, None)
            to_next = category["leftover"] == "to-next"
            if kind in ("budget", "share-of-total", "residual"):
                left = {"budget": lambda: hundredths(size), "share-of-total": lambda: share(total, size),
                        "residual": lambda: 2**63 - 1}[kind]() + carried_money
                left = left if total is None else min(left, total)
                before, stopped = left, False
                if category["when_short"] == "pro-rata":
                    left -= self.in_proportion(fund, people, left)
                    people = []
                for code in people:
                    asked = self.asked(fund, code)
                    fits = asked <= left and not stopped
                    part = not fits and not stopped and left > 0 and category["when_short"] == "partial"
                    if fits or part:
                        amount = min(asked, left)
                        left -= amount
                        outcome = {"is": "granted", "amount": amount, "asked": asked}
                    else: outcome = {"is": "waiting", "why": {"because": "budget-ended", "left": left}}
                    stopped = stopped or (not fits and category["when_short"] != "skip")
                    self.lines[code]["outcome"] = outcome
                if total is not None: total -= before - left
                carried_money = left if to_next else 0
            else:
                places = {"places": lambda: size, "share-of-applicants": lambda: share(len(people), size),
                          "everyone": lambda: len(people)}[kind]() + carried_places
                for n, code in enumerate(people):
                    none_left = {"is": "waiting", "why": {"because": "no-place-left"}}
                    self.lines[code]["outcome"] = {"is": "admitted"} if n < places else none_left
                carried_places = max(places - len(people), 0) if to_next else 0

    def asked(self, fund, code): return hundredths(fund.get("each", self.people[code].get("amount", 0)))

    def in_proportion(self, fund, people, money):
        """Gives everyone the same part of what they ask for, when the money does not suffice for
        all: rounded down, and the cents left to the largest parts cut off. Returns what it gave."""
        asked = {code: self.asked(fund, code) for code in people}
        all_, given = sum(asked.values()), dict(asked)
        if all_ > money:
            given = {code: cents * money // all_ for code, cents in asked.items()}
            by_rest = sorted(people, key=lambda code: -(asked[code] * money % all_))
            for code in by_rest[:money - sum(given.values())]: given[code] += 1
            for code in people: self.shared[code] = {"available": money, "asked": all_, "among": len(people)}
        for code in people:
            self.lines[code]["outcome"] = (
                {"is": "granted", "amount": given[code], "asked": asked[code]} if given[code] else
                {"is": "waiting", "why": {"because": "budget-ended", "left": 0}})
        return sum(given.values())

    # -- the reasons ------------------------------------------------------------------------

    def decided(self, code, last):
        by = self.parted(code, last)
        needed, mine = self.points(self.people[last]), self.points(self.people[code])
        if by["by"] == "points": by.update(needed=decimal(needed), short_by=decimal(max(needed - mine, 0)))
        if by["by"] == "tie-break": by["label"] = self.ties[by["which"]]["label"]
        return by

    def stands(self, code):
        """Where the holder of a place stands: a family that is together where its last one does."""
        siblings, here = self.people[code].get("siblings"), self.held[code][1][0]
        family = [c for c in self.order if siblings and
                  self.people[c].get("siblings", {}).get("family") == siblings["family"]]
        if not all(c in self.held and self.held[c][1][0] == here for c in family): family = []
        return max((self.own[c][self.held[c][0]], self.position[c], c) for c in family or [code])

    def gap(self, code, choice, attempt):
        pool, places, released = attempt
        holders = [c for c, (_, place) in self.held.items() if place == pool]
        mine = (released, self.own[code][choice], self.position[code])
        title = {c: next(r for p, _, r in self.attempts(c, self.held[c][0]) if p == pool) for c in holders}
        gap = {"pool": pool[2]} if pool[2] else {}
        last = max(((title[c], *self.stands(c)) for c in holders), default=None)
        if last is None or len(holders) < places or last[:3] >= mine: decided = {"by": "siblings"}
        elif released and not last[0]: decided = {"by": "title"}
        elif last[1][0] != mine[1][0]:
            decided = {"by": "priority", "yours": mine[1][0], "needed": last[1][0]}
        else: decided = self.decided(code, last[3])
        return {**gap, "decided": decided}

    def reasons(self, code):
        line, at, lines = self.lines[code], self.position.get(code), self.order
        outcome, titles = dict(line["outcome"]), self.people[code].get("reserves", [])
        if outcome["is"] == "placed":
            named = self.people[code]["preferences"][outcome["preference"] - 1].get("pool")
            # A place of a released reserve says nothing of who got it.
            if outcome.get("pool") not in [*titles, named]: outcome.pop("pool", None)
        why = {"position": line["position"], "ranked": len(lines), "total": line["total"],
               "outcome": outcome,
               "below_the_one_above": line.get("parted"), "ticket": line.get("ticket"),
               "above_the_one_below": None, "choices": [], "gap": None,
               "shared": self.shared.get(code) if "fund" in self.prize else None}
        if at is not None and at + 1 < len(lines):
            why["above_the_one_below"] = self.parted(lines[at + 1], code)
        for i, wish in enumerate(self.people[code].get("preferences", [])):
            if at is None or "places" not in self.prize: break
            groups = bool(self.prize["places"].get("group"))
            list_ = sorted((self.own[c][j], self.position[c], c) for c in lines
                           for j, w in enumerate(self.people[c].get("preferences", []))
                           if w["facility"] == wish["facility"] and
                           (not groups or self.people[c].get("group") == self.people[code].get("group")))
            held = self.held[code][0] if code in self.held else len(self.own[code])
            gaps = [self.gap(code, i, attempt) for attempt in self.attempts(code, i)] if i < held else []
            here = ({"is": "placed"} if i == held else {"is": "not-needed"} if i > held else
                    {"is": "full", "gaps": gaps} if gaps else {"is": "no-such-places"})
            why["choices"].append({"facility": wish["facility"], "list_length": len(list_), "here": here,
                                   "place_in_list": [c for *_, c in list_].index(code) + 1})
        because = line["outcome"].get("why", {}).get("because")
        if because in ("no-place-left", "budget-ended") and not why["shared"]:
            groups = any("group" in c for c in self.prize["fund"]["category"])
            served = [c for c in lines[:at] if self.lines[c]["outcome"]["is"] in ("admitted", "granted")
                      and (not groups or self.people[c].get("group") == self.people[code].get("group"))]
            if served: why["gap"] = {"decided": self.decided(code, served[-1])}
        return why

def same(mine, theirs):
    """Equal, where amounts may be written with or without empty decimals and nothing is null."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return all(same(mine.get(k), theirs.get(k)) for k in {*mine, *theirs})
    if isinstance(mine, list) and isinstance(theirs, list):
        return len(mine) == len(theirs) and all(map(same, mine, theirs))
    if isinstance(mine, int) and isinstance(theirs, str): return mine == hundredths(theirs)
    return (mine or None) == (theirs or None)

def main(run_file, *asked):
    run = json.load(open(run_file, encoding="utf-8"))
    ranking, differ = Ranking(run), []
    found = [line["applicant"]["code"] for line in run["lines"]]
    if found != list(ranking.lines): differ.append("the order of the lines")
    for line in run["lines"]:
        code, theirs = line["applicant"]["code"], {k: v for k, v in line.items() if k != "applicant"}
        mine = ranking.lines[code]
        differ += [f"{code}: {k}" for k in sorted({*mine, *theirs}) if not same(mine.get(k), theirs.get(k))]
    for what in asked:
        if what in ranking.people:
            print(json.dumps(ranking.reasons(what), indent=2, ensure_ascii=False))
            continue
        theirs = json.load(open(what, encoding="utf-8"))
        mine = ranking.reasons(theirs["code"])
        for choice in theirs.get("choices", []): choice.pop("label")
        differ += [f"{what}: {k}" for k in mine if not same(mine[k], theirs.get(k))]
    print("\n".join(["differs: " + what for what in differ] or
                    [f"{len(found)} lines come out the same, {len(ranking.order)} of them in the order"]))
    return 1 if differ else 0

if __name__ == "__main__":
    if len(sys.argv) < 2: sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))

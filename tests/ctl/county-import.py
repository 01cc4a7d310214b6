#!/usr/bin/python3
"""The county imports a roster while it serves and while it does not; tablets get exactly the households of their village, and what a team
typed meanwhile becomes one conflict with both values."""
import csv
import json
import os
import re
import sqlite3
import xml.etree.ElementTree as ET
import zipfile

from zfproc import CTL, SERVER, County, Store, folder, run

NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def column(ref):
    n = 0
    for letter in re.match("[A-Z]+", ref)[0]:
        n = n * 26 + ord(letter) - 64
    return n - 1


def cells(path):
    """Rows of the roster that the demo wrote (inline strings)."""
    with zipfile.ZipFile(path) as book:
        shared = [] if "xl/sharedStrings.xml" not in book.namelist() else [
            "".join(t.text or "" for t in s.iter(NS + "t")) for s in ET.fromstring(book.read("xl/sharedStrings.xml")).iter(NS + "si")]
        sheet = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = []
    for row in sheet.iter(NS + "row"):
        line = {}
        for c in row.iter(NS + "c"):
            text = "".join(t.text or "" for t in c.iter(NS + "t")) or c.findtext(NS + "v") or ""
            line[column(c.get("r"))] = shared[int(text)] if c.get("t") == "s" else text
        rows.append([line.get(i, "") for i in range(max(line) + 1)] if line else [])
    return rows


class Roster:
    """The demo's roster as a table that can be changed and written again."""

    def __init__(self, path):
        rows = cells(path)
        at = next(i for i, r in enumerate(rows) if "户编号" in r)
        self.head = rows[at]
        self.rows = [r + [""] * (len(self.head) - len(r)) for r in rows[at + 1:]]

    def get(self, row, name):
        return row[self.head.index(name)]

    def set_phone(self, code, phone):
        for row in self.rows:
            if self.get(row, "户编号") == code:
                row[self.head.index("联系电话")] = phone

    def write(self, path):
        with open(path, "w", newline="", encoding="utf-8-sig") as f:
            csv.writer(f).writerows([self.head] + self.rows)
        return path


def load(county, path):
    done = run(SERVER, "--data", county.path, "import", "households", path)
    return json.loads(done.stdout.splitlines()[-1])


def head(county):
    db = sqlite3.connect(f"file:{county.path}/server.db?mode=ro", uri=True)
    state = [list(db.execute(f"select count(*) from {t}")) for t in ("change", "record", "feed", "conflict")]
    db.close()
    return state


def households(store):
    return {h["id"] for h in store.lines("list", "household", "--limit", "100000")}


def enrol(tmp, county, name, villages):
    t = Store(os.path.join(tmp, name)).init()
    t.ctl("enrol", f"{county.url}/#{county.code(villages)}", "--name", name)
    t.sync()
    return t


def home_of(store, code):
    (found,) = store.lines("list", "household", "--where", f"code={code}")
    return found["id"]


def phone(store, home):
    return store.get(home)["fields"].get("phone")


def one_conflict(stores, home, base, values):
    for t in stores:
        conflicts = [c for c in t.lines("conflicts") if c["of"] == home]
        assert len(conflicts) == 1, (t.path, conflicts)
        c = conflicts[0]
        assert (c["g"], c["base"]) == ("phone", base), c
        assert len(c["mine"]) == 1 and {c["theirs"]["v"], c["mine"][0]["v"]} == values, c
        t.check()


def busiest_village(roster):
    found = {}
    for row in roster.rows:
        found.setdefault((roster.get(row, "乡镇街道"), roster.get(row, "村（社区）")), set()).add(roster.get(row, "户编号"))
    return max(found.values(), key=len)


def main(tmp, county):
    run(CTL, "demo", "--out", os.path.join(tmp, "demo"), "--households", "30", "--seed", "5", "--villages", VILLAGES)
    table = os.path.join(tmp, "demo", "roster.xlsx")
    roster = Roster(table)
    codes = busiest_village(roster)
    assert 2 < len(codes) < 30

    first = load(county, table)
    assert first["households"]["new"] == 30 and first["problems"] == [], first
    before = head(county)
    again = load(county, table)
    assert again["households"]["same"] == 30 and again["persons"]["changed"] == again["persons"]["new"] == 0, again
    assert head(county) == before, "the same table twice changes nothing"

    county.serve()
    reader = Store(county.path / "county")
    homes = {c: home_of(reader, c) for c in codes}
    village = reader.get(next(iter(homes.values())))["fields"]["village"]
    one, everywhere = enrol(tmp, county, "one", village), enrol(tmp, county, "all", "all")
    assert households(one) == set(homes.values()), "exactly the households of its village"
    assert len(households(everywhere)) == 30
    persons = sum(roster.get(r, "户编号") in codes for r in roster.rows)
    assert len(one.lines("list", "person", "--limit", "100000")) == persons

    late, early, quiet = sorted(codes)[:3]
    old = {c: phone(one, homes[c]) for c in (late, early, quiet)}
    # One team's number is at the county before the roster, the other one's comes after it, while the county is serving.
    one.put("household", {"phone": "13911111111"}, id=homes[early])
    one.sync()
    one.put("household", {"phone": "13922222222"}, id=homes[late])
    for code, number in ((early, "13800000001"), (late, "13800000002"), (quiet, "13800000003")):
        roster.set_phone(code, number)
    changed = load(county, roster.write(os.path.join(tmp, "later.csv")))
    assert changed["conflicts"] == 1 and changed["households"]["changed"] == 3, changed
    for t in (one, everywhere, one):
        t.sync()
    one_conflict((one, everywhere), homes[early], old[early], {"13911111111", "13800000001"})
    one_conflict((one, everywhere), homes[late], old[late], {"13922222222", "13800000002"})
    for t in (one, everywhere):
        assert phone(t, homes[early]) == "13911111111", "what the team typed stands until a person decides"
        assert phone(t, homes[quiet]) == "13800000003" and len(t.lines("conflicts")) == 2

    same = load(county, os.path.join(tmp, "later.csv"))
    assert same["households"]["same"] == 30 and same["conflicts"] == 0, same
    for t in (one, everywhere):
        assert t.sync()["pulled"] == 0
    county.stop()
    one_conflict((reader,), homes[early], old[early], {"13911111111", "13800000001"})
    print("ok")


# Three villages whose codes stand in the shipped divisions.
VILLAGES = ""
with folder() as tmp, County(os.path.join(tmp, "county")) as county:
    VILLAGES = ",".join(v["code"] for v in Store(county.path / "county").lines("list", "village", "--limit", "3"))
    main(tmp, county)

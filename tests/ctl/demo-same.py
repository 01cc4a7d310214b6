#!/usr/bin/python3
"""The demo county is reproducible: the same options give the same stores and files, byte for byte of their content. `demo-same.py dense`: it is as dense as promised."""
import hashlib
import json
import os
import sqlite3
import sys

from zfproc import CTL, Store, folder, run

# In hundredths, as `stats` prints them. The seed and the rules of making decide them: no chance is left in this test.
AT_LEAST = {"household_fields": 2500, "person_fields": 2000, "incomes_per_household": 300, "items_per_income": 800,
            "livings_per_household": 100, "visits_per_household": 600, "answers_per_visit": 3000, "visits_with_text": 50,
            "photos_per_household": 200, "risks_per_monitored": 120, "measures_per_monitored": 150}


def fingerprint(root):
    prints = {}
    for folder_, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder_, name)
            if name.endswith(".db"):
                db = sqlite3.connect(path)
                content = "\n".join(db.iterdump()).encode()
                db.close()
            elif name.endswith(("-wal", "-shm")):
                continue
            else:
                with open(path, "rb") as f:
                    content = f.read()
            prints[os.path.relpath(path, root)] = hashlib.sha256(content).hexdigest()
    return prints


def make(out, households):
    run(CTL, "demo", "--out", out, "--households", households, "--seed", 7)
    return fingerprint(out)


def same(tmp):
    one = make(f"{tmp}/one", 40)
    two = make(f"{tmp}/two", 40)
    differs = sorted(n for n in one.keys() | two.keys() if one.get(n) != two.get(n))
    assert not differs, f"not the same: {differs[:5]}"
    assert {"roster.xlsx", "pack.mbtiles", "tablet/store.db", "county/server.db", "county/county/store.db"} <= one.keys(), sorted(one)[:9]

    # Derived tables are what rebuild makes of the truth.
    tablet = Store(f"{tmp}/one/tablet")
    lists = [tablet.ctl("list", kind).stdout for kind in ("household", "person", "visit", "income")]
    assert all(lists), "nothing to compare"
    tablet.ctl("rebuild")
    tablet.check()
    assert lists == [tablet.ctl("list", kind).stdout for kind in ("household", "person", "visit", "income")]


def dense(tmp):
    # Enough families for monitored ones among them.
    make(f"{tmp}/large", 600)
    tablet = Store(f"{tmp}/large/tablet")
    density = json.loads(tablet.ctl("stats").stdout)["density_x100"]
    thin = {name: density.get(name) for name, least in AT_LEAST.items() if density.get(name, 0) < least}
    assert not thin, f"thinner than a real county: {thin}"
    assert any(line.startswith("density_x100.household_fields") for line in run(CTL, "--store", tablet.path, "stats").stdout.splitlines())
    tablet.ctl("rebuild")
    tablet.check()


with folder() as tmp:
    (dense if sys.argv[1:] == ["dense"] else same)(tmp)
    print("ok")

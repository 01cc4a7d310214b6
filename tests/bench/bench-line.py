#!/usr/bin/python3
"""What sync costs on the line, with real processes: bench-line.py peers|copies|sizes

peers: the shape that offline-first peers were measured with: 20,000 documents of 1,024 bytes, 1,000 of them changed; over loopback and over a line of
120 ms and 4 Mbit/s. copies: a village of 500 households and the whole county of the demo (household, person, income). sizes: a sync with nothing new, a
tablet's day of 600 changes, the demo with all its kinds. One JSON line a figure; the floor is what zstd makes of the bare values. Of several tries the
quickest counts; cpu_s is the tablet's processor time on all its threads, which other work on the machine does not lengthen.
"""
import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

here = Path(__file__).parent
sys.path[:0] = [str(here.parent / "ctl"), str(here.parent / "faults")]
from proxy import Line  # noqa: E402
from zfproc import CTL, County, Store, folder, run  # noqa: E402

TRIES = int(os.environ.get("ZF_BENCH_TRIES", "3"))
HOUSEHOLDS = int(os.environ.get("ZF_BENCH_HOUSEHOLDS", "20000"))


def report(name, value, unit, floor, budget, **more):
    line = {"name": name, "value": value, "unit": unit, "floor": floor, "ratio": round(value / floor, 2) if floor else None, "budget": budget, **more}
    print(json.dumps(line), flush=True)


def zstd(text, level=3):
    return len(subprocess.run(["zstd", "-q", f"-{level}", "-c"], input=text.encode(), capture_output=True, check=True).stdout)


def measured(store, *words):
    """A command on a store, its seconds and the most memory that it had, in MB; its processor time as "cpu" in what it said."""
    start = time.monotonic()
    process = subprocess.Popen([CTL, "--store", str(store.path), "--json", *map(str, words)], stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, (words, out)
    return {**json.loads(out), "cpu": round(usage.ru_utime + usage.ru_stime, 2)}, time.monotonic() - start, usage.ru_maxrss / 1024


def on_the_line(line, act):
    before = line.up + line.down
    result = act()
    return result, line.up + line.down - before


def fresh(tmp, name, county, line, villages="all"):
    store = Store(tmp / name).init()
    store.ctl("enrol", f"{line.url}/#{county.code(villages)}")
    return store


def best(samples):
    return min(samples, key=lambda s: s[0])


# The peers' shape


class Words:
    """Text that shrinks as the peers' documents did: a SQLite file of 20,000 of them (id TEXT PRIMARY KEY, document) is 3.9 MB after zlib level 6, which is
    what `rsync -z` of theirs took."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.words = ["".join(self.random.choices("abcdefghijklmnopqrstuvwxyz", k=self.random.randint(4, 11))) for _ in range(220)]
        self.weights = [1 / (i + 1.5) ** 1.62 for i in range(len(self.words))]

    def document(self):
        out = " ".join(self.random.choices(self.words, self.weights, k=260))
        return out[:1024]


def put_documents(store, village, documents, ids=None):
    lines = []
    for i, document in enumerate(documents):
        line = {"kind": "household", "set": {"note": document}}
        if ids:
            line["id"] = ids[i]
        else:
            line["parent"] = village
            line["set"]["class"] = "ordinary"
        lines.append(json.dumps(line))
    return store.ctl("put", stdin="\n".join(lines) + "\n").stdout.split()


def peers():
    words = Words(1)
    documents = [words.document() for _ in range(20000)]
    floor = zstd("\n".join(documents))
    with folder() as name:
        tmp = Path(name)
        with County(tmp / "county").serve() as county:
            port = int(county.url.rsplit(":", 1)[1])
            loopback, weak = Line("127.0.0.1", port), Line("127.0.0.1", port, rtt=0.12, bits=4_000_000)
            author = fresh(tmp, "author", county, loopback)
            author.sync()
            ids = put_documents(author, author.village(), documents)
            pushed, seconds, _ = measured(author, "sync")
            report("peer-first-push", round(seconds, 2), "s", None, "none", up=pushed["bytes_up"])
            author.sync()
            for label, line, copy_s, push_s in (("loopback", loopback, 0.8, 0.6), ("weak-line", weak, 10, 3)):
                copies, pushes = [], []
                tablets = [fresh(tmp, f"{label}{n}", county, line) for n in range(TRIES if line is loopback else 2)]
                # The county's own copies for new tablets are there, as on any day but the first.
                _, seconds, _ = measured(fresh(tmp, f"{label}-first", county, loopback), "sync")
                report(f"peer-first-copy-made-{label}", round(seconds, 2), "s", None, "none")
                for tablet in tablets:
                    (result, seconds, rss), wire = on_the_line(line, lambda: measured(tablet, "sync"))
                    copies.append((seconds, wire, rss, result))
                for n, tablet in enumerate(tablets[:TRIES if line is loopback else 1]):
                    changed = random.Random(n).sample(range(len(ids)), 1000)
                    fresh_text = [words.document() for _ in changed]
                    put_documents(tablet, None, fresh_text, [ids[i] for i in changed])
                    (result, seconds, rss), wire = on_the_line(line, lambda: measured(tablet, "sync"))
                    assert result["pushed"] == 1000, result
                    pushes.append((seconds, wire, rss, result, zstd("\n".join(fresh_text))))
                seconds, wire, rss, result = best(copies)
                report(f"peer-first-copy-{label}", round(seconds, 2), "s", None, f"<= {copy_s} s", cpu_s=result["cpu"], rss_mb=round(max(c[2] for c in copies)),
                       exchanges=result["exchanges"])
                report(f"peer-first-copy-{label}-bytes", wire, "B", floor, "<= 4000000")
                seconds, wire, rss, result, values = best(pushes)
                report(f"peer-push-{label}", round(seconds, 2), "s", None, f"<= {push_s} s", rss_mb=round(rss), exchanges=result["exchanges"])
                report(f"peer-push-{label}-bytes", wire, "B", values, "<= 900000")
            idle, seconds, _ = measured(author, "sync")
            idle, seconds, _ = measured(author, "sync")
            report("peer-idle", idle["bytes_up"] + idle["bytes_down"], "B", None, "<= 600", seconds=round(seconds, 3), exchanges=idle["exchanges"])


# The demo county


def demo(folder_of):
    """Made once and kept: DIR/county and a tablet that has synced."""
    out = Path(folder_of) / f"bench-line-{HOUSEHOLDS}"
    if not (out / "made").exists():
        run("rm", "-rf", out)
        run(CTL, "demo", "--out", out, "--households", HOUSEHOLDS, "--seed", 7)
        (out / "made").touch()
    return out


KINDS = ("household", "person", "income")


def bare_records(demo_tablet):
    """Households, persons and incomes of a demo tablet: (id, kind, parent, fields as JSON), parents first."""
    db = sqlite3.connect(demo_tablet / "store.db")
    marks = ", ".join("?" * len(KINDS))
    return db.execute(f"SELECT id, kind, parent, cur FROM record WHERE kind IN ({marks}) AND del IS NULL ORDER BY kind <> 'household', parent, id", KINDS).fetchall()


def bare_county(kept, name, demo_tablet):
    """A county with these records and no others. Made once and kept: its folder, and the floor of copying it."""
    out = Path(kept) / name
    records = bare_records(demo_tablet)
    text = "\n".join("\t".join([id, *(v if isinstance(v, str) else json.dumps(v, ensure_ascii=False) for v in json.loads(cur).values())]) for id, _, _, cur in records)
    if not (out / "made").exists():
        run("rm", "-rf", out)
        out.mkdir(parents=True)
        with County(out / "county").serve() as county:
            author = fresh(out, "author", county, county)
            author.sync()
            for at in range(0, len(records), 20000):
                author.ctl("put", stdin="".join(json.dumps({"kind": kind, "id": id, "set": json.loads(cur)}, ensure_ascii=False) + "\n"
                                                for id, kind, _, cur in records[at:at + 20000]))
                author.sync()
        run("rm", "-rf", out / "author")
        (out / "made").touch()
    return out / "county", zstd(text, 12), len(records)


def copy_of(county, line, tmp, name, villages):
    """The quickest of several first copies: result, seconds, MB, bytes; and what the first one took, for which the county made the parts."""
    copies = []
    for n in range(TRIES + 1):
        tablet = fresh(tmp, f"{name}{n}", county, line, villages)
        (result, seconds, rss), wire = on_the_line(line, lambda: measured(tablet, "sync"))
        copies.append((seconds, wire, rss, result))
    tablet.check()
    return best(copies[1:]), copies[0][0]


def copies(kept):
    small = Path(kept) / "bench-line-village"
    if not (small / "made").exists():
        run("rm", "-rf", small)
        run(CTL, "demo", "--out", small, "--households", 500, "--seed", 7, "--villages", "500230109220")
        (small / "made").touch()
    for name, source, bar_bytes, bar_s in (("village", small, 250_000, 2), ("county", demo(kept), 9_000_000, 20)):
        folder_kept, floor, n = bare_county(kept, f"bench-copy-{name}-{HOUSEHOLDS}", source / "tablet")
        with folder() as tmp_name:
            tmp = Path(tmp_name)
            run("cp", "-r", folder_kept, tmp / "county")
            county = County.__new__(County)
            county.path, county.process, county.url = tmp / "county", None, None
            with county.serve():
                line = Line("127.0.0.1", int(county.url.rsplit(":", 1)[1]))
                village = sqlite3.connect(source / "tablet/store.db").execute("SELECT village FROM record WHERE kind = 'household' LIMIT 1").fetchone()[0]
                (seconds, wire, rss, result), first = copy_of(county, line, tmp, name, village if name == "village" else "all")
                report(f"first-copy-{name}-bytes", wire, "B", floor, f"<= {bar_bytes} or <= 1.3 x floor", records=n)
                report(f"first-copy-{name}", round(seconds, 2), "s", None, f"<= {bar_s} s", cpu_s=result["cpu"], rss_mb=round(rss), exchanges=result["exchanges"],
                       with_making_s=round(first, 2))


def a_day(store):
    """600 changes of 300 short visits and what they showed: the fewest answers that a visit can have, each household's phone new."""
    rng = random.Random(3)
    households = [row["id"] for row in store.lines("list", "household", "--limit", "400")]
    lines, values = [], []
    for i in range(300):
        household = households[i % len(households)]
        visit = {"date": "2026-11-24", "said": rng.choice(["家里都好", "想买化肥", "孩子回来读书了", "屋顶有点漏"]), "respondent": f"某{i}"}
        edit = {"phone": f"1990000{i:04d}"}
        values += [*visit.values(), *edit.values()]
        lines.append(json.dumps({"kind": "visit", "parent": household, "set": visit}, ensure_ascii=False))
        lines.append(json.dumps({"kind": "household", "id": household, "set": edit}, ensure_ascii=False))
    store.ctl("put", stdin="\n".join(lines) + "\n")
    return zstd("\n".join(values), 19)


def a_full_day(store):
    """600 changes of 300 whole visits (some 35 answers each, most of them as at the visit before) and an edit of one field of each household."""
    rng = random.Random(4)
    lines, values = [], []
    for row in store.lines("list", "household", "--limit", "800")[400:700]:
        visits = store.lines("list", "visit", "--where", f"parent={row['id']}", "--limit", "1")
        fields = dict(store.get(visits[0]["id"])["fields"])
        for name in ("household", "parent"):
            fields.pop(name, None)
        fields |= {"date": "2026-11-24", "people_home": rng.randint(1, 6), "income_trend": rng.choice(["same", "same", "same", "up", "down"]),
                   "next_visit": f"2027-02-{rng.randint(10, 28)}", "said": fields.get("said", "")[: rng.randint(12, 30)]}
        edit = {"note": rng.choice(["核实过", "孩子回来读书了", "屋顶有点漏，已报", "外出务工，春节回"])}
        values += [*(json.dumps(v, ensure_ascii=False) for v in fields.values()), *edit.values()]
        lines.append(json.dumps({"kind": "visit", "parent": row["id"], "set": fields}, ensure_ascii=False))
        lines.append(json.dumps({"kind": "household", "id": row["id"], "set": edit}, ensure_ascii=False))
    store.ctl("--by", "u17", "put", stdin="\n".join(lines) + "\n")
    return zstd("\n".join(values), 19)


def report_day(name, tablet, line, floor):
    (result, seconds, _), wire = on_the_line(line, lambda: measured(tablet, "sync"))
    report(name, wire, "B", floor, "<= 30000", seconds=round(seconds, 2), pushed=result["pushed"], exchanges=result["exchanges"], up=result["bytes_up"],
           down=result["bytes_down"])


def sizes(kept):
    out = demo(kept)
    with folder() as name:
        tmp = Path(name)
        run("cp", "-r", next(p for p in (out / "county", out / "server") if p.exists()), tmp / "county")
        county = County.__new__(County)
        county.path, county.process, county.url = tmp / "county", None, None
        with county.serve():
            line = Line("127.0.0.1", int(county.url.rsplit(":", 1)[1]))
            copies = []
            for n in range(TRIES):
                tablet = fresh(tmp, f"t{n}", county, line)
                (result, seconds, rss), wire = on_the_line(line, lambda: measured(tablet, "sync"))
                copies.append((seconds, wire, rss, result))
            seconds, wire, rss, result = best(copies)
            report("first-copy-demo-bytes", wire, "B", None, "none", records=result["copied"])
            report("first-copy-demo", round(seconds, 1), "s", None, "none", cpu_s=result["cpu"], rss_mb=round(rss), exchanges=result["exchanges"])
            tablet.sync()
            idle, seconds, _ = measured(tablet, "sync")
            report("nothing-new", idle["bytes_up"] + idle["bytes_down"], "B", None, "<= 600 B, 1 exchange", exchanges=idle["exchanges"], seconds=round(seconds, 3))
            # The least: the random bits of 300 new ids, the ids of 300 households, the values.
            report_day("day-of-600-changes", tablet, line, a_day(tablet) + 300 * 74 // 8 + 300 * 74 // 8)
            report_day("day-of-600-changes-whole-visits", tablet, line, a_full_day(tablet) + 300 * 74 // 8 + 300 * 74 // 8)


if sys.argv[1] == "peers":
    peers()
elif sys.argv[1] == "copies":
    copies(os.environ["ZF_BENCH_DIR"])
else:
    sizes(os.environ["ZF_BENCH_DIR"])

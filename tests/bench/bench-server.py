#!/usr/bin/python3
"""The county under load: bench-server.py. Pushes of 100 changes over kept connections; and 100 tablets that copy a village of 500 households at once.

The tablets are requests and nothing more: what they wait for is the county. The floor of the pushes is what one connection to bare SQLite commits: the same
bytes of 100 changes in one transaction. One JSON line a figure.
"""
import http.client
import json
import os
import sqlite3
import statistics
import sys
import threading
import time
import uuid
from pathlib import Path

here = Path(__file__).parent
sys.path[:0] = [str(here.parent / "ctl")]
from zfproc import CTL, County, Store, folder, run  # noqa: E402

TABLETS = int(os.environ.get("ZF_BENCH_TABLETS", "100"))
BATCHES = 60
SYNC = "application/vnd.zoufang+ndjson"


def new_id():
    ms = int(time.time() * 1000)
    raw = ms.to_bytes(6, "big") + os.urandom(10)
    return str(uuid.UUID(bytes=raw[:6] + bytes([0x70 | raw[6] & 15, raw[7], 0x80 | raw[8] & 63]) + raw[9:]))


class Tablet:
    def __init__(self, county, code):
        self.address = county.url.split("//")[1]
        self.connection = http.client.HTTPConnection(self.address, timeout=120)
        self.token = None
        # 32 bytes: whatever stands in for a key to seal to.
        joined = self.ask("POST", "/v1/enrol", {"code": code, "name": "bench", "seal_key": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "application/json")
        self.token, self.device, self.server_epoch = joined["token"], joined["device"], joined.get("server_epoch")
        self.epoch, self.last = new_id(), 0

    def raw(self, method, path, body=None, type=None):
        headers = {"Accept-Encoding": "identity"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if type:
            headers["Content-Type"] = type
        self.connection.request(method, path, body=body, headers=headers)
        answer = self.connection.getresponse()
        data = answer.read()
        return answer.status, data

    def ask(self, method, path, body=None, type=None):
        status, data = self.raw(method, path, json.dumps(body).encode() if body is not None else None, type)
        assert status < 300, (method, path, status, data[:300])
        return json.loads(data)

    def hello(self):
        hello = {"proto": 1, "schema": 1, "app": "0.1.0", "device": self.device, "epoch": self.epoch, "last": self.last, "clock_ms": int(time.time() * 1000)}
        if self.server_epoch:
            hello["server_epoch"] = self.server_epoch
        return hello

    def exchange(self, push=None, pull=None):
        lines = [json.dumps(line) for line in (self.hello(), push, pull) if line is not None]
        status, data = self.raw("POST", "/v1/sync", ("\n".join(lines) + "\n").encode(), SYNC)
        assert status == 200, (status, data[:300])
        answer = json.loads(data)
        self.server_epoch = answer["server_epoch"]
        return answer

    def batch(self, village, n=100):
        changes = []
        for _ in range(n):
            self.last += 1
            changes.append({"at": int(time.time() * 1000), "b": 0, "by": "bench", "cid": new_id(), "id": new_id(), "k": "household", "lsn": self.last, "op": "add",
                            "sv": 1, "f": {"village": [None, village], "head_name": [None, f"户{self.last}"], "class": [None, "ordinary"],
                                           "phone": [None, f"199{self.last:08d}"]}})
        return {"batch": new_id(), "first": changes[0]["lsn"], "last": self.last, "changes": changes}

    def copy(self, scopes):
        """What a first copy asks of the county, in its order."""
        total = 0
        self.exchange(pull={"after": 0, "limit": 500, "bytes": 262144})
        for scope in scopes:
            listed = self.ask("GET", f"/v1/snapshot/{scope}")
            for part in listed["parts"]:
                status, data = self.raw("GET", f"/v1/snapshot/{scope}/{listed['seq']}/{part['n']}")
                assert status == 200 and len(data) == part["size"]
                total += len(data)
        self.exchange(pull={"after": listed["seq"], "limit": 500, "bytes": 262144})
        return total


def report(name, value, unit, floor, budget, **more):
    print(json.dumps({"name": name, "value": value, "unit": unit, "floor": floor, "ratio": round(value / floor, 2) if floor else None, "budget": budget, **more}),
          flush=True)


def bare(path, batches):
    """Seconds that SQLite alone takes for the bytes of the batches, one durable transaction each."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE change (id TEXT PRIMARY KEY, bytes TEXT) WITHOUT ROWID")
    start = time.monotonic()
    for batch in batches:
        db.execute("BEGIN IMMEDIATE")
        db.executemany("INSERT INTO change VALUES (?, ?)", [(c["cid"], json.dumps(c)) for c in batch["changes"]])
        db.execute("COMMIT")
    db.close()
    return time.monotonic() - start


def pushes(tmp, county, village):
    tablet = Tablet(county, county.code())
    batches = [tablet.batch(village) for _ in range(BATCHES)]
    bodies = [("\n".join(json.dumps(line) for line in (tablet.hello(), batch)) + "\n").encode() for batch in batches]
    times = []
    start = time.monotonic()
    for body in bodies:
        began = time.monotonic()
        status, data = tablet.raw("POST", "/v1/sync", body, SYNC)
        assert status == 200, data[:300]
        times.append(time.monotonic() - began)
    seconds = time.monotonic() - start
    floor = bare(tmp / "bare.db", batches)
    n = BATCHES * 100
    report("server-push", round(n / seconds), "changes/s", round(n / floor), ">= 2000", p50_ms=round(1000 * statistics.median(times), 1),
           p95_ms=round(1000 * sorted(times)[int(len(times) * 0.95)], 1))


def copies(county, village):
    tablets = [Tablet(county, county.code()) for _ in range(TABLETS)]
    took, sizes, gate = [], [], threading.Barrier(TABLETS + 1)

    def one(tablet):
        gate.wait()
        start = time.monotonic()
        sizes.append(tablet.copy(["*", village]))
        took.append(time.monotonic() - start)

    threads = [threading.Thread(target=one, args=(tablet,)) for tablet in tablets]
    for thread in threads:
        thread.start()
    gate.wait()
    start = time.monotonic()
    for thread in threads:
        thread.join()
    whole = time.monotonic() - start
    took.sort()
    assert len(took) == TABLETS and len(set(sizes)) == 1
    report("tablets-at-once", round(whole, 2), "s", None, "none", tablets=TABLETS, bytes_each=sizes[0], min_s=round(took[0], 2),
           median_s=round(statistics.median(took), 2), p95_s=round(took[int(TABLETS * 0.95)], 2), max_s=round(took[-1], 2))


with folder() as name:
    tmp = Path(name)
    with County(tmp / "county").serve() as county:
        author = Store(tmp / "author").init()
        author.ctl("enrol", f"{county.url}/#{county.code()}")
        author.sync()
        pushes(tmp, county, author.village(1))
    # A village of 500 households as the demo makes them.
    run(CTL, "demo", "--out", tmp / "demo", "--households", 500, "--seed", 7, "--villages", "500230109220")
    village_county = County.__new__(County)
    village_county.path, village_county.process, village_county.url = next(p for p in (tmp / "demo" / "county", tmp / "demo" / "server") if p.exists()), None, None
    with village_county.serve():
        reader = Store(tmp / "reader").init()
        reader.ctl("enrol", f"{village_county.url}/#{village_county.code()}")
        reader.sync()
        village = reader.lines("list", "household", "--limit", "1")[0]["village"]
        copies(village_county, village)

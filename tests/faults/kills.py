#!/usr/bin/python3
"""kill -9 of the tablet's sync and of the server at random moments: nothing that was reported is lost, nothing arrives twice.

Usage: kills.py ROUNDS [SEED]
"""
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "ctl"))
from zfproc import CTL, County, Store, folder  # noqa: E402

rounds = int(sys.argv[1])
rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)


def crash_server(county):
    port = int(county.url.rsplit(":", 1)[1])
    county.process.send_signal(signal.SIGKILL)
    county.process.wait()
    county.process.stdout.close()
    county.serve(port)


def sync_and_kill(county, tablet):
    p = subprocess.Popen([CTL, "--store", str(tablet.path), "sync"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(rng.random() ** 2 * 0.12)
    victim = rng.choice(["tablet", "server", "both"])
    if victim in ("tablet", "both"):
        p.send_signal(signal.SIGKILL)
    if victim in ("server", "both"):
        crash_server(county)
    p.wait(120)


with folder() as name:
    tmp = Path(name)
    with County(tmp / "county").serve() as county:
        tablets = [Store(tmp / t).init() for t in ("a", "b")]
        for tablet in tablets:
            tablet.ctl("enrol", f"{county.url}/#{county.code()}")
            tablet.sync()
        village = tablets[0].village()
        saved = set()
        for r in range(rounds):
            for i, tablet in enumerate(tablets):
                saved.add(tablet.put("household", {"head_name": f"户{r}-{i}", "class": "ordinary"}, parent=village))
                sync_and_kill(county, tablet)
            if r % 25 == 24:
                for tablet in tablets:
                    tablet.check()
        for tablet in tablets * 2:
            tablet.sync()
        found = [sorted(row["id"] for row in tablet.lines("list", "household")) for tablet in tablets]
        assert found[0] == found[1] == sorted(saved), f"{len(found[0])}, {len(found[1])} of {len(saved)}"
        for id in rng.sample(sorted(saved), min(20, len(saved))):
            assert tablets[0].get(id)["fields"] == tablets[1].get(id)["fields"]
        for tablet in tablets:
            tablet.check()
        print(f"{2 * rounds} kills, {len(saved)} households, both tablets the same")

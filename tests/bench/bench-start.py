#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""App start to the first frame of its first page, by the clock and by the processor (what a busy machine does not change), beside an empty libadwaita window, in
turn: bench-start.py ZOUFANG EMPTY PRELOAD CTL.

The store is the dense county when bench-store has made it, else a demo county of 600 households.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

zoufang, empty, preload, ctl = sys.argv[1:5]
ROUNDS = 15


def start(*words):
    env = dict(os.environ, LD_PRELOAD=preload)
    began = time.monotonic()
    p = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
    line = p.stdout.readline()
    seconds = time.monotonic() - began
    _, status, used = os.wait4(p.pid, 0)
    p.returncode = os.waitstatus_to_exitcode(status)
    assert line == "ready\n", f"{words[0]} drew nothing"
    return seconds * 1000, (used.ru_utime + used.ru_stime) * 1000


def report(name, ours, floor):
    value, least = statistics.median(ours), statistics.median(floor)
    print(json.dumps({"name": name, "value": round(value, 1), "unit": "ms", "floor": round(least, 1), "ratio": round(value / least, 2),
                      "p95": round(sorted(ours)[-2], 1), "max": round(max(ours), 1), "budget": "<= 1.5 x floor"}))


def store(tmp):
    big = Path(os.environ["ZF_BENCH_DIR"]) / f"bench-county-{os.environ.get('ZF_BENCH_HOUSEHOLDS', '20000')}"
    if (big / "complete").exists():
        return str(big)
    subprocess.run([ctl, "demo", "--out", f"{tmp}/demo", "--households", "600", "--seed", "1"], check=True, capture_output=True)
    return f"{tmp}/demo/tablet"


with tempfile.TemporaryDirectory(prefix="zf-bench-") as tmp:
    where = store(tmp)
    ours, floor = [], []
    for _ in range(ROUNDS):
        floor.append(start(empty))
        ours.append(start(zoufang, "--store", where))
    for kind, name in enumerate(["app-start", "app-start-processor"]):
        report(name, [start[kind] for start in ours], [start[kind] for start in floor])

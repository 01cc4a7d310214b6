#!/usr/bin/python3
"""ENOSPC and EIO at the k-th write of real processes, once and for good: one clear sentence, `check` passes, the next run completes, nothing reported is lost.

Usage: failures.py LIBRARY all|SAMPLES
"""
import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "ctl"))
from zfproc import CTL, County, Store, folder  # noqa: E402

library, amount = sys.argv[1], sys.argv[2]
LINE = json.dumps({"kind": "household", "set": {"head_name": "张国华", "class": "ordinary"}}, ensure_ascii=False)

WAYS = [(code, sticky) for code in (errno.ENOSPC, errno.EIO) for sticky in ({}, {"sticky": 1})]


def ctl(store, words, stdin=None, **fail):
    env = dict(os.environ, LD_PRELOAD=library, ZF_FAIL_DIR=str(store.path), ZF_FAIL_COUNT=str(store.path.parent / "count"))
    env.update({f"ZF_FAIL_{k.upper()}": str(v) for k, v in fail.items()})
    return subprocess.run([CTL, "--store", str(store.path), "--json", *words], input=stdin, env=env, capture_output=True, text=True, timeout=120)


def writes(store):
    return int((store.path.parent / "count").read_text())


def one_sentence(done):
    said = done.stderr.strip().splitlines()
    assert len(said) == 1 and said[0].startswith("zoufangctl: ") and len(said[0]) > 20, f"exit {done.returncode}: {done.stderr!r}"


def indexes(n):
    if amount == "all":
        return range(1, n + 1)
    step = max(1, n // int(amount))
    return sorted({1, 2, n - 1, n, *range(1, n + 1, step)} - {0})


def try_put(store, village, k, code, sticky):
    line = json.dumps(dict(json.loads(LINE), parent=village), ensure_ascii=False)
    done = ctl(store, ["--by", "t", "put"], line + "\n", at=k, errno=code, **sticky)
    if done.returncode != 0:
        one_sentence(done)
        return None
    return done.stdout.strip()


def one(tmp, clean, county, village, k, code, sticky, what):
    """The fault in `put` or in `sync`, on a fresh copy of an enrolled tablet with one save waiting."""
    path = tmp / "tablet"
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(clean, path)
    store = Store(path)
    reported = None
    if what == "put":
        reported = try_put(store, village, k, code, sticky)
    else:
        done = ctl(store, ["sync"], at=k, errno=code, **sticky)
        if done.returncode != 0:
            one_sentence(done)
    store.check()
    rows = [row["id"] for row in store.lines("list", "household")]
    assert reported is None or reported in rows, "a reported save is gone"
    store.sync()
    store.check()
    assert store.lines("list", "household") and json.loads(store.ctl("stats").stdout) is not None


with folder() as name:
    tmp = Path(name)
    with County(tmp / "county").serve() as county:
        clean = Store(tmp / "clean").init()
        clean.ctl("enrol", f"{county.url}/#{county.code()}")
        clean.sync()
        village = clean.village()
        clean.put("household", {"head_name": "李强", "class": "ordinary"}, parent=village)
        tried = 0
        for what in ("put", "sync"):
            shutil.copytree(clean.path, tmp / "count-it")
            store = Store(tmp / "count-it")
            if what == "put":
                assert try_put(store, village, 0, 0, {})
            else:
                assert ctl(store, ["sync"]).returncode == 0
            n = writes(store)
            shutil.rmtree(store.path)
            assert n > 5, f"only {n} writes were seen"
            for k in indexes(n):
                for code, sticky in WAYS if amount == "all" else [WAYS[k % 4]]:
                    try:
                        one(tmp, clean.path, county, village, k, code, sticky, what)
                    except AssertionError as e:
                        sys.exit(f"{what}, write {k} of {n}, {errno.errorcode[code]} {'sticky' if sticky else 'once'}: {e}")
                    tried += 1
        print(f"{tried} failed writes: each one clear sentence, nothing reported is lost")

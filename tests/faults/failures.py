#!/usr/bin/python3
"""ENOSPC and EIO at the k-th write of real processes, and EIO at the k-th read, once and until the disk is well again.

Of the tablet (a save, a sync with a photo): one clear sentence, `check` passes, the next run completes, nothing reported is lost. Of the county, while the
tablet syncs: the tablet gets one clear sentence, the county lives, answers again once its disk does, without a new start, and has everything once.

Usage: failures.py LIBRARY all|SAMPLES [put|sync|county]…
"""
import errno
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "ctl"))
from zfproc import CTL, SERVER, County, Store, folder, png, run  # noqa: E402

library, amount = sys.argv[1], sys.argv[2]
stages = sys.argv[3:] or ["put", "sync", "county"]
LINE = {"kind": "household", "set": {"head_name": "张国华", "class": "ordinary"}}

# What fails: the calls that write or those that read; how; from then on or once.
WRITES = [{"errno": code, **sticky} for code in (errno.ENOSPC, errno.EIO) for sticky in ({}, {"sticky": 1})]
READS = [{"errno": errno.EIO, "reads": 1, **sticky} for sticky in ({}, {"sticky": 1})]


def fail_env(path, fail):
    env = dict(os.environ, LD_PRELOAD=library, ZF_FAIL_DIR=str(path), ZF_FAIL_COUNT=str(path.parent / "count"))
    env.update({f"ZF_FAIL_{k.upper()}": str(v) for k, v in fail.items()})
    return env


def ctl(store, words, stdin=None, **fail):
    return subprocess.run([CTL, "--store", str(store.path), "--json", *words], input=stdin, env=fail_env(store.path, fail), capture_output=True,
                          text=True, timeout=120)


def counted(tmp):
    return int((tmp / "count").read_text())


def one_sentence(done):
    said = done.stderr.strip().splitlines()
    assert len(said) == 1 and said[0].startswith("zoufangctl: ") and len(said[0]) > 20, f"exit {done.returncode}: {done.stderr!r}"


def indexes(n, reads):
    if amount == "all" and not reads:
        return range(1, n + 1)
    step = max(1, n // (60 if amount == "all" else int(amount)))
    return sorted({1, 2, n - 1, n, *range(1, n + 1, step)} - {0, -1})


def only_here(store):
    with sqlite3.connect(f"file:{store.path}/store.db?mode=ro", uri=True) as db:
        return db.execute("select (select count(*) from change where state in (0, 1)), (select count(*) from blob where state = 0)").fetchone()


class World:
    """A county and a tablet with a save and a photo waiting; every try begins with a fresh copy of both."""

    def __init__(self, tmp):
        self.tmp, self.port = tmp, 0
        clean = Store(tmp / "clean").init()
        with County(tmp / "clean-county").serve() as county:
            self.port = int(county.url.rsplit(":", 1)[1])
            clean.ctl("enrol", f"{county.url}/#{county.code()}")
            clean.sync()
        self.village = clean.village()
        self.home = clean.put("household", {"head_name": "李强", "class": "ordinary"}, parent=self.village)
        clean.ctl("photo", "add", self.home, png(tmp / "p.png", 90, 60, 1))
        self.county = None

    def fresh(self, both):
        shutil.rmtree(self.tmp / "tablet", ignore_errors=True)
        shutil.copytree(self.tmp / "clean", self.tmp / "tablet")
        if both or self.county is None:
            self.stop()
            shutil.rmtree(self.tmp / "county", ignore_errors=True)
            shutil.copytree(self.tmp / "clean-county", self.tmp / "county")
        return Store(self.tmp / "tablet")

    def serve(self, env=None):
        """A county that runs already stays."""
        if self.county is not None:
            return
        self.county = subprocess.Popen([SERVER, "--data", str(self.tmp / "county"), "serve", "--listen", f"127.0.0.1:{self.port}"], env=env,
                                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.county.stdout.readline()
        assert line.startswith("listening "), f"the county said {line!r}"

    def stop(self):
        if self.county is not None:
            self.county.terminate()
            code = self.county.wait(30)
            self.county.stdout.close()
            self.county = None
            assert code == 0, f"the county ended with {code}"

    def arrived(self, store):
        """Everything is there, once."""
        assert only_here(store) == (0, 0), only_here(store)
        with sqlite3.connect(f"file:{self.tmp}/county/server.db?mode=ro", uri=True) as db:
            doubled = db.execute("select count(*) - count(distinct change_id) from change").fetchone()[0]
            home = db.execute("select count(*) from record where id = ?", (self.home,)).fetchone()[0]
        assert (doubled, home) == (0, 1), (doubled, home)


def put(world, fail):
    store = world.fresh(False)
    done = ctl(store, ["--by", "t", "put"], json.dumps(dict(LINE, parent=world.village), ensure_ascii=False) + "\n", **fail)
    if done.returncode != 0:
        one_sentence(done)
    yield
    world.serve()
    store.check()
    if done.returncode == 0:
        assert done.stdout.strip() in [row["id"] for row in store.lines("list", "household")], "a reported save is gone"
    store.sync()
    store.check()


def sync(world, fail):
    # The county keeps what it got: batches that come again must change nothing.
    store = world.fresh(fail["at"] == 0)
    world.serve()
    done = ctl(store, ["sync"], **fail)
    if done.returncode != 0:
        one_sentence(done)
    yield
    store.check()
    store.sync()
    store.check()
    world.arrived(store)


def county(world, fail):
    store = world.fresh(True)
    ill = world.tmp / "ill"
    world.serve(fail_env(world.tmp / "county", dict(fail, when=str(ill))))
    ill.touch()
    done = store.sync(check=False)
    ill.unlink()
    if not isinstance(done, dict):
        one_sentence(done)
    elif fail["at"] == 0:
        world.stop()
    yield
    assert world.county.poll() is None, f"the county ended with {world.county.poll()}"
    store.sync()
    store.check()
    world.arrived(store)
    world.stop()
    verified = run(SERVER, "--data", world.tmp / "county", "verify", check=False)
    assert verified.returncode == 0, verified.stdout + verified.stderr


def tries(n, ways, reads):
    for k in indexes(n, reads):
        if amount != "all":
            yield k, ways[k % len(ways)]
            continue
        # Each kind of failure at every index, once and to stay by turns.
        for code in sorted({fail["errno"] for fail in ways}):
            yield k, next(fail for fail in ways if fail["errno"] == code and ("sticky" in fail) == (k % 2 == 0))


def run_stage(world, stage, ways, reads):
    counting = {"at": 0, "errno": 0, **({"reads": 1} if reads else {})}
    for _ in stage(world, counting):
        break
    n = counted(world.tmp)
    assert n > 5, f"only {n} calls were seen"
    tried = 0
    for k, fail in tries(n, ways, reads):
        try:
            for _ in stage(world, dict(fail, at=k)):
                pass
        except AssertionError as e:
            sys.exit(f"{stage.__name__}, {'read' if reads else 'write'} {k} of {n}, {errno.errorcode[fail['errno']]} "
                     f"{'sticky' if 'sticky' in fail else 'once'}: {e}")
        tried += 1
    print(f"{stage.__name__}: {tried} failed {'reads' if reads else 'writes'} at {n} places", flush=True)


def main():
    with folder() as name:
        world = World(Path(name))
        try:
            for stage in (s for s in (put, sync, county) if s.__name__ in stages):
                run_stage(world, stage, WRITES, False)
                run_stage(world, stage, READS, True)
        finally:
            if world.county is not None:
                world.county.kill()
    print("each one clear sentence, nothing reported is lost")


main()

#!/usr/bin/python3
"""kill -9 of a tablet that fetches a map pack, and of its county, at random moments: it goes on where it was, and only the whole pack takes its place.
Then packs that are not what the county named: each refused by name, the map before stays.

Usage: packs.py KILLS [SEED]
"""
import hashlib
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "ctl"))
from zfproc import CTL, SERVER, County, Store, folder, run  # noqa: E402

kills = int(sys.argv[1])
rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def packs(tablet):
    return {p.stem for p in (tablet.path / "maps").glob("*.mbtiles")}


def coming(tablet):
    return sum(p.stat().st_size for p in (tablet.path / "maps" / "coming").glob("*"))


def crash_server(county):
    port = int(county.url.rsplit(":", 1)[1])
    county.process.send_signal(signal.SIGKILL)
    county.process.wait()
    county.process.stdout.close()
    county.serve(port)


def fetch_and_kill(county, tablet):
    """Returns how much was there when it died."""
    p = subprocess.Popen([CTL, "--store", str(tablet.path), "map", "fetch", "county"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    before, patience = coming(tablet), time.monotonic() + 60
    while p.poll() is None and coming(tablet) == before and time.monotonic() < patience:
        time.sleep(0.002)
    time.sleep(rng.random() ** 2 * 0.02)
    if rng.random() < 0.3:
        crash_server(county)
    p.send_signal(signal.SIGKILL)
    p.wait(60)
    for whole in (tablet.path / "maps").glob("*.mbtiles"):
        assert digest(whole) == whole.stem
        whole.unlink()
    return coming(tablet)


with folder() as name:
    tmp = Path(name)
    first, second = tmp / "a.mbtiles", tmp / "b.mbtiles"
    run(CTL, "map", "make", first, "--zoom", "8-12")
    run(CTL, "map", "make", second, "--zoom", "8-9")
    with County(tmp / "county").serve() as county:
        run(SERVER, "--data", county.path, "publish-map", first, "--name", "county", "--title", "全县")
        tablet = Store(tmp / "tablet").init()
        tablet.ctl("enrol", f"{county.url}/#{county.code()}")
        tablet.sync()
        assert "county\tcounty" not in tablet.ctl("map", "list").stdout
        met = [fetch_and_kill(county, tablet) for _ in range(kills)]
        tablet.ctl("map", "fetch", "county")
        assert packs(tablet) == {digest(first)}, packs(tablet)
        assert digest(tablet.path / "maps" / f"{digest(first)}.mbtiles") == digest(first)
        assert coming(tablet) == 0
        run(CTL, "map", "verify", tablet.path / "maps" / f"{digest(first)}.mbtiles")

        run(SERVER, "--data", county.path, "publish-map", second, "--name", "county", "--title", "全县")
        stored = county.path / "packs" / digest(second)
        right = stored.read_bytes()
        for wrong in (right[:-1], right[:5000] + bytes([right[5000] ^ 1]) + right[5001:], b"", None):
            stored.write_bytes(wrong) if wrong is not None else stored.unlink()
            done = tablet.ctl("map", "fetch", "county", check=False)
            assert done.returncode == 1 and "全县" in done.stdout + done.stderr, done.stdout + done.stderr
            assert packs(tablet) == {digest(first)} and coming(tablet) == 0
        stored.write_bytes(right)
        tablet.ctl("map", "fetch", "county")
        assert packs(tablet) == {digest(second)}
        tablet.check()
        print(f"{kills} kills, {sum(1 for m in met if 0 < m < first.stat().st_size)} of them on the way, 4 wrong packs")

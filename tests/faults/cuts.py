#!/usr/bin/python3
"""Two real tablets over a line that is cut at byte n of a request or an answer, repeats requests, is a portal or answers 503.

Every household that was saved arrives at the other tablet exactly once. Usage: cuts.py ROUNDS [SEED]
"""
import os
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "ctl"))
from proxy import PORTAL, STORM, Fault, Line  # noqa: E402
from zfproc import County, Store, folder  # noqa: E402

rounds = int(sys.argv[1])
rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)


def draw():
    """One cut anywhere: headers, body, one byte short of the end."""
    way = rng.choice(["cut_up", "cut_down", "cut_down", "twice", "portal", "storm"])
    if way in ("cut_up", "cut_down"):
        return Fault(**{way: rng.choice([0, 1, 17, 150, 300, 400, 500, 700, 1000, 2000, 5000, rng.randrange(1, 3000)])})
    return Fault(twice=True) if way == "twice" else Fault(instead=PORTAL if way == "portal" else STORM)


def bad_sync(line, tablet):
    """The n-th request of this sync meets the fault."""
    first, fault = line.count + rng.choice([1, 1, 2, 3]), draw()
    line.fault = lambda n: fault if n == first else Fault()
    done = tablet.sync(check=False)
    line.fault = lambda n: Fault()
    if not isinstance(done, dict):
        said = done.stderr.strip().splitlines()
        assert len(said) == 1 and said[0].startswith("zoufangctl: "), f"not one clear sentence: {done.stderr!r}"
        return 1
    return 0


with folder() as name:
    tmp = Path(name)
    with County(tmp / "county").serve() as county:
        line = Line("127.0.0.1", int(county.url.rsplit(":", 1)[1]))
        tablets = [Store(tmp / t).init() for t in ("a", "b")]
        for tablet in tablets:
            tablet.ctl("enrol", f"{line.url}/#{county.code()}")
            tablet.sync()
        village = tablets[0].village()
        saved, broken = set(), 0
        for r in range(rounds):
            for i, tablet in enumerate(tablets):
                saved.add(tablet.put("household", {"head_name": f"户{r}-{i}", "class": "ordinary"}, parent=village))
                broken += bad_sync(line, tablet)
        for tablet in tablets * 2:
            tablet.sync()
        for tablet in tablets:
            ids = [row["id"] for row in tablet.lines("list", "household")]
            assert len(ids) == len(set(ids)) == len(saved), f"{len(ids)} of {len(saved)} households"
            assert set(ids) == saved
            tablet.check()
        line.close()
        print(f"{2 * rounds} saves through {broken} broken syncs: all there, once")

#!/usr/bin/python3
"""kill -9 at random moments while visits are saved by the real binary.

Every id that zoufangctl printed (a reported save) must be there with all its answers, `check` must pass, and no half record may stand.
Usage: kill9.py [ROUNDS] [SEED]
"""
import json
import os
import random
import signal
import subprocess
import sys
import threading

from zfproc import CTL, Store, folder

rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 25
seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
rng = random.Random(seed)


def visit(home, n):
    text = f"第{n}次走访，家里人都在，说今年包谷收成好，外出务工的上个月回来过。"
    return {"kind": "visit", "parent": home, "set": {
        "mode": "home", "date": "2026-03-02", "visitors": "李强", "item_housing": "yes", "item_education": "yes",
        "item_medical": "check", "item_water": "yes", "item_food": "yes", "changes": ["none"], "needs": ["none"],
        "said": text, "phone": f"139{n % 100000000:08d}", "risk_found": "no", "sign": "absent", "next_visit": "2026-06-01"}}


def save_until_killed(store, home, first):
    """Feeds lines faster than they are saved, kills after a random number of reports and a random moment more."""
    p = subprocess.Popen([CTL, "--store", str(store.path), "put"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True)
    lines = "".join(json.dumps(visit(home, first + i), ensure_ascii=False) + "\n" for i in range(400))

    def feed():
        try:
            p.stdin.write(lines)
            p.stdin.flush()
        except (BrokenPipeError, OSError):
            pass

    feeder = threading.Thread(target=feed)
    feeder.start()
    after = rng.randrange(0, 40)
    reported = []
    for line in p.stdout:
        reported.append(line.strip())
        if len(reported) > after:
            break
    # A moment more, so that the kill falls anywhere inside a save.
    for _ in range(rng.randrange(0, 20000)):
        pass
    p.send_signal(signal.SIGKILL)
    reported += [line.strip() for line in p.stdout if line.endswith("\n")]
    p.wait()
    feeder.join()
    try:
        p.stdin.close()
    except OSError:
        pass
    assert reported, "nothing was saved before the kill: " + p.stderr.read()
    return [r for r in reported if len(r) == 36]


with folder() as tmp:
    store = Store(os.path.join(tmp, "tablet")).init()
    home = store.put("household", {"head_name": "张国华", "class": "ordinary"}, parent=store.village())
    assert home
    known = []
    for r in range(rounds):
        known += save_until_killed(store, home, len(known))
        if r % 25 == 24 or r == rounds - 1:
            store.check()
            rows = {row["id"] for row in store.lines("list", "visit")}
            lost = [id for id in known if id not in rows]
            assert not lost, f"round {r}: {len(lost)} reported saves are gone"
            extra = len(rows) - len(known)
            # A save may be durable and its report die with the process: at most one a round.
            assert 0 <= extra <= r + 1, f"{extra} saves nobody reported after {r + 1} rounds"
    for id in rng.sample(known, min(50, len(known))):
        fields = store.get(id)["fields"]
        for name in ("mode", "date", "said", "phone", "sign", "next_visit"):
            assert name in fields, f"half record: {name} is missing"
    print(f"{rounds} kills, {len(known)} reported saves, all there; check passes")

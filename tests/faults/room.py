#!/usr/bin/python3
"""Room on the disk: a photo is refused while everything else still works, by one sentence; nothing half is left, the original is untouched, and it is taken
once there is room. What was refused is no loss: saves go on meanwhile.

Usage: room.py LIBRARY
"""
import hashlib
import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "ctl"))
from zfproc import CTL, Store, folder, png  # noqa: E402

KEPT = 64 << 20  # zf-photo.c


def ctl(store, room, *words, stdin=None):
    env = dict(os.environ, LD_PRELOAD=sys.argv[1], ZF_FAIL_DIR=str(store.path), ZF_FAIL_ROOM=str(room))
    return subprocess.run([CTL, "--store", str(store.path), *words], input=stdin, env=env, capture_output=True, text=True, timeout=60)


def files(store):
    return sorted(p for p in (Path(store.path) / "photos").rglob("*") if p.is_file())


with folder() as name:
    tmp = Path(name)
    store = Store(tmp / "tablet").init()
    home = store.put("household", {"head_name": "李强", "class": "ordinary"}, parent=store.village())
    picture = tmp / "p.png"
    png(picture, 900, 600, 1)
    before = hashlib.sha256(picture.read_bytes()).hexdigest()
    for room in (0, 1 << 20, KEPT - 1, KEPT + 100):
        done = ctl(store, room, "photo", "add", home, str(picture))
        said = done.stderr.strip().splitlines()
        assert done.returncode == 1 and said == ["zoufangctl: The storage is full. The photo was not kept."], (room, done)
        assert files(store) == [] and store.lines("list", "photo") == [], (room, files(store))
        saved = ctl(store, room, "put", stdin='{"kind": "household", "id": "%s", "set": {"head_name": "李强%d"}}\n' % (home, room))
        assert saved.returncode == 0, saved
    done = ctl(store, KEPT + (8 << 20), "photo", "add", home, str(picture))
    assert done.returncode == 0 and len(files(store)) == 2 and len(store.lines("list", "photo")) == 1, done
    assert hashlib.sha256(picture.read_bytes()).hexdigest() == before
    store.ctl("check")
print("refused 4 times with less than 64 MB left, taken once there was more")

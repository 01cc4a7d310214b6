#!/usr/bin/python3
"""Photos by tus 1.0.0 with the real peers from npm: tus-js-client sends to our server, our tablet sends to @tus/server, and the line breaks at every
chunk. Whatever happens on the way, the file arrives unchanged, and a break costs one chunk at most. Without node or npm: skipped."""
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "ctl"))
from zfproc import County, Store, folder, png  # noqa: E402

HERE = Path(__file__).resolve().parent
PEERS = Path(os.environ["ZF_TUS_PEERS"])


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def version(program):
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60).stdout.strip()
    except OSError:
        return ""


def install():
    """The packages that the lockfile names, into the build folder, once."""
    node = version("node")
    if not node or not version("npm"):
        skip("node and npm are not here")
    if int(node.lstrip("v").split(".")[0]) < 18:
        skip(f"node {node} is too old, 18 is needed")
    PEERS.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", "line.mjs", "upload.mjs", "county.mjs"):
        shutil.copy(HERE / name, PEERS / name)
    lock = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = PEERS / "installed"
    if stamp.exists() and stamp.read_text() == lock:
        return
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=PEERS, capture_output=True, text=True, timeout=240)
    if done.returncode != 0:
        skip("npm could not install the peers:\n" + done.stderr[-2000:])
    stamp.write_text(lock)


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def meta(store, key):
    db = sqlite3.connect(f"file:{store.path}/store.db?mode=ro", uri=True)
    row = db.execute("select value from meta_kv where key = ?", (key,)).fetchone()
    db.close()
    return row[0] if row else None


def blob(store):
    db = sqlite3.connect(f"file:{store.path}/store.db?mode=ro", uri=True)
    row = db.execute("select sha256, size, state from blob").fetchone()
    db.close()
    return row


def within_a_chunk_each(who, counts, size):
    """Every chunk was cut, and after no cut more than one chunk was sent again."""
    print(f"{who}: {size} bytes, {counts['patches']} chunks of at most {counts['largest']}, {counts['cuts']} cuts "
          f"({', '.join(f'{len(at)} {name}' for name, at in counts['at'].items())}), "
          f"{counts['again']} bytes sent again, at most {counts['worst']} after one cut")
    assert counts["cuts"] == counts["patches"] >= 20 and all(len(at) >= 4 for at in counts["at"].values()), counts
    assert counts["worst"] <= counts["largest"], counts
    # What passed is the file and what was sent again; the last chunk may have been cut after it had arrived.
    assert counts["bytes"] == size + counts["again"], counts


def their_client(tmp):
    with County(tmp / "county") as county:
        county.serve()
        store = Store(tmp / "tablet").init()
        store.ctl("enrol", f"{county.url}/#{county.code()}")
        picture = tmp / "picture"
        picture.write_bytes(os.urandom(300_001))
        done = subprocess.run(["node", "upload.mjs", county.url, meta(store, "token"), str(picture), "32768"], cwd=PEERS, capture_output=True,
                              text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        counts = json.loads(done.stdout)
        sha = counts["sha256"]
        assert digest(county.path / "blobs" / sha[:2] / sha) == sha == digest(picture)
        within_a_chunk_each("tus-js-client to our server", counts, counts["size"])
        # Chunks carry checksums: what is cut within one does not count, so that each is cut at every place.
        starts = list(range(0, counts["size"], 32768))
        assert all(sorted(set(at)) == starts for at in counts["at"].values()), "a chunk was not cut at every place"


def our_client(tmp):
    with County(tmp / "county") as county:
        county.serve()
        theirs = tmp / "theirs"
        theirs.mkdir()
        front = subprocess.Popen(["node", "county.mjs", county.url, str(theirs)], cwd=PEERS, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            url = front.stdout.readline().strip()
            store = Store(tmp / "tablet").init()
            store.ctl("enrol", f"{url}/#{county.code()}")
            household = store.put("household", {"head_name": "张国华", "class": "ordinary"}, parent=store.village())
            store.ctl("photo", "add", household, png(tmp / "p.png", 420, 400, 3))
            for attempt in range(200):
                done = store.ctl("sync", check=False)
                if done.returncode == 0:
                    break
            assert done.returncode == 0, done.stderr
            counts = json.loads(front.communicate("", timeout=60)[0].splitlines()[-1])
        finally:
            front.kill()
        sha, size, state = blob(store)
        assert state == 1, state
        (file,) = [theirs / json.loads(p.read_text())["id"] for p in theirs.glob("*.json")]
        assert digest(file) == sha
        # This one may keep the part of a chunk that arrived; our client goes on from there.
        within_a_chunk_each("our client to @tus/server", counts, size)


def main():
    install()
    with folder() as tmp:
        (Path(tmp) / "a").mkdir()
        (Path(tmp) / "b").mkdir()
        their_client(Path(tmp) / "a")
        our_client(Path(tmp) / "b")


main()

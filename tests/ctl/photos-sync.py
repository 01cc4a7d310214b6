#!/usr/bin/python3
"""Photos from one tablet over the county to another, as real processes: each file goes up once, whole and unchanged, comes down on demand,
and is told to nobody outside its village. kill -9 at any moment costs nothing but another try."""
import base64
import hashlib
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
import urllib.error
import urllib.request

from zfproc import CTL, SERVER, County, Store, folder, png, run

CHUNK = 256 * 1024


def digest(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read()).hexdigest()


def states(store):
    db = sqlite3.connect(f"file:{store.path}/store.db?mode=ro", uri=True)
    rows = dict(db.execute("select sha256, state from blob"))
    db.close()
    return rows


def token(store):
    db = sqlite3.connect(f"file:{store.path}/store.db?mode=ro", uri=True)
    (value,) = db.execute("select value from meta_kv where key = 'token'").fetchone()
    db.close()
    return value


def blobs(county):
    """What lies in the county's folder of pictures: name → SHA-256 of what is in it."""
    found = {}
    for at, _, names in os.walk(county.path / "blobs"):
        found.update({n: digest(os.path.join(at, n)) for n in names if not n.endswith(".thumb")})
    return found


def ask(county, store, method, path, body=None, kind="image/jpeg"):
    request = urllib.request.Request(county.url + path, data=body, method=method)
    request.add_header("Authorization", "Bearer " + token(store))
    if body is not None:
        request.add_header("Content-Type", kind)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read()


def tus(county, store, method, path, headers, body=None):
    request = urllib.request.Request(county.url + path, data=body, method=method)
    request.add_header("Authorization", "Bearer " + token(store))
    request.add_header("Tus-Resumable", "1.0.0")
    request.add_header("Content-Type", "application/offset+octet-stream")
    for name, value in headers.items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read(), answer.headers.get("Location")
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read(), None


def file_of(store, sha, thumb=False):
    return os.path.join(store.path, "photos", *(["thumb"] if thumb else []), sha[:2], sha + ".jpg")


def enrol(tmp, county, name, villages):
    t = Store(os.path.join(tmp, name)).init()
    t.ctl("enrol", f"{county.url}/#{county.code(villages)}", "--name", name)
    return t


def upload(tmp, county, a):
    home = a.put("household", {"head_name": "张国华", "class": "lifted"}, parent=a.village())
    pictures = [png(os.path.join(tmp, f"p{i}.png"), 900 + i, 700, i) for i in range(3)]
    photos = [a.ctl("photo", "add", home, p, "--caption", "裂缝").stdout.strip() for p in pictures]
    hashes = [a.get(p)["fields"]["sha256"] for p in photos]
    assert len(set(hashes)) == 3
    assert blobs(county) == {}

    first = a.sync()
    assert first["photos"] == 3, first
    assert blobs(county) == {h: h for h in hashes}, "the county holds the very bytes"
    assert all(digest(file_of(a, h)) == h for h in hashes)
    assert set(states(a).values()) == {1}

    again = a.sync()
    assert again["photos"] == 0 and again["exchanges"] == 1 and again["bytes_up"] <= 600, again

    # Marked as never sent (a store brought back from a copy): asked about, and not sent again.
    db = sqlite3.connect(os.path.join(a.path, "store.db"))
    db.execute("update blob set state = 0")
    db.commit()
    db.close()
    replay = a.sync()
    assert replay["photos"] == 3 and replay["bytes_up"] < 2000, replay
    assert blobs(county) == {h: h for h in hashes}
    # The same original on another household: one more record, no file more.
    other = a.put("household", {"head_name": "李秀英", "class": "ordinary"}, parent=a.village())
    twin = a.ctl("photo", "add", other, pictures[0]).stdout.strip()
    assert a.get(twin)["fields"]["sha256"] == hashes[0]
    shared = a.sync()
    assert shared["photos"] == 0 and shared["bytes_up"] < 4000, shared
    return photos, hashes


def download(tmp, county, b, photos, hashes):
    b.sync()
    out = os.path.join(tmp, "out.jpg")
    for photo, sha in zip(photos, hashes):
        assert b.get(photo)["fields"]["sha256"] == sha
        assert states(b)[sha] == 3 and not os.path.exists(file_of(b, sha))
    b.ctl("photo", "get", photos[0], "-o", out)
    assert digest(out) == hashes[0] == digest(file_of(b, hashes[0]))
    assert os.path.getsize(file_of(b, hashes[0], thumb=True)) < os.path.getsize(out) / 4
    assert states(b)[hashes[0]] == 1 and states(b)[hashes[1]] == 3
    status, thumb = ask(county, b, "GET", f"/v1/blobs/{hashes[1]}?size=thumb")
    assert status == 200 and thumb[:2] == b"\xff\xd8" and len(thumb) < 60000
    idle = b.sync()
    assert idle["photos"] == 0 and idle["exchanges"] == 1, "a fetched picture is not sent back"

    # A file that is here is given without the county; one that is not says so in one line.
    county.stop()
    os.unlink(out)
    b.ctl("photo", "get", photos[0], "-o", out)
    assert digest(out) == hashes[0]
    away = b.ctl("photo", "get", photos[1], "-o", out, check=False)
    assert away.returncode == 1 and away.stderr.count("\n") == 1 and not os.path.exists(file_of(b, hashes[1])), away
    county.serve(int(county.url.rsplit(":", 1)[1]))


def refusals(county, a, outside, hashes):
    picture = open(file_of(a, hashes[0]), "rb").read()
    wrong = hashlib.sha256(b"other").hexdigest()
    before = blobs(county)
    name = base64.b64encode(wrong.encode()).decode()
    status, answer, place = tus(county, a, "POST", "/v1/blobs", {"Upload-Length": str(len(picture)), "Upload-Metadata": f"sha256 {name}"})
    assert status == 201, answer
    for at in range(0, len(picture), CHUNK):
        status, answer, _ = tus(county, a, "PATCH", place, {"Upload-Offset": str(at)}, picture[at:at + CHUNK])
    assert status == 422 and json.loads(answer)["code"] == "blob_digest", answer
    status, answer, _ = tus(county, a, "HEAD", place, {})
    assert status == 404, "what is not what its name says is gone"
    status, _ = ask(county, a, "PUT", f"/v1/blobs/{hashes[0]}", picture)
    assert status == 405, "whole files are not taken"
    status, _ = ask(county, a, "GET", "/v1/blobs/..%2f..%2fserver.db")
    assert status in (400, 404)
    name = base64.b64encode(hashes[0].encode()).decode()
    status, answer, _ = tus(county, a, "POST", "/v1/blobs", {"Upload-Length": str(len(picture)), "Upload-Metadata": f"sha256 {name}"})
    assert status == 200 and json.loads(answer)["stored"], "the same file again is there already"
    assert blobs(county) == before

    # Outside the village nobody learns that the picture exists.
    unknown = ask(county, outside, "GET", f"/v1/blobs/{wrong}?size=full")
    for size in ("full", "thumb"):
        status, answer = ask(county, outside, "GET", f"/v1/blobs/{hashes[0]}?size={size}")
        assert status == 404 and (status, answer) == unknown, answer
    status, answer = ask(county, outside, "POST", "/v1/blobs/check", json.dumps({"sha256": hashes[:1]}).encode(), "application/json")
    assert status == 200 and json.loads(answer) == {"have": [], "want": hashes[:1], "durable": []}, answer


def killed(tmp, county, a, b):
    """kill -9 of the client at every stage of an upload and of a fetch."""
    home = a.put("household", {"head_name": "王德福", "class": "lifted"}, parent=a.village())
    photos = [a.ctl("photo", "add", home, png(os.path.join(tmp, f"k{i}.png"), 1500, 1100, 100 + i)).stdout.strip() for i in range(12)]
    hashes = {a.get(p)["fields"]["sha256"] for p in photos}
    chance = random.Random(7)
    kills = 0
    for _ in range(12):
        process = subprocess.Popen([CTL, "--store", str(a.path), "sync"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.005, 0.12))
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
        stored = blobs(county)
        assert all(n == h for n, h in stored.items()), "no half picture at the county"
        assert all(h in stored for h, s in states(a).items() if s == 1), "what counts as sent is there"
    assert kills > 0
    a.sync()
    assert hashes <= set(blobs(county))
    assert set(states(a).values()) == {1}
    a.check()
    b.sync()
    out = os.path.join(tmp, "k.jpg")
    for photo in photos:
        process = subprocess.Popen([CTL, "--store", str(b.path), "photo", "get", photo, "-o", out], stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.001, 0.06))
        process.send_signal(signal.SIGKILL)
        process.wait()
        sha = b.get(photo)["fields"]["sha256"]
        assert not os.path.exists(file_of(b, sha)) or digest(file_of(b, sha)) == sha
        b.ctl("photo", "get", photo, "-o", out)
        assert digest(out) == sha
    b.check()


def damaged(tmp, county, a):
    """One file that the disk spoilt stays marked and does not keep the others back."""
    home = a.put("household", {"head_name": "陈明", "class": "ordinary"}, parent=a.village())
    photos = [a.ctl("photo", "add", home, png(os.path.join(tmp, f"d{i}.png"), 640, 480, 200 + i)).stdout.strip() for i in range(4)]
    hashes = sorted(a.get(p)["fields"]["sha256"] for p in photos)
    os.truncate(file_of(a, hashes[1]), 1000)
    done = a.sync()
    assert done["photos"] == 3, done
    assert {h: s for h, s in states(a).items() if s == 0} == {hashes[1]: 0}
    return photos


def not_yet(tmp, county, b):
    """The record came before its file: the other tablet is told so, and may bring the same original itself."""
    c = enrol(tmp, county, "c", "all")
    home = c.put("household", {"head_name": "刘芳", "class": "ordinary"}, parent=c.village())
    picture = png(os.path.join(tmp, "late.png"), 640, 480, 300)
    photo = c.ctl("photo", "add", home, picture).stdout.strip()
    sha = c.get(photo)["fields"]["sha256"]
    os.rename(file_of(c, sha), os.path.join(tmp, "away.jpg"))
    assert c.sync()["photos"] == 0
    b.sync()
    missing = b.ctl("photo", "get", photo, "-o", os.path.join(tmp, "x.jpg"), check=False)
    assert missing.returncode == 1 and missing.stderr.strip().endswith("The county has no such thing for this tablet"), missing.stderr
    b.ctl("photo", "add", home, picture)
    assert b.sync()["photos"] == 1 and blobs(county)[sha] == sha


def room(tmp, county, a, photos, hashes):
    """Only what the county's backup holds may leave the tablet, and it can be had again."""
    assert a.ctl("photo", "free", "--bytes", "1").stdout == "0\n", "nothing is in a backup yet"
    assert a.ctl("photo", "free", "--bytes", "x", check=False).returncode == 2
    run(SERVER, "--data", county.path, "backup", os.path.join(tmp, "backup"))
    db = sqlite3.connect(os.path.join(a.path, "store.db"))
    db.execute("delete from meta_kv where key = 'photos_asked'")  # a quarter of an hour goes by
    db.commit()
    db.close()
    a.sync()
    assert all(states(a)[h] == 2 for h in hashes), states(a)
    before = json.loads(a.ctl("stats").stdout)
    sizes = sum(os.path.getsize(file_of(a, h)) for h, state in states(a).items() if state == 2)
    assert before["reclaimable_bytes"] == sizes, before
    assert int(a.ctl("photo", "free", "--bytes", str(2 ** 40)).stdout) == sizes
    assert not any(os.path.exists(file_of(a, h)) for h in hashes)
    assert all(os.path.exists(file_of(a, h, thumb=True)) for h in hashes)
    assert all(os.path.exists(file_of(a, h)) for h, state in states(a).items() if state in (0, 1))
    a.ctl("photo", "get", photos[0], "-o", os.path.join(tmp, "again.jpg"))
    assert digest(os.path.join(tmp, "again.jpg")) == hashes[0]
    a.check()


def main(tmp, county):
    county.serve()
    a, b = (enrol(tmp, county, n, "all") for n in "ab")
    a.sync()
    outside = enrol(tmp, county, "far", a.village(1))
    outside.sync()
    photos, hashes = upload(tmp, county, a)
    download(tmp, county, b, photos, hashes)
    refusals(county, a, outside, hashes)
    killed(tmp, county, a, b)
    damaged(tmp, county, a)
    not_yet(tmp, county, b)
    room(tmp, county, a, photos, hashes)
    outside.sync()
    assert outside.lines("list", "photo") == [] and states(outside) == {}
    print("ok")


with folder() as tmp, County(os.path.join(tmp, "county")) as county:
    main(tmp, county)

#!/usr/bin/python3
"""Places without a line: parcels on a stick, and backups that another tablet takes over. Real processes, real files."""
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import urllib.error
import urllib.request

from zfproc import CTL, SERVER, County, Store, folder, png, run

def enrolled(county, path, name):
    tablet = Store(path).init()
    tablet.ctl("enrol", f"{county.url}/#{county.code()}", "--name", name)
    return tablet


def only_here(tablet):
    db = sqlite3.connect(f"file:{tablet.path}/store.db?mode=ro", uri=True)
    changes = db.execute("select count(*) from change where state in (0, 1)").fetchone()[0]
    photos = db.execute("select count(*) from blob where state = 0").fetchone()[0]
    db.close()
    return changes, photos


def county_changes(county):
    db = sqlite3.connect(f"file:{county.path}/server.db?mode=ro", uri=True)
    rows = db.execute("select change_id from change order by seq").fetchall()
    db.close()
    return [r[0] for r in rows]


def take(county, parcel, reply, check=True):
    return run(SERVER, "--data", county.path, "parcel", parcel, reply, check=check)


def visit(tablet, home, note):
    return tablet.put("visit", {"mode": "home", "date": "2026-03-02", "visitors": note, "risk_found": "no", "sign": "absent"}, parent=home)


def parcels(tmp, county):
    a = enrolled(county, os.path.join(tmp, "a"), "a")
    b = enrolled(county, os.path.join(tmp, "b"), "b")
    a.sync()
    b.sync()
    home = b.put("household", {"head_name": "张国华", "class": "lifted"}, parent=b.village())
    b.sync()
    a.sync()
    for n in range(5):
        visit(a, home, f"李建国{n}")
    a.ctl("photo", "add", home, png(os.path.join(tmp, "crack.png"), 900, 700, 1))
    county.stop()

    out, reply = os.path.join(tmp, "a.zfp"), os.path.join(tmp, "a-reply.zfp")
    assert only_here(a) == (6, 1)
    a.ctl("sync", "--to-file", out)
    assert "李建国".encode() not in open(out, "rb").read(), "a parcel shows nothing to its carrier"
    assert only_here(a) == (6, 1), "writing a parcel acknowledges nothing"

    # Cut, changed or foreign files are refused with one line, and nothing moves.
    before = county_changes(county)
    bad = os.path.join(tmp, "bad.zfp")
    whole = open(out, "rb").read()
    for damaged in (b"", whole[:3], whole[:50], whole[:len(whole) // 2], whole[:-1], whole[:300] + bytes([whole[300] ^ 1]) + whole[301:], b"PK\x03\x04" + whole):
        with open(bad, "wb") as f:
            f.write(damaged)
        done = take(county, bad, os.path.join(tmp, "none.zfp"), check=False)
        assert done.returncode == 1 and len(done.stderr.strip().splitlines()) == 1, (done.returncode, done.stderr)
        assert not os.path.exists(os.path.join(tmp, "none.zfp"))
    done = take(county, os.path.join(tmp, "not-there.zfp"), bad, check=False)
    assert done.returncode == 1

    # Taken twice it counts once.
    take(county, out, reply)
    once = county_changes(county)
    assert len(once) == len(before) + 6
    take(county, out, reply)
    assert county_changes(county) == once

    assert b.ctl("sync", "--from-file", reply, check=False).returncode == 1, "a reply is for its tablet only"
    a.ctl("sync", "--from-file", reply)
    assert only_here(a) == (0, 0), only_here(a)
    a.check()
    a.ctl("sync", "--from-file", reply)

    # The line comes back: there is nothing left to say.
    county.serve()
    set_url(a, county.url)
    set_url(b, county.url)
    done = a.sync()
    assert done["pushed"] == 0 and done["photos"] == 0, done
    assert county_changes(county) == once
    b.sync()
    assert len(b.lines("list", "visit")) == 5

    # What others wrote comes with the reply too.
    visit(b, home, "王敏")
    b.sync()
    a.ctl("sync", "--to-file", out)
    county.stop()
    take(county, out, reply)
    a.ctl("sync", "--from-file", reply)
    assert len(a.lines("list", "visit")) == 6
    county.serve()
    return home


def set_url(tablet, url):
    db = sqlite3.connect(f"{tablet.path}/store.db")
    db.execute("update meta_kv set value = ? where key = 'server_url'", (url,))
    db.commit()
    db.close()


def half_filled(tablet, home, photo):
    """A draft that somebody left on its third screen, with a photo that was made for it and is no answer any more. As the app writes it."""
    text = json.dumps({"/made/" + photo: 1, "/place": "2", "mode": "home"}, separators=(",", ":"))
    db = sqlite3.connect(f"{tablet.path}/store.db")
    with db:
        db.execute("insert into draft values ('0192d000-0000-7000-8000-0000000000d1', 'visit', ?, '1', 'li', 1, 2, ?, '{}')", (home, text))
    db.close()
    return text


def drafts(tablet):
    db = sqlite3.connect(f"file:{tablet.path}/store.db?mode=ro", uri=True)
    rows = db.execute("select answers from draft").fetchall()
    db.close()
    return [text for text, in rows]


def add_sound(tablet):
    """An audio note's file, as it lies among the photos."""
    data = b"OggS and what a voice said"
    name = hashlib.sha256(data).hexdigest()
    path = os.path.join(tablet.path, "photos", name[:2], name + ".jpg")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)
    db = sqlite3.connect(f"{tablet.path}/store.db")
    with db:
        db.execute("insert into blob (sha256, size, state) values (?, ?, 0)", (name, len(data)))
    db.close()


def backups(tmp, county, home):
    old = enrolled(county, os.path.join(tmp, "old"), "old")
    new = enrolled(county, os.path.join(tmp, "new"), "new")
    for t in (old, new):
        t.sync()
    visit(old, home, "赵一")
    old.put("household", {"phone": "13900000009"}, id=home)
    bill = old.ctl("photo", "add", home, png(os.path.join(tmp, "bill.png"), 800, 600, 2)).stdout.strip()
    left = half_filled(old, home, bill)
    add_sound(old)
    card = os.path.join(tmp, "card.zfb")
    old.ctl("backup", card)
    visit(old, home, "赵二")
    old.ctl("backup", card)

    before = county_changes(county)
    counts = [json.loads(new.ctl("restore", card).stdout) for _ in range(2)]
    assert counts[0] == {"changes": 4, "drafts": 1, "photos": 1, "sounds": 1, "kept": 0}, counts
    assert counts[1] == {"changes": 0, "drafts": 0, "photos": 1, "sounds": 1, "kept": 1}, counts
    assert only_here(new) == (4, 2), only_here(new)
    assert drafts(new) == [left], drafts(new)
    assert new.get(home)["fields"]["phone"] == "13900000009"
    new.sync()
    new.check()
    assert len(county_changes(county)) == len(before) + 4

    # The lost tablet is found after all: nothing is doubled, what it wrote later arrives.
    visit(old, home, "赵三")
    old.sync()
    after = county_changes(county)
    assert len(after) == len(before) + 5, (len(before), len(after))
    for t in (new, old):
        t.sync()
        t.check()
        assert t.lines("conflicts") == []
        assert only_here(t) == (0, 0)
    assert sorted(v["id"] for v in old.lines("list", "visit")) == sorted(v["id"] for v in new.lines("list", "visit"))

    shutil.copy(card, card + ".cut")
    with open(card + ".cut", "r+b") as f:
        f.truncate(os.path.getsize(card) - 10)
    assert new.ctl("restore", card + ".cut", check=False).returncode == 1
    new.check()


class Carrier:
    """Another tablet, or the township PC, that takes parcels in on the LAN."""

    def __init__(self, store):
        self.store = store

    def __enter__(self):
        self.process = subprocess.Popen([CTL, "--store", str(self.store.path), "relay", "serve"], stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening "), line
        self.url = line.split()[1].rstrip("/")
        return self

    def __exit__(self, *a):
        self.process.terminate()
        assert self.process.wait(30) == 0
        self.process.stdout.close()


def carried(tmp, county, home):
    far, carrier = enrolled(county, os.path.join(tmp, "far"), "far"), enrolled(county, os.path.join(tmp, "carrier"), "carrier")
    far.sync()
    carrier.sync()
    url = county.url
    county.stop()
    visit(far, home, "孙一")
    far.ctl("photo", "add", home, png(os.path.join(tmp, "far.png"), 500, 400, 3))
    noise = os.path.join(tmp, "noise.zfp")
    with open(noise, "wb") as f:
        f.write(b"ZFP1" + os.urandom(3000))
    with Carrier(carrier) as at:
        far.ctl("sync", "--via", at.url)
        assert only_here(far) == (2, 1), "handing over acknowledges nothing"
        carrier.ctl("relay", "keep", noise)
        # The carrier has no line either: everything waits.
        assert carrier.sync(check=False).returncode == 1
        waiting = os.listdir(os.path.join(carrier.path, "parcels", "in"))
        assert len(waiting) == 2
        county.serve(int(url.rsplit(":", 1)[1]))
        before = county_changes(county)
        assert carrier.sync()["carried"] == 1
        assert os.listdir(os.path.join(carrier.path, "parcels", "in")) == [], "what is no parcel is given up"
        assert len(county_changes(county)) == len(before) + 2
        county.stop()
        far.ctl("sync", "--via", at.url)
        assert only_here(far) == (0, 0), only_here(far)
        # A carrier gives nothing out that it was not asked for by name.
        for path in ("/v1/mail/", "/v1/mail/../store.db", "/v1/mail/" + "0" * 64, "/v1/mail/x"):
            try:
                urllib.request.urlopen(at.url + path, timeout=20)
                raise AssertionError(path)
            except urllib.error.HTTPError as e:
                assert e.code == 404, (path, e.code)
    county.serve(int(url.rsplit(":", 1)[1]))
    far.sync()
    carrier.sync()
    assert sorted(v["id"] for v in far.lines("list", "visit")) == sorted(v["id"] for v in carrier.lines("list", "visit"))
    far.check()
    carrier.check()


with folder() as tmp, County(os.path.join(tmp, "county")) as county:
    county.serve()
    home = parcels(tmp, county)
    backups(tmp, county, home)
    carried(tmp, county, home)
    print("ok")

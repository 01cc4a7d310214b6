# SPDX-License-Identifier: GPL-3.0-or-later
"""The main jobs in taps (ui.md 3), from 今日 to 完成走访: a repeat visit with nothing changed in at most 12, a new risk with a photo in at most 16. The third job, a
conflict in five, is counted where there is a county: ui-sync.py."""
import datetime
import os
import tempfile

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, GLib  # noqa: E402

from uitest import App, Taps, main  # noqa: E402

REPEAT, RISK = 12, 16
CAMERA = 3   # 拍照, 快门, 用这张


def make_picture():
    pixbuf = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, 64, 48)
    pixbuf.fill(0x8090A0FF)
    handle, path = tempfile.mkstemp(suffix=".jpg")
    os.close(handle)
    pixbuf.savev(path, "jpeg", [], [])
    return path


def begin(app, name):
    taps = Taps(app)
    app.see("今天去哪")
    taps.press(name + "\n", exact=False)
    taps.press("开始走访")
    app.see("走访情况")
    return taps


def end(app, taps):
    """From the last screen that the visitor asks on: the family signs, one stroke being one tap."""
    taps.primary("今天说的情况")
    app.sign()
    taps.note("签")
    taps.note("签好了")
    app.see("下次走访")
    taps.press("完成走访")
    app.see("开始走访")


def repeat(program, store):
    app = App(program, store.dir)
    taps = begin(app, "张国华")
    taps.primary("住房")
    taps.primary("收入比上次")
    taps.primary("诉求: 没有诉求")
    end(app, taps)
    app.close()
    print("repeat visit: %d taps: %s" % (taps.n, " → ".join(taps.way)))
    assert taps.n <= REPEAT, (taps.n, taps.way)


def new_risk(program, store):
    app = App(program, store.dir)
    taps = begin(app, "李秀英")
    taps.primary("住房")
    taps.press("住房: 待核")
    taps.press("住房：情形: 墙体裂缝")
    taps.primary("收入比上次")
    taps.primary("诉求: 没有诉求")
    taps.press("诉求: 房屋鉴定")
    picture = make_picture()
    app.call("photo-file", GLib.Variant("s", picture))
    taps.note("拍照", CAMERA)
    app.see("照片 1")
    os.unlink(picture)
    end(app, taps)
    app.close()
    print("new risk and photo: %d taps: %s" % (taps.n, " → ".join(taps.way)))
    assert taps.n <= RISK, (taps.n, taps.way)


def test(program, store, households):
    last = (datetime.date.today() - datetime.timedelta(days=90)).isoformat()
    due = datetime.date.today().isoformat()
    visit = {"date": last, "visitors": "李强、王敏", "mode": "home", "respondent": "本人", "risk_found": "no", "sign": "absent", "workers_out": 1, "item_housing": "yes", "item_education": "yes",
             "item_medical": "yes", "item_water": "yes", "item_food": "yes", "needs": ["none"]}
    for name in ("张国华", "李秀英"):
        store.put([{"kind": "visit", "parent": households[name], "set": visit},
                   {"kind": "household", "id": households[name], "set": {"next_visit": due}}])
    repeat(program, store)
    new_risk(program, store)
    records = [store.rows("get", row["id"])[0] for row in store.rows("list", "visit")]
    new = [record.get("fields", record) for record in records if record.get("fields", record)["date"] != last]
    assert len(new) == 2, new
    same = next(f for f in new if f["item_housing"] == "yes")
    assert same["visitors"] == "李强、王敏" and "visitors" not in same["carried"].split(), same
    assert not [name for name in same["carried"].split() if name.startswith("item_")], same["carried"]
    store.run("check")


main(test)

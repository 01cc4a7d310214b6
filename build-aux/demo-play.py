#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays the demo with no person at hand: demo-play.py wide|narrow COUNTY_FOLDER PICTURES_FOLDER.

wide: the main job by names and actions only (find household → visit with photo → sync → look at the county), with a picture of every page,
and a table of what arrived. narrow: the same pages on a small screen.
"""
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "app"))
from uitest import App, Missing, wait_for  # noqa: E402

from gi.repository import GLib  # noqa: E402

shape, county, pictures = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
SIZE = {"wide": "1280x800", "narrow": "360x720"}[shape]
TABLET = str(county / "tablet")
COUNTY = str(county / "county" / "county")


def listing(store, kind, *more):
    out = subprocess.run(["zoufangctl", "--store", store, "--json", "list", kind, *more], check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in out.splitlines()]


class Shots:
    """Pictures of the screen, numbered in the order of the day."""

    def __init__(self, app):
        self.app, self.n = app, 0

    def take(self, name):
        self.n += 1
        path = pictures / f"{shape}-{self.n:02d}-{name}.png"
        # Two equal pictures in a row: the page has come to rest.
        last = b""

        def rest():
            nonlocal last
            now = subprocess.run(["import", "-window", "root", "-depth", "8", "rgb:-"], check=True, capture_output=True).stdout
            same, last = now == last, now
            return same

        try:
            wait_for("the page to rest", rest, 5)
        except Missing:
            pass  # something moves on this page: any moment of it will do
        subprocess.run(["import", "-window", "root", str(path)], check=True)


def a_household():
    """Somebody with a story: a monitored household with risks, the same one every time."""
    risky = {r["parent"] for r in listing(TABLET, "risk")}
    rows = [h for h in listing(TABLET, "household") if h.get("monitored_class") and h["id"] in risky and h.get("level") in ("red", "orange", "yellow")]
    names = [h["head_name"] for h in listing(TABLET, "household")]
    return next(h for h in sorted(rows, key=lambda h: h["id"]) if names.count(h["head_name"]) == 1)


def open_household(app, home):
    app.press("农户")
    app.type("找农户", home["head_name"])
    app.see("显示 1 户", exact=False)
    app.press(home["head_name"], exact=False)
    app.see("家庭成员")


def look_around(app, shots, home):
    app.see("今天去哪")
    shots.take("今日")
    app.press("农户")
    app.see("显示", exact=False)
    shots.take("农户")
    open_household(app, home)
    shots.take("农户-一户")


STEPS = ("下一步", "没有诉求，下一步", "都问过，没变化", "五项都问过，没变化", "其余都问过，没变化")


def step(app):
    """The one primary button of a form's screen, whatever it is called there."""
    name = wait_for("the way on", lambda: next((s for s in STEPS if app.showing(s, action=True)), None))
    app.press(name)


def fill_visit(app, shots, photo):
    app.press("开始走访")
    app.type("走访人", "李强、王敏")
    app.see("已保存", exact=False)
    shots.take("走访-1")
    step(app)
    app.press("住房: 待核")
    app.press("住房：情形: 墙体裂缝")
    shots.take("走访-2-五项")
    step(app)
    app.see("收入比上次")
    shots.take("走访-3-收入和变化")
    step(app)
    app.see("诉求")
    app.call("photo-file", GLib.Variant("s", str(photo)))
    app.see("照片 1")
    app.press("诉求: 房屋鉴定")
    app.type("说了什么", "墙上裂了一条缝，想请人来看看能不能住")
    app.see("已保存", exact=False)
    shots.take("走访-4-诉求和照片")
    step(app)
    app.see("今天说的情况")
    shots.take("走访-5-签字")
    app.sign()
    app.see("下次走访")
    shots.take("走访-6-检查")


def map_and_sync(app, shots):
    app.press("地图")
    app.see("放大")
    shots.take("地图")
    app.press("同步")
    app.see("现在同步")
    shots.take("同步")


def arrived(before, home):
    """The table of what the county holds now, against before: read from the county's own store."""
    names = (("household", "户"), ("person", "人"), ("visit", "走访"), ("photo", "照片"))

    def new_visit():
        return [v for v in listing(COUNTY, "visit", "--where", f"parent={home['id']}") if v["visitors"] == "李强、王敏"]

    visits = wait_for("the visit at the county", new_visit)
    print(f"{'':12}{'平板 tablet':>14}{'县里 county':>14}{'新到 new':>12}")
    for kind, zh in names:
        tablet, at_county = len(listing(TABLET, kind)), len(listing(COUNTY, kind))
        print(f"{zh + ' ' + kind:12}{tablet:>14}{at_county:>14}{at_county - before[kind]:>12}")
        assert tablet == at_county, f"{kind}: the county does not hold what the tablet holds"
    photos = [p for p in listing(COUNTY, "photo", "--where", f"record={visits[0]['id']}")]
    assert len(photos) == 1, "the photo of the visit has arrived"
    sha = photos[0]["sha256"]
    blob = county / "county" / "blobs" / sha[:2] / sha
    assert blob.exists(), "the photo file is at the county"
    print(f"县里收到：{home['head_name']} 的走访 {visits[0]['date']}，照片 {blob.stat().st_size // 1024} KB")


def press_unseen(app, names):
    """On the small screen GTK 4.8 does not always tell the bus what is showing: the one widget of that name and action is meant."""
    def find():
        for node in app.all(lambda n: n.name in names and n.getRoleName() == "push button"):
            actions = node.queryAction()
            if actions.nActions > 0:
                return actions
        return None

    wait_for("a button named " + " or ".join(names), find).doAction(0)


def play_wide(home):
    photo = county / "crack.jpg"  # a picture that the county has never seen
    subprocess.run(["convert", str(sorted((county / "photos").glob("*.jpg"))[0]), "-modulate", "97", str(photo)], check=True)
    before = {k: len(listing(COUNTY, k)) for k in ("household", "person", "visit", "photo")}
    app = App("zoufang", TABLET, "--size", SIZE)
    shots = Shots(app)
    look_around(app, shots, home)
    fill_visit(app, shots, photo)
    app.press("完成走访")
    app.see("开始走访")
    shots.take("走访完")
    map_and_sync(app, shots)
    app.press("现在同步")
    app.see("都到县里了", exact=False)
    shots.take("同步-到了")
    app.close()
    arrived(before, home)


def play_narrow(home):
    shots = Shots(None)
    for page, name in (("today", "今日"), ("households", "农户"), ("household:" + home["id"], "农户-一户"), ("map", "地图"), ("sync", "同步")):
        app = App("zoufang", TABLET, "--size", SIZE, "--page", page)
        shots.take(name)
        app.close()
    app = App("zoufang", TABLET, "--size", SIZE, "--page", "visit:" + home["id"])
    for n in range(1, 7):
        shots.take(f"走访-{n}")
        if n < 6:
            press_unseen(app, STEPS)
    app.kill()  # the battery falls out: the draft stays
    app = App("zoufang", TABLET, "--size", SIZE)
    app.see("走访没做完", exact=False)
    shots.take("今日-没做完")
    app.close()


def main():
    home = a_household()
    {"wide": play_wide, "narrow": play_narrow}[shape](home)


main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""A place put on the map by hand: the answer to a geopoint and where a household is; by a tap and by keys, on the sketch and on a pack. What is stored is WGS-84 and has no
accuracy: nobody measured it."""
import json
import math
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).parent
data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
shutil.copy(here / "devices.json", data / "forms")
os.environ["ZOUFANG_DATA"] = str(data)

import pyatspi  # noqa: E402
from gi.repository import GLib  # noqa: E402

from uitest import WIDE, App, main, shoot, wait_for  # noqa: E402

HINT = "点一下地图，或者拖动地图，让十字对准地方。"


def draft_place(store):
    with sqlite3.connect("file:%s/store.db?mode=ro" % store.dir, uri=True) as db:
        return json.loads(db.execute("SELECT answers FROM draft WHERE kind = 'devices'").fetchone()[0]).get("place")


def keeps(store, place):
    """Two numbers: it has no accuracy."""
    kept = wait_for("the answer %s %s" % place, lambda: (lambda text: text if text and tuple(map(float, text.split())) == place else None)(draft_place(store)))
    return kept.replace(" ", ", ")


def coordinates(app):
    """What stands below the map, once it rests."""
    def read():
        found = app.all(lambda n: re.fullmatch(r"\d+\.\d{6}, \d+\.\d{6}", n.name or ""))
        return tuple(map(float, found[0].name.split(", "))) if found else None

    return wait_for("coordinates", read)


def changes(app, before):
    """Where the map comes to rest: on its way it tells of places too when the machine is slow."""
    def rests():
        now = coordinates(app)
        if now == before:
            return None
        GLib.usleep(300000)
        return now if coordinates(app) == now else None

    return wait_for("the place to change from %s" % (before,), rests)


def near(a, b, zoom, pixels=2):
    """As many degrees as @pixels of the map are."""
    degree = 256 * 2 ** zoom / 360
    return abs(a[1] - b[1]) * degree < pixels and abs(a[0] - b[0]) * degree / math.cos(math.radians(a[0])) < pixels


def map_box(app):
    """Where the map is, once the window has slid to its page."""
    def rests():
        def extents():
            return max((n.queryComponent().getExtents(pyatspi.WINDOW_COORDS) for n in app.all(lambda n: n.name == "地图")), key=lambda box: box.height)

        before = extents()
        GLib.usleep(300000)
        return before if extents() == before and before.x == 0 else None

    return wait_for("the map to rest", rests)


def tap(app, right, down):
    """So many pixels from the cross."""
    box = map_box(app)
    subprocess.run(["xdotool", "mousemove", str(box.x + box.width // 2 + right), str(box.y + box.height // 2 + down), "click", "1"], check=True)


def away(place, right, down, zoom):
    """The place so many pixels away."""
    world = 256 * 2 ** zoom
    y = math.asinh(math.tan(math.radians(place[0]))) - down / world * 2 * math.pi
    return math.degrees(math.atan(math.sinh(y))), place[1] + right / world * 360


def form(program, store, home):
    app = App(program, store.dir)
    app.call("add", GLib.Variant("(ss)", ("devices", home)))
    app.see("位置: 在地图上点")
    return app


def cancelled(app, store):
    app.press("位置: 在地图上点")
    app.see(HINT)
    app.see("附近没有放过位置的户。")
    shoot("place-begin")
    # Nothing has a place yet: the town of the village.
    begin = coordinates(app)
    for leave in (["取消"] if WIDE else []) + ["返回", None]:
        app.press(leave) if leave else app.keys("Escape")
        app.see("位置: 手填")
        assert draft_place(store) is None
        app.press("位置: 在地图上点")
        app.see(HINT)
        assert coordinates(app) == begin
    return begin


def by_keys(app, store, begin):
    app.keys("Right")
    one = changes(app, begin)
    assert near(one, away(begin, 48, 0, 12), 12), (begin, one)
    app.keys("shift+Down")
    two = changes(app, one)
    assert near(two, away(one, 0, 4, 12), 12), (one, two)
    app.keys("plus", "plus", "Left")
    three = changes(app, two)
    assert near(three, away(two, -48, 0, 14), 14), (two, three)
    app.keys("Return")
    app.see("位置: 手填")
    app.see(keeps(store, three))
    return three


def by_tap(app, store, before):
    app.press("位置: 在地图上点")
    app.see(HINT)
    assert coordinates(app) == before
    tap(app, 100, -80)
    now = changes(app, before)
    assert near(now, away(before, 100, -80, 16), 16), (before, now)
    shoot("place-tapped")
    app.press("放这里")
    keeps(store, now)
    return now


def where(store, home):
    fields = store.rows("get", home)[0]["fields"]
    return float(fields["lat"]), float(fields["lon"])


def placed(app, store, home):
    """The household itself, from its page."""
    app.call("household", GLib.Variant("s", home))
    app.press("在地图上点")
    app.see(HINT)
    before = coordinates(app)
    tap(app, -60, 40)
    now = changes(app, before)
    app.press("放这里")
    fields = wait_for("a place", lambda: (lambda f: f if "lat" in f else None)(store.rows("get", home)[0]["fields"]))
    assert (float(fields["lat"]), float(fields["lon"])) == now and fields["position_source"] == "map" and "accuracy" not in fields, fields
    app.see("移位置")
    return now


def moved(program, store, name, home, before):
    """From the card of the map, over a pack; and taken back."""
    pack = Path(store.dir, "pack.mbtiles")
    subprocess.run([sys.argv[2], "map", "make", str(pack), "--zoom", "8-13"], check=True, stdout=subprocess.DEVNULL)
    app = App(program, store.dir, "--page", "map")
    app.see("还有 2 户没有位置")
    tap(app, 0, 0)
    app.press("移位置")
    app.see("最近：%s · 石龙村，0\u00a0米" % name)
    assert any(os.path.realpath(fd) == os.path.realpath(pack) for fd in Path("/proc/%d/fd" % app.process.pid).iterdir()), "the map is not the pack"
    assert coordinates(app) == before
    tap(app, 80, 0)
    now = changes(app, before)
    app.see("最近：%s · 石龙村，" % name, exact=False)
    shoot("place-pack")
    app.press("放这里")
    wait_for("the move", lambda: where(store, home) == now)
    app.see("已移动 ", exact=False)
    shoot("place-moved")
    app.press("撤销")
    wait_for("the place before", lambda: where(store, home) == before)
    app.close()


def test(program, store, households):
    app = form(program, store, households["李秀英"])
    at = by_tap(app, store, by_keys(app, store, cancelled(app, store)))
    # Asked again it begins where the answer is.
    app.press("位置: 在地图上点")
    app.see(HINT)
    assert coordinates(app) == at
    app.press("放这里")
    # A click by the bus lasts a quarter of a second.
    app.see("位置: 手填")
    before = placed(app, store, households["张国华"])
    app.close()
    moved(program, store, "张国华", households["张国华"], before)
    store.run("check")


try:
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The photo page: looked at closely, turned, covered, described, taken away and brought back; then the store is asked what is left."""
import subprocess
import tempfile
from pathlib import Path

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, GLib  # noqa: E402
import pyatspi  # noqa: E402

from uitest import App, main, shoot, wait_for  # noqa: E402

folder = tempfile.TemporaryDirectory()
BLUE, RED = 0x3366AAFF, 0xCC3322FF


def make_picture(name, colour, width):
    """One colour, and a red top left corner that says how it lies."""
    pixbuf = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, width, 600)
    pixbuf.fill(colour)
    pixbuf.new_subpixbuf(0, 0, 200, 150).fill(RED)
    path = str(Path(folder.name, name))
    pixbuf.savev(path, "jpeg", [], [])
    return path


def fields(store, photo):
    row = store.rows("get", photo)[0]
    return row.get("fields", row)


def files(store):
    return sorted(str(p.relative_to(store.dir)) for p in Path(store.dir, "photos").rglob("*.jpg"))


def colour(store, sha256, x, y, thumb=False):
    picture = GdkPixbuf.Pixbuf.new_from_file("%s/photos/%s%s/%s.jpg" % (store.dir, "thumb/" if thumb else "", sha256[:2], sha256))
    at = int(y * picture.get_height()) * picture.get_rowstride() + int(x * picture.get_width()) * picture.get_n_channels()
    r, g, b = picture.get_pixels()[at:at + 3]
    return "black" if max(r, g, b) < 20 else "red" if r > 150 and b < 120 else "blue" if b > 130 else (r, g, b)


def sensitive(app, name):
    return app.see(name).getState().contains(pyatspi.STATE_SENSITIVE)


def changed(store, photo, before):
    wait_for("another picture", lambda: fields(store, photo)["sha256"] != before)
    wait_for("the old file to go", lambda: not [f for f in files(store) if before in f])
    return fields(store, photo)["sha256"]


def turn(app, store, photo):
    """Three turns, one by one, and the thumbnail turns along."""
    before = fields(store, photo)["sha256"]
    # What is being typed outlives the picture's change.
    app.press("写用途和说明")
    app.type("说明", "东墙")
    for _ in range(3):
        wait_for("the page to be ready", lambda: sensitive(app, "转向"))
        app.press("转向")
        after = before = changed(store, photo, before)
    assert fields(store, photo)["width"] == 600 and fields(store, photo)["height"] == 900, fields(store, photo)
    for thumb in (False, True):
        assert colour(store, after, 0.1, 0.95, thumb) == "red" and colour(store, after, 0.9, 0.1, thumb) == "blue"
    assert "redacted" not in fields(store, photo)
    wait_for("the page to be ready", lambda: sensitive(app, "遮盖"))
    assert fields(store, photo)["caption"] == "东墙", fields(store, photo)
    app.press("用途和说明：东墙")


def cover(app, store, photo):
    before = fields(store, photo)["sha256"]
    app.press("遮盖")
    app.see("在要遮的地方拖一下。遮住以后改不回来。")
    assert not sensitive(app, "遮住")
    # Undone before it is confirmed, nothing has happened.
    app.write("照片", [[(0.45, 0.2), (0.55, 0.4)]])
    wait_for("a box", lambda: sensitive(app, "撤一块"))
    app.press("撤一块")
    wait_for("no box", lambda: not sensitive(app, "遮住"))
    app.write("照片", [[(0.45, 0.2), (0.55, 0.4)]])
    app.press("不遮了")
    app.see("拿掉")
    assert fields(store, photo)["sha256"] == before
    app.press("遮盖")
    app.see("不遮了")
    app.write("照片", [[(0.5, 0.5), (0.47, 0.4), (0.45, 0.25)]])
    wait_for("a box", lambda: sensitive(app, "遮住"))
    shoot("photo-cover")
    app.press("遮住")
    app.see("遮好了")
    after = changed(store, photo, before)
    for thumb in (False, True):
        assert colour(store, after, 0.47, 0.4, thumb) == "black" and colour(store, after, 0.9, 0.9, thumb) == "blue"
    assert fields(store, photo)["redacted"] == "yes"
    wait_for("the page to be ready", lambda: sensitive(app, "转向"))


def cover_by_keys(app, store, photo):
    """A box without a finger: the frame is moved, made larger and put down; what is under it is gone for good."""
    before = fields(store, photo)["sha256"]
    app.press("遮盖")
    app.see("不遮了")
    app.keys("Left")
    app.keys(*["Left"] * 9, *["Down"] * 10, *["shift+Right"] * 5, *["shift+Down"] * 3)
    shoot("photo-frame")
    assert not sensitive(app, "遮住"), "a frame is a box before Enter"
    app.keys("Return")
    wait_for("a box", lambda: sensitive(app, "遮住"))
    app.press("撤一块")
    wait_for("no box", lambda: not sensitive(app, "遮住"))
    # Drawn anew in the middle, by keys that take the focus back.
    app.press("不遮了")
    app.press("遮盖")
    app.see("不遮了")
    app.keys(*["Left"] * 10, *["Down"] * 10, *["shift+Right"] * 5, *["shift+Down"] * 3, "Return")
    wait_for("a box", lambda: sensitive(app, "遮住"))
    app.press("遮住")
    app.see("遮好了")
    after = changed(store, photo, before)
    # 20 to 50 % across, 64 to 82 % down.
    for x, y, is_now in ((0.22, 0.66, "black"), (0.48, 0.80, "black"), (0.55, 0.72, "blue"), (0.35, 0.60, "blue"), (0.35, 0.87, "blue")):
        assert colour(store, after, x, y) == is_now, (x, y, colour(store, after, x, y))
    wait_for("the page to be ready", lambda: sensitive(app, "转向"))


def slip(app, store, photo):
    """Covering is given up while a finger is still drawing."""
    before = fields(store, photo)["sha256"]
    app.press("遮盖")
    app.see("在要遮的地方拖一下。遮住以后改不回来。")
    box = app.see("照片").queryComponent().getExtents(pyatspi.WINDOW_COORDS)
    x, y = box.x + box.width // 2, box.y + box.height // 2
    subprocess.run(["xdotool", "mousemove", str(x), str(y), "mousedown", "1", "mousemove", str(x + 30), str(y + 30)], check=True)
    wait_for("a box", lambda: sensitive(app, "撤一块"))
    app.press("不遮了")
    app.see("拿掉")
    subprocess.run(["xdotool", "mousemove", str(x + 60), str(y + 60), "mouseup", "1"], check=True)
    wait_for("the page to be ready", lambda: sensitive(app, "遮盖"))
    assert fields(store, photo)["sha256"] == before


def describe(app, store, photo):
    app.press("用途和说明：东墙")
    app.press("用途: 房屋裂缝")
    app.type("说明", "东墙，两指宽")
    shoot("photo-words")
    app.press("用途和说明", exact=False)
    app.see("用途和说明：房屋裂缝 · 东墙，两指宽")
    wait_for("the words to be kept", lambda: fields(store, photo).get("caption") == "东墙，两指宽" and fields(store, photo).get("purpose") == "crack")


def look(app):
    for name in ("放大", "放大", "缩小"):
        app.press(name)
        GLib.usleep(350000)
    shoot("photo-closer")
    app.keys("minus", "minus", "minus", "plus")


def take_away(app, store, photo):
    app.press("拿掉")
    app.press("撤销")
    wait_for("the photo to be back", lambda: photo in [row["id"] for row in store.rows("list", "photo")])
    assert fields(store, photo)["caption"] == "东墙，两指宽"
    wait_for("the page to show it", lambda: app.showing("用途和说明：房屋裂缝 · 东墙，两指宽"))
    app.press("拿掉")
    app.see("1/1")
    assert photo not in [row["id"] for row in store.rows("list", "photo")]


def stays(app, store, home, photo):
    """A photo that comes while the page is open stands before the others: what is seen stays seen, and what is done is done to that. A picture that is being written
    while another one is looked at is seen again as it is then."""
    app.press("写用途和说明")
    store.run("photo", "add", home, make_picture("c.jpg", BLUE, 860))
    app.type("说明", "西墙")
    app.press("写用途和说明")
    wait_for("the words to be kept", lambda: fields(store, photo).get("caption") == "西墙")
    wait_for("the page to be ready", lambda: sensitive(app, "转向"))
    before = fields(store, photo)["sha256"]
    others = {row["id"]: fields(store, row["id"])["sha256"] for row in store.rows("list", "photo") if row["id"] != photo}
    app.press("转向")
    changed(store, photo, before)
    assert others == {id: fields(store, id)["sha256"] for id in others}, "another photo was turned"
    wait_for("the page to be ready", lambda: sensitive(app, "转向"))
    before = fields(store, photo)["sha256"]
    app.press("转向")
    app.press("上一张" if sensitive(app, "上一张") else "下一张")
    changed(store, photo, before)
    wait_for("the page to be ready", lambda: sensitive(app, "转向"))
    app.press("下一张" if sensitive(app, "下一张") else "上一张")
    app.see("用途和说明：西墙")
    wait_for("the picture", lambda: sensitive(app, "转向"))
    assert not app.showing("正在从县里取这张照片…")


def test(program, store, households):
    home = households["张国华"]
    store.run("photo", "add", home, make_picture("a.jpg", BLUE, 900))
    store.run("photo", "add", home, make_picture("b.jpg", BLUE, 880))
    first = next(row["id"] for row in store.rows("list", "photo") if fields(store, row["id"])["width"] == 900)
    app = App(program, store.dir, "--page", "household:" + home)
    app.see("家庭成员")
    app.call("photo", GLib.Variant("(ss)", (home, first)))
    app.see("拿掉")
    shoot("photo-whole")
    app.judge("the photo")
    turn(app, store, first)
    cover(app, store, first)
    cover_by_keys(app, store, first)
    slip(app, store, first)
    look(app)
    describe(app, store, first)
    take_away(app, store, first)
    stays(app, store, home, next(row["id"] for row in store.rows("list", "photo")))
    app.close()
    assert len(files(store)) == 6, files(store)
    store.run("check")


main(test)

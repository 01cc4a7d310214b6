# SPDX-License-Identifier: GPL-3.0-or-later
"""A store that takes nothing: the form says so, the window does not close unasked, and what was answered is kept as soon as the store takes it."""
import os
import sqlite3
import subprocess

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, GLib  # noqa: E402

from uitest import App, main, wait_for  # noqa: E402


def shoot(name):
    if "ZF_UI_PICTURES" in os.environ:
        subprocess.run(["import", "-window", "root", "%s/%s.png" % (os.environ["ZF_UI_PICTURES"], name)], check=True)


class Full:
    """As if the disk were full."""

    def __init__(self, store, what="UPDATE ON draft"):
        self.what = what
        self.db = sqlite3.connect(os.path.join(store.dir, "store.db"), timeout=20)

    def __enter__(self):
        self.db.execute("CREATE TRIGGER full BEFORE %s BEGIN SELECT RAISE (FAIL, 'full'); END" % self.what)

    def __exit__(self, *error):
        self.db.execute("DROP TRIGGER full")

    def answers(self):
        return self.db.execute("SELECT answers FROM draft").fetchone()[0]


def photos(store):
    return [row["id"] for row in store.rows("list", "photo")]


def brought_back(program, store, home):
    """A photo that was taken away, and does not come back at first."""
    pixbuf = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, 640, 480)
    pixbuf.fill(0x8090A0FF)
    pixbuf.savev(store.dir + "/shot.jpg", "jpeg", [], [])
    app = App(program, store.dir, "--page", "household:" + home, warns=True)
    app.call("photo-file", GLib.Variant("s", store.dir + "/shot.jpg"))
    wait_for("the photo", lambda: photos(store))
    photo, = photos(store)
    app.call("photo", GLib.Variant("(ss)", (home, photo)))
    app.press("拿掉")
    app.see("照片拿掉了")
    with Full(store, "INSERT ON change"):
        app.press("撤销")
        app.see("照片没能取回，再点一次。")
        assert not photos(store)
    app.press("撤销")
    wait_for("the photo to be back", lambda: photos(store) == [photo])
    app.kill()


def test(program, store, households):
    home = households["张国华"]
    brought_back(program, store, households["李秀英"])
    app = App(program, store.dir, "--page", "household:" + home, warns=True)
    full = Full(store)
    app.press("开始走访")
    app.see("1/6")
    with full:
        app.type("走访人", "李强")
        app.see("刚才的回答还没存上", exact=False)
        app.see("没存上")
        shoot("unsaved")
        app.call("quit", of="")
        app.see("最后答的还没存上。")
        shoot("unsaved-close")
        app.press("取消")
        app.gone("最后答的还没存上。")
        assert "李强" not in full.answers()
    app.see("已保存", exact=False)
    assert "李强" in full.answers()
    with full:
        app.type("走访人", "王敏")
        app.see("没存上")
        app.call("quit", of="")
        app.press("不存，关掉")
        wait_for("the end", lambda: app.process.poll() is not None)
    assert app.process.returncode == 0 and "李强" in full.answers()


main(test)

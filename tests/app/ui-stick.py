# SPDX-License-Identifier: GPL-3.0-or-later
"""Work without a line: out by a stick and the reply back, and a card that keeps what is not sent by itself until another tablet goes on from it."""
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile

import uitest
from composing import Display, window_of
from county import County, two_tablets, visit_line
from gi.repository import GLib
from uitest import App, shoot, shoot_below, wait_for

program, ctl, server = sys.argv[1:4]


def close_message(app, words):
    app.see(words, exact=False)
    shoot("stick-" + words.replace(" ", "-"))
    app.press("关上")


def stick(tablet, household, county, folder):
    """No line: the page offers the stick; what it took is at the county after the reply came back."""
    out, reply = folder + "/out.zfp", folder + "/reply.zfp"
    county.stop()
    tablet.put([visit_line(household)])
    app = App(program, tablet.dir, "--page", "sync")
    app.see("没有网", exact=False)
    app.press("导出到 U 盘")
    app.see("取消")
    app.press("取消")
    app.call("stick-out", GLib.Variant("s", out))
    close_message(app, "存好了：走访 1")
    app.see("只在本机 走访 1", exact=False)
    county.run("parcel", out, reply)
    app.call("stick-reply", GLib.Variant("s", out))
    close_message(app, "不是给这台平板的")
    app.call("stick-reply", GLib.Variant("s", reply))
    close_message(app, "县里已收到 1")
    app.see("只在本机 走访 0", exact=False)
    app.see("都到县里了", exact=False)
    app.close()


def closed_meanwhile(tablet, folder):
    """Who closes the window while the stick is read hears of it, and loses nothing: the work ends, and then the window closes."""
    slow = folder + "/slow.zfp"
    os.mkfifo(slow)
    app = App(program, tablet.dir, "--page", "sync")
    app.call("stick-reply", GLib.Variant("s", slow))
    app.see("正在读回信…")
    with Display() as display:
        display.close_window(window_of(app))
    app.see("还在读 U 盘。读完再关窗口。")
    with open(slow, "wb") as end:
        end.write(b"nothing of the county's")
    app.see("这封回信用不了", exact=False)
    # The cross of a toast has the same name.
    wait_for("the message to go", lambda: app.showing("这封回信用不了") is None or (app.press_now("关上") and None))
    with Display() as display:
        display.close_window(window_of(app))
    assert app.process.wait(30) == 0


def add_sound(tablet):
    """An audio note's file, as it lies among the photos."""
    data = b"OggS and what a voice said"
    name = hashlib.sha256(data).hexdigest()
    path = os.path.join(tablet.dir, "photos", name[:2], name + ".jpg")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)
    with sqlite3.connect(os.path.join(tablet.dir, "store.db")) as db:
        db.execute("INSERT INTO blob (sha256, size, state) VALUES (?, ?, 0)", (name, len(data)))
    db.close()


def card(tablet, household, folder, there):
    """Named once, the card has every save a while later, and goes on when it was out."""
    tablet.put([visit_line(household)])
    add_sound(tablet)
    app = App(program, tablet.dir, "--page", "sync")
    app.call("stick-card", GLib.Variant("s", folder))
    close_message(app, "在平板自己的盘上")
    app.call("stick-card", GLib.Variant("s", there))
    wait_for("the backup", lambda: os.listdir(there) and os.listdir(there)[0].endswith(".zfb"), 30)
    app.press("U 盘和备份")
    app.see("卡上已存", exact=False)
    shoot_below("stick-card")
    app.close()
    # Once more from the start: nobody names it again.
    name = os.path.join(there, os.listdir(there)[0])
    os.unlink(name)
    app = App(program, tablet.dir)
    wait_for("the backup after a start", lambda: os.path.exists(name), 30)
    app.close()
    return name


def go_on(other, name):
    """Another tablet of the team takes it over; twice changes nothing."""
    before = len(other.rows("list", "visit"))
    app = App(program, other.dir, "--page", "sync")
    for changes in ("修改 1", "修改 0"):
        app.call("stick-restore", GLib.Variant("s", name))
        app.see("录音 1", exact=False)
        close_message(app, changes)
    app.close()
    assert len(other.rows("list", "visit")) == before + 1


def main():
    folder = tempfile.mkdtemp(prefix="zf-ui-stick-")
    there = tempfile.mkdtemp(prefix="zf-card-", dir="/dev/shm")
    assert os.stat(folder).st_dev != os.stat(there).st_dev, "no second file system here"
    try:
        with County(server, folder + "/county") as county:
            tablet, other, household, _ = two_tablets(ctl, county, folder)
            stick(tablet, household, county, folder)
            closed_meanwhile(tablet, folder)
            county.serve()
            other.run("sync")
            county.stop()
            name = card(tablet, household, folder, there)
            go_on(other, name)
            # The lost tablet turns up: nothing is doubled.
            county.serve()
            for store in (other, tablet, other):
                store.run("sync")
            for store in (tablet, other):
                assert len(store.rows("list", "visit")) == 2
                store.run("check")
    except uitest.Missing:
        if "ZF_UI_PICTURE" in os.environ:
            subprocess.run(["import", "-window", "root", os.environ["ZF_UI_PICTURE"]], check=False)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(there, ignore_errors=True)


main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Sync that nobody has to think of: it starts by itself and arrives; it stops where it is told and goes on; a network that wants a login and a
missing network are said in words; a conflict is settled in five taps, can be taken back, and goes up alone; what
is sensitive in it is shown on a tap only."""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import uitest
from gi.repository import Gio, GLib
from county import County, Portal, two_tablets, visit_line
from uitest import App, Store, Taps, shoot, wait_for

program, ctl, server = sys.argv[1:4]


def rows(store, *words):
    return [json.loads(line) for line in store.run(*words, "--json").splitlines() if line.startswith("{")]


def no_line(tablet, household, county):
    """The county is away: the page says that everything is safe; when it is back the rest goes."""
    county.stop()
    tablet.put([visit_line(household)])
    app = App(program, tablet.dir, "--page", "sync")
    app.see("没有网", exact=False)
    app.see("只在本机 走访 1", exact=False)
    app.press("现在同步")
    app.see("没有网", exact=False)
    county.serve()
    # Nobody taps.
    wait_for("it to start by itself", lambda: app.showing("都到县里了", exact=False), 60)
    app.close()


def one_background_run(tablet):
    """What the user's timer does: the app is started without a window, syncs once and ends by itself."""
    bus = Gio.bus_get_sync(Gio.BusType.SESSION)
    app = subprocess.Popen([program, "--store", tablet.dir, "--gapplication-service"])

    def ask():
        names = bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames", None, None, 0, -1).unpack()[0]
        name = next(n for n in names if n.startswith("org.zoufang.Zoufang"))
        bus.call_sync(name, "/" + name.replace(".", "/"), "org.gtk.Actions", "Activate", GLib.Variant("(sava{sv})", ("sync", [], {})), None, 0, -1)
        return True

    wait_for("the app on the bus", ask)
    assert app.wait(60) == 0
    return json.loads(tablet.run("stats", "--json"))["unsent"] == 0


def background(tablet, household):
    tablet.put([visit_line(household)])
    # What was just saved may be taken back and waits for a later run.
    wait_for("the visit to be at the county", lambda: one_background_run(tablet), 60)


def portal(tablet, household, county):
    """Somebody else answers: nothing is sent to him."""
    county.stop()
    with Portal(county.port) as somebody:
        tablet.put([visit_line(household)])
        app = App(program, tablet.dir, "--page", "sync")
        app.see("登录", exact=False)
        app.close()
        assert not somebody.saw_token(), "a token went to a stranger"
    county.serve()
    tablet.run("sync")


def conflict(tablet, other, household, person):
    """Two tablets wrote two numbers: five taps settle it, it can be taken back, and the decision goes up alone."""
    other.put([{"kind": "person", "id": person, "set": {"work_months": 7}}])
    other.run("sync")
    tablet.put([{"kind": "person", "id": person, "set": {"work_months": 9}}])
    tablet.run("sync")
    assert len(rows(tablet, "conflicts")) == 1
    app = App(program, tablet.dir)
    taps = Taps(app)
    taps.press("同步", exact=False)
    taps.press("去处理")
    app.see("张国华 · 张强", exact=False)
    taps.press("本机 9", exact=False)
    taps.press("问过本人")
    taps.press("就用这个")
    assert taps.n <= 5, taps.n
    app.see("已定：9", exact=False)
    app.press("撤销")
    app.see("去处理")
    app.press("去处理")
    app.press("县里现在 7", exact=False)
    app.press("问过村里")
    app.press("就用这个")
    # Nobody taps: a visit made meanwhile and the decision are at the county once they may no longer be taken back.
    tablet.put([visit_line(household)])
    wait_for("everything to go up by itself", lambda: app.showing("都到县里了", exact=False), 60)
    app.close()
    other.run("sync")
    assert not rows(other, "conflicts"), "the decision did not reach the other tablet"
    assert len(rows(other, "list", "visit")) == 4, "the visit did not go up by itself"
    assert rows(other, "get", person)[0]["fields"]["work_months"] == 7


def hidden(tablet, other, person):
    """Two phone numbers: neither is on the screen before somebody asks, nor in what is said when it is settled."""
    other.put([{"kind": "person", "id": person, "set": {"phone": "13911112222"}}])
    other.run("sync")
    tablet.put([{"kind": "person", "id": person, "set": {"phone": "13933334444"}}])
    tablet.run("sync")
    app = App(program, tablet.dir, "--page", "sync")
    app.press("去处理")
    app.see("4444", exact=False)
    app.see("2222", exact=False)
    assert app.showing("1393333", exact=False) is None and app.showing("1391111", exact=False) is None, "a phone number is shown to whoever looks"
    shoot("conflict-hidden")
    app.press("本机", exact=False)
    app.press("显示")
    app.see("13933334444", exact=False)
    app.see("13911112222", exact=False)
    app.press("显示")
    wait_for("it to be hidden again", lambda: app.showing("1393333", exact=False) is None and app.showing("1391111", exact=False) is None)
    # What was chosen stays chosen.
    app.press("问过本人")
    app.press("就用这个")
    app.see("已定：尾号", exact=False)
    assert app.showing("1393333", exact=False) is None
    app.close()


def typed_anew(tablet, other, person):
    """Neither is right: the third number by the app's own keys."""
    other.put([{"kind": "person", "id": person, "set": {"work_months": 3}}])
    other.run("sync")
    tablet.put([{"kind": "person", "id": person, "set": {"work_months": 4}}])
    tablet.run("sync")
    os.environ["ZF_TEST_TOUCH"] = "1"
    app = App(program, tablet.dir, "--page", "sync")
    del os.environ["ZF_TEST_TOUCH"]
    app.press("去处理")
    app.press("都不对，重填")
    entry = app.click_into("务工月数").queryText()
    app.see("数字键盘")
    for _ in range(entry.characterCount):
        app.click("删一位")
    app.click("键 1")
    app.click("键 1")
    wait_for("the number", lambda: entry.getText(0, entry.characterCount) == "11")
    shoot("conflict-typed")
    app.press("问过本人")
    app.press("就用这个")
    app.see("已定：11", exact=False)
    app.close()


def main():
    folder = tempfile.mkdtemp(prefix="zf-ui-sync-")
    try:
        with County(server, folder + "/county") as county:
            tablet, other, household, person = two_tablets(ctl, county, folder)
            no_line(tablet, household, county)
            background(tablet, household)
            portal(tablet, household, county)
            conflict(tablet, other, household, person)
            hidden(tablet, other, person)
            typed_anew(tablet, other, person)
            for store in (tablet, other):
                store.run("check")
    except uitest.Missing:
        if "ZF_UI_PICTURE" in os.environ:
            subprocess.run(["import", "-window", "root", os.environ["ZF_UI_PICTURE"]], check=False)
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()

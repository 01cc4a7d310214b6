# SPDX-License-Identifier: GPL-3.0-or-later
"""补录: paper visits of a past day, household after household, with the keyboard alone: the day, a name, the form, the next name. What is written says the day
of the visit and that it was entered later."""
import subprocess

from gi.repository import GLib

from uitest import App, main, shoot, wait_for


def keys(*names):
    subprocess.run(["xdotool", "key", "--delay", "60", *names], check=True)


def write(text):
    subprocess.run(["xdotool", "type", "--delay", "60", text], check=True)


def enter_one(app, search, name):
    """From the search entry to the search entry, by keys alone."""
    write(search)
    app.see(name + "\n", exact=False)
    keys("Return")
    app.see(name + " · 走访", exact=False)
    wait_for("the first question", lambda: app.showing("1/6") or app.showing("第 1 屏，共 6 屏"))
    shoot("later-form-" + search)
    keys("2")                      # 方式: 电话
    keys("Return", "Return")       # over the day, which stands already, to 走访人
    write("lq")
    for heading in ("住房", "收入比上次", "诉求: 没有诉求", "家人签字"):
        keys("ctrl+Return")
        app.see(heading, exact=False)
    keys("6")                      # 签字: 电话走访不签
    keys("ctrl+Return")
    app.see("下次走访")
    keys("ctrl+Return")
    app.see("刚才补录的", exact=False)


def test(program, store, households):
    app = App(program, store.dir)
    app.see("最近走访")
    app.call("later", GLib.Variant("s", ""))
    app.see("走访是哪一天？")
    # Without a window manager keys go where the pointer is; a click beside everything takes no focus away.
    subprocess.run(["xdotool", "mousemove", "4", "300", "click", "1"], check=True)
    shoot("later-day")
    write("2099-01-01")
    keys("Return")
    app.see("日期不能在今天以后。")
    keys("ctrl+a")
    write("2026-11-02")
    keys("Return")
    app.see("哪一户？")
    enter_one(app, "zgh", "张国华")
    shoot("later-one")
    enter_one(app, "wzq", "王志强")
    app.see("刚才补录的：2", exact=False)
    write("zgh")
    app.see("这天记过了", exact=False)
    shoot("later-again")
    subprocess.run(["xdotool", "key", "ctrl+a", "Delete"], check=True)
    enter_one(app, "zgh", "张国华")
    # A page that answers (the map, the camera) leads back to the form, and the form back here.
    app.call("later-visit", GLib.Variant("(ss)", (households["李秀英"], "2026-11-02")))
    app.see("李秀英 · 走访", exact=False)
    app.call("place", GLib.Variant("s", households["李秀英"]))
    app.see("放这里")
    app.call("back")
    app.see("李秀英 · 走访", exact=False)
    app.call("back")
    app.see("刚才补录的：2", exact=False)
    app.press("返回")
    app.see("最近走访")
    app.close()

    visits = [store.rows("get", row["id"])[0] for row in store.rows("list", "visit")]
    fields = [visit.get("fields", visit) for visit in visits]
    assert len(fields) == 3, fields
    assert {f["date"] for f in fields} == {"2026-11-02"}, fields
    assert {f["entered_later"] for f in fields} == {"yes"}, fields
    assert {f["mode"] for f in fields} == {"phone"}, fields
    history = store.rows("history", visits[0]["id"])
    assert history and history[0]["at"] > 1000000000000, history
    store.run("check")


main(test)

# SPDX-License-Identifier: GPL-3.0-or-later
"""One visit by names and actions only: search, open, answer, take a photo over, finish; then the store is asked what arrived. In between
the app is killed: what was answered before is offered again. The finished visit is taken back once."""
import os
import tempfile

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, GLib  # noqa: E402

from uitest import App, main, shoot, wait_for


def make_picture():
    pixbuf = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, 640, 480)
    pixbuf.fill(0x8090A0FF)
    handle, path = tempfile.mkstemp(suffix=".jpg")
    os.close(handle)
    pixbuf.savev(path, "jpeg", [], [])
    return path


def open_by_search(app, name):
    app.judge("今日")
    app.press("农户")
    app.judge("农户")
    app.type("找农户", name)
    app.see("共 3\u00a0户，显示 1\u00a0户")
    app.press(name + "\n", exact=False)
    app.see("家庭成员")
    app.judge("the page of a household")


def taken_back(app, store, home):
    """While the toast stands nothing has happened yet: no visit, the household as before, and the form where it was left."""
    app.see("撤销")
    shoot("visit-finished")
    app.press("撤销")
    app.see("下次走访")
    assert store.rows("list", "visit") == []
    household = store.rows("get", home)[0]
    assert household.get("fields", household).get("item_housing") != "check", household
    app.press("完成走访")
    app.see("开始走访")


def carried_over(program, store, home, first):
    """The next visit: what was filled in and asked about is told from what nobody asked; a kill forgets nothing of it."""
    app = App(program, store.dir, "--page", "household:" + home)
    app.press("开始走访")
    app.press("都问过，没变化")
    app.see("住房", exact=False)
    wait_for("the note in the draft", lambda: drafts(store, '"carried":"') and not drafts(store, "visitors "))
    app.kill()
    app = App(program, store.dir, "--page", "household:" + home)
    app.press("接着填", exact=False)
    app.to_screen("5  签字")
    app.sign()
    app.see("下次走访")
    app.press("完成走访")
    app.see("开始走访")
    app.close()
    second = [row["id"] for row in store.rows("list", "visit") if row["id"] != first]
    record = store.rows("get", second[0])[0]
    carried = record.get("fields", record)["carried"].split()
    assert "item_housing" in carried and "visitors" not in carried, carried


def test(program, store, households):
    home = households["张国华"]
    app = App(program, store.dir)
    open_by_search(app, "张国华")
    app.press("开始走访")
    app.see("1/6")
    app.reach("方式: 入户")
    app.judge("走访情况")
    app.type("走访人", "李强、王敏")
    app.see("已保存", exact=False)
    app.press("下一步")
    app.press("住房: 待核")
    app.see("住房：情形")
    app.press("住房：情形: 墙体裂缝")
    wait_for("the answers on the disk", lambda: drafts(store) >= 1)
    app.see("已保存", exact=False)
    app.kill()

    # The battery fell out: the draft stands in 今日 with what was answered.
    app = App(program, store.dir)
    app.press("张国华走访没做完", exact=False)
    app.see("张国华 · 走访", exact=False)
    app.to_screen("2  五项")
    app.see("住房：情形")
    app.next_screen("收入比上次")
    app.press("变化: 生病住院")
    app.next_screen("诉求: 没有诉求")
    picture = make_picture()
    app.call("photo-file", GLib.Variant("s", picture))
    app.see("照片 1")
    app.press("诉求: 房屋鉴定")
    app.type("说了什么", "墙上裂了一条缝，想请人来看")
    app.next_screen("今天说的情况")
    app.sign()
    app.see("下次走访")
    app.press("完成走访")
    taken_back(app, store, home)
    app.close()
    os.unlink(picture)

    visits = store.rows("list", "visit")
    assert len(visits) == 1, visits
    visit = store.rows("get", visits[0]["id"])[0]
    fields = visit.get("fields", visit)
    assert fields["visitors"] == "李强、王敏", fields
    assert fields["item_housing"] == "check", fields
    assert "crack" in fields["housing_case"], fields
    assert fields["said"] == "墙上裂了一条缝，想请人来看", fields
    household = store.rows("get", home)[0]
    assert household.get("fields", household)["item_housing"] == "check", "the answer did not reach the household"
    photos = [row for row in store.rows("list", "photo") if row.get("purpose") != "signature"]
    assert len(photos) == 1, photos
    carried_over(program, store, home, visits[0]["id"])
    photo = store.rows("get", photos[0]["id"])[0]
    assert photo.get("fields", photo)["record"] == visits[0]["id"], "the photo does not belong to the visit"
    store.run("check")


def drafts(store, text="crack"):
    import sqlite3
    with sqlite3.connect("file:%s/store.db?mode=ro" % store.dir, uri=True) as db:
        return db.execute("SELECT count(*) FROM draft WHERE instr (answers, ?)", (text,)).fetchone()[0]


main(test)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the pages that hold a village, in their hard states, for eyes: names and notes as long as they come, households by the hundred, a page with everything, nothing at all.
ZF_UI_PICTURES=FOLDER run-ui.sh WIDTHxHEIGHT python3 pages.py ZOUFANG CTL"""
import shutil
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "ctl"))
from gi.repository import GLib  # noqa: E402

from uitest import App, make_store, shoot, shoot_below  # noqa: E402
from zfproc import png  # noqa: E402

program, ctl = sys.argv[1:3]
LONG = "阿卜杜热合曼·买买提吐尔逊·艾合买提江·努尔麦麦提"
SAID = "墙上裂了一条缝，下雨的时候往里渗水，想找人来看看，最好在年前修好，孩子放假要回来住"


def household(name, group, **more):
    return {"kind": "household", "parent": village(), "set": {"head_name": name, "group_no": group, "class": "lifted", **more}}


def village():
    return next(v["id"] for v in store.rows("list", "village", "--limit", "400") if v.get("name") == "石龙村")


def fill(home):
    """Everything a page of a household can hold."""
    lines = [{"kind": "person", "parent": home, "set": {"name": name, "relation": relation, "sex": "1", "birth": birth, "labour": "weak", "school_status": "primary"}}
             for name, relation, birth in ((LONG, "01", "1950-02-03"), ("阿依古丽", "03", "2014-05-06"), ("买买提", "03", "2016-05-06"))]
    lines += [{"kind": "visit", "parent": home, "set": {"date": "2026-10-%02d" % day, "mode": "home", "visitors": "李强、王敏、赵建国", "said": SAID}} for day in (3, 9, 27)]
    lines += [{"kind": "risk", "parent": home, "set": {"type": "illness", "start": "2026-08-01", "status": "open", "description": SAID}}]
    lines += [{"kind": "income", "parent": home, "set": {"year": year, "net_per_head": amount}} for year, amount in ((2025, 1234567), (2024, 845000), (2023, -1200))]
    store.put(lines)
    for i in range(7):
        store.run("photo", "add", home, str(png("%s/%d.png" % (folder, i), 400 + 90 * (i % 3), 400, i)), *(("--purpose", "crack") if i % 2 else ("--caption", SAID)))


def many(most):
    store.put([household("王%s%s" % ("一二三四五六七八九十"[i % 10], "甲乙丙丁戊己庚辛壬癸"[i // 10 % 10]), 1 + i % 9, phone="138%08d" % i,
                         lat="%.4f" % (29.8 + i % 20 / 400), lon="%.4f" % (107.7 + i // 20 / 400)) for i in range(most)])


def menu():
    app = App(program, store.dir)
    app.see("最近走访")
    shoot("pages-today")
    app.press("菜单")
    shoot("pages-menu")
    app.close()


def lists():
    app = App(program, store.dir, "--page", "households")
    app.see("户，显示", exact=False)
    shoot("pages-list")
    app.type("找农户", LONG)
    app.see("显示 1\u00a0户", exact=False)
    shoot("pages-list-long")
    app.type("找农户", "没有这个人")
    app.see("没有找到", exact=False)
    shoot("pages-list-nothing")
    app.close()


def page(home):
    app = App(program, store.dir, "--page", "household:" + home)
    app.see("家庭成员")
    shoot_below("pages-household", 7)
    photo = store.rows("list", "photo", "--where", "parent=" + home)[0]["id"]
    app.call("photo", GLib.Variant("(ss)", (home, photo)))
    app.see("拿掉")
    shoot("pages-photo")
    app.close()


def visit(home):
    app = App(program, store.dir, "--page", "visit:" + home)
    app.see("走访人")
    shoot("pages-visit")
    app.close()


def map_page():
    app = App(program, store.dir, "--page", "map")
    app.see("放大")
    app.see("没有位置", exact=False)
    shoot("pages-map")
    app.close()


def empty():
    app = App(program, folder + "/new")
    app.see("开始")
    shoot("pages-start")
    app.press("开始")
    app.see("这台平板还没有农户")
    shoot("pages-empty-today")
    app.press("农户")
    shoot("pages-empty-list")
    app.press("地图")
    app.see("放大")
    shoot("pages-empty-map")
    app.press("同步")
    shoot("pages-empty-sync")
    app.close()


folder = tempfile.mkdtemp(prefix="zf-pages-")
store, _ = make_store(ctl, folder + "/store")
try:
    empty()
    store.put([household(LONG, 12, phone="13800000001", monitored_class="unstable", level="red", level_reason="因病、因灾，房屋漏雨，孩子上学有困难，主要劳动力失业半年",
                         nickname="老江", flags="dibao relocated military", needs="appraise repair school job", next_visit="2026-11-28", item_housing="no", item_education="check", item_medical="yes")])
    home = next(h["id"] for h in store.rows("list", "household") if h["head_name"] == LONG)
    fill(home)
    many(120)
    menu()
    lists()
    page(home)
    visit(home)
    map_page()
finally:
    shutil.rmtree(folder, ignore_errors=True)

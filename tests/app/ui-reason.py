# SPDX-License-Identifier: GPL-3.0-or-later
"""Why something is changed, and why an unlikely answer is right, is kept like every other text: ui-reason.py APP CTL METHOD.so drop|commit. Each way to leave the field is gone
while letters are composed behind a word that was taken over (ui-compose.py); then the field and the draft are asked, and in the end the records."""
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
os.environ["ZOUFANG_DATA"] = str(data)
(data / "forms" / "farm.json").write_text(json.dumps({
    "settings": [{"form_title": "种地台账", "form_title::English": "Farming", "form_id": "farm", "version": "1", "default_language": "中文"}],
    "kind": {"name": "farm", "order": 500, "parent": {"kind": "household", "field": "household"}, "ledger": True, "label": "season",
             "columns": ["season"], "sensitive": ["tel"]},
    "survey": [
        {"type": "begin_group", "name": "who", "label::中文": "谁种", "label::English": "Who"},
        {"type": "text", "name": "season", "label::中文": "哪一季", "label::English": "Season", "required": "yes"},
        {"type": "text", "name": "tel", "label::中文": "电话", "label::English": "Phone"},
        {"type": "end_group", "name": "who"},
        {"type": "begin_group", "name": "what", "label::中文": "种什么", "label::English": "What"},
        {"type": "decimal", "name": "mu", "label::中文": "几亩", "label::English": "Area", "check": ". < 100",
         "check_message::中文": "100 亩以上，对吗？", "check_message::English": "100 mu or more. Right?"},
        {"type": "end_group", "name": "what"}],
    "choices": []}, ensure_ascii=False))

from composing import NONE, Display, Method, focus_window, window_of  # noqa: E402
from uitest import WIDE, App, main, shoot, wait_for  # noqa: E402

LETTERS = "qzx"
WHY = "/why"
REST = 1.4   # seconds: longer than the rest after which what was typed is kept
BACK = [("张国华种地台账没改完", False), ("种地台账 2026 秋", False), ("下一步", True)]


def answers(store):
    with sqlite3.connect("file:%s/store.db?mode=ro" % store.dir, uri=True) as db:
        return json.loads(db.execute("SELECT answers FROM draft").fetchone()[0])


def text_of(app, name):
    text = wait_for("the field “%s”" % name, lambda: app.entry(name)).queryText()
    return text.getText(0, text.characterCount)


# Ways to leave the field.

def by_tab(app):
    app.keys("Tab")


def by_screen_before(app):
    if WIDE:
        app.click("上一步")
    else:
        app.click("返回")


def by_list(app):
    if WIDE:
        app.click("1  谁种")
    else:
        app.call("back")


def by_arrow_key(app):
    app.keys("alt+Left")


def by_other_window(app):
    with Display() as display:
        display.focus(NONE)


def by_window_manager(app):
    with Display() as display:
        display.close_window(window_of(app))
    app.process.wait()


def by_quitting(app):
    app.keys("ctrl+q")
    app.process.wait()


WAYS = [by_tab, by_screen_before, by_list, by_arrow_key, by_other_window, by_window_manager, by_quitting]


def come_back(program, store, app):
    """Wherever the app is, to where the reason is asked: the app (a new one when it has ended)."""
    if app.process.poll() is not None:
        app = App(program, store.dir)
    focus_window(app)
    wait_for("the reason", lambda: app.entry("原因") is not None or (any(app.press_now(name, exact=exact) for name, exact in BACK) and False))
    return app


def leave(program, store, method, app, way, leaves):
    app = come_back(program, store, app)
    app.click_into("原因")
    app.keys("ctrl+a", "Delete")
    wait_for("no reason on the disk", lambda: WHY not in answers(store))
    method.take(app, "li", "李")
    method.compose(app, LETTERS)
    way(app)
    expected = "李强" if leaves == "commit" else "李"
    where = "%s, %s" % (way.__name__, leaves)
    wait_for("%s on the disk: %s" % (expected, where), lambda: answers(store).get(WHY) == expected)
    app = come_back(program, store, app)
    wait_for("%s in the field: %s" % (expected, where), lambda: text_of(app, "原因") == expected)
    return app


def rest(store, method, app):
    """Who rests keeps the place in the text, and what is composed is not kept meanwhile."""
    app.click_into("原因")
    app.keys("ctrl+a", "Delete")
    method.take(app, "li", "李")
    method.compose(app, LETTERS)
    time.sleep(REST)
    assert answers(store)[WHY] == "李", answers(store)
    app.keys("Escape")
    method.wait("took ")


def end(store, method, app, leaves):
    """完成 takes what stands in the field."""
    app.click_into("原因")
    app.keys("ctrl+a", "Delete")
    wait_for("no reason on the disk", lambda: WHY not in answers(store))
    method.take(app, "li", "李")
    method.compose(app, LETTERS)
    shoot("reason-typed")
    app.click("完成")
    app.see("开始走访")
    app.press("2026 秋", exact=False)
    app.press("改动记录", exact=False)
    app.see("改了 · " + ("李强" if leaves == "commit" else "李"), exact=False)
    wait_for("the household", lambda: app.showing("开始走访") or (app.press_now("返回") and None))


def change_mind(app):
    """A reason that was tapped stands for what was typed, and can be taken back."""
    app.type("原因", "记错了行")
    app.press("问过本人")
    wait_for("the empty field", lambda: text_of(app, "原因") == "")
    app.press("问过本人")
    app.press("完成")
    app.see("为什么改？")


def say_right(app):
    """What was pressed by a tool happens a moment later, and asks the doubts anew."""
    wait_for("a place for the reason", lambda: app.entry("几亩: 原因") is not None or (app.press_now("几亩: 对，写原因") and None))


def doubt(store, app):
    """The reason for an unlikely answer: typed, and 完成 right behind it; who changes the answer is asked anew."""
    app.press("2026 秋", exact=False)
    app.press("下一步")
    app.type("几亩", "500")
    app.press("完成")
    say_right(app)
    app.type("几亩: 原因", "租了别人的")
    time.sleep(REST)
    shoot("reason-doubt")
    app.press("几亩: 改")
    app.see("几亩")
    app.type("几亩", "600")
    app.press("完成")
    say_right(app)
    app.type("几亩: 原因", "合作社的")
    app.press("完成")
    app.see("开始走访")
    farm = store.rows("get", store.rows("list", "farm")[0]["id"])[0]
    fields = farm.get("fields", farm)
    assert (fields["mu"], fields["mu__why"]) == ("600", "合作社的"), fields


def test(program, store, households):
    leaves = sys.argv[4]
    home = households["张国华"]
    store.put([{"kind": "farm", "parent": home, "set": {"season": "2026 秋", "tel": "13900000001"}}])
    method = Method(sys.argv[3])
    os.environ["ZF_TEST_IM_LEAVE"] = leaves
    try:
        app = App(program, store.dir, "--page", "household:" + home)
        focus_window(app)
        app.press("2026 秋", exact=False)
        app.press("电话: 显示")
        app.type("电话", "13900000002")
        app.press("下一步")
        app.see("为什么改？")
        change_mind(app)
        for way in WAYS:
            app = leave(program, store, method, app, way, leaves)
        rest(store, method, app)
        end(store, method, app, leaves)
        doubt(store, app)
        app.close()
    finally:
        shutil.rmtree(method.folder)
    store.run("check")


try:
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

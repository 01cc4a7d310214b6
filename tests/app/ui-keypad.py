# SPDX-License-Identifier: GPL-3.0-or-later
"""The app's own keys for numbers: they come for a finger (ZF_TEST_TOUCH: there is no screen to touch here), stand over nothing, and go when a keyboard types."""
import json
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from gi.repository import GLib

here = Path(__file__).parent
data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
shutil.copy(here / "ways.json", data / "forms")
(data / "forms" / "promise.json").write_text(json.dumps({
    "settings": [{"form_title": "认账表", "form_title::English": "Agreed", "form_id": "promise", "version": "1", "default_language": "中文"}],
    "kind": {"name": "promise", "order": 503, "parent": {"kind": "household", "field": "household"}, "ledger": True, "label": "word", "columns": ["word"]},
    "survey": [
        {"type": "begin_group", "name": "said", "label::中文": "说的", "label::English": "Said"},
        {"type": "text", "name": "word", "label::中文": "说了啥", "label::English": "Word"},
        {"type": "end_group", "name": "said"},
        {"type": "begin_group", "name": "agreed", "label::中文": "认的", "label::English": "Agreed", "appearance": "family"},
        {"type": "integer", "name": "trees", "label::中文": "几棵树", "label::English": "Trees"},
        {"type": "end_group", "name": "agreed"}],
    "choices": []}, ensure_ascii=False))
os.environ["ZOUFANG_DATA"] = str(data)

from uitest import App, WIDE, WINDOW_COORDS, main, shoot, wait_for  # noqa: E402

NAMES = {"⌫": "删一位", "万": "乘一万", "−": "负数", ".": "小数点", "下": "下一项"}


def box(app, name):
    return app.see(name, exact=False).queryComponent().getExtents(WINDOW_COORDS)


def is_there(app):
    return app.showing("数字键盘") is not None and box(app, "数字键盘").height > 0


class Hand:
    def __init__(self, app, store):
        self.app, self.store = app, store

    def tap(self, keys):
        for key in keys:
            self.app.click(NAMES.get(key, "键 " + key))

    def reads(self, name, text):
        def read():
            part = self.app.entry(name).queryText()
            return part.getText(0, part.characterCount) == text
        wait_for("“%s” in %s" % (text, name), read)

    def keeps(self, name, value, kind="ways"):
        def kept():
            with sqlite3.connect("file:%s/store.db?mode=ro" % self.store.dir, uri=True) as db:
                return json.loads(db.execute("SELECT answers FROM draft WHERE kind = ?", (kind,)).fetchone()[0]).get(name) == value
        wait_for("%s = %s in the draft" % (name, value), kept)


def start(program, store, home):
    app = App(program, store.dir, "--page", "household:" + home)
    app.call("add", GLib.Variant("(ss)", ("ways", home)))
    app.see("问法台账", exact=False)
    wait_for("the numbers", lambda: app.entry("整数") is not None or (app.press_now("下一步") and False))
    return app


def from_the_top(app):
    app.previous_screen()
    wait_for("the screen before", lambda: app.entry("整数") is None)
    app.press("下一步")
    wait_for("the numbers", lambda: app.entry("整数") is not None)


def covers_nothing(app, name):
    """The field, and what is told below it, stand above the keys."""
    keypad = box(app, "数字键盘")
    wait_for("%s above the keys" % name, lambda: 0 < box(app, name).y and box(app, name).y + box(app, name).height <= box(app, "数字键盘").y)
    for key in "0123456789":
        assert box(app, "键 " + key).height >= 50, key
    return keypad


def by_finger(app, hand):
    app.click_into("整数")
    wait_for("the keys", lambda: is_there(app))
    hand.tap("17⌫2")
    hand.reads("整数", "12")
    hand.keeps("whole", 12)
    shoot("keypad-whole")
    covers_nothing(app, "整数")
    hand.tap("下")
    app.see("数字键盘")
    hand.tap("3万")
    hand.reads("大整数", "30000")
    app.see("3\u00a0万")
    hand.keeps("many", 30000)
    hand.tap("下")
    # Who takes a while between two keys finds what stands there as it was left.
    hand.tap("−2.")
    hand.keeps("part", "-2")
    hand.reads("小数", "-2.")
    hand.tap("5")
    hand.keeps("part", "-2.5")
    hand.tap("下")
    hand.tap("1.5万")
    hand.reads("务工收入", "15000")
    app.see("1.5\u00a0万")
    hand.keeps("wage", 1500000)
    covers_nothing(app, "务工收入")
    covers_nothing(app, "1.5\u00a0万")
    shoot("keypad-wage")


def told_above(app, hand):
    """What is no answer is told above the keys."""
    from_the_top(app)
    app.click_into("整数")
    wait_for("the keys", lambda: is_there(app))
    hand.tap("−")
    hand.tap("⌫⌫⌫−")
    app.see("要填整数", exact=False)
    covers_nothing(app, "要填整数")
    shoot("keypad-wrong")
    hand.tap("⌫5")
    hand.keeps("whole", 5)


def goes(app, hand):
    """For who types, and for who goes on to what is no number."""
    app.click_into("整数")
    app.keys("BackSpace")
    wait_for("the keys to go", lambda: not is_there(app))
    app.keys("8")
    hand.keeps("whole", 8)
    app.click_into("整数")
    wait_for("the keys", lambda: is_there(app))
    app.click("下一步")
    wait_for("the keys to go", lambda: not is_there(app))


def with_the_family(program, store, home):
    """Who reads and signs may have a number to say."""
    app = App(program, store.dir, "--page", "household:" + home)
    hand = Hand(app, store)
    app.call("add", GLib.Variant("(ss)", ("promise", home)))
    app.see("说了啥")
    app.press("下一步")
    app.see("返回走访")
    app.click_into("几棵树")
    wait_for("the keys", lambda: is_there(app))
    hand.tap("12万")
    hand.reads("几棵树", "120000")
    hand.keeps("trees", 120000, "promise")
    covers_nothing(app, "几棵树")
    shoot("keypad-family")
    app.close()


def by_mouse(program, store, home):
    del os.environ["ZF_TEST_TOUCH"]
    app = App(program, store.dir, "--page", "household:" + home)
    app.call("add", GLib.Variant("(ss)", ("ways", home)))
    app.see("问法台账", exact=False)
    app.to_screen("2  数")
    app.click_into("整数")
    app.keys("7")
    assert not is_there(app), "keys that nobody asked for"
    app.close()


def test(program, store, households):
    home = households["李秀英"]
    os.environ["ZF_TEST_TOUCH"] = "1"
    app = start(program, store, home)
    hand = Hand(app, store)
    by_finger(app, hand)
    told_above(app, hand)
    goes(app, hand)
    app.close()
    with_the_family(program, store, home)
    if WIDE:
        by_mouse(program, store, home)


try:
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Text that an input method composes is never saved half nor lost: ui-compose.py APP CTL METHOD.so drop|commit, with an input method made for it (test-im.c) and real keys; the
last says what the method does with letters when the focus leaves.
Each way to leave a field is gone while letters are composed behind a word that was taken over; then the field, the draft and every byte of the store are asked."""
import glob
import json
import os
import shutil
import sqlite3
import sys
import time

import pyatspi

from composing import NONE, Display, Method, focus_window, window_of
from uitest import App, PRIMARY, main, wait_for

REST = 1.4   # seconds: longer than the rest after which what was typed is kept
LETTERS = "qzx"   # no syllable: the search index holds those of names
# From wherever a way led back to the form.
BACK = [("张国华走访没做完", False), ("接着填", False), ("交回来了", True), ("返回走访", True)]
# The screen's name in the list, the field, how it is called, and an answer beside it.
SCREENS = [
    ("1  走访情况", "visitors", "走访人", "方式: 电话"),
    ("4  诉求和照片", "said", "说了什么", "诉求: 找活"),
]


def answers(store):
    with sqlite3.connect("file:%s/store.db?mode=ro" % store.dir, uri=True) as db:
        return json.loads(db.execute("SELECT answers FROM draft").fetchone()[0])


def bytes_of(store):
    """All that was ever written of it."""
    found = b""
    for path in glob.glob(store.dir + "/store.db*"):
        with open(path, "rb") as file:
            found += file.read()
    return found


def text_of(app, name):
    text = wait_for("the field “%s”" % name, lambda: app.entry(name)).queryText()
    return text.getText(0, text.characterCount)


def has_focus(app, name):
    entry = app.entry(name)
    return entry is not None and pyatspi.STATE_FOCUSED in entry.getState().getStates()


# Ways to leave the field. Each is gone from a field with the focus; True: the app has ended.

def by_tab(app, screen):
    app.keys("Tab")


def by_click_beside(app, screen):
    app.click(screen[3])


def by_next(app, screen):
    app.click(wait_for("the primary button", lambda: next((name for name in PRIMARY if app.showing(name, action=True)), None)))


def by_list(app, screen):
    app.click("2  五项")


def by_arrow(app, screen):
    app.click("返回")


def by_other_window(app, screen):
    with Display() as display:
        display.focus(NONE)


def by_primary_key(app, screen):
    app.keys("ctrl+Return")
    wait_for("the next screen", lambda: app.entry(screen[2]) is None)


def by_arrow_key(app, screen):
    app.keys("alt+Left")


def by_window_manager(app, screen):
    with Display() as display:
        display.close_window(window_of(app))
    app.process.wait()


def by_quitting(app, screen):
    app.keys("ctrl+q")
    app.process.wait()


WAYS = [by_tab, by_click_beside, by_next, by_list, by_arrow, by_other_window, by_primary_key, by_arrow_key, by_window_manager, by_quitting]


def come_back(program, store, app, screen):
    """Wherever the app is, to the screen: the app (a new one when it has ended)."""
    if app.process.poll() is not None:
        app = App(program, store.dir)
    focus_window(app)

    def there():
        if app.entry(screen[2]) is not None:
            return True
        if not any(app.press_now(name, exact=exact) for name, exact in BACK) and app.press_now(screen[0]):
            wait_for("the screen", lambda: app.entry(screen[2]), 5)
        return False

    wait_for("the field “%s”" % screen[2], there)
    return app


def clear(store, app, screen):
    app.click_into(screen[2])
    app.keys("ctrl+a", "Delete")
    wait_for("the empty field on the disk", lambda: answers(store).get(screen[1], "") == "")


def leave(program, store, method, app, screen, way, leaves):
    app = come_back(program, store, app, screen)
    clear(store, app, screen)
    method.take(app, "li", "李")
    method.compose(app, LETTERS)
    way(app, screen)
    expected = "李强" if leaves == "commit" else "李"
    where = "%s, %s, %s" % (way.__name__, screen[1], leaves)
    try:
        wait_for("%s on the disk: %s" % (expected, where), lambda: answers(store).get(screen[1]) == expected)
    except AssertionError as missing:
        raise AssertionError("%s: %r after %s" % (where, answers(store).get(screen[1]), method.lines()[-8:])) from missing
    app = come_back(program, store, app, screen)
    wait_for("%s in the field: %s" % (expected, where), lambda: text_of(app, screen[2]) == expected)
    return app


def keys_of_the_method(store, method, app, screen):
    """Enter and Escape belong to it as long as it composes; and nothing of it is kept meanwhile."""
    clear(store, app, screen)
    method.take(app, "li", "李")
    method.compose(app, "shui")
    time.sleep(REST)
    assert answers(store)[screen[1]] == "李", answers(store)
    app.keys("Escape")
    method.wait("took ")
    assert has_focus(app, screen[2]) and text_of(app, screen[2]) == "李"
    method.compose(app, "abc")
    app.keys("Return")
    method.wait("took abc")
    assert has_focus(app, screen[2]) and text_of(app, screen[2]) == "李abc"


def killed(program, store, method, app, screen):
    app = come_back(program, store, app, screen)
    clear(store, app, screen)
    method.take(app, "li", "李")
    wait_for("the word on the disk", lambda: answers(store).get(screen[1]) == "李")
    method.compose(app, LETTERS)
    app.kill()
    app = come_back(program, store, app, screen)
    assert text_of(app, screen[2]) == "李"
    return app


def search(app, method):
    """In 农户 initials are read while they are composed."""
    app.press("农户")
    app.click_into("找农户")
    method.compose(app, "zgh")
    app.see("共 3\u00a0户，显示 1\u00a0户")
    app.keys("Escape")
    app.see("共 3\u00a0户，显示 3\u00a0户")


def back_to_where_it_came_from(program, store, home):
    """Esc out of a form: the focus is on the button that opens it, and not on what happens to stand beside."""
    app = App(program, store.dir, "--page", "household:" + home)
    focus_window(app)
    app.see("开始走访")
    app.click("开始走访")
    app.click_into("走访人")
    app.keys("Escape")
    app.see("草稿已留着")
    wait_for("the focus on the way back to the form", lambda: app.all(lambda n: n.name.startswith("接着填") and n.getState().contains(pyatspi.STATE_FOCUSED)))
    app.close()


def go_all_ways(program, store, method, app, leaves):
    for screen in SCREENS:
        for way in WAYS:
            app = leave(program, store, method, app, screen, way, leaves)
        app = killed(program, store, method, app, screen)
        keys_of_the_method(store, method, app, screen)
    return app


def test(program, store, households):
    leaves = sys.argv[4]
    method = Method(sys.argv[3])
    os.environ["ZF_TEST_IM_LEAVE"] = leaves
    try:
        back_to_where_it_came_from(program, store, households["张国华"])
        app = App(program, store.dir, "--page", "household:" + households["张国华"])
        app.press("接着填", exact=False)
        app.see(SCREENS[0][2])
        app = go_all_ways(program, store, method, app, leaves)
        app.close()
        assert LETTERS.encode() not in bytes_of(store), "letters were saved"
        app = App(program, store.dir)
        search(app, method)
        app.close()
    finally:
        shutil.rmtree(method.folder)
    store.run("check")


main(test)

# SPDX-License-Identifier: GPL-3.0-or-later
"""The battery falls out while somebody types: ui-kills.py APP CTL [KILLS [visit|edit]]: a visit, or the correction of a finished one. Keys come from the keyboard, the app is killed at a moment that nobody chose. Then at
most the field in hand is lost, and the draft opens on the screen where it was. ZF_UI_SEED makes another run of it."""
import json
import os
import random
import sqlite3
import subprocess
import sys
import threading

from uitest import App, main, wait_for

KILLS = int(sys.argv[3]) if len(sys.argv) > 3 else 200
EDIT = sys.argv[4:] == ["edit"]
DRAFT = "张国华走访没改完" if EDIT else "张国华走访没做完"
# A screen: its place in the list of screens, the field that is typed in and its name, the field that is tapped before, and what is tapped.
SCREENS = [
    ("1  走访情况", "visitors", "走访人", "mode", ["方式: 电话", "方式: 视频", "方式: 村内会面"]),
    ("4  诉求和照片", "said", "说了什么", "needs", ["诉求: 房屋鉴定", "诉求: 找活"]),
]


def keys(*words):
    subprocess.run(["xdotool", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def answers(store):
    with sqlite3.connect("file:%s/store.db?mode=ro" % store.dir, uri=True) as db:
        return json.loads(db.execute("SELECT answers FROM draft").fetchone()[0])


def type_until_killed(app, chance):
    """Types words, with rests in which what was typed is kept, until the process is gone; all that was typed."""
    typed = ""
    killer = threading.Timer(chance.uniform(0, 2.5), app.process.kill)
    killer.start()
    while app.process.poll() is None:
        word = "".join(chance.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(chance.randint(1, 8)))
        typed += word
        keys("type", "--delay", "10", word)
        if chance.random() < 0.4:
            try:
                app.process.wait(1.2)
            except subprocess.TimeoutExpired:
                pass
    killer.join()
    app.process.wait()
    return typed


def one_kill(program, store, chance, known, last, before):
    """@known: all answers that must be there. @last: what was tapped. @before: the screen that was left. Returns the screen that is left now."""
    app = App(program, store.dir)
    app.press(DRAFT, exact=False)
    app.see(before[2])
    screen = chance.choice(SCREENS)
    title, field, name, tapped, choices = screen
    if title != before[0]:
        app.press(title)
    label = chance.choice([c for c in choices if c != last.get(tapped)])
    last[tapped] = label
    app.press(label)
    wait_for("the tap on the disk", lambda: answers(store).get(tapped, "") != known.get(tapped, ""))
    known[tapped] = answers(store).get(tapped, "")
    app.click_into(name)
    keys("key", "ctrl+a", "Delete")
    typed = type_until_killed(app, chance)
    now = answers(store)
    kept = now.get(field, "")
    assert kept == known.get(field, "") or typed.startswith(kept), "%s was neither what stood there nor what was typed: %r" % (field, kept)
    known[field] = kept
    for other, answer in known.items():
        assert now.get(other, "") == answer, "%s: %r became %r" % (other, answer, now.get(other))
    return screen


def begin(program, store, home):
    """The draft that is killed from then on. A finished record is one from the first answer on."""
    if EDIT:
        store.put([{"kind": "visit", "parent": home, "set": {"date": "2026-11-01", "visitors": "李强", "mode": "home", "risk_found": "no", "sign": "absent",
                                                             "said": "看病花了不少"}}])
    app = App(program, store.dir, "--page", "household:" + home)
    app.press("看病花了不少" if EDIT else "开始走访", exact=False)
    app.see(SCREENS[0][2])
    if EDIT:
        app.press("方式: 视频")
        wait_for("the tap on the disk", lambda: answers(store)["mode"] == "video")
    app.kill()


def test(program, store, households):
    seed = int(os.environ.get("ZF_UI_SEED", "1"))
    chance = random.Random(seed)
    begin(program, store, households["张国华"])
    known = {k: v for k, v in answers(store).items() if not k.startswith("/") and k != "carried"}
    screen = SCREENS[0]
    last = {"mode": "方式: 视频"} if EDIT else {}
    kept = 0
    for i in range(KILLS):
        try:
            before = known.get(screen[1])
            screen = one_kill(program, store, chance, known, last, screen)
            kept += known.get(screen[1]) != before
        except Exception:
            print("kill %d of seed %d" % (i + 1, seed))
            raise
    store.run("check")
    print("%d kills, each with all answers but the field in hand; %d of them kept some of that too" % (KILLS, kept))


main(test)

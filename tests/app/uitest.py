# SPDX-License-Identifier: GPL-3.0-or-later
"""What the UI tests share: a store made by the command line, the running app, and its widgets by accessible name and action."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, Gio, GLib  # noqa: E402
import pyatspi  # noqa: E402

WAIT = int(os.environ.get("ZF_UI_WAIT", 20))  # seconds before something that does not come counts as missing


class Missing(AssertionError):
    pass


def wait_for(what, probe, seconds=WAIT):
    """Asks until there is an answer; the accessibility bus has no call that waits."""
    end = time.monotonic() + seconds
    while True:
        try:
            found = probe()
        except (GLib.Error, LookupError, NotImplementedError, RuntimeError, StopIteration, TypeError):
            found = None  # a widget went away while it was asked
        if found:
            return found
        if time.monotonic() > end:
            raise Missing("not there after %d s: %s" % (seconds, what))
        time.sleep(0.05)


def press_index(node):
    """What a tap does, or None: labels have actions as well, but only those of the clipboard."""
    try:
        actions = node.queryAction()
    except NotImplementedError:
        return None
    return next((i for i in range(actions.nActions) if actions.getName(i) in ("click", "zf.activate")), None)


class Store:
    def __init__(self, ctl, directory):
        self.ctl, self.dir = ctl, directory

    def run(self, *args, **kw):
        return subprocess.run([self.ctl, "--store", self.dir, *args], check=True, capture_output=True, text=True, **kw).stdout

    def rows(self, *args):
        return [json.loads(line) for line in self.run(*args, "--json").splitlines() if line.startswith("{")]

    def put(self, lines):
        return self.run("put", "--by", "李强", input="".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


class App:
    def __init__(self, program, store, *args):
        # For the app alone: the accessibility library of this process warns when an app starts.
        env = dict(os.environ, G_DEBUG="fatal-warnings")
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([program, "--store", store, *args], env=env, stdout=self.log, stderr=self.log)
        self.node = wait_for("the app on the accessibility bus", self._find_app)

    def _find_app(self):
        if self.process.poll() is not None:
            self.log.seek(0)
            raise Missing("the app ended by itself:\n" + self.log.read())
        for child in pyatspi.Registry.getDesktop(0):
            if child is None:
                continue
            # The cache follows events, and nobody here runs a main loop to hear them.
            child.set_cache_mask(Atspi.Cache.NONE)
            child.clear_cache()
            if child.get_process_id() == self.process.pid and child.childCount > 0:
                return child
        return None

    def all(self, predicate):
        found = []

        def walk(node, depth):
            if node is None or depth > 60:
                return
            node.clear_cache()
            if not node.getState().contains(pyatspi.STATE_VISIBLE) and depth > 1:
                return
            if predicate(node):
                found.append(node)
            for i in range(node.childCount):
                walk(node.getChildAtIndex(i), depth + 1)

        walk(self.node, 0)
        return found

    def showing(self, name, exact=True, action=False):
        def fits(node):
            # libadwaita's dialogs call their buttons twice by name.
            if not (node.name in (name, "%s %s" % (name, name)) if exact else name in (node.name or "")):
                return False
            return press_index(node) is not None if action else True

        found = self.all(fits)
        return found[0] if found else None

    def see(self, name, exact=True):
        return wait_for("“%s”" % name, lambda: self.showing(name, exact))

    def gone(self, name):
        wait_for("“%s” to go" % name, lambda: self.showing(name) is None)

    def press_now(self, name, exact=True):
        # Found and pressed in one go: a page that is drawn anew takes its widgets away.
        node = self.showing(name, exact, action=True)
        return node is not None and node.queryAction().doAction(press_index(node))

    def press(self, name, exact=True):
        wait_for("something to press named “%s”" % name, lambda: self.press_now(name, exact))

    def type(self, name, text):
        def do():
            for node in self.all(lambda n: n.name == name):
                for candidate in [node] + [node.getChildAtIndex(i) for i in range(node.childCount)]:
                    try:
                        return candidate.queryEditableText().setTextContents(text)
                    except NotImplementedError:
                        continue
            return False

        wait_for("an entry named “%s”" % name, do)

    def call(self, action, *parameters):
        """Activates a window action over the user's bus, as another program could."""
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        names = bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames", None, None, 0, -1).unpack()[0]
        for name in names:
            if not name.startswith("org.zoufang.Zoufang"):
                continue
            path = "/" + name.replace(".", "/") + "/window/1"
            bus.call_sync(name, path, "org.gtk.Actions", "Activate",
                          GLib.Variant("(sava{sv})", (action, list(parameters), {})), None, 0, -1)
            return
        raise Missing("the app's name on the bus")

    def write(self, name, strokes):
        """Strokes on the paper named so, by the pointer: points are parts of its width and height. The one place where a test needs coordinates."""
        node = self.see(name)
        box = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        for stroke in strokes:
            places = [(str(int(box.x + x * box.width)), str(int(box.y + y * box.height))) for x, y in stroke]
            command = ["xdotool", "mousemove", *places[0], "mousedown", "1"]
            for place in places[1:]:
                command += ["sleep", "0.01", "mousemove", *place]
            subprocess.run([*command, "mouseup", "1"], check=True)

    def sign(self, name="家人签字"):
        """Signs, and goes on where the form says so."""
        self.write(name + ": 签字板", [[(0.2, 0.7), (0.35, 0.2), (0.5, 0.75)], [(0.3, 0.5), (0.6, 0.4), (0.8, 0.6)]])
        self.press(name + ": 签好了")

    def keys(self, *names):
        subprocess.run(["xdotool", "key", *names], check=True)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.log.seek(0)
        text = self.log.read()
        bad = [line for line in text.splitlines() if "CRITICAL" in line or "-WARNING" in line]
        assert not bad, "the app complained:\n" + "\n".join(bad)


class Taps:
    """Counts what a hand does: each activation and each change of the focus by hand is one tap."""

    def __init__(self, app):
        self.app, self.n, self.way = app, 0, []

    def note(self, name, taps=1):
        self.n += taps
        self.way.append(name)

    def press(self, name, exact=True):
        self.app.press(name, exact)
        self.note(name)

    def type(self, name, text):
        self.app.type(name, text)
        self.note(name)

    def primary(self, *names):
        """The screen's own button, whatever it says now; the next screen shows @names[-1]."""
        def press():
            return next((name for name in ("下一步", "都问过，没变化", "其余都问过，没变化") if self.app.press_now(name)), None)

        self.note(wait_for("the primary button", press))
        for name in names:
            self.app.see(name, exact=False)


FAMILIES = [("张国华", "1", "unstable", "yellow"), ("李秀英", "2", None, "green"), ("王志强", "3", None, None)]


def make_store(ctl, directory=None):
    directory = directory or tempfile.mkdtemp(prefix="zf-ui-")
    store = Store(ctl, directory)
    store.run("init")
    village = next(v["id"] for v in store.rows("list", "village", "--limit", "400") if v.get("name") == "石龙村")
    lines = []
    for name, group, monitored, level in FAMILIES:
        fields = {"head_name": name, "group_no": int(group), "class": "lifted", "item_housing": "yes", "item_education": "yes",
                  "item_medical": "yes", "item_water": "yes", "item_food": "yes", "phone": "13800000001"}
        if monitored:
            fields["monitored_class"] = monitored
        if level:
            fields["level"] = level
        lines.append({"kind": "household", "parent": village, "set": fields})
    store.put(lines)
    households = {h["head_name"]: h["id"] for h in store.rows("list", "household")}
    store.put([{"kind": "person", "parent": households["张国华"], "set": {"name": "张国华", "relation": "01", "sex": "1"}},
               {"kind": "person", "parent": households["张国华"], "set": {"name": "张强", "relation": "03", "sex": "1"}}])
    return store, households


def main(test):
    program, ctl = sys.argv[1], sys.argv[2]
    store, households = make_store(ctl)
    try:
        test(program, store, households)
    except Missing:
        # What the screen showed instead, for whoever looks for the cause.
        if "ZF_UI_PICTURE" in os.environ:
            subprocess.run(["import", "-window", "root", os.environ["ZF_UI_PICTURE"]], check=False)
        raise
    finally:
        shutil.rmtree(store.dir, ignore_errors=True)

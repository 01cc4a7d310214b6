# SPDX-License-Identifier: GPL-3.0-or-later
"""What the UI tests share: a store made by the command line, the running app, and its widgets by accessible name and action."""
import ast
import atexit
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import namedtuple
from pathlib import Path

import pyatspi
from gi.repository import Gio, GLib

SIZE = os.environ.get("ZF_UI_SIZE", "1280x800")
WIDE = int(SIZE.split("x")[0]) >= 860
WAIT = int(os.environ.get("ZF_UI_WAIT", 40))  # seconds before something that does not come counts as missing


class Missing(AssertionError):
    pass


def use_text_size():
    """ZF_UI_TEXT: settings of its own for every app that this test starts."""
    folder = tempfile.mkdtemp(prefix="zf-settings-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    shutil.copy(os.environ["ZOUFANG_DATA"] + "/org.zoufang.Zoufang.gschema.xml", folder)
    Path(folder, "zz.gschema.override").write_text("[org.zoufang.Zoufang]\ntext-size='%s'\n" % os.environ["ZF_UI_TEXT"])
    subprocess.run(["glib-compile-schemas", folder], check=True)
    os.environ["GSETTINGS_SCHEMA_DIR"] = folder


if "ZF_UI_TEXT" in os.environ:
    use_text_size()


def grab(*where):
    return subprocess.run(["import", "-window", "root", *where], check=True, capture_output=True).stdout


def shoot(name, rest=3):
    """ZF_UI_PICTURES (a folder): the screen as it is once nothing moves, or after @rest seconds."""
    if "ZF_UI_PICTURES" not in os.environ:
        return
    before, end = None, time.monotonic() + rest
    time.sleep(min(rest, HELD))
    while time.monotonic() < end:
        now = grab("-depth", "8", "rgb:-")
        if now == before:
            break
        before = now
        time.sleep(0.1)
    tags = "".join("-" + word for word in (os.environ.get("ZF_UI_TEXT"), os.environ.get("ADW_DEBUG_COLOR_SCHEME", "").replace("prefer-", "")) if word)
    grab("%s/%s%s-%s.png" % (os.environ["ZF_UI_PICTURES"], SIZE, tags, name))


def wheel(button, n):
    """The wheel, near the edge where nothing lies below the pointer."""
    width, height = map(int, SIZE.split("x"))
    subprocess.run(["xdotool", "mousemove", str(width - 12), str(height // 2), "click", "--repeat", str(n), "--delay", "15", str(button)], check=True)
    time.sleep(0.5)


def inner():
    """What is seen, without the right edge, where a scroll bar comes and goes."""
    width, pixels = 3 * int(SIZE.split("x")[0]), grab("-depth", "8", "rgb:-")
    return b"".join(pixels[at:at + width - 60] for at in range(0, len(pixels), width))


def shoot_below(name, parts=12):
    """The page from its top, and what stands below as long as a wheel brings more of it: NAME, NAME-1 … Each part begins with the end of the one before."""
    if "ZF_UI_PICTURES" not in os.environ:
        return
    wheel(4, 60)
    seen = None
    for part in range(parts):
        now = inner()
        if now == seen:
            break
        shoot("%s-%d" % (name, part) if part else name)
        seen = now
        wheel(5, 7)
    wheel(4, 60)


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
        time.sleep(0.03)


ROOT = "/org/a11y/atspi/accessible/root"


class Bus:
    """The accessibility bus, spoken to directly. GTK tells all its widgets in one answer (org.a11y.atspi.Cache); asked widget by widget, as the libraries for it do, a
    screen costs a thousand questions and seconds."""

    def __init__(self):
        address = Gio.bus_get_sync(Gio.BusType.SESSION).call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1).unpack()[0]
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)

    def call(self, name, path, interface, method, arguments=None):
        return self.connection.call_sync(name, path, interface, method, arguments, None, 0, -1)

    def application(self, pid):
        """The name on the bus of the program with this process id, once it is there."""
        programs = self.call("org.a11y.atspi.Registry", ROOT, "org.a11y.atspi.Accessible", "GetChildren").unpack()[0]
        for name, _ in programs:
            if self.call("org.freedesktop.DBus", "/", "org.freedesktop.DBus", "GetConnectionUnixProcessID", GLib.Variant("(s)", (name,))).unpack()[0] == pid:
                return name
        return None

    def nodes(self, name):
        """Every widget as it is at this moment: the root, with its children and theirs. What a widget is called comes in one answer for all; who its children are is asked of
        each, all at once: GTK tells of widgets only after somebody came to them from their parents, and goes on telling of pages that are hidden."""
        for _ in range(20):
            # Printed and read again: unpack() is ten times slower.
            rows = ast.literal_eval(self.call(name, "/org/a11y/atspi/cache", "org.a11y.atspi.Cache", "GetItems").print_(False))[0]
            known = {row[0][1]: Node(self, *row) for row in rows}
            parents = [path for path, node in known.items() if node.n > 0 or path == ROOT]
            below = dict(zip(parents, self.children(name, parents)))
            new = [child for path in parents for child in below[path] if child not in known]
            if not new:
                for path in parents:
                    known[path].children = [known[child] for child in below[path]]
                return known[ROOT]
            while new:
                new = [child for children in self.children(name, new) for child in children if child not in known]
        raise LookupError("widgets come and go")

    def children(self, owner, paths):
        """Of each path the children's; none where the widget went away meanwhile."""
        found = [[] for _ in paths]
        waiting = len(paths)

        def done(connection, result, i):
            nonlocal waiting
            waiting -= 1
            try:
                found[i] = [child for _, child in ast.literal_eval(connection.call_finish(result).print_(False))[0]]
            except GLib.Error:
                pass

        for i, path in enumerate(paths):
            self.connection.call(owner, path, "org.a11y.atspi.Accessible", "GetChildren", None, None, 0, -1, None, done, i)
        while waiting:
            GLib.MainContext.default().iteration(True)
        return found


class Node:
    """A widget, by the words of pyatspi. Name, description and children are those of the moment when it was found; the rest is asked."""

    def __init__(self, bus, this, application, parent, index, n, interfaces, name, role, description, states):
        self.bus, self.owner, self.path, self.n = bus, this[0], this[1], n
        self.interfaces, self.name, self.role, self.description, self.children = interfaces, name, role, description, []
        self.focusable = States(states).contains(pyatspi.STATE_FOCUSABLE)

    def call(self, interface, method, arguments=None):
        interface = "org.a11y.atspi." + interface
        if interface not in self.interfaces:
            raise NotImplementedError(interface)
        answer = self.bus.call(self.owner, self.path, interface, method, arguments).unpack()
        return answer[0] if len(answer) == 1 else answer

    def get(self, interface, name):
        return self.bus.call(self.owner, self.path, "org.freedesktop.DBus.Properties", "Get", GLib.Variant("(ss)", ("org.a11y.atspi." + interface, name))).unpack()[0]

    def set(self, interface, name, value):
        self.bus.call(self.owner, self.path, "org.freedesktop.DBus.Properties", "Set", GLib.Variant("(ssv)", ("org.a11y.atspi." + interface, name, value)))

    @property
    def childCount(self):
        return len(self.children)

    def getChildAtIndex(self, i):
        return self.children[i]

    def getRole(self):
        return self.role

    def getRoleName(self):
        return self.call("Accessible", "GetRoleName")

    def getState(self):
        return States(self.call("Accessible", "GetState"))

    def _query(self, interface):
        if "org.a11y.atspi." + interface not in self.interfaces:
            raise NotImplementedError(interface)
        return self

    def queryAction(self):
        return self._query("Action")

    def queryComponent(self):
        return self._query("Component")

    def queryText(self):
        return self._query("Text")

    def queryEditableText(self):
        return self._query("EditableText")

    def queryValue(self):
        return self._query("Value")

    @property
    def nActions(self):
        return self.get("Action", "NActions")

    def getName(self, i):
        return self.call("Action", "GetName", GLib.Variant("(i)", (i,)))

    def doAction(self, i):
        return self.call("Action", "DoAction", GLib.Variant("(i)", (i,)))

    def getExtents(self, kind):
        return Box(*self.call("Component", "GetExtents", GLib.Variant("(u)", (kind,))))

    @property
    def characterCount(self):
        return self.get("Text", "CharacterCount")

    def getText(self, start, end):
        return self.call("Text", "GetText", GLib.Variant("(ii)", (start, end)))

    def setTextContents(self, text):
        return self.call("EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))

    @property
    def currentValue(self):
        return self.get("Value", "CurrentValue")

    @currentValue.setter
    def currentValue(self, value):
        self.set("Value", "CurrentValue", GLib.Variant("d", value))


Box = namedtuple("Box", "x y width height")
WINDOW_COORDS = 1


def click_at(box):
    subprocess.run(["xdotool", "mousemove", str(box.x + box.width // 2), str(box.y + box.height // 2), "click", "1"], check=True)


class States:
    def __init__(self, words):
        self.bits = words[0] | words[1] << 32

    def contains(self, state):
        return bool(self.bits >> int(state) & 1)

    def getStates(self):
        return [i for i in range(64) if self.contains(i)]


def press_index(node):
    """What a tap does, or None: labels have actions as well, but only those of the clipboard."""
    try:
        actions = node.queryAction()
    except NotImplementedError:
        return None
    return next((i for i in range(actions.nActions) if actions.getName(i) in ("click", "zf.activate")), None)


TOUCHED = (pyatspi.ROLE_PUSH_BUTTON, pyatspi.ROLE_TOGGLE_BUTTON, pyatspi.ROLE_RADIO_BUTTON, pyatspi.ROLE_CHECK_BOX, pyatspi.ROLE_TEXT, pyatspi.ROLE_ENTRY,
           pyatspi.ROLE_PASSWORD_TEXT, pyatspi.ROLE_SLIDER, pyatspi.ROLE_COMBO_BOX, pyatspi.ROLE_LINK)
LEAST = 36  # of what is measured, a button without its padding
PRIMARY = ("下一步", "都问过，没变化", "其余都问过，没变化")
HELD = 0.4  # seconds: GTK holds a button down for 0.25 when a tool presses it; one more press meanwhile is none


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
    started = []

    def __init__(self, program, store, *args, warns=False):
        # For the app alone: the accessibility library of this process warns when an app starts.
        env = dict(os.environ, G_DEBUG="" if warns else "fatal-warnings")
        self.log = tempfile.TemporaryFile("w+")
        args = args if "--size" in args else ("--size", SIZE, *args)
        self.process = subprocess.Popen([program, "--store", store, *args], env=env, stdout=self.log, stderr=self.log)
        self.over = False  # whoever started it ends it
        App.started.append(self)
        self.bus = Bus()
        self.pressed = None, 0
        self.name = wait_for("the app on the accessibility bus", self._find_app)

    def ended(self):
        """What it said, when it ended by itself."""
        if self.over or self.process.poll() in (None, 0):
            return None
        return "the app ended by itself (%d):\n%s" % (self.process.returncode, self.said())

    def _find_app(self):
        if self.process.poll() is not None:
            raise Missing(self.ended() or "the app ended by itself")
        name = self.bus.application(self.process.pid)
        return name if name is not None and self.bus.nodes(name).children else None

    def all(self, predicate):
        found = []

        def walk(node):
            if predicate(node):
                found.append(node)
            for child in node.children:
                walk(child)

        walk(self.bus.nodes(self.name))
        return found

    def judge(self, where):
        """Whoever hears the screen, or goes through it by Tab, knows what each thing is, and no finger needs to aim."""
        bad = []

        def touched(node):
            return press_index(node) is not None or node.getRole() in TOUCHED

        def look(node):
            try:
                if not touched(node) and not node.focusable:
                    return
                box = node.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
                if box.width <= 0 or box.height <= 0:
                    return
                # Without a name GTK tells what kind of widget it is.
                if not node.name or re.fullmatch("(Gtk|Adw|Zf)[A-Z][A-Za-z]+", node.name):
                    bad.append("%s %s at %d, %d has no name" % (node.getRoleName(), node.name, box.x, box.y))
                elif press_index(node) is not None and box.height < LEAST:
                    bad.append("%s is %d px high" % (node.name, box.height))
            except (GLib.Error, NotImplementedError):
                return  # it went away, or has no place

        self.all(look)
        assert not bad, "%s: %s" % (where, "; ".join(bad))

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

    def see_whole(self, name):
        """What is told lies within the window from its first to its last word."""
        def is_whole():
            box = self.see(name).queryComponent().getExtents(WINDOW_COORDS)
            width, height = map(int, SIZE.split("x"))
            return box.width > 0 and box.x >= 0 and box.y >= 0 and box.x + box.width <= width and box.y + box.height <= height

        wait_for("the whole of “%s”" % name, is_whole)

    def press_now(self, name, exact=True):
        if name == self.pressed[0] and time.monotonic() < self.pressed[1] + HELD:
            return False
        # Found and pressed in one go: a page that is drawn anew takes its widgets away.
        node = self.showing(name, exact, action=True)
        if node is None or not node.queryAction().doAction(press_index(node)):
            return False
        self.pressed = name, time.monotonic()
        return True

    def press(self, name, exact=True):
        wait_for("something to press named “%s”" % name, lambda: self.press_now(name, exact))

    def press_primary(self):
        """The screen's own button: it says whether anything on the screen was carried over, and says so anew with each answer. Returns its name."""
        return wait_for("the primary button", lambda: next((name for name in PRIMARY if self.press_now(name)), None))

    def to_screen(self, name):
        """Another screen of the form: from the list beside it, or behind the button that says where one is."""
        def open_list():
            button = self.all(lambda n: re.fullmatch(r"\d+/\d+", n.name or "") and press_index(n) is not None)
            return self.press_now(button[0].name)

        if not WIDE:
            wait_for("the button that says where one is", open_list)
        self.press(name)

    def previous_screen(self):
        """A narrow form has the header's arrow for it."""
        if WIDE:
            self.press("上一步")
        else:
            self.call("back")

    def next_screen(self, heading):
        self.press_primary()
        self.see(heading)

    def type(self, name, text):
        def do():
            # A button acts late: what it was pressed for must not find what is typed after it.
            if time.monotonic() < self.pressed[1] + HELD:
                return False
            for node in self.all(lambda n: n.name == name):
                for candidate in [node] + [node.getChildAtIndex(i) for i in range(node.childCount)]:
                    try:
                        return candidate.queryEditableText().setTextContents(text)
                    except NotImplementedError:
                        continue
            return False

        wait_for("an entry named “%s”" % name, do)

    def call(self, action, *parameters, of="/window/1"):
        """Activates an action of the window, or of the app (of=""), over the user's bus, as another program could."""
        bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        names = bus.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "ListNames", None, None, 0, -1).unpack()[0]
        for name in names:
            if not name.startswith("org.zoufang.Zoufang"):
                continue
            path = "/" + name.replace(".", "/") + of
            bus.call_sync(name, path, "org.gtk.Actions", "Activate",
                          GLib.Variant("(sava{sv})", (action, list(parameters), {})), None, 0, -1)
            return
        raise Missing("the app's name on the bus")

    def write(self, name, strokes):
        """Strokes on the paper named so, by the pointer: points are parts of its width and height. The one place where a test needs coordinates."""
        node = self.see(name)
        box = node.queryComponent().getExtents(WINDOW_COORDS)
        for stroke in strokes:
            places = [(str(int(box.x + x * box.width)), str(int(box.y + y * box.height))) for x, y in stroke]
            command = ["xdotool", "mousemove", *places[0], "mousedown", "1"]
            for place in places[1:]:
                command += ["sleep", "0.01", "mousemove", *place]
            subprocess.run([*command, "mouseup", "1"], check=True)

    def turn_over(self, name):
        """The wheel over the slider named so."""
        box = next(iter(self.all(lambda n: n.name == name and n.getRole() == pyatspi.ROLE_SLIDER))).queryComponent().getExtents(WINDOW_COORDS)
        subprocess.run(["xdotool", "mousemove", str(box.x + box.width // 2), str(box.y + box.height // 2), "click", "--repeat", "2", "5"], check=True)
        time.sleep(0.5)

    def sign(self, name="家人签字"):
        """Signs, and goes on where the form says so."""
        self.write(name + ": 签字板", [[(0.2, 0.7), (0.35, 0.2), (0.5, 0.75)], [(0.3, 0.5), (0.6, 0.4), (0.8, 0.6)]])
        self.press(name + ": 签好了")

    def keys(self, *names):
        subprocess.run(["xdotool", "key", *names], check=True)

    def entry(self, name):
        """(None) Where text is typed: the part of the thing named so that takes it."""
        for node in self.all(lambda n: n.name == name):
            for part in [node] + [node.getChildAtIndex(i) for i in range(node.childCount)]:
                if pyatspi.STATE_EDITABLE in part.getState().getStates():
                    return part
        return None

    def click_into(self, name):
        """GTK 4.8 lets no other program place the focus: the pointer does."""
        entry = wait_for("a place to type “%s”" % name, lambda: self.entry(name))

        def focused():
            box = entry.queryComponent().getExtents(WINDOW_COORDS)
            click_at(box)
            return pyatspi.STATE_FOCUSED in entry.getState().getStates()

        wait_for("the focus in “%s”" % name, focused)
        return entry

    def click(self, name, exact=True):
        """By the pointer, as a hand does: what has the focus loses it."""
        node = wait_for("something to press named “%s”" % name, lambda: self.showing(name, exact, action=True))
        click_at(node.queryComponent().getExtents(WINDOW_COORDS))

    def reach(self, name, most=24):
        """Tab alone gets there."""
        for _ in range(most):
            if self.all(lambda n: n.name == name and n.getState().contains(pyatspi.STATE_FOCUSED)):
                return
            self.keys("Tab")
            time.sleep(0.2)
        raise Missing("Tab does not get to “%s”" % name)

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def kill(self):
        self.over = True
        self.process.kill()
        self.process.wait()

    def close(self):
        self.over = True
        self.process.terminate()
        self.process.wait()
        text = self.said()
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
        self.note(self.app.press_primary())
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
        print(*filter(None, (app.ended() for app in App.started)), sep="\n", file=sys.stderr)
        raise
    finally:
        shutil.rmtree(store.dir, ignore_errors=True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""An input method made for tests (test-im.c, a module that GTK loads), and the place of the window manager, which is none here."""
import ctypes
import os
import subprocess
import tempfile

from uitest import wait_for


class Method:
    """The input method, as GTK finds it, and what it wrote down."""

    def __init__(self, module):
        self.folder = tempfile.mkdtemp(prefix="zf-im-")
        modules = os.path.join(self.folder, "4.0.0", "immodules")
        os.makedirs(modules)
        os.symlink(os.path.abspath(module), os.path.join(modules, os.path.basename(module)))
        self.log = os.path.join(self.folder, "log")
        os.environ.update(GTK_PATH=self.folder, GTK_IM_MODULE="zf-test", ZF_TEST_IM_LOG=self.log)

    def lines(self):
        with open(self.log, encoding="utf-8") as log:
            return log.read().splitlines()

    def wait(self, line):
        wait_for("the input method to say “%s”" % line, lambda: self.lines()[-1] == line)

    def compose(self, app, letters):
        app.keys(*letters)
        self.wait("composing " + letters)

    def take(self, app, letters, word):
        self.compose(app, letters)
        app.keys("space")
        self.wait("took " + word)


class Display:
    """What the programs for it cannot do: the place of the window manager, which is none here."""

    class Message(ctypes.Structure):
        _fields_ = [("type", ctypes.c_int), ("serial", ctypes.c_ulong), ("send_event", ctypes.c_int), ("display", ctypes.c_void_p), ("window", ctypes.c_ulong),
                    ("message_type", ctypes.c_ulong), ("format", ctypes.c_int), ("data", ctypes.c_long * 5), ("room", ctypes.c_long * 24)]

    def __enter__(self):
        self.x11 = ctypes.CDLL("libX11.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XInternAtom.restype = ctypes.c_ulong
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(None))
        return self

    def __exit__(self, *what):
        self.x11.XSync(self.display, 0)
        self.x11.XCloseDisplay(self.display)

    def focus(self, window):
        self.x11.XSetInputFocus(self.display, ctypes.c_ulong(window), 0, ctypes.c_ulong(0))

    def close_window(self, window):
        """What is sent when the cross of the window is pressed."""
        atom = [self.x11.XInternAtom(self.display, name, 0) for name in (b"WM_PROTOCOLS", b"WM_DELETE_WINDOW")]
        message = self.Message(33, 0, 1, self.display, window, atom[0], 32, (ctypes.c_long * 5)(atom[1], 0))
        self.x11.XSendEvent(self.display, ctypes.c_ulong(window), 0, ctypes.c_long(0), ctypes.byref(message))


NONE = 0


def window_of(app):
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(app.process.pid)], check=True, capture_output=True, text=True)
    return int(found.stdout.split()[-1])


def focus_window(app):
    with Display() as display:
        display.focus(window_of(app))

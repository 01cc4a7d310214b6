# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tablet sees, in one small form (devices.json), with cameras of its own: a test pattern, a camera that looks at a picture, one that is not there and one
that goes away. ZF_UI_PICTURES (a folder): a picture of each step."""
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

here = Path(__file__).parent
data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
shutil.copy(here / "devices.json", data / "forms")
os.environ["ZOUFANG_DATA"] = str(data)
size = os.environ.get("ZF_UI_SIZE", "1280x800")

import gi  # noqa: E402
import pyatspi  # noqa: E402

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, GLib  # noqa: E402

from uitest import App, Missing, main, wait_for  # noqa: E402

CODE = "ZF-2026-设备-0042"
GOES = "videotestsrc is-live=true ! video/x-raw,width=640,height=480,framerate=15/1 ! identity eos-after=20"


def shoot(name):
    if "ZF_UI_PICTURES" in os.environ:
        subprocess.run(["import", "-window", "root", "%s/%s-devices-%s.png" % (os.environ["ZF_UI_PICTURES"], size, name)], check=True)


class Draft:
    def __init__(self, store):
        self.path = "file:%s/store.db?mode=ro" % store.dir

    def answers(self):
        with sqlite3.connect(self.path, uri=True) as db:
            return json.loads(db.execute("SELECT answers FROM draft WHERE kind = 'devices'").fetchone()[0])

    def keeps(self, name, value):
        try:
            wait_for("", lambda: self.answers().get(name) == value)
        except Missing:
            raise AssertionError("the draft keeps %s=%s, not %s" % (name, self.answers().get(name), value)) from None


def shutter(app):
    """Waits for the camera and takes a picture: the shutter does nothing before."""
    app.see("相机的画面")
    wait_for("the shutter", lambda: app.all(lambda n: n.name == "快门" and n.getState().contains(pyatspi.STATE_SENSITIVE)))
    app.press("快门")
    app.see("拍好的照片")


def start(program, store, home, camera):
    os.environ["ZF_TEST_CAMERA"] = camera
    app = App(program, store.dir, "--size", size, "--page", "household:" + home)
    app.call("add", GLib.Variant("(ss)", ("devices", home)))
    app.see("看和听")
    return app


def taken(app, store):
    """Shutter, a second thought, the other camera, and the picture that was taken at last."""
    app.press("裂缝: 拍照")
    app.see("相机的画面")
    shoot("view")
    shutter(app)
    shoot("still")
    app.press("重拍")
    app.press("换相机")
    shutter(app)
    app.press("用这张")
    app.see("裂缝: 照片")
    photo, = store.rows("list", "photo")
    _, width, height = GdkPixbuf.Pixbuf.get_file_info("%s/photos/%.2s/%s.jpg" % (store.dir, photo["sha256"], photo["sha256"]))
    assert (width, height) == (640, 480), "the photo is not that of the other camera"


def changed_mind(app, store):
    app.press("裂缝: 拍照")
    app.see("相机的画面")
    app.call("back")
    app.see("裂缝: 拍照")
    assert len(store.rows("list", "photo")) == 1


def scanned(program, store, home, draft, code):
    app = start(program, store, home, str(code))
    app.press("条码: 扫码")
    shoot("scan")
    draft.keeps("code", CODE)
    app.see("条码: 扫码")
    app.close()


def refused(program, store, home):
    for name, camera, sentence in (("none", "", "这里没有相机。"), ("away", "v4l2src device=/dev/zf-none", "这里没有相机。"),
                                   ("part", "zf-no-such-source", "系统里缺了读相机的部件。"), ("gone", GOES, "相机断开了。插好，再试一次。")):
        app = start(program, store, home, camera)
        app.press("裂缝: 拍照")
        app.see(sentence)
        app.see("可以从文件选。")
        app.see("从文件选")
        shoot(name)
        app.press("再试一次")
        app.see(sentence)
        app.call("back")
        app.press("条码: 扫码")
        app.see("可以把码写进来。")
        app.close()


def test(program, store, households):
    home = households["李秀英"]
    code = data / "code.png"
    subprocess.run(["qrencode", "-s", "8", "-m", "6", "-o", str(code), CODE], check=True)
    app = start(program, store, home, "pattern;videotestsrc is-live=true pattern=ball ! capsfilter caps=video/x-raw,width=640,height=480,framerate=15/1")
    draft = Draft(store)
    taken(app, store)
    changed_mind(app, store)
    app.close()
    scanned(program, store, home, draft, code)
    refused(program, store, home)
    store.run("check")


try:
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

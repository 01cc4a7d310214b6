# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tablet sees, hears and knows of its place, in one small form (devices.json), with cameras of its own: a test pattern, a camera that looks at a picture, one that is
not there and one that goes away; and with services that know a place (services.py). ZF_UI_PICTURES (a folder): a picture of each step."""
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).parent
data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
shutil.copy(here / "devices.json", data / "forms")
os.environ["ZOUFANG_DATA"] = str(data)
os.environ["ZF_TEST_SOUND"] = "tone"
os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = os.environ["DBUS_SESSION_BUS_ADDRESS"]  # where services.py is
size = os.environ.get("ZF_UI_SIZE", "1280x800")

import gi  # noqa: E402
import pyatspi  # noqa: E402

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, GLib  # noqa: E402

import uitest  # noqa: E402
from uitest import App, Missing, main, wait_for  # noqa: E402

CODE = "ZF-2026-设备-0042"
BALL = "videotestsrc is-live=true pattern=ball ! capsfilter caps=video/x-raw,width=640,height=480,framerate=15/1"
GOES = "videotestsrc is-live=true ! video/x-raw,width=640,height=480,framerate=15/1 ! identity eos-after=20"


def shoot(name):
    uitest.shoot("devices-" + name, rest=0.6)


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


def photos_of(program, store, home):
    app = App(program, store.dir, "--size", size, "--page", "household:" + home)
    app.see("家庭成员", exact=False)
    if app.showing("照片", action=True):
        app.press("照片")
    return app


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
    wait_for("a screen", lambda: app.showing("裂缝: 拍照") or app.showing("听"))
    # A draft is opened where it was left.
    if app.showing("裂缝: 拍照") is None:
        wait_for("the screen before", lambda: app.press_now("上一步") or (app.call("back") or True))
    app.see("裂缝: 拍照")
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


def in_a_hurry(app, store):
    """A camera that is asked for while the page before still slides away works like another."""
    for first, then in (("条码: 扫码", "裂缝: 拍照"), ("裂缝: 拍照", "条码: 扫码")):
        app.press(first)
        app.see("相机的画面")
        app.call("back")
        app.press(then)
        app.see("相机的画面")
        if then == "裂缝: 拍照":
            shutter(app)
        app.call("back")
        app.see("裂缝: 拍照")
    assert len(store.rows("list", "photo")) == 1


def files(store):
    return sorted(p.name for p in Path(store.dir, "photos").rglob("*.jpg"))


def replaced(program, store, home, draft):
    """A photo that was cleared stays until the form is done, through a kill, and goes then with its files; the one that is the answer stays, and so does what the
    household had before."""
    before = {row["id"] for row in store.rows("list", "photo")} - {draft.answers()["picture"]}
    app = start(program, store, home, BALL)
    app.press("裂缝: 清除")
    draft.keeps("picture", None)
    app.press("裂缝: 拍照")
    shutter(app)
    app.press("用这张")
    app.see("裂缝: 照片")
    wait_for("the photo to be noted", lambda: sum(name.startswith("/made/") for name in draft.answers()) >= 2)
    app.kill()
    assert len(store.rows("list", "photo")) == len(before) + 2 + len(notes(store)), "the cleared photo went before the form was done"
    answer = draft.answers()["picture"]
    app = start(program, store, home, "")
    app.press("下一步")
    app.press("完成")
    app.see("家庭成员", exact=False)
    # The photo says where it belongs, among the household's and by itself.
    if app.showing("照片", action=True):
        app.press("照片")
    app.see("设备台账 · 裂缝")
    shoot("strip")
    app.call("photo", GLib.Variant("(ss)", (home, answer)))
    app.see("记在：设备台账 · 裂缝")
    shoot("place")
    app.close()
    left = {row["id"]: row["sha256"] for row in store.rows("list", "photo")}
    assert set(left) == before | {answer} | {row["id"] for row in notes(store)}, (left, before, answer)
    assert {name[:-4] for name in files(store)} == set(left.values()), (files(store), left)


def scanned(program, store, home, draft, code):
    app = start(program, store, home, str(code))
    app.press("条码: 扫码")
    shoot("scan")
    draft.keeps("code", CODE)
    app.see("条码: 扫码")
    app.close()


def holds(app, path):
    """The app has the file open by which a camera of this test looks."""
    return any(os.path.realpath(fd) == str(path) for fd in Path("/proc/%d/fd" % app.process.pid).iterdir())


def from_household(program, store, home, code):
    """The household's own photos: taken, and a camera that is free as soon as its page is left."""
    os.environ["ZF_TEST_CAMERA"] = str(code)
    before = len(store.rows("list", "photo"))
    app = photos_of(program, store, home)
    app.press("拍照")
    shutter(app)
    shoot("household")
    app.press("用这张")
    app.see("照片已保存，只在本机")
    assert len(store.rows("list", "photo")) == before + 1
    app.press("拍照")
    app.see("相机的画面")
    assert holds(app, code), "the camera is not open"
    app.call("back")
    wait_for("the camera to be free", lambda: not holds(app, code))
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


class Service:
    """A service that knows the place or a camera (services.py), on the bus of this test; its lines are what it was asked."""

    def __init__(self, *words):
        self.process = subprocess.Popen([sys.executable, str(here / "services.py"), *words], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def asked(self):
        self.process.terminate()
        return self.process.stdout.read().split("\n")[:-1]


def placed(app, draft):
    """GeoClue as it is when all goes well, then each way to go wrong."""
    service = Service("geoclue", "29.86,107.73,180", "29.8612341,107.7312349,40.2", "29.8700001,107.74,8.9")
    app.press("位置: 用现在的位置")
    draft.keeps("place", "29.87 107.74 0 9")
    app.see("位置: 用现在的位置")
    app.gone("位置: 不找了")
    asked = service.asked()
    assert asked[:3] == ["GetClient", "DesktopId org.zoufang.Zoufang", "RequestedAccuracyLevel 8"] and asked[3:] == ["Start", "Stop", "DeleteClient"], asked
    service = Service("geoclue", "29.86,107.73,180", "29.8612341,107.7312349,40.2", "29.9,107.9,200")
    app.press("位置: 用现在的位置")
    app.see("正在找位置…目前误差约 41\u00a0米。")
    shoot("looking")
    app.press("位置: 就用这个")
    draft.keeps("place", "29.861234 107.731235 0 41")
    assert service.asked()[-2:] == ["Stop", "DeleteClient"]
    service = Service("geoclue", "1,1,100")
    app.press("位置: 用现在的位置")
    app.press("位置: 不找了")
    app.gone("位置: 不找了")
    draft.keeps("place", "29.861234 107.731235 0 41")
    service.asked()
    service = Service("geoclue", "off")
    app.press("位置: 用现在的位置")
    app.see("系统设置里关掉了定位。到那里打开，或者手填。")
    service.asked()
    app.press("位置: 用现在的位置")
    app.see("这台平板不知道自己在哪儿，可以手填。")


def shifted(app, draft):
    """What is copied from a map that shifts is stored where it is: the reference point of Shanghai."""
    app.press("位置: 手填")
    app.type("位置", "31.17530398, 121.53154186")
    app.press("位置: 坐标来自高德/腾讯地图")
    draft.keeps("place", "31.177428 121.527211")
    app.see("31.177428, 121.527211")
    shoot("shifted")
    app.press("位置: 坐标来自高德/腾讯地图")
    draft.keeps("place", "31.17530398 121.53154186")
    app.press("位置: 坐标来自高德/腾讯地图")
    draft.keeps("place", "31.177428 121.527211")
    app.press("位置: 清除")
    draft.keeps("place", None)


def through_portal(program, store, home, draft):
    os.environ["GTK_USE_PORTAL"] = "1"
    app = start(program, store, home, "")
    for words, kept in ((("29.86,107.73,180", "29.5,107.5,7"), "29.5 107.5 731 7"), (("off",), "29.5 107.5 731 7")):
        service = Service("portal", *words)
        app.press("位置: 用现在的位置")
        if words == ("off",):
            app.see("系统设置里关掉了定位。到那里打开，或者手填。")
        draft.keeps("place", kept)
        app.gone("位置: 不找了")
        assert service.asked() == ["CreateSession", "Start", "Close"]
    app.close()
    del os.environ["ZF_TEST_CAMERA"]
    app = photos_of(program, store, home)
    service = Service("portal", "off")
    app.press("拍照")
    app.see("系统不让用相机。到系统设置里允许。")
    assert service.asked() == ["AccessCamera"]
    app.close()
    del os.environ["GTK_USE_PORTAL"]


def notes(store):
    return [photo for photo in store.rows("list", "photo") if photo.get("purpose") == "sound"]


def record(app):
    app.press("说的话: 录音")
    wait_for("a second of sound", lambda: app.all(lambda n: re.fullmatch("正在录音，0:(0[1-9]|1.)", n.name or "")))


def recorded(app, store, draft):
    """A note that is recorded, heard and taken away; one that is not wanted; one whose screen is left while it is recorded."""
    app.press("下一步")
    record(app)
    shoot("recording")
    # What is recorded belongs to the form: it is not finished without it.
    app.press("完成")
    app.see("还有照片或录音没存好", exact=False)
    assert not store.rows("list", "devices")
    app.press("说的话: 停下，留着")
    app.see("说的话: 播放")
    note, = notes(store)
    draft.keeps("sound", note["id"])
    app.see(note["caption"])
    assert re.fullmatch("录音 0:[0-9]{2}", note["caption"]), note
    file = Path("%s/photos/%.2s/%s.jpg" % (store.dir, note["sha256"], note["sha256"]))
    assert file.read_bytes()[:4] == b"OggS" and b"OpusHead" in file.read_bytes()
    # As if another tablet had recorded it, and no county is near.
    away = file.rename(data / "away.ogg")
    app.press("说的话: 播放")
    app.see("这台平板还没接到县里。东西都在本机，到镇上扫码。")
    away.rename(file)
    app.press("说的话: 播放")
    app.see("说的话: 停止播放")
    shoot("playing")
    app.see("说的话: 播放")
    app.press("说的话: 删除")
    app.see("说的话: 录音")
    draft.keeps("sound", None)
    wait_for("the note to be taken away", lambda: not notes(store) and not file.exists())
    record(app)
    app.press("说的话: 不要了")
    app.see("说的话: 录音")
    record(app)
    app.call("back")
    wait_for("the note of the screen that was left", lambda: notes(store))
    note, = notes(store)
    draft.keeps("sound", note["id"])


def silent(program, store, home, draft):
    for sound, sentence in (("", "这里没有麦克风。"), ("zf-no-such-source", "系统里缺了录音的部件。")):
        os.environ["ZF_TEST_SOUND"] = sound
        app = start(program, store, home, "")
        app.press("下一步")
        if draft.answers().get("sound") is not None:
            app.press("说的话: 删除")
        app.press("说的话: 录音")
        app.see(sentence)
        shoot("silent")
        app.close()


def test(program, store, households):
    home = households["李秀英"]
    code = data / "code.png"
    subprocess.run(["qrencode", "-s", "8", "-m", "6", "-o", str(code), CODE], check=True)
    app = start(program, store, home, "pattern;" + BALL)
    draft = Draft(store)
    taken(app, store)
    changed_mind(app, store)
    in_a_hurry(app, store)
    placed(app, draft)
    shifted(app, draft)
    recorded(app, store, draft)
    app.close()
    silent(program, store, home, draft)
    through_portal(program, store, home, draft)
    scanned(program, store, home, draft, code)
    replaced(program, store, home, draft)
    from_household(program, store, home, code)
    refused(program, store, home)
    store.run("check")


try:
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""Camera and microphone as the system hands them over: a PipeWire of this test offers a picture and a sound, GStreamer finds them by itself, and the desktop portal
(services.py) opens the camera for who asks it. ZF_UI_PICTURES (a folder): a picture of each."""
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

here = Path(__file__).parent
data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
shutil.copy(here / "devices.json", data / "forms")
os.environ["ZOUFANG_DATA"] = str(data)
size = os.environ.get("ZF_UI_SIZE", "1280x800")

import pyatspi  # noqa: E402
from gi.repository import GLib  # noqa: E402

from uitest import App, main, wait_for  # noqa: E402

PICTURE = "videotestsrc is-live=true ! video/x-raw,format=I420,width=800,height=600,framerate=10/1"
MICROPHONE = "{ factory.name=support.null-audio-sink node.name=microphone media.class=Audio/Source/Virtual audio.position=[MONO] object.linger=true }"


class PipeWire:
    """What runs on a tablet: the servers, who connects their clients, a microphone that hears nothing; and a camera that sees a pattern."""

    def __init__(self):
        self.all = []
        self.run("pipewire")
        wait_for("PipeWire", lambda: "Driver" in self.ask("ls", "Node"))
        self.run("wireplumber")
        self.run("pipewire-pulse")
        wait_for("the sound server", lambda: os.path.exists(os.path.join(os.environ["XDG_RUNTIME_DIR"], "pulse", "native")))
        self.ask("create-node", "adapter", MICROPHONE)
        wait_for("the microphone", lambda: self.has("Audio/Source/Virtual"))

    @contextmanager
    def camera(self):
        """One for each who looks: pipewiresink 0.3.65 gets no buffer back that it took while nobody looked, and is dry 1.6 s after the first one went."""
        self.run("gst-launch-1.0", *PICTURE.split(), "!", "pipewiresink", "mode=provide", "stream-properties=props,media.class=Video/Source,node.description=Test")
        wait_for("the camera", lambda: self.has("Video/Source"))
        yield
        self.end(self.all.pop())
        wait_for("no camera", lambda: not self.has("Video/Source"))

    def run(self, *words):
        self.all.append(subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def has(self, kind):
        return kind in self.ask("ls", "Node")

    def ask(self, *words):
        return subprocess.run(["pw-cli", *words], capture_output=True, text=True).stdout

    def end(self, process):
        process.terminate()
        process.wait()

    def stop(self):
        for process in self.all[::-1]:
            self.end(process)


def photo(program, store, home, name):
    app = App(program, store.dir, "--size", size, "--page", "household:" + home)
    app.call("add", GLib.Variant("(ss)", ("devices", home)))
    app.press("裂缝: 拍照")
    app.see("相机的画面")
    wait_for("the shutter", lambda: app.all(lambda n: n.name == "快门" and n.getState().contains(pyatspi.STATE_SENSITIVE)))
    if "ZF_UI_PICTURES" in os.environ:
        subprocess.run(["import", "-window", "root", "%s/%s-pipewire-%s.png" % (os.environ["ZF_UI_PICTURES"], size, name)], check=True)
    app.press("快门")
    app.press("用这张")
    app.see("裂缝: 照片")
    return app


def sound(app, store):
    app.press("下一步")
    app.press("说的话: 录音")
    wait_for("sound", lambda: app.all(lambda n: (n.name or "").startswith("正在录音，") and n.name != "正在录音，0:00"))
    app.press("说的话: 停下，留着")
    app.see("说的话: 播放")
    assert [photo for photo in store.rows("list", "photo") if photo.get("purpose") == "sound"]


def test(program, store, households):
    pipewire = PipeWire()
    try:
        with pipewire.camera():
            app = photo(program, store, households["李秀英"], "local")
        sound(app, store)
        app.close()
        portal = subprocess.Popen([sys.executable, str(here / "services.py"), "portal"], stdout=subprocess.PIPE, text=True)
        assert portal.stdout.readline() == "ready\n"
        with pipewire.camera():
            photo(program, store, households["张国华"], "portal").close()
        portal.terminate()
        assert portal.stdout.read().split() == ["AccessCamera", "OpenPipeWireRemote"]
    finally:
        pipewire.stop()


try:
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

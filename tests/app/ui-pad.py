# SPDX-License-Identifier: GPL-3.0-or-later
"""The largest letters, on a narrow and on a wide screen: who is to sign sees the whole pad and its button at once, below or beside what was said. ZF_UI_PICTURES (a
folder): pictures."""
import os
import subprocess
import tempfile
from pathlib import Path

settings = tempfile.TemporaryDirectory()
subprocess.run(["cp", os.environ["ZOUFANG_DATA"] + "/org.zoufang.Zoufang.gschema.xml", settings.name], check=True)
Path(settings.name, "zz.gschema.override").write_text("[org.zoufang.Zoufang]\ntext-size='huge'\n")
subprocess.run(["glib-compile-schemas", settings.name], check=True)
os.environ["GSETTINGS_SCHEMA_DIR"] = settings.name

import pyatspi  # noqa: E402

from uitest import App, main, wait_for  # noqa: E402


def box(app, name):
    return app.see(name).queryComponent().getExtents(pyatspi.WINDOW_COORDS)


def is_whole(app):
    """From the top of the page, which nobody scrolled, to the bar with the way back."""
    bar, heading = box(app, "返回走访"), box(app, "今天说的情况")
    for name in ("家人签字: 签字板", "家人签字: 签好了"):
        part = box(app, name)
        if part.height < 40 or part.y < heading.y or part.y + part.height > bar.y:
            return False
    return box(app, "家人签字: 签字板").height >= 200


def sees(program, store, home, size):
    app = App(program, store.dir, "--size", size, "--page", "visit:" + home)
    app.type("走访人", "李强、王敏")
    app.next_screen("住房: 待核")
    app.next_screen("变化: 生病住院")
    app.press("变化: 生病住院")
    app.next_screen("诉求: 房屋鉴定")
    app.press("诉求: 房屋鉴定")
    app.type("说了什么", "墙上裂了一条缝，下雨的时候往里渗水，想找人来看看，最好在年前修好，孩子放假要回来住")
    app.next_screen("今天说的情况")
    wait_for("the whole pad on %s" % size, lambda: is_whole(app))
    if "ZF_UI_PICTURES" in os.environ:
        subprocess.run(["import", "-window", "root", "%s/%s-huge-pad.png" % (os.environ["ZF_UI_PICTURES"], size)], check=True)
    app.close()


def test(program, store, households):
    sees(program, store, households["张国华"], "360x720")
    sees(program, store, households["李秀英"], "1280x800")


main(test)

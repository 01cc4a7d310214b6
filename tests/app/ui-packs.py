# SPDX-License-Identifier: GPL-3.0-or-later
"""A map pack from the county: its row says what it takes, whether there is room, how far it is, and that it is here; then the map shows it, and a newer
one takes its place."""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "faults"))
from county import County  # noqa: E402
from proxy import Line  # noqa: E402
from uitest import App, Missing, Store, press_index, shoot, wait_for  # noqa: E402

program, ctl, server = sys.argv[1:4]
fail = sys.argv[4] if len(sys.argv) > 4 else None

NAME = "丰都县南天湖镇、暨龙镇、武平镇、包鸾镇、太平坝乡、都督乡、栗子乡和三建乡卫星影像与地形合成离线底图（二〇二六年秋季第二次修订版）"
HERE = "已经在这台平板上了"
FETCH, STOP = "领取", "停下"


def publish(county, folder, zoom, title):
    """The file as the tablet will call it."""
    pack = Path(folder, zoom + ".mbtiles")
    subprocess.run([ctl, "map", "make", str(pack), "--zoom", zoom], check=True, stdout=subprocess.DEVNULL)
    county.run("publish-map", str(pack), "--name", "county", "--title", title)
    return hashlib.sha256(pack.read_bytes()).hexdigest() + ".mbtiles"


def maps_open(app):
    """Packs from which the running app reads."""
    found = set()
    for fd in Path("/proc", str(app.process.pid), "fd").iterdir():
        try:
            target = os.readlink(fd)
        except FileNotFoundError:
            continue
        if ".mbtiles" in target:
            found.add(os.path.basename(target))
    return found


def go(app, tab):
    """The switcher above and the one below both have it; one of them is hidden."""
    for node in wait_for(tab, lambda: app.all(lambda n: n.name == tab and press_index(n) is not None)):
        node.queryAction().doAction(press_index(node))


def no_room(tablet):
    """The row says how much room it takes; when there is room the same button brings it."""
    full = Path(tablet.dir + ".full")
    rules = {"LD_PRELOAD": fail, "ZF_FAIL_DIR": tablet.dir, "ZF_FAIL_ROOM": str(250 << 20), "ZF_FAIL_WHEN": str(full)}
    full.touch()
    os.environ.update(rules)
    app = App(program, tablet.dir, "--page", "sync")
    for name in rules:
        del os.environ[name]
    app.see(NAME, exact=False)
    app.press(FETCH)
    app.see("地图包要空出", exact=False)
    shoot("2-no-room")
    assert not [path for path in Path(tablet.dir, "maps").rglob("*") if path.is_file()]
    full.unlink()
    app.close()


def fetched(tablet, line, pack):
    app = App(program, tablet.dir, "--page", "sync")
    app.see(NAME, exact=False)
    shoot("1-offered")
    line.bits = 3_000_000
    app.press(FETCH)
    app.see(STOP)
    app.see("已到", exact=False)
    shoot("3-coming")
    line.bits = 0
    app.see(HERE, exact=False)
    assert not app.showing(FETCH) and not app.showing(STOP)
    shoot("4-here")
    assert not maps_open(app)
    go(app, "地图")
    wait_for("the map to be drawn from the pack", lambda: maps_open(app) == {pack})
    shoot("5-map")
    app.close()


def newer(tablet, county, folder, old):
    """The map goes on with what it has until the newer one is whole."""
    new = publish(county, folder, "8-9", "丰都县全图")
    tablet.run("sync")
    app = App(program, tablet.dir, "--page", "map")
    wait_for("the map before", lambda: maps_open(app) == {old})
    go(app, "同步")
    app.see("丰都县全图", exact=False)
    app.press(FETCH)
    app.see(HERE, exact=False)
    go(app, "地图")
    wait_for("the newer map", lambda: maps_open(app) == {new})
    app.close()


def main():
    folder = tempfile.mkdtemp(prefix="zf-ui-packs-")
    try:
        with County(server, folder + "/county") as county:
            line = Line("127.0.0.1", county.port)
            tablet = Store(ctl, folder + "/tablet")
            tablet.run("init")
            tablet.run("enrol", f"{line.url}/#{county.code()}")
            pack = publish(county, folder, "8-12", NAME)
            tablet.run("sync")
            if fail:
                no_room(tablet)
            fetched(tablet, line, pack)
            newer(tablet, county, folder, pack)
            tablet.run("check")
            line.close()
    except Missing:
        shoot("missing")
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()

# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of 同步 and 冲突 in every state, by real processes, for eyes: ZF_UI_PICTURES=FOLDER run-ui.sh WIDTHxHEIGHT python3 sync-states.py ZOUFANG CTL SERVER"""
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent.parent / folder) for folder in ("ctl", "faults")]
from county import County, Cut, Portal, free_port, two_tablets, visit_line  # noqa: E402
from proxy import Line  # noqa: E402
from uitest import App, shoot, shoot_below, wait_for  # noqa: E402
from zfproc import png  # noqa: E402

program, ctl, server = sys.argv[1:4]


def state(tablet, name, word, page="sync"):
    app = App(program, tablet.dir, "--page", page)
    app.see(word, exact=False)
    shoot_below("sync-" + name)
    return app


def set_clock(tablet, ms):
    """What the county said at the last contact, as if this tablet's clock were wrong."""
    with sqlite3.connect(tablet.dir + "/store.db") as db:
        db.execute("UPDATE meta_kv SET value = json_set(value, '$.skew_ms', ?) WHERE key = 'sync_last'", (ms,))


def disagree(tablet, other, person, household):
    """Two numbers, and two incomes of one year: a field alone and a group of fields."""
    other.put([{"kind": "person", "id": person, "set": {"work_months": 7}}, {"kind": "household", "id": household, "set": {"phone": "13900000007"}}])
    other.run("sync")
    tablet.put([{"kind": "person", "id": person, "set": {"work_months": 9}}, {"kind": "household", "id": household, "set": {"phone": "13900000009"}}])
    tablet.run("sync")


def full_disk(county, tablet):
    """$ZF_FAIL_LIB (tests/faults): no write below the tablet's folder finds room once the app is open."""
    full = tablet.dir + ".full"
    rules = {"LD_PRELOAD": os.environ["ZF_FAIL_LIB"], "ZF_FAIL_DIR": tablet.dir, "ZF_FAIL_ERRNO": "28", "ZF_FAIL_STICKY": "1", "ZF_FAIL_AT": "1",
             "ZF_FAIL_WHEN": full}
    os.environ.update(rules)
    app = App(program, tablet.dir, "--page", "sync")
    for name in rules:
        del os.environ[name]
    app.see("没有网", exact=False)
    Path(full).touch()
    county.serve()
    # It may try again by itself first.
    wait_for("the disk to be full", lambda: app.showing("空间不够", exact=False) or (app.press_now("现在同步") and None), 60)
    app.see("空间不够", exact=False)
    shoot("sync-4-full")
    app.close()
    county.stop()


def quarantine(tablet):
    """The last change as if the county had put it aside."""
    with sqlite3.connect(tablet.dir + "/store.db") as db:
        db.execute("UPDATE change SET state = 4, d = json_object ('d', 'quarantined', 'why', 'late_scope') "
                   "WHERE lsn = (SELECT max (lsn) FROM change WHERE state = 0)")


def set_url(tablet, port):
    with sqlite3.connect(tablet.dir + "/store.db") as db:
        db.execute("UPDATE meta_kv SET value = ? WHERE key = 'server_url'", (f"http://127.0.0.1:{port}",))


def sending(county, tablet, household, folder):
    """Nine photos over a line that needs seconds for each."""
    for n in range(9):
        tablet.run("photo", "add", household, str(png(f"{folder}/{n}.png", 500, 400, n)))
    line = Line("127.0.0.1", county.port, bits=600_000)
    set_url(tablet, line.port)
    app = App(program, tablet.dir, "--page", "sync")
    app.see("还剩", exact=False)
    shoot("sync-5-sending", rest=0)
    app.press("停在这里，下次接着传")
    app.see("停在这里了", exact=False)
    shoot("sync-5-stopped")
    app.close()
    line.close()
    set_url(tablet, county.port)


def offer(county, tablet, folder):
    """A map pack, from its offer to the map; a form that this version cannot use."""
    pack = folder + "/pack.mbtiles"
    subprocess.run([ctl, "map", "make", pack, "--zoom", "8-11"], check=True, stdout=subprocess.DEVNULL)
    county.run("publish-map", pack, "--name", "county", "--title", "丰都县全图")
    tablet.run("sync")
    state(tablet, "10-packs", "新地图包 丰都县全图").close()
    with sqlite3.connect(tablet.dir + "/store.db") as db:
        db.execute("INSERT INTO record (id, kind, village, rev, cur) VALUES ('018f0000-0000-7000-8000-00000000f0f0', 'form', '*', 1, "
                   "json_object ('name', 'visit', 'version', '2099010101', 'content', '{}'))")
    app = state(tablet, "11-refused-closed", "新地图包 丰都县全图")
    app.press("详情")
    app.see("先用原来的", exact=False)
    shoot_below("sync-11-refused")
    app.press("领取")
    app.see("已经在这台平板上了", exact=False)
    shoot("sync-12-pack-fetched")
    app.close()


def main():
    with tempfile.TemporaryDirectory(prefix="zf-states-") as folder, County(server, folder + "/county") as county:
        tablet, other, household, person = two_tablets(ctl, county, folder)
        state(tablet, "1-arrived", "都到县里了 · ").close()
        county.stop()
        tablet.put([visit_line(household)])
        state(tablet, "2-offline", "没有网").close()
        set_clock(tablet, 3 * 86400 * 1000 + 5000)
        state(tablet, "3-clock", "平板时间慢了").close()
        set_clock(tablet, 0)
        with Portal(county.port):
            state(tablet, "4-portal", "登录").close()
        port, county.port = county.port, free_port()
        county.serve()
        with Cut(port, county.port):
            state(tablet, "4-cut", "网断了").close()
        county.stop()
        county.port = port
        if "ZF_FAIL_LIB" in os.environ:
            full_disk(county, tablet)
        county.serve()
        offer(county, tablet, folder)
        county.process.send_signal(signal.SIGSTOP)
        state(tablet, "5-running", "正在找县里").kill()
        county.process.send_signal(signal.SIGCONT)
        tablet.run("sync")
        disagree(tablet, other, person, household)
        app = state(tablet, "6-to-settle", "去处理")
        app.press("去处理")
        app.see("务工月数", exact=False)
        shoot("sync-7-conflicts")
        app.press("张国华 · 张强", exact=False)
        app.see("原来")
        shoot_below("sync-8-conflict")
        app.press("都不对，重填")
        shoot("sync-9-typing")
        app.close()
        state(tablet, "10-household", "要处理", "household:" + household).close()
        sending(county, tablet, household, folder)
        tablet.put([visit_line(household)])
        quarantine(tablet)
        app = state(tablet, "11-kept", "放不进去")
        app.press("放不进去", exact=False)
        app.see("县里管理员", exact=False)
        shoot_below("sync-12-kept-open")
        app.press("U 盘和备份")
        app.see("读县里的回信")
        shoot_below("sync-13-stick")
        app.close()


main()

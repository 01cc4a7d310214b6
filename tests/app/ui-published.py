# SPDX-License-Identifier: GPL-3.0-or-later
"""A workbook with pictures in the folder beside it becomes a form that the county publishes; a tablet that has it from there alone shows each picture beside its words, as it was
drawn, and the next version's once that has come."""
import json
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import openpyxl
import pyatspi
from gi.repository import GLib

from county import County, two_tablets
from uitest import WINDOW_COORDS, App, grab, shoot, wait_for

program, ctl, server = sys.argv[1:4]

RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (20, 140, 40)
SURVEY = [("type", "name", "label::中文", "label::English", "media::image"),
          ("text", "season", "哪一季", "Season", None),
          ("select_one roof", "roof", "屋顶什么样", "Roof", "roof.png")]
CHOICES = [("list_name", "name", "label::中文", "label::English", "media::image"),
           ("roof", "tile", "瓦顶", "Tiles", "tile.png"),
           ("roof", "grass", "草顶", "Grass", None)]


def png(colour, width=160, height=120):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def make_form(folder, version, roof):
    """The kind file that the workbook and its folder become."""
    book, media, out = Path(folder, "roofs.xlsx"), Path(folder, "roofs-media"), Path(folder, "roofs-%s.json" % version)
    workbook = openpyxl.Workbook()
    workbook.active.title = "survey"
    for sheet, rows in (("survey", SURVEY), ("choices", CHOICES), ("settings", [("form_title", "form_id", "version"), ("屋顶表", "roofs", version)])):
        for row in rows:
            (workbook[sheet] if sheet in workbook.sheetnames else workbook.create_sheet(sheet)).append(row)
    workbook.save(book)
    media.mkdir(exist_ok=True)
    (media / "roof.png").write_bytes(png(roof))
    (media / "tile.png").write_bytes(png(GREEN))
    subprocess.run([ctl, "form", "import", str(book), "-o", str(out)], check=True, capture_output=True)
    return out


def colour_of(app, words):
    """What is drawn in the middle of the picture that is named so."""
    def drawn():
        nodes = app.all(lambda n: n.getRole() == pyatspi.ROLE_IMAGE and n.name == words)
        box = nodes[0].queryComponent().getExtents(WINDOW_COORDS) if nodes else None
        return box if box and box.width >= 40 and box.height >= 40 else None

    box = wait_for("the picture of %s" % words, drawn)
    return tuple(grab("-crop", "1x1+%d+%d" % (box.x + box.width // 2, box.y + box.height // 2), "-depth", "8", "rgb:-")[:3])


def open_form(tablet, household, kind):
    app = App(program, tablet.dir, "--page", "household:" + household)
    app.see("开始走访")
    app.call("add", GLib.Variant("(ss)", (kind, household)))
    app.see("屋顶什么样")
    return app


def is_drawn(app, words, colour):
    wait_for("%s in its colour" % words, lambda: max(abs(a - b) for a, b in zip(colour_of(app, words), colour)) < 12)


def shown(tablet, household, kind, roof, name):
    """As published; answered by what a picture stands for."""
    app = open_form(tablet, household, kind)
    is_drawn(app, "屋顶什么样", roof)
    is_drawn(app, "瓦顶", GREEN)
    assert not app.all(lambda n: n.getRole() == pyatspi.ROLE_IMAGE and n.name == "草顶"), "a picture that nobody named"
    app.type("哪一季", name)
    app.press("屋顶什么样: 瓦顶")
    shoot("published-" + name)
    app.press("完成")
    app.see("开始走访")
    app.close()


def main():
    folder = tempfile.mkdtemp(prefix="zf-ui-published-")
    try:
        with County(server, folder + "/county") as county:
            _, tablet, household, _ = two_tablets(ctl, county, folder)
            form = make_form(folder, "1", RED)
            kind = json.loads(form.read_text())["kind"]["name"]
            county.run("publish", str(form))
            tablet.run("sync")
            shown(tablet, household, kind, RED, "2026")
            county.run("publish", str(make_form(folder, "2", BLUE)))
            tablet.run("sync")
            shown(tablet, household, kind, BLUE, "2027")
            assert sorted((row["season"], row["roof"]) for row in (r.get("fields", r) for r in (tablet.rows("get", row["id"])[0] for row in tablet.rows("list", kind)))) == \
                [("2026", "tile"), ("2027", "tile")]
            tablet.run("check")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


main()

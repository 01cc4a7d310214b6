#!/usr/bin/python3
"""Forms in workbooks, with peers: openpyxl reads our export and saves it again, xlwt writes an .xls; the kind files stay the same. An edited workbook works as a form."""
import base64
import json
import os
import shutil
import sys
from pathlib import Path

import openpyxl
import xlwt

from zfproc import CTL, Store, folder, run

forms = Path(os.environ["ZOUFANG_DATA"]) / "forms"


def rows_of(sheet):
    lines = list(sheet.iter_rows(values_only=True))
    return [{key: cell for key, cell in zip(lines[0], line) if cell is not None} for line in lines[1:]]


def load(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


with folder() as tmp:
    for name in ("visit", "household", "income", "resolution"):
        original = load(forms / f"{name}.json")
        run(CTL, "form", "export", name, "-o", f"{tmp}/{name}.xlsx")
        book = openpyxl.load_workbook(f"{tmp}/{name}.xlsx")
        assert book.sheetnames == ["survey", "choices", "settings", "kind"], book.sheetnames
        assert rows_of(book["survey"]) == original["survey"], name
        assert rows_of(book["settings"]) == original["settings"], name
        assert [r["key"] for r in rows_of(book["kind"])] == list(original["kind"]), name
        choices = rows_of(book["choices"])
        assert all(r.get("zf_shared") == "yes" for r in choices), "no list of its own"
        used = {r["type"].split()[1] for r in original["survey"] if r["type"].startswith("select_")}
        assert {r["list_name"] for r in choices} == used, name
        for sheet in book:
            assert sheet.freeze_panes == "A2" and all(c.font.bold for c in sheet[1]), sheet.title
            assert all(c.number_format == "@" and c.data_type == "s" for row in sheet.iter_rows(min_row=2) for c in row if c.value is not None), sheet.title
        book.save(f"{tmp}/again.xlsx")
        done = run(CTL, "form", "import", f"{tmp}/again.xlsx")
        assert json.loads(done.stdout) == original and done.stderr == "", (name, done.stderr)

    # An office of another office suite: .xls, numbers and booleans as cells.
    old = xlwt.Workbook()
    for title, lines in {"survey": [["type", "name", "label::中文", "required", "default"], ["integer", "boxes", "箱数", True, 3.0], [], ["select one from kinds", "kind", "品种"]],
                         "choices": [["list name", "name", "label::中文"], ["kinds", 1, "中蜂"], ["kinds", 2, "意蜂"]],
                         "settings": [["form_title", "form_id", "version"], ["蜂箱", "beehive", 2026112901]]}.items():
        sheet = old.add_sheet(title)
        for r, line in enumerate(lines):
            for c, cell in enumerate(line):
                sheet.write(r, c, cell)
    old.save(f"{tmp}/old.xls")
    done = run(CTL, "form", "import", f"{tmp}/old.xls", "--parent", "household", "-o", f"{tmp}/beehive.json")
    form = load(f"{tmp}/beehive.json")
    assert done.stdout == "" and "beehive" in done.stderr, done
    assert form["kind"] == {"name": "beehive", "parent": {"kind": "household", "field": "household"}, "ledger": True, "label": "boxes", "columns": ["boxes"]}, form
    assert form["survey"][0]["default"] == "3" and form["survey"][1]["type"] == "select_one kinds", form
    assert [c["name"] for c in form["choices"]] == ["1", "2"] and form["settings"][0]["version"] == "2026112901", form

    # The office adds a question and changes settings in the workbook; the ledger is in use at once.
    run(CTL, "form", "export", f"{tmp}/beehive.json", "-o", f"{tmp}/beehive.xlsx")
    book = openpyxl.load_workbook(f"{tmp}/beehive.xlsx")
    book["survey"].append(["text", "place", "放在哪里"])
    for key, value in book["kind"].iter_rows(min_row=2, max_col=2):
        value.value = {"label": "place", "columns": '["place", "boxes"]'}.get(key.value, value.value)
    book.save(f"{tmp}/beehive.xlsx")
    data = f"{tmp}/data"
    shutil.copytree(os.environ["ZOUFANG_DATA"], data)
    run(CTL, "form", "import", f"{tmp}/beehive.xlsx", "-o", f"{data}/forms/beehive.json")
    run(CTL, "form", "check", f"{data}/forms/beehive.json")
    os.environ["ZOUFANG_DATA"] = data
    store = Store(f"{tmp}/tablet").init()
    home = store.put("household", {"head_name": "王长明", "class": "ordinary"}, parent=store.village())
    id = store.put("beehive", {"place": "后山坡", "boxes": 12, "kind": "1"}, parent=home)
    assert [r["id"] for r in store.lines("list", "beehive", "--where", "boxes=12")] == [id]

    # A fault is one line with its place.
    book["survey"]["H2"] = "x"
    book.save(f"{tmp}/bad.xlsx")
    done = run(CTL, "form", "import", f"{tmp}/bad.xlsx", check=False)
    assert done.returncode == 1 and done.stderr == "zoufangctl: “survey”, row 2, column H: the cell is filled, but its column has no name\n", done

    # A form with several faults: all of them, by the place that a spreadsheet shows, and none of it printed as a form.
    book = openpyxl.load_workbook(f"{tmp}/beehive.xlsx")
    book["survey"].append([])
    book["survey"].append(["fax number", "tel"])
    book["survey"].append(["text", "place"])
    book["survey"]["F1"] = "relevant"
    book["survey"]["F3"] = "${nosuch} = 1"
    book.save(f"{tmp}/faulty.xlsx")
    done = run(CTL, "form", "check", f"{tmp}/faulty.xlsx", check=False)
    assert done.returncode == 1 and done.stdout == "" and done.stderr.splitlines() == [
        "zoufangctl: faulty.xlsx: “survey”, row 3, column F `relevant`: position 1: there is no question “nosuch”",
        "zoufangctl: faulty.xlsx: “survey”, row 6, column A `type`: the type “fax number” is not supported",
        "zoufangctl: faulty.xlsx: “survey”, row 7, column B `name`: the name “place” stands there already"], done
    # Pictures lie in a folder beside the workbook, and come along byte for byte.
    book = openpyxl.load_workbook(f"{tmp}/beehive.xlsx")
    sheet = book["survey"]
    column = sheet.max_column + 1
    sheet.cell(1, column, "image")
    sheet.cell(2, column, "箱.png")
    book.save(f"{tmp}/shown.xlsx")
    done = run(CTL, "form", "check", f"{tmp}/shown.xlsx")
    letter = openpyxl.utils.get_column_letter(column)
    assert done.returncode == 0 and done.stderr == f"zoufangctl: shown.xlsx: “survey”, row 2, column {letter} `media::image`: there is no picture “箱.png”; the words must do without it\n", done
    png = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
    Path(f"{tmp}/shown-media").mkdir()
    Path(f"{tmp}/shown-media/箱.png").write_bytes(png)
    done = run(CTL, "form", "check", f"{tmp}/shown.xlsx")
    assert done.stderr == "", done
    run(CTL, "form", "import", f"{tmp}/shown.xlsx", "-o", f"{tmp}/shown.json")
    assert base64.b64decode(load(f"{tmp}/shown.json")["media"]["箱.png"]) == png
    run(CTL, "form", "export", f"{tmp}/shown.json", "-o", f"{tmp}/out.xlsx")
    assert [(p.name, p.read_bytes()) for p in Path(f"{tmp}/out-media").iterdir()] == [("箱.png", png)]
    run(CTL, "form", "import", f"{tmp}/out.xlsx", "-o", f"{tmp}/back.json")
    assert load(f"{tmp}/back.json") == load(f"{tmp}/shown.json")
    # Style in words is kept as it is written.
    styled = load(f"{tmp}/shown.json")
    styled["survey"][1]["hint"] = "# 标题\n\\*a **b**_c_ <span style=\"color:red\">&amp;</span>"
    Path(f"{tmp}/styled.json").write_text(json.dumps(styled))
    run(CTL, "form", "export", f"{tmp}/styled.json", "-o", f"{tmp}/styled.xlsx")
    run(CTL, "form", "import", f"{tmp}/styled.xlsx", "-o", f"{tmp}/styled-back.json")
    assert load(f"{tmp}/styled-back.json") == styled
    # What no row shows would not come back, and does not go out.
    more = load(f"{tmp}/shown.json")
    more["media"]["nobody.png"] = more["media"]["箱.png"]
    Path(f"{tmp}/more.json").write_text(json.dumps(more))
    done = run(CTL, "form", "export", f"{tmp}/more.json", "-o", f"{tmp}/more.xlsx")
    assert done.stderr == "No row shows the picture “nobody.png”; a workbook leaves it out\n", done
    assert [p.name for p in Path(f"{tmp}/more-media").iterdir()] == ["箱.png"]
    # The county publishes the file as it is written.
    Path(f"{tmp}/beehive-wide.json").write_text(json.dumps(load(f"{tmp}/beehive.json")) + " " * 200 * 1024)
    done = run(CTL, "form", "check", f"{tmp}/beehive-wide.json", check=False)
    assert done.returncode == 1 and "is larger than what tablets take (200 kB)" in done.stderr, done
    Path(f"{tmp}/shown-media/箱.png").write_bytes(b"GIF89a" + bytes(100))
    for verb in ("check", "import"):
        done = run(CTL, "form", verb, f"{tmp}/shown.xlsx", check=False)
        assert done.returncode == 1 and done.stdout == "" and f"“survey”, row 2, column {letter} `media::image`: “箱.png”: This file is no PNG and no JPEG picture." in done.stderr, done
    print("ok")
    sys.exit(0)

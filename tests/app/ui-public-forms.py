# SPDX-License-Identifier: GPL-3.0-or-later
"""Forms of other organisations, from a workbook to a record: checked, imported, opened on a household, answered by name, finished. They are read from
../shared/testdata/xlsform beside the sources (tests/README.md) and never needed. ZF_UI_PICTURES (a folder): a picture of each form; ZF_UI_SIZE, ZF_UI_TEXT as ui-ways.py."""
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

here = Path(__file__).resolve().parent
books = here.parent.parent.parent / "shared" / "testdata" / "xlsform"
if not books.is_dir():
    print("no foreign forms here")
    sys.exit(77)
data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
os.environ["ZOUFANG_DATA"] = str(data)
size = os.environ.get("ZF_UI_SIZE", "1280x800")
ctl = sys.argv[2]

from uitest import App, main  # noqa: E402


def shoot(name):
    if "ZF_UI_PICTURES" in os.environ:
        subprocess.run(["import", "-window", "root", "%s/%s-%s.png" % (os.environ["ZF_UI_PICTURES"], size, name)], check=True)


def run(*args):
    return subprocess.run([ctl, *args], capture_output=True, text=True)


def bring(name):
    """Workbook → kind file among those of this county; a workbook that names no kind becomes a ledger of households."""
    book = str(books / (name + ".xlsx"))
    checked = run("form", "check", book)
    assert checked.returncode == 0, checked.stderr
    made = run("form", "import", book, "-o", str(data / "new.json"))
    assert made.returncode == 0, made.stderr
    kind = json.loads((data / "new.json").read_text())["kind"]
    assert kind["ledger"] is True and kind["parent"]["kind"] == "household", kind
    (data / "new.json").rename(data / "forms" / (kind["name"] + ".json"))
    return kind["name"]


def refused(name, place):
    """What cannot be asked here is named by its place, and nothing is left out in silence."""
    checked = run("form", "check", str(books / (name + ".xlsx")))
    assert checked.returncode != 0 and place in checked.stderr, checked.stderr


def or_other(app):
    app.see("What is your favorite color?")
    # The choice that the form did not write down, and the question that it brings.
    app.press("What is your favorite color?: 其他")
    app.see("其他，写明")
    # Its filter says pastel=yes where 'yes' is meant: as with ODK, a name without quotes is a question that is not there, and no choice fits.
    for color in ("red", "mauve"):
        assert app.showing("What is your favorite pastel?: " + color) is None, "the choice filter does not filter"
    shoot("or_other")
    app.press("What is your favorite color?: mauve")
    return {"fav_color": "mauve"}


def group(app):
    app.type("What's your family name?", "Okello")
    app.press("下一步")
    app.see("Father")
    # A type that says a condition along with what is asked.
    app.type("What's your father's phone number?", "07x")
    app.type("How old is your father?", "61")
    app.press("完成")
    app.see("这个答案不对。", exact=False)
    shoot("group")
    app.type("What's your father's phone number?", "0772000000")
    return {"family_name": "Okello", "phone_number": "0772000000", "age": "61"}


def specify_other(app):
    app.see("What sex are you?")
    app.press("What sex are you?: Female")
    shoot("specify_other")
    return {"sex": "female"}


FORMS = [("or_other", or_other), ("group", group), ("specify_other", specify_other)]


def test(program, store, households):
    home = households["李秀英"]
    for name, fill in FORMS:
        kind = kinds[name]
        app = App(program, store.dir, "--size", size, "--page", "household:" + home)
        app.press("添加" + name)
        wanted = fill(app)
        app.press("完成")
        app.see("添加" + name)
        app.close()
        rows = store.rows("list", kind)
        assert len(rows) == 1 and rows[0]["parent"] == home, rows
        record = store.rows("get", rows[0]["id"])[0]
        fields = record.get("fields", record)
        assert all(str(fields.get(key)) == value for key, value in wanted.items()), (fields, wanted)
    store.run("check")


try:
    refused("bad_calc", "calculation")
    refused("choice_filter_test", "allow_choice_duplicates")
    kinds = {name: bring(name) for name, _ in FORMS}
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

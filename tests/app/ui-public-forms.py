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
books = Path(os.environ.get("ZF_PUBLIC_FORMS", here.parent.parent.parent / "shared" / "testdata" / "xlsform"))
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


titles = {}   # kind → what people see of it


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
    titles[kind["name"]] = json.loads((data / "new.json").read_text())["settings"][0]["form_title"]
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


def choice_filter_test(app):
    # A cascade of three lists. The county king stands in its list twice, once for each state (allow_choice_duplicates).
    app.press("state: Texas")
    app.see("county: Cameron")
    assert app.showing("county: Pierce") is None, "a county of another state"
    kings = app.all(lambda node: node.name == "county: King")
    assert len(kings) == 1, "the county of the other state is offered too"
    app.press("county: Cameron")
    app.see("city: harlingen")
    assert app.showing("city: Seattle") is None, "a city of another county"
    app.press("state: Washington")
    # What was answered stays and is told, as long as it is no choice any more; the county that both states have goes on.
    app.see("“Cameron”不在现在的选项里。")
    app.press("county: King")
    app.gone("county: Cameron")
    app.see("city: Seattle")
    app.press("city: Seattle")
    shoot("choice_filter_test")
    app.press("state: Texas")
    app.see("city: Seattle")
    return {"state": "texas", "county": "king", "city": "seattle"}


def specify_other(app):
    app.see("What sex are you?")
    app.press("What sex are you?: Female")
    shoot("specify_other")
    return {"sex": "female"}


FORMS = [("or_other", or_other), ("group", group), ("specify_other", specify_other), ("choice_filter_test", choice_filter_test)]


def test(program, store, households):
    home = households["李秀英"]
    for name, fill in FORMS:
        kind = kinds[name]
        app = App(program, store.dir, "--size", size, "--page", "household:" + home)
        app.press("添加" + titles[kind])
        wanted = fill(app)
        app.press("完成")
        app.see("添加" + titles[kind])
        app.close()
        rows = store.rows("list", kind)
        assert len(rows) == 1 and rows[0]["parent"] == home, rows
        record = store.rows("get", rows[0]["id"])[0]
        fields = record.get("fields", record)
        assert all(str(fields.get(key)) == value for key, value in wanted.items()), (fields, wanted)
    store.run("check")


try:
    refused("bad_calc", "calculation")
    kinds = {name: bring(name) for name, _ in FORMS}
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

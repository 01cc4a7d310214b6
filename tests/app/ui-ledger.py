# SPDX-License-Identifier: GPL-3.0-or-later
"""A new ledger is one JSON file: with nothing else changed the app offers it, asks its questions, refuses a wrong answer and lists the record."""
import json
import os
import shutil
import tempfile
from pathlib import Path

data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
os.environ["ZOUFANG_DATA"] = str(data)
(data / "forms" / "goat.json").write_text(json.dumps({
    "settings": [{"form_title": "山羊台账", "form_title::English": "Goats", "form_id": "goat", "version": "1", "default_language": "中文"}],
    "kind": {"name": "goat", "order": 500, "parent": {"kind": "household", "field": "household"}, "append_only": False, "key": None,
             "label": "breed", "ledger": True, "server_only": False, "columns": ["breed", "head", "worth"]},
    "survey": [
        {"type": "begin_group", "name": "g1", "label::中文": "山羊", "label::English": "Goats"},
        {"type": "select_one breed", "name": "breed", "label::中文": "品种", "label::English": "Breed", "required": "yes"},
        {"type": "integer", "name": "head", "label::中文": "几只", "label::English": "How many", "constraint": ". >= 1 and . <= 500",
         "constraint_message::中文": "几只要在 1 到 500 之间。", "constraint_message::English": "Between 1 and 500."},
        {"type": "decimal", "name": "worth", "appearance": "money", "label::中文": "值多少", "label::English": "Worth"},
        {"type": "end_group", "name": "g1"}],
    "choices": [{"list_name": "breed", "name": "black", "label::中文": "本地黑山羊", "label::English": "Local black"},
                {"list_name": "breed", "name": "boer", "label::中文": "波尔山羊", "label::English": "Boer"}]}, ensure_ascii=False))

from uitest import App, main  # noqa: E402


def test(program, store, households):
    home = households["李秀英"]
    app = App(program, store.dir, "--page", "household:" + home)
    app.press("添加山羊台账")
    app.see("李秀英 · 山羊台账")
    app.press("品种: 本地黑山羊")
    app.type("几只", "900")
    app.press("完成")
    app.see("几只要在 1 到 500 之间。")
    app.type("几只", "12")
    app.type("值多少", "9600.5")
    app.press("完成")
    app.see("添加山羊台账")
    app.see("本地黑山羊", exact=False)
    app.close()
    rows = store.rows("list", "goat")
    assert len(rows) == 1, rows
    assert rows[0]["head"] == "12" and rows[0]["worth"] == "960050" and rows[0]["parent"] == home, rows


try:
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""A form of 60 questions without a group comes in three screens: the list of screens, what is still to answer, going on by keys, and the place where a
draft was left know them."""
import json
import os
import shutil
import tempfile
from pathlib import Path

data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
os.environ["ZOUFANG_DATA"] = str(data)


def question(i):
    row = {"type": "text", "name": f"q{i}", "label::中文": f"第{i}问", "label::English": f"Question {i}"}
    if i == 45:
        row["required"] = "yes"
    return row


(data / "forms" / "long.json").write_text(json.dumps({
    "settings": [{"form_title": "长表", "form_title::English": "Long", "form_id": "long", "version": "1", "default_language": "中文"}],
    "kind": {"name": "long", "order": 500, "parent": {"kind": "household", "field": "household"}, "ledger": True, "label": "q1", "columns": ["q1"]},
    "survey": [question(i) for i in range(1, 61)], "choices": []}, ensure_ascii=False))

from uitest import App, main, shoot  # noqa: E402


def test(program, store, households):
    home = households["李秀英"]
    app = App(program, store.dir, "--page", "household:" + home)
    app.press("添加长表")
    app.see("长表（1/3）")
    app.see("第20问")
    app.gone("第21问")
    shoot("long-first")
    app.type("第1问", "甲")
    app.press("下一步")
    app.see("第 2 屏，共 3 屏")
    app.see("第40问")
    app.gone("第41问")
    app.type("第21问", "乙")
    app.press("下一步")
    app.see("第 3 屏，共 3 屏")
    app.previous_screen()
    app.see("第 2 屏，共 3 屏")
    app.see("已保存", exact=False)
    app.kill()

    app = App(program, store.dir, "--page", "household:" + home)
    app.press("添加长表")
    app.see("长表（2/3）")
    app.see("第21问")
    app.to_screen("3  长表（3/3）")
    app.see("第 3 屏，共 3 屏")
    shoot("long-last")
    app.press("完成")
    app.see("这一项要填。")
    app.to_screen("1  长表（1/3）")
    app.see("第1问")
    app.press("下一步")
    app.see("第21问")
    app.press("下一步")
    app.type("第45问", "丙")
    app.press("完成")
    app.see("甲", exact=False)
    app.close()

    rows = store.rows("list", "long")
    assert len(rows) == 1, rows
    record = store.rows("get", rows[0]["id"])[0]
    fields = record.get("fields", record)
    assert [fields.get(name) for name in ("q1", "q21", "q45")] == ["甲", "乙", "丙"], fields


try:
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

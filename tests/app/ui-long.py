# SPDX-License-Identifier: GPL-3.0-or-later
"""A form of 60 questions without a group comes in three screens: the list of screens, what is still to answer, going on by keys, and the place where a
draft was left know them. Words as long as they come make no screen wider than a narrow window."""
import json
import os
import shutil
import tempfile
from pathlib import Path

data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
os.environ["ZOUFANG_DATA"] = str(data)

LONG = "家里从去年十一月到今年十月除了低保和养老金还有没有别的进项，" * 10


def question(i):
    row = {"type": "text", "name": f"q{i}", "label::中文": f"第{i}问", "label::English": f"Question {i}"}
    if i == 45:
        row["required"] = "yes"
    if i == 2:
        row["hint::中文"] = "https://example.org/" + "0123456789" * 12
    if i == 3:
        row["label::中文"] = LONG
    return row


(data / "forms" / "long.json").write_text(json.dumps({
    "settings": [{"form_title": "长表", "form_title::English": "Long", "form_id": "long", "version": "1", "default_language": "中文"}],
    "kind": {"name": "long", "order": 500, "parent": {"kind": "household", "field": "household"}, "ledger": True, "label": "q1", "columns": ["q1"]},
    "survey": [question(i) for i in range(1, 61)], "choices": []}, ensure_ascii=False))

from uitest import App, WINDOW_COORDS, main, shoot, wait_for  # noqa: E402


def is_no_wider(program, store, home):
    """A household's name of 40 letters, a question of 300, a hint that breaks nowhere."""
    store.put([{"kind": "household", "id": home, "set": {"head_name": ("阿卜杜热合曼·买买提吐尔逊·" * 3)[:40]}}])
    app = App(program, store.dir, "--size", "360x720", "--page", "household:" + home)
    app.press("添加长表")
    app.see(LONG)

    def within():
        boxes = [app.see(name).queryComponent().getExtents(WINDOW_COORDS) for name in (LONG, "下一步", "第 1 屏，共 3 屏")]
        return all(box.width > 0 and box.x >= 0 and box.x + box.width <= 360 for box in boxes)

    wait_for("a form no wider than the window", within)
    shoot("long-words")
    app.close()


def test(program, store, households):
    is_no_wider(program, store, households["张国华"])
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

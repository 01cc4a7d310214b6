#!/usr/bin/python3
"""A ledger that is one JSON file in a data folder works in the command-line companion with no C change (the app's half: tests/app)."""
import json
import os
import shutil
import sys

from zfproc import Store, folder

LEDGER = {
    "settings": [{"form_title": "蜂箱台账", "form_title::English": "Beehives", "form_id": "beehive", "version": "1", "default_language": "中文"}],
    "kind": {"name": "beehive", "order": 900, "parent": {"kind": "household", "field": "household"}, "ledger": True,
             "date": "since", "label": "place", "columns": ["place", "boxes", "since", "sold"], "search": {"place": "text"}},
    "survey": [
        {"type": "text", "name": "place", "label::中文": "放在哪里", "label::English": "Where", "required": "yes"},
        {"type": "integer", "name": "boxes", "label::中文": "箱数", "label::English": "Boxes", "constraint": ". >= 1 and . <= 500",
         "constraint_message::中文": "箱数在 1 到 500 之间。", "constraint_message::English": "1 to 500 boxes."},
        {"type": "date", "name": "since", "label::中文": "从哪天起", "label::English": "Since"},
        {"type": "decimal", "name": "sold", "appearance": "money", "label::中文": "卖了多少", "label::English": "Sold"},
    ],
    "choices": [],
}

with folder() as tmp:
    data = os.path.join(tmp, "data")
    shutil.copytree(os.environ["ZOUFANG_DATA"], data)
    store = Store(os.path.join(tmp, "tablet")).init()
    home = store.put("household", {"head_name": "王长明", "class": "ordinary"}, parent=store.village())
    before = store.ctl("list", "beehive", check=False)
    assert before.returncode == 1, "an unknown kind is an error"

    with open(os.path.join(data, "forms", "beehive.json"), "w", encoding="utf-8") as f:
        json.dump(LEDGER, f, ensure_ascii=False)
    os.environ["ZOUFANG_DATA"] = data
    id = store.put("beehive", {"place": "后山坡", "boxes": 12, "since": "2026-04-01", "sold": 350000}, parent=home)
    rows = store.lines("list", "beehive", "--where", "boxes=12")
    assert [r["id"] for r in rows] == [id] and rows[0]["sold"] == "350000", rows
    assert any(r["id"] == id for r in store.lines("search", "后山坡"))
    refused = store.ctl("put", check=False, stdin=json.dumps({"kind": "beehive", "parent": home, "set": {"place": "河边", "boxes": 900}}) + "\n")
    assert refused.returncode == 1 and refused.stdout == "" and "1:" in refused.stderr, refused.stderr
    store.check()
    print("ok")

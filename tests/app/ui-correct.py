# SPDX-License-Identifier: GPL-3.0-or-later
"""Finished records are opened again: a visit is corrected with a reason and both stay to be read; a form with rows is changed, one row comes, one goes; what
happened stands under 改动记录; a change that was not finished is a draft."""
import json
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
os.environ["ZOUFANG_DATA"] = str(data)
(data / "forms" / "farm.json").write_text(json.dumps({
    "settings": [{"form_title": "种地台账", "form_title::English": "Farming", "form_id": "farm", "version": "1", "default_language": "中文"}],
    "kind": {"name": "farm", "order": 500, "parent": {"kind": "household", "field": "household"}, "ledger": True, "label": "season",
             "columns": ["season"], "sensitive": ["tel"]},
    "survey": [
        {"type": "text", "name": "season", "label::中文": "哪一季", "label::English": "Season", "required": "yes"},
        {"type": "text", "name": "tel", "label::中文": "电话", "label::English": "Phone"},
        {"type": "hidden", "name": "grade", "label::中文": "地力等级", "label::English": "Grade"},
        {"type": "hidden", "name": "mark"},
        {"type": "begin_repeat", "name": "plots", "label::中文": "地块", "label::English": "Plots"},
        {"type": "text", "name": "plot", "label::中文": "地名", "label::English": "Name", "required": "yes"},
        {"type": "decimal", "name": "mu", "label::中文": "几亩", "label::English": "Area"},
        {"type": "end_repeat", "name": "plots"}],
    "choices": []}, ensure_ascii=False))

from uitest import App, main, shoot, wait_for  # noqa: E402


ID = "999999198802280011"


def correct_visit(app, store, home):
    app.press("看病花了不少", exact=False)
    app.see("张国华 · 走访", exact=False)
    app.see("更正：原来写的也留着")
    shoot("correct-visit-1")
    app.to_screen("4  诉求和照片")
    app.type("说了什么", "看病花了三千，问过票据")
    app.see("改了，原来", exact=False)
    shoot("correct-visit-changed")
    app.to_screen("6  检查")
    app.see("为什么更正？")
    app.press("完成走访")
    app.see("为什么更正？")
    app.press("看过票据")
    shoot("correct-visit-why")
    app.press("完成走访")
    app.see("开始走访")
    app.press("看病花了三千，问过票据", exact=False)
    app.press("改动记录", exact=False)
    app.see("更正了 · 看过票据", exact=False)
    shoot("correct-visit-history")
    app.press("返回")


def correct_old_visit(app, store, home):
    """Housing was asked again on a later day: the household keeps what was said then, and the person hears of it."""
    app.press("头一回问的", exact=False)
    app.see("更正：原来写的也留着")
    app.to_screen("2  五项")
    app.press("住房: 待核")
    app.press("住房：情形: 墙体裂缝")
    app.to_screen("6  检查")
    app.press("完成走访")
    app.see("为什么更正？")
    app.press("看过票据")
    app.press("完成走访")
    app.see_whole("已更正。后来又问过的，户上还按后来说的。")
    shoot("correct-overtaken")
    now = store.rows("get", home)[0]
    assert now.get("fields", now)["item_housing"] == "yes", now
    said = sorted(row.get("fields", row)["item_housing"] for row in (store.rows("get", v["id"])[0] for v in store.rows("list", "visit", "--where", "parent=" + home)))
    assert said == ["check", "yes"], said


def change_farm(app, store, home):
    app.press("2026 秋", exact=False)
    app.see("改完点完成才算")
    app.press("电话: 显示")
    app.type("电话", "13900000002")
    app.press("下一步")
    app.press("1  河边", exact=False)
    app.type("几亩", "3")
    app.press("这一个填好了")
    app.press("2  坡上", exact=False)
    app.press("不要这一个")
    app.see("拿掉了")
    app.press("再加：地块")
    app.type("地名", "屋后")
    app.press("这一个填好了")
    app.see("2  屋后", exact=False)
    shoot("correct-farm-changed")
    app = come_back(app, store, home)
    app.see("2  屋后", exact=False)
    app.see("点完成才算", exact=False)
    app.press("完成")
    app.see("为什么改？")
    shoot("correct-farm-why")
    app.press("问过本人")
    app.press("完成")
    app.see("开始走访")
    app.press("2026 秋", exact=False)
    app.press("改动记录", exact=False)
    app.see("拿掉了：地块 坡上", exact=False)
    app.see("加了：地块 屋后", exact=False)
    app.see("改了 · 问过本人", exact=False)
    # What nobody is asked for is told where there is nothing else to tell.
    app.see("改了\n地力等级", exact=False)
    app.see("改了\n表里自己记的内容", exact=False)
    assert not app.all(lambda n: "13900000002" in (n.name or "")), "the history shows the number"
    shoot("correct-farm-history")
    return app


def come_back(app, store, home):
    """The battery falls out: the change stands on the household's page and under 今日, and opens where it was, with all that was answered; who throws it
    away can take that back."""
    app.kill()
    app = App(app.process.args[0], store.dir)
    app.press("张国华种地台账没改完", exact=False)
    app.see("2  屋后", exact=False)
    shoot("correct-farm-again")
    app.press("2/2", exact=False)
    app.press("放弃草稿")
    app.press("撤销")
    app.see("张国华种地台账没改完", exact=False)
    app.close()
    app = App(app.process.args[0], store.dir, "--page", "household:" + home)
    app.see("没改完")
    shoot("correct-farm-unfinished")
    app.press("种地台账 2026 秋", exact=False)
    return app


def leave_unchanged(app):
    """Back where it was, nothing is kept: the next one who looks finds the record, and no draft."""
    app.press("2026 秋", exact=False)
    app.type("哪一季", "2026 夏")
    app.see("点完成才算", exact=False)
    app.type("哪一季", "2026 秋")
    wait_for("the household", lambda: app.showing("开始走访") or (app.press_now("返回") and None))
    assert not app.showing("没改完")


def text_of(app, name):
    """What a reader of the screen is told of an entry; dots where it is hidden."""
    for node in app.all(lambda n: n.name == name):
        for part in [node] + [node.getChildAtIndex(i) for i in range(node.childCount)]:
            try:
                part.queryEditableText()
                return part.queryText().getText(0, part.queryText().characterCount)
            except NotImplementedError:
                continue
    return None


def hidden(app, home, person):
    """An ID number is shown by its end only, until somebody asks; birth and sex follow from it, and the history tells it no more than the form."""
    app.press("张强", exact=False)
    app.see("尾号\u00a00011")
    assert not app.all(lambda n: ID in (n.name or "")), "the number stands there in full"
    shoot("correct-hidden")
    app.press("证件号码: 显示")
    app.gone("尾号\u00a00011")
    assert text_of(app, "证件号码") == ID
    app.press("证件号码: 显示")
    app.see("尾号\u00a00011")
    assert text_of(app, "出生日期") == "1988-02-28", text_of(app, "出生日期")
    app.press("改动记录", exact=False)
    app.see("证件号码：", exact=False)
    assert not app.all(lambda n: ID in (n.name or "")), "the history shows the number"
    shoot("correct-hidden-history")
    app.press("返回")


def test(program, store, households):
    home = households["张国华"]
    store.put([{"kind": "visit", "parent": home, "set": {"date": "2026-11-01", "visitors": "李强", "mode": "home", "risk_found": "no", "sign": "absent",
                                                         "said": "看病花了不少", "phone": "13800000001"}},
               {"kind": "farm", "parent": home, "set": {"season": "2026 秋", "tel": "13900000001"}}])
    visit, farm = store.rows("list", "visit", "--where", "parent=" + home)[0]["id"], store.rows("list", "farm")[0]["id"]
    store.put([{"kind": "farm_plots", "parent": farm, "set": {"plot": "河边", "mu": "2"}}])
    store.put([{"kind": "farm_plots", "parent": farm, "set": {"plot": "坡上", "mu": "1"}}])
    for unasked in ({"grade": "3"}, {"mark": "x"}, {"tel": "13900000003", "mark": "y"}, {"tel": "13900000001"}):
        store.put([{"kind": "farm", "id": farm, "set": unasked}])
    person = next(p["id"] for p in store.rows("list", "person") if p["name"] == "张强")
    store.put([{"kind": "person", "id": person, "set": {"id_number": ID}}])
    twice = households["李秀英"]
    for day, said in (("2026-11-01", "头一回问的"), ("2026-11-20", "后来问的")):
        store.put([{"kind": "visit", "parent": twice, "set": {"date": day, "visitors": "李强", "mode": "home", "risk_found": "no", "sign": "absent", "said": said,
                                                              "item_housing": "yes"}}])
    app = App(program, store.dir, "--page", "household:" + twice)
    correct_old_visit(app, store, twice)
    app.close()
    app = App(program, store.dir, "--page", "household:" + home)
    hidden(app, home, person)
    correct_visit(app, store, home)
    app = change_farm(app, store, home)
    app.press("返回")
    leave_unchanged(app)
    app.close()
    with sqlite3.connect("file:%s/store.db?mode=ro" % store.dir, uri=True) as db:
        assert db.execute("SELECT count(*) FROM draft").fetchone()[0] == 0

    heads = store.rows("list", "visit", "--where", "parent=" + home)
    assert len(heads) == 1 and heads[0]["id"] != visit, heads
    record = store.rows("get", heads[0]["id"])[0]
    fields = record.get("fields", record)
    assert fields["supersedes"] == visit and fields["why"] == "看过票据" and fields["visitors"] == "李强", fields
    old = store.rows("get", visit)[0]
    assert old.get("fields", old)["said"] == "看病花了不少", old
    plots = store.rows("list", "farm_plots")
    contents = sorted((p.get("fields", p)["plot"], p.get("fields", p).get("mu")) for p in (store.rows("get", plot["id"])[0] for plot in plots))
    assert contents == [("屋后", None), ("河边", "3")], contents
    store.run("check")


try:
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

# SPDX-License-Identifier: GPL-3.0-or-later
"""A form with repeats: plots are added, one is taken out and brought back, a kill loses nothing, the members of the family stand there, and every row
becomes a record; of 200 members some are shown."""
import json
import os
import shutil
import tempfile
from pathlib import Path

data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
os.environ["ZOUFANG_DATA"] = str(data)
(data / "forms" / "farm.json").write_text(json.dumps({
    "settings": [{"form_title": "种地台账", "form_title::English": "Farming", "form_id": "farm", "version": "1", "default_language": "中文"}],
    "kind": {"name": "farm", "order": 500, "parent": {"kind": "household", "field": "household"}, "ledger": True, "label": "season",
             "columns": ["season"]},
    "survey": [
        {"type": "begin_group", "name": "g1", "label::中文": "地块", "label::English": "Plots"},
        {"type": "text", "name": "season", "label::中文": "哪一季", "label::English": "Season", "required": "yes"},
        {"type": "begin_repeat", "name": "plots", "label::中文": "地块", "label::English": "Plots"},
        {"type": "text", "name": "plot", "label::中文": "地名", "label::English": "Name", "required": "yes"},
        {"type": "decimal", "name": "mu", "label::中文": "几亩", "label::English": "Area", "check": ". <= 100", "check_message::中文": "耕地 100 亩以上，对吗？", "constraint": ". > 0",
         "constraint_message::中文": "几亩要大于 0。", "constraint_message::English": "Above 0."},
        {"type": "end_repeat", "name": "plots"},
        {"type": "decimal", "name": "all_mu", "label::中文": "一共几亩", "label::English": "All", "calculation": "sum(${mu})", "read_only": "yes"},
        {"type": "end_group", "name": "g1"},
        {"type": "begin_repeat", "name": "people", "kind": "person", "label::中文": "家里人", "label::English": "Members"},
        {"type": "text", "name": "name", "label::中文": "姓名", "label::English": "Name", "required": "yes"},
        {"type": "end_repeat", "name": "people"}],
    "choices": []}, ensure_ascii=False))

from uitest import App, main, shoot, shoot_below, wait_for  # noqa: E402


def add_plot(app, name, mu):
    app.press("再加：地块")
    app.type("地名", name)
    app.type("几亩", mu)
    shoot("repeats-row-" + mu)
    app.press("这一个填好了")
    app.see(name, exact=False)


def many_rows(program, store, home):
    """Of 200 members the last 20 are shown, the others when asked for, and those around one that was open."""
    store.put([{"kind": "person", "set": {"name": f"成员{i:03}", "household": home}} for i in range(1, 201)])
    app = App(program, store.dir, "--page", "household:" + home)
    app.press("添加种地台账")
    app.type("哪一季", "2026 秋")
    app.press("下一步")
    app.see("200  成员", exact=False)
    app.see("181  成员", exact=False)
    assert app.showing("180  成员", exact=False) is None
    shoot_below("repeats-many")
    app.press("前面还有 180 行", exact=False)
    app.see("前面还有 130 行", exact=False)
    shoot("repeats-many-above")
    app.press("131  成员", exact=False)
    app.type("姓名", "")
    app.previous_screen()
    app.see("前面还有 120 行")
    assert app.showing("200  成员", exact=False) is None
    app.press("后面还有 60 行")
    app.press("后面还有 10 行")
    app.press("200  成员", exact=False)
    app.press("这一个填好了")
    app.see("前面还有 180 行\n还有 1 处要填")
    shoot("repeats-many-missing")
    app.kill()


def test(program, store, households):
    many_rows(program, store, households["王志强"])
    home = households["李秀英"]
    store.put([{"kind": "person", "set": {"name": "李小梅", "household": home}}])
    app = App(program, store.dir, "--page", "household:" + home)
    app.press("添加种地台账")
    app.see("还没有")
    shoot("repeats-empty")
    app.type("哪一季", "2026 秋")
    app.press("再加：地块")
    app.press("这一个填好了")
    app.see("这一项要填。")
    app.type("地名", "河边")
    app.type("几亩", "150")
    app.press("这一个填好了")
    app.see("河边", exact=False)
    add_plot(app, "坡上", "2")
    shoot("repeats-two")
    app.see("已保存", exact=False)
    app.kill()

    app = App(program, store.dir, "--page", "household:" + home)
    app.press("添加种地台账")
    app.press("2  坡上", exact=False)
    app.press("不要这一个")
    app.see("拿掉了")
    shoot("repeats-taken-out")
    app.press("撤销")
    app.see("2  坡上", exact=False)
    app.press("下一步")
    app.press("李小梅", exact=False)
    shoot("repeats-member")
    app.type("姓名", "李晓梅")
    app.press("这一个填好了")
    app.see("耕地 100 亩以上，对吗？")
    shoot("repeats-doubt")
    app.press("完成")
    # What was pressed by a tool happens a moment later, and asks the doubts anew.
    wait_for("the plot in doubt", lambda: app.showing("这一个填好了") or (app.press_now("几亩: 改") and None))
    app.type("几亩", "120")
    app.press("这一个填好了")
    app.press("下一步")
    app.press("几亩: 对，写原因")
    app.press("问过村里")
    app.gone("耕地 100 亩以上，对吗？")
    app.press("完成")
    app.see("2026 秋", exact=False)
    app.close()

    farms = store.rows("list", "farm")
    plots = store.rows("list", "farm_plots")
    assert len(farms) == 1 and len(plots) == 2, (farms, plots)
    assert {plot["parent"] for plot in plots} == {farms[0]["id"]}, plots
    farm = store.rows("get", farms[0]["id"])[0]
    assert farm.get("fields", farm)["all_mu"] == "122", farm
    large = [store.rows("get", plot["id"])[0] for plot in plots]
    assert "问过村里" in [plot.get("fields", plot).get("mu__why") for plot in large], large
    names = [person["name"] for person in store.rows("list", "person") if person["parent"] == home]
    assert "李晓梅" in names and "李小梅" not in names, names


try:
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

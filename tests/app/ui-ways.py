# SPDX-License-Identifier: GPL-3.0-or-later
"""Every way of answering, by names and actions only, in one demo form (ways.json): each answer is given as people give it, then the draft is asked
what it keeps. ZF_UI_PICTURES (a folder): a picture of each screen; ZF_UI_TEXT: another text size; ADW_DEBUG_COLOR_SCHEME=prefer-dark: dark."""
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

here = Path(__file__).parent
data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
shutil.copy(here / "ways.json", data / "forms")
os.environ["ZOUFANG_DATA"] = str(data)
os.environ["ZF_TEST_POSITION"] = "29.86 107.73 15"
os.environ["ZF_TEST_CAMERA"] = str(data / "camera.jpg")
size = os.environ.get("ZF_UI_SIZE", "1280x800")

import gi  # noqa: E402

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf  # noqa: E402

import pyatspi  # noqa: E402

from uitest import App, Missing, main, press_index, wait_for  # noqa: E402


def prepare():
    pixbuf = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, 640, 480)
    pixbuf.fill(0x8090A0FF)
    pixbuf.savev(os.environ["ZF_TEST_CAMERA"], "jpeg", [], [])
    if "ZF_UI_TEXT" in os.environ:
        (data / "zz.gschema.override").write_text("[org.zoufang.Zoufang]\ntext-size='%s'\n" % os.environ["ZF_UI_TEXT"])
        subprocess.run(["glib-compile-schemas", str(data)], check=True)
        os.environ["GSETTINGS_SCHEMA_DIR"] = str(data)


def shoot(name):
    if "ZF_UI_PICTURES" in os.environ:
        tags = "".join("-" + os.environ[key] for key in ("ZF_UI_TEXT", "ADW_DEBUG_COLOR_SCHEME") if key in os.environ)
        subprocess.run(["import", "-window", "root", "%s/%s%s-%s.png" % (os.environ["ZF_UI_PICTURES"], size, tags, name)], check=True)


class Draft:
    """What the store keeps of the form that is being filled."""

    def __init__(self, store):
        self.path = "file:%s/store.db?mode=ro" % store.dir

    def answers(self):
        with sqlite3.connect(self.path, uri=True) as db:
            return json.loads(db.execute("SELECT answers FROM draft WHERE kind = 'ways'").fetchone()[0])

    def keeps(self, **wanted):
        try:
            wait_for("", lambda: all(self.answers().get(name) == value for name, value in wanted.items()))
        except Missing:
            found = self.answers()
            raise AssertionError("the draft keeps %s, not %s" % ({name: found.get(name) for name in wanted}, wanted)) from None


def set_value(app, name, value):
    def do():
        for node in app.all(lambda n: n.name == name):
            try:
                node.queryValue().currentValue = value
                return True
            except NotImplementedError:
                continue
        return False

    wait_for("a slider named “%s”" % name, do)


def text(app, draft):
    app.see("每种问法一个例子。说明只是给人看的，不用回答。")
    app.type("一行字", "水稻")
    app.type("几行字", "第一行\n第二行")
    app.type("只有数字的字", "0123")
    app.type("遮住的字", "13800000001")
    app.type("条码", "6901234567892")
    draft.keeps(plain="水稻", lines="第一行\n第二行", digits="0123", secret="13800000001", code="6901234567892")
    shoot("text")
    app.press("遮住的字: 显示")


def number(app, draft):
    app.type("整数", "12")
    app.type("大整数", "1234567")
    app.type("小数", "1.5")
    app.type("务工收入", "9600.5")
    draft.keeps(whole=12, many=1234567, part="1.5", wage=960050)
    # The source stands there as asked until a tap says otherwise.
    app.press("务工收入 · 依据: 票据")
    draft.keeps(wage__src="receipt")
    assert "slide" not in draft.answers(), "a range answered by itself"
    app.press("滑动: 加")
    draft.keeps(slide=0)
    app.press("滑动: 加")
    app.press("滑动: 加")
    app.press("滑动: 减")
    draft.keeps(slide=2)
    set_value(app, "滑动", 13)
    draft.keeps(slide=14)
    set_value(app, "细滑动", 0.3)
    draft.keeps(fine="0.3")
    app.press("从数里挑: 选一个")
    app.press("从数里挑: 17")
    draft.keeps(pick=17)
    app.press("星: 4")
    draft.keeps(stars=4)
    shoot("number")


def when(app, draft):
    app.type("哪天", "2026-11-03")
    app.type("几点", "08:30")
    draft.keeps(day="2026-11-03", hour="08:30")
    app.press("几点: 上下拨")
    app.press("几点: 晚一小时")
    app.press("几点: 早五分钟")
    draft.keeps(hour="09:25")
    app.type("哪天几点: 时间", "14:05")
    app.type("哪天几点: 哪天", "2026-11-03")
    draft.keeps(moment=1793685900000)
    app.type("几点", "25:99")
    app.see("要填时间，比如 14:05。")
    app.press("几点: 现在")
    app.gone("要填时间，比如 14:05。")
    app.type("几点", "08:30")
    shoot("when")


def one(app, draft):
    app.press("三个短的: 没有")
    app.press("平常的: 玉米")
    app.press("平常的: 水稻")
    app.press("展开的: 选一个")
    shoot("menu")
    app.press("展开的: 山羊")
    app.press("同意吗: 很同意")
    app.press("三列的: 马铃薯")
    app.press("横排的: 玉米")
    app.press("紧凑的: 水稻")
    app.type("要找的: 找", "dyb")
    app.gone("要找的: 石龙村")
    app.press("要找的: 大月坝村")
    draft.keeps(short="no", usual="rice", unfolded="goat", scale="5", three="potato", flat="maize", close="rice", sought="v12")
    app.see("展开的: 山羊")
    shoot("one")


def quick(app, draft):
    shoot("quick")
    app.press("点了就走的: 玉米")
    app.see("下面三样有没有")
    draft.keeps(fast="maize")


def table(app, draft):
    app.press("水: 有")
    app.press("电: 待核")
    app.press("种什么: 玉米")
    app.press("种什么: 山羊")
    draft.keeps(row_a="yes", row_b="check", row_c=["goat", "maize"])
    assert app.showing("下面三样有没有: 有") is None, "the heading of a table takes no answer"
    shoot("table")


def several(app, draft):
    app.press("平常几项: 玉米")
    app.press("平常几项: 水稻")
    app.press("展开几项: 选一个")
    app.press("展开几项: 马铃薯")
    app.press("展开几项: 山羊")
    app.press("两列几项: 水稻")
    app.type("要找几项: 找", "龙")
    app.gone("要找几项: 建国村")
    app.press("要找几项: 回龙村")
    app.type("要找几项: 找", "")
    app.press("要找几项: 建国村")
    app.press("片区: 东片")
    app.gone("片区里的地方: 石桥")
    app.press("片区里的地方: 水磨坊")
    draft.keeps(set=["maize", "rice"], set_menu=["goat", "potato"], set_two=["rice"], set_sought=["v5", "v8"], area="east", spot="mill")
    # The engine keeps it, so it stays in sight.
    app.press("片区: 西片")
    app.see("“水磨坊”不在现在的选项里。")
    shoot("several")
    app.press("片区里的地方: 石桥")
    app.gone("“水磨坊”不在现在的选项里。")
    draft.keeps(spot="bridge")


def rest(app, draft):
    assert "order" not in draft.answers(), "an order answered by itself"
    app.press("先后: 就这样排")
    draft.keeps(order="maize rice potato tobacco goat")
    app.press("上移 山羊")
    app.press("下移 玉米")
    draft.keeps(order="rice maize potato goat tobacco")
    app.press("照片会存在平板上: 知道了")
    draft.keeps(ack="OK")
    app.press("位置: 用现在的位置")
    draft.keeps(place="29.86 107.73 0 15")
    app.see("29.86, 107.73（误差约\u00a015\u00a0米）")
    app.press("位置: 清除")
    wait_for("the position to go", lambda: draft.answers().get("place") is None)
    app.press("位置: 手填")
    app.type("位置", "29.5, 107.5")
    app.press("照片一张: 拍照")
    app.see("相机的画面")
    wait_for("the shutter", lambda: app.all(lambda n: n.name == "快门" and n.getState().contains(pyatspi.STATE_SENSITIVE)))
    app.press("快门")
    app.press("用这张")
    app.see("照片一张: 照片")
    app.see("录音一段: 录音")
    shoot("rest")


SCREENS = [("文字", text), ("数", number), ("时间", when), ("选一项", one), ("点了就走", quick), ("表格", table), ("选几项", several), ("其他", rest)]


def test(program, store, households):
    home = households["李秀英"]
    app = App(program, store.dir, "--size", size, "--page", "household:" + home)
    draft = Draft(store)
    app.press("添加问法台账")
    for title, screen in SCREENS:
        app.see(title)
        app.judge(title)
        screen(app, draft)
        if screen is not quick and screen is not rest:
            app.press("下一步")
    app.press("完成")
    app.see("添加问法台账")
    app.see("水稻", exact=False)
    app.close()
    record = store.rows("get", store.rows("list", "ways")[0]["id"])[0]
    fields = record.get("fields", record)
    photos = store.rows("list", "photo")
    assert len(photos) == 1 and fields["picture"] == photos[0]["id"], (fields, photos)
    assert fields["place"] == "29.5 107.5" and fields["wage__src"] == "receipt" and "head" not in fields, fields
    store.run("check")


try:
    prepare()
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

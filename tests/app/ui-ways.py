# SPDX-License-Identifier: GPL-3.0-or-later
"""Every type of question and every way of answering it, by names and actions only, in one demo form (ways.json; that nothing lacks there is what tests/forms/forms-demo.c
holds): each answer is given as people give it, then the draft is asked what it keeps. ./pictures takes pictures of all of it."""
import json
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

here = Path(__file__).parent
data = Path(tempfile.mkdtemp(prefix="zf-data-"))
shutil.copytree(os.environ["ZOUFANG_DATA"], data, dirs_exist_ok=True)
shutil.copy(here / "ways.json", data / "forms")
os.environ["ZOUFANG_DATA"] = str(data)
os.environ["ZF_TEST_POSITION"] = "29.86 107.73 15"
os.environ["ZF_TEST_CAMERA"] = str(data / "camera.jpg")

import gi  # noqa: E402

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf  # noqa: E402

import pyatspi  # noqa: E402

from uitest import App, Missing, main, shoot, shoot_below, wait_for, wheel  # noqa: E402


def prepare():
    pixbuf = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, 640, 480)
    pixbuf.fill(0x8090A0FF)
    pixbuf.savev(os.environ["ZF_TEST_CAMERA"], "jpeg", [], [])


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
    shoot_below("ways-text")
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
    draft.keeps(slide=4)
    app.press("滑动: 减")
    draft.keeps(slide=2)
    set_value(app, "滑动", 13)
    draft.keeps(slide=14)
    app.turn_over("滑动")
    draft.keeps(slide=14)
    set_value(app, "细滑动", 0.3)
    draft.keeps(fine="0.3")
    app.press("从数里挑: 选一个")
    app.press("从数里挑: 17")
    draft.keeps(pick=17)
    app.press("星: 4")
    draft.keeps(stars=4)
    shoot_below("ways-number")


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
    shoot_below("ways-when")


def one(app, draft):
    app.press("三个短的: 没有")
    app.press("平常的: 玉米")
    app.press("平常的: 水稻")
    # The pictures beside the words, each named by them; the choices of the question below have none.
    for words in ("叶子像哪一张", "绿的", "发黄的"):
        picture = wait_for("the picture of %s" % words, lambda: app.all(lambda n: n.getRole() == pyatspi.ROLE_IMAGE and n.name == words))[0]
        box = picture.queryComponent().getExtents(pyatspi.WINDOW_COORDS)
        assert box.width >= 48 and 0 < box.height <= (200 if words == "叶子像哪一张" else 120), (words, box.width, box.height)
    app.press("叶子像哪一张: 发黄的")
    draft.keeps(leaf="yellow")
    shoot_below("ways-pictures")
    app.press("展开的: 选一个")
    shoot_below("ways-menu")
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
    shoot_below("ways-one")


def quick(app, draft):
    shoot_below("ways-quick")
    app.press("点了就走的: 玉米")
    app.see("下面三样有没有")
    draft.keeps(fast="maize")


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
    shoot_below("ways-several")
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
    shoot_below("ways-rest")
    wheel(5, 60)
    app.sign("在这里签字")
    app.see("在这里签字: 重签")
    shoot_below("ways-signed")


def table(app, draft):
    app.press("水: 有")
    app.press("电: 待核")
    app.press("种什么: 玉米")
    app.press("种什么: 山羊")
    app.press("路灯: 没有")
    app.press("卖什么: 马铃薯")
    draft.keeps(row_a="yes", row_b="check", row_c=["goat", "maize"], row_d="no", row_e=["potato"])
    assert app.showing("下面三样有没有: 有") is None, "the heading of a table takes no answer"
    shoot_below("ways-table")


def lists(app, draft):
    app.press("并排放的: 玉米")
    app.type("先找再选的: 找", "暨")
    app.press("先找再选的: 暨龙村")
    app.press("并排几项: 水稻")
    app.press("横排几项: 山羊")
    app.press("紧凑几项: 玉米")
    app.press("先找几项: 回龙村")
    app.press("谁说的: 李秀英")
    app.press("谁在家: 选一个")
    shoot_below("ways-lists")
    app.press("谁在家: 王小梅")
    app.type("谁管钱: 找", "lxy")
    app.press("谁管钱: 李秀英")
    draft.keeps(side="maize", found="v7", sides=["rice"], flats=["goat"], closes=["maize"], founds=["v8"])


def rules(app, draft):
    """What is missing or wrong is told at the field, in the list of screens, and again on the last screen; the rest follows from answers."""
    app.see("上次谁说的")
    draft.keeps(days=3, tag="a")
    app.type("手机号", "1380")
    app.type("家里几口人", "0")
    app.see("手机号要 11 位。")
    app.press_primary()
    app.see("这一项要填。")
    shoot_below("ways-rules-wrong")
    app.previous_screen()
    app.see("并排放的")
    jump(app)
    app.see("人口在 1 到 60 之间。")
    app.see("手机号要 11 位。")
    app.type("户主姓名", "李秀英")
    app.type("手机号", "13800000001")
    app.type("家里几口人", "12")
    app.gone("人口在 1 到 60 之间。")
    app.see("李秀英家一共 36 人天，两次就是 72 人天。")
    app.type("证件号码", "500230195402040022")
    assert not app.showing("狗叫什么"), "a question that is not asked is shown"
    app.press("家里有狗没有: 有")
    app.type("狗叫什么", "黑娃")
    app.press("头一样种什么: 其他")
    app.type("其他，写明", "花椒")
    app.press("还种什么: 水稻")
    app.press("住在哪个院子: 选一个")
    app.press("住在哪个院子: 老屋基")
    draft.keeps(must="李秀英", heads=12, card="500230195402040022", dog_name="黑娃", first="other", first_other="花椒", others=["rice"], hamlet="h3")
    shoot_below("ways-rules")


def jump(app):
    """The list of screens, with what each lacks; and on to the one that lacks something."""
    app.press("8/16")
    app.see("要改 2 项", exact=False)
    shoot("ways-jump")
    app.press("9  要填的、算出来的")


def plots(app, draft):
    app.press("再加：地块")
    app.press("这一个填好了")
    app.see("这一项要填。")
    app.judge("a row of a repeat")
    shoot_below("ways-plot-wrong")
    app.type("地名", "河边")
    app.type("几亩", "1.5")
    app.press("再加：这块地种的")
    app.press("种什么: 玉米")
    app.type("收了多少斤", "800")
    shoot_below("ways-crop")
    app.press("这一个填好了")
    app.see("1  玉米")
    shoot_below("ways-plot")
    app.press("这一个填好了")
    app.see("1  河边")
    app.see("1.5\u00a0亩")
    app.type("几间圈", "2")
    app.press("1  圈")
    app.type("养什么", "山羊")
    app.press("这一个填好了")
    app.see("1  山羊")
    shoot_below("ways-plots")


def people(app, draft):
    app.press("1  李秀英", exact=False)
    shoot_below("ways-person")
    app.press("这一个填好了")
    app.see("2  王小梅", exact=False)
    shoot_below("ways-people")


def whole(app, draft):
    app.type("几间房", "4")
    app.press("漏不漏雨: 没有")
    app.type("路怎么走", "过桥往右，第三家")
    shoot_below("ways-list")


def photos(app, draft):
    app.see("拍房屋正面、水表和票据。")
    shoot_below("ways-photos")


def sign(app, draft):
    shoot("ways-family")
    app.sign()


def end(app, draft):
    """What is unlikely is asked again; a date is still missing."""
    app.press("完成")
    app.see("这一项要填。")
    app.see("10 口人以上，对吗？")
    shoot_below("ways-end-wrong")
    app.type("下次哪天来", "2026-12-01")
    app.press("家里几口人: 对，写原因")
    shoot_below("ways-end-reason")
    app.press("问过本人")
    app.gone("10 口人以上，对吗？")


SCREENS = [("文字", text), ("数", number), ("时间", when), ("选一项", one), ("点了就走", quick), ("表格", table), ("选几项", several), ("单子还有", lists),
           ("要填的、算出来的", rules), ("其他", rest), ("地块", plots), ("家庭成员", people), ("全在一屏", whole), ("照片", photos), ("家人签字", sign), ("检查", end)]
BY_ITSELF = (quick, sign)


def test(program, store, households):
    home = households["李秀英"]
    store.put([{"kind": "person", "parent": home, "set": {"name": name, "relation": relation}} for name, relation in (("李秀英", "01"), ("王小梅", "04"))])
    store.put([{"kind": "ways", "parent": home, "set": {"plain": "去年的", "again": "户主本人", "must": "李秀英", "heads": 3, "next": "2026-11-01"}}])
    app = App(program, store.dir, "--page", "household:" + home)
    draft = Draft(store)
    app.press("添加问法台账")
    for title, screen in SCREENS:
        app.see(title)
        app.judge(title)
        screen(app, draft)
        if screen not in BY_ITSELF and screen is not end:
            app.press_primary()
    app.press("完成")
    app.see("添加问法台账")
    app.see("水稻", exact=False)
    app.close()
    record, = (row for row in (store.rows("get", row["id"])[0] for row in store.rows("list", "ways")) if row.get("fields", row).get("plain") == "水稻")
    fields = record.get("fields", record)
    photos = {row["id"]: row.get("purpose") for row in store.rows("list", "photo")}
    assert len(photos) == 3 and fields["picture"] in photos and photos[fields["signed"]] == "signature", (fields, photos)
    assert fields["place"] == "29.5 107.5" and fields["wage__src"] == "receipt" and "head" not in fields, fields
    assert fields["again"] == "户主本人" and fields["heads__why"] == "问过本人" and len(store.rows("list", "ways_plots")) == 1, fields
    store.run("check")


try:
    prepare()
    main(test)
finally:
    shutil.rmtree(data, ignore_errors=True)

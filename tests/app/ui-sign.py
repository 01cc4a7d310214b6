# SPDX-License-Identifier: GPL-3.0-or-later
"""What the family reads and signs: the tablet in its hands shows nothing else and leads nowhere else; every way of signing, or of not signing, is an answer."""
import sqlite3
import tempfile
from pathlib import Path

import pyatspi
from gi.repository import GLib

from uitest import App, main, shoot, wait_for

pictures = tempfile.TemporaryDirectory()


def draft(store):
    with sqlite3.connect("file:%s/store.db?mode=ro" % store.dir, uri=True) as db:
        return db.execute("SELECT answers FROM draft").fetchone()[0]


def fields(store, kind, record):
    row = store.rows("get", record)[0]
    return row.get("fields", row)


def begin(program, store, home):
    """A visit up to the screen that is for the family."""
    app = App(program, store.dir, "--page", "visit:" + home)
    app.type("走访人", "李强、王敏")
    app.next_screen("住房: 待核")
    app.next_screen("变化: 生病住院")
    app.press("变化: 生病住院")
    app.next_screen("诉求: 房屋鉴定")
    app.press("诉求: 房屋鉴定")
    app.type("说了什么", "墙上裂了一条缝，想找人来看")
    app.next_screen("今天说的情况")
    return app


def on_screen(app):
    return [node.name for node in app.all(lambda n: n.name)]


def is_locked(app):
    """Nothing of the form, of the window or of another household can be seen or reached."""
    words = on_screen(app)
    assert "今天说的情况" in words and "返回走访" in words, words
    for word in ("菜单", "5/6", "今日", "李秀英", "交回来了", "级", "线索", "元", "风险", "已保存"):
        assert not [w for w in words if word in w and w != "返回走访"], (word, words)
    for key in ("Escape", "alt+Left", "ctrl+1", "ctrl+2", "ctrl+f", "F10", "ctrl+q"):
        app.keys(key)
    for action in ("back", "about"):
        app.call(action)
    app.call("tab", GLib.Variant("s", "households"))
    assert on_screen(app) == words, on_screen(app)


def leave_and_come_back(app):
    app.press("返回走访")
    app.press("接着签")
    app.see("返回走访")
    app.press("返回走访")
    app.press("交回来了")
    app.see("诉求: 房屋鉴定")
    app.next_screen("今天说的情况")


def signatures(store, home):
    return [row["id"] for row in store.rows("list", "photo", "--where", "parent=" + home) if row.get("purpose") == "signature"]


def pad(app, store, home):
    assert not sensitive(app, "家人签字: 签好了"), "an empty pad can be saved"
    app.write("家人签字: 签字板", [[(0.5, 0.5), (0.501, 0.5)]])
    assert not sensitive(app, "家人签字: 签好了"), "a touch by mistake can be saved"
    app.press("家人签字: 清除")
    wait_for("an empty pad", lambda: not sensitive(app, "家人签字: 撤一笔"))
    app.write("家人签字: 签字板", [[(0.2, 0.3), (0.4, 0.7), (0.6, 0.3)], [(0.5, 0.2), (0.55, 0.8)]])
    wait_for("the pad to be worth saving", lambda: sensitive(app, "家人签字: 签好了"))
    shoot("pad")
    app.press("家人签字: 撤一笔")
    app.press("家人签字: 清除")
    wait_for("an empty pad", lambda: not sensitive(app, "家人签字: 签好了"))
    app.sign()
    app.see("下次走访")
    photos = signatures(store, home)
    assert len(photos) == 1, photos
    return photos[0]


def sensitive(app, name):
    return app.see(name).getState().contains(pyatspi.STATE_SENSITIVE)


def signed(program, store, home):
    app = begin(program, store, home)
    for words in ("变化\u00a0生病住院", "诉求\u00a0房屋鉴定，说了什么\u00a0墙上裂了一条缝，想找人来看"):
        app.see(words, exact=False)
    shoot("family")
    is_locked(app)
    leave_and_come_back(app)
    before_signing = len(list(Path(store.dir, "photos").rglob("*.jpg")))
    first = pad(app, store, home)
    # Seen again, and signed again: the first one is no photo any more.
    app.previous_screen()
    app.see("家人签字: 重签")
    shoot("signed")
    app.press("家人签字: 重签")
    app.sign()
    app.see("下次走访")
    photos = signatures(store, home)
    assert len(photos) == 1 and photos[0] != first, (photos, first)
    wait_for("the files of the first to go", lambda: len(list(Path(store.dir, "photos").rglob("*.jpg"))) == before_signing + 2)
    app.press("完成走访")
    app.see("开始走访")
    assert app.showing("照片 1") is None, "a signature is shown among the photos"
    app.close()
    visit = store.rows("list", "visit", "--where", "parent=" + home)[0]["id"]
    answers = fields(store, "visit", visit)
    assert answers["family_signature"] == photos[0] and answers["sign"] == "signed", answers
    photo = fields(store, "photo", photos[0])
    assert photo["record"] == visit and photo["household"] == home, photo
    is_trimmed_ink(store, photo["sha256"])


def is_trimmed_ink(store, sha256):
    """Black on white, as large as print wants, a margin and no more around."""
    import gi
    gi.require_version("GdkPixbuf", "2.0")
    from gi.repository import GdkPixbuf
    picture = GdkPixbuf.Pixbuf.new_from_file("%s/photos/%s/%s.jpg" % (store.dir, sha256[:2], sha256))
    width, height, stride, n = picture.get_width(), picture.get_height(), picture.get_rowstride(), picture.get_n_channels()
    pixels = picture.get_pixels()
    dark = [(x, y) for y in range(height) for x in range(width) if pixels[y * stride + x * n] < 100]
    left, top = min(x for x, _ in dark), min(y for _, y in dark)
    assert max(width, height) >= 600, (width, height)
    assert 10 < left < width / 5 and 10 < top < height / 3, (left, top, width, height)
    assert pixels[0] > 240 and len(dark) > 500


def take_photo(store, home, visit):
    """A photo as the form takes one: it names the visit that its draft is to become."""
    import gi
    gi.require_version("GdkPixbuf", "2.0")
    from gi.repository import GdkPixbuf
    path = pictures.name + "/wall.jpg"
    pixbuf = GdkPixbuf.Pixbuf.new(GdkPixbuf.Colorspace.RGB, False, 8, 400, 300)
    pixbuf.fill(0x3366AAFF)
    pixbuf.savev(path, "jpeg", [], [])
    store.run("photo", "add", home, path)
    photo = next(row["id"] for row in store.rows("list", "photo", "--where", "parent=" + home) if row.get("purpose") != "signature")
    store.put([{"kind": "photo", "id": photo, "set": {"record": visit}}])
    return photo


def discarded(program, store, home):
    """A visit that is thrown away takes what was signed along, and its photos become the household's own; brought back, it has its signature again."""
    app = begin(program, store, home)
    app.sign()
    app.see("下次走访")
    photo = signatures(store, home)[-1]
    wall = take_photo(store, home, fields(store, "photo", photo)["record"])
    before = len(signatures(store, home))
    app.press("6/6")
    app.press("放弃草稿")
    wait_for("the signature to go", lambda: len(signatures(store, home)) == before - 1)
    wait_for("the photo to be the household's", lambda: fields(store, "photo", wall).get("record") is None)
    app.press("撤销")
    wait_for("the signature to be back", lambda: photo in signatures(store, home))
    app.close()
    with sqlite3.connect("file:%s/store.db?mode=ro" % store.dir, uri=True) as db:
        drafts = [row[0] for row in db.execute("SELECT id FROM draft WHERE parent = ?", (home,))]
    assert fields(store, "photo", photo)["record"] in drafts, (drafts, fields(store, "photo", photo))


def is_in_sight(app, name):
    """Above the bar with the way on, of a page that nobody scrolled."""
    def above():
        box, bar = (app.see(word).queryComponent().getExtents(pyatspi.WINDOW_COORDS) for word in (name, "返回走访"))
        return box.y >= 0 and box.y + box.height <= bar.y

    wait_for("“%s” in sight" % name, above)


def others(program, store, home):
    """One visit an answer that is no signature of the family's own."""
    for words, code in (("不在家", "absent"), ("不愿签", "refused"), ("电话走访不签", "phone")):
        app = begin(program, store, home)
        app.press("签字: " + words)
        app.gone("家人签字: 签字板")
        shoot("sign-" + code)
        is_in_sight(app, "签字: " + words)
        app.next_screen("下次走访")
        if code == "phone":
            app.see("不是电话走访，写了电话走访不签，对吗？")
            shoot("sign-doubt")
            wait_for("the answer on the disk", lambda: '"phone"' in draft(store))
        else:
            app.press("完成走访")
            app.see("开始走访")
        app.close()
    assert sorted(fields(store, "visit", row["id"])["sign"] for row in store.rows("list", "visit", "--where", "parent=" + home)) == ["absent", "refused"]


def proxy(program, store, home):
    app = begin(program, store, home)
    # The paper is photographed when the tablet is back.
    app.press("签字: 按手印（拍纸质）")
    app.gone("家人签字: 签字板")
    app.next_screen("纸质签字照片: 拍照")
    shoot("sign-paper")
    app.previous_screen()
    app.see("今天说的情况")
    app.press("签字: 代签")
    app.sign()
    is_in_sight(app, "这一项要填。")
    shoot("proxy")
    app.type("代签人", "张强")
    app.press("代签人与户主关系: 选一个")
    app.press("代签人与户主关系: 之子")
    app.next_screen("下次走访")
    app.press("完成走访")
    app.see("开始走访")
    app.close()
    visit = fields(store, "visit", store.rows("list", "visit", "--where", "parent=" + home)[0]["id"])
    assert visit["sign"] == "proxy" and visit["proxy_name"] == "张强" and visit["proxy_relation"] and visit["family_signature"], visit


def lost(program, store, home):
    """A signature that could not be saved after its page was left: whoever signed has to hear of it. Another program holds the store for too long."""
    app = App(program, store.dir)
    app.call("later-visit", GLib.Variant("(ss)", (home, "2026-11-02")))
    app.type("走访人", "李强、王敏")
    for name in ("住房: 待核", "变化: 生病住院", "诉求: 房屋鉴定", "家人签字: 签字板"):
        app.next_screen(name)
    before = signatures(store, home)
    app.write("家人签字: 签字板", [[(0.2, 0.3), (0.4, 0.7), (0.6, 0.3)], [(0.5, 0.2), (0.55, 0.8)]])
    wait_for("the pad to be worth saving", lambda: sensitive(app, "家人签字: 签好了"))
    wait_for("all to be saved", lambda: app.showing("已保存", exact=False))
    with sqlite3.connect("file:%s/store.db" % store.dir, uri=True, isolation_level=None) as db:
        db.execute("BEGIN IMMEDIATE")
        app.press("家人签字: 签好了")
        wait_for("the signature to be on its way", lambda: not sensitive(app, "家人签字: 签字板"))
        app.call("back")
        app.see_whole("签字没存上。再签一次。")
        shoot("lost")
        db.execute("ROLLBACK")
    assert signatures(store, home) == before
    app.close()


def test(program, store, households):
    proxy(program, store, households["王志强"])
    signed(program, store, households["张国华"])
    others(program, store, households["李秀英"])
    discarded(program, store, households["王志强"])
    lost(program, store, households["张国华"])
    store.run("check")


main(test)

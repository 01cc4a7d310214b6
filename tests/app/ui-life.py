# SPDX-License-Identifier: GPL-3.0-or-later
"""Life happens offline: a household is split, one is merged into another, a person leaves, one is ended, one is added; every record stays."""
from uitest import App, main


def open_household(app, store, id):
    app.call("household", __import__("gi").repository.GLib.Variant("s", id))
    app.see("家庭成员")


def heads(store):
    return sorted(h["head_name"] for h in store.rows("list", "household"))


def test(program, store, households):
    app = App(program, store.dir)
    app.see("今天去哪")

    open_household(app, store, households["张国华"])
    app.press("分户")
    app.see("哪些人分出去？第一个当户主。")
    app.press("张强")
    app.press("分户")
    app.see("张强", exact=False)
    app.see("家庭成员")
    assert heads(store) == ["张国华", "张强", "李秀英", "王志强"], heads(store)
    persons = {p["name"]: p for p in store.rows("list", "person")}
    assert persons["张强"]["parent"] != households["张国华"] and persons["张强"]["relation"] == "01", persons
    assert persons["张国华"]["parent"] == households["张国华"], persons

    open_household(app, store, households["王志强"])
    app.press("和另一户合并")
    app.see("并到哪一户？")
    app.press("李秀英\n", exact=False)
    app.press("合并")
    app.see("家庭成员")
    assert heads(store) == ["张国华", "张强", "李秀英"], heads(store)

    open_household(app, store, households["张国华"])
    app.press("有人离开或换户")
    app.see("是谁？")
    app.press("张国华\n", exact=False)
    app.press("迁出")
    app.see("家庭成员")
    assert [p["name"] for p in store.rows("list", "person")] == ["张强"], "the person who left is still listed"

    app.press("这户不在了")
    app.press("家里没有人了")
    app.see("共 2\u00a0户，显示 2\u00a0户")
    assert heads(store) == ["张强", "李秀英"], heads(store)

    app.press("新增农户")
    app.type("查找", "石龙")
    app.press("石龙村\n", exact=False)
    app.type("户主", "何桂芳")
    app.press("户类型: 一般农户")
    for _ in range(3):
        app.press("下一步")
    app.press("完成")
    app.see("家庭成员")
    app.close()
    assert heads(store) == ["何桂芳", "张强", "李秀英"], heads(store)
    store.run("check")


main(test)

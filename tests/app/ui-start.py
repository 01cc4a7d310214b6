# SPDX-License-Identifier: GPL-3.0-or-later
"""The window opens in Chinese with its pages, and every page can be reached by name."""
import tempfile

from uitest import App, main


def test(program, store, households):
    app = App(program, store.dir)
    for tab, word in (("今日", "今天去哪"), ("农户", "共 3\u00a0户，显示 3\u00a0户"), ("地图", "放大"), ("同步", "只在本机")):
        app.press(tab)
        app.see(word)
    app.close()

    # Without a store the app says how to begin, and begins.
    empty = tempfile.mkdtemp(prefix="zf-ui-")
    app = App(program, empty + "/new")
    app.press("开始")
    app.see("今日")
    app.see("这台平板还没有农户")
    app.close()


main(test)

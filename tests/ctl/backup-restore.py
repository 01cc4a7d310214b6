#!/usr/bin/python3
"""A county that loses its disk, as real processes: the backup is taken while tablets sync; what came after it is sent again by the tablets that
still have it; nothing is lost, doubled or asked about."""
import json
import sqlite3
import threading

from zfproc import SERVER, County, Store, folder, run


def rows(path, sql):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    found = db.execute(sql).fetchall()
    db.close()
    return found


def households(store):
    return {h["id"]: h for h in store.lines("list", "household", "--limit", "10000")}


class Writer(threading.Thread):
    """A tablet that saves and syncs without a pause."""

    def __init__(self, store, village):
        super().__init__()
        self.store, self.village, self.n, self.over = store, village, 0, False

    def run(self):
        while not self.over or self.n < 3:
            self.store.put("household", {"village": self.village, "head_name": "王小" + "一二三四五六七八九十"[self.n % 10]})
            self.store.sync()
            self.n += 1


def main():
    with folder() as at:
        first, second = Store(f"{at}/first").init(), Store(f"{at}/second").init()
        with County(f"{at}/county").serve() as county:
            port = int(county.url.rsplit(":", 1)[1])
            for store in (first, second):
                store.ctl("enrol", f"{county.url}/#{county.code()}", "--name", store.path.name)
                store.sync()
            village = first.village()
            early = first.put("household", {"village": village, "head_name": "张早", "address": "坝上"})
            first.sync()
            second.sync()

            writer = Writer(second, village)
            writer.start()
            for _ in range(3):
                print(run(SERVER, "--data", county.path, "backup", f"{at}/backup").stdout.strip())
            writer.over = True
            writer.join()

            # After the backup: an edit, a new family, and both tablets know of it.
            first.sync()
            first.put("household", {"address": "坝下"}, id=early)
            late = first.put("household", {"village": village, "head_name": "李晚"})
            first.sync()
            second.sync()
            before = households(second)
            assert late in before

        # The disk is gone.
        run(SERVER, "--data", f"{at}/again", "restore", f"{at}/backup")
        restored = County.__new__(County)
        restored.path, restored.process, restored.url = type(county.path)(f"{at}/again"), None, None
        assert not rows(f"{at}/again/server.db", f"select 1 from record where id = '{late}'")
        with restored.serve(port):
            for store in (first, second, first, second):
                store.sync()
            for store in (first, second):
                assert households(store) == before, store.path
                assert store.get(early)["fields"]["address"] == "坝下"
                store.check()
            changes = rows(f"{at}/again/server.db", "select count(*), count(distinct change_id) from change where kind = 'household'")[0]
            assert changes[0] == changes[1] == len(before) + 1, changes
            assert not rows(f"{at}/again/server.db", "select 1 from conflict union all select 1 from quarantine")
            # What the restored county took in is only safe after its own next backup.
            run(SERVER, "--data", restored.path, "backup", f"{at}/backup2")
            assert not rows(f"{at}/again/server.db", "select 1 from origin where durable <> acked")
        verify = run(SERVER, "--data", f"{at}/again", "verify", check=False)
        assert verify.returncode == 0, verify.stdout + verify.stderr

        # Damage is told, one line each.
        db = sqlite3.connect(f"{at}/again/server.db")
        db.execute("update field set f = replace(f, '坝下', '坝上') where id = ?", (early,))
        db.commit()
        db.close()
        verify = run(SERVER, "--data", f"{at}/again", "verify", check=False)
        assert verify.returncode == 1 and "digests" in verify.stdout, verify.stdout
        assert "坝" not in verify.stdout
        listed = run(SERVER, "--data", f"{at}/again", "quarantine", "list").stdout
        assert listed == "", listed
        print(json.dumps({"households": len(before), "written while backing up": writer.n}))


main()

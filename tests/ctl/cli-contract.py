#!/usr/bin/python3
"""What scripts of an office rely on: exit codes, one clear line on stderr, JSON by the line, good lines of a put stand beside bad ones."""
import json
import subprocess

from zfproc import CTL, Store, folder


def refused(done, code, what):
    assert done.returncode == code, f"{what}: exit {done.returncode}, not {code}\n{done.stderr}"
    assert done.stdout == "", f"{what}: {done.stdout!r}"
    lines = done.stderr.splitlines()
    assert lines and (code == 2 or len(lines) == 1), f"{what}: {done.stderr!r}"


with folder() as tmp:
    store = Store(f"{tmp}/tablet").init()
    village = store.village()
    nobody = "01919191-0000-7000-8000-000000000000"

    for words in (["nosuch"], ["init", "--zzz"], ["check", "--zzz"], ["stats", "--zzz"], ["rebuild", "--zzz"], ["get", "--zzz"],
                  ["history", "--zzz"], ["search", "--zzz"], ["put", "--zzz"], ["list"], ["list", "household", "--zzz"],
                  ["list", "household", "--limit", "many"], ["list", "household", "--where", "class"], ["photo", "list", "--zzz"],
                  ["photo", "add", "x"], ["import", "households"], ["import", "households", "f.csv", "--zzz"], ["form", "check", "--zzz"],
                  ["form", "import"], ["form", "import", "a.xlsx", "b.xlsx"], ["form", "import", "--zzz"], ["form", "export", "visit"],
                  ["form", "export", "-o", "x.xlsx"],
                  ["demo", "--out", f"{tmp}/d", "--households", "0"]):
        refused(store.ctl(*words, check=False), 2, words)
    for words in (["init"], ["get", nobody], ["get", "12"], ["history", nobody], ["list", "nosuch"], ["list", "household", "--where", "nosuch=1"],
                  ["put", f"{tmp}/none"], ["photo", "add", nobody, f"{tmp}/none.jpg"], ["import", "households", f"{tmp}/none.csv"],
                  ["form", "check", f"{tmp}/none.json"], ["form", "import", f"{tmp}/none.xlsx"],
                  ["form", "export", "nosuch", "-o", f"{tmp}/x.xlsx"], ["form", "export", "visit", "-o", f"{tmp}/none/x.xlsx"], ["map", "info", f"{tmp}/none.mbtiles"], ["sync"]):
        refused(store.ctl(*words, check=False), 1, words)
    refused(Store(f"{tmp}/none").ctl("check", check=False), 1, "no store")

    def line(values, **more):
        return json.dumps({"kind": "household", "parent": village, "set": values, **more}, ensure_ascii=False).encode()

    bad = [b"garbage", b"[1]", b'{"kind":"nosuch","set":{}}', line({"nosuch": "x"}), line({"head_name": 5}), line({"head_name": "王二", "class": "zzz"}),
           line({"head_name": "王三"}, id="zz"), line({"head_name": "王四"}, parent=nobody), b"\xff\xfe not text", b'{"kind":"person","set":{"name":"x"}}']
    text = b"\n".join([line({"head_name": "王首"}), b"", *bad, line({"head_name": "王尾"})])
    done = subprocess.run([CTL, "--store", str(store.path), "put"], input=text, capture_output=True, timeout=60)
    errors = done.stderr.decode().splitlines()
    assert done.returncode == 1 and len(done.stdout.split()) == 2, done
    assert [int(e.split(":")[1]) for e in errors] == list(range(3, 3 + len(bad))), errors
    # Numbers of lines, never what stood in them.
    assert not any(word in e for e in errors for word in ("王", "zzz", nobody, "garbage")), errors
    rows = store.lines("list", "household")
    assert sorted(r["head_name"] for r in rows) == ["王尾", "王首"], rows

    id = rows[0]["id"]
    record = store.get(id)
    assert record["kind"] == "household" and record["parent"] == record["village"] == village and record["rev"] == 0, record
    changes = store.lines("history", id)
    assert len(changes) == 1 and changes[0]["op"] == "add" and changes[0]["f"]["head_name"][0] is None, changes
    assert [h["id"] for h in store.lines("search", rows[0]["head_name"])] == [id]
    assert store.lines("history", village) == [], "a record from the county has no changes of this tablet"
    assert store.lines("conflicts") == [] and store.lines("search", "\"*'(") == []
    store.check()
    print("ok")

#!/usr/bin/python3
"""Two tablets and a county server as real processes, every request replayed three times by a proxy between them.

Disjoint edits merge; an edit of the same field on both becomes exactly one conflict that holds both values; replays change nothing.
"""
import http.client
import http.server
import os
import sqlite3
import threading

from zfproc import County, Store, folder


class ReplayProxy(http.server.BaseHTTPRequestHandler):
    """Sends every request to the county three times more, and demands that the county's tables do not change by it."""
    protocol_version = "HTTP/1.1"
    county = None
    replays = 0
    faults = []

    def forward(self, body):
        c = http.client.HTTPConnection(self.county.url.split("//")[1], timeout=60)
        headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection", "host")}
        c.request(self.command, self.path, body=body, headers=headers)
        r = c.getresponse()
        data = r.read()
        c.close()
        return r, data

    def handle_any(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        r, data = self.forward(body)
        if self.path == "/v1/sync" and r.status == 200:
            before = server_state(self.county)
            for _ in range(3):
                again, _ = self.forward(body)
                ReplayProxy.replays += 1
                if again.status != 200:
                    self.faults.append(f"replay answered {again.status}")
            if server_state(self.county) != before:
                self.faults.append("a replay changed the county's tables")
        self.send_response(r.status)
        for k, v in r.getheaders():
            if k.lower() not in ("connection", "transfer-encoding", "content-length"):
                self.send_header(k, v)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_HEAD = do_PATCH = handle_any

    def log_message(self, *a):
        pass


BACKGROUND = {"delivery": " where device != 'county'", "origin": " where device != 'county'", "server_kv": " where key != 'reviewed'"}


def server_state(county):
    """Everything the county holds, except when it last heard of whom and what follows in the background: the county's own reading store, and looking
    through what was merged."""
    db = sqlite3.connect(f"file:{county.path}/server.db?mode=ro", uri=True)
    tables = [t for (t,) in db.execute("select name from sqlite_master where type = 'table' order by name")]
    state = []
    for t in tables:
        if t in ("audit", "device", "review", "sqlite_sequence") or t.startswith("sqlite_"):
            continue
        cols = [c[1] for c in db.execute(f"pragma table_info({t})")]
        state.append((t, sorted(repr(row) for row in db.execute(f"select {', '.join(cols)} from {t}{BACKGROUND.get(t, '')}"))))
    db.close()
    return state


def main(tmp, county):
    ReplayProxy.county = county.serve()
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ReplayProxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{proxy.server_port}"
    tablets = []
    for name in ("a", "b"):
        t = Store(os.path.join(tmp, name)).init()
        t.ctl("enrol", f"{url}/#{county.code()}", "--name", name)
        tablets.append(t)
    a, b = tablets

    home = a.put("household", {"head_name": "张国华", "class": "lifted", "phone": "13900000001", "nickname": "老张"}, parent=a.village())
    assert a.sync()["pushed"] == 1
    b.sync()
    assert b.get(home)["fields"]["head_name"] == "张国华", "the county's household reached the other tablet"

    # Disjoint edits merge, and visits of the same day are both kept.
    a.put("household", {"phone": "13900000002"}, id=home)
    b.put("household", {"nickname": "华哥"}, id=home)
    visit = {"mode": "home", "date": "2026-03-02", "visitors": "李强", "risk_found": "no", "sign": "absent"}
    a.put("visit", visit, parent=home)
    b.put("visit", dict(visit, visitors="王敏"), parent=home)
    for t in (a, b, a):
        t.sync()
    for t in (a, b):
        fields = t.get(home)["fields"]
        assert (fields["phone"], fields["nickname"]) == ("13900000002", "华哥"), fields
        assert len(t.lines("list", "visit")) == 2
        assert t.lines("conflicts") == []

    # The same field on both: one conflict, both values, nothing lost.
    a.put("household", {"phone": "13911111111"}, id=home)
    b.put("household", {"phone": "13922222222"}, id=home)
    for t in (a, b, a, b):
        t.sync()
    for t in (a, b):
        conflicts = t.lines("conflicts")
        assert len(conflicts) == 1, conflicts
        c = conflicts[0]
        values = {c["theirs"]["v"], *(m["v"] for m in c["mine"])}
        assert values == {"13911111111", "13922222222"}, c
        assert c["base"] == "13900000002" and c["of"] == home and c["g"] == "phone", c
        assert t.get(home)["fields"]["phone"] == "13911111111"
        t.check()

    # A person decides, with a reason; the decision goes up alone and both tablets agree.
    assert b.ctl("resolve", home, "7", "--why", "x", check=False).returncode != 0, "that is no conflict"
    b.ctl("--by", "李强", "resolve", c["id"], "13922222222", "--why", "问过本人")
    assert b.get(home)["fields"]["phone"] == "13922222222", "shown at once"
    for t in (b, a, b):
        t.sync()
    for t in (a, b):
        assert t.lines("conflicts") == []
        assert t.get(home)["fields"]["phone"] == "13922222222"
    assert len(b.lines("conflicts", "--all")) == 1
    past = b.lines("history", home, "--online")
    assert [p["op"] for p in past][0] == "add" and {p["by"] for p in past} >= {"tester"}, past
    assert len(past) > len(b.lines("history", home)), "the county knows the other tablet's changes too"
    idle = a.sync()
    assert idle["exchanges"] == 1 and idle["pushed"] == 0 and idle["pulled"] == 0, idle
    assert idle["bytes_up"] <= 600 and idle["bytes_down"] <= 600, idle

    # The county reads the same through its own store.
    proxy.shutdown()
    county.stop()
    seen = Store(county.path / "county")
    assert seen.get(home)["fields"]["nickname"] == "华哥"
    assert len(seen.lines("list", "visit")) == 2
    assert not ReplayProxy.faults, ReplayProxy.faults
    assert ReplayProxy.replays >= 20
    print(f"ok, {ReplayProxy.replays} replays")


with folder() as tmp, County(os.path.join(tmp, "county")) as county:
    main(tmp, county)

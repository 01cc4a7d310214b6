#!/usr/bin/python3
"""Bodies on the wire: packed both ways, digests, limits, slow and odd clients, against the real server."""
import base64
import gzip
import hashlib
import http.client
import json
import socket
import sys
import time
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "ctl"))
from zfproc import County, folder  # noqa: E402


def digest(data):
    return "sha-256=:" + base64.b64encode(hashlib.sha256(data).digest()).decode() + ":"


def ask(port, method, path, body=None, **headers):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    c.request(method, path, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()})
    r = c.getresponse()
    data = r.read()
    if r.getheader("Content-Digest"):
        assert r.getheader("Content-Digest") == digest(data)
    assert r.getheader("Sync-Server"), "an answer that is not the county's"
    return r, data


def code(data):
    return json.loads(data)["code"]


with folder() as name, County(Path(name) / "county").serve() as county:
    port = int(county.url.rsplit(":", 1)[1])
    enrol = json.dumps({"code": county.code(), "name": "t" * 20, "app": "0"}).encode()
    enrol += b" " * 300
    packed = gzip.compress(enrol)
    json_type = "application/json"

    r, data = ask(port, "POST", "/v1/enrol", packed, Content_Type=json_type, Content_Encoding="gzip", Content_Digest=digest(b"other"))
    assert (r.status, code(data)) == (422, "digest_mismatch")
    r, data = ask(port, "POST", "/v1/enrol", packed[:-5], Content_Type=json_type, Content_Encoding="gzip", Content_Digest=digest(packed[:-5]))
    assert (r.status, code(data)) == (400, "malformed")
    r, data = ask(port, "POST", "/v1/enrol", packed, Content_Type=json_type, Content_Encoding="br")
    assert (r.status, code(data)) == (415, "type")
    bomb = gzip.compress(b" " * 8_000_000, 9)
    r, data = ask(port, "POST", "/v1/enrol", bomb, Content_Type=json_type, Content_Encoding="gzip", Content_Digest=digest(bomb))
    assert (r.status, code(data)) == (413, "too_large"), (r.status, data)
    r, data = ask(port, "POST", "/v1/enrol", packed, Content_Type=json_type, Content_Encoding="gzip", Content_Digest=digest(packed),
                  Accept_Encoding="gzip")
    assert r.status == 201, data
    answer = json.loads(zlib.decompress(data, 47) if r.getheader("Content-Encoding") == "gzip" else data)
    token = answer["token"]

    sync = json.dumps({"proto": 1, "schema": 1, "app": "0", "device": answer["device"], "epoch": "e1", "last": 0, "clock_ms": 0}).encode() + b"\n"
    sizes = {}
    for coding in ("identity", "gzip", "zstd"):
        r, data = ask(port, "POST", "/v1/sync", sync, Content_Type="application/vnd.zoufang+ndjson", Authorization=f"Bearer {token}",
                      Accept_Encoding=coding)
        assert r.status == 200, data
        assert r.getheader("Content-Encoding") in (None, coding)
        sizes[coding] = len(data)
    assert sizes["gzip"] <= sizes["identity"] and sizes["zstd"] <= sizes["identity"]

    # Ranges and protocol changes are not offered: the whole answer comes.
    r, data = ask(port, "GET", "/v1/probe", Range="bytes=0-1", Upgrade="websocket", Connection="Upgrade")
    assert r.status == 200 and json.loads(data)["server"]
    r, data = ask(port, "GET", "/v1/probe", X_Long="x" * 20000)
    assert (r.status, code(data)) == (413, "too_large")
    r, data = ask(port, "POST", "/v1/sync", b"x" * (1 << 20) + b"x", Content_Type="application/vnd.zoufang+ndjson")
    assert (r.status, code(data)) == (413, "too_large")
    for method, path, status in (("DELETE", "/v1/sync", 405), ("GET", "/v1/../etc/passwd", 404), ("GET", "/elsewhere", 404)):
        assert ask(port, method, path)[0].status == status, path

    # Whoever does not finish its headers is gone after ten seconds, and nobody else waits for it.
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    started = time.monotonic()
    for s in slow:
        s.sendall(b"GET /v1/probe HT")
    assert ask(port, "GET", "/v1/probe")[0].status == 200
    for s in slow:
        s.settimeout(30)
        while s.recv(65536):
            pass
        s.close()
    took = time.monotonic() - started
    assert 8 < took < 20, f"slow headers were dropped after {took:.1f} s"
    print(f"packed, refused and slow requests are answered; slow headers end after {took:.1f} s")

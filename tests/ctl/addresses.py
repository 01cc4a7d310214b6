#!/usr/bin/python3
"""No token leaves this machine: every address that is not loopback, or only looks like it, is refused with one sentence and nothing is sent."""
import json
import os
import socket
import subprocess

from zfproc import SERVER, County, Store, folder

ELSEWHERE = [
    "http://192.168.1.7:8080", "http://10.0.0.1", "http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://evil.example",
    "http://127.0.0.1@evil.example", "http://127.0.0.1:80@evil.example", "http://localhost@evil", "http://[2001:db8::1]:8080", "http://0.0.0.0:8080",
    "http://[::]:8080", "http://[::ffff:10.0.0.1]:8080", "https://127.0.0.1:8080", "ftp://127.0.0.1", "file:///etc/passwd", "127.0.0.1:8080", "http://",
    "http://evil.example\\@127.0.0.1/",
]
LISTEN = ["0.0.0.0:0", "[::]:0", "192.168.1.7:0", "evil.example:0", "localhost.evil.example:0", ":0", "*:0", "10.0.0.1:0"]


def refused(done, what):
    line = done.stderr.strip()
    assert done.returncode == 1 and line and "\n" not in line, (what, done)
    return line


def main(tmp, county):
    tablet = Store(os.path.join(tmp, "t")).init()
    code = county.code()
    for url in ELSEWHERE:
        for text in (f"{url}/#{code}", json.dumps({"url": url, "code": code})):
            line = refused(tablet.ctl("enrol", text, check=False), text)
            assert "this machine" in line or "not the address of a county server" in line, (text, line)
            assert code not in line
    assert "enrolled" in refused(tablet.ctl("sync", check=False), "sync")
    for listen in LISTEN:
        # A server that would listen after all does not end by itself.
        done = subprocess.run([SERVER, "--data", str(county.path), "serve", "--listen", listen], capture_output=True, text=True, timeout=30)
        assert "this machine" in refused(done, listen), (listen, done)

    # The code was not used up by any of it, and the machine's own addresses work.
    county.serve()
    port = county.url.rsplit(":", 1)[1]
    tablet.ctl("enrol", f"http://localhost:{port}/#{code}")
    tablet.sync()
    county.stop()
    if ipv6():
        county.serve(host="[::1]")
        six = Store(os.path.join(tmp, "six")).init()
        assert county.url.startswith("http://[::1]:"), county.url
        six.ctl("enrol", f"{county.url}/#{county.code()}")
        six.sync()


def ipv6():
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind(("::1", 0))
        return True
    except OSError:
        return False


with folder() as tmp, County(os.path.join(tmp, "county")) as county:
    main(tmp, county)
    print("ok")

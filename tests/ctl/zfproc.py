"""Real processes for the tests: the built programs, a county server on loopback, temporary folders."""
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

CTL = os.environ.get("ZF_CTL", "zoufangctl")
SERVER = os.environ.get("ZF_SERVER", "zoufang-server")


def run(*words, check=True, stdin=None):
    done = subprocess.run([str(w) for w in words], input=stdin, capture_output=True, text=True, timeout=600)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}\nexit {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def png(path, width, height, seed):
    """A picture with grain, so that its JPEG has the size of a real one."""
    grain = random.Random(seed)
    rows = b"".join(b"\0" + grain.randbytes(3 * width) for _ in range(height))
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    with open(path, "wb") as f:
        f.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) +
                chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b""))
    return path


class Store:
    """One tablet's store, spoken to through zoufangctl."""

    def __init__(self, path):
        self.path = Path(path)

    def ctl(self, *words, check=True, stdin=None):
        return run(CTL, "--store", self.path, "--json", *words, check=check, stdin=stdin)

    def init(self):
        self.ctl("init")
        return self

    def lines(self, *words):
        return [json.loads(line) for line in self.ctl(*words).stdout.splitlines()]

    def put(self, kind, values, id=None, parent=None, by="tester"):
        line = {"kind": kind, "set": values}
        if id:
            line["id"] = id
        if parent:
            line["parent"] = parent
        return self.ctl("--by", by, "put", stdin=json.dumps(line, ensure_ascii=False) + "\n").stdout.strip()

    def get(self, id):
        return json.loads(self.ctl("get", id).stdout)

    def sync(self, check=True):
        done = self.ctl("sync", check=check)
        return json.loads(done.stdout) if done.returncode == 0 else done

    def check(self):
        done = self.ctl("check", check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def village(self, n=0):
        return self.lines("list", "village", "--limit", str(n + 1))[n]["id"]


class County:
    """A county: its data folder and the serving process."""

    def __init__(self, path):
        self.path = Path(path)
        self.process = None
        self.url = None
        run(SERVER, "--data", self.path, "init")

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.stop()

    def serve(self, port=0, host="127.0.0.1"):
        self.process = subprocess.Popen([SERVER, "--data", str(self.path), "serve", "--listen", f"{host}:{port}"],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening "), f"the server said {line!r}"
        self.url = line.split()[1].rstrip("/")
        return self

    def code(self, villages="all"):
        out = run(SERVER, "--data", self.path, "enrol-code", "--villages", villages).stdout
        return out.split()[1]

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(30)
            self.process = None


def folder():
    return tempfile.TemporaryDirectory(prefix="zf-test-")

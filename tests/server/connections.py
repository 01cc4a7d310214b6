#!/usr/bin/python3
"""Connections in a row must leave nothing behind: not a descriptor, not memory.

Usage: connections.py N WAY…   WAY: plain, unix, tls (ends in the server), haproxy (ends TLS in front of a UNIX socket; skipped without haproxy)
After N connections each way: at most 64 descriptors, RSS grown by at most 40 MB.
"""
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "ctl"))
from zfproc import SERVER, folder, run  # noqa: E402

ASK = b"GET /v1/probe HTTP/1.1\r\nHost: county\r\nAccept: application/json\r\n\r\n"
# How a client may behave: asks and reads, leaves in the middle of its headers, says nothing, does not wait for the answer.
MANNERS = ("reads", "reads", "reads", "half", "silent", "leaves")
MAX_FDS = 64
MAX_GROWTH_KB = 40 * 1024


def certificate(tmp):
    run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=county", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", tmp / "key.pem", "-out", tmp / "cert.pem")
    (tmp / "both.pem").write_text((tmp / "cert.pem").read_text() + (tmp / "key.pem").read_text())


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Way:
    """A server process, and perhaps haproxy, set up for one way of reaching it."""

    def __init__(self, tmp, name):
        self.tls = name in ("tls", "haproxy")
        self.closes = name == "tls"
        self.socket = tmp / "county.sock" if name in ("unix", "haproxy") else None
        listen = f"unix:{self.socket}" if self.socket else "127.0.0.1:0"
        words = ["--tls-cert", tmp / "cert.pem", "--tls-key", tmp / "key.pem"] if name == "tls" else []
        self.processes = [subprocess.Popen([SERVER, "--data", tmp / "county", "serve", "--listen", listen, *words],
                                           stdout=subprocess.PIPE, text=True)]
        line = self.processes[0].stdout.readline()
        assert line.startswith("listening "), line
        self.address = None if self.socket else ("127.0.0.1", int(line.strip().rsplit(":", 1)[1]))
        if name == "haproxy":
            self.start_haproxy(tmp)

    def start_haproxy(self, tmp):
        port = free_port()
        env = dict(os.environ, ZOUFANG_BIND=f"127.0.0.1:{port}", ZOUFANG_PEM=str(tmp / "both.pem"), ZOUFANG_SOCKET=str(self.socket), ZOUFANG_RATE="1000000")
        config = Path(os.environ["ZOUFANG_DATA"]) / "haproxy.cfg"
        self.processes.append(subprocess.Popen(["haproxy", "-db", "-q", "-f", config], env=env))
        self.address = ("127.0.0.1", port)
        self.socket = None
        until = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(self.address, 1).close()
                return
            except OSError:
                assert time.monotonic() < until, "haproxy does not listen"

    def connect(self, context):
        if self.socket:
            s = socket.socket(socket.AF_UNIX)
            s.connect(str(self.socket))
        else:
            s = socket.create_connection(self.address)
        s.settimeout(60)
        return context.wrap_socket(s, server_hostname="127.0.0.1") if self.tls else s

    def stop(self):
        for p in self.processes[::-1]:
            p.terminate()
            p.wait(30)

    def fds(self):
        return len(os.listdir(f"/proc/{self.processes[0].pid}/fd"))

    def rss(self):
        text = Path(f"/proc/{self.processes[0].pid}/status").read_text()
        return int(next(line for line in text.splitlines() if line.startswith("VmRSS")).split()[1])


def visit(way, context, manner):
    with way.connect(context) as s:
        if manner == "half":
            s.sendall(ASK[:20])
        elif manner in ("leaves", "reads"):
            s.sendall(ASK)
        if manner == "reads":
            answer = b""
            while chunk := s.recv(65536):
                answer += chunk
                # haproxy keeps the connection; the client closes it, which is the case that leaked.
                if b"\r\n\r\n" in answer and answer.endswith(b"}"):
                    break
            assert not way.closes or b"\r\nconnection: close\r\n" in answer.lower(), "TLS that ends in the server keeps no connection"
            assert answer.startswith(b"HTTP/1.1 200") and b'"server"' in answer, answer[:200]


def settle(way):
    """The last connections are still being closed when the client is through."""
    until = time.monotonic() + 30
    while way.fds() > MAX_FDS and time.monotonic() < until:
        time.sleep(0.1)


def measure(tmp, name, n):
    way = Way(tmp, name)
    context = ssl.create_default_context(cafile=tmp / "cert.pem") if way.tls else None
    try:
        for i in range(200):
            visit(way, context, "reads")
        fds, rss, started = way.fds(), way.rss(), time.monotonic()
        for i in range(n):
            visit(way, context, MANNERS[i % len(MANNERS)])
        seconds = time.monotonic() - started
        settle(way)
        print(f"{name}: {n} connections in {seconds:.1f} s, descriptors {fds} -> {way.fds()}, RSS {rss} -> {way.rss()} kB", flush=True)
        assert way.fds() <= MAX_FDS, "descriptors stay behind"
        assert way.rss() - rss <= MAX_GROWTH_KB, "memory stays behind"
    finally:
        way.stop()


n, ways = int(sys.argv[1]), sys.argv[2:]
with folder() as name:
    tmp = Path(name)
    certificate(tmp)
    run(SERVER, "--data", tmp / "county", "init")
    for way in ways:
        if way == "haproxy" and not shutil.which("haproxy"):
            print("haproxy: not installed, skipped")
            continue
        measure(tmp, way, n)

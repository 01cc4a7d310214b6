# SPDX-License-Identifier: GPL-3.0-or-later
"""A county for the UI tests: its server as a real process, a stranger on its port, two tablets of one team."""
import http.client
import http.server
import socket
import subprocess
import threading

from uitest import FAMILIES, Store, make_store

LOGIN = b"<html><head><title>Log in</title></head><body>Please log in.</body></html>"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class County:
    """The same port all its life, so that it can go away and come back."""

    def __init__(self, program, folder):
        self.program, self.folder, self.port, self.process = program, folder, free_port(), None
        self.run("init")

    def __enter__(self):
        return self.serve()

    def __exit__(self, *a):
        self.stop()

    def run(self, *words):
        return subprocess.run([self.program, "--data", self.folder, *words], check=True, capture_output=True, text=True).stdout

    def serve(self):
        self.process = subprocess.Popen([self.program, "--data", self.folder, "serve", "--listen", f"127.0.0.1:{self.port}"],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("listening"), line
        return self

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(30)
            self.process = None

    def code(self):
        return self.run("enrol-code", "--villages", "all").split()[1]


class Portal:
    """A hotel's network: answers every request with its login page."""

    def __init__(self, port):
        self.requests = []
        portal = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                portal.requests.append(dict(self.headers))
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(LOGIN)))
                self.end_headers()
                self.wfile.write(LOGIN)

            do_GET = do_POST = do_PATCH = do_HEAD = answer

            def log_message(self, *a):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.server.shutdown()
        self.server.server_close()

    def saw_token(self):
        return any("Authorization" in headers for headers in self.requests)


class Cut:
    """Stands before a county on @target: what is asked gets through, and the line breaks in the middle of the answer to what is sent."""

    def __init__(self, port, target):
        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                line = http.client.HTTPConnection("127.0.0.1", target, timeout=20)
                line.request(self.command, self.path, body, {k: v for k, v in self.headers.items() if k not in ("Host", "Connection")})
                answer = line.getresponse()
                data = answer.read()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in ("connection", "transfer-encoding", "date", "server"):
                        self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data if self.command == "GET" else data[:len(data) // 2])
                self.close_connection = True

            do_GET = do_POST = do_PATCH = do_HEAD = answer

            def log_message(self, *a):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.server.shutdown()
        self.server.server_close()


def visit_line(household):
    return {"kind": "visit", "parent": household, "set": {"date": "2026-11-20", "mode": "home", "visitors": "李强"}}


def two_tablets(ctl, county, folder):
    """The first has made the families and sent them; the second has fetched them."""
    first, households = make_store(ctl, folder + "/first")
    person = next(p["id"] for p in first.rows("list", "person") if p["name"] == "张强")
    first.put([{"kind": "person", "id": person, "set": {"work_area": "town", "work_months": 5}}])
    second = Store(ctl, folder + "/second")
    second.run("init")
    for store in (first, second):
        store.run("enrol", f"http://127.0.0.1:{county.port}/#{county.code()}")
        store.run("sync")
    assert len(second.rows("list", "household")) == len(FAMILIES)
    return first, second, households["张国华"], person

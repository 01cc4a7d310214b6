"""A line between tablets and the county that can be told to go wrong."""
import socket
import threading
import time

PORTAL = (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 28\r\nConnection: close\r\n\r\n<html>Please log in.</html>\n")
STORM = b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlater"


class Fault:
    """What happens to one connection. cut_up/cut_down: bytes that still pass of the request/answer, then the line is gone. instead: an answer that is not
    the county's. twice: the request reaches the county a second time when the answer is through."""

    def __init__(self, cut_up=None, cut_down=None, instead=None, twice=False):
        self.cut_up, self.cut_down, self.instead, self.twice = cut_up, cut_down, instead, twice


class Line:
    def __init__(self, host, port, rtt=0.0, bits=0):
        self.target = (host, port)
        self.rtt, self.bits = rtt, bits
        self.fault = lambda n: Fault()
        self.count = 0
        self.up = self.down = 0
        self.lock = threading.Lock()
        self.free_at = {"up": 0.0, "down": 0.0}
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                self.count += 1
                fault = self.fault(self.count)
            threading.Thread(target=self.serve, args=(client, fault), daemon=True).start()

    def close(self):
        self.listener.close()

    def travel(self, way, size):
        """Waits until the last byte of a piece has crossed the line: half a round trip after the line was free to carry it."""
        with self.lock:
            now = time.monotonic()
            start = max(now, self.free_at[way])
            end = start + (size * 8 / self.bits if self.bits else 0)
            self.free_at[way] = end
            if way == "up":
                self.up += size
            else:
                self.down += size
        return end + self.rtt / 2

    def serve(self, client, fault):
        if self.rtt:
            time.sleep(self.rtt)    # the connection itself
        if fault.instead:
            try:
                client.settimeout(5)
                client.recv(65536)
                client.sendall(fault.instead)
                client.shutdown(socket.SHUT_WR)
                while client.recv(65536):
                    pass
            except OSError:
                pass
            client.close()
            return
        server = socket.create_connection(self.target)
        seen = []
        a = threading.Thread(target=self.carry, args=(client, server, "up", fault.cut_up, seen if fault.twice else None), daemon=True)
        b = threading.Thread(target=self.carry, args=(server, client, "down", fault.cut_down, None), daemon=True)
        a.start(), b.start()
        b.join()
        for s in (client, server):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        a.join()
        client.close(), server.close()
        if fault.twice:
            self.repeat(b"".join(seen))

    def repeat(self, request):
        with socket.create_connection(self.target) as again:
            again.sendall(request)
            again.settimeout(20)
            while again.recv(65536):
                pass

    def carry(self, source, sink, way, left, seen):
        queue = []
        ready = threading.Condition()

        def deliver():
            while True:
                with ready:
                    while not queue:
                        ready.wait()
                    due, piece = queue.pop(0)
                pause = due - time.monotonic()
                if pause > 0:
                    time.sleep(pause)
                try:
                    if piece is None:
                        sink.shutdown(socket.SHUT_WR)
                        return
                    sink.sendall(piece)
                except OSError:
                    return

        sender = threading.Thread(target=deliver, daemon=True)
        sender.start()
        cut = False
        while not cut:
            try:
                piece = source.recv(16384)
            except OSError:
                piece = b""
            if left is not None and len(piece) >= left:
                piece, cut = piece[:left], True
            if left is not None:
                left -= len(piece)
            if seen is not None:
                seen.append(piece)
            if piece:
                with ready:
                    queue.append((self.travel(way, len(piece)), piece))
                    ready.notify()
            elif not cut:
                break
        with ready:
            queue.append((time.monotonic() + (self.rtt / 2 if not cut else 0), None))
            ready.notify()
        sender.join()
        if cut:
            for s in (source, sink):
                try:
                    s.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

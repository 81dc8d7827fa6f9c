"""A TCP proxy whose answers may be late, missing or cut off, and which may be away."""

from __future__ import annotations

import socket
import threading
import time


class Proxy:
    """Forwards connections to a port of this machine; as a context manager, while that lasts.

    Attributes:
        delay: seconds that an answer is kept back.
        late: how many answers were.
        port: where it listens.

    Args:
        port: where the server listens.
    """

    def __init__(self, port: int) -> None:
        self.delay = 0.0
        self.late = 0
        self.port = 0
        self._to = port
        self._listening: socket.socket | None = None
        self._flowing = threading.Event()
        self._flowing.set()
        self._sockets: set[socket.socket] = set()

    def __enter__(self) -> Proxy:
        self.open()
        return self

    def __exit__(self, *error: object) -> None:
        self.shut()

    def open(self) -> None:
        """Lets connections through, at the port where it was before."""
        self._listening = socket.create_server(("127.0.0.1", self.port), backlog=256)
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def shut(self) -> None:
        """Refuses connections, as the port of a program that has ended does."""
        if self._listening:
            try:
                # Without it a thread that waits for a connection keeps the port open.
                self._listening.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # Not every system knows that of a port.
            self._listening.close()
        self.resume()
        self.cut()

    def pause(self) -> None:
        """Forwards nothing until ``resume``; connections are accepted and stay open, as by a stopped process."""
        self._flowing.clear()

    def resume(self) -> None:
        """Forwards everything that waited, and what comes."""
        self._flowing.set()

    def cut(self) -> None:
        """Closes every connection, as a server does that ends."""
        for one in list(self._sockets):
            self._close(one)

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                near, _ = listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._to))
            except OSError:
                near.close()
                continue
            self._sockets |= {near, far}
            threading.Thread(target=self._copy, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self._copy, args=(far, near, True), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket, answers: bool) -> None:
        try:
            while data := source.recv(65536):
                if answers and self.delay:
                    self.late += 1
                    time.sleep(self.delay)
                self._flowing.wait()
                sink.sendall(data)
        except OSError:
            pass  # One side has hung up.
        self._close(source)
        self._close(sink)

    def _close(self, one: socket.socket) -> None:
        self._sockets.discard(one)
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # It is closed already.
        one.close()

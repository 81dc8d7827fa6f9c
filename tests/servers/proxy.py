"""A TCP proxy whose answers may be late, missing or cut off."""

from __future__ import annotations

import socket
import threading
import time


class Proxy:
    """Forwards connections to a port of this machine.

    Attributes:
        delay: seconds that every piece of data is late.
        port: where it listens.

    Args:
        port: where the server listens.
    """

    def __init__(self, port: int) -> None:
        self.delay = 0.0
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._flowing = threading.Event()
        self._flowing.set()
        self._sockets: list[socket.socket] = []
        self.port = int(self._listening.getsockname()[1])

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._listening.close()
        self._flowing.set()
        self.cut()

    def pause(self) -> None:
        """Forwards nothing until ``resume``; connections are accepted and stay open, as by a stopped process."""
        self._flowing.clear()

    def resume(self) -> None:
        """Forwards everything that waited, and what comes."""
        self._flowing.set()

    def cut(self) -> None:
        """Closes every connection, as a server does that ends."""
        while self._sockets:
            one = self._sockets.pop()
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass  # It is closed.

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._to))
            self._sockets += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._copy, args=(source, sink), daemon=True).start()

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                time.sleep(self.delay)
                self._flowing.wait()
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # One side has hung up.

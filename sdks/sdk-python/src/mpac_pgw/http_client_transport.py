"""The network by the standard library's http.client: TLS, connections that are kept, and time limits that hold."""

from __future__ import annotations

import http.client
import io
import os
import selectors
import socket
import ssl
import threading
import time
from typing import Any, Dict, List, Optional, Tuple, Union
from urllib.parse import urlsplit

from .transport import HttpRequest, HttpResponse, NotAnswered, NotSent

#: A connection that nobody used for so long is not trusted: something on the way may have forgotten it.
LONGEST_IDLE_SECONDS = 30.0
MOST_IDLE_CONNECTIONS = 10


class HttpClientTransport:
    """What Client uses when it is given no other. It is safe to use from several threads at once.

    Each request has a connection to itself; connections are kept for the next ones. No proxy is used, whatever the
    environment says: for a proxy, give HttpxTransport an httpx client that has one.

    Args:
        ssl_context: For a certificate authority of your own or a client certificate; else the system's.
    """

    def __init__(self, ssl_context: Optional[ssl.SSLContext] = None) -> None:
        self._ssl_context = ssl_context
        self._lock = threading.Lock()
        self._idle: List[Tuple[str, float, _Connection]] = []
        self._process = os.getpid()

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        ends = time.monotonic() + timeout
        connection = self._take(request.origin) or self._connect(request.origin, timeout)
        try:
            connection.limit(ends)
            connection.request(request.method, request.target, request.body or None, dict(request.headers))
            answer = connection.getresponse()
            body = answer.read()
            response = HttpResponse(answer.status, _join(answer.getheaders()), body)
        except (OSError, http.client.HTTPException) as failure:
            connection.close()
            raise NotAnswered(_describe(failure)) from None
        except BaseException:
            # Interrupted in the middle: the next one to use this connection would read our answer.
            connection.close()
            raise
        if answer.will_close:
            connection.close()
        else:
            self._keep(request.origin, connection)
        return response

    def close(self) -> None:
        """Closes the connections that nobody uses. Requests under way end undisturbed."""
        with self._lock:
            idle, self._idle = self._idle, []
        for _, _, connection in idle:
            connection.close()

    def _take(self, origin: str) -> Optional[_Connection]:
        with self._lock:
            if self._process != os.getpid():
                # A process that was forked shares the sockets of its parent, and must not write into them.
                self._idle, self._process = [], os.getpid()
            now = time.monotonic()
            stale = [each for each in self._idle if now - each[1] > LONGEST_IDLE_SECONDS]
            self._idle = [each for each in self._idle if each not in stale]
            # The one that was used last is the least likely to have been closed.
            found = next((each for each in reversed(self._idle) if each[0] == origin), None)
            if found is not None:
                self._idle.remove(found)
        for _, _, connection in stale:
            connection.close()
        if found is None:
            return None
        connection = found[2]
        if connection.is_quiet():
            return connection
        connection.close()
        return self._take(origin)

    def _keep(self, origin: str, connection: _Connection) -> None:
        with self._lock:
            fits = len(self._idle) < MOST_IDLE_CONNECTIONS and self._process == os.getpid()
            if fits:
                self._idle.append((origin, time.monotonic(), connection))
        if not fits:
            connection.close()

    def _connect(self, origin: str, timeout: float) -> _Connection:
        url = urlsplit(origin)
        made: _Connection
        if url.scheme == "https":
            self._ssl_context = self._ssl_context or ssl.create_default_context()
            made = _TlsConnection(url.hostname or "", url.port, timeout=timeout, context=self._ssl_context)
        else:
            made = _PlainConnection(url.hostname or "", url.port, timeout=timeout)
        try:
            made.connect()
        except OSError as failure:
            made.close()
            raise NotSent(_describe(failure)) from None
        return made


class _Limited(http.client.HTTPConnection):
    """A connection whose requests end in time as a whole; http.client limits only each wait for bytes."""

    def connect(self) -> None:
        super().connect()
        self.sock: Any = _LimitedSocket(self.sock)

    def limit(self, ends: float) -> None:
        self.sock.ends = ends

    def is_quiet(self) -> bool:
        """Whether a connection that was kept is still open, and nothing came that nobody asked for."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock.fileno(), selectors.EVENT_READ)
            return not selector.select(0)


class _PlainConnection(_Limited):
    pass


class _TlsConnection(_Limited, http.client.HTTPSConnection):
    pass


_Connection = Union[_PlainConnection, _TlsConnection]


class _LimitedSocket:
    """As much of a socket as http.client uses; each of its waits is as long as what is left."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.ends = 0.0

    def fileno(self) -> int:
        return self._sock.fileno()

    def makefile(self, mode: str) -> io.BufferedReader:
        assert mode == "rb"
        return io.BufferedReader(_Reader(self))

    def sendall(self, data: Any) -> None:
        rest = memoryview(data)
        while len(rest) > 0:
            rest = rest[self._in_time().send(rest) :]

    def recv_into(self, buffer: Any) -> int:
        return self._in_time().recv_into(buffer)

    def close(self) -> None:
        self._sock.close()

    def _in_time(self) -> socket.socket:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._sock.settimeout(left)
        return self._sock


class _Reader(io.RawIOBase):
    def __init__(self, sock: _LimitedSocket) -> None:
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._sock.recv_into(buffer)


def _join(headers: List[Tuple[str, str]]) -> Dict[str, str]:
    # A header that came twice is one with a comma (RFC 9110, 5.3), as httpx has it.
    joined: Dict[str, str] = {}
    for name, value in headers:
        lower = name.lower()
        joined[lower] = f"{joined[lower]}, {value}" if lower in joined else value
    return joined


def _describe(failure: Exception) -> str:
    if isinstance(failure, socket.timeout):
        return "it took too long"
    return str(failure) or type(failure).__name__

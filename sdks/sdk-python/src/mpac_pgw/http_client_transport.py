"""The network by the standard library's http.client: TLS, connections that are kept, and time limits that hold."""

from __future__ import annotations

import http.client
import io
import selectors
import socket
import ssl
import threading
import time
from typing import Any, Dict, List, Optional, Tuple
from urllib.parse import urlsplit

from .forks import renew_after_fork
from .transport import HttpRequest, HttpResponse, NotAnswered, NotSent

#: A connection that nobody used for so long is not trusted: something on the way may have forgotten it.
LONGEST_IDLE_SECONDS = 30.0
MOST_IDLE_CONNECTIONS = 10
#: As much of a body as is read at once where nobody says how long it is.
PIECE_BYTES = 64 * 1024


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
        renew_after_fork(self)

    def renew(self) -> None:
        # A process that was forked shares the sockets of its parent, and must not write into them. Closing ours says
        # nothing to the gateway.
        self._lock = threading.Lock()
        self.close()

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        ends = time.monotonic() + timeout
        connection = self._take(request.origin) or self._connect(request.origin, ends)
        try:
            connection.limit(ends)
            connection.request(request.method, request.target, request.body or None, dict(request.headers))
            answer = connection.getresponse()
            body = _read_body(answer, request.longest_answer)
            response = HttpResponse(answer.status, _join(answer.getheaders()), body)
        except (OSError, ValueError, http.client.HTTPException) as failure:
            # A ValueError is what http.client makes of some answers that are no HTTP.
            connection.close()
            raise NotAnswered(_describe(failure)) from None
        except BaseException:
            # Interrupted in the middle: the next one to use this connection would read our answer.
            connection.close()
            raise
        if answer.will_close or not answer.isclosed():
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
            fits = len(self._idle) < MOST_IDLE_CONNECTIONS
            if fits:
                self._idle.append((origin, time.monotonic(), connection))
        if not fits:
            connection.close()

    def _connect(self, origin: str, ends: float) -> _Connection:
        context = None
        if origin.startswith("https:"):
            context = self._ssl_context = self._ssl_context or ssl.create_default_context()
        made = _Connection(origin, context, ends)
        try:
            made.connect()
        except OSError as failure:
            made.close()
            raise NotSent(_describe(failure)) from None
        return made


class _Answer(http.client.HTTPResponse):
    headers: Any

    def begin(self) -> None:
        super().begin()
        # Of the answers before the answer, such as 103 with its hints, http.client passes over 100 alone.
        while self.status < 200:
            self.headers = None
            super().begin()


class _Connection(http.client.HTTPConnection):
    """A connection whose requests end in time as a whole; http.client limits only each wait for bytes."""

    response_class = _Answer

    def __init__(self, origin: str, context: Optional[ssl.SSLContext], ends: float) -> None:
        url = urlsplit(origin)
        self.default_port = 443 if context else 80
        # Without a port http.client would take the end of an IPv6 address for one.
        super().__init__(url.hostname or "", url.port or self.default_port)
        self._context = context
        self._ends = ends

    def connect(self) -> None:
        sock = _reach(self.host, self.port, self._ends)
        try:
            # A body goes out right behind its headers, and does not wait until they have been acknowledged.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._context is not None:
                sock.settimeout(_left(self._ends))
                sock = self._context.wrap_socket(sock, server_hostname=self.host)
        except BaseException:
            sock.close()
            raise
        self.sock: Any = _LimitedSocket(sock)

    def limit(self, ends: float) -> None:
        self.sock.ends = ends

    def is_quiet(self) -> bool:
        """Whether a connection that was kept is still open, and nothing came that nobody asked for."""
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock.fileno(), selectors.EVENT_READ)
            return not selector.select(0)


def _reach(host: str, port: int, ends: float) -> socket.socket:
    """A connection to the first address of the host that answers; each has an even share of the time that is left."""
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    failure = OSError("the host has no address")
    for tried, (family, kind, protocol, _, address) in enumerate(addresses):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(_left(ends) / (len(addresses) - tried))
            sock.connect(address)
            return sock
        except OSError as raised:
            sock.close()
            failure = raised
        except BaseException:
            sock.close()
            raise
    raise failure


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise socket.timeout("timed out")
    return left


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
        self._sock.settimeout(_left(self.ends))
        return self._sock


class _Reader(io.RawIOBase):
    def __init__(self, sock: _LimitedSocket) -> None:
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._sock.recv_into(buffer)


def _read_body(answer: http.client.HTTPResponse, longest: int) -> bytes:
    """The whole body, or nothing of one that is too long."""
    if answer.length is not None:
        return answer.read() if answer.length <= longest else b""
    body = bytearray()
    while len(body) <= longest:
        piece = answer.read(PIECE_BYTES)
        if piece == b"":
            return bytes(body)
        body += piece
    return b""


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

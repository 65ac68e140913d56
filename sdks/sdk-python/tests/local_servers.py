"""Real servers on loopback: one that answers by a script, and raw sockets that misbehave."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple, Type

from mpac_pgw import ClientConfig

SECRET_KEY = "sk_test_CANARYsecretCANARYsecretCANARY"
API_KEY = "ak_01JHM4Z4T6V0Q0V9W8S1R2X3YA"


def config_for(url: str, **settings: Any) -> ClientConfig:
    return ClientConfig(base_url=url, api_key=API_KEY, secret_key=SECRET_KEY, **settings)


class Seen(NamedTuple):
    """A request as it arrived."""

    method: str
    target: str
    headers: Dict[str, str]
    body: bytes
    connection: Tuple[str, int]


#: Status, headers, body.
Reply = Tuple[int, Dict[str, str], bytes]


def reply(status: int, data: Any = None, **headers: str) -> Reply:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, {"Content-Type": "application/json", **names}, json.dumps(data if data is not None else {}).encode()


class QuietServer(ThreadingHTTPServer):
    """Does not print what a client did to it: that is what the tests are about."""

    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        pass


class ScriptedServer:
    """Answers each request with the next reply of the script, and with the last one from then on."""

    def __init__(self, *script: Reply, tls: Optional[ssl.SSLContext] = None) -> None:
        self.seen: List[Seen] = []
        self._script = list(script)
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Headers and body go out together: Nagle and delayed acknowledgements make others wait.
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                status, answered, data = server._next(
                    Seen(self.command, self.path, headers, body, self.client_address[:2])
                )
                self.send_response(status)
                for name, value in answered.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_POST = do_PATCH = do_DELETE = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._http = QuietServer(("127.0.0.1", 0), Handler)
        self._lock = threading.Lock()
        if tls is not None:
            # The handshake is done by the thread of each connection, and its failure is the client's matter.
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)

    def _next(self, seen: Seen) -> Reply:
        with self._lock:
            self.seen.append(seen)
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()


class RawServer:
    """Hands each connection to ``treat``, after its first request has arrived unless it is not to be read."""

    def __init__(self, treat: Callable[[socket.socket], None], *, read_request: bool = True) -> None:
        self.connections = 0
        self._treat = treat
        self._read_request = read_request
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._open: List[socket.socket] = []
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            threading.Thread(target=self._meet, args=(connection,), daemon=True).start()

    def _meet(self, connection: socket.socket) -> None:
        try:
            if self._read_request:
                read_request(connection)
            self._treat(connection)
        except OSError:
            # The client was faster: it has hung up.
            return

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        # Closing alone does not wake up who waits in accept.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()


def read_request(connection: socket.socket) -> bytes:
    """The next request on a connection, with its body; empty when there is none any more."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if chunk == b"":
            return b""
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def write_answer(connection: socket.socket, data: Any, *, promise: int = 0, headers: str = "") -> None:
    """An answer with this JSON; ``promise`` says so many bytes more than there are."""
    body = json.dumps(data).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body) + promise}\r\n{headers}\r\n"
    )
    connection.sendall(head.encode() + body)


def reset(connection: socket.socket) -> None:
    """Cuts a connection as a crashed process does."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def hang(connection: socket.socket) -> None:
    """Says nothing until the client gives up."""
    connection.recv(1)


def drip(connection: socket.socket) -> None:
    """Says one byte after the other without an end, as long as somebody listens."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    pause = threading.Event()
    while True:
        connection.sendall(b"a")
        pause.wait(0.01)


def closed_port() -> str:
    """The address of a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

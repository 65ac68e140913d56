"""TLS: a certificate is checked by every client, and one of our own is trusted when it is given."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path
from typing import List

import httpx

from mpac_pgw import AsyncClient, Client, ConnectionFailedError, HttpClientTransport
from mpac_pgw.httpx_transport import AsyncHttpxTransport, HttpxTransport

from .local_servers import RawServer, ScriptedServer, config_for, reply
from .three_clients import CLIENTS, INTENT, ORDER, make_caller

MAKE_CERTIFICATE = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 "
    "-keyout key.pem -out certificate.pem"
)


def pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while (data := source.recv(65536)) != b"":
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


@unittest.skipIf(shutil.which("openssl") is None, "there is no openssl command to make a certificate with")
class Tls(unittest.TestCase):
    folder: tempfile.TemporaryDirectory[str]
    certificate: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run(MAKE_CERTIFICATE.split(), cwd=cls.folder.name, check=True, capture_output=True)
        cls.certificate = str(Path(cls.folder.name) / "certificate.pem")

    @classmethod
    def tearDownClass(cls) -> None:
        cls.folder.cleanup()

    def make_server(self) -> ScriptedServer:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, str(Path(self.folder.name) / "key.pem"))
        return ScriptedServer(reply(200, INTENT), tls=context)

    def test_a_certificate_of_nobody_is_refused_and_nothing_leaves(self) -> None:
        for client in CLIENTS:
            with self.subTest(client), self.make_server() as server:
                caller = make_caller(client, config_for(server.url, max_retries=0))
                with self.assertRaises(ConnectionFailedError) as caught:
                    caller.call("create_payment_intent", ORDER)
                self.assertIn("certificate", str(caught.exception).lower())
                caller.close()
                self.assertEqual(server.seen, [])

    def test_a_certificate_of_our_own_is_trusted_when_it_is_given(self) -> None:
        context = ssl.create_default_context(cafile=self.certificate)
        theirs = httpx.Client(verify=context)
        for transport in (HttpClientTransport(context), HttpxTransport(theirs)):
            with self.subTest(type(transport).__name__), self.make_server() as server:
                with Client(config_for(server.url), transport=transport) as client:
                    for _ in range(3):
                        client.create_payment_intent(ORDER)
                self.assertEqual(len({seen.connection for seen in server.seen}), 1)
        # A client that was given stays its owner's.
        self.assertFalse(theirs.is_closed)
        theirs.close()

    def test_a_proxy_of_an_httpx_client_is_asked_for_the_host_and_sees_nothing_else(self) -> None:
        asked: List[bytes] = []

        def tunnel(client: socket.socket) -> None:
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(1)
            asked.append(head.split(b"\r\n")[0])
            host, _, port = head.split(b" ")[1].decode().rpartition(":")
            with socket.create_connection((host, int(port))) as upstream:
                client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=pump, args=(upstream, client), daemon=True)
                back.start()
                pump(client, upstream)
                back.join()

        context = ssl.create_default_context(cafile=self.certificate)
        with self.make_server() as server, RawServer(tunnel, read_request=False) as proxy:
            config = config_for(server.url, max_retries=0)
            with httpx.Client(proxy=proxy.url, verify=context) as theirs:
                client = Client(config, transport=HttpxTransport(theirs))
                self.assertEqual(client.create_payment_intent(ORDER).id, "pi_1")

            async def play() -> str:
                async with httpx.AsyncClient(proxy=proxy.url, verify=context) as theirs:
                    asynchronous = AsyncClient(config, transport=AsyncHttpxTransport(theirs))
                    return (await asynchronous.create_payment_intent(ORDER)).id

            self.assertEqual(asyncio.run(play()), "pi_1")
            self.assertEqual({seen.target for seen in server.seen}, {"/v1/payment_intents"})
            self.assertEqual(asked, [f"CONNECT {server.url.partition('//')[2]} HTTP/1.1".encode()] * 2)

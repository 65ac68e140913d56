"""TLS: a certificate is checked by every client, and one of our own is trusted when it is given."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import tempfile
import unittest
from pathlib import Path

import httpx

from mpac_pgw import Client, ConnectionFailedError, HttpClientTransport
from mpac_pgw.httpx_transport import HttpxTransport

from .local_servers import ScriptedServer, config_for, reply
from .three_clients import CLIENTS, INTENT, ORDER, make_caller

MAKE_CERTIFICATE = (
    "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 "
    "-keyout key.pem -out certificate.pem"
)


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

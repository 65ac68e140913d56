"""The examples do what they say, against real servers."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import importlib.util
import io
import json
import tempfile
import threading
import time
import unittest
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any, Dict, List

from mpac_pgw import AsyncClient, ProviderError, webhooks

from .local_servers import ScriptedServer, config_for, reply
from .places import PACKAGE, needs_repository

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="


def load(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, PACKAGE / "examples" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@needs_repository
class WebhookReceiver(unittest.TestCase):
    def test_an_event_is_kept_once_and_a_forged_one_never(self) -> None:
        example = load("webhook_receiver")
        body = json.dumps(
            {"id": "evt_1", "type": "payment_intent.succeeded", "data": {"object": {"status": "succeeded"}}}
        ).encode()
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stderr(io.StringIO()):
            events = example.Events(str(Path(folder) / "events.sqlite"))
            server = ThreadingHTTPServer(("127.0.0.1", 0), example.make_handler(SECRET, events))
            thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
            thread.start()

            def deliver(payload: bytes, headers: Dict[str, str]) -> int:
                connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1])
                connection.request("POST", "/webhooks", payload, headers)
                status = connection.getresponse().status
                connection.close()
                return status

            headers = webhooks.sign(body, SECRET, "evt_1", int(time.time()))
            self.assertEqual([deliver(body, headers), deliver(body, headers)], [204, 204])
            self.assertEqual(deliver(body.replace(b"evt_1", b"evt_2"), headers), 400)
            self.assertEqual(deliver(body, {}), 400)
            for length in ("-1", "a", str(example.MOST_BYTES + 1)):
                self.assertEqual(deliver(b"", {**headers, "Content-Length": length}), 413)
            self.assertEqual(events.count(), 1)
            server.shutdown()
            server.server_close()


@needs_repository
class TillBackend(unittest.TestCase):
    def play(self, *script: Any) -> Any:
        example = load("till_backend")
        shown: List[str] = []

        async def sleep(_: float) -> None:
            return None

        async def run(url: str) -> Any:
            async with AsyncClient(config_for(url, max_retries=0)) as client:
                return await example.sell(client, "order_1", 1500, "store_001", shown.append, sleep)

        with ScriptedServer(*script) as server:
            intent = asyncio.run(run(server.url))
        return intent, shown, server.seen

    def test_a_code_is_shown_and_paid(self) -> None:
        code = {"id": "pi_1", "status": "requires_action", "qr_content": "https://qr.paypay.ne.jp/x"}
        intent, shown, seen = self.play(
            reply(201, {"id": "pi_1", "status": "requires_payment_method"}),
            reply(200, code),
            reply(200, {"id": "pi_1", "status": "requires_action"}),
            reply(200, {"id": "pi_1", "status": "succeeded", "amount_received": 1500}),
        )
        self.assertEqual((intent.status, shown), ("succeeded", ["https://qr.paypay.ne.jp/x"]))
        self.assertEqual(
            [each.headers.get("idempotency-key") for each in seen[:2]], ["create-order_1", "confirm-order_1"]
        )

    def test_an_unknown_outcome_is_asked_for_again_with_the_same_key(self) -> None:
        unclear = {"code": "provider_error", "message": "m", "details": {"outcome": "unknown"}}
        intent, _, seen = self.play(
            reply(201, {"id": "pi_1", "status": "requires_payment_method"}),
            reply(504, unclear),
            reply(200, {"id": "pi_1", "status": "processing"}),
            reply(200, {"id": "pi_1", "status": "failed"}),
        )
        self.assertEqual(intent.status, "failed")
        self.assertEqual({each.headers["idempotency-key"] for each in seen[1:3]}, {"confirm-order_1"})

    def test_a_refusal_of_the_provider_is_told_as_such(self) -> None:
        with self.assertRaises(ProviderError):
            self.play(
                reply(201, {"id": "pi_1", "status": "requires_payment_method"}),
                reply(502, {"code": "provider_error", "message": "PAYPAY refused."}),
            )

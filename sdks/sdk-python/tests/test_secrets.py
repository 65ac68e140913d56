"""No secret is in an error, a text form or a pickle: canaries are put everywhere and looked for."""

from __future__ import annotations

import asyncio
import pickle
import traceback
import unittest
from typing import Any, Dict, List

from mpac_pgw import (
    ApiKey,
    AsyncClient,
    Client,
    ClientConfig,
    ConfirmPaymentIntentRequest,
    EventData,
    PaymentIntent,
    PGWError,
    WebhookEndpoint,
    WebhookVerificationError,
    errors,
    models,
    webhooks,
)
from mpac_pgw.call import make_call
from mpac_pgw.signing import Signer

from .local_servers import SECRET_KEY, RawServer, ScriptedServer, closed_port, config_for, reply, reset
from .test_calls import SYNC
from .three_clients import CLIENTS, make_caller

CANARY = "CANARY"
CONFIRM = ConfirmPaymentIntentRequest(
    payment_method_type="qr_cpm", payment_token="pi_1_secret_CANARY", customer_code="CANARY123"
)


def texts_of(value: Any) -> List[str]:
    return [repr(value), str(value), f"{value}", f"{[value]}"]


class Secrets(unittest.TestCase):
    def assert_safe(self, *texts: str) -> None:
        for text in texts:
            self.assertNotIn(CANARY, text)

    def test_clients_and_their_parts_show_no_secret_and_are_not_pickled(self) -> None:
        config = config_for("http://127.0.0.1:1")
        with Client(config) as client:
            self.assert_safe(*texts_of(config), *texts_of(client), *texts_of(Signer("ak", SECRET_KEY)))
            self.assert_safe(*texts_of(client.with_options(timeout=1)))
            with self.assertRaises(TypeError):
                pickle.dumps(client)

        async def look() -> None:
            async with AsyncClient(config) as asynchronous:
                self.assert_safe(*texts_of(asynchronous))
                with self.assertRaises(TypeError):
                    pickle.dumps(asynchronous)

        asyncio.run(look())

    def test_a_wrong_setting_does_not_name_the_secret(self) -> None:
        settings: Dict[str, Any] = {"base_url": "https://x", "api_key": "ak", "secret_key": "sk_CANARY"}
        for wrong in ({"base_url": "ftp://x"}, {"base_url": "https://u:p@x"}, {"api_key": "a:b"}, {"timeout": 0}):
            with self.subTest(str(wrong)), self.assertRaises(ValueError) as caught:
                ClientConfig(**{**settings, **wrong})
            self.assert_safe(*texts_of(caught.exception))

    def test_requests_and_answers_show_no_secret(self) -> None:
        shown: List[Any] = [
            PaymentIntent.from_dict({"id": "pi_1", "payment_token": "CANARY", "future_token": "CANARY"}),
            CONFIRM,
            SYNC,
            models.SyncStore(
                id="s",
                name="n",
                payment_processor_configs=[
                    models.PaymentProcessorConfig(provider="P", is_active=True, credentials={"key": "CANARY"})
                ],
            ),
        ]
        shown += [ApiKey.from_dict({"secret_key": "CANARY"}), WebhookEndpoint.from_dict({"secret": "CANARY"})]
        shown += [EventData.from_dict({"object": {"list": [{"payment_token": "CANARY"}]}})]
        call = make_call("POST", "/v1/x", ConfirmPaymentIntentRequest, CONFIRM, None)
        for value in [*shown, call]:
            self.assert_safe(*texts_of(value))
        # They are there all the same.
        self.assertEqual(CONFIRM.to_dict()["payment_token"], "pi_1_secret_CANARY")

    def test_no_error_of_a_call_holds_a_secret(self) -> None:
        statuses = (200, 301, 400, 401, 403, 404, 408, 409, 413, 429, 500, 502, 503, 504)
        for client in CLIENTS:
            for status in statuses:
                with self.subTest(client, status=status), ScriptedServer(reply(status, ["CANARY"])) as server:
                    self.look_at_error(client, server.url)
            with RawServer(reset) as broken:
                self.look_at_error(client, broken.url)
            self.look_at_error(client, closed_port())

    def look_at_error(self, client: str, url: str) -> None:
        caller = make_caller(client, config_for(url, max_retries=1))
        with self.assertRaises(PGWError) as caught:
            caller.call("confirm_payment_intent", "pi_1", CONFIRM)
        error = caught.exception
        lines = traceback.TracebackException.from_exception(error).format(chain=True)
        self.assert_safe(*texts_of(error), "".join(lines), repr(error.__dict__))
        self.assertNotIn(CANARY.encode(), pickle.dumps(error))
        caller.close()

    def test_an_error_stays_what_it_is_when_it_is_pickled(self) -> None:
        for kind, error in errors.ERROR_OF_KIND.items():
            facts: Dict[str, Any] = {
                "status": 400,
                "code": "c",
                "param": "p",
                "details": {"a": 1},
                "request_id": "r",
                "retry_after_seconds": 2,
                "idempotency_key": "k",
            }
            made = error("m", **facts)
            again = pickle.loads(pickle.dumps(made))
            self.assertIs(type(again), error)
            self.assertEqual((again.kind, again.message, again.__dict__), (kind, "m", made.__dict__))
            self.assertEqual(str(again), str(made))
        refused = pickle.loads(pickle.dumps(WebhookVerificationError("too_old", "m")))
        self.assertEqual((refused.reason, refused.message), ("too_old", "m"))

    def test_a_refused_delivery_does_not_show_the_secret(self) -> None:
        for secret in ("whsec_CANARY", "CANARY"):
            with self.assertRaises(WebhookVerificationError) as caught:
                webhooks.verify(b"{}", {}, secret)
            self.assert_safe(*texts_of(caught.exception))

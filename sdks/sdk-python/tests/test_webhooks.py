"""Verification beyond the vectors: what frameworks hand over, and what is refused with a hint."""

from __future__ import annotations

import email.message
import json
import unittest
from typing import Any, List

from mpac_pgw import PaymentIntent, WebhookVerificationError, webhooks

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER = "whsec_" + "A" * 43 + "="
BODY = json.dumps(
    {
        "id": "evt_1",
        "type": "payment_intent.succeeded",
        "data": {"object": {"id": "pi_1", "object": "payment_intent", "status": "succeeded"}},
        "sequence": 42,
        "new": True,
    }
).encode()
NOW = 1_768_471_200
HEADERS = webhooks.sign(BODY, SECRET, "evt_1", NOW)


class Webhooks(unittest.TestCase):
    def test_what_was_signed_is_verified_and_read(self) -> None:
        event = webhooks.verify(BODY, HEADERS, SECRET, now=NOW)
        self.assertEqual((event.id, event.type, event.sequence), ("evt_1", "payment_intent.succeeded", 42))
        self.assertEqual(PaymentIntent.from_dict(event.data.object).status, "succeeded")
        self.assertEqual(event.extra, {"new": True})

    def test_headers_come_in_the_form_of_any_framework(self) -> None:
        message = email.message.Message()
        for name, value in HEADERS.items():
            message[name.title()] = value
        as_asgi = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
        forms: List[Any] = [message, as_asgi, list(HEADERS.items()), {k.upper(): v for k, v in HEADERS.items()}]
        for headers in forms:
            with self.subTest(type(headers).__name__):
                self.assertEqual(webhooks.verify(BODY, headers, SECRET, now=NOW).id, "evt_1")

    def test_two_headers_with_one_name_are_one_with_a_comma(self) -> None:
        signature = HEADERS["webhook-signature"]
        pairs = [("Webhook-Signature", "v1,AAAA"), *HEADERS.items()]
        in_a_list = {**HEADERS, "webhook-signature": ["v1,AAAA", signature]}
        for headers in (pairs, in_a_list):
            self.assertEqual(webhooks.verify(BODY, headers, SECRET, now=NOW).id, "evt_1")
        with self.assertRaises(WebhookVerificationError) as caught:
            webhooks.verify(BODY, [*HEADERS.items(), ("Webhook-Timestamp", str(NOW))], SECRET, now=NOW)
        self.assertEqual(caught.exception.reason, "malformed_header")

    def test_a_body_that_was_parsed_is_refused_with_what_to_do(self) -> None:
        bodies: List[Any] = [json.loads(BODY), [1], None, 5]
        for parsed in bodies:
            with self.subTest(type(parsed).__name__), self.assertRaises(WebhookVerificationError) as caught:
                webhooks.verify(parsed, HEADERS, SECRET, now=NOW)
            self.assertEqual(caught.exception.reason, "parsed_body")
            for hint in ("request.get_data()", "request.body", "await request.body()"):
                self.assertIn(hint, str(caught.exception))

    def test_the_clock_is_the_machines_own_when_none_is_given(self) -> None:
        with self.assertRaises(WebhookVerificationError) as caught:
            webhooks.verify(BODY, HEADERS, SECRET)
        self.assertEqual(caught.exception.reason, "too_old")

    def test_several_secrets_sign_and_verify_while_one_is_exchanged(self) -> None:
        both = webhooks.sign(BODY, [OTHER, SECRET], "evt_1", NOW)
        self.assertEqual(len(both["webhook-signature"].split(" ")), 2)
        for secrets in (SECRET, OTHER, [SECRET], (OTHER, SECRET)):
            self.assertEqual(webhooks.verify(BODY, both, secrets, now=NOW).id, "evt_1")

    def test_an_id_or_a_time_that_could_be_read_in_two_ways_is_not_signed(self) -> None:
        wrong: Any = webhooks.sign
        for id, timestamp in (("", NOW), ("a.b", NOW), ("evt_1", 1.5), ("evt_1", True)):
            with self.subTest(id=id, timestamp=timestamp), self.assertRaises(WebhookVerificationError) as caught:
                wrong(BODY, SECRET, id, timestamp)
            self.assertEqual(caught.exception.reason, "malformed_header")

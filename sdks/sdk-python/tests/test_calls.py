"""What a call sends and gives back, with each of the three clients against a real server."""

from __future__ import annotations

import enum
import json
import threading
import unittest
from datetime import datetime, timedelta, timezone
from typing import Any, Iterator, List

from mpac_pgw import (
    CancelPaymentIntentRequest,
    Client,
    CreatePaymentIntentRequest,
    InvalidRequestError,
    InvalidResponseError,
    Moment,
    PaymentProcessorConfig,
    RateLimitExceededError,
    SyncMerchant,
    SyncMerchantsRequest,
    SyncStore,
    UpdateOrganizationRequest,
    sign_request,
)

from .local_servers import API_KEY, SECRET_KEY, ScriptedServer, Seen, closed_port, config_for, reply
from .three_clients import CLIENTS, INTENT, ORDER, make_caller

SYNC = SyncMerchantsRequest(
    merchants=[
        SyncMerchant(
            id="merchant_001",
            name="Example Restaurant",
            stores=[
                SyncStore(
                    id="store_001",
                    name="Tokyo Branch",
                    payment_processor_configs=[
                        PaymentProcessorConfig(
                            provider="PAYPAY", is_active=True, credentials={"merchant_id": "paypay_merchant_123"}
                        )
                    ],
                )
            ],
        )
    ]
)


class CallsTest(unittest.TestCase):
    def each(self, *script: Any, **settings: Any) -> Iterator[Any]:
        for client in CLIENTS:
            with self.subTest(client), ScriptedServer(*script) as server:
                caller = make_caller(client, config_for(server.url, **settings))
                yield caller, server
                caller.close()

    def test_the_documented_example_works_as_it_is_written(self) -> None:
        answer = {**INTENT, "status": "requires_payment_method", "payment_token": "pi_1_secret_x"}
        for caller, server in self.each(reply(201, answer)):
            intent = caller.call(
                "create_payment_intent",
                CreatePaymentIntentRequest(
                    amount=1000,
                    currency="JPY",
                    payment_method_types=["qr_mpm"],
                    merchant_ref_id="order_12345",
                    merchant_store_id="store_001",
                ),
            )
            self.assertEqual(intent.payment_token, "pi_1_secret_x")
            seen: Seen = server.seen[0]
            self.assertEqual((seen.method, seen.target), ("POST", "/v1/payment_intents"))
            # What is None is not sent.
            self.assertEqual(
                json.loads(seen.body),
                {
                    "amount": 1000,
                    "currency": "JPY",
                    "payment_method_types": ["qr_mpm"],
                    "merchant_ref_id": "order_12345",
                    "merchant_store_id": "store_001",
                },
            )
            self.assertEqual(seen.headers["content-type"], "application/json")
            self.assertTrue(seen.headers["authorization"].startswith(f"HMAC-SHA256 {API_KEY}:"))
            self.assertRegex(seen.headers["user-agent"], r"^mpac-pgw-sdk-python/\d")
            self.assertRegex(seen.headers["idempotency-key"], r"^[0-9a-f-]{36}$")

    def test_merchants_are_synchronised_as_the_guide_shows(self) -> None:
        for caller, server in self.each(reply(200, {"synced_merchants": 1, "synced_stores": 1})):
            answer = caller.call("sync_merchants", SYNC)
            self.assertEqual((answer.synced_merchants, answer.synced_stores), (1, 1))
            store = json.loads(server.seen[0].body)["merchants"][0]["stores"][0]
            self.assertEqual(
                store["payment_processor_configs"][0]["credentials"], {"merchant_id": "paypay_merchant_123"}
            )

    def test_a_request_without_fields_is_an_empty_object_and_a_delete_has_no_body(self) -> None:
        for caller, server in self.each(reply(200, INTENT)):
            caller.call("cancel_payment_intent", "pi_1")
            caller.call("create_payment_token", "pi_1")
            caller.call("cancel_payment_intent", "pi_1", CancelPaymentIntentRequest(cancellation_reason="duplicate"))
            caller.call("delete_webhook_endpoint", "we_1")
            caller.call("retrieve_organization")
            caller.call("update_organization", UpdateOrganizationRequest(late_payment_policy="hold"))
            bodies = [seen.body for seen in server.seen]
            self.assertEqual(bodies[:3], [b"{}", b"{}", b'{"cancellation_reason":"duplicate"}'])
            self.assertEqual(bodies[3:], [b"", b"", b'{"late_payment_policy":"hold"}'])
            self.assertEqual([seen.method for seen in server.seen[3:]], ["DELETE", "GET", "PATCH"])
            self.assertEqual(["idempotency-key" in seen.headers for seen in server.seen[3:]], [True, False, True])

    def test_ids_and_filters_arrive_as_they_were_given(self) -> None:
        moment = datetime(2026, 1, 15, 19, 0, tzinfo=timezone(timedelta(hours=9)))
        for caller, server in self.each(reply(200, [])):
            caller.call("list_stores", "東京/1 %2F?")
            caller.call("list_payment_intents", merchant_ref_id="a b&c=é+", created_gte=moment, limit=5)
            self.assertEqual(server.seen[0].target, "/v1/merchants/%E6%9D%B1%E4%BA%AC%2F1%20%252F%3F/stores")
            self.assertEqual(
                server.seen[1].target,
                "/v1/payment_intents?merchant_ref_id=a%20b%26c%3D%C3%A9%2B&limit=5&created_gte=2026-01-15T10%3A00%3A00.000Z",
            )

    def test_a_member_of_an_enumeration_is_sent_as_its_value(self) -> None:
        class Word(str, enum.Enum):
            PAID = "succeeded"

        class Number(enum.IntEnum):
            FEW = 5

        for caller, server in self.each(reply(200, [])):
            caller.call("list_payment_intents", status=Word.PAID, limit=Number.FEW)
            caller.call("list_stores", Word.PAID)
            self.assertEqual(server.seen[0].target, "/v1/payment_intents?status=succeeded&limit=5")
            self.assertEqual(server.seen[1].target, "/v1/merchants/succeeded/stores")

    def test_a_link_with_what_belongs_in_no_query_is_followed_as_it_is_signed(self) -> None:
        link = '<https://x/v1?starting_after=pi_"2|%C3%A9>; rel="next"'
        for caller, server in self.each(reply(200, [{"id": "pi_2"}], Link=link), reply(200, [])):
            caller.walk("payment_intents")
            target = server.seen[1].target
            self.assertEqual(target, "/v1/payment_intents?starting_after=pi_%222%7C%C3%A9")
            _, timestamp, signature = server.seen[1].headers["authorization"].split(":")
            self.assertEqual(signature, sign_request(SECRET_KEY, "GET", target, int(timestamp)))

    def test_a_path_of_the_base_url_is_sent_and_not_signed(self) -> None:
        for client in CLIENTS:
            with self.subTest(client), ScriptedServer(reply(200, INTENT)) as server:
                caller = make_caller(client, config_for(f"{server.url}/pgw/"))
                caller.call("retrieve_payment_intent", "pi_1")
                caller.close()
                seen: Seen = server.seen[0]
                self.assertEqual(seen.target, "/pgw/v1/payment_intents/pi_1")
                _, timestamp, signature = seen.headers["authorization"].split(":")
                expected = sign_request(SECRET_KEY, "GET", "/v1/payment_intents/pi_1", int(timestamp))
                self.assertEqual(signature, expected)

    def test_what_can_be_no_request_is_refused_before_it_is_sent(self) -> None:
        wrong: Any = CreatePaymentIntentRequest
        order = {"amount": 1, "payment_method_types": ["cash"], "merchant_ref_id": "r"}
        bad_calls: List[Any] = [
            ("amount", ("create_payment_intent", wrong(**{**order, "amount": 15.5})), {}),
            ("amount", ("create_payment_intent", wrong(**{**order, "amount": "15"})), {}),
            ("amount", ("create_payment_intent", wrong(**{**order, "amount": True})), {}),
            ("amount", ("create_payment_intent", wrong(**{**order, "amount": None})), {}),
            ("payment_method_types", ("create_payment_intent", wrong(**{**order, "payment_method_types": "cash"})), {}),
            ("metadata.a", ("create_payment_intent", wrong(**order, metadata={"a": 1})), {}),
            (None, ("create_payment_intent", wrong(**{**order, "merchant_ref_id": "\ud800"})), {}),
            (None, ("create_payment_intent", order), {}),
            ("id", ("retrieve_payment_intent", ""), {}),
            ("id", ("cancel_payment_intent", ".."), {}),
            ("id", ("retrieve_payment_intent", None), {}),
            ("Idempotency-Key", ("create_payment_intent", wrong(**order)), {"idempotency_key": "a\r\nb: c"}),
            ("Idempotency-Key", ("create_payment_intent", wrong(**order)), {"idempotency_key": ""}),
            ("created_gte", ("list_payment_intents",), {"created_gte": datetime(2026, 1, 1)}),
        ]
        for client in CLIENTS:
            caller = make_caller(client, config_for(closed_port(), max_retries=0))
            for param, (name, *given), named in bad_calls:
                with self.subTest(client, call=name, param=param):
                    with self.assertRaises(InvalidRequestError) as caught:
                        caller.call(name, *given, **named)
                    self.assertEqual(caught.exception.param, param)
                    self.assertIsNone(caught.exception.status)
            caller.close()

    def test_lists_are_walked_lazily_from_page_to_page(self) -> None:
        # The links lead elsewhere, as behind a proxy; only their query counts.
        pages = [
            reply(200, [{"id": "pi_3"}, {"id": "pi_2"}], Link='<https://elsewhere/v1?starting_after=pi_2>; rel="next"'),
            reply(200, [], Link='<https://elsewhere/x>; rel="prev", </v1?starting_after=pi_1b&limit=2>; rel=next'),
            reply(200, [{"id": "pi_1"}]),
        ]
        for caller, server in self.each(*pages):
            self.assertEqual([each.id for each in caller.walk("payment_intents", limit=2)], ["pi_3", "pi_2", "pi_1"])
            self.assertEqual(
                [seen.target for seen in server.seen],
                [
                    "/v1/payment_intents?limit=2",
                    "/v1/payment_intents?starting_after=pi_2",
                    "/v1/payment_intents?starting_after=pi_1b&limit=2",
                ],
            )

    def test_one_page_is_a_sequence_that_knows_whether_more_follows(self) -> None:
        link = '<https://x/v1/refunds?starting_after=re_1>; rel="next"'
        for caller, server in self.each(reply(200, [{"id": "re_1"}], Link=link), reply(200, [])):
            page = caller.call("list_refunds")
            self.assertEqual((len(page), page[0].id, page.has_more), (1, "re_1", True))
            self.assertFalse(caller.call("list_refunds", starting_after=page[-1].id).has_more)
            self.assertEqual(server.seen[1].target, "/v1/refunds?starting_after=re_1")

    def test_a_list_that_leads_to_itself_is_not_walked_for_ever(self) -> None:
        link = '</v1/refunds?starting_after=re_1>; rel="next"'
        for caller, _ in self.each(reply(200, [{"id": "re_1"}], Link=link)):
            with self.assertRaises(InvalidResponseError):
                caller.walk("refunds")

    def test_a_retry_waits_as_long_as_the_gateway_says_and_keeps_its_key(self) -> None:
        busy = reply(429, {"code": "rate_limit_exceeded", "message": "m"}, Retry_After="7")
        for caller, server in self.each(busy, reply(201, INTENT)):
            caller.call("create_payment_intent", ORDER)
            self.assertEqual(caller.waits, [7])
            self.assertEqual(len({seen.headers["idempotency-key"] for seen in server.seen}), 1)

    def test_another_patience_is_for_a_client_of_its_own_over_the_same_connections(self) -> None:
        busy = reply(429, {"code": "rate_limit_exceeded", "message": "m"})
        for caller, server in self.each(busy):
            patient, caller.client = caller.client, caller.client.with_options(max_retries=0)
            self.assertIs(caller.client._signer, patient._signer)
            with self.assertRaises(RateLimitExceededError):
                caller.call("retrieve_payment_intent", "pi_1")
            self.assertEqual(len(server.seen), 1)
            caller.client = patient
            with self.assertRaises(RateLimitExceededError):
                caller.call("retrieve_payment_intent", "pi_1")
            self.assertEqual(len(server.seen), 5)

    def test_equal_calls_of_one_second_are_signed_for_different_seconds(self) -> None:
        moment = Moment(lambda: 1_700_000_000.5, lambda: 0.0, lambda: 0.0)
        with ScriptedServer(reply(200, INTENT)) as server:
            client = Client(config_for(server.url), moment=moment)
            for key in ("a", "b", "a", "c"):
                client.cancel_payment_intent("pi_1", idempotency_key=key)
            client.with_options(timeout=1).cancel_payment_intent("pi_1", idempotency_key="d")
            client.close()
        stamps = [int(seen.headers["authorization"].split(":")[1]) - 1_700_000_000 for seen in server.seen]
        self.assertEqual(stamps, [0, 1, 0, 2, 3])

    def test_threads_share_a_client(self) -> None:
        with ScriptedServer(reply(200, INTENT)) as server, Client(config_for(server.url)) as client:
            problems = []

            def work() -> None:
                for _ in range(20):
                    if client.retrieve_payment_intent("pi_1").id != "pi_1":
                        problems.append("another answer")

            threads = [threading.Thread(target=work) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(problems, [])
            self.assertEqual(len(server.seen), 160)
            self.assertLessEqual(len({seen.connection for seen in server.seen}), 160)

"""The dataclasses: given by name, frozen, and open to what is to come."""

from __future__ import annotations

import dataclasses
import unittest
from typing import Any

from mpac_pgw import CreatePaymentIntentRequest, PaymentIntent, Store, UpdateWebhookEndpointRequest
from mpac_pgw.records import read_record, write_record


class Records(unittest.TestCase):
    def test_fields_are_given_by_name_and_do_not_change(self) -> None:
        make: Any = CreatePaymentIntentRequest
        with self.assertRaises(TypeError):
            make(1000, ["cash"], "order_1")
        with self.assertRaises(TypeError):
            make(amount=1000, payment_method_types=["cash"], merchant_reference="order_1")
        request = make(amount=1000, payment_method_types=["cash"], merchant_ref_id="order_1")
        with self.assertRaises(dataclasses.FrozenInstanceError):
            request.amount = 2000
        self.assertEqual(request, make(amount=1000, payment_method_types=["cash"], merchant_ref_id="order_1"))
        self.assertEqual(dataclasses.replace(request, amount=2000).amount, 2000)

    def test_what_is_none_is_not_written_and_what_is_empty_is(self) -> None:
        request = UpdateWebhookEndpointRequest(description="", enabled_events=(), status=None)
        written = write_record(request, UpdateWebhookEndpointRequest)
        self.assertEqual(written, {"description": "", "enabled_events": []})

    def test_what_is_not_known_is_kept_and_what_is_missing_is_none(self) -> None:
        intent = read_record(PaymentIntent, {"id": "pi_1", "status": "disputed", "loyalty": {"points": 4}, "extra": 1})
        self.assertEqual((intent.status, intent.currency), ("disputed", None))
        self.assertEqual(intent.extra, {"loyalty": {"points": 4}, "extra": 1})
        self.assertEqual(intent.to_dict(), {"id": "pi_1", "status": "disputed", "loyalty": {"points": 4}, "extra": 1})

    def test_an_object_of_another_type_is_handed_on_as_it_is(self) -> None:
        data: Any = {"last_payment_error": "declined", "payment_method_types": "cash", "metadata": [1]}
        intent = PaymentIntent.from_dict(data)
        self.assertEqual(intent.to_dict(), data)
        store = Store.from_dict({"payment_processor_configs": [{"provider": "PAYPAY", "is_active": True}, None]})
        self.assertEqual(store.payment_processor_configs[0].provider, "PAYPAY")
        self.assertIsNone(store.payment_processor_configs[1])

    def test_a_text_form_is_short(self) -> None:
        request = CreatePaymentIntentRequest(amount=1, payment_method_types=["cash"], merchant_ref_id="r")
        self.assertEqual(
            repr(request),
            "CreatePaymentIntentRequest(amount=1, payment_method_types=['cash'], merchant_ref_id='r')",
        )

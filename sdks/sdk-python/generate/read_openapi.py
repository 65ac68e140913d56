"""What of openapi.json becomes a method or a dataclass, and how each is called in Python."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional, Tuple

#: Operations that are not for a merchant's server: what providers call, and the picture of a code for a page.
LEFT_OUT = frozenset({"receivePaypayNotification", "returnMpgsCustomer", "retrieveQrCode"})

#: Objects that stand inside others, without a name of their own in the document: where they stand, and their name.
INLINE_NAMES = {
    "SyncMerchantsRequest.merchants": "SyncMerchant",
    "SyncMerchant.stores": "SyncStore",
    "SyncStore.payment_processor_configs": "PaymentProcessorConfig",
    "Store.payment_processor_configs": "StorePaymentProcessorConfig",
    "WebhookDelivery.attempts": "WebhookDeliveryAttempt",
    "Event.data": "EventData",
    "WebhookEvent.data": "EventData",
    "ResolvedPaymentIntent.resolution": "ResolvedPaymentIntentResolution",
    "ResolvedRefund.resolution": "ResolvedRefundResolution",
    "CreateOrderListRequest.orders": "OrderToList",
    "OrderList.provider_statuses": "ProviderStatuses",
    "ProviderStatuses.confirmed": "CountedOrders",
    "ProviderStatuses.differs": "CountedOrders",
    "ProviderStatuses.missing": "CountedOrders",
    "ProviderStatuses.not_yet": "CountedOrders",
    "ProviderStatuses.not_applicable": "CountedOrders",
    "Readiness.checks": "ReadinessChecks",
    "retrieveHealth": "Health",
}


@dataclass(frozen=True)
class Operation:
    """One operation, with all that its method needs."""

    operation_id: str
    verb: str
    path: str
    summary: str
    description: str
    path_parameters: List[Dict[str, Any]]
    query_parameters: List[Dict[str, Any]]
    #: The schema of the body, or None; one without any field is {}.
    body: Optional[Dict[str, Any]]
    answer: str
    is_list: bool
    statuses: Tuple[int, ...]
    #: Statuses besides 2xx that are an answer, and no error.
    also_answers: Tuple[int, ...]
    #: Of a file, which is answered as bytes: the media types that it may have.
    file_types: Tuple[str, ...]

    @property
    def method(self) -> str:
        return snake_case(self.operation_id)

    @property
    def request_class(self) -> Optional[str]:
        if not self.body:
            return None
        return self.operation_id[0].upper() + self.operation_id[1:] + "Request"

    @property
    def request_is_optional(self) -> bool:
        return bool(self.body) and not (self.body or {}).get("required")

    @property
    def changes_something(self) -> bool:
        return self.verb != "GET"


def snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def name_of(reference: str) -> str:
    return reference.rsplit("/", 1)[1]


def read_operations(openapi: Dict[str, Any]) -> List[Operation]:
    return [
        operation
        for path, verbs in openapi["paths"].items()
        for verb, found in verbs.items()
        for operation in _read_operation(openapi, path, verb, found)
    ]


def _read_operation(openapi: Dict[str, Any], path: str, verb: str, found: Dict[str, Any]) -> Iterator[Operation]:
    if found["operationId"] in LEFT_OUT:
        return
    # Where there are several, they have the same body: 200 says of an order list that it was there already.
    good = next(answer for status, answer in found["responses"].items() if status.startswith("2"))
    schema = good["content"]["application/json"]["schema"]
    file_types = () if len(good["content"]) == 1 else tuple(sorted(good["content"]))
    is_list = schema.get("type") == "array"
    item = schema["items"] if is_list else schema
    named = name_of(item["$ref"]) if "$ref" in item else INLINE_NAMES.get(found["operationId"])
    answer = "bytes" if file_types else named
    if answer is None:
        raise ValueError(f"The answer of {found['operationId']} has no name.")
    parameters = found.get("parameters", [])
    for parameter in parameters:
        # A page's publishable key and the idempotency key are not parameters of a method.
        known = ("Idempotency-Key", "X-Publishable-Key")
        if parameter["in"] not in ("path", "query") and parameter["name"] not in known:
            raise ValueError(f"{found['operationId']} has an unknown parameter {parameter['name']}")
    yield Operation(
        operation_id=found["operationId"],
        verb=verb.upper(),
        path=path,
        summary=found["summary"],
        description=found.get("description", ""),
        path_parameters=[each for each in parameters if each["in"] == "path"],
        query_parameters=[each for each in parameters if each["in"] == "query"],
        body=_read_body(openapi, found),
        answer=answer,
        is_list=is_list,
        file_types=file_types,
        statuses=tuple(sorted(int(status) for status in found["responses"])),
        also_answers=tuple(
            int(status) for status, said in found["responses"].items() if _is_answer(said, good, status)
        ),
    )


def _is_answer(said: Dict[str, Any], good: Dict[str, Any], status: str) -> bool:
    """Whether an error has the body of the answer: 503 of a gateway that is not ready says what is missing."""
    return status >= "400" and said.get("content") == good["content"]


def _read_body(openapi: Dict[str, Any], found: Dict[str, Any]) -> Optional[Dict[str, Any]]:
    if "requestBody" not in found:
        return None
    schema = found["requestBody"]["content"]["application/json"]["schema"]
    if "$ref" in schema:
        schema = openapi["components"]["schemas"][name_of(schema["$ref"])]
    return schema if schema["properties"] else {}


def without_null(schema: Dict[str, Any]) -> Dict[str, Any]:
    """The schema of a field that may also be null, which says the same as leaving it out."""
    if "anyOf" not in schema:
        return schema
    (real,) = (each for each in schema["anyOf"] if each != {"type": "null"})
    return dict(real)

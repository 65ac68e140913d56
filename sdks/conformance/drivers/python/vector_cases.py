"""What is asked of the SDK for a case of each file of vectors. The answer is None, or why it is not good."""

from __future__ import annotations

import base64
import json
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple
from urllib.parse import urlsplit

from scripted_network import ScriptedNetwork, make_clients
from sdk_calls import look, method_name, tell_error

from mpac_pgw import (
    ConfirmPaymentIntentRequest,
    CreatePaymentIntentRequest,
    CreateRefundRequest,
    PGWError,
    SyncMerchantsRequest,
    WebhookVerificationError,
    money,
    sign_request,
    webhooks,
)
from mpac_pgw.signing import Signer

Question = Dict[str, Any]
Ask = Callable[[Question], Optional[str]]

ORDER = CreatePaymentIntentRequest(amount=1500, payment_method_types=["qr_mpm", "cash"], merchant_ref_id="order_123")
CALLS_BY_METHOD: Dict[str, Tuple[str, List[Any]]] = {
    "POST": ("create_payment_intent", [ORDER]),
    "GET": ("retrieve_payment_intent", ["pi_1"]),
    "DELETE": ("delete_webhook_endpoint", ["we_1"]),
}
#: What the operations of objects.json take, for a small request of each.
ARGUMENTS_BY_OPERATION: Dict[str, Any] = {
    "createPaymentIntent": [ORDER],
    "confirmPaymentIntent": ["pi_1", ConfirmPaymentIntentRequest(payment_method_type="cash")],
    "createRefund": [CreateRefundRequest(payment_intent="pi_1")],
    "syncMerchants": [SyncMerchantsRequest(merchants=[])],
    "retrieveWebhookDelivery": ["we_1", 42],
}


def ask_request_signature(case: Question) -> Optional[str]:
    body = _body_of(case)
    given = (case["method"], case["target"], case["timestamp"], body)
    signature = sign_request(case["secret"], *given)
    authorization = Signer(case["key_id"], case["secret"]).authorize(*given, idempotency_key=None)
    if signature != case["signature"]:
        return f"the signature is {signature}"
    return None if authorization == case["authorization"] else f"the authorization is {authorization}"


def ask_base_url(case: Question) -> Optional[str]:
    def compare(call: Callable[..., Any], network: ScriptedNetwork) -> Optional[str]:
        call("retrieve_payment_intent", "pi_1")
        return None if network.sent_to == [case["sent_to"]] else f"it is sent to {network.sent_to}"

    options: Dict[str, Any] = {name: case[name] for name in ("base_url", "allow_insecure_http") if name in case}
    try:
        why = _with_each_client(options, [{"status": 200, "body": "{}"}], 0, compare)
    except ValueError as error:
        is_refused_well = "refused" in case and "base_url" in str(error)
        return None if is_refused_well else f"it is refused: {error}"
    return "it is not refused" if "refused" in case else why


def ask_error(case: Question) -> Optional[str]:
    return _with_each_client(
        {"max_retries": 0},
        [case["response"]],
        0,
        lambda call, network: _compare_end(call, network, case, expected_waits=[]),
    )


def ask_retries(case: Question) -> Optional[str]:
    return _with_each_client(
        case.get("options", {}),
        case["tries"],
        case["random"],
        lambda call, network: _compare_end(call, network, case, expected_waits=case["waits_ms"]),
    )


def ask_object(case: Question) -> Optional[str]:
    operation = case["operation"]
    takes_nothing = operation.startswith("list") or operation == "retrieveReadiness"
    arguments = ARGUMENTS_BY_OPERATION.get(operation, [] if takes_nothing else ["x_1"])

    def compare(call: Callable[..., Any], network: ScriptedNetwork) -> Optional[str]:
        try:
            answer = call(method_name(operation), *arguments)
        except PGWError as error:
            found = {name: tell_error(error)[name] for name in case.get("error", {})}
            return None if found == case.get("error") else f"it ends with {error!r}"
        if "error" in case:
            return "it does not fail"
        for path, expected in case["fields"].items():
            found = look(answer, path)
            if found != expected or type(found) is not type(expected):
                return f"{path} is {found!r}, not {expected!r}"
        return None

    answer = {"status": case.get("status", 200), "body": case["body"]}
    return _with_each_client({"max_retries": 0}, [answer], 0, compare)


def ask_webhook(case: Question) -> Optional[str]:
    body, secrets = _body_of(case), case["secrets"]
    headers = _list_headers(case["headers"])
    tolerance = {"tolerance_seconds": case["tolerance_seconds"]} if "tolerance_seconds" in case else {}
    expected = {"reason": case["reason"]} if "reason" in case else case["event"]
    # One secret may be given as it is; the body as bytes, or as text where it is text.
    forms: List[Any] = [secrets, tuple(secrets)]
    if len(secrets) == 1:
        forms.append(secrets[0])
    for secret in forms:
        for payload in (body, bytearray(body), case.get("body", body)):
            try:
                event = webhooks.verify(payload, headers, secret, now=case["now_seconds"], **tolerance)
                found: Mapping[str, Any] = {"id": event.id, "type": event.type}
            except WebhookVerificationError as error:
                found = {"reason": error.reason}
            if found != expected:
                return f"verify says {found}, not {expected}"
    if "sign" in case:
        made = webhooks.sign(body, secrets, case["sign"]["id"], case["sign"]["timestamp_seconds"])
        if made != case["headers"]:
            return f"sign makes {made}"
    return None


def ask_money(case: Question) -> Optional[str]:
    ask = getattr(money, case["call"])
    try:
        found = ask(case["input"], case["currency"])
    except (TypeError, ValueError) as error:
        return None if case.get("refused") else f"it is refused: {error}"
    if case.get("refused"):
        return f"it is {found!r}, not refused"
    fits = found == case["output"] and type(found) is type(case["output"])
    return None if fits else f"it is {found!r}, not {case['output']!r}"


ASK_BY_FILE: Dict[str, Ask] = {
    "request-signatures": ask_request_signature,
    "base-urls": ask_base_url,
    "errors": ask_error,
    "retries": ask_retries,
    "webhook-signatures": ask_webhook,
    "money": ask_money,
    "objects": ask_object,
}


def _with_each_client(
    options: Mapping[str, Any],
    tries: Any,
    chance: float,
    compare: Callable[[Callable[..., Any], ScriptedNetwork], Optional[str]],
) -> Optional[str]:
    for client, make in make_clients(options).items():
        network = ScriptedNetwork(tries, chance, urlsplit(options.get("base_url", "")).path.rstrip("/"))
        why = compare(make(network), network)
        if why is None and network.left > 0:
            why = f"{network.left} tries of the script were not made"
        if why is None and network.complaints:
            why = network.complaints[0]
        if why is not None:
            return f"{client}: {why}"
    return None


def _compare_end(
    call: Callable[..., Any], network: ScriptedNetwork, case: Question, *, expected_waits: Any
) -> Optional[str]:
    name, arguments = CALLS_BY_METHOD[case["request"]["method"]]
    key = case["request"].get("idempotency_key")
    found: Dict[str, Any] = {}
    try:
        call(name, *arguments, **({} if key is None else {"idempotency_key": key}))
    except PGWError as error:
        found = tell_error(error)
        if found["idempotency_key"] != network.idempotency_key:
            return f"the error has the key {found['idempotency_key']}, not {network.idempotency_key}"
    expected = case.get("error", {})
    if (found == {}) != (expected == {}):
        return f"it ends with {json.dumps(found, default=str)}"
    wrong = {name: found.get(name) for name in expected if found.get(name) != expected[name]}
    if wrong:
        return f"the error has {wrong}"
    if network.waits_ms != expected_waits:
        return f"it waits {network.waits_ms} ms"
    # What is refused before it is sent has no key on the wire.
    sent = network.idempotency_key if case.get("tries") else key
    return None if key in (None, sent) else f"it was sent with the key {sent}"


def _list_headers(headers: Mapping[str, Any]) -> Any:
    """As pairs where one comes twice, which a mapping cannot say."""
    if all(isinstance(value, str) for value in headers.values()):
        return headers
    listed = {name: [value] if isinstance(value, str) else value for name, value in headers.items()}
    return [(name, value) for name, values in listed.items() for value in values]


def _body_of(case: Question) -> bytes:
    if "body_base64" in case:
        return base64.b64decode(case["body_base64"])
    return str(case["body"]).encode("utf-8")

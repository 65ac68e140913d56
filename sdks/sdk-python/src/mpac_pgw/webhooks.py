"""Webhooks: whether a delivery is the gateway's, unchanged and fresh, by Standard Webhooks' ``v1`` signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Iterable
from typing import Any, Dict, List, Optional, Protocol, Sequence, Tuple, Union

from .answers import read_json
from .models import WebhookEvent
from .records import read_record

TOLERANCE_SECONDS = 300


class HasItems(Protocol):
    """A mapping, or what a framework has in place of one: http.server's message, Flask's and Django's headers."""

    def items(self) -> Iterable[Tuple[Any, Any]]: ...


Headers = Union[HasItems, Iterable[Tuple[Union[str, bytes], Union[str, bytes]]]]

_SECRET = re.compile(r"whsec_(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")

_HOW_TO_GET_BYTES = (
    "Verify the bytes of the body as they arrived: request.get_data() in Flask, request.body in Django, "
    "await request.body() in FastAPI and Starlette."
)


class WebhookVerificationError(ValueError):
    """A delivery was refused. Answer 400.

    Attributes:
        reason: missing_header, malformed_header, too_old, too_new, no_match, invalid_secret, invalid_payload or
            parsed_body. ``invalid_secret`` and ``parsed_body`` are mistakes of ours, not of the sender.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(reason, message)
        self.reason = reason
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} ({self.reason})"


def verify(
    payload: Union[bytes, bytearray, memoryview, str],
    headers: Headers,
    secret: Union[str, Sequence[str]],
    tolerance_seconds: float = TOLERANCE_SECONDS,
    now: Optional[float] = None,
) -> WebhookEvent:
    """The event, when the delivery is the gateway's, unchanged and fresh.

    The same event may come twice: keep the ids that you have seen. ``sequence`` is the order of events.

    Args:
        payload: The body as it arrived, before any JSON parser touched it.
        headers: All headers: a mapping, or pairs; in upper or lower case.
        secret: The endpoint's ``whsec_…``, or several while one is exchanged.
        tolerance_seconds: How old, or how far ahead, a delivery may be; closed at both ends.
        now: Unix time in seconds, for tests.

    Raises:
        WebhookVerificationError: It is refused; its ``reason`` says why.
    """
    if isinstance(payload, str):
        body = payload.encode("utf-8", "surrogatepass")
    elif isinstance(payload, (bytes, bytearray, memoryview)):
        body = bytes(payload)
    else:
        raise WebhookVerificationError(
            "parsed_body", f"The payload is of type {type(payload).__name__}. {_HOW_TO_GET_BYTES}"
        )
    keys = [_read_secret(each) for each in _list_secrets(secret)]
    given = _lower(headers)
    missing = [name for name in ("webhook-id", "webhook-timestamp", "webhook-signature") if name not in given]
    if missing:
        raise WebhookVerificationError("missing_header", f"There is no header {missing[0]}.")
    id, timestamp = given["webhook-id"], given["webhook-timestamp"]
    signatures = [each for each in given["webhook-signature"].split(" ") if each.startswith("v1,")]
    if id == "" or "." in id:
        raise WebhookVerificationError("malformed_header", "webhook-id is empty or has a dot.")
    if not re.fullmatch("[0-9]{1,15}", timestamp):
        raise WebhookVerificationError("malformed_header", "webhook-timestamp is no time in Unix seconds.")
    if not signatures:
        raise WebhookVerificationError("malformed_header", "webhook-signature has no signature of version v1.")
    _check_time(int(timestamp), tolerance_seconds, time.time() if now is None else now)
    expected = [_sign(key, id, timestamp, body) for key in keys]
    # Every pair is compared, and each in constant time, so that nothing can be learnt from how long it takes.
    if sum(_is_equal(one, ours) for one in signatures for ours in expected) == 0:
        raise WebhookVerificationError(
            "no_match",
            f"No signature is of this secret: it is another one, or the body was altered. {_HOW_TO_GET_BYTES}",
        )
    data = read_json(body)
    if not isinstance(data, dict):
        raise WebhookVerificationError("invalid_payload", "The signature is right, but the body is no JSON object.")
    return read_record(WebhookEvent, data)


def sign(
    payload: Union[bytes, str], secret: Union[str, Sequence[str]], id: str, timestamp_seconds: int
) -> Dict[str, str]:
    """The headers of a delivery, for tests of your receiver.

    Args:
        payload: The body.
        secret: One secret, or several as while one is exchanged, the newest first.
        id: The event's id (``evt_…``), without a dot.
        timestamp_seconds: Unix time in whole seconds.

    Raises:
        WebhookVerificationError: A secret is none (``invalid_secret``), or the id or the time would let two deliveries
            read the same (``malformed_header``).
    """
    if id == "" or "." in id or isinstance(timestamp_seconds, bool) or not isinstance(timestamp_seconds, int):
        raise WebhookVerificationError("malformed_header", "An id has no dot, and a time is in whole seconds.")
    body = payload.encode("utf-8") if isinstance(payload, str) else payload
    timestamp = str(timestamp_seconds)
    signatures = [_sign(_read_secret(each), id, timestamp, body) for each in _list_secrets(secret)]
    return {"webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}


def _list_secrets(secret: Union[str, Sequence[str]]) -> List[str]:
    secrets = [secret] if isinstance(secret, str) else list(secret)
    if not secrets:
        raise WebhookVerificationError("invalid_secret", "There is no secret to verify with.")
    return secrets


def _read_secret(secret: str) -> bytes:
    fits = isinstance(secret, str) and _SECRET.fullmatch(secret)
    key = base64.b64decode(secret[len("whsec_") :]) if fits else b""
    if not 24 <= len(key) <= 64:
        raise WebhookVerificationError("invalid_secret", "A secret is whsec_ and 24 to 64 bytes in base64.")
    return key


def _lower(headers: Headers) -> Dict[str, str]:
    pairs: Any = headers.items() if hasattr(headers, "items") else headers
    joined: Dict[str, str] = {}
    for name, value in pairs:
        lower = _text(name).lower()
        for text in map(_text, value if isinstance(value, (list, tuple)) else [value]):
            # A header that came twice is one with a comma (RFC 9110, 5.3).
            joined[lower] = f"{joined[lower]}, {text}" if lower in joined else text
    return joined


def _text(value: Union[str, bytes]) -> str:
    # ASGI hands headers on as bytes.
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _check_time(timestamp: int, tolerance_seconds: float, now: float) -> None:
    ahead = timestamp - int(now)
    if ahead < -tolerance_seconds:
        raise WebhookVerificationError("too_old", f"It was signed {-ahead} seconds ago. Is this machine's clock right?")
    if ahead > tolerance_seconds:
        raise WebhookVerificationError(
            "too_new", f"It was signed {ahead} seconds ahead. Is this machine's clock right?"
        )


def _sign(key: bytes, id: str, timestamp: str, body: bytes) -> str:
    message = f"{id}.{timestamp}.".encode("utf-8", "surrogatepass") + body
    return "v1," + base64.b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode("ascii")


def _is_equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8"))

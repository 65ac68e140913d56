"""How a request proves whose it is: HMAC-SHA256 over method, request target, time and the hash of the body."""

from __future__ import annotations

import hashlib
import hmac
from typing import Union


class Signer:
    """Signs requests with one secret key. It keeps only the key's hash, and shows neither.

    Args:
        key_id: The API key's id (``ak_…``), or a merchant's id.
        secret: The secret key (``sk_…``).
    """

    def __init__(self, key_id: str, secret: str) -> None:
        self.key_id = key_id
        # The documented form: the 64 ASCII bytes of the hash's hex, not its 32 bytes.
        self._key = hashlib.sha256(secret.encode("utf-8")).hexdigest().encode("ascii")

    def __repr__(self) -> str:
        return f"Signer({self.key_id!r})"

    def sign(self, method: str, target: str, timestamp: int, body: bytes) -> str:
        """The signature in hex.

        Args:
            method: ``GET``, ``POST``, …, in capitals.
            target: The request target as it stands in the request: the path with its query.
            timestamp: Unix time in whole seconds; the gateway accepts 300 to either side of its clock.
            body: Exactly the bytes that are sent; empty when there are none.
        """
        message = f"{method}\n{target}\n{timestamp}\n{hashlib.sha256(body).hexdigest()}"
        return hmac.new(self._key, message.encode("utf-8"), hashlib.sha256).hexdigest()

    def authorize(self, method: str, target: str, timestamp: int, body: bytes) -> str:
        """The value of the ``Authorization`` header."""
        return f"HMAC-SHA256 {self.key_id}:{timestamp}:{self.sign(method, target, timestamp, body)}"


def sign_request(secret_key: str, method: str, target: str, timestamp: int, body: Union[bytes, str] = b"") -> str:
    """The signature of one request in hex, for those who send requests of their own.

    Args:
        secret_key: The secret key (``sk_…``).
        method: In capitals.
        target: The path with its query.
        timestamp: Unix time in whole seconds.
        body: Exactly what is sent; text is taken as UTF-8.
    """
    return Signer("", secret_key).sign(method, target, timestamp, _as_bytes(body))


def _as_bytes(body: Union[bytes, str]) -> bytes:
    return body.encode("utf-8") if isinstance(body, str) else body

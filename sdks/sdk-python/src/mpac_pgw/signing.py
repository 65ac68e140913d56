"""How a request proves whose it is: HMAC-SHA256 over method, request target, time and the hash of the body."""

from __future__ import annotations

import hashlib
import hmac
import threading
from typing import Dict, Optional, Tuple, Union

from .forks import renew_after_fork

#: How far ahead of the clock is signed at most; the gateway tolerates 300 seconds, and clocks differ.
MOST_SECONDS_AHEAD = 240


class Signer:
    """Signs requests with one secret key, for several threads. It keeps only the key's hash, and shows neither.

    A signature has whole seconds and no nonce, and the gateway lets it be used with one idempotency key only. Two calls
    that say the same within a second (two refunds of ¥500, two cancels) would share theirs, and the second would be
    refused: so it is signed for a second later, which the gateway's tolerance allows.

    Args:
        key_id: The API key's id (``ak_…``), or a merchant's id.
        secret: The secret key (``sk_…``).
    """

    def __init__(self, key_id: str, secret: str) -> None:
        self.key_id = key_id
        # The documented form: the 64 ASCII bytes of the hash's hex, not its 32 bytes.
        self._key = hashlib.sha256(secret.encode("utf-8")).hexdigest().encode("ascii")
        self._lock = threading.Lock()
        renew_after_fork(self)
        #: The signatures that may still be met, with their time and the idempotency key that they belong to.
        self._used: Dict[str, Tuple[int, str]] = {}
        self._cleaned_at = 0

    def renew(self) -> None:
        self._lock = threading.Lock()

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

    def authorize(self, method: str, target: str, now: int, body: bytes, idempotency_key: Optional[str]) -> str:
        """The value of the ``Authorization`` header for a request at ``now``, in Unix seconds."""
        timestamp = now
        signature = self.sign(method, target, timestamp, body)
        if idempotency_key is not None:
            with self._lock:
                self._forget_before(now)
                while self._is_of_another(signature, idempotency_key) and timestamp < now + MOST_SECONDS_AHEAD:
                    timestamp += 1
                    signature = self.sign(method, target, timestamp, body)
                self._used.setdefault(signature, (timestamp, idempotency_key))
        return f"HMAC-SHA256 {self.key_id}:{timestamp}:{signature}"

    def _is_of_another(self, signature: str, idempotency_key: str) -> bool:
        _, owner = self._used.get(signature, (0, idempotency_key))
        return owner != idempotency_key

    def _forget_before(self, now: int) -> None:
        if now != self._cleaned_at:
            self._cleaned_at = now
            self._used = {signature: use for signature, use in self._used.items() if use[0] >= now}


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

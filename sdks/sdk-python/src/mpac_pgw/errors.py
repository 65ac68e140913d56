"""What a call can end with when it does not end well: one class for each kind, under PGWError.

An error never holds a secret key, a token or what was sent, so it can be logged, pickled and shown as it is.
"""

from __future__ import annotations

from typing import Any, ClassVar, Dict, Mapping, Optional, Tuple, Type

__all__ = [
    "AuthenticationError",
    "ConflictError",
    "ConnectionFailedError",
    "ForbiddenError",
    "IdempotencyConflictError",
    "InternalError",
    "InvalidPaymentStateError",
    "InvalidRequestError",
    "InvalidResponseError",
    "InvalidTokenError",
    "NotFoundError",
    "PGWError",
    "ProviderError",
    "ProviderNotSupportedError",
    "RateLimitExceededError",
    "UnknownOutcomeError",
    "unknown_outcome_of",
]

#: The attribute of an interruption that tells what it left unknown.
UNKNOWN_OUTCOME = "mpac_pgw_unknown_outcome"


class PGWError(Exception):
    """The parent of all that a call raises.

    Attributes:
        kind: The kind, as text: ``"invalid_request"``. It is the same word in all SDKs.
        status: The HTTP status, or None when no answer came.
        code: ``error.code`` of the answer, the finer of its two codes, also one that this SDK does not know.
        message: One sentence for a person. Do not match on it.
        param: The field that is wrong, in dots, where it is one field.
        details: What helps a program: ``field``, ``constraint``, ``status``, ``outcome``, …
        request_id: Quote it when you ask for help.
        retry_after_seconds: How long the gateway wants you to wait, in seconds, where it said so.
        idempotency_key: The key of the call, for requests that change something.
    """

    kind: ClassVar[str] = ""

    def __init__(
        self,
        message: str,
        *,
        status: Optional[int] = None,
        code: Optional[str] = None,
        param: Optional[str] = None,
        details: Optional[Mapping[str, Any]] = None,
        request_id: Optional[str] = None,
        retry_after_seconds: Optional[float] = None,
        idempotency_key: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code if code is not None else self.kind
        self.param = param
        self.details: Mapping[str, Any] = dict(details or {})
        self.request_id = request_id
        self.retry_after_seconds = retry_after_seconds
        self.idempotency_key = idempotency_key

    def __str__(self) -> str:
        facts = [self.code] if self.code else []
        facts += [str(self.status)] if self.status is not None else []
        facts += [self.request_id] if self.request_id else []
        return f"{self.message} ({', '.join(facts)})" if facts else self.message

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self}>"

    def __reduce__(self) -> Tuple[Any, ...]:
        # Exception would be made again from its args alone, and lose everything but the message.
        return (_restore, (type(self), self.message, dict(self.__dict__)))


def _restore(kind: Type[PGWError], message: str, facts: Dict[str, Any]) -> PGWError:
    error = kind(message)
    error.__dict__.update(facts)
    return error


class InvalidRequestError(PGWError):
    """The request is wrong, by the gateway's word or because it could not even be sent. Nothing was done."""

    kind = "invalid_request"


class ProviderNotSupportedError(PGWError):
    """Nobody here can take this payment that way. Offer the customer another method."""

    kind = "provider_not_supported"


class AuthenticationError(PGWError):
    """The signature was not accepted: a wrong key, a wrong secret, or a clock that is more than 5 minutes off."""

    kind = "authentication_error"


class InvalidTokenError(PGWError):
    """The payment token is wrong, expired, used up or replaced: ``create_payment_token`` gives a fresh one."""

    kind = "invalid_token"


class ForbiddenError(PGWError):
    """The key is known and may not do this."""

    kind = "forbidden"


class NotFoundError(PGWError):
    """There is nothing by this id for this key; for payment intents, ``code`` is ``payment_not_found``."""

    kind = "not_found"


class IdempotencyConflictError(PGWError):
    """The idempotency key, the ``merchant_ref_id`` or the ``external_ref_id`` is in use; ``details`` says which."""

    kind = "idempotency_conflict"


class InvalidPaymentStateError(PGWError):
    """The payment is in no status for this; ``details["status"]`` says in which. Retrieve it and decide again."""

    kind = "invalid_payment_state"


class ConflictError(PGWError):
    """A setting, not a payment, is in no state for this."""

    kind = "conflict"


class RateLimitExceededError(PGWError):
    """Too many requests, also after the retries. Nothing was done; wait ``retry_after_seconds``."""

    kind = "rate_limit_exceeded"


class ProviderError(PGWError):
    """The payment provider refused before anything began: nothing was taken, and it can be tried another way."""

    kind = "provider_error"


class InternalError(PGWError):
    """The gateway, or something on the way to it, failed; the request was one that changes nothing."""

    kind = "internal_error"


class ConnectionFailedError(PGWError):
    """No answer came to a request that changes nothing, or to one that provably never left."""

    kind = "connection_error"


class UnknownOutcomeError(PGWError):
    """It may have been done. Do not take the money another way.

    Make the same call again with ``idempotency_key=error.idempotency_key``: if it was done, you get its answer,
    and otherwise it is done now. Or retrieve the payment, or wait for its webhook.
    """

    kind = "unknown_outcome"

    def __str__(self) -> str:
        return (
            f"{super().__str__()} It may have been done. Make the same call again with idempotency_key="
            f"{self.idempotency_key!r}, or retrieve the payment; do not take the money another way."
        )


class InvalidResponseError(PGWError):
    """The answer cannot be understood, or is a redirect; the request was one that changes nothing."""

    kind = "invalid_response"


ERROR_OF_KIND: Dict[str, Type[PGWError]] = {
    error.kind: error
    for error in (
        InvalidRequestError,
        ProviderNotSupportedError,
        AuthenticationError,
        InvalidTokenError,
        ForbiddenError,
        NotFoundError,
        IdempotencyConflictError,
        InvalidPaymentStateError,
        ConflictError,
        RateLimitExceededError,
        ProviderError,
        InternalError,
        ConnectionFailedError,
        UnknownOutcomeError,
        InvalidResponseError,
    )
}


def unknown_outcome_of(error: Optional[BaseException]) -> Optional[UnknownOutcomeError]:
    """What is unknown after an interruption, or None when nothing is.

    ``asyncio.CancelledError``, ``KeyboardInterrupt`` and the like go through a call untouched, so that
    cancelling works as everywhere. When they came after a changing request had been sent, it may have been done
    all the same; the facts then travel with the exception, and this function finds them, also behind the
    ``TimeoutError`` that ``asyncio.wait_for`` makes of a cancellation.
    """
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, UnknownOutcomeError):
            return error
        facts = getattr(error, UNKNOWN_OUTCOME, None)
        if isinstance(facts, UnknownOutcomeError):
            return facts
        error = error.__cause__ or error.__context__
    return None

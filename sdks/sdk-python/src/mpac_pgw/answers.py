"""What an answer means: whether the request was carried out, whether to try again, and which error it is.

The rules stand in the README of the SDKs, and the vectors of the conformance folder ask for each of them. All functions
here are pure.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, Dict, Optional

from .call import Call
from .retries import read_retry_after
from .transport import HttpResponse, NotSent

#: A code counts only with its status; what is not here is the kind of its status.
_KINDS_BY_CODE = {
    (400, "provider_not_supported"): "provider_not_supported",
    (401, "invalid_token"): "invalid_token",
    (409, "idempotency_conflict"): "idempotency_conflict",
    (409, "invalid_payment_state"): "invalid_payment_state",
    (502, "provider_error"): "provider_error",
    (504, "provider_error"): "provider_error",
}
_KINDS_BY_STATUS = {
    401: "authentication_error",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    429: "rate_limit_exceeded",
}


@dataclasses.dataclass(frozen=True)
class Verdict:
    """What came of one try."""

    #: The kind of error if the call ended with this try, or None when the answer is good.
    kind: Optional[str]
    message: str
    try_again: bool = False
    #: The request may have been carried out, although the answer does not say so.
    may_be_done: bool = False
    #: It is certain now what became of the tries before, too.
    settles: bool = False
    #: The JSON of a good answer.
    data: Any = None
    status: Optional[int] = None
    code: Optional[str] = None
    param: Optional[str] = None
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    request_id: Optional[str] = None
    retry_after_seconds: Optional[int] = None


def judge_silence(failure: Exception) -> Verdict:
    """The verdict on a try without an answer."""
    # The text of some exceptions is empty; their name then says more.
    reason = str(failure) or type(failure).__name__
    if isinstance(failure, (NotSent, ConnectionRefusedError)):
        return Verdict("connection_error", f"The gateway cannot be reached: {reason}.", try_again=True)
    message = f"The gateway did not answer: {reason}."
    return Verdict("connection_error", message, try_again=True, may_be_done=True)


def judge_answer(response: HttpResponse, call: Call, now: float) -> Verdict:
    """The verdict on an answer.

    Args:
        response: The whole answer.
        call: What was asked for.
        now: Unix time in seconds, for a ``Retry-After`` that is a date.
    """
    if 200 <= response.status < 300:
        return _judge_file(response, call) if call.file_types else _judge_success(response, call.wants_list)
    refusal = _read_refusal(response, now)
    if response.status in call.also_answers and refusal.code is None:
        answer = _judge_success(response, call.wants_list)
        if answer.kind is None:
            return answer
    status, may_wait = response.status, refusal.retry_after_seconds is not None
    if status >= 500:
        is_of_provider = status in (502, 504) and refusal.code == "provider_error"
        outcome = refusal.details.get("outcome")
        # The provider has refused for good: with an outcome, or a time to come back, it would not have.
        if is_of_provider and status == 502 and outcome is None and not may_wait:
            return dataclasses.replace(refusal, settles=True)
        not_begun = is_of_provider and outcome == "not_begun"
        return dataclasses.replace(refusal, try_again=True, may_be_done=not not_begun)
    if status == 409 and may_wait:
        return dataclasses.replace(refusal, try_again=True, may_be_done=True)
    if status in (408, 429):
        return dataclasses.replace(refusal, try_again=True)
    # 401 and 403 look at who asks, not at what was done before; and a proxy's 404 knows nothing of it.
    settles = status >= 400 and status not in (401, 403) and refusal.code is not None
    return dataclasses.replace(refusal, settles=settles)


def _judge_file(response: HttpResponse, call: Call) -> Verdict:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    # No file of the gateway's is empty: one that was too long is.
    if media_type in call.file_types and response.body:
        return Verdict(None, "", settles=True, data=response.body, status=response.status)
    return Verdict(
        "invalid_response",
        "The answer is not the file that was asked for.",
        status=response.status,
        request_id=response.headers.get("x-request-id"),
    )


def _judge_success(response: HttpResponse, wants_list: bool) -> Verdict:
    data = read_json(response.body)
    objects = data if wants_list else [data]
    if isinstance(objects, list) and all(isinstance(each, dict) for each in objects):
        return Verdict(None, "", settles=True, data=data, status=response.status)
    return Verdict(
        "invalid_response",
        f"The answer is not the {'list of objects' if wants_list else 'object'} that was asked for.",
        may_be_done=True,
        status=response.status,
        request_id=response.headers.get("x-request-id"),
    )


def _read_refusal(response: HttpResponse, now: float) -> Verdict:
    body = read_json(response.body)
    body = body if isinstance(body, dict) else {}
    inner = body.get("error")
    inner = inner if isinstance(inner, dict) else {}
    code = _text(inner, "code") or _text(body, "code")
    if code is None:
        # A proxy, a firewall or a cloud has written this. Nothing of it is believed or shown.
        body = inner = {}
    details = body.get("details")
    details = details if isinstance(details, dict) else {}
    return Verdict(
        kind=_kind_of(response.status, code),
        message=_text(inner, "message") or _text(body, "message") or _describe(response.status),
        status=response.status,
        code=code,
        param=_text(inner, "param") or _text(details, "field"),
        details=details,
        request_id=_text(body, "request_id") or response.headers.get("x-request-id"),
        retry_after_seconds=read_retry_after(response.headers.get("retry-after"), now),
    )


def _kind_of(status: int, code: Optional[str]) -> str:
    if status >= 500:
        return _KINDS_BY_CODE.get((status, code or ""), "internal_error")
    if status >= 400:
        return _KINDS_BY_CODE.get((status, code or "")) or _KINDS_BY_STATUS.get(status, "invalid_request")
    return "invalid_response"


def _describe(status: int) -> str:
    if 300 <= status < 400:
        return f"The answer was a redirect ({status}), which is not followed. Check base_url."
    return f"The answer was {status}, and its body is not the gateway's."


def _text(values: Dict[str, Any], name: str) -> Optional[str]:
    value = values.get(name)
    return value if isinstance(value, str) and value else None


def read_json(body: bytes) -> Any:
    """The JSON value, or None for what is none: also for text that is not UTF-8, and for NaN."""
    try:
        return json.loads(body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON.")

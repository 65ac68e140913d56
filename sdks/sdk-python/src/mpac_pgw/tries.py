"""The tries of one call, without any network: what to send, how long to wait, and how the call ends.

``play`` is a generator. It asks for a step, is sent what came of it, and in the end returns or raises. The blocking
and the asyncio client both play it, so that there is only one place where it is decided what is tried again.
"""

from __future__ import annotations

import dataclasses
import sys
from typing import Any, Callable, Generator, Mapping, Optional, Union
from urllib.parse import urlsplit

from .answers import Verdict, judge_answer, judge_silence
from .call import Call
from .config import ClientConfig
from .errors import ERROR_OF_KIND, UNKNOWN_OUTCOME, PGWError, UnknownOutcomeError
from .retries import wait_before_retry
from .signing import Signer
from .transport import LONGEST_BODY_BYTES, LONGEST_FILE_BYTES, HttpRequest, HttpResponse, TransportError
from .version import VERSION

#: A day. Sockets refuse to wait for ever, or for a million years, with an error of their own.
LONGEST_TRY_SECONDS = 86400.0

USER_AGENT = f"mpac-pgw-sdk-python/{VERSION} python/{sys.version_info[0]}.{sys.version_info[1]}"


@dataclasses.dataclass(frozen=True)
class Send:
    """The next step is to send this, and to answer with an HttpResponse or to throw why there is none."""

    request: HttpRequest
    timeout: float


@dataclasses.dataclass(frozen=True)
class Wait:
    """The next step is to wait."""

    seconds: float


@dataclasses.dataclass(frozen=True)
class Moment:
    """What is asked of the machine: the time of day, a clock that only goes forward, and chance."""

    #: Unix time in seconds.
    now: Callable[[], float]
    #: Seconds since whenever.
    monotonic: Callable[[], float]
    #: From 0 up to 1.
    random: Callable[[], float]


@dataclasses.dataclass(frozen=True)
class Answered:
    """A good answer: its JSON, and its headers."""

    data: Any
    headers: Mapping[str, str]


Step = Union[Send, Wait]
Steps = Generator[Step, Optional[HttpResponse], Answered]


def play(call: Call, config: ClientConfig, signer: Signer, moment: Moment) -> Steps:
    """Plays the tries of a call.

    Raises:
        PGWError: As the call ended.
        BaseException: What interrupted it, such as a cancellation: untouched, but for the facts that
            ``unknown_outcome_of`` reads when it may have been done.
    """
    began = moment.monotonic()
    in_doubt = False
    retry = 0
    while True:
        left = _left(config, moment, began)
        response = None
        try:
            timeout = min(config.timeout, left, LONGEST_TRY_SECONDS)
            response = yield Send(_sign(call, config, signer, moment), timeout)
            assert response is not None
            verdict = judge_answer(response, call, moment.now())
        except (TransportError, OSError) as failure:
            verdict = judge_silence(failure)
        except BaseException as interruption:
            _attach(interruption, call, in_doubt=True)
            raise
        if verdict.kind is None and response is not None:
            return Answered(verdict.data, response.headers)
        in_doubt = (in_doubt and not verdict.settles) or (verdict.may_be_done and call.changes_something)
        retry += 1
        wait = wait_before_retry(retry, moment.random(), verdict.retry_after_seconds)
        if not verdict.try_again or retry > config.max_retries or not wait < _left(config, moment, began):
            raise _make_error(verdict, call, in_doubt)
        try:
            yield Wait(wait)
        except BaseException as interruption:
            _attach(interruption, call, in_doubt)
            raise
        if not _left(config, moment, began) > 0:
            # The machine woke up late. There is no time for another try.
            raise _make_error(verdict, call, in_doubt)


def _left(config: ClientConfig, moment: Moment, began: float) -> float:
    # Rounded, because a wait that ends exactly at the deadline must not be begun for a 16th digit's sake.
    return round(config.deadline - (moment.monotonic() - began), 6)


def _sign(call: Call, config: ClientConfig, signer: Signer, moment: Moment) -> HttpRequest:
    base = urlsplit(config.base_url)
    # What is signed is the target that the gateway receives: a proxy takes the path of the base URL off again.
    target = base.path.rstrip("/") + call.target
    headers = {
        "Authorization": signer.authorize(call.method, call.target, int(moment.now()), call.body, call.idempotency_key),
        "Accept": ", ".join(call.file_types) or "application/json",
        # The same bytes with every transport; httpx would ask for compressed ones.
        "Accept-Encoding": "identity",
        "User-Agent": USER_AGENT,
    }
    if call.idempotency_key is not None:
        headers["Idempotency-Key"] = call.idempotency_key
    if call.body:
        headers["Content-Type"] = "application/json"
    longest = LONGEST_FILE_BYTES if call.file_types else LONGEST_BODY_BYTES
    return HttpRequest(call.method, f"{base.scheme}://{base.netloc}", target, headers, call.body, longest)


def _make_error(verdict: Verdict, call: Call, in_doubt: bool) -> PGWError:
    kind = "unknown_outcome" if in_doubt else verdict.kind or ""
    return ERROR_OF_KIND[kind](
        verdict.message,
        status=verdict.status,
        code=verdict.code,
        param=verdict.param,
        details=verdict.details,
        request_id=verdict.request_id,
        retry_after_seconds=verdict.retry_after_seconds,
        idempotency_key=call.idempotency_key,
    )


def _attach(interruption: BaseException, call: Call, in_doubt: bool) -> None:
    # GeneratorExit is no interruption of a caller: nobody plays this call any more.
    if not call.changes_something or not in_doubt or isinstance(interruption, GeneratorExit):
        return
    facts = UnknownOutcomeError("The call was interrupted.", idempotency_key=call.idempotency_key)
    # Most exceptions take attributes; one that does not is passed on all the same.
    try:
        setattr(interruption, UNKNOWN_OUTCOME, facts)
    except AttributeError:
        return

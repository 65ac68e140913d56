"""How long a try may take, and that nothing is begun when there is no time for it."""

from __future__ import annotations

import unittest
from typing import List

from mpac_pgw import (
    Client,
    ConnectionFailedError,
    HttpRequest,
    HttpResponse,
    Moment,
    NotAnswered,
    NotSent,
    RateLimitExceededError,
    UnknownOutcomeError,
)

from .local_servers import config_for
from .three_clients import ORDER


class Slow:
    """A transport on which each try fails after so many seconds of a clock of its own."""

    def __init__(self, seconds: float, failure: Exception) -> None:
        self.clock = 100.0
        self.timeouts: List[float] = []
        self._seconds = seconds
        self._failure = failure
        self.moment = Moment(lambda: 1_700_000_000.0, lambda: self.clock, lambda: 0.0)

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        self.timeouts.append(timeout)
        self.clock += min(self._seconds, timeout)
        raise self._failure

    def sleep(self, seconds: float) -> None:
        self.clock += seconds

    def close(self) -> None:
        pass


class TimeLimits(unittest.TestCase):
    def test_a_try_has_its_time_or_what_is_left_of_the_deadline(self) -> None:
        transport = Slow(30, NotAnswered("it took too long"))
        config = config_for("http://127.0.0.1:1", timeout=30, deadline=61)
        client = Client(config, transport=transport, moment=transport.moment, sleep=transport.sleep)
        with self.assertRaises(UnknownOutcomeError):
            client.create_payment_intent(ORDER)
        # 61 - 30 - 0.25 - 30 - 0.5
        self.assertEqual(transport.timeouts, [30, 30, 0.25])

    def test_a_short_deadline_is_the_time_of_the_only_try(self) -> None:
        transport = Slow(30, NotAnswered("it took too long"))
        client = Client(config_for("http://127.0.0.1:1"), transport=transport, moment=transport.moment)
        with self.assertRaises(ConnectionFailedError):
            client.with_options(deadline=2).retrieve_payment_intent("pi_1")
        self.assertEqual(transport.timeouts, [2])

    def test_without_a_limit_a_try_may_take_a_day(self) -> None:
        transport = Slow(0, NotAnswered("it was cut"))
        config = config_for("http://127.0.0.1:1", timeout=float("inf"), deadline=float("inf"), max_retries=1)
        client = Client(config, transport=transport, moment=transport.moment, sleep=transport.sleep)
        with self.assertRaises(UnknownOutcomeError):
            client.create_payment_intent(ORDER)
        self.assertEqual(transport.timeouts, [86400, 86400])

    def test_a_machine_that_wakes_up_after_the_deadline_begins_nothing_more(self) -> None:
        transport = Slow(1, NotSent("nobody is there"))

        def oversleep(_: float) -> None:
            transport.clock += 3600

        config = config_for("http://127.0.0.1:1")
        client = Client(config, transport=transport, moment=transport.moment, sleep=oversleep)
        with self.assertRaises(ConnectionFailedError):
            client.create_payment_intent(ORDER)
        self.assertEqual(len(transport.timeouts), 1)

    def test_a_wait_beyond_the_deadline_is_not_begun(self) -> None:
        class Busy(Slow):
            def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
                return HttpResponse(429, {"Retry-After": "59"}, b"")

        transport = Busy(0, NotSent(""))
        config = config_for("http://127.0.0.1:1", deadline=59)
        client = Client(config, transport=transport, moment=transport.moment, sleep=transport.sleep)
        with self.assertRaises(RateLimitExceededError) as caught:
            client.create_payment_intent(ORDER)
        self.assertEqual((transport.clock, caught.exception.retry_after_seconds), (100.0, 59))

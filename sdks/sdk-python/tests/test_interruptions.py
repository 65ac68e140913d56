"""Cancelling and Ctrl-C go through a call untouched, and tell what may have been done."""

from __future__ import annotations

import asyncio
import socket
import unittest
from typing import Any

from mpac_pgw import (
    AsyncClient,
    Client,
    ConnectionFailedError,
    HttpRequest,
    HttpResponse,
    UnknownOutcomeError,
    unknown_outcome_of,
)

from .local_servers import RawServer, ScriptedServer, config_for, hang, reply, write_answer
from .three_clients import INTENT, ORDER


class Interrupted:
    """A transport in which somebody presses Ctrl-C."""

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        raise KeyboardInterrupt

    def close(self) -> None:
        pass


class Interruptions(unittest.TestCase):
    def cancel_when_it_hangs(self, call: Any) -> BaseException:
        async def play() -> BaseException:
            arrived = asyncio.Event()
            loop = asyncio.get_running_loop()

            def treat(connection: socket.socket) -> None:
                loop.call_soon_threadsafe(arrived.set)
                hang(connection)

            with RawServer(treat) as server:
                async with AsyncClient(config_for(server.url)) as client:
                    task = asyncio.ensure_future(call(client))
                    await arrived.wait()
                    task.cancel()
                    try:
                        await task
                    except BaseException as error:
                        return error
            raise AssertionError("it was not cancelled")

        return asyncio.run(play())

    def test_a_cancelled_change_is_cancelled_and_tells_its_key(self) -> None:
        error = self.cancel_when_it_hangs(lambda client: client.create_payment_intent(ORDER, idempotency_key="mine"))
        self.assertIsInstance(error, asyncio.CancelledError)
        facts = unknown_outcome_of(error)
        assert facts is not None
        self.assertEqual((facts.kind, facts.idempotency_key), ("unknown_outcome", "mine"))

    def test_a_cancelled_question_leaves_nothing_unknown(self) -> None:
        error = self.cancel_when_it_hangs(lambda client: client.retrieve_payment_intent("pi_1"))
        self.assertIsInstance(error, asyncio.CancelledError)
        self.assertIsNone(unknown_outcome_of(error))

    def test_a_time_limit_of_the_caller_tells_it_as_well(self) -> None:
        def answer_and_hang(connection: socket.socket) -> None:
            write_answer(connection, INTENT)
            while connection.recv(65536) != b"":
                pass

        async def play() -> None:
            with RawServer(answer_and_hang) as server:
                async with AsyncClient(config_for(server.url)) as client:
                    # The connection is there already, so that the little time is spent on waiting.
                    await client.retrieve_payment_intent("pi_1")
                    with self.assertRaises(asyncio.TimeoutError) as caught:
                        await asyncio.wait_for(client.create_payment_intent(ORDER, idempotency_key="mine"), 0.05)
            facts = unknown_outcome_of(caught.exception)
            assert facts is not None
            self.assertEqual(facts.idempotency_key, "mine")

        asyncio.run(play())

    def test_a_key_pressed_goes_through_and_tells_what_may_have_been_done(self) -> None:
        client = Client(config_for("http://127.0.0.1:1"), transport=Interrupted())
        with self.assertRaises(KeyboardInterrupt) as caught:
            client.create_payment_intent(ORDER, idempotency_key="mine")
        facts = unknown_outcome_of(caught.exception)
        assert facts is not None
        self.assertEqual(facts.idempotency_key, "mine")
        with self.assertRaises(KeyboardInterrupt) as caught:
            client.retrieve_payment_intent("pi_1")
        self.assertIsNone(unknown_outcome_of(caught.exception))

    def test_a_wait_is_interrupted_with_what_the_tries_before_left_unknown(self) -> None:
        def sleep(_: float) -> None:
            raise KeyboardInterrupt

        for status, is_unknown in ((500, True), (429, False)):
            refusal = reply(status, {"code": "internal_error", "message": "m"})
            with self.subTest(status), ScriptedServer(refusal) as server:
                client = Client(config_for(server.url), sleep=sleep)
                with self.assertRaises(KeyboardInterrupt) as caught:
                    client.create_payment_intent(ORDER)
                client.close()
                self.assertEqual(unknown_outcome_of(caught.exception) is not None, is_unknown)

    def test_an_unknown_outcome_is_found_as_it_is_and_others_are_none(self) -> None:
        error = UnknownOutcomeError("m", idempotency_key="k")
        self.assertIs(unknown_outcome_of(error), error)
        behind = TimeoutError()
        behind.__context__ = error
        error.__context__ = behind
        self.assertIs(unknown_outcome_of(behind), error)
        self.assertIsNone(unknown_outcome_of(ConnectionFailedError("m")))
        self.assertIsNone(unknown_outcome_of(None))

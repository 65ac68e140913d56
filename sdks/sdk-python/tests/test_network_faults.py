"""What the three clients make of real servers that are away, cut, hang, drip or stop in the middle."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import unittest
from typing import Any, Callable, List
from unittest import mock

from mpac_pgw import Client, ConnectionFailedError, InvalidResponseError, PGWError, UnknownOutcomeError
from mpac_pgw.transport import LONGEST_BODY_BYTES

from .local_servers import (
    RawServer,
    ScriptedServer,
    closed_port,
    config_for,
    drip,
    hang,
    read_request,
    reply,
    reset,
    write_answer,
)
from .three_clients import CLIENTS, INTENT, ORDER, make_caller


class NetworkFaults(unittest.TestCase):
    def for_each(self, url: str, ask: Callable[[Any], None], **settings: Any) -> None:
        for client in CLIENTS:
            with self.subTest(client):
                caller = make_caller(client, config_for(url, **settings))
                try:
                    ask(caller)
                finally:
                    caller.close()

    def for_each_impatient(
        self, treat: Callable[[socket.socket], None], ask: Callable[[Any], None], clients: Any = CLIENTS
    ) -> None:
        """With little time for a try, over connections that are there already: making one can take long, too."""

        def answer_and_treat(connection: socket.socket) -> None:
            write_answer(connection, INTENT)
            while read_request(connection) != b"":
                treat(connection)

        for client in clients:
            with self.subTest(client), RawServer(answer_and_treat) as server:
                caller = make_caller(client, config_for(server.url, max_retries=0))
                patient = caller.client
                caller.call("retrieve_payment_intent", "pi_1")
                caller.client = patient.with_options(timeout=0.05)
                ask(caller)
                caller.close()

    def test_a_connection_that_is_refused_never_left_and_is_tried_again(self) -> None:
        def ask(caller: Any) -> None:
            with self.assertRaises(ConnectionFailedError) as caught:
                caller.call("create_payment_intent", ORDER)
            self.assertIsNotNone(caught.exception.idempotency_key)
            self.assertEqual(len(caller.waits), 3)

        self.for_each(closed_port(), ask)

    def test_a_name_that_nobody_knows_never_left(self) -> None:
        def ask(caller: Any) -> None:
            with self.assertRaises(ConnectionFailedError):
                caller.call("create_payment_intent", ORDER)

        self.for_each("https://nowhere.invalid", ask, max_retries=0)

    def test_an_answer_that_is_too_long_is_not_read_and_leaves_the_outcome_unknown(self) -> None:
        around = len(json.dumps(dict(INTENT, metadata={"a": ""})))
        longest = dict(INTENT, metadata={"a": "a" * (LONGEST_BODY_BYTES - around)})

        def ask(caller: Any) -> None:
            self.assertEqual(caller.call("retrieve_payment_intent", "pi_1").id, INTENT["id"])
            with self.assertRaises(InvalidResponseError):
                caller.call("retrieve_payment_intent", "pi_1")
            with self.assertRaises(UnknownOutcomeError):
                caller.call("create_payment_intent", ORDER)
            # The rest of the long answer is nobody's answer.
            self.assertEqual(caller.call("retrieve_payment_intent", "pi_1").id, INTENT["id"])

        too_long = reply(200, dict(longest, status="succeeded, and more"))
        for client in CLIENTS:
            script = (reply(200, longest), too_long, too_long, reply(200, INTENT))
            with self.subTest(client), ScriptedServer(*script) as server:
                caller = make_caller(client, config_for(server.url, max_retries=0))
                ask(caller)
                caller.close()

    def test_an_answer_in_chunks_that_never_ends_is_not_read_to_its_end(self) -> None:
        def flood(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            with contextlib.suppress(OSError):
                while True:
                    connection.sendall(b"10000\r\n" + b"a" * 0x10000 + b"\r\n")

        def ask(caller: Any) -> None:
            with self.assertRaises(UnknownOutcomeError) as caught:
                caller.call("create_payment_intent", ORDER)
            self.assertEqual(caught.exception.status, 200)

        with RawServer(flood) as server:
            self.for_each(server.url, ask, max_retries=0)

    def test_a_connection_that_is_cut_leaves_the_outcome_unknown(self) -> None:
        def ask(caller: Any) -> None:
            with self.assertRaises(UnknownOutcomeError) as caught:
                caller.call("create_payment_intent", ORDER, idempotency_key="mine")
            self.assertEqual(caught.exception.idempotency_key, "mine")
            with self.assertRaises(ConnectionFailedError):
                caller.call("retrieve_payment_intent", "pi_1")

        with RawServer(reset) as server:
            self.for_each(server.url, ask, max_retries=1)

    def test_a_server_that_says_nothing_leaves_the_outcome_unknown(self) -> None:
        def ask(caller: Any) -> None:
            with self.assertRaises(UnknownOutcomeError) as caught:
                caller.call("create_payment_intent", ORDER)
            self.assertIn("too long", str(caught.exception))

        self.for_each_impatient(hang, ask)

    def test_an_answer_that_is_cut_in_the_middle_is_no_answer(self) -> None:
        def half(connection: socket.socket) -> None:
            write_answer(connection, INTENT, promise=10)
            connection.close()

        def ask(caller: Any) -> None:
            with self.assertRaises(UnknownOutcomeError) as caught:
                caller.call("create_payment_intent", ORDER)
            self.assertIsNone(caught.exception.status)
            self.assertEqual(len(caller.waits), 1)

        with RawServer(half) as server:
            self.for_each(server.url, ask, max_retries=1)

    def test_a_try_ends_in_time_even_while_bytes_keep_coming(self) -> None:
        def ask(caller: Any) -> None:
            with self.assertRaises(UnknownOutcomeError):
                caller.call("create_payment_intent", ORDER)

        # httpx alone, when it blocks, would wait for the end of the headers; its transport says so.
        self.for_each_impatient(drip, ask, clients=("standard library", "asyncio"))

    def test_a_body_that_drips_is_cut_at_the_time_limit(self) -> None:
        def drip_body(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
            drip(connection)

        def ask(caller: Any) -> None:
            with self.assertRaises(UnknownOutcomeError):
                caller.call("create_payment_intent", ORDER)

        self.for_each_impatient(drip_body, ask)

    def test_an_answer_that_is_no_http_is_no_answer(self) -> None:
        def ask(caller: Any) -> None:
            with self.assertRaises(UnknownOutcomeError):
                caller.call("create_payment_intent", ORDER)

        def babble(connection: socket.socket) -> None:
            connection.sendall(b"220 mail.example.com ESMTP\r\n\r\n")
            connection.close()

        with RawServer(babble) as server:
            self.for_each(server.url, ask, max_retries=0)

    def test_an_answer_before_the_answer_is_passed_over(self) -> None:
        def hint_and_answer(connection: socket.socket) -> None:
            for _ in range(2):
                connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n")
            write_answer(connection, INTENT)
            hang(connection)

        def ask(caller: Any) -> None:
            self.assertEqual(caller.call("create_payment_intent", ORDER).status, "succeeded")

        with RawServer(hint_and_answer) as server:
            self.for_each(server.url, ask, max_retries=0)

    def test_an_answer_whose_chunks_are_none_is_no_answer(self) -> None:
        def send_wrong_chunk(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc\r\n")
            connection.close()

        def ask(caller: Any) -> None:
            with self.assertRaises(UnknownOutcomeError):
                caller.call("create_payment_intent", ORDER)

        with RawServer(send_wrong_chunk) as server:
            self.for_each(server.url, ask, max_retries=0)

    def test_an_address_that_says_nothing_leaves_time_for_the_next(self) -> None:
        with socket.socket() as silent, contextlib.ExitStack() as waiting, ScriptedServer(reply(200, INTENT)) as server:
            silent.bind(("127.0.0.1", 0))
            silent.listen(0)
            # The queue is full after these, and the kernel answers nobody else.
            for _ in range(2):
                filler = waiting.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex(silent.getsockname())
            port = int(server.url.rpartition(":")[2])
            inet = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
            addresses = [(*inet, silent.getsockname()), (*inet, ("127.0.0.1", port))]
            client = Client(config_for("http://localhost", timeout=6, max_retries=0))
            with mock.patch("socket.getaddrinfo", return_value=addresses):
                self.assertEqual(client.create_payment_intent(ORDER).status, "succeeded")
            client.close()

    def test_an_ipv6_address_needs_no_port(self) -> None:
        for origin, reached in (("http://[::1]", ("::1", 80)), ("https://[::1]", ("::1", 443))):
            with mock.patch("socket.getaddrinfo", side_effect=OSError("no address")) as looked_up:
                client = Client(config_for(origin, max_retries=0))
                with self.assertRaises(ConnectionFailedError):
                    client.create_payment_intent(ORDER)
                self.assertEqual(looked_up.call_args.args, reached)

    def test_a_redirect_is_not_followed(self) -> None:
        for client in CLIENTS:
            with self.subTest(client), ScriptedServer(reply(307, Location="/elsewhere")) as server:
                caller = make_caller(client, config_for(server.url))
                with self.assertRaises(InvalidResponseError):
                    caller.call("retrieve_payment_intent", "pi_1")
                caller.close()
                self.assertEqual(len(server.seen), 1)

    def test_what_was_cut_is_settled_by_a_later_try_with_the_same_key(self) -> None:
        for client in CLIENTS:
            requests: List[socket.socket] = []

            def treat(connection: socket.socket, requests: Any = requests) -> None:
                requests.append(connection)
                if len(requests) == 1:
                    reset(connection)
                else:
                    write_answer(connection, INTENT)

            with self.subTest(client), RawServer(treat) as server:
                caller = make_caller(client, config_for(server.url))
                self.assertEqual(caller.call("create_payment_intent", ORDER).status, "succeeded")
                self.assertEqual(len(caller.waits), 1)
                caller.close()

    def test_a_connection_is_kept_and_one_that_was_closed_meanwhile_costs_no_retry(self) -> None:
        for client in CLIENTS:
            closed = threading.Semaphore(0)

            def twice_and_close(connection: socket.socket, closed: threading.Semaphore = closed) -> None:
                write_answer(connection, INTENT)
                read_request(connection)
                write_answer(connection, INTENT)
                connection.close()
                closed.release()

            with self.subTest(client), RawServer(twice_and_close) as server:
                caller = make_caller(client, config_for(server.url))
                for _ in range(2):
                    caller.call("retrieve_payment_intent", "pi_1")
                    caller.call("retrieve_payment_intent", "pi_1")
                    closed.acquire()
                self.assertEqual(server.connections, 2)
                self.assertEqual(caller.waits, [])
                caller.close()

    def test_a_connection_that_is_said_to_end_is_not_used_again(self) -> None:
        for client in CLIENTS:
            with self.subTest(client), ScriptedServer(reply(200, INTENT, Connection="close")) as server:
                caller = make_caller(client, config_for(server.url))
                for _ in range(3):
                    caller.call("create_payment_intent", ORDER)
                caller.close()
                self.assertEqual(len({seen.connection for seen in server.seen}), 3)
                self.assertEqual(caller.waits, [])

    def test_every_error_of_the_network_is_one_of_the_package(self) -> None:
        def ask(caller: Any) -> None:
            with self.assertRaises(PGWError) as caught:
                caller.call("retrieve_payment_intent", "pi_1")
            self.assertIsNone(caught.exception.__cause__)
            self.assertIsNone(caught.exception.__context__)

        with RawServer(reset) as server:
            self.for_each(server.url, ask, max_retries=0)


if __name__ == "__main__":
    unittest.main()

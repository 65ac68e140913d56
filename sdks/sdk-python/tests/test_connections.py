"""Which connection a request goes over: one to its own gateway, not one that was idle for long, and not too many."""

from __future__ import annotations

import socket
import threading
import unittest
from unittest import mock

from mpac_pgw import Client, HttpClientTransport, http_client_transport

from .local_servers import RawServer, ScriptedServer, config_for, hang, reply, write_answer
from .three_clients import CLIENTS, INTENT, ORDER, make_caller


class Connections(unittest.TestCase):
    def count_after(self, calls: int, setting: str, value: float) -> int:
        with ScriptedServer(reply(200, INTENT)) as server, Client(config_for(server.url)) as client:
            with mock.patch.object(http_client_transport, setting, value):
                for _ in range(calls):
                    client.create_payment_intent(ORDER)
            return len({seen.connection for seen in server.seen})

    def test_a_connection_that_was_idle_for_long_is_not_trusted(self) -> None:
        self.assertEqual(self.count_after(3, "LONGEST_IDLE_SECONDS", 1000), 1)
        self.assertEqual(self.count_after(3, "LONGEST_IDLE_SECONDS", -1), 3)

    def test_no_more_connections_are_kept_than_are_allowed(self) -> None:
        self.assertEqual(self.count_after(3, "MOST_IDLE_CONNECTIONS", 1), 1)
        self.assertEqual(self.count_after(3, "MOST_IDLE_CONNECTIONS", 0), 3)

    def test_two_gateways_over_one_transport_are_not_mixed_up(self) -> None:
        transport = HttpClientTransport()
        with ScriptedServer(reply(200, INTENT)) as one, ScriptedServer(reply(200, {"id": "pi_2"})) as other:
            clients = [Client(config_for(server.url), transport=transport) for server in (one, other)]
            ids = [client.create_payment_intent(ORDER).id for _ in range(2) for client in clients]
            transport.close()
            self.assertEqual(ids, ["pi_1", "pi_2", "pi_1", "pi_2"])
            self.assertEqual([len(server.seen) for server in (one, other)], [2, 2])

    def test_threads_at_the_same_time_have_a_connection_each(self) -> None:
        everybody_is_there = threading.Barrier(3)

        def answer_together(connection: socket.socket) -> None:
            everybody_is_there.wait(30)
            write_answer(connection, INTENT)
            hang(connection)

        with RawServer(answer_together) as server, Client(config_for(server.url, max_retries=0)) as client:
            threads = [threading.Thread(target=client.create_payment_intent, args=(ORDER,)) for _ in range(3)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            self.assertEqual(server.connections, 3)

    def test_a_header_that_comes_twice_is_read_as_one(self) -> None:
        links = 'Link: </v1/refunds?starting_after=re_1>; rel="next"\r\nLink: </v1/refunds>; rel="prev"\r\n'

        def answer(connection: socket.socket) -> None:
            write_answer(connection, [{"id": "re_1"}], headers=links)
            hang(connection)

        for client in CLIENTS:
            with self.subTest(client), RawServer(answer) as server:
                caller = make_caller(client, config_for(server.url))
                self.assertTrue(caller.call("list_refunds").has_more)
                caller.close()

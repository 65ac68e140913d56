"""One client in forked processes, in several event loops, and after it was closed: nobody reads another's answer."""

from __future__ import annotations

import asyncio
import gc
import os
import subprocess
import sys
import threading
import unittest
import warnings
from typing import Any, List, Set

from mpac_pgw import AsyncClient

from .local_servers import API_KEY, SECRET_KEY, ScriptedServer, Seen, config_for, reply
from .three_clients import CLIENTS, INTENT, ORDER, make_caller

#: A process of its own, because this one has threads, and forking with them is another story.
PROGRAM = """
import os, sys
import httpx
from mpac_pgw import Client, ClientConfig, ConnectionFailedError, HttpClientTransport
from mpac_pgw.httpx_transport import HttpxTransport

url, api_key, secret_key, name = sys.argv[1:]
makers = {"standard library": HttpClientTransport, "httpx": HttpxTransport}
makers["theirs"] = lambda: HttpxTransport(httpx.Client())
config = ClientConfig(base_url=url, api_key=api_key, secret_key=secret_key, max_retries=0)
with Client(config, transport=makers[name]()) as client:
    client.cancel_payment_intent("pi_parent")
    # As if another thread were in the middle of something.
    locks = [client._signer._lock, getattr(client._transport, "_lock", client._signer._lock)]
    for lock in set(locks):
        lock.acquire()
    child = os.fork()
    if child == 0:
        try:
            assert client.cancel_payment_intent("pi_child").id == "pi_child"
        except ConnectionFailedError as error:
            print(error, flush=True)
        os._exit(0)
    for lock in set(locks):
        lock.release()
    status = os.waitpid(child, 0)[1]
    assert status == 0, status
    assert client.cancel_payment_intent("pi_parent").id == "pi_parent"
"""


class Echo(ScriptedServer):
    """Answers with the id that was asked for."""

    def _next(self, seen: Seen) -> Any:
        super()._next(seen)
        return reply(200, {"id": seen.target.split("/")[3]})

    def __enter__(self) -> Echo:
        super().__enter__()
        return self

    def connections_of(self, id: str) -> Set[Any]:
        return {seen.connection for seen in self.seen if f"/{id}/" in seen.target}


@unittest.skipUnless(hasattr(os, "fork"), "this system forks nothing")
class Processes(unittest.TestCase):
    def fork_with(self, name: str, server: Echo) -> str:
        ended = subprocess.run(
            [sys.executable, "-c", PROGRAM, server.url, API_KEY, SECRET_KEY, name],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        return ended.stdout

    def test_a_forked_process_has_connections_and_locks_of_its_own(self) -> None:
        for name in ("standard library", "httpx"):
            with self.subTest(name), Echo(reply(200)) as server:
                self.assertEqual(self.fork_with(name, server), "")
                # The parent goes on with its connection, and the child has never touched it.
                parent, child = server.connections_of("pi_parent"), server.connections_of("pi_child")
                self.assertEqual((len(parent), len(child), parent & child), (1, 1, set()))

    def test_an_httpx_client_of_theirs_is_refused_in_a_forked_process(self) -> None:
        with Echo(reply(200)) as server:
            self.assertIn("make one in each process", self.fork_with("theirs", server))
            self.assertEqual(server.connections_of("pi_child"), set())


class Loops(unittest.TestCase):
    def test_each_event_loop_has_connections_of_its_own(self) -> None:
        def use_loops(client: AsyncClient) -> None:
            async def ask_twice() -> None:
                for _ in range(2):
                    await client.create_payment_intent(ORDER)

            for _ in range(3):
                asyncio.run(ask_twice())
            threads = [threading.Thread(target=asyncio.run, args=(ask_twice(),)) for _ in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        with ScriptedServer(reply(200, INTENT)) as server:
            with warnings.catch_warnings():
                # What a closed loop leaves open is cleared away when nobody has it any more.
                warnings.simplefilter("ignore", ResourceWarning)
                use_loops(AsyncClient(config_for(server.url, max_retries=0)))
                gc.collect()
            self.assertEqual(len(server.seen), 10)
            self.assertEqual(len({seen.connection for seen in server.seen}), 5)

    def test_a_client_that_was_closed_makes_new_connections(self) -> None:
        for name in CLIENTS:
            with self.subTest(name), ScriptedServer(reply(200, INTENT)) as server:
                caller = make_caller(name, config_for(server.url, max_retries=0))
                answers: List[Any] = [caller.call("create_payment_intent", ORDER)]
                if name == "asyncio":
                    caller.loop.run_until_complete(caller.client.close())
                else:
                    caller.client.close()
                answers.append(caller.call("create_payment_intent", ORDER))
                caller.close()
                self.assertEqual([each.id for each in answers], ["pi_1", "pi_1"])
                self.assertEqual(len({seen.connection for seen in server.seen}), 2)

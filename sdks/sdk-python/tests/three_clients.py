"""The three ways to the network under one interface, so that each test can ask all of them."""

from __future__ import annotations

import asyncio
from typing import Any, Callable, Dict, List, Tuple

import httpx

from mpac_pgw import AsyncClient, Client, ClientConfig, CreatePaymentIntentRequest
from mpac_pgw.httpx_transport import HttpxTransport

ORDER = CreatePaymentIntentRequest(amount=1500, payment_method_types=["cash"], merchant_ref_id="order_1")
INTENT = {"id": "pi_1", "object": "payment_intent", "status": "succeeded", "amount": 1500, "currency": "JPY"}


class Caller:
    """A client, called by the names of its methods; ``waits`` are the seconds that it would have waited."""

    def __init__(self, make: Callable[[ClientConfig, List[float]], Any], config: ClientConfig) -> None:
        self.waits: List[float] = []
        self.client = make(config, self.waits)

    def call(self, name: str, *given: Any, **named: Any) -> Any:
        return getattr(self.client, name)(*given, **named)

    def walk(self, name: str, *given: Any, **named: Any) -> List[Any]:
        return list(getattr(self.client, name)(*given, **named))

    def close(self) -> None:
        self.client.close()


class AsyncCaller(Caller):
    def __init__(self, make: Callable[[ClientConfig, List[float]], Any], config: ClientConfig) -> None:
        self.loop = asyncio.new_event_loop()
        super().__init__(make, config)

    def call(self, name: str, *given: Any, **named: Any) -> Any:
        return self.loop.run_until_complete(getattr(self.client, name)(*given, **named))

    def walk(self, name: str, *given: Any, **named: Any) -> List[Any]:
        async def collect() -> List[Any]:
            return [each async for each in getattr(self.client, name)(*given, **named)]

        return self.loop.run_until_complete(collect())

    def close(self) -> None:
        self.loop.run_until_complete(self.client.close())
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()


def _standard_library(config: ClientConfig, waits: List[float]) -> Client:
    return Client(config, sleep=waits.append)


def _httpx(config: ClientConfig, waits: List[float]) -> Client:
    return Client(config, transport=HttpxTransport(), sleep=waits.append)


def _asyncio(config: ClientConfig, waits: List[float]) -> AsyncClient:
    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    return AsyncClient(config, sleep=sleep)


_MAKERS: Dict[str, Tuple[type, Callable[[ClientConfig, List[float]], Any]]] = {
    "standard library": (Caller, _standard_library),
    "httpx": (Caller, _httpx),
    "asyncio": (AsyncCaller, _asyncio),
}
CLIENTS = tuple(_MAKERS)


def make_caller(client: str, config: ClientConfig) -> Any:
    caller, make = _MAKERS[client]
    return caller(make, config)


__all__ = ["CLIENTS", "INTENT", "ORDER", "Caller", "httpx", "make_caller"]

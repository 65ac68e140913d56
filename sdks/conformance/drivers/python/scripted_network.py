"""A network that follows a script, a clock that moves when it is told to, and the three clients on top of them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

import httpx

from mpac_pgw import AsyncClient, Client, ClientConfig, HttpRequest, HttpResponse, Moment
from mpac_pgw.httpx_transport import AsyncHttpxTransport, HttpxTransport

API_KEY = "ak_01JHM4Z4T6V0Q0V9W8S1R2X3YA"
SECRET_KEY = "sk_test_4eC39HqLyjWDarjtT1zdp7dcB8nVxQ2k"
BEGIN_MS = 1_700_000_000_000

REAL_SECONDS = 60.0

Headers = Mapping[str, str]
#: How a connection fails, in the language's own way and in httpx'.
FAULTS = {"refused": ConnectionRefusedError, "reset": ConnectionResetError, "timeout": TimeoutError}
HTTPX_FAULTS = {"refused": httpx.ConnectError, "reset": httpx.ReadError, "timeout": httpx.ReadTimeout}


class ScriptedNetwork:
    """Plays the tries of a case one after the other, and looks at every request that it gets."""

    def __init__(self, tries: List[Dict[str, Any]], chance: float, prefix: str = "") -> None:
        """``prefix`` is the path of the base URL, which is sent and not signed."""
        self.now_ms = BEGIN_MS
        self.sent_to: List[str] = []
        self.waits_ms: List[int] = []
        self.complaints: List[str] = []
        self._tries = tries
        self._prefix = prefix
        self._played = 0
        self._first: Optional[Tuple[Optional[str], bytes]] = None
        self.moment = Moment(lambda: self.now_ms / 1000, lambda: self.now_ms / 1000, lambda: chance)

    def sleep(self, seconds: float) -> None:
        waited = round(seconds * 1000)
        self.waits_ms.append(waited)
        self.now_ms += waited

    @property
    def left(self) -> int:
        return len(self._tries) - self._played

    @property
    def idempotency_key(self) -> Optional[str]:
        return self._first[0] if self._first else None

    def meet(self, method: str, origin: str, target: str, headers: Headers, body: bytes) -> Dict[str, Any]:
        """The next try of the script."""
        self.sent_to.append(origin + target)
        self._look_at(method, target[len(self._prefix) :], headers, body)
        if self.left == 0:
            raise RuntimeError("one try more than the script has")
        met = self._tries[self._played]
        self._played += 1
        self.now_ms += met.get("takes_ms", 0)
        return met

    def _look_at(self, method: str, target: str, headers: Headers, body: bytes) -> None:
        key = headers.get("idempotency-key")
        scheme, _, credentials = headers["authorization"].partition(" ")
        id, timestamp, signature = credentials.split(":")
        message = f"{method}\n{target}\n{timestamp}\n{hashlib.sha256(body).hexdigest()}".encode()
        signing_key = hashlib.sha256(SECRET_KEY.encode()).hexdigest().encode()
        if (scheme, id) != ("HMAC-SHA256", API_KEY):
            self.complaints.append(f"the authorization is {scheme} of {id}")
        if signature != hmac.new(signing_key, message, hashlib.sha256).hexdigest():
            self.complaints.append("the signature is wrong")
        if timestamp != str(self.now_ms // 1000):
            self.complaints.append(f"signed at {timestamp}, and it is {self.now_ms / 1000}")
        if (key is None) != (method == "GET"):
            self.complaints.append(f"the idempotency key of a {method} is {key}")
        if self._first is not None and self._first != (key, body):
            self.complaints.append("a retry has another key or another body")
        self._first = (key, body)


class _Transport:
    def __init__(self, network: ScriptedNetwork) -> None:
        self._network = network

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        lower = {name.lower(): value for name, value in request.headers.items()}
        met = self._network.meet(request.method, request.origin, request.target, lower, request.body)
        if "network" in met:
            raise FAULTS[met["network"]]()
        return HttpResponse(met["status"], met.get("headers", {}), read_body(met))

    def close(self) -> None:
        pass


class _Unhurried(HttpxTransport):
    """The time of a try is the script's; the few milliseconds that may be left of it are none of the real clock."""

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        return super().send(request, timeout=REAL_SECONDS)


class _UnhurriedAsync(AsyncHttpxTransport):
    async def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        return await super().send(request, timeout=REAL_SECONDS)


def read_body(met: Dict[str, Any]) -> bytes:
    if "body_repeat" in met:
        repeated: str = met["body_repeat"]["text"]
        return repeated.encode() * int(met["body_repeat"]["times"])
    if "body_base64" in met:
        return base64.b64decode(met["body_base64"])
    return str(met.get("body", "")).encode()


def _answer(network: ScriptedNetwork, request: httpx.Request) -> httpx.Response:
    url = request.url
    origin, target = f"{url.scheme}://{url.netloc.decode('ascii')}", url.raw_path.decode("ascii")
    met = network.meet(request.method, origin, target, request.headers, request.content)
    if "network" in met:
        raise HTTPX_FAULTS[met["network"]]("scripted", request=request)
    return httpx.Response(met["status"], headers=met.get("headers", {}), content=read_body(met))


#: Calls a method of a client by its name, and gives what came of it.
CallMethod = Callable[..., Any]


def make_clients(options: Mapping[str, Any]) -> Dict[str, Callable[[ScriptedNetwork], CallMethod]]:
    """By their names, what makes a client on a network."""
    config = ClientConfig(
        base_url=options.get("base_url", "https://pgw.example.com"),
        api_key=API_KEY,
        secret_key=SECRET_KEY,
        allow_insecure_http=options.get("allow_insecure_http", False),
        max_retries=options.get("max_retries", 3),
        deadline=options.get("deadline_ms", 60_000) / 1000,
    )

    def standard_library(network: ScriptedNetwork) -> CallMethod:
        client = Client(config, transport=_Transport(network), moment=network.moment, sleep=network.sleep)
        return lambda name, *given, **named: getattr(client, name)(*given, **named)

    def blocking_httpx(network: ScriptedNetwork) -> CallMethod:
        mock = httpx.MockTransport(lambda request: _answer(network, request))
        transport = _Unhurried(httpx.Client(transport=mock))
        client = Client(config, transport=transport, moment=network.moment, sleep=network.sleep)
        return lambda name, *given, **named: getattr(client, name)(*given, **named)

    def asyncio_httpx(network: ScriptedNetwork) -> CallMethod:
        async def sleep(seconds: float) -> None:
            network.sleep(seconds)

        async def call(name: str, *given: Any, **named: Any) -> Any:
            mock = httpx.MockTransport(lambda request: _answer(network, request))
            async with httpx.AsyncClient(transport=mock) as inner:
                transport = _UnhurriedAsync(inner)
                client = AsyncClient(config, transport=transport, moment=network.moment, sleep=sleep)
                return await getattr(client, name)(*given, **named)

        return lambda name, *given, **named: asyncio.run(call(name, *given, **named))

    return {"standard library": standard_library, "httpx": blocking_httpx, "asyncio": asyncio_httpx}

"""The network by httpx, blocking and for asyncio. It comes with ``pip install 'mpac-pgw[http]'``."""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import Any, Dict, Optional

from .forks import renew_after_fork
from .transport import HttpRequest, HttpResponse, NotAnswered, NotSent, TransportError

try:
    import httpx
except ImportError:
    raise ImportError("This part of mpac_pgw needs httpx: pip install 'mpac-pgw[http]'", name="httpx") from None


class HttpxTransport:
    """For Client: ``Client(config, transport=HttpxTransport(httpx.Client(proxy=…)))``.

    httpx limits each wait for bytes, and this transport the answer as a whole, so one try takes ``timeout`` seconds
    and at worst one wait more. HttpClientTransport is exact, but for the time in which the system looks up a name.

    Args:
        client: Yours, with the proxies, certificates and hooks that you need; closing it stays your task, and it is
            not for processes that are forked later. Without one a client is made that uses no proxy and trusts what
            the system trusts, as HttpClientTransport does.
    """

    def __init__(self, client: Optional[httpx.Client] = None) -> None:
        self._is_ours = client is None
        self._is_forked = False
        self._ssl_context = ssl.create_default_context() if client is None else None
        self._client = client or self._make()
        renew_after_fork(self)

    def _make(self) -> httpx.Client:
        return httpx.Client(verify=self._ssl_context or True, trust_env=False)

    def renew(self) -> None:
        # The connections are our parent's, and would bring us answers to its requests.
        self._is_forked = True
        if self._is_ours:
            self._client = self._make()

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        if self._is_forked and not self._is_ours:
            raise NotSent("this process was forked after its httpx client was made; make one in each process")
        ends = time.monotonic() + timeout
        try:
            with self._client.stream(
                request.method,
                request.url,
                content=request.body or None,
                headers=dict(request.headers),
                timeout=timeout,
                follow_redirects=False,
            ) as answer:
                body = bytearray()
                for chunk in answer.iter_bytes():
                    body += chunk
                    if time.monotonic() > ends:
                        raise NotAnswered("it took too long")
                    if len(body) > request.longest_answer:
                        body.clear()
                        break
                return HttpResponse(answer.status_code, dict(answer.headers), bytes(body))
        except httpx.HTTPError as failure:
            raise _translate(failure) from None

    def close(self) -> None:
        if self._is_ours:
            closed, self._client = self._client, self._make()
            closed.close()


class AsyncHttpxTransport:
    """For AsyncClient, which makes one by itself.

    Args:
        client: Yours, for one event loop; closing it stays your task. Without one a client is made as for
            HttpxTransport, and another for each event loop that comes.
    """

    def __init__(self, client: Optional[httpx.AsyncClient] = None) -> None:
        self._theirs = client
        self._ssl_context = ssl.create_default_context() if client is None else None
        self._ours: Dict[asyncio.AbstractEventLoop, httpx.AsyncClient] = {}

    def _client_of_this_loop(self) -> httpx.AsyncClient:
        if self._theirs is not None:
            return self._theirs
        loop = asyncio.get_running_loop()
        if loop not in self._ours:
            # asyncio.run makes a loop each time, and closes it with all that belongs to it.
            for closed in [each for each in list(self._ours) if each.is_closed()]:
                self._ours.pop(closed, None)
            self._ours[loop] = httpx.AsyncClient(verify=self._ssl_context or True, trust_env=False)
        return self._ours[loop]

    async def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        progress = _Progress()
        try:
            return await asyncio.wait_for(self._exchange(request, timeout, progress), timeout)
        except asyncio.TimeoutError:
            raise (NotSent if progress.never_left else NotAnswered)("it took too long") from None
        except httpx.HTTPError as failure:
            raise _translate(failure) from None

    async def _exchange(self, request: HttpRequest, timeout: float, progress: _Progress) -> HttpResponse:
        async with self._client_of_this_loop().stream(
            request.method,
            request.url,
            content=request.body or None,
            headers=dict(request.headers),
            timeout=timeout,
            follow_redirects=False,
            extensions={"trace": progress.trace},
        ) as answer:
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > request.longest_answer:
                    body.clear()
                    break
            return HttpResponse(answer.status_code, dict(answer.headers), bytes(body))

    async def aclose(self) -> None:
        client = self._ours.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()


class _Progress:
    """How far a request came before its time was over, as httpx tells it."""

    def __init__(self) -> None:
        self._connecting = False
        self._sending = False

    @property
    def never_left(self) -> bool:
        # A transport that tells nothing may have sent it.
        return self._connecting and not self._sending

    async def trace(self, event: str, _: Dict[str, Any]) -> None:
        self._connecting = self._connecting or event.startswith("connection.connect_")
        self._sending = self._sending or ".send_request_headers." in event


def _translate(failure: httpx.HTTPError) -> TransportError:
    never_left = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
    reason = "it took too long" if isinstance(failure, httpx.TimeoutException) else str(failure)
    reason = reason or type(failure).__name__
    return NotSent(reason) if isinstance(failure, (*never_left, httpx.UnsupportedProtocol)) else NotAnswered(reason)

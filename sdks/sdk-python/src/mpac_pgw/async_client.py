"""AsyncClient: the gateway for asyncio. It needs httpx: ``pip install 'mpac-pgw[http]'``."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Awaitable, Callable, NoReturn, Optional

from .async_operations import AsyncOperations
from .config import ClientConfig
from .transport import AsyncTransport
from .tries import Moment


class AsyncClient(AsyncOperations):
    """A client of the gateway for asyncio. Each event loop that uses it has connections of its own.

    ::

        async with AsyncClient(ClientConfig(base_url="https://…", api_key="ak_…", secret_key="sk_…")) as client:
            intent = await client.retrieve_payment_intent("pi_…")

    Cancelling a task goes through at once, as ``asyncio.CancelledError``. When it comes after a changing request was
    sent, ``unknown_outcome_of`` tells with which idempotency key it may have been done.

    Args:
        config: Where the gateway is, and who we are.
        transport: Another network than ``AsyncHttpxTransport()``.
        moment: The clocks and the chance; for tests.
        sleep: How to wait before a retry, given seconds; for tests.

    Raises:
        ImportError: httpx is not installed.
    """

    def __init__(
        self,
        config: ClientConfig,
        *,
        transport: Optional[AsyncTransport] = None,
        moment: Optional[Moment] = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        if transport is None:
            from .httpx_transport import AsyncHttpxTransport

            transport = AsyncHttpxTransport()
        super().__init__(config, transport, moment, sleep)

    def with_options(
        self,
        *,
        timeout: Optional[float] = None,
        deadline: Optional[float] = None,
        max_retries: Optional[int] = None,
    ) -> AsyncClient:
        """A client with another patience, over the same connections; closing either closes them.

        Args:
            timeout: For one try, in seconds.
            deadline: For a call with all its retries, in seconds.
            max_retries: After the first try.
        """
        config = dataclasses.replace(
            self._config,
            timeout=self._config.timeout if timeout is None else timeout,
            deadline=self._config.deadline if deadline is None else deadline,
            max_retries=self._config.max_retries if max_retries is None else max_retries,
        )
        made = AsyncClient(config, transport=self._transport, moment=self._moment, sleep=self._sleep)
        # The gateway looks at signatures, whichever of the two has made them.
        made._signer = self._signer
        return made

    async def aclose(self) -> None:
        """Closes the connections of this event loop. The client can be used again, and then makes new ones."""
        await self._transport.aclose()

    async def close(self) -> None:
        """The same as ``aclose``."""
        await self.aclose()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncClient({self._config!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A client holds a secret key and connections, and is not pickled. Make one where it is needed.")

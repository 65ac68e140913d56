"""Client: the gateway for servers that block, by the standard library or another transport."""

from __future__ import annotations

import dataclasses
import time
from typing import Callable, NoReturn, Optional

from .config import ClientConfig
from .http_client_transport import HttpClientTransport
from .operations import Operations
from .transport import Transport
from .tries import Moment


class Client(Operations):
    """A client of the gateway. One of them is enough for a whole process; threads may share it.

    ::

        with Client(ClientConfig(base_url="https://pgw.example.com", api_key="ak_…", secret_key="sk_…")) as client:
            intent = client.retrieve_payment_intent("pi_…")

    Args:
        config: Where the gateway is, and who we are.
        transport: Another network, such as ``HttpxTransport``. Without one it is always the standard library,
            whether httpx is installed or not.
        moment: The clocks and the chance; for tests.
        sleep: How to wait before a retry, given seconds; for tests.
    """

    def __init__(
        self,
        config: ClientConfig,
        *,
        transport: Optional[Transport] = None,
        moment: Optional[Moment] = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(config, transport or HttpClientTransport(), moment, sleep)

    def with_options(
        self,
        *,
        timeout: Optional[float] = None,
        deadline: Optional[float] = None,
        max_retries: Optional[int] = None,
    ) -> Client:
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
        made = Client(config, transport=self._transport, moment=self._moment, sleep=self._sleep)
        # The gateway looks at signatures, whichever of the two has made them.
        made._signer = self._signer
        return made

    def close(self) -> None:
        """Closes the connections. The client can be used again, and then makes new ones."""
        self._transport.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._config!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError("A client holds a secret key and connections, and is not pickled. Make one where it is needed.")

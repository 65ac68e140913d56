"""What a client asks of the network, and what it hears from it. Any object with these methods will do.

A transport makes one try. It neither retries nor follows redirects, and it tells apart what provably never left this
machine from what may have arrived, because for money that is the difference that matters.
"""

from __future__ import annotations

import dataclasses
from typing import Mapping, Protocol

#: Far above the largest page of a list. A longer body is not the gateway's: it is given up, and counts as empty.
LONGEST_BODY_BYTES = 10 * 1024 * 1024
#: A file is kept in memory as a whole: room for a million sales.
LONGEST_FILE_BYTES = 512 * 1024 * 1024


@dataclasses.dataclass(frozen=True, repr=False)
class HttpRequest:
    """A signed request. Its text form shows neither its headers nor its body."""

    method: str
    #: Scheme, host and port: ``https://pgw.example.com``.
    origin: str
    #: Path and query, to be sent exactly as they are: they are signed.
    target: str
    headers: Mapping[str, str]
    body: bytes
    #: Of the answer. A longer one is given up, and counts as empty.
    longest_answer: int = LONGEST_BODY_BYTES

    @property
    def url(self) -> str:
        return self.origin + self.target

    def __repr__(self) -> str:
        return f"<HttpRequest {self.method} {self.target.partition('?')[0]}>"


@dataclasses.dataclass(frozen=True, repr=False)
class HttpResponse:
    """An answer that arrived as a whole. The names of ``headers`` are put into lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "headers", {name.lower(): value for name, value in self.headers.items()})

    def __repr__(self) -> str:
        return f"<HttpResponse {self.status}>"


class TransportError(Exception):
    """No answer. What is not one of the two kinds below counts as NotAnswered."""


class NotSent(TransportError):
    """The request provably never left: there was no connection."""


class NotAnswered(TransportError):
    """It was sent, at least in part, and no whole answer came in time."""


class Transport(Protocol):
    """What Client needs. It is used by several threads at once."""

    def send(self, request: HttpRequest, timeout: float) -> HttpResponse:
        """Makes one try, which takes ``timeout`` seconds at most.

        Raises:
            NotSent: There was no connection. ConnectionRefusedError says the same.
            NotAnswered: No whole answer came. Any other OSError says the same.
        """
        ...

    def close(self) -> None:
        """Closes its connections."""
        ...


class AsyncTransport(Protocol):
    """What AsyncClient needs: the same, awaited."""

    async def send(self, request: HttpRequest, timeout: float) -> HttpResponse: ...

    async def aclose(self) -> None: ...

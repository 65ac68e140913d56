"""How the asyncio client plays a call, and walks from page to page: as calls.py does, and awaiting."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from datetime import datetime
from typing import AsyncIterator, Awaitable, Callable, List, Optional, Tuple, Type, TypeVar, Union

from .call import Call, make_call, make_file_call, make_list_call
from .config import ClientConfig
from .pages import Page, read_next_page, read_page
from .records import Record, read_record
from .signing import Signer
from .transport import AsyncTransport
from .tries import Answered, Moment, Wait, play

R = TypeVar("R", bound=Record)
Query = Mapping[str, Union[str, int, datetime, None]]


class AsyncCalls:
    """What the methods of AsyncClient are made of."""

    def __init__(
        self,
        config: ClientConfig,
        transport: AsyncTransport,
        moment: Optional[Moment],
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        self._config = config
        self._signer = Signer(config.api_key, config.secret_key)
        self._transport = transport
        self._moment = moment or Moment(time.time, time.monotonic, random.random)
        self._sleep = sleep

    async def _call(
        self,
        method: str,
        path: str,
        answer: Type[R],
        takes: Optional[Type[Record]] = None,
        request: Optional[Record] = None,
        *,
        idempotency_key: Optional[str] = None,
        also_answers: Tuple[int, ...] = (),
    ) -> R:
        call = make_call(method, path, takes, request, idempotency_key, also_answers)
        answered = await self._play(call)
        return read_record(answer, answered.data)

    async def _call_for_list(
        self,
        method: str,
        path: str,
        item: Type[R],
        takes: Type[Record],
        request: Record,
        *,
        idempotency_key: Optional[str] = None,
    ) -> List[R]:
        call = make_call(method, path, takes, request, idempotency_key, wants_list=True)
        answered = await self._play(call)
        return [read_record(item, each) for each in answered.data]

    async def _file(self, path: str, file_types: Tuple[str, ...]) -> bytes:
        data: bytes = (await self._play(make_file_call(path, file_types))).data
        return data

    async def _page(self, path: str, item: Type[R], query: Query) -> Page[R]:
        return read_page(item, await self._play(make_list_call(path, query)))

    async def _items(self, path: str, item: Type[R], query: Query) -> AsyncIterator[R]:
        call: Optional[Call] = make_list_call(path, query)
        while call is not None:
            page = read_page(item, await self._play(call))
            for each in page:
                yield each
            call = read_next_page(path, call, page)

    async def _play(self, call: Call) -> Answered:
        steps = play(call, self._config, self._signer, self._moment)
        try:
            step = next(steps)
            while True:
                response, failure = None, None
                try:
                    if isinstance(step, Wait):
                        await self._sleep(step.seconds)
                    else:
                        response = await self._transport.send(step.request, step.timeout)
                except BaseException as raised:
                    # Thrown further down, where it is not being handled any more: an error that comes of it
                    # tells of it in words, and does not drag along what was sent.
                    failure = raised
                step = steps.throw(failure) if failure is not None else steps.send(response)
        except StopIteration as stop:
            answered: Answered = stop.value
            return answered

"""Lists: one page of them, and where the next one is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Generic, Iterator, List, Optional, Type, TypeVar, Union, overload
from urllib.parse import quote, urlsplit

from .call import Call, make_list_call
from .errors import InvalidResponseError
from .records import Record, read_record
from .tries import Answered

T = TypeVar("T")
R = TypeVar("R", bound=Record)


class Page(Sequence[T], Generic[T]):
    """One page of a list: a sequence of its items."""

    def __init__(self, items: List[T], next_query: Optional[str]) -> None:
        self._items = items
        #: The query of the next page, as the gateway gave it, or None.
        self.next_query = next_query

    @property
    def has_more(self) -> bool:
        """Whether another page follows. An empty page may be followed by one, too."""
        return self.next_query is not None

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...
    def __getitem__(self, index: Union[int, slice]) -> Union[T, Sequence[T]]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __repr__(self) -> str:
        return f"Page({self._items!r}, has_more={self.has_more})"


def read_next_query(link: Optional[str]) -> Optional[str]:
    """The query of the next page from a ``Link`` header.

    Only the query is taken: a signed request goes to the gateway that we were told of, wherever a link points.
    """
    for target, parameters in re.findall(r"<([^>]*)>([^<]*)", link or ""):
        if re.search(r";\s*rel\s*=\s*\"?next\"?\s*(?:[;,]|$)", parameters, re.IGNORECASE):
            # What belongs in no query is written with a percent sign now, and not later, after it was signed.
            return quote(urlsplit(target).query, safe="%-._~!$&'()*+,;=:@/?") or None
    return None


def read_page(item: Type[R], answered: Answered) -> Page[R]:
    """The page that was answered."""
    items = [read_record(item, each) for each in answered.data]
    return Page(items, read_next_query(answered.headers.get("link")))


def read_next_page(path: str, call: Call, page: Page[R]) -> Optional[Call]:
    """The call for the page after this one, or None on the last.

    Raises:
        InvalidResponseError: It is the same page again, which would never end.
    """
    if page.next_query is None:
        return None
    following = make_list_call(path, page.next_query)
    if following == call:
        raise InvalidResponseError("The next page of this list is the page itself.")
    return following

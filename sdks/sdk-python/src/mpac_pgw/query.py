"""What can be asked for in a query, and how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Union
from urllib.parse import quote

from .errors import InvalidRequestError

#: A moment: RFC 3339 text, or a datetime that knows its time zone.
Instant = Union[str, datetime]


def write_query(values: Mapping[str, Union[str, int, datetime, None]]) -> str:
    """The query without its question mark. What is None is left out."""
    return "&".join(
        f"{quote(name, safe='')}={_quote(name, _as_text(name, value))}"
        for name, value in values.items()
        if value is not None
    )


def _as_text(name: str, value: Union[str, int, datetime]) -> str:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise InvalidRequestError(f"{name} needs a time zone: datetime.now(timezone.utc), for example.", param=name)
        return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise InvalidRequestError(f"{name} is to be text or a number.", param=name)
    # A member of an enumeration of theirs is its value, although str() would give its name.
    return value if isinstance(value, str) else format(int(value))


def _quote(name: str, text: str) -> str:
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise InvalidRequestError(f"{name} has half of a character in it.", param=name) from None

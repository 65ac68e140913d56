"""A call, before anything is sent: its path, its query and its body, checked and written down."""

from __future__ import annotations

import dataclasses
import json
import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Optional, Tuple, Type, Union
from urllib.parse import quote

from .errors import InvalidRequestError
from .query import write_query
from .records import Record, write_record


@dataclasses.dataclass(frozen=True, repr=False)
class Call:
    """What is asked for, the same in every try."""

    method: str
    #: Path and query.
    target: str
    body: bytes
    #: None for a call that changes nothing.
    idempotency_key: Optional[str]
    #: Whether a good answer is a JSON array; otherwise it is an object.
    wants_list: bool = False
    #: Statuses besides 2xx that are an answer, and no error.
    also_answers: Tuple[int, ...] = ()
    #: Of a call that is answered with a file: the media types that it may have.
    file_types: Tuple[str, ...] = ()

    @property
    def changes_something(self) -> bool:
        return self.idempotency_key is not None


def make_call(
    method: str,
    path: str,
    takes: Optional[Type[Record]] = None,
    request: Optional[Record] = None,
    idempotency_key: Optional[str] = None,
    also_answers: Tuple[int, ...] = (),
    wants_list: bool = False,
) -> Call:
    """A call for one object.

    Raises:
        InvalidRequestError: What was given can be no request.
    """
    if method == "GET":
        return Call(method, path, b"", None, also_answers=also_answers)
    key = str(uuid.uuid4()) if idempotency_key is None else idempotency_key
    # Spaces are allowed inside only, because they are trimmed from the ends of a header on its way.
    if not isinstance(key, str) or not re.fullmatch(r"[!-~](?:[ -~]{0,253}[!-~])?", key):
        raise InvalidRequestError("idempotency_key is 1 to 255 printable ASCII characters.", param="Idempotency-Key")
    if method == "DELETE":
        return Call(method, path, b"", key)
    return Call(method, path, _write_body(takes, request), key, wants_list=wants_list)


def make_file_call(path: str, file_types: Tuple[str, ...]) -> Call:
    """A call for a file, which is answered as its bytes."""
    return Call("GET", path, b"", None, file_types=file_types)


def make_list_call(path: str, query: Union[Mapping[str, Union[str, int, datetime, None]], str]) -> Call:
    """A call for one page; ``query`` is what is asked for, or what the page before said."""
    text = query if isinstance(query, str) else write_query(query)
    return Call("GET", f"{path}?{text}" if text else path, b"", None, wants_list=True)


def _write_body(takes: Optional[Type[Record]], request: Optional[Record]) -> bytes:
    # An operation that takes no field wants an empty object all the same.
    fields = {} if takes is None else write_record(request, takes)
    try:
        text = json.dumps(fields, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8")
    except (TypeError, ValueError, RecursionError):
        # The reason would quote what was given, and that may be a credential.
        raise InvalidRequestError("The request has something in it that JSON cannot say.") from None


def segment(name: str, value: Union[str, int]) -> str:
    """An id as a part of a path.

    Raises:
        InvalidRequestError: It is empty, or a dot or two, which would lead to another path.
    """
    fits = isinstance(value, (str, int)) and not isinstance(value, bool)
    text = value if isinstance(value, str) else str(value)
    if not fits or text in ("", ".", ".."):
        raise InvalidRequestError(
            f"{name} is missing, or is no id.", param=name, details={"field": name, "constraint": "required"}
        )
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise InvalidRequestError(f"{name} has half of a character in it.", param=name) from None

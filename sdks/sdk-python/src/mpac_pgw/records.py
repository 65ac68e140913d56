"""The dataclasses of the API: how they are written as JSON and read from it.

What is None is not sent. What is read keeps fields that nobody knows yet in ``extra`` and values of another type as
they are, so that a newer gateway breaks nothing. No secret is in a text form.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import sys
import typing
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Callable, Dict, Type, TypeVar, Union

from .errors import InvalidRequestError

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_: object) -> Callable[[Any], Any]:
        return lambda decorated: decorated


#: Fields whose value stands in no text form, wherever they are.
SECRET_FIELDS = frozenset(
    {
        "payment_token",
        "secret",
        "secret_key",
        "credentials",
        "customer_code",
        "password",
        "private_key",
        "passphrase",
    }
)

R = TypeVar("R", bound="Record")
C = TypeVar("C", bound=type)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(dataclasses.field,))
def record(cls: C) -> C:
    """A frozen dataclass whose fields are given by name; Python 3.9 has no ``kw_only``, so it is done by hand there."""
    if sys.version_info >= (3, 10):
        by_keyword: Any = dataclasses.dataclass(frozen=True, kw_only=True, repr=False)(cls)
        return typing.cast(C, by_keyword)
    made: Any = dataclasses.dataclass(frozen=True, repr=False)(cls)
    positional = made.__init__

    @functools.wraps(positional)
    def by_name(self: Any, **fields: Any) -> None:
        positional(self, **fields)

    made.__init__ = by_name
    return typing.cast(C, made)


class Record:
    """What all of them have in common."""

    def __repr__(self) -> str:
        shown = []
        for name, value in _items_of(self):
            if name == "extra":
                # Nobody knows whether a field that is not known holds a secret, so its name must do.
                shown += [f"{unknown}=…" for unknown in value]
            elif value is not None:
                shown.append(f"{name}={'***' if name in SECRET_FIELDS else _conceal(value)!r}")
        return f"{type(self).__name__}({', '.join(shown)})"

    @classmethod
    def from_dict(cls: Type[R], data: Mapping[str, Any]) -> R:
        """The record of a JSON object: of what a webhook is about (``event.data.object``), or of one for a test.

        A field that is not there is None, and one that is not known is in ``extra``.
        """
        return read_record(cls, data)

    def to_dict(self) -> Dict[str, Any]:
        """The JSON object, as the API has it: with the names of the API, and without what is None."""
        written: Dict[str, Any] = {}
        for name, value in _items_of(self):
            if name == "extra":
                written.update(value)
            elif isinstance(value, bytes):
                # JSON has no bytes; the API's names say how they are written.
                written[f"{name}_base64"] = base64.b64encode(value).decode("ascii")
            elif value is not None:
                written[name] = _to_plain(value)
        return written


def _items_of(value: Record) -> list[tuple[str, Any]]:
    return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(typing.cast(Any, value))]


def _conceal(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: "***" if name in SECRET_FIELDS else _conceal(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_conceal(item) for item in value]
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value


def _to_plain(value: Any) -> Any:
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {name: _to_plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_plain(item) for item in value]
    return value


_HINTS: Dict[type, Dict[str, Any]] = {}


def _hints_of(cls: type) -> Dict[str, Any]:
    # Reading them costs more than reading a whole answer, and they never change.
    if cls not in _HINTS:
        _HINTS[cls] = typing.get_type_hints(cls)
    return _HINTS[cls]


def read_record(cls: Type[R], data: Mapping[str, Any]) -> R:
    """A record of the JSON object ``data``. A field that is not there is None, whatever the document promised."""
    hints = _hints_of(cls)
    known = {name: _read(hints[name], data.get(name)) for name in hints if name != "extra"}
    extra = {name: value for name, value in data.items() if name not in known}
    make: Any = cls
    return typing.cast(R, make(**known, extra=extra))


def _read(hint: Any, value: Any) -> Any:
    hint = _without_none(hint)
    if isinstance(hint, type) and issubclass(hint, Record) and isinstance(value, Mapping):
        return read_record(hint, value)
    if typing.get_origin(hint) is list and isinstance(value, list):
        (item,) = typing.get_args(hint)
        return [_read(item, each) for each in value]
    return value


def write_record(value: Any, cls: Type[Record]) -> Dict[str, Any]:
    """The body of a request. What could be no such request is refused here, before anything is sent.

    Raises:
        InvalidRequestError: A field has a value of another type, such as a float for an amount in minor units.
    """
    if not isinstance(value, cls):
        raise InvalidRequestError(f"This call takes a {cls.__name__}, not {_type_name(value)}.")
    _check(value, cls, "")
    return value.to_dict()


def _check(value: Any, hint: Any, at: str) -> None:
    hint = _without_none(hint)
    if hint is Any:
        return
    kind = typing.get_origin(hint) or hint
    fits = isinstance(value, kind)
    if kind is int:
        # True is an int to Python, and 15.0 is none, though JSON writes it almost the same.
        fits = fits and not isinstance(value, bool)
    elif kind is Sequence:
        # "qr_mpm" is a sequence, too: of six letters.
        fits = isinstance(value, (list, tuple))
    if not fits:
        expected = "list" if kind is Sequence else "mapping" if kind is Mapping else kind.__name__
        raise InvalidRequestError(
            f"{at} is to be of type {expected}, not {_type_name(value)}.",
            param=at,
            details={"field": at, "constraint": "type"},
        )
    if isinstance(value, Record):
        hints = _hints_of(type(value))
        for name, item in _items_of(value):
            optional = _without_none(hints[name]) is not hints[name]
            if item is not None or not optional:
                _check(item, hints[name], f"{at}.{name}" if at else name)
    elif kind is Sequence:
        (hint,) = typing.get_args(hint)
        for position, item in enumerate(value):
            _check(item, hint, f"{at}.{position}")
    elif kind is Mapping:
        _, hint = typing.get_args(hint)
        for name, item in value.items():
            _check(name, str, f"{at} (a name in it)")
            _check(item, hint, f"{at}.{name}")


def _without_none(hint: Any) -> Any:
    if typing.get_origin(hint) is Union:
        (hint,) = (each for each in typing.get_args(hint) if each is not type(None))
    return hint


def _type_name(value: Any) -> str:
    return "None" if value is None else type(value).__name__

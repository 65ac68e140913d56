"""From an operation of openapi.json, and all that goes with it in one object, to a method and its arguments."""

from __future__ import annotations

import dataclasses
import inspect
import re
import typing
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from mpac_pgw import PGWError, WebhookVerificationError
from mpac_pgw.records import Record

FACTS = (
    "kind",
    "status",
    "code",
    "message",
    "param",
    "details",
    "request_id",
    "retry_after_seconds",
    "idempotency_key",
)


def method_name(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def arrange(
    method: Callable[..., Any], values: Mapping[str, Any], idempotency_key: Optional[str] = None
) -> Tuple[List[Any], Dict[str, Any]]:
    """The arguments of a method.

    Raises:
        TypeError: A field is none of this request, or one that is required is missing: it cannot be said in Python.
    """
    hints = typing.get_type_hints(method)
    rest = dict(values)
    positional: List[Any] = []
    named: Dict[str, Any] = {} if idempotency_key is None else {"idempotency_key": idempotency_key}
    parameters = inspect.signature(method).parameters
    for name, parameter in parameters.items():
        if parameter.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD and name != "request":
            positional.append(rest.pop(name))
    if "request" in parameters:
        positional.append(build(_without_none(hints["request"]), rest))
    else:
        named.update(rest)
    return positional, named


def build(hint: Any, value: Any) -> Any:
    """The dataclasses that a request of plain JSON stands for."""
    hint = _without_none(hint)
    if isinstance(hint, type) and issubclass(hint, Record) and isinstance(value, Mapping):
        hints = typing.get_type_hints(hint)
        return hint(**{name: build(hints.get(name, Any), each) for name, each in value.items()})
    if isinstance(value, list) and typing.get_args(hint):
        return [build(typing.get_args(hint)[0], each) for each in value]
    return value


def _without_none(hint: Any) -> Any:
    kinds = [each for each in typing.get_args(hint) if each is not type(None)]
    return kinds[0] if typing.get_origin(hint) is typing.Union else hint


def tell_error(error: Exception) -> Dict[str, Any]:
    """The facts of an error, as the vectors and scenarios name them."""
    if isinstance(error, WebhookVerificationError):
        return {"reason": error.reason}
    if isinstance(error, PGWError):
        return {name: getattr(error, name) for name in FACTS}
    raise error


def look(value: Any, path: str) -> Any:
    """A field by its dotted path, where a user of the SDK would look for it: by its name, or in ``extra``."""
    for part in path.split("."):
        if isinstance(value, Record):
            known = {field.name for field in dataclasses.fields(typing.cast(Any, value))} - {"extra"}
            value = getattr(value, part) if part in known else typing.cast(Any, value).extra.get(part)
        elif isinstance(value, Mapping):
            value = value.get(part)
        elif part.isdigit() and hasattr(value, "__getitem__") and not isinstance(value, str):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            return None
    return value

"""Writes operations.py and async_operations.py: a method for each operation, and one more for each list."""

from __future__ import annotations

import re
import textwrap
from typing import Any, Dict, List

from read_openapi import Operation, read_operations

HEAD = '''"""Generated from openapi.json by generate/generate.py: the calls of {client}. Do not edit."""

from __future__ import annotations

from typing import {iterator}, List, Optional

from . import models
{imports}
from .pages import Page
from .query import Instant


class {name}({base}):
    """A method for each operation, by its name in openapi.json."""
'''

#: What a method can raise, by the status that says so.
ERRORS = {
    400: "InvalidRequestError: A field is missing, wrong or unknown.",
    401: "AuthenticationError: The signature was not accepted.",
    403: "ForbiddenError: The key may not do this.",
    404: "NotFoundError: There is nothing by this id.",
    409: "IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.",
    429: "RateLimitExceededError: Too many requests, also after the retries.",
    502: "ProviderError: The provider refused; nothing was taken.",
}

IDEMPOTENCY = (
    "idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; "
    "made by chance when left out."
)


def write_methods(openapi: Dict[str, Any], *, in_async: bool) -> str:
    head = HEAD.format(
        client="AsyncClient" if in_async else "Client",
        iterator="AsyncIterator" if in_async else "Iterator",
        base="AsyncCalls" if in_async else "Calls",
        imports="from .async_calls import AsyncCalls\nfrom .call import segment"
        if in_async
        else "from .call import segment\nfrom .calls import Calls",
        name="AsyncOperations" if in_async else "Operations",
    )
    return head + "".join(
        text
        for operation in read_operations(openapi)
        for text in (
            _write_list(operation, in_async)
            if operation.is_list and not operation.changes_something
            else [_write_call(operation, in_async)]
        )
    )


def _write_call(operation: Operation, in_async: bool) -> str:
    if operation.file_types:
        return _write_file(operation, in_async)
    arguments = _path_arguments(operation)
    if operation.request_class:
        default = " = None" if operation.request_is_optional else ""
        hint = f"models.{operation.request_class}"
        arguments.append(f"request: {f'Optional[{hint}]{default}' if default else hint}")
    given = [f'"{operation.verb}"', _path(operation), f"models.{operation.answer}"]
    if operation.request_class:
        made = f"request or models.{operation.request_class}()" if operation.request_is_optional else "request"
        given += [f"models.{operation.request_class}", made]
    if operation.changes_something:
        arguments += ["*", "idempotency_key: Optional[str] = None"]
        given.append("idempotency_key=idempotency_key")
    if operation.also_answers:
        given.append(f"also_answers={operation.also_answers!r}")
    answer = f"List[models.{operation.answer}]" if operation.is_list else f"models.{operation.answer}"
    return _write_method(
        "async def" if in_async else "def",
        operation.method,
        arguments,
        f"{answer}",
        _docstring(operation, _describe_request(operation)),
        _write_return("_call_for_list" if operation.is_list else "_call", given, awaited=in_async),
    )


def _write_file(operation: Operation, in_async: bool) -> str:
    return _write_method(
        "async def" if in_async else "def",
        operation.method,
        _path_arguments(operation),
        "bytes",
        _docstring(operation, [], "The bytes are as they are, whatever the format."),
        _write_return("_file", [_path(operation), repr(operation.file_types).replace("'", '"')], awaited=in_async),
    )


def _write_list(operation: Operation, in_async: bool) -> List[str]:
    arguments = [*_path_arguments(operation), "*"]
    for parameter in operation.query_parameters:
        arguments.append(f"{parameter['name']}: Optional[{_query_hint(parameter)}] = None")
    query = "".join(f'\n        "{each["name"]}": {each["name"]},' for each in operation.query_parameters)
    given = [_path(operation), f"models.{operation.answer}", f"{{{query}\n    }}"]
    one, all_of_them = operation.method, re.sub(r"^list_", "", operation.method)
    iterator = "AsyncIterator" if in_async else "Iterator"
    loop = "async for" if in_async else "for"
    lazily = (
        f"All of them, over all pages: ``{loop} … in client.{all_of_them}(…)``. Pages are read when they are needed; "
        "``limit`` is the size of a page."
    )
    one_page = f"One page. ``{all_of_them}`` walks over all of them."
    return [
        _write_method(
            "async def" if in_async else "def",
            one,
            arguments,
            f"Page[models.{operation.answer}]",
            _docstring(operation, [], one_page),
            _write_return("_page", given, awaited=in_async),
        ),
        _write_method(
            "def",
            all_of_them,
            arguments,
            f"{iterator}[models.{operation.answer}]",
            _docstring(operation, [], lazily),
            _write_return("_items", given, awaited=False),
        ),
    ]


def _write_method(
    define: str, name: str, arguments: List[str], answer: str, docstring: List[str], statement: str
) -> str:
    taken = "".join(f"        {argument},\n" for argument in arguments)
    head = f"    {define} {name}(\n        self,\n{taken}    ) -> {answer}:"
    lines = [*docstring, *statement.split("\n")]
    body = "\n".join(f"        {line}".rstrip() for line in lines)
    return f"\n{head}\n{body}\n"


def _write_return(name: str, given: List[str], *, awaited: bool) -> str:
    call = f"return {'await ' if awaited else ''}self.{name}("
    on_one_line = f"{call}{', '.join(given)})"
    if len(on_one_line) <= 104 and "\n" not in on_one_line:
        return on_one_line
    return "\n".join([call, *(f"    {each}," for each in given), ")"])


def _path_arguments(operation: Operation) -> List[str]:
    return [f"{each['name']}: {'int' if each['name'] == 'sequence' else 'str'}" for each in operation.path_parameters]


def _path(operation: Operation) -> str:
    filled = re.sub(r"{(\w+)}", r"{segment('\1', \1)}", operation.path)
    return f'f"{filled}"' if operation.path_parameters else f'"{operation.path}"'


def _query_hint(parameter: Dict[str, Any]) -> str:
    if parameter["schema"].get("format") == "date-time":
        return "Instant"
    # In a query everything is text; these are numbers to a person.
    return "int" if parameter["name"] in ("limit", "offset", "after_sequence") else "str"


def _docstring(operation: Operation, more: List[str], about: str = "") -> List[str]:
    text = [f'"""{operation.summary}.', ""]
    for paragraph in (operation.description, about):
        if paragraph:
            text += [*textwrap.wrap(paragraph, 100), ""]
    described = [
        f"{each['name']}: {_describe(each)}"
        for each in operation.path_parameters + operation.query_parameters
        if _describe(each)
    ] + more
    text += _section("Args", described)
    errors = [said for status, said in ERRORS.items() if status in operation.statuses]
    last = (
        "UnknownOutcomeError: It may have been done: repeat it with the same idempotency key."
        if operation.changes_something
        else "ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries."
    )
    text += _section("Raises", [*errors, last])
    return [*text[:-1], '"""']


def _describe_request(operation: Operation) -> List[str]:
    said = []
    if operation.request_class:
        left_out = ", or nothing" if operation.request_is_optional else ""
        said.append(f"request: The fields{left_out}; {operation.request_class} says what they mean.")
    return [*said, IDEMPOTENCY] if operation.changes_something else said


def _describe(parameter: Dict[str, Any]) -> str:
    said = str(parameter.get("description", ""))
    values = parameter["schema"].get("enum")
    return f"{said} One of: {', '.join(values)}.".strip() if values else said


def _section(title: str, entries: List[str]) -> List[str]:
    if not entries:
        return []
    lines = [
        line
        for entry in entries
        for line in textwrap.wrap(entry, 100, initial_indent="    ", subsequent_indent="        ")
    ]
    return [f"{title}:", *lines, ""]

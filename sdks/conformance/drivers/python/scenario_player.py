"""Plays a scenario, once with each client that talks to a real gateway: blocking and asyncio."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import time
import urllib.request
import uuid
from typing import Any, Dict, List, Mapping, Optional, Tuple, Union

from sdk_calls import arrange, method_name, tell_error

from mpac_pgw import AsyncClient, Client, ClientConfig, PGWError, WebhookVerificationError, webhooks
from mpac_pgw.records import Record

POLL_SECONDS = 0.1
PATIENCE_SECONDS = 30.0


class BlockingSdk:
    """Calls by the names of operations, with Client and the standard library."""

    def __init__(self, config: ClientConfig) -> None:
        self._client = Client(config)

    def call(self, operation: str, values: Mapping[str, Any], idempotency_key: Optional[str]) -> Any:
        method = getattr(self._client, method_name(operation))
        given, named = arrange(method, values, idempotency_key)
        return method(*given, **named)

    def items(self, operation: str, values: Mapping[str, Any]) -> List[Any]:
        method = getattr(self._client, method_name(operation)[len("list_") :])
        given, named = arrange(method, values)
        return list(method(*given, **named))

    def close(self) -> None:
        self._client.close()


class AsyncioSdk:
    """The same with AsyncClient, whose event loop runs as long as a call does."""

    def __init__(self, config: ClientConfig) -> None:
        self._loop = asyncio.new_event_loop()
        self._client = AsyncClient(config)

    def call(self, operation: str, values: Mapping[str, Any], idempotency_key: Optional[str]) -> Any:
        method = getattr(self._client, method_name(operation))
        given, named = arrange(method, values, idempotency_key)
        return self._loop.run_until_complete(method(*given, **named))

    def items(self, operation: str, values: Mapping[str, Any]) -> List[Any]:
        method = getattr(self._client, method_name(operation)[len("list_") :])
        given, named = arrange(method, values)

        async def collect() -> List[Any]:
            return [each async for each in method(*given, **named)]

        return self._loop.run_until_complete(collect())

    def close(self) -> None:
        self._loop.run_until_complete(self._client.aclose())
        self._loop.close()


class Scenarios:
    """All scenarios, one after the other."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        config = ClientConfig(
            base_url=environment["CONFORMANCE_BASE_URL"],
            api_key=environment["CONFORMANCE_API_KEY"],
            secret_key=environment["CONFORMANCE_SECRET_KEY"],
        )
        self._store = environment["CONFORMANCE_STORE_ID"]
        self._stage = environment["CONFORMANCE_STAGE_URL"]
        self._sdks: Dict[str, Union[BlockingSdk, AsyncioSdk]] = {
            "blocking": BlockingSdk(config),
            "asyncio": AsyncioSdk(config),
        }

    def play(self, scenario: Mapping[str, Any]) -> Optional[str]:
        """Why it is not good, or None."""
        for client, sdk in self._sdks.items():
            kept: Dict[str, Any] = {"run": uuid.uuid4().hex[:12], "store": self._store}
            for number, step in enumerate(scenario["steps"], 1):
                try:
                    why = self._play_step(step, sdk, kept)
                except Exception as error:
                    why = f"{type(error).__name__}: {error}"
                if why is not None:
                    return f"{client}, step {number}: {why}"
        return None

    def close(self) -> None:
        for sdk in self._sdks.values():
            sdk.close()

    def _play_step(self, raw: Mapping[str, Any], sdk: Any, kept: Dict[str, Any]) -> Optional[str]:
        step = {name: value if name == "as" else fill(value, kept) for name, value in raw.items()}
        values = step.get("with", {})
        found: Any = None
        refused = False
        if "wait" in step:
            found = self._wait(step, sdk)
            expected = step["until"]
        elif "list" in step:
            found = [plain(each) for each in sdk.items(step["list"], values)]
            if "expect_ids" in step:
                ids = [each["id"] for each in found]
                if ids != step["expect_ids"]:
                    return f"the ids are {ids}, not {step['expect_ids']}"
            expected = step.get("expect")
        else:
            expected = step.get("expect_error", step.get("expect"))
            found, refused = self._try(step, sdk, values)
            if refused != ("expect_error" in step):
                return f"it ends with {json.dumps(found, default=str)}"
        if "as" in step:
            kept[step["as"]] = found
        return None if expected is None else differ(found, expected, "$")

    def _try(self, step: Mapping[str, Any], sdk: Any, values: Mapping[str, Any]) -> Tuple[Any, bool]:
        try:
            if "call" in step:
                return plain(sdk.call(step["call"], values, step.get("idempotency_key"))), False
            if "stage" in step:
                return self._ask_stage(step["stage"], values), False
            return plain(verify(step)), False
        except (PGWError, WebhookVerificationError) as error:
            return tell_error(error), True
        except TypeError as error:
            # A dataclass has no such field, or lacks one: that request cannot be said in Python.
            if "call" in step and "argument" in str(error):
                return {"kind": "invalid_request", "message": str(error)}, True
            raise

    def _wait(self, step: Mapping[str, Any], sdk: Any) -> Any:
        ends = time.monotonic() + PATIENCE_SECONDS
        while True:
            found = plain(sdk.call(step["wait"], step.get("with", {}), None))
            if differ(found, step["until"], "$") is None or time.monotonic() > ends:
                return found
            time.sleep(POLL_SECONDS)

    def _ask_stage(self, action: str, values: Mapping[str, Any]) -> Any:
        request = urllib.request.Request(
            f"{self._stage}/{action}",
            data=json.dumps(values).encode(),
            headers={"content-type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)


def verify(step: Mapping[str, Any]) -> Any:
    delivery = step["verify"]
    body = bytearray(base64.b64decode(delivery["body_base64"]))
    if step.get("altered"):
        body[-2] ^= 1
    return webhooks.verify(bytes(body), delivery["headers"], step["secret"])


def plain(value: Any) -> Any:
    """An answer as plain JSON, with the fields that the SDK does not know. A file is told by its size and SHA-256."""
    if isinstance(value, Record):
        return value.to_dict()
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, bytes):
        return {"size": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    return value if isinstance(value, (dict, str, int, type(None))) else [plain(each) for each in value]


def fill(value: Any, kept: Mapping[str, Any]) -> Any:
    """The value with what earlier steps kept in the place of ``$name.field`` and ``${name.field}``."""
    if isinstance(value, Mapping):
        return {name: fill(each, kept) for name, each in value.items()}
    if isinstance(value, list):
        return [fill(each, kept) for each in value]
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(r"\$([A-Za-z_][\w.]*)", value)
    if whole is not None:
        return _find(whole.group(1), kept)
    return re.sub(r"\$\{([\w.]+)\}", lambda name: str(_find(name.group(1), kept)), value)


def _find(path: str, kept: Mapping[str, Any]) -> Any:
    found: Any = kept
    for part in path.split("."):
        found = found[int(part)] if isinstance(found, list) else found[part]
    return found


def differ(found: Any, expected: Any, at: str) -> Optional[str]:
    """How what was found differs from what was expected, or None. Only what is expected is compared."""
    if expected == {"$": "present"}:
        return None if found is not None else f"{at} is absent"
    if expected == {"$": "absent"}:
        return None if found is None else f"{at} is {found!r}, and not absent"
    if isinstance(expected, Mapping):
        if not isinstance(found, Mapping):
            return f"{at} is {found!r}"
        reasons = (differ(found.get(name), each, f"{at}.{name}") for name, each in expected.items())
        return next((reason for reason in reasons if reason is not None), None)
    if isinstance(expected, list) and isinstance(found, list) and len(found) == len(expected):
        reasons = (differ(found[at_], each, f"{at}.{at_}") for at_, each in enumerate(expected))
        return next((reason for reason in reasons if reason is not None), None)
    return None if found == expected else f"{at} is {found!r}, not {expected!r}"

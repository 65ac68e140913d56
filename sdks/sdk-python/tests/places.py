"""Where things are, when the tests run in the repository; elsewhere those that need it are skipped, and say so."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import Any, Callable, TypeVar

PACKAGE = Path(__file__).parent.parent
REPOSITORY = PACKAGE.parent.parent
T = TypeVar("T", bound=Callable[..., Any])


def needs_repository(test: T) -> T:
    is_there = (REPOSITORY / "openapi.json").exists() and (REPOSITORY / "sdks" / "conformance").exists()
    return unittest.skipUnless(is_there, "this is not the repository: there is no openapi.json")(test)

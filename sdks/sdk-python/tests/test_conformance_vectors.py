"""All vectors of the conformance folder, asked as its driver asks them: with each of the three clients."""

from __future__ import annotations

import importlib
import json
import sys
import unittest
from typing import Any

from .places import REPOSITORY, needs_repository

CONFORMANCE = REPOSITORY / "sdks" / "conformance"


class ConformanceVectors(unittest.TestCase):
    @needs_repository
    def test_every_vector_for_python_is_answered_rightly(self) -> None:
        # The driver is no package: it is a folder that its user copies.
        sys.path.insert(0, str(CONFORMANCE / "drivers" / "python"))
        try:
            driver: Any = importlib.import_module("driver")
        finally:
            sys.path.pop(0)
        files = json.loads((CONFORMANCE / "drivers.json").read_text(encoding="utf-8"))["files"]
        asked = 0
        for file in (file for file, languages in files.items() if "python" in languages):
            for case in driver.list_cases(CONFORMANCE, file):
                with self.subTest(file, case=case["name"]):
                    self.assertIsNone(driver.ASK_BY_FILE[file](case))
                asked += 1
        self.assertGreater(asked, 500)

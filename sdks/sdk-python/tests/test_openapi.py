"""The package and openapi.json agree, both ways."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
import unittest
from typing import Any, Dict, Set

import mpac_pgw
from mpac_pgw import AsyncClient, Client, models
from mpac_pgw.version import VERSION

from .places import PACKAGE, REPOSITORY, needs_repository

LEFT_OUT = {"receivePaypayNotification", "returnMpgsCustomer", "retrieveQrCode"}


def public_methods(client: type) -> Set[str]:
    return {name for name, _ in inspect.getmembers(client, callable) if not name.startswith("_")}


class OpenApi(unittest.TestCase):
    @needs_repository
    def test_what_was_generated_is_what_would_be_generated_now(self) -> None:
        generator = PACKAGE / "generate" / "generate.py"
        ended = subprocess.run([sys.executable, str(generator), "--check"], capture_output=True, text=True, check=False)
        self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)

    @needs_repository
    def test_both_clients_have_a_method_for_each_operation_and_no_other(self) -> None:
        openapi: Dict[str, Any] = json.loads((REPOSITORY / "openapi.json").read_text(encoding="utf-8"))
        expected: Set[str] = set()
        for verbs in openapi["paths"].values():
            for operation in verbs.values():
                if operation["operationId"] not in LEFT_OUT:
                    id = operation["operationId"]
                    name = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in id)
                    expected |= {name} | ({name[len("list_") :]} if name.startswith("list_") else set())
        own = {"close", "with_options"}
        self.assertEqual(public_methods(Client), expected | own)
        self.assertEqual(public_methods(AsyncClient), expected | own | {"aclose"})

    def test_both_clients_take_the_same_arguments(self) -> None:
        for name in public_methods(Client) - {"with_options"}:
            with self.subTest(name):
                ours = inspect.signature(getattr(Client, name)).parameters
                theirs = inspect.signature(getattr(AsyncClient, name)).parameters
                self.assertEqual(str(list(ours.values())), str(list(theirs.values())))

    def test_every_public_name_is_there_and_documented(self) -> None:
        for name in mpac_pgw.__all__:
            self.assertTrue(getattr(mpac_pgw, name).__doc__ or name == "__version__", name)
        for name in public_methods(Client):
            self.assertTrue(inspect.getdoc(getattr(Client, name)), name)
        for name in models.__all__:
            self.assertIs(getattr(mpac_pgw, name), getattr(models, name))

    @needs_repository
    def test_the_version_stands_once_in_the_package_and_once_beside_it(self) -> None:
        self.assertIn(f'version = "{VERSION}"\n', (PACKAGE / "pyproject.toml").read_text(encoding="utf-8"))
        self.assertIn(f"## {VERSION}", (PACKAGE / "CHANGELOG.md").read_text(encoding="utf-8"))

"""Without httpx the package is whole but for asyncio, and says what to install."""

from __future__ import annotations

import subprocess
import sys
import unittest

PROGRAM = """
import sys
sys.modules["httpx"] = None  # As if it were not installed.
import mpac_pgw
config = mpac_pgw.ClientConfig(base_url="http://127.0.0.1:1", api_key="ak_1", secret_key="sk_1", max_retries=0)
with mpac_pgw.Client(config) as client:
    try:
        client.retrieve_payment_intent("pi_1")
    except mpac_pgw.ConnectionFailedError:
        print("blocking")
try:
    mpac_pgw.AsyncClient(config)
except ImportError as error:
    print(error)
"""


class WithoutHttpx(unittest.TestCase):
    def test_asyncio_says_what_to_install_and_the_rest_works(self) -> None:
        ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
        self.assertEqual(ended.stderr, "")
        blocking, hint = ended.stdout.splitlines()
        self.assertEqual(blocking, "blocking")
        self.assertIn("pip install 'mpac-pgw[http]'", hint)

"""The code of the README runs, block after block, against a server that answers as a gateway does."""

from __future__ import annotations

import contextlib
import io
import re
import time
import unittest
from typing import Any, Dict, List, Tuple

import mpac_pgw
from mpac_pgw import webhooks

from .local_servers import ScriptedServer, Seen, reply
from .places import PACKAGE, REPOSITORY, needs_repository

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
PAID = {"id": "pi_1", "status": "succeeded", "amount_received": 1000, "payment_token": "t"}
ANSWERS: Dict[str, Any] = {
    "POST /v1/payment_intents": PAID,
    "POST /v1/payment_intents/pi_1/confirm": {"id": "pi_1", "status": "requires_action", "qr_content": "a code"},
    "GET /v1/payment_intents/pi_1": PAID,
    "GET /v1/payment_intents": [PAID],
    "GET /v1/refunds": [{"id": "re_1", "amount": 500}],
    "POST /v1/refunds": {"id": "re_1", "status": "succeeded"},
    "POST /v1/sync/merchants": {"synced_merchants": 1, "synced_stores": 1},
    "POST /v1/webhook_endpoints": {"id": "we_1", "secret": SECRET},
    "POST /v1/order_lists": {"id": "ol_1", "status": "exceptions"},
    "GET /v1/reconciliation_exceptions": [{"id": "rx_1", "kind": "amount_differs", "amount_here": 1500}],
    "POST /v1/reconciliation_exceptions/rx_1/resolve": {"id": "rx_1", "status": "resolved"},
    "GET /v1/accounting_exports": [{"id": "ax_1", "file_name": "settlement.csv"}],
    "GET /v1/accounting_exports/ax_1/file": b"Transaction ID\r\n",
    "POST /v1/payment_intents/pi_1/cancel": {"id": "pi_1", "status": "cancelled"},
}


class Gateway(ScriptedServer):
    def _next(self, seen: Seen) -> Any:
        super()._next(seen)
        answer = ANSWERS[f"{seen.method} {seen.target.partition('?')[0]}"]
        return (200, {"Content-Type": "text/csv"}, answer) if isinstance(answer, bytes) else reply(200, answer)


@needs_repository
class Readme(unittest.TestCase):
    def setUp(self) -> None:
        self.text = (PACKAGE / "README.md").read_text(encoding="utf-8")
        self.blocks: List[str] = re.findall(r"```python\n(.*?)```", self.text, re.DOTALL)

    def test_every_block_of_code_runs(self) -> None:
        names: Dict[str, Any] = {}
        output = io.StringIO()
        with Gateway(reply(200)) as server, contextlib.redirect_stdout(output):
            for block in self.blocks:
                code = compile("from __future__ import annotations\n" + block, "README.md", "exec")
                # The framework is not here; test_webhooks.py gives verify what each of them hands over.
                if not re.match(r"# (Flask|Django|FastAPI)", block):
                    exec(compile(block_for(server.url, block), code.co_filename, "exec"), names)
            self.play_rest(names)
        printed = output.getvalue()
        for text in (
            "a code",
            "succeeded 1000",
            "pi_1 1000",
            "1 False",
            "re_1 500",
            "amount_differs None 1500 None",
            "settlement.csv 16",
            "1500 1500",
            "15.00 1500",
        ):
            self.assertIn(text, printed)

    def play_rest(self, names: Dict[str, Any]) -> None:
        body = b'{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"amount_received":1000}}}'
        headers = webhooks.sign(body, SECRET, "evt_1", int(time.time()))
        self.assertEqual(names["receive"](body, headers), 204)
        self.assertEqual(names["receive"](body + b" ", headers), 400)
        with self.assertRaises(mpac_pgw.UnknownOutcomeError):
            names["silent"].cancel_payment_intent("pi_1")
        for client in (names["client"], names["patient"], names["behind_a_proxy"]):
            client.close()

    def test_every_exception_is_in_the_table(self) -> None:
        for error in mpac_pgw.errors.ERROR_OF_KIND.values():
            self.assertIn(f"`{error.__name__}`", self.text)

    def test_the_first_example_has_eight_lines_and_each_block_fits_a_page(self) -> None:
        lines = [line for line in self.blocks[0].splitlines() if line and "import" not in line]
        self.assertEqual(len(lines), 8)
        self.assertEqual([line for block in self.blocks for line in block.splitlines() if len(line) > 120], [])

    def test_every_link_leads_somewhere_from_a_package_index_too(self) -> None:
        found: List[Tuple[str, str]] = re.findall(r"\]\(([^)]*)\)|^\[.*\]: (.*)$", self.text, re.MULTILINE)
        links = [either or other for either, other in found]
        self.assertEqual([link for link in links if not link.startswith("https://")], [])
        home = "https://github.com/mp-solution-inc/mpac-pgw/blob/main/"
        ours = [link[len(home) :] for link in links if link.startswith(home)]
        self.assertGreater(len(ours), 3)
        self.assertEqual([path for path in ours if not (REPOSITORY / path).exists()], [])


def block_for(url: str, block: str) -> str:
    return "from __future__ import annotations\n" + block.replace("https://pgw.example.com", url)

"""Files: what is read is the bytes as they came, and what is handed in travels as the bytes that it is."""

from __future__ import annotations

import json
import unittest
from typing import Any, Iterator

from mpac_pgw import (
    AccountingExport,
    InvalidRequestError,
    InvalidResponseError,
    NotFoundError,
    ReconciliationException,
    RunAccountingExportsRequest,
    Settlement,
    SupplySettlementFileRequest,
)

from .local_servers import ScriptedServer, config_for, reply
from .three_clients import CLIENTS, make_caller

#: A byte order mark, a kanji, an end of a line, and bytes that are no UTF-8.
STRANGE = b"\xef\xbb\xbf\xe6\x8a\xb9,\r\n\xff\x00"


class FilesTest(unittest.TestCase):
    def each(self, *script: Any) -> Iterator[Any]:
        for client in CLIENTS:
            with self.subTest(client), ScriptedServer(*script) as server:
                caller = make_caller(client, config_for(server.url))
                yield caller, server
                caller.close()

    def test_a_file_is_read_byte_for_byte_in_each_format(self) -> None:
        files = [
            ("text/csv; charset=utf-8", STRANGE),
            ("application/json; charset=utf-8", b'{ "amount": 1.50 }\n'),
            ("application/xml", b"<export/>"),
            ("text/csv", b"x" * (11 * 1024 * 1024)),
        ]
        for caller, server in self.each(*((200, {"Content-Type": type}, content) for type, content in files)):
            for _, content in files:
                self.assertTrue(caller.call("retrieve_accounting_export_file", "ax_1") == content)
            self.assertEqual(server.seen[0].target, "/v1/accounting_exports/ax_1/file")
            self.assertIn("text/csv", server.seen[0].headers["accept"])

    def test_what_is_no_file_of_the_gateway_is_refused(self) -> None:
        wrong = [
            ((200, {"Content-Type": "text/html"}, b"<p>Please log in</p>"), InvalidResponseError),
            ((200, {"Content-Type": "text/csv"}, b""), InvalidResponseError),
            (reply(404, {"code": "not_found", "error": {"code": "not_found", "message": "no"}}), NotFoundError),
        ]
        for caller, _ in self.each(*(answer for answer, _ in wrong)):
            for _, error in wrong:
                with self.assertRaises(error):
                    caller.call("retrieve_accounting_export_file", "ax_1")

    def test_a_settlement_file_is_handed_in_as_bytes(self) -> None:
        for caller, server in self.each(reply(200, {"id": "cb_1", "object": "card_batch"})):
            request = SupplySettlementFileRequest(file_name="s.csv", content=STRANGE)
            caller.call("supply_settlement_file", "cb_1", request)
            sent = json.loads(server.seen[0].body)
            self.assertEqual(sent, {"file_name": "s.csv", "content_base64": "77u/5oq5LA0K/wA="})
            self.assertIn("11 bytes", repr(request))
            text: Any = "Merchant ID,Date"
            with self.assertRaises(InvalidRequestError) as caught:
                caller.call("supply_settlement_file", "cb_1", SupplySettlementFileRequest(file_name="s", content=text))
            self.assertEqual(caught.exception.param, "content")
            self.assertEqual(len(server.seen), 1)

    def test_files_that_are_run_are_a_list(self) -> None:
        made = [{"id": "ax_1", "object": "accounting_export"}, {"id": "ax_2", "object": "accounting_export"}]
        for caller, _ in self.each(reply(202, made)):
            request = RunAccountingExportsRequest(merchant_id="merchant_001", business_date="2026-01-28")
            files = caller.call("run_accounting_exports", request)
            self.assertEqual([type(file) for file in files], [AccountingExport, AccountingExport])
            self.assertEqual(files[1].id, "ax_2")

    def test_what_events_of_a_day_are_about_is_read_by_its_class(self) -> None:
        settlement = Settlement.from_dict({"object": "settlement", "fees_amount": None, "net_amount": 0})
        self.assertEqual((settlement.fees_amount, settlement.net_amount), (None, 0))
        exception = ReconciliationException.from_dict({"object": "reconciliation_exception", "kind": "missing_here"})
        self.assertEqual(exception.kind, "missing_here")

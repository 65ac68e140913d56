"""A receiver of webhooks with nothing but the standard library: verify, store, answer, and only then do the work.

    WEBHOOK_SECRET=whsec_… python examples/webhook_receiver.py

It keeps each event once in an SQLite file, whichever number of times it is delivered. Put it behind something that
speaks https.
"""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Iterator, Type

from mpac_pgw import PaymentIntent, WebhookEvent, WebhookVerificationError, webhooks

#: What we read at most; the gateway's events are much smaller.
MOST_BYTES = 1024 * 1024


class Events:
    """The events that arrived, each once."""

    def __init__(self, path: str) -> None:
        self._path = path
        with self._open() as database:
            database.execute("CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY, type TEXT, status TEXT)")

    def keep(self, event: WebhookEvent) -> bool:
        """False when it was here before. When this returns, the event is safe."""
        status = None
        if event.type.startswith("payment_intent."):
            status = PaymentIntent.from_dict(event.data.object).status
        with self._open() as database:
            kept = database.execute("INSERT OR IGNORE INTO events VALUES (?, ?, ?)", (event.id, event.type, status))
            return kept.rowcount == 1

    def count(self) -> int:
        with self._open() as database:
            (found,) = database.execute("SELECT count(*) FROM events").fetchone()
            return int(found)

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # The inner one commits, the outer one closes.
        with contextlib.closing(sqlite3.connect(self._path)) as database, database:
            yield database


def make_handler(secret: str, events: Events) -> Type[BaseHTTPRequestHandler]:
    """A handler for ``POST`` of webhooks to any path."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            # A length that is none, or below 0, would be read without an end.
            if not re.fullmatch("[0-9]{1,15}", length) or int(length) > MOST_BYTES:
                self._answer(413)
                return
            try:
                event = webhooks.verify(self.rfile.read(int(length)), self.headers, secret)
            except WebhookVerificationError as error:
                self.log_message("refused: %s", error)
                self._answer(400)
                return
            # 2xx means: it is safe with us. The work on it can take its time afterwards.
            is_new = events.keep(event)
            self.log_message("%s %s%s", event.id, event.type, "" if is_new else ", again")
            self._answer(204)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.end_headers()

    return Handler


def main() -> None:
    handler = make_handler(os.environ["WEBHOOK_SECRET"], Events(os.environ.get("EVENTS_FILE", "events.sqlite")))
    with ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8080"))), handler) as server:
        print(f"Listening on http://127.0.0.1:{server.server_address[1]}")
        server.serve_forever()


if __name__ == "__main__":
    main()

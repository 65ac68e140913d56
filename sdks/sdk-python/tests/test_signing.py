"""For which second a request is signed, when another one says the same."""

from __future__ import annotations

import threading
import unittest
from typing import List

from mpac_pgw.signing import MOST_SECONDS_AHEAD, Signer

from .local_servers import API_KEY, SECRET_KEY

NOW = 1_700_000_000


class Signing(unittest.TestCase):
    def setUp(self) -> None:
        self.signer = Signer(API_KEY, SECRET_KEY)

    def sign(self, now: int, key: str) -> int:
        """How many seconds after NOW a cancel with this key is signed for."""
        authorization = self.signer.authorize("POST", "/v1/payment_intents/pi_1/cancel", now, b"{}", key)
        return int(authorization.split(":")[1]) - NOW

    def test_a_second_that_was_taken_ahead_stays_taken_when_it_comes(self) -> None:
        self.assertEqual([self.sign(NOW, key) for key in ("a", "b", "c")], [0, 1, 2])
        self.assertEqual([self.sign(NOW + 1, key) for key in ("d", "b", "e")], [3, 1, 4])
        self.assertEqual(self.sign(NOW + 5, "f"), 5)

    def test_nothing_is_signed_so_far_ahead_that_it_would_not_be_accepted(self) -> None:
        seconds = [self.sign(NOW, f"key_{number}") for number in range(MOST_SECONDS_AHEAD + 3)]
        self.assertEqual(seconds[-4:], [MOST_SECONDS_AHEAD - 1, *[MOST_SECONDS_AHEAD] * 3])
        # The last of them belongs to the first that took it.
        self.assertEqual(self.sign(NOW, f"key_{MOST_SECONDS_AHEAD}"), MOST_SECONDS_AHEAD)
        self.assertEqual(self.sign(NOW + MOST_SECONDS_AHEAD, "another"), MOST_SECONDS_AHEAD + 1)

    def test_threads_that_say_the_same_take_different_seconds(self) -> None:
        taken: List[int] = []
        threads = [
            threading.Thread(target=lambda key=f"key_{number}": taken.append(self.sign(NOW, key)))
            for number in range(30)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(taken), list(range(30)))

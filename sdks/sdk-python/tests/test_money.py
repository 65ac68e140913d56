"""Money beyond the vectors: the types of Python, and that both ways agree."""

from __future__ import annotations

import unittest
from decimal import Decimal
from typing import Any

from mpac_pgw import money


class Money(unittest.TestCase):
    def test_a_float_is_refused_with_what_to_write(self) -> None:
        wrong: Any = money.to_minor_units
        for amount in (15.0, 15, None, True, b"15"):
            with self.subTest(repr(amount)), self.assertRaises(TypeError) as caught:
                wrong(amount, "USD")
            self.assertIn("'15.00'", str(caught.exception))

    def test_a_decimal_is_as_good_as_its_text(self) -> None:
        self.assertEqual(money.to_minor_units(Decimal("15.00"), "USD"), 1500)
        self.assertEqual(money.to_minor_units(Decimal("1E+3"), "JPY"), 1000)
        self.assertEqual(money.to_minor_units(Decimal("-0.05"), "usd"), -5)
        for refused in ("NaN", "Infinity", "sNaN", "0.001", "1500.0001"):
            with self.subTest(refused), self.assertRaises(ValueError):
                money.to_minor_units(Decimal(refused), "USD")

    def test_a_decimal_that_would_be_gigabytes_of_zeros_is_not_written_out(self) -> None:
        for amount in ("1E+999999999", "-1E-999999999", "0E-999999999"):
            with self.subTest(amount), self.assertRaisesRegex(ValueError, "larger or finer"):
                money.to_minor_units(Decimal(amount), "USD")

    def test_both_ways_agree_for_every_currency(self) -> None:
        for currency, digits in money.DIGITS_BY_CODE.items():
            for units in (0, 1, 10**digits - 1, 10**digits, 123456789, -7):
                text = money.to_decimal(units, currency)
                self.assertEqual(money.to_minor_units(text, currency), units)
                self.assertEqual(Decimal(text).scaleb(digits), units)

    def test_only_an_int_is_minor_units(self) -> None:
        wrong: Any = money.to_decimal
        for amount in (1.0, "1", True, None, Decimal(1)):
            with self.subTest(repr(amount)), self.assertRaises(TypeError):
                wrong(amount, "USD")

"""Money: whole minor units and an ISO 4217 code. No float is let in, and no text that could mean two amounts."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Union

#: How many decimals each active currency of ISO 4217 has (amendment 180, January 2026), as the gateway counts them.
_CODES_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE "
    "CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD "
    "HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK "
    "MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD "
    "RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH "
    "USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
DIGITS_BY_CODE = {code: digits for digits, codes in _CODES_BY_DIGITS.items() for code in codes.split()}

#: The largest integer that every language of the SDKs holds exactly.
MOST_MINOR_UNITS = 2**53 - 1

_DECIMAL = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")


def to_minor_units(amount: Union[str, Decimal], currency: str) -> int:
    """The amount in minor units: ``to_minor_units("15.00", "USD")`` is 1500, ``to_minor_units("1500", "JPY")`` too.

    Args:
        amount: A decimal as text, or a Decimal. There may be fewer decimals than the currency has, never more, not
            even zeros: "5.000" for dollars may be five thousand, written the European way.
        currency: An ISO 4217 code, in upper or lower case.

    Raises:
        TypeError: The amount is a float, which is not exact, or an int, which does not say of which unit.
        ValueError: It is no decimal, has too many digits, or the currency is not known.
    """
    if isinstance(amount, Decimal):
        # An exponent of ten digits would be written out as gigabytes of zeros.
        if amount.is_finite() and abs(amount.adjusted()) > 32:
            raise ValueError("The amount is larger or finer than can be said in all languages.")
        # "f" writes no exponent; what is no number at all becomes a word, and is refused below.
        amount = format(amount, "f")
    if not isinstance(amount, str):
        raise TypeError(f"An amount is text or a Decimal, not {type(amount).__name__}: '15.00', for example.")
    digits = _digits_of(currency)
    parts = _DECIMAL.fullmatch(amount)
    if parts is None:
        raise ValueError("An amount is written as -, digits, a point and digits, as 15.00.")
    sign, whole, decimals = parts.group(1), parts.group(2), parts.group(3) or ""
    if len(decimals) > digits:
        raise ValueError(f"{currency.upper()} has {digits} decimals; the amount has {len(decimals)}.")
    units = whole + decimals.ljust(digits, "0")
    # Longer than any that is allowed, and Python refuses to read really long ones in a way of its own.
    if len(units) > 32 or int(units) > MOST_MINOR_UNITS:
        raise ValueError("The amount is larger than can be said in all languages.")
    return -int(units) if sign else int(units)


def to_decimal(amount: int, currency: str) -> str:
    """The amount as a decimal: ``to_decimal(1500, "USD")`` is "15.00", ``to_decimal(1500, "JPY")`` is "1500".

    Args:
        amount: Minor units, as the API has them.
        currency: An ISO 4217 code, in upper or lower case.

    Raises:
        TypeError: The amount is no int.
        ValueError: The amount is too large, or the currency is not known.
    """
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise TypeError(f"An amount in minor units is an int, not {type(amount).__name__}.")
    if abs(amount) > MOST_MINOR_UNITS:
        raise ValueError("The amount is larger than can be said in all languages.")
    digits = _digits_of(currency)
    text = str(abs(amount)).rjust(digits + 1, "0")
    point = len(text) - digits
    return ("-" if amount < 0 else "") + text[:point] + (f".{text[point:]}" if digits else "")


def _digits_of(currency: str) -> int:
    # Upper-casing alone would make currencies of letters that only look like ours.
    code = currency.upper() if isinstance(currency, str) and re.fullmatch("[A-Za-z]{3}", currency) else ""
    if code not in DIGITS_BY_CODE:
        raise ValueError("The currency is not the ISO 4217 code of an active currency.")
    return DIGITS_BY_CODE[code]

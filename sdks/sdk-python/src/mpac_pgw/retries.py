"""How long to wait before the next try."""

from __future__ import annotations

import math
import re
from datetime import datetime, timezone
from typing import Optional

FIRST_WAIT_MS = 500
LONGEST_WAIT_MS = 8000

# The form that HTTP writes today (RFC 9110, 5.6.7), in English whatever the locale of this machine is.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATE = re.compile(
    rf"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{{2}}) ({'|'.join(_MONTHS)}) ([0-9]{{4}}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)


def wait_before_retry(retry: int, chance: float, retry_after_seconds: Optional[int]) -> float:
    """Seconds to wait before the ``retry``-th retry, in whole milliseconds.

    Twice as long each time and half of it by chance, so that clients that failed together do not come back
    together; longer when the gateway says so.

    Args:
        retry: 1 for the first retry.
        chance: A random number from 0 up to 1.
        retry_after_seconds: What ``Retry-After`` said.
    """
    # The exponent is bounded, because 2 to the power of a large number is no float any more.
    grown_ms: int = FIRST_WAIT_MS * 2 ** min(retry - 1, 10)
    backoff_ms: int = math.floor(min(LONGEST_WAIT_MS, grown_ms) * (0.5 + chance / 2))
    return max(backoff_ms / 1000, float(retry_after_seconds or 0))


def read_retry_after(value: Optional[str], now: float) -> Optional[int]:
    """The seconds that a ``Retry-After`` asks for, or None when it says nothing that can be understood.

    Args:
        value: The header: whole seconds, or an HTTP date, which is rounded up and 0 when it is past.
        now: Unix time in seconds.
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,15}", text):
        return int(text)
    date = _DATE.fullmatch(text)
    if date is None:
        return None
    day, month, year, hour, minute, second = date.groups()
    try:
        moment = datetime(
            int(year),
            _MONTHS.index(month) + 1,
            int(day),
            int(hour),
            int(minute),
            int(second),
            tzinfo=timezone.utc,
        )
    except ValueError:
        return None
    return max(0, math.ceil(moment.timestamp() - now))

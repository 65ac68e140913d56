"""What a process that was forked makes anew: connections, which it must not share with its parent, and locks, which a
thread of its parent may have held at that moment.

Servers do this: gunicorn with ``--preload``, Celery's workers and ``multiprocessing`` fork after the client was made.
"""

from __future__ import annotations

import os
import weakref
from typing import Protocol


class Renewable(Protocol):
    def renew(self) -> None:
        """Called in a process that was just forked, before anything else runs in it."""
        ...


_OWNERS: weakref.WeakSet[Renewable] = weakref.WeakSet()


def renew_after_fork(owner: Renewable) -> None:
    """Has ``owner.renew()`` called in every process that is forked from this one, as long as the owner lives."""
    _OWNERS.add(owner)


def _renew_all() -> None:
    for owner in list(_OWNERS):
        owner.renew()


# Windows forks nothing.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_all)

"""Where the gateway is, who we are, and how patient a client is."""

from __future__ import annotations

import dataclasses
import re
from ipaddress import ip_address
from urllib.parse import urlsplit


@dataclasses.dataclass(frozen=True)
class ClientConfig:
    """The settings of a client. The secret key is in no text form of it.

    Attributes:
        base_url: The gateway's address, such as ``https://pgw.example.com``. It may have a path under which a proxy
            has put the gateway, and which the proxy takes off again. ``http://`` is for this machine only.
        api_key: The id of the API key (``ak_…``), or of the merchant.
        secret_key: Its secret (``sk_…``).
        timeout: How long one try may take, in seconds.
        deadline: How long a call may take with all its retries and waits, in seconds.
        max_retries: How many tries there may be after the first.
        allow_insecure_http: Lets ``http://`` go to other machines: inside a cluster that encrypts by itself. What is
            sent can be read on its way.

    Raises:
        ValueError: One of them cannot be. It never names the secret.
    """

    base_url: str
    api_key: str
    secret_key: str = dataclasses.field(repr=False)
    timeout: float = 30.0
    deadline: float = 60.0
    max_retries: int = 3
    allow_insecure_http: bool = False

    def __post_init__(self) -> None:
        url = urlsplit(self.base_url)
        if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment or "@" in url.netloc:
            raise ValueError("base_url is an http or https address without user, query and fragment.")
        if url.scheme == "http" and not self.allow_insecure_http and not _is_this_machine(url.hostname):
            raise ValueError(
                "base_url is https://, or http:// of this machine; allow_insecure_http lets others be used."
            )
        if not re.fullmatch(r"[!-9;-~]{1,255}", self.api_key):
            raise ValueError("api_key is the id of an API key, printable and without a colon.")
        if not isinstance(self.secret_key, str) or self.secret_key == "":
            raise ValueError("secret_key is missing.")
        if not self.timeout > 0 or not self.deadline > 0:
            raise ValueError("timeout and deadline are seconds, more than 0.")
        if self.max_retries < 0:
            raise ValueError("max_retries is 0 or more.")


def _is_this_machine(hostname: str) -> bool:
    try:
        return hostname == "localhost" or ip_address(hostname).is_loopback
    except ValueError:
        return False

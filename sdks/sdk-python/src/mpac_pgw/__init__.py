"""mpac-pgw for Python: payment intents, refunds, merchants and webhooks of a gateway.

Start with ``Client`` and ``ClientConfig``, or ``AsyncClient`` for asyncio; the objects of the API are all here by their
names. ``mpac_pgw.webhooks`` verifies what the gateway sends, ``mpac_pgw.money`` turns decimals into minor units.
"""

from . import errors, models, money, webhooks
from .async_client import AsyncClient
from .client import Client
from .config import ClientConfig
from .errors import *  # noqa: F403
from .http_client_transport import HttpClientTransport
from .models import *  # noqa: F403
from .pages import Page
from .signing import sign_request
from .transport import AsyncTransport, HttpRequest, HttpResponse, NotAnswered, NotSent, Transport
from .tries import Moment
from .version import VERSION as __version__
from .webhooks import WebhookVerificationError

__all__ = [
    "AsyncClient",
    "AsyncTransport",
    "Client",
    "ClientConfig",
    "HttpClientTransport",
    "HttpRequest",
    "HttpResponse",
    "Moment",
    "NotAnswered",
    "NotSent",
    "Page",
    "Transport",
    "WebhookVerificationError",
    "__version__",
    "money",
    "sign_request",
    "webhooks",
    *errors.__all__,
    *models.__all__,
]

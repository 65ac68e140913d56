"""The backend of a till on asyncio: an order is paid by a PayPay QR code, or it says in plain words why not.

    MPAC_BASE_URL=… MPAC_API_KEY=… MPAC_SECRET_KEY=… MPAC_STORE_ID=… python examples/till_backend.py 1500

Look at what it does when nobody can know whether money moved: it asks with the same key again, and never takes the
money another way.
"""

from __future__ import annotations

import asyncio
import os
import sys
import uuid
from typing import Awaitable, Callable

from mpac_pgw import (
    AsyncClient,
    ClientConfig,
    Confirmation,
    ConfirmPaymentIntentRequest,
    CreatePaymentIntentRequest,
    PaymentIntent,
    ProviderError,
    UnknownOutcomeError,
)

POLL_SECONDS = 2.0
#: A status in which somebody is still at work. Any other, also one that is new, is for a person to look at.
UNDER_WAY = ("requires_action", "processing")

Show = Callable[[str], None]
Sleep = Callable[[float], Awaitable[None]]


async def sell(
    client: AsyncClient, order: str, amount: int, store: str, show: Show, sleep: Sleep = asyncio.sleep
) -> PaymentIntent:
    """Takes the money for an order, and returns the intent as it ended.

    Args:
        client: The gateway.
        order: Our reference. An order is never paid twice, whatever happens here.
        amount: In yen.
        store: The store's id.
        show: Draws a text as a QR code for the customer.
        sleep: How to wait between two looks.

    Raises:
        ProviderError: PayPay refused; nothing was taken, and the customer may pay another way.
    """
    intent = await client.create_payment_intent(
        CreatePaymentIntentRequest(
            amount=amount, payment_method_types=["qr_mpm"], merchant_ref_id=order, merchant_store_id=store
        ),
        # Made from the order, so that a till that was restarted asks for the same intent, not for another.
        idempotency_key=f"create-{order}",
    )
    shown = await confirm(client, intent.id, f"confirm-{order}")
    if shown.qr_content is not None:
        show(shown.qr_content)
    while (intent := await client.retrieve_payment_intent(intent.id)).status in UNDER_WAY:
        await sleep(POLL_SECONDS)
    return intent


async def confirm(client: AsyncClient, id: str, key: str) -> Confirmation:
    """Opens the code. An outcome that is unknown is asked for once more, with the same key."""
    request = ConfirmPaymentIntentRequest(payment_method_type="qr_mpm", provider="PAYPAY")
    try:
        return await client.confirm_payment_intent(id, request, idempotency_key=key)
    except UnknownOutcomeError as unknown:
        return await client.confirm_payment_intent(id, request, idempotency_key=unknown.idempotency_key)


async def main(amount: int) -> int:
    config = ClientConfig(
        base_url=os.environ["MPAC_BASE_URL"],
        api_key=os.environ["MPAC_API_KEY"],
        secret_key=os.environ["MPAC_SECRET_KEY"],
    )
    async with AsyncClient(config) as client:
        order = f"order-{uuid.uuid4()}"
        try:
            intent = await sell(client, order, amount, os.environ["MPAC_STORE_ID"], print)
        except ProviderError as refused:
            print(f"PayPay refused, and nothing was taken: {refused.message}")
            return 1
        except UnknownOutcomeError as unknown:
            print(f"Nobody knows yet whether {order} is under way. Look at it before money is taken: {unknown}")
            return 1
    print(f"{intent.id} ended as {intent.status}; received: {intent.amount_received} yen.")
    return 0 if intent.status == "succeeded" else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]))))

# The PaymentIntent guide's example in Python, a program as it stands.
# From here on letter by letter.
import hashlib
import hmac
import time
import uuid
import requests
import json
import os

def create_payment_intent(
    merchant_ref_id: str,
    amount: int,
    payment_method_types: list[str],
    currency: str = "JPY",
    capture_method: str = "automatic"
) -> dict:
    base_url = "https://api.pgw.mpac-cloud.com"
    path = "/v1/payment_intents"
    method = "POST"

    body = json.dumps({
        "merchant_ref_id": merchant_ref_id,
        "amount": amount,
        "currency": currency,
        "payment_method_types": payment_method_types,
        "capture_method": capture_method,
    })

    timestamp = int(time.time())
    body_hash = hashlib.sha256(body.encode()).hexdigest()
    message = f"{method}\n{path}\n{timestamp}\n{body_hash}"
    signature = hmac.new(
        os.environ["MPS_SECRET_KEY"].encode(),
        message.encode(),
        hashlib.sha256
    ).hexdigest()

    response = requests.post(
        f"{base_url}{path}",
        headers={
            "Content-Type": "application/json",
            "Authorization": f"HMAC-SHA256 {os.environ['MPS_MERCHANT_ID']}:{timestamp}:{signature}",
            "Idempotency-Key": str(uuid.uuid4()),
        },
        data=body,
    )

    response.raise_for_status()
    return response.json()

# Usage
payment_intent = create_payment_intent(
    merchant_ref_id="order_123",
    amount=1500,
    payment_method_types=["qr_mpm", "credit_card", "cash"],
)

# Pass payment_token to terminal app
print(f"Payment Token: {payment_intent['payment_token']}")
# To here.

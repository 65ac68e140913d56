# The integration guide's "Create a PaymentIntent" in Python, and around it what shows that it worked.
# From here on letter by letter.
from mpac_pgw import Client, ClientConfig, CreatePaymentIntentRequest

client = Client(ClientConfig(
    base_url="https://pgw.example.com",
    api_key="ak_01JXXXXXXXXXXXXXXXXXXXXXX",
    secret_key="sk_live_xxxxxxxxxxxxxxxxxxxxxxxx",
))

intent = client.create_payment_intent(CreatePaymentIntentRequest(
    amount=1000,
    currency="JPY",
    payment_method_types=["qr_mpm"],
    merchant_ref_id="order_12345",
    merchant_store_id="store_001",
))

# Pass intent.payment_token to the frontend
# To here.

print(intent.payment_token)

"""Generated from openapi.json by generate/generate.py: the calls of Client. Do not edit."""

from __future__ import annotations

from typing import Iterator, List, Optional

from . import models
from .call import segment
from .calls import Calls
from .pages import Page
from .query import Instant


class Operations(Calls):
    """A method for each operation, by its name in openapi.json."""

    def create_payment_intent(
        self,
        request: models.CreatePaymentIntentRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.PaymentIntent:
        """Create a payment intent.

        The answer holds the `payment_token` for the terminal: it confirms once, within five minutes. An
        order’s `merchant_ref_id` is taken until its intent has failed or was cancelled, so an order is
        never paid twice.

        Args:
            request: The fields; CreatePaymentIntentRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            "/v1/payment_intents",
            models.PaymentIntent,
            models.CreatePaymentIntentRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def list_payment_intents(
        self,
        *,
        merchant_store_id: Optional[str] = None,
        merchant_ref_id: Optional[str] = None,
        status: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        starting_after: Optional[str] = None,
        created_gte: Optional[Instant] = None,
        created_lt: Optional[Instant] = None,
    ) -> Page[models.PaymentIntent]:
        """List payment intents, newest first.

        Filters work together. Follow the `Link` header from page to page: it misses nothing that is created
        meanwhile, as `offset` would, and its pages stay quick however far back they go.

        One page. ``payment_intents`` walks over all of them.

        Args:
            merchant_store_id: Only those of this store.
            merchant_ref_id: Only those of this reference of yours: every try of an order.
            status: Only those in this status. One of: requires_payment_method, requires_action, processing,
                succeeded, failed, cancelled.
            limit: 1 to 100, default 20.
            offset: How many to pass over. Each costs as much as one that is shown: better follow the Link
                header.
            starting_after: The last id of the page before; the Link header holds it.
            created_gte: RFC 3339 in UTC.
            created_lt: RFC 3339 in UTC.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/payment_intents",
            models.PaymentIntent,
            {
                "merchant_store_id": merchant_store_id,
                "merchant_ref_id": merchant_ref_id,
                "status": status,
                "limit": limit,
                "offset": offset,
                "starting_after": starting_after,
                "created_gte": created_gte,
                "created_lt": created_lt,
            },
        )

    def payment_intents(
        self,
        *,
        merchant_store_id: Optional[str] = None,
        merchant_ref_id: Optional[str] = None,
        status: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
        starting_after: Optional[str] = None,
        created_gte: Optional[Instant] = None,
        created_lt: Optional[Instant] = None,
    ) -> Iterator[models.PaymentIntent]:
        """List payment intents, newest first.

        Filters work together. Follow the `Link` header from page to page: it misses nothing that is created
        meanwhile, as `offset` would, and its pages stay quick however far back they go.

        All of them, over all pages: ``for … in client.payment_intents(…)``. Pages are read when they are
        needed; ``limit`` is the size of a page.

        Args:
            merchant_store_id: Only those of this store.
            merchant_ref_id: Only those of this reference of yours: every try of an order.
            status: Only those in this status. One of: requires_payment_method, requires_action, processing,
                succeeded, failed, cancelled.
            limit: 1 to 100, default 20.
            offset: How many to pass over. Each costs as much as one that is shown: better follow the Link
                header.
            starting_after: The last id of the page before; the Link header holds it.
            created_gte: RFC 3339 in UTC.
            created_lt: RFC 3339 in UTC.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/payment_intents",
            models.PaymentIntent,
            {
                "merchant_store_id": merchant_store_id,
                "merchant_ref_id": merchant_ref_id,
                "status": status,
                "limit": limit,
                "offset": offset,
                "starting_after": starting_after,
                "created_gte": created_gte,
                "created_lt": created_lt,
            },
        )

    def retrieve_payment_intent(
        self,
        id: str,
    ) -> models.PaymentIntent:
        """Retrieve a payment intent.

        A terminal reads with its payment token in the query, also after the confirm, until the attempt is
        over.

        Args:
            id: The id of the payment intent.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/payment_intents/{segment('id', id)}", models.PaymentIntent)

    def confirm_payment_intent(
        self,
        id: str,
        request: models.ConfirmPaymentIntentRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.Confirmation:
        """Confirm: begin or record the payment.

        A QR code is opened at the provider: the answer is `requires_action` with the code, and events or
        polling tell the rest. A code that was scanned from the customer pays at once, or is `processing`
        while the customer is asked in the app; it pays once, and the wallet is recognised from it. Cash is
        recorded as paid, and of cards at an external terminal what its app reports: 200, also when it was
        declined, so read `status`. When the provider gives no clear answer this is 502 or 504 with
        `outcome: unknown`; nothing is lost, and a retry with the same key finishes the work. A provider
        that has fallen silent is not asked: 502 with `Retry-After` and `outcome: not_begun`.

        Args:
            id: The id of the payment intent.
            request: The fields; ConfirmPaymentIntentRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            ProviderError: The provider refused; nothing was taken.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/payment_intents/{segment('id', id)}/confirm",
            models.Confirmation,
            models.ConfirmPaymentIntentRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def cancel_payment_intent(
        self,
        id: str,
        request: Optional[models.CancelPaymentIntentRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.PaymentIntent:
        """Cancel: the provider first makes sure that nothing can be paid any more.

        An open code is deleted at the provider, which is then asked once more whether it was paid: a
        customer who was faster has paid, and the answer says so.

        Args:
            id: The id of the payment intent.
            request: The fields, or nothing; CancelPaymentIntentRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            ProviderError: The provider refused; nothing was taken.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/payment_intents/{segment('id', id)}/cancel",
            models.PaymentIntent,
            models.CancelPaymentIntentRequest,
            request or models.CancelPaymentIntentRequest(),
            idempotency_key=idempotency_key,
        )

    def capture_payment_intent(
        self,
        id: str,
        request: Optional[models.CapturePaymentIntentRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.PaymentIntent:
        """Capture what is held, in full or in part, or record cash.

        Takes what is held, all of it or a part; the rest is released. For an intent that nobody has
        confirmed it records cash that staff took.

        Args:
            id: The id of the payment intent.
            request: The fields, or nothing; CapturePaymentIntentRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            ProviderError: The provider refused; nothing was taken.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/payment_intents/{segment('id', id)}/capture",
            models.PaymentIntent,
            models.CapturePaymentIntentRequest,
            request or models.CapturePaymentIntentRequest(),
            idempotency_key=idempotency_key,
        )

    def create_payment_token(
        self,
        id: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.PaymentIntent:
        """Issue a fresh payment token; the old one stops working.

        Args:
            id: The id of the payment intent.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/payment_intents/{segment('id', id)}/payment_token",
            models.PaymentIntent,
            idempotency_key=idempotency_key,
        )

    def create_refund(
        self,
        request: models.CreateRefundRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.Refund:
        """Give money back, in whole or in part.

        Written down first, then asked of the provider. `pending` means that the provider has not said yet;
        an event tells the end. All refunds together never exceed what was received.

        Args:
            request: The fields; CreateRefundRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            ProviderError: The provider refused; nothing was taken.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            "/v1/refunds",
            models.Refund,
            models.CreateRefundRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def list_refunds(
        self,
        *,
        payment_intent: Optional[str] = None,
        status: Optional[str] = None,
        created_gte: Optional[Instant] = None,
        created_lt: Optional[Instant] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.Refund]:
        """List refunds, newest first.

        One page. ``refunds`` walks over all of them.

        Args:
            payment_intent: Only those about this payment intent.
            status: Only those in this status. One of: pending, succeeded, failed.
            created_gte: RFC 3339 in UTC.
            created_lt: RFC 3339 in UTC.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/refunds",
            models.Refund,
            {
                "payment_intent": payment_intent,
                "status": status,
                "created_gte": created_gte,
                "created_lt": created_lt,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def refunds(
        self,
        *,
        payment_intent: Optional[str] = None,
        status: Optional[str] = None,
        created_gte: Optional[Instant] = None,
        created_lt: Optional[Instant] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.Refund]:
        """List refunds, newest first.

        All of them, over all pages: ``for … in client.refunds(…)``. Pages are read when they are needed;
        ``limit`` is the size of a page.

        Args:
            payment_intent: Only those about this payment intent.
            status: Only those in this status. One of: pending, succeeded, failed.
            created_gte: RFC 3339 in UTC.
            created_lt: RFC 3339 in UTC.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/refunds",
            models.Refund,
            {
                "payment_intent": payment_intent,
                "status": status,
                "created_gte": created_gte,
                "created_lt": created_lt,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_refund(
        self,
        id: str,
    ) -> models.Refund:
        """Retrieve a refund.

        Args:
            id: The id of the refund.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/refunds/{segment('id', id)}", models.Refund)

    def list_merchants(
        self,
        *,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.Merchant]:
        """List merchants.

        One page. ``merchants`` walks over all of them.

        Args:
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/merchants",
            models.Merchant,
            {
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def merchants(
        self,
        *,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.Merchant]:
        """List merchants.

        All of them, over all pages: ``for … in client.merchants(…)``. Pages are read when they are needed;
        ``limit`` is the size of a page.

        Args:
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/merchants",
            models.Merchant,
            {
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_merchant(
        self,
        id: str,
    ) -> models.Merchant:
        """Retrieve a merchant.

        Args:
            id: The id of the merchant.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/merchants/{segment('id', id)}", models.Merchant)

    def list_stores(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.Store]:
        """List the stores of a merchant, with the providers that each is set up for.

        One page. ``stores`` walks over all of them.

        Args:
            id: The id of the merchant.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            f"/v1/merchants/{segment('id', id)}/stores",
            models.Store,
            {
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def stores(
        self,
        id: str,
        *,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.Store]:
        """List the stores of a merchant, with the providers that each is set up for.

        All of them, over all pages: ``for … in client.stores(…)``. Pages are read when they are needed;
        ``limit`` is the size of a page.

        Args:
            id: The id of the merchant.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            f"/v1/merchants/{segment('id', id)}/stores",
            models.Store,
            {
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def create_webhook_endpoint(
        self,
        request: models.CreateWebhookEndpointRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.WebhookEndpoint:
        """Register a webhook endpoint, up to 16 of an organization and of each merchant in each mode.

        The answer holds the signing `secret`, which is told only now.

        Args:
            request: The fields; CreateWebhookEndpointRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            "/v1/webhook_endpoints",
            models.WebhookEndpoint,
            models.CreateWebhookEndpointRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def list_webhook_endpoints(
        self,
        *,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.WebhookEndpoint]:
        """List webhook endpoints, newest first.

        One page. ``webhook_endpoints`` walks over all of them.

        Args:
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/webhook_endpoints",
            models.WebhookEndpoint,
            {
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def webhook_endpoints(
        self,
        *,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.WebhookEndpoint]:
        """List webhook endpoints, newest first.

        All of them, over all pages: ``for … in client.webhook_endpoints(…)``. Pages are read when they are
        needed; ``limit`` is the size of a page.

        Args:
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/webhook_endpoints",
            models.WebhookEndpoint,
            {
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_webhook_endpoint(
        self,
        id: str,
    ) -> models.WebhookEndpoint:
        """Retrieve a webhook endpoint.

        Args:
            id: The id of the webhook endpoint.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/webhook_endpoints/{segment('id', id)}", models.WebhookEndpoint)

    def update_webhook_endpoint(
        self,
        id: str,
        request: Optional[models.UpdateWebhookEndpointRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.WebhookEndpoint:
        """Change a webhook endpoint; what is left out stays as it is.

        Args:
            id: The id of the webhook endpoint.
            request: The fields, or nothing; UpdateWebhookEndpointRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "PATCH",
            f"/v1/webhook_endpoints/{segment('id', id)}",
            models.WebhookEndpoint,
            models.UpdateWebhookEndpointRequest,
            request or models.UpdateWebhookEndpointRequest(),
            idempotency_key=idempotency_key,
        )

    def delete_webhook_endpoint(
        self,
        id: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.DeletedWebhookEndpoint:
        """Delete a webhook endpoint; what it was given stays readable under its id.

        Args:
            id: The id of the webhook endpoint.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "DELETE",
            f"/v1/webhook_endpoints/{segment('id', id)}",
            models.DeletedWebhookEndpoint,
            idempotency_key=idempotency_key,
        )

    def roll_webhook_secret(
        self,
        id: str,
        request: Optional[models.RollWebhookSecretRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.WebhookEndpoint:
        """Make a new signing secret; the one before signs, too, for a while.

        Args:
            id: The id of the webhook endpoint.
            request: The fields, or nothing; RollWebhookSecretRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/webhook_endpoints/{segment('id', id)}/roll_secret",
            models.WebhookEndpoint,
            models.RollWebhookSecretRequest,
            request or models.RollWebhookSecretRequest(),
            idempotency_key=idempotency_key,
        )

    def list_webhook_endpoint_events(
        self,
        id: str,
        *,
        after_sequence: Optional[int] = None,
        limit: Optional[int] = None,
    ) -> Page[models.WebhookEvent]:
        """List what an endpoint was given after a sequence, as it was or will be delivered.

        The very bodies that were or will be delivered. `sequence` has no gap, so a receiver can prove that
        it missed nothing.

        One page. ``webhook_endpoint_events`` walks over all of them.

        Args:
            id: The id of the webhook endpoint.
            after_sequence: Default 0.
            limit: 1 to 100, default 20.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            f"/v1/webhook_endpoints/{segment('id', id)}/events",
            models.WebhookEvent,
            {
                "after_sequence": after_sequence,
                "limit": limit,
            },
        )

    def webhook_endpoint_events(
        self,
        id: str,
        *,
        after_sequence: Optional[int] = None,
        limit: Optional[int] = None,
    ) -> Iterator[models.WebhookEvent]:
        """List what an endpoint was given after a sequence, as it was or will be delivered.

        The very bodies that were or will be delivered. `sequence` has no gap, so a receiver can prove that
        it missed nothing.

        All of them, over all pages: ``for … in client.webhook_endpoint_events(…)``. Pages are read when
        they are needed; ``limit`` is the size of a page.

        Args:
            id: The id of the webhook endpoint.
            after_sequence: Default 0.
            limit: 1 to 100, default 20.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            f"/v1/webhook_endpoints/{segment('id', id)}/events",
            models.WebhookEvent,
            {
                "after_sequence": after_sequence,
                "limit": limit,
            },
        )

    def list_webhook_deliveries(
        self,
        id: str,
        *,
        status: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.WebhookDelivery]:
        """List the deliveries of an endpoint with their attempts, newest first.

        One page. ``webhook_deliveries`` walks over all of them.

        Args:
            id: The id of the webhook endpoint.
            status: Only those in this status. One of: pending, succeeded, failed.
            limit: 1 to 100, default 20.
            starting_after: The last sequence of the page before.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            f"/v1/webhook_endpoints/{segment('id', id)}/deliveries",
            models.WebhookDelivery,
            {
                "status": status,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def webhook_deliveries(
        self,
        id: str,
        *,
        status: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.WebhookDelivery]:
        """List the deliveries of an endpoint with their attempts, newest first.

        All of them, over all pages: ``for … in client.webhook_deliveries(…)``. Pages are read when they are
        needed; ``limit`` is the size of a page.

        Args:
            id: The id of the webhook endpoint.
            status: Only those in this status. One of: pending, succeeded, failed.
            limit: 1 to 100, default 20.
            starting_after: The last sequence of the page before.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            f"/v1/webhook_endpoints/{segment('id', id)}/deliveries",
            models.WebhookDelivery,
            {
                "status": status,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_webhook_delivery(
        self,
        id: str,
        sequence: int,
    ) -> models.WebhookDelivery:
        """Retrieve a delivery with its attempts.

        Args:
            id: The id of the webhook endpoint.
            sequence: The number of the delivery at this endpoint.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call(
            "GET",
            f"/v1/webhook_endpoints/{segment('id', id)}/deliveries/{segment('sequence', sequence)}",
            models.WebhookDelivery,
        )

    def resend_webhook_delivery(
        self,
        id: str,
        sequence: int,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.WebhookDelivery:
        """Send a delivery again, whatever became of it: the same id and bytes, signed anew.

        Args:
            id: The id of the webhook endpoint.
            sequence: The number of the delivery at this endpoint.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/webhook_endpoints/{segment('id', id)}/deliveries/{segment('sequence', sequence)}/resend",
            models.WebhookDelivery,
            idempotency_key=idempotency_key,
        )

    def resend_webhook_deliveries(
        self,
        id: str,
        request: models.ResendWebhookDeliveriesRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.Resent:
        """Send what came after a sequence again, up to 1000 at once.

        Args:
            id: The id of the webhook endpoint.
            request: The fields; ResendWebhookDeliveriesRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/webhook_endpoints/{segment('id', id)}/resend",
            models.Resent,
            models.ResendWebhookDeliveriesRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def ping_webhook_endpoint(
        self,
        id: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.WebhookDelivery:
        """Send an event of type webhook_endpoint.ping to this endpoint alone.

        Args:
            id: The id of the webhook endpoint.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/webhook_endpoints/{segment('id', id)}/ping",
            models.WebhookDelivery,
            idempotency_key=idempotency_key,
        )

    def list_events(
        self,
        *,
        type: Optional[str] = None,
        payment_intent: Optional[str] = None,
        merchant_id: Optional[str] = None,
        created_gte: Optional[Instant] = None,
        created_lt: Optional[Instant] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.Event]:
        """List events, newest first.

        The events of one merchant, or of one common type, are looked for among the organization’s latest: a
        page walks past 10,000 at most, so it can be short, or empty, and yet have a `Link` that goes on
        from there.

        One page. ``events`` walks over all of them.

        Args:
            type: A type, or a family such as payment_intent.*.
            payment_intent: Events about this intent, its refunds and its late payments.
            merchant_id: Only those of this merchant.
            created_gte: RFC 3339 in UTC.
            created_lt: RFC 3339 in UTC.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/events",
            models.Event,
            {
                "type": type,
                "payment_intent": payment_intent,
                "merchant_id": merchant_id,
                "created_gte": created_gte,
                "created_lt": created_lt,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def events(
        self,
        *,
        type: Optional[str] = None,
        payment_intent: Optional[str] = None,
        merchant_id: Optional[str] = None,
        created_gte: Optional[Instant] = None,
        created_lt: Optional[Instant] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.Event]:
        """List events, newest first.

        The events of one merchant, or of one common type, are looked for among the organization’s latest: a
        page walks past 10,000 at most, so it can be short, or empty, and yet have a `Link` that goes on
        from there.

        All of them, over all pages: ``for … in client.events(…)``. Pages are read when they are needed;
        ``limit`` is the size of a page.

        Args:
            type: A type, or a family such as payment_intent.*.
            payment_intent: Events about this intent, its refunds and its late payments.
            merchant_id: Only those of this merchant.
            created_gte: RFC 3339 in UTC.
            created_lt: RFC 3339 in UTC.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/events",
            models.Event,
            {
                "type": type,
                "payment_intent": payment_intent,
                "merchant_id": merchant_id,
                "created_gte": created_gte,
                "created_lt": created_lt,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_event(
        self,
        id: str,
    ) -> models.Event:
        """Retrieve an event.

        Args:
            id: The id of the event.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/events/{segment('id', id)}", models.Event)

    def resolve_payment_intent(
        self,
        id: str,
        request: models.ResolvePaymentIntentRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.ResolvedPaymentIntent:
        """Decide by hand an outcome that is unknown.

        For a person who has looked at the provider’s own tool. Money that comes after `not_paid` becomes a
        late payment.

        Args:
            id: The id of the payment intent.
            request: The fields; ResolvePaymentIntentRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/payment_intents/{segment('id', id)}/resolve",
            models.ResolvedPaymentIntent,
            models.ResolvePaymentIntentRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def resolve_refund(
        self,
        id: str,
        request: models.ResolveRefundRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.ResolvedRefund:
        """Decide by hand a refund that is unknown, or that failed and was paid back otherwise.

        Args:
            id: The id of the refund.
            request: The fields; ResolveRefundRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/refunds/{segment('id', id)}/resolve",
            models.ResolvedRefund,
            models.ResolveRefundRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def list_late_payments(
        self,
        *,
        status: Optional[str] = None,
        payment_intent: Optional[str] = None,
        provider: Optional[str] = None,
        created_gte: Optional[Instant] = None,
        created_lt: Optional[Instant] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.LatePayment]:
        """List late payments, newest first.

        One page. ``late_payments`` walks over all of them.

        Args:
            status: Only those in this status. One of: held, refunding, refunded, kept.
            payment_intent: Only those about this payment intent.
            provider: Only those of this provider.
            created_gte: RFC 3339 in UTC.
            created_lt: RFC 3339 in UTC.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/late_payments",
            models.LatePayment,
            {
                "status": status,
                "payment_intent": payment_intent,
                "provider": provider,
                "created_gte": created_gte,
                "created_lt": created_lt,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def late_payments(
        self,
        *,
        status: Optional[str] = None,
        payment_intent: Optional[str] = None,
        provider: Optional[str] = None,
        created_gte: Optional[Instant] = None,
        created_lt: Optional[Instant] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.LatePayment]:
        """List late payments, newest first.

        All of them, over all pages: ``for … in client.late_payments(…)``. Pages are read when they are
        needed; ``limit`` is the size of a page.

        Args:
            status: Only those in this status. One of: held, refunding, refunded, kept.
            payment_intent: Only those about this payment intent.
            provider: Only those of this provider.
            created_gte: RFC 3339 in UTC.
            created_lt: RFC 3339 in UTC.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/late_payments",
            models.LatePayment,
            {
                "status": status,
                "payment_intent": payment_intent,
                "provider": provider,
                "created_gte": created_gte,
                "created_lt": created_lt,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_late_payment(
        self,
        id: str,
    ) -> models.LatePayment:
        """Retrieve a late payment.

        Args:
            id: The id of the late payment.

        Raises:
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/late_payments/{segment('id', id)}", models.LatePayment)

    def resolve_late_payment(
        self,
        id: str,
        request: models.ResolveLatePaymentRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.LatePayment:
        """Give late money back, or keep it.

        Args:
            id: The id of the late payment.
            request: The fields; ResolveLatePaymentRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/late_payments/{segment('id', id)}/resolve",
            models.LatePayment,
            models.ResolveLatePaymentRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def list_settlements(
        self,
        *,
        merchant_id: Optional[str] = None,
        provider: Optional[str] = None,
        status: Optional[str] = None,
        business_date_gte: Optional[str] = None,
        business_date_lte: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.Settlement]:
        """List settlements, newest first.

        Of a merchant’s day at a provider one is in force; those that were issued again stay in the list as
        `replaced`.

        One page. ``settlements`` walks over all of them.

        Args:
            merchant_id: Only those of this merchant.
            provider: Only those of this provider.
            status: Only those in this status. One of: reconciled, exceptions, replaced.
            business_date_gte: From this business day on, such as 2026-01-28.
            business_date_lte: Up to this business day, such as 2026-01-28.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/settlements",
            models.Settlement,
            {
                "merchant_id": merchant_id,
                "provider": provider,
                "status": status,
                "business_date_gte": business_date_gte,
                "business_date_lte": business_date_lte,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def settlements(
        self,
        *,
        merchant_id: Optional[str] = None,
        provider: Optional[str] = None,
        status: Optional[str] = None,
        business_date_gte: Optional[str] = None,
        business_date_lte: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.Settlement]:
        """List settlements, newest first.

        Of a merchant’s day at a provider one is in force; those that were issued again stay in the list as
        `replaced`.

        All of them, over all pages: ``for … in client.settlements(…)``. Pages are read when they are
        needed; ``limit`` is the size of a page.

        Args:
            merchant_id: Only those of this merchant.
            provider: Only those of this provider.
            status: Only those in this status. One of: reconciled, exceptions, replaced.
            business_date_gte: From this business day on, such as 2026-01-28.
            business_date_lte: Up to this business day, such as 2026-01-28.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/settlements",
            models.Settlement,
            {
                "merchant_id": merchant_id,
                "provider": provider,
                "status": status,
                "business_date_gte": business_date_gte,
                "business_date_lte": business_date_lte,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_settlement(
        self,
        id: str,
    ) -> models.Settlement:
        """Retrieve a settlement.

        Args:
            id: The id of the settlement.

        Raises:
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/settlements/{segment('id', id)}", models.Settlement)

    def list_reconciliation_exceptions(
        self,
        *,
        status: Optional[str] = None,
        kind: Optional[str] = None,
        source: Optional[str] = None,
        settlement: Optional[str] = None,
        order_list: Optional[str] = None,
        file: Optional[str] = None,
        merchant_id: Optional[str] = None,
        provider: Optional[str] = None,
        business_date_gte: Optional[str] = None,
        business_date_lte: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.ReconciliationException]:
        """List exceptions, newest first.

        One page. ``reconciliation_exceptions`` walks over all of them.

        Args:
            status: Only those in this status. One of: open, resolved.
            kind: Only those of this kind. One of: missing_here, missing_there, amount_differs,
                status_differs, totals_differ, cross_midnight.
            source: Only those that were found there. One of: file, settlement, order_list.
            settlement: Only those of this settlement.
            order_list: Only those of this order list.
            file: Only those of this file.
            merchant_id: Only those of this merchant.
            provider: Only those of this provider.
            business_date_gte: From this business day on, such as 2026-01-28.
            business_date_lte: Up to this business day, such as 2026-01-28.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/reconciliation_exceptions",
            models.ReconciliationException,
            {
                "status": status,
                "kind": kind,
                "source": source,
                "settlement": settlement,
                "order_list": order_list,
                "file": file,
                "merchant_id": merchant_id,
                "provider": provider,
                "business_date_gte": business_date_gte,
                "business_date_lte": business_date_lte,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def reconciliation_exceptions(
        self,
        *,
        status: Optional[str] = None,
        kind: Optional[str] = None,
        source: Optional[str] = None,
        settlement: Optional[str] = None,
        order_list: Optional[str] = None,
        file: Optional[str] = None,
        merchant_id: Optional[str] = None,
        provider: Optional[str] = None,
        business_date_gte: Optional[str] = None,
        business_date_lte: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.ReconciliationException]:
        """List exceptions, newest first.

        All of them, over all pages: ``for … in client.reconciliation_exceptions(…)``. Pages are read when
        they are needed; ``limit`` is the size of a page.

        Args:
            status: Only those in this status. One of: open, resolved.
            kind: Only those of this kind. One of: missing_here, missing_there, amount_differs,
                status_differs, totals_differ, cross_midnight.
            source: Only those that were found there. One of: file, settlement, order_list.
            settlement: Only those of this settlement.
            order_list: Only those of this order list.
            file: Only those of this file.
            merchant_id: Only those of this merchant.
            provider: Only those of this provider.
            business_date_gte: From this business day on, such as 2026-01-28.
            business_date_lte: Up to this business day, such as 2026-01-28.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/reconciliation_exceptions",
            models.ReconciliationException,
            {
                "status": status,
                "kind": kind,
                "source": source,
                "settlement": settlement,
                "order_list": order_list,
                "file": file,
                "merchant_id": merchant_id,
                "provider": provider,
                "business_date_gte": business_date_gte,
                "business_date_lte": business_date_lte,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_reconciliation_exception(
        self,
        id: str,
    ) -> models.ReconciliationException:
        """Retrieve an exception.

        Args:
            id: The id of the reconciliation exception.

        Raises:
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call(
            "GET",
            f"/v1/reconciliation_exceptions/{segment('id', id)}",
            models.ReconciliationException,
        )

    def resolve_reconciliation_exception(
        self,
        id: str,
        request: models.ResolveReconciliationExceptionRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.ReconciliationException:
        """Resolve an exception that a person has looked at.

        It changes no payment. With `adjustment_amount` the difference is booked on the day of the decision.
        When the last open exception of a settlement is resolved, the settlement is `reconciled`, and an
        event says so.

        Args:
            id: The id of the reconciliation exception.
            request: The fields; ResolveReconciliationExceptionRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/reconciliation_exceptions/{segment('id', id)}/resolve",
            models.ReconciliationException,
            models.ResolveReconciliationExceptionRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def retrieve_order_list(
        self,
        id: str,
    ) -> models.OrderList:
        """Retrieve an order list.

        Args:
            id: The id of the order list.

        Raises:
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/order_lists/{segment('id', id)}", models.OrderList)

    def list_order_list_orders(
        self,
        id: str,
        *,
        result: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.ListedOrder]:
        """List the orders of an order list, with what was found of each.

        What the provider says is as of now: its file may come a day after the list.

        One page. ``order_list_orders`` walks over all of them.

        Args:
            id: The id of the order list.
            result: Only those of which this was found. One of: matched, missing_here, amount_differs,
                status_differs, cross_midnight.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            f"/v1/order_lists/{segment('id', id)}/orders",
            models.ListedOrder,
            {
                "result": result,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def order_list_orders(
        self,
        id: str,
        *,
        result: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.ListedOrder]:
        """List the orders of an order list, with what was found of each.

        What the provider says is as of now: its file may come a day after the list.

        All of them, over all pages: ``for … in client.order_list_orders(…)``. Pages are read when they are
        needed; ``limit`` is the size of a page.

        Args:
            id: The id of the order list.
            result: Only those of which this was found. One of: matched, missing_here, amount_differs,
                status_differs, cross_midnight.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            f"/v1/order_lists/{segment('id', id)}/orders",
            models.ListedOrder,
            {
                "result": result,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def list_balances(
        self,
        *,
        merchant_id: Optional[str] = None,
        merchant_store_id: Optional[str] = None,
        provider: Optional[str] = None,
        business_date_gte: Optional[str] = None,
        business_date_lte: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> Page[models.Balance]:
        """List what business days came to, the latest first.

        Summed up from the books. A day that is over does not change any more: what is learnt later is of
        the day on which it is learnt.

        One page. ``balances`` walks over all of them.

        Args:
            merchant_id: Only those of this merchant.
            merchant_store_id: Only those of this store.
            provider: Only those of this provider.
            business_date_gte: From this business day on, such as 2026-01-28.
            business_date_lte: Up to this business day, such as 2026-01-28.
            limit: 1 to 100, default 20.
            offset: How many to pass over. Each costs as much as one that is shown: better follow the Link
                header.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/balances",
            models.Balance,
            {
                "merchant_id": merchant_id,
                "merchant_store_id": merchant_store_id,
                "provider": provider,
                "business_date_gte": business_date_gte,
                "business_date_lte": business_date_lte,
                "limit": limit,
                "offset": offset,
            },
        )

    def balances(
        self,
        *,
        merchant_id: Optional[str] = None,
        merchant_store_id: Optional[str] = None,
        provider: Optional[str] = None,
        business_date_gte: Optional[str] = None,
        business_date_lte: Optional[str] = None,
        limit: Optional[int] = None,
        offset: Optional[int] = None,
    ) -> Iterator[models.Balance]:
        """List what business days came to, the latest first.

        Summed up from the books. A day that is over does not change any more: what is learnt later is of
        the day on which it is learnt.

        All of them, over all pages: ``for … in client.balances(…)``. Pages are read when they are needed;
        ``limit`` is the size of a page.

        Args:
            merchant_id: Only those of this merchant.
            merchant_store_id: Only those of this store.
            provider: Only those of this provider.
            business_date_gte: From this business day on, such as 2026-01-28.
            business_date_lte: Up to this business day, such as 2026-01-28.
            limit: 1 to 100, default 20.
            offset: How many to pass over. Each costs as much as one that is shown: better follow the Link
                header.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/balances",
            models.Balance,
            {
                "merchant_id": merchant_id,
                "merchant_store_id": merchant_store_id,
                "provider": provider,
                "business_date_gte": business_date_gte,
                "business_date_lte": business_date_lte,
                "limit": limit,
                "offset": offset,
            },
        )

    def list_audit_log(
        self,
        *,
        object: Optional[str] = None,
        action: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.AuditEntry]:
        """List who changed what and why, newest first.

        One page. ``audit_log`` walks over all of them.

        Args:
            object: The id of what was changed: pi_…, lp_…, ak_…
            action: Such as late_payment.resolved.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/audit_log",
            models.AuditEntry,
            {
                "object": object,
                "action": action,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def audit_log(
        self,
        *,
        object: Optional[str] = None,
        action: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.AuditEntry]:
        """List who changed what and why, newest first.

        All of them, over all pages: ``for … in client.audit_log(…)``. Pages are read when they are needed;
        ``limit`` is the size of a page.

        Args:
            object: The id of what was changed: pi_…, lp_…, ak_…
            action: Such as late_payment.resolved.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/audit_log",
            models.AuditEntry,
            {
                "object": object,
                "action": action,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_organization(
        self,
    ) -> models.Organization:
        """Retrieve the organization of the key.

        Raises:
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", "/v1/organization", models.Organization)

    def update_organization(
        self,
        request: Optional[models.UpdateOrganizationRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.Organization:
        """Change settings; what is left out stays as it is.

        Settings hold for test and live payments alike: a test key changes them only while the organization
        has no live key.

        Args:
            request: The fields, or nothing; UpdateOrganizationRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "PATCH",
            "/v1/organization",
            models.Organization,
            models.UpdateOrganizationRequest,
            request or models.UpdateOrganizationRequest(),
            idempotency_key=idempotency_key,
        )

    def create_api_key(
        self,
        request: Optional[models.CreateApiKeyRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.ApiKey:
        """Create an API key; its secret is told only now.

        The answer holds the `secret_key`, which is told only now.

        Args:
            request: The fields, or nothing; CreateApiKeyRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            "/v1/api_keys",
            models.ApiKey,
            models.CreateApiKeyRequest,
            request or models.CreateApiKeyRequest(),
            idempotency_key=idempotency_key,
        )

    def list_api_keys(
        self,
        *,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.ApiKey]:
        """List API keys, newest first, with the revoked ones.

        One page. ``api_keys`` walks over all of them.

        Args:
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/api_keys",
            models.ApiKey,
            {
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def api_keys(
        self,
        *,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.ApiKey]:
        """List API keys, newest first, with the revoked ones.

        All of them, over all pages: ``for … in client.api_keys(…)``. Pages are read when they are needed;
        ``limit`` is the size of a page.

        Args:
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/api_keys",
            models.ApiKey,
            {
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_api_key(
        self,
        id: str,
    ) -> models.ApiKey:
        """Retrieve an API key.

        Args:
            id: The id of the api key.

        Raises:
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/api_keys/{segment('id', id)}", models.ApiKey)

    def update_api_key(
        self,
        id: str,
        request: Optional[models.UpdateApiKeyRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.ApiKey:
        """Change an API key.

        Args:
            id: The id of the api key.
            request: The fields, or nothing; UpdateApiKeyRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "PATCH",
            f"/v1/api_keys/{segment('id', id)}",
            models.ApiKey,
            models.UpdateApiKeyRequest,
            request or models.UpdateApiKeyRequest(),
            idempotency_key=idempotency_key,
        )

    def roll_api_key(
        self,
        id: str,
        request: Optional[models.RollApiKeyRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.ApiKey:
        """Give an API key a new secret; the old one signs until the overlap is over.

        Args:
            id: The id of the api key.
            request: The fields, or nothing; RollApiKeyRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/api_keys/{segment('id', id)}/roll",
            models.ApiKey,
            models.RollApiKeyRequest,
            request or models.RollApiKeyRequest(),
            idempotency_key=idempotency_key,
        )

    def revoke_api_key(
        self,
        id: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.ApiKey:
        """Revoke an API key for good; it signs for a few seconds more at most.

        Args:
            id: The id of the api key.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/api_keys/{segment('id', id)}/revoke",
            models.ApiKey,
            idempotency_key=idempotency_key,
        )

    def create_publishable_key(
        self,
        request: Optional[models.CreatePublishableKeyRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.PublishableKey:
        """Create a publishable key, up to 100 in each mode.

        Args:
            request: The fields, or nothing; CreatePublishableKeyRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            "/v1/publishable_keys",
            models.PublishableKey,
            models.CreatePublishableKeyRequest,
            request or models.CreatePublishableKeyRequest(),
            idempotency_key=idempotency_key,
        )

    def list_publishable_keys(
        self,
        *,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.PublishableKey]:
        """List publishable keys, newest first, with the revoked ones.

        One page. ``publishable_keys`` walks over all of them.

        Args:
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/publishable_keys",
            models.PublishableKey,
            {
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def publishable_keys(
        self,
        *,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.PublishableKey]:
        """List publishable keys, newest first, with the revoked ones.

        All of them, over all pages: ``for … in client.publishable_keys(…)``. Pages are read when they are
        needed; ``limit`` is the size of a page.

        Args:
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/publishable_keys",
            models.PublishableKey,
            {
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def retrieve_publishable_key(
        self,
        id: str,
    ) -> models.PublishableKey:
        """Retrieve a publishable key.

        Args:
            id: The id of the publishable key.

        Raises:
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/publishable_keys/{segment('id', id)}", models.PublishableKey)

    def update_publishable_key(
        self,
        id: str,
        request: Optional[models.UpdatePublishableKeyRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.PublishableKey:
        """Change a publishable key; its list of origins is replaced as a whole.

        Args:
            id: The id of the publishable key.
            request: The fields, or nothing; UpdatePublishableKeyRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "PATCH",
            f"/v1/publishable_keys/{segment('id', id)}",
            models.PublishableKey,
            models.UpdatePublishableKeyRequest,
            request or models.UpdatePublishableKeyRequest(),
            idempotency_key=idempotency_key,
        )

    def revoke_publishable_key(
        self,
        id: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.PublishableKey:
        """Revoke a publishable key for good; pages that name it are refused within seconds.

        Args:
            id: The id of the publishable key.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/publishable_keys/{segment('id', id)}/revoke",
            models.PublishableKey,
            idempotency_key=idempotency_key,
        )

    def save_accounting_export_config(
        self,
        id: str,
        request: Optional[models.SaveAccountingExportConfigRequest] = None,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.AccountingExportConfig:
        """Say where a merchant’s accounting exports go; what is left out stays as it is.

        Test the connection afterwards, compare the host key that it shows with what the accounting system
        says of its server, and save it as `host_key`: nothing is sent before. The private key is never told
        again; `public_key` always is.

        Args:
            id: The id of the merchant.
            request: The fields, or nothing; SaveAccountingExportConfigRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "PUT",
            f"/v1/merchants/{segment('id', id)}/accounting_export",
            models.AccountingExportConfig,
            models.SaveAccountingExportConfigRequest,
            request or models.SaveAccountingExportConfigRequest(),
            idempotency_key=idempotency_key,
        )

    def retrieve_accounting_export_config(
        self,
        id: str,
    ) -> models.AccountingExportConfig:
        """Retrieve where a merchant’s accounting exports go.

        Args:
            id: The id of the merchant.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call(
            "GET",
            f"/v1/merchants/{segment('id', id)}/accounting_export",
            models.AccountingExportConfig,
        )

    def delete_accounting_export_config(
        self,
        id: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.DeletedAccountingExportConfig:
        """End a merchant’s accounting export; files that were made stay readable.

        Args:
            id: The id of the merchant.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "DELETE",
            f"/v1/merchants/{segment('id', id)}/accounting_export",
            models.DeletedAccountingExportConfig,
            idempotency_key=idempotency_key,
        )

    def test_accounting_export(
        self,
        id: str,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.AccountingExportTest:
        """Try the connection, and see the host key that the server shows.

        Args:
            id: The id of the merchant.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/merchants/{segment('id', id)}/accounting_export/test",
            models.AccountingExportTest,
            idempotency_key=idempotency_key,
        )

    def list_accounting_exports(
        self,
        *,
        merchant_id: Optional[str] = None,
        merchant_store_id: Optional[str] = None,
        status: Optional[str] = None,
        format: Optional[str] = None,
        business_date_gte: Optional[str] = None,
        business_date_lte: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.AccountingExport]:
        """List accounting exports, newest first.

        One page. ``accounting_exports`` walks over all of them.

        Args:
            merchant_id: Only those of this merchant.
            merchant_store_id: Only those of this store.
            status: Only those in this status. One of: pending, delivered, kept, failed.
            format: Only files of this format. One of: json, csv, xml.
            business_date_gte: From this business day on, such as 2026-01-28.
            business_date_lte: Up to this business day, such as 2026-01-28.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/accounting_exports",
            models.AccountingExport,
            {
                "merchant_id": merchant_id,
                "merchant_store_id": merchant_store_id,
                "status": status,
                "format": format,
                "business_date_gte": business_date_gte,
                "business_date_lte": business_date_lte,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def accounting_exports(
        self,
        *,
        merchant_id: Optional[str] = None,
        merchant_store_id: Optional[str] = None,
        status: Optional[str] = None,
        format: Optional[str] = None,
        business_date_gte: Optional[str] = None,
        business_date_lte: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.AccountingExport]:
        """List accounting exports, newest first.

        All of them, over all pages: ``for … in client.accounting_exports(…)``. Pages are read when they are
        needed; ``limit`` is the size of a page.

        Args:
            merchant_id: Only those of this merchant.
            merchant_store_id: Only those of this store.
            status: Only those in this status. One of: pending, delivered, kept, failed.
            format: Only files of this format. One of: json, csv, xml.
            business_date_gte: From this business day on, such as 2026-01-28.
            business_date_lte: Up to this business day, such as 2026-01-28.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/accounting_exports",
            models.AccountingExport,
            {
                "merchant_id": merchant_id,
                "merchant_store_id": merchant_store_id,
                "status": status,
                "format": format,
                "business_date_gte": business_date_gte,
                "business_date_lte": business_date_lte,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def run_accounting_exports(
        self,
        request: models.RunAccountingExportsRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> List[models.AccountingExport]:
        """Make the files of a business date, again or for the first time.

        Files are made from the books, so they are the same bytes again. A file that was given up begins
        anew with its first attempt. Refused while the business date is not over.

        Args:
            request: The fields; RunAccountingExportsRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call_for_list(
            "POST",
            "/v1/accounting_exports",
            models.AccountingExport,
            models.RunAccountingExportsRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def retrieve_accounting_export(
        self,
        id: str,
    ) -> models.AccountingExport:
        """Retrieve an accounting export.

        Args:
            id: The id of the accounting export.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/accounting_exports/{segment('id', id)}", models.AccountingExport)

    def retrieve_accounting_export_file(
        self,
        id: str,
    ) -> bytes:
        """The bytes of an accounting export, as they were sent.

        The bytes are as they are, whatever the format.

        Args:
            id: The id of the accounting export.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._file(
            f"/v1/accounting_exports/{segment('id', id)}/file",
            ("application/json", "application/xml", "text/csv"),
        )

    def save_card_processor_connection(
        self,
        request: models.SaveCardProcessorConnectionRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.CardProcessorConnection:
        """Set the connection to the card processor.

        All of it is set: what is left out gets its default, apart from the password and the first day,
        which stay. From `starts_on` on each day is run at 02:00 in Japan of the day after; days that are
        over already are caught up.

        Args:
            request: The fields; SaveCardProcessorConnectionRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "PUT",
            "/v1/card_processor_connection",
            models.CardProcessorConnection,
            models.SaveCardProcessorConnectionRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def retrieve_card_processor_connection(
        self,
    ) -> models.CardProcessorConnection:
        """Retrieve the connection to the card processor, without its password.

        Raises:
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", "/v1/card_processor_connection", models.CardProcessorConnection)

    def delete_card_processor_connection(
        self,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.DeletedCardProcessorConnection:
        """Delete the connection to the card processor; the days that were are kept.

        Args:
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "DELETE",
            "/v1/card_processor_connection",
            models.DeletedCardProcessorConnection,
            idempotency_key=idempotency_key,
        )

    def test_card_processor_connection(
        self,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.CardProcessorConnectionTest:
        """Log in at the card processor and look into both folders.

        Nothing is sent or fetched. What is wrong is told in the answer, which is 200 all the same.

        Args:
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            "/v1/card_processor_connection/test",
            models.CardProcessorConnectionTest,
            idempotency_key=idempotency_key,
        )

    def list_card_batches(
        self,
        *,
        step: Optional[str] = None,
        business_date_gte: Optional[str] = None,
        business_date_lte: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Page[models.CardBatch]:
        """List the days of the exchange with the card processor, newest first.

        One page. ``card_batches`` walks over all of them.

        Args:
            step: What is done next. failed: a person is needed, and was told by mail. One of: upload,
                download, done, failed.
            business_date_gte: A calendar day in Japan: 2026-01-28.
            business_date_lte: A calendar day in Japan: 2026-01-28.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._page(
            "/v1/card_batches",
            models.CardBatch,
            {
                "step": step,
                "business_date_gte": business_date_gte,
                "business_date_lte": business_date_lte,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def card_batches(
        self,
        *,
        step: Optional[str] = None,
        business_date_gte: Optional[str] = None,
        business_date_lte: Optional[str] = None,
        limit: Optional[int] = None,
        starting_after: Optional[str] = None,
    ) -> Iterator[models.CardBatch]:
        """List the days of the exchange with the card processor, newest first.

        All of them, over all pages: ``for … in client.card_batches(…)``. Pages are read when they are
        needed; ``limit`` is the size of a page.

        Args:
            step: What is done next. failed: a person is needed, and was told by mail. One of: upload,
                download, done, failed.
            business_date_gte: A calendar day in Japan: 2026-01-28.
            business_date_lte: A calendar day in Japan: 2026-01-28.
            limit: 1 to 100, default 20.
            starting_after: The last id of the page before; the Link header holds it.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._items(
            "/v1/card_batches",
            models.CardBatch,
            {
                "step": step,
                "business_date_gte": business_date_gte,
                "business_date_lte": business_date_lte,
                "limit": limit,
                "starting_after": starting_after,
            },
        )

    def run_card_batch(
        self,
        request: models.RunCardBatchRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.CardBatch:
        """Run a day that is over once more; a worker does it at once.

        A worker goes on where the day stands: what was sent is not sent again, the settlement file is
        fetched again. Another file than before takes its place.

        Args:
            request: The fields; RunCardBatchRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            "/v1/card_batches",
            models.CardBatch,
            models.RunCardBatchRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def retrieve_card_batch(
        self,
        id: str,
    ) -> models.CardBatch:
        """Retrieve a day of the exchange with the card processor.

        Args:
            id: The id of the card batche.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            RateLimitExceededError: Too many requests, also after the retries.
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", f"/v1/card_batches/{segment('id', id)}", models.CardBatch)

    def sync_merchants(
        self,
        request: models.SyncMerchantsRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.MerchantSyncAnswer:
        """Make or change merchants and stores, up to 10000 stores in a call.

        What is named is made or changed, all of it or nothing. What is not named stays as it is.
        Credentials are sealed and never told again.

        Args:
            request: The fields; SyncMerchantsRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            "/v1/sync/merchants",
            models.MerchantSyncAnswer,
            models.SyncMerchantsRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def create_order_list(
        self,
        request: models.CreateOrderListRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.OrderList:
        """Hold a store’s own list of a day against the gateway, up to 10000 orders.

        Compared with what the gateway wrote down on that business day; what differs becomes exceptions. The
        same list again, of which the same is found, changes nothing and answers 200; any other takes the
        place of the one before, and what a person resolved in that stays resolved.

        Args:
            request: The fields; CreateOrderListRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            "/v1/order_lists",
            models.OrderList,
            models.CreateOrderListRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def supply_settlement_file(
        self,
        id: str,
        request: models.SupplySettlementFileRequest,
        *,
        idempotency_key: Optional[str] = None,
    ) -> models.CardBatch:
        """Supply by hand the settlement file of a day.

        Read as the processor’s own file is, and marked as supplied by hand. A file that cannot be right is
        refused as a whole, by line and column. The same bytes again change nothing; others take the place
        of those before.

        Args:
            id: The id of the card batche.
            request: The fields; SupplySettlementFileRequest says what they mean.
            idempotency_key: Yours, to repeat this very call after an UnknownOutcomeError or a crash; made
                by chance when left out.

        Raises:
            InvalidRequestError: A field is missing, wrong or unknown.
            AuthenticationError: The signature was not accepted.
            ForbiddenError: The key may not do this.
            NotFoundError: There is nothing by this id.
            IdempotencyConflictError, InvalidPaymentStateError, ConflictError: It is in no state for this.
            RateLimitExceededError: Too many requests, also after the retries.
            UnknownOutcomeError: It may have been done: repeat it with the same idempotency key.
        """
        return self._call(
            "POST",
            f"/v1/card_batches/{segment('id', id)}/settlement_file",
            models.CardBatch,
            models.SupplySettlementFileRequest,
            request,
            idempotency_key=idempotency_key,
        )

    def retrieve_health(
        self,
    ) -> models.Health:
        """Alive.

        Raises:
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", "/health", models.Health)

    def retrieve_readiness(
        self,
    ) -> models.Readiness:
        """Ready to take payments.

        Raises:
            ConnectionFailedError, InternalError: No answer, or none that helps, also after the retries.
        """
        return self._call("GET", "/ready", models.Readiness, also_answers=(503,))

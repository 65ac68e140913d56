"""Generated from openapi.json by generate/generate.py: the objects of the API. Do not edit.

Requests are ``…Request``; the others are answers. Amounts are integers in minor units (yen, cents), times are
RFC 3339 in UTC. What is None was not there. Values that are listed as "one of" may get new ones.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any, List, Optional

from .records import Record, record

__all__ = [
    "ApiKey",
    "AuditEntry",
    "CancelPaymentIntentRequest",
    "CapturePaymentIntentRequest",
    "ConfirmPaymentIntentRequest",
    "Confirmation",
    "CreateApiKeyRequest",
    "CreatePaymentIntentRequest",
    "CreatePublishableKeyRequest",
    "CreateRefundRequest",
    "CreateWebhookEndpointRequest",
    "DeletedWebhookEndpoint",
    "Event",
    "EventData",
    "Health",
    "LastPaymentError",
    "LatePayment",
    "Merchant",
    "MerchantSyncAnswer",
    "Organization",
    "PaymentIntent",
    "PaymentProcessorConfig",
    "PublishableKey",
    "Readiness",
    "ReadinessChecks",
    "Refund",
    "ResendWebhookDeliveriesRequest",
    "Resent",
    "ResolveLatePaymentRequest",
    "ResolvePaymentIntentRequest",
    "ResolveRefundRequest",
    "ResolvedPaymentIntent",
    "ResolvedPaymentIntentResolution",
    "ResolvedRefund",
    "ResolvedRefundResolution",
    "RollApiKeyRequest",
    "RollWebhookSecretRequest",
    "Store",
    "StorePaymentProcessorConfig",
    "SyncMerchant",
    "SyncMerchantsRequest",
    "SyncStore",
    "UpdateApiKeyRequest",
    "UpdateOrganizationRequest",
    "UpdatePublishableKeyRequest",
    "UpdateWebhookEndpointRequest",
    "WebhookDelivery",
    "WebhookDeliveryAttempt",
    "WebhookEndpoint",
    "WebhookEvent",
]


@record
class CreatePaymentIntentRequest(Record):
    """What ``create_payment_intent`` sends."""

    #: Minor units: yen, cents.
    amount: int
    #: The ways in which this order may be paid. One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
    payment_method_types: Sequence[str]
    #: Your reference of the order. Unique among intents that are not failed or cancelled.
    merchant_ref_id: str
    #: ISO 4217, in either case. Default JPY.
    currency: Optional[str] = None
    merchant_store_id: Optional[str] = None
    merchant_terminal_id: Optional[str] = None
    #: For keys that act for several merchants.
    merchant_id: Optional[str] = None
    description: Optional[str] = None
    #: Default 30.
    expires_in_minutes: Optional[int] = None
    #: One of: automatic, manual.
    capture_method: Optional[str] = None
    #: Up to 50 pairs; names up to 40 and values up to 500 characters.
    metadata: Optional[Mapping[str, str]] = None
    tax_amount: Optional[int] = None
    receipt_number: Optional[str] = None


@record
class LastPaymentError(Record):
    """What went wrong with the last try, in words for a person."""

    code: str
    message: str
    provider: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class PaymentIntent(Record):
    """The payment intent as it is now."""

    id: str
    object: str
    #: One of: requires_payment_method, requires_action, processing, succeeded, failed, cancelled.
    status: str
    livemode: bool
    amount: int
    currency: str
    #: Held at the provider, or at the terminal.
    amount_capturable: int
    amount_received: int
    amount_refunded: int
    #: One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
    payment_method_types: List[str]
    #: One of: automatic, manual.
    capture_method: str
    merchant_id: str
    merchant_ref_id: str
    #: RFC 3339 in UTC.
    created_at: str
    #: RFC 3339 in UTC.
    expires_at: str
    merchant_store_id: Optional[str] = None
    merchant_terminal_id: Optional[str] = None
    description: Optional[str] = None
    metadata: Optional[Mapping[str, str]] = None
    tax_amount: Optional[int] = None
    receipt_number: Optional[str] = None
    #: One of: pgw_processed, external, manual.
    processing_mode: Optional[str] = None
    provider: Optional[str] = None
    #: Until when the provider holds amount_capturable.
    capture_before: Optional[str] = None
    cancellation_reason: Optional[str] = None
    last_payment_error: Optional[LastPaymentError] = None
    #: We do not know yet whether money moved, and are finding out.
    outcome: Optional[str] = None
    #: RFC 3339 in UTC.
    next_check_at: Optional[str] = None
    #: Only at creation and re-issue.
    payment_token: Optional[str] = None
    #: RFC 3339 in UTC.
    payment_token_expires_at: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ConfirmPaymentIntentRequest(Record):
    """What ``confirm_payment_intent`` sends."""

    #: One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
    payment_method_type: str
    #: In place of a signature.
    payment_token: Optional[str] = None
    #: PAYPAY for a QR code; MPGS for cards on a page; the brand (VISA, SUICA, …) for a terminal. Required
    #: for qr_mpm and credit_card; with qr_cpm it is recognised from the code.
    provider: Optional[str] = None
    #: The approval code of the external terminal, at best with its slip number: 123456-0042. Required for
    #: a success. It pays one intent.
    external_ref_id: Optional[str] = None
    #: What the external terminal reports. Default success. One of: success, declined, error.
    external_status: Optional[str] = None
    #: Why it was declined, or could not be carried out.
    external_reason: Optional[str] = None
    #: What the terminal says it took, in minor units. Another amount than the intent’s is not accepted.
    external_amount: Optional[int] = None
    #: The currency in which the terminal took it.
    external_currency: Optional[str] = None
    #: The code scanned from the customer, as the scanner read it. Required for qr_cpm, and a code pays
    #: once.
    customer_code: Optional[str] = None
    #: MPGS: where the customer’s browser goes in the end, with payment_intent and redirect_status
    #: (succeeded, failed, pending) added. https for live payments.
    return_url: Optional[str] = None


@record
class Confirmation(Record):
    """What the customer has to do next, or what came of the payment."""

    id: str
    object: str
    #: One of: requires_payment_method, requires_action, processing, succeeded, failed, cancelled.
    status: str
    amount: int
    currency: str
    #: Equal to the payment intent id.
    payment_id: str
    payment_intent_id: str
    provider: str
    #: One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
    payment_method_type: str
    #: One of: pgw_processed, external, manual.
    processing_mode: str
    #: Draw this text as a QR code.
    qr_content: Optional[str] = None
    #: A picture of the code, served by the gateway.
    qr_code_url: Optional[str] = None
    #: MPGS: the page to send the customer to.
    redirect_url: Optional[str] = None
    #: qr_cpm: as much of the scanned code as may be shown.
    customer_code_masked: Optional[str] = None
    #: RFC 3339 in UTC.
    expires_at: Optional[str] = None
    outcome: Optional[str] = None
    #: RFC 3339 in UTC.
    next_check_at: Optional[str] = None
    last_payment_error: Optional[LastPaymentError] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class CancelPaymentIntentRequest(Record):
    """What ``cancel_payment_intent`` sends."""

    #: In place of a signature.
    payment_token: Optional[str] = None
    #: One of: requested_by_customer, duplicate, fraudulent, abandoned.
    cancellation_reason: Optional[str] = None


@record
class CapturePaymentIntentRequest(Record):
    """What ``capture_payment_intent`` sends."""

    #: Minor units: yen, cents.
    amount: Optional[int] = None


@record
class CreateRefundRequest(Record):
    """What ``create_refund`` sends."""

    payment_intent: str
    #: Minor units. Default: all that is left.
    amount: Optional[int] = None
    #: For your own records; the customer does not see it.
    reason: Optional[str] = None
    #: Up to 50 pairs; names up to 40 and values up to 500 characters.
    metadata: Optional[Mapping[str, str]] = None


@record
class Refund(Record):
    """The refund as it is now."""

    id: str
    object: str
    payment_intent: str
    amount: int
    currency: str
    #: One of: pending, succeeded, failed.
    status: str
    livemode: bool
    merchant_id: str
    provider: str
    #: external and manual: nothing is sent; the refund records that somebody gave the money back. One of:
    #: pgw_processed, external, manual.
    processing_mode: str
    #: RFC 3339 in UTC.
    created_at: str
    reason: Optional[str] = None
    metadata: Optional[Mapping[str, str]] = None
    provider_refund_id: Optional[str] = None
    #: The late payment that it gives back.
    late_payment: Optional[str] = None
    #: The provider's own code.
    failure_code: Optional[str] = None
    failure_message: Optional[str] = None
    #: We do not know yet whether the money went back, and are finding out.
    outcome: Optional[str] = None
    #: RFC 3339 in UTC.
    next_check_at: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Merchant(Record):
    """A merchant."""

    #: Chosen by the upstream system.
    id: str
    name: str
    livemode: bool
    #: RFC 3339 in UTC.
    created_at: str
    #: When it was last synchronised.
    updated_at: str
    object: str
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class StorePaymentProcessorConfig(Record):
    """Part of Store."""

    provider: str
    is_active: bool
    #: RFC 3339 in UTC.
    updated_at: str
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Store(Record):
    """A store and the providers that it is set up for."""

    #: Chosen by the upstream system.
    id: str
    name: str
    livemode: bool
    #: RFC 3339 in UTC.
    created_at: str
    #: When it was last synchronised.
    updated_at: str
    object: str
    merchant_id: str
    #: Without their credentials.
    payment_processor_configs: List[StorePaymentProcessorConfig]
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class CreateWebhookEndpointRequest(Record):
    """What ``create_webhook_endpoint`` sends."""

    #: https, and it must lead to a public address each time that we connect.
    url: str
    #: Types, families such as payment_intent.*, or *. Empty: all.
    enabled_events: Optional[Sequence[str]] = None
    #: Only events of this merchant.
    merchant_id: Optional[str] = None
    description: Optional[str] = None


@record
class WebhookEndpoint(Record):
    """A webhook endpoint."""

    id: str
    object: str
    url: str
    enabled_events: List[str]
    #: One of: enabled, disabled.
    status: str
    livemode: bool
    #: Of the newest event that was given to this endpoint.
    last_sequence: int
    #: RFC 3339 in UTC.
    created_at: str
    description: Optional[str] = None
    #: answered_gone (a 410), attempts_exhausted, or by_request.
    disabled_reason: Optional[str] = None
    merchant_id: Optional[str] = None
    #: RFC 3339 in UTC.
    previous_secret_expires_at: Optional[str] = None
    #: whsec_…, to verify signatures with. Only in the answer that makes it.
    secret: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class UpdateWebhookEndpointRequest(Record):
    """What ``update_webhook_endpoint`` sends."""

    #: https, and it must lead to a public address each time that we connect.
    url: Optional[str] = None
    #: Types, families such as payment_intent.*, or *. Empty: all.
    enabled_events: Optional[Sequence[str]] = None
    #: Empty takes it away.
    description: Optional[str] = None
    #: Once enabled, it gets all that has waited for it. One of: enabled, disabled.
    status: Optional[str] = None


@record
class DeletedWebhookEndpoint(Record):
    """It is deleted."""

    id: str
    object: str
    deleted: bool
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class RollWebhookSecretRequest(Record):
    """What ``roll_webhook_secret`` sends."""

    #: How long the secret before signs, too. Default 24; 0 ends it at once.
    expires_in_hours: Optional[int] = None


@record
class EventData(Record):
    """Part of WebhookEvent."""

    object: Mapping[str, Any]
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class WebhookEvent(Record):
    """The body of a webhook."""

    id: str
    type: str
    data: EventData
    #: Unix seconds.
    created: int
    #: RFC 3339 in UTC.
    timestamp: str
    livemode: bool
    #: Counts up by one for each event of this endpoint.
    sequence: int
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class WebhookDeliveryAttempt(Record):
    """Part of WebhookDelivery."""

    attempt_number: int
    duration_ms: int
    #: RFC 3339 in UTC.
    attempted_at: str
    #: Absent when no answer came.
    response_status: Optional[int] = None
    error: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class WebhookDelivery(Record):
    """An event on its way to an endpoint."""

    object: str
    webhook_endpoint_id: str
    sequence: int
    event_id: str
    event_type: str
    #: One of: pending, succeeded, failed.
    status: str
    #: Of the schedule that runs; a resending begins it anew.
    attempts_made: int
    #: The latest, oldest first: up to 10 in a list, up to 100 of one delivery.
    attempts: List[WebhookDeliveryAttempt]
    #: RFC 3339 in UTC.
    created_at: str
    #: RFC 3339 in UTC.
    updated_at: str
    #: Absent while the endpoint is disabled.
    next_attempt_at: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResendWebhookDeliveriesRequest(Record):
    """What ``resend_webhook_deliveries`` sends."""

    after_sequence: int
    #: Only those. Left out: all. One of: pending, succeeded, failed.
    status: Optional[str] = None


@record
class Resent(Record):
    """What is on its way again."""

    webhook_endpoint_id: str
    after_sequence: int
    #: Where the next request goes on.
    last_sequence: int
    resent: int
    has_more: bool
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Event(Record):
    """What has happened, with the object as it was then."""

    id: str
    type: str
    data: EventData
    #: Unix seconds.
    created: int
    #: RFC 3339 in UTC.
    timestamp: str
    livemode: bool
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolvePaymentIntentRequest(Record):
    """What ``resolve_payment_intent`` sends."""

    #: What the books of the provider say. One of: paid, not_paid.
    outcome: str
    #: Why; kept in the audit log.
    reason: str
    #: Who decided; kept in the audit log.
    resolved_by: Optional[str] = None
    #: How the provider calls the payment; a refund there needs it.
    provider_payment_id: Optional[str] = None


@record
class ResolvedPaymentIntentResolution(Record):
    """As the audit log keeps it."""

    #: One of: paid, not_paid.
    outcome: str
    reason: str
    #: The person, or the key where none was named.
    resolved_by: str
    #: RFC 3339 in UTC.
    resolved_at: str
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolvedPaymentIntent(Record):
    """The payment intent, and what was decided about it."""

    id: str
    object: str
    #: One of: requires_payment_method, requires_action, processing, succeeded, failed, cancelled.
    status: str
    livemode: bool
    amount: int
    currency: str
    #: Held at the provider, or at the terminal.
    amount_capturable: int
    amount_received: int
    amount_refunded: int
    #: One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
    payment_method_types: List[str]
    #: One of: automatic, manual.
    capture_method: str
    merchant_id: str
    merchant_ref_id: str
    #: RFC 3339 in UTC.
    created_at: str
    #: RFC 3339 in UTC.
    expires_at: str
    #: As the audit log keeps it.
    resolution: ResolvedPaymentIntentResolution
    merchant_store_id: Optional[str] = None
    merchant_terminal_id: Optional[str] = None
    description: Optional[str] = None
    metadata: Optional[Mapping[str, str]] = None
    tax_amount: Optional[int] = None
    receipt_number: Optional[str] = None
    #: One of: pgw_processed, external, manual.
    processing_mode: Optional[str] = None
    provider: Optional[str] = None
    #: Until when the provider holds amount_capturable.
    capture_before: Optional[str] = None
    cancellation_reason: Optional[str] = None
    last_payment_error: Optional[LastPaymentError] = None
    #: We do not know yet whether money moved, and are finding out.
    outcome: Optional[str] = None
    #: RFC 3339 in UTC.
    next_check_at: Optional[str] = None
    #: Only at creation and re-issue.
    payment_token: Optional[str] = None
    #: RFC 3339 in UTC.
    payment_token_expires_at: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolveRefundRequest(Record):
    """What ``resolve_refund`` sends."""

    #: Of a refund that failed, succeeded says that somebody paid the money back. One of: succeeded,
    #: failed.
    status: str
    #: Why; kept in the audit log.
    reason: str
    #: Who decided; kept in the audit log.
    resolved_by: Optional[str] = None


@record
class ResolvedRefundResolution(Record):
    """As the audit log keeps it."""

    #: One of: succeeded, failed.
    status: str
    reason: str
    #: The person, or the key where none was named.
    resolved_by: str
    #: RFC 3339 in UTC.
    resolved_at: str
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolvedRefund(Record):
    """The refund, and what was decided about it."""

    id: str
    object: str
    payment_intent: str
    amount: int
    currency: str
    #: One of: pending, succeeded, failed.
    status: str
    livemode: bool
    merchant_id: str
    provider: str
    #: external and manual: nothing is sent; the refund records that somebody gave the money back. One of:
    #: pgw_processed, external, manual.
    processing_mode: str
    #: RFC 3339 in UTC.
    created_at: str
    #: As the audit log keeps it.
    resolution: ResolvedRefundResolution
    reason: Optional[str] = None
    metadata: Optional[Mapping[str, str]] = None
    provider_refund_id: Optional[str] = None
    #: The late payment that it gives back.
    late_payment: Optional[str] = None
    #: The provider's own code.
    failure_code: Optional[str] = None
    failure_message: Optional[str] = None
    #: We do not know yet whether the money went back, and are finding out.
    outcome: Optional[str] = None
    #: RFC 3339 in UTC.
    next_check_at: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class LatePayment(Record):
    """Money that came when its intent no longer wanted it."""

    id: str
    object: str
    payment_intent: str
    #: Under which the provider knows the payment.
    attempt_id: str
    #: As the provider stated it: perhaps not what was asked for.
    amount: int
    currency: str
    #: One of: held, refunding, refunded, kept.
    status: str
    #: The provider only reserves the money; giving it back means letting it go.
    authorized_only: bool
    livemode: bool
    merchant_id: str
    provider: str
    #: RFC 3339 in UTC.
    created_at: str
    provider_payment_id: Optional[str] = None
    #: The refund under way, or the last one.
    refund: Optional[str] = None
    #: Why it could not be given back the last time.
    failure_code: Optional[str] = None
    failure_message: Optional[str] = None
    #: Why a person decided so.
    reason: Optional[str] = None
    resolved_by: Optional[str] = None
    #: RFC 3339 in UTC.
    resolved_at: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolveLatePaymentRequest(Record):
    """What ``resolve_late_payment`` sends."""

    #: refund gives the money back, also after it was kept; keep says that it is yours. One of: refund,
    #: keep.
    action: str
    #: Why; kept in the audit log.
    reason: str
    #: Who decided; kept in the audit log.
    resolved_by: Optional[str] = None


@record
class AuditEntry(Record):
    """One thing that was changed or decided. It is never changed itself."""

    id: str
    object: str
    #: The kind of object, and what was done to it.
    action: str
    object_id: str
    #: One of: api_key, command_line, system.
    actor_type: str
    #: The key, the account of the operating system that ran the command, or the gateway.
    actor_id: str
    #: RFC 3339 in UTC.
    created_at: str
    #: The person in whose name it was done.
    on_behalf_of: Optional[str] = None
    reason: Optional[str] = None
    #: What changed. Never a secret.
    details: Optional[Mapping[str, Any]] = None
    #: Left out for what concerns both modes.
    livemode: Optional[bool] = None
    merchant_id: Optional[str] = None
    #: X-Request-Id of the request that did it.
    request_id: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Organization(Record):
    """The organization that the key belongs to."""

    id: str
    object: str
    name: str
    #: What a terminal may confirm with a payment token alone; the others need your signature. One of:
    #: qr_mpm, qr_cpm, credit_card, e_money, cash.
    client_confirm_methods: List[str]
    #: What becomes of money that arrives after the end: given back at once, or held for a person. One of:
    #: auto_refund, hold.
    late_payment_policy: str
    #: RFC 3339 in UTC.
    created_at: str
    notification_email: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class UpdateOrganizationRequest(Record):
    """What ``update_organization`` sends."""

    #: What a terminal may confirm with a payment token alone; the others need your signature. One of:
    #: qr_mpm, qr_cpm, credit_card, e_money, cash.
    client_confirm_methods: Optional[Sequence[str]] = None
    #: What becomes of money that arrives after the end: given back at once, or held for a person. One of:
    #: auto_refund, hold.
    late_payment_policy: Optional[str] = None
    #: Where mails go that need a person. Empty: nowhere.
    notification_email: Optional[str] = None


@record
class CreateApiKeyRequest(Record):
    """What ``create_api_key`` sends."""

    #: What the key is for, in your words.
    name: Optional[str] = None
    #: Narrow the key to this merchant. It then manages nothing.
    merchant_id: Optional[str] = None
    #: Whether requests may be signed with the raw secret, as the older guide does. Default true.
    allow_raw_secret: Optional[bool] = None


@record
class ApiKey(Record):
    """An API key."""

    #: Stands in the Authorization header.
    id: str
    object: str
    livemode: bool
    allow_raw_secret: bool
    #: RFC 3339 in UTC.
    created_at: str
    name: Optional[str] = None
    #: The one merchant that the key acts for.
    merchant_id: Optional[str] = None
    #: To within a minute. Left out: never.
    last_used_at: Optional[str] = None
    #: Until then the secret before the last roll signs, too.
    previous_secret_expires_at: Optional[str] = None
    #: Who still has it uses it: do not end it yet.
    previous_secret_last_used_at: Optional[str] = None
    #: RFC 3339 in UTC.
    revoked_at: Optional[str] = None
    #: sk_…, to sign with. Only in the answer that makes it.
    secret_key: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class UpdateApiKeyRequest(Record):
    """What ``update_api_key`` sends."""

    #: What the key is for, in your words.
    name: Optional[str] = None
    #: Whether requests may be signed with the raw secret, as the older guide does. Default true.
    allow_raw_secret: Optional[bool] = None


@record
class RollApiKeyRequest(Record):
    """What ``roll_api_key`` sends."""

    #: How long the old secret signs as well; 0 ends it at once. Default 24.
    overlap_hours: Optional[int] = None


@record
class CreatePublishableKeyRequest(Record):
    """What ``create_publishable_key`` sends."""

    #: What the key is for, in your words.
    name: Optional[str] = None
    #: Scheme, host and port of each page: https, or http on localhost. A test key may have *, for all of
    #: them.
    allowed_origins: Optional[Sequence[str]] = None


@record
class PublishableKey(Record):
    """A publishable key."""

    #: pk_…, for the header X-Publishable-Key. It is no secret.
    id: str
    object: str
    livemode: bool
    allowed_origins: List[str]
    #: RFC 3339 in UTC.
    created_at: str
    name: Optional[str] = None
    #: RFC 3339 in UTC.
    revoked_at: Optional[str] = None
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class UpdatePublishableKeyRequest(Record):
    """What ``update_publishable_key`` sends."""

    #: What the key is for, in your words.
    name: Optional[str] = None
    #: Scheme, host and port of each page: https, or http on localhost. A test key may have *, for all of
    #: them.
    allowed_origins: Optional[Sequence[str]] = None


@record
class PaymentProcessorConfig(Record):
    """Part of SyncStore."""

    #: PAYPAY, for example.
    provider: str
    #: False: no new payments; those that are open go on.
    is_active: bool
    #: What the provider needs. Kept encrypted and never returned. Left out: stays as it is.
    credentials: Optional[Mapping[str, Any]] = None


@record
class SyncStore(Record):
    """Part of SyncMerchant."""

    id: str
    name: str
    payment_processor_configs: Optional[Sequence[PaymentProcessorConfig]] = None


@record
class SyncMerchant(Record):
    """Part of SyncMerchantsRequest."""

    id: str
    name: str
    stores: Optional[Sequence[SyncStore]] = None


@record
class SyncMerchantsRequest(Record):
    """What ``sync_merchants`` sends."""

    merchants: Sequence[SyncMerchant]


@record
class MerchantSyncAnswer(Record):
    """How many of each the body had."""

    synced_merchants: int
    synced_stores: int
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Health(Record):
    """The process answers."""

    status: str
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ReadinessChecks(Record):
    """Each is ok, or says what to do."""

    database: str
    migrations: str
    worker: str
    master_key: str
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Readiness(Record):
    """Whether this process can take payments: 200 yes, 503 no."""

    #: ok, unavailable, or draining: the process is about to stop
    status: str
    #: Each is ok, or says what to do.
    checks: ReadinessChecks
    #: What this version of the SDK does not know, as it came.
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)

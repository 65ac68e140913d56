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
    "AccountingExport",
    "AccountingExportConfig",
    "AccountingExportTest",
    "ApiKey",
    "AuditEntry",
    "Balance",
    "CancelPaymentIntentRequest",
    "CapturePaymentIntentRequest",
    "CardBatch",
    "CardProcessorConnection",
    "CardProcessorConnectionTest",
    "ConfirmPaymentIntentRequest",
    "Confirmation",
    "CountedOrders",
    "CreateApiKeyRequest",
    "CreateOrderListRequest",
    "CreatePaymentIntentRequest",
    "CreatePublishableKeyRequest",
    "CreateRefundRequest",
    "CreateWebhookEndpointRequest",
    "DeletedAccountingExportConfig",
    "DeletedCardProcessorConnection",
    "DeletedWebhookEndpoint",
    "Event",
    "EventData",
    "Health",
    "LastPaymentError",
    "LatePayment",
    "ListedOrder",
    "Merchant",
    "MerchantSyncAnswer",
    "OrderList",
    "OrderToList",
    "Organization",
    "PaymentIntent",
    "PaymentProcessorConfig",
    "ProviderStatuses",
    "PublishableKey",
    "Readiness",
    "ReadinessChecks",
    "ReconciliationException",
    "Refund",
    "ResendWebhookDeliveriesRequest",
    "Resent",
    "ResolveLatePaymentRequest",
    "ResolvePaymentIntentRequest",
    "ResolveReconciliationExceptionRequest",
    "ResolveRefundRequest",
    "ResolvedPaymentIntent",
    "ResolvedPaymentIntentResolution",
    "ResolvedRefund",
    "ResolvedRefundResolution",
    "RollApiKeyRequest",
    "RollWebhookSecretRequest",
    "RunAccountingExportsRequest",
    "RunCardBatchRequest",
    "SaveAccountingExportConfigRequest",
    "SaveCardProcessorConnectionRequest",
    "Settlement",
    "Store",
    "StorePaymentProcessorConfig",
    "SupplySettlementFileRequest",
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
    """What ``create_payment_intent`` sends.

    Attributes:
        amount: Minor units: yen, cents.
        payment_method_types: The ways in which this order may be paid. One of: qr_mpm, qr_cpm, credit_card,
            e_money, cash.
        merchant_ref_id: Your reference of the order. Unique among intents that are not failed or cancelled.
        currency: ISO 4217, in either case. Default JPY.
        merchant_id: For keys that act for several merchants.
        expires_in_minutes: Default 30.
        capture_method: One of: automatic, manual.
        metadata: Up to 50 pairs; names up to 40 and values up to 500 characters.
        tax_amount: In minor units.
    """

    amount: int
    payment_method_types: Sequence[str]
    merchant_ref_id: str
    currency: Optional[str] = None
    merchant_store_id: Optional[str] = None
    merchant_terminal_id: Optional[str] = None
    merchant_id: Optional[str] = None
    description: Optional[str] = None
    expires_in_minutes: Optional[int] = None
    capture_method: Optional[str] = None
    metadata: Optional[Mapping[str, str]] = None
    tax_amount: Optional[int] = None
    receipt_number: Optional[str] = None


@record
class LastPaymentError(Record):
    """What went wrong with the last try, in words for a person.

    Attributes:
        extra: What this version of the SDK does not know, as it came.
    """

    code: str
    message: str
    provider: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class PaymentIntent(Record):
    """The payment intent as it is now.

    Attributes:
        status: One of: requires_payment_method, requires_action, processing, succeeded, failed, cancelled.
        amount: In minor units.
        amount_capturable: Held at the provider, or at the terminal. In minor units.
        amount_received: In minor units.
        amount_refunded: In minor units.
        payment_method_types: One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
        capture_method: One of: automatic, manual.
        created_at: RFC 3339 in UTC.
        expires_at: RFC 3339 in UTC.
        tax_amount: In minor units.
        processing_mode: One of: pgw_processed, external, manual.
        capture_before: Until when the provider holds amount_capturable.
        outcome: We do not know yet whether money moved, and are finding out.
        next_check_at: RFC 3339 in UTC.
        payment_token: Only at creation and re-issue.
        payment_token_expires_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    status: str
    livemode: bool
    amount: int
    currency: str
    amount_capturable: int
    amount_received: int
    amount_refunded: int
    payment_method_types: List[str]
    capture_method: str
    merchant_id: str
    merchant_ref_id: str
    created_at: str
    expires_at: str
    merchant_store_id: Optional[str] = None
    merchant_terminal_id: Optional[str] = None
    description: Optional[str] = None
    metadata: Optional[Mapping[str, str]] = None
    tax_amount: Optional[int] = None
    receipt_number: Optional[str] = None
    processing_mode: Optional[str] = None
    provider: Optional[str] = None
    capture_before: Optional[str] = None
    cancellation_reason: Optional[str] = None
    last_payment_error: Optional[LastPaymentError] = None
    outcome: Optional[str] = None
    next_check_at: Optional[str] = None
    payment_token: Optional[str] = None
    payment_token_expires_at: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ConfirmPaymentIntentRequest(Record):
    """What ``confirm_payment_intent`` sends.

    Attributes:
        payment_method_type: One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
        payment_token: In place of a signature.
        provider: PAYPAY for a QR code; MPGS for cards on a page; the brand (VISA, SUICA, …) for a terminal.
            Required for qr_mpm and credit_card; with qr_cpm it is recognised from the code.
        external_ref_id: The approval code of the external terminal, at best with its slip number: 123456-0042.
            Required for a success. It pays one intent.
        external_status: What the external terminal reports. Default success. One of: success, declined, error.
        external_reason: Why it was declined, or could not be carried out.
        external_amount: What the terminal says it took, in minor units. Another amount than the intent’s is not
            accepted.
        external_currency: The currency in which the terminal took it.
        customer_code: The code scanned from the customer, as the scanner read it. Required for qr_cpm, and a
            code pays once.
        return_url: MPGS: where the customer’s browser goes in the end, with payment_intent and redirect_status
            (succeeded, failed, pending) added. https for live payments.
    """

    payment_method_type: str
    payment_token: Optional[str] = None
    provider: Optional[str] = None
    external_ref_id: Optional[str] = None
    external_status: Optional[str] = None
    external_reason: Optional[str] = None
    external_amount: Optional[int] = None
    external_currency: Optional[str] = None
    customer_code: Optional[str] = None
    return_url: Optional[str] = None


@record
class Confirmation(Record):
    """What the customer has to do next, or what came of the payment.

    Attributes:
        status: One of: requires_payment_method, requires_action, processing, succeeded, failed, cancelled.
        amount: In minor units.
        payment_id: Equal to the payment intent id.
        payment_method_type: One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
        processing_mode: One of: pgw_processed, external, manual.
        qr_content: Draw this text as a QR code.
        qr_code_url: A picture of the code, served by the gateway.
        redirect_url: MPGS: the page to send the customer to.
        customer_code_masked: qr_cpm: as much of the scanned code as may be shown.
        expires_at: RFC 3339 in UTC.
        next_check_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    status: str
    amount: int
    currency: str
    payment_id: str
    payment_intent_id: str
    provider: str
    payment_method_type: str
    processing_mode: str
    qr_content: Optional[str] = None
    qr_code_url: Optional[str] = None
    redirect_url: Optional[str] = None
    customer_code_masked: Optional[str] = None
    expires_at: Optional[str] = None
    outcome: Optional[str] = None
    next_check_at: Optional[str] = None
    last_payment_error: Optional[LastPaymentError] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class CancelPaymentIntentRequest(Record):
    """What ``cancel_payment_intent`` sends.

    Attributes:
        payment_token: In place of a signature.
        cancellation_reason: One of: requested_by_customer, duplicate, fraudulent, abandoned.
    """

    payment_token: Optional[str] = None
    cancellation_reason: Optional[str] = None


@record
class CapturePaymentIntentRequest(Record):
    """What ``capture_payment_intent`` sends.

    Attributes:
        amount: Minor units: yen, cents.
    """

    amount: Optional[int] = None


@record
class CreateRefundRequest(Record):
    """What ``create_refund`` sends.

    Attributes:
        amount: Minor units. Default: all that is left.
        reason: For your own records; the customer does not see it.
        metadata: Up to 50 pairs; names up to 40 and values up to 500 characters.
    """

    payment_intent: str
    amount: Optional[int] = None
    reason: Optional[str] = None
    metadata: Optional[Mapping[str, str]] = None


@record
class Refund(Record):
    """The refund as it is now.

    Attributes:
        amount: In minor units.
        status: One of: pending, succeeded, failed.
        processing_mode: external and manual: nothing is sent; the refund records that somebody gave the money
            back. One of: pgw_processed, external, manual.
        created_at: RFC 3339 in UTC.
        late_payment: The late payment that it gives back.
        failure_code: The provider's own code.
        outcome: We do not know yet whether the money went back, and are finding out.
        next_check_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    payment_intent: str
    amount: int
    currency: str
    status: str
    livemode: bool
    merchant_id: str
    provider: str
    processing_mode: str
    created_at: str
    reason: Optional[str] = None
    metadata: Optional[Mapping[str, str]] = None
    provider_refund_id: Optional[str] = None
    late_payment: Optional[str] = None
    failure_code: Optional[str] = None
    failure_message: Optional[str] = None
    outcome: Optional[str] = None
    next_check_at: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Merchant(Record):
    """A merchant.

    Attributes:
        id: Chosen by the upstream system.
        created_at: RFC 3339 in UTC.
        updated_at: When it was last synchronised.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    name: str
    livemode: bool
    created_at: str
    updated_at: str
    object: str
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class StorePaymentProcessorConfig(Record):
    """Part of Store.

    Attributes:
        updated_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    provider: str
    is_active: bool
    updated_at: str
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Store(Record):
    """A store and the providers that it is set up for.

    Attributes:
        id: Chosen by the upstream system.
        created_at: RFC 3339 in UTC.
        updated_at: When it was last synchronised.
        time_zone: Whose clock its business days follow.
        business_day_starts_at: When a business day begins by that clock: 05:00.
        payment_processor_configs: Without their credentials.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    name: str
    livemode: bool
    created_at: str
    updated_at: str
    object: str
    merchant_id: str
    time_zone: str
    business_day_starts_at: str
    payment_processor_configs: List[StorePaymentProcessorConfig]
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class CreateWebhookEndpointRequest(Record):
    """What ``create_webhook_endpoint`` sends.

    Attributes:
        url: https, and it must lead to a public address each time that we connect.
        enabled_events: Types, families such as payment_intent.*, or *. Empty: all.
        merchant_id: Only events of this merchant.
    """

    url: str
    enabled_events: Optional[Sequence[str]] = None
    merchant_id: Optional[str] = None
    description: Optional[str] = None


@record
class WebhookEndpoint(Record):
    """A webhook endpoint.

    Attributes:
        status: One of: enabled, disabled.
        last_sequence: Of the newest event that was given to this endpoint.
        created_at: RFC 3339 in UTC.
        disabled_reason: answered_gone (a 410), attempts_exhausted, or by_request.
        previous_secret_expires_at: RFC 3339 in UTC.
        secret: whsec_…, to verify signatures with. Only in the answer that makes it.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    url: str
    enabled_events: List[str]
    status: str
    livemode: bool
    last_sequence: int
    created_at: str
    description: Optional[str] = None
    disabled_reason: Optional[str] = None
    merchant_id: Optional[str] = None
    previous_secret_expires_at: Optional[str] = None
    secret: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class UpdateWebhookEndpointRequest(Record):
    """What ``update_webhook_endpoint`` sends.

    Attributes:
        url: https, and it must lead to a public address each time that we connect.
        enabled_events: Types, families such as payment_intent.*, or *. Empty: all.
        description: Empty takes it away.
        status: Once enabled, it gets all that has waited for it. One of: enabled, disabled.
    """

    url: Optional[str] = None
    enabled_events: Optional[Sequence[str]] = None
    description: Optional[str] = None
    status: Optional[str] = None


@record
class DeletedWebhookEndpoint(Record):
    """It is deleted.

    Attributes:
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    deleted: bool
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class RollWebhookSecretRequest(Record):
    """What ``roll_webhook_secret`` sends.

    Attributes:
        expires_in_hours: How long the secret before signs, too. Default 24; 0 ends it at once.
    """

    expires_in_hours: Optional[int] = None


@record
class EventData(Record):
    """Part of WebhookEvent.

    Attributes:
        extra: What this version of the SDK does not know, as it came.
    """

    object: Mapping[str, Any]
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class WebhookEvent(Record):
    """The body of a webhook.

    Attributes:
        created: Unix seconds.
        timestamp: RFC 3339 in UTC.
        sequence: Counts up by one for each event of this endpoint.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    type: str
    data: EventData
    created: int
    timestamp: str
    livemode: bool
    sequence: int
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class WebhookDeliveryAttempt(Record):
    """Part of WebhookDelivery.

    Attributes:
        attempted_at: RFC 3339 in UTC.
        response_status: Absent when no answer came.
        extra: What this version of the SDK does not know, as it came.
    """

    attempt_number: int
    duration_ms: int
    attempted_at: str
    response_status: Optional[int] = None
    error: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class WebhookDelivery(Record):
    """An event on its way to an endpoint.

    Attributes:
        status: One of: pending, succeeded, failed.
        attempts_made: Of the schedule that runs; a resending begins it anew.
        attempts: The latest, oldest first: up to 10 in a list, up to 100 of one delivery.
        created_at: RFC 3339 in UTC.
        updated_at: RFC 3339 in UTC.
        next_attempt_at: Absent while the endpoint is disabled.
        extra: What this version of the SDK does not know, as it came.
    """

    object: str
    webhook_endpoint_id: str
    sequence: int
    event_id: str
    event_type: str
    status: str
    attempts_made: int
    attempts: List[WebhookDeliveryAttempt]
    created_at: str
    updated_at: str
    next_attempt_at: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResendWebhookDeliveriesRequest(Record):
    """What ``resend_webhook_deliveries`` sends.

    Attributes:
        status: Only those. Left out: all. One of: pending, succeeded, failed.
    """

    after_sequence: int
    status: Optional[str] = None


@record
class Resent(Record):
    """What is on its way again.

    Attributes:
        last_sequence: Where the next request goes on.
        extra: What this version of the SDK does not know, as it came.
    """

    webhook_endpoint_id: str
    after_sequence: int
    last_sequence: int
    resent: int
    has_more: bool
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Event(Record):
    """What has happened, with the object as it was then.

    Attributes:
        created: Unix seconds.
        timestamp: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    type: str
    data: EventData
    created: int
    timestamp: str
    livemode: bool
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolvePaymentIntentRequest(Record):
    """What ``resolve_payment_intent`` sends.

    Attributes:
        outcome: What the books of the provider say. One of: paid, not_paid.
        reason: Why; kept in the audit log.
        resolved_by: Who decided; kept in the audit log.
        provider_payment_id: How the provider calls the payment; a refund there needs it.
    """

    outcome: str
    reason: str
    resolved_by: Optional[str] = None
    provider_payment_id: Optional[str] = None


@record
class ResolvedPaymentIntentResolution(Record):
    """As the audit log keeps it.

    Attributes:
        outcome: One of: paid, not_paid.
        resolved_by: The person, or the key where none was named.
        resolved_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    outcome: str
    reason: str
    resolved_by: str
    resolved_at: str
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolvedPaymentIntent(Record):
    """The payment intent, and what was decided about it.

    Attributes:
        status: One of: requires_payment_method, requires_action, processing, succeeded, failed, cancelled.
        amount: In minor units.
        amount_capturable: Held at the provider, or at the terminal. In minor units.
        amount_received: In minor units.
        amount_refunded: In minor units.
        payment_method_types: One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
        capture_method: One of: automatic, manual.
        created_at: RFC 3339 in UTC.
        expires_at: RFC 3339 in UTC.
        resolution: As the audit log keeps it.
        tax_amount: In minor units.
        processing_mode: One of: pgw_processed, external, manual.
        capture_before: Until when the provider holds amount_capturable.
        outcome: We do not know yet whether money moved, and are finding out.
        next_check_at: RFC 3339 in UTC.
        payment_token: Only at creation and re-issue.
        payment_token_expires_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    status: str
    livemode: bool
    amount: int
    currency: str
    amount_capturable: int
    amount_received: int
    amount_refunded: int
    payment_method_types: List[str]
    capture_method: str
    merchant_id: str
    merchant_ref_id: str
    created_at: str
    expires_at: str
    resolution: ResolvedPaymentIntentResolution
    merchant_store_id: Optional[str] = None
    merchant_terminal_id: Optional[str] = None
    description: Optional[str] = None
    metadata: Optional[Mapping[str, str]] = None
    tax_amount: Optional[int] = None
    receipt_number: Optional[str] = None
    processing_mode: Optional[str] = None
    provider: Optional[str] = None
    capture_before: Optional[str] = None
    cancellation_reason: Optional[str] = None
    last_payment_error: Optional[LastPaymentError] = None
    outcome: Optional[str] = None
    next_check_at: Optional[str] = None
    payment_token: Optional[str] = None
    payment_token_expires_at: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolveRefundRequest(Record):
    """What ``resolve_refund`` sends.

    Attributes:
        status: Of a refund that failed, succeeded says that somebody paid the money back. One of: succeeded,
            failed.
        reason: Why; kept in the audit log.
        resolved_by: Who decided; kept in the audit log.
    """

    status: str
    reason: str
    resolved_by: Optional[str] = None


@record
class ResolvedRefundResolution(Record):
    """As the audit log keeps it.

    Attributes:
        status: One of: succeeded, failed.
        resolved_by: The person, or the key where none was named.
        resolved_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    status: str
    reason: str
    resolved_by: str
    resolved_at: str
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolvedRefund(Record):
    """The refund, and what was decided about it.

    Attributes:
        amount: In minor units.
        status: One of: pending, succeeded, failed.
        processing_mode: external and manual: nothing is sent; the refund records that somebody gave the money
            back. One of: pgw_processed, external, manual.
        created_at: RFC 3339 in UTC.
        resolution: As the audit log keeps it.
        late_payment: The late payment that it gives back.
        failure_code: The provider's own code.
        outcome: We do not know yet whether the money went back, and are finding out.
        next_check_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    payment_intent: str
    amount: int
    currency: str
    status: str
    livemode: bool
    merchant_id: str
    provider: str
    processing_mode: str
    created_at: str
    resolution: ResolvedRefundResolution
    reason: Optional[str] = None
    metadata: Optional[Mapping[str, str]] = None
    provider_refund_id: Optional[str] = None
    late_payment: Optional[str] = None
    failure_code: Optional[str] = None
    failure_message: Optional[str] = None
    outcome: Optional[str] = None
    next_check_at: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class LatePayment(Record):
    """Money that came when its intent no longer wanted it.

    Attributes:
        attempt_id: Under which the provider knows the payment.
        amount: As the provider stated it: perhaps not what was asked for. In minor units.
        status: One of: held, refunding, refunded, kept.
        authorized_only: The provider only reserves the money; giving it back means letting it go.
        created_at: RFC 3339 in UTC.
        refund: The refund under way, or the last one.
        failure_code: Why it could not be given back the last time.
        reason: Why a person decided so.
        resolved_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    payment_intent: str
    attempt_id: str
    amount: int
    currency: str
    status: str
    authorized_only: bool
    livemode: bool
    merchant_id: str
    provider: str
    created_at: str
    provider_payment_id: Optional[str] = None
    refund: Optional[str] = None
    failure_code: Optional[str] = None
    failure_message: Optional[str] = None
    reason: Optional[str] = None
    resolved_by: Optional[str] = None
    resolved_at: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolveLatePaymentRequest(Record):
    """What ``resolve_late_payment`` sends.

    Attributes:
        action: refund gives the money back, also after it was kept; keep says that it is yours. One of: refund,
            keep.
        reason: Why; kept in the audit log.
        resolved_by: Who decided; kept in the audit log.
    """

    action: str
    reason: str
    resolved_by: Optional[str] = None


@record
class Settlement(Record):
    """What a provider states for one merchant’s day, beside what we have.

    Attributes:
        provider: Who owes the money: PAYPAY, MPGS, SP_NET.
        source: A file that was fetched, one that a person supplied, or the provider’s signed notifications. One
            of: file, by_hand, notifications.
        transaction_count: As the provider states it.
        gross_amount: Minor units, before what went back.
        refunded_amount: Minor units.
        fees_amount: Minor units. Null: the provider does not state it.
        net_amount: Minor units. Null: the provider does not state it.
        expected_transaction_count: As we have it.
        expected_gross_amount: Minor units.
        expected_refunded_amount: Minor units.
        status: reconciled: nothing is open. replaced: issued again, see replaced_by. One of: reconciled,
            exceptions, replaced.
        created_at: RFC 3339 in UTC.
        updated_at: RFC 3339 in UTC.
        account: The provider’s own name of the account.
        contents: Which of a day’s files, where there are several. One of: payments, held_payments.
        line: Where in the file it stands.
        file: The reconciliation file that it comes from.
        card_batch: The card batch that it comes from.
        exceptions: The ids of the first 100. Not in lists.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    livemode: bool
    merchant_id: str
    provider: str
    business_date: str
    currency: str
    source: str
    transaction_count: int
    gross_amount: int
    refunded_amount: int
    fees_amount: int
    net_amount: int
    expected_transaction_count: int
    expected_gross_amount: int
    expected_refunded_amount: int
    status: str
    exceptions_count: int
    open_exceptions_count: int
    created_at: str
    updated_at: str
    account: Optional[str] = None
    contents: Optional[str] = None
    file_name: Optional[str] = None
    line: Optional[int] = None
    file: Optional[str] = None
    card_batch: Optional[str] = None
    replaced_by: Optional[str] = None
    exceptions: Optional[List[str]] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ReconciliationException(Record):
    """One thing that differs. What it does not concern is left out.

    Attributes:
        status: One of: open, resolved.
        source: A provider’s file of payments, what it settles, or a backend’s own list. One of: file,
            settlement, order_list.
        kind: One of: missing_here, missing_there, amount_differs, status_differs, totals_differ,
            cross_midnight.
        created_at: RFC 3339 in UTC.
        merchant_id: Left out where nobody knows whose it is.
        file: The reconciliation file.
        settlement: The settlement that waits for it.
        attempt_id: Under which the provider knows the payment.
        provider_reference: What the provider holds as the merchant’s own id.
        line: Where in the file it stands.
        field: Which sum differs. One of: transaction_count, gross_amount, refunded_amount, fees_amount,
            net_amount.
        amount_here: Minor units.
        amount_there: Minor units.
        happened_at: RFC 3339 in UTC.
        resolved_at: RFC 3339 in UTC.
        adjustment_amount: Minor units: what was booked with it.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    status: str
    livemode: bool
    source: str
    kind: str
    provider: str
    business_date: str
    currency: str
    created_at: str
    merchant_id: Optional[str] = None
    file: Optional[str] = None
    settlement: Optional[str] = None
    order_list: Optional[str] = None
    payment_intent: Optional[str] = None
    attempt_id: Optional[str] = None
    refund: Optional[str] = None
    provider_payment_id: Optional[str] = None
    provider_reference: Optional[str] = None
    line: Optional[int] = None
    field: Optional[str] = None
    count_here: Optional[int] = None
    count_there: Optional[int] = None
    amount_here: Optional[int] = None
    amount_there: Optional[int] = None
    status_here: Optional[str] = None
    status_there: Optional[str] = None
    happened_at: Optional[str] = None
    reason: Optional[str] = None
    resolved_by: Optional[str] = None
    resolved_at: Optional[str] = None
    adjustment_amount: Optional[int] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ResolveReconciliationExceptionRequest(Record):
    """What ``resolve_reconciliation_exception`` sends.

    Attributes:
        reason: Why; kept in the audit log.
        resolved_by: Who decided; kept in the audit log.
        adjustment_amount: Minor units to be booked with it: above zero, the provider owes more than we had.
    """

    reason: str
    resolved_by: Optional[str] = None
    adjustment_amount: Optional[int] = None


@record
class CountedOrders(Record):
    """Part of ProviderStatuses.

    Attributes:
        amount: Minor units.
        extra: What this version of the SDK does not know, as it came.
    """

    orders_count: int
    amount: int
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ProviderStatuses(Record):
    """What the providers say by now of the listed orders’ payments, and how much money that is.

    Attributes:
        extra: What this version of the SDK does not know, as it came.
    """

    confirmed: CountedOrders
    differs: CountedOrders
    missing: CountedOrders
    not_yet: CountedOrders
    not_applicable: CountedOrders
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class OrderList(Record):
    """A merchant’s own list of a day, and how it agrees.

    Attributes:
        status: replaced: another list of the same day has taken its place. One of: reconciled, exceptions,
            replaced.
        orders_count: In the list.
        paid_amount: Minor units, as the list says, before what went back.
        refunded_amount: Minor units, as the list says.
        gateway_orders_count: In the gateway’s books of that day.
        gateway_paid_amount: Minor units.
        gateway_refunded_amount: Minor units.
        matched_count: Orders on which the list and the gateway agree.
        exceptions: The first 100; GET /v1/reconciliation_exceptions?order_list= has all.
        provider_statuses: What the providers say by now of the listed orders’ payments, and how much money that
            is.
        created_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    status: str
    livemode: bool
    merchant_id: str
    business_date: str
    currency: str
    orders_count: int
    paid_amount: int
    refunded_amount: int
    gateway_orders_count: int
    gateway_paid_amount: int
    gateway_refunded_amount: int
    matched_count: int
    exceptions_count: int
    open_exceptions_count: int
    exceptions: List[str]
    provider_statuses: ProviderStatuses
    created_at: str
    replaced_by: Optional[str] = None
    merchant_store_id: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ListedOrder(Record):
    """An order of a list, and what was found of it.

    Attributes:
        position: Its place in the list, from 0.
        amount: Minor units, as the list says.
        status: One of: paid, refunded, cancelled.
        result: matched, or the kind of the exception. One of: matched, missing_here, amount_differs,
            status_differs, cross_midnight.
        provider_status: confirmed, differs or missing by the provider’s file, settlement or signed news;
            not_yet: nothing of that day has come; not_applicable: cash, e-money, or no payment here. One of:
            confirmed, differs, missing, not_yet, not_applicable.
        payment_method_type: One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
        refunded_amount: Minor units, as the list says.
        amount_here: Minor units: what the gateway wrote down as received.
        refunded_amount_here: Minor units.
        status_here: paid, partially_refunded, refunded, late_payment, or the intent’s status.
        attempt_id: Under which the provider knows the payment.
        extra: What this version of the SDK does not know, as it came.
    """

    object: str
    order_list: str
    position: int
    merchant_ref_id: str
    amount: int
    status: str
    result: str
    provider_status: str
    payment_method_type: Optional[str] = None
    refunded_amount: Optional[int] = None
    payment_intent: Optional[str] = None
    amount_here: Optional[int] = None
    refunded_amount_here: Optional[int] = None
    status_here: Optional[str] = None
    attempt_id: Optional[str] = None
    provider: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Balance(Record):
    """What a day came to, in minor units. receivable + bank + fees + adjustments are always sales + late_money.

    Attributes:
        provider: Who owes the money: PAYPAY, MPGS, SP_NET (cards of a terminal), TERMINAL (e-money) or CASH.
        business_date: The store’s day.
        receivable: What the provider owes more than before; of CASH what came into the drawer.
        bank: What was paid out to you.
        fees: What the provider kept.
        adjustments: What a person settled by hand.
        sales: What was sold, less what went back.
        late_money: What came late and nobody has decided about.
        entries_count: Of the books.
        extra: What this version of the SDK does not know, as it came.
    """

    object: str
    merchant_id: str
    provider: str
    business_date: str
    currency: str
    receivable: int
    bank: int
    fees: int
    adjustments: int
    sales: int
    late_money: int
    entries_count: int
    merchant_store_id: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class AuditEntry(Record):
    """One thing that was changed or decided. It is never changed itself.

    Attributes:
        action: The kind of object, and what was done to it.
        actor_type: One of: api_key, command_line, system.
        actor_id: The key, the account of the operating system that ran the command, or the gateway.
        created_at: RFC 3339 in UTC.
        on_behalf_of: The person in whose name it was done.
        details: What changed. Never a secret.
        livemode: Left out for what concerns both modes.
        request_id: X-Request-Id of the request that did it.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    action: str
    object_id: str
    actor_type: str
    actor_id: str
    created_at: str
    on_behalf_of: Optional[str] = None
    reason: Optional[str] = None
    details: Optional[Mapping[str, Any]] = None
    livemode: Optional[bool] = None
    merchant_id: Optional[str] = None
    request_id: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Organization(Record):
    """The organization that the key belongs to.

    Attributes:
        client_confirm_methods: What a terminal may confirm with a payment token alone; the others need your
            signature. One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
        late_payment_policy: What becomes of money that arrives after the end: given back at once, or held for a
            person. One of: auto_refund, hold.
        created_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    name: str
    client_confirm_methods: List[str]
    late_payment_policy: str
    created_at: str
    notification_email: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class UpdateOrganizationRequest(Record):
    """What ``update_organization`` sends.

    Attributes:
        client_confirm_methods: What a terminal may confirm with a payment token alone; the others need your
            signature. One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
        late_payment_policy: What becomes of money that arrives after the end: given back at once, or held for a
            person. One of: auto_refund, hold.
        notification_email: Where mails go that need a person. Empty: nowhere.
    """

    client_confirm_methods: Optional[Sequence[str]] = None
    late_payment_policy: Optional[str] = None
    notification_email: Optional[str] = None


@record
class CreateApiKeyRequest(Record):
    """What ``create_api_key`` sends.

    Attributes:
        name: What the key is for, in your words.
        merchant_id: Narrow the key to this merchant. It then manages nothing.
        allow_raw_secret: Whether requests may be signed with the raw secret, as the older guide does. Default
            true.
    """

    name: Optional[str] = None
    merchant_id: Optional[str] = None
    allow_raw_secret: Optional[bool] = None


@record
class ApiKey(Record):
    """An API key.

    Attributes:
        id: Stands in the Authorization header.
        created_at: RFC 3339 in UTC.
        merchant_id: The one merchant that the key acts for.
        last_used_at: To within a minute. Left out: never.
        previous_secret_expires_at: Until then the secret before the last roll signs, too.
        previous_secret_last_used_at: Who still has it uses it: do not end it yet.
        revoked_at: RFC 3339 in UTC.
        secret_key: sk_…, to sign with. Only in the answer that makes it.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    livemode: bool
    allow_raw_secret: bool
    created_at: str
    name: Optional[str] = None
    merchant_id: Optional[str] = None
    last_used_at: Optional[str] = None
    previous_secret_expires_at: Optional[str] = None
    previous_secret_last_used_at: Optional[str] = None
    revoked_at: Optional[str] = None
    secret_key: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class UpdateApiKeyRequest(Record):
    """What ``update_api_key`` sends.

    Attributes:
        name: What the key is for, in your words.
        allow_raw_secret: Whether requests may be signed with the raw secret, as the older guide does. Default
            true.
    """

    name: Optional[str] = None
    allow_raw_secret: Optional[bool] = None


@record
class RollApiKeyRequest(Record):
    """What ``roll_api_key`` sends.

    Attributes:
        overlap_hours: How long the old secret signs as well; 0 ends it at once. Default 24.
    """

    overlap_hours: Optional[int] = None


@record
class CreatePublishableKeyRequest(Record):
    """What ``create_publishable_key`` sends.

    Attributes:
        name: What the key is for, in your words.
        allowed_origins: Scheme, host and port of each page: https, or http on localhost. A test key may have *,
            for all of them.
    """

    name: Optional[str] = None
    allowed_origins: Optional[Sequence[str]] = None


@record
class PublishableKey(Record):
    """A publishable key.

    Attributes:
        id: pk_…, for the header X-Publishable-Key. It is no secret.
        created_at: RFC 3339 in UTC.
        revoked_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    livemode: bool
    allowed_origins: List[str]
    created_at: str
    name: Optional[str] = None
    revoked_at: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class UpdatePublishableKeyRequest(Record):
    """What ``update_publishable_key`` sends.

    Attributes:
        name: What the key is for, in your words.
        allowed_origins: Scheme, host and port of each page: https, or http on localhost. A test key may have *,
            for all of them.
    """

    name: Optional[str] = None
    allowed_origins: Optional[Sequence[str]] = None


@record
class SaveAccountingExportConfigRequest(Record):
    """What ``save_accounting_export_config`` sends.

    Attributes:
        formats: A file of each is made. Default json. One of: json, csv, xml.
        host: A name or an address, public as a webhook’s is; required at first.
        port: Default 22.
        username: Required at first.
        private_key: OpenSSH or PEM. Kept encrypted and never returned.
        passphrase: Of the private key, when it has one.
        generate_key: In place of a private_key: one is made here. Give public_key to the accounting system.
        host_key: SHA256:…, as ssh-keygen -l prints it. Nothing is sent to a server that shows another one.
            Empty: none yet.
        directory: Where files lie there. {merchant_id} stands for the merchant. Default
            /exports/mpac/{merchant_id}/.
        mail_to: Who hears of failures. Empty: the organization’s address.
        language: Of mails. Default ja. One of: ja, en.
        is_active: False: files are made only when somebody asks for them.
        starts_on: The first business date of which there is a file. Default: today in Japan.
    """

    formats: Optional[Sequence[str]] = None
    host: Optional[str] = None
    port: Optional[int] = None
    username: Optional[str] = None
    private_key: Optional[str] = None
    passphrase: Optional[str] = None
    generate_key: Optional[bool] = None
    host_key: Optional[str] = None
    directory: Optional[str] = None
    mail_to: Optional[str] = None
    language: Optional[str] = None
    is_active: Optional[bool] = None
    starts_on: Optional[str] = None


@record
class AccountingExportConfig(Record):
    """Where a merchant’s accounting exports go.

    Attributes:
        formats: A file of each is made. Default json. One of: json, csv, xml.
        port: Default 22.
        public_key: The line for the accounting system’s authorized_keys.
        directory: Where files lie there. {merchant_id} stands for the merchant. Default
            /exports/mpac/{merchant_id}/.
        language: Of mails. Default ja. One of: ja, en.
        created_at: RFC 3339 in UTC.
        updated_at: RFC 3339 in UTC.
        host_key: SHA256:…, as ssh-keygen -l prints it. Nothing is sent to a server that shows another one.
        extra: What this version of the SDK does not know, as it came.
    """

    object: str
    merchant_id: str
    livemode: bool
    formats: List[str]
    host: str
    port: int
    username: str
    public_key: str
    directory: str
    language: str
    is_active: bool
    starts_on: str
    created_at: str
    updated_at: str
    host_key: Optional[str] = None
    mail_to: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class DeletedAccountingExportConfig(Record):
    """It is deleted, and its key forgotten.

    Attributes:
        extra: What this version of the SDK does not know, as it came.
    """

    object: str
    merchant_id: str
    deleted: bool
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class AccountingExportTest(Record):
    """What came of trying the connection.

    Attributes:
        status: One of: succeeded, failed.
        message: What it means, for a person.
        failure: host_key_not_pinned, unreachable, refused_auth, host_key_differs, …
        host_key: As the server showed it.
        extra: What this version of the SDK does not know, as it came.
    """

    object: str
    status: str
    message: str
    directory: str
    failure: Optional[str] = None
    host_key: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class AccountingExport(Record):
    """The file of a store’s business date.

    Attributes:
        format: One of: json, csv, xml.
        file_name: At the accounting system, too.
        status: kept: made, and nobody to send it to. failed: not sent, and not tried again by itself. One of:
            pending, delivered, kept, failed.
        attempts_made: The first and up to five more, half an hour apart.
        created_at: RFC 3339 in UTC.
        updated_at: RFC 3339 in UTC.
        next_attempt_at: RFC 3339 in UTC.
        size: In bytes.
        transactions_count: Sales and refunds in the file.
        gross_revenue: Minor units, with tax.
        tax_collected: Minor units.
        net_revenue: Minor units, without tax.
        error: Why the last attempt came to nothing.
        mailed_at: RFC 3339 in UTC.
        delivered_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    livemode: bool
    merchant_id: str
    business_date: str
    currency: str
    format: str
    file_name: str
    status: str
    attempts_made: int
    created_at: str
    updated_at: str
    merchant_store_id: Optional[str] = None
    next_attempt_at: Optional[str] = None
    size: Optional[int] = None
    sha256: Optional[str] = None
    transactions_count: Optional[int] = None
    gross_revenue: Optional[int] = None
    tax_collected: Optional[int] = None
    net_revenue: Optional[int] = None
    error: Optional[str] = None
    mailed_at: Optional[str] = None
    delivered_at: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class RunAccountingExportsRequest(Record):
    """What ``run_accounting_exports`` sends.

    Attributes:
        business_date: It must be over in the time zone of the store.
        merchant_store_id: Null: what was sold in no store. Left out: every store, and what was sold in none.
        format: Left out: those that the merchant has chosen. One of: json, csv, xml.
    """

    merchant_id: str
    business_date: str
    merchant_store_id: Optional[str] = None
    format: Optional[str] = None


@record
class SaveCardProcessorConnectionRequest(Record):
    """What ``save_card_processor_connection`` sends.

    Attributes:
        host: A name or an address, public as a webhook’s is.
        tls: when_offered goes on without TLS only where the server has none. One of: when_offered, required,
            off.
        tls_ca: PEM; for a server whose certificate no public authority has signed.
        upload_directory: Default /upload.
        download_directory: Default /download.
        merchant_numbers: The processor’s number of a merchant to your merchant id. Left out: the numbers are
            your ids.
        mail_to: Who hears of a failure. Left out: the organization’s notification_email.
        language: Of that mail. Default ja. One of: ja, en.
        is_active: Default true. While false nothing runs by itself.
        starts_on: The first day that is run. Default: today in Japan.
        password: Required at first, and again when host, port, username, tls or tls_ca changes.
    """

    host: str
    username: str
    port: Optional[int] = None
    tls: Optional[str] = None
    tls_ca: Optional[str] = None
    upload_directory: Optional[str] = None
    download_directory: Optional[str] = None
    merchant_numbers: Optional[Mapping[str, str]] = None
    mail_to: Optional[str] = None
    language: Optional[str] = None
    is_active: Optional[bool] = None
    starts_on: Optional[str] = None
    password: Optional[str] = None


@record
class CardProcessorConnection(Record):
    """The connection, without its password.

    Attributes:
        host: A name or an address, public as a webhook’s is.
        tls: when_offered goes on without TLS only where the server has none. One of: when_offered, required,
            off.
        language: One of: ja, en.
        starts_on: A calendar day in Japan: 2026-01-28.
        created_at: RFC 3339 in UTC.
        updated_at: RFC 3339 in UTC.
        tls_ca: PEM; for a server whose certificate no public authority has signed.
        merchant_numbers: The processor’s number of a merchant to your merchant id. Left out: the numbers are
            your ids.
        mail_to: Who hears of a failure. Left out: the organization’s notification_email.
        extra: What this version of the SDK does not know, as it came.
    """

    object: str
    livemode: bool
    host: str
    port: int
    username: str
    tls: str
    upload_directory: str
    download_directory: str
    language: str
    is_active: bool
    starts_on: str
    created_at: str
    updated_at: str
    tls_ca: Optional[str] = None
    merchant_numbers: Optional[Mapping[str, str]] = None
    mail_to: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class DeletedCardProcessorConnection(Record):
    """It is deleted.

    Attributes:
        extra: What this version of the SDK does not know, as it came.
    """

    object: str
    deleted: bool
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class CardProcessorConnectionTest(Record):
    """What came of the test.

    Attributes:
        status: One of: succeeded, failed.
        failure: unreachable, refused_auth, tls_refused, not_found, timeout, …
        message: What to do, in a sentence.
        extra: What this version of the SDK does not know, as it came.
    """

    object: str
    status: str
    failure: Optional[str] = None
    message: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class CardBatch(Record):
    """One day’s exchange with the card processor.

    Attributes:
        business_date: A calendar day in Japan: 2026-01-28.
        step: What is done next. failed: a person is needed, and was told by mail. One of: upload, download,
            done, failed.
        attempts_made: At this step, since it went well last.
        created_at: RFC 3339 in UTC.
        updated_at: RFC 3339 in UTC.
        next_attempt_at: RFC 3339 in UTC.
        error: What went wrong last.
        mailed_at: When a person was told of this failure.
        uploaded_count: Lines of the file: approved and declined attempts.
        approved_count: Of these.
        uploaded_amount: Of the approved ones, in yen. In minor units.
        upload_size: Bytes.
        uploaded_at: RFC 3339 in UTC.
        source: How the settlement file came. One of: file, by_hand.
        settlements_count: Merchants that were settled.
        exceptions_count: What was found to differ when the file was recorded.
        finished_at: RFC 3339 in UTC.
        extra: What this version of the SDK does not know, as it came.
    """

    id: str
    object: str
    livemode: bool
    business_date: str
    step: str
    attempts_made: int
    created_at: str
    updated_at: str
    next_attempt_at: Optional[str] = None
    error: Optional[str] = None
    mailed_at: Optional[str] = None
    uploaded_count: Optional[int] = None
    approved_count: Optional[int] = None
    uploaded_amount: Optional[int] = None
    upload_size: Optional[int] = None
    upload_sha256: Optional[str] = None
    uploaded_at: Optional[str] = None
    settlement_file_name: Optional[str] = None
    settlement_sha256: Optional[str] = None
    source: Optional[str] = None
    settlements_count: Optional[int] = None
    exceptions_count: Optional[int] = None
    finished_at: Optional[str] = None
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class RunCardBatchRequest(Record):
    """What ``run_card_batch`` sends.

    Attributes:
        business_date: A calendar day in Japan: 2026-01-28.
        upload_again: Send the file although it was sent before; it is the same to the byte.
    """

    business_date: str
    upload_again: Optional[bool] = None


@record
class PaymentProcessorConfig(Record):
    """Part of SyncStore.

    Attributes:
        provider: PAYPAY, for example.
        is_active: False: no new payments; those that are open go on.
        credentials: What the provider needs. Kept encrypted and never returned. Left out: stays as it is.
    """

    provider: str
    is_active: bool
    credentials: Optional[Mapping[str, Any]] = None


@record
class SyncStore(Record):
    """Part of SyncMerchant.

    Attributes:
        time_zone: Whose clock the store’s business days follow, as Asia/Tokyo, which it is at first. Left out:
            stays.
        business_day_starts_at: When a business day begins by that clock, 00:00 at first. 05:00: it ends at
            05:00 of the next calendar day. Left out: stays.
    """

    id: str
    name: str
    time_zone: Optional[str] = None
    business_day_starts_at: Optional[str] = None
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
    """How many of each the body had.

    Attributes:
        extra: What this version of the SDK does not know, as it came.
    """

    synced_merchants: int
    synced_stores: int
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class OrderToList(Record):
    """Part of CreateOrderListRequest.

    Attributes:
        merchant_ref_id: Your reference of the order, as its payment intent has it.
        amount: Minor units: yen, cents.
        status: At the end of the day. An order of which a part was given back is paid. One of: paid, refunded,
            cancelled.
        payment_method_type: One of: qr_mpm, qr_cpm, credit_card, e_money, cash.
        refunded_amount: What went back. Default: nothing of a paid order, all of a refunded one. In minor
            units.
    """

    merchant_ref_id: str
    amount: int
    status: str
    payment_method_type: Optional[str] = None
    refunded_amount: Optional[int] = None


@record
class CreateOrderListRequest(Record):
    """What ``create_order_list`` sends.

    Attributes:
        business_date: The store’s day: 2026-01-28.
        orders: Every order of the day on which money moved; those that were cancelled may be left out.
        merchant_id: For keys that act for several merchants.
        currency: ISO 4217, in either case. Default JPY.
    """

    business_date: str
    orders: Sequence[OrderToList]
    merchant_id: Optional[str] = None
    merchant_store_id: Optional[str] = None
    currency: Optional[str] = None


@record
class SupplySettlementFileRequest(Record):
    """What ``supply_settlement_file`` sends.

    Attributes:
        file_name: A label; a path in it is left out.
        content: The bytes of the file as the processor made it.
    """

    file_name: str
    content: bytes


@record
class Health(Record):
    """The process answers.

    Attributes:
        extra: What this version of the SDK does not know, as it came.
    """

    status: str
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class ReadinessChecks(Record):
    """Each is ok, or says what to do.

    Attributes:
        extra: What this version of the SDK does not know, as it came.
    """

    database: str
    migrations: str
    worker: str
    master_key: str
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@record
class Readiness(Record):
    """Whether this process can take payments: 200 yes, 503 no.

    Attributes:
        status: ok, unavailable, or draining: the process is about to stop
        checks: Each is ok, or says what to do.
        extra: What this version of the SDK does not know, as it came.
    """

    status: str
    checks: ReadinessChecks
    extra: Mapping[str, Any] = dataclasses.field(default_factory=dict)

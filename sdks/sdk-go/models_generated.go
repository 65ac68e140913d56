// Code generated from openapi.json by internal/generate. DO NOT EDIT.

package mpspgw

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"time"
)

// The types of events. Others may come, and are kept as they are.
const (
	// An intent was created.
	EventPaymentIntentCreated = "payment_intent.created"
	// A code or a page is in front of the customer.
	EventPaymentIntentRequiresAction = "payment_intent.requires_action"
	// Somebody is at work, money is held, or the outcome is unknown.
	EventPaymentIntentProcessing = "payment_intent.processing"
	// The money is there.
	EventPaymentIntentSucceeded = "payment_intent.succeeded"
	// The provider, or an external terminal, declined.
	EventPaymentIntentFailed = "payment_intent.failed"
	// It was called off, or it expired.
	EventPaymentIntentCancelled = "payment_intent.cancelled"
	// A refund was written down, and the provider is being asked.
	EventRefundCreated = "refund.created"
	// The money has gone back.
	EventRefundSucceeded = "refund.succeeded"
	// The provider refused the refund.
	EventRefundFailed = "refund.failed"
	// Money came for an intent that had ended.
	EventLatePaymentCreated = "late_payment.created"
	// Late money has gone back.
	EventLatePaymentRefunded = "late_payment.refunded"
	// Somebody decided to keep late money.
	EventLatePaymentKept = "late_payment.kept"
	// Late money could not be given back, and is held again.
	EventLatePaymentRefundFailed = "late_payment.refund_failed"
	// A provider’s settlement and our books agree, or all its exceptions are resolved.
	EventSettlementReconciled = "settlement.reconciled"
	// A settlement, or what belongs to none, differs from our books.
	EventSettlementException = "settlement.exception"
	// A file of the accounting export has arrived at the accounting system.
	EventExportSucceeded = "export.succeeded"
	// A file of the accounting export could not be sent, and is not tried again by itself.
	EventExportFailed = "export.failed"
	// One of your endpoints was given up. Your other endpoints hear of it.
	EventWebhookEndpointDisabled = "webhook_endpoint.disabled"
	// Somebody asked for a test of this endpoint.
	EventWebhookEndpointPing = "webhook_endpoint.ping"
)

// The ways to pay. They are plain strings, as in []string{PaymentMethodQRMPM}.
const (
	PaymentMethodQRMPM      = "qr_mpm"
	PaymentMethodQRCPM      = "qr_cpm"
	PaymentMethodCreditCard = "credit_card"
	PaymentMethodEMoney     = "e_money"
	PaymentMethodCash       = "cash"
)

// CaptureMethod says whether a payment is taken at once, or held until it is captured. Values that are not listed
// here may come, and are kept as they are.
type CaptureMethod string

// The values of CaptureMethod.
const (
	CaptureMethodAutomatic CaptureMethod = "automatic"
	CaptureMethodManual    CaptureMethod = "manual"
)

// Status is where a payment intent stands. See docs/payment-intent.md for what each means. Values that are not listed
// here may come, and are kept as they are.
type Status string

// The values of Status.
const (
	StatusRequiresPaymentMethod Status = "requires_payment_method"
	StatusRequiresAction        Status = "requires_action"
	StatusProcessing            Status = "processing"
	StatusSucceeded             Status = "succeeded"
	StatusFailed                Status = "failed"
	StatusCancelled             Status = "cancelled"
)

// ProcessingMode says who moves the money. Values that are not listed here may come, and are kept as they are.
type ProcessingMode string

// The values of ProcessingMode.
const (
	ProcessingModePGWProcessed ProcessingMode = "pgw_processed"
	ProcessingModeExternal     ProcessingMode = "external"
	ProcessingModeManual       ProcessingMode = "manual"
)

// CancellationReason is why a payment intent was cancelled. Values that are not listed here may come, and are kept as
// they are.
type CancellationReason string

// The values of CancellationReason.
const (
	CancellationReasonRequestedByCustomer CancellationReason = "requested_by_customer"
	CancellationReasonDuplicate           CancellationReason = "duplicate"
	CancellationReasonFraudulent          CancellationReason = "fraudulent"
	CancellationReasonAbandoned           CancellationReason = "abandoned"
)

// Outcome is there while the gateway does not know whether money moved. Values that are not listed here may come, and
// are kept as they are.
type Outcome string

// The values of Outcome.
const (
	OutcomeUnknown Outcome = "unknown"
)

// ExternalStatus is what an external terminal reports. Values that are not listed here may come, and are kept as they
// are.
type ExternalStatus string

// The values of ExternalStatus.
const (
	ExternalStatusSuccess  ExternalStatus = "success"
	ExternalStatusDeclined ExternalStatus = "declined"
	ExternalStatusError    ExternalStatus = "error"
)

// RefundStatus is where a refund stands. Values that are not listed here may come, and are kept as they are.
type RefundStatus string

// The values of RefundStatus.
const (
	RefundStatusPending   RefundStatus = "pending"
	RefundStatusSucceeded RefundStatus = "succeeded"
	RefundStatusFailed    RefundStatus = "failed"
)

// EndpointStatus says whether a webhook endpoint is used. Values that are not listed here may come, and are kept as
// they are.
type EndpointStatus string

// The values of EndpointStatus.
const (
	EndpointStatusEnabled  EndpointStatus = "enabled"
	EndpointStatusDisabled EndpointStatus = "disabled"
)

// DeliveryStatus is what has become of a webhook delivery. Values that are not listed here may come, and are kept as
// they are.
type DeliveryStatus string

// The values of DeliveryStatus.
const (
	DeliveryStatusPending   DeliveryStatus = "pending"
	DeliveryStatusSucceeded DeliveryStatus = "succeeded"
	DeliveryStatusFailed    DeliveryStatus = "failed"
)

// Resolution is what a person has found about an unknown outcome. Values that are not listed here may come, and are
// kept as they are.
type Resolution string

// The values of Resolution.
const (
	ResolutionPaid    Resolution = "paid"
	ResolutionNotPaid Resolution = "not_paid"
)

// LatePaymentStatus is what has become of a late payment. Values that are not listed here may come, and are kept as
// they are.
type LatePaymentStatus string

// The values of LatePaymentStatus.
const (
	LatePaymentStatusHeld      LatePaymentStatus = "held"
	LatePaymentStatusRefunding LatePaymentStatus = "refunding"
	LatePaymentStatusRefunded  LatePaymentStatus = "refunded"
	LatePaymentStatusKept      LatePaymentStatus = "kept"
)

// LatePaymentAction is what becomes of money that came too late. Values that are not listed here may come, and are
// kept as they are.
type LatePaymentAction string

// The values of LatePaymentAction.
const (
	LatePaymentActionRefund LatePaymentAction = "refund"
	LatePaymentActionKeep   LatePaymentAction = "keep"
)

// SettlementStatus says whether a settlement, or an order list, agrees with the gateway. Values that are not listed
// here may come, and are kept as they are.
type SettlementStatus string

// The values of SettlementStatus.
const (
	SettlementStatusReconciled SettlementStatus = "reconciled"
	SettlementStatusExceptions SettlementStatus = "exceptions"
	SettlementStatusReplaced   SettlementStatus = "replaced"
)

// SettlementContents says which of a day's files it is, where a provider sends several. Values that are not listed
// here may come, and are kept as they are.
type SettlementContents string

// The values of SettlementContents.
const (
	SettlementContentsPayments     SettlementContents = "payments"
	SettlementContentsHeldPayments SettlementContents = "held_payments"
)

// SettlementSource says how the provider's word came. Values that are not listed here may come, and are kept as they
// are.
type SettlementSource string

// The values of SettlementSource.
const (
	SettlementSourceFile          SettlementSource = "file"
	SettlementSourceByHand        SettlementSource = "by_hand"
	SettlementSourceNotifications SettlementSource = "notifications"
)

// ExceptionStatus says whether a person has looked at an exception. Values that are not listed here may come, and are
// kept as they are.
type ExceptionStatus string

// The values of ExceptionStatus.
const (
	ExceptionStatusOpen     ExceptionStatus = "open"
	ExceptionStatusResolved ExceptionStatus = "resolved"
)

// ExceptionKind is what differs. Values that are not listed here may come, and are kept as they are.
type ExceptionKind string

// The values of ExceptionKind.
const (
	ExceptionKindMissingHere   ExceptionKind = "missing_here"
	ExceptionKindMissingThere  ExceptionKind = "missing_there"
	ExceptionKindAmountDiffers ExceptionKind = "amount_differs"
	ExceptionKindStatusDiffers ExceptionKind = "status_differs"
	ExceptionKindTotalsDiffer  ExceptionKind = "totals_differ"
	ExceptionKindCrossMidnight ExceptionKind = "cross_midnight"
)

// ExceptionSource says where it was found. Values that are not listed here may come, and are kept as they are.
type ExceptionSource string

// The values of ExceptionSource.
const (
	ExceptionSourceFile       ExceptionSource = "file"
	ExceptionSourceSettlement ExceptionSource = "settlement"
	ExceptionSourceOrderList  ExceptionSource = "order_list"
)

// ExceptionField is which sum differs. Values that are not listed here may come, and are kept as they are.
type ExceptionField string

// The values of ExceptionField.
const (
	ExceptionFieldTransactionCount ExceptionField = "transaction_count"
	ExceptionFieldGrossAmount      ExceptionField = "gross_amount"
	ExceptionFieldRefundedAmount   ExceptionField = "refunded_amount"
	ExceptionFieldFeesAmount       ExceptionField = "fees_amount"
	ExceptionFieldNetAmount        ExceptionField = "net_amount"
)

// OrderResult is what was found of an order: that it agrees, or the kind of its exception. Values that are not listed
// here may come, and are kept as they are.
type OrderResult string

// The values of OrderResult.
const (
	OrderResultMatched       OrderResult = "matched"
	OrderResultMissingHere   OrderResult = "missing_here"
	OrderResultAmountDiffers OrderResult = "amount_differs"
	OrderResultStatusDiffers OrderResult = "status_differs"
	OrderResultCrossMidnight OrderResult = "cross_midnight"
)

// OrderStatus is what has become of an order at the end of the day. Values that are not listed here may come, and are
// kept as they are.
type OrderStatus string

// The values of OrderStatus.
const (
	OrderStatusPaid      OrderStatus = "paid"
	OrderStatusRefunded  OrderStatus = "refunded"
	OrderStatusCancelled OrderStatus = "cancelled"
)

// ProviderStatus is what the provider says of an order by now. Values that are not listed here may come, and are kept
// as they are.
type ProviderStatus string

// The values of ProviderStatus.
const (
	ProviderStatusConfirmed     ProviderStatus = "confirmed"
	ProviderStatusDiffers       ProviderStatus = "differs"
	ProviderStatusMissing       ProviderStatus = "missing"
	ProviderStatusNotYet        ProviderStatus = "not_yet"
	ProviderStatusNotApplicable ProviderStatus = "not_applicable"
)

// ActorType is who made a change. Values that are not listed here may come, and are kept as they are.
type ActorType string

// The values of ActorType.
const (
	ActorTypeAPIKey      ActorType = "api_key"
	ActorTypeCommandLine ActorType = "command_line"
	ActorTypeSystem      ActorType = "system"
)

// LatePaymentPolicy is what happens by itself to money that comes too late. Values that are not listed here may come,
// and are kept as they are.
type LatePaymentPolicy string

// The values of LatePaymentPolicy.
const (
	LatePaymentPolicyAutoRefund LatePaymentPolicy = "auto_refund"
	LatePaymentPolicyHold       LatePaymentPolicy = "hold"
)

// ExportFormat is how a file for the accounting system is written. Values that are not listed here may come, and are
// kept as they are.
type ExportFormat string

// The values of ExportFormat.
const (
	ExportFormatJSON ExportFormat = "json"
	ExportFormatCSV  ExportFormat = "csv"
	ExportFormatXML  ExportFormat = "xml"
)

// ConnectionTestStatus is what came of trying a connection. Values that are not listed here may come, and are kept as
// they are.
type ConnectionTestStatus string

// The values of ConnectionTestStatus.
const (
	ConnectionTestStatusSucceeded ConnectionTestStatus = "succeeded"
	ConnectionTestStatusFailed    ConnectionTestStatus = "failed"
)

// AccountingExportStatus is what has become of a file for the accounting system. Values that are not listed here may
// come, and are kept as they are.
type AccountingExportStatus string

// The values of AccountingExportStatus.
const (
	AccountingExportStatusPending   AccountingExportStatus = "pending"
	AccountingExportStatusDelivered AccountingExportStatus = "delivered"
	AccountingExportStatusKept      AccountingExportStatus = "kept"
	AccountingExportStatusFailed    AccountingExportStatus = "failed"
)

// TLSMode says whether a connection is encrypted. Values that are not listed here may come, and are kept as they are.
type TLSMode string

// The values of TLSMode.
const (
	TLSModeWhenOffered TLSMode = "when_offered"
	TLSModeRequired    TLSMode = "required"
	TLSModeOff         TLSMode = "off"
)

// CardBatchStep is what is done next with a day of the card processor. Values that are not listed here may come, and
// are kept as they are.
type CardBatchStep string

// The values of CardBatchStep.
const (
	CardBatchStepUpload   CardBatchStep = "upload"
	CardBatchStepDownload CardBatchStep = "download"
	CardBatchStepDone     CardBatchStep = "done"
	CardBatchStepFailed   CardBatchStep = "failed"
)

// CreatePaymentIntentRequest is what CreatePaymentIntent is given.
type CreatePaymentIntentRequest struct {
	// Minor units: yen, cents.
	Amount int64 `json:"amount"`
	// ISO 4217, in either case. Default JPY.
	Currency string `json:"currency,omitempty"`
	// The ways in which this order may be paid.
	PaymentMethodTypes []string `json:"payment_method_types"`
	// Your reference of the order. Unique among intents that are not failed or cancelled.
	MerchantRefID      string `json:"merchant_ref_id"`
	MerchantStoreID    string `json:"merchant_store_id,omitempty"`
	MerchantTerminalID string `json:"merchant_terminal_id,omitempty"`
	// For keys that act for several merchants.
	MerchantID  string `json:"merchant_id,omitempty"`
	Description string `json:"description,omitempty"`
	// Default 30.
	ExpiresInMinutes int64         `json:"expires_in_minutes,omitempty"`
	CaptureMethod    CaptureMethod `json:"capture_method,omitempty"`
	// Up to 50 pairs; names up to 40 and values up to 500 characters.
	Metadata      map[string]string `json:"metadata,omitempty"`
	TaxAmount     *int64            `json:"tax_amount,omitempty"`
	ReceiptNumber string            `json:"receipt_number,omitempty"`
}

// PaymentIntent: the payment intent as it is now.
type PaymentIntent struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Status   Status `json:"status"`
	Livemode bool   `json:"livemode"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	// Held at the provider, or at the terminal.
	AmountCapturable   int64             `json:"amount_capturable"`
	AmountReceived     int64             `json:"amount_received"`
	AmountRefunded     int64             `json:"amount_refunded"`
	PaymentMethodTypes []string          `json:"payment_method_types"`
	CaptureMethod      CaptureMethod     `json:"capture_method"`
	MerchantID         string            `json:"merchant_id"`
	MerchantRefID      string            `json:"merchant_ref_id"`
	MerchantStoreID    string            `json:"merchant_store_id,omitempty"`
	MerchantTerminalID string            `json:"merchant_terminal_id,omitempty"`
	Description        string            `json:"description,omitempty"`
	Metadata           map[string]string `json:"metadata,omitempty"`
	TaxAmount          *int64            `json:"tax_amount,omitempty"`
	ReceiptNumber      string            `json:"receipt_number,omitempty"`
	ProcessingMode     ProcessingMode    `json:"processing_mode,omitempty"`
	Provider           string            `json:"provider,omitempty"`
	// Until when the provider holds amount_capturable.
	CaptureBefore      *time.Time         `json:"capture_before,omitempty"`
	CancellationReason CancellationReason `json:"cancellation_reason,omitempty"`
	LastPaymentError   *LastPaymentError  `json:"last_payment_error,omitempty"`
	// We do not know yet whether money moved, and are finding out.
	Outcome Outcome `json:"outcome,omitempty"`
	// RFC 3339 in UTC.
	NextCheckAt *time.Time `json:"next_check_at,omitempty"`
	// Only at creation and re-issue.
	PaymentToken string `json:"payment_token,omitempty"`
	// RFC 3339 in UTC.
	PaymentTokenExpiresAt *time.Time `json:"payment_token_expires_at,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// RFC 3339 in UTC.
	ExpiresAt time.Time `json:"expires_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *PaymentIntent) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v PaymentIntent) MarshalJSON() ([]byte, error) {
	type plain PaymentIntent
	return writeObject(plain(v), v.Extra)
}

// Format writes the fields for package fmt, but no secrets. They are in the fields and in the JSON.
func (v PaymentIntent) Format(state fmt.State, verb rune) {
	type plain PaymentIntent
	v.PaymentToken = redact(v.PaymentToken)
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), plain(v))
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v PaymentIntent) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }

// LastPaymentError: what went wrong with the last try, in words for a person.
type LastPaymentError struct {
	Code     string `json:"code"`
	Message  string `json:"message"`
	Provider string `json:"provider,omitempty"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *LastPaymentError) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v LastPaymentError) MarshalJSON() ([]byte, error) {
	type plain LastPaymentError
	return writeObject(plain(v), v.Extra)
}

// ConfirmPaymentIntentRequest is what ConfirmPaymentIntent is given.
type ConfirmPaymentIntentRequest struct {
	// In place of a signature.
	PaymentToken      string `json:"payment_token,omitempty"`
	PaymentMethodType string `json:"payment_method_type"`
	// PAYPAY for a QR code; MPGS for cards on a page; the brand (VISA, SUICA, …) for a terminal. Required for qr_mpm and
	// credit_card; with qr_cpm it is recognised from the code.
	Provider string `json:"provider,omitempty"`
	// The approval code of the external terminal, at best with its slip number: 123456-0042. Required for a success. It
	// pays one intent.
	ExternalRefID string `json:"external_ref_id,omitempty"`
	// What the external terminal reports. Default success.
	ExternalStatus ExternalStatus `json:"external_status,omitempty"`
	// Why it was declined, or could not be carried out.
	ExternalReason string `json:"external_reason,omitempty"`
	// What the terminal says it took, in minor units. Another amount than the intent’s is not accepted.
	ExternalAmount *int64 `json:"external_amount,omitempty"`
	// The currency in which the terminal took it.
	ExternalCurrency string `json:"external_currency,omitempty"`
	// The code scanned from the customer, as the scanner read it. Required for qr_cpm, and a code pays once.
	CustomerCode string `json:"customer_code,omitempty"`
	// MPGS: where the customer’s browser goes in the end, with payment_intent and redirect_status (succeeded, failed,
	// pending) added. https for live payments.
	ReturnURL string `json:"return_url,omitempty"`
}

// Format writes the fields for package fmt, but no secrets. They are in the fields and in the JSON.
func (v ConfirmPaymentIntentRequest) Format(state fmt.State, verb rune) {
	type plain ConfirmPaymentIntentRequest
	v.PaymentToken = redact(v.PaymentToken)
	v.CustomerCode = redact(v.CustomerCode)
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), plain(v))
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v ConfirmPaymentIntentRequest) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%+v", v))
}

// Confirmation: what the customer has to do next, or what came of the payment.
type Confirmation struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Status   Status `json:"status"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	// Equal to the payment intent id.
	PaymentID         string         `json:"payment_id"`
	PaymentIntentID   string         `json:"payment_intent_id"`
	Provider          string         `json:"provider"`
	PaymentMethodType string         `json:"payment_method_type"`
	ProcessingMode    ProcessingMode `json:"processing_mode"`
	// Draw this text as a QR code.
	QRContent string `json:"qr_content,omitempty"`
	// A picture of the code, served by the gateway.
	QRCodeURL string `json:"qr_code_url,omitempty"`
	// MPGS: the page to send the customer to.
	RedirectURL string `json:"redirect_url,omitempty"`
	// qr_cpm: as much of the scanned code as may be shown.
	CustomerCodeMasked string `json:"customer_code_masked,omitempty"`
	// RFC 3339 in UTC.
	ExpiresAt *time.Time `json:"expires_at,omitempty"`
	Outcome   Outcome    `json:"outcome,omitempty"`
	// RFC 3339 in UTC.
	NextCheckAt      *time.Time        `json:"next_check_at,omitempty"`
	LastPaymentError *LastPaymentError `json:"last_payment_error,omitempty"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *Confirmation) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v Confirmation) MarshalJSON() ([]byte, error) {
	type plain Confirmation
	return writeObject(plain(v), v.Extra)
}

// CancelPaymentIntentRequest is what CancelPaymentIntent is given.
type CancelPaymentIntentRequest struct {
	// In place of a signature.
	PaymentToken       string             `json:"payment_token,omitempty"`
	CancellationReason CancellationReason `json:"cancellation_reason,omitempty"`
}

// Format writes the fields for package fmt, but no secrets. They are in the fields and in the JSON.
func (v CancelPaymentIntentRequest) Format(state fmt.State, verb rune) {
	type plain CancelPaymentIntentRequest
	v.PaymentToken = redact(v.PaymentToken)
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), plain(v))
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v CancelPaymentIntentRequest) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%+v", v))
}

// CapturePaymentIntentRequest is what CapturePaymentIntent is given.
type CapturePaymentIntentRequest struct {
	// Minor units: yen, cents.
	Amount *int64 `json:"amount,omitempty"`
}

// CreateRefundRequest is what CreateRefund is given.
type CreateRefundRequest struct {
	PaymentIntent string `json:"payment_intent"`
	// Minor units. Default: all that is left.
	Amount *int64 `json:"amount,omitempty"`
	// For your own records; the customer does not see it.
	Reason string `json:"reason,omitempty"`
	// Up to 50 pairs; names up to 40 and values up to 500 characters.
	Metadata map[string]string `json:"metadata,omitempty"`
}

// Refund: the refund as it is now.
type Refund struct {
	ID            string       `json:"id"`
	Object        string       `json:"object"`
	PaymentIntent string       `json:"payment_intent"`
	Amount        int64        `json:"amount"`
	Currency      string       `json:"currency"`
	Status        RefundStatus `json:"status"`
	Livemode      bool         `json:"livemode"`
	MerchantID    string       `json:"merchant_id"`
	Provider      string       `json:"provider"`
	// external and manual: nothing is sent; the refund records that somebody gave the money back.
	ProcessingMode   ProcessingMode    `json:"processing_mode"`
	Reason           string            `json:"reason,omitempty"`
	Metadata         map[string]string `json:"metadata,omitempty"`
	ProviderRefundID string            `json:"provider_refund_id,omitempty"`
	// The late payment that it gives back.
	LatePayment string `json:"late_payment,omitempty"`
	// The provider's own code.
	FailureCode    string `json:"failure_code,omitempty"`
	FailureMessage string `json:"failure_message,omitempty"`
	// We do not know yet whether the money went back, and are finding out.
	Outcome Outcome `json:"outcome,omitempty"`
	// RFC 3339 in UTC.
	NextCheckAt *time.Time `json:"next_check_at,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *Refund) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v Refund) MarshalJSON() ([]byte, error) {
	type plain Refund
	return writeObject(plain(v), v.Extra)
}

// Merchant: a merchant.
type Merchant struct {
	// Chosen by the upstream system.
	ID       string `json:"id"`
	Name     string `json:"name"`
	Livemode bool   `json:"livemode"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// When it was last synchronised.
	UpdatedAt time.Time `json:"updated_at"`
	Object    string    `json:"object"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *Merchant) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v Merchant) MarshalJSON() ([]byte, error) {
	type plain Merchant
	return writeObject(plain(v), v.Extra)
}

// Store: a store and the providers that it is set up for.
type Store struct {
	// Chosen by the upstream system.
	ID       string `json:"id"`
	Name     string `json:"name"`
	Livemode bool   `json:"livemode"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// When it was last synchronised.
	UpdatedAt  time.Time `json:"updated_at"`
	Object     string    `json:"object"`
	MerchantID string    `json:"merchant_id"`
	// Whose clock its business days follow.
	TimeZone string `json:"time_zone"`
	// When a business day begins by that clock: 05:00.
	BusinessDayStartsAt string `json:"business_day_starts_at"`
	// Without their credentials.
	PaymentProcessorConfigs []StoreProcessorConfig `json:"payment_processor_configs"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *Store) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v Store) MarshalJSON() ([]byte, error) {
	type plain Store
	return writeObject(plain(v), v.Extra)
}

// StoreProcessorConfig is a provider that a store is set up for.
type StoreProcessorConfig struct {
	Provider string `json:"provider"`
	IsActive bool   `json:"is_active"`
	// RFC 3339 in UTC.
	UpdatedAt time.Time `json:"updated_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *StoreProcessorConfig) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v StoreProcessorConfig) MarshalJSON() ([]byte, error) {
	type plain StoreProcessorConfig
	return writeObject(plain(v), v.Extra)
}

// CreateWebhookEndpointRequest is what CreateWebhookEndpoint is given.
type CreateWebhookEndpointRequest struct {
	// https, and it must lead to a public address each time that we connect.
	URL string `json:"url"`
	// Types, families such as payment_intent.*, or *. Empty: all.
	EnabledEvents []string `json:"enabled_events,omitempty"`
	// Only events of this merchant.
	MerchantID  string `json:"merchant_id,omitempty"`
	Description string `json:"description,omitempty"`
}

// WebhookEndpoint: a webhook endpoint.
type WebhookEndpoint struct {
	ID            string         `json:"id"`
	Object        string         `json:"object"`
	URL           string         `json:"url"`
	EnabledEvents []string       `json:"enabled_events"`
	Description   string         `json:"description,omitempty"`
	Status        EndpointStatus `json:"status"`
	// answered_gone (a 410), attempts_exhausted, or by_request.
	DisabledReason string `json:"disabled_reason,omitempty"`
	MerchantID     string `json:"merchant_id,omitempty"`
	Livemode       bool   `json:"livemode"`
	// Of the newest event that was given to this endpoint.
	LastSequence int64 `json:"last_sequence"`
	// RFC 3339 in UTC.
	PreviousSecretExpiresAt *time.Time `json:"previous_secret_expires_at,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// whsec_…, to verify signatures with. Only in the answer that makes it.
	Secret string `json:"secret,omitempty"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *WebhookEndpoint) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v WebhookEndpoint) MarshalJSON() ([]byte, error) {
	type plain WebhookEndpoint
	return writeObject(plain(v), v.Extra)
}

// Format writes the fields for package fmt, but no secrets. They are in the fields and in the JSON.
func (v WebhookEndpoint) Format(state fmt.State, verb rune) {
	type plain WebhookEndpoint
	v.Secret = redact(v.Secret)
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), plain(v))
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v WebhookEndpoint) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }

// UpdateWebhookEndpointRequest is what UpdateWebhookEndpoint is given.
type UpdateWebhookEndpointRequest struct {
	// https, and it must lead to a public address each time that we connect.
	URL string `json:"url,omitempty"`
	// Types, families such as payment_intent.*, or *. Empty: all.
	EnabledEvents []string `json:"enabled_events,omitempty"`
	// Empty takes it away.
	Description *string `json:"description,omitempty"`
	// Once enabled, it gets all that has waited for it.
	Status EndpointStatus `json:"status,omitempty"`
}

// MarshalJSON leaves out a list that is nil, and sends one that is empty.
func (v UpdateWebhookEndpointRequest) MarshalJSON() ([]byte, error) {
	type plain UpdateWebhookEndpointRequest
	return json.Marshal(struct {
		plain
		EnabledEvents *[]string `json:"enabled_events,omitempty"`
	}{
		plain(v),
		unlessNil(v.EnabledEvents),
	})
}

// DeletedWebhookEndpoint: it is deleted.
type DeletedWebhookEndpoint struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *DeletedWebhookEndpoint) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v DeletedWebhookEndpoint) MarshalJSON() ([]byte, error) {
	type plain DeletedWebhookEndpoint
	return writeObject(plain(v), v.Extra)
}

// RollWebhookSecretRequest is what RollWebhookSecret is given.
type RollWebhookSecretRequest struct {
	// How long the secret before signs, too. Default 24; 0 ends it at once.
	ExpiresInHours *int64 `json:"expires_in_hours,omitempty"`
}

// WebhookEvent: the body of a webhook.
type WebhookEvent struct {
	ID   string    `json:"id"`
	Type string    `json:"type"`
	Data EventData `json:"data"`
	// Unix seconds.
	Created int64 `json:"created"`
	// RFC 3339 in UTC.
	Timestamp time.Time `json:"timestamp"`
	Livemode  bool      `json:"livemode"`
	// Counts up by one for each event of this endpoint.
	Sequence int64 `json:"sequence"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *WebhookEvent) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v WebhookEvent) MarshalJSON() ([]byte, error) {
	type plain WebhookEvent
	return writeObject(plain(v), v.Extra)
}

// EventData holds the object that an event is about, as it was then.
type EventData struct {
	Object json.RawMessage `json:"object"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *EventData) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v EventData) MarshalJSON() ([]byte, error) {
	type plain EventData
	return writeObject(plain(v), v.Extra)
}

// WebhookDelivery: an event on its way to an endpoint.
type WebhookDelivery struct {
	Object            string         `json:"object"`
	WebhookEndpointID string         `json:"webhook_endpoint_id"`
	Sequence          int64          `json:"sequence"`
	EventID           string         `json:"event_id"`
	EventType         string         `json:"event_type"`
	Status            DeliveryStatus `json:"status"`
	// Of the schedule that runs; a resending begins it anew.
	AttemptsMade int64 `json:"attempts_made"`
	// Absent while the endpoint is disabled.
	NextAttemptAt *time.Time `json:"next_attempt_at,omitempty"`
	// The latest, oldest first: up to 10 in a list, up to 100 of one delivery.
	Attempts []WebhookDeliveryAttempt `json:"attempts"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// RFC 3339 in UTC.
	UpdatedAt time.Time `json:"updated_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *WebhookDelivery) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v WebhookDelivery) MarshalJSON() ([]byte, error) {
	type plain WebhookDelivery
	return writeObject(plain(v), v.Extra)
}

// WebhookDeliveryAttempt is one try of a delivery.
type WebhookDeliveryAttempt struct {
	AttemptNumber int64 `json:"attempt_number"`
	// Absent when no answer came.
	ResponseStatus int64  `json:"response_status,omitempty"`
	Error          string `json:"error,omitempty"`
	DurationMS     int64  `json:"duration_ms"`
	// RFC 3339 in UTC.
	AttemptedAt time.Time `json:"attempted_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *WebhookDeliveryAttempt) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v WebhookDeliveryAttempt) MarshalJSON() ([]byte, error) {
	type plain WebhookDeliveryAttempt
	return writeObject(plain(v), v.Extra)
}

// ResendWebhookDeliveriesRequest is what ResendWebhookDeliveries is given.
type ResendWebhookDeliveriesRequest struct {
	AfterSequence int64 `json:"after_sequence"`
	// Only those. Left out: all.
	Status DeliveryStatus `json:"status,omitempty"`
}

// ResendWebhookDeliveriesResult: what is on its way again.
type ResendWebhookDeliveriesResult struct {
	WebhookEndpointID string `json:"webhook_endpoint_id"`
	AfterSequence     int64  `json:"after_sequence"`
	// Where the next request goes on.
	LastSequence int64 `json:"last_sequence"`
	Resent       int64 `json:"resent"`
	HasMore      bool  `json:"has_more"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *ResendWebhookDeliveriesResult) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v ResendWebhookDeliveriesResult) MarshalJSON() ([]byte, error) {
	type plain ResendWebhookDeliveriesResult
	return writeObject(plain(v), v.Extra)
}

// Event: what has happened, with the object as it was then.
type Event struct {
	ID   string    `json:"id"`
	Type string    `json:"type"`
	Data EventData `json:"data"`
	// Unix seconds.
	Created int64 `json:"created"`
	// RFC 3339 in UTC.
	Timestamp time.Time `json:"timestamp"`
	Livemode  bool      `json:"livemode"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *Event) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v Event) MarshalJSON() ([]byte, error) {
	type plain Event
	return writeObject(plain(v), v.Extra)
}

// ResolvePaymentIntentRequest is what ResolvePaymentIntent is given.
type ResolvePaymentIntentRequest struct {
	// What the books of the provider say.
	Outcome Resolution `json:"outcome"`
	// Why; kept in the audit log.
	Reason string `json:"reason"`
	// Who decided; kept in the audit log.
	ResolvedBy string `json:"resolved_by,omitempty"`
	// How the provider calls the payment; a refund there needs it.
	ProviderPaymentID string `json:"provider_payment_id,omitempty"`
}

// ResolvedPaymentIntent: the payment intent, and what was decided about it.
type ResolvedPaymentIntent struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Status   Status `json:"status"`
	Livemode bool   `json:"livemode"`
	Amount   int64  `json:"amount"`
	Currency string `json:"currency"`
	// Held at the provider, or at the terminal.
	AmountCapturable   int64             `json:"amount_capturable"`
	AmountReceived     int64             `json:"amount_received"`
	AmountRefunded     int64             `json:"amount_refunded"`
	PaymentMethodTypes []string          `json:"payment_method_types"`
	CaptureMethod      CaptureMethod     `json:"capture_method"`
	MerchantID         string            `json:"merchant_id"`
	MerchantRefID      string            `json:"merchant_ref_id"`
	MerchantStoreID    string            `json:"merchant_store_id,omitempty"`
	MerchantTerminalID string            `json:"merchant_terminal_id,omitempty"`
	Description        string            `json:"description,omitempty"`
	Metadata           map[string]string `json:"metadata,omitempty"`
	TaxAmount          *int64            `json:"tax_amount,omitempty"`
	ReceiptNumber      string            `json:"receipt_number,omitempty"`
	ProcessingMode     ProcessingMode    `json:"processing_mode,omitempty"`
	Provider           string            `json:"provider,omitempty"`
	// Until when the provider holds amount_capturable.
	CaptureBefore      *time.Time         `json:"capture_before,omitempty"`
	CancellationReason CancellationReason `json:"cancellation_reason,omitempty"`
	LastPaymentError   *LastPaymentError  `json:"last_payment_error,omitempty"`
	// We do not know yet whether money moved, and are finding out.
	Outcome Outcome `json:"outcome,omitempty"`
	// RFC 3339 in UTC.
	NextCheckAt *time.Time `json:"next_check_at,omitempty"`
	// Only at creation and re-issue.
	PaymentToken string `json:"payment_token,omitempty"`
	// RFC 3339 in UTC.
	PaymentTokenExpiresAt *time.Time `json:"payment_token_expires_at,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// RFC 3339 in UTC.
	ExpiresAt time.Time `json:"expires_at"`
	// As the audit log keeps it.
	Resolution PaymentIntentResolution `json:"resolution"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *ResolvedPaymentIntent) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v ResolvedPaymentIntent) MarshalJSON() ([]byte, error) {
	type plain ResolvedPaymentIntent
	return writeObject(plain(v), v.Extra)
}

// Format writes the fields for package fmt, but no secrets. They are in the fields and in the JSON.
func (v ResolvedPaymentIntent) Format(state fmt.State, verb rune) {
	type plain ResolvedPaymentIntent
	v.PaymentToken = redact(v.PaymentToken)
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), plain(v))
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v ResolvedPaymentIntent) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }

// PaymentIntentResolution is what a person decided about a payment intent.
type PaymentIntentResolution struct {
	Outcome Resolution `json:"outcome"`
	Reason  string     `json:"reason"`
	// The person, or the key where none was named.
	ResolvedBy string `json:"resolved_by"`
	// RFC 3339 in UTC.
	ResolvedAt time.Time `json:"resolved_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *PaymentIntentResolution) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v PaymentIntentResolution) MarshalJSON() ([]byte, error) {
	type plain PaymentIntentResolution
	return writeObject(plain(v), v.Extra)
}

// ResolveRefundRequest is what ResolveRefund is given.
type ResolveRefundRequest struct {
	// Of a refund that failed, succeeded says that somebody paid the money back.
	Status RefundStatus `json:"status"`
	// Why; kept in the audit log.
	Reason string `json:"reason"`
	// Who decided; kept in the audit log.
	ResolvedBy string `json:"resolved_by,omitempty"`
}

// ResolvedRefund: the refund, and what was decided about it.
type ResolvedRefund struct {
	ID            string       `json:"id"`
	Object        string       `json:"object"`
	PaymentIntent string       `json:"payment_intent"`
	Amount        int64        `json:"amount"`
	Currency      string       `json:"currency"`
	Status        RefundStatus `json:"status"`
	Livemode      bool         `json:"livemode"`
	MerchantID    string       `json:"merchant_id"`
	Provider      string       `json:"provider"`
	// external and manual: nothing is sent; the refund records that somebody gave the money back.
	ProcessingMode   ProcessingMode    `json:"processing_mode"`
	Reason           string            `json:"reason,omitempty"`
	Metadata         map[string]string `json:"metadata,omitempty"`
	ProviderRefundID string            `json:"provider_refund_id,omitempty"`
	// The late payment that it gives back.
	LatePayment string `json:"late_payment,omitempty"`
	// The provider's own code.
	FailureCode    string `json:"failure_code,omitempty"`
	FailureMessage string `json:"failure_message,omitempty"`
	// We do not know yet whether the money went back, and are finding out.
	Outcome Outcome `json:"outcome,omitempty"`
	// RFC 3339 in UTC.
	NextCheckAt *time.Time `json:"next_check_at,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// As the audit log keeps it.
	Resolution RefundResolution `json:"resolution"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *ResolvedRefund) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v ResolvedRefund) MarshalJSON() ([]byte, error) {
	type plain ResolvedRefund
	return writeObject(plain(v), v.Extra)
}

// RefundResolution is what a person decided about a refund.
type RefundResolution struct {
	Status RefundStatus `json:"status"`
	Reason string       `json:"reason"`
	// The person, or the key where none was named.
	ResolvedBy string `json:"resolved_by"`
	// RFC 3339 in UTC.
	ResolvedAt time.Time `json:"resolved_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *RefundResolution) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v RefundResolution) MarshalJSON() ([]byte, error) {
	type plain RefundResolution
	return writeObject(plain(v), v.Extra)
}

// LatePayment: money that came when its intent no longer wanted it.
type LatePayment struct {
	ID            string `json:"id"`
	Object        string `json:"object"`
	PaymentIntent string `json:"payment_intent"`
	// Under which the provider knows the payment.
	AttemptID string `json:"attempt_id"`
	// As the provider stated it: perhaps not what was asked for.
	Amount   int64             `json:"amount"`
	Currency string            `json:"currency"`
	Status   LatePaymentStatus `json:"status"`
	// The provider only reserves the money; giving it back means letting it go.
	AuthorizedOnly    bool   `json:"authorized_only"`
	Livemode          bool   `json:"livemode"`
	MerchantID        string `json:"merchant_id"`
	Provider          string `json:"provider"`
	ProviderPaymentID string `json:"provider_payment_id,omitempty"`
	// The refund under way, or the last one.
	Refund string `json:"refund,omitempty"`
	// Why it could not be given back the last time.
	FailureCode    string `json:"failure_code,omitempty"`
	FailureMessage string `json:"failure_message,omitempty"`
	// Why a person decided so.
	Reason     string `json:"reason,omitempty"`
	ResolvedBy string `json:"resolved_by,omitempty"`
	// RFC 3339 in UTC.
	ResolvedAt *time.Time `json:"resolved_at,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *LatePayment) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v LatePayment) MarshalJSON() ([]byte, error) {
	type plain LatePayment
	return writeObject(plain(v), v.Extra)
}

// ResolveLatePaymentRequest is what ResolveLatePayment is given.
type ResolveLatePaymentRequest struct {
	// refund gives the money back, also after it was kept; keep says that it is yours.
	Action LatePaymentAction `json:"action"`
	// Why; kept in the audit log.
	Reason string `json:"reason"`
	// Who decided; kept in the audit log.
	ResolvedBy string `json:"resolved_by,omitempty"`
}

// Settlement: what a provider states for one merchant’s day, beside what we have.
type Settlement struct {
	ID         string `json:"id"`
	Object     string `json:"object"`
	Livemode   bool   `json:"livemode"`
	MerchantID string `json:"merchant_id"`
	// Who owes the money: PAYPAY, MPGS, SP_NET.
	Provider string `json:"provider"`
	// The provider’s own name of the account.
	Account string `json:"account,omitempty"`
	// Which of a day’s files, where there are several.
	Contents     SettlementContents `json:"contents,omitempty"`
	BusinessDate string             `json:"business_date"`
	Currency     string             `json:"currency"`
	// A file that was fetched, one that a person supplied, or the provider’s signed notifications.
	Source   SettlementSource `json:"source"`
	FileName string           `json:"file_name,omitempty"`
	// Where in the file it stands.
	Line *int64 `json:"line,omitempty"`
	// The reconciliation file that it comes from.
	File string `json:"file,omitempty"`
	// The card batch that it comes from.
	CardBatch string `json:"card_batch,omitempty"`
	// As the provider states it.
	TransactionCount int64 `json:"transaction_count"`
	// Minor units, before what went back.
	GrossAmount int64 `json:"gross_amount"`
	// Minor units.
	RefundedAmount int64 `json:"refunded_amount"`
	// Minor units. Null: the provider does not state it.
	FeesAmount *int64 `json:"fees_amount"`
	// Minor units. Null: the provider does not state it.
	NetAmount *int64 `json:"net_amount"`
	// As we have it.
	ExpectedTransactionCount int64 `json:"expected_transaction_count"`
	// Minor units.
	ExpectedGrossAmount int64 `json:"expected_gross_amount"`
	// Minor units.
	ExpectedRefundedAmount int64 `json:"expected_refunded_amount"`
	// reconciled: nothing is open. replaced: issued again, see replaced_by.
	Status              SettlementStatus `json:"status"`
	ReplacedBy          string           `json:"replaced_by,omitempty"`
	ExceptionsCount     int64            `json:"exceptions_count"`
	OpenExceptionsCount int64            `json:"open_exceptions_count"`
	// The ids of the first 100. Not in lists.
	Exceptions []string `json:"exceptions,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// RFC 3339 in UTC.
	UpdatedAt time.Time `json:"updated_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *Settlement) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v Settlement) MarshalJSON() ([]byte, error) {
	type plain Settlement
	return writeObject(plain(v), v.Extra)
}

// ReconciliationException: one thing that differs. What it does not concern is left out.
type ReconciliationException struct {
	ID       string          `json:"id"`
	Object   string          `json:"object"`
	Status   ExceptionStatus `json:"status"`
	Livemode bool            `json:"livemode"`
	// A provider’s file of payments, what it settles, or a backend’s own list.
	Source       ExceptionSource `json:"source"`
	Kind         ExceptionKind   `json:"kind"`
	Provider     string          `json:"provider"`
	BusinessDate string          `json:"business_date"`
	// Left out where nobody knows whose it is.
	MerchantID string `json:"merchant_id,omitempty"`
	// The reconciliation file.
	File string `json:"file,omitempty"`
	// The settlement that waits for it.
	Settlement    string `json:"settlement,omitempty"`
	OrderList     string `json:"order_list,omitempty"`
	PaymentIntent string `json:"payment_intent,omitempty"`
	// Under which the provider knows the payment.
	AttemptID         string `json:"attempt_id,omitempty"`
	Refund            string `json:"refund,omitempty"`
	ProviderPaymentID string `json:"provider_payment_id,omitempty"`
	// What the provider holds as the merchant’s own id.
	ProviderReference string `json:"provider_reference,omitempty"`
	// Where in the file it stands.
	Line *int64 `json:"line,omitempty"`
	// Which sum differs.
	Field      ExceptionField `json:"field,omitempty"`
	CountHere  *int64         `json:"count_here,omitempty"`
	CountThere *int64         `json:"count_there,omitempty"`
	// Minor units.
	AmountHere *int64 `json:"amount_here,omitempty"`
	// Minor units.
	AmountThere *int64 `json:"amount_there,omitempty"`
	Currency    string `json:"currency"`
	StatusHere  string `json:"status_here,omitempty"`
	StatusThere string `json:"status_there,omitempty"`
	// RFC 3339 in UTC.
	HappenedAt *time.Time `json:"happened_at,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt  time.Time `json:"created_at"`
	Reason     string    `json:"reason,omitempty"`
	ResolvedBy string    `json:"resolved_by,omitempty"`
	// RFC 3339 in UTC.
	ResolvedAt *time.Time `json:"resolved_at,omitempty"`
	// Minor units: what was booked with it.
	AdjustmentAmount *int64 `json:"adjustment_amount,omitempty"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *ReconciliationException) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v ReconciliationException) MarshalJSON() ([]byte, error) {
	type plain ReconciliationException
	return writeObject(plain(v), v.Extra)
}

// ResolveReconciliationExceptionRequest is what ResolveReconciliationException is given.
type ResolveReconciliationExceptionRequest struct {
	// Why; kept in the audit log.
	Reason string `json:"reason"`
	// Who decided; kept in the audit log.
	ResolvedBy string `json:"resolved_by,omitempty"`
	// Minor units to be booked with it: above zero, the provider owes more than we had.
	AdjustmentAmount *int64 `json:"adjustment_amount,omitempty"`
}

// OrderList: a merchant’s own list of a day, and how it agrees.
type OrderList struct {
	ID     string `json:"id"`
	Object string `json:"object"`
	// replaced: another list of the same day has taken its place.
	Status          SettlementStatus `json:"status"`
	ReplacedBy      string           `json:"replaced_by,omitempty"`
	Livemode        bool             `json:"livemode"`
	MerchantID      string           `json:"merchant_id"`
	MerchantStoreID string           `json:"merchant_store_id,omitempty"`
	BusinessDate    string           `json:"business_date"`
	Currency        string           `json:"currency"`
	// In the list.
	OrdersCount int64 `json:"orders_count"`
	// Minor units, as the list says, before what went back.
	PaidAmount int64 `json:"paid_amount"`
	// Minor units, as the list says.
	RefundedAmount int64 `json:"refunded_amount"`
	// In the gateway’s books of that day.
	GatewayOrdersCount int64 `json:"gateway_orders_count"`
	// Minor units.
	GatewayPaidAmount int64 `json:"gateway_paid_amount"`
	// Minor units.
	GatewayRefundedAmount int64 `json:"gateway_refunded_amount"`
	// Orders on which the list and the gateway agree.
	MatchedCount        int64 `json:"matched_count"`
	ExceptionsCount     int64 `json:"exceptions_count"`
	OpenExceptionsCount int64 `json:"open_exceptions_count"`
	// The first 100; GET /v1/reconciliation_exceptions?order_list= has all.
	Exceptions []string `json:"exceptions"`
	// What the providers say by now of the listed orders’ payments, and how much money that is.
	ProviderStatuses ProviderStatuses `json:"provider_statuses"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *OrderList) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v OrderList) MarshalJSON() ([]byte, error) {
	type plain OrderList
	return writeObject(plain(v), v.Extra)
}

// ProviderStatuses says how many orders of a list the providers confirm by now, and how many not.
type ProviderStatuses struct {
	Confirmed     CountedOrders `json:"confirmed"`
	Differs       CountedOrders `json:"differs"`
	Missing       CountedOrders `json:"missing"`
	NotYet        CountedOrders `json:"not_yet"`
	NotApplicable CountedOrders `json:"not_applicable"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *ProviderStatuses) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v ProviderStatuses) MarshalJSON() ([]byte, error) {
	type plain ProviderStatuses
	return writeObject(plain(v), v.Extra)
}

// CountedOrders is how many orders these are, and how much money.
type CountedOrders struct {
	OrdersCount int64 `json:"orders_count"`
	// Minor units.
	Amount int64 `json:"amount"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *CountedOrders) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v CountedOrders) MarshalJSON() ([]byte, error) {
	type plain CountedOrders
	return writeObject(plain(v), v.Extra)
}

// ListedOrder: an order of a list, and what was found of it.
type ListedOrder struct {
	Object    string `json:"object"`
	OrderList string `json:"order_list"`
	// Its place in the list, from 0.
	Position      int64  `json:"position"`
	MerchantRefID string `json:"merchant_ref_id"`
	// Minor units, as the list says.
	Amount            int64       `json:"amount"`
	Status            OrderStatus `json:"status"`
	PaymentMethodType string      `json:"payment_method_type,omitempty"`
	// Minor units, as the list says.
	RefundedAmount *int64 `json:"refunded_amount,omitempty"`
	// matched, or the kind of the exception.
	Result        OrderResult `json:"result"`
	PaymentIntent string      `json:"payment_intent,omitempty"`
	// Minor units: what the gateway wrote down as received.
	AmountHere *int64 `json:"amount_here,omitempty"`
	// Minor units.
	RefundedAmountHere *int64 `json:"refunded_amount_here,omitempty"`
	// paid, partially_refunded, refunded, late_payment, or the intent’s status.
	StatusHere string `json:"status_here,omitempty"`
	// Under which the provider knows the payment.
	AttemptID string `json:"attempt_id,omitempty"`
	Provider  string `json:"provider,omitempty"`
	// confirmed, differs or missing by the provider’s file, settlement or signed news; not_yet: nothing of that day has
	// come; not_applicable: cash, e-money, or no payment here.
	ProviderStatus ProviderStatus `json:"provider_status"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *ListedOrder) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v ListedOrder) MarshalJSON() ([]byte, error) {
	type plain ListedOrder
	return writeObject(plain(v), v.Extra)
}

// Balance: what a day came to, in minor units. receivable + bank + fees + adjustments are always sales + late_money.
type Balance struct {
	Object          string `json:"object"`
	MerchantID      string `json:"merchant_id"`
	MerchantStoreID string `json:"merchant_store_id,omitempty"`
	// Who owes the money: PAYPAY, MPGS, SP_NET (cards of a terminal), TERMINAL (e-money) or CASH.
	Provider string `json:"provider"`
	// The store’s day.
	BusinessDate string `json:"business_date"`
	Currency     string `json:"currency"`
	// What the provider owes more than before; of CASH what came into the drawer.
	Receivable int64 `json:"receivable"`
	// What was paid out to you.
	Bank int64 `json:"bank"`
	// What the provider kept.
	Fees int64 `json:"fees"`
	// What a person settled by hand.
	Adjustments int64 `json:"adjustments"`
	// What was sold, less what went back.
	Sales int64 `json:"sales"`
	// What came late and nobody has decided about.
	LateMoney int64 `json:"late_money"`
	// Of the books.
	EntriesCount int64 `json:"entries_count"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *Balance) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v Balance) MarshalJSON() ([]byte, error) {
	type plain Balance
	return writeObject(plain(v), v.Extra)
}

// AuditEntry: one thing that was changed or decided. It is never changed itself.
type AuditEntry struct {
	ID     string `json:"id"`
	Object string `json:"object"`
	// The kind of object, and what was done to it.
	Action    string    `json:"action"`
	ObjectID  string    `json:"object_id"`
	ActorType ActorType `json:"actor_type"`
	// The key, the account of the operating system that ran the command, or the gateway.
	ActorID string `json:"actor_id"`
	// The person in whose name it was done.
	OnBehalfOf string `json:"on_behalf_of,omitempty"`
	Reason     string `json:"reason,omitempty"`
	// What changed. Never a secret.
	Details map[string]interface{} `json:"details,omitempty"`
	// Left out for what concerns both modes.
	Livemode   *bool  `json:"livemode,omitempty"`
	MerchantID string `json:"merchant_id,omitempty"`
	// X-Request-Id of the request that did it.
	RequestID string `json:"request_id,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *AuditEntry) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v AuditEntry) MarshalJSON() ([]byte, error) {
	type plain AuditEntry
	return writeObject(plain(v), v.Extra)
}

// Organization: the organization that the key belongs to.
type Organization struct {
	ID     string `json:"id"`
	Object string `json:"object"`
	Name   string `json:"name"`
	// What a terminal may confirm with a payment token alone; the others need your signature.
	ClientConfirmMethods []string `json:"client_confirm_methods"`
	// What becomes of money that arrives after the end: given back at once, or held for a person.
	LatePaymentPolicy LatePaymentPolicy `json:"late_payment_policy"`
	NotificationEmail string            `json:"notification_email,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *Organization) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v Organization) MarshalJSON() ([]byte, error) {
	type plain Organization
	return writeObject(plain(v), v.Extra)
}

// UpdateOrganizationRequest is what UpdateOrganization is given.
type UpdateOrganizationRequest struct {
	// What a terminal may confirm with a payment token alone; the others need your signature.
	ClientConfirmMethods []string `json:"client_confirm_methods,omitempty"`
	// What becomes of money that arrives after the end: given back at once, or held for a person.
	LatePaymentPolicy LatePaymentPolicy `json:"late_payment_policy,omitempty"`
	// Where mails go that need a person. Empty: nowhere.
	NotificationEmail *string `json:"notification_email,omitempty"`
}

// MarshalJSON leaves out a list that is nil, and sends one that is empty.
func (v UpdateOrganizationRequest) MarshalJSON() ([]byte, error) {
	type plain UpdateOrganizationRequest
	return json.Marshal(struct {
		plain
		ClientConfirmMethods *[]string `json:"client_confirm_methods,omitempty"`
	}{
		plain(v),
		unlessNil(v.ClientConfirmMethods),
	})
}

// CreateAPIKeyRequest is what CreateAPIKey is given.
type CreateAPIKeyRequest struct {
	// What the key is for, in your words.
	Name string `json:"name,omitempty"`
	// Narrow the key to this merchant. It then manages nothing.
	MerchantID string `json:"merchant_id,omitempty"`
	// Whether requests may be signed with the raw secret, as the older guide does. Default true.
	AllowRawSecret *bool `json:"allow_raw_secret,omitempty"`
}

// APIKey: an API key.
type APIKey struct {
	// Stands in the Authorization header.
	ID     string `json:"id"`
	Object string `json:"object"`
	Name   string `json:"name,omitempty"`
	// The one merchant that the key acts for.
	MerchantID     string `json:"merchant_id,omitempty"`
	Livemode       bool   `json:"livemode"`
	AllowRawSecret bool   `json:"allow_raw_secret"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// To within a minute. Left out: never.
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
	// Until then the secret before the last roll signs, too.
	PreviousSecretExpiresAt *time.Time `json:"previous_secret_expires_at,omitempty"`
	// Who still has it uses it: do not end it yet.
	PreviousSecretLastUsedAt *time.Time `json:"previous_secret_last_used_at,omitempty"`
	// RFC 3339 in UTC.
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	// sk_…, to sign with. Only in the answer that makes it.
	SecretKey string `json:"secret_key,omitempty"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *APIKey) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v APIKey) MarshalJSON() ([]byte, error) {
	type plain APIKey
	return writeObject(plain(v), v.Extra)
}

// Format writes the fields for package fmt, but no secrets. They are in the fields and in the JSON.
func (v APIKey) Format(state fmt.State, verb rune) {
	type plain APIKey
	v.SecretKey = redact(v.SecretKey)
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), plain(v))
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v APIKey) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }

// UpdateAPIKeyRequest is what UpdateAPIKey is given.
type UpdateAPIKeyRequest struct {
	// What the key is for, in your words.
	Name string `json:"name,omitempty"`
	// Whether requests may be signed with the raw secret, as the older guide does. Default true.
	AllowRawSecret *bool `json:"allow_raw_secret,omitempty"`
}

// RollAPIKeyRequest is what RollAPIKey is given.
type RollAPIKeyRequest struct {
	// How long the old secret signs as well; 0 ends it at once. Default 24.
	OverlapHours *int64 `json:"overlap_hours,omitempty"`
}

// CreatePublishableKeyRequest is what CreatePublishableKey is given.
type CreatePublishableKeyRequest struct {
	// What the key is for, in your words.
	Name string `json:"name,omitempty"`
	// Scheme, host and port of each page: https, or http on localhost. A test key may have *, for all of them.
	AllowedOrigins []string `json:"allowed_origins,omitempty"`
}

// PublishableKey: a publishable key.
type PublishableKey struct {
	// pk_…, for the header X-Publishable-Key. It is no secret.
	ID             string   `json:"id"`
	Object         string   `json:"object"`
	Name           string   `json:"name,omitempty"`
	Livemode       bool     `json:"livemode"`
	AllowedOrigins []string `json:"allowed_origins"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// RFC 3339 in UTC.
	RevokedAt *time.Time `json:"revoked_at,omitempty"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *PublishableKey) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v PublishableKey) MarshalJSON() ([]byte, error) {
	type plain PublishableKey
	return writeObject(plain(v), v.Extra)
}

// UpdatePublishableKeyRequest is what UpdatePublishableKey is given.
type UpdatePublishableKeyRequest struct {
	// What the key is for, in your words.
	Name string `json:"name,omitempty"`
	// Scheme, host and port of each page: https, or http on localhost. A test key may have *, for all of them.
	AllowedOrigins []string `json:"allowed_origins,omitempty"`
}

// MarshalJSON leaves out a list that is nil, and sends one that is empty.
func (v UpdatePublishableKeyRequest) MarshalJSON() ([]byte, error) {
	type plain UpdatePublishableKeyRequest
	return json.Marshal(struct {
		plain
		AllowedOrigins *[]string `json:"allowed_origins,omitempty"`
	}{
		plain(v),
		unlessNil(v.AllowedOrigins),
	})
}

// SaveAccountingExportConfigRequest is what SaveAccountingExportConfig is given.
type SaveAccountingExportConfigRequest struct {
	// A file of each is made. Default json.
	Formats []ExportFormat `json:"formats,omitempty"`
	// A name or an address, public as a webhook’s is; required at first.
	Host string `json:"host,omitempty"`
	// Default 22.
	Port *int64 `json:"port,omitempty"`
	// Required at first.
	Username string `json:"username,omitempty"`
	// OpenSSH or PEM. Kept encrypted and never returned.
	PrivateKey string `json:"private_key,omitempty"`
	// Of the private key, when it has one.
	Passphrase string `json:"passphrase,omitempty"`
	// In place of a private_key: one is made here. Give public_key to the accounting system.
	GenerateKey *bool `json:"generate_key,omitempty"`
	// SHA256:…, as ssh-keygen -l prints it. Nothing is sent to a server that shows another one. Empty: none yet.
	HostKey string `json:"host_key,omitempty"`
	// Where files lie there. {merchant_id} stands for the merchant. Default /exports/mpac/{merchant_id}/.
	Directory string `json:"directory,omitempty"`
	// Who hears of failures. Empty: the organization’s address.
	MailTo string `json:"mail_to,omitempty"`
	// Of mails. Default ja.
	Language string `json:"language,omitempty"`
	// False: files are made only when somebody asks for them.
	IsActive *bool `json:"is_active,omitempty"`
	// The first business date of which there is a file. Default: today in Japan.
	StartsOn string `json:"starts_on,omitempty"`
}

// Format writes the fields for package fmt, but no secrets. They are in the fields and in the JSON.
func (v SaveAccountingExportConfigRequest) Format(state fmt.State, verb rune) {
	type plain SaveAccountingExportConfigRequest
	v.PrivateKey = redact(v.PrivateKey)
	v.Passphrase = redact(v.Passphrase)
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), plain(v))
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v SaveAccountingExportConfigRequest) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%+v", v))
}

// AccountingExportConfig: where a merchant’s accounting exports go.
type AccountingExportConfig struct {
	Object     string `json:"object"`
	MerchantID string `json:"merchant_id"`
	Livemode   bool   `json:"livemode"`
	// A file of each is made. Default json.
	Formats []ExportFormat `json:"formats"`
	Host    string         `json:"host"`
	// Default 22.
	Port     int64  `json:"port"`
	Username string `json:"username"`
	// The line for the accounting system’s authorized_keys.
	PublicKey string `json:"public_key"`
	// SHA256:…, as ssh-keygen -l prints it. Nothing is sent to a server that shows another one.
	HostKey string `json:"host_key,omitempty"`
	// Where files lie there. {merchant_id} stands for the merchant. Default /exports/mpac/{merchant_id}/.
	Directory string `json:"directory"`
	MailTo    string `json:"mail_to,omitempty"`
	// Of mails. Default ja.
	Language string `json:"language"`
	IsActive bool   `json:"is_active"`
	StartsOn string `json:"starts_on"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// RFC 3339 in UTC.
	UpdatedAt time.Time `json:"updated_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *AccountingExportConfig) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v AccountingExportConfig) MarshalJSON() ([]byte, error) {
	type plain AccountingExportConfig
	return writeObject(plain(v), v.Extra)
}

// DeletedAccountingExportConfig: it is deleted, and its key forgotten.
type DeletedAccountingExportConfig struct {
	Object     string `json:"object"`
	MerchantID string `json:"merchant_id"`
	Deleted    bool   `json:"deleted"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *DeletedAccountingExportConfig) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v DeletedAccountingExportConfig) MarshalJSON() ([]byte, error) {
	type plain DeletedAccountingExportConfig
	return writeObject(plain(v), v.Extra)
}

// AccountingExportTest: what came of trying the connection.
type AccountingExportTest struct {
	Object string               `json:"object"`
	Status ConnectionTestStatus `json:"status"`
	// host_key_not_pinned, unreachable, refused_auth, host_key_differs, …
	Failure string `json:"failure,omitempty"`
	// What it means, for a person.
	Message   string `json:"message"`
	Directory string `json:"directory"`
	// As the server showed it.
	HostKey string `json:"host_key,omitempty"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *AccountingExportTest) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v AccountingExportTest) MarshalJSON() ([]byte, error) {
	type plain AccountingExportTest
	return writeObject(plain(v), v.Extra)
}

// AccountingExport: the file of a store’s business date.
type AccountingExport struct {
	ID              string       `json:"id"`
	Object          string       `json:"object"`
	Livemode        bool         `json:"livemode"`
	MerchantID      string       `json:"merchant_id"`
	MerchantStoreID string       `json:"merchant_store_id,omitempty"`
	BusinessDate    string       `json:"business_date"`
	Currency        string       `json:"currency"`
	Format          ExportFormat `json:"format"`
	// At the accounting system, too.
	FileName string `json:"file_name"`
	// kept: made, and nobody to send it to. failed: not sent, and not tried again by itself.
	Status AccountingExportStatus `json:"status"`
	// The first and up to five more, half an hour apart.
	AttemptsMade int64 `json:"attempts_made"`
	// RFC 3339 in UTC.
	NextAttemptAt *time.Time `json:"next_attempt_at,omitempty"`
	// In bytes.
	Size   *int64 `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
	// Sales and refunds in the file.
	TransactionsCount *int64 `json:"transactions_count,omitempty"`
	// Minor units, with tax.
	GrossRevenue *int64 `json:"gross_revenue,omitempty"`
	// Minor units.
	TaxCollected *int64 `json:"tax_collected,omitempty"`
	// Minor units, without tax.
	NetRevenue *int64 `json:"net_revenue,omitempty"`
	// Why the last attempt came to nothing.
	Error string `json:"error,omitempty"`
	// RFC 3339 in UTC.
	MailedAt *time.Time `json:"mailed_at,omitempty"`
	// RFC 3339 in UTC.
	DeliveredAt *time.Time `json:"delivered_at,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// RFC 3339 in UTC.
	UpdatedAt time.Time `json:"updated_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *AccountingExport) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v AccountingExport) MarshalJSON() ([]byte, error) {
	type plain AccountingExport
	return writeObject(plain(v), v.Extra)
}

// RunAccountingExportsRequest is what RunAccountingExports is given.
type RunAccountingExportsRequest struct {
	MerchantID string `json:"merchant_id"`
	// Null: what was sold in no store. Left out: every store, and what was sold in none.
	MerchantStoreID string `json:"merchant_store_id,omitempty"`
	// It must be over in the time zone of the store.
	BusinessDate string `json:"business_date"`
	// Left out: those that the merchant has chosen.
	Format ExportFormat `json:"format,omitempty"`
}

// SaveCardProcessorConnectionRequest is what SaveCardProcessorConnection is given.
type SaveCardProcessorConnectionRequest struct {
	// A name or an address, public as a webhook’s is.
	Host     string `json:"host"`
	Port     *int64 `json:"port,omitempty"`
	Username string `json:"username"`
	// when_offered goes on without TLS only where the server has none.
	TLS TLSMode `json:"tls,omitempty"`
	// PEM; for a server whose certificate no public authority has signed.
	TLSCA string `json:"tls_ca,omitempty"`
	// Default /upload.
	UploadDirectory string `json:"upload_directory,omitempty"`
	// Default /download.
	DownloadDirectory string `json:"download_directory,omitempty"`
	// The processor’s number of a merchant to your merchant id. Left out: the numbers are your ids.
	MerchantNumbers map[string]string `json:"merchant_numbers,omitempty"`
	// Who hears of a failure. Left out: the organization’s notification_email.
	MailTo string `json:"mail_to,omitempty"`
	// Of that mail. Default ja.
	Language string `json:"language,omitempty"`
	// Default true. While false nothing runs by itself.
	IsActive *bool `json:"is_active,omitempty"`
	// The first day that is run. Default: today in Japan.
	StartsOn string `json:"starts_on,omitempty"`
	// Required at first, and again when host, port, username, tls or tls_ca changes.
	Password string `json:"password,omitempty"`
}

// Format writes the fields for package fmt, but no secrets. They are in the fields and in the JSON.
func (v SaveCardProcessorConnectionRequest) Format(state fmt.State, verb rune) {
	type plain SaveCardProcessorConnectionRequest
	v.Password = redact(v.Password)
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), plain(v))
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v SaveCardProcessorConnectionRequest) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("%+v", v))
}

// CardProcessorConnection: the connection, without its password.
type CardProcessorConnection struct {
	Object   string `json:"object"`
	Livemode bool   `json:"livemode"`
	// A name or an address, public as a webhook’s is.
	Host     string `json:"host"`
	Port     int64  `json:"port"`
	Username string `json:"username"`
	// when_offered goes on without TLS only where the server has none.
	TLS TLSMode `json:"tls"`
	// PEM; for a server whose certificate no public authority has signed.
	TLSCA             string `json:"tls_ca,omitempty"`
	UploadDirectory   string `json:"upload_directory"`
	DownloadDirectory string `json:"download_directory"`
	// The processor’s number of a merchant to your merchant id. Left out: the numbers are your ids.
	MerchantNumbers map[string]string `json:"merchant_numbers,omitempty"`
	// Who hears of a failure. Left out: the organization’s notification_email.
	MailTo   string `json:"mail_to,omitempty"`
	Language string `json:"language"`
	IsActive bool   `json:"is_active"`
	// A calendar day in Japan: 2026-01-28.
	StartsOn string `json:"starts_on"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// RFC 3339 in UTC.
	UpdatedAt time.Time `json:"updated_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *CardProcessorConnection) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v CardProcessorConnection) MarshalJSON() ([]byte, error) {
	type plain CardProcessorConnection
	return writeObject(plain(v), v.Extra)
}

// DeletedCardProcessorConnection: it is deleted.
type DeletedCardProcessorConnection struct {
	Object  string `json:"object"`
	Deleted bool   `json:"deleted"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *DeletedCardProcessorConnection) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v DeletedCardProcessorConnection) MarshalJSON() ([]byte, error) {
	type plain DeletedCardProcessorConnection
	return writeObject(plain(v), v.Extra)
}

// CardProcessorConnectionTest: what came of the test.
type CardProcessorConnectionTest struct {
	Object string               `json:"object"`
	Status ConnectionTestStatus `json:"status"`
	// unreachable, refused_auth, tls_refused, not_found, timeout, …
	Failure string `json:"failure,omitempty"`
	// What to do, in a sentence.
	Message string `json:"message,omitempty"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *CardProcessorConnectionTest) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v CardProcessorConnectionTest) MarshalJSON() ([]byte, error) {
	type plain CardProcessorConnectionTest
	return writeObject(plain(v), v.Extra)
}

// CardBatch: one day’s exchange with the card processor.
type CardBatch struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Livemode bool   `json:"livemode"`
	// A calendar day in Japan: 2026-01-28.
	BusinessDate string `json:"business_date"`
	// What is done next. failed: a person is needed, and was told by mail.
	Step CardBatchStep `json:"step"`
	// At this step, since it went well last.
	AttemptsMade int64 `json:"attempts_made"`
	// RFC 3339 in UTC.
	NextAttemptAt *time.Time `json:"next_attempt_at,omitempty"`
	// What went wrong last.
	Error string `json:"error,omitempty"`
	// When a person was told of this failure.
	MailedAt *time.Time `json:"mailed_at,omitempty"`
	// Lines of the file: approved and declined attempts.
	UploadedCount *int64 `json:"uploaded_count,omitempty"`
	// Of these.
	ApprovedCount *int64 `json:"approved_count,omitempty"`
	// Of the approved ones, in yen.
	UploadedAmount *int64 `json:"uploaded_amount,omitempty"`
	// Bytes.
	UploadSize   *int64 `json:"upload_size,omitempty"`
	UploadSHA256 string `json:"upload_sha256,omitempty"`
	// RFC 3339 in UTC.
	UploadedAt         *time.Time `json:"uploaded_at,omitempty"`
	SettlementFileName string     `json:"settlement_file_name,omitempty"`
	SettlementSHA256   string     `json:"settlement_sha256,omitempty"`
	// How the settlement file came.
	Source SettlementSource `json:"source,omitempty"`
	// Merchants that were settled.
	SettlementsCount *int64 `json:"settlements_count,omitempty"`
	// What was found to differ when the file was recorded.
	ExceptionsCount *int64 `json:"exceptions_count,omitempty"`
	// RFC 3339 in UTC.
	FinishedAt *time.Time `json:"finished_at,omitempty"`
	// RFC 3339 in UTC.
	CreatedAt time.Time `json:"created_at"`
	// RFC 3339 in UTC.
	UpdatedAt time.Time `json:"updated_at"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *CardBatch) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v CardBatch) MarshalJSON() ([]byte, error) {
	type plain CardBatch
	return writeObject(plain(v), v.Extra)
}

// RunCardBatchRequest is what RunCardBatch is given.
type RunCardBatchRequest struct {
	// A calendar day in Japan: 2026-01-28.
	BusinessDate string `json:"business_date"`
	// Send the file although it was sent before; it is the same to the byte.
	UploadAgain *bool `json:"upload_again,omitempty"`
}

// SyncMerchantsRequest is what SyncMerchants is given.
type SyncMerchantsRequest struct {
	Merchants []SyncMerchant `json:"merchants"`
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v SyncMerchantsRequest) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }

// SyncMerchant is a merchant as SyncMerchants makes or changes it.
type SyncMerchant struct {
	ID     string      `json:"id"`
	Name   string      `json:"name"`
	Stores []SyncStore `json:"stores,omitempty"`
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v SyncMerchant) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }

// SyncStore is a store as SyncMerchants makes or changes it.
type SyncStore struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Whose clock the store’s business days follow, as Asia/Tokyo, which it is at first. Left out: stays.
	TimeZone string `json:"time_zone,omitempty"`
	// When a business day begins by that clock, 00:00 at first. 05:00: it ends at 05:00 of the next calendar day. Left
	// out: stays.
	BusinessDayStartsAt     string                   `json:"business_day_starts_at,omitempty"`
	PaymentProcessorConfigs []PaymentProcessorConfig `json:"payment_processor_configs,omitempty"`
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v SyncStore) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }

// PaymentProcessorConfig sets a store up for a provider. Credentials that are left out stay as they are.
type PaymentProcessorConfig struct {
	// PAYPAY, for example.
	Provider string `json:"provider"`
	// False: no new payments; those that are open go on.
	IsActive bool `json:"is_active"`
	// What the provider needs. Kept encrypted and never returned. Left out: stays as it is.
	Credentials map[string]interface{} `json:"credentials,omitempty"`
}

// Format writes the fields for package fmt, but no secrets. They are in the fields and in the JSON.
func (v PaymentProcessorConfig) Format(state fmt.State, verb rune) {
	type plain PaymentProcessorConfig
	if v.Credentials != nil {
		v.Credentials = map[string]interface{}{redacted: nil}
	}
	_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), plain(v))
}

// LogValue is what log/slog writes: the fields, but no secrets.
func (v PaymentProcessorConfig) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf("%+v", v)) }

// SyncMerchantsResult: how many of each the body had.
type SyncMerchantsResult struct {
	SyncedMerchants int64 `json:"synced_merchants"`
	SyncedStores    int64 `json:"synced_stores"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *SyncMerchantsResult) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v SyncMerchantsResult) MarshalJSON() ([]byte, error) {
	type plain SyncMerchantsResult
	return writeObject(plain(v), v.Extra)
}

// CreateOrderListRequest is what CreateOrderList is given.
type CreateOrderListRequest struct {
	// For keys that act for several merchants.
	MerchantID      string `json:"merchant_id,omitempty"`
	MerchantStoreID string `json:"merchant_store_id,omitempty"`
	// The store’s day: 2026-01-28.
	BusinessDate string `json:"business_date"`
	// ISO 4217, in either case. Default JPY.
	Currency string `json:"currency,omitempty"`
	// Every order of the day on which money moved; those that were cancelled may be left out.
	Orders []OrderToList `json:"orders"`
}

// OrderToList is an order as your own system has it at the end of the day.
type OrderToList struct {
	// Your reference of the order, as its payment intent has it.
	MerchantRefID string `json:"merchant_ref_id"`
	// Minor units: yen, cents.
	Amount int64 `json:"amount"`
	// At the end of the day. An order of which a part was given back is paid.
	Status            OrderStatus `json:"status"`
	PaymentMethodType string      `json:"payment_method_type,omitempty"`
	// What went back. Default: nothing of a paid order, all of a refunded one.
	RefundedAmount *int64 `json:"refunded_amount,omitempty"`
}

// SupplySettlementFileRequest is what SupplySettlementFile is given.
type SupplySettlementFileRequest struct {
	// A label; a path in it is left out.
	FileName string `json:"file_name"`
	// The bytes of the file as the processor made it.
	Content []byte `json:"content_base64"`
}

// Health says that the gateway is there.
type Health struct {
	Status string `json:"status"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *Health) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v Health) MarshalJSON() ([]byte, error) {
	type plain Health
	return writeObject(plain(v), v.Extra)
}

// Readiness: whether this process can take payments: 200 yes, 503 no.
type Readiness struct {
	// ok, unavailable, or draining: the process is about to stop
	Status string `json:"status"`
	// Each is ok, or says what to do.
	Checks ReadinessChecks `json:"checks"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *Readiness) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v Readiness) MarshalJSON() ([]byte, error) {
	type plain Readiness
	return writeObject(plain(v), v.Extra)
}

// ReadinessChecks says what is well and what is not.
type ReadinessChecks struct {
	Database   string `json:"database"`
	Migrations string `json:"migrations"`
	Worker     string `json:"worker"`
	MasterKey  string `json:"master_key"`
	// Extra are fields that this version does not know, by name.
	Extra map[string]json.RawMessage `json:"-"`
}

// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.
func (v *ReadinessChecks) UnmarshalJSON(data []byte) (err error) {
	v.Extra, err = readObject(data, v)
	return err
}

// MarshalJSON writes all fields, also those in Extra.
func (v ReadinessChecks) MarshalJSON() ([]byte, error) {
	type plain ReadinessChecks
	return writeObject(plain(v), v.Extra)
}

// What an event is about, as the object that it holds.

package mpspgw

import "encoding/json"

// PaymentIntent is the payment intent that the event is about, or nil when it is about something else.
func (d EventData) PaymentIntent() *PaymentIntent {
	return objectOf[PaymentIntent](d, "payment_intent")
}

// Refund is the refund that the event is about, or nil when it is about something else.
func (d EventData) Refund() *Refund { return objectOf[Refund](d, "refund") }

// LatePayment is the late payment that the event is about, or nil when it is about something else.
func (d EventData) LatePayment() *LatePayment { return objectOf[LatePayment](d, "late_payment") }

// WebhookEndpoint is the endpoint that the event is about, or nil when it is about something else.
func (d EventData) WebhookEndpoint() *WebhookEndpoint {
	return objectOf[WebhookEndpoint](d, "webhook_endpoint")
}

// Settlement is the settlement that the event is about, or nil when it is about something else.
func (d EventData) Settlement() *Settlement { return objectOf[Settlement](d, "settlement") }

// ReconciliationException is the exception that the event is about, or nil when it is about something else: mostly the
// settlement that it belongs to.
func (d EventData) ReconciliationException() *ReconciliationException {
	return objectOf[ReconciliationException](d, "reconciliation_exception")
}

// AccountingExport is the file that the event is about, or nil when it is about something else.
func (d EventData) AccountingExport() *AccountingExport {
	return objectOf[AccountingExport](d, "accounting_export")
}

func objectOf[T any](data EventData, name string) *T {
	var about struct {
		Object string `json:"object"`
	}
	read := new(T)
	if json.Unmarshal(data.Object, &about) != nil || about.Object != name || json.Unmarshal(data.Object, read) != nil {
		return nil
	}
	return read
}

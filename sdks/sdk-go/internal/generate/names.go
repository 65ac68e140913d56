// The words that openapi.json does not say: which operations are not for this SDK, what types are called in Go, and
// where nothing and zero are two things.

package main

import (
	"regexp"
	"strings"
)

// notForServers are the operations that others call: providers, and browsers that show a picture.
var notForServers = map[string]bool{
	"retrieveQrCode":            true,
	"returnMpgsCustomer":        true,
	"receivePaypayNotification": true,
}

// notGenerated are schemas that error.go reads by itself.
var notGenerated = map[string]bool{"Error": true, "Problem": true}

// typeNames are those of schemas that are called otherwise in Go, and of those that have no name, by where they are.
var typeNames = map[string]string{
	"ApiKey":             "APIKey",
	"MerchantSyncAnswer": "SyncMerchantsResult",
	"Resent":             "ResendWebhookDeliveriesResult",

	"MerchantSync.merchants":                                  "SyncMerchant",
	"MerchantSync.merchants.stores":                           "SyncStore",
	"MerchantSync.merchants.stores.payment_processor_configs": "PaymentProcessorConfig",
	"Store.payment_processor_configs":                         "StoreProcessorConfig",
	"WebhookDelivery.attempts":                                "WebhookDeliveryAttempt",
	"Event.data":                                              "EventData",
	"WebhookEvent.data":                                       "EventData",
	"ResolvedPaymentIntent.resolution":                        "PaymentIntentResolution",
	"ResolvedRefund.resolution":                               "RefundResolution",
	"Readiness.checks":                                        "ReadinessChecks",
	"retrieveHealth":                                          "Health",
}

// typeDocs are sentences about types that have none in openapi.json.
var typeDocs = map[string]string{
	"SyncMerchant":            "SyncMerchant is a merchant as SyncMerchants makes or changes it.",
	"SyncStore":               "SyncStore is a store as SyncMerchants makes or changes it.",
	"PaymentProcessorConfig":  "PaymentProcessorConfig sets a store up for a provider. Credentials that are left out stay as they are.",
	"StoreProcessorConfig":    "StoreProcessorConfig is a provider that a store is set up for.",
	"WebhookDeliveryAttempt":  "WebhookDeliveryAttempt is one try of a delivery.",
	"EventData":               "EventData holds the object that an event is about, as it was then.",
	"PaymentIntentResolution": "PaymentIntentResolution is what a person decided about a payment intent.",
	"RefundResolution":        "RefundResolution is what a person decided about a refund.",
	"ReadinessChecks":         "ReadinessChecks says what is well and what is not.",
	"Health":                  "Health says that the gateway is there.",
}

// summaries are those of operations whose own does not read on behind the name of a method.
var summaries = map[string]string{
	"retrieveHealth":    "whether the gateway is alive",
	"retrieveReadiness": "whether the gateway can take payments, and what is missing if it cannot. Both are answers, so read Status",
}

// enumNames are the open text types, by the place of the property or parameter. Constants are made of their values.
var enumNames = map[string]string{
	"PaymentIntent.status":                     "Status",
	"ResolvedPaymentIntent.status":             "Status",
	"Confirmation.status":                      "Status",
	"listPaymentIntents.status":                "Status",
	"Refund.status":                            "RefundStatus",
	"ResolvedRefund.status":                    "RefundStatus",
	"ResolvedRefund.resolution.status":         "RefundStatus",
	"RefundResolution.status":                  "RefundStatus",
	"listRefunds.status":                       "RefundStatus",
	"LatePayment.status":                       "LatePaymentStatus",
	"listLatePayments.status":                  "LatePaymentStatus",
	"WebhookDelivery.status":                   "DeliveryStatus",
	"Resend.status":                            "DeliveryStatus",
	"listWebhookDeliveries.status":             "DeliveryStatus",
	"WebhookEndpoint.status":                   "EndpointStatus",
	"WebhookEndpointUpdate.status":             "EndpointStatus",
	"PaymentIntent.outcome":                    "Outcome",
	"ResolvedPaymentIntent.outcome":            "Outcome",
	"Confirmation.outcome":                     "Outcome",
	"Refund.outcome":                           "Outcome",
	"ResolvedRefund.outcome":                   "Outcome",
	"PaymentResolution.outcome":                "Resolution",
	"ResolvedPaymentIntent.resolution.outcome": "Resolution",
	"LatePaymentDecision.action":               "LatePaymentAction",
	"AuditEntry.actor_type":                    "ActorType",
	"Confirm.external_status":                  "ExternalStatus",
}

// enumNamesAnywhere are those of properties that mean the same wherever they stand.
var enumNamesAnywhere = map[string]string{
	"capture_method":      "CaptureMethod",
	"processing_mode":     "ProcessingMode",
	"cancellation_reason": "CancellationReason",
	"late_payment_policy": "LatePaymentPolicy",
}

// enumDocs say what each text type is.
var enumDocs = map[string]string{
	"Status":             "is where a payment intent stands. See docs/payment-intent.md for what each means.",
	"RefundStatus":       "is where a refund stands.",
	"LatePaymentStatus":  "is what has become of a late payment.",
	"DeliveryStatus":     "is what has become of a webhook delivery.",
	"EndpointStatus":     "says whether a webhook endpoint is used.",
	"Outcome":            "is there while the gateway does not know whether money moved.",
	"Resolution":         "is what a person has found about an unknown outcome.",
	"LatePaymentAction":  "is what becomes of money that came too late.",
	"ActorType":          "is who made a change.",
	"ExternalStatus":     "is what an external terminal reports.",
	"CaptureMethod":      "says whether a payment is taken at once, or held until it is captured.",
	"ProcessingMode":     "says who moves the money.",
	"CancellationReason": "is why a payment intent was cancelled.",
	"LatePaymentPolicy":  "is what happens by itself to money that comes too late.",
}

// plainStrings are properties whose values are plain strings in Go: []string{"qr_mpm"} is how the guide writes them.
// Their constants are untyped.
var plainStrings = map[string]string{
	"payment_method_type":    "PaymentMethod",
	"payment_method_types":   "PaymentMethod",
	"client_confirm_methods": "PaymentMethod",
	"object":                 "",
}

// secrets are properties that no log may show.
var secrets = map[string]bool{
	"payment_token": true, "secret": true, "secret_key": true, "credentials": true, "customer_code": true,
}

// zeroIsNothing are optional numbers of which 0 cannot be meant. For all others 0 differs from nothing: a capture of 0
// that was left out would take everything.
var zeroIsNothing = map[string]bool{"expires_in_minutes": true, "response_status": true}

var initialisms = map[string]string{
	"id": "ID", "ids": "IDs", "url": "URL", "qr": "QR", "api": "API", "gte": "GTE", "lt": "LT", "mpm": "MPM", "cpm": "CPM",
	"ms": "MS", "pgw": "PGW",
}

var capital = regexp.MustCompile(`[A-Z][a-z0-9]*|[a-z0-9]+`)

// goName is QRCodeURL for qr_code_url, and CreateAPIKey for createApiKey.
func goName(name string) string {
	var result strings.Builder
	for _, word := range capital.FindAllString(name, -1) {
		word = strings.ToLower(word)
		switch known, ok := initialisms[word]; {
		case ok:
			result.WriteString(known)
		case strings.HasSuffix(word, "s") && initialisms[word[:len(word)-1]] != "":
			result.WriteString(initialisms[word[:len(word)-1]] + "s")
		default:
			result.WriteString(strings.ToUpper(word[:1]) + word[1:])
		}
	}
	return result.String()
}

// requestName is what the body of an operation is called: CreateRefundRequest.
func requestName(operationID string) string { return goName(operationID) + "Request" }

// parametersName is what the query of an operation is called: ListRefundsParams.
func parametersName(operationID string) string { return goName(operationID) + "Params" }

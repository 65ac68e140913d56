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

	"NewOrderList.orders":                        "OrderToList",
	"OrderList.provider_statuses":                "ProviderStatuses",
	"OrderList.provider_statuses.confirmed":      "CountedOrders",
	"OrderList.provider_statuses.differs":        "CountedOrders",
	"OrderList.provider_statuses.missing":        "CountedOrders",
	"OrderList.provider_statuses.not_yet":        "CountedOrders",
	"OrderList.provider_statuses.not_applicable": "CountedOrders",
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
	"OrderToList":             "OrderToList is an order as your own system has it at the end of the day.",
	"ProviderStatuses":        "ProviderStatuses says how many orders of a list the providers confirm by now, and how many not.",
	"CountedOrders":           "CountedOrders is how many orders these are, and how much money.",
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
	"Settlement.status":                        "SettlementStatus",
	"listSettlements.status":                   "SettlementStatus",
	"OrderList.status":                         "SettlementStatus",
	"Settlement.contents":                      "SettlementContents",
	"Settlement.source":                        "SettlementSource",
	"CardBatch.source":                         "SettlementSource",
	"ReconciliationException.status":           "ExceptionStatus",
	"listReconciliationExceptions.status":      "ExceptionStatus",
	"ReconciliationException.kind":             "ExceptionKind",
	"listReconciliationExceptions.kind":        "ExceptionKind",
	"ListedOrder.result":                       "OrderResult",
	"listOrderListOrders.result":               "OrderResult",
	"ReconciliationException.source":           "ExceptionSource",
	"listReconciliationExceptions.source":      "ExceptionSource",
	"ReconciliationException.field":            "ExceptionField",
	"NewOrderList.orders.status":               "OrderStatus",
	"ListedOrder.status":                       "OrderStatus",
	"ListedOrder.provider_status":              "ProviderStatus",
	"CardBatch.step":                           "CardBatchStep",
	"listCardBatches.step":                     "CardBatchStep",
	"AccountingExport.status":                  "AccountingExportStatus",
	"listAccountingExports.status":             "AccountingExportStatus",
	"AccountingExportTest.status":              "ConnectionTestStatus",
	"CardProcessorConnectionTest.status":       "ConnectionTestStatus",
}

// enumNamesAnywhere are those of properties that mean the same wherever they stand.
var enumNamesAnywhere = map[string]string{
	"capture_method":      "CaptureMethod",
	"processing_mode":     "ProcessingMode",
	"cancellation_reason": "CancellationReason",
	"late_payment_policy": "LatePaymentPolicy",
	"tls":                 "TLSMode",
	"format":              "ExportFormat",
	"formats":             "ExportFormat",
}

// enumDocs say what each text type is.
var enumDocs = map[string]string{
	"Status":                 "is where a payment intent stands. See docs/payment-intent.md for what each means.",
	"RefundStatus":           "is where a refund stands.",
	"LatePaymentStatus":      "is what has become of a late payment.",
	"DeliveryStatus":         "is what has become of a webhook delivery.",
	"EndpointStatus":         "says whether a webhook endpoint is used.",
	"Outcome":                "is there while the gateway does not know whether money moved.",
	"Resolution":             "is what a person has found about an unknown outcome.",
	"LatePaymentAction":      "is what becomes of money that came too late.",
	"ActorType":              "is who made a change.",
	"ExternalStatus":         "is what an external terminal reports.",
	"CaptureMethod":          "says whether a payment is taken at once, or held until it is captured.",
	"ProcessingMode":         "says who moves the money.",
	"CancellationReason":     "is why a payment intent was cancelled.",
	"SettlementStatus":       "says whether a settlement, or an order list, agrees with the gateway.",
	"SettlementContents":     "says which of a day's files it is, where a provider sends several.",
	"SettlementSource":       "says how the provider's word came.",
	"OrderResult":            "is what was found of an order: that it agrees, or the kind of its exception.",
	"ExceptionStatus":        "says whether a person has looked at an exception.",
	"ExceptionKind":          "is what differs.",
	"ExceptionSource":        "says where it was found.",
	"ExceptionField":         "is which sum differs.",
	"OrderStatus":            "is what has become of an order at the end of the day.",
	"ProviderStatus":         "is what the provider says of an order by now.",
	"CardBatchStep":          "is what is done next with a day of the card processor.",
	"AccountingExportStatus": "is what has become of a file for the accounting system.",
	"ConnectionTestStatus":   "is what came of trying a connection.",
	"TLSMode":                "says whether a connection is encrypted.",
	"ExportFormat":           "is how a file for the accounting system is written.",
	"LatePaymentPolicy":      "is what happens by itself to money that comes too late.",
}

// plainStrings are properties whose values are plain strings in Go: []string{"qr_mpm"} is how the guide writes them.
// Their constants are untyped.
var plainStrings = map[string]string{
	"payment_method_type":    "PaymentMethod",
	"payment_method_types":   "PaymentMethod",
	"client_confirm_methods": "PaymentMethod",
	"object":                 "",
	"language":               "",
}

// secrets are properties that no log may show.
var secrets = map[string]bool{
	"payment_token": true, "secret": true, "secret_key": true, "credentials": true, "customer_code": true,
	"password": true, "private_key": true, "passphrase": true,
}

// zeroIsNothing are optional numbers of which 0 cannot be meant. For all others 0 differs from nothing: a capture of 0
// that was left out would take everything.
var zeroIsNothing = map[string]bool{"expires_in_minutes": true, "response_status": true}

// zeroIsMeant are numbers in a query of which 0 differs from nothing. They stay text, as they are in the query.
var zeroIsMeant = map[string]bool{"listOrderListOrders.starting_after": true}

var initialisms = map[string]string{
	"id": "ID", "ids": "IDs", "url": "URL", "qr": "QR", "api": "API", "gte": "GTE", "lt": "LT", "mpm": "MPM", "cpm": "CPM",
	"ms": "MS", "pgw": "PGW", "lte": "LTE", "tls": "TLS", "ca": "CA", "sha256": "SHA256", "json": "JSON", "csv": "CSV", "xml": "XML",
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

// Package mpspgw is the client of an mpac-pgw payment gateway for servers in Go. It needs nothing but the standard
// library.
//
//	client := mpspgw.NewClient(mpspgw.ClientConfig{
//		BaseURL:   "https://pgw.example.com",
//		APIKey:    "ak_01JXXXXXXXXXXXXXXXXXXXXXX",
//		SecretKey: os.Getenv("PGW_SECRET_KEY"),
//	})
//	intent, err := client.CreatePaymentIntent(ctx, mpspgw.CreatePaymentIntentRequest{
//		Amount:             1000,
//		Currency:           "JPY",
//		PaymentMethodTypes: []string{mpspgw.PaymentMethodQRMPM},
//		MerchantRefID:      "order_12345",
//		MerchantStoreID:    "store_001",
//	})
//
// Every operation of the gateway's openapi.json is a method of [Client] with the same name. Amounts are integers in
// minor units (¥1,500 is 1500, $15.00 is 1500); [ToMinorUnits] and [ToDecimal] convert them exactly. Times are in UTC.
//
// # Errors
//
// A call that does not succeed returns an [*Error], whose [Kind] says what to do. One kind needs care:
// [KindUnknownOutcome] means that the request may have been carried out. Call again with the same key
// ([WithIdempotencyKey]) or retrieve the payment; do not take the money another way. [IsUnknownOutcome] tells it apart,
// also from a context that was cancelled before anything was sent.
//
// # Retries
//
// Requests that did not arrive, or that the gateway asks to repeat, are sent again up to three times within a minute,
// each time signed anew and under the same idempotency key, so that nothing is done twice.
//
// # Webhooks
//
// [VerifyWebhook] checks the bytes of a delivery as they arrived; [WebhookHandler] is a [net/http.Handler] around it.
package mpspgw

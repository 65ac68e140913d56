// The code of README.md, as it stands there: a test holds the two together. The gateway of the examples is a stand-in on
// this machine that knows one order.

package mpspgw_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

var ctx = context.Background()

// standIn answers for a gateway, and tells the examples where it is.
func standIn() (client *mpspgw.Client, closeIt func()) {
	silent := true
	server := httptest.NewServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		switch path := request.Method + " " + request.URL.Path; {
		case path == "POST /v1/payment_intents":
			answer(response, 201, `{"id":"pi_1","status":"requires_payment_method","amount":1500}`)
		case path == "POST /v1/payment_intents/pi_1/confirm":
			answer(response, 200, `{"id":"pi_1","status":"requires_action","qr_content":"https://qr.paypay.ne.jp/28180104"}`)
		case path == "GET /v1/payment_intents/pi_1":
			answer(response, 200, `{"id":"pi_1","status":"succeeded","amount_received":1500}`)
		case path == "GET /v1/refunds" && request.URL.Query().Get("starting_after") == "":
			response.Header().Set("Link", `</v1/refunds?starting_after=re_2>; rel="next"`)
			answer(response, 200, `[{"id":"re_1","amount":500},{"id":"re_2","amount":300}]`)
		case path == "GET /v1/refunds":
			answer(response, 200, `[{"id":"re_3","amount":200}]`)
		case path == "POST /v1/refunds" && silent:
			silent = false
			answer(response, 500, `{"code":"internal_error","message":"Something went wrong on our side."}`)
		case path == "POST /v1/refunds":
			answer(response, 201, `{"id":"re_1","status":"succeeded","amount":500}`)
		case path == "POST /v1/order_lists":
			answer(response, 201, `{"id":"ol_1","status":"exceptions"}`)
		case path == "GET /v1/reconciliation_exceptions" && request.URL.RawQuery == "order_list=ol_1&status=open":
			answer(response, 200, `[{"id":"rx_1","kind":"amount_differs","amount_here":1500,"amount_there":1050}]`)
		case path == "POST /v1/reconciliation_exceptions/rx_1/resolve":
			answer(response, 200, `{"id":"rx_1","status":"resolved"}`)
		case path == "POST /v1/payment_intents/pi_1/capture":
			answer(response, 409, `{"code":"invalid_payment_state","message":"It is succeeded.","details":{"status":"succeeded"}}`)
		}
	}))
	for name, value := range map[string]string{
		"PGW_URL": server.URL, "PGW_API_KEY": testKeyID, "PGW_SECRET_KEY": testSecret, "PGW_WEBHOOK_SECRET": endpointSecret,
	} {
		if err := os.Setenv(name, value); err != nil {
			log.Fatal(err)
		}
	}
	return clientAt(server.URL), server.Close
}

func ExampleIsUnknownOutcome() {
	client, closeIt := standIn()
	defer closeIt()

	// The key is stored with the order before the call, so that it is there even if this process is not.
	key := "refund_order_12345_1"
	request := mpspgw.CreateRefundRequest{PaymentIntent: "pi_1", Amount: mpspgw.Ptr(int64(500))}
	refund, err := client.CreateRefund(ctx, request, mpspgw.WithIdempotencyKey(key), mpspgw.WithMaxRetries(0))
	if mpspgw.IsUnknownOutcome(err) {
		// It may have been done. The same key again does it at most once, and tells the truth.
		refund, err = client.CreateRefund(ctx, request, mpspgw.WithIdempotencyKey(key))
	}
	if err != nil {
		log.Print(err) // Still not known: leave it marked so, and ask again later.
		return
	}
	fmt.Println(refund.ID, refund.Status)

	// Output:
	// re_1 succeeded
}

func ExampleError() {
	client, closeIt := standIn()
	defer closeIt()

	_, err := client.CapturePaymentIntent(ctx, "pi_1", mpspgw.CapturePaymentIntentRequest{})
	var failure *mpspgw.Error
	if errors.As(err, &failure) {
		switch failure.Kind {
		case mpspgw.KindInvalidPaymentState:
			fmt.Println("It cannot be captured, because it is", failure.Details["status"])
		case mpspgw.KindUnknownOutcome:
			fmt.Println("Ask again with the key", failure.IdempotencyKey)
		default:
			fmt.Println(failure.Kind, failure.Code, failure.Param, failure.Message, failure.RequestID)
		}
	}

	// Output:
	// It cannot be captured, because it is succeeded
}

func ExampleClient_Refunds() {
	client, closeIt := standIn()
	defer closeIt()

	params := mpspgw.ListRefundsParams{PaymentIntent: "pi_1"}
	for refund, err := range client.Refunds(ctx, params) {
		if err != nil {
			log.Print(err)
			break
		}
		fmt.Println(refund.ID, refund.Amount)
	}

	// Output:
	// re_1 500
	// re_2 300
	// re_3 200
}

func ExampleClient_CreateOrderList() {
	client, closeIt := standIn()
	defer closeIt()

	list, err := client.CreateOrderList(ctx, mpspgw.CreateOrderListRequest{
		MerchantStoreID: "store_001",
		BusinessDate:    "2026-01-28",
		Orders:          []mpspgw.OrderToList{{MerchantRefID: "order_12345", Amount: 1500, Status: mpspgw.OrderStatusPaid}},
	})
	if err != nil {
		log.Fatal(err)
	}
	open := mpspgw.ListReconciliationExceptionsParams{OrderList: list.ID, Status: mpspgw.ExceptionStatusOpen}
	for exception, err := range client.ReconciliationExceptions(ctx, open) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(exception.Kind, *exception.AmountHere, *exception.AmountThere)
		looked := mpspgw.ResolveReconciliationExceptionRequest{Reason: "The till has swapped two digits."}
		if _, err := client.ResolveReconciliationException(ctx, exception.ID, looked); err != nil {
			log.Fatal(err)
		}
	}

	// Output:
	// amount_differs 1500 1050
}

// orders are whatever you keep orders in.
type orderBook struct{}

func (orderBook) MarkPaid(_ context.Context, reference, eventID string) error {
	fmt.Println(reference, "is paid, by", eventID)
	return nil
}

func ExampleWebhookHandler() {
	_, closeIt := standIn()
	defer closeIt()
	orders, mux := orderBook{}, http.NewServeMux()

	mux.Handle("POST /webhooks", mpspgw.WebhookHandler(
		func(ctx context.Context, event *mpspgw.WebhookEvent) error {
			if event.Type != mpspgw.EventPaymentIntentSucceeded {
				return nil
			}
			intent := event.Data.PaymentIntent()
			// An event may come twice: what has seen event.ID does nothing.
			return orders.MarkPaid(ctx, intent.MerchantRefID, event.ID)
		},
		os.Getenv("PGW_WEBHOOK_SECRET"),
	))

	body := `{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"object":"payment_intent","merchant_ref_id":"order_12345"}}}`
	header, err := mpspgw.SignWebhook([]byte(body), "evt_1", time.Now(), os.Getenv("PGW_WEBHOOK_SECRET"))
	if err != nil {
		log.Fatal(err)
	}
	request := httptest.NewRequest("POST", "/webhooks", strings.NewReader(body))
	request.Header = header
	recorder := httptest.NewRecorder()
	mux.ServeHTTP(recorder, request)
	fmt.Println(recorder.Code)

	// Output:
	// order_12345 is paid, by evt_1
	// 204
}

func ExampleToMinorUnits() {
	amount, err := mpspgw.ToMinorUnits("15.00", "USD")
	fmt.Println(amount, err)
	_, err = mpspgw.ToMinorUnits("1500.00", "JPY")
	fmt.Println(err)
	text, err := mpspgw.ToDecimal(1500, "JPY")
	fmt.Println(text, err)

	// Output:
	// 1500 <nil>
	// mpspgw: no amount of money: JPY has 0 decimals and not 2
	// 1500 <nil>
}

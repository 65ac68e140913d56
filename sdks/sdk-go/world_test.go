// The world that tests put a client into: a server on this machine, or a transport that plays faults.

package mpspgw_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

const (
	testKeyID  = "ak_01KF0JZ2M5N8P1Q4R7S0T3V6WX"
	testSecret = "sk_test_CANARY_of_the_secret_key"
)

// intentJSON is what the gateway answers with where a test does not care.
const intentJSON = `{"id":"pi_1","object":"payment_intent","status":"requires_payment_method","amount":1500,` +
	`"currency":"JPY","payment_token":"pi_1_secret_CANARY","created_at":"2026-01-15T10:00:00.000Z"}`

// instantly waits for nothing, and draws no lots.
var instantly = mpspgw.Testing{
	Sleep:  func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	Random: func() float64 { return 0 },
}

// transport is a scripted one.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(request *http.Request) (*http.Response, error) { return t(request) }

func answering(status int, body string) transport {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

func clientOver(t transport) *mpspgw.Client {
	return mpspgw.NewClient(mpspgw.ClientConfig{
		BaseURL:    "https://pgw.example.com",
		APIKey:     testKeyID,
		SecretKey:  testSecret,
		HTTPClient: &http.Client{Transport: t},
		Testing:    instantly,
	})
}

// serve starts a gateway that answers by handle, and a client of it.
func serve(t *testing.T, handle http.HandlerFunc) *mpspgw.Client {
	t.Helper()
	return clientAt(serveAt(t, handle))
}

func clientAt(address string) *mpspgw.Client {
	return mpspgw.NewClient(mpspgw.ClientConfig{
		BaseURL:   address,
		APIKey:    testKeyID,
		SecretKey: testSecret,
		Testing:   instantly,
	})
}

func answer(response http.ResponseWriter, status int, body string) {
	response.Header().Set("Content-Type", "application/json")
	response.WriteHeader(status)
	_, _ = io.WriteString(response, body)
}

// atOnce does something in many goroutines, and waits for all of them.
func atOnce(many int, do func()) {
	var all sync.WaitGroup
	for range many {
		all.Add(1)
		go func() {
			defer all.Done()
			do()
		}()
	}
	all.Wait()
}

var smallIntent = mpspgw.CreatePaymentIntentRequest{
	Amount:             1500,
	PaymentMethodTypes: []string{mpspgw.PaymentMethodQRMPM},
	MerchantRefID:      "order_1",
}

// serveAt is serve for who needs the address.
func serveAt(t *testing.T, handle http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handle)
	t.Cleanup(server.Close)
	return server.URL
}

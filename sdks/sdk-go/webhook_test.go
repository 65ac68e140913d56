// Receiving webhooks: what the handler answers. The signatures themselves are proven by the common vectors.

package mpspgw_test

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

const (
	endpointSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	eventJSON      = `{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","object":"payment_intent",` +
		`"status":"succeeded","amount_received":1500}},"created":1768471200,"timestamp":"2026-01-15T10:00:00.000Z",` +
		`"livemode":false,"sequence":42}`
)

func deliver(t *testing.T, handler http.Handler, body string, secret string) int {
	t.Helper()
	header, err := mpspgw.SignWebhook([]byte(body), "evt_1", time.Now(), secret)
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodPost, "/webhooks", strings.NewReader(body))
	request.Header = header
	recorded := httptest.NewRecorder()
	handler.ServeHTTP(recorded, request)
	if strings.Contains(recorded.Body.String(), "CANARY") {
		t.Errorf("the answer tells %s", recorded.Body)
	}
	return recorded.Code
}

func TestADeliveryIsHandedOnAndAnswered(t *testing.T) {
	var got *mpspgw.WebhookEvent
	handler := mpspgw.WebhookHandler(func(_ context.Context, event *mpspgw.WebhookEvent) error {
		got = event
		return nil
	}, endpointSecret)
	if status := deliver(t, handler, eventJSON, endpointSecret); status != 204 {
		t.Fatalf("the answer is %d", status)
	}
	intent := got.Data.PaymentIntent()
	if got.ID != "evt_1" || got.Sequence != 42 || got.Created != 1768471200 || intent == nil ||
		intent.Status != mpspgw.StatusSucceeded || intent.AmountReceived != 1500 {
		t.Errorf("%+v", got)
	}
	if got.Data.Refund() != nil || got.Data.LatePayment() != nil || got.Data.WebhookEndpoint() != nil {
		t.Error("it is about something else, too")
	}
}

func TestTheHandlerTellsFaultsApart(t *testing.T) {
	handled := 0
	fails := func(context.Context, *mpspgw.WebhookEvent) error {
		handled++
		return errors.New("CANARY: the database is away")
	}
	const other = "whsec_HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
	if status := deliver(t, mpspgw.WebhookHandler(fails, endpointSecret), eventJSON, endpointSecret); status != 500 || handled != 1 {
		t.Errorf("an error of the handler is answered with %d", status)
	}
	if status := deliver(t, mpspgw.WebhookHandler(fails, endpointSecret), eventJSON, other); status != 400 {
		t.Errorf("another secret is answered with %d", status)
	}
	if status := deliver(t, mpspgw.WebhookHandler(fails, other, endpointSecret), eventJSON, endpointSecret); status != 500 || handled != 2 {
		t.Errorf("the second of two secrets is answered with %d", status)
	}
	if status := deliver(t, mpspgw.WebhookHandler(fails, "whsec_CANARY"), eventJSON, endpointSecret); status != 500 || handled != 2 {
		t.Errorf("a secret that is none is answered with %d", status)
	}
	for _, body := range []string{`[]`, "{\"note\":\"\xff\"}"} {
		if status := deliver(t, mpspgw.WebhookHandler(fails, endpointSecret), body, endpointSecret); status != 400 {
			t.Errorf("%q, which is no JSON object, is answered with %d", body, status)
		}
	}
	long := `{"a":"` + strings.Repeat("x", 2<<20) + `"}`
	if status := deliver(t, mpspgw.WebhookHandler(fails, endpointSecret), long, endpointSecret); status != 413 {
		t.Errorf("a body without an end is answered with %d", status)
	}
	recorded := httptest.NewRecorder()
	mpspgw.WebhookHandler(fails, endpointSecret).ServeHTTP(recorded, httptest.NewRequest(http.MethodGet, "/", nil))
	if recorded.Code != 405 || recorded.Header().Get("Allow") != "POST" || handled != 2 {
		t.Errorf("a GET is answered with %d", recorded.Code)
	}
}

func TestAVerifierHasItsOwnToleranceAndTime(t *testing.T) {
	at := time.Unix(1768471200, 0)
	header, err := mpspgw.SignWebhook([]byte(eventJSON), "evt_1", at, endpointSecret)
	if err != nil {
		t.Fatal(err)
	}
	verifier := mpspgw.WebhookVerifier{
		Secrets:   []string{endpointSecret},
		Tolerance: mpspgw.Ptr(10 * time.Second),
		Now:       func() time.Time { return at.Add(11 * time.Second) },
	}
	request := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader([]byte(eventJSON)))
	request.Header = header
	recorded := httptest.NewRecorder()
	verifier.Handler(func(context.Context, *mpspgw.WebhookEvent) error { return nil }).ServeHTTP(recorded, request)
	var refused *mpspgw.WebhookError
	_, err = verifier.Verify([]byte(eventJSON), header)
	if recorded.Code != 400 || !errors.As(err, &refused) || refused.Reason != mpspgw.ReasonTooOld {
		t.Errorf("%d, %v", recorded.Code, err)
	}
}

func TestADeliveryThatCannotBeIsNotSigned(t *testing.T) {
	for _, id := range []string{"", "evt.1"} {
		if _, err := mpspgw.SignWebhook(nil, id, time.Now(), endpointSecret); err == nil {
			t.Errorf("the id %q is signed", id)
		}
	}
	if _, err := mpspgw.SignWebhook(nil, "evt_1", time.Now()); err == nil {
		t.Error("it is signed with nothing")
	}
}

// Secrets stand in no text: not of the client, not of an error, not of objects that have some.

package mpspgw_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

// textsOf writes a value in every way that a log may.
func textsOf(value any) map[string]string {
	texts := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%T"} {
		texts[verb] = fmt.Sprintf(verb, value)
	}
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"slog text": func(to *bytes.Buffer) slog.Handler { return slog.NewTextHandler(to, nil) },
		"slog JSON": func(to *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(to, nil) },
	} {
		var to bytes.Buffer
		slog.New(handler(&to)).Info("it", "value", value)
		texts[name] = to.String()
	}
	return texts
}

func expectNoCanary(t *testing.T, value any) {
	t.Helper()
	hexed := fmt.Sprintf("%x", "CANARY")
	for how, text := range textsOf(value) {
		if strings.Contains(text, "CANARY") || strings.Contains(strings.ToLower(text), hexed) {
			t.Errorf("%T in %s: %s", value, how, text)
		}
	}
}

func TestTheClientShowsNoSecret(t *testing.T) {
	config := mpspgw.ClientConfig{BaseURL: "https://pgw.example.com", APIKey: testKeyID, SecretKey: testSecret}
	client := mpspgw.NewClient(config)
	for _, value := range []any{config, &config, client, *client, []any{config}, map[string]any{"client": client}} {
		expectNoCanary(t, value)
	}
	for _, value := range []any{config, client} {
		text, err := json.Marshal(value)
		if err != nil || strings.Contains(string(text), "CANARY") || !strings.Contains(string(text), testKeyID) {
			t.Errorf("%T as JSON: %s, %v", value, text, err)
		}
		if text := fmt.Sprint(value); !strings.Contains(text, testKeyID) || !strings.Contains(text, "pgw.example.com") {
			t.Errorf("%T says nothing: %s", value, text)
		}
	}
	expectNoCanary(t, mpspgw.ClientConfig{BaseURL: "https://user:CANARY@pgw.example.com?token=CANARY"})
}

func TestErrorsShowNoSecret(t *testing.T) {
	for _, fault := range []transport{
		answering(200, `{"payment_token":"CANARY"`),
		answering(200, `{"id":"pi_1","amount":"CANARY"}`),
		answering(200, `{"id":"pi_1","expires_at":"CANARY"}`),
		answering(200, `["CANARY"]`),
		answering(502, `<html>CANARY`),
		answering(400, `{"token":"CANARY"}`),
		func(*http.Request) (*http.Response, error) { return nil, fmt.Errorf("reset") },
	} {
		_, err := clientOver(fault).ConfirmPaymentIntent(context.Background(), "pi_1", mpspgw.ConfirmPaymentIntentRequest{
			PaymentToken: "pi_1_secret_CANARY", CustomerCode: "CANARY", PaymentMethodType: mpspgw.PaymentMethodQRCPM,
		})
		if err == nil {
			t.Error("it went well")
		}
		expectNoCanary(t, err)
		text, _ := json.Marshal(err)
		if strings.Contains(string(text), "CANARY") {
			t.Errorf("as JSON: %s", text)
		}
	}
}

func TestObjectsShowNoSecretAndWriteItAsJSON(t *testing.T) {
	merchants := mpspgw.SyncMerchantsRequest{Merchants: []mpspgw.SyncMerchant{{Stores: []mpspgw.SyncStore{{
		PaymentProcessorConfigs: []mpspgw.PaymentProcessorConfig{{
			Provider: "PAYPAY", Credentials: map[string]any{"api_secret": "CANARY"},
		}},
	}}}}}
	for _, value := range []any{
		mpspgw.PaymentIntent{ID: "pi_1", PaymentToken: "pi_1_secret_CANARY"},
		mpspgw.ConfirmPaymentIntentRequest{PaymentToken: "CANARY", CustomerCode: "CANARY"},
		mpspgw.CancelPaymentIntentRequest{PaymentToken: "CANARY"},
		mpspgw.ResolvedPaymentIntent{PaymentToken: "CANARY"},
		mpspgw.WebhookEndpoint{ID: "we_1", Secret: "whsec_CANARY"},
		mpspgw.APIKey{ID: "ak_1", SecretKey: "sk_test_CANARY"},
		merchants,
		merchants.Merchants[0],
		merchants.Merchants[0].Stores[0],
		merchants.Merchants[0].Stores[0].PaymentProcessorConfigs[0],
	} {
		expectNoCanary(t, value)
		text, err := json.Marshal(value)
		if err != nil || !strings.Contains(string(text), "CANARY") {
			t.Errorf("%T as JSON: %s, %v", value, text, err)
		}
	}
	intent := &mpspgw.PaymentIntent{ID: "pi_1", PaymentToken: "pi_1_secret_CANARY"}
	expectNoCanary(t, intent)
	if text := fmt.Sprintf("%+v", intent); !strings.Contains(text, "ID:pi_1") || intent.PaymentToken != "pi_1_secret_CANARY" {
		t.Errorf("it says %s", text)
	}
	expectNoCanary(t, mpspgw.Page[mpspgw.PaymentIntent]{Items: []*mpspgw.PaymentIntent{intent}})
}

func TestAnErrorIsOneLineWithWhatHelps(t *testing.T) {
	body := `{"code":"invalid_request","message":"amount must be 1 or more.","details":{"field":"amount"},` +
		`"error":{"code":"invalid_request","message":"amount must be 1 or more.","param":"amount"},"request_id":"req_1"}`
	_, err := clientOver(answering(400, body)).
		CreatePaymentIntent(context.Background(), smallIntent, mpspgw.WithIdempotencyKey("order_1"))
	want := `mpspgw: invalid_request (400 invalid_request): amount must be 1 or more. param="amount" ` +
		`idempotency_key="order_1" request_id="req_1"`
	if err == nil || err.Error() != want {
		t.Errorf("it says %v", err)
	}
	_, err = clientOver(answering(503, `{"code":"internal_error","message":"This gateway is stopping."}`)).
		CreatePaymentIntent(context.Background(), smallIntent, mpspgw.WithDeadline(time.Hour))
	if !strings.Contains(err.Error(), "This gateway is stopping. It is not known whether this was carried out.") {
		t.Errorf("it says %v", err)
	}
}

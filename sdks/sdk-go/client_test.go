// The client as the guide shows it, its configuration, and what goes over the wire.

package mpspgw_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

// signatureOf is the scheme of the guide, said once more.
func signatureOf(secret, method, target, timestamp string, body []byte) string {
	key := sha256.Sum256([]byte(secret))
	digest := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte(hex.EncodeToString(key[:])))
	mac.Write([]byte(method + "\n" + target + "\n" + timestamp + "\n" + hex.EncodeToString(digest[:])))
	return hex.EncodeToString(mac.Sum(nil))
}

func checkSignature(t *testing.T, request *http.Request) []byte {
	t.Helper()
	body, err := io.ReadAll(request.Body)
	if err != nil {
		t.Error(err)
	}
	parts := regexp.MustCompile(`^HMAC-SHA256 ([^:]+):(\d+):([0-9a-f]{64})$`).FindStringSubmatch(request.Header.Get("Authorization"))
	if parts == nil {
		t.Fatalf("no authorization: %q", request.Header.Get("Authorization"))
	}
	if want := signatureOf(testSecret, request.Method, request.RequestURI, parts[2], body); parts[1] != testKeyID || parts[3] != want {
		t.Errorf("%s %s is not signed as the gateway asks", request.Method, request.RequestURI)
	}
	return body
}

func TestTheGuidesExamplesWorkAsWritten(t *testing.T) {
	var bodies []string
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		bodies = append(bodies, request.Method+" "+request.RequestURI+" "+string(checkSignature(t, request)))
		if request.URL.Path == "/v1/sync/merchants" {
			answer(response, 200, `{"synced_merchants":1,"synced_stores":1}`)
			return
		}
		answer(response, 201, intentJSON)
	})
	ctx := context.Background()

	intent, err := client.CreatePaymentIntent(ctx, mpspgw.CreatePaymentIntentRequest{
		Amount:             1000,
		Currency:           "JPY",
		PaymentMethodTypes: []string{"qr_mpm"},
		MerchantRefID:      "order_12345",
		MerchantStoreID:    "store_001",
	})
	if err != nil {
		t.Fatal(err)
	}
	if intent.PaymentToken != "pi_1_secret_CANARY" {
		t.Errorf("the token is %q", intent.PaymentToken)
	}

	err = client.SyncMerchants(ctx, mpspgw.SyncMerchantsRequest{
		Merchants: []mpspgw.SyncMerchant{
			{
				ID:   "merchant_001",
				Name: "Example Restaurant",
				Stores: []mpspgw.SyncStore{
					{
						ID:   "store_001",
						Name: "Tokyo Branch",
						PaymentProcessorConfigs: []mpspgw.PaymentProcessorConfig{
							{
								Provider: "PAYPAY",
								IsActive: true,
								Credentials: map[string]interface{}{
									"merchant_id": "paypay_merchant_123",
								},
							},
						},
					},
				},
			},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`POST /v1/payment_intents {"amount":1000,"currency":"JPY","payment_method_types":["qr_mpm"],` +
			`"merchant_ref_id":"order_12345","merchant_store_id":"store_001"}`,
		`POST /v1/sync/merchants {"merchants":[{"id":"merchant_001","name":"Example Restaurant","stores":[{"id":"store_001",` +
			`"name":"Tokyo Branch","payment_processor_configs":[{"provider":"PAYPAY","is_active":true,` +
			`"credentials":{"merchant_id":"paypay_merchant_123"}}]}]}]}`,
	}
	if got := strings.Join(bodies, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("it sent\n%s", got)
	}
}

func TestAMerchantSyncTellsHowManyThereWere(t *testing.T) {
	result, err := clientOver(answering(200, `{"synced_merchants":2,"synced_stores":3}`)).
		SyncMerchantsResult(context.Background(), mpspgw.SyncMerchantsRequest{})
	if err != nil || result.SyncedMerchants != 2 || result.SyncedStores != 3 {
		t.Errorf("%+v, %v", result, err)
	}
}

func TestAQueryAndAnIDWithStrangeLettersAreSignedAsTheyAreSent(t *testing.T) {
	var targets []string
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		checkSignature(t, request)
		targets = append(targets, request.RequestURI)
		if strings.Contains(request.RequestURI, "?") {
			answer(response, 200, `[]`)
			return
		}
		answer(response, 200, `{"id":"店 1/東"}`)
	})
	ctx := context.Background()
	if _, err := client.ListPaymentIntents(ctx, mpspgw.ListPaymentIntentsParams{MerchantRefID: "a b&c=d+e/é", Limit: 5}); err != nil {
		t.Error(err)
	}
	if _, err := client.RetrieveMerchant(ctx, "店 1/東"); err != nil {
		t.Error(err)
	}
	want := "/v1/payment_intents?limit=5&merchant_ref_id=a+b%26c%3Dd%2Be%2F%C3%A9 /v1/merchants/%E5%BA%97%201%2F%E6%9D%B1"
	if got := strings.Join(targets, " "); got != want {
		t.Errorf("the targets are %s", got)
	}
}

func TestABaseURLMayEndWithASlashAndHaveAPath(t *testing.T) {
	for _, path := range []string{"/", "/pay/", "/a%20b/c"} {
		var came string
		server := serveAt(t, func(response http.ResponseWriter, request *http.Request) {
			came = request.RequestURI
			// The gateway gets what the proxy in front of it leaves.
			request.RequestURI = request.RequestURI[strings.Index(request.RequestURI, "/v1/"):]
			checkSignature(t, request)
			answer(response, 200, `[]`)
		})
		_, err := clientAt(server+path).ListStores(context.Background(), "店", mpspgw.ListStoresParams{Limit: 1})
		if err != nil || came != strings.TrimSuffix(path, "/")+"/v1/merchants/%E5%BA%97/stores?limit=1" {
			t.Errorf("under %s it sent %s, %v", path, came, err)
		}
	}
}

func TestAWrongConfigurationIsNamedByTheFirstCall(t *testing.T) {
	good := mpspgw.ClientConfig{BaseURL: "https://pgw.example.com", APIKey: testKeyID, SecretKey: testSecret}
	for name, spoil := range map[string]func(*mpspgw.ClientConfig){
		"BaseURL":                func(c *mpspgw.ClientConfig) { c.BaseURL = "" },
		"BaseURL no scheme":      func(c *mpspgw.ClientConfig) { c.BaseURL = "pgw.example.com" },
		"BaseURL open":           func(c *mpspgw.ClientConfig) { c.BaseURL = "http://pgw.example.com" },
		"BaseURL another scheme": func(c *mpspgw.ClientConfig) { c.BaseURL = "ftp://pgw.example.com" },
		"BaseURL a password":     func(c *mpspgw.ClientConfig) { c.BaseURL = "https://a:CANARY@pgw.example.com" },
		"BaseURL a query":        func(c *mpspgw.ClientConfig) { c.BaseURL = "https://pgw.example.com?a=b" },
		"BaseURL no query":       func(c *mpspgw.ClientConfig) { c.BaseURL = "https://pgw.example.com?" },
		"BaseURL a fragment":     func(c *mpspgw.ClientConfig) { c.BaseURL = "https://pgw.example.com/#" },
		"APIKey":                 func(c *mpspgw.ClientConfig) { c.APIKey = "" },
		"APIKey a colon":         func(c *mpspgw.ClientConfig) { c.APIKey = "ak:1" },
		"APIKey a line feed":     func(c *mpspgw.ClientConfig) { c.APIKey = "ak\n1" },
		"SecretKey":              func(c *mpspgw.ClientConfig) { c.SecretKey = "" },
		"MaxRetries":             func(c *mpspgw.ClientConfig) { c.MaxRetries = mpspgw.Ptr(-1) },
		"Timeout":                func(c *mpspgw.ClientConfig) { c.Timeout = -1 },
		"Deadline":               func(c *mpspgw.ClientConfig) { c.Deadline = -1 },
	} {
		config := good
		spoil(&config)
		field, _, _ := strings.Cut(name, " ")
		_, err := mpspgw.NewClient(config).RetrieveOrganization(context.Background())
		var failure *mpspgw.Error
		if !errors.As(err, &failure) || failure.Kind != mpspgw.KindInvalidRequest || failure.Param != field ||
			!strings.Contains(err.Error(), "ClientConfig."+field) || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAClientThatNobodyMadeIsRefused(t *testing.T) {
	_, err := new(mpspgw.Client).RetrieveOrganization(context.Background())
	if mpspgw.KindOf(err) != mpspgw.KindInvalidRequest {
		t.Error(err)
	}
}

func TestWhatCanBeNoRequestIsNotSent(t *testing.T) {
	client := clientOver(func(*http.Request) (*http.Response, error) {
		t.Error("something was sent")
		return nil, errors.New("no")
	})
	ctx := context.Background()
	for _, id := range []string{"", ".", ".."} {
		_, err := client.RetrievePaymentIntent(ctx, id)
		var failure *mpspgw.Error
		if !errors.As(err, &failure) || failure.Kind != mpspgw.KindInvalidRequest || failure.Status != 0 || failure.Param != "id" {
			t.Errorf("the id %q: %v", id, err)
		}
	}
	for _, key := range []string{"", " ", "a\nb", "é", strings.Repeat("a", 256)} {
		_, err := client.CreatePaymentToken(ctx, "pi_1", mpspgw.WithIdempotencyKey(key))
		var failure *mpspgw.Error
		if !errors.As(err, &failure) || failure.Kind != mpspgw.KindInvalidRequest || failure.Param != "idempotency_key" {
			t.Errorf("the key %q: %v", key, err)
		}
	}
	_, err := client.SyncMerchantsResult(ctx, mpspgw.SyncMerchantsRequest{Merchants: []mpspgw.SyncMerchant{{Stores: []mpspgw.SyncStore{{
		PaymentProcessorConfigs: []mpspgw.PaymentProcessorConfig{{Credentials: map[string]any{"a": make(chan int)}}},
	}}}}})
	if mpspgw.KindOf(err) != mpspgw.KindInvalidRequest {
		t.Error(err)
	}
}

func TestEveryCallThatChangesSomethingHasAKeyOfItsOwn(t *testing.T) {
	keys := map[string]bool{}
	client := clientOver(func(request *http.Request) (*http.Response, error) {
		if key := request.Header.Get("Idempotency-Key"); key != "" {
			keys[key] = true
		}
		return answering(200, `{"id":"x"}`)(request)
	})
	ctx := context.Background()
	calls := []func() error{
		func() error { _, err := client.CreatePaymentIntent(ctx, smallIntent); return err },
		func() error { _, err := client.CreatePaymentIntent(ctx, smallIntent); return err },
		func() error {
			_, err := client.UpdateOrganization(ctx, mpspgw.UpdateOrganizationRequest{})
			return err
		},
		func() error { _, err := client.DeleteWebhookEndpoint(ctx, "we_1"); return err },
		func() error {
			_, err := client.RetrieveOrganization(ctx, mpspgw.WithIdempotencyKey("not sent"))
			return err
		},
	}
	for _, call := range calls {
		if err := call(); err != nil {
			t.Error(err)
		}
	}
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	for key := range keys {
		if !uuid.MatchString(key) {
			t.Errorf("%q is no random UUID", key)
		}
	}
	if len(keys) != 4 {
		t.Errorf("%d keys", len(keys))
	}
}

func TestEqualCallsOfOneSecondAreSignedApart(t *testing.T) {
	seen := map[string]string{}
	client := clientOver(func(request *http.Request) (*http.Response, error) {
		key := request.Header.Get("Idempotency-Key")
		signed := request.Header.Get("Authorization")
		if other, ok := seen[signed]; ok && other != key {
			t.Error("two calls have one signature")
		}
		seen[signed] = key
		return answering(200, intentJSON)(request)
	})
	for range 20 {
		if _, err := client.CreatePaymentToken(context.Background(), "pi_1"); err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d signatures", len(seen))
	}
}

func TestNoSignatureIsForATimeThatTheGatewayRefuses(t *testing.T) {
	now := time.Unix(1700000000, 0)
	var latest int64
	client := mpspgw.NewClient(mpspgw.ClientConfig{
		BaseURL: "https://pgw.example.com", APIKey: testKeyID, SecretKey: testSecret,
		HTTPClient: &http.Client{Transport: transport(func(request *http.Request) (*http.Response, error) {
			signedFor, err := strconv.ParseInt(strings.Split(request.Header.Get("Authorization"), ":")[1], 10, 64)
			latest = max(latest, signedFor)
			if err != nil {
				t.Error(err)
			}
			return answering(200, intentJSON)(request)
		})},
		Testing: mpspgw.Testing{Now: func() time.Time { return now }},
	})
	for range 260 {
		if _, err := client.CreatePaymentToken(context.Background(), "pi_1"); err != nil {
			t.Fatal(err)
		}
	}
	if ahead := latest - now.Unix(); ahead != 240 {
		t.Errorf("it is signed up to %d seconds ahead", ahead)
	}
}

func TestRequestsSendWhatIsGivenAndLeaveOutTheRest(t *testing.T) {
	for want, request := range map[string]any{
		`{}`:                            mpspgw.CapturePaymentIntentRequest{},
		`{"amount":0}`:                  mpspgw.CapturePaymentIntentRequest{Amount: mpspgw.Ptr(int64(0))},
		`{"payment_intent":"pi_1"}`:     mpspgw.CreateRefundRequest{PaymentIntent: "pi_1"},
		`{"client_confirm_methods":[]}`: mpspgw.UpdateOrganizationRequest{ClientConfirmMethods: []string{}},
		`{"notification_email":""}`:     mpspgw.UpdateOrganizationRequest{NotificationEmail: mpspgw.Ptr("")},
		`{"url":"https://a.example","description":"","enabled_events":[]}`: mpspgw.UpdateWebhookEndpointRequest{
			URL: "https://a.example", Description: mpspgw.Ptr(""), EnabledEvents: []string{},
		},
		`{"expires_in_hours":0}`: mpspgw.RollWebhookSecretRequest{ExpiresInHours: mpspgw.Ptr(int64(0))},
		`{"amount":0,"payment_method_types":null,"merchant_ref_id":""}`: mpspgw.CreatePaymentIntentRequest{},
	} {
		text, err := json.Marshal(request)
		if err != nil || string(text) != want {
			t.Errorf("%s, not %s (%v)", text, want, err)
		}
	}
}

func TestOneClientServesManyAtOnce(t *testing.T) {
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		checkSignature(t, request)
		answer(response, 201, intentJSON)
	})
	atOnce(20, func() {
		for range 5 {
			if _, err := client.CreatePaymentIntent(context.Background(), smallIntent); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestManySignAtOnceAndWhatIsOverIsForgotten(t *testing.T) {
	var seconds atomic.Int64
	client := mpspgw.NewClient(mpspgw.ClientConfig{
		BaseURL: "https://pgw.example.com", APIKey: testKeyID, SecretKey: testSecret,
		HTTPClient: &http.Client{Transport: answering(200, `{"id":"re_1"}`)},
		Testing:    mpspgw.Testing{Now: func() time.Time { return time.Unix(1700000000+seconds.Load(), 0) }},
	})
	var calls atomic.Int64
	refund := func() {
		request := mpspgw.CreateRefundRequest{PaymentIntent: "pi_1", Amount: mpspgw.Ptr(calls.Add(1))}
		if _, err := client.CreateRefund(context.Background(), request); err != nil {
			t.Error(err)
		}
	}
	for range 5 {
		seconds.Add(1)
		atOnce(20, func() {
			for range 50 {
				refund()
			}
		})
	}
	used := reflect.ValueOf(client).Elem().FieldByName("signer").Elem().FieldByName("used")
	if used.Len() != 1 {
		t.Errorf("the client remembers %d seconds", used.Len())
	}
}

func TestNothingInAnOptionIsTheClients(t *testing.T) {
	client := clientOver(answering(200, intentJSON))
	_, err := client.RetrievePaymentIntent(context.Background(), "pi_1", mpspgw.WithTimeout(0), mpspgw.WithDeadline(0))
	if err != nil {
		t.Error(err)
	}
}

// What becomes of a call when the network, the gateway or the caller gives up. The rules themselves are proven by the
// common vectors; here are real connections, and contexts, which only Go has.

package mpspgw_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

// hangUp takes the request and closes the connection.
func hangUp(t *testing.T, response http.ResponseWriter) {
	t.Helper()
	connection, _, err := response.(http.Hijacker).Hijack()
	if err != nil {
		t.Error(err)
		return
	}
	_ = connection.Close()
}

func failureOf(t *testing.T, err error) *mpspgw.Error {
	t.Helper()
	var failure *mpspgw.Error
	if !errors.As(err, &failure) {
		t.Fatalf("this is no *mpspgw.Error: %v", err)
	}
	return failure
}

func TestAConnectionThatIsCutIsTriedAgainUnderOneKey(t *testing.T) {
	var keys []string
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		keys = append(keys, request.Header.Get("Idempotency-Key"))
		if len(keys) < 3 {
			hangUp(t, response)
			return
		}
		answer(response, 201, intentJSON)
	})
	if _, err := client.CreatePaymentIntent(context.Background(), smallIntent); err != nil {
		t.Fatal(err)
	}
	if len(keys) != 3 || keys[0] == "" || keys[0] != keys[1] || keys[1] != keys[2] {
		t.Errorf("the keys are %q", keys)
	}
}

func TestAnAnswerThatNeverComesLeavesTheOutcomeUnknown(t *testing.T) {
	tries := 0
	client := serve(t, func(response http.ResponseWriter, _ *http.Request) {
		tries++
		hangUp(t, response)
	})
	_, err := client.CreatePaymentIntent(context.Background(), smallIntent, mpspgw.WithIdempotencyKey("order_1"))
	failure := failureOf(t, err)
	if !mpspgw.IsUnknownOutcome(err) || failure.IdempotencyKey != "order_1" || failure.Status != 0 || tries != 4 {
		t.Errorf("after %d tries: %v", tries, err)
	}
	if !strings.Contains(err.Error(), "do not take the money another way") || errors.Unwrap(err) == nil {
		t.Errorf("it says %v", err)
	}
	tries = 0
	if _, err = client.RetrievePaymentIntent(context.Background(), "pi_1"); mpspgw.KindOf(err) != mpspgw.KindConnectionError {
		t.Errorf("reading ends with %v", err)
	}
}

func TestAnAnswerThatIsCutInTheMiddleIsNoAnswer(t *testing.T) {
	tries := 0
	client := serve(t, func(response http.ResponseWriter, _ *http.Request) {
		if tries++; tries == 2 {
			answer(response, 201, intentJSON)
			return
		}
		response.Header().Set("Content-Length", "1000")
		answer(response, 201, intentJSON)
	})
	if _, err := client.CreatePaymentIntent(context.Background(), smallIntent); err != nil || tries != 2 {
		t.Errorf("after %d tries: %v", tries, err)
	}
	tries = 2
	_, err := client.CreatePaymentIntent(context.Background(), smallIntent, mpspgw.WithMaxRetries(0))
	if !mpspgw.IsUnknownOutcome(err) || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("it ends with %v", err)
	}
}

func TestNobodyThereMeansThatNothingWasSent(t *testing.T) {
	nobody := errors.New("nobody is there")
	client := mpspgw.NewClient(mpspgw.ClientConfig{
		BaseURL: "https://pgw.example.com", APIKey: testKeyID, SecretKey: testSecret, Testing: instantly,
		HTTPClient: &http.Client{Transport: &http.Transport{
			DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, nobody },
		}},
	})
	_, err := client.CreatePaymentIntent(context.Background(), smallIntent)
	failure := failureOf(t, err)
	if failure.Kind != mpspgw.KindConnectionError || failure.IdempotencyKey == "" || !errors.Is(err, nobody) {
		t.Errorf("it ends with %v", err)
	}
}

func TestACertificateOfAnotherMeansThatNothingWasSent(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("a request came")
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	_, err := clientAt(server.URL).CreatePaymentIntent(context.Background(), smallIntent, mpspgw.WithMaxRetries(0))
	if mpspgw.KindOf(err) != mpspgw.KindConnectionError {
		t.Errorf("it ends with %v", err)
	}
}

func TestAContextThatHasEndedSendsNothing(t *testing.T) {
	client := clientOver(func(*http.Request) (*http.Response, error) {
		t.Error("something was sent")
		return nil, errors.New("no")
	})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := client.CreatePaymentIntent(ctx, smallIntent)
	if mpspgw.KindOf(err) != mpspgw.KindConnectionError || !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
	late, stop := context.WithDeadline(context.Background(), time.Unix(1, 0))
	defer stop()
	_, err = client.CreatePaymentIntent(late, smallIntent)
	if mpspgw.KindOf(err) != mpspgw.KindConnectionError || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it ends with %v", err)
	}
}

func TestACallThatIsCancelledAfterItWasSentHasAnUnknownOutcome(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	tries := 0
	client := serve(t, func(_ http.ResponseWriter, request *http.Request) {
		tries++
		// The server only notices that the client has gone when it has read the request.
		_, _ = io.Copy(io.Discard, request.Body)
		cancel()
		<-request.Context().Done()
	})
	_, err := client.CreatePaymentIntent(ctx, smallIntent, mpspgw.WithIdempotencyKey("order_1"))
	failure := failureOf(t, err)
	if failure.Kind != mpspgw.KindUnknownOutcome || failure.IdempotencyKey != "order_1" ||
		!errors.Is(err, context.Canceled) || tries != 1 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}

func TestReadingThatIsCancelledIsAConnectionError(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	client := serve(t, func(_ http.ResponseWriter, request *http.Request) {
		cancel()
		<-request.Context().Done()
	})
	_, err := client.RetrievePaymentIntent(ctx, "pi_1")
	if mpspgw.KindOf(err) != mpspgw.KindConnectionError || !errors.Is(err, context.Canceled) {
		t.Errorf("it ends with %v", err)
	}
}

func TestACallThatIsCancelledBetweenTwoTriesEndsByWhatIsOpen(t *testing.T) {
	for status, want := range map[int]mpspgw.Kind{
		429: mpspgw.KindConnectionError, 503: mpspgw.KindUnknownOutcome,
	} {
		ctx, cancel := context.WithCancel(context.Background())
		client := mpspgw.NewClient(mpspgw.ClientConfig{
			BaseURL: "https://pgw.example.com", APIKey: testKeyID, SecretKey: testSecret,
			HTTPClient: &http.Client{Transport: answering(status, "")},
			Testing: mpspgw.Testing{Sleep: func(ctx context.Context, _ time.Duration) error {
				cancel()
				return ctx.Err()
			}},
		})
		_, err := client.CreatePaymentIntent(ctx, smallIntent)
		failure := failureOf(t, err)
		if failure.Kind != want || failure.Status != 0 || !errors.Is(err, context.Canceled) {
			t.Errorf("after %d: %v", status, err)
		}
	}
}

func TestATryEndsWithItsTime(t *testing.T) {
	tries := 0
	client := clientOver(func(request *http.Request) (*http.Response, error) {
		if tries++; tries > 1 {
			return answering(201, intentJSON)(request)
		}
		<-request.Context().Done()
		return nil, request.Context().Err()
	})
	_, err := client.CreatePaymentIntent(context.Background(), smallIntent, mpspgw.WithTimeout(time.Millisecond))
	// The second try has a millisecond, too, and a busy machine may not manage even that.
	if (err != nil && !errors.Is(err, context.DeadlineExceeded)) || tries < 2 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}

func TestAWaitBeyondTheCallersDeadlineIsNotBegun(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	tries := 0
	client := clientOver(func(*http.Request) (*http.Response, error) {
		tries++
		return &http.Response{
			StatusCode: 429,
			Header:     http.Header{"Retry-After": {"7200"}},
			Body:       http.NoBody,
		}, nil
	})
	_, err := client.RetrievePaymentIntent(ctx, "pi_1", mpspgw.WithDeadline(24*time.Hour))
	failure := failureOf(t, err)
	if failure.Kind != mpspgw.KindRateLimitExceeded || tries != 1 || *failure.RetryAfterSeconds != 7200 {
		t.Errorf("after %d tries: %v", tries, err)
	}
}

func TestNetHTTPRepeatsNothingByItself(t *testing.T) {
	var changes atomic.Int32
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		if request.Method == http.MethodGet {
			answer(response, 200, intentJSON)
			return
		}
		changes.Add(1)
		hangUp(t, response)
	})
	ctx, once := context.Background(), mpspgw.WithMaxRetries(0)
	for name, change := range map[string]func() error{
		"POST":   func() error { _, err := client.CreatePaymentIntent(ctx, smallIntent, once); return err },
		"DELETE": func() error { _, err := client.DeleteWebhookEndpoint(ctx, "we_1", once); return err },
	} {
		changes.Store(0)
		// The connection is kept, and net/http would repeat a request on it that has an Idempotency-Key.
		if _, err := client.RetrievePaymentIntent(ctx, "pi_1"); err != nil {
			t.Fatal(err)
		}
		if err := change(); !mpspgw.IsUnknownOutcome(err) || changes.Load() != 1 {
			t.Errorf("%s came %d times: %v", name, changes.Load(), err)
		}
	}
}

func TestADeleteHasNoBody(t *testing.T) {
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		if body := checkSignature(t, request); len(body) > 0 || len(request.TransferEncoding) > 0 ||
			request.Header.Get("Content-Length") != "" || request.Header.Get("Content-Type") != "" {
			t.Errorf("it came with %q and %v, %v", body, request.TransferEncoding, request.Header)
		}
		answer(response, 200, `{"id":"we_1"}`)
	})
	if _, err := client.DeleteWebhookEndpoint(context.Background(), "we_1"); err != nil {
		t.Error(err)
	}
}

func TestWhatIsSentWithoutNetHTTPMayHaveBeenDone(t *testing.T) {
	elsewhere := &http.Transport{TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}}
	// Another implementation of a protocol, which knows nothing of traces.
	elsewhere.RegisterProtocol("https", transport(func(*http.Request) (*http.Response, error) {
		return nil, errors.New("the stream was reset")
	}))
	client := mpspgw.NewClient(mpspgw.ClientConfig{
		BaseURL: "https://pgw.example.com", APIKey: testKeyID, SecretKey: testSecret, Testing: instantly,
		HTTPClient: &http.Client{Transport: elsewhere},
	})
	if _, err := client.CreatePaymentIntent(context.Background(), smallIntent); !mpspgw.IsUnknownOutcome(err) {
		t.Errorf("it ends with %v", err)
	}
}

func TestAConnectionIsUsedAgain(t *testing.T) {
	var connections atomic.Int32
	tries := 0
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		switch tries++; tries % 3 {
		case 0:
			answer(response, 503, `{"code":"internal_error","message":"m"}`)
		case 1:
			answer(response, 404, `<html>`+strings.Repeat("x", 100_000))
		default:
			answer(response, 200, intentJSON)
		}
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client := clientAt(server.URL)
	for range 9 {
		_, _ = client.RetrievePaymentIntent(context.Background(), "pi_1")
	}
	if connections.Load() != 1 {
		t.Errorf("%d connections for %d requests", connections.Load(), tries)
	}
}

func TestOneDeadConnectionIsThatOfOneTry(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if request.ProtoMajor != 1 && request.URL.Path != "/usual" {
			t.Errorf("it came by %s, where all calls share a connection", request.Proto)
		}
		answer(response, 200, intentJSON)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	usual := http.DefaultTransport
	defer func() { http.DefaultTransport = usual }()
	http.DefaultTransport = server.Client().Transport
	// The usual transport has spoken HTTP/2 already, and a copy of it knows how.
	if answered, err := http.Get(server.URL + "/usual"); err != nil || answered.Body.Close() != nil {
		t.Fatal(err)
	}
	if _, err := clientAt(server.URL).RetrievePaymentIntent(context.Background(), "pi_1"); err != nil {
		t.Error(err)
	}
}

func TestRedirectsAreNotFollowedAndCookiesAreNotKept(t *testing.T) {
	address := serveAt(t, func(response http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/elsewhere" || request.Header.Get("Cookie") != "" {
			t.Errorf("%s came with %q", request.URL.Path, request.Header.Get("Cookie"))
		}
		http.SetCookie(response, &http.Cookie{Name: "a", Value: "b"})
		http.Redirect(response, request, "/elsewhere", http.StatusTemporaryRedirect)
	})
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	followed := false
	given := &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		followed = true
		return nil
	}}
	client := mpspgw.NewClient(mpspgw.ClientConfig{
		BaseURL: address, APIKey: testKeyID, SecretKey: testSecret, HTTPClient: given,
	})
	for range 2 {
		_, err := client.RetrievePaymentIntent(context.Background(), "pi_1")
		if mpspgw.KindOf(err) != mpspgw.KindInvalidResponse || failureOf(t, err).Status != 307 {
			t.Errorf("it ends with %v", err)
		}
	}
	if followed || given.CheckRedirect == nil || given.Jar == nil {
		t.Error("the caller's client was used or changed")
	}
}

func TestARedirectToNowhereIsARedirect(t *testing.T) {
	for _, location := range []string{"", "http://[::1", "%zz"} {
		tries := 0
		client := serve(t, func(response http.ResponseWriter, _ *http.Request) {
			tries++
			response.Header()["Location"] = []string{location}
			response.WriteHeader(http.StatusFound)
		})
		_, err := client.CreatePaymentIntent(context.Background(), smallIntent)
		if failure := failureOf(t, err); failure.Kind != mpspgw.KindInvalidResponse || failure.Status != 302 || tries != 1 {
			t.Errorf("to %q, after %d tries: %v", location, tries, err)
		}
	}
}

func TestAGatewayThatIsNotReadySaysWhatIsMissing(t *testing.T) {
	ctx := context.Background()
	notReady := answering(503, `{"status":"unavailable","checks":{"database":"failed"}}`)
	readiness, err := clientOver(notReady).RetrieveReadiness(ctx)
	if err != nil || readiness.Status != "unavailable" || readiness.Checks.Database != "failed" {
		t.Errorf("%+v, %v", readiness, err)
	}
	if _, err = clientOver(notReady).RetrieveHealth(ctx); mpspgw.KindOf(err) != mpspgw.KindInternalError {
		t.Errorf("another operation ends with %v", err)
	}
	for _, body := range []string{"", "<h1>Service Unavailable</h1>", `{"code":"internal_error","message":"This gateway is stopping."}`} {
		tries := 0
		_, err = clientOver(func(request *http.Request) (*http.Response, error) {
			tries++
			return answering(503, body)(request)
		}).RetrieveReadiness(ctx)
		if mpspgw.KindOf(err) != mpspgw.KindInternalError || tries != 4 {
			t.Errorf("with %q it ends after %d tries with %v", body, tries, err)
		}
	}
}

func TestAnAnswerWithoutAnEndIsReadOnlySoFar(t *testing.T) {
	client := serve(t, func(response http.ResponseWriter, request *http.Request) {
		answer(response, 200, `{"id":"`)
		for block := strings.Repeat("x", 1<<20); request.Context().Err() == nil; {
			if _, err := io.WriteString(response, block); err != nil {
				return
			}
		}
	})
	_, err := client.RetrievePaymentIntent(context.Background(), "pi_1")
	if mpspgw.KindOf(err) != mpspgw.KindInvalidResponse {
		t.Errorf("it ends with %v", err)
	}
}

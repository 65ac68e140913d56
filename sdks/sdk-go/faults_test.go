// What becomes of a call when the network, the gateway or the caller gives up. The rules themselves are proven by the
// common vectors; here are real connections, and contexts, which only Go has.

package mpspgw_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
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

func TestTheErrorOfACallThatIsEndedHasTheEndAndItsCause(t *testing.T) {
	cause := errors.New("another goroutine has failed")
	for _, retries := range []int{0, 3} {
		ctx, cancel := context.WithCancelCause(context.Background())
		client := mpspgw.NewClient(mpspgw.ClientConfig{
			BaseURL: serveAt(t, func(_ http.ResponseWriter, request *http.Request) {
				_, _ = io.Copy(io.Discard, request.Body)
				cancel(cause)
				<-request.Context().Done()
			}),
			APIKey: testKeyID, SecretKey: testSecret,
		})
		_, sent := client.CreatePaymentIntent(ctx, smallIntent, mpspgw.WithMaxRetries(retries))
		_, notSent := client.CreatePaymentIntent(ctx, smallIntent, mpspgw.WithMaxRetries(retries))
		if !mpspgw.IsUnknownOutcome(sent) || mpspgw.KindOf(notSent) != mpspgw.KindConnectionError {
			t.Errorf("they end with %v and %v", sent, notSent)
		}
		for _, err := range []error{sent, notSent} {
			if !errors.Is(err, context.Canceled) || !errors.Is(err, cause) {
				t.Errorf("with %d retries it says only %v", retries, err)
			}
		}
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

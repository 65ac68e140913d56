// What net/http must not do for us, and what it is given and left with: one request for a try, no redirect, no connection
// or body that outlives it.

package mpspgw_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

// noticed is a body that says whether it was closed.
type noticed struct {
	io.Reader
	closed *bool
}

func (n noticed) Close() error {
	*n.closed = true
	return nil
}

func TestNothingOfATryOutlivesIt(t *testing.T) {
	var ofTry context.Context
	closed := false
	client := clientOver(func(request *http.Request) (*http.Response, error) {
		ofTry = request.Context()
		body := noticed{strings.NewReader(intentJSON), &closed}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: body}, nil
	})
	_, err := client.RetrievePaymentIntent(context.Background(), "pi_1")
	if err != nil || !closed || !errors.Is(ofTry.Err(), context.Canceled) {
		t.Errorf("%v: the body is closed: %v; its time has ended: %v", err, closed, ofTry.Err())
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

func TestConnectionsAreKeptForAsManyCallsAsThereWereAtOnce(t *testing.T) {
	const many = 10
	var connections atomic.Int32
	var here sync.WaitGroup
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(response http.ResponseWriter, _ *http.Request) {
		here.Done()
		here.Wait()
		answer(response, 200, intentJSON)
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	client := clientAt(server.URL)
	for range 3 {
		here.Add(many)
		atOnce(many, func() {
			if _, err := client.RetrievePaymentIntent(context.Background(), "pi_1"); err != nil {
				t.Error(err)
			}
		})
	}
	if connections.Load() != many {
		t.Errorf("%d connections for %d calls at once", connections.Load(), many)
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
	for beyond, want := range []mpspgw.Kind{"", mpspgw.KindInvalidResponse} {
		padded := intentJSON + strings.Repeat(" ", 10<<20+beyond-len(intentJSON))
		if _, err := clientOver(answering(200, padded)).RetrievePaymentIntent(context.Background(), "pi_1"); mpspgw.KindOf(err) != want {
			t.Errorf("%d bytes end with %v", len(padded), err)
		}
	}
}

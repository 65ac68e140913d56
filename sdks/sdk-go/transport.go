// One try on the wire: its time, how much of an answer is read, and whether it can have reached the gateway at all.

package mpspgw

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
)

// The longest answer that is read. A page of a hundred payments with full metadata has some three MiB, so what is longer
// is not the gateway's.
const longestAnswer = 10 << 20

// readOnce hides from net/http that a body could be read again, or that there is none. Otherwise it repeats a request by
// itself when a kept connection turns out to be closed: without our count, and with the signature of the try before.
type readOnce struct{ *bytes.Reader }

func (readOnce) Close() error { return nil }

// withoutLocation keeps an http.Client from following redirects. Its CheckRedirect would come too late for a Location
// that is no address: that is an error of net/http, which hides the answer.
type withoutLocation struct{ http.RoundTripper }

func (w withoutLocation) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := w.RoundTripper.RoundTrip(request)
	if response != nil {
		response.Header.Del("Location")
	}
	return response, err
}

// try sends the request once and reads the answer to its end.
func (c *Client) try(ctx context.Context, asked *call) *answer {
	left := asked.deadline.Sub(c.config.Testing.Now())
	inTime, cancel := context.WithTimeout(ctx, min(asked.options.timeout, left))
	defer cancel()
	if inTime.Err() != nil {
		return &answer{err: context.Cause(inTime), neverLeft: true}
	}
	watch := &connectionWatch{}
	attempt, err := c.newHTTPRequest(httptrace.WithClientTrace(inTime, watch.trace()), asked)
	if err != nil {
		return &answer{err: err, neverLeft: true}
	}
	response, err := c.http.Do(attempt)
	if err != nil {
		return &answer{err: err, neverLeft: watch.neverConnected(err)}
	}
	defer response.Body.Close()
	// Reading to the end also lets the connection be used again.
	body, err := io.ReadAll(io.LimitReader(response.Body, longestAnswer+1))
	if err != nil {
		return &answer{err: fmt.Errorf("the answer was cut off: %w", err)}
	}
	if len(body) > longestAnswer {
		body = nil
	}
	result := &answer{status: response.StatusCode, header: response.Header, body: body}
	result.retryAfter = readRetryAfter(response.Header, c.config.Testing.Now())
	if !result.is2xx() {
		result.refusal = readRefusal(result.body)
	}
	return result
}

// connectionWatch sees whether a connection was ever there to send on.
type connectionWatch struct{ wanted, got atomic.Bool }

func (w *connectionWatch) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { w.wanted.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { w.got.Store(true) },
	}
}

// neverConnected: there was no connection to send on. Whoever sends without net/http calls no trace; then only an error
// that is of connecting proves it.
func (w *connectionWatch) neverConnected(err error) bool {
	return !w.got.Load() && (w.wanted.Load() || isOfConnecting(err))
}

// isOfConnecting tells errors that come before a request is sent: no address, nobody there, another certificate.
func isOfConnecting(err error) bool {
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" {
		return true
	}
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	return errors.As(err, &name) || errors.As(err, &certificate) || errors.As(err, &authority) ||
		errors.As(err, &host)
}

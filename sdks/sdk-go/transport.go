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
	"mime"
	"net"
	"net/http"
	"net/http/httptrace"
	"slices"
	"sync/atomic"
)

// The longest answer that is read. A page of a hundred payments with full metadata has some three MiB, so what is longer
// is not the gateway's.
const longestAnswer = 10 << 20

// A file is kept in memory as a whole: room for a million sales.
const longestFile = 512 << 20

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
	longest, isFile := int64(longestAnswer), asked.isFile(response)
	if isFile {
		longest = longestFile
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, longest+1))
	if err != nil {
		return &answer{err: fmt.Errorf("the answer was cut off: %w", err)}
	}
	wrongType := response.StatusCode < 300 && len(asked.fileTypes) > 0 && !isFile
	if int64(len(body)) > longest || wrongType {
		body = nil
	}
	result := &answer{status: response.StatusCode, header: response.Header, body: body}
	result.retryAfter = readRetryAfter(response.Header, c.config.Testing.Now())
	if !result.is2xx() {
		result.refusal = readRefusal(result.body)
	}
	return result
}

// isFile tells an answer that is no error and of a type that the file may have: a page of a proxy's is none.
func (c *call) isFile(response *http.Response) bool {
	mediaType, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	return err == nil && response.StatusCode >= 200 && response.StatusCode < 300 && slices.Contains(c.fileTypes, mediaType)
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

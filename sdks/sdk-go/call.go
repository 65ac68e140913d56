// One call: its tries, the waits between them, and how it ends. The rules are those of sdks/README.md.

package mpspgw

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	firstWait   = 500 * time.Millisecond
	longestWait = 8 * time.Second
	// More seconds than these, some 292 years, overflow a time.Duration, and what overflows would be no wait at all.
	longestSeconds = int64(math.MaxInt64 / time.Second)
)

// request is what an operation asks for, before it is signed.
type request struct {
	method string
	// path is as in openapi.json: /v1/payment_intents/{id}/capture. values stand for its braces, in order.
	path   string
	values []string
	query  url.Values
	// body becomes JSON; nil means no body.
	body any
	// alsoAnswers is a status besides 2xx that is an answer and no error, or 0.
	alsoAnswers int
	// fileTypes are the media types that the answer may have when it is a file, and none when it is JSON.
	fileTypes []string
}

// call is a request that is on its way, through all its tries.
type call struct {
	method string
	// target is the path and the query as the gateway receives them, and as they are signed.
	target      string
	body        []byte
	key         string
	alsoAnswers int
	fileTypes   []string
	options     callOptions
	deadline    time.Time
}

// changes tells requests that need an idempotency key, and whose outcome matters.
func (c *call) changes() bool { return c.method != http.MethodGet }

// send makes a call and reads its answer into a T.
func send[T any](ctx context.Context, client *Client, asked request, options []CallOption) (*T, error) {
	result, _, err := sendForHeader[T](ctx, client, asked, options)
	return result, err
}

// sendForHeader is send, with the headers of the answer, which lead to the next page.
func sendForHeader[T any](
	ctx context.Context, client *Client, asked request, options []CallOption,
) (*T, http.Header, error) {
	prepared, err := client.prepare(asked, options)
	if err != nil {
		return nil, nil, err
	}
	var result *T
	last, err := client.perform(ctx, prepared, func(body []byte) error {
		result = new(T)
		return readBody(body, result)
	})
	if err != nil {
		return nil, nil, err
	}
	return result, last.header, nil
}

// sendForFile makes a call that is answered with a file.
func sendForFile(ctx context.Context, client *Client, asked request, options []CallOption) ([]byte, error) {
	prepared, err := client.prepare(asked, options)
	if err != nil {
		return nil, err
	}
	last, err := client.perform(ctx, prepared, func(body []byte) error {
		// No file of the gateway's is empty: what was too long, or is of another type, has been emptied.
		if len(body) == 0 {
			return errors.New("the body is no file of the gateway's")
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return last.body, nil
}

// readBody refuses null, which encoding/json would take for an object or a list with nothing in it.
func readBody(body []byte, into any) error {
	if string(bytes.TrimSpace(body)) == "null" {
		return errors.New("the body is null")
	}
	return json.Unmarshal(body, into)
}

// prepare makes everything that is the same in every try, or refuses what can be no request.
func (c *Client) prepare(asked request, given []CallOption) (*call, error) {
	if c.wrong != nil {
		wrong := *c.wrong
		return nil, &wrong
	}
	if c.base == nil {
		return nil, refuse("Client", "This client is empty: make one with NewClient.")
	}
	options := c.optionsOf(given)
	target, err := asked.target()
	if err != nil {
		return nil, err
	}
	prepared := &call{method: asked.method, target: target, options: options}
	prepared.alsoAnswers, prepared.fileTypes = asked.alsoAnswers, asked.fileTypes
	if asked.body != nil {
		prepared.body, err = json.Marshal(asked.body)
		if err != nil {
			failure := refuse("", "The request cannot be written as JSON.")
			failure.Cause = err
			return nil, failure
		}
	}
	if prepared.changes() {
		if prepared.key, err = idempotencyKey(options); err != nil {
			return nil, err
		}
	}
	return prepared, nil
}

// target puts the ids into the path. An id that is empty or only dots would lead to another operation.
func (r request) target() (string, error) {
	target := r.path
	for _, value := range r.values {
		before, rest, _ := strings.Cut(target, "{")
		name, after, _ := strings.Cut(rest, "}")
		if strings.Trim(value, ".") == "" {
			return "", refuse(name, fmt.Sprintf("%s must be an id, not %q.", name, value))
		}
		target = before + url.PathEscape(value) + after
	}
	if query := r.query.Encode(); query != "" {
		target += "?" + query
	}
	return target, nil
}

func idempotencyKey(options callOptions) (string, error) {
	key := options.idempotencyKey
	if !options.hasKey {
		return makeUUID(), nil
	}
	printable := strings.IndexFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) < 0
	if !printable || len(key) > 255 || strings.TrimSpace(key) != key || key == "" {
		return "", refuse("idempotency_key", "An idempotency key has 1 to 255 printable ASCII characters.")
	}
	return key, nil
}

// makeUUID makes a random UUID, version 4 of RFC 9562.
func makeUUID() string {
	var bits [16]byte
	if _, err := rand.Read(bits[:]); err != nil {
		// As of Go 1.24 it ends the program by itself. A key that is not random would stand for two payments.
		panic("mpspgw: there is no randomness: " + err.Error())
	}
	bits[6] = bits[6]&0x0f | 0x40
	bits[8] = bits[8]&0x3f | 0x80
	text := hex.EncodeToString(bits[:])
	return strings.Join([]string{text[:8], text[8:12], text[12:16], text[16:20], text[20:]}, "-")
}

// perform tries until the call succeeds or ends. read decides whether a 2xx body is one that the caller can use.
func (c *Client) perform(ctx context.Context, asked *call, read func([]byte) error) (*answer, error) {
	now := c.config.Testing.Now
	asked.deadline = now().Add(asked.options.deadline)
	open := false
	for tries := 1; ; tries++ {
		last := c.try(ctx, asked)
		last.err = withEnd(ctx, last.err)
		if last.isFor(asked) {
			if last.unreadable = read(last.body); last.unreadable == nil {
				return last, nil
			}
		}
		switch last.effect() {
		case effectUnknown:
			open = asked.changes()
		case effectSettled:
			open = false
		}
		wait := c.waitBefore(tries, last)
		inTime := now().Add(wait).Before(asked.deadline) && !endsWithin(ctx, wait)
		if tries > asked.options.maxRetries || !last.mayBeTriedAgain() || !inTime {
			return nil, last.makeError(open, asked.key)
		}
		if err := c.config.Testing.Sleep(ctx, wait); err != nil {
			// The caller has ended the call. What is open stays open.
			last = &answer{err: withEnd(ctx, err), neverLeft: true}
			return nil, last.makeError(open, asked.key)
		}
	}
}

// waitBefore is the time before the retry that follows so many tries, in whole milliseconds.
func (c *Client) waitBefore(tries int, last *answer) time.Duration {
	backoff := math.Min(float64(longestWait), float64(firstWait)*math.Pow(2, float64(tries-1)))
	wait := time.Duration(backoff * (0.5 + c.config.Testing.Random()/2)).Truncate(time.Millisecond)
	if last.retryAfter != nil {
		wait = max(wait, time.Duration(min(*last.retryAfter, longestSeconds))*time.Second)
	}
	return wait
}

// withEnd says that the caller's context has ended, where it has and an error tells only the cause that it was given.
func withEnd(ctx context.Context, err error) error {
	end := ctx.Err()
	if err == nil || end == nil || errors.Is(err, end) {
		return err
	}
	return fmt.Errorf("%w: %w", end, err)
}

// endsWithin tells that the caller's own deadline comes before the wait would be over.
func endsWithin(ctx context.Context, wait time.Duration) bool {
	deadline, has := ctx.Deadline()
	return has && !time.Now().Add(wait).Before(deadline)
}

// newHTTPRequest makes one try of a call. It is signed anew each time, because a signature is of its second.
func (c *Client) newHTTPRequest(ctx context.Context, asked *call) (*http.Request, error) {
	// A base URL may have a path, which the proxy that has put the gateway there takes off: it is not signed.
	attempt, err := http.NewRequestWithContext(ctx, asked.method, c.base.String()+asked.target, nil)
	if err != nil {
		return nil, err
	}
	if asked.changes() {
		attempt.Body = readOnce{bytes.NewReader(asked.body)}
		attempt.ContentLength = int64(len(asked.body))
		attempt.Header.Set("Idempotency-Key", asked.key)
	}
	if asked.body != nil {
		attempt.Header.Set("Content-Type", "application/json")
	}
	attempt.Header.Set("Accept", "application/json")
	if len(asked.fileTypes) > 0 {
		attempt.Header.Set("Accept", strings.Join(asked.fileTypes, ", "))
	}
	attempt.Header.Set("User-Agent", "mpac-pgw-sdk-go/"+Version)
	attempt.Header.Set("Authorization", c.signer.sign(c.config.Testing.Now(), asked.key, RequestToSign{
		Method: asked.method,
		Target: asked.target,
		Body:   asked.body,
	}))
	return attempt, nil
}

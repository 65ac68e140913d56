// What came of one try, and what that means: whether it may have been carried out, whether it may be tried again, and
// which kind of error it would be. Everything that can go wrong with money is decided here, without looking elsewhere.

package mpspgw

import (
	"context"
	"errors"
	"net/http"
	"strconv"
)

// answer is what came of one try: an HTTP answer, or the error that came in its place.
type answer struct {
	status int
	header http.Header
	body   []byte
	// err is why there is no answer, or none that could be read to its end.
	err error
	// neverLeft says that the try provably did not reach the gateway. It means something only with err.
	neverLeft bool
	// unreadable is why a 2xx answer is of no use.
	unreadable error
	refusal    refusal
	// retryAfter is how many seconds the answer asks to wait, or nil.
	retryAfter *int64
}

// effect is what a try says about what the call wants to change.
type effect int

const (
	// effectNone: it was not carried out. What earlier tries may have done is as open as before.
	effectNone effect = iota
	// effectUnknown: it may have been carried out.
	effectUnknown
	// effectSettled: the answer is the truth about this try, and about the earlier ones with the same key.
	effectSettled
)

func (a *answer) is2xx() bool { return a.err == nil && a.status >= 200 && a.status <= 299 }

// isFor tells answers that may be what was asked for. A status that is an answer of this call is an error all the same
// when the gateway says so.
func (a *answer) isFor(asked *call) bool {
	return a.is2xx() || a.err == nil && a.status == asked.alsoAnswers && !a.refusal.fromGateway
}

// isOfProvider tells the gateway's answers about a provider.
func (a *answer) isOfProvider() bool {
	return (a.status == http.StatusBadGateway || a.status == http.StatusGatewayTimeout) &&
		Kind(a.refusal.code) == KindProviderError
}

// isFinal: the provider has refused for good. With an outcome or a Retry-After it is only silent.
func (a *answer) isFinal() bool {
	_, hasOutcome := a.refusal.details["outcome"]
	return a.status == http.StatusBadGateway && a.isOfProvider() && !hasOutcome && a.retryAfter == nil
}

// isRunning: the first request with this key is still at work.
func (a *answer) isRunning() bool { return a.status == http.StatusConflict && a.retryAfter != nil }

// effect follows the paragraph "Unknown is not failed" of sdks/README.md, for a try that was no success.
func (a *answer) effect() effect {
	switch {
	case a.err != nil && a.neverLeft:
		return effectNone
	case a.err != nil, a.isRunning(), a.is2xx():
		return effectUnknown
	case a.isFinal():
		return effectSettled
	case a.isOfProvider() && a.refusal.details["outcome"] == "not_begun":
		return effectNone
	case a.status >= 500:
		return effectUnknown
	}
	switch a.status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestTimeout, http.StatusTooManyRequests:
		// These look at who asks and when, and not at what was done before.
		return effectNone
	}
	if a.status >= 400 && a.refusal.fromGateway {
		return effectSettled
	}
	return effectNone
}

// mayBeTriedAgain follows the paragraph "Retries" of sdks/README.md.
func (a *answer) mayBeTriedAgain() bool {
	switch {
	case a.err != nil, a.isRunning():
		return true
	case a.status >= 500:
		return !a.isFinal()
	}
	return a.status == http.StatusRequestTimeout || a.status == http.StatusTooManyRequests
}

// kind is the kind of error that this answer is, unless the outcome of the call is unknown. A code counts only with its
// status, and one that is not known becomes the kind of its status.
func (a *answer) kind() Kind {
	switch {
	case a.err != nil:
		return KindConnectionError
	case a.status < 400:
		return KindInvalidResponse
	case a.isOfProvider():
		return KindProviderError
	case a.status >= 500:
		return KindInternalError
	}
	code := Kind(a.refusal.code)
	switch a.status {
	case http.StatusBadRequest:
		if code == KindProviderNotSupported {
			return code
		}
	case http.StatusUnauthorized:
		if code == KindInvalidToken {
			return code
		}
		return KindAuthenticationError
	case http.StatusForbidden:
		return KindForbidden
	case http.StatusNotFound:
		return KindNotFound
	case http.StatusConflict:
		if code == KindIdempotencyConflict || code == KindInvalidPaymentState {
			return code
		}
		return KindConflict
	case http.StatusTooManyRequests:
		return KindRateLimitExceeded
	}
	return KindInvalidRequest
}

// makeError is how the call ends with this answer. open says that this or an earlier try may have been carried out.
func (a *answer) makeError(open bool, key string) *Error {
	failure := &Error{
		Kind:              a.kind(),
		Status:            a.status,
		Code:              a.refusal.code,
		Message:           a.refusal.message,
		Param:             a.refusal.param,
		Details:           a.refusal.details,
		RequestID:         a.refusal.requestID,
		RetryAfterSeconds: a.retryAfter,
		IdempotencyKey:    key,
		Cause:             a.err,
	}
	if a.unreadable != nil {
		failure.Cause = a.unreadable
	}
	if open {
		failure.Kind = KindUnknownOutcome
	}
	if failure.Code == "" {
		failure.Code = string(failure.Kind)
	}
	if failure.RequestID == "" {
		failure.RequestID = a.header.Get("X-Request-Id")
	}
	if failure.Message == "" {
		failure.Message = a.ownWords(open)
	}
	return failure
}

// ownWords stand in where the gateway has said nothing.
func (a *answer) ownWords(open bool) string {
	switch {
	case open:
		return unknownOutcomeAdvice
	case errors.Is(a.err, context.Canceled), errors.Is(a.err, context.DeadlineExceeded):
		return "The call or its time ended before an answer came."
	case a.err != nil && a.neverLeft:
		return "The gateway was not reached; nothing was sent."
	case a.err != nil:
		return "No answer came from the gateway."
	case a.status < 300:
		return "The answer has a body that is not what was asked for."
	case a.status < 400:
		return "The answer is a redirect, which is not followed. Is ClientConfig.BaseURL the address of the gateway?"
	}
	return "The answer is " + strconv.Itoa(a.status) + " and not in the gateway's words. Is something in front of it?"
}

// What a call that did not succeed returns: one type, whose kind says what to do.

package mpspgw

import (
	"errors"
	"fmt"
	"strings"
)

// Kind is what an error means to the caller. Kinds that this version does not list may be added later.
type Kind string

// The kinds of errors, as sdks/README.md tells them apart.
const (
	// KindInvalidRequest is a request that the gateway refused, or that could not be one and was not sent (Status 0).
	KindInvalidRequest Kind = "invalid_request"
	// KindProviderNotSupported means that nobody can take this payment that way; nothing was taken.
	KindProviderNotSupported Kind = "provider_not_supported"
	// KindAuthenticationError is a signature, a key or a clock that is wrong.
	KindAuthenticationError Kind = "authentication_error"
	// KindInvalidToken is a payment token that is wrong, used up, expired or replaced.
	KindInvalidToken Kind = "invalid_token"
	// KindForbidden means that the key may not do this.
	KindForbidden Kind = "forbidden"
	// KindNotFound means that there is nothing by this id for this key.
	KindNotFound Kind = "not_found"
	// KindIdempotencyConflict means that the reference is taken, or that the key stands for another request.
	KindIdempotencyConflict Kind = "idempotency_conflict"
	// KindInvalidPaymentState means that the payment's status allows no such move; Details["status"] is the status.
	KindInvalidPaymentState Kind = "invalid_payment_state"
	// KindConflict is any other refusal because of what is there already.
	KindConflict Kind = "conflict"
	// KindRateLimitExceeded means: too many requests. RetryAfterSeconds says how long to wait.
	KindRateLimitExceeded Kind = "rate_limit_exceeded"
	// KindProviderError means that the provider refused; nothing was taken.
	KindProviderError Kind = "provider_error"
	// KindInternalError is a fault of the gateway, in answer to a request that changes nothing.
	KindInternalError Kind = "internal_error"
	// KindConnectionError means that no answer came, to a request that changes nothing or that provably never left.
	KindConnectionError Kind = "connection_error"
	// KindUnknownOutcome means that the request may have been carried out. Call again with the same IdempotencyKey, or
	// retrieve the payment; do not take the money another way.
	KindUnknownOutcome Kind = "unknown_outcome"
	// KindInvalidResponse is an answer that is none of the gateway's, to a request that changes nothing.
	KindInvalidResponse Kind = "invalid_response"
)

// Error is what every call returns that did not succeed. Get at it with errors.As:
//
//	var failure *mpspgw.Error
//	if errors.As(err, &failure) && failure.Kind == mpspgw.KindProviderNotSupported { … }
type Error struct {
	// Kind says what to do.
	Kind Kind
	// Status is the HTTP status of the last answer, or 0 where there was none.
	Status int
	// Code is error.code of the answer, the finer of its two codes (docs/errors.md lists them), or the kind.
	Code string
	// Message is one sentence for a person. Do not match on it.
	Message string
	// Param is the field that the error is about, in dots (metadata.order), or empty.
	Param string
	// Details are facts that go with the code, as JSON has them; a number is a json.Number.
	Details map[string]any
	// RequestID is what to quote when you ask for help.
	RequestID string
	// RetryAfterSeconds is how long the answer asks to wait, or nil where it does not. It may be more than a
	// time.Duration can hold.
	RetryAfterSeconds *int64
	// IdempotencyKey is the key under which the call went, or would have gone. It is empty for calls that change nothing.
	IdempotencyKey string
	// Cause is what stopped the call where that was no answer: a network error, or the end of the context.
	Cause error
}

const unknownOutcomeAdvice = "It is not known whether this was carried out. Call again with the same idempotency key, " +
	"or retrieve the payment; do not take the money another way."

// Error is one line with everything that helps to find the cause, and no secret.
func (e *Error) Error() string {
	var line strings.Builder
	line.WriteString("mpspgw: " + string(e.Kind))
	if e.Status != 0 {
		fmt.Fprintf(&line, " (%s)", strings.TrimSpace(fmt.Sprintf("%d %s", e.Status, e.Code)))
	}
	line.WriteString(": " + e.Message)
	if e.Kind == KindUnknownOutcome && e.Message != unknownOutcomeAdvice {
		line.WriteString(" " + unknownOutcomeAdvice)
	}
	for _, fact := range []struct{ name, value string }{
		{"param", e.Param}, {"idempotency_key", e.IdempotencyKey}, {"request_id", e.RequestID},
	} {
		if fact.value != "" {
			fmt.Fprintf(&line, " %s=%q", fact.name, fact.value)
		}
	}
	if e.Cause != nil {
		fmt.Fprintf(&line, ": %v", e.Cause)
	}
	return line.String()
}

// Unwrap returns the cause, so that errors.Is(err, context.DeadlineExceeded) and errors.As to a net error work.
func (e *Error) Unwrap() error { return e.Cause }

// IsUnknownOutcome tells whether what was asked for may have been carried out although the call did not succeed.
func IsUnknownOutcome(err error) bool { return KindOf(err) == KindUnknownOutcome }

// KindOf is the kind of an error of this package, or empty for any other error and nil.
func KindOf(err error) Kind {
	var failure *Error
	if !errors.As(err, &failure) {
		return ""
	}
	return failure.Kind
}

// refuse makes the error of a request that is not sent, because what was given can be none.
func refuse(param, message string) *Error {
	return &Error{Kind: KindInvalidRequest, Code: string(KindInvalidRequest), Param: param, Message: message}
}

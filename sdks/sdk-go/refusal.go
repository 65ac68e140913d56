// What the gateway says when it refuses, read from bodies that may also come from anything in front of it.

package mpspgw

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// refusal is the body of an answer that is no 2xx.
type refusal struct {
	code      string
	message   string
	param     string
	details   map[string]any
	requestID string
	// fromGateway is false for the words of a proxy, which prove nothing about a payment.
	fromGateway bool
}

// readRefusal takes a body for the gateway's when it is a JSON object with a text as error.code or code. Of any other
// body nothing is used, because nobody knows what stands in it.
func readRefusal(body []byte) refusal {
	var fields map[string]any
	if readExactly(body, &fields) != nil {
		return refusal{}
	}
	inner, _ := fields["error"].(map[string]any)
	details, _ := fields["details"].(map[string]any)
	code, fromGateway := firstText(inner["code"], fields["code"])
	if !fromGateway {
		return refusal{}
	}
	read := refusal{code: code, details: details, fromGateway: true}
	read.message, _ = firstText(inner["message"], fields["message"])
	read.param, _ = firstText(inner["param"], details["field"])
	read.requestID, _ = firstText(fields["request_id"])
	return read
}

// firstText passes over texts with nothing in them, which say nothing.
func firstText(values ...any) (string, bool) {
	for _, value := range values {
		if text, ok := value.(string); ok && text != "" {
			return text, true
		}
	}
	return "", false
}

// readRetryAfter reads whole seconds or an HTTP date, which is counted in seconds from now, rounded up, and 0 when it has
// passed. Anything else is as if it were not there.
func readRetryAfter(header http.Header, now time.Time) *int64 {
	text := strings.TrimSpace(header.Get("Retry-After"))
	if isDigits(text) {
		if seconds, err := strconv.ParseInt(text, 10, 64); err == nil {
			return &seconds
		}
	}
	at, err := time.Parse(http.TimeFormat, text)
	if err != nil {
		return nil
	}
	// The date is a whole second, so the seconds up to it, rounded up, are those from the second that has begun.
	return Ptr(max(0, at.Unix()-now.Unix()))
}

// isDigits is for numbers of up to 15 ASCII digits, which no reader can take for anything else.
func isDigits(text string) bool {
	if text == "" || len(text) > 15 {
		return false
	}
	return strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

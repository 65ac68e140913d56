// Webhooks: how a receiver knows that a delivery is the gateway's, unchanged and fresh. Signatures follow Standard
// Webhooks: HMAC-SHA256 over <id>.<timestamp>.<body>, one for each secret during a rotation.

package mpspgw

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// The headers of a delivery.
const (
	WebhookIDHeader        = "Webhook-Id"
	WebhookTimestampHeader = "Webhook-Timestamp"
	WebhookSignatureHeader = "Webhook-Signature"
)

const (
	secretPrefix       = "whsec_"
	shortestSecret     = 24
	longestSecret      = 64
	signatureVersion   = "v1,"
	defaultToleranceIs = 300 * time.Second
)

// WebhookReason is why a delivery was refused.
type WebhookReason string

// The reasons, in the order in which they are looked for.
const (
	// ReasonInvalidSecret is a mistake of ours, not of the sender: no secret was given, or one is not whsec_ and 24 to 64
	// bytes in base64.
	ReasonInvalidSecret WebhookReason = "invalid_secret"
	// ReasonMissingHeader means that one of the three headers is not there.
	ReasonMissingHeader WebhookReason = "missing_header"
	// ReasonMalformedHeader means that the time is no number, the id is empty or has a dot, or no signature is of v1.
	ReasonMalformedHeader WebhookReason = "malformed_header"
	// ReasonTooOld and ReasonTooNew are outside of the tolerance.
	ReasonTooOld WebhookReason = "too_old"
	ReasonTooNew WebhookReason = "too_new"
	// ReasonNoMatch means that no signature is of these secrets: another secret, or altered bytes.
	ReasonNoMatch WebhookReason = "no_match"
	// ReasonInvalidPayload means that the signature is right, and the body is no JSON object.
	ReasonInvalidPayload WebhookReason = "invalid_payload"
)

// WebhookError is what VerifyWebhook refuses with.
type WebhookError struct {
	Reason WebhookReason
	// Message is one sentence for a person. It holds nothing of the delivery.
	Message string
}

func (e *WebhookError) Error() string {
	return "mpspgw: webhook refused (" + string(e.Reason) + "): " + e.Message
}

// WebhookVerifier verifies deliveries. VerifyWebhook is the short form for what the zero values mean.
type WebhookVerifier struct {
	// Secrets are those of the endpoint (whsec_…); while one is being exchanged, both.
	Secrets []string
	// Tolerance is how far the time of a delivery may be from ours, either way and inclusive. Nil means 300 seconds.
	Tolerance *time.Duration
	// Now is for tests; nil means the real time.
	Now func() time.Time
}

// VerifyWebhook returns the event of a delivery, or a *WebhookError that says why it is none. payload is the body as it
// arrived, byte for byte, before any JSON parser has touched it. secrets are those of the endpoint; while one is being
// exchanged, give both. A delivery may come twice: remember the ids of the events that you have stored.
func VerifyWebhook(payload []byte, header http.Header, secrets ...string) (*WebhookEvent, error) {
	return WebhookVerifier{Secrets: secrets}.Verify(payload, header)
}

// Verify is VerifyWebhook with the verifier's secrets, tolerance and time.
func (v WebhookVerifier) Verify(payload []byte, header http.Header) (*WebhookEvent, error) {
	keys, err := webhookKeys(v.Secrets)
	if err != nil {
		return nil, err
	}
	id, timestamp, signatures, err := readWebhookHeaders(header)
	if err != nil {
		return nil, err
	}
	if err := v.checkTime(timestamp); err != nil {
		return nil, err
	}
	if !matchesAny(keys, id, timestamp, payload, signatures) {
		return nil, &WebhookError{ReasonNoMatch, "no signature is of these secrets; the body must be the bytes as they came"}
	}
	event := &WebhookEvent{}
	if err := readEvent(payload, event); err != nil {
		return nil, err
	}
	return event, nil
}

func (v WebhookVerifier) checkTime(timestamp string) error {
	now, tolerance := time.Now, defaultToleranceIs
	if v.Now != nil {
		now = v.Now
	}
	if v.Tolerance != nil {
		tolerance = *v.Tolerance
	}
	// 15 digits at most, which an int64 always holds.
	signed, _ := strconv.ParseInt(timestamp, 10, 64)
	age := now().Unix() - signed
	seconds := int64(tolerance / time.Second)
	if age > seconds {
		return &WebhookError{ReasonTooOld, "the delivery was signed too long ago, or this clock is fast"}
	}
	if -age > seconds {
		return &WebhookError{ReasonTooNew, "the delivery is signed in the future, or this clock is slow"}
	}
	return nil
}

// readEvent is lenient in what the fields are: the signature proves that the gateway means it.
func readEvent(payload []byte, event *WebhookEvent) error {
	refused := &WebhookError{ReasonInvalidPayload, "the body is no JSON object"}
	var fields map[string]json.RawMessage
	// encoding/json would put other letters in the place of bytes that are no UTF-8.
	if err := json.Unmarshal(payload, &fields); err != nil || fields == nil || !utf8.Valid(payload) {
		return refused
	}
	if err := json.Unmarshal(payload, event); err != nil {
		return &WebhookError{ReasonInvalidPayload, err.Error()}
	}
	return nil
}

// SignWebhook makes the headers of a delivery, for tests of those who receive them. With several secrets there is a
// signature under each, as during a rotation. It refuses an id that is empty or has a dot, and secrets that are none.
func SignWebhook(payload []byte, id string, at time.Time, secrets ...string) (http.Header, error) {
	keys, err := webhookKeys(secrets)
	if err != nil {
		return nil, err
	}
	if id == "" || strings.Contains(id, ".") {
		return nil, &WebhookError{ReasonMalformedHeader, "the id of a delivery is not empty and has no dot"}
	}
	timestamp := strconv.FormatInt(at.Unix(), 10)
	var signatures []string
	for _, key := range keys {
		signatures = append(signatures, webhookSignature(key, id, timestamp, payload))
	}
	return http.Header{
		WebhookIDHeader:        {id},
		WebhookTimestampHeader: {timestamp},
		WebhookSignatureHeader: {strings.Join(signatures, " ")},
	}, nil
}

// webhookKeys: the key is what the text decodes to, not the text itself.
func webhookKeys(secrets []string) ([][]byte, error) {
	if len(secrets) == 0 {
		return nil, &WebhookError{ReasonInvalidSecret, "give the secret of the endpoint (whsec_…)"}
	}
	var keys [][]byte
	for at, secret := range secrets {
		text, hasPrefix := strings.CutPrefix(secret, secretPrefix)
		key, err := base64.StdEncoding.DecodeString(text)
		// The decoder passes over line ends, which are no part of a secret.
		if !hasPrefix || err != nil || strings.ContainsAny(text, "\r\n") ||
			len(key) < shortestSecret || len(key) > longestSecret {
			return nil, &WebhookError{ReasonInvalidSecret, fmt.Sprintf(
				"secret %d of %d is not whsec_ followed by 24 to 64 bytes in base64", at+1, len(secrets))}
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func readWebhookHeaders(header http.Header) (id, timestamp string, signatures []string, err error) {
	values := map[string]string{}
	for _, name := range []string{WebhookIDHeader, WebhookTimestampHeader, WebhookSignatureHeader} {
		value, ok := findHeader(header, name)
		if !ok {
			return "", "", nil, &WebhookError{ReasonMissingHeader, "the header " + strings.ToLower(name) + " is missing"}
		}
		values[name] = value
	}
	id, timestamp = values[WebhookIDHeader], values[WebhookTimestampHeader]
	for _, signature := range strings.Split(values[WebhookSignatureHeader], " ") {
		if strings.HasPrefix(signature, signatureVersion) {
			signatures = append(signatures, signature)
		}
	}
	malformed := ""
	switch {
	case id == "" || strings.Contains(id, "."):
		malformed = "the id is empty or has a dot"
	case !isDigits(timestamp):
		malformed = "the time is not in seconds"
	case len(signatures) == 0:
		malformed = "there is no v1 signature"
	}
	if malformed != "" {
		return "", "", nil, &WebhookError{ReasonMalformedHeader, malformed}
	}
	return id, timestamp, signatures, nil
}

// findHeader also finds names that were put into the map as they came, and not as Go writes them. A header that came
// twice is one with a comma (RFC 9110, 5.3).
func findHeader(header http.Header, name string) (string, bool) {
	if values := header[name]; len(values) > 0 {
		return strings.Join(values, ", "), true
	}
	for written, values := range header {
		if strings.EqualFold(written, name) && len(values) > 0 {
			return strings.Join(values, ", "), true
		}
	}
	return "", false
}

func webhookSignature(key []byte, id, timestamp string, payload []byte) string {
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.", id, timestamp)
	mac.Write(payload)
	return signatureVersion + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// matchesAny compares as text and in constant time, and looks at every pair.
func matchesAny(keys [][]byte, id, timestamp string, payload []byte, signatures []string) bool {
	found := false
	for _, key := range keys {
		expected := []byte(webhookSignature(key, id, timestamp, payload))
		for _, signature := range signatures {
			if hmac.Equal(expected, []byte(signature)) {
				found = true
			}
		}
	}
	return found
}

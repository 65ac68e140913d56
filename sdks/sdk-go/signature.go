// Signed requests: what the gateway can check to know who is calling and that nothing was altered on the way.

package mpspgw

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"
)

// RequestToSign is one HTTP request as it will be sent.
type RequestToSign struct {
	// Method is in upper case.
	Method string
	// Target is the request target: the path and, where there is one, the query.
	Target string
	// Body is the exact bytes of the body; nil for none.
	Body []byte
}

// SignRequest returns the value of the Authorization header: HMAC-SHA256 <keyID>:<Unix seconds>:<signature>. The client
// signs by itself; this function is for requests that are sent another way. The gateway takes a signature for five
// minutes either way of its own clock.
func SignRequest(keyID, secretKey string, at time.Time, request RequestToSign) string {
	return authorize(keyID, signingKey(secretKey), at, request)
}

// signingKey is the text of the secret's SHA-256 in hex, 64 ASCII bytes, not the 32 bytes that it stands for.
func signingKey(secretKey string) []byte {
	digest := sha256.Sum256([]byte(secretKey))
	return []byte(hex.EncodeToString(digest[:]))
}

func authorize(keyID string, key []byte, at time.Time, request RequestToSign) string {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	digest := sha256.Sum256(request.Body)
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s\n%s\n%s\n%s", request.Method, request.Target, timestamp, hex.EncodeToString(digest[:]))
	return "HMAC-SHA256 " + keyID + ":" + timestamp + ":" + hex.EncodeToString(mac.Sum(nil))
}

// Signing of a client's requests. A signature is good for one idempotency key, so two calls that are alike, such as two
// refunds of ¥500, must not be signed for the same second.

package mpspgw

import (
	"sync"
	"time"
)

// The gateway takes signatures from up to 300 seconds in its future. The rest is left to clocks that differ.
const furthestAhead = 240

// signer remembers what it has signed for this second and later ones.
type signer struct {
	keyID string
	key   []byte
	lock  sync.Mutex
	// used has the idempotency key of each signature, by the second for which it is.
	used map[int64]map[string]string
}

func newSigner(keyID, secretKey string) *signer {
	return &signer{keyID: keyID, key: signingKey(secretKey), used: map[int64]map[string]string{}}
}

// sign returns the Authorization of a request, for now or for the first later second that no other call has taken. A
// request without a key changes nothing and may be signed alike.
func (s *signer) sign(now time.Time, idempotencyKey string, request RequestToSign) string {
	if idempotencyKey == "" {
		return authorize(s.keyID, s.key, now, request)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	for second := range s.used {
		if second < now.Unix() {
			delete(s.used, second)
		}
	}
	for at := now; ; at = at.Add(time.Second) {
		signed := authorize(s.keyID, s.key, at, request)
		taken := s.used[at.Unix()]
		if key, ok := taken[signed]; ok && key != idempotencyKey && at.Sub(now) < furthestAhead*time.Second {
			continue
		}
		if taken == nil {
			taken = map[string]string{}
			s.used[at.Unix()] = taken
		}
		taken[signed] = idempotencyKey
		return signed
	}
}

// Receiving webhooks with net/http.

package mpspgw

import (
	"context"
	"errors"
	"io"
	"net/http"
)

// The longest delivery that is read. The gateway's have some hundred KiB at most.
const longestDelivery = 1 << 20

// WebhookHandler receives deliveries. handle stores the event and returns when it is safe; the work is done later. The
// same event may come twice, so its id must be remembered.
//
// It answers 204 when handle returns nil. 500 when it returns an error, so that the gateway delivers again; the error is
// not in the answer. 400 to a delivery that is not genuine, 405 to another method than POST, 413 to a body above 1 MiB,
// and 500 when a secret is none, because that is no fault of the delivery. How long a body may take, and what becomes of a
// panic in handle, is for your http.Server to say.
func WebhookHandler(handle func(context.Context, *WebhookEvent) error, secrets ...string) http.Handler {
	return WebhookVerifier{Secrets: secrets}.Handler(handle)
}

// Handler is WebhookHandler with the verifier's secrets, tolerance and time.
func (v WebhookVerifier) Handler(handle func(context.Context, *WebhookEvent) error) http.Handler {
	return http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		if request.Method != http.MethodPost {
			response.Header().Set("Allow", http.MethodPost)
			http.Error(response, "Webhooks are delivered by POST.", http.StatusMethodNotAllowed)
			return
		}
		payload, err := io.ReadAll(http.MaxBytesReader(response, request.Body, longestDelivery))
		if err != nil {
			status := http.StatusBadRequest
			var tooLong *http.MaxBytesError
			if errors.As(err, &tooLong) {
				status = http.StatusRequestEntityTooLarge
			}
			http.Error(response, http.StatusText(status), status)
			return
		}
		event, err := v.Verify(payload, request.Header)
		if err != nil {
			status := http.StatusBadRequest
			var refused *WebhookError
			if errors.As(err, &refused) && refused.Reason == ReasonInvalidSecret {
				status = http.StatusInternalServerError
			}
			http.Error(response, http.StatusText(status), status)
			return
		}
		if err := handle(request.Context(), event); err != nil {
			http.Error(response, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
			return
		}
		response.WriteHeader(http.StatusNoContent)
	})
}

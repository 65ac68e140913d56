// The PaymentIntent guide's example in Go, a program as it stands. From here on letter by letter.
package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/google/uuid"
)

type CreatePaymentIntentRequest struct {
	MerchantRefID      string   `json:"merchant_ref_id"`
	Amount             int64    `json:"amount"`
	Currency           string   `json:"currency"`
	PaymentMethodTypes []string `json:"payment_method_types"`
	CaptureMethod      string   `json:"capture_method,omitempty"`
}

type PaymentIntent struct {
	ID                 string   `json:"id"`
	Object             string   `json:"object"`
	Status             string   `json:"status"`
	Amount             int64    `json:"amount"`
	Currency           string   `json:"currency"`
	PaymentMethodTypes []string `json:"payment_method_types"`
	PaymentToken       string   `json:"payment_token"`
	CaptureMethod      string   `json:"capture_method"`
	ExpiresAt          string   `json:"expires_at"`
	CreatedAt          string   `json:"created_at"`
}

func createPaymentIntent(req CreatePaymentIntentRequest) (*PaymentIntent, error) {
	baseURL := "https://api.pgw.mpac-cloud.com"
	path := "/v1/payment_intents"
	method := "POST"

	body, _ := json.Marshal(req)
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)

	// Calculate signature
	bodyHash := sha256.Sum256(body)
	message := fmt.Sprintf("%s\n%s\n%s\n%s", method, path, timestamp, hex.EncodeToString(bodyHash[:]))

	mac := hmac.New(sha256.New, []byte(os.Getenv("MPS_SECRET_KEY")))
	mac.Write([]byte(message))
	signature := hex.EncodeToString(mac.Sum(nil))

	// Create request
	httpReq, _ := http.NewRequest(method, baseURL+path, bytes.NewReader(body))
	httpReq.Header.Set("Content-Type", "application/json")
	httpReq.Header.Set("Authorization", fmt.Sprintf("HMAC-SHA256 %s:%s:%s",
		os.Getenv("MPS_MERCHANT_ID"), timestamp, signature))
	httpReq.Header.Set("Idempotency-Key", uuid.New().String())

	resp, err := http.DefaultClient.Do(httpReq)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()

	var pi PaymentIntent
	json.NewDecoder(resp.Body).Decode(&pi)
	return &pi, nil
}

func main() {
	pi, _ := createPaymentIntent(CreatePaymentIntentRequest{
		MerchantRefID:      "order_123",
		Amount:             1500,
		Currency:           "JPY",
		PaymentMethodTypes: []string{"qr_mpm", "credit_card", "cash"},
	})

	fmt.Printf("Payment Token: %s\n", pi.PaymentToken)
}

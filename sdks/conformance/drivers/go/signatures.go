// Vectors that need no client: signatures of requests and webhooks, and money.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

// body is a text, or bytes where it is no text.
type body struct {
	Text   *string `json:"body"`
	Base64 []byte  `json:"body_base64"`
}

func (b body) bytes() []byte {
	if b.Text != nil {
		return []byte(*b.Text)
	}
	return b.Base64
}

func answerRequestSignature(text json.RawMessage) error {
	var asked struct {
		body
		KeyID         string      `json:"key_id"`
		Secret        string      `json:"secret"`
		Method        string      `json:"method"`
		Target        string      `json:"target"`
		Timestamp     json.Number `json:"timestamp"`
		Signature     string      `json:"signature"`
		Authorization string      `json:"authorization"`
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	seconds, err := asked.Timestamp.Int64()
	if err != nil {
		return err
	}
	signed := mpspgw.SignRequest(asked.KeyID, asked.Secret, time.Unix(seconds, 0), mpspgw.RequestToSign{
		Method: asked.Method,
		Target: asked.Target,
		Body:   asked.bytes(),
	})
	if signed != asked.Authorization || !strings.HasSuffix(signed, ":"+asked.Signature) {
		return fmt.Errorf("the authorization is %s, not %s", signed, asked.Authorization)
	}
	return nil
}

// fields are one header: a text, or a list of them where it comes more than once.
type fields []string

func (f *fields) UnmarshalJSON(text []byte) error {
	if text[0] == '[' {
		return json.Unmarshal(text, (*[]string)(f))
	}
	*f = make(fields, 1)
	return json.Unmarshal(text, &(*f)[0])
}

func answerWebhookSignature(text json.RawMessage) error {
	var asked struct {
		body
		Secrets    []string          `json:"secrets"`
		Headers    map[string]fields `json:"headers"`
		NowSeconds int64             `json:"now_seconds"`
		Tolerance  *int64            `json:"tolerance_seconds"`
		Event      json.RawMessage   `json:"event"`
		Reason     string            `json:"reason"`
		Sign       *struct {
			ID               string `json:"id"`
			TimestampSeconds int64  `json:"timestamp_seconds"`
		} `json:"sign"`
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	header := http.Header{}
	for name, value := range asked.Headers {
		header[name] = value
	}
	verifier := mpspgw.WebhookVerifier{
		Secrets: asked.Secrets,
		Now:     func() time.Time { return time.Unix(asked.NowSeconds, 0) },
	}
	if asked.Tolerance != nil {
		verifier.Tolerance = mpspgw.Ptr(time.Duration(*asked.Tolerance) * time.Second)
	}
	event, err := verifier.Verify(asked.bytes(), header)
	if asked.Reason != "" {
		return refusedWith(err, asked.Reason)
	}
	if err != nil {
		return err
	}
	if err := compareJSON(asked.Event, event, "event"); err != nil || asked.Sign == nil {
		return err
	}
	at := time.Unix(asked.Sign.TimestampSeconds, 0)
	signed, err := mpspgw.SignWebhook(asked.bytes(), asked.Sign.ID, at, asked.Secrets...)
	if err != nil {
		return err
	}
	for name, value := range asked.Headers {
		if !slices.Equal(signed.Values(name), value) {
			return fmt.Errorf("sign gives %s: %s, not %s", name, signed.Values(name), value)
		}
	}
	return nil
}

func refusedWith(err error, reason string) error {
	var refused *mpspgw.WebhookError
	if !errors.As(err, &refused) {
		return fmt.Errorf("it is not refused with %s: %v", reason, err)
	}
	if string(refused.Reason) != reason {
		return fmt.Errorf("the reason is %s, not %s", refused.Reason, reason)
	}
	return nil
}

// compareJSON compares the fields that are named in expected.
func compareJSON(expected json.RawMessage, actual any, path string) error {
	wish, err := parse(expected)
	if err != nil {
		return err
	}
	found, err := plain(actual)
	if err != nil {
		return err
	}
	return mismatch(wish, found, path)
}

func answerMoney(text json.RawMessage) error {
	var asked struct {
		Call     string          `json:"call"`
		Input    json.RawMessage `json:"input"`
		Currency string          `json:"currency"`
		Output   json.RawMessage `json:"output"`
		Refused  bool            `json:"refused"`
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	var output any
	var err error
	if asked.Call == "to_minor_units" {
		output, err = withInput(asked.Input, func(decimal string) (int64, error) {
			return mpspgw.ToMinorUnits(decimal, asked.Currency)
		})
	} else {
		output, err = withInput(asked.Input, func(amount int64) (string, error) {
			return mpspgw.ToDecimal(amount, asked.Currency)
		})
	}
	if asked.Refused {
		if err == nil {
			return fmt.Errorf("it is not refused, but %v", output)
		}
		return nil
	}
	if err != nil {
		return err
	}
	written, err := json.Marshal(output)
	if err != nil {
		return err
	}
	if string(written) != string(asked.Output) {
		return fmt.Errorf("it is %s, not %s", written, asked.Output)
	}
	return nil
}

// withInput refuses an input that the types of Go do not let in. A null would be taken for a zero.
func withInput[In, Out any](text json.RawMessage, call func(In) (Out, error)) (Out, error) {
	var input *In
	var output Out
	if err := json.Unmarshal(text, &input); err != nil {
		return output, err
	}
	if input == nil {
		return output, errors.New("it is null")
	}
	return call(*input)
}

// Vectors of calls: a client whose transport, clock, sleep and chance are those of the case.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

const (
	keyID     = "ak_01KF0JZ2M5N8P1Q4R7S0T3V6WX"
	secretKey = "sk_test_conformance"
	baseURL   = "https://pgw.example.com"
)

// try is what a transport does once.
type try struct {
	Status     int               `json:"status"`
	Headers    map[string]string `json:"headers"`
	Body       string            `json:"body"`
	BodyBytes  []byte            `json:"body_base64"`
	BodyRepeat struct {
		Text  string `json:"text"`
		Times int    `json:"times"`
	} `json:"body_repeat"`
	Network string `json:"network"`
	TakesMS int64  `json:"takes_ms"`
}

// stand is a scripted world: it answers the tries in their order, and notes what it was asked.
type stand struct {
	tries  []try
	now    time.Time
	random float64
	waits  []int64
	keys   []string
	// sentTo is the address of the latest request.
	sentTo string
	// wrong is the first thing that a request should not have been.
	wrong error
}

func (s *stand) config() mpspgw.ClientConfig {
	return mpspgw.ClientConfig{
		BaseURL:    baseURL,
		APIKey:     keyID,
		SecretKey:  secretKey,
		HTTPClient: &http.Client{Transport: s},
		Testing: mpspgw.Testing{
			Now:    func() time.Time { return s.now },
			Random: func() float64 { return s.random },
			Sleep: func(_ context.Context, wait time.Duration) error {
				s.waits = append(s.waits, wait.Milliseconds())
				s.now = s.now.Add(wait)
				return nil
			},
		},
	}
}

func (s *stand) client(maxRetries *int, deadline time.Duration) *mpspgw.Client {
	config := s.config()
	config.MaxRetries, config.Deadline = maxRetries, deadline
	return mpspgw.NewClient(config)
}

// RoundTrip plays the next try.
func (s *stand) RoundTrip(request *http.Request) (*http.Response, error) {
	if err := s.check(request); err != nil && s.wrong == nil {
		s.wrong = err
	}
	if len(s.keys) > len(s.tries) {
		return nil, errors.New("this is one try more than there are")
	}
	one := s.tries[len(s.keys)-1]
	s.now = s.now.Add(time.Duration(one.TakesMS) * time.Millisecond)
	switch one.Network {
	case "refused":
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	case "reset":
		return nil, &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	case "timeout":
		return nil, context.DeadlineExceeded
	}
	header := http.Header{}
	for name, value := range one.Headers {
		header.Set(name, value)
	}
	text := one.Body + string(one.BodyBytes) + strings.Repeat(one.BodyRepeat.Text, one.BodyRepeat.Times)
	return &http.Response{
		StatusCode: one.Status,
		Header:     header,
		Body:       io.NopCloser(strings.NewReader(text)),
		Request:    request,
	}, nil
}

// check asks for a signature of this second, and the same key as before where something is changed.
func (s *stand) check(request *http.Request) error {
	key := request.Header.Get("Idempotency-Key")
	s.keys = append(s.keys, key)
	s.sentTo = request.URL.String()
	var sent []byte
	if request.Body != nil {
		var err error
		if sent, err = io.ReadAll(request.Body); err != nil {
			return err
		}
	}
	// The path of a base URL stands in front of what is signed.
	target := request.URL.RequestURI()
	target = target[max(0, strings.LastIndex(target, "/v1/")):]
	signed := mpspgw.SignRequest(keyID, secretKey, s.now, mpspgw.RequestToSign{
		Method: request.Method,
		Target: target,
		Body:   sent,
	})
	switch {
	case request.Header.Get("Authorization") != signed:
		return fmt.Errorf("try %d is not signed anew", len(s.keys))
	case (key == "") != (request.Method == http.MethodGet):
		return fmt.Errorf("try %d of a %s has the key %q", len(s.keys), request.Method, key)
	case key != s.keys[0]:
		return fmt.Errorf("try %d has another key", len(s.keys))
	}
	return nil
}

// call makes the call that stands for a method.
func call(client *mpspgw.Client, method string, options ...mpspgw.CallOption) (err error) {
	ctx := context.Background()
	switch method {
	case http.MethodPost:
		_, err = client.CreatePaymentIntent(ctx, mpspgw.CreatePaymentIntentRequest{
			Amount:             1500,
			PaymentMethodTypes: []string{mpspgw.PaymentMethodCash},
			MerchantRefID:      "order_1",
		}, options...)
	case http.MethodGet:
		_, err = client.RetrievePaymentIntent(ctx, "pi_1", options...)
	case http.MethodDelete:
		_, err = client.DeleteWebhookEndpoint(ctx, "we_1", options...)
	default:
		err = fmt.Errorf("no call stands for %s", method)
	}
	return err
}

func answerBaseURL(text json.RawMessage) error {
	var asked struct {
		BaseURL           string `json:"base_url"`
		AllowInsecureHTTP bool   `json:"allow_insecure_http"`
		SentTo            string `json:"sent_to"`
		Refused           bool   `json:"refused"`
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	world := &stand{tries: []try{{Status: http.StatusOK, Body: "{}"}}, now: time.Unix(1700000000, 0)}
	config := world.config()
	config.BaseURL, config.AllowInsecureHTTP = asked.BaseURL, asked.AllowInsecureHTTP
	err := call(mpspgw.NewClient(config), http.MethodGet)
	if asked.Refused {
		described, err := describe(err)
		if err != nil {
			return err
		}
		return compareJSON(json.RawMessage(`{"kind": "invalid_request", "param": "BaseURL"}`), described, "error")
	}
	if err == nil && world.sentTo != asked.SentTo {
		err = fmt.Errorf("it is sent to %q", world.sentTo)
	}
	return errors.Join(err, world.wrong)
}

func answerError(text json.RawMessage) error {
	var asked struct {
		Request  struct{ Method string } `json:"request"`
		Response try                     `json:"response"`
		Error    json.RawMessage         `json:"error"`
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	world := &stand{tries: []try{asked.Response}, now: time.Unix(1700000000, 0)}
	err := call(world.client(mpspgw.Ptr(0), 0), asked.Request.Method)
	if world.wrong != nil {
		return world.wrong
	}
	described, err := describe(err)
	if err != nil {
		return err
	}
	if asked.Request.Method != http.MethodGet && described["idempotency_key"] != world.keys[0] {
		return errors.New("the error has not the key that was sent")
	}
	return compareJSON(asked.Error, described, "error")
}

func answerRetries(text json.RawMessage) error {
	var asked struct {
		Request struct {
			Method         string `json:"method"`
			IdempotencyKey string `json:"idempotency_key"`
		} `json:"request"`
		Options struct {
			MaxRetries *int  `json:"max_retries"`
			DeadlineMS int64 `json:"deadline_ms"`
		} `json:"options"`
		Tries   []try           `json:"tries"`
		Random  float64         `json:"random"`
		WaitsMS []int64         `json:"waits_ms"`
		Result  string          `json:"result"`
		Error   json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	world := &stand{tries: asked.Tries, random: asked.Random, now: time.Unix(1700000000, 0)}
	client := world.client(asked.Options.MaxRetries, time.Duration(asked.Options.DeadlineMS)*time.Millisecond)
	var options []mpspgw.CallOption
	if asked.Request.IdempotencyKey != "" {
		options = append(options, mpspgw.WithIdempotencyKey(asked.Request.IdempotencyKey))
	}
	err := call(client, asked.Request.Method, options...)
	switch {
	case world.wrong != nil:
		return world.wrong
	case len(world.keys) != len(asked.Tries):
		return fmt.Errorf("%d tries were made, not %d", len(world.keys), len(asked.Tries))
	case !slices.Equal(world.waits, asked.WaitsMS):
		return fmt.Errorf("it waited %v ms, not %v", world.waits, asked.WaitsMS)
	case asked.Request.IdempotencyKey != "" && len(world.keys) > 0 && world.keys[0] != asked.Request.IdempotencyKey:
		return fmt.Errorf("the key is %q", world.keys[0])
	case asked.Result == "ok":
		return err
	}
	described, err := describe(err)
	if err != nil {
		return err
	}
	return compareJSON(asked.Error, described, "error")
}

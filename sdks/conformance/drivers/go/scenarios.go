// Playing a scenario: its steps in order, against a gateway and the stage beside it.
package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

const (
	pause    = 100 * time.Millisecond
	patience = 30 * time.Second
)

type scenario struct {
	Name  string `json:"name"`
	Steps []step `json:"steps"`
}

type step struct {
	Call           string          `json:"call"`
	Wait           string          `json:"wait"`
	List           string          `json:"list"`
	Stage          string          `json:"stage"`
	Verify         string          `json:"verify"`
	With           json.RawMessage `json:"with"`
	As             string          `json:"as"`
	IdempotencyKey string          `json:"idempotency_key"`
	Secret         string          `json:"secret"`
	Altered        bool            `json:"altered"`
	Expect         json.RawMessage `json:"expect"`
	ExpectError    json.RawMessage `json:"expect_error"`
	ExpectIDs      json.RawMessage `json:"expect_ids"`
	Until          json.RawMessage `json:"until"`
}

// player has what earlier steps kept.
type player struct {
	client *mpspgw.Client
	kept   map[string]any
}

func (s scenario) play() error {
	var run [10]byte
	if _, err := rand.Read(run[:]); err != nil {
		return err
	}
	stage := &player{
		client: mpspgw.NewClient(mpspgw.ClientConfig{
			BaseURL:   os.Getenv("CONFORMANCE_BASE_URL"),
			APIKey:    os.Getenv("CONFORMANCE_API_KEY"),
			SecretKey: os.Getenv("CONFORMANCE_SECRET_KEY"),
		}),
		kept: map[string]any{"run": hex.EncodeToString(run[:]), "store": os.Getenv("CONFORMANCE_STORE_ID")},
	}
	for at, one := range s.Steps {
		if err := stage.play(one); err != nil {
			name := one.Call + one.Wait + one.List + one.Stage
			if name == "" {
				name = "verify"
			}
			return fmt.Errorf("step %d (%s): %w", at+1, name, err)
		}
	}
	return nil
}

func (p *player) play(one step) error {
	given, err := p.object(one.With)
	if err != nil {
		return err
	}
	var answer any
	switch {
	case one.Wait != "":
		answer, err = p.wait(one, given)
	case one.List != "":
		answer, err = p.list(one, given)
	case one.Stage != "":
		answer, err = askStage(one.Stage, given)
	case one.Call != "":
		var key any
		if key, err = p.fill(one.IdempotencyKey); err == nil {
			answer, err = callOperation(p.client, one.Call, given, key.(string))
		}
	default:
		answer, err = p.verify(one)
	}
	if one.ExpectError != nil {
		if err == nil {
			return fmt.Errorf("no error, but %s", show(answer))
		}
		var described map[string]any
		if described, err = describe(err); err == nil {
			answer, err = plain(described)
		}
	}
	if err != nil {
		return err
	}
	if one.As != "" {
		p.kept[one.As] = answer
	}
	if one.ExpectError != nil {
		return p.compare(one.ExpectError, answer, "error")
	}
	return p.compare(one.Expect, answer, "answer")
}

func (p *player) wait(one step, given map[string]any) (any, error) {
	deadline := time.Now().Add(patience)
	for {
		answer, err := callOperation(p.client, one.Wait, given, "")
		if err != nil {
			return nil, err
		}
		err = p.compare(one.Until, answer, "answer")
		if err == nil || time.Now().After(deadline) {
			return answer, err
		}
		time.Sleep(pause)
	}
}

func (p *player) list(one step, given map[string]any) (any, error) {
	items, err := listOperation(p.client, one.List, given)
	if err != nil {
		return nil, err
	}
	ids := make([]any, len(items))
	for at, item := range items {
		ids[at] = find(item, "id")
	}
	return items, p.compare(one.ExpectIDs, ids, "ids")
}

func (p *player) verify(one step) (any, error) {
	delivery, err := p.fill(one.Verify)
	if err != nil {
		return nil, err
	}
	secret, err := p.fill(one.Secret)
	if err != nil {
		return nil, err
	}
	var came struct {
		body
		Headers map[string]string `json:"headers"`
	}
	text, err := json.Marshal(delivery)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &came); err != nil {
		return nil, err
	}
	payload := came.bytes()
	if one.Altered {
		payload[len(payload)-2] ^= 1
	}
	header := http.Header{}
	for name, value := range came.Headers {
		header.Set(name, value)
	}
	event, err := mpspgw.VerifyWebhook(payload, header, secret.(string))
	if err != nil {
		return nil, err
	}
	return plain(event)
}

// compare fills in what was kept. What is not given asks for nothing.
func (p *player) compare(expected json.RawMessage, actual any, path string) error {
	if expected == nil {
		return nil
	}
	wish, err := parse(expected)
	if err != nil {
		return err
	}
	if wish, err = p.fill(wish); err != nil {
		return err
	}
	return mismatch(wish, actual, path)
}

func (p *player) object(text json.RawMessage) (map[string]any, error) {
	if text == nil {
		return map[string]any{}, nil
	}
	parsed, err := parse(text)
	if err != nil {
		return nil, err
	}
	filled, err := p.fill(parsed)
	if err != nil {
		return nil, err
	}
	object, ok := filled.(map[string]any)
	if !ok {
		return nil, errors.New("with is no object")
	}
	return object, nil
}

var (
	wholeName  = regexp.MustCompile(`^\$\w`)
	nameInside = regexp.MustCompile(`\$\{([\w.]+)\}`)
)

// fill: $intent.id is what was kept, order_${run} a text with it.
func (p *player) fill(value any) (any, error) {
	switch value := value.(type) {
	case string:
		if wholeName.MatchString(value) {
			return p.find(value[1:])
		}
		var failure error
		filled := nameInside.ReplaceAllStringFunc(value, func(name string) string {
			found, err := p.find(name[2 : len(name)-1])
			failure = errors.Join(failure, err)
			return fmt.Sprint(found)
		})
		return filled, failure
	case []any:
		list := make([]any, len(value))
		for at, item := range value {
			filled, err := p.fill(item)
			if err != nil {
				return nil, err
			}
			list[at] = filled
		}
		return list, nil
	case map[string]any:
		object := map[string]any{}
		for name, item := range value {
			filled, err := p.fill(item)
			if err != nil {
				return nil, err
			}
			object[name] = filled
		}
		return object, nil
	}
	return value, nil
}

func (p *player) find(path string) (any, error) {
	found := find(p.kept, path)
	if found == nil {
		return nil, fmt.Errorf("nothing was kept as %s", path)
	}
	return found, nil
}

// askStage has the customer, the provider or the merchant's network do something.
func askStage(action string, given map[string]any) (any, error) {
	text, err := json.Marshal(given)
	if err != nil {
		return nil, err
	}
	address := strings.TrimRight(os.Getenv("CONFORMANCE_STAGE_URL"), "/") + "/" + action
	response, err := http.Post(address, "application/json", bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the stage answered %d: %s", response.StatusCode, show(string(answer)))
	}
	return parse(answer)
}

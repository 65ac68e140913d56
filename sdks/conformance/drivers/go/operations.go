// Calls by the names of openapi.json: the method, its arguments out of one object, and its answer or error as JSON.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

// describe puts an error of the SDK into the words of the contract. What is none is a fault, and returned as such.
func describe(err error) (map[string]any, error) {
	var failure *mpspgw.Error
	var refused *mpspgw.WebhookError
	var untypable *untypableError
	switch {
	case err == nil:
		return nil, errors.New("it did not fail")
	case errors.As(err, &refused):
		return map[string]any{"reason": refused.Reason}, nil
	case errors.As(err, &untypable):
		return map[string]any{"kind": mpspgw.KindInvalidRequest}, nil
	case !errors.As(err, &failure):
		return nil, fmt.Errorf("this is no error of the SDK: %w", err)
	}
	described := map[string]any{
		"kind":            failure.Kind,
		"code":            failure.Code,
		"message":         failure.Message,
		"param":           failure.Param,
		"details":         failure.Details,
		"request_id":      failure.RequestID,
		"idempotency_key": failure.IdempotencyKey,
	}
	if failure.Status != 0 {
		described["status"] = failure.Status
	}
	if failure.RetryAfterSeconds != nil {
		described["retry_after_seconds"] = *failure.RetryAfterSeconds
	}
	return described, nil
}

// untypableError is a value that the types of Go do not let through.
type untypableError struct{ error }

// unusual are the operations whose method has another name. SyncMerchants returns only an error, as the guide shows it.
var unusual = map[string]string{"syncMerchants": "SyncMerchantsResult"}

func methodOf(client *mpspgw.Client, name string) (reflect.Value, error) {
	if other, ok := unusual[name]; ok {
		name = other
	}
	value := reflect.ValueOf(client)
	for at := range value.NumMethod() {
		if strings.EqualFold(value.Type().Method(at).Name, name) {
			return value.Method(at), nil
		}
	}
	return reflect.Value{}, fmt.Errorf("the client has no method %s", name)
}

// callOperation returns the answer as JSON knows it.
func callOperation(client *mpspgw.Client, operation string, given map[string]any, key string) (any, error) {
	method, err := methodOf(client, operation)
	if err != nil {
		return nil, err
	}
	arguments, err := argumentsOf(method.Type(), given)
	if err != nil {
		return nil, err
	}
	if key != "" {
		arguments = append(arguments, reflect.ValueOf(mpspgw.WithIdempotencyKey(key)))
	}
	results := method.Call(arguments)
	if err, failed := results[1].Interface().(error); failed {
		return nil, err
	}
	answer := results[0].Interface()
	if file, is := answer.([]byte); is {
		// A file is told by its size and its SHA-256.
		return plain(map[string]any{"size": len(file), "sha256": fmt.Sprintf("%x", sha256.Sum256(file))})
	}
	if results[0].Kind() == reflect.Slice {
		return plain(answer)
	}
	if items := reflect.Indirect(results[0]).FieldByName("Items"); items.IsValid() {
		answer = items.Interface()
	}
	return plain(answer)
}

// listOperation walks over all items by the method that iterates: listRefunds is Refunds.
func listOperation(client *mpspgw.Client, operation string, given map[string]any) ([]any, error) {
	method, err := methodOf(client, strings.TrimPrefix(operation, "list"))
	if err != nil {
		return nil, err
	}
	arguments, err := argumentsOf(method.Type(), given)
	if err != nil {
		return nil, err
	}
	items := []any{}
	var failure error
	// The sequence is a func(yield func(*T, error) bool), of which T is not known here.
	sequence := method.Call(arguments)[0]
	yield := reflect.MakeFunc(sequence.Type().In(0), func(pair []reflect.Value) []reflect.Value {
		if err, failed := pair[1].Interface().(error); failed {
			failure = err
		} else {
			var item any
			item, failure = plain(pair[0].Interface())
			items = append(items, item)
		}
		return []reflect.Value{reflect.ValueOf(failure == nil)}
	})
	sequence.Call([]reflect.Value{yield})
	return items, failure
}

// argumentsOf takes the ids of the path out of given, and puts the rest into the struct that the method takes.
func argumentsOf(method reflect.Type, given map[string]any) ([]reflect.Value, error) {
	rest := map[string]any{}
	for name, value := range given {
		rest[name] = value
	}
	arguments := []reflect.Value{reflect.ValueOf(context.Background())}
	// The last ones are the options.
	for at := 1; at < method.NumIn()-1; at++ {
		argument := reflect.New(method.In(at))
		var from any = rest
		switch method.In(at).Kind() {
		case reflect.String:
			from = rest["id"]
			delete(rest, "id")
		case reflect.Int64:
			from = rest["sequence"]
			delete(rest, "sequence")
		default:
			rest = map[string]any{}
		}
		if err := decodeStrictly(from, argument.Interface()); err != nil {
			return nil, &untypableError{err}
		}
		arguments = append(arguments, argument.Elem())
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("there is no place for %v", rest)
	}
	return arguments, nil
}

func decodeStrictly(from, into any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

func answerObject(text json.RawMessage) error {
	var asked struct {
		Operation string          `json:"operation"`
		Status    int             `json:"status"`
		Body      string          `json:"body"`
		Fields    json.RawMessage `json:"fields"`
		Error     json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(text, &asked); err != nil {
		return err
	}
	if asked.Status == 0 {
		asked.Status = http.StatusOK
	}
	world := &stand{
		tries: []try{{Status: asked.Status, Headers: map[string]string{"content-type": "application/json"}, Body: asked.Body}},
		now:   time.Unix(1700000000, 0),
	}
	client := world.client(mpspgw.Ptr(0), 0)
	method, err := methodOf(client, asked.Operation)
	if err != nil {
		return err
	}
	given := map[string]any{}
	for at := 1; at < method.Type().NumIn()-1; at++ {
		switch method.Type().In(at).Kind() {
		case reflect.String:
			given["id"] = "id_1"
		case reflect.Int64:
			given["sequence"] = 1
		}
	}
	answer, err := callOperation(client, asked.Operation, given, "")
	if asked.Error != nil {
		described, err := describe(err)
		if err != nil {
			return err
		}
		return compareJSON(asked.Error, described, "error")
	}
	if err != nil {
		return err
	}
	fields, err := parse(asked.Fields)
	if err != nil {
		return err
	}
	for path, expected := range fields.(map[string]any) {
		if err := mismatch(expected, find(answer, path), path); err != nil {
			return err
		}
	}
	return nil
}

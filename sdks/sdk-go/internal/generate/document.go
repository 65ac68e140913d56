// Reading openapi.json. The order of paths and properties is kept, because it is the order in which people think of
// them, and encoding/json's maps forget it.

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

type document struct {
	Paths      ordered[ordered[operation]] `json:"paths"`
	Components struct {
		Schemas ordered[schema] `json:"schemas"`
	} `json:"components"`
	// Webhooks are what the gateway calls, by the type of the event.
	Webhooks ordered[struct {
		Post operation `json:"post"`
	}] `json:"webhooks"`
}

type operation struct {
	OperationID string      `json:"operationId"`
	Summary     string      `json:"summary"`
	Description string      `json:"description"`
	Parameters  []parameter `json:"parameters"`
	RequestBody struct {
		Content map[string]content `json:"content"`
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]content `json:"content"`
	} `json:"responses"`
}

type content struct {
	Schema schema `json:"schema"`
}

type parameter struct {
	Name        string `json:"name"`
	In          string `json:"in"`
	Description string `json:"description"`
	Schema      schema `json:"schema"`
}

type schema struct {
	Ref                  string          `json:"$ref"`
	Type                 string          `json:"type"`
	Format               string          `json:"format"`
	Pattern              string          `json:"pattern"`
	Description          string          `json:"description"`
	Enum                 []any           `json:"enum"`
	Required             []string        `json:"required"`
	MinLength            *int            `json:"minLength"`
	Properties           ordered[schema] `json:"properties"`
	Items                *schema         `json:"items"`
	AnyOf                []schema        `json:"anyOf"`
	AdditionalProperties json.RawMessage `json:"additionalProperties"`
}

// ordered is a JSON object that remembers the order of its names.
type ordered[T any] struct {
	names  []string
	values map[string]T
}

func (o *ordered[T]) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	o.values = map[string]T{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var value T
		if err := decoder.Decode(&value); err != nil {
			return fmt.Errorf("%v: %w", name, err)
		}
		o.names = append(o.names, fmt.Sprint(name))
		o.values[fmt.Sprint(name)] = value
	}
	return nil
}

func readDocument(text []byte) (*document, error) {
	var read document
	return &read, json.Unmarshal(text, &read)
}

// simplified takes away "or null", which in Go is the zero value.
func (s schema) simplified() schema {
	for _, one := range s.AnyOf {
		if one.Type != "null" {
			if one.Description == "" {
				one.Description = s.Description
			}
			return one
		}
	}
	return s
}

func (s schema) requires(name string) bool {
	for _, required := range s.Required {
		if required == name {
			return true
		}
	}
	return false
}

// refName is PaymentIntent for #/components/schemas/PaymentIntent, and empty for a schema that stands where it is used.
func (s schema) refName() string {
	return s.Ref[strings.LastIndex(s.Ref, "/")+1:]
}

func (o operation) body() (schema, bool) {
	media, ok := o.RequestBody.Content["application/json"]
	return media.Schema, ok
}

// alsoAnswers is the status of an error whose body is the answer all the same, or empty: 503 of a gateway that is not
// ready says what is missing.
func (o operation) alsoAnswers() string {
	answer, _ := o.answer()
	for status, response := range o.Responses {
		name := response.Content["application/json"].Schema.refName()
		if status >= "400" && name != "" && name == answer.refName() {
			return status
		}
	}
	return ""
}

// fileTypes are the media types of a file that is answered byte for byte, in order; none where the answer is JSON.
func (o operation) fileTypes() []string {
	types := slices.Sorted(maps.Keys(o.Responses["200"].Content))
	if slices.Equal(types, []string{"application/json"}) {
		return nil
	}
	return types
}

// answer is the schema of what the operation answers when all is well.
func (o operation) answer() (schema, bool) {
	for _, status := range []string{"200", "201", "202"} {
		if media, ok := o.Responses[status].Content["application/json"]; ok {
			return media.Schema, true
		}
	}
	return schema{}, false
}

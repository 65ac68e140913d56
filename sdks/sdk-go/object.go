// Objects of the API as JSON: fields that this version does not know are kept, so that a newer gateway breaks nothing
// and what it says can be handed on.

package mpspgw

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

const redacted = "[redacted]"

func redact(text string) string {
	if text == "" {
		return ""
	}
	return redacted
}

// readObject reads the fields of the struct that into points to, by their exact names, and returns the others. What a
// body says is in no error: nobody knows what stands in it.
func readObject(data []byte, into any) (map[string]json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return nil, fmt.Errorf("a %s is a JSON object, and this is none", reflect.TypeOf(into).Elem().Name())
	}
	value := reflect.ValueOf(into).Elem()
	for at := range value.NumField() {
		name, _, _ := strings.Cut(value.Type().Field(at).Tag.Get("json"), ",")
		text, ok := fields[name]
		if !ok || name == "-" {
			continue
		}
		delete(fields, name)
		if readExactly(text, value.Field(at).Addr().Interface()) != nil {
			return nil, fmt.Errorf("the field %s of a %s is not what it should be", name, value.Type().Name())
		}
	}
	if len(fields) == 0 {
		return nil, nil
	}
	return fields, nil
}

// writeObject writes a struct, and behind its fields those that it does not know.
func writeObject(known any, extra map[string]json.RawMessage) ([]byte, error) {
	text, err := json.Marshal(known)
	if err != nil || len(extra) == 0 {
		return text, err
	}
	joined := bytes.NewBuffer(bytes.TrimSuffix(text, []byte("}")))
	for _, name := range slices.Sorted(maps.Keys(extra)) {
		quoted, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		if joined.Len() > 1 {
			joined.WriteByte(',')
		}
		fmt.Fprintf(joined, "%s:%s", quoted, extra[name])
	}
	joined.WriteByte('}')
	return joined.Bytes(), nil
}

// readExactly is json.Unmarshal, but a number stays the text that it is where nobody says of which type it should be: an
// amount must not become a float.
func readExactly(data []byte, into any) error {
	if !json.Valid(data) {
		return errors.New("this is no JSON")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	return decoder.Decode(into)
}

// unlessNil tells a list that is empty from one that is not given.
func unlessNil[T any](list []T) *[]T {
	if list == nil {
		return nil
	}
	return &list
}

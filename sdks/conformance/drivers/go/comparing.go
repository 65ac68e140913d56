// Comparing what is expected with what came: only the fields that are named, in depth.
package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// plain turns anything into what JSON knows: maps, lists, texts, numbers. Numbers keep all their digits.
func plain(value any) (any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return parse(text)
}

func parse(text []byte) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	var parsed any
	err := decoder.Decode(&parsed)
	return parsed, err
}

// mismatch is nil, or says where the two differ.
func mismatch(expected, actual any, path string) error {
	if wish, ok := expected.(map[string]any); ok {
		switch wish["$"] {
		case "present":
			if isNothing(actual) {
				return fmt.Errorf("%s is absent", path)
			}
			return nil
		case "absent":
			expected = nil
		}
	}
	switch wish := expected.(type) {
	case nil:
		if !isNothing(actual) {
			return differs(path, expected, actual)
		}
		return nil
	case []any:
		list, ok := actual.([]any)
		if !ok || len(list) != len(wish) {
			return differs(path, expected, actual)
		}
		for at, item := range wish {
			if err := mismatch(item, list[at], path+"."+strconv.Itoa(at)); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		object, ok := actual.(map[string]any)
		if !ok {
			return differs(path, expected, actual)
		}
		for name, value := range wish {
			if err := mismatch(value, object[name], path+"."+name); err != nil {
				return err
			}
		}
		return nil
	}
	if reflect.DeepEqual(expected, actual) || sameTime(expected, actual) {
		return nil
	}
	return differs(path, expected, actual)
}

// isNothing: in Go the zero value stands for what is not there.
func isNothing(value any) bool {
	switch value := value.(type) {
	case nil:
		return true
	case string:
		return value == ""
	case []any:
		return len(value) == 0
	case map[string]any:
		return len(value) == 0
	}
	return false
}

// sameTime: Go reads times, and writes them without zeros at their end.
func sameTime(expected, actual any) bool {
	first, ok := expected.(string)
	second, too := actual.(string)
	if !ok || !too {
		return false
	}
	one, err := time.Parse(time.RFC3339, first)
	other, wrong := time.Parse(time.RFC3339, second)
	return err == nil && wrong == nil && one.Equal(other)
}

func differs(path string, expected, actual any) error {
	return fmt.Errorf("%s is %s, not %s", path, show(actual), show(expected))
}

var secret = regexp.MustCompile(`(_secret_|whsec_|sk_(?:test|live)_)[\w+/=-]+`)

// show leaves out tokens and secrets, which are not for a report.
func show(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return secret.ReplaceAllString(string(text), "$1…")
}

// find follows a path with dots: 0.id, data.object.id.
func find(value any, path string) any {
	for _, name := range strings.Split(path, ".") {
		switch inside := value.(type) {
		case map[string]any:
			value = inside[name]
		case []any:
			at, err := strconv.Atoi(name)
			if err != nil || at >= len(inside) {
				return nil
			}
			value = inside[at]
		default:
			return nil
		}
	}
	return value
}

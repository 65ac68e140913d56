// Schemas become structs: requests that leave out what is not set, and answers that keep what they do not know.

package main

import (
	"fmt"
	"strings"
)

// use says what a struct is for, because Go spells "optional" differently where it is written and where it is read.
type use int

const (
	inAnswer use = iota
	inRequest
	// inChange is the body of a PATCH, where an empty text or list takes something away, and nothing leaves it as it is.
	inChange
)

type field struct {
	name, json, goType, doc string
	optional                bool
	// keepEmpty is for lists that are sent when they are empty, and left out when they are nil.
	keepEmpty bool
	// holds is the struct that this field has in it, or empty.
	holds string
}

type model struct {
	name, doc string
	use       use
	fields    []field
}

type enum struct {
	name   string
	typed  bool
	values []string
}

// models collects structs and text types in the order in which the operations need them.
type models struct {
	document *document
	list     []*model
	byName   map[string]*model
	enums    []*enum
	enumsBy  map[string]*enum
}

func newModels(read *document) *models {
	return &models{document: read, byName: map[string]*model{}, enumsBy: map[string]*enum{}}
}

// nameOf is the Go name of a schema, given or not; place is where it stands.
func nameOf(place string) (string, error) {
	if name, ok := typeNames[place]; ok {
		return name, nil
	}
	if strings.Contains(place, ".") {
		return "", fmt.Errorf("typeNames has no name for %s", place)
	}
	return place, nil
}

// add makes the struct of a schema and of all that is in it. A name that is there already is not made again.
func (m *models) add(name, place string, s schema, as use) error {
	if m.byName[name] != nil {
		return nil
	}
	made := &model{name: name, use: as, doc: typeDocs[name]}
	if made.doc == "" && s.Description != "" {
		made.doc = name + ": " + lowerFirst(s.Description)
	}
	m.byName[name] = made
	m.list = append(m.list, made)
	for _, property := range s.Properties.names {
		one, err := m.field(place+"."+property, property, s.Properties.values[property], as, !s.requires(property))
		if err != nil {
			return err
		}
		made.fields = append(made.fields, one)
	}
	return nil
}

func (m *models) field(place, name string, s schema, as use, optional bool) (field, error) {
	orNull := len(s.AnyOf) > 0
	s = s.simplified()
	made := field{name: goName(strings.TrimSuffix(name, "_base64")), json: name, doc: s.Description, optional: optional}
	var err error
	switch {
	case s.Ref != "" || len(s.Properties.names) > 0:
		made.goType, err = m.structType(place, s, as)
		made.holds = made.goType
		if optional {
			made.goType = "*" + made.goType
		}
	case s.Type == "array":
		made.keepEmpty = as == inChange
		made.goType, made.holds, err = m.listType(place, name, s, as)
	case s.Type == "object":
		made.goType = mapType(place, s)
	default:
		made.goType, err = m.scalarType(place, name, s)
		if optional && needsPointer(name, made.goType, s, as) {
			made.goType = "*" + made.goType
		}
		switch {
		case made.goType == "[]byte":
			made.doc = strings.Replace(made.doc, ", in base64", "", 1)
		case made.goType == "int64" && orNull && as == inAnswer:
			// Null says that there is none, which is not 0.
			made.goType = "*int64"
		}
	}
	return made, err
}

// structType is the name of a struct, which it makes.
func (m *models) structType(place string, s schema, as use) (string, error) {
	if reference := s.refName(); reference != "" {
		name, err := nameOf(reference)
		if err != nil {
			return "", err
		}
		return name, m.add(name, reference, m.document.Components.Schemas.values[reference], as)
	}
	name, err := nameOf(place)
	if err != nil {
		return "", err
	}
	return name, m.add(name, place, s, as)
}

func (m *models) listType(place, name string, s schema, as use) (goType, holds string, err error) {
	if s.Items == nil {
		return "", "", fmt.Errorf("%s is a list of nothing", place)
	}
	if s.Items.Type == "string" {
		item, err := m.scalarType(place, name, *s.Items)
		return "[]" + item, "", err
	}
	item, err := m.structType(place, *s.Items, as)
	return "[]" + item, item, err
}

func mapType(place string, s schema) string {
	if place == "Event.data.object" || place == "WebhookEvent.data.object" {
		return "json.RawMessage"
	}
	if strings.Contains(string(s.AdditionalProperties), `"string"`) {
		return "map[string]string"
	}
	return "map[string]interface{}"
}

func (m *models) scalarType(place, name string, s schema) (string, error) {
	switch {
	case strings.HasSuffix(name, "_base64"):
		// encoding/json writes bytes in base64.
		return "[]byte", nil
	case s.Type == "integer":
		return "int64", nil
	case s.Type == "boolean":
		return "bool", nil
	case s.Type != "string":
		return "", fmt.Errorf("%s is %q, which has no type in Go", place, s.Type)
	case s.Format == "date-time":
		return "time.Time", nil
	}
	known, typed := enumNames[place], true
	if known == "" {
		known = enumNamesAnywhere[name]
	}
	if plain, ok := plainStrings[name]; ok {
		known, typed = plain, false
	} else if known == "" && len(s.Enum) > 1 {
		return "", fmt.Errorf("enumNames has no name for %s", place)
	}
	if known == "" {
		return "string", nil
	}
	m.addEnum(known, typed, s.Enum)
	if !typed {
		return "string", nil
	}
	return known, nil
}

func (m *models) addEnum(name string, typed bool, values []any) {
	made := m.enumsBy[name]
	if made == nil {
		made = &enum{name: name, typed: typed}
		m.enumsBy[name] = made
		m.enums = append(m.enums, made)
	}
	for _, value := range values {
		text := fmt.Sprint(value)
		if !strings.Contains(" "+strings.Join(made.values, " ")+" ", " "+text+" ") {
			made.values = append(made.values, text)
		}
	}
}

// needsPointer: nothing and zero are two things here.
func needsPointer(name, goType string, s schema, as use) bool {
	switch goType {
	case "time.Time", "bool":
		return true
	case "int64":
		return !zeroIsNothing[name]
	case "string":
		return as == inChange && s.MinLength != nil && *s.MinLength == 0
	}
	return false
}

// holdsSecret tells whether a struct, or one that is in it, has something that no log may show.
func (m *models) holdsSecret(made *model) bool {
	for _, one := range made.fields {
		if secrets[one.json] || (one.holds != "" && m.holdsSecret(m.byName[one.holds])) {
			return true
		}
	}
	return false
}

func lowerFirst(text string) string {
	if len(text) > 1 && strings.ToUpper(text[1:2]) == text[1:2] && text[1] != ' ' {
		return text
	}
	return strings.ToLower(text[:1]) + text[1:]
}

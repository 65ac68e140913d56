// Writing Go: the text of structs, text types and methods, which gofmt then lays out.

package main

import (
	"bytes"
	"fmt"
	"go/format"
	"strings"
)

const firstLine = "// Code generated from openapi.json by internal/generate. DO NOT EDIT.\n\npackage mpspgw\n\n"

type writer struct{ bytes.Buffer }

func (w *writer) line(text string, values ...any) { fmt.Fprintf(w, text+"\n", values...) }

// comment wraps a text at the width of the house's Go files.
func (w *writer) comment(indent, text string) {
	for _, paragraph := range strings.Split(text, "\n") {
		line := indent + "//"
		for _, word := range strings.Fields(paragraph) {
			if len([]rune(line))+1+len([]rune(word)) > 118 {
				w.line("%s", line)
				line = indent + "//"
			}
			line += " " + word
		}
		w.line("%s", line)
	}
}

func (w *writer) formatted() ([]byte, error) {
	text, err := format.Source(w.Bytes())
	if err != nil {
		return nil, fmt.Errorf("%w in:\n%s", err, w.Bytes())
	}
	return text, nil
}

func (m *models) writeModels() ([]byte, error) {
	w := &writer{}
	w.WriteString(firstLine)
	w.line("import (\n\"encoding/json\"\n\"fmt\"\n\"log/slog\"\n\"time\"\n)\n")
	w.writeEventTypes(m.document)
	for _, one := range m.enums {
		w.writeEnum(one)
	}
	for _, one := range m.list {
		w.writeStruct(one)
		if one.use == inAnswer {
			w.writeReading(one)
		}
		w.writeKeptEmpty(one)
		if m.holdsSecret(one) {
			w.writeRedaction(one)
		}
	}
	return w.formatted()
}

func (w *writer) writeEventTypes(read *document) {
	w.line("// The types of events. Others may come, and are kept as they are.\nconst (")
	for _, name := range read.Webhooks.names {
		w.comment("\t", read.Webhooks.values[name].Post.Summary)
		w.line("Event%s = %q", goName(name), name)
	}
	w.line(")\n")
}

func (w *writer) writeEnum(one *enum) {
	kind := ""
	switch {
	case len(one.values) == 0:
		return
	case one.typed:
		w.comment("", one.name+" "+enumDocs[one.name]+" Values that are not listed here may come, and are kept as they are.")
		w.line("type %s string\n", one.name)
		w.line("// The values of %s.", one.name)
		kind = " " + one.name
	default:
		w.line("// The ways to pay. They are plain strings, as in []string{%sQRMPM}.", one.name)
	}
	w.line("const (")
	for _, value := range one.values {
		w.line("%s%s%s = %q", one.name, goName(value), kind, value)
	}
	w.line(")\n")
}

func (w *writer) writeStruct(one *model) {
	w.comment("", one.doc)
	w.line("type %s struct {", one.name)
	for _, field := range one.fields {
		if field.doc != "" {
			w.comment("\t", field.doc)
		}
		tag := field.json
		if field.optional {
			tag += ",omitempty"
		}
		w.line("%s %s `json:%q`", field.name, field.goType, tag)
	}
	if one.use == inAnswer {
		w.comment("\t", "Extra are fields that this version does not know, by name.")
		w.line("Extra map[string]json.RawMessage `json:\"-\"`")
	}
	w.line("}\n")
}

// writeReading makes an answer keep what it does not know, and write it again.
func (w *writer) writeReading(one *model) {
	w.line("// UnmarshalJSON reads the fields that are known, and keeps the others in Extra.")
	w.line("func (v *%s) UnmarshalJSON(data []byte) (err error) {", one.name)
	w.line("v.Extra, err = readObject(data, v)\nreturn err\n}\n")
	w.line("// MarshalJSON writes all fields, also those in Extra.")
	w.line("func (v %s) MarshalJSON() ([]byte, error) {", one.name)
	w.line("type plain %s\nreturn writeObject(plain(v), v.Extra)\n}\n", one.name)
}

// writeKeptEmpty makes a list that is there but empty be sent, which omitempty would leave out.
func (w *writer) writeKeptEmpty(one *model) {
	var lists []field
	for _, field := range one.fields {
		if field.keepEmpty {
			lists = append(lists, field)
		}
	}
	if len(lists) == 0 {
		return
	}
	w.line("// MarshalJSON leaves out a list that is nil, and sends one that is empty.")
	w.line("func (v %s) MarshalJSON() ([]byte, error) {", one.name)
	w.line("type plain %s\nreturn json.Marshal(struct {\nplain", one.name)
	for _, list := range lists {
		w.line("%s *%s `json:\"%s,omitempty\"`", list.name, list.goType, list.json)
	}
	w.line("}{\nplain(v),")
	for _, list := range lists {
		w.line("unlessNil(v.%s),", list.name)
	}
	w.line("})\n}\n")
}

// writeRedaction keeps secrets out of fmt, for every verb, and out of log/slog, which would write JSON.
func (w *writer) writeRedaction(one *model) {
	own := false
	for _, field := range one.fields {
		own = own || secrets[field.json]
	}
	if own {
		w.line("// Format writes the fields for package fmt, but no secrets. They are in the fields and in the JSON.")
		w.line("func (v %s) Format(state fmt.State, verb rune) {\ntype plain %s", one.name, one.name)
		for _, field := range one.fields {
			switch {
			case !secrets[field.json]:
			case field.goType == "string":
				w.line("v.%s = redact(v.%s)", field.name, field.name)
			default:
				w.line("if v.%s != nil {\nv.%s = %s{redacted: nil}\n}", field.name, field.name, field.goType)
			}
		}
		w.line("_, _ = fmt.Fprintf(state, fmt.FormatString(state, verb), plain(v))\n}\n")
	}
	w.line("// LogValue is what log/slog writes: the fields, but no secrets.")
	w.line("func (v %s) LogValue() slog.Value { return slog.StringValue(fmt.Sprintf(\"%%+v\", v)) }\n", one.name)
}

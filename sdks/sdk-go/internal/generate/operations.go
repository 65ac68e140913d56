// Operations become methods of the client, and their queries structs.

package main

import (
	"fmt"
	"net/http"
	"strings"
)

// methodNames are those of operations whose method of that name is written by hand.
var methodNames = map[string]string{"syncMerchants": "SyncMerchantsResult"}

type method struct {
	name, httpMethod, path string
	operation              operation
	// request and parameters are names of structs, or empty. emptyBody is for operations whose body has no fields.
	request, parameters string
	emptyBody           bool
	ids                 []parameter
	query               []field
	// answers is a struct, many of them where isList says so.
	answers string
	isList  bool
	// fileTypes are there where the answer is a file.
	fileTypes []string
}

// generate makes both files out of openapi.json.
func generate(text []byte) (modelsFile, operationsFile []byte, err error) {
	read, err := readDocument(text)
	if err != nil {
		return nil, nil, err
	}
	collected := newModels(read)
	var methods []method
	for _, path := range read.Paths.names {
		item := read.Paths.values[path]
		for _, verb := range item.names {
			asked := item.values[verb]
			if notForServers[asked.OperationID] {
				continue
			}
			made, err := collected.method(path, strings.ToUpper(verb), asked)
			if err != nil {
				return nil, nil, fmt.Errorf("%s: %w", asked.OperationID, err)
			}
			methods = append(methods, made)
		}
	}
	for _, name := range read.Components.Schemas.names {
		if !collected.covers(name) {
			return nil, nil, fmt.Errorf("no operation uses the schema %s", name)
		}
	}
	if modelsFile, err = collected.writeModels(); err != nil {
		return nil, nil, err
	}
	operationsFile, err = writeOperations(methods)
	return modelsFile, operationsFile, err
}

// covers tells whether something was made of a named schema.
func (m *models) covers(name string) bool {
	made, err := nameOf(name)
	return err == nil && (notGenerated[name] || m.byName[made] != nil || m.asRequest(name))
}

func (m *models) asRequest(name string) bool {
	for _, path := range m.document.Paths.values {
		for _, one := range path.values {
			if body, ok := one.body(); ok && body.refName() == name {
				return m.byName[requestName(one.OperationID)] != nil
			}
		}
	}
	return false
}

func (m *models) method(path, verb string, asked operation) (method, error) {
	made := method{name: goName(asked.OperationID), httpMethod: verb, path: path, operation: asked}
	if name := methodNames[asked.OperationID]; name != "" {
		made.name = name
	}
	if body, ok := asked.body(); ok {
		if err := m.requestOf(&made, body); err != nil {
			return made, err
		}
	}
	for _, one := range asked.Parameters {
		switch one.In {
		case "path":
			made.ids = append(made.ids, one)
		case "query":
			goType, err := m.queryType(asked.OperationID, one)
			if err != nil {
				return made, err
			}
			made.parameters = parametersName(asked.OperationID)
			made.query = append(made.query, field{
				name: goName(one.Name), json: one.Name, goType: goType, doc: one.Description,
			})
		}
	}
	if made.fileTypes = asked.fileTypes(); len(made.fileTypes) > 0 {
		return made, nil
	}
	answer, ok := asked.answer()
	if !ok {
		return made, fmt.Errorf("it answers nothing")
	}
	if answer.Type == "array" {
		made.isList, answer = true, *answer.Items
	}
	var err error
	made.answers, err = m.structType(asked.OperationID, answer, inAnswer)
	return made, err
}

func (m *models) requestOf(made *method, body schema) error {
	as := inRequest
	if made.httpMethod == http.MethodPatch {
		as = inChange
	}
	reference := body.refName()
	if reference == "" {
		made.emptyBody = true
		return nil
	}
	made.request = requestName(made.operation.OperationID)
	typeDocs[made.request] = made.request + " is what " + goName(made.operation.OperationID) + " is given."
	return m.add(made.request, reference, m.document.Components.Schemas.values[reference], as)
}

// queryType: everything in a query is text; numbers are told by their pattern.
func (m *models) queryType(operationID string, one parameter) (string, error) {
	if zeroIsMeant[operationID+"."+one.Name] {
		return "string", nil
	}
	if strings.HasPrefix(one.Schema.Pattern, "^[0-9]") || strings.HasPrefix(one.Schema.Pattern, "^([1-9]") {
		return "int64", nil
	}
	return m.scalarType(operationID+"."+one.Name, one.Name, one.Schema)
}

func writeOperations(methods []method) ([]byte, error) {
	w := &writer{}
	w.WriteString(firstLine)
	w.line("import (\n\"context\"\n\"iter\"\n\"net/http\"\n\"net/url\"\n\"strconv\"\n\"time\"\n)\n")
	for _, one := range methods {
		w.writeParameters(one)
		w.writeMethod(one)
	}
	return w.formatted()
}

func (w *writer) writeParameters(one method) {
	if one.parameters == "" {
		return
	}
	w.line("// %s narrows what %s lists. What is zero is left out.", one.parameters, one.name)
	w.line("type %s struct {", one.parameters)
	for _, field := range one.query {
		w.comment("\t", field.doc)
		w.line("%s %s `json:%q`", field.name, field.goType, field.json)
	}
	w.line("}\n\nfunc (p %s) query() url.Values {\nquery := url.Values{}", one.parameters)
	for _, field := range one.query {
		value, condition := "string(p."+field.name+")", "p."+field.name+" != \"\""
		switch field.goType {
		case "string":
			value = "p." + field.name
		case "int64":
			value, condition = "strconv.FormatInt(p."+field.name+", 10)", "p."+field.name+" != 0"
		case "time.Time":
			value = "p." + field.name + ".UTC().Format(time.RFC3339Nano)"
			condition = "!p." + field.name + ".IsZero()"
		}
		w.line("if %s {\nquery.Set(%q, %s)\n}", condition, field.json, value)
	}
	w.line("return query\n}\n")
}

func (w *writer) writeMethod(one method) {
	arguments, asked := one.arguments()
	doc := one.name + ": " + one.summary() + "."
	if one.operation.Description != "" {
		doc += "\n\n" + one.operation.Description
	}
	route := "\n\nThis is " + one.httpMethod + " " + one.path + "."
	if len(one.fileTypes) > 0 {
		w.comment("", doc+" The bytes are as they are, whatever the format."+route)
		w.line("func (c *Client) %s(%s) ([]byte, error) {", one.name, arguments)
		w.line("return sendForFile(ctx, c, %s, options)\n}\n", asked)
		return
	}
	if one.isList && one.httpMethod != http.MethodGet {
		w.comment("", doc+route)
		w.line("func (c *Client) %s(%s) ([]*%s, error) {", one.name, arguments, one.answers)
		w.line("return sendForList[%s](ctx, c, %s, options)\n}\n", one.answers, asked)
		return
	}
	if !one.isList {
		w.comment("", doc+route)
		w.line("func (c *Client) %s(%s) (*%s, error) {", one.name, arguments, one.answers)
		w.line("return send[%s](ctx, c, %s, options)\n}\n", one.answers, asked)
		return
	}
	all := strings.TrimPrefix(one.name, "List")
	w.comment("", doc+" This is one page; ["+"Client."+all+"] walks over all of them."+route)
	w.line("func (c *Client) %s(%s) (*Page[%s], error) {", one.name, arguments, one.answers)
	w.line("return sendForPage[%s](ctx, c, %s, options)\n}\n", one.answers, asked)
	w.comment("", all+" walks over all that ["+"Client."+one.name+"] lists, page by page, asking for the next one when it is "+
		"needed. After an error it ends.")
	w.line("func (c *Client) %s(%s) iter.Seq2[*%s, error] {", all, arguments, one.answers)
	w.line("return walk[%s](ctx, c, %s, options)\n}\n", one.answers, asked)
}

// summary does not say again what the method is called: Cancel: the provider first makes sure …
func (one method) summary() string {
	if written := summaries[one.operation.OperationID]; written != "" {
		return written
	}
	summary := one.operation.Summary
	if verb, rest, ok := strings.Cut(summary, ": "); ok && strings.HasPrefix(one.name, verb) {
		summary = rest
	}
	return lowerFirst(summary)
}

// arguments are those of the method, and the request that it makes of them.
func (one method) arguments() (arguments, asked string) {
	arguments = "ctx context.Context, "
	asked = "request{method: http.Method" + one.httpMethod[:1] + strings.ToLower(one.httpMethod[1:]) +
		", path: \"" + one.path + "\""
	// The order is that of the path, not that in which the parameters are listed.
	var values []string
	for _, part := range strings.Split(one.path, "{")[1:] {
		name := part[:strings.Index(part, "}")]
		if name == "sequence" {
			arguments += "sequence int64, "
			values = append(values, "strconv.FormatInt(sequence, 10)")
			continue
		}
		arguments += name + " string, "
		values = append(values, name)
	}
	if len(values) > 0 {
		asked += ", values: []string{" + strings.Join(values, ", ") + "}"
	}
	if one.parameters != "" {
		arguments += "params " + one.parameters + ", "
		asked += ", query: params.query()"
	}
	if one.request != "" {
		arguments += "body " + one.request + ", "
		asked += ", body: body"
	}
	if one.emptyBody {
		asked += ", body: struct{}{}"
	}
	if status := one.operation.alsoAnswers(); status != "" {
		asked += ", alsoAnswers: " + status
	}
	if len(one.fileTypes) > 0 {
		asked += fmt.Sprintf(", fileTypes: %#v", one.fileTypes)
	}
	return arguments + "options ...CallOption", asked + "}"
}

// The client and openapi.json say the same, in both directions: each operation has a method that sends what it asks for,
// each property a field of its name and kind, and neither has more. It knows nothing of the program that generates.

package mpspgw_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	mpspgw "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
)

const openapiPath = "../../openapi.json"

// Providers call two of these, and browsers show the picture of the third.
var notOurs = []string{"retrieveQrCode", "returnMpgsCustomer", "receivePaypayNotification"}

// What the client has besides operations and their iterators.
var notOperations = []string{"SyncMerchantsResult", "String", "Format", "LogValue", "MarshalJSON"}

type object = map[string]any

// part follows names into a JSON object; what is not there is nil.
func part(value any, names ...string) any {
	for _, name := range names {
		inside, _ := value.(object)
		value = inside[name]
	}
	return value
}

func readOpenAPI(t *testing.T) object {
	t.Helper()
	text, err := os.ReadFile(openapiPath)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("there is no openapi.json here: the module is used outside of its repository")
	}
	var document object
	if err != nil || json.Unmarshal(text, &document) != nil {
		t.Fatalf("openapi.json cannot be read: %v", err)
	}
	return document
}

// checker compares, and remembers which structs it has compared.
type checker struct {
	*testing.T
	document object
	seen     map[reflect.Type]bool
}

func (c *checker) resolve(schema any) object {
	if reference, ok := part(schema, "$ref").(string); ok {
		return part(c.document, "components", "schemas", reference[strings.LastIndex(reference, "/")+1:]).(object)
	}
	if any, ok := part(schema, "anyOf").([]any); ok {
		return c.resolve(any[0])
	}
	resolved, _ := schema.(object)
	return resolved
}

func TestEachOperationHasAMethodAndEachMethodAnOperation(t *testing.T) {
	check := &checker{T: t, document: readOpenAPI(t), seen: map[reflect.Type]bool{}}
	client := reflect.TypeOf(&mpspgw.Client{})
	var expected []string
	for path, item := range part(check.document, "paths").(object) {
		for verb, operation := range item.(object) {
			id := part(operation, "operationId").(string)
			if slices.Contains(notOurs, id) {
				continue
			}
			method := findMethod(client, id)
			if method == nil {
				t.Errorf("%s has no method", id)
				continue
			}
			expected = append(expected, method.Name)
			check.operation(*method, strings.ToUpper(verb), path, operation.(object))
			if strings.HasPrefix(id, "list") {
				iterator := findMethod(client, strings.TrimPrefix(id, "list"))
				if iterator == nil {
					t.Errorf("%s has no iterator", id)
					continue
				}
				expected = append(expected, iterator.Name)
			}
		}
	}
	for at := range client.NumMethod() {
		if name := client.Method(at).Name; !slices.Contains(expected, name) && !slices.Contains(notOperations, name) {
			t.Errorf("%s is no operation", name)
		}
	}
	if len(check.seen) < 50 {
		t.Errorf("only %d structs were compared", len(check.seen))
	}
}

func findMethod(client reflect.Type, name string) *reflect.Method {
	for at := range client.NumMethod() {
		if method := client.Method(at); strings.EqualFold(method.Name, name) {
			return &method
		}
	}
	return nil
}

var inBraces = regexp.MustCompile(`\{[^}]+\}`)

// operation calls the method with an example, looks at what it sends, and compares its types.
func (c *checker) operation(method reflect.Method, verb, path string, operation object) {
	if method.Name == "SyncMerchants" {
		method = *findMethod(reflect.TypeOf(&mpspgw.Client{}), "SyncMerchantsResult")
	}
	sent := c.callWithExample(method)
	if want := inBraces.ReplaceAllString(path, "7"); sent.Method != verb || sent.URL.Path != want {
		c.Errorf("%s sends %s %s", method.Name, sent.Method, sent.URL.Path)
	}
	body := part(operation, "requestBody", "content", "application/json", "schema")
	if (body != nil) != (sent.ContentLength > 0) {
		c.Errorf("%s sends %d bytes", method.Name, sent.ContentLength)
	}
	parameters := object{}
	for _, one := range asList(operation["parameters"]) {
		if part(one, "in") == "query" {
			parameters[part(one, "name").(string)] = part(one, "schema")
		}
	}
	var given reflect.Type
	if last := method.Type.In(method.Type.NumIn() - 2); last.Kind() == reflect.Struct {
		given = last
	}
	switch {
	case len(parameters) > 0:
		c.fields(given, object{"properties": parameters}, method.Name)
	case body != nil && len(asObject(c.resolve(body)["properties"])) > 0:
		c.fields(given, c.resolve(body), method.Name)
	case given != nil:
		c.Errorf("%s takes a %s that openapi.json does not ask for", method.Name, given)
	}
	c.answer(method, operation)
}

func (c *checker) answer(method reflect.Method, operation object) {
	if len(asObject(part(operation, "responses", "200", "content"))) > 1 {
		if method.Type.Out(0) != reflect.TypeOf([]byte{}) {
			c.Errorf("%s does not return the bytes of its file", method.Name)
		}
		return
	}
	var schema any
	for _, status := range []string{"202", "201", "200"} {
		if found := part(operation, "responses", status, "content", "application/json", "schema"); found != nil {
			schema = found
		}
	}
	result := method.Type.Out(0).Elem()
	if items := part(c.resolve(schema), "items"); method.Type.Out(0).Kind() == reflect.Slice && items != nil {
		c.fields(result.Elem(), c.resolve(items), method.Name)
		return
	}
	if resolved := c.resolve(schema); resolved["type"] == "array" {
		items, ok := result.FieldByName("Items")
		if !ok {
			c.Errorf("%s does not return a page", method.Name)
			return
		}
		result, schema = items.Type.Elem().Elem(), resolved["items"]
	}
	c.fields(result, c.resolve(schema), method.Name)
}

func (c *checker) callWithExample(method reflect.Method) *http.Request {
	sent := &http.Request{}
	client := clientOver(func(request *http.Request) (*http.Response, error) {
		sent = request
		return answering(400, "")(request)
	})
	arguments := []reflect.Value{reflect.ValueOf(client), reflect.ValueOf(context.Background())}
	for at := 2; at < method.Type.NumIn()-1; at++ {
		argument := reflect.New(method.Type.In(at)).Elem()
		switch argument.Kind() {
		case reflect.String:
			argument.SetString("7")
		case reflect.Int64:
			argument.SetInt(7)
		}
		arguments = append(arguments, argument)
	}
	method.Func.Call(arguments)
	if sent.URL == nil {
		c.Fatalf("%s sends nothing", method.Name)
	}
	return sent
}

// fields compares a struct with a schema, both ways and in depth.
func (c *checker) fields(given reflect.Type, schema object, place string) {
	if given == nil || given.Kind() != reflect.Struct {
		c.Errorf("%s has no struct for %v", place, schema["title"])
		return
	}
	c.seen[given] = true
	properties := asObject(schema["properties"])
	missing := maps.Clone(properties)
	for at := range given.NumField() {
		field := given.Field(at)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" && field.Name == "Extra" {
			continue
		}
		if properties[name] == nil {
			c.Errorf("%s: %s.%s is not in openapi.json", place, given, field.Name)
			continue
		}
		if required := slices.Contains(asList(schema["required"]), any(name)); required == strings.Contains(options, "omitempty") &&
			!strings.HasSuffix(given.Name(), "Params") {
			c.Errorf("%s: whether %s.%s is required is not as in openapi.json", place, given, field.Name)
		}
		c.kind(field.Type, c.resolve(properties[name]), place+"."+name)
		delete(missing, name)
	}
	for name := range missing {
		c.Errorf("%s: %s has no field for %s", place, given, name)
	}
}

func (c *checker) kind(given reflect.Type, schema object, place string) {
	if given.Kind() == reflect.Pointer {
		given = given.Elem()
	}
	if digits := part(schema, "pattern"); digits == "^[0-9]{1,6}$" || digits == "^[0-9]{1,15}$" || digits == "^([1-9][0-9]?|100)$" {
		schema = object{"type": "integer"}
	}
	ok := false
	if given == reflect.TypeOf([]byte{}) && strings.HasSuffix(place, "_base64") {
		return
	}
	switch schema["type"] {
	case "string":
		ok = given.Kind() == reflect.String
		if schema["format"] == "date-time" {
			ok = given == reflect.TypeOf(time.Time{})
		}
	case "integer":
		ok = given.Kind() == reflect.Int64
	case "boolean":
		ok = given.Kind() == reflect.Bool
	case "array":
		if ok = given.Kind() == reflect.Slice; ok {
			c.kind(given.Elem(), c.resolve(schema["items"]), place)
		}
	case "object":
		if len(asObject(schema["properties"])) > 0 {
			c.fields(given, schema, place)
			return
		}
		ok = given.Kind() == reflect.Map || given == reflect.TypeOf(json.RawMessage{})
	}
	if !ok {
		c.Errorf("%s is a %s, and in openapi.json a %v", place, given, schema["type"])
	}
}

func asList(value any) []any {
	list, _ := value.([]any)
	return list
}

func asObject(value any) object {
	inside, _ := value.(object)
	return inside
}

func TestConstantsHaveTheValuesOfOpenAPI(t *testing.T) {
	text, err := json.Marshal(part(readOpenAPI(t), "components", "schemas", "PaymentIntent", "properties", "status", "enum"))
	want := fmt.Sprintf("[%q,%q,%q,%q,%q,%q]", mpspgw.StatusRequiresPaymentMethod, mpspgw.StatusRequiresAction,
		mpspgw.StatusProcessing, mpspgw.StatusSucceeded, mpspgw.StatusFailed, mpspgw.StatusCancelled)
	if err != nil || string(text) != want {
		t.Errorf("%s, not %s", text, want)
	}
}

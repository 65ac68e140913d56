// The generated files are those that openapi.json gives now, and what the program cannot name it refuses.

package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	source = "../../../../openapi.json"
	folder = "../.."
)

func readSource(t *testing.T) []byte {
	t.Helper()
	text, err := os.ReadFile(source)
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("there is no openapi.json here: the module is used outside of its repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestTheGeneratedFilesAreThoseOfOpenAPI(t *testing.T) {
	modelsFile, operationsFile, err := generate(readSource(t))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{modelsName: modelsFile, operationsName: operationsFile} {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not as openapi.json has it: run go generate ./... (%v)", name, err)
		}
	}
}

func TestWhatHasNoNameInGoIsRefused(t *testing.T) {
	text := string(readSource(t))
	for what, change := range map[string][2]string{
		"enumNames has no name": {`"external_status": {`, `"external_state": {`},
		"no operation uses":     {`"schemas": {`, `"schemas": { "Orphan": { "type": "object" },`},
	} {
		changed := strings.Replace(text, change[0], change[1], 1)
		if changed == text {
			t.Errorf("openapi.json has no %s", change[0])
		}
		if _, _, err := generate([]byte(changed)); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestNamesAreSpelledAsGoDoes(t *testing.T) {
	for name, want := range map[string]string{
		"createApiKey":        "CreateAPIKey",
		"listApiKeys":         "ListAPIKeys",
		"qr_code_url":         "QRCodeURL",
		"merchant_ref_id":     "MerchantRefID",
		"created_gte":         "CreatedGTE",
		"retrieveLatePayment": "RetrieveLatePayment",
		"payment_method_type": "PaymentMethodType",
	} {
		if got := goName(name); got != want {
			t.Errorf("%s is %s, not %s", name, got, want)
		}
	}
}

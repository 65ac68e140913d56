// The code of README.md runs: the program at its beginning as it stands there, the rest as the examples.

package mpspgw_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestTheProgramOfTheReadmeTakesAPayment(t *testing.T) {
	_, closeIt := standIn()
	defer closeIt()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	const module = "github.com/mp-solution-inc/mpac-pgw/sdks/sdk-go"
	for name, text := range map[string]string{
		"main.go": codeOfReadme(t)[0],
		"go.mod":  "module shop\n\ngo 1.23\n\nrequire " + module + " v0.1.0\n\nreplace " + module + " => " + strconv.Quote(here) + "\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("go", "run", ".")
	command.Dir = folder
	command.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod", "GOPROXY=off")
	var told bytes.Buffer
	command.Stderr = &told
	said, err := command.Output()
	want := "Draw this text as a QR code: https://qr.paypay.ne.jp/28180104\nsucceeded 1500\n"
	if err != nil || string(said) != want {
		t.Errorf("it said %s, %v\n%s", said, err, told.String())
	}
}

func TestTheRestOfTheReadmesCodeIsThatOfTheExamples(t *testing.T) {
	examples, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range codeOfReadme(t)[1:] {
		if !strings.Contains(withoutIndent(string(examples)), withoutIndent(code)) {
			t.Errorf("this is in no example:\n%s", code)
		}
	}
}

func codeOfReadme(t *testing.T) []string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, block := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1) {
		codes = append(codes, block[1])
	}
	if len(codes) < 5 {
		t.Fatalf("there are %d blocks of Go", len(codes))
	}
	return codes
}

func withoutIndent(text string) string {
	return regexp.MustCompile(`(?m)^[ \t]+`).ReplaceAllString(text, "")
}

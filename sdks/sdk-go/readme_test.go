// The code of README.md is that of the examples, which are run.

package mpspgw_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestTheCodeOfTheReadmeIsThatOfTheExamples(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(readme), -1)
	if len(blocks) < 6 {
		t.Errorf("there are %d blocks of Go", len(blocks))
	}
	for _, block := range blocks {
		code := strings.TrimPrefix(withoutIndent(block[1]), "import ")
		if !strings.Contains(withoutIndent(string(examples)), code) {
			t.Errorf("this is in no example:\n%s", block[1])
		}
	}
}

func withoutIndent(text string) string {
	return regexp.MustCompile(`(?m)^[ \t]+`).ReplaceAllString(text, "")
}

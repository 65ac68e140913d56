// All common vectors pass. They are asked by the driver of the conformance folder, which also plays the scenarios there;
// here it is built over this working copy, so that go test alone tells what a change has broken.

package mpspgw_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestAllVectorsPass(t *testing.T) {
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	conformance := filepath.Join(here, "..", "conformance")
	driver := filepath.Join(conformance, "drivers", "go")
	if _, err := os.Stat(filepath.Join(driver, "go.mod")); err != nil {
		t.Skip("there are no vectors here: the module is used outside of its repository")
	}
	workspace := filepath.Join(t.TempDir(), "go.work")
	text := fmt.Sprintf("go 1.23\n\nuse (\n\t%q\n\t%q\n)\n", here, driver)
	if err := os.WriteFile(workspace, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command("go", "run", ".")
	command.Dir = driver
	command.Env = append(os.Environ(), "GOWORK="+workspace, "GOFLAGS=", "GOPROXY=off",
		"CONFORMANCE_FOLDER="+conformance, "CONFORMANCE_BASE_URL=")
	var told bytes.Buffer
	command.Stderr = &told
	// Its end is told by its lines; that they are there at all is asked below.
	lines, failure := command.Output()
	count := 0
	for scanner := bufio.NewScanner(bytes.NewReader(lines)); scanner.Scan(); count++ {
		var line struct {
			File, Name, Why string
			OK              bool
		}
		if err := json.Unmarshal(scanner.Bytes(), &line); err != nil {
			t.Fatalf("no JSON: %s", scanner.Text())
		}
		if !line.OK {
			t.Errorf("%s, %s: %s", line.File, line.Name, line.Why)
		}
	}
	if count < 600 || (failure != nil && !t.Failed()) {
		t.Errorf("%d vectors were asked: %v\n%s", count, failure, told.String())
	}
}

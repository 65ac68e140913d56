// The conformance driver of sdk-go: runs the vectors and plays the scenarios with the installed module, and prints one
// JSON line for each case. Without a CONFORMANCE_BASE_URL there is no gateway, and only the vectors are run.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

const language = "go"

// report is one line of the driver.
type report struct {
	Kind string `json:"kind"`
	File string `json:"file"`
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Why  string `json:"why,omitempty"`
}

// questions are the vector files and who answers a case of them: with nil when it is good.
var questions = map[string]func(json.RawMessage) error{
	"request-signatures": answerRequestSignature,
	"webhook-signatures": answerWebhookSignature,
	"money":              answerMoney,
	"errors":             answerError,
	"retries":            answerRetries,
	"base-urls":          answerBaseURL,
	"objects":            answerObject,
}

func main() {
	good, err := run(os.Getenv("CONFORMANCE_FOLDER"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	if !good {
		os.Exit(1)
	}
}

func run(folder string) (good bool, err error) {
	good = true
	lines := json.NewEncoder(os.Stdout)
	lines.SetEscapeHTML(false)
	tell := func(kind, file, name string, failure error) {
		line := report{Kind: kind, File: file, Name: name, OK: failure == nil}
		if failure != nil {
			good, line.Why = false, failure.Error()
		}
		// A line that cannot be written is missed by who reads them.
		_ = lines.Encode(line)
	}
	if err := runVectors(folder, tell); err != nil {
		return false, err
	}
	if os.Getenv("CONFORMANCE_BASE_URL") == "" {
		return good, nil
	}
	return good, playScenarios(folder, tell)
}

type tellCase func(kind, file, name string, failure error)

func runVectors(folder string, tell tellCase) error {
	var drivers struct {
		Files map[string][]string `json:"files"`
	}
	if err := readJSON(filepath.Join(folder, "drivers.json"), &drivers); err != nil {
		return err
	}
	files := make([]string, 0, len(drivers.Files))
	for file, languages := range drivers.Files {
		if slices.Contains(languages, language) {
			files = append(files, file)
		}
	}
	sort.Strings(files)
	for _, file := range files {
		var vectors struct {
			Cases []json.RawMessage `json:"cases"`
		}
		if err := readJSON(filepath.Join(folder, "vectors", file+".json"), &vectors); err != nil {
			return err
		}
		for _, one := range vectors.Cases {
			var head struct {
				Name string   `json:"name"`
				For  []string `json:"for"`
			}
			if err := json.Unmarshal(one, &head); err != nil {
				return err
			}
			if head.For != nil && !slices.Contains(head.For, language) {
				continue
			}
			answer := questions[file]
			if answer == nil {
				tell("vector", file, head.Name, fmt.Errorf("this driver knows no vectors of %s", file))
				continue
			}
			tell("vector", file, head.Name, answer(one))
		}
	}
	return nil
}

func playScenarios(folder string, tell tellCase) error {
	paths, err := filepath.Glob(filepath.Join(folder, "scenarios", "*.json"))
	if err != nil {
		return err
	}
	for _, path := range paths {
		var one scenario
		if err := readJSON(path, &one); err != nil {
			return err
		}
		tell("scenario", strings.TrimSuffix(filepath.Base(path), ".json"), one.Name, one.play())
	}
	return nil
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// The program that writes models_generated.go and operations_generated.go out of openapi.json.

package main

import (
	"fmt"
	"os"
	"path/filepath"
)

const (
	modelsName     = "models_generated.go"
	operationsName = "operations_generated.go"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: generate <openapi.json> <folder>")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(source, folder string) error {
	text, err := os.ReadFile(source)
	if err != nil {
		return err
	}
	modelsFile, operationsFile, err := generate(text)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{modelsName: modelsFile, operationsName: operationsFile} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

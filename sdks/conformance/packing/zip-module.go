// Writes a Go module into the zip that a module proxy serves:
//
//	go run zip-module.go <folder> <module>@<version> <zip>
//
// Every file stands under the module's path and version, as https://go.dev/ref/mod#zip-files asks.
package main

import (
	"archive/zip"
	"io/fs"
	"log"
	"os"
	"path"
	"strings"
)

func main() {
	folder, prefix, target := os.Args[1], os.Args[2], os.Args[3]
	file, err := os.Create(target)
	check(err)
	writer := zip.NewWriter(file)
	source := os.DirFS(folder)
	check(fs.WalkDir(source, ".", func(name string, entry fs.DirEntry, err error) error {
		check(err)
		hidden := name != "." && strings.HasPrefix(path.Base(name), ".")
		if entry.IsDir() {
			if hidden || path.Base(name) == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		if hidden || !entry.Type().IsRegular() {
			return nil
		}
		content, err := fs.ReadFile(source, name)
		check(err)
		inside, err := writer.Create(prefix + "/" + name)
		check(err)
		_, err = inside.Write(content)
		return err
	}))
	check(writer.Close())
	check(file.Close())
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

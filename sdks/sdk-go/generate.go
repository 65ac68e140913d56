// Where the generated files come from: go generate ./... writes them again after openapi.json has changed.

package mpspgw

//go:generate go run ./internal/generate ../../openapi.json .

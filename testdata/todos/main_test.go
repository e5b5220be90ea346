package main

import (
	"os"
	"testing"

	"github.com/browsercors/browsercors/conformance"
)

func TestCORS(t *testing.T) {
	file, err := os.Open("cors.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	intent, err := conformance.ReadIntent("cors.yaml", file)
	if err != nil {
		t.Fatal(err)
	}
	conformance.Test(t, api(), intent)
}

package main

import (
	"os"
	"testing"

	"github.com/browsercors/browsercors/audit"
)

func TestCORS(t *testing.T) {
	file, err := os.Open("cors.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	intent, err := audit.ReadIntent("cors.yaml", file)
	if err != nil {
		t.Fatal(err)
	}
	audit.Test(t, api(), intent)
}

package browser_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/conformance/browser"
)

// A scenario played in Chromium.
func ExampleBrowser_Play() {
	scenarios, err := conformance.ReadScenarios("example", strings.NewReader(`
		{"id": "refused", "steps": [{"fetch": {"url": "https://api.other.test/refused/a"}}]}`))
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	b, err := browser.Start(ctx, "chromium", nil)
	var missing *browser.NotInstalledError
	if errors.As(err, &missing) {
		log.Fatalf("apt-get install %s", missing.Package)
	}
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	err = b.Play(ctx, scenarios, func(r browser.Result) {
		if r.Err != nil {
			log.Print(r.Err)
			return
		}
		fmt.Println(r.Outcome.Steps[0].Error)
	})
	if err != nil {
		log.Fatal(err)
	}
}

// An engine has the name of its project, not of a product.
func ExampleStart_wrong() {
	_, err := browser.Start(context.Background(), "safari", nil)
	fmt.Println(err)
	// Output: browser: unknown engine "safari", want one of chromium, firefox, webkit
}

package browser_test

import (
	"context"
	"fmt"

	"github.com/browsercors/browsercors/conformance/browser"
)

// An engine has the name of its project, not of a product.
func ExampleStart_wrong() {
	_, err := browser.Start(context.Background(), "safari")
	fmt.Println(err)
	// Output: browser: unknown engine "safari", want one of chromium, firefox, webkit
}

package origin_test

import (
	"errors"
	"fmt"

	"github.com/browsercors/browsercors/origin"
)

func Example() {
	page, err := origin.ParseURL("https://app.example/inbox")
	if err != nil {
		fmt.Println(err)
		return
	}
	api, err := (*origin.Schemes)(nil).ParseURL("//api.app.example/v1/mail", page)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page.Origin(), api.Origin())
	fmt.Println("same origin:", page.Origin().SameOrigin(api.Origin()))
	fmt.Println("same site:", origin.SameSite(page.Origin(), api.Origin(), nil))
	// Output:
	// https://app.example https://api.app.example
	// same origin: false
	// same site: true
}

// A URL is not an origin. A list of allowed origins with such an entry never matches an Origin header.
func ExampleParse_wrong() {
	_, err := origin.Parse("https://app.example/")
	fmt.Println(err)

	var parseError *origin.ParseError
	if errors.As(err, &parseError) {
		fmt.Println(parseError.Rule)
	}
	// Output:
	// origin: origin "https://app.example/": has a trailing slash
	// has a trailing slash
}

// A desktop shell serves its pages under a scheme of its own.
func ExampleNewSchemes() {
	schemes, err := origin.NewSchemes("wails")
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := schemes.ParseURL("wails://wails/index.html", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	allowed, err := schemes.ParseOrigin("wails://wails")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(page.Origin(), allowed.SameOrigin(page.Origin()))
	// Output: wails://wails true
}

// All opaque origins serialize to "null", but they differ. Compare origins, not their
// serializations.
func ExampleOrigin_SameOrigin_wrong() {
	a, b := origin.NewOpaque(), origin.NewOpaque()
	fmt.Println(a.String() == b.String(), a.SameOrigin(b), a.SameOrigin(a))
	// Output: true false true
}

// Cookies and caches are separated by site, which is less than an origin.
func ExampleOrigin_Site() {
	for _, s := range []string{"https://www.example.co.uk:8443", "http://www.example.co.uk", "https://alice.github.io"} {
		o, err := origin.Parse(s)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(o.Site(nil))
	}
	// Output:
	// https://example.co.uk
	// http://example.co.uk
	// https://alice.github.io
}

// Browsers trust HTTPS and the machine itself. An embedder can add to that.
func ExampleTrust() {
	staging, err := origin.Parse("http://staging.example")
	if err != nil {
		fmt.Println(err)
		return
	}
	local, err := origin.Parse("http://localhost:8080")
	if err != nil {
		fmt.Println(err)
		return
	}
	var browser *origin.Trust
	embedder := &origin.Trust{Origins: []origin.Origin{staging}}
	fmt.Println(browser.Origin(local), browser.Origin(staging), embedder.Origin(staging))
	// Output: true false true
}

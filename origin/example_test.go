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

// A URL is no origin: an allow list that holds one never matches an Origin header.
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
	fmt.Println(page.Origin())
	// Output: wails://wails
}

// Opaque origins all serialize to "null" and are yet all different. Compare origins, never their
// serializations.
func ExampleOrigin_SameOrigin_wrong() {
	a, b := origin.NewOpaque(), origin.NewOpaque()
	fmt.Println(a.String() == b.String(), a.SameOrigin(b), a.SameOrigin(a))
	// Output: true false true
}

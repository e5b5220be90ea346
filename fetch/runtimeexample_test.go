package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/browsercors/browsercors/fetch"
)

// A JavaScript runtime asks Prepare while script waits for fetch() to return. What
// it refuses is an exception for script, with the words that script may see. The
// explanation is for the runtime's own log.
func ExampleEnvironment_Prepare() {
	agent, err := fetch.NewAgent(nil)
	if err != nil {
		panic(err)
	}
	page, err := agent.Page("https://app.example/shop/cart")
	if err != nil {
		panic(err)
	}

	_, err = page.Prepare(&fetch.Request{URL: "/items", Cache: "no-storing"})
	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
		fmt.Println(refusal.Exception()+":", refusal.ScriptMessage())
		fmt.Println(refusal.Explain().Fix)
	}

	_, err = page.Prepare(&fetch.Request{API: "xhr", URL: "/items", Method: "TRACE"})
	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
		fmt.Println(refusal.Exception()+":", refusal.ScriptMessage())
	}

	// Output:
	// TypeError: the option must be one of the values that the Fetch API knows and script may choose
	// Set cache to one of these values, or leave it out: default, no-store, reload, no-cache, force-cache, only-if-cached.
	// SecurityError: CONNECT, TRACE and TRACK are forbidden methods
}

// A page's scripts move through its history and set a <base>, and the page asks from
// there. Here the program itself answers the requests.
func ExampleEnvironment_WithURL() {
	agent, err := fetch.NewAgent(&fetch.Options{
		Override: func(_ context.Context, r *fetch.OverrideRequest) (*fetch.Response, error) {
			asked := fmt.Sprintf(`{"path": %q}`, r.CurrentURL.Path())
			return fetch.JSONResponse([]byte(asked), fetch.ResponseInit{Headers: fetch.HeaderList{{Name: "X-Version", Value: "7"}}})
		},
	})
	if err != nil {
		panic(err)
	}
	page, err := agent.Page("https://app.example/")
	if err != nil {
		panic(err)
	}
	ask := func(page *fetch.Environment) {
		resp, err := page.Fetch(context.Background(), &fetch.Request{URL: "items"})
		if err != nil {
			panic(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.TextStream())
		if err != nil {
			panic(err)
		}
		version, _, err := resp.Headers.Lookup("x-version")
		fmt.Println(page.URL(), string(body), version, err)
	}

	ask(page)
	if page, err = page.WithURL("/shop/cart"); err != nil { // history.pushState()
		panic(err)
	}
	ask(page)
	if page, err = page.WithBaseURL("/assets/"); err != nil { // <base href>
		panic(err)
	}
	ask(page)

	_, err = page.WithURL("https://elsewhere.example/")
	fmt.Println(err != nil)

	// Output:
	// https://app.example/ {"path": "/items"} 7 <nil>
	// https://app.example/shop/cart {"path": "/shop/items"} 7 <nil>
	// https://app.example/shop/cart {"path": "/assets/items"} 7 <nil>
	// true
}

// The headers of a Request object take what script may set in the request's mode.
func ExampleNewRequestHeaders() {
	given := fetch.HeaderList{{Name: "Accept", Value: "text/html"}, {Name: "X-Token", Value: "t"}, {Name: "Cookie", Value: "a=1"}}
	for _, mode := range []fetch.Mode{fetch.CORS, fetch.NoCORS} {
		headers, err := fetch.NewRequestHeaders(mode, given, nil)
		if err != nil {
			panic(err)
		}
		fmt.Println(mode)
		for name, value := range headers.All() {
			fmt.Printf("  %s: %s\n", name, value)
		}
	}

	// Output:
	// cors
	//   accept: text/html
	//   x-token: t
	// no-cors
	//   accept: text/html
}

// Options that an http.Request has no room for ride on its context. In redirect mode
// manual a page learns that there is a redirect, and not where it leads.
func ExampleWithOptions() {
	agent, err := fetch.NewAgent(&fetch.Options{Transport: redirecting{}})
	if err != nil {
		panic(err)
	}
	page, err := agent.Page("https://app.example/")
	if err != nil {
		panic(err)
	}
	ctx := fetch.WithOptions(context.Background(), fetch.ClientOptions{Redirect: "manual", Cache: "no-store"})
	req, err := http.NewRequestWithContext(ctx, "GET", "https://app.example/old", nil)
	if err != nil {
		panic(err)
	}
	resp, err := page.Client(nil).Do(req)
	if err != nil {
		panic(err)
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode, len(resp.Header))

	// Output:
	// 0 0
}

// redirecting is a network where everything has moved.
type redirecting struct{}

func (redirecting) RoundTrip(context.Context, *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return &fetch.NetworkResponse{Status: 302, Headers: fetch.HeaderList{{Name: "Location", Value: "/new"}}}, nil
}

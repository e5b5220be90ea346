package fetch_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/browsercors/browsercors/fetch"
)

// Each kind of body that script can give to fetch() has a function. The
// Content-Type comes from the body, unless script sets one, and it decides whether
// a request across origins needs a preflight.
func ExampleBody() {
	agent, err := fetch.NewAgent(&fetch.Options{
		Override: func(_ context.Context, r *fetch.OverrideRequest) (*fetch.Response, error) {
			sent := []byte("(a stream)")
			if r.OpenBody != nil {
				body, err := r.OpenBody()
				if err != nil {
					return nil, err
				}
				defer body.Close()
				if sent, err = io.ReadAll(body); err != nil {
					return nil, err
				}
			}
			contentType, _ := r.Headers.Get("Content-Type")
			return fetch.NewResponse(fetch.TextBody(fmt.Sprintf("%q %q", contentType, sent)), fetch.ResponseInit{Status: 201})
		},
	})
	if err != nil {
		panic(err)
	}
	page, err := agent.Page("https://app.example/")
	if err != nil {
		panic(err)
	}
	file := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("a file")), nil }
	for _, body := range []*fetch.Body{
		fetch.TextBody("text"),
		fetch.BytesBody([]byte{0, 1}, ""),
		fetch.BytesBody([]byte("{}"), "application/json"),
		fetch.FormBody(fetch.FormField{Name: "a b", Value: "1&2"}),
		fetch.MultipartBody("limit", fetch.FormField{Name: "a", Value: "1"}),
		fetch.ReplayableBody(file, 6, "text/plain"),
		fetch.OnceBody(strings.NewReader("once"), 4, ""),
	} {
		resp, err := page.Fetch(context.Background(), &fetch.Request{Method: "POST", URL: "/items", Body: body})
		if err != nil {
			panic(err)
		}
		got, err := io.ReadAll(resp.TextStream())
		if err != nil {
			panic(err)
		}
		fmt.Println(resp.Status, string(got))
	}
	_, err = page.Fetch(context.Background(), &fetch.Request{Method: "POST", URL: "/items", Body: fetch.StreamBody(strings.NewReader("a stream"))})
	fmt.Println(err)

	// Output:
	// 201 "text/plain;charset=UTF-8" "text"
	// 201 "" "\x00\x01"
	// 201 "application/json" "{}"
	// 201 "application/x-www-form-urlencoded;charset=UTF-8" "a+b=1%262"
	// 201 "multipart/form-data; boundary=limit" "--limit\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--limit--\r\n"
	// 201 "text/plain" "a file"
	// 201 "" "once"
	// fetch: POST https://app.example/items from https://app.example: duplex-required: duplex
}

// What script makes with new Response(), Response.json() and Response.redirect(),
// and what it reads of a response's headers.
func ExampleNewResponse() {
	agent, err := fetch.NewAgent(nil)
	if err != nil {
		panic(err)
	}
	page, err := agent.Page("https://app.example/shop/")
	if err != nil {
		panic(err)
	}

	made, err := fetch.NewResponse(nil, fetch.ResponseInit{Status: 204, Headers: fetch.HeaderList{{Name: "Set-Cookie", Value: "a=1"}}})
	if err != nil {
		panic(err)
	}
	fmt.Println(made.Type, made.Status, made.OK(), made.Headers.Has("Set-Cookie"))

	var headers fetch.Headers // new Headers()
	for _, cookie := range []string{"a=1", "b=2"} {
		if err := headers.Append("Set-Cookie", cookie); err != nil {
			panic(err)
		}
	}
	fmt.Println(headers.GetSetCookie())

	redirect, err := page.RedirectResponse("login", 0)
	if err != nil {
		panic(err)
	}
	location, _ := redirect.Headers.Get("Location")
	fmt.Println(redirect.Status, location)

	_, err = fetch.JSONResponse([]byte("{}"), fetch.ResponseInit{Status: 205})
	fmt.Println(err)

	// Output:
	// default 204 true false
	// [a=1 b=2]
	// 302 https://app.example/shop/login
	// fetch: null-body-status: status "205"
}

// The crossorigin attribute of an element decides whether the page may read what
// it loads.
func ExampleParseCrossOrigin() {
	for _, value := range []string{"", "anonymous", "Use-Credentials", "nonsense"} {
		fmt.Println(fetch.ParseCrossOrigin(value))
	}

	// Output:
	// anonymous
	// anonymous
	// use-credentials
	// anonymous
}

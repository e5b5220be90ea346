package fetch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/browsercors/browsercors/fetch"
)

// A script element with a callback (JSONP) gets past CORS: the response runs as a
// script of the page, and the server can't tell by Origin who asks. What it can't do is
// what a script element can't do; see docs/history.md.
func ExampleEnvironment_Load_jsonp() {
	server := transportFunc(func(r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		origin, ok := r.Headers.Get("Origin")
		fmt.Printf("%s %s, Origin: %q %t\n", r.Method, r.URL.Path(), origin, ok)
		query, _ := r.URL.Query()
		callback := strings.TrimPrefix(query, "callback=")
		resp := &fetch.NetworkResponse{Status: 200, Body: io.NopCloser(strings.NewReader(callback + `({"order":7})`))}
		resp.Headers.Append("Content-Type", "text/javascript")
		if r.URL.Path() == "/json" { // a server that knows no callback
			resp.Headers = fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Content-Type-Options", Value: "nosniff"}}
		}
		return resp, nil
	})
	agent, err := fetch.NewAgent(&fetch.Options{Transport: server})
	if err != nil {
		panic(err)
	}
	page, err := agent.Page("https://app.example/")
	if err != nil {
		panic(err)
	}
	for _, path := range []string{"/orders", "/json"} {
		got, err := page.Load(context.Background(), &fetch.Load{
			Element: "script", URL: "https://api.example" + path + "?callback=show",
			// The program is what runs scripts. This one knows only calls of show().
			Inspect: func(_ fetch.Element, _ fetch.HeaderList, script []byte) fetch.Contents {
				argument, ok := bytes.CutPrefix(script, []byte("show("))
				if !ok {
					return fetch.Contents{Throws: "other"}
				}
				fmt.Printf("show is called with %s\n", bytes.TrimSuffix(argument, []byte(")")))
				return fetch.Contents{}
			},
		})
		if err != nil {
			panic(err)
		}
		fmt.Println("event:", got.Event)
		if refusal, ok := errors.AsType[*fetch.Error](got.Err); ok {
			fmt.Println("why:", refusal.Reason.String())
		}
	}

	// Output:
	// GET /orders, Origin: "" false
	// show is called with {"order":7}
	// event: load
	// GET /json, Origin: "" false
	// event: error
	// why: blocked-by-nosniff
}

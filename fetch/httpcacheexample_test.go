package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/browsercors/browsercors/fetch"
)

// An image is loaded first, without CORS: the server sends Access-Control-Allow-Origin
// only where the request has an Origin, and without Vary. The script that comes later
// gets the stored response, and fails.
func ExampleAgent_HTTPCache() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=3600")
		if origin := r.Header.Get("Origin"); origin != "" {
			w.Header().Set("Access-Control-Allow-Origin", origin)
		}
		_, _ = io.WriteString(w, "picture")
	}))
	defer server.Close()
	agent, err := fetch.NewAgent(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer agent.Close()
	page, err := agent.Page("http://app.example/")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	image, err := page.Fetch(ctx, fetch.Element("img").Request(server.URL+"/a.png", ""))
	if err != nil {
		fmt.Println(err)
		return
	}
	image.Body.Close()
	if err := agent.Wait(ctx); err != nil { // until the image's body is stored
		fmt.Println(err)
		return
	}
	get := &fetch.Request{URL: server.URL + "/a.png", Trace: &fetch.Trace{
		HTTPCache: func(_ fetch.RequestInfo, use fetch.HTTPCacheUse) { fmt.Println("cache:", use.Did, use.Why) },
	}}
	_, err = page.Fetch(ctx, get)
	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
		fmt.Println(refusal.Reason.String(), refusal.Response.CacheState, refusal.Explain().Cause)
	}
	agent.HTTPCache().Clear(nil) // as a user does who is told to
	get.Trace = nil
	if resp, err := page.Fetch(ctx, get); err == nil {
		resp.Body.Close()
		fmt.Println(resp.Status)
	}
	// Output:
	// cache: hit fresh
	// missing-allow-origin local browser-cache
	// 200
}

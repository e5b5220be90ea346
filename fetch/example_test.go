package fetch_test

import (
	"bufio"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// A server has its own idea of who may read what.
type exampleServer struct{}

func (exampleServer) RoundTrip(_ context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	resp := &fetch.NetworkResponse{Status: 200, Headers: fetch.HeaderList{
		{Name: "Access-Control-Allow-Origin", Value: "https://app.example"},
		{Name: "Access-Control-Allow-Headers", Value: "content-type"},
		{Name: "Access-Control-Allow-Methods", Value: "PUT"},
		{Name: "Content-Type", Value: "application/json"},
		{Name: "X-Request-Id", Value: "7"},
	}, Body: io.NopCloser(strings.NewReader(`{"ok":true}`))}
	if r.URL.Path() == "/private" {
		resp.Headers = nil
	}
	return resp, nil
}

// A page makes requests as its script would. What it may see comes back.
func Example() {
	agent, err := fetch.NewAgent(&fetch.Options{Transport: exampleServer{}})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, err := agent.Page("https://app.example/")
	if err != nil {
		fmt.Println(err)
		return
	}
	resp, err := page.Fetch(context.Background(), &fetch.Request{
		URL:     "https://api.example/things/1",
		Method:  "PUT",
		Headers: fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}},
		Body:    fetch.TextBody(`{"name":"thing"}`),
		Trace: &fetch.Trace{Sending: func(r fetch.RequestInfo) {
			fmt.Println("sent:", r.Method, r.URL)
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	fmt.Println(resp.Type, resp.Status, string(body), err)
	fmt.Println("may see X-Request-Id:", resp.Headers.Has("X-Request-Id"))
	// Output:
	// sent: OPTIONS https://api.example/things/1
	// sent: PUT https://api.example/things/1
	// cors 200 {"ok":true} <nil>
	// may see X-Request-Id: false
}

// Code that is written for an http.Client is held to CORS by another client.
func ExampleEnvironment_Client() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/open" {
			w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		}
		fmt.Fprint(w, "secret")
	}))
	defer server.Close()

	agent, _ := fetch.NewAgent(nil)
	page, _ := agent.Page("https://app.example/")
	client := page.Client(server.Client())
	for _, path := range []string{"/open", "/closed"} {
		resp, err := client.Get(server.URL + path)
		if refusal, ok := errors.AsType[*fetch.Error](err); ok {
			fmt.Println(path, "refused:", refusal.Reason.Rule())
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Println(path, "read:", string(body))
	}
	// Output:
	// /open read: secret
	// /closed refused: a cross-origin response must carry Access-Control-Allow-Origin
}

// What a browser keeps from script, an Error says to a developer.
func ExampleError() {
	agent, _ := fetch.NewAgent(&fetch.Options{Transport: exampleServer{}})
	page, _ := agent.Page("https://app.example/")
	_, err := page.Fetch(context.Background(), &fetch.Request{
		URL:     "https://api.example/things",
		Headers: fetch.HeaderList{{Name: "X-Token", Value: "1"}},
	})
	fmt.Println("is it a header?", errors.Is(err, fetch.HeaderDisallowed))
	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
		fmt.Println("script gets:", refusal.Exception()+":", refusal.ScriptMessage())
		fmt.Println("at:", refusal.Stage)
		fmt.Printf("%s is %q and lacks %s\n", refusal.Header, refusal.Value, refusal.Detail)
		fmt.Println("see:", refusal.Reason.Section())
	}
	// Output:
	// is it a header? true
	// script gets: TypeError: Failed to fetch
	// at: preflight
	// Access-Control-Allow-Headers is "content-type" and lacks x-token
	// see: https://fetch.spec.whatwg.org/#cors-preflight-fetch-0
}

// Mode no-cors does not get around CORS. The request is made, and a page sees
// nothing of the response: no status, no headers, no body.
func ExampleEnvironment_Fetch_wrong() {
	agent, _ := fetch.NewAgent(&fetch.Options{Transport: exampleServer{}})
	page, _ := agent.Page("https://app.example/")
	resp, err := page.Fetch(context.Background(), &fetch.Request{URL: "https://api.example/private", Mode: fetch.NoCORS})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	fmt.Printf("%s %d %q %v\n", resp.Type, resp.Status, body, resp.OK())
	// Output: opaque 0 "" false
}

// Credentials and "*" don't go together, which is the most frequent mistake of
// a server.
func ExampleRequest_wrong() {
	anyone := exampleTransport(func(*fetch.NetworkRequest) fetch.HeaderList {
		return fetch.HeaderList{{Name: "Access-Control-Allow-Origin", Value: "*"}, {Name: "Access-Control-Allow-Credentials", Value: "true"}}
	})
	agent, _ := fetch.NewAgent(&fetch.Options{Transport: anyone})
	page, _ := agent.Page("https://app.example/")
	_, err := page.Fetch(context.Background(), &fetch.Request{URL: "https://api.example/me", Credentials: credentials.Include})
	fmt.Println(err)
	// Output:
	// fetch: GET https://api.example/me from https://app.example: wildcard-origin-not-allowed: Access-Control-Allow-Origin "*"
}

// An exampleTransport answers 200 with headers by request.
type exampleTransport func(*fetch.NetworkRequest) fetch.HeaderList

func (f exampleTransport) RoundTrip(_ context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return &fetch.NetworkResponse{Status: 200, Headers: f(r)}, nil
}

// A game engine loads a texture: without crossorigin it can be drawn, and
// WebGL refuses it.
func ExampleElement_Request() {
	agent, _ := fetch.NewAgent(&fetch.Options{Transport: exampleTransport(func(*fetch.NetworkRequest) fetch.HeaderList {
		return fetch.HeaderList{{Name: "Access-Control-Allow-Origin", Value: "*"}}
	})})
	page, _ := agent.Page("https://game.example/")
	for _, attribute := range []fetch.CrossOrigin{"", "anonymous"} {
		resp, err := page.Fetch(context.Background(), fetch.Element("img").Request("https://cdn.example/wall.png", attribute))
		if err != nil {
			fmt.Println(err)
			return
		}
		resp.Body.Close()
		fmt.Printf("crossorigin=%q: %s, usable in WebGL: %v\n", attribute, resp.Type, resp.CORSSameOrigin())
	}
	// Output:
	// crossorigin="": opaque, usable in WebGL: false
	// crossorigin="anonymous": cors, usable in WebGL: true
}

// A profile is data: change a field to ask what if.
func ExampleProfile() {
	answers := exampleTransport(func(r *fetch.NetworkRequest) fetch.HeaderList {
		return fetch.HeaderList{{Name: "Access-Control-Allow-Origin", Value: "*"}, {Name: "Access-Control-Allow-Headers", Value: "*"}}
	})
	strict := fetch.Standard()
	lenient := fetch.Standard()
	lenient.Preflight.WildcardCoversAuthorization = true
	for _, profile := range []*fetch.Profile{strict, lenient} {
		agent, _ := fetch.NewAgent(&fetch.Options{Profile: profile, Transport: answers})
		page, _ := agent.Page("https://app.example/")
		_, err := page.Fetch(context.Background(), &fetch.Request{
			URL:     "https://api.example/",
			Headers: fetch.HeaderList{{Name: "Authorization", Value: "Bearer x"}},
		})
		fmt.Println(errors.Is(err, fetch.AuthorizationNotListed))
	}
	// Output:
	// true
	// false
}

// What becomes of third-party cookies is a field of the profile. A widget that the
// user has visited is then in a page of another site, twice.
func ExampleOptions_thirdPartyCookies() {
	widget := exampleTransport(func(r *fetch.NetworkRequest) fetch.HeaderList {
		if r.URL.Path() == "/login" {
			return fetch.HeaderList{{Name: "Set-Cookie", Value: "user=1; Path=/; SameSite=None; Secure"}}
		}
		cookies, _ := r.Headers.Get("Cookie")
		fmt.Printf(" %q", cookies)
		return fetch.HeaderList{
			{Name: "Access-Control-Allow-Origin", Value: "https://news.example"},
			{Name: "Access-Control-Allow-Credentials", Value: "true"},
			{Name: "Set-Cookie", Value: "all=1; SameSite=None; Secure"},
			{Name: "Set-Cookie", Value: "here=1; SameSite=None; Secure; Partitioned"},
		}
	})
	for _, policy := range []credentials.ThirdPartyPolicy{"", "blocked", "partitioned", "jar", "not-stored"} {
		profile := fetch.Standard()
		profile.Credentials.Cookies.ThirdParty = policy
		agent, err := fetch.NewAgent(&fetch.Options{Profile: profile, Transport: widget})
		if err != nil {
			fmt.Println(err)
			return
		}
		own, _ := agent.Page("https://widget.example/")
		other, _ := agent.Page("https://news.example/")
		_, err = own.Fetch(context.Background(), &fetch.Request{URL: "/login"})
		for range 2 {
			if err == nil {
				_, err = other.Fetch(context.Background(), &fetch.Request{URL: "https://widget.example/", Credentials: credentials.Include})
			}
		}
		fmt.Println("", err)
	}
	// Output:
	//  "user=1" "user=1; all=1; here=1" <nil>
	//  "" "" <nil>
	//  "" "here=1" <nil>
	//  "" "all=1; here=1" <nil>
	//  "user=1" "user=1" <nil>
}

// A crawl takes its cookies along from one run to the next.
func ExampleAgent_Cookies() {
	server := exampleTransport(func(r *fetch.NetworkRequest) fetch.HeaderList {
		if cookies, ok := r.Headers.Get("Cookie"); ok {
			fmt.Println("known by", cookies)
		}
		return fetch.HeaderList{{Name: "Set-Cookie", Value: "session=7; Secure; HttpOnly; SameSite=Strict"}}
	})
	dir, err := os.MkdirTemp("", "crawl")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "cookies.json")
	for range 2 {
		agent, err := fetch.NewAgent(&fetch.Options{Profile: engine.Chromium(), Transport: server})
		if err != nil {
			fmt.Println(err)
			return
		}
		jar := agent.Cookies().(*credentials.CookieJar)
		if report, err := jar.LoadFile(file, nil); err == nil {
			fmt.Println("loaded", report.Cookies)
		} else if !errors.Is(err, fs.ErrNotExist) {
			fmt.Println(err) // names each cookie that is wrong; the others are there
		}
		page, _ := agent.Page("https://shop.example/")
		if _, err := page.Fetch(context.Background(), &fetch.Request{URL: "/list"}); err != nil {
			fmt.Println(err)
		}
		if _, err := jar.SaveFile(file, nil); err != nil { // all of it, or the file is as it was
			fmt.Println(err)
		}
	}
	// Output:
	// loaded 1
	// known by session=7
}

// A sessionStore is a cookie store of one's own: it sends what another one has,
// and keeps nothing new. Embedding the interface hides what else a CookieJar can do,
// so that nothing gets past SetCookies.
type sessionStore struct{ credentials.CookieStore }

func (sessionStore) SetCookies(*credentials.CookieRequest, []string) {}

// Whatever has the two methods of a store can be an agent's.
func ExampleOptions_cookieStore() {
	profile := engine.Firefox()
	jar := credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: profile.Credentials.Cookies})
	u := &url.URL{Scheme: "https", Host: "shop.example", Path: "/"}
	jar.HTTP().SetCookies(u, []*http.Cookie{{Name: "session", Value: "7", Secure: true}})

	agent, err := fetch.NewAgent(&fetch.Options{Profile: profile, Cookies: sessionStore{jar},
		Transport: exampleTransport(func(r *fetch.NetworkRequest) fetch.HeaderList {
			fmt.Println(r.Headers.Get("Cookie"))
			return fetch.HeaderList{{Name: "Set-Cookie", Value: "tracker=1"}}
		})})
	if err != nil {
		fmt.Println(err)
		return
	}
	page, _ := agent.Page("https://shop.example/")
	for range 2 {
		if _, err := page.Fetch(context.Background(), &fetch.Request{URL: "/list"}); err != nil {
			fmt.Println(err)
		}
	}
	// Output:
	// session=7 true
	// session=7 true
}

// Why a request is preflighted, before anything is sent.
func ExampleTrace() {
	agent, _ := fetch.NewAgent(&fetch.Options{Transport: exampleServer{}})
	page, _ := agent.Page("https://app.example/")
	resp, err := page.Fetch(context.Background(), &fetch.Request{
		URL: "https://api.example/things", Method: "POST",
		Body: fetch.BytesBody([]byte("{}"), "application/json"),
		Trace: &fetch.Trace{Classified: func(_ fetch.RequestInfo, c safelist.Classification) {
			fmt.Println("preflight:", c.Preflight)
			for _, h := range c.Headers {
				fmt.Println(h.Name+":", h.Verdict)
			}
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	resp.Body.Close()
	// Output:
	// preflight: true
	// Content-Type: mime-type-not-safelisted
	// Accept: safelisted
}

// A crawler loads documents as a browser navigates, and stays in scope: each
// redirect is asked about before it is followed.
func ExampleAgent_Client() {
	outside := httptest.NewServer(http.NotFoundHandler())
	defer outside.Close()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			http.SetCookie(w, &http.Cookie{Name: "visit", Value: "1"})
			http.Redirect(w, r, "/home", http.StatusFound)
		case "/leave":
			http.Redirect(w, r, outside.URL, http.StatusFound)
		default:
			fmt.Fprintf(w, "%s %s, cookie %s", r.Header.Get("Sec-Fetch-Mode"), r.Header.Get("Sec-Fetch-Dest"), r.Header.Get("Cookie"))
		}
	}))
	defer server.Close()

	agent, err := fetch.NewAgent(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer agent.CloseIdleConnections()
	errScope := errors.New("out of scope")
	client := agent.Client(&http.Client{CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if next.URL.Host != via[0].URL.Host {
			return errScope
		}
		return nil
	}})
	defer client.CloseIdleConnections()
	resp, err := client.Get(server.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	fmt.Println(resp.Request.URL.Path, string(body))

	_, err = client.Get(server.URL + "/leave")
	fmt.Println(errors.Is(err, fetch.RedirectVetoed), errors.Is(err, errScope))
	// Output:
	// /home navigate document, cookie visit=1
	// true true
}

// From a document that was loaded to what its scripts may do.
func ExampleAgent_PageOf() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/data" {
			fmt.Fprintf(w, "asked by %s", r.Header.Get("Sec-Fetch-Site"))
			return
		}
		w.Header().Set("Referrer-Policy", "no-referrer")
		if r.URL.Path == "/preview" {
			w.Header().Set("Content-Security-Policy", "sandbox allow-scripts")
		}
	}))
	defer server.Close()

	agent, err := fetch.NewAgent(nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer agent.CloseIdleConnections()
	for _, path := range []string{"/home", "/preview"} {
		document, err := agent.Client(nil).Get(server.URL + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		document.Body.Close()
		page, err := agent.PageOf(document)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(path, page.ReferrerPolicy(), "opaque origin:", page.Origin().IsOpaque())
		resp, err := page.Client(nil).Get(server.URL + "/data")
		if refusal, ok := errors.AsType[*fetch.Error](err); ok {
			fmt.Println("refused:", refusal.Reason.String())
			continue
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Println(string(body))
	}
	// Output:
	// /home no-referrer opaque origin: false
	// asked by same-origin
	// /preview no-referrer opaque origin: true
	// refused: missing-allow-origin
}

// A library for WebSockets that takes an http.Client takes this one. What it does
// with it is this.
func ExampleEnvironment_WebSocketClient() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hash := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
		w.Header().Set("Upgrade", "websocket")
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Sec-WebSocket-Accept", base64.StdEncoding.EncodeToString(hash[:]))
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "hello %s\n", r.Header.Get("Origin")) // frames, in earnest
	}))
	defer server.Close()

	agent, _ := fetch.NewAgent(nil)
	page, _ := agent.Page("http://app.example/")
	client := page.WebSocketClient(nil)
	req, err := http.NewRequest("GET", strings.Replace(server.URL, "http:", "ws:", 1), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "websocket")
	req.Header.Set("Sec-WebSocket-Version", "13")
	req.Header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	line, err := bufio.NewReader(resp.Body).ReadString('\n')
	fmt.Print(resp.StatusCode, " ", line)
	if err != nil {
		fmt.Println(err)
	}

	// Anything else is refused.
	_, err = client.Get(server.URL)
	fmt.Println(errors.Is(err, fetch.NotWebSocketHandshake))
	// Output:
	// 101 hello http://app.example
	// true
}

// A program that tries again asks whether that can help, such as
// go-retryablehttp by its CheckRetry.
func ExampleError_Retryable() {
	agent, _ := fetch.NewAgent(&fetch.Options{Transport: exampleServer{}})
	page, _ := agent.Page("https://app.example/")
	_, err := page.Client(nil).Get("https://api.example/private")
	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
		fmt.Println(refusal.Reason.String(), refusal.Retryable())
	}
	// Output: missing-allow-origin false
}

// Events from a server, as new EventSource() gets them. When the connection ends, the
// EventSource comes back and says which event it had last.
func ExampleEnvironment_EventSource() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		if r.Header.Get("Last-Event-ID") == "2" {
			w.WriteHeader(http.StatusNoContent) // tells the EventSource that there are no more
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		fmt.Fprint(w, "retry: 10\n\nid: 1\ndata: hello\n\nevent: bye\nid: 2\ndata: see you\n\n")
	}))
	defer server.Close()

	agent, _ := fetch.NewAgent(nil)
	defer agent.Close()
	page, _ := agent.Environment(&fetch.EnvironmentOptions{URL: "http://app.example/"})
	events, err := page.EventSource(context.Background(), &fetch.EventSourceOptions{URL: server.URL + "/events"})
	if err != nil {
		fmt.Println(err) // the constructor's exception
		return
	}
	for event, err := range events {
		fmt.Printf("%s %q\n", event.Type, event.Data)
		if err != nil {
			fmt.Println("closed for", err.(*fetch.Error).Header, err.(*fetch.Error).Value)
		}
	}
	// Output:
	// open ""
	// message "hello"
	// bye "see you"
	// error ""
	// error ""
	// closed for status 204
}

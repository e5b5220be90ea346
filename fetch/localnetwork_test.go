package fetch_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// The servers of these tests, by what they resolve to.
var lnaHosts = map[string][]string{
	"printer.test": {"192.168.0.7"}, "router.test": {"10.0.0.1"}, "nas.local": {"192.168.0.9"},
	"app.test": {"127.0.0.1"}, "rebind.test": {"8.8.8.8", "127.0.0.1"},
}

// lnaPage is a page over a dialer, in a profile with rules.
func lnaPage(t *testing.T, d *dialer, o *fetch.Options, page fetch.EnvironmentOptions) *fetch.Environment {
	t.Helper()
	if d.serve == nil {
		d.serve = routes{}.serve
	}
	d.resolves = lnaHosts
	o.Transport = d
	agent, err := fetch.NewAgent(o)
	if err != nil {
		t.Fatal(err)
	}
	return newPage(t, agent, page)
}

func lnaProfile(r rules.LocalNetwork) *fetch.Profile {
	p := fetch.Standard()
	p.LocalNetwork = r
	return p
}

// The Local Network Access check, as the draft has it and with each departure.
//
// https://wicg.github.io/local-network-access/#local-network-access-check
func TestLocalNetworkCheck(t *testing.T) {
	const public, local, loopback = "public", "local", "loopback"
	granted := map[string]bool{"local-network": true, "loopback-network": true}
	denied := map[string]bool{"local-network": false, "loopback-network": false}
	frame := []origin.Origin{mustOrigin(t, "https://other.example")}
	tests := []struct {
		name    string
		rules   rules.LocalNetwork
		page    fetch.EnvironmentOptions
		request fetch.Request
		decided map[string]bool
		want    fetch.Reason // 0: none
		value   string
		detail  string
	}{
		{name: "unknown page", request: fetch.Request{URL: "https://app.test/"}},
		{name: "public to public", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: api}},
		{name: "public to local", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://printer.test/"},
			want: fetch.LocalNetworkDenied, value: "local-network", detail: "not decided"},
		{name: "public to loopback", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/"},
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "not decided"},
		{name: "denied", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/"}, decided: denied,
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "denied"},
		{name: "granted", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/"}, decided: granted},
		{name: "the other one granted", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/"},
			decided: map[string]bool{"local-network": true}, want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "not decided"},
		{name: "with a preflight", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/", Method: "PUT"},
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "not decided"},
		{name: "no-cors", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/", Mode: fetch.NoCORS},
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "not decided"},
		{name: "local to loopback", page: fetch.EnvironmentOptions{AddressSpace: local}, request: fetch.Request{URL: "https://app.test/"},
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "not decided"},
		{name: "local to loopback, from public only", rules: rules.LocalNetwork{FromPublicOnly: true}, page: fetch.EnvironmentOptions{AddressSpace: local}, request: fetch.Request{URL: "https://app.test/"}},
		{name: "local to local", page: fetch.EnvironmentOptions{AddressSpace: local}, request: fetch.Request{URL: "https://printer.test/"}},
		{name: "loopback to local", page: fetch.EnvironmentOptions{AddressSpace: loopback}, request: fetch.Request{URL: "https://printer.test/"}},
		{name: "unchecked", rules: rules.LocalNetwork{Unchecked: true}, page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/"}},
		{name: "own origin", page: fetch.EnvironmentOptions{URL: "https://app.test/", AddressSpace: public}, request: fetch.Request{URL: "/a"}},
		{name: "own origin, checked", rules: rules.LocalNetwork{OwnOrigin: true}, page: fetch.EnvironmentOptions{URL: "https://app.test/", AddressSpace: public}, request: fetch.Request{URL: "/a"},
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "not decided"},
		{name: "own origin, not trustworthy", page: fetch.EnvironmentOptions{URL: "http://app.test/", AddressSpace: public}, request: fetch.Request{URL: "/a"},
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "the page is not a secure context"},
		{name: "another port", page: fetch.EnvironmentOptions{URL: "https://app.test/", AddressSpace: public}, request: fetch.Request{URL: "https://app.test:8443/"},
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "not decided"},
		{name: "not secure, granted", page: fetch.EnvironmentOptions{URL: "http://app.example/", AddressSpace: public}, request: fetch.Request{URL: "http://app.test/"}, decided: granted,
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "the page is not a secure context"},
		{name: "not secure, granted, which may be", rules: rules.LocalNetwork{InsecureContexts: true}, page: fetch.EnvironmentOptions{URL: "http://app.example/", AddressSpace: public},
			request: fetch.Request{URL: "http://app.test/"}, decided: granted},
		{name: "frame", page: fetch.EnvironmentOptions{AddressSpace: public, Ancestors: frame}, request: fetch.Request{URL: "https://app.test/"}, decided: granted,
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "the frame is of another origin and has no allow attribute for it"},
		{name: "frame, delegated", page: fetch.EnvironmentOptions{AddressSpace: public, Ancestors: frame, Allow: []string{"loopback-network"}}, request: fetch.Request{URL: "https://app.test/"}, decided: granted},
		{name: "frame, delegated by the former name", page: fetch.EnvironmentOptions{AddressSpace: public, Ancestors: frame, Allow: []string{"local-network-access"}}, request: fetch.Request{URL: "https://app.test/"}, decided: granted},
		{name: "frame, delegated another", page: fetch.EnvironmentOptions{AddressSpace: public, Ancestors: frame, Allow: []string{"local-network"}}, request: fetch.Request{URL: "https://app.test/"}, decided: granted,
			want: fetch.LocalNetworkDenied, value: "loopback-network", detail: "the frame is of another origin and has no allow attribute for it"},
		{name: "frame, delegated without that", rules: rules.LocalNetwork{FramesDelegated: true}, page: fetch.EnvironmentOptions{AddressSpace: public, Ancestors: frame}, request: fetch.Request{URL: "https://app.test/"}, decided: granted},

		{name: "target, right", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://printer.test/", TargetAddressSpace: local}, decided: granted},
		{name: "target, right, denied", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://printer.test/", TargetAddressSpace: local}, decided: denied,
			want: fetch.LocalNetworkDenied, value: "local-network", detail: "denied"},
		{name: "target, wrong", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/", TargetAddressSpace: local}, decided: granted,
			want: fetch.WrongAddressSpace, value: local, detail: loopback},
		{name: "target, public after all", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: api, TargetAddressSpace: loopback},
			want: fetch.WrongAddressSpace, value: loopback, detail: public},
		{name: "target, wrong, of a local page", page: fetch.EnvironmentOptions{AddressSpace: local}, request: fetch.Request{URL: "https://app.test/", TargetAddressSpace: local}, decided: granted,
			want: fetch.WrongAddressSpace, value: local, detail: loopback},
		{name: "target, unknown", rules: rules.LocalNetwork{NoTarget: true}, page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/", TargetAddressSpace: local}, decided: granted},
		{name: "target public means nothing", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/", TargetAddressSpace: public}, decided: granted},
		{name: "target private, of older drafts", rules: rules.LocalNetwork{OlderTargets: true}, page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/", TargetAddressSpace: "private"}, decided: granted,
			want: fetch.WrongAddressSpace, value: local, detail: loopback},
		{name: "target unknown, of older drafts", rules: rules.LocalNetwork{OlderTargets: true}, page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/", TargetAddressSpace: "unknown"}, decided: granted},
		{name: "target public, demanded", rules: rules.LocalNetwork{PublicTarget: true}, page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "https://app.test/", TargetAddressSpace: public}, decided: granted,
			want: fetch.WrongAddressSpace, value: public, detail: loopback},

		{name: "mixed", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "http://printer.test/"}, decided: granted, want: fetch.MixedContent, value: "http"},
		{name: "mixed, with a target", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "http://printer.test/", TargetAddressSpace: local}, decided: granted},
		{name: "mixed, with a target, denied", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "http://printer.test/", TargetAddressSpace: local}, decided: denied,
			want: fetch.LocalNetworkDenied, value: "local-network", detail: "denied"},
		{name: "mixed, with a wrong target", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "http://api.test/", TargetAddressSpace: local}, decided: granted,
			want: fetch.WrongAddressSpace, value: local, detail: public},
		{name: "mixed, target loopback", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "http://app.test/", TargetAddressSpace: loopback}, decided: granted, want: fetch.MixedContent, value: "http"},
		{name: "mixed, target loopback, which may be", rules: rules.LocalNetwork{LoopbackTargetMixed: true}, page: fetch.EnvironmentOptions{AddressSpace: public},
			request: fetch.Request{URL: "http://app.test/", TargetAddressSpace: loopback}, decided: granted},
		{name: "mixed, an address", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "http://192.168.0.1/"}, decided: granted},
		{name: "mixed, an address, not inferred", rules: rules.LocalNetwork{HostsUninferred: true}, page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "http://192.168.0.1/"}, decided: granted,
			want: fetch.MixedContent, value: "http"},
		{name: "mixed, a local name", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "http://nas.local/"}, decided: granted},
		{name: "mixed, a page that is not checked", request: fetch.Request{URL: "http://192.168.0.1/"}, want: fetch.MixedContent, value: "http"},
		{name: "a local name that is public", page: fetch.EnvironmentOptions{AddressSpace: public}, request: fetch.Request{URL: "http://x.local/"}, decided: granted,
			want: fetch.WrongAddressSpace, value: local, detail: public},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := &dialer{}
			page := lnaPage(t, d, &fetch.Options{Profile: lnaProfile(tt.rules)}, tt.page)
			top := page.Origin()
			if len(tt.page.Ancestors) > 0 {
				top = tt.page.Ancestors[0]
			}
			for name, granted := range tt.decided {
				if err := page.Agent().Permissions().Decide(top, name, granted); err != nil {
					t.Fatal(err)
				}
			}
			resp, err := page.Fetch(t.Context(), &tt.request)
			if err == nil {
				resp.Body.Close()
				if tt.want != 0 {
					t.Errorf("got a response, want %v", tt.want)
				}
				return
			}
			e := asRefusal(t, err)
			if e.Reason != tt.want || e.Value != tt.value || e.Detail != tt.detail || e.Stage != "before" {
				t.Errorf("got %v at %q: %s %q %q", e.Reason, e.Stage, e.Header, e.Value, e.Detail)
			}
			if len(d.sent) > 0 {
				t.Errorf("sent %v", d.lines())
			}
		})
	}
}

// Each hop is checked, and a redirect into the user's network is not followed.
func TestLocalNetworkHops(t *testing.T) {
	d := &dialer{network: network{serve: func(s sent) reply {
		if s.URL.Host() == "api.test" {
			return answer(302, "Location: https://app.test/", acao+"*")
		}
		return routes{}.serve(s)
	}}}
	page := lnaPage(t, d, &fetch.Options{}, fetch.EnvironmentOptions{AddressSpace: "public"})
	e := refused(t, page, &fetch.Request{URL: api})
	if e.Reason != fetch.LocalNetworkDenied || e.Request.Hop != 1 || len(d.sent) != 1 {
		t.Errorf("got %v, sent %v", e, d.lines())
	}
	// The name is public for the preflight and loopback for the request.
	d.sent = nil
	e = refused(t, page, &fetch.Request{URL: "https://rebind.test/", Method: "PUT"})
	if got := strings.Join(d.lines(), ", "); e.Reason != fetch.LocalNetworkDenied || got != "OPTIONS https://rebind.test/" {
		t.Errorf("got %v, sent %s", e, got)
	}
}

// The user is asked once, whoever else needs the answer meanwhile, and the answer is remembered for the site.
func TestLocalNetworkPrompt(t *testing.T) {
	var asked atomic.Int32
	answer, waiting := make(chan bool), make(chan struct{}, 10)
	permissions := &fetch.Permissions{Ask: func(ctx context.Context, p fetch.PermissionRequest) (bool, error) {
		asked.Add(1)
		if p.Name != "loopback-network" || p.Origin.String() != app || p.Address.String() != "127.0.0.1:443" || !strings.HasPrefix(p.URL, "https://app.test/") {
			t.Errorf("asked %+v", p)
		}
		waiting <- struct{}{}
		select {
		case granted := <-answer:
			return granted, nil
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}}
	page := lnaPage(t, &dialer{}, &fetch.Options{Permissions: permissions}, fetch.EnvironmentOptions{AddressSpace: "public"})
	// Who asked goes away: nothing is remembered.
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-waiting; cancel() }()
	if _, err := page.Fetch(ctx, &fetch.Request{URL: "https://app.test/"}); !errors.Is(err, fetch.Aborted) {
		t.Errorf("cancelled: %v", err)
	}
	var wait sync.WaitGroup
	agent := page.Agent()
	for range 3 {
		other := lnaPage(t, &dialer{}, &fetch.Options{Permissions: agent.Permissions()}, fetch.EnvironmentOptions{AddressSpace: "public"})
		wait.Go(func() {
			if resp, err := other.Fetch(t.Context(), &fetch.Request{URL: "https://app.test/"}); err != nil {
				t.Error(err)
			} else {
				resp.Body.Close()
			}
		})
	}
	<-waiting
	answer <- true
	wait.Wait()
	if n := asked.Load(); n != 2 {
		t.Errorf("the user was asked %d times", n)
	}
	if resp, err := page.Fetch(t.Context(), &fetch.Request{URL: "https://app.test/"}); err != nil || asked.Load() != 2 {
		t.Errorf("%v, asked %d times: the answer is not remembered", err, asked.Load())
	} else {
		resp.Body.Close()
	}
	if err := permissions.Forget(page.Origin(), "local-network-access"); err != nil {
		t.Fatal(err)
	}
	go func() { <-waiting; answer <- false }()
	if _, err := page.Fetch(t.Context(), &fetch.Request{URL: "https://app.test/"}); !errors.Is(err, fetch.LocalNetworkDenied) || asked.Load() != 3 {
		t.Errorf("%v, asked %d times: the answer is not forgotten", err, asked.Load())
	}
	if err := permissions.Decide(page.Origin(), "camera", true); err == nil || !strings.Contains(err.Error(), `permission "camera" is unknown`) {
		t.Errorf("camera: %v", err)
	}
}

// A panic of Ask reaches the caller, and nobody waits for its answer.
func TestLocalNetworkPromptPanics(t *testing.T) {
	permissions := &fetch.Permissions{Ask: func(context.Context, fetch.PermissionRequest) (bool, error) { panic("asked") }}
	page := lnaPage(t, &dialer{}, &fetch.Options{Permissions: permissions}, fetch.EnvironmentOptions{AddressSpace: "public"})
	for range 2 {
		func() {
			defer func() {
				if v := recover(); v != "asked" {
					t.Errorf("recovered %v", v)
				}
			}()
			_, _ = page.Fetch(t.Context(), &fetch.Request{URL: "https://app.test/"})
		}()
	}
}

// A page that a navigation has loaded is in the space of its server. What it embeds from its own machine is checked by that.
func TestLocalNetworkOfNavigations(t *testing.T) {
	for _, tt := range []struct {
		url    string
		denied int // of requests to the user's network and to the user's machine
	}{{"https://api.test/", 2}, {"https://printer.test/", 1}, {"https://app.test/", 0}} {
		d := &dialer{}
		agent := lnaPage(t, d, &fetch.Options{}, fetch.EnvironmentOptions{}).Agent()
		var shown fetch.Connection
		resp, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: tt.url, Trace: &fetch.Trace{Connected: func(_ fetch.RequestInfo, c fetch.Connection) { shown = c }}})
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		page, err := resp.Page()
		if err != nil {
			t.Fatal(err)
		}
		denied := 0
		for _, url := range []string{"https://printer.test/", "https://app.test/"} {
			resp, err := page.Fetch(t.Context(), &fetch.Request{URL: url})
			if errors.Is(err, fetch.LocalNetworkDenied) {
				denied++
			} else if err == nil {
				resp.Body.Close()
			}
		}
		if denied != tt.denied || !shown.Address.IsValid() {
			t.Errorf("%s: %d requests denied, by %v", tt.url, denied, shown)
		}
	}
	for _, unchecked := range []bool{false, true} {
		agent := lnaPage(t, &dialer{}, &fetch.Options{Profile: lnaProfile(rules.LocalNetwork{NavigationsUnchecked: unchecked})}, fetch.EnvironmentOptions{}).Agent()
		page := newPage(t, agent, fetch.EnvironmentOptions{AddressSpace: "public"})
		_, err := agent.Navigate(t.Context(), &fetch.Navigation{URL: "https://app.test/", Initiator: page})
		if unchecked != (err == nil) || err != nil && !errors.Is(err, fetch.LocalNetworkDenied) {
			t.Errorf("unchecked %v: %v", unchecked, err)
		}
	}
}

// A response out of the HTTP cache is checked by the address that it came from.
//
// https://wicg.github.io/local-network-access/#http-cache
func TestLocalNetworkCached(t *testing.T) {
	store, err := httpcache.OpenDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	onDisk := httpcache.New(&httpcache.Options{Store: store})
	for _, cache := range []*httpcache.Cache{nil, onDisk} {
		d := &dialer{network: network{serve: func(s sent) reply {
			return answer(200, acao+"*", "Cache-Control: max-age=3600").with("ok")
		}}}
		page := lnaPage(t, d, &fetch.Options{HTTPCache: cache}, fetch.EnvironmentOptions{AddressSpace: "public"})
		permissions := page.Agent().Permissions()
		_ = permissions.Decide(page.Origin(), "loopback-network", true)
		for range 2 {
			resp := fetched(t, page, &fetch.Request{URL: "https://app.test/"})
			text(t, resp.Body)
			resp.Body.Close()
		}
		if len(d.sent) != 1 {
			t.Fatalf("sent %v", d.lines())
		}
		_ = permissions.Decide(page.Origin(), "loopback-network", false)
		e := refused(t, page, &fetch.Request{URL: "https://app.test/"})
		if e.Reason != fetch.LocalNetworkDenied || e.Response == nil || e.Response.CacheState != "local" || len(d.sent) != 1 {
			t.Errorf("got %v after %v", e, d.lines())
		}
	}
}

// Over real sockets: over HTTP/2 a request that is denied leaves the connection to the others.
func TestLocalNetworkSockets(t *testing.T) {
	for _, secure := range []bool{false, true} {
		server, accepted, requests := countedServer(t, secure)
		base := server.Client().Transport.(*http.Transport).Clone()
		agent, err := fetch.NewAgent(&fetch.Options{Transport: &fetch.HTTPTransport{RoundTripper: base}})
		if err != nil {
			t.Fatal(err)
		}
		defer agent.Close()
		top := mustOrigin(t, app)
		page := newPage(t, agent, fetch.EnvironmentOptions{AddressSpace: "public"})
		undelegated := newPage(t, agent, fetch.EnvironmentOptions{URL: "https://frame.test/", AddressSpace: "public", Ancestors: []origin.Origin{top}})
		request := &fetch.Request{URL: server.URL, TargetAddressSpace: "loopback"}
		if e := refused(t, page, request); e.Reason != fetch.LocalNetworkDenied || requests.Load() > 0 {
			t.Fatalf("got %v, %d requests", e, requests.Load())
		}
		_ = agent.Permissions().Decide(top, "loopback-network", true)
		for range 3 { // between which the connection stays
			resp := fetched(t, page, request)
			if body, err := io.ReadAll(resp.Body); err != nil || len(body) == 0 {
				t.Error(err)
			}
			resp.Body.Close()
			if e := refused(t, undelegated, request); e.Reason != fetch.LocalNetworkDenied {
				t.Errorf("the frame: %v", e)
			}
		}
		if requests.Load() != 3 {
			t.Errorf("secure %v: %d requests", secure, requests.Load())
		}
		if secure && accepted.Load() > 2 {
			t.Errorf("%d connections of HTTP/2", accepted.Load())
		}
	}
}

// What a worker imports is checked as the page's requests are, or refused whatever the user has decided.
func TestLocalNetworkWorkerImports(t *testing.T) {
	t.Parallel()
	for _, worker := range []fetch.Element{"worker", "worker/module"} {
		for _, refused := range []bool{false, true} {
			serve := func(r sent) reply {
				reply := answer(200, "Content-Type: text/javascript", "Access-Control-Allow-Origin: *")
				if r.URL.Host() == "printer.test" {
					return reply
				}
				return reply.with("import https://printer.test/i")
			}
			page := lnaPage(t, &dialer{network: network{serve: serve}}, &fetch.Options{Profile: lnaProfile(rules.LocalNetwork{NoWorkerImports: refused})}, fetch.EnvironmentOptions{AddressSpace: "public"})
			if err := page.Agent().Permissions().Decide(page.Origin(), "local-network", true); err != nil {
				t.Fatal(err)
			}
			out, err := page.Load(t.Context(), &fetch.Load{Element: worker, URL: "/w", Inspect: inspectText})
			if err != nil || refused != errors.Is(out.Err, fetch.LocalNetworkDenied) || !refused && out.Event != "load" {
				t.Errorf("%s, refused %t: %+v, %v", worker, refused, out, err)
			}
		}
	}
}

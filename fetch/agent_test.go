package fetch_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// All that is wrong with the options is said at once.
func TestNewAgentRefusals(t *testing.T) {
	agent, err := fetch.NewAgent(&fetch.Options{
		UserAgent: "a\nb", AcceptLanguage: " de", MaxIntegrityBody: -1, DisableCookies: true, Cookies: credentials.Jar(nil),
	})
	if agent != nil || err == nil {
		t.Fatal("made")
	}
	for _, want := range []string{`Options.UserAgent "a\nb"`, `Options.AcceptLanguage " de"`, "Options.MaxIntegrityBody -1", "Options.DisableCookies"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said:\n%v", want, err)
		}
	}
	if n := len(strings.Split(err.Error(), "\n")); n != 4 {
		t.Errorf("%d mistakes:\n%v", n, err)
	}
}

func TestNewAgentDefaults(t *testing.T) {
	for _, o := range []*fetch.Options{nil, {}} {
		agent, err := fetch.NewAgent(o)
		if err != nil {
			t.Fatal(err)
		}
		if agent.PreflightCache() == nil || agent.PreflightCache().Len() != 0 {
			t.Errorf("preflight cache %v", agent.PreflightCache())
		}
		page, err := agent.Page(app)
		if err != nil {
			t.Fatal(err)
		}
		if page.Agent() != agent || page.Origin().String() != app {
			t.Errorf("%v", page.Origin())
		}
	}
}

func TestEnvironmentRefusals(t *testing.T) {
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{})
	_, err := agent.Environment(&fetch.EnvironmentOptions{
		URL: "/relative", BaseURL: "https://a b/", ReferrerPolicy: "never", EmbedderPolicy: "require",
		Sandboxed: true, Origin: mustOrigin(t, app),
	})
	if err == nil {
		t.Fatal("made")
	}
	for _, want := range []string{"EnvironmentOptions.URL: ", "EnvironmentOptions.BaseURL: ", `EnvironmentOptions.ReferrerPolicy "never" is unknown, want one of no-referrer, no-referrer-when-downgrade, same-origin, origin, strict-origin, `,
		`EnvironmentOptions.EmbedderPolicy "require" is unknown, want one of unsafe-none, require-corp, credentialless`, `EnvironmentOptions.Sandboxed contradicts the tuple origin "https://app.example"`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said:\n%v", want, err)
		}
	}
	if n := len(strings.Split(err.Error(), "\n")); n != 5 {
		t.Errorf("%d mistakes:\n%v", n, err)
	}
	if _, ok := errors.AsType[*origin.ParseError](err); !ok {
		t.Error("the cause is lost")
	}
	if _, err := agent.Page("nowhere"); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("%v", err)
	}
}

// The origin of an environment.
//
// https://html.spec.whatwg.org/#environment-settings-object
func TestEnvironmentOrigin(t *testing.T) {
	agent, _ := newAgent(t, routes{}.serve, fetch.Options{})
	opaque := origin.NewOpaque()
	tests := []struct {
		name string
		page fetch.EnvironmentOptions
		want string
	}{
		{"of the URL", fetch.EnvironmentOptions{URL: "https://APP.example:443/x"}, app},
		{"of a blob:", fetch.EnvironmentOptions{URL: "blob:" + app + "/1"}, app},
		{"given", fetch.EnvironmentOptions{URL: "about:blank", Origin: mustOrigin(t, api)}, api},
		{"of data:", fetch.EnvironmentOptions{URL: "data:,"}, "null"},
		{"sandboxed", fetch.EnvironmentOptions{URL: app, Sandboxed: true}, "null"},
		{"sandboxed with a given one", fetch.EnvironmentOptions{URL: app, Sandboxed: true, Origin: opaque}, "null"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := newPage(t, agent, tt.page)
			if got := page.Origin().String(); got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if tt.page.Origin.IsOpaque() && !page.Origin().SameOrigin(opaque) {
				t.Error("another opaque origin")
			}
		})
	}
}

// Agents and pages serve any number of goroutines.
func TestConcurrentUse(t *testing.T) {
	agent, n := newAgent(t, routes{app + "/r": answer(307, "Location: "+api+"/a")}.serve, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	shared := &fetch.Request{URL: "/r", Method: "PUT", Body: fetch.TextBody("x"), Headers: headerLines("X-A: 1", "Authorization: x"), Keepalive: true}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 20 {
				resp, err := page.Fetch(t.Context(), shared)
				if err != nil {
					t.Error(err)
					return
				}
				resp.Body.Close()
			}
		})
	}
	group.Wait()
	if got := len(n.lines()); got < 2*8*20+1 {
		t.Errorf("%d requests", got)
	}
}

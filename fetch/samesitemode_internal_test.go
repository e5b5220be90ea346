package fetch

import (
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// https://fetch.spec.whatwg.org/#determine-the-same-site-mode
func TestSameSiteMode(t *testing.T) {
	app, err := origin.Parse("https://app.example")
	if err != nil {
		t.Fatal(err)
	}
	parse := func(s string) *origin.URL {
		u, err := origin.ParseURL(s)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}
	const app2, other, plain = "https://www.app.example/x", "https://other.example/", "http://app.example/"
	type context = sameSiteContext
	page := func(c context) context {
		c.page, c.topLevel, c.method = app, app, "GET"
		return c
	}
	chain := &rules.Cookies{SameSiteIgnoresRedirects: true}
	setting := &rules.Cookies{SetIgnoresRedirects: true}
	hosts := &rules.Cookies{SameSiteSchemeless: true}
	tests := []struct {
		name    string
		url     string
		context context
		want    credentials.SameSite
		third   bool
	}{
		{"no client", other, context{method: "GET"}, "strict-or-less", false},
		{"same-site", app2, page(context{}), "strict-or-less", false},
		{"method that is neither GET nor POST", app2, context{method: "PUT", page: app, topLevel: app}, "strict-or-less", false},
		{"cross-site", other, page(context{}), "unset-or-less", true},
		{"other scheme", plain, page(context{}), "unset-or-less", true},
		{"other scheme, schemelessly", plain, page(context{rules: hosts}), "strict-or-less", false},
		{"opaque page", app2, context{method: "GET", page: origin.NewOpaque(), topLevel: app}, "unset-or-less", false},
		{"framed by another site", app2, context{method: "GET", page: app, topLevel: parse(other).Origin(), crossSiteAncestor: true}, "unset-or-less", true},
		{"cross-site ancestor between", app2, page(context{crossSiteAncestor: true}), "unset-or-less", true},
		{"cross-site taint", app2, page(context{crossSiteTaint: true}), "unset-or-less", false},
		{"cross-site taint, ignored", app2, page(context{crossSiteTaint: true, rules: chain}), "strict-or-less", false},
		{"cross-site taint, ignored in responses", app2, page(context{crossSiteTaint: true, setting: true, rules: setting}), "strict-or-less", false},
		{"cross-site taint, ignored in responses only", app2, page(context{crossSiteTaint: true, rules: setting}), "unset-or-less", false},
		{"by hand", other, context{method: "GET", navigation: true}, "strict-or-less", false},
		{"by hand, posted", other, context{method: "POST", navigation: true}, "strict-or-less", false},
		{"by hand, redirected by another", other, context{method: "GET", navigation: true, crossSiteTaint: true}, "lax-or-less", false},
		{"link within the site", app2, context{method: "GET", navigation: true, initiator: app}, "strict-or-less", false},
		{"form within the site", app2, context{method: "POST", navigation: true, initiator: app}, "strict-or-less", false},
		{"link from another", other, context{method: "GET", navigation: true, initiator: app}, "lax-or-less", false},
		{"link from an opaque origin", other, context{method: "GET", navigation: true, initiator: origin.NewOpaque()}, "lax-or-less", false},
		{"link from another scheme", plain, context{method: "GET", navigation: true, initiator: app}, "lax-or-less", false},
		{"form from another", other, context{method: "POST", navigation: true, initiator: app}, "unset-or-less", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.context.url = parse(tt.url)
			if tt.context.rules == nil {
				tt.context.rules = &rules.Cookies{}
			}
			if got := tt.context.mode(); got != tt.want {
				t.Errorf("%v, want %v", got, tt.want)
			}
			if got := tt.context.thirdParty(); got != tt.third {
				t.Errorf("third party: %v", got)
			}
		})
	}
}

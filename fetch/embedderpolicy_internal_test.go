package fetch

import (
	"context"
	"testing"

	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// answered is a response of a URL with headers.
func answered(t *testing.T, url string, headers ...string) *response {
	t.Helper()
	u, err := origin.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	resp := &response{status: 200, urlList: []*origin.URL{u}}
	for i := 0; i < len(headers); i += 2 {
		resp.headers = append(resp.headers, safelist.Header{Name: headers[i], Value: headers[i+1]})
	}
	return resp
}

func bareAgent(t *testing.T, change func(*Profile)) *Agent {
	t.Helper()
	p := Standard()
	if change != nil {
		change(p)
	}
	a, err := NewAgent(&Options{Profile: p, Transport: noTransport{}})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

type noTransport struct{}

func (noTransport) RoundTrip(context.Context, *NetworkRequest) (*NetworkResponse, error) {
	return nil, ErrNoAnswer
}

// The headers that make an embedder policy, and their endpoints.
//
// https://html.spec.whatwg.org/#obtain-an-embedder-policy
func TestObtainEmbedderPolicy(t *testing.T) {
	const only = embedderPolicyHeader + "-Report-Only"
	tests := []struct {
		name    string
		url     string
		headers []string
		want    embedderPolicy
	}{
		{"none", "https://a.test/", nil, embedderPolicy{value: unsafeNone, reportOnly: unsafeNone}},
		{"require-corp", "https://a.test/", []string{embedderPolicyHeader, "require-corp"}, embedderPolicy{value: requireCORP, reportOnly: unsafeNone}},
		{"credentialless", "https://a.test/", []string{embedderPolicyHeader, "credentialless"}, embedderPolicy{value: credentialless, reportOnly: unsafeNone}},
		{"an endpoint", "https://a.test/", []string{embedderPolicyHeader, `require-corp; report-to="a\"\\b"`}, embedderPolicy{value: requireCORP, reportOnly: unsafeNone, endpoint: `a"\b`}},
		{"the last endpoint", "https://a.test/", []string{embedderPolicyHeader, `require-corp; report-to="a"; report-to="b"; x`}, embedderPolicy{value: requireCORP, reportOnly: unsafeNone, endpoint: "b"}},
		{"an endpoint that is a token", "https://a.test/", []string{embedderPolicyHeader, `require-corp; report-to="a"; report-to=b`}, embedderPolicy{value: requireCORP, reportOnly: unsafeNone}},
		{"an endpoint that does not parse", "https://a.test/", []string{embedderPolicyHeader, `require-corp; report-to="a`}, embedderPolicy{value: unsafeNone, reportOnly: unsafeNone}},
		{"a string", "https://a.test/", []string{embedderPolicyHeader, `"require-corp"`}, embedderPolicy{value: unsafeNone, reportOnly: unsafeNone}},
		{"capitals", "https://a.test/", []string{embedderPolicyHeader, "Require-CORP"}, embedderPolicy{value: unsafeNone, reportOnly: unsafeNone}},
		{"two", "https://a.test/", []string{embedderPolicyHeader, "require-corp", embedderPolicyHeader, "require-corp"}, embedderPolicy{value: unsafeNone, reportOnly: unsafeNone}},
		{"unknown, with an endpoint", "https://a.test/", []string{embedderPolicyHeader, `unsafe-none; report-to="a"`}, embedderPolicy{value: unsafeNone, reportOnly: unsafeNone}},
		{"both", "https://a.test/", []string{embedderPolicyHeader, `credentialless; report-to="a"`, only, `require-corp; report-to="b"`},
			embedderPolicy{value: credentialless, endpoint: "a", reportOnly: requireCORP, reportOnlyEndpoint: "b"}},
		{"not secure", "http://a.test/", []string{embedderPolicyHeader, "require-corp", only, "require-corp"}, embedderPolicy{value: unsafeNone, reportOnly: unsafeNone}},
		{"localhost", "http://localhost/", []string{embedderPolicyHeader, "require-corp"}, embedderPolicy{value: requireCORP, reportOnly: unsafeNone}},
	}
	a := bareAgent(t, nil)
	for _, tt := range tests {
		if got := a.obtainEmbedderPolicy(answered(t, tt.url, tt.headers...)); got != tt.want {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
	ignoring := bareAgent(t, func(p *Profile) { p.Policy.CredentiallessIgnored = true })
	if got := ignoring.obtainEmbedderPolicy(answered(t, "https://a.test/", embedderPolicyHeader, "credentialless")); got.value != unsafeNone {
		t.Errorf("credentialless where it is not known: %+v", got)
	}
	for _, known := range []bool{false, true} {
		a := bareAgent(t, func(p *Profile) { p.Policy.DocumentIsolation = known })
		for value, want := range map[string]EmbedderPolicy{
			"isolate-and-require-corp": requireCORP, `isolate-and-credentialless; report-to="a"`: credentialless, "none": unsafeNone, "require-corp": unsafeNone, "": unsafeNone,
		} {
			if !known {
				want = unsafeNone
			}
			if got := a.obtainIsolationPolicy(answered(t, "https://a.test/", isolationPolicyHeader, value)); got != want {
				t.Errorf("Document-Isolation-Policy: %s: %s, want %s", value, got, want)
			}
		}
	}
}

// What a page with an embedder policy demands of its frames and workers.
//
// https://html.spec.whatwg.org/#check-a-navigation-response's-adherence-to-its-embedder-policy
// https://html.spec.whatwg.org/#check-a-global-object's-embedder-policy
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func TestEmbedderPolicyInherited(t *testing.T) {
	const corp = resourcePolicy
	tests := []struct {
		name       string
		page       embedderPolicy
		url        string
		headers    []string
		frame      Reason // of the check of each response
		own        Reason // of the check of the document or the worker
		reported   string // the checks that the policy for reports fails
		isolatedBy string
	}{
		{name: "no policy", page: embedderPolicy{value: unsafeNone}, url: "https://b.test/", headers: []string{corp, "same-origin"}},
		{name: "neither", page: embedderPolicy{value: requireCORP}, url: "https://b.test/", frame: CrossOriginResourcePolicy, own: EmbedderPolicyMissing},
		{name: "policy alone", page: embedderPolicy{value: requireCORP}, url: "https://b.test/", headers: []string{embedderPolicyHeader, "require-corp"}, frame: CrossOriginResourcePolicy},
		{name: "both", page: embedderPolicy{value: requireCORP}, url: "https://b.test/", headers: []string{embedderPolicyHeader, "credentialless", corp, "cross-origin"}},
		{name: "CORP alone", page: embedderPolicy{value: requireCORP}, url: "https://b.test/", headers: []string{corp, "cross-origin"}, own: EmbedderPolicyMissing},
		{name: "same origin", page: embedderPolicy{value: requireCORP}, url: "https://a.test/b", own: EmbedderPolicyMissing},
		{name: "same site", page: embedderPolicy{value: requireCORP}, url: "https://x.a.test/b", headers: []string{corp, "same-site", embedderPolicyHeader, "require-corp"}},
		{name: "credentialless", page: embedderPolicy{value: credentialless}, url: "https://b.test/", headers: []string{embedderPolicyHeader, "require-corp"}, frame: CrossOriginResourcePolicy},
		{name: "CORP without a policy of the page", page: embedderPolicy{value: unsafeNone}, url: "https://b.test/", headers: []string{corp, "same-origin"}},
		{name: "report only", page: embedderPolicy{value: unsafeNone, reportOnly: requireCORP}, url: "https://b.test/", reported: "cross-origin resource policy check, report only|embedder policy check, report only|"},
		{name: "report only of what has both", page: embedderPolicy{value: unsafeNone, reportOnly: requireCORP}, url: "https://b.test/", headers: []string{embedderPolicyHeader, "credentialless", corp, "cross-origin"}},
		{name: "isolation", page: embedderPolicy{value: unsafeNone}, url: "https://b.test/", isolatedBy: isolate + "require-corp"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := bareAgent(t, func(p *Profile) { p.Policy.DocumentIsolation = true })
			page, err := a.Environment(&EnvironmentOptions{URL: "https://a.test/", DocumentIsolationPolicy: tt.isolatedBy})
			if err != nil {
				t.Fatal(err)
			}
			page.coep = tt.page
			resp := answered(t, tt.url, tt.headers...)
			reported := ""
			f := a.newFetching(t.Context())
			f.request.client, f.request.origin, f.request.urlList = page, page.origin, resp.urlList
			f.request.trace = &Trace{Checked: func(check string, _ RequestInfo, _ ResponseInfo, refusal *Error) {
				if check == checkPolicyReport || check == checkEmbedderReport {
					reported += check + "|"
				} else if refusal != nil && refusal.Detail == "" {
					t.Errorf("%s: no detail", check)
				}
			}}
			if got := reasonOf(f.frameResourcePolicyCheck(page, resp)); got != tt.frame {
				t.Errorf("response of a frame: %v, want %v", got, tt.frame)
			}
			own := a.obtainEmbedderPolicy(resp)
			if got := reasonOf(f.checkFramePolicy(page, resp, own)); got != tt.own {
				t.Errorf("document of a frame: %v, want %v", got, tt.own)
			}
			if reported != tt.reported {
				t.Errorf("reported %q, want %q", reported, tt.reported)
			}
			if got := reasonOf(f.checkWorkerPolicy(page, resp, own)); got != tt.own {
				t.Errorf("worker: %v, want %v", got, tt.own)
			}
			if f.checkFramePolicy(nil, resp, own) != nil {
				t.Error("a top-level page has no container")
			}
		})
	}
}

func reasonOf(e *Error) Reason {
	if e == nil {
		return 0
	}
	return e.Reason
}

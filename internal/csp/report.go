package csp

import (
	"bytes"
	"encoding/json"
	"iter"
	"strings"

	"github.com/browsercors/browsercors/origin"
)

// mostEndpoints is how many endpoints of one report-uri directive get a report. The Standard has no limit.
const mostEndpoints = 16

// Endpoints yields the URLs of a policy's report-uri directive as they were written. There are none if the policy has
// report-to, which takes its place.
//
// https://w3c.github.io/webappsec-csp/#report-violation
func (p *Policy) Endpoints() iter.Seq[string] {
	return func(yield func(string) bool) {
		uris, ok := p.value(ReportURI)
		// 4.1. report-to takes its place.
		if _, has := p.value(ReportTo); !ok || has {
			return
		}
		n := 0
		for token := range strings.FieldsFuncSeq(uris, isBlank) {
			if n++; n > mostEndpoints || !yield(token) {
				return
			}
		}
	}
}

// ReportGroup returns the endpoint that the policy's report-to directive names; "" is none.
//
// https://w3c.github.io/webappsec-csp/#directive-report-to
func (p *Policy) ReportGroup() string {
	value, _ := p.value(ReportTo)
	for token := range strings.FieldsFuncSeq(value, isBlank) {
		return token
	}
	return ""
}

// disposition is the policy's disposition as reports write it.
func (p *Policy) disposition() string {
	if p.report {
		return "report"
	}
	return "enforce"
}

// Serialize returns the body of a report to report-uri: a violation by a page of a request for a URL. A page's referrer
// and status, and the place in a script, are not known.
//
// https://w3c.github.io/webappsec-csp/#deprecated-serialize-violation
func (v *Violation) Serialize(page, blocked *origin.URL) []byte {
	// 1. What was violated, by what. 2. There is no source file.
	type body struct {
		DocumentURI        string `json:"document-uri"`
		Referrer           string `json:"referrer"`
		BlockedURI         string `json:"blocked-uri"`
		EffectiveDirective string `json:"effective-directive"`
		ViolatedDirective  string `json:"violated-directive"`
		OriginalPolicy     string `json:"original-policy"`
		Disposition        string `json:"disposition"`
		StatusCode         int    `json:"status-code"`
		ScriptSample       string `json:"script-sample"`
	}
	// 4. In an object of one member.
	return encode(map[string]body{"csp-report": {
		DocumentURI: StripURL(page), BlockedURI: StripURL(blocked), EffectiveDirective: v.Effective.String(), ViolatedDirective: v.Effective.String(),
		OriginalPolicy: v.Policy.text, Disposition: v.Policy.disposition(), StatusCode: 200,
	}})
}

// SerializeReport returns the body of a report to the endpoint of report-to.
//
// https://w3c.github.io/webappsec-csp/#report-violation
// https://w3c.github.io/reporting/#serialize-reports
func (v *Violation) SerializeReport(page, blocked *origin.URL, userAgent string) []byte {
	type details struct {
		DocumentURL        string `json:"documentURL"`
		Referrer           string `json:"referrer"`
		BlockedURL         string `json:"blockedURL"`
		EffectiveDirective string `json:"effectiveDirective"`
		OriginalPolicy     string `json:"originalPolicy"`
		Sample             string `json:"sample"`
		Disposition        string `json:"disposition"`
		StatusCode         int    `json:"statusCode"`
	}
	return EncodeReport("csp-violation", page, userAgent, details{
		DocumentURL: StripURL(page), BlockedURL: StripURL(blocked), EffectiveDirective: v.Effective.String(),
		OriginalPolicy: v.Policy.text, Disposition: v.Policy.disposition(), StatusCode: 200,
	})
}

// EncodeReport returns a report of a type about a page, as endpoints of Reporting-Endpoints get it.
//
// https://w3c.github.io/reporting/#serialize-reports
func EncodeReport(kind string, page *origin.URL, userAgent string, body any) []byte {
	type report struct {
		Age       int    `json:"age"`
		Body      any    `json:"body"`
		Type      string `json:"type"`
		URL       string `json:"url"`
		UserAgent string `json:"user_agent"`
	}
	return encode([]report{{Body: body, Type: kind, URL: StripURL(page), UserAgent: userAgent}})
}

// encode writes JSON as browsers do, with “<” and “&” as they are.
func encode(v any) []byte {
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	_ = out.Encode(v) // strings and numbers
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// StripURL is "strip URL for use in reports".
//
// https://w3c.github.io/webappsec-csp/#strip-url-for-use-in-reports
func StripURL(u *origin.URL) string {
	// 1. Of other schemes the scheme alone is told.
	if !u.IsHTTP() {
		return u.Scheme()
	}
	// 2 to 5. Neither fragment nor userinfo.
	if u.IncludesCredentials() {
		u = u.SetCredentials("", "")
	}
	return u.WithoutFragment()
}

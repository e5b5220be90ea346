package cause

import (
	"strings"

	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// responseHeaders are the CORS protocol's response headers, in lower case.
var responseHeaders = map[string]string{
	"access-control-allow-origin":      "Access-Control-Allow-Origin",
	"access-control-allow-credentials": "Access-Control-Allow-Credentials",
	"access-control-allow-methods":     "Access-Control-Allow-Methods",
	"access-control-allow-headers":     "Access-Control-Allow-Headers",
	"access-control-expose-headers":    "Access-Control-Expose-Headers",
	"access-control-max-age":           "Access-Control-Max-Age",
}

// Meant returns the response header of the CORS protocol that a misspelt name was
// most likely meant to be; "" if the name is right, or like none of them.
func Meant(name string) string {
	lower := strings.ToLower(strings.Trim(name, " \t:"))
	if lower == strings.ToLower(name) && (responseHeaders[lower] != "" || alike[lower]) || len(lower) > 60 {
		return ""
	}
	plain := strings.ReplaceAll(lower, "_", "-")
	plain = strings.TrimPrefix(plain, "x-")
	if meant := responseHeaders[plain]; meant != "" {
		return meant
	}
	if meant := others[plain]; meant != "" {
		return meant
	}
	if !strings.HasPrefix(plain, "ac") && !strings.Contains(plain, "allow") {
		return ""
	}
	if meant, ok := text.Closest(plain, knownNames); ok {
		return responseHeaders[meant]
	}
	return ""
}

// alike are right names that are like those of the CORS protocol's response
// headers.
var alike = map[string]bool{
	"access-control-request-method": true, "access-control-request-headers": true,
	"access-control-allow-private-network": true, "access-control-allow-local-network": true,
}

// others are wrong names that are too far from the right ones for a comparison of
// letters.
var others = map[string]string{
	"allow-origin": "Access-Control-Allow-Origin", "access-allow-origin": "Access-Control-Allow-Origin", "access-control-origin": "Access-Control-Allow-Origin",
	"access-allow-control-origin": "Access-Control-Allow-Origin", "allow-control-allow-origin": "Access-Control-Allow-Origin", "accesscontrolalloworigin": "Access-Control-Allow-Origin",
	"access-control-request-origin": "Access-Control-Allow-Origin", "cors-allow-origin": "Access-Control-Allow-Origin",
	"allow-headers": "Access-Control-Allow-Headers", "access-allow-headers": "Access-Control-Allow-Headers", "access-control-headers": "Access-Control-Allow-Headers",
	"allow-methods": "Access-Control-Allow-Methods", "access-allow-methods": "Access-Control-Allow-Methods", "access-control-methods": "Access-Control-Allow-Methods",
	"allow-credentials": "Access-Control-Allow-Credentials", "access-allow-credentials": "Access-Control-Allow-Credentials", "access-control-credentials": "Access-Control-Allow-Credentials",
	"access-control-exposed-headers": "Access-Control-Expose-Headers", "access-control-allow-expose-headers": "Access-Control-Expose-Headers", "expose-headers": "Access-Control-Expose-Headers",
	"access-control-allow-exposed-headers": "Access-Control-Expose-Headers", "access-control-maxage": "Access-Control-Max-Age", "access-control-allow-max-age": "Access-Control-Max-Age",
}

var knownNames = []string{
	"access-control-allow-origin", "access-control-allow-credentials", "access-control-allow-methods",
	"access-control-allow-headers", "access-control-expose-headers", "access-control-max-age",
}

// Misspelt returns the first header of an answer that was meant to be a header of
// the CORS protocol which the answer lacks.
func Misspelt(headers safelist.HeaderList, missing string) (name, value string, ok bool) {
	for _, h := range headers {
		if Meant(h.Name) == missing {
			return h.Name, h.Value, true
		}
	}
	return "", "", false
}

// MisspeltShape tells which header of an answer was meant to be one that it lacks;
// false if there is none.
func MisspeltShape(headers safelist.HeaderList, missing string) (Shape, bool) {
	name, _, ok := Misspelt(headers, missing)
	if !ok {
		return Shape{}, false
	}
	problem := "The response has the header “" + show(name) + "”, which no browser knows. "
	switch {
	case strings.HasSuffix(name, " ") || strings.HasSuffix(name, "\t"):
		problem = "The response has the header “" + show(name) + "”, with a blank before the colon. Only some browsers treat such a line as a header; the others skip it."
	case strings.Contains(name, "_"):
		problem += "It has “_” in place of “-”."
	default:
		problem += "Did you mean " + missing + "?"
	}
	return Shape{"misspelt-header", problem, "Correct the header's name"}, true
}

// misspelt finds answers whose header is nearly the one that browsers look for.
func misspelt(e *Evidence) (Cause, bool) {
	if e.Answer == nil || e.Header == "" || e.has(e.Header) {
		return Cause{}, false
	}
	s, ok := MisspeltShape(e.Answer.Headers, e.Header)
	if !ok {
		return Cause{}, false
	}
	c := Cause{ID: s.ID, By: Server, Headers: Readable, Problem: s.Problem, Fix: s.Fix + ":"}
	if e.OnPreflight {
		c.Headers = Permission
	}
	return c, true
}

// responseHeaderInRequest finds pages that send the CORS protocol's response
// headers.
func responseHeaderInRequest(e *Evidence) (Cause, bool) {
	if !e.OnPreflight {
		return Cause{}, false
	}
	var wrong []string
	for _, name := range e.Names {
		if responseHeaders[name] != "" || Meant(name) != "" && strings.HasPrefix(name, "access") {
			wrong = append(wrong, name)
		}
	}
	lower := strings.ToLower(e.Refused)
	for _, name := range wrong {
		if lower == "" || name == lower {
			c := Cause{ID: "response-header-in-request", By: Page}
			c.Problem = "The page sends " + text.List(wrong) + ". That is a response header: a server sends it, and in a request it does nothing except to need a preflight."
			c.Fix = "Leave it out of the request. The server should not allow it."
			if len(wrong) > 1 {
				c.Problem = "The page sends " + text.List(wrong) + ". Those are response headers: a server sends them, and in a request they do nothing except to need a preflight."
				c.Fix = "Leave them out of the request. The server should not allow them."
			}
			return c, true
		}
	}
	return Cause{}, false
}

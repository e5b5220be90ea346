package main

import (
	"fmt"
	"strings"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/internal/text"
)

// A scenario as the script of its page, for people to read.

// script is what the page does, as JavaScript, one statement per line.
func script(s *conformance.Scenario) []string {
	where := "// on " + s.Page.URL
	if s.Page.Sandboxed {
		where += ", in a sandboxed frame"
	}
	for _, h := range [...][2]string{
		{"Cross-Origin-Embedder-Policy", s.Page.EmbedderPolicy}, {"Content-Security-Policy", s.Page.CSP}, {"Referrer-Policy", s.Page.ReferrerPolicy},
		{"Integrity-Policy", s.Page.IntegrityPolicy}, {"Connection-Allowlist", s.Page.ConnectionAllowlist},
	} {
		if h[1] != "" {
			where += ", with " + h[0] + ": " + h[1]
		}
	}
	lines := []string{where}
	for _, step := range s.Steps {
		switch {
		case step.WaitMS != nil:
			lines = append(lines, fmt.Sprintf("await new Promise(done => setTimeout(done, %d))", *step.WaitMS))
		case step.Visit != nil:
			lines = append(lines, "// the user visits "+*step.Visit+" and comes back")
		case step.Element != nil:
			lines = append(lines, elementLines(step.Element)...)
		case step.EventSource != nil:
			lines = append(lines, eventSourceLines(step.EventSource)...)
		case step.Beacon != nil:
			lines = append(lines, beaconCall(step.Beacon))
		case step.WebSocket != nil:
			lines = append(lines, webSocketLines(step.WebSocket)...)
		case step.Fetch.API == "xhr":
			lines = append(lines, xhrCall(step.Fetch)...)
		default:
			lines = append(lines, fetchCall(step.Fetch))
		}
	}
	for i, line := range lines {
		lines[i] = text.CleanBytes(line)
	}
	return lines
}

func fetchCall(f *conformance.Fetch) string {
	var init []string
	add := func(name string, value *string) {
		if value != nil {
			init = append(init, name+": "+literal(*value))
		}
	}
	add("method", f.Method)
	if len(f.Headers) > 0 {
		var pairs []string
		for _, h := range f.Headers {
			pairs = append(pairs, fmt.Sprintf("[%s, %s]", literal(h[0]), literal(h[1])))
		}
		init = append(init, "headers: ["+strings.Join(pairs, ", ")+"]")
	}
	if f.Body != nil {
		init = append(init, "body: "+bodyOf(f.Body))
		if f.Body.Kind == "stream" {
			init = append(init, `duplex: "half"`)
		}
	}
	add("mode", f.Mode)
	add("credentials", f.Credentials)
	add("redirect", f.Redirect)
	add("cache", f.Cache)
	add("referrer", f.Referrer)
	add("referrerPolicy", f.ReferrerPolicy)
	add("integrity", f.Integrity)
	if f.Keepalive != nil {
		init = append(init, fmt.Sprintf("keepalive: %t", *f.Keepalive))
	}
	if len(init) == 0 {
		return "await fetch(" + literal(f.URL) + ")"
	}
	return "await fetch(" + literal(f.URL) + ", {" + strings.Join(init, ", ") + "})"
}

func xhrCall(f *conformance.Fetch) []string {
	method := "GET"
	if f.Method != nil {
		method = *f.Method
	}
	lines := []string{"xhr = new XMLHttpRequest()", fmt.Sprintf("xhr.open(%s, %s)", literal(method), literal(f.URL))}
	for _, h := range f.Headers {
		lines = append(lines, fmt.Sprintf("xhr.setRequestHeader(%s, %s)", literal(h[0]), literal(h[1])))
	}
	if f.WithCredentials != nil {
		lines = append(lines, fmt.Sprintf("xhr.withCredentials = %t", *f.WithCredentials))
	}
	if f.UploadListener != nil && *f.UploadListener {
		lines = append(lines, `xhr.upload.addEventListener("progress", () => {})`)
	}
	body := ""
	if f.Body != nil {
		body = bodyOf(f.Body)
	}
	return append(lines, "xhr.send("+body+")")
}

func bodyOf(b *conformance.Body) string {
	text := literal(b.Text)
	switch b.Kind {
	case "urlencoded":
		return "new URLSearchParams(" + text + ")"
	case "multipart":
		return "formData(" + text + ")"
	case "blob":
		if b.Type != nil {
			return "new Blob([" + text + "], {type: " + literal(*b.Type) + "})"
		}
		return "new Blob([" + text + "])"
	case "stream":
		return "new Blob([" + text + "]).stream()"
	}
	return text
}

// literal is a value as JSON on one line. Characters that are not printable are escaped.
func literal(v any) string {
	raw, err := text.JSON(v)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return text.EscapeJSON(string(raw))
}

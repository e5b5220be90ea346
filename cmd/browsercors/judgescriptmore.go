package main

import (
	"fmt"
	"strings"

	"github.com/browsercors/browsercors/conformance"
)

// markups are how the elements of scenarios are written: the tag, and the attribute
// that has the URL.
var markups = map[string][2]string{
	"img": {"<img", "src"}, "script": {"<script", "src"}, "module": {`<script type="module"`, "src"}, "style": {`<link rel="stylesheet"`, "href"},
	"audio": {"<audio muted preload=auto", "src"}, "video": {"<video muted preload=auto", "src"}, "track": {"<track default", "src"},
	"preload": {`<link rel="preload"`, "href"}, "modulepreload": {`<link rel="modulepreload"`, "href"}, "iframe": {"<iframe", "src"},
}

// elementLines is how the page makes an element.
func elementLines(e *conformance.Element) []string {
	switch e.Kind {
	case "font":
		return []string{fmt.Sprintf("await new FontFace(\"f\", %s).load()", literal("url("+literal(e.URL)+")"))}
	case "worker":
		if e.Type != nil {
			return []string{fmt.Sprintf("new Worker(%s, {type: %s})", literal(e.URL), literal(*e.Type))}
		}
		return []string{fmt.Sprintf("new Worker(%s)", literal(e.URL))}
	case "css-image", "css-mask":
		property := map[string]string{"css-image": "background-image", "css-mask": "mask-image"}[e.Kind]
		return []string{fmt.Sprintf("<div style='%s: url(%s)'>", property, literal(e.URL))}
	}
	markup := markups[e.Kind]
	var b strings.Builder
	b.WriteString(markup[0])
	attribute := func(name string, value *string) {
		if value != nil {
			fmt.Fprintf(&b, " %s=%s", name, literal(*value))
		}
	}
	crossOrigin := e.CrossOrigin
	if e.Kind == "track" {
		crossOrigin = nil
	}
	attribute("crossorigin", crossOrigin)
	attribute("integrity", e.Integrity)
	attribute("referrerpolicy", e.ReferrerPolicy)
	attribute("as", e.As)
	attribute("type", e.Type)
	attribute(markup[1], &e.URL)
	b.WriteString(">")
	switch {
	case e.Kind != "track":
		return []string{b.String()}
	case e.CrossOrigin != nil:
		return []string{fmt.Sprintf("<video crossorigin=%s>%s</video>", literal(*e.CrossOrigin), b.String())}
	}
	return []string{"<video>" + b.String() + "</video>"}
}

func eventSourceLines(s *conformance.EventSource) []string {
	options := ""
	if s.WithCredentials {
		options = ", {withCredentials: true}"
	}
	messages := 1
	if s.Messages != nil {
		messages = *s.Messages
	}
	return []string{fmt.Sprintf("source = new EventSource(%s%s)", literal(s.URL), options), fmt.Sprintf("// message %d: source.close()", messages)}
}

func beaconCall(b *conformance.Beacon) string {
	if b.Body == nil {
		return "navigator.sendBeacon(" + literal(b.URL) + ")"
	}
	return "navigator.sendBeacon(" + literal(b.URL) + ", " + bodyOf(b.Body) + ")"
}

func webSocketLines(s *conformance.WebSocket) []string {
	protocols := ""
	if s.Protocols != nil {
		protocols = ", " + literal(s.Protocols)
	}
	return []string{fmt.Sprintf("socket = new WebSocket(%s%s)", literal(s.URL), protocols), "socket.onopen = () => socket.close()"}
}

// callOf is what script does in a step, in short; "" where it learns nothing of it.
func callOf(step *conformance.Step) string {
	switch {
	case step.Element != nil:
		return step.Element.Kind + " " + step.Element.URL
	case step.EventSource != nil:
		return "EventSource " + step.EventSource.URL
	case step.Beacon != nil:
		return "sendBeacon " + step.Beacon.URL
	case step.WebSocket != nil:
		return "WebSocket " + step.WebSocket.URL
	case step.Fetch == nil:
		return ""
	case step.Fetch.API == "xhr":
		return "XMLHttpRequest " + step.Fetch.URL
	}
	return "fetch " + step.Fetch.URL
}

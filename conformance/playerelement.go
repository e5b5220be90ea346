package conformance

import (
	"context"
	"errors"
	"slices"

	"github.com/browsercors/browsercors/fetch"
)

// withoutWebGL are the engines that have no WebGL in the browsers that play.
var withoutWebGL = []string{"firefox"}

// playElement is one element that the page makes.
func (p *play) playElement(ctx context.Context, e *Element) (StepOutcome, error) {
	if e.Kind == "worker" && e.Type != nil && !slices.Contains([]string{"classic", "module"}, *e.Type) {
		return failure("TypeError"), nil // the enumeration has no such value
	}
	var posted, first, noFrame bool
	in := e.load()
	in.Inspect = func(of fetch.Element, headers fetch.HeaderList, body []byte) fetch.Contents {
		c := contentsOf(of, headers, body)
		posted, first, noFrame = posted || c.posts, first || c.first && of != "importscripts", c.noFrame
		return c.Contents
	}
	out, err := p.page.Load(ctx, in)
	if err != nil {
		var refusal *fetch.Error
		if errors.As(err, &refusal) && e.Kind == "worker" {
			return failure(refusal.Exception()), err
		}
		return StepOutcome{Result: "error"}, err
	}
	if out.Response != nil {
		defer out.Response.Body.Close()
	}
	step := StepOutcome{Result: out.Event}
	switch {
	case e.Kind == "css-image", e.Kind == "css-mask":
		step.Result = ""
	case e.Kind == "worker" && first && out.Environment != nil && (in.Type != "module" || out.Threw || out.Err == nil):
		step.Result = "load" // the first message came before anything else
	case e.Kind == "worker" && step.Result == "load" && !posted:
		step.Result = "" // no message comes
	}
	if step.Result == "" {
		step.Result = "none"
	}
	if noFrame {
		if p.sounds == nil {
			p.sounds = make(map[string]bool)
		}
		p.sounds[e.URL] = true
	}
	readable := out.Readable || e.Kind == "video" && p.sounds[e.URL]
	switch e.Kind {
	case "iframe":
		if step.Result != "none" {
			step.Readable = &readable
		}
	case "img", "video", "style":
		if step.Result == "load" {
			step.Readable = &readable
		}
	case "script", "module":
		if step.Result == "load" && out.Threw {
			step.Readable = &readable
		}
	}
	if e.Kind == "img" && step.Readable != nil && !slices.Contains(withoutWebGL, p.network.rules.Name) {
		step.WebGL = &readable
	}
	return step, out.Err
}

// load is the element as the engine loads it.
func (e *Element) load() *fetch.Load {
	in := &fetch.Load{Element: fetch.Element(e.Kind), URL: e.URL}
	if e.Kind == "style" {
		in.Element = "stylesheet"
	}
	if e.CrossOrigin != nil {
		in.CrossOrigin = fetch.ParseCrossOrigin(*e.CrossOrigin)
	}
	for _, attribute := range [...]struct {
		given *string
		to    *string
	}{{e.Integrity, &in.Integrity}, {e.ReferrerPolicy, &in.ReferrerPolicy}, {e.As, &in.As}, {e.Type, &in.Type}} {
		if attribute.given != nil {
			*attribute.to = *attribute.given
		}
	}
	return in
}

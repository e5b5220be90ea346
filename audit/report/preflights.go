package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/internal/text"
)

// preflights says how many preflights the uses take together, and what would spare some; ""
// if one at most needs a preflight.
func preflights(r *audit.Report) string {
	var b strings.Builder
	for i := range r.Preflights {
		c := &r.Preflights[i]
		if c.Uncached < 2 {
			continue
		}
		where := ""
		if len(r.Preflights) > 1 {
			where = " in " + titles(c.Profiles)
		}
		head := fmt.Sprintf("these %d requests in a row, from a page of %s: %s%s", c.Requests, text.Clean(c.Origin), text.Plural(c.Sent, "preflight"), where)
		if spared := c.Uncached - c.Sent; spared > 0 {
			head += fmt.Sprintf("; the cache spares %d", spared)
		}
		text.Wrap(&b, "  ", head)
		line := func(format string, args ...any) { text.Wrap(&b, "    ", fmt.Sprintf(format, args...)) }
		kept := ""
		if c.Kept != nil {
			kept = " (cached for " + keptFor(c) + ")"
		}
		line("again five minutes later: %d%s", c.Again, kept)
		if c.SentLonger < c.Sent || c.AgainLonger < c.Again {
			line("with a longer Access-Control-Max-Age: %d, and %d five minutes later", c.SentLonger, c.AgainLonger)
		}
		if c.OnePath < c.Sent {
			line("with one path for all requests, such as /graphql or /batch, since preflights are cached per URL: %d", c.OnePath)
		}
		for _, name := range slices.Sorted(maps.Keys(c.Without)) {
			headers := "header"
			if strings.Contains(name, ",") {
				headers = "headers"
			}
			line("without the request %s %s: %d", headers, text.Clean(name), c.Without[name])
		}
	}
	return b.String()
}

// keptFor says for how long browsers cache preflights: once, if that is the same in all.
func keptFor(c *audit.PreflightCount) string {
	first := c.Kept[c.Profiles[0]]
	if !slices.ContainsFunc(c.Profiles, func(p string) bool { return c.Kept[p] != first }) {
		return short(first)
	}
	var all []string
	for _, p := range c.Profiles {
		if _, ok := c.Kept[p]; ok && p != "standard" {
			all = append(all, engine.Title(p)+" "+short(c.Kept[p]))
		}
	}
	return strings.Join(all, ", ")
}

// short is a number of seconds in the largest unit that it is a multiple of.
func short(seconds int64) string {
	d := time.Duration(seconds) * time.Second
	switch {
	case seconds > 0 && d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case seconds > 0 && d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d s", seconds)
}

func titles(profiles []string) string {
	var all []string
	for _, p := range profiles {
		all = append(all, engine.Title(p))
	}
	return text.List(all)
}

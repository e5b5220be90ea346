package conformance

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
)

// The bounds of [Shrink].
const (
	shrinkBatch  = 100 // candidates at a time
	shrinkRounds = 80
)

// Shrink reduces a scenario to what is needed to show something, such as a
// disagreement. It removes steps, servers, responses, headers, members and bodies,
// and then shortens values. shows reports for each candidate, in batches of up to
// 100, whether it still shows it. Each candidate has an id of its own, which
// replaces the scenario's id everywhere.
//
// Shrink returns the smallest candidate for which shows reported true. No part of
// it can be removed, unless 80 rounds were not enough. If not even a copy under
// another id shows it, Shrink returns the scenario itself. The same scenario and
// the same reports give the same candidates. An error is that of shows.
func Shrink(ctx context.Context, s *Scenario, shows func(context.Context, []*Scenario) ([]bool, error)) (*Scenario, error) {
	raw, err := text.JSON(s)
	if err != nil {
		return nil, err
	}
	hash := fnv.New64a()
	hash.Write(raw)
	k := &shrinker{shows: shows, id: s.ID, family: s.cacheFamily(), hash: hash.Sum64(), strays: s.strays(), seen: make(map[string]bool)}
	best, err := k.try(ctx, k.candidates(nil, raw, [][]edit{{{path: []any{"note"}}}}))
	if err != nil {
		return nil, err
	}
	if best == nil {
		return s, nil
	}
	for range shrinkRounds {
		better, err := k.round(ctx, best[0], removals)
		if err == nil && better == nil {
			better, err = k.round(ctx, best[0], simplifications)
		}
		if err != nil {
			return nil, err
		}
		if better == nil {
			break
		}
		best[0] = better
	}
	return best[0].scenario, nil
}

// A shrinker is one call of [Shrink].
type shrinker struct {
	shows  func(context.Context, []*Scenario) ([]bool, error)
	id     string // the scenario's own
	family string // what the ids of candidates begin with, see [Scenario.HTTPCache]
	hash   uint64 // of the scenario
	made   uint64 // ids so far

	strays bool            // the scenario names URLs that don't carry its id; so may candidates
	seen   map[string]bool // what was tried, with the original id
}

// A candidate is a scenario that may be the next one, and what made it of the
// last.
type candidate struct {
	raw      []byte    // with the original id
	scenario *Scenario // with an id of its own
	edits    []edit
}

// round makes a scenario smaller in one of the ways: each alone, then as many of
// those that did no harm as go together. Nil if all do.
func (k *shrinker) round(ctx context.Context, from *candidate, ways func(tree any) [][]edit) (*candidate, error) {
	shown, err := k.try(ctx, k.candidates(from, from.raw, ways(decodeTree(from.raw))))
	if err != nil || shown == nil {
		return nil, err
	}
	var together [][]edit
	add := func(some ...*candidate) {
		if len(some) > 1 {
			var all []edit
			for _, c := range some {
				all = append(all, c.edits...)
			}
			together = append(together, all)
		}
	}
	n := len(shown)
	for _, eighths := range []int{8, 7, 6, 4, 2} {
		add(shown[:n*eighths/8]...)
		add(shown[n-n*eighths/8:]...)
	}
	if n <= 30 {
		for i := range n {
			add(slices.Concat(shown[:i], shown[i+1:])...)
		}
	}
	more, err := k.try(ctx, k.candidates(from, from.raw, together))
	if err != nil {
		return nil, err
	}
	return slices.MinFunc(append(shown, more...), func(a, b *candidate) int { return cmp.Compare(len(a.raw), len(b.raw)) }), nil
}

// candidates are the scenarios that edits make: those that keep the format and
// carry their id in all URLs, are smaller than the last, and were not tried
// before.
func (k *shrinker) candidates(last *candidate, raw []byte, ways [][]edit) []*candidate {
	var all []*candidate
	for _, edits := range ways {
		s, err := parseScenario(encodeTree(apply(decodeTree(raw), edits)))
		if err != nil {
			continue
		}
		c := &candidate{edits: edits}
		if c.raw, err = text.JSON(s); err != nil || k.seen[string(c.raw)] || last != nil && len(c.raw) >= len(last.raw) {
			continue
		}
		k.seen[string(c.raw)] = true
		if c.scenario, err = parseScenario(encodeTree(rename(decodeTree(c.raw), k.id, k.nextID()))); err == nil && (k.strays || !c.scenario.strays()) {
			all = append(all, c)
		}
	}
	return all
}

// nextID is an id of no other candidate, nor of one of another scenario. Where
// the length of a URL matters it is best as long as the scenario's.
func (k *shrinker) nextID() string {
	k.made++
	digits := func(n uint64, width int) string {
		text := strconv.FormatUint(n, 36)
		text = strings.Repeat("0", max(0, width-len(text))) + text
		return text[len(text)-width:]
	}
	tail := digits(k.hash, 5) + digits(k.made, 4)
	if room := len(k.id) - len(tail) - 1; room > len(k.family) {
		return k.id[:room] + "-" + tail
	}
	if k.family != "" {
		return k.family + tail
	}
	return "s" + tail
}

// try gives the candidates that show it.
func (k *shrinker) try(ctx context.Context, all []*candidate) ([]*candidate, error) {
	var shown []*candidate
	for batch := range slices.Chunk(all, shrinkBatch) {
		scenarios := make([]*Scenario, len(batch))
		for i, c := range batch {
			scenarios[i] = c.scenario
		}
		answers, err := k.shows(ctx, scenarios)
		if err != nil {
			return nil, err
		}
		if len(answers) != len(batch) {
			return nil, fmt.Errorf("conformance: %d answers for %d candidates", len(answers), len(batch))
		}
		for i, c := range batch {
			if answers[i] {
				shown = append(shown, c)
			}
		}
	}
	return shown, nil
}

// An edit changes what stands at a path of a scenario's JSON: it takes it off,
// or sets it. Without a path it replaces a text by another in all strings and
// keys.
type edit struct {
	path     []any // keys and indices
	value    any   // nil takes it off
	from, to string
}

func decodeTree(raw []byte) any {
	in := json.NewDecoder(bytes.NewReader(raw))
	in.UseNumber()
	var tree any
	if err := in.Decode(&tree); err != nil {
		panic(err) // what marshal wrote
	}
	return tree
}

func encodeTree(tree any) []byte {
	raw, err := text.JSON(tree)
	if err != nil {
		panic(err) // what was decoded
	}
	return raw
}

// off stands where something was taken off, as long as there are edits whose
// indices count it.
type off struct{}

// apply changes a tree in place. What an earlier edit took off, with all that
// is in it, a later one does not find.
func apply(tree any, edits []edit) any {
	for _, e := range edits {
		if e.path == nil {
			tree = eachString(tree, func(s string) string { return strings.ReplaceAll(s, e.from, e.to) })
			continue
		}
		value := e.value
		if value == nil {
			value = off{}
		}
		put(tree, e.path, value)
	}
	return compact(tree)
}

// put sets what stands at a path, if the path leads anywhere.
func put(node any, path []any, value any) {
	for i, step := range path {
		last := i == len(path)-1
		switch parent := node.(type) {
		case map[string]any:
			key := step.(string)
			if _, ok := parent[key]; ok && last || last && value != (off{}) {
				parent[key] = value
			}
			node = parent[key]
		case []any:
			if last {
				parent[step.(int)] = value
			}
			node = parent[step.(int)]
		default:
			return
		}
	}
}

// compact takes out what edits left of what they took off.
func compact(node any) any {
	switch node := node.(type) {
	case map[string]any:
		maps.DeleteFunc(node, func(_ string, child any) bool { return child == off{} })
		for key, child := range node {
			node[key] = compact(child)
		}
		return node
	case []any:
		node = slices.DeleteFunc(node, func(child any) bool { return child == off{} })
		for i, child := range node {
			node[i] = compact(child)
		}
		return node
	}
	return node
}

// eachString changes every string and key.
func eachString(node any, change func(string) string) any {
	switch node := node.(type) {
	case string:
		return change(node)
	case []any:
		for i, child := range node {
			node[i] = eachString(child, change)
		}
	case map[string]any:
		changed := make(map[string]any, len(node))
		for _, key := range slices.Sorted(maps.Keys(node)) {
			changed[change(key)] = eachString(node[key], change)
		}
		return changed
	}
	return node
}

// rename gives a scenario's tree another id, also where it is a label of a host
// or a segment of a path.
func rename(tree any, id, to string) any {
	tree = eachString(tree, func(s string) string {
		var b strings.Builder
		for {
			i := strings.Index(s, id)
			if i < 0 {
				return b.String() + s
			}
			end := i + len(id)
			follows := end == len(s) || !isIDByte(s[end])
			opens := i > 0 && strings.IndexByte(`/\.:`, s[i-1]) >= 0
			if i == 0 && b.Len() == 0 {
				// A relative URL, unless it may be a word by chance.
				opens = len(id) >= 10 || end < len(s) && s[end] == '/'
			}
			if follows && opens {
				b.WriteString(s[:i] + to)
				s = s[end:]
				continue
			}
			b.WriteString(s[:i+1])
			s = s[i+1:]
		}
	})
	put(tree, []any{"id"}, to)
	return tree
}

func isIDByte(c byte) bool { return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' }

// removals are what can be taken off: every item and every member but for what
// a scenario can't be without, the larger before what is in it.
func removals(tree any) [][]edit {
	var all [][]edit
	var walk func(node any, path []any)
	within := func(path []any, step any) []any { return append(slices.Clone(path), step) }
	walk = func(node any, path []any) {
		switch node := node.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(node)) {
				if !isRequired(path, key) {
					all = append(all, []edit{{path: within(path, key)}})
				}
			}
			for _, key := range slices.Sorted(maps.Keys(node)) {
				if members, ok := node[key].(map[string]any); ok && members["api"] == "xhr" {
					all = append(all, asFetch(within(path, key), members))
				}
				walk(node[key], within(path, key))
			}
		case []any:
			if isHeader(path) {
				return
			}
			for i := range node {
				all = append(all, []edit{{path: within(path, i)}})
			}
			for i, child := range node {
				walk(child, within(path, i))
			}
		}
	}
	walk(tree, nil)
	return all
}

// isRequired tells whether a scenario can't be without a member.
func isRequired(path []any, key string) bool {
	if len(path) == 0 {
		return key == "id" || key == "steps"
	}
	switch path[len(path)-1] {
	case "fetch", "eventsource", "beacon", "websocket":
		return key == "url"
	case "element":
		return key == "url" || key == "kind"
	}
	return false
}

// isHeader tells whether a path leads to a header, which is a pair of a name and a value.
func isHeader(path []any) bool { return len(path) > 1 && path[len(path)-2] == "headers" }

// asFetch makes a use of XMLHttpRequest a call of fetch().
func asFetch(path []any, members map[string]any) []edit {
	at := func(key string) []any { return append(slices.Clone(path), key) }
	edits := []edit{{path: at("api")}, {path: at("uploadListener")}, {path: at("withCredentials")}}
	if members["withCredentials"] == true {
		edits = append(edits, edit{path: at("credentials"), value: "include"})
	}
	return edits
}

// simplifications are the values that can be shorter.
func simplifications(tree any) [][]edit {
	var all [][]edit
	var walk func(node any, path []any)
	walk = func(node any, path []any) {
		shorter := func(values []string) {
			for _, v := range values {
				all = append(all, []edit{{path: slices.Clone(path), value: v}})
			}
		}
		switch node := node.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(node)) {
				walk(node[key], append(slices.Clone(path), key))
			}
		case []any:
			if isHeader(path) {
				path = append(slices.Clone(path), 1)
				shorter(shorterValues(node[1].(string)))
				return
			}
			for i, child := range node {
				walk(child, append(slices.Clone(path), i))
			}
		case string:
			switch path[len(path)-1] {
			case "url", "visit", "referrer":
				shorter(shorterURLs(node))
			case "method":
				shorter([]string{"PUT"})
			case "text", "body", "integrity", "csp", "referrerPolicy", "integrityPolicy", "connectionAllowlist", "crossorigin":
				shorter(shorterValues(node))
			}
		case json.Number:
			if n, err := node.Int64(); err == nil && path[len(path)-1] == "wait_ms" && n > 0 {
				all = append(all, []edit{{path: path, value: n / 10}})
			}
		}
	}
	walk(tree, nil)
	origins, segments := urlsIn(tree)
	for _, s := range segments {
		for _, to := range []string{"a", s[:len(s)/2], s[:len(s)-1]} {
			all = append(all, []edit{{from: "/" + s, to: "/" + to}})
		}
	}
	for _, from := range origins {
		for _, to := range []string{"https://app.example", "https://api.other.test"} {
			if from != to {
				all = append(all, []edit{{from: from, to: to}})
			}
		}
	}
	return all
}

// shorterValues are shorter values of a header or a body: something short, less
// of a list, less of it, less that is not ASCII.
func shorterValues(v string) []string {
	values := []string{"", "*", "x"}
	for _, separator := range []string{",", ";"} {
		members := strings.Split(v, separator)
		for i := range members {
			values = append(values, strings.TrimSpace(strings.Join(slices.Concat(members[:i], members[i+1:]), separator)))
		}
	}
	runes := []rune(v)
	if n := len(runes); n > 1 {
		values = append(values, string(runes[:n/2]), string(runes[n/2:]), string(runes[:n-1]), string(runes[1:]))
	}
	ascii := strings.Map(func(r rune) rune {
		if r > 0x7e || r < 0x20 {
			return 'a'
		}
		return r
	}, v)
	return append(values, ascii)
}

// shorterURLs are URLs without their last parts and without userinfo.
func shorterURLs(v string) []string {
	var values []string
	for _, mark := range []string{"#", "?"} {
		if before, _, ok := strings.Cut(v, mark); ok {
			values = append(values, before)
		}
	}
	scheme, rest, ok := strings.Cut(v, "://")
	if !ok {
		return values
	}
	authority, path, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(authority, '@'); i >= 0 {
		values = append(values, scheme+"://"+authority[i+1:]+"/"+path)
	}
	return append(values, scheme+"://"+authority+"/")
}

// urlsIn are the origins of the URLs in a tree, and the segments of their paths
// that are longer than one byte, each once. A segment stands in several places,
// and has to be shortened in all of them.
func urlsIn(tree any) (origins, segments []string) {
	eachString(decodeTree(encodeTree(tree)), func(s string) string {
		if u, err := origin.ParseURL(s); err == nil && (u.IsHTTP() || isWebSocket(u)) {
			if u.IsHTTP() {
				origins = append(origins, u.Origin().String())
			}
			for segment := range strings.SplitSeq(u.Path(), "/") {
				if len(segment) > 1 && strings.Contains(s, "/"+segment) {
					segments = append(segments, segment)
				}
			}
		}
		return s
	})
	slices.Sort(origins)
	slices.Sort(segments)
	return slices.Compact(origins), slices.Compact(segments)
}

// strays tells whether a URL of HTTP(S) in a scenario does not carry its id.
func (s *Scenario) strays() bool {
	stray := func(input string, base *origin.URL) bool {
		u, err := (*origin.Schemes)(nil).ParseURL(input, base)
		return err == nil && (u.IsHTTP() || isWebSocket(u)) && !s.carriesID(u)
	}
	for _, step := range s.Steps {
		if u := step.url(); u != nil && stray(*u, s.page) {
			return true
		}
	}
	for key, server := range s.Servers {
		base, err := origin.ParseURL(key)
		if err != nil {
			return true
		}
		for _, r := range slices.Concat(server.Preflight, server.Actual) {
			for _, h := range r.Headers {
				if strings.EqualFold(h[0], "Location") && stray(h[1], base) {
					return true
				}
			}
		}
	}
	return false
}

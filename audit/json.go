package audit

import (
	"encoding/json"
	"math"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

// The parts of a report as they are in JSON: lists are never null, headers are
// [name, value] pairs in which each byte is the code point with its number, and
// durations are in milliseconds. Each is the part itself, with the members that
// differ before its own.
type (
	plainReport   Report
	plainFinding  Finding
	plainPlay     Play
	plainExchange Exchange
	plainPolicy   Policy

	reportJSON struct {
		plainReport
		Findings []findingJSON  `json:"findings"`
		Plays    []playJSON     `json:"plays"`
		Traffic  []exchangeJSON `json:"traffic"`
		Policies []policyJSON   `json:"policies,omitempty"`
	}
	findingJSON struct {
		plainFinding
		Exchanges []exchangeJSON `json:"exchanges"`
		Headers   [][2]string    `json:"headers"`
	}
	playJSON struct {
		plainPlay
		Exchanges []exchangeJSON `json:"exchanges"`
	}
	exchangeJSON struct {
		plainExchange
		RequestHeaders  [][2]string `json:"requestHeaders"`
		ResponseHeaders [][2]string `json:"responseHeaders"`
		Took            float64     `json:"took_ms"`
	}
	policyJSON struct {
		plainPolicy
		Kept map[string]int64 `json:"kept_ms,omitempty"`
	}
)

// MarshalJSON writes the report's form in JSON, which is stable. Headers are
// [name, value] pairs, in which each byte is the code point with its number.
func (r Report) MarshalJSON() ([]byte, error) {
	r.Uses = some(r.Uses)
	out := reportJSON{plainReport: plainReport(r), Findings: mapped(r.Findings, toFinding), Plays: mapped(r.Plays, toPlay), Traffic: mapped(r.Traffic, toExchange)}
	if r.Policies != nil {
		out.Policies = mapped(r.Policies, toPolicy)
	}
	return text.JSON(out)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Report) UnmarshalJSON(raw []byte) error {
	var in reportJSON
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	*r = Report(in.plainReport)
	r.Findings, r.Plays, r.Traffic = mapped(in.Findings, findingJSON.finding), mapped(in.Plays, playJSON.play), mapped(in.Traffic, exchangeJSON.exchange)
	if in.Policies != nil {
		r.Policies = mapped(in.Policies, policyJSON.policy)
	}
	return nil
}

func toFinding(f Finding) findingJSON {
	f.Profiles, f.Origins = some(f.Profiles), some(f.Origins)
	return findingJSON{plainFinding(f), mapped(f.Exchanges, toExchange), headerLines(f.Headers)}
}

func (in findingJSON) finding() Finding {
	f := Finding(in.plainFinding)
	f.Exchanges, f.Headers = mapped(in.Exchanges, exchangeJSON.exchange), headerList(in.Headers)
	return f
}

func toPlay(p Play) playJSON { return playJSON{plainPlay(p), mapped(p.Exchanges, toExchange)} }

func (in playJSON) play() Play {
	p := Play(in.plainPlay)
	p.Exchanges = mapped(in.Exchanges, exchangeJSON.exchange)
	return p
}

func toExchange(x Exchange) exchangeJSON {
	took := float64(x.Took) / float64(time.Millisecond)
	return exchangeJSON{plainExchange(x), headerLines(x.RequestHeaders), headerLines(x.ResponseHeaders), took}
}

func (in exchangeJSON) exchange() Exchange {
	x := Exchange(in.plainExchange)
	x.RequestHeaders, x.ResponseHeaders = headerList(in.RequestHeaders), headerList(in.ResponseHeaders)
	x.Took = time.Duration(math.Round(in.Took * float64(time.Millisecond)))
	return x
}

func toPolicy(p Policy) policyJSON {
	p.Uses, p.Asked, p.Methods, p.Headers = some(p.Uses), some(p.Asked), some(p.Methods), some(p.Headers)
	p.Exposed, p.Vary = some(p.Exposed), some(p.Vary)
	out := policyJSON{plainPolicy: plainPolicy(p)}
	if p.Kept != nil {
		out.Kept = make(map[string]int64)
	}
	for name, kept := range p.Kept {
		out.Kept[name] = kept.Milliseconds()
	}
	return out
}

func (in policyJSON) policy() Policy {
	p := Policy(in.plainPolicy)
	for name, kept := range in.Kept {
		if p.Kept == nil {
			p.Kept = make(map[string]time.Duration)
		}
		p.Kept[name] = time.Duration(kept) * time.Millisecond
	}
	return p
}

// mapped is a list of what becomes of each member. It is never nil.
func mapped[A, B any](list []A, to func(A) B) []B {
	out := make([]B, 0, len(list))
	for _, a := range list {
		out = append(out, to(a))
	}
	return out
}

// some is a list that is not nil.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// headerLines are headers in JSON: each byte is the code point of its number.
func headerLines(list fetch.HeaderList) [][2]string {
	lines := make([][2]string, 0, len(list))
	for _, h := range list {
		lines = append(lines, [2]string{isomorphic.Decode(h.Name), isomorphic.Decode(h.Value)})
	}
	return lines
}

// headerList is headerLines backwards. A code point that is not a byte becomes UTF-8.
func headerList(lines [][2]string) fetch.HeaderList {
	var list fetch.HeaderList
	for _, line := range lines {
		name, ok := isomorphic.Encode(line[0])
		if !ok {
			name = line[0]
		}
		value, ok := isomorphic.Encode(line[1])
		if !ok {
			value = line[1]
		}
		list = append(list, safelist.Header{Name: name, Value: value})
	}
	return list
}

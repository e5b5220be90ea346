package paste

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/cause"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// What a browser makes of a request, in [Verdict.Ruling].
const (
	allowed = "allowed"
	refused = "refused"
	unknown = "unknown"
)

// An Explanation says why the request of a text fails and what to change.
type Explanation struct {
	Parts     []Part      `json:"parts"`               // what the text was taken for
	Page      string      `json:"page"`                // the origin of the page that asks
	Method    string      `json:"method"`              // what it asks for
	URL       string      `json:"url"`                 // without the password
	Verdicts  []Verdict   `json:"verdicts"`            // one each browser profile, where the text has a response
	Causes    []Cause     `json:"causes"`              // why the request fails, the likeliest first
	Preflight string      `json:"preflight,omitempty"` // why the browser sends one
	Needed    [][2]string `json:"needed,omitempty"`    // where no cause is known: what the server has to send for this request, with the preflight if there is one

	Advice   *fetch.Advice `json:"advice,omitempty"` // how to have the product send that, if one was named
	ToBeSure []Step        `json:"toBeSure"`         // what would have to be known, the most useful first
	Notes    []string      `json:"notes"`            // what was assumed, and what could not be read

	unasked bool // nothing tells whether the server was asked with an Origin header
}

// A Verdict is what becomes of the request in a browser, by the responses in the
// text.
type Verdict struct {
	Profile string `json:"profile"`
	Ruling  string `json:"ruling"`            // "allowed": the page gets the response; "refused"; "unknown": the text does not have what it depends on
	Reason  string `json:"reason,omitempty"`  // the name of a [fetch.Reason]
	Missing string `json:"missing,omitempty"` // what the ruling depends on, if it is unknown
}

// A Cause is why the request fails, and what to change.
type Cause struct {
	Name     string      `json:"name"`               // of a [fetch.Reason] or an [engine.Cause]
	Profiles []string    `json:"profiles,omitempty"` // in which it was found; none: it does not depend on the browser
	Summary  string      `json:"summary"`
	Behind   string      `json:"behind,omitempty"` // what is behind it, with the evidence
	NotCORS  bool        `json:"notCORS"`          // CORS only hides it, or has nothing to do with it
	Rule     string      `json:"rule,omitempty"`
	Section  string      `json:"section,omitempty"`
	By       string      `json:"by"` // who has to change something: server, page, program, network or user
	Fix      string      `json:"fix"`
	Headers  [][2]string `json:"headers,omitempty"` // what the response has to carry

	// Advice is what to change in the configuration of the product that answers, as
	// far as that is known.
	Advice *fetch.Advice `json:"advice,omitempty"`

	silent bool
}

// A Step is something to find out.
type Step struct {
	What    string `json:"what"`
	Command string `json:"command,omitempty"` // for a POSIX shell
}

// Explain says what the text of p comes to. Where it has responses, the request is
// made in each browser profile and gets them; otherwise the console lines tell. It
// ends early, with an error, if ctx ends, or if the page or the URL is not valid.
func (p *Paste) Explain(ctx context.Context) (*Explanation, error) {
	pl, err := p.newPlay()
	if err != nil {
		return nil, err
	}
	x := &Explanation{Parts: p.Parts, Page: pl.origin(), URL: text.RedactURL(pl.request.URL), Verdicts: []Verdict{}, Causes: []Cause{}, ToBeSure: []Step{}, Notes: []string{}}
	if x.Method = text.Clean(safelist.NormalizeMethod(pl.request.Method)); x.Method == "" {
		x.Method = "GET"
	}
	outcomes, err := pl.run(ctx)
	if err != nil {
		return nil, err
	}
	if len(p.Answers) > 0 {
		for _, o := range outcomes {
			x.unasked = x.unasked || o.unasked
			v := Verdict{Profile: o.profile, Ruling: o.ruling, Missing: o.missing}
			if o.refusal != nil {
				v.Reason = o.refusal.Reason.String()
			}
			x.Verdicts = append(x.Verdicts, v)
		}
	}
	if p.failure != nil {
		x.Causes = append(x.Causes, pl.causeOf(p.failure, nil))
	}
	isRefused := slices.ContainsFunc(x.Verdicts, func(v Verdict) bool { return v.Ruling == refused })
	if !isRefused || x.contradicted(pl) {
		x.console(pl)
	}
	if isRefused || !slices.ContainsFunc(x.Causes, func(c Cause) bool { return !c.silent }) { // a line of a browser's says more than what would have been
		x.refusals(outcomes, p.Server, len(p.Answers) > 0)
	}
	x.Preflight = pl.whyPreflight()
	if !slices.ContainsFunc(x.Causes, func(c Cause) bool { return !c.silent }) && p.Request.URL != "" && !pl.sameOrigin() && !allAllowed(x.Verdicts) {
		x.Needed, x.Advice = pl.needed(x.Preflight != "")
	}
	x.toBeSure(pl)
	x.note(pl)
	return x, nil
}

// contradicted tells whether a browser printed a refusal that the responses in the
// text do not explain.
func (x *Explanation) contradicted(pl *play) bool {
	return slices.ContainsFunc(pl.Console, func(p engine.Printed) bool {
		return len(p.Reasons) > 0 && slices.ContainsFunc(x.Verdicts, func(v Verdict) bool { return v.Profile == p.Profile && v.Ruling != refused })
	})
}

// allAllowed tells whether every browser lets the page read.
func allAllowed(verdicts []Verdict) bool {
	return len(verdicts) > 0 && !slices.ContainsFunc(verdicts, func(v Verdict) bool { return v.Ruling != allowed })
}

// refusals are the causes that were played, each with the browsers that have it.
// What the Standard alone refuses before anything is sent is none where there is no
// response to judge.
func (x *Explanation) refusals(outcomes []outcome, server string, answered bool) {
	silent := len(x.Causes)
	for _, o := range outcomes {
		if o.refusal == nil || !answered && o.profile == fetch.Standard().Name {
			continue
		}
		c := explained(o.refusal, &fetch.Evidence{Body: o.body, Server: server})
		same := slices.IndexFunc(x.Causes, func(d Cause) bool { return d.Name == c.Name && d.Fix == c.Fix })
		if same < 0 {
			same = len(x.Causes)
			x.Causes = append(x.Causes, c)
		}
		x.Causes[same].Profiles = append(x.Causes[same].Profiles, o.profile)
	}
	for i := range x.Causes {
		if n := len(x.Causes[i].Profiles); n == len(engine.Profiles()) || !answered && n == len(engine.All()) {
			x.Causes[i].Profiles = nil
		}
	}
	if len(x.Causes) > silent {
		x.Causes = x.Causes[silent:]
	}
}

// explained is the cause of a refusal.
func explained(e *fetch.Error, evidence *fetch.Evidence) Cause {
	x := e.ExplainWith(evidence)
	c := Cause{Name: e.Reason.String(), Summary: x.Summary, Behind: x.Behind, NotCORS: x.NotCORS, Rule: x.Rule, Section: x.Section, By: x.By, Fix: x.Fix, Advice: x.Advice}
	if x.Cause != "" {
		c.Name = x.Cause
	}
	if e.Reason == fetch.PreflightInvalidStatus && e.Response == nil { // a console line without it
		c.Summary = text.Clean(e.Request.URL) + ": the preflight was not answered with an ok status, 200 to 299."
	}
	for _, h := range x.Headers {
		c.Headers = append(c.Headers, [2]string{h.Name, h.Value})
	}
	return c
}

// console adds the causes that the console lines name. Lines that don't say why
// count if there is no other.
func (x *Explanation) console(pl *play) {
	var all []Cause
	for i := range pl.Console {
		printed := &pl.Console[i]
		var c Cause
		switch {
		case printed.Cause != nil:
			c = pl.causeOf(printed.Cause, printed.Words)
		case len(printed.Reasons) > 0:
			c = explained(pl.refusalOf(printed), &fetch.Evidence{Server: pl.Server})
		default:
			continue
		}
		if !slices.ContainsFunc(all, func(d Cause) bool { return d.Name == c.Name && d.Summary == c.Summary }) {
			all = append(all, c)
		}
	}
	if slices.ContainsFunc(all, func(c Cause) bool { return !c.silent }) || len(x.Causes) > 0 {
		all = slices.DeleteFunc(all, func(c Cause) bool { return c.silent })
	}
	x.Causes = append(x.Causes, all...)
}

// causeOf is a cause that is not a refusal's.
func (pl *play) causeOf(known *engine.Cause, words map[string]string) Cause {
	fill := func(template string) string {
		return text.Fill(template, func(name string) string {
			switch word := words[name]; {
			case word != "":
				return text.Clean(word)
			case name == "url":
				return text.Clean(pl.request.URL)
			}
			return "…"
		})
	}
	c := Cause{Name: known.Name, By: known.By, Fix: fill(known.Fix), NotCORS: !known.Silent, silent: known.Silent}
	c.Summary = fill(known.Problem)
	c.Summary = strings.ToUpper(c.Summary[:1]) + c.Summary[1:]
	if url := pl.Request.URL; url != "" || words["url"] != "" {
		if words["url"] != "" {
			url = words["url"]
		}
		c.Summary = text.Clean(url) + ": " + fill(known.Problem)
	}
	return c
}

// whyPreflight says why the browser sends a preflight for the request, or why it may
// have done so; "" if it sends none.
func (pl *play) whyPreflight() string {
	q := &pl.request
	if pl.sameOrigin() || q.Mode == fetch.NoCORS {
		return ""
	}
	method, names := safelist.NormalizeMethod(q.Method), fetch.Standard().Safelist.UnsafeNames(q.Headers)
	if method == "" { // the text does not say
		method = http.MethodGet
	}
	if !safelist.IsSafelistedMethod(method) || len(names) > 0 || q.UploadListener {
		return cause.WhyPreflight(method, names, q.UploadListener)
	}
	preflight := slices.ContainsFunc(pl.Console, func(p engine.Printed) bool { return p.Preflight }) || slices.ContainsFunc(pl.Answers, func(a Answer) bool { return a.Preflight })
	if preflight {
		return "There was a preflight, and the text does not tell why: the method is not GET, HEAD or POST, or script sets a header such as Authorization or Content-Type: application/json, or listens to the progress of an upload."
	}
	return ""
}

// toBeSure says what else would have to be known, with the commands that tell.
func (x *Explanation) toBeSure(pl *play) {
	if u, err := origin.ParseURL(pl.request.URL); pl.sameOrigin() || err == nil && !u.IsHTTP() {
		return
	}
	sure := func(what, command string) {
		if strings.Contains(command, "…") {
			what = strings.TrimSuffix(what, ":") + " (fill in the values for …):"
		}
		x.ToBeSure = append(x.ToBeSure, Step{what, command})
	}
	needsPreflight := x.Preflight != ""
	var missing []string
	for _, v := range x.Verdicts {
		if v.Missing != "" && !slices.Contains(missing, v.Missing) {
			missing = append(missing, v.Missing)
		}
	}
	certain := len(x.Verdicts) > 0 && missing == nil
	elsewhere := len(x.Causes) > 0 && x.Causes[0].NotCORS && len(x.Verdicts) == 0
	answered := func(preflight bool) bool {
		return slices.ContainsFunc(pl.Answers, func(a Answer) bool { return a.Preflight == preflight })
	}
	noURL := pl.Request.URL == ""
	switch {
	case certain || noURL && len(x.Verdicts) == 0:
	case noURL:
	case elsewhere:
		sure("whether the server allows the page once that is out of the way:", pl.command(needsPreflight))
	case slices.Contains(missing, withOrigin):
		sure("how the server answers a request that names its origin (many send CORS headers only then):", pl.command(needsPreflight && !answered(false)))
	case len(x.Verdicts) > 0 && !answered(true) && needsPreflight:
		sure("how the server answers the preflight:", pl.command(true))
	case len(x.Verdicts) > 0:
		sure("how the server answers the request itself:", pl.command(false))
	default:
		if needsPreflight {
			sure("how the server answers the preflight:", pl.command(true))
		}
		sure("how the server answers the request itself:", pl.command(false))
	}
	if certain && x.unasked {
		sure("whether the server was asked with an Origin header (many send CORS headers only then):", pl.command(needsPreflight && !answered(false)))
	}
	if noURL && !certain {
		sure("the URL that the page requests: --url", "")
	}
	if pl.Page == "" && !certain {
		sure("the page's origin: --origin, or the page's URL with --page", "")
	}
	if pl.request.Credentials == "" && slices.ContainsFunc(pl.Answers, func(a Answer) bool {
		named, _ := a.Headers.Get("Access-Control-Allow-Origin")
		return named == "*"
	}) && certain {
		sure("whether the page asks with credentials (credentials: \"include\", withCredentials): then * is not enough", "")
	}
}

// command is the curl command that shows how the server answers the preflight, or the
// request itself. What is secret has to be filled in.
func (pl *play) command(preflight bool) string {
	q := &pl.request
	words := []string{"curl", "-i"}
	header := func(name, value string) { words = append(words, "-H", shellQuote(name+": "+value)) }
	method := safelist.NormalizeMethod(q.Method)
	if method == "" {
		method = "GET"
	}
	names := fetch.Standard().Safelist.UnsafeNames(q.Headers)
	switch {
	case preflight:
		words = append(words, "-X", "OPTIONS")
		header("Origin", pl.origin())
		header("Access-Control-Request-Method", method)
		if len(names) > 0 {
			header("Access-Control-Request-Headers", text.Clean(strings.Join(names, ",")))
		}
	default:
		if method != "GET" {
			words = append(words, "-X", shellQuote(method))
		}
		header("Origin", pl.origin())
		for _, h := range q.Headers {
			switch fold.Lower(h.Name) {
			case "content-type", "accept", "range":
				header(h.Name, text.Clean(h.Value))
			case "accept-language":
			default:
				header(h.Name, "…")
			}
		}
		if q.Credentials == credentials.Include {
			header("Cookie", "…")
		}
	}
	return strings.Join(append(words, shellQuote(text.RedactURL(q.URL))), " ")
}

// shellQuote is a word as a POSIX shell takes it.
func shellQuote(s string) string {
	s = text.Printable(s)
	if s != "" && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:=,") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// note adds what was assumed, what could not be read and what contradicts.
func (x *Explanation) note(pl *play) {
	if pl.Request.URL != "" || len(x.Verdicts) > 0 { // otherwise nothing was done with what was assumed
		for _, s := range pl.assumed {
			x.Notes = append(x.Notes, "The text does not name "+s+".")
		}
	}
	for _, s := range pl.Problems {
		x.Notes = append(x.Notes, strings.ToUpper(s[:1])+s[1:]+".")
	}
	if pl.sameOrigin() {
		x.Notes = append(x.Notes, "The page and the URL have the same origin, so CORS has no say, unless a redirect leads elsewhere.")
	}
	for _, a := range pl.Answers {
		switch {
		case a.Status == 0:
			x.Notes = append(x.Notes, "The text has headers and no status; 200 is assumed.")
		case a.Preflight && !a.Sent.Contains("Access-Control-Request-Method"):
			x.Notes = append(x.Notes, "The OPTIONS request has no Access-Control-Request-Method, so it is not a preflight. The server may answer a preflight otherwise.")
		default:
			continue
		}
		break
	}
	for _, printed := range pl.Console {
		for _, v := range x.Verdicts {
			if v.Profile == printed.Profile && v.Ruling == allowed && len(printed.Reasons) > 0 {
				x.Notes = append(x.Notes, engine.Title(v.Profile)+" printed a refusal, and the response in the text would have been allowed: the browser got another one. "+
					"Compare the requests (cookies, method, headers, Origin), and look for a cache between that ignores Vary: Origin.")
				return
			}
		}
	}
}

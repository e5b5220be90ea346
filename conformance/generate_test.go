package conformance_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/fetchtest"
	"github.com/browsercors/browsercors/internal/fulllength"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// generated are the first scenarios of a seed.
func generated(t testing.TB, seed uint64, count int, families ...string) []*conformance.Scenario {
	t.Helper()
	seq, err := conformance.Generate(seed, count, families...)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(seq)
}

func marshal(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestGenerateSameBytes holds the generator to the scenarios that it made when
// recordings of browsers were last made from it.
func TestGenerateSameBytes(t *testing.T) {
	t.Parallel()
	hash := sha256.New()
	for _, s := range generated(t, 7, 1000) {
		hash.Write(append(marshal(t, s), '\n'))
	}
	const want = "ceb3b4bd96b6916816879e76796497db58dcda38a96464f54052294df250112b"
	if got := hex.EncodeToString(hash.Sum(nil)); got != want {
		t.Errorf("seed 7 gives other scenarios than it did: SHA-256 %s, want %s. If that is meant, generated corpora have to be recorded anew.", got, want)
	}
}

// TestGenerateByID holds that a scenario is a function of its id.
func TestGenerateByID(t *testing.T) {
	t.Parallel()
	families := conformance.Families()
	all := generated(t, 3, 5*len(families), families...)
	for i, family := range families {
		alone := generated(t, 3, len(all), family)
		for n := i; n < len(all); n += len(families) {
			if got, want := string(marshal(t, alone[n])), string(marshal(t, all[n])); got != want {
				t.Errorf("%s depends on its company:\n%s\n%s", all[n].ID, got, want)
			}
		}
	}
	if a, b := marshal(t, generated(t, 1, 1)[0]), marshal(t, generated(t, 2, 1)[0]); string(a) == strings.ReplaceAll(string(b), "-2-0", "-1-0") {
		t.Error("seeds 1 and 2 give the same scenario")
	}
	seq, err := conformance.Generate(1, 3)
	if err != nil {
		t.Fatal(err)
	}
	for range seq {
		break
	}
	if again := slices.Collect(seq); len(again) != 3 || again[0].ID != "gen-methods-1-0" {
		t.Errorf("a sequence can't be run through twice: %d", len(again))
	}
}

func TestGenerateErrors(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		count    int
		families []string
		want     string
	}{
		{"negative count", -1, nil, "conformance: count -1 is negative"},
		{"unknown family", 1, []string{"xhr", "gopher"}, `conformance: unknown family "gopher", want one of methods, `},
		{"no name", 1, []string{""}, `family ""`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if _, err := conformance.Generate(1, test.count, test.families...); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

// TestGenerateValid holds what generated scenarios keep to: the format, the
// isolation of one from another, and a browser's patience.
func TestGenerateValid(t *testing.T) {
	t.Parallel()
	const longestWait = 6000
	seen := make(map[string]bool)
	perFamily := make(map[string]int)
	idOf := regexp.MustCompile(`^gen-([a-z0-9-]+)-5-\d+$`)
	all := generated(t, 5, 5000)
	for _, family := range conformance.NamedFamilies() {
		all = append(all, generated(t, 5, 500, family)...)
	}
	for _, s := range all {
		raw := marshal(t, s)
		parsed, err := conformance.ParseScenario(raw)
		if err != nil {
			t.Fatalf("%v\n%s", err, raw)
		}
		if again := marshal(t, parsed); string(again) != string(raw) {
			t.Fatalf("read and written again it differs:\n%s\n%s", raw, again)
		}
		id := idOf.FindStringSubmatch(s.ID)
		if id == nil || seen[s.ID] {
			t.Fatalf("id %q is not of the form, or not unique", s.ID)
		}
		seen[s.ID] = true
		perFamily[id[1]]++
		waited := int64(0)
		for _, step := range s.Steps {
			if step.WaitMS != nil {
				waited += *step.WaitMS
			}
			if url := conformance.StepURL(&step); url != nil {
				isolated(t, s, s.Page.URL, *url)
			}
		}
		if waited > 4*longestWait {
			t.Errorf("%s waits for %d ms", s.ID, waited)
		}
		for url, server := range s.Servers {
			for _, r := range slices.Concat(server.Preflight, server.Actual) {
				for _, h := range r.Headers {
					if strings.EqualFold(h[0], "Location") {
						isolated(t, s, url, h[1])
					}
					if !grammar.IsHeaderName(h[0]) || strings.ContainsAny(h[1], "\x00\r\n") {
						t.Errorf("%s: a response header %q that is not HTTP", s.ID, h)
					}
				}
			}
		}
	}
	for _, family := range conformance.Families() {
		if perFamily[family] < 200 {
			t.Errorf("family %s: %d scenarios", family, perFamily[family])
		}
	}
}

// isolated tells of a URL of HTTP(S) that does not carry the scenario's id.
func isolated(t *testing.T, s *conformance.Scenario, base, input string) {
	t.Helper()
	b, err := origin.ParseURL(base)
	if err != nil {
		t.Fatal(err)
	}
	u, err := (*origin.Schemes)(nil).ParseURL(input, b)
	if err != nil || !u.IsHTTP() && u.Scheme() != "ws" && u.Scheme() != "wss" {
		return
	}
	if !strings.HasPrefix(u.Path()+"/", "/"+s.ID+"/") && !slices.Contains(strings.Split(u.Host(), "."), s.ID) {
		t.Errorf("%s: %q at %s leads to %s, which does not carry the id", s.ID, input, base, u)
	}
}

// TestGenerateReasons plays generated scenarios under every profile: none is an
// error, and every reason for a refusal comes up but for those that no scenario
// can bring about.
func TestGenerateReasons(t *testing.T) {
	fulllength.Only(t)
	t.Parallel()
	unreachable := map[fetch.Reason]string{
		fetchtest.Reason("immutable-headers"):       "script has no such header list to pass",
		fetchtest.Reason("invalid-status"):          "the Response constructor's",
		fetchtest.Reason("null-body-status"):        "the Response constructor's",
		fetch.RequestBodyTooLarge:                   "an http.Client's",
		fetchtest.Reason("method-not-navigable"):    "a navigation's",
		fetch.NotWebSocketHandshake:                 "a WebSocket's",
		fetchtest.Reason("invalid-subprotocol"):     "a WebSocket's",
		fetch.WebSocketFailed:                       "a WebSocket's",
		fetch.RedirectVetoed:                        "script can't",
		fetchtest.Reason("duplex-required"):         "a stream is always given with duplex half",
		fetchtest.Reason("range-not-satisfiable"):   "script has no blob: URL to pass",
		fetchtest.Reason("element-option"):          "an element's",
		fetch.Overridden:                            "an agent's owner says so",
		fetch.Offline:                               "an agent's owner says so",
		fetch.DanglingMarkup:                        "no generated URL has both a line break and a less-than sign; ub-dangling-line-feed shows it",
		fetch.EmbeddedCredentials:                   "rare: Chromium, and a redirect to userinfo within an origin or without CORS; ub-userinfo-no-cors shows it",
		fetch.BlockedMIMEType:                       "an element's",
		fetch.BlockedByNosniff:                      "an element's",
		fetchtest.Reason("opaque-partial-response"): "mode no-cors lets no Range through",
		fetch.BodyTooLarge:                          "the agent's limit is far off",
		fetch.EventTooLarge:                         "no stream is so large",
		fetchtest.Reason("deferred-fetch"):          "fetchLater()'s",
		fetch.HeadersTooLarge:                       "the agent's limit is far off",
		fetch.Unsendable:                            "the network in process sends anything",
		fetch.Aborted:                               "nothing aborts",
		fetchtest.Reason("connection-allowlist"):    "a page with a policy: csp-connection-allowlist.json shows it",
		fetchtest.Reason("integrity-policy"):        "a page with a policy: csp-integrity-policy.json shows it",
		fetch.CSPBlocked:                            "a page with a policy: the family csp",
		fetchtest.Reason("frame-recursion"):         "a frame's",
		fetchtest.Reason("frame-ancestors"):         "a frame's: csp-frame-ancestors.json shows it",
		fetch.FrameBlocked:                          "a frame's",
		fetch.EmbedderPolicyMissing:                 "a frame's or a worker's",
		fetch.OpaqueResponseBlocked:                 "an element's",
		fetch.TooManyLoads:                          "the agent's limit is far off",
		fetch.AddressNotPublic:                      "an agent's owner says so",
		fetch.LocalNetworkDenied:                    "of pages with an address space",
		fetch.WrongAddressSpace:                     "of pages with an address space",
		fetch.ElementRefused:                        "an element's",
	}
	seen := make(map[fetch.Reason]int)
	byStage := make(map[string]int)
	scenarios := generated(t, 11, 2000)
	for _, p := range engine.Profiles() {
		engine := conformance.Engine{Profile: p, Refused: func(s *conformance.Scenario, step int, refusal *fetch.Error) {
			if s.Steps[step].Fetch == nil {
				t.Errorf("%s: steps[%d] is no fetch, and refused: %v", s.ID, step, refusal)
			}
			seen[refusal.Reason]++
			byStage[fmt.Sprint(refusal.Reason, " ", refusal.Stage)]++
		}}
		batch := scenarios
		if p.Name == "standard" {
			batch = generated(t, 11, 8000)
		}
		for _, s := range batch {
			if _, err := engine.Play(t.Context(), s); err != nil {
				t.Fatalf("%s: %s: %v", p.Name, s.ID, err)
			}
		}
	}
	for _, r := range fetch.Reasons() {
		why, excluded := unreachable[r]
		switch {
		case excluded && seen[r] > 0:
			t.Errorf("%s came up %d times, and should not: %s", r, seen[r], why)
		case !excluded && seen[r] == 0:
			t.Errorf("%s never came up", r)
		}
		// What the CORS check finds, it finds in preflights and in what follows.
		if r >= fetch.MissingAllowOrigin && r <= fetch.InvalidAllowCredentials && len(stages(byStage, r)) < 2 {
			t.Errorf("%s came up in %v only", r, stages(byStage, r))
		}
	}
}

func stages(byStage map[string]int, r fetch.Reason) []string {
	var all []string
	for key := range byStage {
		if strings.HasPrefix(key, fmt.Sprint(r, " ")) {
			all = append(all, key)
		}
	}
	return all
}

// TestGenerateVerdicts looks for values on each side of each line that the
// safelist draws.
func TestGenerateVerdicts(t *testing.T) {
	t.Parallel()
	verdicts := make(map[safelist.Verdict]int)
	lengths, sums := make(map[int]int), make(map[int]int)
	for _, s := range generated(t, 13, 3000, "request-headers") {
		list := safelist.HeaderList{}
		for _, h := range s.Steps[0].Fetch.Headers {
			name, ok1 := isomorphic.Encode(h[0])
			value, ok2 := isomorphic.Encode(h[1])
			if ok1 && ok2 && !(*safelist.Rules)(nil).IsForbiddenRequestHeader(name, value) {
				list.Append(name, grammar.NormalizeHeaderValue(value))
				lengths[len(value)]++
			}
		}
		if !list.Contains("Accept") {
			list.Append("Accept", "*/*") // as fetch does
		}
		sums[(*safelist.Rules)(nil).Classify("GET", list, false).SafelistedSize]++
		for _, r := range []*safelist.Rules{nil, {SafelistedHints: true}} {
			for _, h := range r.Classify("GET", list, false).Headers {
				verdicts[h.Verdict]++
			}
		}
	}
	for _, v := range []safelist.Verdict{"safelisted", "unsafe-name", "value-too-long", "unsafe-byte", "not-language-byte",
		"unparsable-mime-type", "mime-type-not-safelisted", "range-not-safelisted", "hint-not-safelisted", "total-too-long"} {
		if verdicts[v] == 0 {
			t.Errorf("no header is %s", v)
		}
	}
	for _, n := range []int{0, 127, 128, 129} {
		if lengths[n] == 0 {
			t.Errorf("no value of %d bytes", n)
		}
	}
	for _, n := range []int{1023, 1024, 1025} {
		if sums[n] == 0 {
			t.Errorf("no values of %d bytes in sum", n)
		}
	}
}

// TestGenerateShowsDeviations takes every departure off every engine's profile,
// one at a time: some scenario shows the difference, a generated one or one of
// those about cookies or of a family with recordings of its own, except departures that no scenario can show.
func TestGenerateShowsDeviations(t *testing.T) {
	fulllength.Only(t)
	t.Parallel()
	hidden := map[string]string{
		"firefox PreflightLimits.MaxAge":               "no scenario waits for so long",
		"webkit PreflightLimits.MaxAge":                "no scenario waits for so long",
		"chromium Credentials.ClientCertificateAlways": "no TLS in process",
		"webkit Credentials.ClientCertificateAlways":   "no TLS in process",
		"webkit Credentials.SharedConnections":         "no connections in process",
		"chromium Preflight.PagePartition":             "no connections in process",
		"firefox Preflight.PagePartition":              "no connections in process",
		"webkit Preflight.PagePartition":               "no connections in process",
		"chromium Request.BlobTypeParsed":              "rare: an XMLHttpRequest with a Blob of the type x, one in 8,000; bt-xhr-blob-type shows it",
		"webkit Policy.CredentiallessIgnored":          "a generated page has no embedder policy; cr-coep-sub-include shows it",
		"chromium Headers.MediaRange":                  "an element's",
		"firefox Headers.MediaRange":                   "an element's",
		"chromium Request.DanglingMarkup":              "no generated URL has both a line break and a less-than sign; ub-dangling-line-feed shows it",
		"chromium Request.ElementUserinfoDropped":      "an element's",
		"chromium Request.ManifestWithoutCredentials":  "an element's",
		"chromium Policy.ClassicWorkerAnyType":         "a worker's",
		"firefox Request.ManifestWithoutCredentials":   "an element's",
		"webkit Request.ManifestWithoutCredentials":    "an element's",
		"chromium Network.NameBlanks":                  "no generated header line is odd; rl-blank-before-colon shows it",
		"chromium Network.LineFold":                    "no generated header line is odd; rl-fold shows it",
		"firefox Network.LineFold":                     "no generated header line is odd; rl-fold shows it",
		"firefox Network.NULNameSkipped":               "no generated header line is odd; rl-nul-name shows it",
		"firefox Response.BlobRange":                   "script has no blob: URL to pass",
		"webkit Response.BlobRange":                    "script has no blob: URL to pass",
		"chromium Response.BlobSuffix":                 "script has no blob: URL to pass",
		"firefox Response.BlobSuffix":                  "script has no blob: URL to pass",
		"webkit Response.BlobSuffix":                   "script has no blob: URL to pass",
		"chromium Headers.CredentiallessReloads":       "a generated page has no embedder policy; cr-coep-sub-include shows it",
		"chromium Policy.DocumentIsolation":            "no page of a scenario has the header",
		"chromium Headers.ReferrerOfWeb":               "no page is of a custom scheme",
		"firefox Headers.ReferrerOfWeb":                "no page is of a custom scheme",
		"webkit Headers.ReferrerOfWeb":                 "no page is of a custom scheme",
		"webkit Headers.UpgradeOfInsecureOnly":         "requests of visits are not part of an outcome",
		"chromium Headers.FormsRevalidate":             "requests of visits are not part of an outcome",
		"webkit Headers.NoUserHeader":                  "requests of visits are not part of an outcome",
		"chromium Credentials.Cookies.LaxUnsafe":       "a visit comes from no other site",
		"chromium Credentials.Cookies.Unset":           "third parties have no cookies but Partitioned ones, which are set there and so are SameSite=None",
		"webkit Credentials.Cookies.Unset":             "third parties set none",

		"chromium Messages.Aborted":     "an outcome has no messages",
		"firefox Messages.Aborted":      "an outcome has no messages",
		"firefox Messages.NetworkError": "an outcome has no messages",
		"webkit Messages.Aborted":       "an outcome has no messages",
		"webkit Messages.NetworkError":  "an outcome has no messages",

		// What is too rare, and only written scenarios show.
		"firefox PreflightCache.PresenceLasts":      "an entry has to be too old, or without methods, when a listener forces a preflight",
		"firefox PreflightCache.ZeroChangesNothing": "no second preflight of a URL is answered with another age",
		"firefox Preflight.KeepEntriesOnModeError":  "no other step than the last meets a redirect",
		"firefox Preflight.TypeBeforeCharset":       "no charset that a preflight would be for",
		"firefox Response.AboutAnyCase":             "no about: URL but in lower case",
		"firefox Policy.URLAnswersChallenge":        "no userinfo in the URL of an XMLHttpRequest that meets a 401",
		"firefox Redirect.LocationControls":         "no tab in a Location",
		"firefox Network.HTTP2TransferEncoding":     "hardly a response over HTTP/2 with Transfer-Encoding",
		"firefox Response.ShortHTTP2Bodies":         "hardly a body over HTTP/2 that is too short",
		"firefox Integrity.OfRedirect":              "hardly a redirect with the digest of its body",
		"firefox Request.DataURLBlanks":             "no blank at the end of a data: URL",
		"firefox Headers.TrustedSchemesSameSite":    "no page of localhost asks another scheme of it",
		"firefox Headers.InsecureHopsCrossSite":     "rare: a redirect between ports of localhost, one in 3,000; gen-metadata-2026-1379 shows it",
		"webkit Request.BlobTypeUnguarded":          "no Blob with an unsafe type is sent without CORS",
		"webkit Request.EmptyCharsetKept":           "no XMLHttpRequest sets an empty charset",
		"webkit Redirect.TypeRestored":              "no redirect of a page's own origin comes after one that took the body",
		"webkit Redirect.OwnUserAgent":              "no redirected request sets User-Agent",
		"webkit Redirect.ManualRefusesScheme":       "no redirect to ftp: meets mode manual",
		"webkit Policy.NoCORSFollowsOnly":           "hardly a data: URL meets another redirect mode without CORS",
		"webkit Integrity.NoBodyIsEmpty":            "no integrity metadata is that of nothing",
		"webkit Network.BodyToItsEnd":               "no redirect and no preflight is cut short",
		"webkit Request.BlobTypeIsMIMEType":         "hardly a Blob that XMLHttpRequest sends has a type that is none",
		"webkit Safelist.WildcardStillExposes":      "hardly a response with Accept exposes a wildcard with credentials",
		"webkit Integrity.NoHashNoCheck":            "hardly integrity metadata without a known hash meets a response without a body",

		// What another departure of the same engine hides.
		"webkit Safelist.IgnoreTotalSize":            "with JoinRepeated five names of 128 bytes are all there can be",
		"firefox Preflight.MaxAge.NegativeNotCached": "InvalidNotCached says the same of negative numbers",
		"firefox Headers.RedirectSpellings":          "no script spells Content-Type in another way, with a body that a redirect keeps",
		"chromium PreflightCache.WholeResult":        "EvictInsufficient leaves nothing to replace",
		"webkit PreflightCache.WholeResult":          "EvictInsufficient leaves nothing to replace",
	}
	// Topics whose departures the tests of the packages hold, one by one.
	ofTheirOwn := map[string]string{
		"HTTPCache":     "many need a header that is not generated; the written scenarios have it",
		"ClearSiteData": "what one scenario clears, another one played beside it has lost, too",
		"LocalNetwork":  "the servers of these scenarios have no addresses",
		"EventSource":   "its family is recorded",
		"Beacon":        "its family is recorded",
		"WebSocket":     "its family is recorded",
		"HSTS":          "its family is recorded, and other scenarios know no host",
		"MixedContent":  "its family is recorded; several need a host that is an address",
		"ORB":           "its family is recorded",
		"Embedder":      "its family is recorded",
		"Element":       "its family is recorded",
		"CSP":           "its family is recorded; several are too rare in it",
	}
	// What cookies, challenges and storage access are about, scenarios have been written for.
	scenarios := append(readScenarios(t, "../testdata/scenarios/cookies.json"), readScenarios(t, "../testdata/scenarios/challenges.json")...)
	scenarios = append(scenarios, readScenarios(t, "../testdata/scenarios/storage-access.json")...)
	scenarios = append(scenarios, generated(t, 17, 8000)...)
	for _, family := range conformance.NamedFamilies() {
		scenarios = append(scenarios, generated(t, 17, 1000, family)...)
	}
	for _, family := range familyDirectories(t) {
		files, err := filepath.Glob("../testdata/scenarios/" + family + "-*.json")
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			scenarios = append(scenarios, readScenarios(t, file)...)
		}
	}
	for _, p := range engine.All() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			before := make([]string, len(scenarios)) // made as far as it is needed
			differs := func(changed *fetch.Profile, i int) bool {
				if before[i] == "" {
					before[i] = account(t, p, scenarios[i])
				}
				return account(t, changed, scenarios[i]) != before[i]
			}
			without := func(fields ...string) *fetch.Profile {
				changed, err := engine.ByName(p.Name)
				if err != nil {
					t.Fatal(err)
				}
				for _, field := range fields {
					reset(changed, field)
				}
				return changed
			}
			// shown removes what the first so many scenarios show. What shows nothing together is not looked at
			// one by one.
			shown := func(fields []string, most int) (rest []string, by map[string]string) {
				rest, by = slices.Clone(fields), make(map[string]string)
				together := without(rest...)
				for i := 0; i < most && len(rest) > 0; i++ {
					if !differs(together, i) {
						continue
					}
					left := len(rest)
					rest = slices.DeleteFunc(rest, func(field string) bool {
						if !differs(without(field), i) {
							return false
						}
						by[field] = scenarios[i].ID
						return true
					})
					if len(rest) < left {
						together = without(rest...)
					}
				}
				return rest, by
			}
			var shows, excluded []string
			for _, d := range engine.Deviations(p) {
				if topic, _, _ := strings.Cut(d.Field, "."); ofTheirOwn[topic] != "" {
					continue
				}
				if hidden[p.Name+" "+d.Field] != "" {
					excluded = append(excluded, d.Field)
				} else {
					shows = append(shows, d.Field)
				}
			}
			rest, _ := shown(shows, len(scenarios))
			for _, field := range rest {
				if left, _ := shown([]string{field}, len(scenarios)); len(left) > 0 {
					t.Errorf("nothing shows %s: the generator has to reach it, or the table above to say why it can't", field)
				}
			}
			_, by := shown(excluded, 500)
			for field, id := range by {
				t.Errorf("%s shows %s, though %s", id, field, hidden[p.Name+" "+field])
			}
		})
	}
}

// account is all that a play gives: the outcome and the reasons.
func account(t *testing.T, p *fetch.Profile, s *conformance.Scenario) string {
	t.Helper()
	var b strings.Builder
	engine := conformance.Engine{Profile: p, AllHeaders: true, Refused: func(_ *conformance.Scenario, step int, refusal *fetch.Error) {
		fmt.Fprintln(&b, step, refusal.Reason, refusal.Stage)
	}}
	out, err := engine.Play(t.Context(), s)
	if err != nil {
		t.Fatalf("%s: %s: %v", p.Name, s.ID, err)
	}
	return b.String() + string(marshal(t, out))
}

// reset gives a field of a profile the Standard's value.
func reset(p *fetch.Profile, path string) {
	own, standard := reflect.ValueOf(p).Elem(), reflect.ValueOf(fetch.Standard()).Elem()
	for name := range strings.SplitSeq(path, ".") {
		own, standard = own.FieldByName(name), standard.FieldByName(name)
	}
	own.Set(standard)
}

// BenchmarkGenerate measures making scenarios.
func BenchmarkGenerate(b *testing.B) {
	for _, family := range []string{"methods", "redirects", "mixed"} {
		b.Run("family="+family, func(b *testing.B) {
			b.ReportAllocs()
			seq, err := conformance.Generate(1, b.N, family)
			if err != nil {
				b.Fatal(err)
			}
			for range seq {
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "scenarios/s")
		})
	}
}

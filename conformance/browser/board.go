package browser

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/browsercors/browsercors/conformance"
	"github.com/browsercors/browsercors/origin"
)

// A result is one scenario played: its outcome, or why there is none.
type result struct {
	scenario *conformance.Scenario
	outcome  *conformance.Outcome
	err      error
}

// A job is a scenario that is to be played or being played.
type job struct {
	scenario *conformance.Scenario
	origin   origin.Origin // of its page
	wire     *conformance.Wire
	alone    bool // nothing else may be under way
	fragile  bool // no connection may have served before; it is alone, too
	out      bool // handed to the page
	visiting bool
	visited  time.Time // the last answer to a visit
	redirect bool      // that answer sends the visit on
	asked    time.Time // its last request was then answered by asking for a password
	request  time.Time // the last request, hidden or not
	failed   error     // why it is tried once more

	console  []string             // what the browser printed about it
	printed  bool                 // that was all
	outcome  *conformance.Outcome // waits for that
	finished time.Time
}

// A group is the jobs of one page.
type group struct {
	url    *origin.URL
	page   conformance.Page
	jobs   []*job // not handed out
	failed error  // why its page is loaded once more
}

// A board is where the page pulls its work and posts its results. The browser
// walks from the control page through the pages of the groups and back. It is safe for
// concurrent use.
type board struct {
	limit   int
	timeout time.Duration
	ended   <-chan struct{}
	part    func() // ends the connections to the servers
	prints  bool   // the browser prints its console, and the script when a scenario is over

	mu         sync.Mutex
	jobs       map[string]*job // by id, of this run of the browser
	groups     []*group
	page       *group        // nil: the control page
	started    chan struct{} // closed when the script asks for work for the first time
	loaded     bool
	framing    *job // whose policies the frames have that are being loaded
	generation int  // of the page that is loaded or to be
	busy       int  // jobs handed out and not done
	waiting    int  // of these, those with waits
	heard      time.Time
	results    []result
	again      []*job        // to be tried once more, in another run
	changed    chan struct{} // results, again or groups changed
	hasWork    chan struct{} // closed when groups come
}

func newBoard(limit int, timeout time.Duration, ended <-chan struct{}) *board {
	return &board{limit: limit, timeout: timeout, ended: ended, part: func() {}, changed: make(chan struct{}, 1)}
}

// reset is a new run of the browser, which starts on the control page. What
// was being played in the old one is tried once more or failed for good.
func (b *board) reset(lost error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	asking := 0
	for _, j := range b.jobs {
		b.publish(j)
		if j.out && !j.asked.IsZero() {
			asking++
		}
	}
	for _, j := range b.jobs {
		switch {
		case !j.out:
		case !j.asked.IsZero() && asking == 1 && errors.Is(lost, errPassword):
			b.giveUp(j)
		default: // of several it may have been another
			b.fail(j, lost)
		}
	}
	if page := b.page; page != nil && !b.loaded {
		if page.failed != nil {
			b.groups = slices.DeleteFunc(b.groups, func(g *group) bool { return g == page })
			for _, j := range page.jobs {
				b.results = append(b.results, result{scenario: j.scenario, err: fmt.Errorf("browser: page %q does not load: %w", page.url, lost)})
			}
		}
		page.failed = lost
	}
	b.jobs = make(map[string]*job)
	b.page, b.loaded, b.framing, b.busy, b.waiting = nil, false, nil, 0, 0
	b.generation++
	b.hasWork = make(chan struct{})
	b.started = make(chan struct{})
	b.heard = time.Now()
	b.change()
}

// start is closed when this run of the browser asks for work.
func (b *board) start() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.started
}

// fail has a job tried once more, or gives it up.
func (b *board) fail(j *job, err error) {
	j.out = false
	if j.failed != nil {
		b.results = append(b.results, result{scenario: j.scenario, err: fmt.Errorf("browser: scenario %q, twice: %w", j.scenario.ID, err)})
	} else {
		j.failed = err
		b.again = append(b.again, j)
	}
	b.change()
}

// errPassword says that a scenario has the browser ask its user for a password,
// whose dialog nobody can close here.
var errPassword = errors.New("the browser asks for a password")

// publish gives the outcome of a job that waited for its console.
func (b *board) publish(j *job) {
	if j.outcome != nil {
		j.outcome.Console = j.console
		b.results = append(b.results, result{scenario: j.scenario, outcome: j.outcome})
		j.outcome = nil
		b.change()
	}
}

// over is what the script prints when a scenario is over, before its id. It
// comes after all that the browser has to say about the scenario.
const over = "browsercors: over: "

// print takes a message that the browser printed.
func (b *board) print(message string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if id, ok := strings.CutPrefix(message, over); ok {
		if j := b.jobs[id]; j != nil {
			j.printed = true
			b.publish(j)
		}
		return
	}
	for word := range strings.FieldsFuncSeq(message, func(r rune) bool { return r == ' ' || r == '\'' }) {
		if u, err := origin.ParseURL(strings.TrimRight(word, ".")); err == nil {
			if j := b.owner(u); j != nil {
				j.console = append(j.console, message)
				return
			}
		}
	}
}

// giveUp is the end of a scenario that has the browser ask for a password.
func (b *board) giveUp(j *job) {
	j.out = false
	b.results = append(b.results, result{scenario: j.scenario, err: fmt.Errorf("browser: scenario %q: %w", j.scenario.ID, errPassword)})
	b.change()
}

func (b *board) change() {
	select {
	case b.changed <- struct{}{}:
	default:
	}
}

// add adds jobs by their pages. Those that wait longest come first, those that
// must be alone last, and of them those that wait longest.
func (b *board) add(jobs []*job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, j := range jobs {
		u, err := origin.ParseURL(j.scenario.Page.URL)
		if err != nil {
			b.results = append(b.results, result{scenario: j.scenario, err: err})
			b.change()
			continue
		}
		page := j.scenario.Page
		if j.scenario.Setting().Framed { // which are the affair of its frame
			page = conformance.Page{URL: page.URL}
		}
		i := slices.IndexFunc(b.groups, func(g *group) bool {
			return g.url.String() == u.String() && g.page.Sandboxed == page.Sandboxed && g.page.EmbedderPolicy == page.EmbedderPolicy
		})
		if i < 0 {
			i = len(b.groups)
			b.groups = append(b.groups, &group{url: u, page: page})
		}
		j.origin, j.wire = u.Origin(), &conformance.Wire{Scenario: j.scenario, AllHeaders: true}
		g := b.groups[i]
		g.jobs = append(g.jobs, j)
	}
	for _, g := range b.groups {
		slices.SortStableFunc(g.jobs, func(x, y *job) int { return cmp.Compare(rank(x), rank(y)) })
	}
	b.heard = time.Now()
	close(b.hasWork)
	b.hasWork = make(chan struct{})
}

func rank(j *job) time.Duration {
	if j.alone {
		return 1 + waits(j.scenario)
	}
	return -waits(j.scenario)
}

// take takes what has happened.
func (b *board) take() (results []result, again []*job, idle bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	results, b.results = b.results, nil
	if idle = b.page == nil && len(b.groups) == 0; idle {
		again, b.again = b.again, nil
	}
	return results, again, idle
}

// A page that plays says something twice a second. The start of a browser
// takes up to 10 s.
const (
	silenceLimit     = 10 * time.Second
	loadSilenceLimit = 30 * time.Second
)

// passwordLimit is how long a scenario may stand still after an answer that
// asks for a password.
const passwordLimit = 4 * time.Second

// printLimit is how long an outcome waits for its console.
const printLimit = 2 * time.Second

// watch gives up what waits for a password, and says why the browser must be
// started afresh: the page owes a sign of life for too long.
func (b *board) watch() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	silence := time.Since(b.heard)
	for _, j := range b.jobs {
		if time.Since(j.finished) > printLimit {
			b.publish(j)
		}
		if !j.out || j.asked.IsZero() || time.Since(j.asked) < passwordLimit+waits(j.scenario) {
			continue
		}
		if silence > passwordLimit {
			return errPassword
		}
		b.done(j)
		b.giveUp(j)
	}
	if b.busy > 0 && silence > silenceLimit || silence > loadSilenceLimit {
		return errors.New("the browser hung")
	}
	return nil
}

// done is the end of a job that was handed out.
func (b *board) done(j *job) {
	b.busy--
	if waits(j.scenario) > 0 {
		b.waiting--
	}
}

// A message is what the page says.
type message struct {
	Generation int    `json:"generation"`
	ID         string `json:"id"`
	Done       []done `json:"done"`
	Room       int    `json:"room"`
}

// A done is a scenario that the page has done with.
type done struct {
	ID    string                    `json:"id"`
	Hung  bool                      `json:"hung"`
	Error string                    `json:"error"` // of the script
	Steps []conformance.StepOutcome `json:"steps"`
}

// A reply is what the page is told: scenarios to play, or where to go.
type reply struct {
	Work []work `json:"work,omitempty"`
	Go   string `json:"go,omitempty"`
	Stop bool   `json:"stop,omitempty"` // the page is an old one

	AgeMS int64 `json:"age_ms"` // how long ago the last request of a scenario came
}

type work struct {
	Scenario  *conformance.Scenario `json:"scenario"`
	TimeoutMS int64                 `json:"timeout_ms"`
	SettleMS  int64                 `json:"settle_ms,omitempty"` // to wait after each step
	Framed    bool                  `json:"framed,omitempty"`    // to be played in a frame of its own
}

// answer answers for every host: the page, the control host, and the servers
// of the scenarios that are being played.
func (b *board) answer(u *origin.URL, r *request) answer {
	if u.Host() == controlHost {
		return b.control(u, r)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if accept, _ := r.headers.Get("Accept"); b.page != nil && (!b.loaded || b.framing != nil) && r.method == "GET" && strings.HasPrefix(accept, "text/html") &&
		u.SetCredentials("", "").WithoutFragment() == b.page.url.SetCredentials("", "").WithoutFragment() {
		b.heard = time.Now()
		if b.loaded {
			return frame(b.framing.scenario)
		}
		b.loaded = true
		a := plain(200, "text/html;charset=utf-8", b.document(b.page.page.Sandboxed))
		if policy := b.page.page.EmbedderPolicy; policy != "" {
			a.headers = append(a.headers, [2]string{"Cross-Origin-Embedder-Policy", policy})
		}
		return a
	}
	j := b.owner(u)
	if j == nil {
		return plain(502, "text/plain", "not under test")
	}
	if iconOfVisit(j.scenario, u) {
		return plain(404, "text/plain", "")
	}
	j.request = time.Now()
	// What is slow to follow a visit's redirects comes after the visit.
	mode, _ := r.headers.Get("Sec-Fetch-Mode")
	destination, _ := r.headers.Get("Sec-Fetch-Dest")
	a := scripted(j.wire.Answer(r.method, u, r.headers, j.visiting || mode == "navigate" && destination != "iframe"))
	if j.visiting {
		j.visited, j.redirect = time.Now(), a.status/100 == 3 && a.has("Location")
	}
	j.asked = time.Time{}
	if a.status == 401 && a.has("WWW-Authenticate") {
		j.asked = time.Now()
	}
	// No connection of these serves another request, so that a browser does as it does
	// with a new one.
	set := j.scenario.Setting()
	a.last = j.fragile || set.Framed
	// What every response of another origin shows of its headers is little. A cache sees
	// all, and a media element or an event stream where its response ends.
	a.chunks = !set.HTTPCache && !set.Framed && !a.has("Access-Control-Expose-Headers") && (j.scenario.Page.Sandboxed || r.isHandshake() || !u.Origin().SameOrigin(j.origin))
	return a
}

// iconOfVisit tells whether a browser asks for the icon of a page that a
// scenario visits, which no step does.
func iconOfVisit(s *conformance.Scenario, u *origin.URL) bool {
	if u.Path() != "/favicon.ico" {
		return false
	}
	_, listed := s.Servers[u.WithoutFragment()]
	return !listed && slices.ContainsFunc(s.Steps, func(step conformance.Step) bool { return step.Visit != nil })
}

// owner is the job whose id a URL carries.
func (b *board) owner(u *origin.URL) *job {
	first, _, _ := strings.Cut(strings.TrimPrefix(u.Path(), "/"), "/")
	if j := b.jobs[first]; j != nil {
		return j
	}
	for label := range strings.SplitSeq(u.Host(), ".") {
		if j := b.jobs[label]; j != nil {
			return j
		}
	}
	return nil
}

// control is the control host.
func (b *board) control(u *origin.URL, r *request) answer {
	if r.method == "GET" {
		if u.Path() != "/" {
			return plain(404, "text/plain", "")
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		return plain(200, "text/html;charset=utf-8", b.document(false))
	}
	body, err := io.ReadAll(r.body)
	var m message
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil {
		return plain(400, "text/plain", err.Error())
	}
	var told reply
	switch u.Path() {
	case "/work":
		told = b.work(&m)
	case "/visit":
		b.visit(&m)
	case "/visited":
		b.visited(&m)
	case "/frame":
		b.frame(&m)
	case "/quiet":
		told.AgeMS = b.quiet(&m)
	default:
		return plain(404, "text/plain", "")
	}
	text, err := json.Marshal(told)
	if err != nil {
		return plain(500, "text/plain", err.Error())
	}
	return plain(200, "application/json", string(text))
}

// idlePoll is how long a page with nothing to do waits for work.
const idlePoll = 2 * time.Second

// maxWaiting is how many scenarios with waits are under way at a time, during
// which no others are: an engine may remember as little as 100 preflights, and
// what waits wants the clock to be right.
const maxWaiting = 24

// work takes the page's results and gives it more to do.
func (b *board) work(m *message) reply {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m.Generation != b.generation {
		return reply{Stop: true}
	}
	b.heard = time.Now()
	select {
	case <-b.started:
	default:
		close(b.started)
	}
	for _, done := range m.Done {
		j := b.jobs[done.ID]
		if j == nil || !j.out {
			continue
		}
		b.done(j)
		switch {
		case done.Error != "":
			b.fail(j, fmt.Errorf("the page's script failed: %s", done.Error))
			continue
		case done.Hung:
			b.fail(j, errors.New("it did not end in time"))
			continue
		case j.failed == nil && endless(j.scenario, done.Steps): // a busy machine may be slow
			b.fail(j, errors.New("a step did not end in time"))
			continue
		}
		j.out = false
		j.outcome = &conformance.Outcome{ID: done.ID, Steps: done.Steps, Requests: j.wire.Requests}
		j.finished = time.Now()
		if j.printed || !b.prints {
			b.publish(j)
		}
	}
	if b.page == nil {
		if len(b.groups) == 0 {
			b.idle()
			if m.Generation != b.generation {
				return reply{Stop: true}
			}
		}
		if len(b.groups) == 0 {
			return reply{}
		}
		b.page, b.loaded, b.framing = b.groups[0], false, nil
		b.generation++
		return reply{Go: b.page.url.String()}
	}
	var told reply
	for len(b.page.jobs) > 0 && len(told.Work) < m.Room {
		j := b.page.jobs[0]
		wait := waits(j.scenario)
		if j.alone && b.busy > 0 || wait == 0 && b.waiting > 0 || b.waiting >= maxWaiting {
			break
		}
		b.page.jobs = b.page.jobs[1:]
		b.jobs[j.scenario.ID] = j
		j.out, j.printed, j.console = true, false, nil
		if j.fragile {
			b.part()
		}
		b.busy++
		if wait > 0 {
			b.waiting++
		}
		set := j.scenario.Setting()
		told.Work = append(told.Work, work{
			Scenario: j.scenario, TimeoutMS: b.limitOf(j.scenario).Milliseconds(), SettleMS: set.Settle.Milliseconds(), Framed: set.Framed,
		})
		if j.alone {
			break
		}
	}
	if b.busy > 0 {
		return told
	}
	left := b.page.url
	b.groups = b.groups[1:]
	b.page = nil
	b.generation++
	b.change()
	if len(b.groups) > 0 && b.groups[0].url.WithoutFragment() != left.WithoutFragment() {
		b.page, b.loaded, b.framing = b.groups[0], false, nil
		return reply{Go: b.page.url.String()}
	}
	return reply{Go: controlPage} // from where the same URL is loaded anew
}

// idle waits for work, the lock held before and after.
func (b *board) idle() {
	has := b.hasWork
	b.mu.Unlock()
	defer b.mu.Lock()
	timer := time.NewTimer(idlePoll)
	defer timer.Stop()
	select {
	case <-has:
	case <-timer.C:
	case <-b.ended:
	}
}

// waits is how long a scenario waits.
func waits(s *conformance.Scenario) time.Duration {
	sum := time.Duration(len(s.Steps)) * s.Setting().Settle
	for _, step := range s.Steps {
		if step.WaitMS != nil {
			sum += time.Duration(*step.WaitMS) * time.Millisecond
		}
	}
	return sum
}

// visit begins a visit, whose requests are not recorded.
func (b *board) visit(m *message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if j := b.jobs[m.ID]; j != nil {
		j.visiting, j.visited = true, time.Time{}
	}
}

// A visit is over when nothing has been asked for a while, or nothing at all
// for long, or when it has gone on for too long. Only the browser knows that a
// navigation is complete, and does not tell an opener of another origin.
const (
	visitSettles = 150 * time.Millisecond
	visitGoesOn  = time.Second // after a redirect
	visitFails   = 3 * time.Second
	visitEnds    = 6 * time.Second
)

// settled tells whether a visit is over that began a while ago.
func (j *job) settled(ago time.Duration) bool {
	switch {
	case j.visited.IsZero():
		return ago > visitFails
	case j.redirect:
		return ago > visitEnds || time.Since(j.visited) > visitGoesOn
	}
	return ago > visitEnds || time.Since(j.visited) > visitSettles
}

// visited waits for the end of a visit.
func (b *board) visited(m *message) {
	begun := time.Now()
	tick := time.NewTicker(visitSettles / 10)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-b.ended:
			return
		}
		b.mu.Lock()
		j := b.jobs[m.ID]
		over := j == nil || j.settled(time.Since(begun))
		if over && j != nil {
			j.visiting = false
		}
		b.heard = time.Now()
		b.mu.Unlock()
		if over {
			return
		}
	}
}

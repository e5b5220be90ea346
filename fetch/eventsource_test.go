package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
)

const eventStreamType = "Content-Type: text/event-stream"

// A streamPlay is an EventSource that was listened to: its events, one a line, and
// how long it waited each time.
type streamPlay struct {
	events []string
	waits  []time.Duration
	err    error
}

// listen listens to an EventSource until it is closed, or has had so many events.
func listen(t *testing.T, page *fetch.Environment, o fetch.EventSourceOptions, most int) streamPlay {
	t.Helper()
	var p streamPlay
	o.Wait = func(ctx context.Context, d time.Duration) error {
		p.waits = append(p.waits, d)
		return ctx.Err()
	}
	events, err := page.EventSource(t.Context(), &o)
	if err != nil {
		t.Fatal(err)
	}
	for event, err := range events {
		line := fmt.Sprint(event.Type, " ", event.ReadyState)
		if event.Origin != "" {
			line = fmt.Sprintf("%s %q id=%s", event.Type, event.Data, event.LastEventID)
		}
		p.events = append(p.events, line)
		if p.err = err; len(p.events) == most {
			break
		}
	}
	return p
}

// streams answers the nth request with the nth stream, and those after with 204.
func streams(bodies ...string) func(sent) reply {
	n := 0
	return func(s sent) reply {
		if n++; n > len(bodies) {
			return answer(204, readable)
		}
		return answer(200, readable, eventStreamType).with(bodies[n-1])
	}
}

// What an event stream says.
//
// https://html.spec.whatwg.org/#event-stream-interpretation
func TestEventStream(t *testing.T) {
	for _, tt := range []struct {
		name, stream string
		want         []string
	}{
		{"one", "data: a\n\n", []string{`message "a" id=`}},
		{"lines of data", "data: a\ndata:b\ndata\n\n", []string{`message "a\nb\n" id=`}},
		{"one blank is dropped", "data:  a\n\n", []string{`message " a" id=`}},
		{"CR", "data: a\r\rdata: b\r\r", []string{`message "a" id=`, `message "b" id=`}},
		{"CR LF", "data: a\r\n\r\ndata: b\r\n\r\n", []string{`message "a" id=`, `message "b" id=`}},
		{"type", "event: ping\ndata: a\n\ndata: b\n\n", []string{`ping "a" id=`, `message "b" id=`}},
		{"type without data", "event: ping\n\ndata: b\n\n", []string{`message "b" id=`}},
		{"empty data", "data\n\ndata:\n\n", []string{`message "" id=`, `message "" id=`}},
		{"id lasts", "id: 1\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", []string{`message "a" id=1`, `message "b" id=1`, `message "c" id=`}},
		{"id with NUL", "id: 1\x002\ndata: a\n\n", []string{`message "a" id=`}},
		{"comments and unknown fields", ": x\n:\nfoo: x\nData: x\n data: x\ndata: a\n\n", []string{`message "a" id=`}},
		{"without an end", "data: a\n\ndata: b\n", []string{`message "a" id=`}},
		{"byte order mark", "\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n", []string{`message "a" id=`}},
		{"not UTF-8", "data: \xe2\x82\xff\xc3\n\n", []string{"message \"\ufffd\ufffd\ufffd\" id="}},
		{"NUL in data", "data: a\x00b\n\n", []string{`message "a\x00b" id=`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, streams(tt.stream))
			got := listen(t, page, fetch.EventSourceOptions{URL: api + "/a"}, 0)
			want := append(append([]string{"open 1"}, tt.want...), "error 0", "error 2")
			if diff := cmp.Diff(want, got.events); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An EventSource comes back to its own URL with the last id, without a preflight.
//
// https://html.spec.whatwg.org/#reestablish-the-connection
func TestEventSourceReconnects(t *testing.T) {
	n := 0
	page, sent := standardPage(t, func(s sent) reply {
		switch n++; n {
		case 1:
			return answer(301, acao+"*", "Location: "+cdn+"/b")
		case 2:
			return answer(200, acao+"*", eventStreamType).with("retry: 250\nid: ü\"<\ndata: a\n\nid: lost\n")
		case 3:
			return reply{err: errors.New("no connection")}
		case 4:
			return reply{err: errors.New("no connection")}
		case 5:
			return answer(200, acao+"*", eventStreamType).with("retry: x\ndata: b\n\n")
		}
		return answer(204, acao+"*")
	})
	got := listen(t, page, fetch.EventSourceOptions{URL: api + "/a"}, 0)
	want := []string{"open 1", `message "a" id=ü"<`, "error 0", "error 0", "error 0", "open 1", `message "b" id=`, "error 0", "error 2"}
	if diff := cmp.Diff(want, got.events); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]time.Duration{250 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond, 250 * time.Millisecond}, got.waits); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"GET " + api + "/a", "GET " + cdn + "/b", "GET " + api + "/a", "GET " + api + "/a", "GET " + api + "/a", "GET " + api + "/a"}, sent.lines()); diff != "" {
		t.Error(diff)
	}
	if id := sent.sent[2].header("Last-Event-ID"); id != `ü"<` {
		t.Errorf("Last-Event-ID %q", id)
	}
	if !errors.Is(got.err, fetch.ElementRefused) {
		t.Errorf("closed with %v", got.err)
	}
}

// What closes an EventSource at once.
func TestEventSourceFails(t *testing.T) {
	for _, tt := range []struct {
		name  string
		url   string
		reply reply
		want  fetch.Reason
	}{
		{"status", "/a", answer(201, eventStreamType), fetch.ElementRefused},
		{"type", "/a", answer(200, "Content-Type: text/plain"), fetch.ElementRefused},
		{"no type", "/a", answer(200), fetch.ElementRefused},
		{"CORS", api + "/a", answer(200, eventStreamType), fetch.MissingAllowOrigin},
		{"mixed content", "http://api.test/a", answer(200, eventStreamType), fetch.MixedContent},
		{"bad port", "https://api.test:22/a", answer(200, eventStreamType), fetch.BadPort},
		{"redirects", "/a", answer(302, "Location: /a"), fetch.TooManyRedirects},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page, _ := standardPage(t, func(sent) reply { return tt.reply })
			got := listen(t, page, fetch.EventSourceOptions{URL: tt.url}, 0)
			if diff := cmp.Diff([]string{"error 2"}, got.events); diff != "" || !errors.Is(got.err, tt.want) {
				t.Error(diff, got.err)
			}
			if refusal := asRefusal(t, got.err); refusal.Exception() != "" {
				t.Errorf("exception %s", refusal.Exception())
			}
		})
	}
	t.Run("URL", func(t *testing.T) {
		page, _ := standardPage(t, nil)
		_, err := page.EventSource(t.Context(), &fetch.EventSourceOptions{URL: "https://"})
		if refusal := asRefusal(t, err); refusal.Reason != fetch.InvalidURL || refusal.Exception() != "SyntaxError" {
			t.Errorf("%+v", refusal)
		}
	})
	t.Run("limit", func(t *testing.T) {
		page, _ := standardPage(t, nil)
		if _, err := page.EventSource(t.Context(), &fetch.EventSourceOptions{URL: "/a", MaxEvent: -1}); err == nil {
			t.Error("no error")
		}
	})
	t.Run("data", func(t *testing.T) {
		page, _ := standardPage(t, nil)
		got := listen(t, page, fetch.EventSourceOptions{URL: "data:text/event-stream,data:%20a%0A%0A"}, 2)
		if diff := cmp.Diff([]string{"open 1", `message "a" id=`}, got.events); diff != "" {
			t.Error(diff)
		}
	})
}

// endlessText repeats a text for ever.
type endlessText struct {
	text string
	read int64
}

func (e *endlessText) Read(p []byte) (int, error) {
	n := copy(p, strings.Repeat(e.text, len(p)/len(e.text)+1))
	e.read += int64(n)
	return n, nil
}

// A stream that never ends a line or an event is closed at the limit, with a reason.
func TestEventSourceBounds(t *testing.T) {
	for _, text := range []string{"x", "data: abcdefgh\n", "data\n", "id: 1\ndata:x\n"} {
		t.Run(text, func(t *testing.T) {
			body := &endlessText{text: text}
			agent, _ := newAgent(t, nil, fetch.Options{Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
				return &fetch.NetworkResponse{Status: 200, Headers: headerLines(eventStreamType), Body: io.NopCloser(body)}, nil
			})})
			got := listen(t, newPage(t, agent, fetch.EnvironmentOptions{}), fetch.EventSourceOptions{URL: "/a", MaxEvent: 100_000}, 0)
			if !errors.Is(got.err, fetch.EventTooLarge) || got.events[len(got.events)-1] != "error 2" {
				t.Errorf("%v, %v", got.events, got.err)
			}
			if body.read > 20*100_000 {
				t.Errorf("%d bytes were read", body.read)
			}
		})
	}
}

// A closedStream counts how often it is closed.
type closedStream struct {
	io.Reader
	closed int
}

func (c *closedStream) Close() error { c.closed++; return nil }

// Whoever leaves the loop, or ends its context, ends the EventSource.
func TestEventSourceEnds(t *testing.T) {
	body := &closedStream{Reader: &endlessText{text: "data: a\n\n"}}
	agent, _ := newAgent(t, nil, fetch.Options{Transport: transportFunc(func(*fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		return &fetch.NetworkResponse{Status: 200, Headers: headerLines(eventStreamType), Body: body}, nil
	})})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	for _, most := range []int{1, 5} { // "open" and a message
		if got := listen(t, page, fetch.EventSourceOptions{URL: "/a"}, most); len(got.events) != most || got.err != nil {
			t.Errorf("%v, %v", got.events, got.err)
		}
	}
	if body.closed == 0 {
		t.Error("the body is not closed")
	}
	t.Run("while it is read", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		events, err := page.EventSource(ctx, &fetch.EventSourceOptions{URL: "/a"})
		if err != nil {
			t.Fatal(err)
		}
		var last error
		for _, last = range events {
			cancel(errScope)
		}
		if !errors.Is(last, fetch.Aborted) || !errors.Is(last, errScope) {
			t.Error(last)
		}
	})
	t.Run("while it waits", func(t *testing.T) {
		page, _ := standardPage(t, streams("data: a\n\n"))
		ctx, cancel := context.WithCancelCause(t.Context())
		defer cancel(nil)
		events, err := page.EventSource(ctx, &fetch.EventSourceOptions{URL: "/a"})
		if err != nil {
			t.Fatal(err)
		}
		var last error
		for event, err := range events {
			if last = err; event.Type == "error" {
				cancel(errScope)
			}
		}
		if !errors.Is(last, fetch.Aborted) || !errors.Is(last, errScope) {
			t.Error(last)
		}
	})
}

// streamed is a play that is an EventSource, seen by its first events.
func streamed(url string, most int, serve func() func(sent) reply) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, _ := profiledPage(t, p, serve(), fetch.EnvironmentOptions{})
		got := listen(t, page, fetch.EventSourceOptions{URL: url}, most)
		return strings.Join(got.events, ", ")
	}
}

// waited is a play that is an EventSource that comes back, seen by how long it waits.
func waited(stream string) func(*testing.T, *fetch.Profile) string {
	return func(t *testing.T, p *fetch.Profile) string {
		page, _ := profiledPage(t, p, streams("retry: 7000\n\n"+stream), fetch.EnvironmentOptions{})
		return fmt.Sprint(listen(t, page, fetch.EventSourceOptions{URL: "/a"}, 0).waits)
	}
}

// cameBack is a play that is an EventSource that is redirected and comes back, seen by
// the paths that were asked for.
func cameBack(t *testing.T, p *fetch.Profile) string {
	page, n := profiledPage(t, p, routes{app + "/a": answer(301, "Location: /b"), app + "/b": answer(302, "Location: /c"), app + "/c": answer(200, eventStreamType)}.serve, fetch.EnvironmentOptions{})
	listen(t, page, fetch.EventSourceOptions{URL: "/a"}, 3)
	var paths []string
	for _, s := range n.sent {
		paths = append(paths, s.URL.Path()[1:])
	}
	return strings.Join(paths, " ")
}

// sandboxedStream is a play that is an EventSource of a sandboxed page, seen by its
// referrer.
func sandboxedStream(t *testing.T, p *fetch.Profile) string {
	page, n := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{URL: app + "/p", Sandboxed: true})
	listen(t, page, fetch.EventSourceOptions{URL: "/a"}, 0)
	return n.last(t).header("Referer")
}

// eventSourceDepartures are about EventSource.
func eventSourceDepartures() []departure {
	typed := func(contentType string) func() func(sent) reply {
		return func() func(sent) reply { return func(sent) reply { return answer(200, "Content-Type: "+contentType) } }
	}
	said := func(bodies ...string) func() func(sent) reply {
		return func() func(sent) reply { return streams(bodies...) }
	}
	return []departure{{
		field:    "EventSource.HTTPOnly",
		set:      func(p *fetch.Profile) { p.EventSource.HTTPOnly = true },
		standard: "open 1", departed: "error 2",
		play: streamed("data:text/event-stream,", 1, said()),
	}, {
		field:    "EventSource.UTF8Only",
		set:      func(p *fetch.Profile) { p.EventSource.UTF8Only = true },
		standard: "open 1", departed: "error 2",
		play: streamed("/a", 1, typed("text/event-stream;charset=latin1")),
	}, {
		field:    "EventSource.FirstType",
		set:      func(p *fetch.Profile) { p.EventSource.FirstType = true },
		standard: "error 2", departed: "open 1",
		play: streamed("/a", 1, typed("text/event-stream, text/plain")),
	}, {
		field:    "EventSource.ThrowsByCSP",
		set:      func(p *fetch.Profile) { p.EventSource.ThrowsByCSP = true },
		standard: "error 2", departed: "SecurityError",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, routes{}.serve, fetch.EnvironmentOptions{ContentSecurityPolicy: []string{"connect-src 'none'"}})
			_, err := page.EventSource(t.Context(), &fetch.EventSourceOptions{URL: "/a"})
			if err != nil {
				return asRefusal(t, err).Exception()
			}
			return strings.Join(listen(t, page, fetch.EventSourceOptions{URL: "/a"}, 0).events, ", ")
		},
	}, {
		field:    "EventSource.Fails",
		set:      func(p *fetch.Profile) { p.EventSource.Fails = rules.EventSourceFailsUnasked },
		standard: "error 0", departed: "error 2",
		play: streamed("/a", 1, func() func(sent) reply { return func(sent) reply { return reply{err: fetch.ErrNoAnswer} } }),
	}, {
		field:    "EventSource.Fails",
		set:      func(p *fetch.Profile) { p.EventSource.Fails = rules.EventSourceFailsByCORS },
		standard: "error 2", departed: "error 0",
		play: streamed("https://app.example:22/a", 1, said()),
	}, {
		field:    "EventSource.Fails",
		set:      func(p *fetch.Profile) { p.EventSource.Fails = rules.EventSourceFailsByLocation },
		standard: "error 2", departed: "error 0",
		play: streamed("https://app.example:22/a", 1, said()),
	}, {
		field:    "EventSource.ComesBack",
		set:      func(p *fetch.Profile) { p.EventSource.ComesBack = rules.EventSourceToLast },
		standard: "a b c a b c", departed: "a b c c",
		play: cameBack,
	}, {
		field:    "EventSource.ComesBack",
		set:      func(p *fetch.Profile) { p.EventSource.ComesBack = rules.EventSourceToPermanent },
		standard: "a b c a b c", departed: "a b c b c",
		play: cameBack,
	}, {
		field:    "EventSource.ReconnectionTime",
		set:      func(p *fetch.Profile) { p.EventSource.ReconnectionTime = 5 * time.Second },
		standard: "[3s]", departed: "[5s]",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, _ := profiledPage(t, p, streams(""), fetch.EnvironmentOptions{})
			return fmt.Sprint(listen(t, page, fetch.EventSourceOptions{URL: "/a"}, 0).waits)
		},
	}, {
		field:    "EventSource.MinReconnectionTime",
		set:      func(p *fetch.Profile) { p.EventSource.MinReconnectionTime = time.Second },
		standard: "[5ms]", departed: "[1s]",
		play: waited("retry: 5\n"),
	}, {
		field:    "EventSource.Retry",
		set:      func(p *fetch.Profile) { p.EventSource.Retry = rules.RetryEmptyDefault },
		standard: "[7s]", departed: "[3s]",
		play: waited("retry\n"),
	}, {
		field:    "EventSource.Retry",
		set:      func(p *fetch.Profile) { p.EventSource.Retry = rules.RetryEmptyZero },
		standard: "[7s]", departed: "[0s]",
		play: waited("retry:\n"),
	}, {
		field:    "EventSource.Retry",
		set:      func(p *fetch.Profile) { p.EventSource.Retry = rules.RetryLeading },
		standard: "[7s]", departed: "[12ms]",
		play: waited("retry: 12x\n"),
	}, {
		field:    "EventSource.ID",
		set:      func(p *fetch.Profile) { p.EventSource.ID = rules.EventIDWithData },
		standard: `open 1, message "a" id=1`, departed: `open 1, message "a" id=`,
		play: streamed("/a", 2, said("id: 1\n\ndata: a\n\n")),
	}, {
		field:    "EventSource.ID",
		set:      func(p *fetch.Profile) { p.EventSource.ID = rules.EventIDHeld },
		standard: "1", departed: "",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, streams("id: 1\n\n"), fetch.EnvironmentOptions{})
			listen(t, page, fetch.EventSourceOptions{URL: "/a"}, 0)
			return n.last(t).header("Last-Event-ID")
		},
	}, {
		field:    "EventSource.IDKept",
		set:      func(p *fetch.Profile) { p.EventSource.IDKept = true },
		standard: `open 1, message "a" id=1, error 0, open 1, message "b" id=`,
		departed: `open 1, message "a" id=1, error 0, open 1, message "b" id=1`,
		play:     streamed("/a", 5, said("id: 1\ndata: a\n\n", "data: b\n\n")),
	}, {
		field:    "EventSource.SandboxedReferrer",
		set:      func(p *fetch.Profile) { p.EventSource.SandboxedReferrer = rules.SandboxedReferrerPage },
		standard: "", departed: app + "/p",
		play: sandboxedStream,
	}, {
		field:    "EventSource.SandboxedReferrer",
		set:      func(p *fetch.Profile) { p.EventSource.SandboxedReferrer = rules.SandboxedReferrerOpaque },
		standard: "", departed: app + "/",
		play: sandboxedStream,
	}, {
		field:    "EventSource.BadPortSilent",
		set:      func(p *fetch.Profile) { p.EventSource.BadPortSilent = true },
		standard: "error 2", departed: " 0",
		play: streamed("https://app.example:22/a", 1, said()),
	}, {
		field:    "EventSource.NULsDropped",
		set:      func(p *fetch.Profile) { p.EventSource.NULsDropped = true },
		standard: `open 1, message "a" id=, message "b\x00c" id=`,
		departed: `open 1, message "bc" id=, error 0`,
		play:     streamed("/a", 3, said("id: 1\x00\ndata: a\n\ndata: b\x00c\n\n")),
	}, {
		field:    "EventSource.NoPragmaAcrossOrigins",
		set:      func(p *fetch.Profile) { p.EventSource.NoPragmaAcrossOrigins = true },
		standard: "no-cache no-cache", departed: " no-cache",
		play: func(t *testing.T, p *fetch.Profile) string {
			page, n := profiledPage(t, p, routes{app + "/a": answer(302, "Location: "+api+"/b")}.serve, fetch.EnvironmentOptions{})
			listen(t, page, fetch.EventSourceOptions{URL: "/a"}, 0)
			return n.last(t).header("Pragma") + " " + n.last(t).header("Cache-Control")
		},
	}}
}

package fetch_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/origin"
)

// A deferred request is sent once, when the program says so, and not after script has
// aborted it. While it waits, it counts against the page's quota.
//
// https://fetch.spec.whatwg.org/#dom-window-fetchlater
func TestFetchLater(t *testing.T) { synctest.Test(t, testFetchLater) }

func testFetchLater(t *testing.T) {
	agent, n := newAgent(t, routes{}.serve, fetch.Options{})
	page := newPage(t, agent, fetch.EnvironmentOptions{})
	aborted, abort := context.WithCancel(t.Context())
	exceptions := []string{}
	later := func(page *fetch.Environment, ctx context.Context, url string, length int) func() bool {
		t.Helper()
		send, err := page.FetchLater(ctx, &fetch.Request{URL: url, Method: "POST", Body: fetch.TextBody(strings.Repeat("x", length))})
		if err != nil {
			refusal := asRefusal(t, err)
			exceptions = append(exceptions, refusal.Exception()+" "+refusal.Reason.String())
		}
		return send
	}
	send := later(page, t.Context(), api+"/a", 40<<10)
	later(page, t.Context(), api+"/b", 40<<10) // more than 64 KiB to one origin
	kept := later(page, t.Context(), cdn+"/c", 40<<10)
	gone := later(page, aborted, sameSite+"/d", 60<<10)
	abort()
	synctest.Wait()
	for i := range 8 { // more than 512 KiB in all
		later(page, t.Context(), fmt.Sprintf("https://%d.test/e", i), 63<<10)
	}
	frame := newPage(t, agent, fetch.EnvironmentOptions{URL: cdn + "/", Ancestors: []origin.Origin{originOf(t, app)}})
	later(frame, t.Context(), "/f", 8<<10)
	later(page, aborted, "/g", 1)
	later(page, t.Context(), "http://api.test/h", 1)
	later(page, t.Context(), "data:,x", 1)
	if _, err := page.FetchLater(t.Context(), &fetch.Request{URL: "/i", Method: "POST", Duplex: "half", Body: fetch.StreamBody(strings.NewReader("x"))}); asRefusal(t, err).Exception() != "TypeError" {
		t.Error(err)
	}
	want := []string{"QuotaExceededError deferred-fetch", "QuotaExceededError deferred-fetch", "QuotaExceededError deferred-fetch", "QuotaExceededError deferred-fetch", "AbortError aborted", "TypeError deferred-fetch", "TypeError deferred-fetch"}
	if diff := cmp.Diff(want, exceptions); diff != "" {
		t.Error(diff)
	}
	if len(n.lines()) > 0 {
		t.Error("sent at once:", n.lines())
	}
	sent := []bool{send(), send(), gone()}
	if err := agent.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	sent = append(sent, kept(), later(page, t.Context(), api+"/b", 20<<10)())
	if err := agent.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]bool{true, false, false, true, true}, sent); diff != "" {
		t.Error(diff)
	}
	if got := strings.Join(n.lines(), ", "); !strings.HasPrefix(got, "POST "+api+"/a, ") || len(n.lines()) != 3 {
		t.Error(got)
	}
}

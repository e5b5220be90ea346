package credentials_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

// A slowUser takes a second for each answer, and has the answers by number.
type slowUser struct {
	mu      sync.Mutex
	answers []string // the last repeats
	asked   []credentials.PromptRequest
	left    int // how often the request was over first
}

func (u *slowUser) prompt(ctx context.Context, p credentials.PromptRequest) (username, password string, ok bool) {
	u.mu.Lock()
	answer := u.answers[min(len(u.asked), len(u.answers)-1)]
	u.asked = append(u.asked, p)
	u.mu.Unlock()
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		u.mu.Lock()
		u.left++
		u.mu.Unlock()
		return "", "", false
	}
	if answer == "panic" {
		panic("the prompt")
	}
	return strings.Cut(answer, ":")
}

// together has n requests for URLs of one directory challenged at the same time, and retried as fetch does, by a
// server that takes some answers only. It returns the Authorization that each was taken with, or why there is none.
func together(t *testing.T, s *credentials.Keyring, n int, taken func(string) bool, prepare func(i int, r *credentials.AuthRequest) (challenge string)) []string {
	t.Helper()
	got := make([]string, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			r := &credentials.AuthRequest{URL: mustURL(t, fmt.Sprintf("https://a.example/x/%d", i)), Context: t.Context()}
			challenge := prepare(i, r)
			defer func() {
				if p := recover(); p != nil {
					got[i] = fmt.Sprint("panic: ", p)
				}
			}()
			for range 10 {
				time.Sleep(time.Duration(i) * time.Millisecond) // the network
				value, _ := s.Authorization(r)
				if taken(value) {
					s.Accepted(r, nil)
					got[i] = value
					return
				}
				if err := s.Challenge(r, []string{challenge}); err != nil {
					got[i] = string(err.(*credentials.UnansweredError).Reason)
					return
				}
			}
		})
	}
	all.Wait()
	return got
}

func basicChallenge(int, *credentials.AuthRequest) string { return challengeA }

// count is how often each value is there.
func count(values []string) map[string]int {
	counts := make(map[string]int)
	for _, v := range values {
		counts[v]++
	}
	return counts
}

// However many requests are challenged at a time, the user is asked once.
func TestParallelPrompts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &slowUser{answers: []string{"u:p"}}
		s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: u.prompt})
		start := time.Now()
		got := together(t, s, 20, only("u:p"), basicChallenge)
		if len(u.asked) != 1 || count(got)[basic("u:p")] != 20 {
			t.Errorf("asked %d times: %v", len(u.asked), count(got))
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("it took %v", took)
		}
		if p := u.asked[0]; p.Realm != "A" || p.Refused || p.URL.Host() != "a.example" {
			t.Errorf("%+v", p)
		}
	})
}

// A wrong answer is the answer of all, and the next question one again.
func TestParallelPromptsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &slowUser{answers: []string{"u:wrong", "u:p"}}
		s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: u.prompt})
		got := together(t, s, 20, only("u:p"), basicChallenge)
		if len(u.asked) != 2 || !u.asked[1].Refused || count(got)[basic("u:p")] != 20 {
			t.Errorf("asked %+v: %v", u.asked, count(got))
		}
	})
	synctest.Test(t, func(t *testing.T) { // the same wrong answer for ever
		u := &slowUser{answers: []string{"u:wrong"}}
		s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: u.prompt})
		got := together(t, s, 20, never, basicChallenge)
		if count(got)["answer-refused"] != 20 {
			t.Errorf("asked %d times: %v", len(u.asked), count(got))
		}
	})
}

// Whoever does not answer does not answer any of those that wait, and is asked anew by those that come later.
func TestParallelPromptsDeclined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &slowUser{answers: []string{"no", "u:p"}}
		s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: u.prompt})
		got := together(t, s, 20, only("u:p"), basicChallenge)
		if len(u.asked) != 1 || count(got)["no-answer"] != 20 {
			t.Errorf("asked %d times: %v", len(u.asked), count(got))
		}
		if got := together(t, s, 1, only("u:p"), basicChallenge); len(u.asked) != 2 || got[0] != basic("u:p") {
			t.Errorf("asked %d times: %v", len(u.asked), got)
		}
	})
}

// A request that waits waits no longer than its context; where it is the one that asked, the next one asks.
func TestParallelPromptsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cause := errors.New("gone")
		u := &slowUser{answers: []string{"u:p"}}
		s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: u.prompt})
		start := time.Now()
		var waited time.Duration
		got := together(t, s, 20, only("u:p"), func(i int, r *credentials.AuthRequest) string {
			if i < 5 { // the first of which asks
				ctx, cancel := context.WithCancelCause(r.Context)
				r.Context = ctx
				after := 400 * time.Millisecond
				if i == 0 {
					after = 500 * time.Millisecond
				}
				time.AfterFunc(after, func() { cancel(cause) })
			}
			return challengeA
		})
		waited = time.Since(start)
		if len(u.asked) != 2 || u.left != 1 || count(got[:5])["no-answer"] != 5 || count(got[5:])[basic("u:p")] != 15 {
			t.Errorf("asked %d times, left %d: %v", len(u.asked), u.left, got)
		}
		if waited > 2*time.Second {
			t.Errorf("it took %v", waited)
		}
		// The error is the context's.
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(cause)
		r := &credentials.AuthRequest{URL: mustURL(t, "https://b.example/"), Context: ctx}
		var why *credentials.UnansweredError
		if err := s.Challenge(r, []string{challengeA}); !errors.As(err, &why) || !errors.Is(err, cause) || why.Reason != "no-answer" {
			t.Errorf("%v", err)
		}
	})
}

// A prompt that panics does so once, and the next request asks.
func TestParallelPromptsPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &slowUser{answers: []string{"panic", "u:p"}}
		s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: u.prompt})
		got := together(t, s, 5, only("u:p"), basicChallenge)
		if counts := count(got); len(u.asked) != 2 || counts["panic: the prompt"] != 1 || counts[basic("u:p")] != 4 {
			t.Errorf("asked %d times: %v", len(u.asked), counts)
		}
	})
}

// What is not the same question is asked by itself, at the same time.
func TestParallelPromptsOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u := &slowUser{answers: []string{"u:p"}}
		s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: u.prompt})
		start := time.Now()
		together(t, s, 20, func(v string) bool { return v != "" }, func(i int, r *credentials.AuthRequest) string {
			switch i % 5 {
			case 1:
				return `Basic realm="B"`
			case 2:
				return `Digest realm="A", nonce="n"`
			case 3:
				r.Partition = origin.PartitionKey{Site: mustURL(t, "https://top.example/").Origin().Site(nil)}
			case 4:
				r.Proxy = true
			}
			return challengeA
		})
		if len(u.asked) != 5 || time.Since(start) > 2*time.Second {
			t.Errorf("asked %d times in %v", len(u.asked), time.Since(start))
		}
	})
}

// An answer is remembered until it is proved right or wrong, but only so many.
func TestAnswersAreBounded(t *testing.T) {
	asked := 0
	s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: func(context.Context, credentials.PromptRequest) (string, string, bool) {
		asked++
		return "u", "p", true
	}})
	challenge := func(i int) {
		r := &credentials.AuthRequest{URL: mustURL(t, "https://a.example/")}
		if err := s.Challenge(r, []string{fmt.Sprintf(`Basic realm="%d"`, i)}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 1000 {
		challenge(i)
	}
	challenge(999) // remembered
	if asked != 1000 {
		t.Errorf("asked %d times", asked)
	}
	challenge(0) // not
	if asked != 1001 {
		t.Errorf("asked %d times", asked)
	}
	s.Clear()
	challenge(999)
	if asked != 1002 {
		t.Errorf("asked %d times", asked)
	}
	// One that is very long is asked for each time.
	for range 2 {
		r := &credentials.AuthRequest{URL: mustURL(t, "https://"+strings.Repeat("a.", 5000)+"example/")}
		if err := s.Challenge(r, []string{challengeA}); err != nil {
			t.Fatal(err)
		}
	}
	if asked != 1004 {
		t.Errorf("asked %d times", asked)
	}
}

// A server that challenges for ever, each time in other words, is answered 20 times.
func TestChallengesForEver(t *testing.T) {
	asked := 0
	s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: func(context.Context, credentials.PromptRequest) (string, string, bool) {
		asked++
		return "u", fmt.Sprint(asked), true
	}})
	for name, challenge := range map[string]func(i int) string{
		"realms":              func(i int) string { return fmt.Sprintf(`Basic realm="%d"`, i) },
		"one realm":           func(int) string { return challengeA },
		"schemes":             func(i int) string { return []string{challengeA, `Digest realm="A", nonce="n"`}[i%2] },
		"realms of Digest":    func(i int) string { return fmt.Sprintf(`Digest realm="%d", nonce="%d"`, i, i) },
		"stale":               func(i int) string { return fmt.Sprintf(`Digest realm="A", nonce="%d", stale=true`, i) },
		"stale and realms":    func(i int) string { return fmt.Sprintf(`Digest realm="%d", nonce="%d", stale=true`, i%2, i) },
		"two known, by turns": func(i int) string { return fmt.Sprintf(`Basic realm="known%d"`, i%2) },
	} {
		t.Run(name, func(t *testing.T) {
			for i := range 2 {
				u := mustURL(t, fmt.Sprintf("https://a.example/%d/", i))
				if err := s.Add(u, credentials.AuthenticationEntry{Username: fmt.Sprint(i), Realm: fmt.Sprintf("known%d", i)}); err != nil {
					t.Fatal(err)
				}
			}
			r := &credentials.AuthRequest{URL: mustURL(t, "https://a.example/")}
			for i := range 100 {
				s.Authorization(r)
				err := s.Challenge(r, []string{challenge(i)})
				if err == nil {
					continue
				}
				var why *credentials.UnansweredError
				if !errors.As(err, &why) || why.Reason != "too-many-answers" || i != 20 {
					t.Errorf("after %d challenges: %v", i, err)
				}
				return
			}
			t.Error("it never ends")
		})
	}
}

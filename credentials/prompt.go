package credentials

import (
	"context"
	"sync"

	"github.com/browsercors/browsercors/origin"
)

// PromptRequest is what the user is told when asked for a username and a password.
type PromptRequest struct {
	// URL is what asks: the request's URL or the proxy's, without username, password
	// and fragment. A browser shows its origin.
	URL    *origin.URL
	Scheme string // "Basic", which sends the password itself, or "Digest"
	Realm  string // as received; it may not be UTF-8
	Proxy  bool   // a proxy asks
	// Refused says that the server has just refused an answer or an entry.
	Refused bool
}

// prompts are what the user is asked, or has answered of late.
type prompts struct {
	ask func(ctx context.Context, p PromptRequest) (username, password string, ok bool)

	mu       sync.Mutex
	open     map[question]*prompt
	answered []question // those of open that have answers, the oldest first
}

// A question is what is asked once.
type question struct {
	server
	scheme, realm string
}

// maxAnswers is how many answers are remembered before it is known whether they
// are right, and maxQuestion how long the question may be for that.
const (
	maxAnswers  = 64
	maxQuestion = 8 << 10
)

// A prompt is one question to the user, for all that wait for the answer.
type prompt struct {
	question
	done chan struct{} // closed when it is over; what follows does not change then

	account
	answered bool // the user gave an answer
	left     bool // the request that asked is over, and there is no answer
}

// A waiting is a request that waits for a prompt.
type waiting struct {
	*prompt
	all *prompts
	own bool // it is the one that asks
}

func (s *server) question(asked *session) question {
	return question{*s, asked.scheme(), asked.realm}
}

// join returns the prompt for a realm: the one that is shown or was just
// answered, unless that answer is the refused one, or else a new one.
func (all *prompts) join(at server, asked, refused *session) *waiting {
	q := at.question(asked)
	all.mu.Lock()
	defer all.mu.Unlock()
	if p := all.open[q]; p != nil && !(p.isDone() && refused != nil && refused.account == p.account) {
		return &waiting{p, all, false}
	}
	all.remove(q)
	p := &prompt{question: q, done: make(chan struct{})}
	if all.open == nil {
		all.open = make(map[question]*prompt)
	}
	all.open[q] = p
	return &waiting{p, all, true}
}

func (p *prompt) isDone() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// answer asks the user, or waits until somebody else has. ok is false when that
// one has left without an answer. The error is that of the request's context.
func (w *waiting) answer(r *AuthRequest, asked, refused *session) (a account, ok bool, err error) {
	ctx := r.Context
	if ctx == nil {
		ctx = context.Background()
	}
	if w.own {
		w.show(ctx, r, asked, refused)
	}
	select {
	case <-w.done:
	default:
		select {
		case <-w.done:
		case <-ctx.Done():
			return account{}, false, context.Cause(ctx)
		}
	}
	if w.left && w.own {
		return account{}, false, context.Cause(ctx)
	}
	return w.account, !w.left, nil
}

// show asks the user.
func (w *waiting) show(ctx context.Context, r *AuthRequest, asked, refused *session) {
	w.left = true // unless the prompt returns
	defer func() {
		w.all.close(w.prompt)
	}()
	username, password, ok := w.all.ask(ctx, PromptRequest{
		URL:     r.URL.SetCredentials("", "").WithFragment("", false),
		Scheme:  asked.scheme(),
		Realm:   asked.realm,
		Proxy:   r.Proxy,
		Refused: refused != nil,
	})
	w.account, w.answered = account{username, password}, ok
	w.left = !ok && ctx.Err() != nil
}

// close says that a prompt is over. An answer is remembered: those that come
// before it is proved right or wrong are for it, too.
func (all *prompts) close(p *prompt) {
	all.mu.Lock()
	defer all.mu.Unlock()
	close(p.done)
	if all.open[p.question] != p {
		return // all was cleared
	}
	if !p.answered || len(p.origin)+len(p.realm)+len(p.username)+len(p.password) > maxQuestion {
		delete(all.open, p.question)
		return
	}
	if len(all.answered) == maxAnswers {
		all.remove(all.answered[0])
	}
	all.answered = append(all.answered, p.question)
}

// forget removes the answer that a session was made of, which is no good.
func (all *prompts) forget(at server, s *session) {
	all.mu.Lock()
	defer all.mu.Unlock()
	if p := all.open[at.question(s)]; p != nil && p.isDone() && p.account == s.account {
		all.remove(p.question)
	}
}

// proved removes the answer for which there is an entry now.
func (all *prompts) proved(at server, s *session) { all.forget(at, s) }

// clear removes all answers; prompts that are open are nobody's.
func (all *prompts) clear() {
	all.mu.Lock()
	defer all.mu.Unlock()
	all.open, all.answered = nil, nil
}

// remove removes what there is of a question.
func (all *prompts) remove(q question) {
	delete(all.open, q)
	for i, other := range all.answered {
		if other == q {
			all.answered = append(all.answered[:i], all.answered[i+1:]...)
			return
		}
	}
}

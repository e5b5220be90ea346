package credentials_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

func basic(userinfo string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(userinfo))
}

// https://www.rfc-editor.org/rfc/rfc7617#section-2
func TestBasic(t *testing.T) {
	tests := []struct {
		name, username, password string
		want, err                string
	}{
		{name: "RFC 7617", username: "Aladdin", password: "open sesame", want: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="},
		{name: "UTF-8", username: "test", password: "123£", want: "Basic dGVzdDoxMjPCow=="},
		{name: "empty", want: "Basic Og=="},
		{name: "colon in the password", username: "a", password: ":b", want: basic("a::b")},
		{name: "colon in the username", username: "a:b", err: `"a:b" has a colon`},
		{name: "control character in the username", username: "a\r\nb", err: `"a\r\nb"`},
		{name: "control character in the password", username: "a", password: "secret\x7f", err: `password for "a"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := credentials.Basic(tt.username, tt.password)
			if got != tt.want || (err == nil) != (tt.err == "") {
				t.Fatalf("%q, %v", got, err)
			}
			if err != nil && (!strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "secret")) {
				t.Errorf("error %q", err)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#concept-http-network-or-cache-fetch step 8.21.2.3
func TestFromURL(t *testing.T) {
	tests := []struct{ name, url, want string }{
		{"none", "https://a.example/", ""},
		{"both", "https://u:p@a.example/", basic("u:p")},
		{"username", "https://u@a.example/", basic("u:")},
		{"password", "https://:p@a.example/", basic(":p")},
		{"percent-encoded", "https://%C3%BC:%40%3a@a.example/", basic("ü:@:")},
		{"not percent-encoded", "https://%zz:%@a.example/", basic("%zz:%")},
		{"colon in the username", "https://u%3A:p@a.example/", ""},
		{"control character", "https://u:%0d%0a@a.example/", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := credentials.FromURL(mustURL(t, tt.url))
			if got != tt.want || ok != (tt.want != "") {
				t.Errorf("%q, %t; want %q", got, ok, tt.want)
			}
		})
	}
}

// user is a prompt that answers from a list, and notes what it was asked.
type user struct {
	answers []string // username:password, or "" for none
	asked   []string // realms
}

func (u *user) prompt(_ context.Context, p credentials.PromptRequest) (username, password string, ok bool) {
	u.asked = append(u.asked, p.Realm)
	if len(u.answers) == 0 {
		return "", "", false
	}
	username, password, ok = strings.Cut(u.answers[0], ":")
	if len(u.answers) > 1 {
		u.answers = u.answers[1:]
	}
	return username, password, ok
}

const challengeA = `Basic realm="A"`

// request asks for a URL of a server that takes only the given Authorization
// values, as HTTP-network-or-cache fetch does, and returns the values sent.
func request(t *testing.T, s credentials.AuthenticationStore, r *credentials.AuthRequest, taken func(string) bool, challenges ...string) (sent []string) {
	t.Helper()
	value, _ := s.Authorization(r)
	sent = append(sent, value)
	for !taken(value) {
		if len(sent) > 10 {
			t.Fatal("the store does not give up")
		}
		if err := s.Challenge(r, challenges); err != nil {
			return sent
		}
		var ok bool
		if value, ok = s.Authorization(r); !ok {
			t.Error("no Authorization after the challenge is answered")
		}
		sent = append(sent, value)
	}
	s.Accepted(r, nil)
	return sent
}

func only(userinfo string) func(string) bool {
	return func(value string) bool { return value == basic(userinfo) }
}

func never(string) bool { return false }

// accept gives a store the entry u:p for a request, as by its URL.
func accept(t *testing.T, s *credentials.Keyring, r *credentials.AuthRequest) {
	t.Helper()
	r.URL, r.UseURL = r.URL.SetCredentials("u", "p"), true
	if err := s.Challenge(r, []string{challengeA}); err != nil {
		t.Fatal(err)
	}
	s.Authorization(r)
	s.Accepted(r, nil)
}

// https://www.rfc-editor.org/rfc/rfc7617#section-2.2
func TestProtectionSpace(t *testing.T) {
	tests := []struct {
		name, first, then string
		want              bool // an answer before the challenge
	}{
		{"same", "https://a.example/docs/index.html", "https://a.example/docs/index.html", true},
		{"same directory", "https://a.example/docs/index.html", "https://a.example/docs/b?q", true},
		{"the directory", "https://a.example/docs/index.html", "https://a.example/docs/", true},
		{"deeper", "https://a.example/docs/index.html", "https://a.example/docs/x/y", true},
		{"the directory without slash", "https://a.example/docs/index.html", "https://a.example/docs", false},
		{"longer name", "https://a.example/docs/index.html", "https://a.example/docs2/", false},
		{"higher", "https://a.example/docs/index.html", "https://a.example/", false},
		{"everything", "https://a.example/", "https://a.example/x/y", true},
		{"other port", "https://a.example/", "https://a.example:8443/", false},
		{"other scheme", "https://a.example/", "http://a.example/", false},
		{"other host", "https://a.example/", "https://b.a.example/", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := &user{answers: []string{"u:p"}}
			s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: u.prompt})
			request(t, s, &credentials.AuthRequest{URL: mustURL(t, tt.first)}, only("u:p"), challengeA)
			_, ok := s.Authorization(&credentials.AuthRequest{URL: mustURL(t, tt.then)})
			if ok != tt.want {
				t.Errorf("answer %t, want %t", ok, tt.want)
			}
		})
	}
}

func TestChallenge(t *testing.T) {
	type visit struct {
		url       string
		challenge []string
		taken     func(string) bool
		sent      []string // username:password, "" for no Authorization
	}
	const a, b = "https://a.example/a/", "https://a.example/b/"
	ch := []string{challengeA}
	tests := []struct {
		name    string
		answers []string
		visits  []visit
		asked   []string
	}{
		{"entry is used again", []string{"u:p"}, []visit{
			{a, ch, only("u:p"), []string{"", "u:p"}},
			{a, ch, only("u:p"), []string{"u:p"}},
		}, []string{"A"}},
		{"same realm elsewhere is not asked about", []string{"u:p"}, []visit{
			{a, ch, only("u:p"), []string{"", "u:p"}},
			{b, ch, only("u:p"), []string{"", "u:p"}},
			{b, ch, only("u:p"), []string{"u:p"}},
		}, []string{"A"}},
		{"other realm is", []string{"u:p", "v:q"}, []visit{
			{a, ch, only("u:p"), []string{"", "u:p"}},
			{b, []string{`Basic realm="B"`}, only("v:q"), []string{"", "v:q"}},
			{a, ch, only("u:p"), []string{"u:p"}},
			{b, ch, only("v:q"), []string{"v:q"}},
		}, []string{"A", "B"}},
		{"refused entry is forgotten", []string{"u:p", "u:new"}, []visit{
			{a, ch, only("u:p"), []string{"", "u:p"}},
			{a, ch, only("u:new"), []string{"u:p", "u:new"}},
			{a, ch, only("u:new"), []string{"u:new"}},
		}, []string{"A", "A"}},
		{"wrong answer is not kept", []string{"u:wrong", "u:p"}, []visit{
			{a, ch, only("u:p"), []string{"", "u:wrong", "u:p"}},
		}, []string{"A", "A"}},
		{"refused answer given again", []string{"u:wrong"}, []visit{
			{a, ch, never, []string{"", "u:wrong"}},
			{a, ch, never, []string{"", "u:wrong"}},
		}, []string{"A", "A", "A", "A"}},
		{"no answer", []string{""}, []visit{{a, ch, never, []string{""}}}, []string{"A"}},
		{"answer that cannot be sent", []string{"u\n:p"}, []visit{{a, ch, never, []string{""}}}, []string{"A"}},
		{"no challenge", []string{"u:p"}, []visit{{a, nil, never, []string{""}}}, nil},
		{"no realm", []string{"u:p"}, []visit{{a, []string{"Basic"}, only("u:p"), []string{"", "u:p"}}}, []string{""}},
		{"malformed challenge", []string{"u:p"}, []visit{{a, []string{`Basic realm="x`}, never, []string{""}}}, nil},
		{"other schemes", []string{"u:p"}, []visit{{a, []string{`Hawk realm="A", ts="1"`, "Bearer, Negotiate", "NTLM TlRM"}, never, []string{""}}}, nil},
		{"among other schemes", []string{"u:p"}, []visit{{a, []string{`Hawk realm="D", ts="1", bAsIc realm="A"`}, only("u:p"), []string{"", "u:p"}}}, []string{"A"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			u := &user{answers: tt.answers}
			s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: u.prompt})
			for i, v := range tt.visits {
				sent := request(t, s, &credentials.AuthRequest{URL: mustURL(t, v.url)}, v.taken, v.challenge...)
				var want []string
				for _, userinfo := range v.sent {
					if userinfo != "" {
						userinfo = basic(userinfo)
					}
					want = append(want, userinfo)
				}
				if fmt.Sprint(sent) != fmt.Sprint(want) {
					t.Errorf("visit %d sends %q, want %q", i, sent, want)
				}
			}
			if fmt.Sprint(u.asked) != fmt.Sprint(tt.asked) {
				t.Errorf("asked for %q, want %q", u.asked, tt.asked)
			}
		})
	}
}

// An answer for one URL does not follow the request to another.
func TestChallengeThenRedirect(t *testing.T) {
	s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: (&user{answers: []string{"u:p"}}).prompt})
	r := &credentials.AuthRequest{URL: mustURL(t, "https://a.example/")}
	if err := s.Challenge(r, []string{challengeA}); err != nil {
		t.Fatal(err)
	}
	r.URL = mustURL(t, "https://evil.example/")
	if value, ok := s.Authorization(r); ok || value != "" {
		t.Errorf("the other server gets %q", value)
	}
}

// https://www.rfc-editor.org/rfc/rfc7617#section-2.2
func TestDeepestSpace(t *testing.T) {
	app, err := origin.Parse("https://app.example")
	if err != nil {
		t.Fatal(err)
	}
	s := credentials.NewKeyring(nil)
	for _, path := range []string{"x/y/", "", "x/", "x/y/z/"} {
		if err := s.Add(mustURL(t, "https://a.example/"+path), credentials.AuthenticationEntry{Username: path}); err != nil {
			t.Fatal(err)
		}
	}
	r := &credentials.AuthRequest{URL: mustURL(t, "https://a.example/x/y/index.html"), Partition: origin.PartitionKey{Site: app.Site(nil)}}
	if value, _ := s.Authorization(r); value != basic("x/y/:") {
		t.Errorf("%q, want that of the deepest", value)
	}
	r.UseURL, r.URL = true, mustURL(t, "https://own@a.example/x/y/index.html")
	if sent := request(t, s, r, only("own:"), challengeA); len(sent) != 2 {
		t.Errorf("sends %q", sent)
	}
	r.URL = mustURL(t, "https://a.example/x/y/index.html")
	if value, _ := s.Authorization(r); value != basic("own:") {
		t.Errorf("%q, want that of the partition", value)
	}
}

func TestPartitions(t *testing.T) {
	app, err := origin.Parse("https://app.example")
	if err != nil {
		t.Fatal(err)
	}
	api := mustURL(t, "https://api.example/")
	partitioned := func() *credentials.AuthRequest {
		return &credentials.AuthRequest{URL: api, Partition: origin.PartitionKey{Site: app.Site(nil)}}
	}
	s := credentials.NewKeyring(nil)
	accept(t, s, partitioned())
	if value, _ := s.Authorization(partitioned()); value != basic("u:p") {
		t.Errorf("%q in the same partition", value)
	}
	if value, ok := s.Authorization(&credentials.AuthRequest{URL: api}); ok {
		t.Errorf("%q in another partition", value)
	}
	s.Clear()
	if err := s.Add(api, credentials.AuthenticationEntry{Username: "v", Password: "q", Realm: "A"}); err != nil {
		t.Fatal(err)
	}
	if value, _ := s.Authorization(partitioned()); value != basic("v:q") {
		t.Errorf("%q of what was added for every partition", value)
	}
	// Refused where it is used, it is forgotten everywhere.
	if sent := request(t, s, partitioned(), never, challengeA); len(sent) != 1 || sent[0] != basic("v:q") {
		t.Errorf("sends %q", sent)
	}
	if value, ok := s.Authorization(partitioned()); ok {
		t.Errorf("%q after it was refused", value)
	}
}

func TestAdd(t *testing.T) {
	s := credentials.NewKeyring(nil)
	tests := []struct{ name, url, username, err string }{
		{"ok", "https://a.example/x/y", "u", ""},
		{"not HTTP(S)", "data:,x", "u", `"data:,x"`},
		{"username", "https://a.example/", "u:", `"u:"`},
	}
	for _, tt := range tests {
		err := s.Add(mustURL(t, tt.url), credentials.AuthenticationEntry{Username: tt.username})
		if (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	if _, ok := s.Authorization(&credentials.AuthRequest{URL: mustURL(t, "https://a.example/x/")}); !ok {
		t.Error("the entry is not there")
	}
	if err := s.Challenge(&credentials.AuthRequest{URL: mustURL(t, "https://a.example/")}, []string{`Basic realm="other"`}); err == nil {
		t.Error("an answer without a prompt")
	}
	s.Clear()
	if _, ok := s.Authorization(&credentials.AuthRequest{URL: mustURL(t, "https://a.example/x/")}); ok {
		t.Error("the entry is there after Clear")
	}
	if err := s.Challenge(&credentials.AuthRequest{URL: mustURL(t, "data:,x")}, []string{challengeA}); err == nil {
		t.Error("an answer for a URL that is not HTTP(S)")
	}
}

// A server that names ever new paths and hosts does not make the store grow
// without bound; the latest are kept.
func TestAuthenticationIsBounded(t *testing.T) {
	s := credentials.NewKeyring(nil)
	for i := range 5000 {
		accept(t, s, &credentials.AuthRequest{URL: mustURL(t, fmt.Sprintf("https://a.example/%d/", i))})
		accept(t, s, &credentials.AuthRequest{URL: mustURL(t, fmt.Sprintf("https://a%d.example/", i))})
	}
	paths, hosts := 0, 0
	for i := range 5000 {
		if _, ok := s.Authorization(&credentials.AuthRequest{URL: mustURL(t, fmt.Sprintf("https://a.example/%d/", i))}); ok {
			paths++
		}
		if _, ok := s.Authorization(&credentials.AuthRequest{URL: mustURL(t, fmt.Sprintf("https://a%d.example/", i))}); ok {
			hosts++
		}
	}
	if paths > 64 || hosts == 0 || hosts > 1024 {
		t.Errorf("%d paths, %d hosts are kept", paths, hosts)
	}
	if _, ok := s.Authorization(&credentials.AuthRequest{URL: mustURL(t, "https://a4999.example/")}); !ok {
		t.Error("the latest is not kept")
	}
}

// What was learned under a thousand top-level sites does not drive out what was
// added.
func TestAddedEntriesStay(t *testing.T) {
	s := credentials.NewKeyring(nil)
	u := mustURL(t, "https://api.example/")
	if err := s.Add(u, credentials.AuthenticationEntry{Username: "u", Password: "p"}); err != nil {
		t.Fatal(err)
	}
	other := mustURL(t, "https://other.example/")
	for i := range 3000 {
		page := mustURL(t, fmt.Sprintf("https://a%d.example/", i))
		accept(t, s, &credentials.AuthRequest{URL: other, Partition: origin.PartitionKey{Site: page.Origin().Site(nil)}})
	}
	if _, ok := s.Authorization(&credentials.AuthRequest{URL: u}); !ok {
		t.Error("an entry that was added is gone")
	}
}

func TestAuthenticationConcurrently(t *testing.T) {
	s := credentials.NewKeyring(&credentials.KeyringOptions{
		Prompt: func(context.Context, credentials.PromptRequest) (string, string, bool) { return "u", "p", true },
	})
	challenges := []string{challengeA, `Digest realm="A", nonce="n", qop="auth"`}
	u := mustURL(t, "https://a.example/")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 500 {
				r := &credentials.AuthRequest{URL: u}
				s.Authorization(r)
				if err := s.Challenge(r, challenges[i%2:]); err == nil {
					s.Authorization(r)
					s.Accepted(r, []string{`nextnonce="m"`})
				}
				if i%100 == 0 {
					s.Clear()
				}
			}
		})
	}
	wg.Wait()
}

func TestPromptContext(t *testing.T) {
	type contextKey struct{}
	for _, want := range []any{nil, "x"} {
		s := credentials.NewKeyring(&credentials.KeyringOptions{Prompt: func(ctx context.Context, _ credentials.PromptRequest) (string, string, bool) {
			if got := ctx.Value(contextKey{}); got != want {
				t.Errorf("context with %v, want %v", got, want)
			}
			return "", "", false
		}})
		r := &credentials.AuthRequest{URL: mustURL(t, "https://a.example/")}
		if want != nil {
			r.Context = context.WithValue(t.Context(), contextKey{}, want)
		}
		s.Challenge(r, []string{challengeA})
	}
}

package credentials_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

func ExampleCookieJar() {
	u, err := origin.ParseURL("https://api.example/login")
	if err != nil {
		log.Fatal(err)
	}
	jar := credentials.NewCookieJar(nil)
	r := &credentials.CookieRequest{URL: u, SameSite: "strict-or-less"}
	jar.SetCookie(r, "session=1; Path=/; Secure; HttpOnly; SameSite=Lax")
	fmt.Println(jar.Cookie(r))

	if refusal := jar.SetCookie(r, "other=1; Domain=example"); refusal != "" {
		fmt.Printf("%s: %s\n", refusal, refusal.Rule())
	}

	r.SameSite = "unset-or-less" // a request from another site
	for _, v := range jar.Explain(r) {
		fmt.Printf("%s is withheld, %s: %s\n", v.Cookie.Name, v.Withheld, v.Withheld.Rule())
	}
	// Output:
	// session=1
	// public-suffix: a cookie must not be for all hosts of a public suffix
	// session is withheld, same-site-lax: it is SameSite=Lax, by its attribute or by default, and the request comes from another site
}

// Third parties have only cookies with the attribute Partitioned.
func ExampleThirdPartyPolicy() {
	u, err := origin.ParseURL("https://widget.example/")
	if err != nil {
		log.Fatal(err)
	}
	options := &credentials.CookieJarOptions{}
	options.Rules.ThirdParty = "partitioned"
	jar := credentials.NewCookieJar(options)
	r := &credentials.CookieRequest{URL: u, ThirdParty: true}
	fmt.Println(jar.SetCookie(r, "a=1; SameSite=None; Secure"))
	jar.SetCookie(r, "b=1; SameSite=None; Secure; Partitioned")
	fmt.Println(jar.Cookie(r))
	// Output:
	// third-party
	// b=1
}

func ExampleCookieJar_HTTP() {
	jar := credentials.NewCookieJar(nil)
	client := &http.Client{Jar: jar.HTTP()}
	u := &url.URL{Scheme: "https", Host: "api.example", Path: "/"}
	client.Jar.SetCookies(u, []*http.Cookie{{Name: "__Host-session", Value: "1"}, {Name: "a", Value: "1"}})
	fmt.Println(client.Jar.Cookies(u)) // a name that starts with __Host- requires Secure and Path=/
	// Output: [a=1]
}

// A jar of net/http sends a SameSite=Strict cookie with a cross-site request
// too: it does not look at the request's same-site mode.
func ExampleJar() {
	u, err := origin.ParseURL("https://api.example/")
	if err != nil {
		log.Fatal(err)
	}
	plain, err := cookiejar.New(nil)
	if err != nil {
		log.Fatal(err)
	}
	cookies := credentials.Jar(plain)
	cookies.SetCookies(&credentials.CookieRequest{URL: u}, []string{"session=1; SameSite=Strict"})
	fmt.Println(cookies.Cookie(&credentials.CookieRequest{URL: u, SameSite: "unset-or-less"}))
	// Output: session=1
}

func ExampleNewKeyring() {
	u, err := origin.ParseURL("https://intranet.example/docs/index.html")
	if err != nil {
		log.Fatal(err)
	}
	keys := credentials.NewKeyring(&credentials.KeyringOptions{
		Prompt: func(_ context.Context, p credentials.PromptRequest) (string, string, bool) {
			fmt.Printf("%s asks for %q by %s\n", p.URL.Host(), p.Realm, p.Scheme)
			return "Aladdin", "open sesame", true
		},
	})

	r := &credentials.AuthRequest{URL: u}
	if err := keys.Challenge(r, []string{`Negotiate, Basic realm="wiki"`}); err != nil {
		log.Fatal(err)
	}
	value, _ := keys.Authorization(r)
	fmt.Println(value)
	keys.Accepted(r, nil)

	_, ok := keys.Authorization(&credentials.AuthRequest{URL: u})
	fmt.Println(ok)
	// Output:
	// intranet.example asks for "wiki" by Basic
	// Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
	// true
}

// A crawl continues where it stopped. The error for a damaged file says where the
// damage is; the other cookies are loaded.
func ExampleCookieJar_LoadFile() {
	file := filepath.Join(os.TempDir(), fmt.Sprintf("crawl-%d.json", os.Getpid()))
	defer os.Remove(file)

	jar := credentials.NewCookieJar(nil)
	u, _ := origin.ParseURL("https://shop.example/")
	page := &credentials.CookieRequest{URL: u, SameSite: "strict-or-less"}
	jar.SetCookie(page, "session=1; Secure; HttpOnly")
	if _, err := jar.SaveFile(file, nil); err != nil {
		fmt.Println(err)
	}

	jar = credentials.NewCookieJar(nil) // the next day
	report, err := jar.LoadFile(file, nil)
	fmt.Println(report.Cookies, err, jar.Cookie(page))

	_, err = jar.Load(strings.NewReader("shop.example\tTRUE\t/\tTRUE\t0\tid\t7\n.com\tTRUE\t/\tTRUE\t0\tid\t8\n"),
		&credentials.CookieFileOptions{Format: "cookies.txt"})
	fmt.Println(err)
	fmt.Println(jar.Cookie(page))
	// Output:
	// 1 <nil> session=1
	// credentials: cookies, line 2 "id": host "com": a cookie must not be for all hosts of a public suffix
	// session=1; id=7
}

// If no challenge can be answered, the error has the reason for each of them.
func ExampleKeyring_Challenge() {
	u, err := origin.ParseURL("https://intranet.example/")
	if err != nil {
		log.Fatal(err)
	}
	keys := credentials.NewKeyring(nil)
	err = keys.Challenge(&credentials.AuthRequest{URL: u}, []string{`Digest realm="wiki", nonce="n", algorithm=SHA-1`, "Negotiate"})
	fmt.Println(err)
	var why *credentials.UnansweredError
	if errors.As(err, &why) {
		fmt.Println(why.Reason)
		fmt.Println(why.Passed[0])
	}
	// Output:
	// credentials: the challenge for "Digest" in realm "wiki" is not answered: its algorithm is not known: "SHA-1"
	// unknown-algorithm
	// credentials: the challenge for "Negotiate" in realm "" is not answered: its scheme is neither Basic nor Digest
}

func ExampleMode_Include() {
	const crossOrigin = false // response tainting is not "basic"
	for _, mode := range []credentials.Mode{credentials.Omit, credentials.SameOrigin, credentials.Include} {
		fmt.Println(mode, mode.Include(crossOrigin))
	}
	// Output:
	// omit false
	// same-origin false
	// include true
}

// Neither two values nor a value in another case count.
func ExampleAllowCredentials() {
	fmt.Println(credentials.AllowCredentials("true", true))
	fmt.Println(credentials.AllowCredentials("True", true))
	fmt.Println(credentials.AllowCredentials("true, true", true))
	// Output:
	// true
	// false
	// false
}

// A store of a program's own looks for the scheme that it knows among the
// challenges of a response.
func ExampleParseChallenges() {
	for _, c := range credentials.ParseChallenges([]string{`Negotiate, Bearer realm="things", error="invalid_token"`}) {
		problem, _ := c.Param("error")
		fmt.Printf("%s %q\n", c.Scheme, problem)
	}

	// Output:
	// Negotiate ""
	// Bearer "invalid_token"
}

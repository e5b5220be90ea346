package credentials_test

import (
	"context"
	"fmt"
	"log"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/origin"
)

func ExampleJar() {
	u, err := origin.ParseURL("https://api.example/login")
	if err != nil {
		log.Fatal(err)
	}
	cookies := credentials.Jar(nil)
	r := &credentials.CookieRequest{URL: u, Method: "GET", SameSite: credentials.StrictOrLess}
	cookies.SetCookies(r, []string{"session=1; Path=/; Secure; HttpOnly", "not a cookie"})
	fmt.Println(cookies.Cookie(r))
	// Output: session=1
}

// A plain jar sends a SameSite=Strict cookie with a cross-site request too: it
// does not look at the request's same-site mode.
func ExampleJar_sameSite() {
	u, err := origin.ParseURL("https://api.example/")
	if err != nil {
		log.Fatal(err)
	}
	cookies := credentials.Jar(nil)
	cookies.SetCookies(&credentials.CookieRequest{URL: u}, []string{"session=1; SameSite=Strict"})
	fmt.Println(cookies.Cookie(&credentials.CookieRequest{URL: u, SameSite: credentials.UnsetOrLess}))
	// Output: session=1
}

func ExampleNewBasicAuthentication() {
	u, err := origin.ParseURL("https://intranet.example/docs/index.html")
	if err != nil {
		log.Fatal(err)
	}
	store := credentials.NewBasicAuthentication(func(_ context.Context, u *origin.URL, realm string) (string, string, bool) {
		fmt.Printf("%s asks for %q\n", u.Host(), realm)
		return "Aladdin", "open sesame", true
	})

	r := &credentials.AuthRequest{URL: u}
	value, _ := store.Challenge(r, []string{`Digest realm="wiki", nonce="x", Basic realm="wiki"`})
	fmt.Println(value)
	store.Accepted(r, value)

	_, ok := store.Authorization(&credentials.AuthRequest{URL: u})
	fmt.Println(ok)
	// Output:
	// intranet.example asks for "wiki"
	// Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==
	// true
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

// Two values, or one in upper case, are not `true`.
func ExampleAllowCredentials() {
	fmt.Println(credentials.AllowCredentials("true", true))
	fmt.Println(credentials.AllowCredentials("True", true))
	fmt.Println(credentials.AllowCredentials("true, true", true))
	// Output:
	// true
	// false
	// false
}

func ExampleParseMode() {
	_, err := credentials.ParseMode("always")
	fmt.Println(err)
	// Output: credentials: mode "always" is none of "omit", "same-origin", "include"
}

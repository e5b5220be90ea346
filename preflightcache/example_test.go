package preflightcache_test

import (
	"fmt"
	"time"

	"github.com/browsercors/browsercors/preflightcache"
)

func Example() {
	c := preflightcache.New(nil)
	k := preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/items"}

	// A preflight for PUT with X-Trace and without credentials succeeded.
	c.Store(k, false, 10*time.Minute, []string{"PUT"}, []string{"x-trace"})

	fmt.Println(c.Sufficient(k, false, "PUT", true, []string{"x-trace"}).OK)

	m := c.Sufficient(k, false, "PUT", true, []string{"x-span", "x-trace"})
	fmt.Printf("%t: %s is missing\n", m.OK, m.Header)

	// A request that uses it failed.
	c.Clear(k)
	fmt.Println(c.Sufficient(k, false, "PUT", true, []string{"x-trace"}).OK)
	// Output:
	// true
	// false: x-span is missing
	// false
}

// The key of a request that was redirected across origins has the origin that
// goes over the wire, which is null. Under the page's own origin the entry would
// serve requests whose server was never asked about them.
func Example_wrongOrigin() {
	c := preflightcache.New(nil)
	tainted := preflightcache.Key{Origin: "null", URL: "https://api.example/items"}
	c.Store(tainted, false, 10*time.Minute, []string{"PUT"}, nil)

	wrong := preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/items"}
	fmt.Println(c.MatchMethod(wrong, false, "PUT"))
	fmt.Println(c.MatchMethod(tainted, false, "PUT"))
	// Output:
	// false
	// true
}

// A server that is asked without credentials has said nothing about requests
// with them.
func ExampleCache_MatchMethod_credentials() {
	c := preflightcache.New(nil)
	k := preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/items"}
	c.Store(k, false, 10*time.Minute, []string{"PUT"}, nil)

	const includeCredentials = true
	fmt.Println(c.MatchMethod(k, includeCredentials, "PUT"))
	// Output: false
}

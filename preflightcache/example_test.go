package preflightcache_test

import (
	"fmt"
	"time"

	"github.com/browsercors/browsercors/preflightcache"
)

func Example() {
	cache := preflightcache.New(nil)
	key := preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/items"}

	// A preflight for PUT with X-Trace succeeded. It was made without credentials.
	cache.Store(key, false, 10*time.Minute, []string{"PUT"}, []string{"x-trace"})

	// The next request of that kind needs no preflight.
	fmt.Println(cache.Sufficient(key, false, "PUT", true, []string{"x-trace"}).OK)

	// One with another header needs one.
	match := cache.Sufficient(key, false, "PUT", true, []string{"x-span", "x-trace"})
	fmt.Printf("%t: %s is missing\n", match.OK, match.Header)

	// A request failed, so the cache forgets what it knew about the URL.
	cache.Clear(key)
	fmt.Println(cache.Sufficient(key, false, "PUT", true, []string{"x-trace"}).OK)
	// Output:
	// true
	// false: x-span is missing
	// false
}

// After a redirect from one origin to another, the Origin header is "null", and so is the origin in
// the key. Storing the permission under the page's own origin would be wrong: it would serve
// requests about which the server was never asked.
func ExampleKey_redirected() {
	cache := preflightcache.New(nil)
	redirected := preflightcache.Key{Origin: "null", URL: "https://api.example/items"}
	cache.Store(redirected, false, 10*time.Minute, []string{"PUT"}, nil)

	direct := preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/items"}
	fmt.Println(cache.Sufficient(redirected, false, "PUT", true, nil).OK)
	fmt.Println(cache.Sufficient(direct, false, "PUT", true, nil).OK)
	// Output:
	// true
	// false
}

// A server that was asked without credentials has said nothing about requests with credentials.
func ExampleCache_Sufficient_credentials() {
	cache := preflightcache.New(nil)
	key := preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/items"}
	cache.Store(key, false, 10*time.Minute, []string{"PUT"}, nil)

	const includeCredentials = true
	fmt.Println(cache.Sufficient(key, includeCredentials, "PUT", true, nil).OK)
	// Output: false
}

// Entries shows what a cache holds.
func ExampleCache_Entries() {
	now := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
	cache := preflightcache.New(&preflightcache.Options{Now: func() time.Time { return now }})
	key := preflightcache.Key{Origin: "https://app.example", URL: "https://api.example/items"}
	cache.Store(key, false, 24*time.Hour, []string{"PUT"}, []string{"x-trace"})

	for entry := range cache.Entries() {
		fmt.Println(entry.Key.URL, entry.Method, entry.HeaderName, entry.MaxAge)
	}
	fmt.Println(cache.Len(), "entries")
	cache.ClearAll()
	fmt.Println(cache.Len(), "entries,", cache.Bytes(), "bytes")
	// Output:
	// https://api.example/items PUT  2h0m0s
	// https://api.example/items  x-trace 2h0m0s
	// 2 entries
	// 0 entries, 0 bytes
}

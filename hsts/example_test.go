package hsts_test

import (
	"fmt"
	"log"

	"github.com/browsercors/browsercors/hsts"
	"github.com/browsercors/browsercors/origin"
)

// What a browser does with http: URLs of a host that has sent Strict-Transport-Security.
func ExampleStore() {
	list := hsts.New(nil)
	from, err := origin.ParseURL("https://api.example/")
	if err != nil {
		log.Fatal(err)
	}
	if err := list.Note(from, origin.Origin{}, "max-age=31536000; includeSubDomains"); err != nil {
		log.Fatal(err)
	}
	for _, url := range []string{"http://api.example/todos", "http://v2.api.example/todos", "http://example/"} {
		u, err := origin.ParseURL(url)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(url, list.Upgrades(u, origin.Origin{}))
	}
	// Output:
	// http://api.example/todos true
	// http://v2.api.example/todos true
	// http://example/ false
}

// A header with a mistake is ignored as a whole.
func ExampleParse() {
	for _, value := range []string{"max-age=31536000", "max-age=31536000, includeSubDomains"} {
		policy, err := hsts.Parse(value)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(policy.MaxAge)
	}
	// Output:
	// 8760h0m0s
	// hsts: unexpected ", includeSubDomains", want a semicolon between directives
}

// Command page requests a URL as script of a page at https://app.example would,
// and says why the browser would refuse it.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/browsercors/browsercors/fetch"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: page URL")
	}
	agent, err := fetch.NewAgent(nil) // a browser: connections, cookies, caches
	if err != nil {
		log.Fatal(err)
	}
	page, err := agent.Page("https://app.example/") // a page that is open in the browser
	if err != nil {
		log.Fatal(err)
	}
	resp, err := page.Client(nil).Get(os.Args[1]) // an http.Client that sends requests as the page
	if refusal, ok := errors.AsType[*fetch.Error](err); ok {
		fmt.Print(refusal.Explain())
		os.Exit(1)
	}
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	fmt.Println(resp.Status)
}

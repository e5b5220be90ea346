// Command crawl loads documents of one host as a browser does, follows
// redirects only within that host, and requests as each document's script what
// a <script> in it would.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"

	"github.com/browsercors/browsercors/fetch"
)

func main() {
	if len(os.Args) < 2 {
		log.Fatal("usage: crawl URL...")
	}
	agent, err := fetch.NewAgent(nil)
	if err != nil {
		log.Fatal(err)
	}
	client := agent.Client(&http.Client{CheckRedirect: sameHost}) // its requests are navigations
	for _, url := range os.Args[1:] {
		if err := visit(agent, client, url); err != nil {
			fmt.Println(url, err)
		}
	}
}

// sameHost refuses redirects that leave the host of the first URL. The hop is
// not sent.
func sameHost(next *http.Request, via []*http.Request) error {
	if next.URL.Host != via[0].URL.Host {
		return fmt.Errorf("%s is out of scope", next.URL.Host)
	}
	return nil
}

// visit loads a document, and then what its script would fetch from /api.
func visit(agent *fetch.Agent, client *http.Client, url string) error {
	resp, err := client.Get(url)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	if err != nil {
		return err
	}
	page, err := agent.PageOf(resp) // with its final URL, origin and policies
	if err != nil {
		return err
	}
	fmt.Printf("%s: %s, %d bytes, origin %s\n", resp.Request.URL, resp.Status, n, page.Origin())
	api, err := page.Client(nil).Get(resp.Request.URL.JoinPath("/api").String())
	if err != nil {
		return err
	}
	defer api.Body.Close()
	fmt.Println("  script gets", api.Status)
	return nil
}

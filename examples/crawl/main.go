// Command crawl loads documents as a browser does. It follows redirects only within
// a document's host. From each document it requests /api, as a script in that
// document would.
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

// sameHost refuses redirects to another host than that of the first URL. The
// request to the other host is not sent.
func sameHost(next *http.Request, via []*http.Request) error {
	if next.URL.Host != via[0].URL.Host {
		return fmt.Errorf("%s is out of scope", next.URL.Host)
	}
	return nil
}

// visit loads a document, and requests /api as its script would.
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
	page, err := agent.PageOf(resp) // the loaded page: its final URL, origin and policies
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

package fetch_test

import (
	"errors"
	"fmt"

	"github.com/browsercors/browsercors/fetch"
)

// A program that fetches URLs which others give it keeps away from its own network.
func ExamplePublicOnly() {
	agent, err := fetch.NewAgent(&fetch.Options{PublicOnly: &fetch.PublicOnly{
		AllowHosts: []string{"wiki.internal"}, // the exception
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer agent.Close()
	client := agent.Client(nil) // an http.Client that navigates as a browser does

	for _, url := range []string{"http://localhost:6379/", "http://0x7f.1/", "http://[::ffff:10.0.0.1]/", "http://2852039166/latest/meta-data/"} {
		_, err := client.Get(url)
		var refusal *fetch.Error
		if errors.As(err, &refusal) {
			fmt.Println(refusal.Reason.String(), refusal.Detail)
		}
	}
	// Output:
	// address-not-public 127.0.0.0/8 Loopback
	// address-not-public 127.0.0.0/8 Loopback
	// address-not-public 10.0.0.0/8 Private-Use
	// address-not-public 169.254.169.254/32 Link Local: a cloud's instance metadata
}

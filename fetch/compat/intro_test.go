package compat

// intro stands above the table.
const intro = "# Libraries over a page's client\n\n" +
	"What libraries that take an `http.Client` or an `http.RoundTripper` do over the clients of this project, compared with\n" +
	"`net/http`. `go test ./...` in `fetch/compat` runs each row against servers on loopback, and writes this page with `-update`.\n" +
	"A row that is refused names the reason; see `fetch.Reason`.\n"

package paste_test

import (
	"context"
	"fmt"

	"github.com/browsercors/browsercors/internal/paste"
)

// A console line and what curl got for the preflight: the response says more than the
// line.
func ExampleRead() {
	p, err := paste.Read(`
Access to fetch at 'https://api.example/orders' from origin 'https://app.example' has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.

$ curl -i -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: PUT' https://api.example/orders
HTTP/1.1 204 No Content
Access-Control-Allow-Origin: https://app.example
Access-Control-Allow-Methods: GET, POST, put
`)
	if err != nil {
		fmt.Println(err)
		return
	}
	x, err := p.Explain(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range x.Causes {
		fmt.Println(c.Summary)
		fmt.Println(c.Fix)
		fmt.Println(c.Headers)
	}
	// Output:
	// PUT https://api.example/orders: the server does not allow PUT.
	// Methods are compared byte for byte, and the list has this one in another case. Name it in capitals:
	// [[Access-Control-Allow-Methods GET, POST, put, PUT]]
}

// A complaint without the line itself is not enough.
func ExampleRead_nothingRecognised() {
	_, err := paste.Read("My page gets a CORS error from the API")
	fmt.Println(err)
	// Output:
	// the text is about CORS, but no line of it is one that a browser prints (in English), and it has no response's headers: paste the whole console line, or the output of curl -i
}

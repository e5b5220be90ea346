package safelist_test

import (
	"fmt"

	"github.com/browsercors/browsercors/safelist"
)

// A request that a page sends, and why a browser asks the server first.
func ExampleRules_Classify() {
	headers := safelist.HeaderList{
		{Name: "Accept", Value: "application/json"},
		{Name: "Content-Type", Value: "application/json"},
		{Name: "X-Request-Id", Value: "17"},
	}
	var standard *safelist.Rules
	fmt.Println(standard.Classify(safelist.NormalizeMethod("put"), headers, false))
	fmt.Println("Access-Control-Request-Headers:", standard.UnsafeNames(headers))
	// Output:
	// needs a preflight:
	// 	method "PUT" is not GET, HEAD or POST
	// 	header "Content-Type": "application/json" is not a MIME type that a form can send: application/x-www-form-urlencoded, multipart/form-data or text/plain
	// 	header "X-Request-Id": no header of this name is CORS-safelisted
	// Access-Control-Request-Headers: [content-type x-request-id]
}

// Wrong: a method as the user wrote it. Methods are case-sensitive, so "post" is a method of its own, which
// needs a preflight; normalize it first.
func ExampleRules_NeedsPreflight_wrong() {
	var standard *safelist.Rules
	fmt.Println(standard.NeedsPreflight("post", nil, false))
	fmt.Println(standard.NeedsPreflight(safelist.NormalizeMethod("post"), nil, false))
	// Output:
	// true
	// false
}

// What a preflight's response allows.
func ExampleHeaderList_ExtractValues() {
	response := safelist.HeaderList{
		{Name: "access-control-allow-methods", Value: "PUT, DELETE,"},
		{Name: "access-control-allow-headers", Value: "Content-Type; X-Request-Id"},
	}
	methods, _, err := response.ExtractValues("Access-Control-Allow-Methods")
	fmt.Println(methods, err)
	_, _, err = response.ExtractValues("Access-Control-Allow-Headers")
	fmt.Println(err)
	// Output:
	// [PUT DELETE] <nil>
	// safelist: access-control-allow-headers: "Content-Type; X-Request-Id": not a header name, which is one HTTP token
}

// Which headers of a response a page sees.
func ExampleRules_FilterResponse() {
	response := safelist.HeaderList{
		{Name: "Content-Type", Value: "text/plain"},
		{Name: "ETag", Value: `"1"`},
		{Name: "Server", Value: "x"},
		{Name: "Set-Cookie", Value: "a=b"},
		{Name: "Access-Control-Expose-Headers", Value: "ETag, Set-Cookie"},
	}
	var standard *safelist.Rules
	exposed, all, err := standard.ExposedNames(response, false)
	if err != nil {
		fmt.Println(err)
	}
	if all {
		exposed = response.Names()
	}
	fmt.Println(standard.FilterResponse(response, exposed))
	// Output:
	// [{Content-Type text/plain} {ETag "1"}]
}

// A MIME type as the MIME Sniffing Standard reads it.
func ExampleParseMIMEType() {
	m, err := safelist.ParseMIMEType(`Text/HTML; charset="utf-8"; charset=gbk; broken`)
	fmt.Println(m, m.Essence(), err)
	_, err = safelist.ParseMIMEType("text/html, text/plain")
	fmt.Println(err)
	// Output:
	// text/html;charset=utf-8 text/html <nil>
	// safelist: "text/html, text/plain": not a MIME type, which starts with type/subtype
}

package safelist_test

import (
	"errors"
	"fmt"
	"mime"

	"github.com/browsercors/browsercors/safelist"
)

// Why a browser asks the server before it sends a request.
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
	// 	header "X-Request-Id": headers of this name are not CORS-safelisted
	// Access-Control-Request-Headers: [content-type x-request-id]
}

// The verdict on a header is a string, to be compared with those that [safelist.Verdict] lists.
func ExampleVerdict() {
	var standard *safelist.Rules
	headers := safelist.HeaderList{{Name: "Accept", Value: "text/html"}, {Name: "Accept-Language", Value: "en_GB"}}
	for _, h := range standard.Classify("GET", headers, false).Headers {
		if h.Verdict != "safelisted" {
			fmt.Printf("%s: %s: %s\n", h.Name, h.Verdict, h.Detail())
		}
	}
	// Output:
	// Accept-Language: not-language-byte: byte 0x5F (_) at offset 2 is not a letter, a digit, a space or one of * , - . ; =
}

// A method must be normalized first if it comes from a user. Methods are case-sensitive, so "post" is not
// POST, and needs a preflight.
func ExampleRules_NeedsPreflight_wrong() {
	var standard *safelist.Rules
	fmt.Println(standard.NeedsPreflight("post", nil, false))
	fmt.Println(standard.NeedsPreflight(safelist.NormalizeMethod("post"), nil, false))
	// Output:
	// true
	// false
}

// Which headers and methods script can set.
func ExampleRules_IsForbiddenRequestHeader() {
	var standard *safelist.Rules
	fmt.Println(standard.IsForbiddenRequestHeader("Cookie", "a=b"))
	fmt.Println(standard.IsForbiddenRequestHeader("Authorization", "Bearer x"))
	fmt.Println(safelist.IsForbiddenMethod("trace"))
	// Output:
	// true
	// false
	// true
}

// What the response to a preflight allows.
func ExampleHeaderList_ExtractValues() {
	response := safelist.HeaderList{
		{Name: "access-control-allow-methods", Value: "PUT, DELETE,"},
		{Name: "access-control-allow-headers", Value: "Content-Type; X-Request-Id"},
	}
	methods, _, err := response.ExtractValues("Access-Control-Allow-Methods")
	fmt.Println(methods, err)

	_, _, err = response.ExtractValues("Access-Control-Allow-Headers")
	var wrong *safelist.ValueError
	if errors.As(err, &wrong) {
		fmt.Println(wrong.Value)
	}
	fmt.Println(err)
	// Output:
	// [PUT DELETE] <nil>
	// Content-Type; X-Request-Id
	// safelist: access-control-allow-headers: "Content-Type; X-Request-Id": not a header name, which is one HTTP token
}

// Which headers of a response script can read.
func ExampleRules_Exposure() {
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
	visible := standard.Exposure(exposed)
	for _, h := range response {
		fmt.Println(h.Name, visible.Has(h.Name))
	}
	// Output:
	// Content-Type true
	// ETag true
	// Server false
	// Set-Cookie false
	// Access-Control-Expose-Headers false
}

// A header list keeps the order, spelling and repetition of headers.
func ExampleHeaderList() {
	var headers safelist.HeaderList
	headers.Append("Vary", "Origin")
	headers.Append("vary", "Accept")
	headers.Set("Content-Type", "text/plain")
	headers.Delete("ETag")

	joined, ok := headers.Get("VARY")
	fmt.Println(joined, ok, headers.Values("Vary"), headers.Contains("ETag"))
	fmt.Println(headers.Names(), headers.Size(), "bytes")
	// Output:
	// Origin, Accept true [Origin Accept] false
	// [Vary Content-Type] 138 bytes
}

// What Response.blob(), formData() and their like need of a response's headers.
func ExampleHeaderList_ExtractMIMEType() {
	list := safelist.HeaderList{
		{Name: "Content-Type", Value: "text/html;charset=utf-8"},
		{Name: "content-type", Value: "text/html;x=1"},
	}
	kind, ok := list.ExtractMIMEType()
	fmt.Println(kind, ok)

	essence, parameters, err := mime.ParseMediaType(kind)
	fmt.Println(essence, parameters["charset"], err)

	// Output:
	// text/html;x=1;charset=utf-8 true
	// text/html utf-8 <nil>
}

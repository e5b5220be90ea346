// Package safelist classifies methods and headers by the rules of CORS. It answers three questions:
//
//   - Does this cross-origin request need a preflight, and why? See [Rules.NeedsPreflight] and
//     [Rules.Classify].
//   - What do the CORS headers of a response say? See [HeaderList.ExtractValues].
//   - Which headers of a response can script read? See [Rules.ExposedNames] and
//     [Rules.FilterResponse].
//
// For example, a GET with an Authorization header needs a preflight:
//
//	var standard *safelist.Rules // the rules of the Fetch Standard
//	headers := safelist.HeaderList{{Name: "Authorization", Value: "Bearer x"}}
//	fmt.Println(standard.Classify("GET", headers, false))
//
// # Rules
//
// The questions are methods of [Rules], because browsers answer some of them differently. A nil *Rules
// and the zero value follow the Fetch Standard. The rules of a browser are part of its profile:
//
//	firefox := engine.Firefox().Safelist
//	firefox.NeedsPreflight("POST", headers, false)
//
// # Names, values and methods
//
// Names and values are bytes, held in Go strings; nothing here assumes UTF-8. Header names are compared
// without regard to ASCII case. Methods are case-sensitive: use [NormalizeMethod] first if a method comes
// from a user, as fetch() and XMLHttpRequest do.
//
// A [HeaderList] keeps the order, spelling and repetition of headers, on which the answers depend.
// [net/http.Header] loses all three.
//
// # What is left to the caller
//
// The package sends nothing and keeps no state. It does not decide whether a response may be read: package
// fetch makes the CORS check, and compares what a preflight's response allows with the request.
package safelist

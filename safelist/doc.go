// Package safelist answers the questions that the Fetch Standard asks about methods, headers and MIME types before
// and after a request crosses an origin: is this request simple, or does it need a CORS-preflight request, and why;
// which of the response's headers may script see; what do the CORS headers of a response say.
//
// In a request's way it is asked three times. The API that builds a request asks it to normalize the method and to
// refuse forbidden methods and headers. Main fetch asks whether a preflight is due ([Rules.NeedsPreflight],
// [Rules.UnsafeNames], [Rules.Classify]). When the response has come, the preflight's lists are read with
// [HeaderList.ExtractValues] and the headers that script may see are chosen with [Rules.ExposedNames] and
// [Rules.FilterResponse].
//
// Names and values are byte sequences held in Go strings: a byte of 0x80 or more stands for the code point of that
// number, as "isomorphic decode" has it, and nothing here takes it for UTF-8. Names are compared without regard to
// ASCII case.
//
// The engines draw some of these lines elsewhere than the Standard. [Rules] holds each such difference as a field;
// its zero value, and a nil *Rules, are the Standard itself.
//
// What the package refuses to do: it sends nothing, keeps nothing between two calls, knows no URL and no
// [net/http.Header] (which forgets order and case), and does not decide who may read a response: the CORS check and
// the preflight's verdict belong to its callers. Its parsers are those of the Standards, so they take
// neither a comma list where one value is asked for nor blanks that the grammar does not have.
package safelist

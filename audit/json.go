package audit

import (
	"encoding/json"
	"math"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/isomorphic"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/safelist"
)

type plainFinding Finding

// A findingJSON is a finding with its headers as lines.
type findingJSON struct {
	plainFinding
	Headers [][2]string `json:"headers"`
}

// MarshalJSON writes headers as [name, value] pairs, each byte as the code point
// with its number.
func (f Finding) MarshalJSON() ([]byte, error) {
	f.Profiles, f.Origins, f.Exchanges = some(f.Profiles), some(f.Origins), some(f.Exchanges)
	return text.JSON(findingJSON{plainFinding(f), headerLines(f.Headers)})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Finding) UnmarshalJSON(raw []byte) error {
	var in findingJSON
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	*f = Finding(in.plainFinding)
	f.Headers = headerList(in.Headers)
	return nil
}

type plainExchange Exchange

// An exchangeJSON is an exchange with its headers as lines, and how long it
// took in milliseconds.
type exchangeJSON struct {
	plainExchange
	RequestHeaders  [][2]string `json:"requestHeaders"`
	ResponseHeaders [][2]string `json:"responseHeaders"`
	Took            float64     `json:"took_ms"`
}

// MarshalJSON writes headers as [name, value] pairs, each byte as the code point
// with its number.
func (x Exchange) MarshalJSON() ([]byte, error) {
	took := float64(x.Took) / float64(time.Millisecond)
	return text.JSON(exchangeJSON{plainExchange(x), headerLines(x.RequestHeaders), headerLines(x.ResponseHeaders), took})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (x *Exchange) UnmarshalJSON(raw []byte) error {
	var in exchangeJSON
	if err := json.Unmarshal(raw, &in); err != nil {
		return err
	}
	*x = Exchange(in.plainExchange)
	x.RequestHeaders, x.ResponseHeaders = headerList(in.RequestHeaders), headerList(in.ResponseHeaders)
	x.Took = time.Duration(math.Round(in.Took * float64(time.Millisecond)))
	return nil
}

// some is a list that is not nil.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// headerLines are headers in JSON: each byte is the code point of its number.
func headerLines(list fetch.HeaderList) [][2]string {
	lines := make([][2]string, 0, len(list))
	for _, h := range list {
		lines = append(lines, [2]string{isomorphic.Decode(h.Name), isomorphic.Decode(h.Value)})
	}
	return lines
}

// headerList is headerLines backwards. A code point that is not a byte becomes UTF-8.
func headerList(lines [][2]string) fetch.HeaderList {
	var list fetch.HeaderList
	for _, line := range lines {
		name, ok := isomorphic.Encode(line[0])
		if !ok {
			name = line[0]
		}
		value, ok := isomorphic.Encode(line[1])
		if !ok {
			value = line[1]
		}
		list = append(list, safelist.Header{Name: name, Value: value})
	}
	return list
}

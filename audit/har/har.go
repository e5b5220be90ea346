// Package har reads and writes HTTP Archives, the format in which browsers export
// their network panels. It turns the traffic of an audit into an archive, and it
// re-evaluates a browser's archive: which cross-origin requests each browser
// engine allows, and why it refuses the others.
//
// The archives of browsers contain cookies, credentials and bodies. Archives made
// by [Of] contain secrets only if [Options.KeepSecrets] is set.
package har

import (
	"encoding/json"
	"io"
)

// A HAR is an HTTP Archive, version 1.2. The entries are in the order in which the
// requests began. Keys without a field here are dropped.
//
// https://w3c.github.io/web-performance/specs/HAR/Overview.html
type HAR struct {
	Log struct {
		Version string   `json:"version"`
		Creator Program  `json:"creator"`
		Browser *Program `json:"browser,omitempty"`
		Pages   []Page   `json:"pages,omitempty"`
		Entries []Entry  `json:"entries"`
		Comment string   `json:"comment,omitempty"`
	} `json:"log"`
}

// A Program is the program that wrote an archive, or the browser.
type Program struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// A Page is a page that was loaded. In Chrome and Safari its Title is the URL, in
// Firefox the title of the document.
type Page struct {
	Started string   `json:"startedDateTime"`
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Timings struct{} `json:"pageTimings"`
}

// An Entry is a request with its response.
type Entry struct {
	Page     string   `json:"pageref,omitempty"` // the ID of its page
	Started  string   `json:"startedDateTime"`   // ISO 8601
	Time     float64  `json:"time"`              // in milliseconds
	Request  Request  `json:"request"`
	Response Response `json:"response"`
	Cache    struct{} `json:"cache"`
	Timings  struct { // the phases of the exchange, in milliseconds
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	} `json:"timings"`
	Comment string `json:"comment,omitempty"`

	ServerIPAddress string `json:"serverIPAddress,omitempty"` // that was dialled; "" if none was, as for what came out of a cache

	ResourceType     string   `json:"_resourceType,omitempty"`     // set by Chrome, WebPageTest and Playwright: fetch, xhr, preflight, script …
	FromCache        string   `json:"_fromCache,omitempty"`        // set by Chrome: memory or disk
	FetchType        string   `json:"_fetchType,omitempty"`        // set by Safari: Network Load, Memory Cache, Disk Cache, Service Worker
	SecurityState    string   `json:"_securityState,omitempty"`    // set by Firefox: secure, insecure, weak, broken
	APIRequest       bool     `json:"_apiRequest,omitempty"`       // set by Playwright: the test asked, and not the page
	InternalRedirect bool     `json:"_internalRedirect,omitempty"` // the browser made the redirect itself
	Initiator        struct { // what caused the request, set by Chrome
		Type string `json:"type"` // parser, script, preflight, other …
		URL  string `json:"url,omitempty"`
	} `json:"_initiator,omitzero"`
}

// A Request is a request as it was sent. Sizes are in bytes, -1 if they are not
// known.
type Request struct {
	Method      string   `json:"method"`
	URL         string   `json:"url"` // without fragment
	HTTPVersion string   `json:"httpVersion"`
	Cookies     []Cookie `json:"cookies"`
	Headers     []Field  `json:"headers"`
	QueryString []Field  `json:"queryString"`
	PostData    struct { // the body
		MIMEType string  `json:"mimeType"`
		Params   []Field `json:"params"`
		Text     string  `json:"text"`
	} `json:"postData,omitzero"`
	HeadersSize int64 `json:"headersSize"`
	BodySize    int64 `json:"bodySize"`
}

// A Response is a response as it was received. Status 0 means that there was none.
// Sizes are in bytes, -1 if they are not known.
type Response struct {
	Status      int      `json:"status"`
	StatusText  string   `json:"statusText"`
	HTTPVersion string   `json:"httpVersion"`
	Cookies     []Cookie `json:"cookies"`
	Headers     []Field  `json:"headers"`
	Content     struct { // the body
		Size     int64  `json:"size"`
		MIMEType string `json:"mimeType"`
		Text     string `json:"text,omitempty"` // the beginning is enough: [Judge] looks at the first 4 KiB
		Encoding string `json:"encoding,omitempty"`
	} `json:"content"`
	RedirectURL string `json:"redirectURL"`
	HeadersSize int64  `json:"headersSize"`
	BodySize    int64  `json:"bodySize"`

	Error               string `json:"_error,omitempty"`                       // set by Chrome, Safari and Playwright: why the request failed, such as net::ERR_FAILED
	ViaServiceWorker    bool   `json:"_fetchedViaServiceWorker,omitempty"`     // set by Chrome: a service worker answered
	ServiceWorkerSource string `json:"_serviceWorkerResponseSource,omitempty"` // set by Chrome: from where the service worker had it, such as cache-storage
	Fulfilled           bool   `json:"_wasFulfilled,omitempty"`                // set by Playwright: the test answered
}

// A Field is a header, or a parameter of a query. In a header a byte above 0x7F is
// the code point with its number.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// A Cookie is a cookie that was sent or set.
type Cookie struct {
	Name     string `json:"name"`
	Value    string `json:"value"`
	Path     string `json:"path,omitempty"`
	Domain   string `json:"domain,omitempty"`
	HTTPOnly bool   `json:"httpOnly,omitempty"`
	Secure   bool   `json:"secure,omitempty"`
	SameSite string `json:"sameSite,omitempty"`
}

// Write writes an archive as indented JSON.
func Write(w io.Writer, h *HAR) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(h)
}

package credentials

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/browsercors/browsercors/origin"
)

// Other programs keep cookies in JSON of their own. All of it has a cookie's "domain", and differs in
// what is around it and in how expiry, SameSite and partition are written.

// A foreignFormat is how another program writes cookies.
type foreignFormat struct {
	name       string
	before     string // before the cookies
	after      string
	expiry     string // key of the expiry, in seconds
	fraction   bool   // the expiry may have a fraction
	session    bool   // a session's cookie has the expiry -1; otherwise it has none
	sessionKey bool   // "session" tells such a cookie
	size       bool   // "size" has the bytes of name and value
	hostOnly   bool   // "hostOnly" tells a host-only cookie, whose domain begins with no dot in any case
	sameSite   map[SameSiteAttribute]any
	partition  func(site string, crossSite bool) map[string]any // nil: there are no partitions
	more       map[string]any                                   // what every cookie has
}

// What the formats call values of SameSite. An attribute that is not there has no key, or a name.
var (
	protocolSameSite  = map[SameSiteAttribute]any{"none": "None", "lax": "Lax", "strict": "Strict"}
	extensionSameSite = map[SameSiteAttribute]any{"none": "no_restriction", "lax": "lax", "strict": "strict", "unset": "unspecified"}
)

// partitionObject is a partition as a key with an object.
func partitionObject(siteKey string) func(string, bool) map[string]any {
	return func(site string, crossSite bool) map[string]any {
		return map[string]any{"partitionKey": map[string]any{siteKey: site, "hasCrossSiteAncestor": crossSite}}
	}
}

// foreignFormats are the formats that are read and written.
var foreignFormats = []foreignFormat{{
	name: "playwright", before: `{"cookies": [`, after: `], "origins": []}`,
	expiry: "expires", fraction: true, session: true, sameSite: protocolSameSite,
	partition: func(site string, crossSite bool) map[string]any {
		return map[string]any{"partitionKey": site, "_crHasCrossSiteAncestor": crossSite}
	},
}, {
	name: "puppeteer", before: `[`, after: `]`,
	expiry: "expires", fraction: true, session: true, sessionKey: true, size: true, sameSite: protocolSameSite, partition: partitionObject("sourceOrigin"),
}, {
	name: "devtools", before: `{"cookies": [`, after: `]}`,
	expiry: "expires", fraction: true, session: true, sessionKey: true, size: true, sameSite: protocolSameSite, partition: partitionObject("topLevelSite"),
	more: map[string]any{"priority": "Medium"},
}, {
	name: "cookie-editor", before: `[`, after: `]`,
	expiry: "expirationDate", fraction: true, sessionKey: true, hostOnly: true, sameSite: extensionSameSite, partition: partitionObject("topLevelSite"),
	more: map[string]any{"storeId": nil},
}, {
	name: "editthiscookie", before: `[`, after: `]`,
	expiry: "expirationDate", fraction: true, sessionKey: true, hostOnly: true, sameSite: extensionSameSite, partition: partitionObject("topLevelSite"),
	more: map[string]any{"storeId": "0", "id": nil}, // numbered where it is written
}, {
	name: "selenium", before: `[`, after: `]`, expiry: "expiry", sameSite: protocolSameSite,
}}

// foreignNamed is the format of a name, or nil.
func foreignNamed(name string) *foreignFormat {
	for i := range foreignFormats {
		if foreignFormats[i].name == name {
			return &foreignFormats[i]
		}
	}
	return nil
}

// write writes cookies, one a line.
func (f *foreignFormat) write(w *bufio.Writer, all []fileCookie, report *CookieFileReport) error {
	w.WriteString(f.before)
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	for i := range all {
		out, ok := f.of(&all[i], report)
		if !ok {
			continue
		}
		if _, numbered := out["id"]; numbered {
			out["id"] = report.Cookies + 1
		}
		line.Reset()
		if err := encoder.Encode(out); err != nil {
			return fmt.Errorf("cookie %q: %w", all[i].Name, err)
		}
		if report.Cookies > 0 {
			w.WriteByte(',')
		}
		w.WriteByte('\n')
		if _, err := w.Write(bytes.TrimSuffix(line.Bytes(), []byte("\n"))); err != nil {
			return err
		}
		report.Cookies++
	}
	_, err := w.WriteString("\n" + f.after + "\n")
	return err
}

// of is a cookie as the format has it; false if the format can't have it.
func (f *foreignFormat) of(c *fileCookie, report *CookieFileReport) (map[string]any, bool) {
	if !utf8.ValidString(c.Name) || !utf8.ValidString(c.Value) || !utf8.ValidString(c.Path) {
		report.Unwritable++
		return nil, false
	}
	domain := c.Host
	if !c.HostOnly {
		domain = "." + domain
	}
	out := map[string]any{"name": c.Name, "value": c.Value, "domain": domain, "path": c.Path, "secure": c.Secure, "httpOnly": c.HTTPOnly}
	if c.Partition != (CookiePartition{}) {
		key := c.Partition.Key
		// A partition that is not the attribute's, and one of two sites, has no words in any of them.
		if f.partition == nil || !c.Partitioned || key.Second != "" || key.Site.IsOpaque() {
			report.Partitioned++
			return nil, false
		}
		for name, value := range f.partition(key.Site.String(), c.Partition.CrossSiteAncestor) {
			out[name] = value
		}
	}
	switch {
	case !c.Expiry.IsZero() && f.fraction:
		out[f.expiry] = float64(c.Expiry.UnixMicro()) / 1e6
	case !c.Expiry.IsZero():
		out[f.expiry] = max(1, c.Expiry.Unix())
	case f.session:
		out[f.expiry] = -1
	}
	if f.sessionKey {
		out["session"] = c.Expiry.IsZero()
	}
	if f.size {
		out["size"] = len(c.Name) + len(c.Value)
	}
	if f.hostOnly {
		out["hostOnly"] = c.HostOnly
	}
	if sameSite, ok := f.sameSite[c.SameSite]; ok {
		out["sameSite"] = sameSite
	}
	for name, value := range f.more {
		out[name] = value
	}
	return out, true
}

// A foreignCookie has the keys of all formats.
type foreignCookie struct {
	Name           string          `json:"name"`
	Value          string          `json:"value"`
	Domain         string          `json:"domain"`
	HostOnly       *bool           `json:"hostOnly"`
	Path           string          `json:"path"`
	Secure         bool            `json:"secure"`
	HTTPOnly       bool            `json:"httpOnly"`
	Session        bool            `json:"session"`
	Expires        *float64        `json:"expires"`
	Expiry         *float64        `json:"expiry"`
	ExpirationDate *float64        `json:"expirationDate"`
	SameSite       *string         `json:"sameSite"`
	PartitionKey   json.RawMessage `json:"partitionKey"`
	Opaque         bool            `json:"partitionKeyOpaque"`
	CrossSite      bool            `json:"_crHasCrossSiteAncestor"`
}

// foreignOf tells by its keys which other program wrote a cookie; "" if none did. A file that is a
// list is not of the programs that write objects.
func foreignOf(keys map[string]json.RawMessage, inList bool) string {
	has := func(names ...string) bool {
		for _, name := range names {
			if _, ok := keys[name]; ok {
				return true
			}
		}
		return false
	}
	switch {
	case !has("domain") || has("host"):
		return ""
	case has("expirationDate", "storeId", "hostOnly"):
		if has("id") {
			return "editthiscookie"
		}
		return "cookie-editor"
	case has("expiry"):
		return "selenium"
	case inList:
		return "puppeteer"
	case has("size", "session", "priority", "sourceScheme"):
		return "devtools"
	}
	return "playwright"
}

// fromForeign is a cookie as another program has it. With an error the name alone may be there.
func (l *cookieLoader) fromForeign(raw json.RawMessage) (fileCookie, error) {
	var c fileCookie
	if !utf8.Valid(raw) {
		return c, errors.New("it is not UTF-8")
	}
	var in foreignCookie
	err := json.Unmarshal(raw, &in)
	c.Name, c.Value, c.Secure, c.HTTPOnly = in.Name, in.Value, in.Secure, in.HTTPOnly
	c.Creation, c.LastAccess = l.now, l.now
	if err != nil {
		return c, inJSON(err)
	}
	if c.Path = in.Path; c.Path == "" {
		c.Path = "/"
	}
	host, below := strings.CutPrefix(in.Domain, ".")
	c.HostOnly = !below
	if in.HostOnly != nil {
		c.HostOnly = *in.HostOnly
	}
	var wrong [3]error
	if c.Host, wrong[0] = origin.ParseHost(bracketed(host)); wrong[0] != nil {
		wrong[0] = fmt.Errorf("domain %s: %w", quote(in.Domain), wrong[0])
	}
	for _, seconds := range []*float64{in.Expires, in.Expiry, in.ExpirationDate} {
		if seconds != nil && !in.Session {
			c.Expiry = timeOf(*seconds)
		}
	}
	c.SameSite, wrong[1] = foreignSameSite(in.SameSite)
	c.Partition, wrong[2] = in.partition(l.jar.suffixes)
	c.Partitioned = c.Partition != (CookiePartition{})
	return c, errors.Join(wrong[:]...)
}

// bracketed puts brackets around an IPv6 address that has none.
func bracketed(host string) string {
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		return "[" + host + "]"
	}
	return host
}

// timeOf is a time of expiry in seconds of Unix time, which may have a fraction. That of a session's
// cookie is 0 or negative.
func timeOf(seconds float64) time.Time {
	if !(seconds > 0) {
		return time.Time{}
	}
	return time.UnixMicro(int64(min(seconds, math.MaxInt32<<8) * 1e6)).UTC()
}

// foreignSameSite reads SameSite as browsers' protocols and extensions write it.
func foreignSameSite(s *string) (SameSiteAttribute, error) {
	if s == nil {
		return "unset", nil
	}
	switch strings.ToLower(*s) {
	case "", "unspecified", "unset", "default":
		return "unset", nil
	case "none", "no_restriction":
		return "none", nil
	case "lax":
		return "lax", nil
	case "strict":
		return "strict", nil
	}
	return "", fmt.Errorf("unknown sameSite %s, want None, Lax, Strict, no_restriction or unspecified", quote(*s))
}

// partition is the partition that a cookie is in: of a site, or of an object with one.
func (in *foreignCookie) partition(list origin.PublicSuffixList) (CookiePartition, error) {
	p := partitionJSON{CrossSiteAncestor: in.CrossSite}
	switch raw := bytes.TrimSpace(in.PartitionKey); {
	case in.Opaque:
		return CookiePartition{}, errors.New("it is in the partition of an opaque origin, which has no name")
	case len(raw) == 0, string(raw) == "null":
		return CookiePartition{}, nil
	case raw[0] == '"':
		if err := json.Unmarshal(raw, &p.Site); err != nil {
			return CookiePartition{}, inJSON(err)
		}
	default:
		var key struct {
			TopLevelSite string `json:"topLevelSite"`
			SourceOrigin string `json:"sourceOrigin"`
			CrossSite    bool   `json:"hasCrossSiteAncestor"`
		}
		if err := json.Unmarshal(raw, &key); err != nil {
			return CookiePartition{}, fmt.Errorf("partitionKey: %w", inJSON(err))
		}
		p = partitionJSON{Site: key.TopLevelSite + key.SourceOrigin, CrossSiteAncestor: key.CrossSite}
	}
	// Firefox writes (https,shop.example).
	if scheme, host, ok := strings.Cut(strings.Trim(p.Site, "()"), ","); ok && strings.HasPrefix(p.Site, "(") {
		p.Site = scheme + "://" + host
	}
	if p.Site == "" {
		return CookiePartition{}, nil
	}
	partition, err := p.partition(list)
	if err != nil {
		return CookiePartition{}, fmt.Errorf("partitionKey: %w", err)
	}
	return partition, nil
}

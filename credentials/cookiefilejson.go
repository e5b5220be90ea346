package credentials

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/browsercors/browsercors/origin"
)

// cookieFileVersion is the version of the JSON that is written and read.
const cookieFileVersion = 1

// A cookieJSON is a cookie in JSON. Bytes that are no UTF-8 are in base64.
type cookieJSON struct {
	Name        *string        `json:"name,omitempty"`
	NameBytes   []byte         `json:"nameBase64,omitempty"`
	Value       *string        `json:"value,omitempty"`
	ValueBytes  []byte         `json:"valueBase64,omitempty"`
	Host        *string        `json:"host"`
	HostOnly    *bool          `json:"hostOnly"`
	Path        *string        `json:"path,omitempty"`
	PathBytes   []byte         `json:"pathBase64,omitempty"`
	Secure      bool           `json:"secure"`
	HTTPOnly    bool           `json:"httpOnly"`
	SameSite    string         `json:"sameSite"`
	Partitioned bool           `json:"partitioned,omitempty"`
	Partition   *partitionJSON `json:"partition,omitempty"`
	Creation    *time.Time     `json:"creation,omitempty"`
	LastAccess  *time.Time     `json:"lastAccess,omitempty"`
	Used        int            `json:"used,omitempty"`    // the order of the last accesses
	Expires     *time.Time     `json:"expires,omitempty"` // none for a session's cookie
}

type partitionJSON struct {
	Site              string `json:"site"`
	Second            string `json:"second,omitempty"`
	CrossSiteAncestor bool   `json:"crossSiteAncestor"`
}

// The keys of these.
var (
	cookieKeys = []string{"name", "nameBase64", "value", "valueBase64", "host", "hostOnly", "path", "pathBase64", "secure", "httpOnly",
		"sameSite", "partitioned", "partition", "creation", "lastAccess", "used", "expires"}
	partitionKeys = []string{"site", "second", "crossSiteAncestor"}
)

// writeJSON writes cookies as JSON, one a line.
func (j *CookieJar) writeJSON(w *bufio.Writer, all []fileCookie, report *CookieFileReport) error {
	fmt.Fprintf(w, "{\"version\": %d, \"cookies\": [", cookieFileVersion)
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	for i := range all {
		c := &all[i]
		out, ok := j.toJSON(c)
		if !ok {
			report.Partitioned++
			continue
		}
		line.Reset()
		if err := encoder.Encode(out); err != nil {
			return fmt.Errorf("cookie %q: %w", c.Name, err)
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
	_, err := w.WriteString("\n]}\n")
	return err
}

// toJSON is a cookie as JSON has it; false if it can't name the partition, that
// of an opaque origin or of a scheme of one's own.
func (j *CookieJar) toJSON(c *fileCookie) (*cookieJSON, bool) {
	out := &cookieJSON{
		Host: &c.Host, HostOnly: &c.HostOnly, Secure: c.Secure, HTTPOnly: c.HTTPOnly, SameSite: string(c.SameSite),
		Partitioned: c.Partitioned, Creation: &c.Creation, LastAccess: &c.LastAccess, Used: c.used,
	}
	text := func(s string) (*string, []byte) {
		if utf8.ValidString(s) {
			return &s, nil
		}
		return nil, []byte(s)
	}
	out.Name, out.NameBytes = text(c.Name)
	out.Value, out.ValueBytes = text(c.Value)
	out.Path, out.PathBytes = text(c.Path)
	if !c.Expiry.IsZero() {
		out.Expires = &c.Expiry
	}
	if c.Partition != (CookiePartition{}) {
		key := c.Partition.Key
		out.Partition = &partitionJSON{Site: key.Site.String(), Second: key.Second, CrossSiteAncestor: c.Partition.CrossSiteAncestor}
		if read, err := out.Partition.partition(j.suffixes); err != nil || read != c.Partition {
			return nil, false
		}
	}
	return out, true
}

// partition is the partition that is named.
func (p *partitionJSON) partition(list origin.PublicSuffixList) (CookiePartition, error) {
	o, err := origin.Parse(p.Site)
	if err != nil {
		return CookiePartition{}, fmt.Errorf("partition.site: %w", err)
	}
	site := o.Site(list)
	if site.IsOpaque() || site.String() != p.Site {
		return CookiePartition{}, fmt.Errorf("partition.site %q is not a site", p.Site)
	}
	return CookiePartition{origin.PartitionKey{Site: site, Second: p.Second}, p.CrossSiteAncestor}, nil
}

// readJSON takes the cookies of a JSON file. A version that is unknown takes
// them all back.
func (l *cookieLoader) readJSON(in *bufio.Reader) {
	if mark, _ := in.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		in.Discard(len(byteOrderMark))
	}
	d := json.NewDecoder(in)
	version, err := l.readTop(d)
	if l.foreign && l.listed && version == 0 && !l.own && l.cookies == nil && len(l.wrong) == 0 {
		l.recognise("devtools") // an object with an empty list
	}
	isForeign := l.report.Recognised != "" && !l.own
	if !isForeign {
		for _, key := range l.unknown {
			l.fail(&CookieFileError{Err: fmt.Errorf("unknown key %q", key)})
		}
	}
	switch {
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		l.fail(&CookieFileError{Err: fmt.Errorf("the file breaks off after byte %d", d.InputOffset())})
	case err != nil:
		l.fail(&CookieFileError{Err: err})
	}
	switch {
	case isForeign && version == 0:
		return
	case version == 0 && err == nil:
		l.fail(&CookieFileError{Err: errors.New(`there is no "version"`)})
	case version == cookieFileVersion:
		return
	case version != 0:
		l.fail(&CookieFileError{Err: fmt.Errorf("unknown version %d, want %d", version, cookieFileVersion)})
	}
	l.cookies = nil
}

// byteOrderMark is what Windows begins a file in UTF-8 with.
const byteOrderMark = "\ufeff"

// beginsJSON tells whether a file begins as JSON does: with an object, or with a list of objects.
func beginsJSON(in *bufio.Reader) bool {
	start, _ := in.Peek(512)
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte(byteOrderMark)), " \t\r\n")
	rest, inList := bytes.CutPrefix(text, []byte("["))
	rest = bytes.TrimLeft(rest, " \t\r\n")
	return bytes.HasPrefix(rest, []byte("{")) || inList && (len(rest) == 0 || rest[0] == ']')
}

// readTop reads what the file is: an object, whose version is 0 if there is none, or a list.
func (l *cookieLoader) readTop(d *json.Decoder) (version int, err error) {
	token, err := d.Token()
	switch {
	case err != nil:
		return 0, inJSON(err)
	case token == json.Delim('[') && l.foreign:
		l.list = true
		err = l.readList(d)
		if err == nil && l.report.Recognised == "" && !l.own {
			l.report.Recognised = "puppeteer" // an empty list, as all write it
		}
	case token == json.Delim('{'):
		version, err = l.readObject(d)
	default:
		err = fmt.Errorf("%v at byte %d where { should be", token, d.InputOffset())
	}
	if err != nil {
		return version, err
	}
	if _, err := d.Token(); err != io.EOF {
		return version, fmt.Errorf("there is more after the end, at byte %d", d.InputOffset())
	}
	return version, nil
}

// readList takes the cookies of a list, to its end.
func (l *cookieLoader) readList(d *json.Decoder) error {
	for i := 1; d.More(); i++ {
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return inJSON(err)
		}
		l.readCookie(raw, i)
	}
	return expect(d, ']')
}

// recognise notes what the file is. A list is Selenium's as soon as one of its cookies
// shows that: those of a session don't.
func (l *cookieLoader) recognise(format string) {
	if l.report.Recognised == "" || l.report.Recognised == "puppeteer" && format == "selenium" {
		l.report.Recognised = format
	}
}

// readObject reads an object, to its end.
func (l *cookieLoader) readObject(d *json.Decoder) (version int, err error) {
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return version, inJSON(err)
		}
		switch key {
		case "version":
			var kind *json.UnmarshalTypeError
			if err := d.Decode(&version); errors.As(err, &kind) {
				return 0, fmt.Errorf(`"version" is a %s, and no whole number`, kind.Value)
			} else if err != nil {
				return version, inJSON(err)
			}
		case "cookies":
			if err := expect(d, '['); err != nil {
				return version, err
			}
			l.listed = true
			if err := l.readList(d); err != nil {
				return version, err
			}
		default:
			var raw json.RawMessage
			if err := d.Decode(&raw); err != nil {
				return version, inJSON(err)
			}
			if err := l.readOther(key.(string), raw); err != nil {
				return version, err
			}
		}
	}
	return version, expect(d, '}')
}

// readOther reads what another program's object has beside cookies, or notes the key.
func (l *cookieLoader) readOther(key string, raw json.RawMessage) error {
	switch {
	case l.foreign && key == "origins":
		var origins []json.RawMessage
		if err := json.Unmarshal(raw, &origins); err != nil {
			return fmt.Errorf("origins: %w", inJSON(err))
		}
		l.report.Storage = len(origins)
		l.report.Recognised = "playwright"
	case l.foreign && key == "result" && !l.wrapped:
		l.wrapped = true
		d := json.NewDecoder(bytes.NewReader(raw))
		if err := expect(d, '{'); err != nil {
			return fmt.Errorf("result: %w", err)
		}
		l.recognise("devtools")
		if _, err := l.readObject(d); err != nil {
			return fmt.Errorf("result: %w", err)
		}
	case len(l.unknown) < maxCookieFileErrors:
		l.unknown = append(l.unknown, key)
	}
	return nil
}

// expect reads a delimiter.
func expect(d *json.Decoder, want json.Delim) error {
	token, err := d.Token()
	if err != nil {
		return inJSON(err)
	}
	if token != want {
		return fmt.Errorf("%v at byte %d where %v should be", token, d.InputOffset(), want)
	}
	return nil
}

// inJSON is what is wrong with JSON, in words.
func inJSON(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("it is not JSON: byte %d: %s", syntax.Offset, syntax.Error())
	case errors.As(err, &kind):
		return fmt.Errorf("%s is a %s, and not of type %s", kind.Field, kind.Value, kind.Type)
	}
	return err
}

// readCookie takes one cookie.
func (l *cookieLoader) readCookie(raw json.RawMessage, index int) {
	at := CookieFileError{Cookie: index}
	var keys map[string]json.RawMessage
	read := l.fromJSON
	if l.foreign && json.Unmarshal(raw, &keys) == nil {
		if format := foreignOf(keys, l.list); format != "" {
			l.recognise(format)
			read = l.fromForeign
		} else if _, ok := keys["host"]; ok {
			l.own = true
		}
	}
	c, err := read(raw)
	if err != nil {
		at.Name, at.Err = c.Name, err
		l.fail(&at)
		return
	}
	l.take(c, at)
}

// unknownKeys is an error for keys that an object should not have.
func unknownKeys(raw json.RawMessage, what string, known []string) error {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(raw, &keys); err != nil || keys == nil {
		return fmt.Errorf("%s is not an object", what)
	}
	var unknown []string
	for key := range keys {
		if !slices.Contains(known, key) {
			unknown = append(unknown, fmt.Sprintf("%q", key))
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return fmt.Errorf("%s has unknown keys: %s", what, strings.Join(unknown, ", "))
	}
	if nested, ok := keys["partition"]; ok {
		return unknownKeys(nested, "its partition", partitionKeys)
	}
	return nil
}

// fromJSON is a cookie as JSON has it. With an error the name alone may be
// there.
func (l *cookieLoader) fromJSON(raw json.RawMessage) (fileCookie, error) {
	var c fileCookie
	if !utf8.Valid(raw) {
		return c, errors.New("it is not UTF-8")
	}
	if err := unknownKeys(raw, "it", cookieKeys); err != nil {
		return c, err
	}
	var in cookieJSON
	err := json.Unmarshal(raw, &in)
	bytesOf := func(key string, text *string, bytes []byte) string {
		switch {
		case text != nil && bytes != nil:
			err = errors.Join(err, fmt.Errorf("it has both %s and %sBase64", key, key))
		case text != nil:
			return *text
		}
		return string(bytes)
	}
	c.Name = bytesOf("name", in.Name, in.NameBytes)
	c.Value = bytesOf("value", in.Value, in.ValueBytes)
	c.Path = bytesOf("path", in.Path, in.PathBytes)
	var corrupt base64.CorruptInputError
	switch {
	case errors.As(err, &corrupt):
		return c, errors.New("its base64 is malformed")
	case err != nil:
		return c, inJSON(err)
	case in.Host == nil || in.HostOnly == nil || c.Path == "":
		return c, errors.New("it needs host, hostOnly and path")
	}
	sameSite, known := SameSiteAttribute(in.SameSite).parsed()
	if !known {
		return c, fmt.Errorf("unknown sameSite %q, want unset, none, lax or strict", in.SameSite)
	}
	orElse := func(t *time.Time, otherwise time.Time) time.Time {
		if t == nil {
			return otherwise
		}
		return *t
	}
	c.Host, c.HostOnly, c.Secure, c.HTTPOnly, c.SameSite = *in.Host, *in.HostOnly, in.Secure, in.HTTPOnly, sameSiteAttributes[sameSite]
	c.Creation = orElse(in.Creation, l.now)
	c.LastAccess = orElse(in.LastAccess, c.Creation)
	c.Expiry = orElse(in.Expires, time.Time{})
	c.Partitioned, c.used = in.Partitioned, in.Used
	if in.Partition != nil {
		c.Partition, err = in.Partition.partition(l.jar.suffixes)
	}
	return c, err
}

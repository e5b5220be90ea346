package credentials

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/replacefile"
	"github.com/browsercors/browsercors/origin"
)

// The formats of files.
const (
	formatJSON       = "json"
	formatCookiesTxt = "cookies.txt"
)

// CookieFileOptions says how cookies are saved and loaded. Nil and the zero value
// mean: everything that the format can hold, in the format that the file's name
// asks for.
type CookieFileOptions struct {
	// Format is one of the following. Loading, all of them but "json" and
	// "cookies.txt" mean the same: the format is recognised by its shape.
	//
	//   - "json": everything about a cookie, and the order in which cookies are
	//     sent and dropped. Keys that the format does not have are errors.
	//   - "cookies.txt": Netscape's format, as curl and yt-dlp read and write it. It
	//     has no columns for the partition, so cookies in a partition are left
	//     out. It has none for SameSite and for the times of creation and last
	//     access, so loaded cookies have no SameSite and are new. It cannot hold a
	//     tab, and a file that was cut off at the end of a line or within the last
	//     value looks complete. Curl reads a cookie without a name as one without
	//     a value.
	//   - "playwright": the storageState of Playwright, without local storage
	//   - "puppeteer": the list of Puppeteer's page.cookies()
	//   - "devtools": the result of the DevTools protocol's Network.getCookies and
	//     Storage.getCookies
	//   - "cookie-editor", "editthiscookie": the lists that these extensions export
	//   - "selenium": the list of Selenium's get_cookies(). It has no partitions.
	//   - "": for readers, writers and files whose name ends in .json, JSON; for other
	//     files cookies.txt. Loading, JSON of another program is recognised by its
	//     shape, whatever the file's name.
	//
	// The JSON of other programs has no times of creation and last access, and
	// expiry to the microsecond at best. Loaded cookies are new. What it says of
	// priority, port and store is ignored. It cannot hold bytes that are not UTF-8,
	// and only partitions that the attribute Partitioned makes.
	Format string

	// DropSessions leaves out session cookies: those without an expiry, which a
	// browser forgets when it ends.
	DropSessions bool
}

// format is the format of a file of that name.
func (o *CookieFileOptions) format(name string) (string, error) {
	switch {
	case o.Format == "" && (name == "" || strings.EqualFold(filepath.Ext(name), ".json")):
		return formatJSON, nil
	case o.Format == "":
		return formatCookiesTxt, nil
	case o.Format == formatJSON, o.Format == formatCookiesTxt, foreignNamed(o.Format) != nil:
		return o.Format, nil
	}
	want := []string{formatJSON, formatCookiesTxt}
	for _, f := range foreignFormats {
		want = append(want, f.name)
	}
	return "", fmt.Errorf("credentials: unknown format %s of cookie files, want one of %s", quote(o.Format), strings.Join(want, ", "))
}

// CookieFileReport counts the cookies that were saved or loaded, and those that
// were not.
type CookieFileReport struct {
	Cookies int // saved, or loaded and now in the jar

	// Left out, and why:
	Expired     int // they have expired
	Sessions    int // they are session cookies, and [CookieFileOptions.DropSessions] is set
	Partitioned int // saving: they are in a partition that the format cannot express
	Unwritable  int // saving: they contain bytes that the format cannot hold, such as a tab in cookies.txt
	Refused     int // loading: they are wrong; the error says how
	Dropped     int // loading: they exceed the jar's limits, or a later cookie of the file replaces them

	// Weakened counts the cookies that were saved without their SameSite
	// attribute, which cookies.txt cannot express.
	Weakened int

	// Recognised is the format of another program that a loaded file has, such as
	// "playwright"; "" for JSON of this package and for cookies.txt.
	Recognised string

	// Storage counts the origins whose local storage and databases a loaded
	// storageState of Playwright has. They are left out.
	Storage int
}

// CookieFileError says what is wrong with one cookie of a file, or with the file.
type CookieFileError struct {
	File   string // "" if the cookies came from a reader
	Line   int    // in cookies.txt, from 1; otherwise 0
	Cookie int    // in JSON, from 1; otherwise 0
	Name   string // of the cookie, if it is known

	// Refusal is the rule for cookies that the cookie breaks, or "" if it is the file
	// that is malformed.
	Refusal CookieRefusal
	Err     error // what is wrong, with the value
}

// Error names the file, the place in it and the cookie, and says what is wrong.
func (e *CookieFileError) Error() string { return "credentials: " + e.Problem() }

// Problem is the text of Error without the name of the package.
func (e *CookieFileError) Problem() string {
	at := cmp.Or(e.File, "cookies")
	if e.Line > 0 {
		at += fmt.Sprintf(", line %d", e.Line)
	}
	if e.Cookie > 0 {
		at += fmt.Sprintf(", cookie %d", e.Cookie)
	}
	if e.Name != "" {
		at += fmt.Sprintf(" %q", e.Name)
	}
	return at + ": " + e.Err.Error()
}

// Unwrap returns Err.
func (e *CookieFileError) Unwrap() error { return e.Err }

// Save writes the cookies that have not expired to w, in the order of their
// creation. The report counts what was written.
func (j *CookieJar) Save(w io.Writer, o *CookieFileOptions) (CookieFileReport, error) {
	return j.save(w, "", o)
}

// SaveFile saves the cookies to a file that only its owner may read. It writes a
// temporary file beside it and renames that when all of it is on the disk. After a
// crash there is either the old file or the new one, and perhaps a temporary file
// whose name starts with that of the file and a dot. If name is not a regular file,
// such as a pipe, it is written to directly. A symbolic link is followed.
func (j *CookieJar) SaveFile(name string, o *CookieFileOptions) (CookieFileReport, error) {
	var report CookieFileReport
	err := replacefile.Write(name, func(w io.Writer) (err error) {
		report, err = j.save(w, name, o)
		return err
	})
	if err != nil {
		return report, fmt.Errorf("credentials: saving cookies: %w", err)
	}
	return report, nil
}

// Load adds saved cookies to the jar, whoever set them. The jar's own rules for
// names, values, hosts, public suffixes, paths, prefixes, lifetimes and numbers
// apply. A loaded cookie replaces one with the same name, host, path and partition,
// and counts as more recently used than the cookies in the jar. Expired cookies are
// left out.
//
// Cookies that are wrong are left out too, and the others are loaded. The error then
// joins a [*CookieFileError] for each of the first hundred. A file that breaks off
// yields what comes before the break. JSON of an unknown version yields nothing.
func (j *CookieJar) Load(r io.Reader, o *CookieFileOptions) (CookieFileReport, error) {
	return j.load(r, "", o)
}

// LoadFile loads cookies from the file with a name, like [CookieJar.Load]. If the file
// does not exist, the error is an [fs.ErrNotExist].
func (j *CookieJar) LoadFile(name string, o *CookieFileOptions) (CookieFileReport, error) {
	f, err := os.Open(name)
	if err != nil {
		return CookieFileReport{}, fmt.Errorf("credentials: loading cookies: %w", err)
	}
	defer f.Close()
	return j.load(f, name, o)
}

// A fileCookie is a cookie on its way from or to a file.
type fileCookie struct {
	Cookie
	used  int // what was used earlier has the lower one
	index int // its place in the file
}

// snapshot is what is in the jar, in the order of creation.
func (j *CookieJar) snapshot(now int64) []fileCookie {
	j.mu.Lock()
	all := make([]fileCookie, 0, j.recent.Len())
	order := make([]uint64, 0, j.recent.Len())
	for c := j.recent.Oldest(); c != nil; c = j.recent.Newer(c) {
		if c.expiry > now {
			all = append(all, fileCookie{Cookie: c.export(), used: len(all) + 1, index: len(all)})
			order = append(order, c.serial)
		}
	}
	j.mu.Unlock()
	slices.SortFunc(all, func(a, b fileCookie) int { return cmp.Compare(order[a.index], order[b.index]) })
	return all
}

func (j *CookieJar) save(w io.Writer, name string, o *CookieFileOptions) (CookieFileReport, error) {
	if o == nil {
		o = &CookieFileOptions{}
	}
	var report CookieFileReport
	format, err := o.format(name)
	if err != nil {
		return report, err
	}
	total := j.Len()
	all := j.snapshot(j.now().UnixMicro())
	report.Expired = max(0, total-len(all))
	if o.DropSessions {
		kept := slices.DeleteFunc(all, func(c fileCookie) bool { return c.Expiry.IsZero() })
		report.Sessions = len(all) - len(kept)
		all = kept
	}
	out := bufio.NewWriter(w)
	switch foreign := foreignNamed(format); {
	case foreign != nil:
		err = foreign.write(out, all, &report)
	case format == formatJSON:
		err = j.writeJSON(out, all, &report)
	default:
		err = writeCookiesTxt(out, all, &report)
	}
	return report, errors.Join(err, out.Flush())
}

func (j *CookieJar) load(r io.Reader, name string, o *CookieFileOptions) (CookieFileReport, error) {
	if o == nil {
		o = &CookieFileOptions{}
	}
	format, err := o.format(name)
	if err != nil {
		return CookieFileReport{}, err
	}
	l := cookieLoader{jar: j, file: name, options: o, now: j.now(), foreign: o.Format != formatJSON}
	in := bufio.NewReader(r)
	if format != formatCookiesTxt || o.Format == "" && beginsJSON(in) {
		l.readJSON(in)
	} else {
		l.readCookiesTxt(in)
	}
	l.store()
	if more := l.refusals - len(l.wrong); more > 0 {
		l.wrong = append(l.wrong, &CookieFileError{File: name, Err: fmt.Errorf("%d more are wrong", more)})
	}
	return l.report, errors.Join(l.wrong...)
}

// A cookieLoader is a load.
type cookieLoader struct {
	jar      *CookieJar
	file     string
	options  *CookieFileOptions
	now      time.Time
	cookies  []fileCookie
	report   CookieFileReport
	wrong    []error
	refusals int

	foreign bool     // JSON of other programs is taken, too
	list    bool     // the JSON is a list
	own     bool     // a cookie of the package's own JSON was there
	wrapped bool     // the object is the result in a message of the DevTools protocol
	listed  bool     // an object's list of cookies was there
	unknown []string // keys around the cookies that the package's own JSON does not have
}

// maxCookieFileErrors is how many errors a load keeps.
const maxCookieFileErrors = 100

// fail notes what is wrong.
func (l *cookieLoader) fail(e *CookieFileError) {
	l.refusals++
	if e.Line > 0 || e.Cookie > 0 {
		l.report.Refused++
	}
	if len(l.wrong) < maxCookieFileErrors {
		e.File = l.file
		l.wrong = append(l.wrong, e)
	}
}

// take takes a cookie of the file, if nothing is wrong with it.
func (l *cookieLoader) take(c fileCookie, at CookieFileError) {
	at.Name = c.Name
	rules := &l.jar.rules
	if c.SameSite == "none" && rules.NoneIsDefault {
		c.SameSite = "unset"
	}
	if rules.AddressHostOnly && isAddress(c.Host) {
		c.HostOnly = true
	}
	if at.Refusal, at.Err = l.jar.check(&c.Cookie); at.Err != nil {
		l.fail(&at)
		return
	}
	switch {
	case c.Expiry.IsZero():
		if l.options.DropSessions {
			l.report.Sessions++
			return
		}
	case !c.Expiry.After(l.now):
		l.report.Expired++
		return
	default:
		c.Expiry = earlier(c.Expiry, l.now.Add(rules.maxLifetime()))
	}
	c.Creation, c.LastAccess = earlier(c.Creation, l.now), earlier(c.LastAccess, l.now)
	c.index = len(l.cookies)
	l.cookies = append(l.cookies, c)
}

// earlier is the earlier one of two times.
func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// check says what is wrong with a cookie that comes from a file: all the rules
// of "parse a cookie" and "store a cookie" that don't ask for the request.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-store-a-cookie
func (j *CookieJar) check(c *Cookie) (CookieRefusal, error) {
	rule := func(r CookieRefusal, what, value string) (CookieRefusal, error) {
		return r, fmt.Errorf("%s %s: %s", what, quote(value), r.Rule())
	}
	parsed, refusal := j.rules.parse(c.Name+"="+c.Value, time.Time{}, time.Time{})
	switch {
	case refusal == refusedTooLong:
		return refusal, fmt.Errorf("%d bytes: %s", len(c.Name)+len(c.Value), refusal.Rule())
	case refusal != "":
		return rule(refusal, "value", c.Value)
	case parsed.Name != c.Name || parsed.Value != c.Value:
		return "", fmt.Errorf("name %s, value %s: no Set-Cookie header could have set them", quote(c.Name), quote(c.Value))
	}
	host, err := origin.ParseHost(c.Host)
	if err != nil || host != c.Host {
		return rule(refusedInvalidDomain, "host", c.Host)
	}
	public := isPublicSuffix(host, j.suffixes)
	if _, listed := listedDomain(host); public && (!c.HostOnly || j.rules.SuffixBarred && listed) {
		return rule(refusedPublicSuffix, "host", host)
	}
	switch {
	case len(host) > maxHost:
		return rule(refusedLongHost, "host", host)
	case len(c.Path) > j.rules.maxPath():
		return rule(refusedLongPath, "path", c.Path)
	case !strings.HasPrefix(c.Path, "/"):
		return "", fmt.Errorf("path %s: a path begins with /", quote(c.Path))
	case strings.IndexByte(c.Path, ';') >= 0 || strings.ContainsFunc(c.Path, func(r rune) bool { return r < ' ' && r != '\t' }):
		return rule(refusedControl, "path", c.Path)
	case c.Partitioned && c.Partition == (CookiePartition{}):
		return "", errors.New("it is Partitioned, and in no partition")
	}
	sameSite, _ := c.SameSite.parsed()
	set := parsedCookie{Name: c.Name, Value: c.Value, Path: c.Path, SameSite: sameSite, Secure: c.Secure, HTTPOnly: c.HTTPOnly, Partitioned: c.Partitioned}
	if refusal := j.rules.judgeAttributes(&set, c.HostOnly, c.Path); refusal != "" {
		return refusal, errors.New(refusal.Rule())
	}
	return "", nil
}

// loadAtOnce is how many cookies are loaded without giving others a chance to
// use the jar.
const loadAtOnce = 128

// store puts what was taken into the jar: what was used longest ago first, so
// that it goes first where there are too many.
func (l *cookieLoader) store() {
	j := l.jar
	byUse := slices.Clone(l.cookies)
	slices.SortStableFunc(byUse, func(a, b fileCookie) int {
		return cmp.Or(cmp.Compare(a.used, b.used), a.LastAccess.Compare(b.LastAccess))
	})
	loaded := make([]*storedCookie, len(l.cookies)) // in the file's order
	var last lastDomain
	for part := range slices.Chunk(byUse, loadAtOnce) {
		l.storePart(part, loaded, &last)
	}

	j.mu.Lock()
	defer j.mu.Unlock()
	stayed := make(map[*storedCookie]bool, j.recent.Len())
	for c := j.recent.Oldest(); c != nil; c = j.recent.Newer(c) {
		stayed[c] = true
	}
	loaded = slices.DeleteFunc(loaded, func(c *storedCookie) bool { return !stayed[c] })
	for _, c := range loaded {
		delete(stayed, c)
	}
	others := slices.SortedFunc(maps.Keys(stayed), func(a, b *storedCookie) int { return cmp.Compare(a.serial, b.serial) })
	l.report.Cookies = len(loaded)
	l.report.Dropped = len(l.cookies) - len(loaded)
	j.renumber(others, loaded)
}

// storePart puts some of the cookies into the jar and notes where they are.
func (l *cookieLoader) storePart(part []fileCookie, loaded []*storedCookie, last *lastDomain) {
	j := l.jar
	j.mu.Lock()
	defer j.unlock()
	j.removeExpired(l.now.UnixMicro())
	for i := range part {
		f := &part[i]
		sameSite, _ := f.SameSite.parsed()
		set := parsedCookie{
			Name: f.Name, Value: f.Value, Expiry: f.Expiry, SameSite: sameSite,
			Secure: f.Secure, HTTPOnly: f.HTTPOnly, Partitioned: f.Partitioned,
		}
		p := placing{jar: j, cookie: set, host: f.Host, hostOnly: f.HostOnly, path: f.Path, partition: f.Partition}
		p.domain = domainKey{p.partition, last.of(p.host, j.suffixes)}
		c := p.stored(f.Creation)
		c.access = f.LastAccess.UnixMicro()
		j.serial++
		c.serial = j.serial
		if old := j.find(&p); old != nil {
			j.remove(old)
			p.home = nil
		}
		j.add(c, &p)
		j.removeExcess(c)
		loaded[f.index] = c
	}
}

// renumber merges two lists that are in the order of creation, which are all
// cookies of the jar.
func (j *CookieJar) renumber(before, loaded []*storedCookie) {
	j.serial = 0
	for len(before) > 0 || len(loaded) > 0 {
		from := &before
		if len(before) == 0 || len(loaded) > 0 && loaded[0].creation < before[0].creation {
			from = &loaded
		}
		j.serial++
		(*from)[0].serial = j.serial
		*from = (*from)[1:]
	}
	for _, h := range j.hosts {
		slices.SortFunc(h.plain, j.compare)
		for _, list := range h.partitions {
			slices.SortFunc(list, j.compare)
		}
	}
}

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
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/browsercors/browsercors/origin"
)

// A CookieFormat is how cookies are written down.
type CookieFormat uint8

const (
	// CookieFormatByName is JSON for a file whose name ends in .json, and
	// cookies.txt for any other. What has no name is JSON.
	CookieFormatByName CookieFormat = iota

	// CookieJSON has everything there is of a cookie, and the order in which
	// cookies are sent and dropped. What the format does not know is an error.
	CookieJSON

	// CookiesTxt is Netscape's cookies.txt as curl and yt-dlp read and write it.
	// It has no column for a partition, so that cookies in one are left out; nor
	// for SameSite and for the times of creation and last access, so that what is
	// loaded has no SameSite and is as old as the load. Nor can it hold a tab, or
	// say that it was cut off at the end of a line or within the last value. A
	// cookie without a name becomes, to curl, one without a value.
	CookiesTxt
)

// of is the format of a file.
func (f CookieFormat) of(name string) CookieFormat {
	switch {
	case f != CookieFormatByName:
		return f
	case name == "" || strings.EqualFold(filepath.Ext(name), ".json"):
		return CookieJSON
	}
	return CookiesTxt
}

// CookieFileOptions say how cookies are saved and loaded. Nil, or the zero
// value, keeps all that the format can keep.
type CookieFileOptions struct {
	Format CookieFormat

	// DropSessions leaves out cookies without an expiry, which a browser forgets
	// when it ends.
	DropSessions bool
}

// A CookieFileReport counts what became of cookies that were saved or loaded.
type CookieFileReport struct {
	Cookies int // saved; or loaded, and in the jar now

	// What was left out:
	Expired     int // their time is up
	Sessions    int // by [CookieFileOptions.DropSessions]
	Partitioned int // saving: in a partition that the format can't name
	Unwritable  int // saving: with a tab or line break, which cookies.txt can't hold
	Refused     int // loading: wrong, each with its error
	Dropped     int // loading: beyond the jar's limits, or a later one of the file took the place

	// Weakened are cookies that were saved without their SameSite attribute.
	Weakened int
}

// A CookieFileError is what is wrong with one cookie of a file, or with the
// file.
type CookieFileError struct {
	File   string // "" for a reader
	Line   int    // of cookies.txt, from 1; else 0
	Cookie int    // in JSON, from 1; else 0
	Name   string // of the cookie, as far as it is known

	// Refusal is the rule of cookies that is broken; CookieAccepted if it is one
	// of the file's format.
	Refusal CookieRefusal
	Err     error // in words, with the value
}

// Error says where, and what.
func (e *CookieFileError) Error() string {
	at := "credentials: cookies"
	if e.File != "" {
		at = "credentials: " + e.File
	}
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

// Save writes the cookies of the jar that have not expired, in the order of
// their creation. The report is about what was handed to w.
func (j *CookieJar) Save(w io.Writer, o *CookieFileOptions) (CookieFileReport, error) {
	return j.save(w, "", o)
}

// SaveFile saves the cookies to a file that only its owner may read. It is
// written beside the old one and takes its place when all of it is on the disk:
// whoever crashes, or loses power, has the old file or the new one, and perhaps a
// temporary one with a name that begins with that of the file and a dot. What is
// no regular file, such as a pipe, is written to; a symbolic link is followed.
func (j *CookieJar) SaveFile(name string, o *CookieFileOptions) (CookieFileReport, error) {
	var report CookieFileReport
	err := replaceFile(name, os.Rename, func(w io.Writer) (err error) {
		report, err = j.save(w, name, o)
		return err
	})
	if err != nil {
		return report, fmt.Errorf("credentials: saving cookies: %w", err)
	}
	return report, nil
}

// Load puts saved cookies into the jar: whatever set them and from wherever, as
// if they had been there, but by the jar's own rules for names, values, hosts,
// public suffixes, paths, prefixes, lifetimes and numbers. They take the place of
// those of the same name, host, path and partition, and count as used after
// those in the jar. What has expired is left out.
//
// What is wrong is left out too and the rest kept: the error then joins a
// [*CookieFileError] for each, for the first hundred, of what was refused. A file
// that breaks off yields what comes before. JSON of a version that is unknown
// yields nothing.
func (j *CookieJar) Load(r io.Reader, o *CookieFileOptions) (CookieFileReport, error) {
	return j.load(r, "", o)
}

// LoadFile is [CookieJar.Load] from a file. Where there is none the error is an
// [fs.ErrNotExist].
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
	all := make([]fileCookie, 0, j.recent.length)
	order := make([]uint64, 0, j.recent.length)
	for c := j.recent.tail; c != nil; c = c.prev {
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
	total := j.Len()
	all := j.snapshot(j.now().UnixMicro())
	report.Expired = max(0, total-len(all))
	if o.DropSessions {
		kept := slices.DeleteFunc(all, func(c fileCookie) bool { return c.Expiry.IsZero() })
		report.Sessions = len(all) - len(kept)
		all = kept
	}
	out := bufio.NewWriter(w)
	var err error
	if o.Format.of(name) == CookieJSON {
		err = j.writeJSON(out, all, &report)
	} else {
		err = writeCookiesTxt(out, all, &report)
	}
	return report, errors.Join(err, out.Flush())
}

func (j *CookieJar) load(r io.Reader, name string, o *CookieFileOptions) (CookieFileReport, error) {
	if o == nil {
		o = &CookieFileOptions{}
	}
	l := cookieLoader{jar: j, file: name, options: o, now: j.now()}
	if o.Format.of(name) == CookieJSON {
		l.readJSON(r)
	} else {
		l.readCookiesTxt(r)
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
	if c.SameSite == SameSiteNone && rules.NoneIsDefault {
		c.SameSite = SameSiteUnset
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
	parsed, refusal := j.rules.Parse(c.Name+"="+c.Value, time.Time{}, time.Time{})
	switch {
	case refusal == CookieTooLong:
		return refusal, fmt.Errorf("%d bytes: %s", len(c.Name)+len(c.Value), refusal.Rule())
	case refusal != CookieAccepted:
		return rule(refusal, "value", c.Value)
	case parsed.Name != c.Name || parsed.Value != c.Value:
		return 0, fmt.Errorf("name %s, value %s: no Set-Cookie header could have set them", quote(c.Name), quote(c.Value))
	}
	host, err := origin.ParseHost(c.Host)
	if err != nil || host != c.Host {
		return rule(CookieInvalidDomain, "host", c.Host)
	}
	public := isPublicSuffix(host, j.suffixes)
	if _, listed := listedDomain(host); public && (!c.HostOnly || j.rules.SuffixBarred && listed) {
		return rule(CookiePublicSuffix, "host", host)
	}
	switch {
	case len(host) > maxHost:
		return rule(CookieLongHost, "host", host)
	case len(c.Path) > j.rules.maxPath():
		return rule(CookieLongPath, "path", c.Path)
	case !strings.HasPrefix(c.Path, "/"):
		return 0, fmt.Errorf("path %s: a path begins with /", quote(c.Path))
	case strings.IndexByte(c.Path, ';') >= 0 || strings.ContainsFunc(c.Path, func(r rune) bool { return r < ' ' && r != '\t' }):
		return rule(CookieControl, "path", c.Path)
	case c.Partitioned && c.Partition == (CookiePartition{}):
		return 0, errors.New("it is Partitioned, and in no partition")
	}
	set := SetCookie{Name: c.Name, Value: c.Value, Path: c.Path, SameSite: c.SameSite, Secure: c.Secure, HTTPOnly: c.HTTPOnly, Partitioned: c.Partitioned}
	if refusal := j.rules.judgeAttributes(&set, c.HostOnly, c.Path); refusal != CookieAccepted {
		return refusal, errors.New(refusal.Rule())
	}
	return CookieAccepted, nil
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
	stayed := make(map[*storedCookie]bool, j.recent.length)
	for c := j.recent.tail; c != nil; c = c.prev {
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
		set := SetCookie{
			Name: f.Name, Value: f.Value, Expiry: f.Expiry, SameSite: f.SameSite,
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

// replaceFile replaces a file by what write writes, all of it or nothing.
func replaceFile(name string, rename func(from, to string) error, write func(io.Writer) error) (err error) {
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
	}
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		return errors.Join(write(f), f.Close())
	}
	dir := filepath.Dir(name)
	f, err := os.CreateTemp(dir, filepath.Base(name)+".*.tmp") // of mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err := errors.Join(write(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := rename(f.Name(), name); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir has the names in a directory written to the disk, where the system
// can do that.
func syncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := dir.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return nil
}

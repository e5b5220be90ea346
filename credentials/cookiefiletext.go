package credentials

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/browsercors/browsercors/origin"
)

// The first line of cookies.txt, without which Python reads none; and what
// marks a cookie that is HttpOnly in a line that looks like a comment.
const (
	cookiesTxtHeader = "# Netscape HTTP Cookie File\n"
	httpOnlyPrefix   = "#HttpOnly_"
)

// unwritable is what would end a column, a line or a C string.
const unwritable = "\t\r\n\x00"

// maxCookieLine is how long a line of cookies.txt may be.
const maxCookieLine = 1 << 20

// writeCookiesTxt writes cookies as cookies.txt. A cookie that goes to the hosts
// below its own has a host with a leading dot, as Python insists on.
func writeCookiesTxt(w *bufio.Writer, all []fileCookie, report *CookieFileReport) error {
	w.WriteString(cookiesTxtHeader)
	w.WriteString("# Host, below it too, path, https only, expiry, name, value. Written by browsercors.\n\n")
	for i := range all {
		c := &all[i]
		switch {
		case c.Partition != (CookiePartition{}):
			report.Partitioned++
			continue
		case strings.ContainsAny(c.Name, unwritable) || strings.ContainsAny(c.Value, unwritable) || strings.ContainsAny(c.Path, unwritable):
			report.Unwritable++
			continue
		}
		if c.SameSite != "unset" {
			report.Weakened++
		}
		report.Cookies++
		if c.HTTPOnly {
			w.WriteString(httpOnlyPrefix)
		}
		if !c.HostOnly {
			w.WriteByte('.')
		}
		expiry := int64(0)
		if !c.Expiry.IsZero() {
			expiry = max(1, c.Expiry.Unix())
		}
		_, err := fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%s\t%s\n",
			strings.Trim(c.Host, "[]"), yes(!c.HostOnly), c.Path, yes(c.Secure), expiry, c.Name, c.Value)
		if err != nil {
			return err
		}
	}
	return nil
}

// yes is a truth value in cookies.txt.
func yes(b bool) string {
	if b {
		return "TRUE"
	}
	return "FALSE"
}

// readCookiesTxt takes the cookies of a cookies.txt.
func (l *cookieLoader) readCookiesTxt(in *bufio.Reader) {
	for n := 1; ; n++ {
		line, whole, err := readLine(in)
		if n == 1 {
			if line = strings.TrimPrefix(line, "\ufeff"); strings.HasPrefix(line, "{") || strings.HasPrefix(line, "[{") || line == "[" {
				l.fail(&CookieFileError{Err: errors.New("it begins as JSON does, and not as cookies.txt; the name of a file in JSON ends in .json")})
				return
			}
		}
		switch {
		case err == bufio.ErrTooLong:
			l.fail(&CookieFileError{Line: n, Err: fmt.Errorf("the line is longer than %d bytes", maxCookieLine)})
		case err != nil && err != io.EOF:
			l.fail(&CookieFileError{Err: err})
			return
		default:
			l.readCookieLine(line, whole, n)
		}
		if err == io.EOF {
			return
		}
	}
}

// readLine reads a line, and whether its end is there. One that is too long is
// passed over.
func readLine(in *bufio.Reader) (line string, whole bool, err error) {
	var b strings.Builder
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if long = long || b.Len()+len(part) > maxCookieLine; !long {
			b.Write(part)
		}
		switch {
		case err == bufio.ErrBufferFull:
		case long && err == nil:
			return "", true, bufio.ErrTooLong
		default:
			line, whole = strings.CutSuffix(b.String(), "\n")
			return strings.TrimSuffix(line, "\r"), whole, err
		}
	}
}

// readCookieLine takes the cookie of a line, if there is one. A line of six
// columns is one whose value is empty, as curl has it, unless it may have been
// cut off.
func (l *cookieLoader) readCookieLine(line string, whole bool, n int) {
	line, httpOnly := strings.CutPrefix(line, httpOnlyPrefix)
	if !httpOnly && strings.HasPrefix(line, "#") || strings.Trim(line, " \t") == "" {
		return
	}
	at := CookieFileError{Line: n}
	columns := strings.Split(line, "\t")
	if len(columns) == 6 && whole {
		columns = append(columns, "")
	}
	if len(columns) != 7 {
		at.Err = fmt.Errorf("%d columns, want seven, separated by tabs", len(columns))
		if n := len(strings.Fields(line)); len(columns) < 6 && (n == 6 || n == 7) {
			at.Err = fmt.Errorf("there are blanks where tabs should be: seven columns are separated by tabs")
		}
		l.fail(&at)
		return
	}
	c := fileCookie{Cookie: Cookie{
		Name: columns[5], Value: columns[6], Path: columns[2], HTTPOnly: httpOnly,
		Creation: l.now, LastAccess: l.now,
	}}
	host := bracketed(strings.TrimPrefix(columns[0], "."))
	var below bool
	var wrong [4]error
	if c.Host, wrong[0] = origin.ParseHost(host); wrong[0] != nil {
		wrong[0] = fmt.Errorf("host %s: %w", quote(columns[0]), wrong[0])
	}
	below, wrong[1] = parseYes(columns[1])
	c.Secure, wrong[2] = parseYes(columns[3])
	c.Expiry, wrong[3] = parseExpiry(columns[4])
	c.HostOnly = !below
	if at.Err = errors.Join(wrong[:]...); at.Err != nil {
		at.Name = c.Name
		l.fail(&at)
		return
	}
	l.take(c, at)
}

// parseYes reads a truth value.
func parseYes(s string) (bool, error) {
	switch {
	case equalFold(s, "true"):
		return true, nil
	case equalFold(s, "false"):
		return false, nil
	}
	return false, fmt.Errorf("%s is not TRUE or FALSE", quote(s))
}

// parseExpiry reads a time of expiry, in seconds of Unix time, with a fraction as
// Chrome's extensions write it; 0, nothing, or a negative number, is that of a
// session's cookie.
func parseExpiry(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if strings.Trim(s, "0123456789.-") != "" {
		return time.Time{}, fmt.Errorf("expiry %s is not a number of seconds", quote(s))
	}
	seconds, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return time.Time{}, fmt.Errorf("expiry %s is not a number of seconds", quote(s))
	}
	return timeOf(seconds), nil
}

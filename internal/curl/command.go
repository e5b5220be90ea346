// Package curl knows curl's command line: what its flags ask a page for, and which
// mean nothing to a page. It reads such a line as a shell would, without running
// anything and without opening a file that the line names.
package curl

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/browsercors/browsercors/internal/text"
)

// A Command is a command line of curl's that was read and not run.
type Command struct {
	Request
	URLs      []string
	Cookie    string // -b: cookies, or a file's name
	User      string // -u: name:password
	UserAgent string
	Referer   string
	Follow    bool     // -L
	Files     []string // the files that it names for headers or data, which were not read
}

// other are the flags of curl that say how a server is reached, what is kept and
// what is printed, with which a page's request has nothing to do.
var other = []struct {
	name, short string
	value       bool
}{
	{"insecure", "k", false},
	{"include", "i", false},
	{"show-headers", "", false},
	{"verbose", "v", false},
	{"fail", "f", false},
	{"fail-with-body", "", false},
	{"output", "o", true},
	{"remote-name", "O", false},
	{"output-dir", "", true},
	{"create-dirs", "", false},
	{"dump-header", "D", true},
	{"cookie-jar", "c", true},
	{"cert", "E", true},
	{"key", "", true},
	{"cacert", "", true},
	{"resolve", "", true},
	{"connect-to", "", true},
	{"max-time", "m", true},
	{"connect-timeout", "", true},
	{"proxy", "x", true},
	{"proxy-user", "U", true},
	{"noproxy", "", true},
	{"unix-socket", "", true},
	{"ipv4", "4", false},
	{"ipv6", "6", false},
	{"http1.1", "", false},
	{"socks5", "", true},
	{"socks5-hostname", "", true},
}

// Parse reads the words of a command line, the first of which may be curl.
func Parse(words []string) (*Command, error) {
	if next := slices.IndexFunc(words, func(w string) bool { return w == "--next" || w == "-:" }); next >= 0 {
		words = words[:next] // of several requests the first
	}
	c := new(Command)
	flags := c.flags()
	if err := flags.Parse(WithoutCurl(words)); err != nil && !errors.Is(err, pflag.ErrHelp) {
		return nil, errors.New(text.Clean(err.Error()))
	}
	c.URLs = append(c.URLs, flags.Args()...)
	return c, nil
}

// flags are those of curl that are known.
func (c *Command) flags() *pflag.FlagSet {
	flags := pflag.NewFlagSet("curl", pflag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	flags.ParseErrorsAllowlist.UnknownFlags = true
	c.Request.Add(flags, func(name string) ([]byte, error) {
		c.Files = append(c.Files, name)
		return nil, nil
	})
	flags.StringArrayVar(&c.URLs, "url", nil, "")
	flags.StringVarP(&c.Cookie, "cookie", "b", "", "")
	flags.StringVarP(&c.User, "user", "u", "", "")
	flags.StringVarP(&c.UserAgent, "user-agent", "A", "", "")
	flags.StringVarP(&c.Referer, "referer", "e", "", "")
	flags.BoolVarP(&c.Follow, "location", "L", false, "")
	for _, f := range other {
		flags.AddFlag(ignoring(f.name, f.short, f.value))
	}
	AddIgnored(flags, nil)
	return flags
}

// Flag is the flag of curl's with that name, nil if there is none that is known.
func Flag(name string) *pflag.Flag { return new(Command).flags().Lookup(name) }

// ignoring is a flag whose value does not matter.
func ignoring(name, short string, value bool) *pflag.Flag {
	f := &pflag.Flag{Name: name, Shorthand: short, Value: unused{}}
	if !value {
		f.NoOptDefVal = "true"
	}
	return f
}

// unused is the value of a flag that does not matter.
type unused struct{}

func (unused) String() string   { return "" }
func (unused) Type() string     { return "value" }
func (unused) Set(string) error { return nil }

// Split reads the command line that a text begins with, as a POSIX shell, cmd.exe or
// PowerShell would where "Copy as cURL" of a browser is made for them. It ends at a
// line break that nothing continues, or at an operator; end is where. No variable
// and no substitution is replaced.
func Split(line string) (words []string, end int) {
	switch {
	case strings.Contains(line, "^\"") || strings.Contains(line, "^\n") || strings.Contains(line, "^\r\n"):
		return splitCmd(line)
	case strings.Contains(line, "`\n") || strings.Contains(line, "`\r\n"):
		return splitShell(line, '`')
	}
	return splitShell(line, '\\')
}

// splitShell splits as a shell does that has an escape character.
func splitShell(s string, escape byte) (words []string, end int) {
	var word strings.Builder
	in := false // a word
	flush := func() {
		if in {
			words = append(words, word.String())
			word.Reset()
			in = false
		}
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == escape && i+1 < len(s):
			i++
			switch {
			case s[i] == '\n':
			case s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n':
				i++
			default:
				in = true
				word.WriteByte(s[i])
			}
		case c == '\n', !in && c == '#' && i > 0:
			flush()
			return words, i
		case c == ' ' || c == '\t' || c == '\r':
			flush()
		case c == '|' || c == ';' || c == '&' || c == '>' || c == '<' || c == ')':
			if c == '>' && (word.String() == "2" || word.String() == "1") { // a file descriptor
				word.Reset()
				in = false
			}
			flush()
			for i < len(s) && s[i] != '\n' {
				i++
			}
			return words, i
		case c == '$' && i+1 < len(s) && s[i+1] == '\'' && escape == '\\':
			in = true
			i = quotedANSI(s, i+2, &word)
		case c == '\'' || c == '"':
			in = true
			i = quoted(s, i+1, c, escape, &word)
		default:
			in = true
			word.WriteByte(c)
		}
	}
	flush()
	return words, len(s)
}

// quoted reads up to a quotation mark, and is where that is. In double quotes an
// escape character counts.
func quoted(s string, i int, quote, escape byte, word *strings.Builder) int {
	for ; i < len(s); i++ {
		switch c := s[i]; {
		case c == quote:
			if escape == '`' && i+1 < len(s) && s[i+1] == quote { // PowerShell doubles it
				i++
				word.WriteByte(quote)
				continue
			}
			return i
		case c == escape && quote == '"' && i+1 < len(s):
			next := s[i+1]
			switch {
			case next == '\n':
			case escape == '`' || strings.IndexByte("\"\\$`!", next) >= 0:
				word.WriteByte(next)
			default:
				word.WriteByte(c)
				word.WriteByte(next)
			}
			i++
		default:
			word.WriteByte(c)
		}
	}
	return i
}

// quotedANSI reads the rest of $'…', which browsers use for characters that are not
// ASCII and for line breaks.
func quotedANSI(s string, i int, word *strings.Builder) int {
	for ; i < len(s); i++ {
		c := s[i]
		if c == '\'' {
			return i
		}
		if c != '\\' || i+1 == len(s) {
			word.WriteByte(c)
			continue
		}
		i++
		switch s[i] {
		case 'n':
			word.WriteByte('\n')
		case 'r':
			word.WriteByte('\r')
		case 't':
			word.WriteByte('\t')
		case 'u', 'x':
			most := 4
			if s[i] == 'x' {
				most = 2
			}
			code, n := rune(0), 0
			for n < most && i+1 < len(s) {
				digit := strings.IndexByte("0123456789abcdef", s[i+1]|0x20)
				if s[i+1] >= '0' && s[i+1] <= '9' {
					digit = int(s[i+1] - '0')
				}
				if digit < 0 {
					break
				}
				code = code<<4 | rune(digit)
				n++
				i++
			}
			word.WriteRune(code)
		default:
			word.WriteByte(s[i])
		}
	}
	return i
}

// splitCmd splits as cmd.exe and the programs that it starts do: a caret escapes
// what follows, and then quotation marks, with backslashes before those within,
// hold words together.
func splitCmd(s string) (words []string, end int) {
	var plain strings.Builder
	end = len(s)
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == '^' && i+1 < len(s) {
			i++
			switch {
			case s[i] == '\r' && i+1 < len(s) && s[i+1] == '\n':
				i++
			case s[i] != '\n':
				plain.WriteByte(s[i])
			}
			continue
		}
		if c == '\n' {
			end = i
			break
		}
		plain.WriteByte(c)
	}
	line := plain.String()
	var word strings.Builder
	in, quotes := false, false
	for i := 0; i < len(line); i++ {
		c := line[i]
		switch {
		case c == '\\' && i+1 < len(line) && line[i+1] == '"':
			i++
			in = true
			word.WriteByte('"')
		case c == '"' && quotes && i+1 < len(line) && line[i+1] == '"':
			i++
			word.WriteByte('"')
		case c == '"':
			quotes, in = !quotes, true
		case !quotes && (c == ' ' || c == '\t' || c == '\r'):
			if in {
				words = append(words, word.String())
				word.Reset()
				in = false
			}
		case !quotes && (c == '|' || c == '&'):
			i = len(line)
		default:
			in = true
			word.WriteByte(c)
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words, end
}

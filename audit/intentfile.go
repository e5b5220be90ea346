package audit

import (
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/document"
	"github.com/browsercors/browsercors/internal/text"
)

// The bounds of what an intent's file is read of.
const (
	maxBytes = 16 << 20
	maxDepth = 100
	maxParts = 100_000 // with what YAML's aliases stand for
)

// A part is what a file says at a key, in either format.
type part document.Node

func (p part) part(n int) part { return part(p.Nodes[n]) }

// ReadIntent reads an intent from JSON, or from YAML if the name ends in ".yaml"
// or ".yml", and checks it. Its errors are [*Error] and have the name; what
// [Intent.Check] finds is joined.
func ReadIntent(name string, r io.Reader) (*Intent, error) {
	whole, err := document.Read(r, document.IsYAML(name), document.Limits{Bytes: maxBytes, Depth: maxDepth, Nodes: maxParts})
	if err != nil {
		return nil, &Error{File: name, Line: err.Line, Err: err.Err}
	}
	i := new(Intent)
	lines := make(map[string]int)
	if wrong := i.read(part(*whole), lines); wrong != nil {
		wrong.File = name
		return nil, wrong
	}
	if _, err := i.resolve(name, lines); err != nil {
		return nil, err
	}
	return i, nil
}

// read takes the intent from a file, and the lines of all keys in it.
func (i *Intent) read(whole part, lines map[string]int) *Error {
	var uses []document.Node
	if err := whole.object("", lines, map[string]any{
		"base": &i.Base, "allow": &i.Allow, "refuse": &i.Refuse, "schemes": &i.Schemes, "uses": &uses, "accept": &i.Accept,
	}); err != nil {
		return err
	}
	for n, p := range uses {
		var u Use
		var page *document.Node
		at := key("uses", n) + "."
		if err := part(p).object(at, lines, map[string]any{
			"name": &u.Name, "url": &u.URL, "method": &u.Method, "headers": &u.Headers, "body": &u.Body,
			"credentials": &u.Credentials, "cookies": &u.Cookies, "read": &u.Read, "readIfSent": &u.ReadIfSent, "reads": &u.Reads, "preflightCached": &u.PreflightCached,
			"element": &u.Element, "api": &u.API, "type": &u.Type, "crossorigin": &u.CrossOrigin, "integrity": &u.Integrity, "protocols": &u.Protocols, "readable": &u.Readable, "page": &page,
		}); err != nil {
			return err
		}
		if page != nil {
			if err := part(*page).object(at+"page.", lines, map[string]any{
				"embedderPolicy": (*string)(&u.EmbedderPolicy), "referrerPolicy": (*string)(&u.ReferrerPolicy), "contentSecurityPolicy": &u.ContentSecurityPolicy,
				"contentSecurityPolicyReportOnly": &u.ContentSecurityPolicyReportOnly, "integrityPolicy": &u.IntegrityPolicy, "integrityPolicyReportOnly": &u.IntegrityPolicyReportOnly,
				"connectionAllowlist": &u.ConnectionAllowlist, "connectionAllowlistReportOnly": &u.ConnectionAllowlistReportOnly, "addressSpace": (*string)(&u.AddressSpace),
			}); err != nil {
				return err
			}
		}
		i.Uses = append(i.Uses, u)
	}
	return nil
}

// object reads an object whose keys are those of fields, each at most once. The
// path is that of the object, with what goes before its keys.
func (p part) object(path string, lines map[string]int, fields map[string]any) *Error {
	whole := strings.TrimSuffix(path, ".")
	lines[whole] = p.Line
	if p.Kind != document.Object {
		return p.not(whole, document.Object)
	}
	for n, name := range p.Keys {
		into, ok := fields[name]
		value := p.part(n)
		lines[path+name] = value.Line
		switch {
		case slices.Contains(p.Keys[:n], name):
			return value.wrong(path+name, "is given twice")
		case !ok:
			known, hint := slices.Sorted(maps.Keys(fields)), ""
			if meant, ok := text.Closest(name, known); ok {
				hint = "; did you mean " + meant + "?"
			}
			return value.wrong(path+name, "is unknown, want one of %s%s", strings.Join(known, ", "), hint)
		}
		if err := value.into(path+name, lines, into); err != nil {
			return err
		}
	}
	return nil
}

// into reads a part into what a pointer points to.
func (p part) into(path string, lines map[string]int, into any) *Error {
	var err *Error
	switch into := into.(type) {
	case *string:
		*into, err = p.string(path)
	case *credentials.Mode:
		var mode string
		mode, err = p.string(path)
		*into = credentials.Mode(mode)
	case *bool:
		if p.Kind != document.Boolean {
			return p.not(path, document.Boolean)
		}
		*into = strings.EqualFold(p.Text, "true")
	case **document.Node:
		node := document.Node(p)
		*into = &node
	case *time.Duration:
		*into, err = p.duration(path)
	case *[]string:
		*into, err = stringsOf[string](p, path, lines)
	case *[]FindingID:
		*into, err = stringsOf[FindingID](p, path, lines)
	case *map[string]string:
		if p.Kind != document.Object {
			return p.not(path, document.Object+" of text")
		}
		*into = make(map[string]string, len(p.Keys))
		for n, name := range p.Keys {
			at := path + "." + name
			lines[at] = p.Nodes[n].Line
			if _, twice := (*into)[name]; twice {
				return p.part(n).wrong(at, "is given twice")
			}
			if (*into)[name], err = p.part(n).string(at); err != nil {
				return err
			}
		}
	case *[]document.Node:
		if p.Kind != document.List {
			return p.not(path, document.List)
		}
		*into = p.Nodes
	}
	return err
}

func stringsOf[T ~string](p part, path string, lines map[string]int) ([]T, *Error) {
	if p.Kind != document.List {
		return nil, p.not(path, document.List+" of text")
	}
	list := make([]T, len(p.Nodes))
	for n := range p.Nodes {
		element := p.part(n)
		at := key(path, n)
		lines[at] = element.Line
		s, err := element.string(at)
		if err != nil {
			return nil, err
		}
		list[n] = T(s)
	}
	return list, nil
}

func (p part) string(path string) (string, *Error) {
	if p.Kind != document.Text {
		return "", p.not(path, document.Text)
	}
	return p.Text, nil
}

func (p part) duration(path string) (time.Duration, *Error) {
	const want = `a duration such as "10m" or "2h"`
	if p.Kind != document.Text {
		return 0, p.wrong(path, "is %s where %s is wanted", p.Kind, want)
	}
	d, err := time.ParseDuration(p.Text)
	if err != nil {
		return 0, p.wrong(path, "%.80q is not %s", p.Text, want)
	}
	return d, nil
}

// not is a part of another kind than is wanted.
func (p part) not(path string, want document.Kind) *Error {
	hint := ""
	if want == document.Text && (p.Kind == document.Number || p.Kind == document.Boolean || p.Kind == document.Null) {
		hint = ": put it in quotes"
	}
	return p.wrong(path, "is %s where %s is wanted%s", p.Kind, want, hint)
}

func (p part) wrong(path, format string, args ...any) *Error {
	err := wrong(path, format, args...)
	err.Line = p.Line
	return err
}

// lineAt is the line of a key, or of the nearest one around it that is there.
func lineAt(lines map[string]int, key string) int {
	for key != "" && lines[key] == 0 {
		key = key[:max(0, strings.LastIndexAny(key, ".["))]
	}
	return lines[key]
}

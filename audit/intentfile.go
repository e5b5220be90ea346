package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/browsercors/browsercors/credentials"
)

// The bounds of what an intent's file is read of.
const (
	maxBytes = 16 << 20
	maxDepth = 100
	maxParts = 100_000 // with what YAML's aliases stand for
)

var errTooMuch = fmt.Errorf("is more than %d deep or has more than %d parts", maxDepth, maxParts)

// A part is what a file says at a key, in either format.
type part struct {
	line  int
	kind  string // one of the kinds
	text  string
	keys  []string // of an object, one a part
	parts []part   // of an object or a list
}

// The kinds of parts, as errors call them.
const (
	objectKind  = "an object"
	listKind    = "a list"
	textKind    = "text"
	numberKind  = "a number"
	booleanKind = "true or false"
	nullKind    = "null"
)

// ReadIntent reads an intent in JSON, or in YAML if the name ends in ".yaml" or
// ".yml", and checks it. The name is for errors, which are [*InputError], all
// that contradicts itself joined.
func ReadIntent(name string, r io.Reader) (*Intent, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err == nil && len(raw) > maxBytes {
		err = fmt.Errorf("has more than %d bytes", maxBytes)
	}
	if err != nil {
		return nil, &InputError{File: name, Err: err}
	}
	parse := parseJSON
	if ending := strings.ToLower(filepath.Ext(name)); ending == ".yaml" || ending == ".yml" {
		parse = parseYAML
	}
	whole, wrong := parse(raw)
	i := new(Intent)
	lines := make(map[string]int)
	if wrong == nil {
		wrong = i.read(whole, lines)
	}
	if wrong != nil {
		wrong.File = name
		return nil, wrong
	}
	if _, err := i.resolve(name, lines); err != nil {
		return nil, err
	}
	return i, nil
}

// read takes the intent from a file, and the lines of all keys in it.
func (i *Intent) read(whole part, lines map[string]int) *InputError {
	var uses []part
	if err := whole.object("", lines, map[string]any{
		"base": &i.Base, "allow": &i.Allow, "refuse": &i.Refuse, "uses": &uses, "accept": &i.Accept,
	}); err != nil {
		return err
	}
	for n, p := range uses {
		var u Use
		if err := p.object(key("uses", n)+".", lines, map[string]any{
			"name": &u.Name, "url": &u.URL, "method": &u.Method, "headers": &u.Headers, "body": &u.Body,
			"credentials": &u.Credentials, "cookies": &u.Cookies, "read": &u.Read, "preflightCached": &u.PreflightCached,
		}); err != nil {
			return err
		}
		i.Uses = append(i.Uses, u)
	}
	return nil
}

// object reads an object whose keys are those of fields, each at most once. The
// path is that of the object, with what goes before its keys.
func (p part) object(path string, lines map[string]int, fields map[string]any) *InputError {
	whole := strings.TrimSuffix(path, ".")
	lines[whole] = p.line
	if p.kind != objectKind {
		return p.not(whole, objectKind)
	}
	for n, name := range p.keys {
		into, ok := fields[name]
		value := p.parts[n]
		lines[path+name] = value.line
		switch {
		case slices.Contains(p.keys[:n], name):
			return value.wrong(path+name, "is given twice")
		case !ok:
			return value.wrong(path+name, "is unknown; the keys are %v", slices.Sorted(maps.Keys(fields)))
		}
		if err := value.into(path+name, lines, into); err != nil {
			return err
		}
	}
	return nil
}

// into reads a part into what a pointer points to.
func (p part) into(path string, lines map[string]int, into any) *InputError {
	var err *InputError
	switch into := into.(type) {
	case *string:
		*into, err = p.string(path)
	case *credentials.Mode:
		var mode string
		mode, err = p.string(path)
		*into = credentials.Mode(mode)
	case *time.Duration:
		*into, err = p.duration(path)
	case *[]string:
		*into, err = stringsOf[string](p, path, lines)
	case *[]FindingID:
		*into, err = stringsOf[FindingID](p, path, lines)
	case *map[string]string:
		if p.kind != objectKind {
			return p.not(path, objectKind+" of text")
		}
		*into = make(map[string]string, len(p.keys))
		for n, name := range p.keys {
			at := path + "." + name
			lines[at] = p.parts[n].line
			if _, twice := (*into)[name]; twice {
				return p.parts[n].wrong(at, "is given twice")
			}
			if (*into)[name], err = p.parts[n].string(at); err != nil {
				return err
			}
		}
	case *[]part:
		if p.kind != listKind {
			return p.not(path, listKind)
		}
		*into = p.parts
	}
	return err
}

func stringsOf[T ~string](p part, path string, lines map[string]int) ([]T, *InputError) {
	if p.kind != listKind {
		return nil, p.not(path, listKind+" of text")
	}
	list := make([]T, len(p.parts))
	for n, element := range p.parts {
		at := key(path, n)
		lines[at] = element.line
		s, err := element.string(at)
		if err != nil {
			return nil, err
		}
		list[n] = T(s)
	}
	return list, nil
}

func (p part) string(path string) (string, *InputError) {
	if p.kind != textKind {
		return "", p.not(path, textKind)
	}
	return p.text, nil
}

func (p part) duration(path string) (time.Duration, *InputError) {
	const want = `a duration such as "10m" or "2h"`
	if p.kind != textKind {
		return 0, p.wrong(path, "is %s where %s is wanted", p.kind, want)
	}
	d, err := time.ParseDuration(p.text)
	if err != nil {
		return 0, p.wrong(path, "%.80q is not %s", p.text, want)
	}
	return d, nil
}

// not is a part of another kind than is wanted.
func (p part) not(path, want string) *InputError {
	hint := ""
	if want == textKind && (p.kind == numberKind || p.kind == booleanKind || p.kind == nullKind) {
		hint = ": put it in quotes"
	}
	return p.wrong(path, "is %s where %s is wanted%s", p.kind, want, hint)
}

func (p part) wrong(path, format string, args ...any) *InputError {
	err := wrong(path, format, args...)
	err.Line = p.line
	return err
}

// lineAt is the line of a key, or of the nearest one around it that is there.
func lineAt(lines map[string]int, key string) int {
	for key != "" && lines[key] == 0 {
		key = key[:max(0, strings.LastIndexAny(key, ".["))]
	}
	return lines[key]
}

// A jsonReader reads the parts of a JSON text.
type jsonReader struct {
	*json.Decoder
	raw   []byte
	line  int
	until int64 // the line is that of this byte
	parts int
}

func parseJSON(raw []byte) (part, *InputError) {
	r := &jsonReader{Decoder: json.NewDecoder(bytes.NewReader(raw)), raw: raw, line: 1}
	p, err := r.read(0)
	if err == nil {
		if _, more := r.Token(); more != io.EOF {
			err = errors.New("there is more after its end")
		}
	}
	if err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != errTooMuch {
			err = fmt.Errorf("is not JSON: %w", err)
		}
		return part{}, part{line: r.at()}.wrong("", "%w", err)
	}
	return p, nil
}

// at is the line of the last token.
func (r *jsonReader) at() int {
	end := r.InputOffset()
	r.line += bytes.Count(r.raw[r.until:end], []byte("\n"))
	r.until = end
	return r.line
}

func (r *jsonReader) read(depth int) (part, error) {
	token, err := r.Token()
	if err != nil {
		return part{}, err
	}
	p := part{line: r.at()}
	if r.parts++; r.parts > maxParts {
		return part{}, errTooMuch
	}
	switch token := token.(type) {
	case string:
		p.kind, p.text = textKind, token
	case float64:
		p.kind = numberKind
	case bool:
		p.kind = booleanKind
	case nil:
		p.kind = nullKind
	case json.Delim:
		if depth == maxDepth {
			return part{}, errTooMuch
		}
		p.kind = listKind
		for object := token == '{'; r.More(); {
			if object {
				key, err := r.Token()
				if err != nil {
					return part{}, err
				}
				p.keys = append(p.keys, key.(string))
			}
			element, err := r.read(depth + 1)
			if err != nil {
				return part{}, err
			}
			p.parts = append(p.parts, element)
		}
		if token == '{' {
			p.kind = objectKind
		}
		_, err = r.Token() // the closing one
	}
	return p, err
}

// A yamlReader reads the parts of a YAML document.
type yamlReader struct{ parts int }

func parseYAML(raw []byte) (part, *InputError) {
	in := yaml.NewDecoder(bytes.NewReader(raw))
	var document, more yaml.Node
	err := in.Decode(&document)
	if err == io.EOF {
		return part{}, part{line: 1}.wrong("", "is empty")
	}
	if err == nil {
		switch next := in.Decode(&more); {
		case next == nil:
			return part{}, part{line: more.Line}.wrong("", "has a second document, where one is wanted")
		case next != io.EOF:
			err = next
		}
	}
	if err != nil { // yaml's errors have the line
		return part{}, part{}.wrong("", "is not YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	p, wrong := new(yamlReader).read(document.Content[0], 0)
	if wrong != nil {
		return part{}, wrong
	}
	return p, nil
}

func (r *yamlReader) read(node *yaml.Node, depth int) (part, *InputError) {
	p := part{line: node.Line}
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if r.parts++; r.parts > maxParts || depth > maxDepth {
		return p, p.wrong("", "%w", errTooMuch)
	}
	switch node.ShortTag() {
	case "!!str", "!!timestamp": // which JSON doesn't have
		p.kind, p.text = textKind, node.Value
	case "!!int", "!!float":
		p.kind = numberKind
	case "!!bool":
		p.kind = booleanKind
	case "!!null":
		p.kind = nullKind
	case "!!seq":
		p.kind = listKind
		for _, n := range node.Content {
			element, err := r.read(n, depth+1)
			if err != nil {
				return p, err
			}
			p.parts = append(p.parts, element)
		}
	case "!!map":
		p.kind = objectKind
		for n := 0; n+1 < len(node.Content); n += 2 {
			name := node.Content[n]
			if name.Kind != yaml.ScalarNode {
				return p, part{line: name.Line}.wrong("", "has a key that is not text")
			}
			value, err := r.read(node.Content[n+1], depth+1)
			if err != nil {
				return p, err
			}
			value.line = name.Line
			p.keys, p.parts = append(p.keys, name.Value), append(p.parts, value)
		}
	default:
		return p, p.wrong("", "has a value of the type %.80s, which is none of an intent's", node.Tag)
	}
	return p, nil
}

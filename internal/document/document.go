// Package document reads JSON and YAML into one kind of tree, whose nodes know the
// lines that they stand on. How much is read is bounded, also for what YAML's aliases
// stand for.
package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Limits bound what is read. All of them must be set.
type Limits struct {
	Bytes int
	Depth int
	Nodes int // with what aliases stand for
}

// A Node is a value of a document.
type Node struct {
	Line  int
	Kind  Kind
	Text  string   // of a text, a number or a boolean
	Keys  []string // of an object, one a node
	Nodes []Node   // of an object or a list
}

// A Kind is what a node is, as errors call it.
type Kind string

// The kinds of nodes.
const (
	Object  Kind = "an object"
	List    Kind = "a list"
	Text    Kind = "text"
	Number  Kind = "a number"
	Boolean Kind = "true or false"
	Null    Kind = "null"
)

// Get returns the first value of a key; nil if n is not an object that has it.
func (n *Node) Get(key string) *Node {
	if n == nil {
		return nil
	}
	for i, name := range n.Keys {
		if name == key {
			return &n.Nodes[i]
		}
	}
	return nil
}

// Len is the number of values in an object or a list; 0 for anything else, and for nil.
func (n *Node) Len() int {
	if n == nil {
		return 0
	}
	return len(n.Nodes)
}

// String is the text of a text, a number or a boolean; "" for anything else, and for nil.
func (n *Node) String() string {
	if n == nil {
		return ""
	}
	return n.Text
}

// An Error says why a text is not a document.
type Error struct {
	Line int // 0 if it is not known
	Err  error
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Err.Error()
	}
	return fmt.Sprintf("line %d: %v", e.Line, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

func (l Limits) tooMuch() error {
	return fmt.Errorf("is more than %d deep or has more than %d parts", l.Depth, l.Nodes)
}

// IsYAML tells whether a file has YAML, by its name.
func IsYAML(name string) bool {
	ending := strings.ToLower(filepath.Ext(name))
	return ending == ".yaml" || ending == ".yml"
}

// Read reads a document.
func Read(r io.Reader, isYAML bool, l Limits) (*Node, *Error) {
	raw, err := io.ReadAll(io.LimitReader(r, int64(l.Bytes)+1))
	if err == nil && len(raw) > l.Bytes {
		err = fmt.Errorf("has more than %d bytes", l.Bytes)
	}
	if err != nil {
		return nil, &Error{Err: err}
	}
	if isYAML {
		return parseYAML(raw, l)
	}
	return parseJSON(raw, l)
}

// A jsonReader reads the nodes of a JSON text.
type jsonReader struct {
	*json.Decoder
	Limits
	raw   []byte
	line  int
	until int64 // the line is that of this byte
	nodes int
}

func parseJSON(raw []byte, l Limits) (*Node, *Error) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	r := &jsonReader{Decoder: json.NewDecoder(bytes.NewReader(raw)), Limits: l, raw: raw, line: 1}
	r.UseNumber()
	n, err := r.read(0)
	if err == nil {
		if _, more := r.Token(); more != io.EOF {
			err = errors.New("is not JSON: there is more after its end")
		}
	}
	if err != nil {
		return nil, &Error{Line: r.at(), Err: err}
	}
	return &n, nil
}

// at is the line of the last token.
func (r *jsonReader) at() int {
	end := r.InputOffset()
	r.line += bytes.Count(r.raw[r.until:end], []byte("\n"))
	r.until = end
	return r.line
}

// token is the next token.
func (r *jsonReader) token() (json.Token, error) {
	token, err := r.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		err = fmt.Errorf("is not JSON: %w", err)
	}
	return token, err
}

func (r *jsonReader) read(depth int) (Node, error) {
	token, err := r.token()
	if err != nil {
		return Node{}, err
	}
	n := Node{Line: r.at()}
	if r.nodes++; r.nodes > r.Nodes {
		return Node{}, r.tooMuch()
	}
	switch token := token.(type) {
	case string:
		n.Kind, n.Text = Text, token
	case json.Number:
		n.Kind, n.Text = Number, token.String()
	case bool:
		n.Kind, n.Text = Boolean, fmt.Sprint(token)
	case nil:
		n.Kind = Null
	case json.Delim:
		if depth == r.Depth {
			return Node{}, r.tooMuch()
		}
		n.Kind = List
		for object := token == '{'; r.More(); {
			if object {
				key, err := r.token()
				if err != nil {
					return Node{}, err
				}
				n.Keys = append(n.Keys, key.(string))
			}
			element, err := r.read(depth + 1)
			if err != nil {
				return Node{}, err
			}
			n.Nodes = append(n.Nodes, element)
		}
		if token == '{' {
			n.Kind = Object
		}
		_, err = r.token() // the closing one
	}
	return n, err
}

// perNode is how many bytes that may begin a node of YAML are let pass for each node
// that may be read: package yaml builds its whole tree first.
const perNode = 4

// A yamlReader reads the nodes of a YAML document.
type yamlReader struct {
	Limits
	nodes int
}

func parseYAML(raw []byte, l Limits) (*Node, *Error) {
	starts := 0
	for _, c := range raw {
		switch c {
		case '\n', ',', '[', '{', ':':
			starts++
		}
	}
	if starts/perNode > l.Nodes {
		return nil, &Error{Err: l.tooMuch()}
	}
	in := yaml.NewDecoder(bytes.NewReader(raw))
	var document, more yaml.Node
	err := in.Decode(&document)
	if err == io.EOF {
		return nil, &Error{Line: 1, Err: errors.New("is empty")}
	}
	if err == nil {
		switch next := in.Decode(&more); {
		case next == nil:
			return nil, &Error{Line: more.Line, Err: errors.New("has a second document, want one")}
		case next != io.EOF:
			err = next
		}
	}
	if err != nil { // yaml's errors have the line
		return nil, &Error{Err: fmt.Errorf("is not YAML: %w", err)}
	}
	r := yamlReader{Limits: l}
	n, wrong := r.read(document.Content[0], 0)
	if wrong != nil {
		return nil, wrong
	}
	return &n, nil
}

func (r *yamlReader) read(node *yaml.Node, depth int) (Node, *Error) {
	n := Node{Line: node.Line}
	for node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if r.nodes++; r.nodes > r.Nodes || depth > r.Depth {
		return n, &Error{n.Line, r.tooMuch()}
	}
	switch node.ShortTag() {
	case "!!str", "!!timestamp": // which JSON doesn't have
		n.Kind, n.Text = Text, node.Value
	case "!!int", "!!float":
		n.Kind, n.Text = Number, node.Value
	case "!!bool":
		n.Kind, n.Text = Boolean, node.Value
	case "!!null":
		n.Kind = Null
	case "!!seq":
		n.Kind = List
		for _, c := range node.Content {
			element, err := r.read(c, depth+1)
			if err != nil {
				return n, err
			}
			n.Nodes = append(n.Nodes, element)
		}
	case "!!map":
		n.Kind = Object
		for i := 0; i+1 < len(node.Content); i += 2 {
			name := node.Content[i]
			if name.Kind != yaml.ScalarNode {
				return n, &Error{name.Line, errors.New("has a key that is not text")}
			}
			value, err := r.read(node.Content[i+1], depth+1)
			if err != nil {
				return n, err
			}
			value.Line = name.Line
			n.Keys, n.Nodes = append(n.Keys, name.Value), append(n.Nodes, value)
		}
	default:
		return n, &Error{n.Line, fmt.Errorf("has a value of type %.80s, which JSON does not have", node.Tag)}
	}
	return n, nil
}

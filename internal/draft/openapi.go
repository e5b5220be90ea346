package draft

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/internal/document"
	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/grammar"
	"github.com/browsercors/browsercors/internal/headername"
	"github.com/browsercors/browsercors/internal/text"
	"github.com/browsercors/browsercors/origin"
	"github.com/browsercors/browsercors/safelist"
)

// Reading the few fields of an OpenAPI document that an intent needs: 3.0, 3.1, 3.2 and
// Swagger 2.0.
//
// https://spec.openapis.org/oas/v3.2.0.html

// openAPILimits bound what is read of a document. The largest public ones have 12 MB and
// half a million values.
var openAPILimits = document.Limits{Bytes: 32 << 20, Depth: 200, Nodes: 1 << 20}

// maxSteps is how many values are looked at while a document is turned into uses, those
// that are referred to several times each time.
const maxSteps = 4 << 20

// OpenAPIOptions say what a document does not. The zero value works.
type OpenAPIOptions struct {
	// Base is the URL of the server. It replaces the document's servers; their path is
	// kept if Base has none.
	Base string

	Allow, Refuse []string // as in an intent

	// Operations are operationIds, tags, paths, or methods with paths ("GET /pets"). Only
	// operations that one of them names become uses; nil is all.
	Operations []string
}

// openAPIMethods are the keys of a path item that are methods, in the order of uses.
var openAPIMethods = []string{"get", "head", "options", "post", "put", "patch", "delete", "query", "trace"}

// Bounds of what uses are made of: the parameters of one, and the bytes of a name or
// path, of a query, and of all uses.
const (
	maxParameters = 200
	maxName       = 4 << 10
	maxQuery      = 32 << 10
	maxUses       = 64 << 20
)

// An openAPI is a document that becomes a draft.
type openAPI struct {
	*Draft
	options *OpenAPIOptions
	file    string
	root    *document.Node
	swagger bool // it is 2.0
	steps   int
	size    int                                          // of all uses
	keys    map[*document.Node]map[string]*document.Node // of objects with many keys
	targets map[string]*document.Node                    // by reference
	within  map[*document.Node]bool                      // schemas of which a value is being made up

	madeUp     []string
	named      []bool // which of options.Operations name an operation
	operations []string
}

// OpenAPI reads an OpenAPI document as JSON, or as YAML if its name ends in ".yaml" or
// ".yml" or it does not begin like JSON. Each operation becomes a use. It returns an
// [*Error] for what is not such a document, for a reference to another file, to nothing
// or to itself, and for a document that is too large.
func OpenAPI(name string, r io.Reader, o *OpenAPIOptions) (*Draft, error) {
	if o == nil {
		o = &OpenAPIOptions{}
	}
	raw, err := io.ReadAll(io.LimitReader(r, int64(openAPILimits.Bytes)+1))
	if err != nil {
		return nil, &Error{File: name, Err: err}
	}
	source := string(raw)
	isYAML := document.IsYAML(name) || !strings.HasPrefix(strings.TrimLeft(source, "\ufeff \t\r\n"), "{")
	root, wrong := document.Read(strings.NewReader(source), isYAML, openAPILimits)
	if wrong != nil {
		return nil, &Error{File: name, Line: wrong.Line, Err: wrong.Err}
	}
	a := &openAPI{
		Draft: &Draft{Hold: true, Intent: audit.Intent{Allow: o.Allow, Refuse: o.Refuse}}, options: o, file: name, root: root,
		keys: make(map[*document.Node]map[string]*document.Node), targets: make(map[string]*document.Node), within: make(map[*document.Node]bool), named: make([]bool, len(o.Operations)),
	}
	if err := a.read(); err != nil {
		return nil, err
	}
	return a.Draft, nil
}

func (a *openAPI) wrong(n *document.Node, at, format string, args ...any) error {
	e := &Error{File: a.file, At: at, Err: fmt.Errorf(format, args...)}
	if n != nil {
		e.Line = n.Line
	}
	return e
}

// read makes the uses.
func (a *openAPI) read() error {
	version, swagger := a.root.Get("openapi"), a.root.Get("swagger")
	switch {
	case version != nil && strings.HasPrefix(version.Text, "3."):
	case version != nil:
		return a.wrong(version, "#/openapi", "unknown version %.40q, want 3.0, 3.1 or 3.2", version.Text)
	case swagger != nil && strings.HasPrefix(swagger.Text, "2"):
		a.swagger = true
	case swagger != nil:
		return a.wrong(swagger, "#/swagger", "unknown version %.40q, want 2.0", swagger.Text)
	default:
		return a.wrong(a.root, "", "not an OpenAPI document: no key openapi or swagger")
	}
	title := a.root.Get("info").Get("title").String()
	a.From = strings.TrimSpace("the OpenAPI document " + a.file)
	if title != "" {
		a.From += " (" + text.Clean(title) + ")"
	}
	server, err := a.serverOf(a.root, "#", "")
	if err != nil {
		return err
	}
	a.Base = server
	paths := a.root.Get("paths")
	if paths == nil || paths.Kind != document.Object || len(paths.Nodes) == 0 {
		return a.wrong(a.root, "", "has no paths: nothing to check")
	}
	for i := range paths.Nodes {
		if path := paths.Keys[i]; strings.HasPrefix(path, "/") { // others are extensions
			if err := a.pathItem(path, &paths.Nodes[i]); err != nil {
				return err
			}
		}
	}
	for i, name := range a.options.Operations {
		if !a.named[i] {
			hint := ""
			if meant, ok := text.Closest(name, a.operations); ok {
				hint = fmt.Sprintf("; did you mean %q?", meant)
			}
			return a.wrong(paths, "", "has no operation, tag or path %.80q%s", name, hint)
		}
	}
	if len(a.Uses) == 0 {
		return a.wrong(paths, "#/paths", "has no operation that pages can request")
	}
	if a.madeUp != nil {
		a.note("the document has no example of %s; the values are made up", text.List(firstOf(a.madeUp, 8)))
	}
	return nil
}

// firstOf are the first of many names, and how many there are besides.
func firstOf(names []string, n int) []string {
	if len(names) <= n+1 {
		return names
	}
	return append(slices.Clone(names[:n]), fmt.Sprintf("%d more", len(names)-n))
}

// object is a value if it is an object, or nil.
func object(n *document.Node) *document.Node {
	if n == nil || n.Kind != document.Object {
		return nil
	}
	return n
}

// step counts what is looked at.
func (a *openAPI) step(n *document.Node) error {
	if a.steps += 1 + len(n.Keys); a.steps > maxSteps {
		return a.wrong(n, "", "refers to the same values too often: more than %d have to be looked at", maxSteps)
	}
	return nil
}

// get is [document.Node.Get], for objects of any size.
func (a *openAPI) get(n *document.Node, key string) *document.Node {
	if n == nil || len(n.Keys) < 16 {
		return n.Get(key)
	}
	index := a.keys[n]
	if index == nil {
		index = make(map[string]*document.Node, len(n.Keys))
		for i, name := range n.Keys {
			if index[name] == nil {
				index[name] = &n.Nodes[i]
			}
		}
		a.keys[n] = index
	}
	return index[key]
}

// follow is a value, or what its reference refers to.
func (a *openAPI) follow(n *document.Node, at string) (*document.Node, error) {
	first := n
	for range 100 {
		if err := a.step(n); err != nil {
			return nil, err
		}
		ref := n.Get("$ref")
		if ref == nil || ref.Kind != document.Text {
			return n, nil
		}
		target, ok := a.targets[ref.Text]
		if !ok {
			var err error
			if target, err = a.target(ref.Text); err != nil {
				return nil, a.wrong(ref, at, "$ref %.120q: %w", ref.Text, err)
			}
			a.targets[ref.Text] = target
		}
		if n = target; n == first {
			break
		}
	}
	return nil, a.wrong(first, at, "$ref %.120q leads back to itself", first.Get("$ref").Text)
}

var (
	errOtherFile = errors.New("refers to another file; put all into one document first (bundle it)")
	errNothing   = errors.New("refers to nothing")
)

// target is what a reference refers to.
//
// https://www.rfc-editor.org/rfc/rfc6901#section-6
func (a *openAPI) target(ref string) (*document.Node, error) {
	pointer, ok := strings.CutPrefix(ref, "#")
	if !ok {
		return nil, errOtherFile
	}
	pointer, err := url.PathUnescape(pointer)
	if err != nil || pointer != "" && pointer[0] != '/' {
		return nil, errNothing
	}
	n := a.root
	for key := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if pointer == "" {
			break
		}
		if n = a.get(n, unescaped.Replace(key)); n == nil {
			return nil, errNothing
		}
	}
	return n, nil
}

// How a key stands in a JSON pointer, and back.
//
// https://www.rfc-editor.org/rfc/rfc6901#section-3
var (
	escaped   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaped = strings.NewReplacer("~1", "/", "~0", "~")
)

// at is the JSON pointer of a key.
func at(pointer, key string) string { return pointer + "/" + escaped.Replace(key) }

// serverOf is the URL of the first server of an object, with a slash at its end; the one
// around it if it has none.
func (a *openAPI) serverOf(n *document.Node, pointer, around string) (string, error) {
	where, given := n.Get("servers"), "/"
	switch servers := where; {
	case a.swagger && n != a.root:
		return around, nil
	case a.swagger:
		where, given = n.Get("host"), n.Get("basePath").String()
		if host := where.String(); host != "" {
			scheme := "https"
			if schemes := n.Get("schemes"); schemes != nil && len(schemes.Nodes) > 0 && !slices.ContainsFunc(schemes.Nodes, func(s document.Node) bool { return s.Text == "https" }) {
				scheme = schemes.Nodes[0].Text
			}
			given = scheme + "://" + host + given
		}
	case servers != nil && len(servers.Nodes) > 0:
		first := &servers.Nodes[0]
		where, given = first, first.Get("url").String()
		variables := object(first.Get("variables"))
		for i := range variables.Len() {
			name, value := variables.Keys[i], variables.Nodes[i].Get("default").String()
			if strings.Contains(given, "{"+name+"}") {
				given = strings.ReplaceAll(given, "{"+name+"}", value)
				a.note("the server's variable %s is %s", text.Clean(name), text.Clean(value))
			}
		}
	case n != a.root:
		return around, nil
	}
	if a.options.Base == "" {
		u, err := origin.ParseURL(given)
		switch {
		case err != nil && !strings.Contains(given, "://"):
			return "", a.wrong(where, at(pointer, "servers"), "the server's URL %s is relative, so the document does not name the server: name its URL", text.GoQuote(given, 80))
		case err != nil:
			return "", a.wrong(where, at(pointer, "servers"), "the server's URL: %w", err)
		case !u.IsHTTP(), u.IncludesCredentials():
			return "", a.wrong(where, at(pointer, "servers"), "the server's URL %s is not an HTTP(S) URL without username and password", text.GoQuote(text.RedactURL(given), 80))
		}
		return withSlash(given), nil
	}
	base, err := origin.ParseURL(a.options.Base)
	if err != nil || !base.IsHTTP() {
		return "", a.wrong(nil, "", "%s is not an HTTP(S) URL", text.GoQuote(text.RedactURL(a.options.Base), 80))
	}
	if base.Path() != "/" {
		return withSlash(a.options.Base), nil
	}
	path := given
	if u, err := origin.ParseURL(given); err == nil {
		path = u.Path()
	}
	if path = "/" + strings.TrimLeft(path, "/"); path != "/" && n == a.root {
		a.note("the path %s is that of the document's server; a URL with a path replaces it", text.Clean(path))
	}
	return withSlash(base.Origin().String() + path), nil
}

// withSlash is a URL without query and fragment that ends in a slash.
func withSlash(u string) string {
	u, _, _ = strings.Cut(u, "#")
	u, _, _ = strings.Cut(u, "?")
	return strings.TrimRight(u, "/") + "/"
}

// pathItem makes the uses of a path.
func (a *openAPI) pathItem(path string, n *document.Node) error {
	pointer := at("#/paths", path)
	item, err := a.follow(n, pointer)
	if err != nil {
		return err
	}
	server, err := a.serverOf(item, pointer, a.Base)
	if err != nil {
		return err
	}
	for _, method := range openAPIMethods {
		operation := item.Get(method)
		if operation == nil || operation.Kind != document.Object || !a.chosen(method, path, operation) {
			continue
		}
		if method == "trace" {
			a.note("TRACE operations are left out: pages can't send them")
			continue
		}
		if err := a.operation(strings.ToUpper(method), path, server, at(pointer, method), item, operation); err != nil {
			return err
		}
	}
	return nil
}

// chosen tells whether an operation is one of those that the options name.
func (a *openAPI) chosen(method, path string, operation *document.Node) bool {
	if len(a.options.Operations) == 0 || a.step(operation) != nil {
		return true
	}
	names := []string{strings.ToUpper(method) + " " + path, path}
	if id := operation.Get("operationId").String(); id != "" {
		names = append(names, id)
	}
	if tags := operation.Get("tags"); tags != nil {
		for i := range tags.Nodes {
			names = append(names, tags.Nodes[i].Text)
		}
	}
	if len(a.operations) < 1000 {
		a.operations = append(a.operations, names...)
	}
	found := false
	for i, wanted := range a.options.Operations {
		if slices.Contains(names, wanted) {
			a.named[i], found = true, true
		}
	}
	return found
}

// operation makes the use of an operation.
func (a *openAPI) operation(method, path, server, pointer string, item, n *document.Node) error {
	if err := a.step(n); err != nil {
		return err
	}
	if len(path) > maxName {
		return a.wrong(n, text.Cut(pointer, 100), "the path has more than %d bytes", maxName)
	}
	use := audit.Use{Name: method + " " + path, Method: method, Headers: make(map[string]string)}
	if id := n.Get("operationId").String(); id != "" && len(id) <= maxName {
		use.Name = id + ": " + use.Name
	}
	server, err := a.serverOf(n, pointer, server)
	if err != nil {
		return err
	}
	o := &operation{openAPI: a, use: &use, pointer: pointer, path: path, method: method, seen: make(map[string]bool)}
	parameters := at(pointer, "parameters")
	for _, list := range []*document.Node{n.Get("parameters"), item.Get("parameters")} { // the operation's replace the path's
		for i := range list.Len() {
			if err := o.parameter(&list.Nodes[i], parameters); err != nil {
				return err
			}
		}
	}
	o.unfilled()
	if err := o.body(n); err != nil {
		return err
	}
	if err := o.security(n); err != nil {
		return err
	}
	if err := o.responses(n.Get("responses")); err != nil {
		return err
	}
	use.URL = relative(o.path + o.query)
	if server != a.Base {
		use.URL = server + strings.TrimPrefix(o.path+o.query, "/")
	}
	size := len(use.Name) + len(use.URL) + len(use.Body)
	for name, value := range use.Headers {
		size += len(name) + len(value)
	}
	for _, name := range use.ReadIfSent {
		size += len(name)
	}
	if a.size += size; len(o.query) > maxQuery || a.size > maxUses {
		return a.wrong(n, pointer, "a query has more than %d bytes, or all uses have more than %d", maxQuery, maxUses)
	}
	if len(use.Headers) == 0 {
		use.Headers = nil
	}
	a.Uses = append(a.Uses, use)
	return nil
}

// An operation becomes a use.
type operation struct {
	*openAPI
	use     *audit.Use
	pointer string
	method  string
	path    string // its templates are filled by and by
	query   string
	seen    map[string]bool // parameters, by place and name
	form    []string        // of Swagger 2.0, encoded
	payload *document.Node
}

// parameter does what a parameter asks for.
func (o *operation) parameter(n *document.Node, pointer string) error {
	p, err := o.follow(n, pointer)
	if err != nil {
		return err
	}
	name, in := p.Get("name").String(), p.Get("in").String()
	if key := in + " " + name; name == "" || o.seen[key] {
		return nil
	} else if o.seen[key] = true; len(o.seen) > maxParameters || len(name) > maxName {
		return o.wrong(p, pointer, "has more than %d parameters, or one whose name has more than %d bytes", maxParameters, maxName)
	}
	required := p.Get("required").String() == "true"
	switch {
	case in == "path":
		o.fill(name, p)
	case in == "body":
		o.payload = p.Get("schema")
	case !required:
	case in == "query":
		value, known := o.example(p)
		if !known {
			o.invent(name, value)
		}
		o.query = addQuery(o.query, name, value)
	case in == "header":
		if fold.Equal(name, "Accept") || fold.Equal(name, "Content-Type") || fold.Equal(name, "Authorization") {
			return nil // which OpenAPI describes elsewhere
		}
		value, known := o.example(p)
		if o.setHeader(name, value) && !known {
			o.invent(name, value)
		}
	case in == "cookie":
		o.withCookies(name)
	case in == "formData":
		value, _ := o.example(p)
		o.form = append(o.form, url.QueryEscape(name)+"="+url.QueryEscape(value))
	}
	return nil
}

// fill puts the value of a parameter into the path.
func (o *operation) fill(name string, p *document.Node) {
	template := "{" + name + "}"
	if !strings.Contains(o.path, template) {
		return
	}
	value, known := o.example(p)
	if value == "" || value == "." || value == ".." {
		value, known = "1", false
	}
	if !known {
		o.invent(name, value)
	}
	o.path = strings.ReplaceAll(o.path, template, url.PathEscape(value))
}

// unfilled fills what no parameter describes.
func (o *operation) unfilled() {
	for {
		before, rest, ok := strings.Cut(o.path, "{")
		name, after, ends := strings.Cut(rest, "}")
		if !ok || !ends {
			return
		}
		o.invent(name, "1")
		o.path = before + "1" + after
	}
}

func (o *operation) invent(name, value string) {
	if len(o.madeUp) > 1000 {
		return
	}
	if s := text.Clean(name) + " (" + text.Cut(text.Clean(value), 40) + ")"; !slices.Contains(o.madeUp, s) {
		o.madeUp = append(o.madeUp, s)
	}
}

// setHeader has the use send a header, unless pages can't.
func (o *operation) setHeader(name, value string) bool {
	switch {
	case !grammar.IsHeaderName(name) || !grammar.IsHeaderValue(grammar.NormalizeHeaderValue(value)):
		o.note("the header %s is left out: its name or value is not that of a header", text.Quote(name))
		return false
	case (*safelist.Rules)(nil).IsForbiddenRequestHeader(name, value):
		o.note("the header %s is left out: pages can't set it", text.Clean(name))
		return false
	}
	for other := range o.use.Headers {
		if fold.Equal(other, name) {
			return false
		}
	}
	o.use.Headers[name] = value
	return true
}

func (o *operation) withCookies(name string) {
	o.use.Credentials = credentials.Include
	o.note("the value of the cookie %s is not known; --set-cookie gives it, or the key cookies of a use", text.Clean(name))
}

// security does what the first of the alternatives of the operation's security, or of
// the document's, asks for.
func (o *operation) security(n *document.Node) error {
	list := n.Get("security")
	if list == nil {
		list = o.root.Get("security")
	}
	var chosen *document.Node
	for i := range list.Len() {
		if r := object(&list.Nodes[i]); r.Len() > 0 { // {} makes it optional
			chosen = r
			break
		}
	}
	schemes := o.root.Get("components").Get("securitySchemes")
	if o.swagger {
		schemes = o.root.Get("securityDefinitions")
	}
	for i := range chosen.Len() {
		name := chosen.Keys[i]
		scheme := o.get(schemes, name)
		if scheme == nil {
			return o.wrong(&chosen.Nodes[i], at(o.pointer, "security"), "the security scheme %.80q is not described", name)
		}
		scheme, err := o.follow(scheme, at("#/components/securitySchemes", name))
		if err != nil {
			return err
		}
		o.scheme(scheme)
	}
	return nil
}

// scheme does what a security scheme asks for.
func (o *operation) scheme(s *document.Node) {
	name := s.Get("name").String()
	secret := func(header, value string) {
		if o.setHeader(header, value) {
			o.note("%s is %s; -H gives the real value", text.Clean(header), text.Quote(value))
		}
	}
	switch kind := s.Get("type").String(); {
	case kind == "apiKey" && s.Get("in").String() == "header":
		secret(name, Placeholder)
	case kind == "apiKey" && s.Get("in").String() == "cookie":
		o.withCookies(name)
	case kind == "apiKey":
		o.query = addQuery(o.query, name, Placeholder)
		o.note("the parameter %s of the URL is %s", text.Clean(name), Placeholder)
	case kind == "basic", kind == "http" && fold.Equal(s.Get("scheme").String(), "basic"):
		secret("Authorization", "Basic "+Placeholder)
	case kind == "http" && !fold.Equal(s.Get("scheme").String(), "bearer"):
		secret("Authorization", s.Get("scheme").String()+" "+Placeholder)
	case kind == "http", kind == "oauth2", kind == "openIdConnect":
		secret("Authorization", "Bearer "+Placeholder)
	case kind == "mutualTLS":
		o.use.Credentials = credentials.Include
		o.note("the API wants a client certificate, which browsers send with credentials only; --cert gives it")
	}
}

// responses has the page read the headers that successful responses may have.
func (o *operation) responses(n *document.Node) error {
	var read []string
	n = object(n)
	for i := range n.Len() {
		status := n.Keys[i]
		if !strings.HasPrefix(status, "2") && status != "default" {
			continue
		}
		response, err := o.follow(&n.Nodes[i], at(at(o.pointer, "responses"), status))
		if err != nil {
			return err
		}
		headers := object(response.Get("headers"))
		for j := range headers.Len() {
			if err := o.step(headers); err != nil {
				return err
			}
			if name := headers.Keys[j]; grammar.IsHeaderName(name) && !headername.IsForbiddenResponse(name) && !fold.Equal(name, "Content-Type") && len(read) < 1000 {
				read = append(read, name)
			}
		}
	}
	if read = fold.Unique(read); len(read) > 0 {
		o.use.ReadIfSent = read
	}
	return nil
}

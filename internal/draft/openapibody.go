package draft

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/document"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/internal/text"
)

// Bounds of what is made of a document's examples and schemas.
const (
	maxValue    = 1000     // bytes of a value of a parameter
	maxBody     = 64 << 10 // bytes of a body
	maxNested   = 8        // how deep a body is that is made up
	maxRequired = 100      // members of an object that is made up
)

// body has the use send a body of the first content type, JSON before others.
func (o *operation) body(n *document.Node) error {
	if o.swagger {
		return o.swaggerBody(n)
	}
	body := n.Get("requestBody")
	if body == nil {
		return nil
	}
	body, err := o.follow(body, at(o.pointer, "requestBody"))
	if err != nil {
		return err
	}
	content := object(body.Get("content"))
	if content.Len() == 0 {
		return nil
	}
	chosen := 0
	for i := range content.Len() {
		if isJSON(content.Keys[i]) {
			chosen = i
			break
		}
	}
	if err := o.step(content); err != nil {
		return err
	}
	o.send(content.Keys[chosen], &content.Nodes[chosen])
	return nil
}

// swaggerBody is body for Swagger 2.0.
func (o *operation) swaggerBody(n *document.Node) error {
	if o.payload == nil && o.form == nil {
		return nil
	}
	list := n.Get("consumes")
	if list == nil {
		list = o.root.Get("consumes")
	}
	var kinds []string
	for i := range list.Len() {
		kinds = append(kinds, list.Nodes[i].Text)
	}
	kind := "application/json"
	if i := max(0, slices.IndexFunc(kinds, isJSON)); len(kinds) > 0 {
		kind = kinds[i]
	}
	if o.form != nil {
		kind = "application/x-www-form-urlencoded"
		if i := slices.Index(kinds, "multipart/form-data"); i >= 0 {
			kind = kinds[i]
		}
	}
	o.send(kind, &document.Node{Kind: document.Object, Keys: []string{"schema"}, Nodes: []document.Node{orNull(o.payload)}})
	return nil
}

func orNull(n *document.Node) document.Node {
	if n == nil {
		return document.Node{Kind: document.Null}
	}
	return *n
}

// isJSON tells whether a content type is one of JSON.
func isJSON(kind string) bool {
	t, ok := mimetype.Parse(kind)
	return ok && (t.Essence() == "application/json" || strings.HasSuffix(t.Subtype, "+json"))
}

// send has the use send a body of a content type.
func (o *operation) send(kind string, media *document.Node) {
	if o.method == "GET" || o.method == "HEAD" {
		o.note("the body of a %s is left out: pages can't send it", o.method)
		return
	}
	switch kind = strings.ToLower(strings.TrimSpace(kind)); {
	case strings.Contains(kind, "*"):
		kind = "application/octet-stream"
		fallthrough
	default:
		o.use.Body = "a"
	case isJSON(kind):
		o.use.Body = o.json(media)
	case strings.HasPrefix(kind, "application/x-www-form-urlencoded"):
		o.use.Body = "a=b"
		if len(o.form) > 0 {
			o.use.Body = text.Cut(strings.Join(o.form, "&"), maxBody)
		}
	case strings.HasPrefix(kind, "multipart/form-data"):
		kind = "multipart/form-data; boundary=form"
		o.use.Body = "--form\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n--form--\r\n"
	}
	if !o.setHeader("Content-Type", kind) {
		o.use.Headers["Content-Type"] = "application/octet-stream"
	}
}

// given is a value that the document gives as an example of a parameter, a media type
// or a schema.
func (a *openAPI) given(n *document.Node) *document.Node {
	if v := n.Get("example"); v != nil {
		return v
	}
	if list := n.Get("examples"); list.Len() > 0 {
		first := &list.Nodes[0]
		if list.Kind == document.List { // of a schema
			return first
		}
		if first, err := a.follow(first, ""); err == nil {
			return first.Get("value")
		}
	}
	for _, key := range []string{"x-example", "default", "const"} {
		if v := n.Get(key); v != nil {
			return v
		}
	}
	if list := n.Get("enum"); list.Len() > 0 {
		return &list.Nodes[0]
	}
	return nil
}

// example is a value for a parameter, and whether the document knows it.
func (a *openAPI) example(p *document.Node) (value string, known bool) {
	schema := p.Get("schema")
	if content := p.Get("content"); content.Len() > 0 {
		schema = content.Nodes[0].Get("schema")
	}
	if schema == nil {
		schema = p // Swagger 2.0
	}
	schema = a.schema(schema)
	for _, n := range []*document.Node{p, schema} {
		v := a.given(n)
		if v == nil {
			continue
		}
		if v.Kind == document.List && v.Len() > 0 {
			v = &v.Nodes[0]
		}
		if v.Nodes == nil && v.Kind != document.Null && v.Text != "" && len(v.Text) <= maxValue {
			return v.Text, true
		}
	}
	if kindOf(schema) == "array" {
		schema = a.schema(schema.Get("items"))
		if v := a.given(schema); v != nil && v.Nodes == nil && v.Text != "" && len(v.Text) <= maxValue {
			return v.Text, true
		}
	}
	return strings.Trim(scalar(schema), `"`), false
}

// schema is a schema, or what it refers to; nil if that is not in the document, for all
// that is lost is an example.
func (a *openAPI) schema(n *document.Node) *document.Node {
	if n == nil {
		return nil
	}
	n, err := a.follow(n, "")
	if err != nil {
		return nil
	}
	return n
}

// kindOf is the type of a schema; in OpenAPI 3.1 the first that is not null.
func kindOf(schema *document.Node) string {
	t := schema.Get("type")
	for i := range t.Len() {
		if t.Nodes[i].Text != "null" {
			return t.Nodes[i].Text
		}
	}
	if t.String() == "" && schema.Get("properties") != nil {
		return "object"
	}
	return t.String()
}

// scalar is a value of a schema that is not an object or a list, in JSON.
func scalar(schema *document.Node) string {
	switch kindOf(schema) {
	case "integer", "number":
		if least := schema.Get("minimum"); least != nil && least.Kind == document.Number && len(least.Text) < 20 {
			return least.Text
		}
		return "1"
	case "boolean":
		return "true"
	case "null":
		return "null"
	}
	switch schema.Get("format").String() {
	case "uuid":
		return `"00000000-0000-4000-8000-000000000000"`
	case "date":
		return `"2026-01-01"`
	case "date-time":
		return `"2026-01-01T00:00:00Z"`
	case "email":
		return `"a@example.com"`
	case "uri", "url":
		return `"https://example.com/"`
	}
	return `"1"`
}

// json is a minimal body.
func (a *openAPI) json(media *document.Node) string {
	b := new(strings.Builder)
	if v := a.given(media); v != nil {
		if v.Kind == document.Text && strings.HasPrefix(strings.TrimSpace(v.Text), "{") && json.Valid([]byte(v.Text)) && len(v.Text) <= maxBody {
			return v.Text // an example as it goes over the wire
		}
		if a.write(b, v) {
			return b.String()
		}
		b.Reset()
	}
	if !a.sample(b, media.Get("schema"), 0) || b.Len() == 0 {
		return "{}"
	}
	return b.String()
}

// write writes a value of the document as JSON. It is false if that is too long.
func (a *openAPI) write(b *strings.Builder, n *document.Node) bool {
	if b.Len() > maxBody || a.step(n) != nil {
		return false
	}
	switch n.Kind {
	case document.Text:
		if len(n.Text) > maxBody {
			return false
		}
		quote(b, n.Text)
	case document.Number, document.Boolean:
		if !json.Valid([]byte(n.Text)) { // such as YAML's 0o17 and yes
			quote(b, n.Text)
			break
		}
		b.WriteString(n.Text)
	case document.Null:
		b.WriteString("null")
	default:
		brackets := "[]"
		if n.Kind == document.Object {
			brackets = "{}"
		}
		b.WriteByte(brackets[0])
		for i := range n.Nodes {
			if i > 0 {
				b.WriteByte(',')
			}
			if n.Kind == document.Object {
				quote(b, n.Keys[i])
				b.WriteByte(':')
			}
			if !a.write(b, &n.Nodes[i]) {
				return false
			}
		}
		b.WriteByte(brackets[1])
	}
	return b.Len() <= maxBody
}

func quote(b *strings.Builder, s string) {
	quoted, err := text.JSON(s)
	if err != nil {
		quoted = []byte(`""`)
	}
	b.Write(quoted)
}

// sample writes the least value of a schema: an object has the members that it must
// have. It is false if that is too long.
func (a *openAPI) sample(b *strings.Builder, schema *document.Node, depth int) bool {
	schema = a.schema(schema)
	if schema == nil || depth > maxNested || a.within[schema] {
		b.WriteString("null")
		return true
	}
	a.within[schema] = true
	defer delete(a.within, schema)
	if v := a.given(schema); v != nil {
		return a.write(b, v)
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		if list := schema.Get(key); list.Len() > 0 && schema.Get("properties") == nil {
			return a.sample(b, &list.Nodes[0], depth+1)
		}
	}
	all := schema.Get("allOf")
	switch kind := kindOf(schema); {
	case kind == "array":
		b.WriteByte('[')
		if least := schema.Get("minItems"); least != nil && least.Text != "0" && !a.sample(b, schema.Get("items"), depth+1) {
			return false
		}
		b.WriteByte(']')
	case kind == "object", kind == "" && all != nil:
		b.WriteByte('{')
		written := make(map[string]bool)
		if !a.members(b, schema, depth, written) {
			return false
		}
		b.WriteByte('}')
	default:
		b.WriteString(scalar(schema))
	}
	return b.Len() <= maxBody
}

// members writes the members that an object must have.
func (a *openAPI) members(b *strings.Builder, schema *document.Node, depth int, written map[string]bool) bool {
	required, properties := schema.Get("required"), schema.Get("properties")
	for i := range required.Len() {
		name := required.Nodes[i].Text
		if written[name] || len(written) >= maxRequired {
			continue
		}
		written[name] = true
		if len(written) > 1 {
			b.WriteByte(',')
		}
		quote(b, name)
		b.WriteByte(':')
		if !a.sample(b, a.get(properties, name), depth+1) {
			return false
		}
	}
	all := schema.Get("allOf")
	for i := range all.Len() {
		if part := a.schema(&all.Nodes[i]); part != nil && depth < maxNested && !a.members(b, part, depth+1, written) {
			return false
		}
	}
	return b.Len() <= maxBody
}

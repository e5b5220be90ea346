package draft

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/internal/text"
)

// WriteYAML writes an intent that [audit.ReadIntent] reads, with the notes as comments
// before it.
func (d *Draft) WriteYAML(w io.Writer) error {
	var head strings.Builder
	text.Wrap(&head, "# ", "An intent for browsercors check, made of "+d.From+".")
	for _, note := range d.Notes {
		text.Wrap(&head, "# ", "- "+note)
	}
	m := new(mapping)
	m.text("base", d.Base)
	m.list("allow", d.Allow)
	m.list("refuse", d.Refuse)
	m.list("schemes", d.Schemes)
	uses := &yaml.Node{Kind: yaml.SequenceNode}
	for i := range d.Uses {
		uses.Content = append(uses.Content, useNode(&d.Uses[i]))
	}
	m.add("uses", uses)
	var accept []string
	for _, id := range d.Accept {
		accept = append(accept, string(id))
	}
	m.list("accept", accept)
	var out bytes.Buffer
	out.WriteString(head.String())
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(m.node()); err != nil {
		return err
	}
	if err := encoder.Close(); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

func useNode(u *audit.Use) *yaml.Node {
	m := new(mapping)
	m.text("name", u.Name)
	m.text("url", u.URL)
	if u.Method != "GET" {
		m.text("method", u.Method)
	}
	if len(u.Headers) > 0 {
		headers := new(mapping)
		for _, name := range slices.Sorted(maps.Keys(u.Headers)) {
			headers.add(name, quoted(u.Headers[name]))
		}
		m.add("headers", headers.node())
	}
	m.text("element", u.Element)
	m.text("api", u.API)
	m.text("type", u.Type)
	m.text("crossorigin", u.CrossOrigin)
	m.text("integrity", u.Integrity)
	m.list("protocols", u.Protocols)
	m.text("body", u.Body)
	m.text("credentials", string(u.Credentials))
	m.list("cookies", u.Cookies)
	m.list("read", u.Read)
	m.list("readIfSent", u.ReadIfSent)
	m.text("reads", u.Reads)
	if u.PreflightCached > 0 {
		m.text("preflightCached", u.PreflightCached.String())
	}
	if u.Readable {
		m.add("readable", &yaml.Node{Kind: yaml.ScalarNode, Value: "true"})
	}
	page := new(mapping)
	page.text("embedderPolicy", string(u.EmbedderPolicy))
	page.text("referrerPolicy", string(u.ReferrerPolicy))
	page.text("contentSecurityPolicy", u.ContentSecurityPolicy)
	page.text("contentSecurityPolicyReportOnly", u.ContentSecurityPolicyReportOnly)
	page.text("integrityPolicy", u.IntegrityPolicy)
	page.text("integrityPolicyReportOnly", u.IntegrityPolicyReportOnly)
	page.text("connectionAllowlist", u.ConnectionAllowlist)
	page.text("connectionAllowlistReportOnly", u.ConnectionAllowlistReportOnly)
	page.text("addressSpace", string(u.AddressSpace))
	if len(page.content) > 0 {
		m.add("page", page.node())
	}
	return m.node()
}

// A mapping is an object of YAML under way.
type mapping struct{ content []*yaml.Node }

func (m *mapping) node() *yaml.Node { return &yaml.Node{Kind: yaml.MappingNode, Content: m.content} }

func (m *mapping) add(key string, value *yaml.Node) {
	m.content = append(m.content, quoted(key), value)
}

// text adds a text that is not empty.
func (m *mapping) text(key, value string) {
	if value != "" {
		m.add(key, quoted(value))
	}
}

// list adds a list that is not empty.
func (m *mapping) list(key string, values []string) {
	if len(values) == 0 {
		return
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, v := range values {
		list.Content = append(list.Content, quoted(v))
	}
	m.add(key, list)
}

// quoted is a text, in quotation marks where YAML would read something else.
func quoted(s string) *yaml.Node {
	n := new(yaml.Node)
	n.SetString(s)
	if strings.ContainsAny(s, "\r\n") { // so that each line stands where it was
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

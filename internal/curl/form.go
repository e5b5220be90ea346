package curl

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"mime"
	"path/filepath"
	"strings"
)

// formFlag is --form, or --form-string, whose values are literal.
type formFlag struct {
	parts   *[]formPart
	literal bool
}

// A formPart is a field of a form.
type formPart struct {
	name, content string // content is the name of a file if file is set
	file          bool
	upload        bool   // the file is sent with its name
	filename      string // "" is the file's own
	contentType   string // "": that of the file's name, or none
}

func (f formFlag) String() string { return "" }
func (f formFlag) Type() string   { return "name=content" }

func (f formFlag) Set(s string) error {
	name, content, ok := strings.Cut(s, "=")
	if !ok {
		return errors.New("a field is name=content, name=@file or name=<file")
	}
	part := formPart{name: name, content: content}
	if !f.literal {
		if err := part.parse(content); err != nil {
			return err
		}
	}
	*f.parts = append(*f.parts, part)
	return nil
}

// parse reads the part after the equals sign: a word, and attributes that each begin with
// a semicolon.
func (p *formPart) parse(s string) error {
	p.upload = strings.HasPrefix(s, "@")
	if p.file = p.upload || strings.HasPrefix(s, "<"); p.file {
		s = s[1:]
	}
	p.content, s = formWord(s)
	last := ""
	for s != "" {
		key, value, ok := strings.Cut(strings.TrimLeft(s[1:], " "), "=")
		switch {
		case s[0] == ';' && ok && key == "type":
			p.contentType, s = formWord(value)
		case s[0] == ';' && ok && key == "filename":
			p.filename, s = formWord(value)
		case s[0] == ';' && last == "type": // a parameter of the type
			var parameter string
			parameter, s = formWord(s[1:])
			p.contentType += ";" + parameter
			continue
		default:
			return fmt.Errorf("%s: %.40q follows the content; put content that has a semicolon in double quotes, or use --form-string", p.name, s)
		}
		last = key
	}
	return nil
}

// formWord is a word up to a semicolon, and what follows. A word in double quotes
// ends where they do, and loses them and the backslashes in it.
func formWord(s string) (word, rest string) {
	end := strings.IndexByte(s+";", ';')
	if !strings.HasPrefix(s, `"`) {
		return s[:end], s[end:]
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == '"'):
			i++
			b.WriteByte(s[i])
		case s[i] == '"':
			return b.String(), s[i+1:]
		default:
			b.WriteByte(s[i])
		}
	}
	return s[:end], s[end:] // the quotation mark is not closed: it is content
}

// encodeForm returns the body that a page sends for this FormData, and its type.
//
// https://html.spec.whatwg.org/#multipart/form-data-encoding-algorithm
func encodeForm(parts []formPart, readFile func(name string) ([]byte, error)) (body []byte, contentType string, err error) {
	boundary := "----browsercors" + rand.Text()
	name := strings.NewReplacer("\r\n", "%0D%0A", "\r", "%0D%0A", "\n", "%0D%0A", `"`, "%22")
	var b bytes.Buffer
	for _, p := range parts {
		content := []byte(p.content)
		filename, contentType := p.filename, p.contentType
		if p.file {
			if content, err = readFile(p.content); err != nil {
				return nil, "", fmt.Errorf("--form: %w", err)
			}
		}
		if p.upload {
			if filename == "" {
				filename = filepath.Base(p.content)
			}
			if contentType == "" && p.content != "-" {
				contentType = fileType(filename)
			}
		}
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", boundary, name.Replace(p.name))
		if filename != "" {
			fmt.Fprintf(&b, "; filename=\"%s\"", name.Replace(filename))
		}
		if contentType != "" {
			fmt.Fprintf(&b, "\r\nContent-Type: %s", strings.NewReplacer("\r", "", "\n", "").Replace(contentType))
		}
		fmt.Fprintf(&b, "\r\n\r\n%s\r\n", content)
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return b.Bytes(), "multipart/form-data; boundary=" + boundary, nil
}

// fileType is the MIME type of a file by its name, as browsers guess it.
func fileType(name string) string {
	t, _, _ := strings.Cut(mime.TypeByExtension(filepath.Ext(name)), ";")
	if t == "" {
		return "application/octet-stream"
	}
	return t
}

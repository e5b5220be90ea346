package hsts

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/browsercors/browsercors/internal/replacefile"
	"github.com/browsercors/browsercors/origin"
)

// version is that of the format of files.
const version = 1

// maxFile is the longest file that is loaded.
const maxFile = 32 << 20

// file is a saved Store.
type file struct {
	Version int    `json:"version"`
	Hosts   []Host `json:"hosts"`
}

// Save writes the hosts whose policy has not expired to w, as JSON.
func (s *Store) Save(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString("{\"version\": 1, \"hosts\": [")
	for i, h := range s.Hosts() {
		if i > 0 {
			b.WriteByte(',')
		}
		line, err := json.Marshal(h)
		if err != nil {
			return fmt.Errorf("hsts: saving hosts: %w", err)
		}
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("hsts: saving hosts: %w", err)
	}
	return nil
}

// SaveFile saves the hosts to a file that only its owner may read. After a crash there
// is either the old file or the new one.
func (s *Store) SaveFile(name string) error {
	if err := replacefile.Write(name, s.Save); err != nil {
		return fmt.Errorf("hsts: saving hosts: %w", err)
	}
	return nil
}

// Load adds saved hosts, and returns how many were added. A loaded host replaces what is kept of it. Hosts
// whose policy has expired are left out, as are those that the Store's limits have no
// room for. If anything in the file is wrong, the error says what and where, and
// nothing is changed.
func (s *Store) Load(r io.Reader) (int, error) { return s.load(r, "hosts") }

// LoadFile loads hosts from a file, like [Store.Load]. If there is no such file, the
// error is an [fs.ErrNotExist].
func (s *Store) LoadFile(name string) (int, error) {
	f, err := os.Open(name)
	if err != nil {
		return 0, fmt.Errorf("hsts: loading hosts: %w", err)
	}
	defer f.Close()
	return s.load(f, name)
}

func (s *Store) load(r io.Reader, name string) (int, error) {
	if s == nil {
		return 0, errors.New("hsts: loading hosts: there is no list of HSTS hosts")
	}
	all, err := read(r)
	if err != nil {
		return 0, fmt.Errorf("hsts: loading %s: %w", name, err)
	}
	now := s.now()
	for i := range all {
		if err := s.check(&all[i]); err != nil {
			return 0, fmt.Errorf("hsts: loading %s: host %d: %w", name, i+1, err)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []key
	for _, h := range all {
		if !now.Before(h.Expires) {
			continue
		}
		if latest := now.Add(longest); h.Expires.After(latest) {
			h.Expires = latest
		}
		k := key{h.TopLevelSite, h.Host}
		s.put(k, h.IncludeSubDomains, h.Expires)
		keys = append(keys, k)
	}
	loaded := make(map[key]bool, len(keys))
	for _, k := range keys {
		if s.hosts[k] != nil {
			loaded[k] = true
		}
	}
	return len(loaded), nil
}

// read reads a file to its end.
func read(r io.Reader) ([]Host, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(data) > maxFile:
		return nil, fmt.Errorf("the file is longer than %d bytes", maxFile)
	}
	var head struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, problem(err, data)
	}
	switch {
	case head.Version == nil:
		return nil, errors.New(`it has no "version": it was not saved by this package`)
	case *head.Version != version:
		return nil, fmt.Errorf("version %d is unknown, want %d", *head.Version, version)
	}
	var f file
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	if err := in.Decode(&f); err != nil {
		return nil, problem(err, data)
	}
	return f.Hosts, nil
}

// problem is an error of the decoder with the line that it is in.
func problem(err error, data []byte) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	offset := int64(-1)
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &kind):
		offset = kind.Offset
	}
	if offset < 0 || offset > int64(len(data)) {
		return err
	}
	return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:offset], []byte("\n")), err)
}

// check says what is wrong with a host of a file.
func (s *Store) check(h *Host) error {
	for _, name := range []string{h.Host, cmp.Or(h.TopLevelSite, h.Host)} {
		u, err := origin.ParseURL("https://" + name + "/")
		switch {
		case err != nil || u.Host() != name || canonical(name) != name:
			return fmt.Errorf("%s is not a host in the form that URLs have it, without a trailing dot", quote(name))
		case !u.HostIsDomain() && name == h.Host:
			return fmt.Errorf("%s is an IP address, which is never an HSTS host", quote(name))
		}
	}
	switch {
	case h.Expires.IsZero():
		return fmt.Errorf("%s has no expiry", quote(h.Host))
	case h.TopLevelSite != "" != s.rules.ByTopLevelSite:
		return fmt.Errorf("%s, kept for the top-level site %s: it was saved under the rules of another browser", quote(h.Host), quote(h.TopLevelSite))
	}
	h.Expires = h.Expires.Round(0).In(time.UTC)
	return nil
}

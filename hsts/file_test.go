package hsts_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/hsts"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

func TestSaveLoad(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	clock := func() time.Time { return now }
	for name, own := range map[string]rules.HSTS{"standard": {}, "by top-level site": {ByTopLevelSite: true}} {
		t.Run(name, func(t *testing.T) {
			o := &hsts.Options{Rules: own, Now: clock}
			from := hsts.New(o)
			top := parse(t, "https://app.example/").Origin()
			_ = from.Note(parse(t, "https://a.test/"), top, "max-age=60;includeSubDomains")
			_ = from.Note(parse(t, "https://xn--bcher-kva.test/"), top, "max-age=600")
			file := filepath.Join(t.TempDir(), "hsts.json")
			if err := from.SaveFile(file); err != nil {
				t.Fatal(err)
			}
			if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("%v, %v", info.Mode(), err)
			}
			to := hsts.New(o)
			_ = to.Note(parse(t, "https://kept.test/"), top, "max-age=60")
			_ = to.Note(parse(t, "https://a.test/"), top, "max-age=1")
			n, err := to.LoadFile(file)
			if err != nil || n != 2 {
				t.Fatalf("%d, %v", n, err)
			}
			_ = from.Note(parse(t, "https://kept.test/"), top, "max-age=60")
			want := from.Hosts()
			want = []hsts.Host{want[2], want[0], want[1]}
			if diff := cmp.Diff(want, to.Hosts()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A file with a mistake is refused as a whole, and what is kept stays.
func TestLoadDamaged(t *testing.T) {
	const host = `{"host": "a.test", "expires": "2100-01-01T00:00:00Z"}`
	tests := []struct{ name, data, want string }{
		{"empty", "", "unexpected end"},
		{"cut off", `{"version": 1, "hosts": [` + host, "line 1"},
		{"cut off in a later line", "{\"version\": 1, \"hosts\": [\n" + host + ",\n{\"host\"", "line 3"},
		{"something behind", `{"version": 1, "hosts": []} x`, "invalid character 'x'"},
		{"list", `[]`, "line 1"},
		{"no version", `{"hosts": []}`, `no "version"`},
		{"later version", `{"version": 2, "hosts": []}`, "version 2 is unknown, want 1"},
		{"unknown key", `{"version": 1, "hosts": [], "x": 1}`, `unknown field "x"`},
		{"wrong type", "{\"version\": 1,\n\"hosts\": [{\"host\": 1}]}", "line 2"},
		{"not a date", `{"version": 1, "hosts": [{"host": "a.test", "expires": "soon"}]}`, `"soon"`},
		{"no expiry", `{"version": 1, "hosts": [{"host": "a.test"}]}`, `host 1: "a.test" has no expiry`},
		{"second host wrong", `{"version": 1, "hosts": [` + host + `, {"host": "A.test", "expires": "2100-01-01T00:00:00Z"}]}`, `host 2: "A.test" is not a host`},
		{"trailing dot", `{"version": 1, "hosts": [{"host": "a.test.", "expires": "2100-01-01T00:00:00Z"}]}`, "without a trailing dot"},
		{"no host", `{"version": 1, "hosts": [{"expires": "2100-01-01T00:00:00Z"}]}`, `host 1: "" is not a host`},
		{"port", `{"version": 1, "hosts": [{"host": "a.test:1", "expires": "2100-01-01T00:00:00Z"}]}`, `"a.test:1" is not a host`},
		{"address", `{"version": 1, "hosts": [{"host": "192.0.2.1", "expires": "2100-01-01T00:00:00Z"}]}`, "IP address"},
		{"of Firefox", `{"version": 1, "hosts": [{"host": "a.test", "topLevelSite": "app.example", "expires": "2100-01-01T00:00:00Z"}]}`, "another browser"},
		{"too long", `{"version": 1, "hosts": [` + strings.Repeat(" ", 33<<20) + `]}`, "longer than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := hsts.New(nil)
			_ = s.Note(parse(t, "https://kept.test/"), origin.Origin{}, "max-age=600")
			before := s.Hosts()
			n, err := s.Load(strings.NewReader(tt.data))
			if n != 0 || err == nil || !strings.HasPrefix(err.Error(), "hsts: loading hosts: ") || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%d, %v; want %q", n, err, tt.want)
			}
			if diff := cmp.Diff(before, s.Hosts()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Expired hosts are left out, a distant expiry is cut down, and the limits hold.
func TestLoadLimits(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	s := hsts.New(&hsts.Options{MaxHosts: 20, Now: func() time.Time { return now }})
	var b bytes.Buffer
	b.WriteString(`{"version": 1, "hosts": [{"host": "old.test", "expires": "2025-12-31T23:59:59Z"}`)
	for i := range 30 {
		fmt.Fprintf(&b, `, {"host": "h%d.test", "expires": "9999-01-01T00:00:00+01:00"}`, i)
	}
	b.WriteString("]}")
	n, err := s.Load(&b)
	if err != nil || n != 20 {
		t.Fatalf("%d, %v", n, err)
	}
	all := s.Hosts()
	if len(all) != 20 || all[0].Host != "h10.test" || all[0].Expires.Sub(now) > 101*365*24*time.Hour {
		t.Errorf("%v", all)
	}
}

func TestLoadFileMissing(t *testing.T) {
	if _, err := hsts.New(nil).LoadFile(filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(`{"version": 1, "hosts": [{"host": "a.test", "includeSubDomains": true, "expires": "2100-01-01T00:00:00Z"}]}`))
	f.Add([]byte(`{"version": 1, "hosts": [null]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := hsts.New(nil)
		n, err := s.Load(bytes.NewReader(data))
		if all := s.Hosts(); len(all) != n || err != nil && n > 0 {
			t.Errorf("%d, %v: %v", n, err, all)
		}
		var b bytes.Buffer
		if err := s.Save(&b); err != nil {
			t.Fatal(err)
		}
		again := hsts.New(nil)
		if m, err := again.Load(&b); err != nil || m != n {
			t.Errorf("saved and loaded: %d, %v; want %d", m, err, n)
		}
	})
}

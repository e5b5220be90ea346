package safelist_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/internal/headervalue"
	"github.com/browsercors/browsercors/internal/mimetype"
	"github.com/browsercors/browsercors/safelist"
)

// list makes a header list of names and values in turn.
func list(namesAndValues ...string) safelist.HeaderList {
	var l safelist.HeaderList
	for i := 0; i < len(namesAndValues); i += 2 {
		l = append(l, safelist.Header{Name: namesAndValues[i], Value: namesAndValues[i+1]})
	}
	return l
}

// https://fetch.spec.whatwg.org/#concept-header-list-get
func TestGet(t *testing.T) {
	l := list("A", "1", "b", "", "a", "", "B-", "x", "A", "3, 4", "C", "c")
	for _, test := range []struct {
		name, header, want string
		ok                 bool
	}{
		{"joined in order, empty ones too", "a", "1, , 3, 4", true},
		{"empty value", "B", "", true},
		{"once", "C", "c", true},
		{"absent", "D", "", false},
		{"no prefix match", "B--", "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := l.Get(test.header)
			if got != test.want || ok != test.ok {
				t.Errorf("Get(%q) = %q, %v; want %q, %v", test.header, got, ok, test.want, test.ok)
			}
			if l.Contains(test.header) != test.ok {
				t.Errorf("Contains(%q) = %v", test.header, !test.ok)
			}
		})
	}
}

// https://fetch.spec.whatwg.org/#concept-header-list
func TestHeaderListChanges(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*safelist.HeaderList)
		want   safelist.HeaderList
	}{
		{"append reuses the spelling", func(l *safelist.HeaderList) { l.Append("a", "4") },
			list("A", "1", "B", "2", "A", "3", "A", "4")},
		{"append a new name", func(l *safelist.HeaderList) { l.Append("c", "4") },
			list("A", "1", "B", "2", "A", "3", "c", "4")},
		{"delete all of a name", func(l *safelist.HeaderList) { l.Delete("a") }, list("B", "2")},
		{"delete nothing", func(l *safelist.HeaderList) { l.Delete("c") }, list("A", "1", "B", "2", "A", "3")},
		{"set keeps the place", func(l *safelist.HeaderList) { l.Set("a", "4") }, list("A", "4", "B", "2")},
		{"set a new name", func(l *safelist.HeaderList) { l.Set("c", "4") },
			list("A", "1", "B", "2", "A", "3", "c", "4")},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := list("A", "1", "B", "2", "A", "3")
			test.change(&l)
			if diff := cmp.Diff(test.want, l); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestValues(t *testing.T) {
	l := list("X-b", "1, 2", "A", "2", "x-B", "")
	if diff := cmp.Diff([]string{"1, 2", ""}, l.Values("x-b")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := l.Values("c"); got != nil {
		t.Errorf("no header gives %q", got)
	}
}

func TestNames(t *testing.T) {
	l := list("X-b", "1", "A", "2", "x-B", "3")
	if diff := cmp.Diff([]string{"X-b", "A"}, l.Names()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// No server and no script may make the engine's work grow with the square of what they send.
func TestManyHeadersTakeLinearTime(t *testing.T) {
	const n = 50_000
	var same, different, hints safelist.HeaderList
	var members strings.Builder
	for i := range n {
		name := "x-" + strconv.Itoa(i)
		same = append(same, safelist.Header{Name: "Accept"})
		different = append(different, safelist.Header{Name: name})
		hints = append(hints, safelist.Header{Name: "Sec-CH-UA"})
		members.WriteString(name + ",,")
	}
	lists := list("Access-Control-Expose-Headers", members.String(), "Access-Control-Allow-Headers", members.String(),
		"Content-Length", strings.Repeat("1,", n)+"1",
		"Content-Type", "a/b"+strings.Repeat(";c=d", n), "Content-Type", strings.Repeat(`e/f;"`, n))
	var parameters strings.Builder
	parameters.WriteString("text/plain")
	for _, h := range different {
		parameters.WriteString(";" + h.Name + "=1")
	}
	rules := &safelist.Rules{JoinRepeated: true, SafelistedHints: true}
	start := time.Now()
	same.Get("accept")
	same.Names()
	for _, l := range []safelist.HeaderList{same, different, hints} {
		rules.UnsafeNames(l)
		rules.NeedsPreflight("GET", l, false)
		_ = rules.Classify("GET", l, false).String()
		(*safelist.Rules)(nil).UnsafeNames(l)
	}
	names, _, err := rules.ExposedNames(lists, true)
	if err != nil || len(names) != n {
		t.Fatalf("%d names, %v", len(names), err)
	}
	if got := visible(rules, different, names); len(got) != n {
		t.Errorf("%d of %d headers kept", len(got), n)
	}
	lists.ExtractValues("Access-Control-Allow-Headers")
	headervalue.ExtractLength(lists)
	mimetype.Extract(lists)
	if m, ok := mimetype.Parse(parameters.String()); !ok || len(m.Parameters) != n {
		t.Error("parameters lost")
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestHeaderListSize(t *testing.T) {
	for _, tt := range []struct {
		name string
		l    safelist.HeaderList
		want int64
	}{
		{"none", nil, 0},
		{"empty value", safelist.HeaderList{{Name: "ab"}}, 34},
		{"repeated", safelist.HeaderList{{Name: "a", Value: "12"}, {Name: "A", Value: "345"}}, 71},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.l.Size(); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

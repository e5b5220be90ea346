package engine_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/safelist"
)

// leaves are the paths of all fields of a profile that are no structs, and how
// to reach them.
func leaves(v reflect.Value, path string) map[string]reflect.Value {
	if v.Kind() != reflect.Struct {
		return map[string]reflect.Value{path: v}
	}
	all := make(map[string]reflect.Value)
	for i := range v.NumField() {
		for name, leaf := range leaves(v.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, ".")) {
			all[name] = leaf
		}
	}
	return all
}

// TestDeviationsDescribeEveryField sets every field of a profile, to every
// value where it is an enumeration: each must have words, and the words must
// all be used.
func TestDeviationsDescribeEveryField(t *testing.T) {
	t.Parallel()
	// The enumerations among the rules, with their largest value: a value that
	// is new goes here.
	largest := map[reflect.Type]uint64{
		reflect.TypeFor[safelist.RangeRule]():           uint64(safelist.RangeLenient),
		reflect.TypeFor[safelist.EmptyMembers]():        uint64(safelist.RejectEmptyMembers),
		reflect.TypeFor[fetch.PolicyHeaderRule]():       uint64(fetch.PolicyByMember),
		reflect.TypeFor[fetch.EmptyLocationRule]():      uint64(fetch.EmptyLocationFails),
		reflect.TypeFor[fetch.StreamRule]():             uint64(fetch.StreamIsRefused),
		reflect.TypeFor[fetch.ResetContentRule]():       uint64(fetch.ResetContentBody),
		reflect.TypeFor[fetch.BlobSuffixRule]():         uint64(fetch.BlobSuffixWithin),
		reflect.TypeFor[fetch.LineFoldRule]():           uint64(fetch.LineFoldKeepsAll),
		reflect.TypeFor[credentials.ThirdPartyPolicy](): uint64(credentials.ThirdPartyNotStored),
		reflect.TypeFor[credentials.UnsetRule]():        uint64(credentials.UnsetIsNone),
		reflect.TypeFor[credentials.ControlRule]():      uint64(credentials.ControlEnds),
		reflect.TypeFor[credentials.QOPRule]():          uint64(credentials.QOPAuthRequired),
		reflect.TypeFor[credentials.ChallengeGrammar](): uint64(credentials.GrammarItems),
		reflect.TypeFor[credentials.NonceRule]():        uint64(credentials.NonceOptional),
		reflect.TypeFor[credentials.AlgorithmRule]():    uint64(credentials.AlgorithmAlways),
		reflect.TypeFor[credentials.DigestOrder]():      uint64(credentials.OrderQOPLast),
	}
	described := 0
	check := func(path string, p *fetch.Profile) {
		t.Helper()
		all := engine.Deviations(p)
		if len(all) != 1 || all[0].Field != path {
			t.Fatalf("%s: deviations %v", path, all)
		}
		d := all[0]
		described++
		for _, sentence := range []string{d.Does, d.Standard} {
			if !strings.HasSuffix(sentence, ".") || strings.TrimSpace(sentence) != sentence {
				t.Errorf("%s: %q is no sentence", path, sentence)
			}
		}
		if !strings.HasPrefix(d.Section, "https://") || !strings.Contains(d.Section, "#") {
			t.Errorf("%s: section %q", path, d.Section)
		}
	}
	for path := range leaves(reflect.ValueOf(fetch.Profile{}), "") {
		if path == "Name" || path == "Version" {
			continue
		}
		p := fetch.Standard()
		leaf := leaves(reflect.ValueOf(p).Elem(), "")[path]
		switch {
		case leaf.Kind() == reflect.Bool:
			leaf.SetBool(true)
		case leaf.Kind() == reflect.Slice:
			leaf.Set(reflect.MakeSlice(leaf.Type(), 1, 1))
		case leaf.Kind() == reflect.String:
			leaf.SetString("x")
		case leaf.CanInt():
			leaf.SetInt(1)
		case leaf.CanUint() && largest[leaf.Type()] > 0:
			for v := range largest[leaf.Type()] {
				leaf.SetUint(v + 1)
				check(path, p)
			}
			continue
		default:
			t.Fatalf("%s is of type %s, which the test does not know", path, leaf.Type())
		}
		check(path, p)
	}
	if described != engine.DeviationEntries {
		t.Errorf("%d departures have words, and there are words for %d: one names no field, or two the same", described, engine.DeviationEntries)
	}
}

// TestDeviationsHaveSources holds that it is known of every engine where its
// departures are known from.
func TestDeviationsHaveSources(t *testing.T) {
	t.Parallel()
	used := 0
	for _, p := range engine.Profiles() {
		all := engine.Deviations(p)
		if p.Name == "standard" {
			if len(all) > 0 {
				t.Errorf("the Standard departs from itself: %v", all)
			}
			continue
		}
		if len(all) < 10 {
			t.Errorf("%s: only %d departures", p.Name, len(all))
		}
		for _, d := range all {
			if d.Source == "" {
				t.Errorf("%s: %s: where is that known from?", p.Name, d.Field)
			}
			used++
		}
	}
	if used != engine.DeviationSources {
		t.Errorf("%d departures of the engines, %d sources: an engine stopped doing something", used, engine.DeviationSources)
	}
	if all := engine.Deviations(nil); all != nil {
		t.Errorf("nil: %v", all)
	}
}

// TestDeviationsShowValues holds what fields that are no switches show.
func TestDeviationsShowValues(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		set   func(*fetch.Profile)
		field string
		want  string
	}{
		{"names", func(p *fetch.Profile) { p.Safelist.ExtraExposed = []string{"accept", "x-a"} }, "Safelist.ExtraExposed", "accept, x-a"},
		{"ports", func(p *fetch.Profile) { p.Ports.Allowed = []uint16{4190, 6679} }, "Ports.Allowed", "4190, 6679"},
		{"cache modes", func(p *fetch.Profile) { p.Preflight.BypassCache = []fetch.CacheMode{fetch.CacheNoStore} }, "Preflight.BypassCache", "no-store"},
		{"hours", func(p *fetch.Profile) { p.PreflightLimits.MaxAge = 24 * time.Hour }, "PreflightLimits.MaxAge", "24 h"},
		{"minutes", func(p *fetch.Profile) { p.PreflightLimits.MaxAge = 10 * time.Minute }, "PreflightLimits.MaxAge", "10 min"},
		{"seconds", func(p *fetch.Profile) { p.PreflightLimits.MaxAge = time.Second }, "PreflightLimits.MaxAge", "1s"},
		{"number", func(p *fetch.Profile) { p.PreflightCache.MaxURLLength = 1023 }, "PreflightCache.MaxURLLength", "1023"},
		{"switch", func(p *fetch.Profile) { p.PreflightCache.NoWildcard = true }, "PreflightCache.NoWildcard", ""},
		{"enumeration", func(p *fetch.Profile) { p.Safelist.Range = safelist.RangeInt64 }, "Safelist.Range", ""},
		{"unknown value of an enumeration", func(p *fetch.Profile) { p.Redirect.EmptyLocation = 9 }, "Redirect.EmptyLocation", "9"},
		{"empty list", func(p *fetch.Profile) { p.Ports.Allowed = []uint16{} }, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := fetch.Standard()
			test.set(p)
			all := engine.Deviations(p)
			if test.field == "" {
				if len(all) > 0 {
					t.Errorf("%v, want none", all)
				}
				return
			}
			if !slices.ContainsFunc(all, func(d engine.Deviation) bool { return d.Field == test.field && d.Value == test.want }) || len(all) != 1 {
				t.Errorf("%+v, want %s with value %q", all, test.field, test.want)
			}
		})
	}
}

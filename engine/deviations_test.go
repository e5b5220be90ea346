package engine_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
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
		reflect.TypeFor[rules.Range]():               uint64(rules.RangeLenient),
		reflect.TypeFor[rules.StorageAccessRetry]():  uint64(rules.StorageAccessRetryActive),
		reflect.TypeFor[rules.WorkerStrictDynamic](): uint64(rules.WorkerByScriptOrDefault),
		reflect.TypeFor[rules.PolicyOrder]():         uint64(rules.PolicyOfFetchFirst),
		reflect.TypeFor[rules.SourcePorts]():         uint64(rules.PortsOfSource),
		reflect.TypeFor[rules.Dates]():               uint64(rules.DatesInOrder),
		reflect.TypeFor[rules.EmptyMembers]():        uint64(rules.RejectEmptyMembers),
		reflect.TypeFor[rules.PolicyHeader]():        uint64(rules.PolicyHeaderByMember),
		reflect.TypeFor[rules.EmptyLocation]():       uint64(rules.EmptyLocationFails),
		reflect.TypeFor[rules.Stream]():              uint64(rules.StreamRefused),
		reflect.TypeFor[rules.ResetContent]():        uint64(rules.ResetContentBody),
		reflect.TypeFor[rules.BlobSuffix]():          uint64(rules.BlobSuffixWithin),
		reflect.TypeFor[rules.LineFold]():            uint64(rules.LineFoldKeepsAll),
		reflect.TypeFor[rules.ClearedCookies]():      uint64(rules.ClearedCookiesOfSubdomains),
		reflect.TypeFor[rules.Unset]():               uint64(rules.UnsetIsNone),
		reflect.TypeFor[rules.Controls]():            uint64(rules.ControlEnds),
		reflect.TypeFor[rules.QOP]():                 uint64(rules.QOPAuthRequired),
		reflect.TypeFor[rules.Grammar]():             uint64(rules.GrammarItems),
		reflect.TypeFor[rules.Nonce]():               uint64(rules.NonceOptional),
		reflect.TypeFor[rules.Algorithm]():           uint64(rules.AlgorithmAlways),
		reflect.TypeFor[rules.DigestOrder]():         uint64(rules.OrderQOPLast),
		reflect.TypeFor[rules.SandboxedElements]():   uint64(rules.SandboxedElementsOnly),
		reflect.TypeFor[rules.ModulepreloadAs]():     uint64(rules.ModulepreloadAsStrict),
		reflect.TypeFor[rules.FrameEvent]():          uint64(rules.FrameSilent),
		reflect.TypeFor[rules.MediaStatuses]():       uint64(rules.MediaStatusesOpaque),
		reflect.TypeFor[rules.StyleUnparsable]():     uint64(rules.StyleWithoutSlash),
		reflect.TypeFor[rules.HomeOrigin]():          uint64(rules.HomeOriginNotMedia),

		reflect.TypeFor[rules.CacheControl]():   uint64(rules.CacheControlLoose),
		reflect.TypeFor[rules.CacheRequest]():   uint64(rules.CacheRequestSome),
		reflect.TypeFor[rules.ResponsePragma](): uint64(rules.ResponsePragmaSubstring),
		reflect.TypeFor[rules.Age]():            uint64(rules.AgeDouble),
		reflect.TypeFor[rules.CacheDates]():     uint64(rules.CacheDatesOfScript),
		reflect.TypeFor[rules.Refusal]():        uint64(rules.RefusalGETRemoves),
		reflect.TypeFor[rules.VaryEmpty]():      uint64(rules.VaryEmptyStoredIsAbsent),
		reflect.TypeFor[rules.Head]():           uint64(rules.HeadRemoves),
		reflect.TypeFor[rules.Ranges]():         uint64(rules.RangesByValue),

		reflect.TypeFor[rules.EventSourceFailures](): uint64(rules.EventSourceFailsByLocation),
		reflect.TypeFor[rules.Retry]():               uint64(rules.RetryLeading),
		reflect.TypeFor[rules.EventID]():             uint64(rules.EventIDWithData),
		reflect.TypeFor[rules.EventSourceURL]():      uint64(rules.EventSourceToPermanent),
		reflect.TypeFor[rules.SandboxedReferrer]():   uint64(rules.SandboxedReferrerOpaque),
		reflect.TypeFor[rules.UpgradedAddresses]():   uint64(rules.UpgradedAddressesAll),
		reflect.TypeFor[rules.LoopbackUpgrades]():    uint64(rules.LoopbackStays),
		reflect.TypeFor[rules.HSTSUpgrade]():         uint64(rules.HSTSNever),
	}
	policies := []rules.ThirdParty{rules.ThirdPartyBlocked, rules.ThirdPartyPartitioned, rules.ThirdPartyJar, rules.ThirdPartyNotStored}
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
		case leaf.Type() == reflect.TypeFor[rules.ThirdParty]():
			for _, policy := range policies {
				leaf.Set(reflect.ValueOf(policy))
				check(path, p)
			}
			continue
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
		{"cache modes", func(p *fetch.Profile) { p.Preflight.BypassCache = []string{"no-store"} }, "Preflight.BypassCache", "no-store"},
		{"hours", func(p *fetch.Profile) { p.PreflightLimits.MaxAge = 24 * time.Hour }, "PreflightLimits.MaxAge", "24 h"},
		{"minutes", func(p *fetch.Profile) { p.PreflightLimits.MaxAge = 10 * time.Minute }, "PreflightLimits.MaxAge", "10 min"},
		{"seconds", func(p *fetch.Profile) { p.PreflightLimits.MaxAge = time.Second }, "PreflightLimits.MaxAge", "1s"},
		{"number", func(p *fetch.Profile) { p.PreflightCache.MaxURLLength = 1023 }, "PreflightCache.MaxURLLength", "1023"},
		{"switch", func(p *fetch.Profile) { p.PreflightCache.NoWildcard = true }, "PreflightCache.NoWildcard", ""},
		{"enumeration", func(p *fetch.Profile) { p.Safelist.Range = rules.RangeInt64 }, "Safelist.Range", ""},
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

package engine

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/rules"
)

// A Deviation describes a field of a [fetch.Profile] that departs from the
// Standard.
type Deviation struct {
	Field    string // its path: "Preflight.MaxAge.NegativeNotCached"
	Value    string // what it holds, if Does leaves that open: "24 h"
	Does     string // what the browser does, in a sentence
	Standard string // what the Standard says instead
	Section  string // the URL of the Standard's section
	Source   string // how it is known, such as a file of the engine's source; "" if the browser is not known to do it
}

// Deviations returns the departures of a profile from that of the Standard, field
// by field in the order of the struct. The Standard's profile and nil have none.
func Deviations(p *fetch.Profile) []Deviation {
	if p == nil {
		return nil
	}
	var all []Deviation
	var walk func(path string, own, standard reflect.Value)
	walk = func(path string, own, standard reflect.Value) {
		switch {
		case own.Kind() == reflect.Struct:
			for i := range own.NumField() {
				if name := own.Type().Field(i).Name; path != "" || name != "Name" && name != "Version" {
					walk(strings.TrimPrefix(path+"."+name, "."), own.Field(i), standard.Field(i))
				}
			}
		case own.Kind() == reflect.Slice && own.Len() == 0 && standard.Len() == 0:
		case !reflect.DeepEqual(own.Interface(), standard.Interface()):
			all = append(all, deviationOf(p, path, own.Interface()))
		}
	}
	walk("", reflect.ValueOf(*p), reflect.ValueOf(*fetch.Standard()))
	return all
}

// deviation is the field of a path in words.
func deviationOf(p *fetch.Profile, path string, value any) Deviation {
	for _, d := range deviations {
		if d.field == path && (d.value == nil || d.value == value) {
			shown := ""
			if _, isSwitch := value.(bool); !isSwitch && d.value == nil {
				shown = fieldText(value)
			}
			return Deviation{path, shown, d.does, d.standard, d.section, d.sources[p.Name]}
		}
	}
	return Deviation{Field: path, Value: fieldText(value)}
}

// fieldText shows what a field holds.
func fieldText(value any) string {
	switch v := value.(type) {
	case time.Duration:
		if v%time.Hour == 0 {
			return fmt.Sprintf("%d h", v/time.Hour)
		}
		if v%time.Minute == 0 {
			return fmt.Sprintf("%d min", v/time.Minute)
		}
	case []rules.HeaderCase:
		return lines(v)
	case []rules.Hint:
		return lines(v)
	case []string, []uint16:
		return strings.ReplaceAll(strings.Trim(fmt.Sprint(v), "[]"), " ", ", ")
	}
	return fmt.Sprint(value)
}

// lines shows each member of a list in a line of its own.
func lines[T fmt.Stringer](list []T) string {
	var all []string
	for _, member := range list {
		all = append(all, member.String())
	}
	return strings.Join(all, "\n")
}

// Where the engines' behaviour is known from, besides their sources.
const (
	seen     = "seen in the browser"
	inferred = "inferred, not seen"

	// WebKitGTK has a network library of its own, which Safari does not use.
	ownNetwork = "seen in WebKitGTK, whose network library does it"
)

// cookiesDraft is the cookie specification that Fetch refers to.
const cookiesDraft = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"

// A deviation is what one field of the rule structs means, or one value of a field
// that is an enumeration, and which engines are known to set it.
type deviation struct {
	field    string
	value    any // of an enumeration
	does     string
	detail   string // what only the field's documentation says
	standard string
	section  string
	sources  map[string]string // by profile
}

// deviations is the table. Each of its parts has a file of its own.
var deviations = slices.Concat(
	identityDeviations,
	headerDeviations,
	preflightDeviations,
	httpCacheDeviations,
	httpCacheUseDeviations,
	clearSiteDataDeviations,
	authenticationDeviations,
	cookieDeviations,
	requestDeviations,
	responseDeviations,
	networkDeviations,
	policyDeviations,
	cspDeviations,
	hstsDeviations,
	orbDeviations,
	localNetworkDeviations,
	webSocketDeviations,
	elementDeviations,
	eventSourceDeviations,
	beaconDeviations,
)

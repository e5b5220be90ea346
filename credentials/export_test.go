package credentials

import (
	"maps"
	"slices"
	"time"

	"github.com/browsercors/browsercors/internal/rules"
)

// ParseSetCookie parses a Set-Cookie header by some rules.
func ParseSetCookie(r *rules.Cookies, setCookie string, now, served time.Time) (parsedCookie, CookieRefusal) {
	return (*cookieRules)(r).parse(setCookie, now, served)
}

// Values are the values of the types whose documentation lists them, by the
// name of the type.
func Values() map[string][]string {
	return map[string][]string{
		"CookieRefusal":     valuesOf(refusalRules),
		"CookieWithholding": valuesOf(withholdingRules),
		"Unanswered":        valuesOf(unansweredTexts),
		"SameSiteAttribute": {"unset", "none", "lax", "strict"},
		"Limit":             {string(limitPerHost), string(limitPartitionBytes), string(limitTotal), string(limitBytes), string(limitSize)},
	}
}

func valuesOf[K ~string](texts map[K]string) (values []string) {
	for _, k := range slices.Sorted(maps.Keys(texts)) {
		values = append(values, string(k))
	}
	return values
}

// What the tests look into.
type SetCookie = parsedCookie

const (
	SameSiteUnset  = sameSiteUnset
	SameSiteNone   = sameSiteNone
	SameSiteLax    = sameSiteLax
	SameSiteStrict = sameSiteStrict
)

func Basic(username, password string) (string, error) { return noRules.basic(username, password) }

func (j *CookieJar) Store(r *CookieRequest, c *SetCookie) CookieRefusal {
	return j.store(r, c, new(lastDomain))
}

func (j *CookieJar) Bytes() int64 { return j.size() }

func (k *Keyring) Bytes() int64 { return k.size() }

func (k *Keyring) Len() int { return k.count() }

func (s sameSiteAttribute) String() string { return string(sameSiteAttributes[s]) }

// Parsed is an attribute as a jar keeps it.
func Parsed(s SameSiteAttribute) sameSiteAttribute { a, _ := s.parsed(); return a }

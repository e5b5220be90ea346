package credentials

import (
	"cmp"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// ClearSite removes the cookies of the site of a request's URL, as Clear-Site-Data:
// "cookies" in the response demands. Cookies in partitions are removed from the
// request's own; a third party that has Partitioned cookies only loses only those. of
// says whose cookies are removed, as an engine's profile has it in ClearSiteData; the
// zero value means those of the registrable domain.
//
// https://w3c.github.io/webappsec-clear-site-data/#clear-cookies
func (j *CookieJar) ClearSite(r *CookieRequest, of rules.ClearedCookies) {
	host := r.URL.Host()
	// 1. The registrable domain counts, or the host if it has none.
	domain := cmp.Or(origin.RegistrableDomain(host, j.suffixes), host)
	partition := j.partition(r)
	j.mu.Lock()
	defer j.mu.Unlock()
	// 2. The cookies of that domain.
	var found []*storedCookie
	collect := func(p CookiePartition) {
		d := j.domain(&domainKey{p, domain})
		if d == nil {
			return
		}
		for _, h := range d.hosts {
			below := strings.HasSuffix(h.name, "."+host)
			if of == rules.ClearedCookiesOfSite || h.name == host || below && of == rules.ClearedCookiesOfSubdomains {
				found = append(found, h.list(p)...)
			}
		}
	}
	if !r.ThirdParty || j.rules.ThirdParty != rules.ThirdPartyPartitioned && j.rules.ThirdParty != rules.ThirdPartyJar {
		collect(CookiePartition{})
	}
	collect(partition)
	// 3. Remove them. There is neither other storage (4, 5) nor, here, a password (6).
	for _, c := range slices.Clone(found) {
		j.remove(c)
	}
}

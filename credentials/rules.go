package credentials

import (
	"slices"
	"strings"
	"time"

	"github.com/browsercors/browsercors/internal/rules"
)

// cookieRules are an engine's rules for cookies, with the algorithms that read
// them.
type cookieRules rules.Cookies

// ThirdPartyPolicy says what happens to third-party cookies: those of requests whose
// URL and top-level page are not of one site.
//
//	""             they are sent and stored
//	"blocked"      they are neither sent nor stored
//	"partitioned"  only those with the attribute Partitioned are sent and stored
//	"jar"          they are sent and stored in a jar of the top-level site's own
//	"not-stored"   those that a first party has set are sent, and none are stored
//
// Any other value counts as "blocked". The policy is the field ThirdParty of a
// profile's rules for cookies, which a program may change:
//
//	profile := engine.Chromium()
//	profile.Credentials.Cookies.ThirdParty = "blocked"
type ThirdPartyPolicy = rules.ThirdParty

// orDefault is n, or what 0 stands for.
func orDefault[N int | int64 | time.Duration](n, otherwise N) N {
	if n == 0 {
		return otherwise
	}
	return n
}

// maxLifetime is the cookie age limit.
func (r *cookieRules) maxLifetime() time.Duration { return orDefault(r.MaxLifetime, 400*24*time.Hour) }

// perHost is the total cookies-per-host limit.
func (r *cookieRules) perHost() int { return orDefault(r.PerHost, 180) }

// total is the total cookies limit.
func (r *cookieRules) total() int { return orDefault(r.Total, 3300) }

// maxPath is how many bytes a path may have.
func (r *cookieRules) maxPath() int {
	if r.AnyLength {
		return maxAnyLength
	}
	return orDefault(r.MaxPath, maxPath)
}

// partitionBytes is how many bytes Partitioned cookies may have.
func (r *cookieRules) partitionBytes() int { return orDefault(r.PartitionBytes, 10<<10) }

// authenticationRules are an engine's rules for HTTP authentication, with the
// algorithms that read them.
type authenticationRules rules.Authentication

// noRules are the rules of a request that has none.
var noRules authenticationRules

func (r *AuthRequest) rules() *authenticationRules {
	if r.Rules == nil {
		return &noRules
	}
	return (*authenticationRules)(r.Rules)
}

// challenges are the challenges of a response that the engine sees. Those of one scheme
// are in the order in which the engine tries them.
func (rules *authenticationRules) challenges(lines []string) []Challenge {
	all := rules.parse(lines)
	if rules.SafestDigest {
		slices.SortStableFunc(all, func(a, b Challenge) int { return digestSafety(&b) - digestSafety(&a) })
	}
	return all
}

// digestSafety ranks the algorithms of Digest; 0 is that of other schemes.
func digestSafety(c *Challenge) int {
	if !strings.EqualFold(c.Scheme, "Digest") {
		return 0
	}
	algorithm, _ := c.Param("algorithm")
	switch strings.ToUpper(algorithm) {
	case "":
		return 2
	case "MD5":
		return 3
	case "MD5-SESS":
		return 4
	case "SHA-256":
		return 5
	case "SHA-256-SESS":
		return 6
	case "SHA-512-256":
		return 7
	case "SHA-512-256-SESS":
		return 8
	}
	return 1
}

// digestKnown tells whether an algorithm, without its -sess, is known.
func (rules *authenticationRules) digestKnown(algorithm string) bool {
	if algorithm == "" {
		algorithm = "MD5"
	}
	return rules.DigestAlgorithms == nil ||
		slices.ContainsFunc(rules.DigestAlgorithms, func(known string) bool { return strings.EqualFold(known, algorithm) })
}

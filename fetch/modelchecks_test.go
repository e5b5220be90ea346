package fetch_test

import (
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
)

// The model (model_test.go) of the checks, of the headers that a browser adds, and of integrity.

// https://fetch.spec.whatwg.org/#concept-cors-check
func modelCORSCheck(r *modelRequest, resp *modelResponse) bool {
	origin, ok := resp.headers.get("Access-Control-Allow-Origin") // 1
	switch {
	case !ok:
		return false // 2
	case r.credentials != "include" && origin == "*":
		return true // 3
	case r.serializedOrigin() != origin:
		return false // 4
	case r.credentials != "include":
		return true // 5
	}
	credentials, _ := resp.headers.get("Access-Control-Allow-Credentials") // 6
	return credentials == "true"                                           // 7, 8
}

// https://fetch.spec.whatwg.org/#concept-tao-check
func modelTAOCheck(r *modelRequest, resp *modelResponse) bool {
	if r.timingAllowFailed {
		return false // 2
	}
	values := resp.headers.getDecodeAndSplit("Timing-Allow-Origin") // 3
	return slices.Contains(values, "*") || slices.Contains(values, r.serializedOrigin()) || r.tainting == "basic"
}

// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func (r *modelRequest) appendOrigin(headers *modelHeaders) {
	serialized := r.serializedOrigin() // 2
	if r.tainting == "cors" {
		headers.append("Origin", serialized) // 3
		return
	}
	if r.method == "GET" || r.method == "HEAD" {
		return
	}
	if r.mode != "cors" { // 4.1
		switch r.referrerPolicy {
		case "no-referrer":
			serialized = "null"
		case "no-referrer-when-downgrade", "strict-origin", "strict-origin-when-cross-origin":
			if r.origin.opaque == 0 && r.origin.scheme == "https" && r.currentURL().scheme != "https" {
				serialized = "null"
			}
		case "same-origin":
			if !r.origin.sameOrigin(r.currentURL().origin()) {
				serialized = "null"
			}
		}
	}
	headers.append("Origin", serialized) // 4.2
}

// https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration
func (r *modelRequest) appendMetadata(headers *modelHeaders) {
	if !r.url().trustworthy() {
		return // 1
	}
	destination := r.destination
	if destination == "" {
		destination = "empty"
	}
	headers.set("Sec-Fetch-Dest", destination)      // 2
	headers.set("Sec-Fetch-Mode", r.mode)           // 3
	headers.set("Sec-Fetch-Site", r.metadataSite()) // 4; a subresource request has no Sec-Fetch-User
}

// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
func (r *modelRequest) metadataSite() string {
	value := "same-origin" // 3
	for _, u := range r.urlList {
		if u.origin().sameOrigin(r.origin) {
			continue // 5.1
		}
		value = "cross-site" // 5.2
		if !r.origin.sameSite(u.origin()) {
			break // 5.3
		}
		value = "same-site" // 5.4
	}
	return value
}

// modelReferrerPolicies are the referrer policies other than the empty string.
//
// https://w3c.github.io/webappsec-referrer-policy/#referrer-policies
var modelReferrerPolicies = []string{
	"no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin",
	"strict-origin-when-cross-origin", "unsafe-url",
}

// https://w3c.github.io/webappsec-referrer-policy/#parse-referrer-policy-from-header
func modelReferrerPolicyOf(resp *modelResponse) string {
	// policy-token and extension-token are letters and hyphens.
	token := func(s string) bool {
		return strings.Trim(modelLower(s), "abcdefghijklmnopqrstuvwxyz-") == ""
	}
	policy := ""
	for _, value := range resp.headers.extract("Referrer-Policy", false, modelList(1, token)).values {
		if slices.Contains(modelReferrerPolicies, value) {
			policy = value
		}
	}
	return policy
}

// determineReferrer is "determine request's referrer"; not ok is no referrer.
//
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func (r *modelRequest) determineReferrer() (u modelURL, ok bool) {
	source := r.referrerURL
	if r.referrer == "client" { // 3
		if !r.client.worker && r.client.origin.opaque != 0 {
			return u, false
		}
		source = r.client.url
	}
	if slices.Contains([]string{"about", "blob", "data"}, source.scheme) {
		return u, false // of a local URL, both of the following are no referrer
	}
	url := modelStrip(source, false)       // 4
	originOnly := modelStrip(source, true) // 5
	if len(url.String()) > 4096 {
		url = originOnly // 6
	}
	current := *r.currentURL()
	same := url.origin().sameOrigin(current.origin())
	downgrade := url.trustworthy() && !current.trustworthy()
	switch r.referrerPolicy { // 8
	case "no-referrer":
		return u, false
	case "origin":
		return originOnly, true
	case "unsafe-url":
		return url, true
	case "strict-origin":
		return originOnly, !downgrade
	case "strict-origin-when-cross-origin":
		if same {
			return url, true
		}
		return originOnly, !downgrade
	case "same-origin":
		return url, same
	case "origin-when-cross-origin":
		if same {
			return url, true
		}
		return originOnly, true
	case "no-referrer-when-downgrade":
		return url, !downgrade
	}
	panic("no such referrer policy: " + r.referrerPolicy)
}

// modelStrip is "strip url for use as a referrer", of a URL that is not local.
//
// https://w3c.github.io/webappsec-referrer-policy/#strip-url
func modelStrip(u modelURL, originOnly bool) modelURL {
	u.username, u.password, u.fragment, u.hasFragment = "", "", "", false // 3 to 5
	if originOnly {
		u.path, u.query, u.hasQuery = "/", "", false // 6
	}
	return u
}

// upgradeMixedContent is "upgrade a mixed content request to a potentially
// trustworthy URL, if appropriate". The text says URL where it must mean the
// current URL: of a redirect, that is the one that is about to be asked for.
//
// https://w3c.github.io/webappsec-mixed-content/#upgrade-algorithm
func (a *modelAgent) upgradeMixedContent(r *modelRequest) {
	u := r.currentURL()
	if u.trustworthy() || modelHosts[u.host].ip || !r.client.prohibitsMixedSecurityContexts() ||
		!slices.Contains([]string{"image", "audio", "video"}, r.destination) {
		return // 1
	}
	if u.scheme == "http" {
		u.scheme = "https" // 2
		if u.port == "443" {
			u.port = ""
		}
	}
}

// blocksMixedContent is asked of a request's current URL, and of its
// response's URL.
//
// https://w3c.github.io/webappsec-mixed-content/#should-block-fetch
// https://w3c.github.io/webappsec-mixed-content/#should-block-response
func (a *modelAgent) blocksMixedContent(r *modelRequest, u modelURL) bool {
	return r.client.prohibitsMixedSecurityContexts() && !u.trustworthy() && !a.allowMixedContent
}

// https://fetch.spec.whatwg.org/#block-bad-port
func modelBadPort(u modelURL) bool {
	if !u.isHTTP() || u.port == "" {
		return false
	}
	port, err := strconv.Atoi(u.port)
	return err == nil && slices.Contains([]int{
		0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
		110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
		531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
		5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
	}, port)
}

// https://fetch.spec.whatwg.org/#request-destination-script-like
func modelScriptLike(destination string) bool {
	return slices.Contains([]string{"audioworklet", "paintworklet", "script", "serviceworker", "sharedworker", "worker"}, destination)
}

// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?
func modelBlockedByMIMEType(r *modelRequest, resp *modelResponse) bool {
	t, ok := resp.headers.extractMIMEType() // 1
	return ok && modelScriptLike(r.destination) && (strings.HasPrefix(t.essence, "audio/") ||
		strings.HasPrefix(t.essence, "image/") || strings.HasPrefix(t.essence, "video/") || t.essence == "text/csv")
}

// https://fetch.spec.whatwg.org/#determine-nosniff
func (l modelHeaders) nosniff() bool {
	values := l.getDecodeAndSplit("X-Content-Type-Options") // 1
	return values != nil && modelIs(values[0], "nosniff")   // 2 to 4
}

// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff?
func modelBlockedByNosniff(r *modelRequest, resp *modelResponse) bool {
	if !resp.headers.nosniff() {
		return false // 1
	}
	t, ok := resp.headers.extractMIMEType() // 2
	return modelScriptLike(r.destination) && (!ok || !t.isJavaScript()) ||
		r.destination == "style" && (!ok || t.essence != "text/css") // 4, 5
}

// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func modelResourcePolicyBlocks(origin modelOrigin, c *modelClient, resp *modelResponse) bool {
	return modelResourcePolicyInternal(origin, "unsafe-none", resp) || // 3
		modelResourcePolicyInternal(origin, c.embedderPolicy, resp) // 5
}

// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
func modelResourcePolicyInternal(origin modelOrigin, embedderPolicy string, resp *modelResponse) (blocked bool) {
	policy, _ := resp.headers.get("Cross-Origin-Resource-Policy")                     // 2
	if policy != "same-origin" && policy != "same-site" && policy != "cross-origin" { // 3
		policy = ""
	}
	if policy == "" && (embedderPolicy == "require-corp" || embedderPolicy == "credentialless" && resp.includesCredentials) {
		policy = "same-origin" // 4
	}
	u := resp.url()
	switch policy { // 5
	case "same-origin":
		return !origin.sameOrigin(u.origin())
	case "same-site":
		return !(origin.schemelesslySameSite(u.origin()) && (origin.scheme == "https" || u.scheme != "https"))
	}
	return false
}

// modelHashes are the valid SRI hash algorithms, the weakest first.
//
// https://w3c.github.io/webappsec-subresource-integrity/#valid-sri-hash-algorithm-token-set
var modelHashes = []string{"sha256", "sha384", "sha512"}

// modelHash applies a hash algorithm to bytes.
//
// https://w3c.github.io/webappsec-subresource-integrity/#apply-algorithm-to-response
func modelHash(algorithm, bytes string) string {
	var sum []byte
	switch algorithm {
	case "sha256":
		s := sha256.Sum256([]byte(bytes))
		sum = s[:]
	case "sha384":
		s := sha512.Sum384([]byte(bytes))
		sum = s[:]
	case "sha512":
		s := sha512.Sum512([]byte(bytes))
		sum = s[:]
	}
	return base64.StdEncoding.EncodeToString(sum)
}

// modelMatches is "do bytes match metadataList?".
//
// https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist
func modelMatches(bytes, metadata string) bool {
	var parsed []modelHeader // algorithm and value; parse metadata
	// The text splits on spaces, but its grammar has tabs as well, and no browser
	// takes another blank of an attribute for a part of a hash.
	for item := range strings.FieldsFuncSeq(metadata, func(c rune) bool { return strings.ContainsRune("\t\n\f\r ", c) }) {
		expression, _, _ := strings.Cut(item, "?")
		parts := strings.Split(expression, "-")
		if !slices.Contains(modelHashes, parts[0]) {
			continue // 2.6
		}
		value := ""
		if len(parts) > 1 {
			value = parts[1] // 2.7
		}
		parsed = append(parsed, modelHeader{parts[0], value})
	}
	if len(parsed) == 0 {
		return true // 2
	}
	strongest := 0 // get the strongest metadata
	for _, item := range parsed {
		strongest = max(strongest, slices.Index(modelHashes, item.name))
	}
	for _, item := range parsed { // 4
		if item.name == modelHashes[strongest] && item.value == modelHash(item.name, bytes) {
			return true
		}
	}
	return false // 5
}

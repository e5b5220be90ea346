package fetch

import "github.com/browsercors/browsercors/safelist"

// appendMetadata is "append the Fetch metadata headers for a request". It
// looks at the request's URL, which is the first of its URL list and not the
// current one.
//
// https://w3c.github.io/webappsec-fetch-metadata/#fetch-integration
func (f *fetching) appendMetadata(headers *safelist.HeaderList) {
	r := f.request
	rules := &f.agent.profile.Headers
	if f.leavesMetadataOut() {
		return
	}
	// 1. Only a trustworthy server is told.
	if !f.tellsMetadata() {
		if r.preflight && rules.PreflightModeAlways {
			add(headers, "Sec-Fetch-Mode", string(r.mode))
		}
		return
	}
	// 2. What the response is for; "empty" for fetch() and the like.
	add(headers, "Sec-Fetch-Dest", string(f.metadataDestination()))
	// 3. In which mode it is asked for.
	add(headers, "Sec-Fetch-Mode", string(r.mode))
	// 4. How near the asking origin is.
	add(headers, "Sec-Fetch-Site", f.metadataSite())
	// 5. Whether a user's gesture made a document navigate.
	if r.destination.navigation() && r.userActivation && !rules.NoUserHeader {
		add(headers, "Sec-Fetch-User", "?1")
	}
}

// metadataDestination is the value of Sec-Fetch-Dest: step 3 of "set the
// Sec-Fetch-Dest header".
//
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-dest
func (f *fetching) metadataDestination() Destination {
	destination := orDefault(f.request.destination, "empty")
	if destination == destinationReport && f.agent.profile.CSP.ReportNoDestination {
		return "empty"
	}
	if f.request.mode == webSocketMode {
		return orDefault(Destination(f.agent.profile.WebSocket.Destination), destination)
	}
	return destination
}

// metadataSite is the value of Sec-Fetch-Site, which "set the Sec-Fetch-Site
// header" works out.
//
// https://w3c.github.io/webappsec-fetch-metadata/#abstract-opdef-set-site
func (f *fetching) metadataSite() string {
	// 1, 2. The URL is trustworthy, and the header a token.
	r := f.request
	// 4. What the user typed or picked comes from no site.
	if r.userInitiated {
		return "none"
	}
	// 3. It begins as same-origin.
	site := "same-origin"
	urls := r.urlList
	if f.redirectedBelow() {
		urls = urls[:1]
	}
	if r.preflight {
		var crossSite bool
		if urls, crossSite = f.preflightSiteURLs(); crossSite {
			return "cross-site"
		}
	}
	if r.insecureHop != nil && !f.metadataSameSite(r.insecureHop) {
		return "cross-site"
	}
	// 5. Each URL on the way may lead further off, and none back.
	for i, u := range urls {
		if len(urls) == len(r.urlList) && r.leftSilently(i) {
			continue
		}
		// 5.1. This one is of the asking origin.
		if u.Origin().SameOrigin(f.metadataOrigin()) {
			continue
		}
		// 5.2, 5.3. Once off the site, it is cross-site for good.
		if f.crossSiteHop(u) || !f.metadataSameSite(u) {
			return "cross-site"
		}
		// 5.4. Within the site it is same-site.
		site = "same-site"
	}
	// 6. That is the header's value.
	return site
}

package engine

import "github.com/browsercors/browsercors/internal/rules"

const clearSiteData = "https://w3c.github.io/webappsec-clear-site-data/"

// clearSiteDataDeviations are the departures in what Clear-Site-Data removes.
var clearSiteDataDeviations = []deviation{
	{
		field:    "ClearSiteData.CacheOfOrigin",
		does:     "\"cache\" removes the stored responses of the response's origin.",
		standard: "It removes those of all URLs with the host of the response's URL.",
		section:  clearSiteData + "#clear-cache",
		sources:  map[string]string{"chromium": "content/browser/browsing_data/clear_site_data_handler.cc; " + seen, "firefox": "toolkit/components/clearsitedata/ClearSiteData.cpp; " + seen},
	}, {
		field:    "ClearSiteData.CacheKept",
		does:     "\"cache\" removes nothing.",
		standard: "It removes the stored responses of all URLs with the host of the response's URL.",
		section:  clearSiteData + "#clear-cache",
		sources:  map[string]string{"webkit": "seen in WebKitGTK"},
	}, {
		field:    "ClearSiteData.OwnNotStored",
		does:     "A response with \"cache\" is not stored.",
		standard: "It is stored after the cache was cleared.",
		section:  clearSiteData + "#fetch-integration",
		sources:  map[string]string{"chromium": seen, "firefox": seen},
	}, {
		field:    "ClearSiteData.CookiesOf",
		value:    rules.ClearedCookiesOfHost,
		does:     "\"cookies\" removes the cookies of the host.",
		standard: "It removes those of the registrable domain.",
		section:  clearSiteData + "#clear-cookies",
		sources:  map[string]string{"firefox": "toolkit/components/cleardata/ClearDataService.sys.mjs; " + seen},
	}, {
		field:    "ClearSiteData.CookiesOf",
		value:    rules.ClearedCookiesOfSubdomains,
		does:     "\"cookies\" removes the cookies of the host and of its subdomains.",
		standard: "It removes those of the registrable domain.",
		section:  clearSiteData + "#clear-cookies",
		sources:  map[string]string{"webkit": seen},
	}, {
		field:    "ClearSiteData.WithoutCredentials",
		does:     "The response to a request without credentials clears, too.",
		standard: "It clears nothing.",
		section:  clearSiteData + "#fetch-integration",
		sources:  map[string]string{"firefox": "toolkit/components/clearsitedata/ClearSiteData.cpp; " + seen, "webkit": "Source/WebKit/NetworkProcess/NetworkResourceLoader.cpp, processClearSiteDataHeader; " + seen},
	}, {
		field:    "ClearSiteData.NotOnRedirects",
		does:     "A redirect clears nothing.",
		standard: "It clears like any other response.",
		section:  clearSiteData + "#fetch-integration",
		sources:  map[string]string{"webkit": "Source/WebKit/NetworkProcess/NetworkResourceLoader.cpp, didReceiveResponse; " + seen},
	},
}

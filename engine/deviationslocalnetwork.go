package engine

// localNetworkDeviations are the departures that concern Local Network Access, which is a draft of its own: what is called
// the Standard here.
var localNetworkDeviations = []deviation{
	{
		field:    "LocalNetwork.Unchecked",
		does:     "No request is checked.",
		standard: "A page reaches a less public address space only with its user's permission.",
		section:  "https://wicg.github.io/local-network-access/#local-network-access-check",
		sources:  map[string]string{"webkit": "WebKit does not have Local Network Access"},
	}, {
		field:    "LocalNetwork.FromPublicOnly",
		does:     "Only requests of pages in the public space are checked: a page in the local space reaches the loopback space.",
		standard: "A request is checked if its server is in a less public space than the page.",
		section:  "https://wicg.github.io/local-network-access/#local-network-access-check",
		sources:  map[string]string{"chromium": seen, "firefox": seen},
	}, {
		field:    "LocalNetwork.InsecureContexts",
		does:     "A page that is not a secure context may have the permission, too.",
		standard: "Such a page is refused.",
		section:  "https://wicg.github.io/local-network-access/#secure-context-restriction",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "LocalNetwork.OwnOrigin",
		does:     "A page's requests to its own origin are checked, too.",
		standard: "They are not, if the origin is trustworthy.",
		section:  "https://wicg.github.io/local-network-access/#local-network-access-check",
	}, {
		field:    "LocalNetwork.WebSocketsUnchecked",
		does:     "WebSockets are not checked.",
		standard: "They are checked as all requests are.",
		section:  "https://wicg.github.io/local-network-access/#integration-with-websockets",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "LocalNetwork.NoWorkerImports",
		does:     "The scripts and modules that a worker imports reach no less public address space, whatever the user has decided.",
		standard: "They are checked as other requests are.",
		section:  "https://wicg.github.io/local-network-access/#integration-with-fetch",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "LocalNetwork.NavigationsUnchecked",
		does:     "Top-level navigations are not checked.",
		standard: "They are checked by the address space of the page that navigates.",
		section:  "https://wicg.github.io/local-network-access/#integration-with-fetch",
		sources:  map[string]string{"chromium": "the draft says so; " + seen, "firefox": seen},
	}, {
		field:    "LocalNetwork.NoTarget",
		does:     "fetch() has no targetAddressSpace.",
		standard: "It says which address space the server has to be in.",
		section:  "https://wicg.github.io/local-network-access/#fetch-api",
		sources:  map[string]string{"firefox": seen, "webkit": seen},
	}, {
		field:    "LocalNetwork.PublicTarget",
		does:     "targetAddressSpace may be “public”, which is a demand like any other.",
		standard: "That does nothing.",
		section:  "https://wicg.github.io/local-network-access/#fetch-api",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "LocalNetwork.OlderTargets",
		does:     "targetAddressSpace may be “private”, which stands for “local”, and “unknown”, which stands for nothing.",
		standard: "These words make fetch() throw a TypeError.",
		section:  "https://wicg.github.io/local-network-access/#fetch-api",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "LocalNetwork.PreflightUntargeted",
		does:     "A preflight may go to another address space than the one that targetAddressSpace names.",
		standard: "It fails like the request itself.",
		section:  "https://wicg.github.io/local-network-access/#local-network-access-check",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "LocalNetwork.HostsUnenforced",
		does:     "A server need not be in the address space that the host of a URL stands for: that only makes it an exception of mixed content, also where a redirect leads.",
		standard: "If an address of the local space, or a name under .local, is not in the local space, the request fails. Only the first URL of a request counts.",
		section:  "https://wicg.github.io/local-network-access/#fetching",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "LocalNetwork.HostsUninferred",
		does:     "The host of a URL says nothing of its address space: neither an address of the local space nor a name under .local is an exception of mixed content.",
		standard: "Both are in the local space, and exceptions of mixed content.",
		section:  "https://wicg.github.io/local-network-access/#mixed-content-lna",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "LocalNetwork.LoopbackTargetMixed",
		does:     "targetAddressSpace “loopback” is an exception of mixed content, too.",
		standard: "Only “local” is.",
		section:  "https://wicg.github.io/local-network-access/#integration-with-mixed-content",
		sources:  map[string]string{"chromium": seen},
	}, {
		field:    "LocalNetwork.FramesDelegated",
		does:     "A frame of another origin may have the permission without the frame's allow attribute.",
		standard: "It needs the attribute.",
		section:  "https://wicg.github.io/local-network-access/#permissions",
		sources:  map[string]string{"firefox": seen},
	}, {
		field:    "LocalNetwork.PromptWaits",
		does:     "A request waits until the user answers the prompt, also where there is nobody who could.",
		standard: "The user is asked. Where there is nobody, it is refused.",
		section:  "https://wicg.github.io/local-network-access/#permission-prompt",
		sources:  map[string]string{"firefox": "seen in the browser without a window"},
	}, {
		field:    "LocalNetwork.PublicBlocks",
		does:     "These blocks of the table of Local Network Access are public.",
		standard: "They are local or loopback, as the table says.",
		section:  "https://wicg.github.io/local-network-access/#non-public-ip-address-blocks",
		sources:  map[string]string{"firefox": "netwerk/dns/DNS.cpp, NetAddr::GetIpAddressSpace"},
	},
}

package rules

// LocalNetwork holds a user agent's departures from Local Network Access.
//
// https://wicg.github.io/local-network-access/
type LocalNetwork struct {
	// No request is checked.
	Unchecked bool

	// Only requests of pages in the public space are checked: a page in the local
	// space reaches the loopback space.
	FromPublicOnly bool

	// A page that is not a secure context may have the permission, too.
	InsecureContexts bool

	// A page's requests to its own origin are checked, too.
	OwnOrigin bool

	// WebSockets are not checked.
	WebSocketsUnchecked bool

	// The scripts and modules that a worker imports reach no less public address
	// space, whatever the user has decided.
	NoWorkerImports bool

	// Top-level navigations are not checked.
	NavigationsUnchecked bool

	// fetch() has no targetAddressSpace.
	NoTarget bool

	// targetAddressSpace may be “public”, which is a demand like any other.
	PublicTarget bool

	// targetAddressSpace may be “private”, which stands for “local”, and “unknown”,
	// which stands for nothing.
	OlderTargets bool

	// A preflight may go to another address space than the one that targetAddressSpace
	// names.
	PreflightUntargeted bool

	// A server need not be in the address space that the host of a URL stands for:
	// that only makes it an exception of mixed content, also where a redirect leads.
	HostsUnenforced bool

	// The host of a URL says nothing of its address space: neither an address of the
	// local space nor a name under .local is an exception of mixed content.
	HostsUninferred bool

	// targetAddressSpace “loopback” is an exception of mixed content, too.
	LoopbackTargetMixed bool

	// A frame of another origin may have the permission without the frame's allow
	// attribute.
	FramesDelegated bool

	// A request waits until the user answers the prompt, also where there is nobody
	// who could.
	PromptWaits bool

	// These blocks of the table of Local Network Access are public.
	PublicBlocks []string
}

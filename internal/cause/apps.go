package cause

import "github.com/browsercors/browsercors/internal/customscheme"

// appOrigin finds pages of apps whose origin is not on the server's list, often
// because the list has the one of another platform.
func appOrigin(e *Evidence) (Cause, bool) {
	a := customscheme.Find(e.Origin)
	if a == nil || e.Answer == nil {
		return Cause{}, false
	}
	status, value := e.status(), e.get(allowOrigin)
	fine := status >= 200 && status <= 299
	switch theirs := customscheme.Find(value); {
	case e.silent() && fine: // another cause shows in the answer, or in the preflight's
		if e.isHTML() || e.Allowed != nil {
			return Cause{}, false
		}
	case value == e.Origin || respelt(value, e.Origin): // its shape tells more
		return Cause{}, false
	case theirs != nil && (fine || e.OnPreflight): // that of another platform
	case theirs == nil && value != "*" && parse(value) != nil && fine:
	case e.silent() && e.OnPreflight && status == 403 && !e.has("WWW-Authenticate") && !e.wantsLogin():
	default: // the value's shape, or the status, tells more
		return Cause{}, false
	}
	c := Cause{ID: "app-origin", By: Server, Headers: Readable}
	if e.OnPreflight {
		c.Headers = Permission
	}
	c.Problem = "The page belongs to " + a.Name + ", and its origin is " + show(e.Origin) + ". "
	if value != "" {
		c.Problem += "The server allows " + show(value) + ". "
	} else {
		c.Problem += "The server sends it no CORS headers, so its list most likely lacks it. "
	}
	c.Problem += "The origins of such pages are " + a.Origins() + "."
	if !a.Extension && a.Note != "" {
		c.Problem += " " + a.Note
	}
	c.Fix = "Allow each of the origins that the app has, as a whole string. "
	if a.Extension {
		c.Fix = "Give the extension the permission for this host in its manifest (host_permissions): its own pages and its background script then need no CORS. A server can't list an ID that changes. Otherwise "
		c.Fix += "let the server send:"
		return c, true
	}
	c.Fix += "Here that is:"
	return c, true
}

// respelt tells whether a value is an origin in another spelling.
func respelt(value, serialized string) bool {
	u := parse(value)
	own := parse(serialized)
	return u != nil && own != nil && value != serialized && u.Origin().SameOrigin(own.Origin())
}

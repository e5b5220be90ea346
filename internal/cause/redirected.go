package cause

import (
	"net/url"
	"strings"

	"github.com/browsercors/browsercors/origin"
)

// redirect tells whether a status is that of a redirect.
func redirect(status int) bool {
	switch status {
	case 301, 302, 303, 307, 308:
		return true
	}
	return false
}

// target is where the answer redirects to; nil if it does not.
func (e *Evidence) target() *origin.URL {
	if !redirect(e.status()) {
		return nil
	}
	base := e.url()
	location := e.get("Location")
	if base == nil || location == "" {
		return nil
	}
	u, err := (*origin.Schemes)(nil).ParseURL(location, base)
	if err != nil {
		return nil
	}
	return u
}

// loginRedirect finds requests that were sent to a login page: the session is
// over, or there never was one, and a proxy or the application answers with a
// redirect that is meant for a person.
func loginRedirect(e *Evidence) (Cause, bool) {
	to, from := e.target(), e.url()
	at := ""
	switch {
	case to != nil && (isLogin(to, from) || e.Hops > 0 && isLogin(to, parse(e.First))):
		at = to.String()
	case to == nil && e.Hops > 0 && from != nil && isLogin(from, parse(e.First)):
		at = e.URL
	default:
		return Cause{}, false
	}
	c := Cause{ID: "login-redirect", NotCORS: true, By: Server}
	what := "the request"
	if e.OnPreflight {
		what = "the preflight"
	}
	c.Problem = "The server sent " + what + " to a login page, " + show(withoutQuery(at)) + ". The session is over, or the page never had one. " + e.configured() +
		"A login page is for a person: it sends no CORS headers, and script can't use it."
	c.Fix = "Sign in again first. So that the page can tell, let the server, or the sign-in proxy before it, answer requests of script with status 401 instead of a redirect, "
	switch first := parse(e.First); {
	case e.OnPreflight:
		c.Headers = Permission
		c.Fix += "with CORS headers, and let the page navigate to the login. A preflight never carries cookies, so let OPTIONS through without a login, and answer it with status 204 and:"
	case first != nil && first.Origin().String() == e.Page:
		c.Fix += "and let the page navigate to the login."
	default:
		c.Headers = ReadableAtFirst
		c.Fix += "with CORS headers, and let the page navigate to the login. The 401 needs:"
	}
	return c, true
}

// withoutQuery is a URL without what may be secret in it.
func withoutQuery(s string) string {
	before, _, found := strings.Cut(s, "?")
	if found {
		return before + "?…"
	}
	return before
}

// loginWords are path segments and host labels of login pages.
var loginWords = map[string]bool{
	"login": true, "log-in": true, "log_in": true, "logon": true, "signin": true, "sign-in": true, "sign_in": true, "signon": true, "sign-on": true,
	"sso": true, "saml": true, "saml2": true, "adfs": true, "oauth": true, "oauth2": true, "oauth2-proxy": true, "authorize": true, "authorise": true,
	"openid": true, "openid-connect": true, "oidc": true, "cas": true, "idp": true, "wsfed": true, "authenticate": true, "account-login": true,
	"login.aspx": true, "login.php": true, "login.html": true, "login.jsp": true, "wp-login.php": true, "authelia": true, "authentik": true,
}

// loginHosts end the hosts of identity providers.
var loginHosts = []string{
	"accounts.google.com", "login.microsoftonline.com", "login.live.com", "login.windows.net", ".b2clogin.com", ".ciamlogin.com", ".okta.com", ".oktapreview.com",
	".auth0.com", ".cloudflareaccess.com", ".amazoncognito.com", ".onelogin.com", ".duosecurity.com", ".pingidentity.com", "vercel.com/sso-api", "appleid.apple.com",
	"github.com/login", ".workos.com", ".clerk.accounts.dev", ".pomerium.app",
}

// loginQueries are parameters that only a login has; returnQueries are those of
// pages that lead back afterwards.
var (
	loginQueries  = []string{"client_id", "redirect_uri", "SAMLRequest", "RelayState", "wtrealm", "response_type", "code_challenge"}
	returnQueries = []string{"rd", "returnUrl", "ReturnUrl", "return_url", "returnTo", "return_to", "redirect_to", "redirectTo", "redirect", "next", "continue", "callbackUrl", "back", "goto", "service", "target"}
)

// isLogin tells whether a URL looks like a login page, when a request for another
// URL led there. A request for the login itself is none.
func isLogin(to, from *origin.URL) bool {
	if from != nil && loginLike(from) {
		return false
	}
	return loginLike(to)
}

func loginLike(u *origin.URL) bool {
	host := strings.ToLower(u.Host())
	path := strings.ToLower(u.Path())
	for _, known := range loginHosts {
		name, under, _ := strings.Cut(known, "/")
		if strings.HasSuffix(host, name) && (host == name || name[0] == '.') && strings.HasPrefix(path, "/"+under) {
			return true
		}
	}
	label, _, _ := strings.Cut(host, ".")
	switch label {
	case "login", "signin", "sso", "auth", "idp", "adfs", "accounts", "keycloak", "oauth", "identity", "authelia", "authentik":
		return strings.Contains(host, ".")
	}
	for segment := range strings.SplitSeq(path, "/") {
		if loginWords[segment] {
			return true
		}
	}
	if strings.Contains(path, "/cdn-cgi/access/") || strings.HasPrefix(path, "/.auth/login") || strings.HasPrefix(path, "/outpost.goauthentik.io/") || strings.HasPrefix(path, "/_authsvc/") {
		return true
	}
	raw, _ := u.Query()
	query, err := url.ParseQuery(raw)
	if err != nil || len(query) > 50 {
		return false
	}
	for _, name := range loginQueries {
		if query.Has(name) {
			return true
		}
	}
	if !strings.Contains(path, "auth") && !strings.Contains(path, "account") && !strings.Contains(path, "session") && !strings.Contains(path, "user") {
		return false
	}
	for _, name := range returnQueries {
		if query.Has(name) {
			return true
		}
	}
	return false
}

// loginPage finds answers that are a login page themselves, with status 200 or an
// error status.
func loginPage(e *Evidence) (Cause, bool) {
	if !e.silent() || !e.isHTML() || e.Hops > 0 && e.target() != nil {
		return Cause{}, false
	}
	body := strings.ToLower(e.body())
	title := strings.ToLower(htmlTitle(e.body()))
	form := strings.Contains(body, `type="password"`) || strings.Contains(body, "type=password") || strings.Contains(body, `type='password'`)
	named := false
	for _, word := range []string{"sign in", "log in", "login", "signin", "single sign-on", "sso", "authentication required"} {
		named = named || title == word || strings.HasPrefix(title, word+" ") || strings.HasSuffix(title, " "+word) || strings.Contains(title, word+" |") || strings.Contains(title, word+" -")
	}
	if !form && !named {
		return Cause{}, false
	}
	c := Cause{ID: "login-page", NotCORS: true, By: Server, Headers: Readable}
	c.Problem = "The answer is a login page, with status " + statusOf(e.status()) + ". The session is over, or the page never had one. " + e.configured()
	c.Fix = "Sign in again first. So that the page can tell, answer requests of script with status 401 instead of a login page, and with:"
	if e.OnPreflight {
		c.Headers = Permission
		c.Fix = "A preflight never carries cookies. Let OPTIONS through without a login, and answer it with status 204 and:"
	}
	return c, true
}

// sentHome finds redirects to a home page or back to the page that asks. Frameworks
// answer so to what they take for a browser's form, where the input is invalid or
// the user is not signed in.
func sentHome(e *Evidence) (Cause, bool) {
	to, from, page := e.target(), e.url(), parse(e.Page)
	if e.OnPreflight || to == nil || from == nil || len(from.Path()) < 2 {
		return Cause{}, false
	}
	home := false
	switch strings.Trim(strings.ToLower(to.Path()), "/") {
	case "", "home", "dashboard", "index.php", "index.html":
		home = to.Host() == from.Host()
	}
	back := page != nil && to.Origin().SameOrigin(page.Origin()) && !to.Origin().SameOrigin(from.Origin())
	if !home && !back {
		return Cause{}, false
	}
	c := Cause{ID: "redirect-home", NotCORS: true, By: Page, Headers: Readable}
	where := "its home page, "
	if back {
		where = "the page that asks, "
	}
	c.Problem = "The server redirects the request of script to " + where + show(withoutQuery(to.String())) + ". Frameworks do that to a form in a browser when its input is invalid, or when nobody is signed in. " +
		"What script should get is the error itself."
	c.Fix = "Send Accept: application/json with the request: most frameworks, such as Laravel, then answer with the error as JSON. Check what the API wants: the input, the session, the URL. The error needs:"
	return c, true
}

// moved finds redirects without CORS headers that lead to another spelling of the
// URL: those that frameworks and proxies make before CORS is looked at.
func moved(e *Evidence) (Cause, bool) {
	to, from := e.target(), e.url()
	if to == nil || from == nil || !(e.silent() || e.OnPreflight) {
		return Cause{}, false
	}
	c := Cause{ID: "redirect", By: Page}
	where := show(withoutQuery(to.String()))
	how := ""
	same := func(a, b *origin.URL) bool {
		x, _ := a.Query()
		y, _ := b.Query()
		return a.Host() == b.Host() && x == y
	}
	trim := func(u *origin.URL) string { return strings.TrimRight(u.Path(), "/") }
	switch {
	case same(to, from) && to.Scheme() != from.Scheme() && to.Path() == from.Path():
		c.ID, how = "redirect-scheme", "only the scheme differs ("+from.Scheme()+": and "+to.Scheme()+":)"
	case same(to, from) && to.Scheme() == from.Scheme() && to.Path() != from.Path() && trim(to) == trim(from):
		c.ID, how = "redirect-slash", "only a slash at the end differs"
	case to.Path() == from.Path() && (to.Host() == "www."+from.Host() || "www."+to.Host() == from.Host()):
		c.ID, how = "redirect-host", "only www. in the host differs"
	case same(to, from) && strings.EqualFold(to.Path(), from.Path()):
		c.ID, how = "redirect-case", "only upper and lower case in the path differ"
	case strings.ReplaceAll(from.Path(), "//", "/") == to.Path() && to.Host() == from.Host():
		c.ID, how = "redirect-slash", "only doubled slashes differ"
	case to.Host() != from.Host() && to.Path() == from.Path():
		c.ID, how = "redirect-host", "only the host differs"
	}
	what := "The server redirects to "
	if e.OnPreflight {
		what = "The preflight was redirected to "
	}
	c.Problem = what + where
	if how != "" {
		c.Problem += ": " + how
	}
	c.Problem += ". "
	if e.OnPreflight {
		c.Problem += "A preflight must not be redirected."
		c.Fix = "Let the page request " + where + " itself. Common causes are http: instead of https:, an extra or missing slash, and a login page. Or have the server answer OPTIONS at this URL, with status 204 and:"
		c.Headers = Permission
		return c, true
	}
	c.Problem += "Redirects that a proxy or a framework makes by itself have no CORS headers, so this one can't be followed."
	c.Fix = "Let the page request " + where + " itself. Or send the headers below on the redirect as well as on the response that it leads to, for which CORS has to come before whatever redirects:"
	c.Headers = Readable
	return c, true
}

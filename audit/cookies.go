package audit

import (
	"time"

	"github.com/browsercors/browsercors/credentials"
	"github.com/browsercors/browsercors/engine"
	"github.com/browsercors/browsercors/origin"
)

// A watchedJar is a cookie jar that says what became of the cookies since its
// last reset.
type watchedJar struct {
	*credentials.CookieJar
	verdicts []cookieVerdict
	set      []cookieSet
}

// A cookieVerdict says whether a cookie went along with a request.
type cookieVerdict struct {
	url *origin.URL // the request's
	credentials.CookieVerdict
}

// A cookieSet is a Set-Cookie header, and why it set none.
type cookieSet struct {
	url     *origin.URL
	header  string
	why     credentials.CookieRefusal
	earlier bool // of the visit before, and not of an answer to the page
}

func (j *watchedJar) reset() { j.verdicts, j.set = nil, nil }

// Cookie implements [credentials.CookieStore].
func (j *watchedJar) Cookie(r *credentials.CookieRequest) string {
	if j.Len() > 0 {
		for _, v := range j.Explain(r) {
			j.verdicts = append(j.verdicts, cookieVerdict{r.URL, v})
		}
	}
	return j.CookieJar.Cookie(r)
}

// SetCookies implements [credentials.CookieStore].
func (j *watchedJar) SetCookies(r *credentials.CookieRequest, setCookie []string) {
	for _, header := range setCookie {
		j.set = append(j.set, cookieSet{url: r.URL, header: header, why: j.SetCookie(r, header)})
	}
}

// keepCookies puts the use's cookies into a jar, as if the user had opened its
// URL. What the engine refuses is not there.
func (u *resolvedUse) keepCookies(jar *watchedJar, now time.Time) {
	if len(u.Cookies) == 0 {
		return
	}
	visit := u.visit(now)
	for _, line := range u.Cookies {
		jar.set = append(jar.set, cookieSet{visit.URL, line, jar.SetCookie(visit, line), true})
	}
}

// visit is a navigation to the use's URL that the user began.
func (u *resolvedUse) visit(now time.Time) *credentials.CookieRequest {
	return &credentials.CookieRequest{
		URL: u.url, Method: "GET", SameSite: "strict-or-less", Navigation: true, Now: now,
		TopLevel: u.url.Origin(), Partition: origin.PartitionKey{Site: u.url.Origin().Site(nil)},
	}
}

// checkCookies notes the cookies that no browser would have kept.
func (u *resolvedUse) checkCookies(note func(*Error)) {
	if len(u.Cookies) > 0 && u.Credentials != credentials.Include {
		note(wrong("cookies", `are never sent: the credentials of the use are not "include"`))
	}
	for n, line := range u.Cookies {
		var first credentials.CookieRefusal
		var kept bool
		for _, p := range engine.Profiles() {
			jar := credentials.NewCookieJar(&credentials.CookieJarOptions{Rules: p.Credentials.Cookies})
			why := jar.SetCookie(u.visit(auditStart), line)
			if kept = kept || jar.Len() > 0; first == "" {
				first = why
			}
		}
		switch {
		case kept:
		case first == "":
			note(wrong(key("cookies", n), "%.200q has expired", line))
		default:
			note(wrong(key("cookies", n), "no browser stores %.200q: %s", line, first))
		}
	}
}

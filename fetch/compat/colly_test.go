package compat

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/gocolly/colly/v2"

	"github.com/browsercors/browsercors/fetch"
)

// crawl visits a URL and follows its links.
func crawl(c *colly.Collector, url string) (errs []error) {
	c.OnHTML("a[href]", func(e *colly.HTMLElement) { _ = e.Request.Visit(e.Attr("href")) })
	c.OnError(func(_ *colly.Response, err error) { errs = append(errs, err) })
	if err := c.Visit(url); err != nil && len(errs) == 0 {
		errs = append(errs, err)
	}
	return errs
}

func collyUses() []use {
	return []use{
		{
			does: "a crawl with `AllowedDomains`, a link that redirects out of them", over: "`Agent.Client`'s `Transport`, `WithTransport`",
			note: "The forbidden host is not asked.",
			run: func(t *testing.T, w *world) error {
				c := colly.NewCollector()
				c.WithTransport(w.agent.Client(nil).Transport)
				return w.crawled(t, c)
			},
		},
		{
			does: "the same", over: overNavigator + ", `SetClient`",
			note: "`SetClient` replaces the client that had colly's CheckRedirect; `SetRedirectHandler` puts it back.",
			run: func(t *testing.T, w *world) error {
				c := colly.NewCollector()
				c.SetClient(w.agent.Client(nil))
				c.SetRedirectHandler(func(req *http.Request, via []*http.Request) error { return nil })
				return w.crawled(t, c)
			},
		},
		{
			does: "robots.txt", over: "`Agent.Client`'s `Transport`, `WithTransport`",
			run: func(t *testing.T, w *world) error {
				c := colly.NewCollector()
				c.IgnoreRobotsTxt = false
				c.WithTransport(w.agent.Client(nil).Transport)
				if err := c.Visit(w.site.URL + "/private/x"); !errors.Is(err, colly.ErrRobotsTxtBlocked) {
					t.Errorf("got %v, want %v", err, colly.ErrRobotsTxtBlocked)
				}
				if got := w.requests(); !slices.Equal(got, []string{"GET site/robots.txt"}) {
					t.Errorf("sent %q", got)
				}
				return nil
			},
		},
		{
			does: "a redirect to a page that was visited", over: "`Agent.Client`'s `Transport`, `WithTransport`",
			run: func(t *testing.T, w *world) error {
				c := colly.NewCollector()
				c.WithTransport(w.agent.Client(nil).Transport)
				if err := c.Visit(w.site.URL + "/page2"); err != nil {
					return err
				}
				err := c.Visit(w.site.URL + "/to?url=/page2")
				if _, visited := errors.AsType[*colly.AlreadyVisitedError](err); !visited {
					t.Errorf("got %v, want AlreadyVisitedError", err)
				}
				if got := w.requests(); !slices.Equal(got, []string{"GET site/page2", "GET site/to"}) {
					t.Errorf("sent %q", got)
				}
				return nil
			},
		},
		{
			does: "`Cookies`", over: "`Agent.Client`'s `Transport`, `WithTransport`",
			run: func(t *testing.T, w *world) error {
				c := colly.NewCollector()
				c.WithTransport(w.agent.Client(nil).Transport)
				if err := c.Visit(w.site.URL + "/cookie"); err != nil {
					return err
				}
				if got := c.Cookies(w.site.URL + "/"); len(got) != 1 || got[0].Value != "s3" {
					t.Errorf("Cookies is %v", got)
				}
				return nil
			},
		},
		{
			does: "a request that the page's script makes", over: overTransport + ", `WithTransport`", refused: fetch.MissingAllowOrigin,
			run: func(t *testing.T, w *world) error {
				c := colly.NewCollector()
				c.WithTransport(w.page.Transport(nil, nil))
				return c.Visit(w.closed.URL + "/page")
			},
		},
	}
}

// crawled crawls the site with AllowedDomains. The page links to a second one
// and, by a redirect, to a host that is not allowed.
func (w *world) crawled(t *testing.T, c *colly.Collector) error {
	t.Helper()
	c.AllowedDomains = []string{"127.0.0.1"}
	errs := crawl(c, w.site.URL+"/page")
	got := w.requests()
	slices.Sort(got)
	if want := []string{"GET site/page", "GET site/page2", "GET site/to"}; !slices.Equal(got, want) {
		t.Errorf("sent %q, want %q", got, want)
	}
	if len(errs) != 1 || !errors.Is(errs[0], colly.ErrForbiddenDomain) {
		t.Errorf("errors are %v, want %v", errs, colly.ErrForbiddenDomain)
	}
	return nil
}

package compat

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-resty/resty/v2"

	"github.com/browsercors/browsercors/fetch"
)

func restyUses() []use {
	return []use{
		{
			does: "`R().SetBody(map).SetResult(…).Post`", over: overPage,
			run: func(t *testing.T, w *world) error {
				var got echo
				_, err := resty.NewWithClient(w.page.Client(nil)).R().
					SetBody(map[string]int{"a": 1}).SetResult(&got).Post(w.api.URL + "/echo")
				if err == nil && got.Body != `{"a":1}` {
					t.Errorf("the server got %+v", got)
				}
				return err
			},
		},
		{
			does: "`SetAuthToken`, a preflight with Authorization", over: overPage,
			run: func(t *testing.T, w *world) error {
				var got echo
				_, err := resty.NewWithClient(w.page.Client(nil)).SetAuthToken("t0").R().SetResult(&got).Get(w.api.URL + "/echo")
				if err == nil && got.Header.Get("Authorization") != "Bearer t0" {
					t.Errorf("the server got %+v", got)
				}
				return err
			},
		},
		{
			does: "a multipart upload with `SetFileReader`", over: overPage,
			run: func(t *testing.T, w *world) error {
				var got echo
				_, err := resty.NewWithClient(w.page.Client(nil)).R().SetResult(&got).
					SetFileReader("f", "a.txt", bytes.NewReader([]byte("hello"))).Post(w.api.URL + "/echo")
				if err == nil && !strings.Contains(got.Body, "hello") {
					t.Errorf("the server got %+v", got)
				}
				return err
			},
		},
		{
			does: "`SetTransport`", over: overTransport,
			run: func(t *testing.T, w *world) error {
				var got echo
				_, err := resty.New().SetTransport(w.page.Transport(nil, nil)).R().SetResult(&got).Get(w.api.URL + "/echo")
				if err == nil && got.Header.Get("Origin") != w.site.URL {
					t.Errorf("the server got %+v", got)
				}
				return err
			},
		},
		{
			does: "`SetRedirectPolicy(NoRedirectPolicy())`", over: overPage, refused: fetch.RedirectVetoed,
			note: "The hop is not sent.",
			run: func(t *testing.T, w *world) error {
				_, err := resty.NewWithClient(w.page.Client(nil)).SetRedirectPolicy(resty.NoRedirectPolicy()).R().Get(w.api.URL + "/to?url=/file")
				if got := w.requests(); !slices.Equal(got, []string{"GET api/to"}) {
					t.Errorf("sent %q", got)
				}
				return err
			},
		},
		{
			does: "`SetRedirectPolicy(DomainCheckRedirectPolicy(…))`, another host", over: overPage, refused: fetch.RedirectVetoed,
			note: "The hop is not sent.",
			run: func(t *testing.T, w *world) error {
				_, err := resty.NewWithClient(w.page.Client(nil)).
					SetRedirectPolicy(resty.DomainCheckRedirectPolicy("elsewhere.test")).R().Get(w.api.URL + "/to?url=/file")
				if got := w.requests(); !slices.Equal(got, []string{"GET api/to"}) {
					t.Errorf("sent %q", got)
				}
				return err
			},
		},
		{
			does: "`SetTransport` with a redirect policy", over: overTransport, refused: fetch.RedirectVetoed,
			note: "resty's own policy is not asked, since the page follows its redirects itself: give it to `ClientOptions.CheckRedirect`, as here.",
			run: func(t *testing.T, w *world) error {
				stays := func(next fetch.RequestInfo, via []fetch.RequestInfo) error { return errors.New("out of scope") }
				rt := w.page.Transport(nil, &fetch.ClientOptions{CheckRedirect: stays})
				_, err := resty.New().SetTransport(rt).R().Get(w.api.URL + "/to?url=/file")
				if got := w.requests(); !slices.Equal(got, []string{"GET api/to"}) {
					t.Errorf("sent %q", got)
				}
				return err
			},
		},
		{
			does: "`SetRetryCount`, a server that fails twice", over: overPage,
			run: func(t *testing.T, w *world) error {
				resp, err := resty.NewWithClient(w.page.Client(nil)).SetRetryCount(3).SetRetryWaitTime(time.Millisecond).
					AddRetryCondition(func(r *resty.Response, err error) bool { return r.StatusCode() == 503 }).
					R().Get(w.api.URL + "/fails-twice")
				if err == nil && resp.String() != "done" {
					t.Errorf("got %q", resp)
				}
				return err
			},
		},
	}
}

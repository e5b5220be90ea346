package compat

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/browsercors/browsercors/fetch"
)

// retrying is a go-retryablehttp client that does not wait long and asks the
// engine's errors whether trying again can help.
func retrying(client *http.Client) *retryablehttp.Client {
	c := retryablehttp.NewClient()
	c.HTTPClient = client
	c.RetryWaitMin, c.RetryWaitMax, c.Logger = time.Millisecond, time.Millisecond, nil
	c.CheckRetry = func(ctx context.Context, resp *http.Response, err error) (bool, error) {
		if refusal, ok := errors.AsType[*fetch.Error](err); ok && !refusal.Retryable() {
			return false, err
		}
		return retryablehttp.DefaultRetryPolicy(ctx, resp, err)
	}
	return c
}

func retryableUses() []use {
	return []use{
		{
			does: "`Get`, a server that fails twice", over: overPage,
			run: func(t *testing.T, w *world) error {
				resp, err := retrying(w.page.Client(nil)).Get(w.api.URL + "/fails-twice")
				if got := w.requests(); len(got) != 3 {
					t.Errorf("sent %q, want three requests", got)
				}
				return ok(t, resp, err)
			},
		},
		{
			does: "a refusal, with `CheckRetry` that asks `Error.Retryable`", over: overPage, refused: fetch.MissingAllowOrigin,
			note: "Sent once. Without such a `CheckRetry` the library tries again as often as it is set to.",
			run: func(t *testing.T, w *world) error {
				resp, err := retrying(w.page.Client(nil)).Get(w.closed.URL + "/echo")
				if got := w.requests(); !slices.Equal(got, []string{"GET closed/echo"}) {
					t.Errorf("sent %q", got)
				}
				return ok(t, resp, err)
			},
		},
	}
}

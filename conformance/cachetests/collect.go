package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// collectAddress is where the pages of this package post their results.
const collectAddress = "127.0.0.1:8001"

// collect waits for a page that runs a suite in a browser, and writes the results that it posts to a file. It needs
// no CORS: the page posts in mode no-cors.
func collect(ctx context.Context, path string, w io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", collectAddress)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "waiting for the results at %s\n", listener.Addr())
	done := make(chan error, 1)
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: collector(func(all map[string]outcome, err error) {
		if err == nil {
			err = writeOutcomes(path, all)
		}
		select {
		case done <- err:
		default:
		}
	})}
	go server.Serve(listener)
	select {
	case err = <-done:
	case <-ctx.Done():
		err = ctx.Err()
	}
	stopped, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	return errors.Join(err, server.Shutdown(stopped))
}

// collector hands over the results that it is posted.
func collector(posted func(map[string]outcome, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		var all map[string]outcome
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<20)).Decode(&all)
		if err != nil {
			err = fmt.Errorf("the page posted no results: %w", err)
		}
		w.WriteHeader(http.StatusNoContent)
		posted(all, err)
	})
}

package main

import (
	"io"
	"net/http"
)

// api is the API behind net/http's own router.
func api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items", listItems)
	mux.HandleFunc("POST /items", createItem)
	mux.HandleFunc("PUT /items/{id}", replaceItem)
	mux.HandleFunc("PATCH /items/{id}", replaceItem)
	mux.HandleFunc("DELETE /items/{id}", deleteItem)
	mux.HandleFunc("GET /broken", broken)
	return mux
}

func listItems(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Total-Count", "2")
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, "[1, 2]")
}

func createItem(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	io.WriteString(w, "3")
}

func replaceItem(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, "1")
}

func deleteItem(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }

func broken(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, "out of order", http.StatusInternalServerError)
}

// signedIn lets only requests through that carry credentials, as a middleware
// for authentication does.
func signedIn(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			http.Error(w, "sign in first", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

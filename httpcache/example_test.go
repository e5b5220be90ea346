package httpcache_test

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"log"
	"os"
	"strings"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/safelist"
)

func Example() {
	now := time.Date(2026, time.November, 30, 12, 0, 0, 0, time.UTC)
	cache := httpcache.New(&httpcache.Options{Now: func() time.Time { return now }})
	key := httpcache.Key{URL: "https://api.example/items"}
	request := httpcache.Request{Method: "GET", Headers: safelist.HeaderList{{Name: "Accept", Value: "application/json"}}}

	// A response came from the network. Reading its body stores it.
	body, why := cache.Store(key, request, httpcache.Received{
		Status:  200,
		Headers: safelist.HeaderList{{Name: "Cache-Control", Value: "max-age=60"}, {Name: "ETag", Value: `"v1"`}},
		Body:    io.NopCloser(strings.NewReader("[]")),
	})
	io.Copy(io.Discard, body)
	body.Close()
	fmt.Printf("stored: %t\n", why == "")

	// For a minute it answers the same request.
	now = now.Add(30 * time.Second)
	selection := cache.Select(key, request)
	fmt.Println(selection.State, selection.Age)

	// After that it has to be validated.
	now = now.Add(time.Minute)
	selection = cache.Select(key, request)
	selection.Validate(&request.Headers)
	fmt.Println(selection.State, selection.Why, request.Headers[1])

	// The server answers 304 (Not Modified).
	response, _ := cache.Freshen(key, request, selection.Response, httpcache.Received{
		Status: 304, Headers: safelist.HeaderList{{Name: "Cache-Control", Value: "max-age=600"}},
	})
	fmt.Println(response.Status, cache.Select(key, request).State)
	// Output:
	// stored: true
	// fresh 30s
	// stale expired {If-None-Match "v1"}
	// 200 fresh
}

// A body that is not read to its end is not stored. Close alone does not read it.
func ExampleCache_Store_closedEarly() {
	cache := httpcache.New(nil)
	key := httpcache.Key{URL: "https://api.example/items"}
	request := httpcache.Request{Method: "GET"}
	body, _ := cache.Store(key, request, httpcache.Received{
		Status: 200, Headers: safelist.HeaderList{{Name: "Cache-Control", Value: "max-age=60"}}, Body: io.NopCloser(strings.NewReader("[1, 2, 3]")),
	})
	body.Close()
	fmt.Println(cache.Select(key, request).Why)
	// Output: not stored
}

// Responses in a directory survive the end of the process.
func ExampleOpenDirectory() {
	path, err := os.MkdirTemp("", "cache")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(path)
	open := func() *httpcache.Cache {
		directory, err := httpcache.OpenDirectory(path)
		if err != nil {
			log.Fatal(err)
		}
		return httpcache.New(&httpcache.Options{
			Store:  directory,
			Limits: httpcache.Limits{Bytes: 1 << 30},
			Failed: func(err error) { log.Print(err) },
		})
	}

	key := httpcache.Key{URL: "https://api.example/"}
	request := httpcache.Request{Method: "GET"}
	body, _ := open().Store(key, request, httpcache.Received{
		Status: 200, Headers: safelist.HeaderList{{Name: "Cache-Control", Value: "max-age=3600"}}, Body: io.NopCloser(strings.NewReader("hello")),
	})
	io.Copy(io.Discard, body)
	body.Close()

	cache := open() // as another process would
	fmt.Println(cache.Len(), cache.Select(key, request).State)
	cache.Clear(func(k httpcache.Key) bool { return strings.HasPrefix(k.URL, "https://api.example/") })
	fmt.Println(cache.Len())
	// Output:
	// 1 fresh
	// 0
}

// memoryStore is a Store of one's own: a map.
type memoryStore map[string][]byte

func (m memoryStore) Open(name string) (io.ReadCloser, error) {
	if b, ok := m[name]; ok {
		return io.NopCloser(bytes.NewReader(b)), nil
	}
	return nil, fs.ErrNotExist
}

func (m memoryStore) Create(name string) (httpcache.Blob, error) {
	return &memoryBlob{store: m, name: name}, nil
}

func (m memoryStore) Delete(name string) error { delete(m, name); return nil }

func (m memoryStore) All() iter.Seq2[httpcache.Stored, error] {
	return func(yield func(httpcache.Stored, error) bool) {
		for name, b := range m {
			if !yield(httpcache.Stored{Name: name, Size: int64(len(b))}, nil) {
				return
			}
		}
	}
}

type memoryBlob struct {
	bytes.Buffer
	store memoryStore
	name  string
}

func (b *memoryBlob) Commit() error { b.store[b.name] = b.Bytes(); return nil }
func (b *memoryBlob) Close() error  { return nil }

// A Store needs four methods: this one is a map.
func ExampleStore() {
	cache := httpcache.New(&httpcache.Options{Store: memoryStore{}})
	key := httpcache.Key{URL: "https://api.example/"}
	request := httpcache.Request{Method: "GET"}
	body, _ := cache.Store(key, request, httpcache.Received{
		Status: 200, Headers: safelist.HeaderList{{Name: "Cache-Control", Value: "max-age=3600"}}, Body: io.NopCloser(strings.NewReader("hello")),
	})
	io.Copy(io.Discard, body)
	body.Close()
	fmt.Println(cache.Select(key, request).State)
	// Output: fresh
}

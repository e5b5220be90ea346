package compat

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/safelist"
	gregjones "github.com/gregjones/httpcache"
)

// The HTTP cache beside another one for Go, which most programs use. Both keep a
// response of one kibibyte with eight headers in memory, and serve it with its
// headers and its body read to the end. docs/performance.md shows the figures.

var cachedHeaders = [][2]string{
	{"Content-Type", "application/json"}, {"Cache-Control", "max-age=3600"}, {"Etag", `"33a64df551425fcc55e4d42a148795d9"`},
	{"Vary", "Origin"}, {"Access-Control-Allow-Origin", "https://app.example"}, {"Access-Control-Allow-Credentials", "true"},
	{"X-Request-Id", "0f8fad5b-d9cb-469f-a165-70867728950e"}, {"Content-Length", "1024"},
}

const cachedSize = 1024

// kept is a cache under measurement.
type kept interface {
	// load serves a URL from the cache, or from the network if it must, and tells
	// which.
	load(b *testing.B, url string) (hit bool)
	forget(url string)
}

type keptByGregjones struct {
	cache     gregjones.Cache
	transport *gregjones.Transport
}

type network struct{ body []byte }

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	header := make(http.Header, len(cachedHeaders)+1)
	for _, h := range cachedHeaders {
		header[h[0]] = []string{h[1]}
	}
	header["Date"] = []string{time.Now().UTC().Format(http.TimeFormat)}
	return &http.Response{
		StatusCode: 200, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: header, Request: r,
		Body: io.NopCloser(bytes.NewReader(n.body)), ContentLength: cachedSize,
	}, nil
}

func newGregjones() kept {
	c := gregjones.NewMemoryCache()
	return &keptByGregjones{c, &gregjones.Transport{Cache: c, MarkCachedResponses: true, Transport: &network{make([]byte, cachedSize)}}}
}

func (k *keptByGregjones) load(b *testing.B, url string) bool {
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Origin", "https://app.example")
	resp, err := k.transport.RoundTrip(r)
	if err != nil {
		b.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, resp.Body); n != cachedSize || err != nil {
		b.Fatal(n, err)
	}
	resp.Body.Close()
	return resp.Header.Get(gregjones.XFromCache) != ""
}

func (k *keptByGregjones) forget(url string) { k.cache.Delete(url) }

type keptByBrowser struct {
	cache   *httpcache.Cache
	request httpcache.Request
	body    []byte
}

func newBrowsers() kept {
	return &keptByBrowser{
		httpcache.New(&httpcache.Options{Limits: httpcache.Limits{Bytes: 1 << 40, EntryBytes: 1 << 20}}),
		httpcache.Request{Method: "GET", Headers: safelist.HeaderList{{Name: "Origin", Value: "https://app.example"}}},
		make([]byte, cachedSize),
	}
}

func (k *keptByBrowser) load(b *testing.B, url string) bool {
	key := httpcache.Key{URL: url}
	var body io.ReadCloser
	s := k.cache.Select(key, k.request)
	hit := s.State == "fresh"
	if hit {
		s.Headers()
		var err error
		if body, err = s.Response.Open(); err != nil {
			b.Fatal(err)
		}
	} else {
		headers := make(safelist.HeaderList, 0, len(cachedHeaders)+1)
		for _, h := range cachedHeaders {
			headers = append(headers, safelist.Header{Name: h[0], Value: h[1]})
		}
		headers = append(headers, safelist.Header{Name: "Date", Value: time.Now().UTC().Format(http.TimeFormat)})
		body, _ = k.cache.Store(key, k.request, httpcache.Received{Status: 200, StatusText: "OK", Headers: headers, Body: io.NopCloser(bytes.NewReader(k.body))})
	}
	if n, err := io.Copy(io.Discard, body); n != cachedSize || err != nil {
		b.Fatal(n, err)
	}
	body.Close()
	return hit
}

func (k *keptByBrowser) forget(url string) { k.cache.Delete(httpcache.Key{URL: url}) }

var caches = []struct {
	name string
	make func() kept
}{{"gregjones", newGregjones}, {"browsercors", newBrowsers}}

func urls(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = "https://api.example/items/" + strings.Repeat("0", 6-len(strconv.Itoa(i))) + strconv.Itoa(i)
	}
	return all
}

func BenchmarkHTTPCache(b *testing.B) {
	for _, c := range caches {
		for _, entries := range []int{1, 100_000} {
			b.Run(fmt.Sprintf("hit/entries=%d/cache=%s", entries, c.name), func(b *testing.B) {
				k, all := c.make(), urls(entries)
				for _, url := range all {
					k.load(b, url)
				}
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					if !k.load(b, all[i%entries]) {
						b.Fatal("not from the cache")
					}
					i++
				}
			})
		}
		b.Run("store/cache="+c.name, func(b *testing.B) {
			k, url := c.make(), urls(1)[0]
			b.ReportAllocs()
			for b.Loop() {
				k.forget(url)
				if k.load(b, url) {
					b.Fatal("from the cache")
				}
			}
		})
		b.Run("memory/entries=100000/cache="+c.name, func(b *testing.B) {
			for b.Loop() {
				before := heap()
				k, all := c.make(), urls(100_000)
				for _, url := range all {
					k.load(b, url)
				}
				b.ReportMetric(float64(heap()-before)/float64(len(all)), "bytes/entry")
				runtime.KeepAlive(k)
			}
		})
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

package httpcache_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/browsercors/browsercors/httpcache"
)

// closer notes that it was closed.
type closer struct {
	io.Reader
	closed int
}

func (c *closer) Close() error { c.closed++; return nil }

// A body of any length comes back as it was, in whole and in part, however it came
// and is read.
func TestLongBodies(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, length := range []int{1, 511, 512, 513, 1024, 32767, 32768, 32769, 65537, 131073, 300_000, 1_500_000} {
		whole := make([]byte, length)
		for i := range whole {
			whole[i] = byte(random.Uint32())
		}
		for _, headers := range []string{"", fmt.Sprintf("|Content-Length: %d", length)} {
			t.Run(fmt.Sprintf("%d%s", length, headers), func(t *testing.T) {
				c, _ := newCache(httpcache.Options{})
				in := httpcache.Received{Status: 200, Headers: split(minute + headers), Body: io.NopCloser(bytes.NewReader(whole))}
				body, why := c.Store(key, get(), in)
				if why != "" {
					t.Fatal(why)
				}
				if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{body}, make([]byte, 1000+random.IntN(3000))); err != nil {
					t.Fatal(err)
				}
				body.Close()
				start := random.IntN(length)
				end := start + random.IntN(length-start)
				for _, part := range []struct {
					request httpcache.Request
					want    []byte
				}{{get(), whole}, {get(fmt.Sprintf("Range: bytes=%d-%d", start, end)), whole[start : end+1]}} {
					found := c.Select(key, part.request)
					if found.Response == nil {
						t.Fatal(found.Why)
					}
					r, err := found.Response.Open()
					if err != nil {
						t.Fatal(err)
					}
					var got bytes.Buffer
					io.CopyN(&got, r, int64(len(part.want)/3)) // by Read, then by WriteTo
					if _, err := io.Copy(&got, r); err != nil || !bytes.Equal(got.Bytes(), part.want) {
						t.Errorf("%d bytes of %d, or others: %v", got.Len(), len(part.want), err)
					}
					r.Close()
				}
			})
		}
	}
}

// A body is stored once it has been read to its end, and only then.
func TestBodies(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		headers string
		decoded bool
		body    io.Reader
		read    int64 // how much of it; -1 is all
		stored  bool
	}{
		{"all", "", false, strings.NewReader("0123"), -1, true},
		{"byte by byte", "", false, iotest.OneByteReader(strings.NewReader("0123")), -1, true},
		{"the end with the last bytes", "", false, iotest.DataErrReader(strings.NewReader("0123")), -1, true},
		{"nothing is read", "", false, strings.NewReader("0123"), 0, false},
		{"closed early", "", false, strings.NewReader("0123"), 3, false},
		{"the end is not read", "", false, strings.NewReader("0123"), 4, false},
		{"the end is known", "|Content-Length: 4", false, strings.NewReader("0123"), 4, true},
		{"closed before the known end", "|Content-Length: 4", false, strings.NewReader("0123"), 3, false},
		{"cut off", "|Content-Length: 5", false, strings.NewReader("0123"), -1, false},
		{"too long", "|Content-Length: 3", false, strings.NewReader("0123"), -1, false},
		{"decoded", "|Content-Length: 3|Content-Encoding: gzip", true, strings.NewReader("0123"), -1, true},
		{"fails", "", false, io.MultiReader(strings.NewReader("01"), iotest.ErrReader(errCut)), -1, false},
		{"fails at the end", "|Content-Length: 4", false, io.MultiReader(strings.NewReader("0123"), iotest.ErrReader(errCut)), -1, false},
		{"empty", "|Content-Length: 0", false, strings.NewReader(""), 0, true},
		{"odd length", "|Content-Length: x", false, strings.NewReader("0123"), -1, true},
		{"at the limit", "", false, strings.NewReader(strings.Repeat("x", 1000)), -1, true},
		{"beyond the limit", "", false, strings.NewReader(strings.Repeat("x", 4000)), -1, false},
		{"without an end", "", false, endless{}, 1 << 20, false},
	} {
		for _, where := range stores {
			t.Run(test.name+"/"+where.name, func(t *testing.T) {
				c, _ := newCache(httpcache.Options{Limits: httpcache.Limits{EntryBytes: 2000}, Store: where.open(t)})
				if s, ok := test.body.(io.Seeker); ok {
					s.Seek(0, io.SeekStart)
				} else if where.name != "memory" {
					t.Skip("read already")
				}
				in := httpcache.Received{Status: 200, Headers: split(minute + test.headers), Decoded: test.decoded}
				network := &closer{Reader: test.body}
				in.Body = network
				body, why := c.Store(key, get(), in)
				if why != "" {
					t.Fatal(why)
				}
				var err error
				var got bytes.Buffer
				if test.read < 0 {
					_, err = io.Copy(&got, body)
				} else {
					_, err = io.CopyN(&got, body, test.read)
				}
				if failed := err == errCut; failed != strings.HasPrefix(test.name, "fails") || err != nil && !failed {
					t.Errorf("reading: %v", err)
				}
				body.Close()
				if network.closed != 1 {
					t.Errorf("closed %d times", network.closed)
				}
				s := c.Select(key, get())
				if stored := s.Response != nil; stored != test.stored {
					t.Errorf("stored: %t", stored)
				} else if stored && text(t, s.Response) != got.String() {
					t.Errorf("stored %q, read %q", text(t, s.Response), got.String())
				}
			})
		}
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// stores are the places where a cache keeps responses.
var stores = []struct {
	name string
	open func(testing.TB) httpcache.Store
}{
	{"memory", func(testing.TB) httpcache.Store { return nil }},
	{"directory", func(t testing.TB) httpcache.Store { return openDirectory(t, t.TempDir()) }},
}

func openDirectory(t testing.TB, path string) httpcache.Store {
	t.Helper()
	s, err := httpcache.OpenDirectory(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A response without a body is stored at once.
func TestNoBody(t *testing.T) {
	t.Parallel()
	c, _ := newCache(httpcache.Options{})
	body, why := c.Store(key, get(), httpcache.Received{Status: 204, StatusText: "No Content", HTTP2: true, Headers: lines(minute)})
	s := c.Select(key, get())
	if body != nil || why != "" || s.State != "fresh" || text(t, s.Response) != "" || s.Response.StatusText != "No Content" || !s.Response.HTTP2 {
		t.Errorf("%v %q %+v", body, why, s)
	}
}

// A body that is being read is not touched by what happens to the cache.
func TestReadersGoOn(t *testing.T) {
	t.Parallel()
	for _, where := range stores {
		t.Run(where.name, func(t *testing.T) {
			t.Parallel()
			c, _ := newCache(httpcache.Options{Store: where.open(t)})
			long := strings.Repeat("0123456789", 10_000)
			store(t, c, key, get(), answer(200, long, minute))
			r := c.Select(key, get()).Response
			var readers []io.ReadCloser
			for range 3 {
				body, err := r.Open()
				if err != nil {
					t.Fatal(err)
				}
				defer body.Close()
				readers = append(readers, body)
			}
			io.CopyN(io.Discard, readers[0], 5)
			c.Delete(key)
			store(t, c, key, get(), answer(200, "new", minute))
			for i, body := range readers {
				b, err := io.ReadAll(body)
				if want := long; i == 0 && string(b) != want[5:] || i > 0 && string(b) != want || err != nil {
					t.Errorf("%d: %d bytes, %v", i, len(b), err)
				}
			}
		})
	}
}

// The least recently used responses go first.
func TestEviction(t *testing.T) {
	t.Parallel()
	k := func(i int) httpcache.Key { return httpcache.Key{URL: fmt.Sprintf("https://api.example/%d", i)} }
	c, _ := newCache(httpcache.Options{Limits: httpcache.Limits{Entries: 10}})
	for i := range 10 {
		store(t, c, k(i), get(), answerOf(minute))
	}
	c.Select(k(0), get())
	for i := 10; i < 19; i++ {
		store(t, c, k(i), get(), answerOf(minute))
	}
	if c.Len() != 10 || c.Select(k(0), get()).Response == nil || c.Select(k(1), get()).Response != nil {
		t.Errorf("%d are stored", c.Len())
	}
	var order []string
	for k := range c.Entries() {
		order = append(order, strings.TrimPrefix(k.URL, "https://api.example/"))
		if len(order) == 3 {
			break
		}
	}
	if got := fmt.Sprint(order); got != "[0 18 17]" {
		t.Errorf("order %s", got)
	}

	for _, l := range []httpcache.Limits{{Entries: -1}, {Bytes: -1}, {EntryBytes: -1}, {EntryBytes: 10}, {Bytes: 300}} {
		c, _ := newCache(httpcache.Options{Limits: l})
		if why := store(t, c, key, get(), answerOf(minute)); why != "too large" || c.Len() != 0 || c.Bytes() != 0 {
			t.Errorf("%+v: %q, %d are stored", l, why, c.Len())
		}
	}
}

// What is stored takes no more bytes than the limit, whatever comes.
func TestBytes(t *testing.T) {
	t.Parallel()
	const limit = 100_000
	c, at := newCache(httpcache.Options{Limits: httpcache.Limits{Bytes: limit}})
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		k := httpcache.Key{URL: fmt.Sprintf("https://api.example/%d", random.IntN(100))}
		r := get(fmt.Sprintf("A: %d", random.IntN(5)))
		switch random.IntN(8) {
		case 0:
			c.Delete(k)
		case 1:
			if s := c.Select(k, r); s.Response != nil {
				c.Freshen(k, r, s.Response, answer(304, "", "X: "+strings.Repeat("y", random.IntN(20_000))))
			}
		default:
			store(t, c, k, r, answer(200, strings.Repeat("x", random.IntN(15_000)), "Vary: A", minute))
		}
		at.advance(time.Second)
		if c.Bytes() > limit || c.Bytes() < 0 {
			t.Fatalf("%d bytes", c.Bytes())
		}
	}
	sum := 0
	for range c.Entries() {
		sum++
	}
	if sum != c.Len() || sum == 0 {
		t.Errorf("%d entries, Len is %d", sum, c.Len())
	}
	c.Clear(nil)
	if c.Len() != 0 || c.Bytes() != 0 {
		t.Errorf("%d entries, %d bytes after Clear", c.Len(), c.Bytes())
	}
}

// Few responses are kept for one URL, so that looking through them takes no time.
func TestManyVariants(t *testing.T) {
	t.Parallel()
	c, _ := newCache(httpcache.Options{})
	for i := range 1000 {
		store(t, c, key, get(fmt.Sprintf("A: %d", i)), answerOf(minute+"|Vary: A"))
	}
	if c.Len() != 64 || c.Select(key, get("A: 999")).State != "fresh" || c.Select(key, get("A: 0")).Response != nil {
		t.Errorf("%d are stored", c.Len())
	}
}

func TestHousekeeping(t *testing.T) {
	t.Parallel()
	for _, where := range stores {
		t.Run(where.name, func(t *testing.T) {
			t.Parallel()
			c, _ := newCache(httpcache.Options{Store: where.open(t)})
			keys := map[string]httpcache.Key{
				"a":         {URL: "https://a.example/"},
				"b":         {URL: "https://b.example/"},
				"b's":       {URL: "https://b.example/", Partition: key.Partition},
				"b, a part": {URL: "https://b.example/", Part: "anonymous"},
			}
			for name, k := range keys {
				store(t, c, k, get("A: 1"), answer(200, name, minute, "Vary: A"))
				store(t, c, k, get("A: 2"), answer(200, name, minute, "Vary: A"))
			}
			for name, k := range keys {
				if got := text(t, c.Select(k, get("A: 1")).Response); got != name {
					t.Errorf("%s: %s", name, got)
				}
			}
			if c.Len() != 8 {
				t.Errorf("%d are stored", c.Len())
			}
			seen := make(map[httpcache.Key]int)
			for k, r := range c.Entries() {
				if seen[k]++; r.Status != 200 {
					t.Errorf("%v: %+v", k, r)
				}
			}
			if len(seen) != 4 || seen[keys["b's"]] != 2 {
				t.Errorf("entries %v", seen)
			}
			c.Delete(keys["a"])
			c.Clear(func(k httpcache.Key) bool { return k.Partition == key.Partition })
			if c.Len() != 4 || c.Select(keys["a"], get("A: 1")).Response != nil || c.Select(keys["b's"], get("A: 1")).Response != nil {
				t.Errorf("%d are stored", c.Len())
			}
			c.Clear(nil)
			if c.Len() != 0 || c.Bytes() != 0 {
				t.Errorf("%d, %d bytes", c.Len(), c.Bytes())
			}
		})
	}
}

func TestConcurrent(t *testing.T) {
	t.Parallel()
	for _, where := range stores {
		t.Run(where.name, func(t *testing.T) {
			t.Parallel()
			c := httpcache.New(&httpcache.Options{Limits: httpcache.Limits{Entries: 20}, Store: where.open(t), Failed: func(err error) { t.Error(err) }})
			var group sync.WaitGroup
			for i := range 8 {
				group.Go(func() {
					random := rand.New(rand.NewPCG(1, uint64(i)))
					for range 100 {
						k := httpcache.Key{URL: fmt.Sprintf("https://api.example/%d", random.IntN(30))}
						r := get(fmt.Sprintf("A: %d", random.IntN(3)))
						switch random.IntN(10) {
						case 0:
							c.Delete(k)
						case 1:
							c.Clear(func(k httpcache.Key) bool { return strings.HasSuffix(k.URL, "7") })
						case 2:
							for _, r := range c.Entries() {
								r.Headers()
							}
						case 3:
							store(t, c, k, httpcache.Request{Method: "HEAD", Headers: r.Headers}, answerOf(minute))
						default:
							s := c.Select(k, r)
							if s.Response == nil {
								store(t, c, k, r, answer(200, strings.Repeat(k.URL, 1+2000*random.IntN(2)), "Vary: A", tag))
								continue
							}
							if body, err := s.Response.Open(); err == nil {
								b, err := io.ReadAll(body)
								if body.Close(); err != nil || !strings.HasPrefix(string(b), k.URL) {
									t.Errorf("%d bytes, %v", len(b), err)
								}
							}
							c.Freshen(k, r, s.Response, answer(304, "", minute))
						}
					}
				})
			}
			group.Wait()
		})
	}
}

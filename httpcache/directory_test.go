package httpcache_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/browsercors/browsercors/httpcache"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/origin"
)

// long is longer than what is stored beside the headers.
var long = strings.Repeat("0123456789abcdef", 4096)

// What a cache has stored another one finds, as after a restart.
func TestDirectorySurvives(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "some", "cache")
	limits := httpcache.Limits{EntryBytes: 1 << 20}
	first, _ := newCache(httpcache.Options{Store: openDirectory(t, path), Limits: limits})
	in := answer(203, long, minute, tag, "Vary: A", "X: \xff, 1")
	in.StatusText, in.HTTP2, in.UntilClose, in.RequestTime = "So so", true, true, start.Add(-time.Second)
	store(t, first, key, get("A: 1"), in)
	store(t, first, key, get("A: 2"), answer(200, "two", minute, "Vary: A"))
	parts := httpcache.Key{URL: "https://api.example/parts"}
	store(t, first, parts, get("Range: bytes=0-1"), answer(206, "01", minute, "Content-Range: bytes 0-1/5", tag))

	second, at := newCache(httpcache.Options{Store: openDirectory(t, path), Limits: limits, Rules: rules.HTTPCache{UntilCloseNotValidated: true}})
	at.advance(time.Minute)
	if second.Len() != 3 {
		t.Errorf("%d are stored", second.Len())
	}
	s := second.Select(key, get("A: 1"))
	r := s.Response
	if s.State != "stale" || s.Age != 61*time.Second || text(t, r) != long || r.Status != 203 || r.StatusText != "So so" || !r.HTTP2 ||
		!r.ResponseTime().Equal(start) || fmt.Sprint(r.Headers()) != fmt.Sprint(in.Headers) {
		t.Errorf("%+v %v", s, r.Headers())
	}
	if headers := lines(); s.Validate(&headers) {
		t.Error("it is forgotten that the body ended with the connection")
	}
	if got := text(t, second.Select(key, get("A: 2")).Response); got != "two" {
		t.Errorf("the other one: %q", got)
	}
	if s := second.Select(parts, get("Range: bytes=1-1")); text(t, s.Response) != "1" || s.Response.Status != 206 {
		t.Errorf("a part of a part: %+v", s)
	}
	if merged, why := second.Freshen(key, get("A: 1"), r, answer(304, "", "Cache-Control: max-age=600", tag)); why != "" || text(t, merged) != long {
		t.Errorf("freshened: %q", why)
	}
	if s := first.Select(key, get("A: 1")); s.State != "fresh" || text(t, s.Response) != long {
		t.Errorf("the first sees %+v", s)
	}
	second.Delete(key)
	second.Delete(parts)
	if s := first.Select(key, get("A: 1")); s.Response != nil || first.Len() != 0 {
		t.Errorf("the first still sees %+v, %d", s, first.Len())
	}
	if files := filesIn(t, path); len(files) != 1 {
		t.Errorf("files %v remain beside the secret", files)
	}
}

// filesIn are the files in a directory, and what they hold.
func filesIn(t testing.TB, path string) map[string][]byte {
	t.Helper()
	files := make(map[string][]byte)
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files[name], err = os.ReadFile(name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// Several parts and several responses of a URL on disk, put together and replaced.
func TestDirectorySlots(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	c, at := newCache(httpcache.Options{Store: openDirectory(t, path), Failed: func(err error) { t.Error(err) }})
	for i := range 12 {
		at.advance(time.Second)
		store(t, c, key, get(fmt.Sprintf("A: %d", i)), answer(200, fmt.Sprint(i), minute, "Vary: A"))
	}
	for i, want := range map[int]string{0: "no response", 3: "no response", 4: "4", 11: "11"} {
		if got := text(t, c.Select(key, get(fmt.Sprintf("A: %d", i))).Response); got != want {
			t.Errorf("%d: %s, want %s", i, got, want)
		}
	}
	// Each can go, also the one in the first place.
	for i := 4; i < 12; i++ {
		r := get(fmt.Sprintf("A: %d", i))
		if _, why := c.Freshen(key, r, c.Select(key, r).Response, answer(304, "", "Cache-Control: no-store")); why != "no-store" {
			t.Errorf("%d: %q", i, why)
		}
		if c.Len() != 11-i || c.Select(key, r).Response != nil {
			t.Errorf("%d: %d are stored", i, c.Len())
		}
	}
	for _, span := range [][2]int{{0, 20_000}, {50_000, len(long)}, {20_000, 50_000}} {
		from, piece := span[0], long[span[0]:span[1]]
		in := answer(206, piece, minute, tag, fmt.Sprintf("Content-Range: bytes %d-%d/%d", from, from+len(piece)-1, len(long)))
		if why := store(t, c, key, get(fmt.Sprintf("Range: bytes=%d-%d", from, from+len(piece)-1)), in); why != "" {
			t.Error(why)
		}
	}
	s := c.Select(key, get())
	if s.Response == nil || s.Response.Status != 200 || text(t, s.Response) != long || c.Len() != 1 {
		t.Errorf("%+v, %d are stored", s, c.Len())
	}
	if got := text(t, c.Select(key, get("Range: bytes=16-31")).Response); got != "0123456789abcdef" {
		t.Errorf("a part of it: %q", got)
	}
	c.Delete(key)
	if files := filesIn(t, path); len(files) != 1 {
		t.Errorf("%d files remain", len(files))
	}
}

// Nobody else can read the directory, and its names tell nothing.
func TestDirectoryIsPrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "cache")
	c, _ := newCache(httpcache.Options{Store: openDirectory(t, path)})
	k := httpcache.Key{URL: "https://bank.example/account?token=geheim", Partition: key.Partition}
	store(t, c, k, get(), answer(200, long, minute))
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has permissions %o", name, got)
		}
		if strings.Contains(name, "bank") || strings.Contains(name, "geheim") {
			t.Errorf("%s tells what is in it", name)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	names := func(path string) string {
		var all []string
		for name := range filesIn(t, path) {
			all = append(all, filepath.Base(name))
		}
		return strings.Join(all, " ")
	}
	again := filepath.Join(t.TempDir(), "cache")
	other, _ := newCache(httpcache.Options{Store: openDirectory(t, again)})
	store(t, other, k, get(), answer(200, "x", minute))
	for name := range strings.FieldsSeq(names(again)) {
		if name != "secret" && strings.Contains(names(path), name) {
			t.Errorf("%s is the same in two directories: a hash that others can compute", name)
		}
	}
}

// A file that is not as it was written is never served. It is dropped, and told of.
func TestDirectoryDamage(t *testing.T) {
	t.Parallel()
	damages := map[string]func([]byte) []byte{
		"empty":      func([]byte) []byte { return nil },
		"cut":        func(b []byte) []byte { return b[:len(b)/2] },
		"one less":   func(b []byte) []byte { return b[:len(b)-1] },
		"one more":   func(b []byte) []byte { return append(b, 0) },
		"first bit":  func(b []byte) []byte { b[0] ^= 1; return b },
		"middle bit": func(b []byte) []byte { b[len(b)/2] ^= 0x10; return b },
		"last bit":   func(b []byte) []byte { b[len(b)-1] ^= 1; return b },
		"zeros":      func(b []byte) []byte { return make([]byte, len(b)) },
		"something":  func([]byte) []byte { return []byte("#!/bin/sh\n") },
	}
	for name, damage := range damages {
		for _, kind := range []struct {
			name, content string
			hyphens       int // in the name of the file to damage
		}{{"record", "short", 1}, {"record of long content", long, 1}, {"content", long, 2}} {
			t.Run(name+"/"+kind.name, func(t *testing.T) {
				t.Parallel()
				path := t.TempDir()
				failures := 0
				c, _ := newCache(httpcache.Options{Store: openDirectory(t, path), Failed: func(err error) {
					if failures++; strings.Contains(err.Error(), "example") {
						t.Errorf("%v tells a URL", err)
					}
				}})
				store(t, c, key, get(), answer(200, kind.content, minute))
				for file, b := range filesIn(t, path) {
					if strings.Count(filepath.Base(file), "-") == kind.hyphens {
						if err := os.WriteFile(file, damage(b), 0o600); err != nil {
							t.Fatal(err)
						}
					}
				}
				if r := c.Select(key, get()).Response; r != nil {
					body, err := r.Open()
					if err == nil {
						b, _ := io.ReadAll(body)
						t.Errorf("%d bytes are served", len(b))
						body.Close()
					}
				}
				if c.Select(key, get()).Response != nil {
					t.Error("it can still be selected")
				}
				if failures == 0 {
					t.Error("nobody is told")
				}
				if why := store(t, c, key, get(), answer(200, kind.content, minute)); why != "" || text(t, c.Select(key, get()).Response) != kind.content {
					t.Errorf("not stored again: %q", why)
				}
			})
		}
	}
}

// A directory or file that is in the way, and files of others.
func TestDirectoryErrors(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	os.WriteFile(file, nil, 0o600)
	if _, err := httpcache.OpenDirectory(filepath.Join(file, "cache")); err == nil || !strings.HasPrefix(err.Error(), "httpcache: ") {
		t.Errorf("below a file: %v", err)
	}
	path := t.TempDir()
	os.WriteFile(filepath.Join(path, "secret"), []byte("x"), 0o600)
	if _, err := httpcache.OpenDirectory(path); err == nil {
		t.Error("another's secret is taken")
	}
	path = t.TempDir()
	s := openDirectory(t, path)
	for _, name := range []string{"", "a", "../x", "a/b/c", "ABC", "aa\x00"} {
		if _, err := s.Open(name); err == nil {
			t.Errorf("%q can be opened", name)
		}
		if _, err := s.Create(name); err == nil {
			t.Errorf("%q can be made", name)
		}
		if err := s.Delete(name); err == nil {
			t.Errorf("%q can be deleted", name)
		}
	}
	if _, err := s.Open("abcdef"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	os.MkdirAll(filepath.Join(path, "ab"), 0o700)
	os.WriteFile(filepath.Join(path, "ab", "README"), []byte("x"), 0o600)
	os.WriteFile(filepath.Join(path, "ab", "cdef"), []byte("x"), 0o600)
	os.WriteFile(filepath.Join(path, ".tmp-old"), []byte("x"), 0o600)
	os.Chtimes(filepath.Join(path, ".tmp-old"), start.AddDate(-9, 0, 0), start.AddDate(-9, 0, 0))
	openDirectory(t, path)
	if _, err := os.Stat(filepath.Join(path, ".tmp-old")); err == nil {
		t.Error("an unfinished file of long ago remains")
	}
	c, _ := newCache(httpcache.Options{Store: s})
	store(t, c, key, get(), answer(200, "x", minute))
	if got := text(t, c.Select(key, get()).Response); got != "x" {
		t.Error(got)
	}
}

// broken is a store that stops working.
type broken struct {
	httpcache.Store
	mu   sync.Mutex
	fail string // the method that fails
}

var errFull = errors.New("no space left on device")

func (b *broken) set(fail string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fail = fail
}

func (b *broken) fails(method string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.fail == method
}

func (b *broken) Open(name string) (io.ReadCloser, error) {
	if b.fails("Open") {
		return nil, errFull
	}
	body, err := b.Store.Open(name)
	if err == nil && b.fails("Read") {
		return struct {
			io.Reader
			io.Closer
		}{io.MultiReader(io.LimitReader(body, 10), errReader{}), body}, nil
	}
	return struct{ io.ReadCloser }{body}, err // without Seek
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, errFull }

func (b *broken) Create(name string) (httpcache.Blob, error) {
	if b.fails("Create") {
		return nil, errFull
	}
	blob, err := b.Store.Create(name)
	return &brokenBlob{blob, b}, err
}

func (b *broken) Delete(name string) error {
	if b.fails("Delete") {
		return errFull
	}
	return b.Store.Delete(name)
}

func (b *broken) All() iter.Seq2[httpcache.Stored, error] {
	if b.fails("All") {
		return func(yield func(httpcache.Stored, error) bool) { yield(httpcache.Stored{}, errFull) }
	}
	return b.Store.All()
}

type brokenBlob struct {
	httpcache.Blob
	of *broken
}

func (b *brokenBlob) Write(p []byte) (int, error) {
	if b.of.fails("Write") {
		return 0, errFull
	}
	return b.Blob.Write(p)
}

func (b *brokenBlob) Commit() error {
	if b.of.fails("Commit") {
		return errFull
	}
	return b.Blob.Commit()
}

// A full or broken disk costs the cache, not the answer. It is told once, until it
// works again.
func TestBrokenStore(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"Open", "Read", "Create", "Write", "Commit", "Delete", "All"} {
		for _, content := range []string{"short", long} {
			t.Run(fmt.Sprint(method, len(content)), func(t *testing.T) {
				t.Parallel()
				var failures []error
				path := t.TempDir()
				s := &broken{Store: openDirectory(t, path)}
				c, _ := newCache(httpcache.Options{Store: s, Failed: func(err error) { failures = append(failures, err) }})
				store(t, c, key, get(), answer(200, content, minute))
				if got := text(t, c.Select(key, get()).Response); got != content || len(failures) > 0 {
					t.Fatalf("%d bytes, %v", len(got), failures)
				}
				s.set(method)
				for i := range 5 {
					k := key
					k.URL += fmt.Sprint(i)
					body, _ := c.Store(k, get(), answer(200, content, minute))
					if b, err := io.ReadAll(body); string(b) != content || err != nil || body.Close() != nil {
						t.Errorf("the answer: %d bytes, %v", len(b), err)
					}
					if r := c.Select(key, get()).Response; r != nil {
						if body, err := r.Open(); err == nil {
							body.Close()
						}
					}
					c.Len()
					c.Delete(k)
				}
				if len(failures) == 0 || len(failures) > 1 && method != "Delete" && method != "All" {
					t.Errorf("told of %d failures: %v", len(failures), failures)
				}
				for _, err := range failures {
					if !errors.Is(err, errFull) || !strings.HasPrefix(err.Error(), "httpcache: the store can't ") {
						t.Errorf("%v", err)
					}
				}
				s.set("")
				store(t, c, key, get(), answer(200, "again", minute))
				if got := text(t, c.Select(key, get()).Response); got != "again" {
					t.Errorf("afterwards: %q", got)
				}
				c.Clear(nil)
				for name := range filesIn(t, path) {
					if method != "Delete" && filepath.Base(name) != "secret" {
						t.Errorf("%s remains", filepath.Base(name))
					}
				}
			})
		}
	}
}

// A directory that cannot be written to.
func TestReadOnlyDirectory(t *testing.T) {
	t.Parallel()
	if os.Getuid() == 0 {
		t.Skip("root can write everywhere; TestBrokenStore shows what happens")
	}
	path := t.TempDir()
	c, _ := newCache(httpcache.Options{Store: openDirectory(t, path)})
	store(t, c, key, get(), answer(200, "x", minute))
	os.Chmod(path, 0o500)
	defer os.Chmod(path, 0o700)
	failures := 0
	again, _ := newCache(httpcache.Options{Store: openDirectory(t, path), Failed: func(error) { failures++ }})
	if got := text(t, again.Select(key, get()).Response); got != "x" {
		t.Error(got)
	}
	store(t, again, key, get(), answer(200, "y", minute))
	if failures != 1 {
		t.Errorf("told of %d failures", failures)
	}
}

// The least recently used files go first, and what is lost goes some time after.
func TestDirectoryIsBounded(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	url := func(i int) httpcache.Key { return httpcache.Key{URL: fmt.Sprintf("https://api.example/%d", i)} }
	const limit = 1 << 20
	options := httpcache.Options{Store: openDirectory(t, path), Limits: httpcache.Limits{Bytes: limit}, Now: time.Now}
	c := httpcache.New(&options)
	for i := range 40 {
		for file := range filesIn(t, path) { // as if they were used an hour ago
			then := time.Now().Add(-time.Hour)
			os.Chtimes(file, then, then)
		}
		c.Select(url(2), get())
		store(t, c, url(i), get(), answer(200, long, "Cache-Control: max-age=6000"))
		if c.Bytes() > limit+limit/8+int64(len(long)) {
			t.Fatalf("%d bytes", c.Bytes())
		}
	}
	if c.Select(url(2), get()).Response == nil || c.Select(url(39), get()).Response == nil || c.Len() > 17 {
		t.Error("what was used last has gone")
	}
	// A cache with less room makes itself smaller when it is opened.
	options.Limits = httpcache.Limits{Bytes: limit / 4, EntryBytes: limit / 8}
	if c := httpcache.New(&options); c.Bytes() > limit/4 || c.Len() == 0 {
		t.Errorf("%d bytes, %d entries", c.Bytes(), c.Len())
	}
	options.Limits = httpcache.Limits{Entries: 1}
	if c := httpcache.New(&options); c.Len() != 1 {
		t.Errorf("%d entries", c.Len())
	}
	// Content whose record was lost.
	for file := range filesIn(t, path) {
		if strings.Count(filepath.Base(file), "-") == 1 {
			os.Remove(file)
		} else if filepath.Base(file) != "secret" {
			then := time.Now().Add(-2 * time.Hour)
			os.Chtimes(file, then, then)
		}
	}
	if httpcache.New(&options); len(filesIn(t, path)) != 1 {
		t.Errorf("files %d remain", len(filesIn(t, path)))
	}
}

// Two caches use a directory at once.
func TestDirectoryShared(t *testing.T) {
	t.Parallel()
	path := t.TempDir()
	var group sync.WaitGroup
	for process := range 2 {
		group.Go(func() { share(t, path, process, 150) })
	}
	group.Wait()
	agree(t, path)
}

// share uses a directory beside others.
func share(t *testing.T, path string, process, rounds int) {
	c := httpcache.New(&httpcache.Options{Store: openDirectory(t, path), Limits: httpcache.Limits{Entries: 50}, Failed: func(err error) { t.Error(err) }})
	for i := range rounds {
		k := httpcache.Key{URL: fmt.Sprintf("https://api.example/%d", i%40)}
		want := strings.Repeat(fmt.Sprintf("%s of %d ", k.URL, process), 1+1000*(i%2))
		store(t, c, k, get(), answer(200, want, minute))
		r := c.Select(k, get()).Response
		if r == nil {
			continue // the other one has cleared it
		}
		body, err := r.Open()
		if err != nil {
			continue // or replaced its content
		}
		got, err := io.ReadAll(body)
		if body.Close(); err != nil || !strings.HasPrefix(string(got), k.URL+" of ") {
			t.Errorf("%d bytes of %s, %v", len(got), k.URL, err)
		}
		if i%20 == 0 {
			c.Delete(k)
		}
	}
}

// agree fails a test if two caches see different things in a directory.
func agree(t *testing.T, path string) {
	t.Helper()
	if a, b := openDirectory(t, path), openDirectory(t, path); httpcache.New(&httpcache.Options{Store: a}).Len() != httpcache.New(&httpcache.Options{Store: b}).Len() {
		t.Error("they see different things")
	}
}

// sharedDirectory is the environment variable that makes the test binary another
// process of TestDirectoryOfProcesses: it names the directory.
const sharedDirectory = "BROWSERCORS_TEST_SHARED_DIRECTORY"

// Two processes use a directory at once: this one, and the same test in another.
func TestDirectoryOfProcesses(t *testing.T) {
	if path := os.Getenv(sharedDirectory); path != "" {
		share(t, path, 1, 50)
		return
	}
	t.Parallel()
	path := t.TempDir()
	other := exec.Command(os.Args[0], "-test.run=^TestDirectoryOfProcesses$")
	other.Env = append(os.Environ(), sharedDirectory+"="+path)
	var said bytes.Buffer
	other.Stdout, other.Stderr = &said, &said
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	share(t, path, 0, 50)
	if err := other.Wait(); err != nil {
		t.Errorf("the other process: %v\n%s", err, said.Bytes())
	}
	agree(t, path)
	// What one process has stored the other can use, and nobody else is in the way.
	c, _ := newCache(httpcache.Options{Store: openDirectory(t, path)})
	store(t, c, key, get(), answer(200, long, minute))
	if got := text(t, c.Select(key, get()).Response); got != long {
		t.Errorf("afterwards: %d bytes", len(got))
	}
}

// A response under a page whose site means nothing elsewhere is not kept on disk.
func TestOpaqueSite(t *testing.T) {
	t.Parallel()
	c, _ := newCache(httpcache.Options{Store: openDirectory(t, t.TempDir())})
	k := key
	k.Partition = origin.PartitionKey{Site: origin.NewOpaque().Site(nil)}
	if why := store(t, c, k, get(), answerOf(minute)); why != "partition" || c.Len() != 0 {
		t.Errorf("%q, %d are stored", why, c.Len())
	}
	memory, _ := newCache(httpcache.Options{})
	if why := store(t, memory, k, get(), answerOf(minute)); why != "" || memory.Select(k, get()).State != "fresh" {
		t.Error(why)
	}
}

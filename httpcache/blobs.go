package httpcache

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// blobs keeps responses in a [Store]. A key has up to eight slots, one a response. A
// slot is a blob with a record, and with the content if that is short. Longer
// content has a blob of its own, so that updating a response does not copy it. The
// first slot says which others are in use.
type blobs struct {
	store  Store
	secret []byte // with which names are made
	limits Limits
	now    func() time.Time
	failed func(error)
	revive func(*Response) // fills in what follows from the rest of a response that was read

	writing sync.Mutex // held while what is stored for a key is changed

	mu      sync.Mutex
	entries int
	bytes   int64
	written int64           // since entries and bytes were counted
	failing map[string]bool // what the store cannot do at present
}

const (
	mostSlots = 8
	inRecord  = 32 << 10  // up to which size content is in the record
	orphaned  = time.Hour // after which content without a record is deleted
)

// name is the name of a key, with which the names of its blobs begin.
func (b *blobs) name(k *Key) string {
	mac := hmac.New(sha256.New, b.secret)
	mac.Write(appendKey(nil, k))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// slotName is the name of a slot. It has one hyphen.
func slotName(name string, slot int) string { return name + "-" + strconv.Itoa(slot) }

// contentName is the name of a blob with content. It has two hyphens.
func contentName(name string) string {
	var random [8]byte
	rand.Read(random[:])
	return name + "-" + hex.EncodeToString(random[:]) + "-0"
}

func isSlotName(name string) bool { return strings.Count(name, "-") == 1 }

// fail tells that the store cannot do something: once, until it can again.
func (b *blobs) fail(what string, err error) {
	b.mu.Lock()
	told := b.failing[what]
	if b.failing == nil {
		b.failing = make(map[string]bool)
	}
	b.failing[what] = true
	b.mu.Unlock()
	if !told && b.failed != nil {
		b.failed(fmt.Errorf("httpcache: the store can't %s: %w", what, err))
	}
}

// works notes that the store can do something.
func (b *blobs) works(what string) {
	b.mu.Lock()
	delete(b.failing, what)
	b.mu.Unlock()
}

// What a store does.
const (
	opening  = "open a blob"
	reading  = "read a blob"
	writing  = "write a blob"
	deleting = "delete a blob"
	listing  = "list its blobs"
)

// damaged tells of a blob that is not what was written, and deletes it.
func (b *blobs) damaged(name string) {
	b.delete(name)
	if b.failed != nil {
		b.failed(fmt.Errorf("httpcache: blob %s: %w; it was deleted", name, errDamaged))
	}
}

func (b *blobs) delete(name string) {
	if err := b.store.Delete(name); err != nil {
		b.fail(deleting, err)
	} else {
		b.works(deleting)
	}
}

// write stores a record.
func (b *blobs) write(name string, slot int, rec *record) error {
	content, err := rec.encode()
	if err != nil {
		return err
	}
	blob, err := b.store.Create(slotName(name, slot))
	if err != nil {
		return err
	}
	if _, err = blob.Write(content); err == nil {
		err = blob.Commit()
	}
	blob.Close()
	if err == nil {
		b.works(writing)
		b.mu.Lock()
		b.written += int64(len(content))
		b.mu.Unlock()
	}
	return err
}

// read reads a record, or returns nil.
func (b *blobs) read(name string, slot int) *record {
	blob, err := b.store.Open(slotName(name, slot))
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			b.fail(opening, err)
		}
		return nil
	}
	b.works(opening)
	defer blob.Close()
	content, err := io.ReadAll(io.LimitReader(blob, b.limits.EntryBytes+inRecord))
	if err != nil {
		b.fail(reading, err)
		return nil
	}
	b.works(reading)
	rec, err := decodeRecord(content)
	if err != nil {
		b.damaged(slotName(name, slot))
		return nil
	}
	r := rec.response
	r.slot = uint8(slot)
	if rec.body != nil {
		r.content = &inBlob{b, r, *rec.body, 0, rec.body.size}
	}
	b.revive(r)
	return rec
}

// records are what is stored under a name, by slot.
func (b *blobs) records(name string) (all [mostSlots]*record) {
	all[0] = b.read(name, 0)
	if all[0] == nil {
		return all
	}
	for rest := all[0].slots; rest != 0; rest &= rest - 1 {
		if slot := bits.TrailingZeros64(rest); slot > 0 && slot < mostSlots {
			all[slot] = b.read(name, slot)
		}
	}
	return all
}

// load returns what is stored for a key, the latest first.
func (b *blobs) load(k *Key) []*Response {
	var all []*Response
	for _, rec := range b.records(b.name(k)) {
		if rec != nil && rec.response.key == *k {
			all = append(all, rec.response)
		}
	}
	slices.SortStableFunc(all, func(x, y *Response) int { return cmp.Compare(y.received, x.received) })
	return all
}

// put stores a response in place of those that replaces returns true for, or of
// the oldest if all slots are in use.
func (b *blobs) put(r *Response, replaces func(old *Response) bool) {
	b.writing.Lock()
	err := b.putLocked(r, replaces)
	b.writing.Unlock()
	if err != nil {
		b.fail(writing, err)
		r.content.discard()
		return
	}
	b.bound()
}

func (b *blobs) putLocked(r *Response, replaces func(old *Response) bool) error {
	name := b.name(&r.key)
	all := b.records(name)
	at, oldest, slots := -1, 0, uint64(0)
	for slot, rec := range all {
		if rec == nil || replaces(rec.response) {
			if at < 0 {
				at = slot
			}
			continue
		}
		slots |= 1 << slot
		if old := all[oldest]; old == nil || rec.response.received < old.response.received {
			oldest = slot
		}
	}
	if at < 0 {
		at = oldest
	}
	slots = (slots | 1<<at) &^ 1
	rec := &record{response: r, slots: slots}
	if c, ok := r.content.(*inBlob); ok {
		rec.body = &c.ref
	}
	if err := b.write(name, at, rec); err != nil {
		return err
	}
	if at > 0 {
		all[0].slots = slots
		if err := b.write(name, 0, all[0]); err != nil {
			b.delete(slotName(name, at))
			return err
		}
	}
	added := 1
	for slot, old := range all {
		if old == nil || slot != at && slots>>slot&1 != 0 || slot == 0 && at > 0 {
			continue
		}
		added--
		if slot != at {
			b.delete(slotName(name, slot))
		}
		if old.body != nil && (rec.body == nil || rec.body.name != old.body.name) {
			b.delete(old.body.name)
		}
	}
	size := r.cost()
	b.mu.Lock()
	b.entries += added
	b.bytes += size
	b.mu.Unlock()
	return nil
}

// remove removes a response that was loaded.
func (b *blobs) remove(r *Response) {
	b.writing.Lock()
	defer b.writing.Unlock()
	name := b.name(&r.key)
	all := b.records(name)
	gone := all[r.slot]
	if gone == nil || gone.response.received != r.received {
		return
	}
	if r.slot == 0 {
		for slot := mostSlots - 1; slot > 0; slot-- { // Another one has to be the first.
			if next := all[slot]; next != nil {
				next.slots = all[0].slots &^ (1 << slot)
				if b.write(name, 0, next) == nil {
					b.delete(slotName(name, slot))
					b.deleteContent(gone)
					return
				}
			}
		}
	}
	b.delete(slotName(name, int(r.slot)))
	b.deleteContent(gone)
}

func (b *blobs) deleteContent(rec *record) {
	if rec.body != nil {
		b.delete(rec.body.name)
	}
}

// removeAll removes what is stored under a name.
func (b *blobs) removeAll(name string) {
	b.writing.Lock()
	defer b.writing.Unlock()
	all := b.records(name)
	for slot, rec := range slices.Backward(all[:]) {
		if rec != nil {
			b.delete(slotName(name, slot))
			b.deleteContent(rec)
		}
	}
}

// A group is all blobs of a key.
type group struct {
	name    string
	blobs   []string
	entries int
	bytes   int64
	used    time.Time
}

// groups lists what is stored, the least recently used first.
func (b *blobs) groups() []*group {
	byName := make(map[string]*group)
	for blob, err := range b.store.All() {
		if err != nil {
			b.fail(listing, err)
			break
		}
		name, _, ok := strings.Cut(blob.Name, "-")
		if !ok {
			continue
		}
		g := byName[name]
		if g == nil {
			g = &group{name: name}
			byName[name] = g
		}
		if isSlotName(blob.Name) {
			g.entries++
		}
		g.blobs = append(g.blobs, blob.Name)
		g.bytes += blob.Size
		if blob.Used.After(g.used) {
			g.used = blob.Used
		}
	}
	all := make([]*group, 0, len(byName))
	for _, g := range byName {
		all = append(all, g)
	}
	slices.SortFunc(all, func(x, y *group) int { return cmp.Or(x.used.Compare(y.used), cmp.Compare(x.name, y.name)) })
	return all
}

// count counts what is stored.
func (b *blobs) count() (entries int, bytes int64) {
	for _, g := range b.groups() {
		entries += g.entries
		bytes += g.bytes
	}
	return entries, bytes
}

// bound keeps what is stored within the limits: it counts again if they may be
// exceeded, since other caches may use the store too, and deletes what was least
// recently used until there is some room.
func (b *blobs) bound() {
	b.mu.Lock()
	due := b.entries > b.limits.Entries || b.bytes > b.limits.Bytes || b.written > b.limits.Bytes/8
	if due {
		b.written = 0
	}
	b.mu.Unlock()
	if due {
		b.evict()
	}
}

func (b *blobs) evict() {
	all := b.groups()
	entries, bytes := 0, int64(0)
	for _, g := range all {
		entries += g.entries
		bytes += g.bytes
	}
	mostEntries, mostBytes := b.limits.Entries, b.limits.Bytes
	if entries > mostEntries || bytes > mostBytes {
		mostEntries, mostBytes = mostEntries-mostEntries/8, mostBytes-mostBytes/8
	}
	lost := b.now().Add(-orphaned)
	for _, g := range all {
		orphan := g.entries == 0 && g.used.Before(lost)
		if !orphan && entries <= mostEntries && bytes <= mostBytes {
			continue
		}
		slices.SortFunc(g.blobs, func(x, y string) int { return cmp.Compare(len(x), len(y)) }) // records first
		for _, name := range g.blobs {
			b.delete(name)
		}
		entries -= g.entries
		bytes -= g.bytes
	}
	b.mu.Lock()
	b.entries, b.bytes = entries, bytes
	b.mu.Unlock()
}

package httpcache

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"net/netip"
	"time"

	"github.com/browsercors/browsercors/origin"
)

// What a response is stored as, in a store that is not memory: magic, then its
// fields, numbers as varints and strings with their lengths before them, then the
// content if it is short, and the checksum of all that.
const magic = "browsercors-http-cache-2\n"

var (
	errDamaged = errors.New("damaged")
	castagnoli = crc32.MakeTable(crc32.Castagnoli)
)

// A record is a stored response as it is in a store.
type record struct {
	response *Response
	slots    uint64   // of the first: the other slots of its key that are in use
	body     *blobRef // nil: the content is in the record
}

// blobRef is content in a blob of its own.
type blobRef struct {
	name string
	size int64
	sum  uint32
}

func (rec *record) encode() ([]byte, error) {
	r := rec.response
	b := []byte(magic)
	number := func(n int64) { b = binary.AppendVarint(b, n) }
	text := func(s string) {
		number(int64(len(s)))
		b = append(b, s...)
	}
	flag := func(f bool) {
		if f {
			b = append(b, 1)
		} else {
			b = append(b, 0)
		}
	}
	b = appendKey(b, &r.key)
	number(int64(rec.slots))
	number(int64(r.Status))
	text(r.StatusText)
	number(r.received)
	number(int64(r.initialAge))
	text(string(r.fields))
	text(string(r.variant))
	text(r.Kept())
	if flag(r.part != nil); r.part != nil {
		number(r.part.start)
		number(r.part.full)
	}
	flag(r.HTTP2)
	address, _ := r.Address().MarshalBinary() // fails never
	text(string(address))
	flag(r.untilClose)
	flag(r.authorized)
	flag(r.outdated)
	flag(rec.body != nil)
	if rec.body != nil {
		text(rec.body.name)
		number(rec.body.size)
		number(int64(rec.body.sum))
	} else {
		content, ok := r.content.(*inMemory)
		if !ok {
			return nil, errDamaged
		}
		text(string(content.bytes))
	}
	return binary.BigEndian.AppendUint32(b, crc32.Checksum(b, castagnoli)), nil
}

// appendKey appends a key.
func appendKey(b []byte, k *Key) []byte {
	for _, s := range []string{k.Partition.Site.Scheme(), k.Partition.Site.Host(), k.Partition.Second, k.URL, k.Part} {
		b = binary.AppendVarint(b, int64(len(s)))
		b = append(b, s...)
	}
	return b
}

// isPortable reports whether a key means the same in another process.
func (k *Key) isPortable() bool {
	d := decoder{rest: string(appendKey(nil, k))}
	return d.key() == *k && d.err == nil
}

// decodeRecord reads what encode has written. The error is errDamaged.
func decodeRecord(b []byte) (*record, error) {
	end := len(b) - 4
	if end < len(magic) || string(b[:len(magic)]) != magic || crc32.Checksum(b[:end], castagnoli) != binary.BigEndian.Uint32(b[end:]) {
		return nil, errDamaged
	}
	d := decoder{rest: string(b[len(magic):end])}
	r := &Response{inStore: true}
	rec := &record{response: r}
	r.key = d.key()
	rec.slots = uint64(d.number())
	r.Status = int(d.number())
	r.StatusText = d.text()
	r.received = d.number()
	r.initialAge = clamp(time.Duration(d.number()))
	r.fields = fields(d.text())
	r.variant = variant(d.text())
	kept := d.text()
	if d.flag() {
		r.part = &part{d.number(), d.number()}
	}
	r.HTTP2 = d.flag()
	var address netip.AddrPort
	if address.UnmarshalBinary([]byte(d.text())) != nil {
		return nil, errDamaged
	}
	r.setRare(nil, address, kept)
	r.untilClose = d.flag()
	r.authorized = d.flag()
	r.outdated = d.flag()
	if d.flag() {
		rec.body = &blobRef{d.text(), d.number(), uint32(d.number())}
	} else {
		r.content = &inMemory{[]byte(d.text())}
	}
	if d.err != nil || d.rest != "" || r.part != nil && r.part.start < 0 {
		return nil, errDamaged
	}
	return rec, nil
}

// decoder takes a record apart from its start.
type decoder struct {
	rest string
	err  error
}

func (d *decoder) number() int64 {
	n, size := binary.Varint([]byte(d.rest[:min(len(d.rest), binary.MaxVarintLen64)]))
	if size <= 0 {
		d.rest, d.err = "", errDamaged
		return 0
	}
	d.rest = d.rest[size:]
	return n
}

func (d *decoder) text() string {
	n := d.number()
	if n < 0 || n > int64(len(d.rest)) {
		d.rest, d.err = "", errDamaged
		return ""
	}
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) flag() bool {
	if d.rest == "" || d.rest[0] > 1 {
		d.rest, d.err = "", errDamaged
		return false
	}
	f := d.rest[0] == 1
	d.rest = d.rest[1:]
	return f
}

func (d *decoder) key() (k Key) {
	scheme, host := d.text(), d.text()
	k.Partition.Second, k.URL, k.Part = d.text(), d.text(), d.text()
	if scheme != "" {
		top, err := origin.Parse(scheme + "://" + host)
		if err != nil {
			d.err = errDamaged
			return k
		}
		k.Partition.Site = top.Site(nil)
	}
	return k
}

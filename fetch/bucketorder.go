package fetch

import (
	"encoding/binary"
	"math/bits"

	"github.com/browsercors/browsercors/internal/fold"
)

// bucketOrder is the order in which a walk through a hash table finds names that
// were put into it one by one. It is that of Blink's HTTPHeaderMap: a table of
// eight buckets, which doubles as soon as half of them are taken; a name whose
// bucket is taken goes to the one behind it, then two further, then three. The
// indexes of the names are appended to dst.
//
// https://chromium.googlesource.com/chromium/src/+/refs/heads/main/third_party/blink/renderer/platform/wtf/hash_table.h
func bucketOrder(dst []uint16, names []string) []uint16 {
	const smallest, most = 8, 256 // buckets without an allocation
	var hashRoom [most / 2]uint32
	var bucketRoom [2][most]uint16 // one more than the index of the name in a bucket; 0: none
	hashes, buckets := hashRoom[:], bucketRoom[0][:smallest]
	if len(names) >= most/2 {
		hashes = make([]uint32, len(names))
	}
	put := func(buckets []uint16, i uint16) {
		mask := uint32(len(buckets) - 1)
		at := hashes[i] & mask
		for step := uint32(1); buckets[at] != 0; step++ {
			at = (at + step) & mask
		}
		buckets[at] = i + 1
	}
	if len(names) > 1<<15 { // more than anybody sends, and than an index has room for
		names = names[:1<<15]
	}
	for i, name := range names {
		hashes[i] = nameHash(name)
		put(buckets, uint16(i))
		if 2*(i+1) < len(buckets) {
			continue
		}
		var larger []uint16
		if size := 2 * len(buckets); size <= most {
			larger = bucketRoom[bits.Len(uint(size))&1][:size]
			clear(larger)
		} else {
			larger = make([]uint16, size)
		}
		for _, taken := range buckets {
			if taken > 0 {
				put(larger, taken-1)
			}
		}
		buckets = larger
	}
	for _, taken := range buckets {
		if taken > 0 {
			dst = append(dst, taken-1)
		}
	}
	return dst
}

// nameHash is the hash of a header's name: 24 bits of rapidhash, of the name in
// lower case and in UTF-16.
//
// https://github.com/Nicoshev/rapidhash
func nameHash(name string) uint32 {
	var room [128]byte
	text := room[:0]
	for i := range len(name) {
		text = append(text, fold.Byte(name[i]), 0)
	}
	if hash := uint32(rapidhash(text)) & (1<<24 - 1); hash != 0 {
		return hash
	}
	return 1 << 23
}

// rapidhash is version 1 of that hash function, with its own seed, of UTF-16.
func rapidhash(b []byte) uint64 {
	const (
		seed    = 0xbdd89aa982704029
		secret0 = 0x2d358dccaa6c78a5
		secret1 = 0x8bb84b93962eacc9
		secret2 = 0x4b33a62ed433d4a3
	)
	mix := func(a, b uint64) uint64 {
		high, low := bits.Mul64(a, b)
		return high ^ low
	}
	word := binary.LittleEndian.Uint64
	half := func(b []byte) uint64 { return uint64(binary.LittleEndian.Uint32(b)) }

	n := len(b)
	state := uint64(seed) ^ mix(seed^secret0, secret1) ^ uint64(n)
	var first, second uint64
	switch {
	case n > 16:
		rest := b
		if n > 48 {
			state1, state2 := state, state
			for ; len(rest) >= 48; rest = rest[48:] {
				state = mix(word(rest)^secret0, word(rest[8:])^state)
				state1 = mix(word(rest[16:])^secret1, word(rest[24:])^state1)
				state2 = mix(word(rest[32:])^secret2, word(rest[40:])^state2)
			}
			state ^= state1 ^ state2
		}
		if len(rest) > 16 {
			state = mix(word(rest)^secret2, word(rest[8:])^state^secret1)
			if len(rest) > 32 {
				state = mix(word(rest[16:])^secret2, word(rest[24:])^state)
			}
		}
		first, second = word(b[n-16:]), word(b[n-8:])
	case n >= 4:
		delta := (n & 24) >> (n >> 3)
		first = half(b)<<32 | half(b[n-4:])
		second = half(b[delta:])<<32 | half(b[n-4-delta:])
	case n == 2: // Blink reads a single character as it is
		first = uint64(binary.LittleEndian.Uint16(b))
	}
	high, low := bits.Mul64(first^secret1, second^state)
	return mix(low^secret0^uint64(n), high^secret1)
}

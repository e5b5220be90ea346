package mimetype

import "bytes"

// A pattern is bytes that a format begins with. A question mark stands for any
// byte, since no pattern here has one of its own.
type pattern string

// matches is the pattern matching algorithm, without leading bytes to be ignored.
//
// https://mimesniff.spec.whatwg.org/#pattern-matching-algorithm
func (p pattern) matches(input []byte) bool {
	// 1, 2. The mask is part of the pattern. What is shorter does not match.
	if len(input) < len(p) {
		return false
	}
	// 3 to 6. Each byte that the mask lets through must be that of the pattern.
	for i := range len(p) {
		if p[i] != '?' && input[i] != p[i] {
			return false
		}
	}
	// 7. Then it matches.
	return true
}

var images = [...]pattern{
	"\x00\x00\x01\x00", "\x00\x00\x02\x00", "BM", "GIF87a", "GIF89a", "RIFF????WEBPVP", "\x89PNG\r\n\x1a\n", "\xff\xd8\xff",
	// Not of the Standard, but of browsers: AVIF and JPEG XL.
	"????ftypavif", "????ftypavis", "\xff\x0a", "\x00\x00\x00\x0cJXL \r\n\x87\n",
}

var sounds = [...]pattern{
	"FORM????AIFF", "ID3", "OggS\x00", "MThd\x00\x00\x00\x06", "RIFF????AVI ", "RIFF????WAVE",
	// The Standard looks further into MP4 and WebM, browsers do not. FLAC is theirs.
	"????ftyp", "\x1a\x45\xdf\xa3", "fLaC",
}

// IsImage reports whether bytes begin an image: the image type pattern matching
// algorithm, with the formats that browsers add to it.
//
// https://mimesniff.spec.whatwg.org/#image-type-pattern-matching-algorithm
func IsImage(b []byte) bool { return matchesAny(images[:], b) }

// IsAudioOrVideo reports whether bytes begin a sound or a video: the audio or video
// type pattern matching algorithm, with the formats that browsers add to it.
//
// https://mimesniff.spec.whatwg.org/#audio-or-video-type-pattern-matching-algorithm
func IsAudioOrVideo(b []byte) bool { return matchesAny(sounds[:], b) || isFrame(b) }

func matchesAny(patterns []pattern, b []byte) bool {
	for _, p := range patterns {
		if p.matches(b) {
			return true
		}
	}
	return false
}

// isFrame tells whether bytes begin with the header of a frame of MPEG audio or AAC.
//
// https://mimesniff.spec.whatwg.org/#match-an-mp3-header
func isFrame(b []byte) bool {
	// 1. It has four bytes, of which the first eleven bits are set.
	if len(b) < 4 || b[0] != 0xff || b[1]&0xe0 != 0xe0 {
		return false
	}
	layer := b[1] & 0x06 >> 1
	if layer == 0 { // ADTS: AAC
		return b[1]&0xf0 == 0xf0 && b[2]>>2&0x0f < 13
	}
	// 2 to 5. The layer, the bit rate and the sampling rate are not those that are reserved.
	return b[1]&0x18 != 0x08 && b[2]&0xf0 != 0xf0 && b[2]&0x0c != 0x0c
}

// IsHTML reports whether bytes begin an HTML document, and can't begin a script. A
// comment as HTML writes it can begin a script, so what counts stands behind it.
func IsHTML(b []byte) bool {
	for {
		b = bytes.TrimLeft(b, blanks)
		for _, tag := range tags {
			if len(b) >= len(tag) && bytes.EqualFold(b[:len(tag)], []byte(tag)) {
				return true
			}
		}
		rest, ok := bytes.CutPrefix(b, []byte("<!--"))
		if !ok {
			return false
		}
		// A script goes on behind the line on which the comment ends.
		_, rest, ok = bytes.Cut(rest, []byte("-->"))
		if !ok {
			return false
		}
		if b = behindLine(rest); b == nil {
			return false
		}
	}
}

const blanks = " \t\r\n"

var tags = [...]string{
	"<!doctype html", "<script", "<html", "<head", "<iframe", "<h1", "<div", "<font", "<table", "<a", "<style", "<title", "<b", "<p",
}

// behindLine is what stands behind the first line terminator of JavaScript, or nil.
func behindLine(b []byte) []byte {
	end := -1
	for _, terminator := range [...]string{"\n", "\r", "\u2028", "\u2029"} {
		if i := bytes.Index(b, []byte(terminator)); i >= 0 && (end < 0 || i < end) {
			end = i
		}
	}
	if end < 0 {
		return nil
	}
	return b[end:]
}

// IsXML reports whether bytes begin an XML document.
func IsXML(b []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(b, blanks), []byte("<?xml")) }

// breakers begin a response that is made so that a script element can't run it.
var breakers = [...]string{")]}'", "{}&&", "{} &&", "for(;;);", "while(1);", "for (;;);", "while (1);"}

// IsData reports whether bytes begin what only fetch() is to read: an object of
// JSON with a member, or what keeps a script element from running it.
func IsData(b []byte) bool {
	for _, breaker := range breakers {
		if bytes.HasPrefix(b, []byte(breaker)) {
			return true
		}
	}
	b, ok := bytes.CutPrefix(bytes.TrimLeft(b, blanks), []byte("{"))
	if !ok {
		return false
	}
	if b, ok = bytes.CutPrefix(bytes.TrimLeft(b, blanks), []byte(`"`)); !ok {
		return false
	}
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return bytes.HasPrefix(bytes.TrimLeft(b[i+1:], blanks), []byte(":"))
		}
	}
	return false
}

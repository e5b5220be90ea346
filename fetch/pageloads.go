package fetch

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/browsercors/browsercors/internal/rules"
)

// pageLoads are what a page remembers of what it has loaded: its list of available
// images, its module map and its map of preloaded resources. All are bounded; what
// does not fit is loaded again.
type pageLoads struct {
	mu      sync.Mutex
	bytes   int // of the URLs in the maps
	images  map[imageKey]availableImage
	sheets  map[imageKey]bool   // by profiles that use them again
	refused map[preloadKey]bool // preloads, by profiles that remember them
	once    map[preloadedKey]preloadedEvent
	modules map[moduleKey]*module
	linked  map[moduleKey]*module // of modulepreloads, by profiles that keep them apart

	graph    chan struct{} // holds one token while a module graph is loaded
	preloads atomic.Pointer[preloads]
}

// maxLoadBytes is how many bytes of URLs the maps of a page may have.
const maxLoadBytes = 16 << 20

// An imageKey is a key of the list of available images. The origin is the page's.
//
// https://html.spec.whatwg.org/#list-of-available-images
type imageKey struct {
	url       string
	attribute CrossOrigin
	media     bool // it is a sound, a video or a font, by profiles that list them, too
	inSheet   bool // a style attribute asks for it, by profiles that keep such images apart
}

// An availableImage is an entry of the list.
type availableImage struct {
	attribute CrossOrigin // that it was loaded with
	readable  bool
}

// image tells whether the list has an image, and whether the page may read it.
func (p *pageLoads) image(key imageKey, by *rules.Element) (readable, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if image, ok := p.images[key.kept()]; ok && by.StyleImagesKept && key.inSheet && key.attribute == noCrossOrigin {
		return image.readable, true
	}
	image, ok := p.images[key.listed(by)]
	return image.readable, ok && image.attribute == key.attribute
}

func (p *pageLoads) addImage(key imageKey, by *rules.Element, readable bool) {
	image := availableImage{key.attribute, readable}
	remember(p, &p.images, key.listed(by), len(key.url), image)
	if by.StyleImagesKept && key.inSheet {
		remember(p, &p.images, key.kept(), len(key.url), image)
	}
}

// listed is the key as the list has it: of all that ask for the image, and by profiles
// that replace an image without the attribute.
func (k imageKey) listed(by *rules.Element) imageKey {
	k.inSheet = false
	if by.ImageReplaced {
		k.attribute = noCrossOrigin
	}
	return k
}

// kept is the key of an image that is kept for style attributes.
func (k imageKey) kept() imageKey {
	k.attribute = noCrossOrigin
	return k
}

// sheet tells whether the page has a style sheet, and may read it.
func (p *pageLoads) sheet(key imageKey) (readable, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	readable, ok = p.sheets[key]
	return readable, ok
}

func (p *pageLoads) addSheet(key imageKey, readable bool) {
	remember(p, &p.sheets, key, len(key.url), readable)
}

// refusedPreload tells whether a preload was refused before.
func (p *pageLoads) refusedPreload(key preloadKey) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.refused[key]
}

func (p *pageLoads) refusePreload(key preloadKey) { remember(p, &p.refused, key, len(key.url), true) }

// A preloadedKey is the URL of a preload and its as attribute, and a preloadedEvent what
// it fired and whether it used CORS: for profiles that do not fetch it again.
type (
	preloadedKey   struct{ url, as string }
	preloadedEvent struct {
		event string
		cors  bool
	}
)

// preloadedBefore is what an earlier preload fired.
func (p *pageLoads) preloadedBefore(key preloadedKey) (before preloadedEvent, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	before, ok = p.once[key]
	return before, ok
}

func (p *pageLoads) addPreloaded(key preloadedKey, event preloadedEvent) {
	remember(p, &p.once, key, len(key.url), event)
}

// remember puts a value into one of the maps, if there is room.
func remember[K comparable, V any](p *pageLoads, m *map[K]V, key K, bytes int, value V) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := (*m)[key]; !known && (len(*m) >= maxLoads || !p.room(bytes)) {
		return
	}
	if *m == nil {
		*m = make(map[K]V)
	}
	(*m)[key] = value
}

// room tells whether a URL of so many bytes still fits, and counts it.
func (p *pageLoads) room(n int) bool {
	if p.bytes+n > maxLoadBytes {
		return false
	}
	p.bytes += n
	return true
}

// lockGraph waits until no other module graph of the page is being loaded. It
// returns false if the context ends before.
func (p *pageLoads) lockGraph(ctx context.Context) bool {
	p.mu.Lock()
	if p.graph == nil {
		p.graph = make(chan struct{}, 1)
	}
	graph := p.graph
	p.mu.Unlock()
	select {
	case graph <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (p *pageLoads) unlockGraph() { <-p.graph }

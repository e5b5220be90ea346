package fetch

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/browsercors/browsercors/internal/fold"
	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/safelist"
)

// A headerOrder is the order of the headers of some requests, as it is read from
// the profile. A key says where a header stands: a rank, and a place among the
// headers of that rank.
type headerOrder struct {
	when   conditions
	keys   map[string]headerKey // of the headers that the browser adds
	always []string             // the names whose place is the same if script sets them
	modal  []string             // … if the cache mode would set them, if script didn't
	script headerKey            // of the others that script sets
	groups []headerKey          // of those of them that the profile groups
	set    bucketSet
}

type headerKey uint32

// rankBits are those of a key below its rank.
const rankBits = 16

func (k headerKey) rank() uint32 { return uint32(k >> rankBits) }

// keyLast is the key of a header that the order does not name.
const keyLast headerKey = 1<<32 - 1<<rankBits

// A bucketSet is the part of an order that is in the order of a hash table.
type bucketSet struct {
	rank    uint32   // 0: there is none
	members []string // in the order in which they get into the table; "" stands for those that script set
	usual   int      // how many members there are if script sets none and no server has asked for client hints
}

// Words of an order that are no header's name.
const (
	wordScript  = "<script>" // the headers that script set
	wordBuckets = "{"        // what follows up to the brace is in the order of a hash table
	wordEnd     = "}"

	// Headers that may stand in a place of their own.
	wordIdentity       = "<identity>"        // Accept-Encoding of a request with a Range
	wordNoBody         = "<no-body>"         // Content-Length of a request without a body
	wordAgain          = "<again>"           // Content-Length of one that goes out again, over a new connection
	wordRange          = "<range>"           // Range as the HTTP cache asks for it
	wordAnswer         = "<answer>"          // Authorization that answers a challenge
	wordStrictReferrer = "<strict-referrer>" // Referer of [rules.Headers.StrictAcrossSites]
	wordBodyType       = "<body-type>"       // Content-Type of a request with a body
	wordRestoredType   = "<restored-type>"   // Content-Type of [rules.Redirect.TypeRestored]
)

// ownPlace is the word for a header that may stand in a place of its own, or "".
func (f *fetching) ownPlace(name string) string {
	r := f.request
	switch name {
	case "Content-Length":
		switch {
		case !f.hasBody():
			return wordNoBody
		case f.overNewConnection:
			return wordAgain
		}
	case "Accept-Encoding":
		if f.acceptsIdentity {
			return wordIdentity
		}
	case rangeHeader:
		if f.rangeRewritten {
			return wordRange
		}
	case "Authorization":
		if f.answersChallenge {
			return wordAnswer
		}
	case "Referer":
		if r.lastRedirect.strictReferrer && r.silentHops == 0 {
			return wordStrictReferrer
		}
	case "Content-Type":
		switch {
		case r.typeRestored:
			return wordRestoredType
		case r.body != nil:
			return wordBodyType
		}
	}
	return ""
}

// newHeaderOrders reads the orders of a profile, and which of its groups a name is of.
func newHeaderOrders(p *Profile) (orders []headerOrder, groupOf map[string]int, err error) {
	groupOf = make(map[string]int)
	for i, g := range p.Headers.Groups {
		for name := range strings.FieldsSeq(g.Value) {
			groupOf[name] = i
		}
	}
	for _, c := range p.Headers.Order {
		o := headerOrder{keys: make(map[string]headerKey), script: keyLast, groups: make([]headerKey, len(p.Headers.Groups))}
		for i := range o.groups {
			o.groups[i] = keyLast
		}
		if o.when, err = conditionsOf(c.For); err == nil {
			err = o.read(c.Value, p)
		}
		if err != nil {
			return nil, nil, err
		}
		orders = append(orders, o)
	}
	return orders, groupOf, nil
}

// read reads the words of an order.
func (o *headerOrder) read(words string, p *Profile) error {
	rank, within := uint32(0), false
	for word := range strings.FieldsSeq(words) {
		if !within {
			rank++
		}
		key := headerKey(rank << rankBits)
		group := slices.IndexFunc(p.Headers.Groups, func(g rules.HeaderCase) bool { return word == "<"+g.For+">" })
		name, always := strings.CutPrefix(word, "!")
		name, modal := strings.CutPrefix(name, "^")
		switch {
		case word == wordBuckets && o.set.rank == 0:
			within, o.set.rank = true, rank
		case word == wordEnd && within:
			within = false
		case word == wordScript:
			if o.script = key; within {
				o.set.members = append(o.set.members, "")
			}
		case group >= 0:
			o.groups[group] = key
		default:
			if always {
				o.always = append(o.always, name)
			}
			if modal {
				o.modal = append(o.modal, name)
			}
			if _, twice := o.keys[name]; twice {
				return fmt.Errorf("%s stands there twice", quote(name))
			}
			if o.keys[name] = key; within {
				o.set.members = append(o.set.members, name)
			}
		}
	}
	if within {
		return errors.New("a brace is not closed")
	}
	o.placeUsual(p)
	return nil
}

// placeUsual gives the usual members of the set their places.
func (o *headerOrder) placeUsual(p *Profile) {
	var usual []string
	for _, name := range o.set.members {
		if name != "" && name != doNotTrack && name != secPurpose && !p.onlyIfAsked(name) {
			usual = append(usual, name)
		}
	}
	o.set.usual = len(usual)
	for place, i := range bucketOrder(nil, usual) {
		o.keys[usual[i]] = headerKey(o.set.rank<<rankBits + uint32(place))
	}
}

// sends tells whether the browser sends a header of its own with that name in such
// a request. Where the profile has no order, it does.
func (o *headerOrder) sends(name string) bool {
	if o == nil {
		return true
	}
	_, named := o.keys[name]
	return named
}

// orderFor is the order of the request's headers on this hop; nil is that in which
// the Standard adds them.
func (f *fetching) orderFor(c conditions) *headerOrder {
	orders := f.agent.headerCases.orders
	for i := range orders {
		if orders[i].when&^c == 0 {
			return &orders[i]
		}
	}
	return nil
}

// inOrder puts the headers that are about to be sent in the profile's order.
func (f *fetching) inOrder(headers safelist.HeaderList) {
	o := f.headerOrder
	if o == nil {
		return
	}
	var room [40]headerKey
	keys := room[:]
	if len(headers) > len(room) {
		keys = make([]headerKey, len(headers))
	}
	keys = keys[:len(headers)]
	script := f.scriptNames(len(headers) > len(room))
	members, scripted := 0, f.request.redirectCount > 0 && f.firstHopHadMore()
	for i := range headers {
		byScript := script.has(headers[i].Name)
		keys[i] = f.headerKey(o, &headers[i], byScript)
		if keys[i].rank() == o.set.rank {
			members++
			scripted = scripted || byScript
		}
	}
	if o.set.rank > 0 && (scripted || members != o.set.usual) {
		f.placeMembers(o, headers, keys)
	}
	sortByKey(headers, keys)
}

// headerKey is where a header belongs.
func (f *fetching) headerKey(o *headerOrder, h *safelist.Header, byScript bool) headerKey {
	if word := f.ownPlace(h.Name); word != "" {
		if key, named := o.keys[word]; named {
			return key
		}
	}
	if byScript && fold.Listed(h.Name, o.modal) && f.modeSets(h.Name) {
		byScript = false
	}
	if byScript && !fold.Listed(h.Name, o.always) {
		if group, grouped := f.agent.headerCases.groupOf[h.Name]; grouped {
			return o.groups[group]
		}
		return o.script
	}
	if key, named := o.keys[h.Name]; named {
		return key
	}
	for _, names := range [...][]string{o.always, o.modal} { // which script may have spelled in another way
		for _, name := range names {
			if fold.Equal(name, h.Name) {
				return o.keys[name]
			}
		}
	}
	return keyLast
}

// modeSets tells whether the cache mode sets a header.
func (f *fetching) modeSets(name string) bool {
	switch f.cacheMode() {
	case cacheNoStore, cacheReload:
		return true
	case cacheNoCache:
		return fold.Equal(name, "Cache-Control")
	}
	return false
}

// firstHopHadMore tells whether members of a set in the order of a hash table may
// have been sent on the first hop that a redirect has taken away. They keep their
// buckets.
func (f *fetching) firstHopHadMore() bool {
	r := f.request
	return len(r.original.headers) > r.added.n || r.client != nil && r.client.hints != 0
}

// placeMembers gives the members of the set their places.
func (f *fetching) placeMembers(o *headerOrder, headers safelist.HeaderList, keys []headerKey) {
	var room [64]string
	names := room[:0]
	for _, name := range o.set.members {
		switch {
		case name == "":
			names = f.appendScriptMembers(o, names)
		case headers.Contains(name) && !fold.Listed(name, names), f.hintOnFirstHop(name):
			names = append(names, name)
		}
	}
	var index fold.Index
	var orderRoom, placeRoom [len(room)]uint16
	places := placeRoom[:]
	if len(names) > len(room) {
		places = make([]uint16, len(names))
	}
	for place, i := range bucketOrder(orderRoom[:0], names) {
		places[i] = uint16(place)
	}
	for i := range headers {
		if keys[i].rank() == o.set.rank {
			if n := index.First(len(names), func(i int) string { return names[i] }, headers[i].Name); n >= 0 {
				keys[i] = headerKey(o.set.rank<<rankBits + uint32(places[n]))
			}
		}
	}
}

// appendScriptMembers appends the names of the members that script set, in the
// order in which they get into the table: those of fetch() are sorted, those of
// XMLHttpRequest come from a table of their own.
func (f *fetching) appendScriptMembers(o *headerOrder, names []string) []string {
	r := f.request
	start := len(names)
	var index fold.Index
	for _, h := range r.original.headers {
		own := names[start:]
		if !r.added.has(h.Name) && !fold.Listed(h.Name, o.always) && index.First(len(own), func(i int) string { return own[i] }, h.Name) < 0 {
			names = append(names, h.Name)
		}
	}
	own := names[start:]
	if r.api != apiXHR {
		slices.SortStableFunc(own, fold.Compare)
		return names
	}
	given := slices.Clone(own)
	for place, i := range bucketOrder(nil, given) {
		own[place] = given[i]
	}
	return names
}

// sortByKey sorts headers by their keys. Those of one key stay as they were.
func sortByKey(headers safelist.HeaderList, keys []headerKey) {
	const few = 64
	if len(headers) <= few {
		for i := 1; i < len(headers); i++ {
			h, key := headers[i], keys[i]
			j := i
			for ; j > 0 && keys[j-1] > key; j-- {
				headers[j], keys[j] = headers[j-1], keys[j-1]
			}
			headers[j], keys[j] = h, key
		}
		return
	}
	type keyed struct {
		header safelist.Header
		key    headerKey
	}
	all := make([]keyed, len(headers))
	for i := range headers {
		all[i] = keyed{headers[i], keys[i]}
	}
	slices.SortStableFunc(all, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
	for i := range all {
		headers[i] = all[i].header
	}
}

// hopNotes are what a request remembers of the headers of its hops.
type hopNotes struct {
	begun, lateOrigin                       bool
	origin, metadata, access                bool // on the last hop
	originSince, metadataSince, accessSince int  // on which hop they came, or came again
	counted                                 int
}

// noteHop notes which headers go with this hop, and tells what follows from it.
func (f *fetching) noteHop(headers *safelist.HeaderList) conditions {
	r := f.request
	if r.preflight || f.agent.headerCases.none {
		return 0
	}
	n := &r.hops
	origin, metadata, access := headers.Contains("Origin"), headers.Contains("Sec-Fetch-Site"), headers.Contains(storageAccess)
	if !n.begun {
		n.lateOrigin = !origin
	}
	if origin && (!n.origin || n.counted < r.redirectCount && r.lastRedirect.bodyStripped) {
		n.originSince = r.redirectCount
	}
	if metadata && !n.metadata {
		n.metadataSince = r.redirectCount
	}
	if access && !n.access {
		n.accessSince = r.redirectCount
	}
	n.begun, n.origin, n.metadata, n.access, n.counted = true, origin, metadata, access, r.redirectCount
	var c conditions
	if n.lateOrigin {
		c |= hasLateOrigin
	}
	if n.originSince > 0 && n.originSince >= n.metadataSince {
		c |= hasTrailingOrigin
		if n.accessSince > n.originSince {
			c |= hasTrailingAccess
		}
	}
	return c
}

// addedHeaders are the names of the headers on a request's list that neither script
// nor a program has set: those that fetch adds to it.
type addedHeaders struct {
	names [6]string
	n     int
}

func (a *addedHeaders) has(name string) bool { return fold.Listed(name, a.names[:a.n]) }

// addHeader puts a header on the request's list that is the browser's.
func (r *request) addHeader(name, value string) {
	r.headers = append(r.headers, safelist.Header{Name: name, Value: value})
	r.added.names[r.added.n] = name
	r.added.n++
}

// scriptNames are the names of the headers that script set.
type scriptNames struct {
	request *request        // nil: there are none
	set     map[string]bool // of the names in lower case, if there are many
}

func (f *fetching) scriptNames(many bool) scriptNames {
	r := f.request
	switch {
	case r.preflight || r.mode == webSocketMode || len(r.headers) == r.added.n:
		return scriptNames{}
	case !many:
		return scriptNames{request: r}
	}
	set := make(map[string]bool, len(r.headers))
	for _, h := range r.headers {
		if !r.added.has(h.Name) {
			set[fold.Lower(h.Name)] = true
		}
	}
	return scriptNames{r, set}
}

func (s scriptNames) has(name string) bool {
	switch {
	case s.request == nil:
		return false
	case s.set != nil:
		return s.set[fold.Lower(name)]
	}
	return s.request.headers.Contains(name) && !s.request.added.has(name)
}

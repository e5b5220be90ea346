package rules

import "time"

// HTTPCache holds a user agent's departures from RFC 9111 in what its HTTP cache
// stores, for how long, and which requests it answers.
type HTTPCache struct {
	// CacheControl says how the Cache-Control of a response or a request is read.
	CacheControl CacheControl
	// CacheRequest says which directives of a request count.
	CacheRequest CacheRequest
	// ResponsePragma says whether Pragma: no-cache in a response counts.
	ResponsePragma ResponsePragma
	// Age says how the Age of a response is read.
	Age Age
	// Dates says how Date, Expires and Last-Modified are read.
	Dates CacheDates
	// Times are whole seconds, and dates and Age wrap at 2³² seconds.
	Seconds32 bool
	// An Expires that is not a date is ignored.
	InvalidExpiresIgnored bool
	// An Expires of 0 has passed, even if one that is not a date is as good as none.
	ZeroExpires bool

	// With Last-Modified and nothing else, responses with these statuses are fresh
	// for a while, and no others. Nil means those of RFC 9110, section 15.1.
	HeuristicStatuses []uint16
	// Responses with these statuses remain fresh if they do not say how long.
	PermanentStatuses []uint16
	// Responses with a status that makes them remain fresh do so whatever their Age
	// is.
	PermanentAnyAge bool
	// A Last-Modified in the future makes a response stale for as long as one in the
	// past would make it fresh.
	HeuristicsFromFuture bool
	// public and private do not make a response fresh by Last-Modified.
	NoHeuristicsByMark bool
	// public and private make a redirect fresh by Last-Modified, if not other
	// responses.
	MarkedRedirectHeuristics bool
	// A response with must-revalidate is not fresh by Last-Modified.
	NoHeuristicsToRevalidate bool
	// By Last-Modified a response is fresh for at most this long. 0 means without
	// limit.
	HeuristicLimit time.Duration
	// Only responses with these statuses are ever fresh. Nil means any.
	FreshStatuses []uint16
	// immutable counts over https: only, and not in a redirect, nor in a response
	// whose body ended with the connection.
	ImmutableFramed bool
	// Pragma does not count in a response that is immutable.
	ImmutableBeatsPragma bool
	// The time of stale-while-revalidate begins when a response arrives, if it was
	// stale by then.
	StaleFromArrival bool
	// stale-while-revalidate counts beside must-revalidate.
	StaleDespiteMustRevalidate bool
	// stale-if-error means nothing.
	NoStaleIfError bool
	// Age is not generated.
	NoAge bool

	// Responses are stored whatever their status, even if nothing allows it.
	StoreUnmarked bool
	// Responses with these statuses are stored if they have a lifetime; those that
	// heuristics allow are stored in any case, and no others. Nil means any.
	ExplicitStatuses []uint16
	// A 304 response that nobody asked for is stored as any other, and answers
	// later requests, unless the request has Range.
	StoreNotModified bool
	// Responses with these statuses are not stored.
	RefusedStatuses []uint16
	// Responses with these statuses are stored only if they have a lifetime, or Expires
	// with whatever value, and neither no-cache nor no-store. Otherwise they leave what
	// is stored as it is.
	FreshToStore []uint16
	// A response with no-store remains in the memory of the cache. It answers no
	// request, but its place is taken.
	NoStoreKept bool
	// Redirects without Location are not stored.
	RedirectNeedsLocation bool
	// Responses with these statuses answer no request, but take the place of what is
	// stored: as long as it is not removed, nothing is stored.
	BlockingStatuses []uint16
	// A response that could never be used without being asked for again is not
	// stored.
	NoUseNoStore bool
	// Refusal says what becomes of what is stored when a response is not.
	Refusal Refusal
	// These fields are not stored.
	NotStoredFields []string
	// The fields that Connection names are stored.
	KeepConnectionFields bool
	// Fields with an empty value are not stored. In a 304 response they remove those
	// that are stored.
	NoEmptyFields bool

	// One response is kept for a URL: the last.
	OneResponse bool
	// The fields that Vary nominates have to be the same byte for byte.
	VaryExact bool
	// A request with Authorization is not answered by what is stored of one
	// without. It revalidates that.
	AuthorizationAsks bool
	// VaryEmpty says how empty and absent fields that Vary nominates compare.
	VaryEmpty VaryEmpty
	// A response whose Vary does not match is validated by its ETag.
	ValidateUnmatched bool
	// HEAD is always sent.
	HeadNotAnswered bool
	// Responses to HEAD are stored apart from those to GET, and answer other HEADs.
	HeadApart bool
	// A HEAD is not answered by a stale response that is revalidated in the
	// background.
	HeadNotStale bool
	// Head says what a response to HEAD does to what is stored.
	Head Head
	// Ranges says what a request with Range has to do with the cache.
	Ranges Ranges
	// A 206 response is stored as any other.
	PartialIsWhole bool
	// A 204 or 205 to GET is not stored if its Content-Length is above 0: it counts
	// as cut off.
	NullBodyByLength bool
	// A part is stored only with a strong ETag.
	PartsNeedValidator bool
	// No-Vary-Search says which parameters of a query do not matter: a fresh
	// response answers requests that differ in them. A cache with a Store of its
	// own ignores it.
	NoVarySearch bool
	// A request waits for another one with the same key that is on its way, at most
	// this long. 0 means that it does not wait.
	ReserveFor time.Duration

	// Only responses with these statuses are validated. Nil means any.
	ConditionalStatuses []uint16
	// A request in the background has the validators of what is stored, whatever its
	// status.
	BackgroundAnyStatus bool
	// A response whose body ended with the connection is not validated.
	UntilCloseNotValidated bool
	// A 304 response freshens what is stored even if the request had no validator,
	// because what is stored has none.
	UnaskedFreshens bool
	// A 304 response does not update these fields. An asterisk stands for any end
	// of a name, an exclamation mark for a field that is updated nevertheless. Nil
	// means Content-Length, Content-Encoding and Content-Range.
	NotUpdatedFields []string
	// A 304 response with another Last-Modified than the stored response removes
	// that, once it has answered the request.
	OtherModifiedRemoves bool
	// A 304 response does not update these fields where the stored response has several
	// lines of them.
	RepeatedNotUpdated []string
	// A 304 response with another ETag updates the stored response.
	AnyValidatorFreshens bool
	// Age and Date of the stored response remain if the 304 response has none.
	AgeOutlivesValidation bool
	// A 304 response that forbids to store is stored.
	FreshenNoStore bool

	// An unsafe method invalidates nothing.
	NoInvalidation bool
	// Only these methods invalidate what is stored. Nil means all unsafe methods.
	InvalidatingMethods []string
	// PUT without a body invalidates nothing.
	PutNeedsBody bool
	// A response to an unsafe method invalidates what is stored whatever its
	// status, except 304.
	ErrorsInvalidate bool
	// What is stored for the Location and the Content-Location of a response to an
	// unsafe method is invalidated too, if the origin is the same.
	LocationsInvalidated bool

	Use HTTPCacheUse // by HTTP-network-or-cache fetch
}

// CacheControl says how the value of Cache-Control is read.
type CacheControl uint8

const (
	CacheControlByGrammar CacheControl = iota // directives of tokens and quoted strings; the first of a name counts
	CacheControlExact                         // what is not written exactly as it should be is another directive
	CacheControlByWord                        // word by word, up to the first mistake; the last of a name counts
	CacheControlLoose                         // blanks do not count, numbers may be decimal; the first of a name counts
)

// CacheRequest says which directives of a request count.
type CacheRequest uint8

const (
	CacheRequestAll     CacheRequest = iota // all of RFC 9111
	CacheRequestReloads                     // no-cache bypasses the cache, max-age=0 revalidates
	CacheRequestFirst                       // one of no-cache, max-stale, max-age and min-fresh alone decides; Pragma does not count
	CacheRequestSome                        // no-cache, max-age=0, max-stale and no-store
)

// ResponsePragma says whether Pragma: no-cache in a response means Cache-Control:
// no-cache.
type ResponsePragma uint8

const (
	ResponsePragmaIgnored   ResponsePragma = iota // it means nothing
	ResponsePragmaMember                          // it does, as a member of the list
	ResponsePragmaSubstring                       // it does, anywhere in the value
)

// Age says how the value of Age is read.
type Age uint8

const (
	AgeFirst  Age = iota // the first member, of digits
	AgePrefix            // the digits that the value begins with, after a sign if there is one
	AgeDouble            // the whole value, a decimal number
)

// CacheDates says how the dates of a response are read.
type CacheDates uint8

const (
	CacheDatesByGrammar CacheDates = iota // as an HTTP-date
	CacheDatesLoose                       // in many ways of writing, as DatesLoose of cookies
	CacheDatesLooseISO                    // the same, and as in ISO 8601
	CacheDatesOfScript                    // as Date.parse of old takes them
)

// VaryEmpty says how the fields that Vary nominates compare where they are empty or
// absent.
type VaryEmpty uint8

const (
	VaryEmptyDiffers        VaryEmpty = iota // an empty field matches an empty one, an absent field an absent one
	VaryEmptyIsAbsent                        // an empty field and an absent one match
	VaryEmptyStoredIsAbsent                  // a request without the field matches where it was empty or absent, no other does
)

// Refusal says what a response that is not stored does to those that are stored
// for its URL.
type Refusal uint8

const (
	RefusalKeeps          Refusal = iota // nothing
	RefusalNoStoreRemoves                // one that says no-store removes them
	RefusalRemoves                       // any removes them, whatever the method, except 304 and redirects
	RefusalGETRemoves                    // any to GET removes them
)

// Head says what a response to HEAD does to the stored response to GET.
type Head uint8

const (
	HeadUpdates Head = iota // it updates it, or makes it stale
	HeadNothing             // nothing
	HeadRemoves             // it removes it
)

// Ranges says what a request with Range has to do with the cache.
type Ranges uint8

const (
	RangesAnswered  Ranges = iota // parts are stored, put together, and cut from whole responses
	RangesNotCached               // it passes by the cache, unless it is for all bytes from 0 on: bytes=0- does not count
	RangesByValue                 // the value of Range is part of the key
)

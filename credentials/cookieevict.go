package credentials

// removeExpired is "remove expired cookies".
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-remove-expired-cookies
func (j *CookieJar) removeExpired(now int64) {
	for len(j.expiring) > 0 && j.expiring[0].expiry <= now {
		j.remove(j.expiring[0])
	}
}

// removeExcess is "remove excess cookies for a host" and "remove global excess
// cookies", after one was added.
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-cookie-store-eviction
func (j *CookieJar) removeExcess(added *storedCookie) {
	rules, partition, host, domain := &j.rules, added.partition(), added.host, added.domain
	count := func() int {
		if rules.PerDomain {
			return domain.count
		}
		return len(host.list(partition))
	}
	if limit := rules.perHost(); limit >= 0 && count() > limit {
		if partition.none() || rules.PurgePartitions {
			limit = max(1, limit-rules.PerHostPurge)
		}
		for count() > limit {
			if rules.PerDomain {
				j.drop(oldest(domain.hosts, partition), limitPerHost)
			} else {
				j.drop(oldest([]*cookieHost{host}, partition), limitPerHost)
			}
		}
	}
	if limit := rules.partitionBytes(); !partition.none() && domain.bytes > limit {
		limit = max(0, limit-rules.PartitionBytesPurge)
		for domain.bytes > limit && domain.count > 1 {
			j.drop(oldest(domain.hosts, partition), limitPartitionBytes)
		}
	}
	for j.recent.length > max(0, rules.total()) {
		j.drop(j.recent.tail, limitTotal)
	}
	for j.bytes > j.maxBytes && j.recent.length > 0 {
		j.drop(j.recent.tail, limitBytes)
	}
}

// drop removes a cookie for which a limit leaves no room.
func (j *CookieJar) drop(c *storedCookie, limit Limit) {
	if j.told != nil {
		j.dropped = append(j.dropped, cookieDrop{c.export(), limit})
	}
	j.remove(c)
}

// oldest is the cookie to be dropped first: of those that are not Secure, or
// else of all, the one that was used the longest time ago.
func oldest(hosts []*cookieHost, p CookiePartition) *storedCookie {
	var found *storedCookie
	for _, h := range hosts {
		for _, c := range h.list(p) {
			if found == nil || found.secure && !c.secure || found.secure == c.secure && c.used < found.used {
				found = c
			}
		}
	}
	return found
}

// A usedList has the cookies in the order of their last access, the latest
// first.
type usedList struct {
	head, tail *storedCookie
	length     int
}

func (l *usedList) add(c *storedCookie) {
	c.prev, c.next = nil, l.head
	if l.head != nil {
		l.head.prev = c
	} else {
		l.tail = c
	}
	l.head = c
	l.length++
}

func (l *usedList) remove(c *storedCookie) {
	if c.prev != nil {
		c.prev.next = c.next
	} else {
		l.head = c.next
	}
	if c.next != nil {
		c.next.prev = c.prev
	} else {
		l.tail = c.prev
	}
	c.prev, c.next = nil, nil
	l.length--
}

// An expiryHeap has the cookies that expire, the first to do so first.
type expiryHeap []*storedCookie

func (h expiryHeap) Len() int           { return len(h) }
func (h expiryHeap) Less(i, k int) bool { return h[i].expiry < h[k].expiry }
func (h expiryHeap) Swap(i, k int) {
	h[i], h[k] = h[k], h[i]
	h[i].expiring, h[k].expiring = i, k
}

func (h *expiryHeap) Push(x any) {
	c := x.(*storedCookie)
	c.expiring = len(*h)
	*h = append(*h, c)
}

func (h *expiryHeap) Pop() any {
	last := len(*h) - 1
	c := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return c
}

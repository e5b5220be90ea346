package credentials

// removeExpired is "remove expired cookies".
//
// https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html#name-remove-expired-cookies
func (j *CookieJar) removeExpired(now int64) {
	for c := j.expiring.First(); c != nil && c.expiry <= now; c = j.expiring.First() {
		j.remove(c)
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
	for j.recent.Len() > max(0, rules.total()) {
		j.drop(j.recent.Oldest(), limitTotal)
	}
	for j.bytes > j.maxBytes && j.recent.Len() > 0 {
		j.drop(j.recent.Oldest(), limitBytes)
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

package preflightcache

// Sufficient looks up both of the Standard's matches at once. The tests look at each by itself.

// https://fetch.spec.whatwg.org/#concept-cache-match-method
func (c *Cache) MatchMethod(k Key, includeCredentials bool, method string) bool {
	return c.match(k, includeCredentials, methods, method)
}

// https://fetch.spec.whatwg.org/#concept-cache-match-header
func (c *Cache) MatchHeader(k Key, includeCredentials bool, name string) bool {
	return c.match(k, includeCredentials, headerNames, name)
}

func (c *Cache) match(k Key, includeCredentials bool, of kind, name string) bool {
	_, g := c.find(k)
	q := c.query(includeCredentials)
	return q.find(g.of(of), of, name) != nil
}

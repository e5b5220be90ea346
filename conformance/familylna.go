package conformance

// spacePorts are the ports of an address space in this family, of https: and of http:.
var spacePorts = map[string][2]string{publicSpace: {"", ""}, localSpace: {":8443", ":8080"}, loopbackSpace: {":9443", ":9080"}}

// spaceOrigin is an origin in an address space.
func spaceOrigin(scheme, host, space string) string {
	ports := spacePorts[space]
	if scheme == "https" || scheme == "wss" {
		return scheme + "://" + host + ports[0]
	}
	return scheme + "://" + host + ports[1]
}

// lna is a page in an address space that requests something of another, with the user's permission or without.
func (m *maker) lna() {
	space := pick(m, publicSpace, publicSpace, publicSpace, publicSpace, localSpace, loopbackSpace)
	scheme := mostly(m, "https", "http")
	m.open(spaceOrigin(scheme, "app.example", space) + "/")
	m.s.Page.AddressSpace = space
	m.s.Page.Sandboxed = m.once(12)
	m.s.Permissions = map[string]string{
		"local-network":    pick(m, "granted", "granted", "denied"),
		"loopback-network": pick(m, "granted", "granted", "denied"),
	}
	to := pick(m, localSpace, localSpace, loopbackSpace, loopbackSpace, publicSpace)
	switch m.roll(10) {
	default:
		m.lnaFetch(scheme, to)
	case 7, 8:
		m.lnaElement(scheme, to)
	case 9:
		url := m.at(spaceOrigin(pick(m, "wss", "wss", map[string]string{"https": "wss", "http": "ws"}[scheme]), m.lnaHost(to, "wss"), to), "a")
		m.webSocket(url)
		m.lnaServe(url, to, nil, []Response{{Status: mostly(m, 101, 200, 403)}})
	}
}

// lnaHost is a host of an address space.
func (m *maker) lnaHost(space, scheme string) string {
	switch {
	case space == localSpace:
		return mostly(m, "printer.test", "nas.local", "app.example")
	case space == loopbackSpace && scheme == "http":
		return pick(m, "service.test", "localhost", "127.0.0.1")
	case space == loopbackSpace:
		return mostly(m, "service.test", "app.example")
	}
	return mostly(m, "api.test", "app.example", "nas.local")
}

// lnaServe scripts a URL of an address space.
func (m *maker) lnaServe(url, space string, preflight, actual []Response) {
	server := Server{Preflight: preflight, Actual: actual}
	if space != publicSpace {
		server.AddressSpace = space
	}
	m.s.Servers[url] = server
}

// lnaFetch is a call of fetch() or of XMLHttpRequest, which may be redirected into another space.
func (m *maker) lnaFetch(pageScheme, to string) {
	scheme := pick(m, "https", "https", pageScheme, "http")
	url := m.at(spaceOrigin(scheme, m.lnaHost(to, scheme), to), "a")
	f := m.fetch(url)
	if m.once(4) {
		f.Method = new(pick(m, "PUT", "POST", "DELETE"))
	}
	if m.once(8) {
		f.Headers = append(f.Headers, [2]string{"X-A", "1"})
	}
	m.credentials(f, 6)
	m.option(f, 8, &f.Mode, "no-cors", "same-origin")
	m.option(f, 3, &f.TargetAddressSpace, to, to, localSpace, loopbackSpace, publicSpace)
	switch {
	case m.once(4):
		next := pick(m, publicSpace, localSpace, loopbackSpace)
		scheme := pick(m, "https", "https", "http")
		location := m.at(spaceOrigin(scheme, m.lnaHost(next, scheme), next), "b")
		r := Response{Status: pick(m, 302, 307)}
		r.add("Location", location)
		m.allow(&r, f, m.requester())
		m.lnaServe(url, to, []Response{m.allowing(f)}, []Response{r})
		m.lnaServe(location, next, []Response{m.allowing(f)}, []Response{m.allowed(f)})
	default:
		m.lnaServe(url, to, []Response{m.allowing(f)}, []Response{m.allowed(f)})
	}
}

// lnaElement is an element, an event stream or a beacon.
func (m *maker) lnaElement(pageScheme, to string) {
	url := m.at(spaceOrigin(pick(m, "https", pageScheme), m.lnaHost(to, "https"), to), "a")
	r := Response{}
	r.add("Access-Control-Allow-Origin", "*")
	switch kind := pick(m, "img", "script", "style", "eventsource", "beacon"); kind {
	case "eventsource":
		r.add("Content-Type", "text/event-stream")
		r.Body = "data: hi\n\n"
		m.eventSource(url)
	case "beacon":
		m.beacon(url).Body = &Body{Kind: "text", Text: "x"}
	case "img":
		r.add("Content-Type", "image/png")
		r.Base64 = pixel
		e := m.element(kind, url)
		set(m, 3, &e.CrossOrigin, "anonymous")
	case "script":
		r.add("Content-Type", "text/javascript")
		r.Body = "var a = 1;"
		e := m.element(kind, url)
		set(m, 3, &e.CrossOrigin, "anonymous")
	case "style":
		r.add("Content-Type", "text/css")
		r.Body = "p {}"
		e := m.element(kind, url)
		set(m, 3, &e.CrossOrigin, "anonymous")
	}
	m.lnaServe(url, to, nil, []Response{r})
}

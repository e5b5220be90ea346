package conformance

// element adds a step that makes an element. Its attributes are for the family to set.
func (m *maker) element(kind, url string) *Element {
	e := &Element{Kind: kind, URL: url}
	m.s.Steps = append(m.s.Steps, Step{Element: e})
	return e
}

// eventSource adds a step that opens an event stream.
func (m *maker) eventSource(url string) *EventSource {
	s := &EventSource{URL: url}
	m.s.Steps = append(m.s.Steps, Step{EventSource: s})
	return s
}

// beacon adds a step that sends a beacon.
func (m *maker) beacon(url string) *Beacon {
	b := &Beacon{URL: url}
	m.s.Steps = append(m.s.Steps, Step{Beacon: b})
	return b
}

// webSocket adds a step that opens a WebSocket.
func (m *maker) webSocket(url string) *WebSocket {
	s := &WebSocket{URL: url}
	m.s.Steps = append(m.s.Steps, Step{WebSocket: s})
	return s
}

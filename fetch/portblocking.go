package fetch

import (
	"slices"
	"strconv"
)

// blockedDueToBadPort is "should fetching a request be blocked due to a bad
// port".
//
// https://fetch.spec.whatwg.org/#block-bad-port
func (f *fetching) blockedDueToBadPort() *Error {
	// 1. It is the current URL that counts.
	u := f.request.currentURL()
	// 2. A bad port of HTTP(S) is blocked.
	// 3. All others are allowed.
	number, err := strconv.ParseUint(u.Port(), 10, 16)
	port := uint16(number)
	if err != nil || !u.IsHTTP() || !badPort(port) || slices.Contains(f.agent.profile.Ports.Allowed, port) {
		return nil
	}
	return f.fail(BadPort, "port", u.Port())
}

// badPort tells whether a port is a bad port.
//
// https://fetch.spec.whatwg.org/#bad-port
func badPort(port uint16) bool {
	_, found := slices.BinarySearch(badPorts[:], port)
	return found
}

var badPorts = [...]uint16{
	0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95,
	101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179,
	389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636,
	989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566,
	6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
}

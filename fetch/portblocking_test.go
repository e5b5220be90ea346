package fetch_test

import (
	"fmt"
	"testing"

	"github.com/browsercors/browsercors/fetch"
)

// The table of the Standard, every port of it and no other.
//
// https://fetch.spec.whatwg.org/#port-blocking
func TestBadPorts(t *testing.T) {
	bad := make(map[int]bool)
	for _, port := range []int{0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104,
		109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540,
		548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665,
		6666, 6667, 6668, 6669, 6679, 6697, 10080} {
		bad[port] = true
	}
	page, _ := standardPage(t, routes{}.serve)
	for port := range 10_100 {
		url := fmt.Sprintf("https://api.test:%d/", port)
		resp, err := page.Fetch(t.Context(), &fetch.Request{URL: url, Mode: fetch.NoCORS})
		if !bad[port] {
			if err != nil {
				t.Error(err)
			} else {
				resp.Body.Close()
			}
			continue
		}
		if err == nil {
			t.Errorf("port %d is not blocked", port)
		} else if e := asRefusal(t, err); e.Reason != fetch.BadPort || e.Value != fmt.Sprint(port) {
			t.Errorf("port %d: %v", port, err)
		}
	}
}

// A port is looked at in HTTP(S) URLs only.
//
// https://fetch.spec.whatwg.org/#block-bad-port 2
func TestBadPortOfOtherSchemes(t *testing.T) {
	page, _ := standardPage(t, routes{}.serve)
	if e := refused(t, page, &fetch.Request{URL: "wss://api.test:22/"}); e.Reason == fetch.BadPort {
		t.Error(e)
	}
}

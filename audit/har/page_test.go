package har_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit/har"
)

// TestPage has archives with the document of the page: its policies and the addresses that were dialled decide.
func TestPage(t *testing.T) {
	const (
		script = "https://cdn.example/a.js"
		blocks = "0 net::ERR_BLOCKED_BY_CSP"
	)
	document := func(policies ...string) entry {
		return entry{"GET https://app.example/start", []string{"Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate"}, "200", policies, "document", "page_1"}
	}
	asks := entry{"GET " + api, []string{app, "Sec-Fetch-Mode: cors"}, "200", []string{"Access-Control-Allow-Origin: *"}, "fetch", "page_1"}
	blocked := asks
	blocked.answer, blocked.got = blocks, nil
	denied := asks
	denied.answer, denied.got = "0 net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS", nil
	other := document("Content-Security-Policy: connect-src *")
	other.request = "GET https://app.example/other"
	byReferer := blocked
	byReferer.sent = append(slices.Clone(blocked.sent), "Referer: https://app.example/start")
	framed := document("Content-Security-Policy: connect-src 'none'")
	framed.request, framed.sent = "GET https://app.example/frame", []string{"Sec-Fetch-Dest: iframe", "Sec-Fetch-Mode: navigate"}
	large := "Content-Security-Policy: connect-src " + strings.Repeat("https://x.example ", 3000)
	for _, tt := range []struct {
		name      string
		entries   []entry
		addresses []string
		rulings   string
		words     string // separated by |
	}{
		{"refused by the policy", []entry{document("Content-Security-Policy: connect-src 'self'; report-uri /r"), blocked}, nil,
			"rrrr", "csp-blocked|Add https://api.example to connect-src|violates the following Content Security Policy directive: \"connect-src 'self'\""},
		{"by default-src", []entry{document("Content-Security-Policy: default-src 'self'"), blocked}, nil, "rrrr", "The policy has no connect-src, so default-src decides"},
		{"one of two policies", []entry{document("Content-Security-Policy: connect-src *", "Content-Security-Policy: connect-src https://*.example.com"), blocked}, nil, "rrrr", "csp-blocked"},
		{"a policy that is only reported", []entry{document("Content-Security-Policy-Report-Only: connect-src 'self'"), asks}, nil, "aaaa", ""},
		{"allowed", []entry{document("Content-Security-Policy: connect-src https:"), asks}, nil, "aaaa", ""},
		{"no document", []entry{blocked}, nil, "uuuu", "content-security-policy"},
		{"of another page", []entry{func() entry {
			d := document("Content-Security-Policy: connect-src 'self'")
			d.page = "page_2"
			return d
		}(), asks}, nil, "aaaa", ""},
		{"the last document counts", []entry{document("Content-Security-Policy: connect-src 'self'"), other, asks}, nil, "aaaa", ""},
		{"unless Referer names another", []entry{document("Content-Security-Policy: connect-src 'self'"), other, byReferer}, nil, "rrrr", "csp-blocked"},
		{"a frame is not the page", []entry{framed, asks}, nil, "aaaa", ""},
		{"sent all the same", []entry{document("Content-Security-Policy: script-src 'nonce-abc'"),
			{"GET " + script, []string{"Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Referer: https://app.example/"}, "200", []string{"Content-Type: text/javascript"}, "script", "page_1"}}, nil,
			"aaaa", "the policy is not counted"},
		{"an Integrity-Policy, sent all the same", []entry{document("Integrity-Policy: blocked-destinations=(script)"),
			{"GET " + script, []string{"Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Referer: https://app.example/"}, "200", []string{"Content-Type: text/javascript"}, "script", "page_1"}}, nil,
			"aaaa", "the page's Integrity-Policy in the archive refuses the request, but the browser sent it"},
		{"an Integrity-Policy", []entry{document("Integrity-Policy: blocked-destinations=(script)"),
			{"GET " + script, []string{"Sec-Fetch-Dest: script", "Sec-Fetch-Mode: no-cors", "Referer: https://app.example/"}, "0", nil, "script", "page_1"}}, nil, "rrrr", "integrity-policy|attributes integrity"},
		{"a Connection-Allowlist", []entry{document("Connection-Allowlist: (response-origin)"), blocked}, nil, "rruu", "connection-allowlist|Add the origin of the URL"},
		{"a policy without end", []entry{document(large), asks}, nil, "aaaa", "is longer than 32768 bytes; it is not taken into account"},
		{"one browser refuses", []entry{document("Content-Security-Policy: connect-src *:443"), asks}, nil, "aaar", "csp-blocked"},

		{"the user's machine", []entry{document(), asks}, []string{"93.184.216.34", "[::1]"}, "aaaa", "local-network-prompt|loopback-network first in Chromium and Firefox"},
		{"the user's network", []entry{document(), asks}, []string{"93.184.216.34", "192.168.1.7"}, "aaaa", "the permission local-network first"},
		{"mapped", []entry{document(), asks}, []string{"2606:2800:220:1::1", "::ffff:10.0.0.1"}, "aaaa", "the permission local-network first"},
		{"both in the network", []entry{document(), asks}, []string{"10.0.0.1", "192.168.1.7"}, "aaaa", ""},
		{"a page out of a cache", []entry{document(), asks}, []string{"", "127.0.0.1"}, "aaaa", ""},
		{"not an address", []entry{document(), asks}, []string{"93.184.216.34", "unknown"}, "aaaa", ""},
		{"the user says no", []entry{document(), denied}, []string{"93.184.216.34", "127.0.0.1"}, "rrru", "local-network-denied|loopback"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := archive(chrome, nil, tt.entries...)
			for i, at := range tt.addresses {
				h.Log.Entries[i].ServerIPAddress = at
			}
			j, err := har.Judge(t.Context(), h, nil)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, o := range j.Verdicts[0].Profiles {
				got += string(o.Ruling)[:1]
			}
			var text strings.Builder
			if err := har.Formats()["text"](j, &text); err != nil {
				t.Fatal(err)
			}
			shown := text.String()
			if got != tt.rulings {
				t.Errorf("rulings %s, want %s:\n%s", got, tt.rulings, shown)
			}
			flat := strings.Join(strings.Fields(shown), " ")
			for words := range strings.SplitSeq(tt.words, "|") {
				if !strings.Contains(flat, words) {
					t.Errorf("%q is not in\n%s", words, shown)
				}
			}
			if tt.words == "" && len(j.Verdicts[0].Notes) > 1 {
				t.Errorf("notes: %q", j.Verdicts[0].Notes)
			}
		})
	}
}

// TestPageIsRead: what the verdict on a page rests on is kept when an archive is read.
func TestPageIsRead(t *testing.T) {
	h, err := har.Read("x.har", strings.NewReader(`{"log":{"version":"1.2","creator":{"name":"WebInspector","version":"1"},"entries":[
		{"serverIPAddress":"192.0.2.1","request":{"method":"GET","url":"https://app.example/"},"response":{"status":200}}]}}`))
	if err != nil || h.Log.Entries[0].ServerIPAddress != "192.0.2.1" {
		t.Errorf("%+v, %v", h, err)
	}
}

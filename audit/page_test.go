package audit_test

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/fetch"
	"github.com/browsercors/browsercors/internal/audittest"
	"github.com/browsercors/browsercors/origin"
)

// TestPageSpaces: who is asked depends on the page's space, on the address that is dialled and on the profile.
func TestPageSpaces(t *testing.T) {
	server := audittest.Answering("Access-Control-Allow-Origin: *")
	for _, tt := range []struct {
		name, base, page, space string
		want                    string // id, profiles
	}{
		{"not said", "https://192.168.1.20", "https://app.example", "", ""},
		{"a private address", "https://192.168.1.20", "https://app.example", "public", "local-network-prompt standard chromium firefox"},
		{"a name of the network", "https://printer.local", "https://app.example", "public", "local-network-prompt standard chromium firefox"},
		{"localhost", "https://localhost", "https://app.example", "public", "local-network-prompt standard chromium firefox"},
		{"IPv6", "https://[::1]", "https://app.example", "public", "local-network-prompt standard chromium firefox"},
		{"a public address", "https://93.184.216.34", "https://app.example", "public", ""},
		{"a name that does not tell", "https://api.example", "https://app.example", "public", ""},
		{"from the network to the machine", "https://localhost", "https://app.example", "local", "local-network-prompt standard"},
		{"from the machine", "https://localhost", "https://app.example", "loopback", ""},
		{"a page that is on this machine itself", "https://localhost:8443", "https://localhost:3000", "public", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			intent := &audit.Intent{Base: tt.base, Allow: []string{tt.page}, Uses: []audit.Use{{URL: "/x", AddressSpace: origin.AddressSpace(tt.space)}}}
			report := audited(t, server, intent, nil)
			got := ""
			for _, f := range report.Findings {
				got += string(f.ID) + " " + strings.Join(f.Profiles, " ")
			}
			if got != tt.want {
				t.Errorf("%q, want %q: %v", got, tt.want, report.Findings)
			}
		})
	}
}

// TestPageDialled: the address that a transport says decides, and not the URL; what was answered once is checked for each browser.
func TestPageDialled(t *testing.T) {
	sent := 0
	network := asking(func(_ context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
		if r.Connected != nil {
			if err := r.Connected(fetch.Connection{Address: netip.MustParseAddrPort("127.0.0.1:80")}); err != nil {
				return nil, err
			}
		}
		sent++
		return &fetch.NetworkResponse{Status: 200, Headers: fetch.HeaderList{{Name: "Access-Control-Allow-Origin", Value: "*"}}, Body: http.NoBody}, nil
	})
	intent := &audit.Intent{Allow: []string{"http://app.example"}, Base: "http://api.example", Uses: []audit.Use{{URL: "/x", AddressSpace: "public"}}}
	report, err := audit.Server(t.Context(), network, intent, &audit.Options{SkipProbes: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, string(f.ID)+" "+strings.Join(f.Profiles, " "))
	}
	// An insecure page can't ask: Chromium refuses it. Firefox asks all the same.
	if want := []string{"blocked standard chromium", "local-network-prompt firefox"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q: %v", got, want, report.Findings)
	}
	if sent != 3 { // by Firefox, at each of its steps; WebKit gets the same responses
		t.Errorf("%d requests were sent, want 3", sent)
	}
}

type asking func(context.Context, *fetch.NetworkRequest) (*fetch.NetworkResponse, error)

func (a asking) RoundTrip(ctx context.Context, r *fetch.NetworkRequest) (*fetch.NetworkResponse, error) {
	return a(ctx, r)
}

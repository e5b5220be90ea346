package address_test

import (
	"bufio"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/browsercors/browsercors/internal/address"
)

// A corpusLine is a line of testdata/addresses.txt: an address, whether it is of the public internet, its address space
// by the table of Local Network Access, and why it is there.
type corpusLine struct {
	addr   netip.Addr
	public bool
	space  string
	text   string
}

func corpus(t testing.TB) []corpusLine {
	t.Helper()
	file, err := os.Open("testdata/addresses.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var all []corpusLine
	for lines := bufio.NewScanner(file); lines.Scan(); {
		text := lines.Text()
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		fields := strings.Fields(text)
		if len(fields) < 4 {
			t.Fatalf("%q has too few fields", text)
		}
		addr, err := netip.ParseAddr(fields[0])
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, corpusLine{addr, fields[1] == "public", fields[2], text})
	}
	return all
}

func TestCorpus(t *testing.T) {
	seen := make(map[netip.Addr]bool)
	for _, line := range corpus(t) {
		seen[line.addr] = true
		if block, special := address.Special(line.addr); special == line.public {
			t.Errorf("%s: special is %v, in %v %s", line.text, special, block.Prefix, block.Name)
		}
		if got := address.Space(line.addr, address.Spaces()); got != line.space {
			t.Errorf("%s: the space is %s", line.text, got)
		}
		if line.addr.Is4() { // an IPv4-mapped address is that address
			mapped := netip.AddrFrom16(line.addr.As16())
			if _, special := address.Special(mapped); special == line.public {
				t.Errorf("%s, as %s: special is %v", line.text, mapped, special)
			}
			if got := address.Space(mapped, address.Spaces()); got != line.space {
				t.Errorf("%s, as %s: the space is %s", line.text, mapped, got)
			}
		}
	}
	for _, block := range address.Blocks() {
		if block.Prefix.Bits() == 0 {
			continue
		}
		first, last := block.Prefix.Addr(), lastOf(block.Prefix)
		for _, addr := range []netip.Addr{first, last, first.Prev(), last.Next()} {
			if addr.IsValid() && !seen[addr] {
				t.Errorf("%s %s: the corpus lacks %s", block.Prefix, block.Name, addr)
			}
		}
	}
	for _, row := range address.Spaces() {
		first, last := row.Prefix.Addr(), lastOf(row.Prefix)
		for _, addr := range []netip.Addr{first, last, first.Prev(), last.Next()} {
			if addr.IsValid() && !seen[addr] {
				t.Errorf("%s: the corpus lacks %s", row.Prefix, addr)
			}
		}
	}
}

// lastOf is the last address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}

func TestUnknown(t *testing.T) {
	if block, special := address.Special(netip.Addr{}); !special {
		t.Errorf("no address is public: %v", block)
	}
	if got := address.Space(netip.Addr{}, address.Spaces()); got != "" {
		t.Errorf("the space of no address is %q", got)
	}
	zoned := netip.MustParseAddr("fe80::1%eth0")
	if _, special := address.Special(zoned); !special || address.Space(zoned, address.Spaces()) != "local" {
		t.Error("an address with a zone is another one")
	}
}

func TestLessPublic(t *testing.T) {
	order := []string{"loopback", "local", "public"}
	for i, space := range order {
		for j, than := range order {
			if got := address.LessPublic(space, than); got != (i < j) {
				t.Errorf("LessPublic(%s, %s) = %v", space, than, got)
			}
		}
		if got := address.LessPublic(space, ""); got != (space != "public") {
			t.Errorf("LessPublic(%s, unknown) = %v", space, got)
		}
		if address.LessPublic("", space) {
			t.Errorf("what is not known is less public than %s", space)
		}
	}
}

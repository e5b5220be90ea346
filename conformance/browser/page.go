package browser

import (
	_ "embed"
	"fmt"
	"html"
	"strings"
)

// controlHost is the host through which the page pulls work. No scenario
// knows it.
const controlHost = "control.browsercors.test"

const controlPage = "https://" + controlHost + "/"

var (
	//go:embed window.js
	windowJS string
	//go:embed driver.js
	driverJS string
)

// document is the page whose script plays scenarios. The generation tells one
// load from another. In a sandboxed page the script runs in a frame of it.
func (b *board) document(sandboxed bool) string {
	const head = `<!doctype html><meta charset="utf-8"><title>browsercors</title><link rel="icon" href="data:,">`
	var page strings.Builder
	end := ""
	if b.prints {
		end = over
	}
	driver := fmt.Sprintf("<script>const control = %q, generation = %d, limit = %d, over = %q;\n%s</script>", controlPage, b.generation, b.limit, end, driverJS)
	fmt.Fprintf(&page, "%s\n<script>%s</script>\n", head, windowJS)
	if sandboxed {
		driver = fmt.Sprintf(`<iframe sandbox="allow-scripts" srcdoc="%s"></iframe>`, html.EscapeString(`<!doctype html><meta charset="utf-8">`+driver))
	}
	fmt.Fprintln(&page, driver)
	return page.String()
}

package browser

import (
	_ "embed"
	"fmt"
	"html"
	"strings"

	"github.com/browsercors/browsercors/conformance"
)

// controlHost is the host through which the page pulls work. No scenario
// knows it.
const controlHost = "control.browsercors.test"

const controlPage = "https://" + controlHost + "/"

var (
	//go:embed window.js
	windowJS string
	//go:embed steps.js
	stepsJS string
	//go:embed driver.js
	driverJS string
	//go:embed sandbox.js
	sandboxJS string
)

const documentStart = `<!doctype html><meta charset="utf-8">`

// document is the page whose script plays scenarios. The generation tells one
// load from another. In a sandboxed page the script runs in a frame of it.
func (b *board) document(sandboxed bool) string {
	const head = documentStart + `<title>browsercors</title><link rel="icon" href="data:,">`
	var page strings.Builder
	end := ""
	if b.prints {
		end = over
	}
	driver := fmt.Sprintf("<script>%s</script>\n<script>const control = %q, generation = %d, limit = %d, stepLimit = %d, over = %q;\n%s</script>",
		stepsJS, controlPage, b.generation, b.limit, b.timeout.Milliseconds(), end, driverJS)
	fmt.Fprintf(&page, "%s\n<script>%s</script>\n", head, windowJS)
	if sandboxed {
		driver = sandbox(driver)
	}
	fmt.Fprintln(&page, driver)
	return page.String()
}

// sandbox is a frame of an opaque origin with that content.
func sandbox(content string) string {
	return fmt.Sprintf(`<iframe sandbox="allow-scripts" style="width: 500px; height: 300px" srcdoc="%s"></iframe>`, html.EscapeString(documentStart+"<body>"+content))
}

// frame is the document of a frame that has the policies of a scenario's page to
// itself. Script of the page that frames it plays the steps in it, since a policy
// may refuse the frame's own script. A sandboxed one has another frame, which has a
// script, for nothing else can reach it.
func frame(s *conformance.Scenario) answer {
	content := documentStart + "<title>browsercors</title><body>"
	if s.Page.Sandboxed {
		content += sandbox(fmt.Sprintf("<script>%s</script><script>%s</script>", stepsJS, sandboxJS))
	}
	a := plain(200, "text/html;charset=utf-8", content)
	a.headers = append(a.headers, s.Setting().Policies...)
	return a
}

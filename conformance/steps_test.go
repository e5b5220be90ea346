package conformance_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/browsercors/browsercors/conformance"
)

// TestStepFormat holds which scenarios of the second part keep the format.
func TestStepFormat(t *testing.T) {
	t.Parallel()
	step := func(step string) string { return `{"id":"a","steps":[` + step + `]}` }
	element := func(members string) string {
		return step(`{"element":{"url":"https://h.test/a/x",` + members + `}}`)
	}
	server := func(url, response string) string {
		return `{"id":"a","servers":{"` + url + `":{"actual":[` + response + `]}},"steps":[]}`
	}
	page := func(page string) string { return `{"id":"a","page":{` + page + `},"steps":[]}` }
	for _, test := range []struct {
		name, in string
		want     string // "" is no error
	}{
		{"image", element(`"kind":"img","crossorigin":"","referrerpolicy":"x"`), ""},
		{"script", element(`"kind":"script","crossorigin":"use-credentials","integrity":"x","referrerpolicy":""`), ""},
		{"preload", element(`"kind":"preload","as":"x","type":"y","crossorigin":"z","integrity":"","referrerpolicy":""`), ""},
		{"modulepreload", element(`"kind":"modulepreload","as":"x","crossorigin":"z","integrity":"","referrerpolicy":""`), ""},
		{"frame", element(`"kind":"iframe","referrerpolicy":"origin"`), ""},
		{"worker", element(`"kind":"worker","type":"module"`), ""},
		{"track", element(`"kind":"track","crossorigin":"anonymous"`), ""},
		{"unknown kind", element(`"kind":"object"`), `key steps[0].element.kind: unknown kind "object", want one of img, script,`},
		{"no kind", step(`{"element":{"url":"x"}}`), `key steps[0].element.kind: unknown kind ""`},
		{"no URL", step(`{"element":{"kind":"img"}}`), "key steps[0].element.url: is missing"},
		{"an empty URL is one", step(`{"element":{"kind":"img","url":""}}`), ""},
		{"integrity of an image", element(`"kind":"img","integrity":"x"`), `key steps[0].element.integrity: is not for kind "img"`},
		{"as of a script", element(`"kind":"script","as":"x"`), `key steps[0].element.as: is not for kind "script"`},
		{"type of a modulepreload", element(`"kind":"modulepreload","type":"x"`), `key steps[0].element.type: is not for kind "modulepreload"`},
		{"referrer policy of a font", element(`"kind":"font","referrerpolicy":"x"`), `key steps[0].element.referrerpolicy: is not for kind "font"`},
		{"referrer policy of a video", element(`"kind":"video","referrerpolicy":"x"`), `key steps[0].element.referrerpolicy: is not for kind "video"`},
		{"crossorigin of a worker", element(`"kind":"worker","crossorigin":"x"`), `key steps[0].element.crossorigin: is not for kind "worker"`},
		{"crossorigin of a frame", element(`"kind":"iframe","crossorigin":""`), `key steps[0].element.crossorigin: is not for kind "iframe"`},
		{"crossorigin of a CSS mask", element(`"kind":"css-mask","crossorigin":"x"`), `key steps[0].element.crossorigin: is not for kind "css-mask"`},
		{"unknown member", element(`"kind":"img","nonce":"x"`), `unknown field "nonce"`},

		{"event source", step(`{"eventsource":{"url":"x","withCredentials":true,"messages":2}}`), ""},
		{"event source without messages", step(`{"eventsource":{"url":"x","messages":0}}`), "key steps[0].eventsource.messages: 0 is not positive"},
		{"event source without URL", step(`{"eventsource":{}}`), "key steps[0].eventsource.url: is missing"},
		{"beacon", step(`{"beacon":{"url":"x","body":{"kind":"blob","text":"{}","type":"application/json"}}}`), ""},
		{"beacon of a stream", step(`{"beacon":{"url":"x","body":{"kind":"stream","text":"x"}}}`), ""},
		{"beacon of something else", step(`{"beacon":{"url":"x","body":{"kind":"json"}}}`), `key steps[0].beacon.body.kind: unknown kind "json"`},
		{"beacon with a type", step(`{"beacon":{"url":"x","body":{"kind":"text","type":"x"}}}`), "key steps[0].beacon.body.type: is only for kind blob"},
		{"beacon with headers", step(`{"beacon":{"url":"x","headers":[]}}`), `unknown field "headers"`},
		{"socket", step(`{"websocket":{"url":"wss://h.test/a","protocols":["chat"]}}`), ""},
		{"socket without URL", step(`{"websocket":{"protocols":["chat"]}}`), "key steps[0].websocket.url: is missing"},
		{"socket with one protocol", step(`{"websocket":{"url":"x","protocols":"chat"}}`), "protocols"},
		{"two kinds", step(`{"beacon":{"url":"x"},"websocket":{"url":"x"}}`), "key steps[0]: must have exactly one of fetch, wait_ms, visit, element, eventsource, beacon and websocket"},
		{"no kind of step", step(`{}`), "key steps[0]: must have exactly one of"},

		{"policies", page(`"csp":"img-src 'self', connect-src https:","referrerPolicy":"no-referrer","embedderPolicy":"require-corp"`), ""},
		{"policies of a sandboxed page", page(`"sandboxed":true,"referrerPolicy":"no-referrer","embedderPolicy":"require-corp"`), ""},
		{"CSP of a sandboxed page", page(`"sandboxed":true,"csp":"img-src 'self'"`), "key page.csp: is not for a sandboxed page"},
		{"CSP with a line break", page(`"csp":"img-src\n*"`), "key page.csp: \"img-src\\n*\" is not printable ASCII"},
		{"CSP beyond ASCII", page(`"csp":"img-src é"`), "key page.csp:"},
		{"CSP that sandboxes", page(`"csp":"img-src *; SANDBOX allow-scripts"`), `key page.csp: directive "SANDBOX" is not allowed`},
		{"second CSP with frame-ancestors", page(`"csp":"img-src *, frame-ancestors *"`), `key page.csp: directive "frame-ancestors" is not allowed`},
		{"CSP with the word elsewhere", page(`"csp":"report-uri /sandbox"`), ""},
		{"referrer policy beyond ASCII", page(`"referrerPolicy":"é"`), "key page.referrerPolicy:"},

		{"server of a socket", server("wss://h.test/a/x", `{"status":101,"headers":[["Sec-WebSocket-Protocol","chat"]]}`), ""},
		{"server of a socket that refuses", server("ws://h.test:8080/a/x", `{"status":403}`), ""},
		{"server of a socket without the id", server("ws://h.test/x", `{}`), "must have the id"},
		{"server of another scheme", server("ftp://h.test/a/x", `{}`), "is not an http:, https:, ws: or wss: URL"},
		{"101 over HTTP", server("https://h.test/a/x", `{"status":101}`), `key servers: "https://h.test/a/x": status 101 is only for ws: and wss: URLs`},
		{"bytes", server("https://h.test/a/x", `{"base64":"iVBORw0KGgo="}`), ""},
		{"no base64", server("https://h.test/a/x", `{"base64":"%"}`), `base64 "%"`},
		{"two bodies", server("https://h.test/a/x", `{"base64":"aGk=","body":""}`), `key servers: "https://h.test/a/x": a response has both body and base64`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := conformance.ParseScenario([]byte(test.in))
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), `scenario "a"`)):
				t.Errorf("%v, want %s", err, test.want)
			}
		})
	}
}

// TestStepOutcomeJSON holds the form of outcomes.
func TestStepOutcomeJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name string
		out  conformance.StepOutcome
		want string
	}{
		{"response", conformance.StepOutcome{Result: "response", Type: "cors", Status: 200, Redirected: new(false), URL: "u", Body: "ok"},
			`{"result":"response","type":"cors","status":200,"redirected":false,"url":"u","headers":[],"body":"ok"}`},
		{"opaque response", conformance.StepOutcome{Result: "response", Type: "opaque", Redirected: new(false)},
			`{"result":"response","type":"opaque","status":0,"redirected":false,"url":"","headers":[],"body":""}`},
		{"exception", conformance.StepOutcome{Result: "error", Error: "TypeError"}, `{"result":"error","error":"TypeError"}`},
		{"load", conformance.StepOutcome{Result: "load"}, `{"result":"load"}`},
		{"image", conformance.StepOutcome{Result: "load", Readable: new(true), WebGL: new(false)}, `{"result":"load","readable":true,"webgl":false}`},
		{"error event", conformance.StepOutcome{Result: "error"}, `{"result":"error"}`},
		{"frame", conformance.StepOutcome{Result: "error", Readable: new(false)}, `{"result":"error","readable":false}`},
		{"no event", conformance.StepOutcome{Result: "none"}, `{"result":"none"}`},
		{"stream", conformance.StepOutcome{Result: "open", Data: []string{"hi"}}, `{"result":"open","data":["hi"]}`},
		{"empty stream", conformance.StepOutcome{Result: "open", Data: []string{}}, `{"result":"open","data":[]}`},
		{"refused stream", conformance.StepOutcome{Result: "error", ReadyState: new(0)}, `{"result":"error","readyState":0}`},
		{"beacon", conformance.StepOutcome{Result: "queued"}, `{"result":"queued"}`},
		{"socket", conformance.StepOutcome{Result: "open", Protocol: new("")}, `{"result":"open","protocol":""}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := json.Marshal(test.out)
			if err != nil || string(got) != test.want {
				t.Fatalf("%s, %v, want %s", got, err, test.want)
			}
			var back conformance.StepOutcome
			in := json.NewDecoder(bytes.NewReader(got))
			in.DisallowUnknownFields()
			if err := in.Decode(&back); err != nil {
				t.Fatal(err)
			}
			if test.out.Headers == nil && test.out.Result == "response" {
				test.out.Headers = [][2]string{}
			}
			if diff := cmp.Diff(test.out, back); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestOldOutcomesKeepTheirForm: the outcomes of fetch() and XMLHttpRequest have byte
// for byte the form that they had before there were other steps.
func TestOldOutcomesKeepTheirForm(t *testing.T) {
	t.Parallel()
	type failed struct {
		Result string `json:"result"`
		Error  string `json:"error"`
	}
	type response struct {
		Result     string      `json:"result"`
		Type       string      `json:"type,omitempty"`
		Status     int         `json:"status"`
		Redirected *bool       `json:"redirected,omitempty"`
		URL        string      `json:"url"`
		Headers    [][2]string `json:"headers"`
		Body       string      `json:"body"`
	}
	for _, s := range generated(t, 3, 400) {
		out, err := new(conformance.Engine).Play(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range out.Steps {
			var old any = failed{step.Result, step.Error}
			if step.Result != "error" {
				old = response{step.Result, step.Type, step.Status, step.Redirected, step.URL, append([][2]string{}, step.Headers...), step.Body}
			}
			if got, want := marshal(t, step), marshal(t, old); !bytes.Equal(got, want) {
				t.Fatalf("%s: got  %s\nwant %s", s.ID, got, want)
			}
		}
	}
}

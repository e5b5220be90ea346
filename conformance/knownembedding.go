package conformance

// knownOfEmbedding are those of what pages embed: of images.
func knownOfEmbedding() []Known {
	return []Known{{
		ID:       "image-priority",
		Engines:  []string{"chromium"},
		Reason:   "the priority of an image rises once layout has found it in view, which may be before or after its request is sent: two plays of one scenario differ",
		Scenario: "gen-coep-2026-111",
		Concerns: []string{`"kind":"(?:img|css-image|css-mask)"|"as":"image"`},
		Shows:    []Difference{{Field: `requests\[\d+\]\.headers\.priority`, Got: `"u=1, i"`, Want: `"i"`}},
	}}
}

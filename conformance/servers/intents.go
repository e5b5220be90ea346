package main

import (
	"github.com/browsercors/browsercors/audit"
	"github.com/browsercors/browsercors/credentials"
)

// signedInIntent is that of an API all of which asks for a sign-in.
func signedInIntent() *audit.Intent {
	all := uses("")
	for i := range all {
		all[i].Headers = map[string]string{"Authorization": "Bearer x"}
		if all[i].Body != "" {
			all[i].Headers["Content-Type"] = "application/json"
		}
	}
	return only(all)
}

// justApp is an intent for one origin, with credentials.
func justApp(origin string) *audit.Intent {
	i := only(uses(credentials.Include))
	i.Allow = []string{origin}
	return i
}

func patternWish(pattern string) wish {
	w := listWish()
	w.Origins, w.Pattern, w.Credentials = nil, pattern, true
	return w
}

package fetchtest

import (
	"slices"

	"github.com/browsercors/browsercors/fetch"
)

// Reason is the reason with a name. Those of a program's own mistakes have no
// constants.
func Reason(name string) fetch.Reason {
	all := fetch.Reasons()
	i := slices.IndexFunc(all, func(r fetch.Reason) bool { return r.String() == name })
	if i < 0 {
		panic("no reason " + name)
	}
	return all[i]
}

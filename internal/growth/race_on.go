//go:build race

package growth

// judges is whether times are judged.
const judges = false

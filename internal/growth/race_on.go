//go:build race

package growth

// slowdown is by how much the race detector slows work down.
const slowdown = 10

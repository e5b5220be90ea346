//go:build !unix

package growth

import "time"

var start = time.Now()

// cpuTime is the time of the clock, where that of the CPU is not known.
func cpuTime() time.Duration { return time.Since(start) }

package growth

// What the tests look into: Check and Stops without pauses between attempts, and CheckTimes, which is Check, of how long
// the work of a size takes.
var Judges = judges

var (
	CheckAtOnce = patience(0).measure
	CheckTimes  = patience(0).check
	StopsAtOnce = patience(0).stops
	CPUTime     = cpuTime
)

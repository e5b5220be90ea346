module github.com/browsercors/browsercors/examples

go 1.26.0

require github.com/browsercors/browsercors v0.0.0-00010101000000-000000000000

require (
	github.com/andybalholm/brotli v1.3.0 // indirect
	github.com/klauspost/compress v1.20.4 // indirect
	golang.org/x/net v0.62.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/browsercors/browsercors => ..

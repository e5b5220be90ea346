// Package text makes texts for people: lists and counts in words, lines of a
// width, and strings from outside, which may be long, and hostile to a terminal
// or to the format that they are shown in.
package text

// Package rules holds the departures of user agents from the Standards, as plain
// data: one struct for each part of the engine that can differ, and one
// enumeration for each rule that has more than two forms. The zero value of every
// struct is what the Standard says.
//
// Algorithms read these structs. Package engine fills them, one file for each
// browser. A program that uses the library only passes them on, as part of a
// profile, so they are not part of the public interface. docs/profiles.md lists
// every departure with its sources.
package rules

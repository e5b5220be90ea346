// Package hsts is a browser's list of HSTS hosts: hosts that have said, with the
// response header Strict-Transport-Security, that they are reached over https:
// only. A browser makes https: URLs of the http: URLs of such hosts before it sends
// anything.
//
// A fetch uses a [Store] in two places:
//
//   - Before a request goes out, [Store.Upgrades] reports whether its http: URL
//     becomes https:.
//   - When a response has come over https:, [Store.Note] reads its
//     Strict-Transport-Security.
//
// Package fetch does this by itself: each agent has a Store, which Agent.HSTS
// returns. Use this package directly to keep the hosts in a file, to give an agent a
// preload list, or to ask what a header means.
//
// Nothing is learnt from a response that came over http:, nor from a host that is an
// IP address. localhost and the names below it are never upgraded.
//
// # Limits
//
// [Options] bound the Store in hosts and in bytes. No registrable domain has more than a
// twentieth of the hosts, so that one server with many names can't displace the
// others. When there are too many, the host goes that was noted longest ago; a host
// is noted again with each response.
//
// # Files
//
// [Store.Save] writes JSON, and [Store.Load] reads it. A file that is damaged is an
// error that says where, and changes nothing.
package hsts

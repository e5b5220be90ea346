package origin

// An AddressSpace says from where an IP address can be reached: "loopback" from its own machine, "local" from
// its own network, "public" from everywhere. "" is the space of an address that is not known.
//
// https://wicg.github.io/local-network-access/#ip-address-space-section
type AddressSpace string

package fetch

import (
	"slices"
	"time"

	"github.com/browsercors/browsercors/internal/rules"
	"github.com/browsercors/browsercors/preflightcache"
	"github.com/browsercors/browsercors/safelist"
)

// A Profile describes how a browser behaves, as plain data. Each field holds
// the browser's departures from the Standard in one area; the zero value is the
// Standard. docs/profiles.md lists all departures with their sources.
//
// Package engine has the profiles of browsers, and [Standard] is that of the
// Standard. To ask "what if", change a field:
//
//	profile := engine.Chromium()
//	profile.PreflightLimits.MaxAge = 24 * time.Hour
type Profile struct {
	Name    string // such as "standard" or "chromium"
	Version string // of the Standard or the browser

	Identity rules.Identity

	Safelist        safelist.Rules
	PreflightCache  rules.PreflightCache
	PreflightLimits preflightcache.Limits
	HTTPCache       rules.HTTPCache
	ClearSiteData   rules.ClearSiteData
	Credentials     rules.Credentials
	HSTS            rules.HSTS
	MixedContent    rules.MixedContent

	Request     rules.Request
	Preflight   rules.Preflight
	Redirect    rules.Redirect
	Headers     rules.Headers
	Body        rules.Body
	Network     rules.Network
	Ports       rules.Ports
	Response    rules.Response
	Policy      rules.Policy
	ORB         rules.ORB
	Embedder    rules.Embedder
	Integrity   rules.Integrity
	WebSocket   rules.WebSocket
	EventSource rules.EventSource
	Beacon      rules.Beacon
	Element     rules.Element
	Messages    rules.Messages
	CSP         rules.CSP

	LocalNetwork rules.LocalNetwork
}

// Standard returns the profile of the Fetch Standard. For what the Standard
// leaves open it follows Chromium: preflights are cached for at most two hours.
func Standard() *Profile {
	return &Profile{
		Name:            "standard",
		Version:         "586cd2a (2 July 2026)",
		PreflightLimits: preflightcache.Limits{MaxAge: 2 * time.Hour},
	}
}

// clone is a deep copy; of nil, the Standard's profile.
func (p *Profile) clone() *Profile {
	if p == nil {
		return Standard()
	}
	q := *p
	q.Safelist.ForbiddenRequestHeaders = slices.Clone(p.Safelist.ForbiddenRequestHeaders)
	q.Safelist.ExtraExposed = slices.Clone(p.Safelist.ExtraExposed)
	q.Safelist.WildcardStillExposes = slices.Clone(p.Safelist.WildcardStillExposes)
	q.Preflight.BypassCache = slices.Clone(p.Preflight.BypassCache)
	q.Credentials.Authentication.DigestAlgorithms = slices.Clone(p.Credentials.Authentication.DigestAlgorithms)
	q.HTTPCache.HeuristicStatuses = slices.Clone(p.HTTPCache.HeuristicStatuses)
	q.HTTPCache.PermanentStatuses = slices.Clone(p.HTTPCache.PermanentStatuses)
	q.HTTPCache.FreshStatuses = slices.Clone(p.HTTPCache.FreshStatuses)
	q.HTTPCache.ExplicitStatuses = slices.Clone(p.HTTPCache.ExplicitStatuses)
	q.HTTPCache.RefusedStatuses = slices.Clone(p.HTTPCache.RefusedStatuses)
	q.HTTPCache.NotStoredFields = slices.Clone(p.HTTPCache.NotStoredFields)
	q.HTTPCache.ConditionalStatuses = slices.Clone(p.HTTPCache.ConditionalStatuses)
	q.HTTPCache.NotUpdatedFields = slices.Clone(p.HTTPCache.NotUpdatedFields)
	q.HTTPCache.InvalidatingMethods = slices.Clone(p.HTTPCache.InvalidatingMethods)
	q.Identity.Hints = slices.Clone(p.Identity.Hints)
	q.Headers.Accept = slices.Clone(p.Headers.Accept)
	q.Headers.Priority = slices.Clone(p.Headers.Priority)
	q.Headers.Codings = slices.Clone(p.Headers.Codings)
	q.Headers.Order = slices.Clone(p.Headers.Order)
	q.Headers.Groups = slices.Clone(p.Headers.Groups)
	q.Headers.LastOnly = slices.Clone(p.Headers.LastOnly)
	q.Headers.Spellings = slices.Clone(p.Headers.Spellings)
	q.Headers.RedirectSpellings = slices.Clone(p.Headers.RedirectSpellings)
	q.Headers.FirstOnly = slices.Clone(p.Headers.FirstOnly)
	q.Headers.JoinEmpty = slices.Clone(p.Headers.JoinEmpty)
	q.Preflight.FillBypassed = slices.Clone(p.Preflight.FillBypassed)
	q.Response.Unambiguous = slices.Clone(p.Response.Unambiguous)
	q.Response.FirstOnly = slices.Clone(p.Response.FirstOnly)
	q.Response.KeepEmpty = slices.Clone(p.Response.KeepEmpty)
	q.Response.SameOnly = slices.Clone(p.Response.SameOnly)
	q.Response.FeedJoined = slices.Clone(p.Response.FeedJoined)
	q.ORB.SafeTypes = slices.Clone(p.ORB.SafeTypes)
	q.ORB.NosniffSafeTypes = slices.Clone(p.ORB.NosniffSafeTypes)
	q.ORB.NeverSniffed = slices.Clone(p.ORB.NeverSniffed)
	q.LocalNetwork.PublicBlocks = slices.Clone(p.LocalNetwork.PublicBlocks)
	q.Ports.Allowed = slices.Clone(p.Ports.Allowed)
	q.Element.PreloadOKStatus = slices.Clone(p.Element.PreloadOKStatus)
	q.Element.PreloadWithoutIntegrity = slices.Clone(p.Element.PreloadWithoutIntegrity)
	q.Element.PreloadRefused = slices.Clone(p.Element.PreloadRefused)
	q.Element.PreloadOnce = slices.Clone(p.Element.PreloadOnce)
	q.Element.PreloadOnceLoaded = slices.Clone(p.Element.PreloadOnceLoaded)
	q.Element.RedirectsInclude = slices.Clone(p.Element.RedirectsInclude)
	q.Element.PreloadUnasked = slices.Clone(p.Element.PreloadUnasked)
	q.Element.PreloadScripts = slices.Clone(p.Element.PreloadScripts)
	return &q
}

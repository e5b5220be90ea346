package har

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// The types below read what programs write in place of what the format has. None of
// them fails: a value that makes no sense is as one that is missing.

// word is a string, or a number or boolean as one.
type word string

func (t word) s() string { return string(t) }

func (t *word) UnmarshalJSON(raw []byte) error {
	var s string
	switch {
	case len(raw) == 0 || string(raw) == "null" || raw[0] == '{' || raw[0] == '[':
	case raw[0] != '"':
		*t = word(raw)
	case json.Unmarshal(raw, &s) == nil:
		*t = word(s)
	}
	return nil
}

// number is a number, or a string that is one; nil if there is none.
type number struct{ v *float64 }

func (n *number) UnmarshalJSON(raw []byte) error {
	var t word
	_ = t.UnmarshalJSON(raw)
	if f, err := strconv.ParseFloat(strings.TrimSpace(string(t)), 64); err == nil {
		n.v = &f
	}
	return nil
}

// or is the number, or another without it.
func (n number) or(other float64) float64 {
	if n.v == nil || *n.v != *n.v || *n.v > 1<<53 || *n.v < -1<<53 {
		return other
	}
	return *n.v
}

// size is a number of bytes; -1 is not known.
func (n number) size() int64 { return int64(n.or(-1)) }

// flag is true, or what means it.
type flag bool

func (f *flag) UnmarshalJSON(raw []byte) error {
	*f = string(raw) == "true" || string(raw) == `"true"` || string(raw) == "1"
	return nil
}

// object is an object.
type object[T any] struct {
	v     T
	there bool
}

func (o *object[T]) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '{' {
		o.there = json.Unmarshal(raw, &o.v) == nil
	}
	return nil
}

// list is an array.
type list[T any] []T

func (l *list[T]) UnmarshalJSON(raw []byte) error {
	var all []T
	if len(raw) > 0 && raw[0] == '[' && json.Unmarshal(raw, &all) == nil {
		*l = all
	}
	return nil
}

// fieldList are names with their values: a list of objects, or one object.
type fieldList []Field

func (l *fieldList) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	*l = fieldList{}
	for _, f := range decode[list[object[fieldText]]](raw) {
		if f.there && f.v.Name != "" {
			*l = append(*l, Field{f.v.Name.s(), f.v.Value.s()})
		}
	}
	eachMember(raw, func(name string, value json.RawMessage) {
		several := decode[list[word]](value)
		for _, v := range several {
			*l = append(*l, Field{name, v.s()})
		}
		if several == nil {
			*l = append(*l, Field{name, decode[word](value).s()})
		}
	})
	return nil
}

// cookieList are cookies: a list of objects, or an object with their values.
type cookieList []Cookie

func (l *cookieList) UnmarshalJSON(raw []byte) error {
	if string(raw) == "null" {
		return nil
	}
	*l = cookieList{}
	for _, c := range decode[list[object[cookieText]]](raw) {
		if v := &c.v; c.there && (v.Name != "" || v.Value != "") {
			*l = append(*l, Cookie{v.Name.s(), v.Value.s(), v.Path.s(), v.Domain.s(), bool(v.HTTPOnly), bool(v.Secure), v.SameSite.s()})
		}
	}
	eachMember(raw, func(name string, value json.RawMessage) {
		*l = append(*l, Cookie{Name: name, Value: decode[word](value).s()})
	})
	return nil
}

// eachMember goes through the members of an object in their order.
func eachMember(raw []byte, do func(name string, value json.RawMessage)) {
	in := json.NewDecoder(bytes.NewReader(raw))
	if open, err := in.Token(); err != nil || open != json.Delim('{') {
		return
	}
	for in.More() {
		name, err := in.Token()
		if err != nil {
			return
		}
		var value json.RawMessage
		if in.Decode(&value) != nil {
			return
		}
		do(name.(string), value)
	}
}

// decode reads a value; one of another type is the zero value.
func decode[T any](raw []byte) T {
	var v T
	_ = json.Unmarshal(raw, &v)
	return v
}

type programText struct{ Name, Version word }

func (p programText) program() Program { return Program{p.Name.s(), p.Version.s()} }

type pageText struct {
	Started   word `json:"startedDateTime"`
	ID, Title word
}

type fieldText struct{ Name, Value word }

type cookieText struct {
	Name, Value, Path, Domain, SameSite word
	HTTPOnly, Secure                    flag
}

// An entryText is an entry as programs write it. The keys that begin with “_” are
// those of Chrome, Safari, Firefox, WebPageTest (_request_type) and Playwright
// (_failureText, _wasFulfilled, _apiRequest).
type entryText struct {
	PageRef         word
	StartedDateTime word
	ServerIPAddress word
	Time            number
	Request         object[requestText]
	Response        object[responseText]
	Timings         object[struct{ Send, Wait, Receive number }]
	Comment         word

	ResourceType     word                             `json:"_resourceType"`
	RequestType      word                             `json:"_request_type"`
	FromCache        word                             `json:"_fromCache"`
	ServedFromCache  word                             `json:"_servedFromCache"`
	FetchType        word                             `json:"_fetchType"`
	SecurityState    word                             `json:"_securityState"`
	FailureText      word                             `json:"_failureText"`
	ViaServiceWorker flag                             `json:"_fetchedViaServiceWorker"`
	APIRequest       flag                             `json:"_apiRequest"`
	InternalRedirect flag                             `json:"_internalRedirect"`
	BlockedReason    word                             `json:"_blockedReason"`
	Initiator        object[struct{ Type, URL word }] `json:"_initiator"`
}

type requestText struct {
	Method, URL, HTTPVersion word
	Cookies                  cookieList
	Headers, QueryString     fieldList
	PostData                 object[struct {
		MIMEType, Text word
		Params         fieldList
	}]
	HeadersSize, BodySize number
}

type responseText struct {
	Status                  word
	StatusText, HTTPVersion word
	Cookies                 cookieList
	Headers                 fieldList
	Content                 object[struct {
		Size                     number
		MIMEType, Text, Encoding word
	}]
	RedirectURL           word
	HeadersSize, BodySize number

	Error               word `json:"_error"`
	FailureText         word `json:"_failureText"`
	BlockedReason       word `json:"_blockedReason"`
	FromCache           word `json:"_fromCache"`
	ServedFromCache     word `json:"_servedFromCache"`
	ViaServiceWorker    flag `json:"_fetchedViaServiceWorker"`
	ServiceWorkerSource word `json:"_serviceWorkerResponseSource"`
	Fulfilled           flag `json:"_wasFulfilled"`
}

// decodeEntry reads an entry.
func decodeEntry(raw []byte) Entry {
	in := decode[object[entryText]](raw).v
	r, a := &in.Request.v, &in.Response.v
	e := Entry{
		Page: in.PageRef.s(), Started: in.StartedDateTime.s(), Time: in.Time.or(0), Comment: in.Comment.s(), ServerIPAddress: in.ServerIPAddress.s(),
		Request: Request{
			Method: r.Method.s(), URL: r.URL.s(), HTTPVersion: r.HTTPVersion.s(), Cookies: r.Cookies, Headers: r.Headers, QueryString: r.QueryString,
			HeadersSize: r.HeadersSize.size(), BodySize: r.BodySize.size(),
		},
		Response: Response{
			Status: status(a.Status.s()), StatusText: a.StatusText.s(), HTTPVersion: a.HTTPVersion.s(), Cookies: a.Cookies, Headers: a.Headers,
			RedirectURL: a.RedirectURL.s(), HeadersSize: a.HeadersSize.size(), BodySize: a.BodySize.size(),
			Error:            first(a.Error, a.FailureText, in.FailureText, a.BlockedReason, in.BlockedReason),
			ViaServiceWorker: bool(a.ViaServiceWorker || in.ViaServiceWorker), ServiceWorkerSource: a.ServiceWorkerSource.s(), Fulfilled: bool(a.Fulfilled),
		},
		ResourceType: first(in.ResourceType, in.RequestType), FromCache: first(in.FromCache, in.ServedFromCache, a.FromCache, a.ServedFromCache),
		FetchType: in.FetchType.s(), SecurityState: in.SecurityState.s(), APIRequest: bool(in.APIRequest), InternalRedirect: bool(in.InternalRedirect),
	}
	e.Timings.Send, e.Timings.Wait, e.Timings.Receive = in.Timings.v.Send.or(0), in.Timings.v.Wait.or(0), in.Timings.v.Receive.or(0)
	e.Initiator.Type, e.Initiator.URL = in.Initiator.v.Type.s(), in.Initiator.v.URL.s()
	post, sent := &e.Request.PostData, &r.PostData.v
	post.MIMEType, post.Params, post.Text = sent.MIMEType.s(), sent.Params, sent.Text.s()
	body, got := &e.Response.Content, &a.Content.v
	body.Size, body.MIMEType, body.Text, body.Encoding = got.Size.size(), got.MIMEType.s(), got.Text.s(), got.Encoding.s()
	return e
}

// first is the first text that says something.
func first(all ...word) string {
	for _, t := range all {
		if t != "" && t != "false" {
			return t.s()
		}
	}
	return ""
}

// status is the status of a response: three digits, with which the text begins.
// Programs write -1, -2 or "error" for a request without a response.
func status(s string) int {
	digits := s[:len(s)-len(strings.TrimLeft(s, "0123456789"))]
	n, err := strconv.Atoi(digits)
	if err != nil || n < 100 || n > 999 {
		return 0
	}
	return n
}

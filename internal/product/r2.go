package product

// https://developers.cloudflare.com/r2/buckets/cors/
var r2 = Product{
	Name: "Cloudflare R2", Names: []string{"r2", "cloudflare-r2"}, Role: Service,
	Manual: "https://developers.cloudflare.com/r2/buckets/cors/",
	Signs: []Sign{
		{Strength: Sure, Host: ".r2.cloudflarestorage.com"},
		{Strength: Sure, Host: ".r2.dev"},
		{Strength: Sure, Body: "<message>cors not configured for this bucket</message>", Says: "the error “CORS not configured for this bucket”"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight},
			Text:   "The policy is the bucket's: Settings, CORS Policy. R2 says “CORS not configured for this bucket” where there is none, and also where the origin, the method or a header does not match, or where a bucket of a jurisdiction, such as the EU, is asked at an endpoint without it. An origin has no slash and no path.",
			Snippet: `[{
  "AllowedOrigins": ["«origin»"],
  "AllowedMethods": [«methods|"%"|, »],
  "AllowedHeaders": [«headers|"%"|, »],
  "ExposeHeaders": [«exposed|"%"|, »],
  "MaxAgeSeconds": 3600
}]
`,
		},
	},
}

package product

import "strings"

// https://cloud.google.com/storage/docs/cross-origin
var gcs = Product{
	Name: "Google Cloud Storage", Names: []string{"gcs", "google-cloud-storage", "firebase-storage"}, Role: Service,
	Manual: "https://cloud.google.com/storage/docs/using-cors",
	Signs: []Sign{
		{Strength: Sure, Header: "x-guploader-uploadid", Says: "the header X-GUploader-UploadID"},
		{Strength: Sure, Header: "Server", Value: "uploadserver"},
		{Strength: Sure, Match: func(l *Look) bool {
			return l.at(func(host string) bool {
				return host == "storage.googleapis.com" || strings.HasSuffix(host, ".storage.googleapis.com") || host == "firebasestorage.googleapis.com" || host == "storage.cloud.google.com"
			})
		}, Says: "the host of the URL"},
	},
	Advice: []Advice{{
		Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors},
		Text:   "Cloud Storage answers a preflight that it does not allow with status 200 and without CORS headers. The rules are the bucket's. Name each method; responseHeader lists both the headers that pages may send and those that they may read. There is no option for credentials, and storage.cloud.google.com has no CORS at all: use storage.googleapis.com. Write the rules to cors.json and run: gcloud storage buckets update gs://BUCKET --cors-file=cors.json, with the bucket's name.",
		Snippet: `[{
  "origin": ["«origin»"],
  "method": [«methods|"%"|, »],
  "responseHeader": [«headers+exposed|"%"|, »],
  "maxAgeSeconds": 3600
}]
`,
	}},
}

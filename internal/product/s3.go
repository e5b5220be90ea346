package product

import "strings"

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors.html
var s3 = Product{
	Name: "Amazon S3", Names: []string{"s3", "amazon-s3", "aws-s3"}, Role: Service,
	Manual: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/ManageCorsUsing.html",
	Signs: []Sign{
		{Strength: Fair, Header: "Server", Value: "amazons3"},
		{Strength: Fair, Header: "x-amz-id-2", Says: "the header x-amz-id-2"},
		{Strength: Sure, Body: "<message>corsresponse:", Says: "the error “CORSResponse: …”"},
		{Strength: Fair, Host: ".amazonaws.com", Match: func(l *Look) bool {
			return l.at(func(host string) bool {
				return strings.Contains("."+host, ".s3.") || strings.Contains("."+host, ".s3-")
			})
		}, Says: "the host of the URL"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight},
			Text:   "The rules are the bucket's: Permissions, Cross-origin resource sharing (CORS). One rule has to have the origin, the method and all headers of the request. Methods are GET, HEAD, PUT, POST and DELETE; OPTIONS is not listed. An origin has no slash at the end, and at most one *.",
			Snippet: `[{
  "AllowedOrigins": ["«origin»"],
  "AllowedMethods": [«methods|"%"|, »],
  "AllowedHeaders": [«headers|"%"|, »],
  "ExposeHeaders": [«exposed|"%"|, »],
  "MaxAgeSeconds": 3000
}]
`,
		},
		{
			Topics: []Topic{Errors, Forbidden},
			Text:   "S3 adds CORS headers where a rule of the bucket matches the request. For what is refused besides, look into the answer's body: its Code, such as AccessDenied or SignatureDoesNotMatch, is the reason.",
			Manual: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors-troubleshooting.html",
			Snippet: `[{
  "AllowedOrigins": ["«origin»"],
  "AllowedMethods": [«methods|"%"|, »],
  "AllowedHeaders": ["*"]
}]
`,
		},
		{
			Topics: []Topic{Vary},
			Text:   "To a request without Origin, S3 answers without CORS headers and without Vary, so that a cache gives that answer to pages of other origins as well. Let every element that loads the object have crossorigin, or have a CDN before the bucket send the headers.",
			Manual: "https://docs.aws.amazon.com/AmazonS3/latest/userguide/cors-troubleshooting.html",
		},
	},
}

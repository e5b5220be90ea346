package product

import "strings"

// https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html
var lambdaURL = Product{
	Name: "AWS Lambda function URL", Names: []string{"lambda-url", "lambda"}, Role: Service,
	Manual: "https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors",
	Signs: []Sign{
		{Strength: Sure, Match: func(l *Look) bool {
			return l.at(func(host string) bool {
				return strings.Contains(host, ".lambda-url.") && strings.HasSuffix(host, ".on.aws")
			})
		}, Says: "the host of the URL"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight, Errors},
			Text:   "The function URL has a CORS configuration, which answers preflights without calling the function. OPTIONS is not listed in it.",
			Snippet: `FunctionUrlConfig:
  AuthType: NONE
  Cors:
    AllowOrigins: ["«origin»"]
    AllowMethods: [«methods|"%"|, »]
«?headers»    AllowHeaders: [«headers|"%"|, »]
«?exposed»    ExposeHeaders: [«exposed|"%"|, »]
«?credentials»    AllowCredentials: true
    MaxAge: 600
`,
		},
		{
			Topics: []Topic{Doubled},
			Text:   "The function sends the headers, and so does the CORS configuration of its URL. Take them out of the function.",
		},
		{
			Topics: []Topic{Forbidden, SignIn},
			Text:   "With AuthType AWS_IAM, or without a policy that lets everybody invoke the URL, Lambda answers 403 before the function. For pages it has to be NONE, with that policy.",
			Manual: "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html",
		},
	},
}

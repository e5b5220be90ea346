package product

import "strings"

// https://docs.aws.amazon.com/apigateway/latest/developerguide/
var apiGateway = Product{
	Name: "AWS API Gateway", Names: []string{"api-gateway", "aws-api-gateway", "apigateway"}, Role: Proxy,
	Manual: "https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-cors.html",
	Signs: []Sign{
		{Strength: Sure, Body: `"message":"missing authentication token"`, Topic: NotFound, Says: "the body “Missing Authentication Token”"},
		{Strength: Sure, Body: `"message":"endpoint request timed out"`, Says: "the body “Endpoint request timed out”"},
		{Strength: Sure, Header: "x-amzn-errortype", Match: func(l *Look) bool { return l.has("x-amz-apigw-id") || l.has("apigw-requestid") || executeAPI(l) }, Says: "the header x-amzn-ErrorType"},
		{Strength: Fair, Header: "x-amz-apigw-id", Says: "the header x-amz-apigw-id"},
		{Strength: Fair, Header: "apigw-requestid", Says: "the header apigw-requestid"},
		{Strength: Fair, Match: executeAPI, Says: "the host of the URL"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Credentials, Expose, MaxAge, Preflight},
			Text:   "An HTTP API has a CORS configuration, which answers preflights and replaces the headers of the function behind it. A REST API needs an OPTIONS method on the resource (Enable CORS), and its Lambda proxy functions send the headers themselves. Deploy the stage after a change. A 403 “Missing Authentication Token” means that there is no such path, stage or method.",
			Snippet: `CorsConfiguration:   # of an HTTP API, in SAM
  AllowOrigins: ["«origin»"]
  AllowMethods: [«methods|"%"|, »]
«?headers»  AllowHeaders: [«headers|"%"|, »]
«?exposed»  ExposeHeaders: [«exposed|"%"|, »]
«?credentials»  AllowCredentials: true
  MaxAge: 600
`,
			Manual: "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html",
		},
		{
			Topics: []Topic{Errors, Forbidden, NotFound, Timeout, BodyLimit},
			Text:   "The errors that the gateway makes itself (403, 401, 429, 413, 504) have no CORS headers until its gateway responses say so: for a REST API set them for DEFAULT_4XX and DEFAULT_5XX. The quotes within are part of the syntax. “Missing Authentication Token” means that there is no such path, stage or method; the gateway takes 10 MB and waits 29 seconds.",
			Snippet: `Type: AWS::ApiGateway::GatewayResponse
Properties:
  ResponseType: DEFAULT_4XX   # and again with DEFAULT_5XX
  RestApiId: !Ref Api
  ResponseParameters:
    gatewayresponse.header.Access-Control-Allow-Origin: "'«origin»'"
«?credentials»    gatewayresponse.header.Access-Control-Allow-Credentials: "'true'"
`,
			Manual: "https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html",
		},
		{
			Topics: []Topic{SignIn},
			Text:   "An authorizer or a required API key on OPTIONS refuses preflights, which carry neither. In SAM, leave both off the preflight.",
			Snippet: `Auth:
  AddDefaultAuthorizerToCorsPreflight: false
  AddApiKeyRequiredToCorsPreflight: false
`,
			Manual: "https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-apiauth.html",
		},
		{
			Topics: []Topic{Doubled},
			Text:   "For a REST API with Lambda proxy integration only the function may send the header on the actual answer; for an HTTP API with a CORS configuration only the gateway.",
		},
	},
}

func executeAPI(l *Look) bool {
	return l.at(func(host string) bool {
		return strings.Contains(host, ".execute-api.") && strings.HasSuffix(host, ".amazonaws.com")
	})
}

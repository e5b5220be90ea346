package product

// https://docs.aws.amazon.com/waf/latest/developerguide/
var awsWAF = Product{
	Name: "AWS WAF", Names: []string{"aws-waf", "waf"}, Role: Guard,
	Manual: "https://docs.aws.amazon.com/waf/latest/developerguide/waf-captcha-and-challenge.html",
	Signs: []Sign{
		{Strength: Sure, Header: "x-amzn-waf-action"},
	},
	Advice: []Advice{{
		Topics: []Topic{Challenge, Forbidden, SignIn},
		Text:   "Put a rule with the action Allow, for OPTIONS and for the API's paths, before the one that challenges; or narrow that one by a scope-down statement. The sampled requests show which rule it was: SizeRestrictions_BODY of the managed rules blocks bodies above 8 KiB, and can be set to Count.",
	}},
}

// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/
var alb = Product{
	Name: "AWS Elastic Load Balancing", Names: []string{"alb", "elb", "aws-alb"}, Role: Proxy,
	Manual: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html",
	Signs: []Sign{
		{Strength: Sure, Header: "Server", Value: "awselb"},
		{Strength: Sure, Cookie: "awsalbauthnonce="},
		{Strength: Weak, Cookie: "awsalbcors="},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Errors, Forbidden, Timeout},
			Text:   "“Server: awselb” marks an answer that the load balancer, or AWS WAF at it, made itself. It has no CORS headers, and the attributes of the load balancer add them to the answers of targets only. Mend what fails: the health of the targets (502, 503), the idle timeout (504), or the rule of AWS WAF (403).",
			Manual: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html",
		},
		{
			Topics: []Topic{Login, SignIn},
			Text:   "The listener's rule asks for a login. For the API's paths set OnUnauthenticatedRequest to deny, which answers 401, and give OPTIONS a rule of its own without the authentication, before that one.",
			Manual: "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html",
		},
	},
}

// https://techdocs.akamai.com/
var akamai = Product{
	Name: "Akamai", Names: []string{"akamai"}, Role: Proxy,
	Manual: "https://techdocs.akamai.com/property-mgr/docs/cross-origin-resource-share-cors",
	Signs: []Sign{
		{Strength: Sure, Body: "errors.edgesuite.net", Says: "the page “Access Denied” with a reference number"},
		{Strength: Weak, Header: "Server", Value: "akamaighost"},
	},
	Advice: []Advice{
		{
			Topics: []Topic{Challenge, Forbidden},
			Text:   "Let the API's paths and OPTIONS pass in the property's web application firewall and in Bot Manager. The reference number on the page is what Akamai's support asks for.",
		},
		{
			Topics: []Topic{Rules, Origins, Methods, Headers, Preflight, Vary},
			Text:   "The property's behaviors decide: Allow OPTIONS lets preflights through to the server behind, and CORS Support or Modify Outgoing Response Header adds the headers at the edge.",
		},
	},
}
